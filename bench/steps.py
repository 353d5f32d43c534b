"""What people do in the main flows: each step once, and the sentence if they were told that it did not work."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import select

from bench.stage import Stage
from bot.door import NO_FORMS, NOT_SAVED, TOO_SLOW
from storage import workspace
from storage.people import Person as PersonRow
from tests.house import stop_digests
from tests.slack import Person, elements, wait_until

REP, OTHER_REP, OWNER, ADMIN, MARKETER = (
    "Dre Hollowell", "Tess Amundarain", "Ines Carvalho-Wick", "Sam Etxeverrieta", "Theo Marchbanke",
)  # fmt: skip
WORDS = "surgeons loved the kestrel page"
LINK = "https://assets.meridian.example/corvane-surgeon-deck/v3"
CHANNEL = "#general"
REPLY = "The kestrel page is fixed in v4"
NEW_ASSET = "reference,version,title,kind,url\nMLR-2026-0900,v1,Kestrel Pocket Card,card,https://assets.example/kestrel"
ANSWER = "Did not know it"
REFUSALS = (NOT_SAVED, TOO_SLOW, NO_FORMS)


def _told(words: str) -> str:
    return next((sentence for sentence in REFUSALS if sentence in words), "")


def _last_private(person: Person) -> str:
    """The newest private words in a channel that answer a press, "" if there are none."""
    private = [message for message in person.messages(CHANNEL) if message.is_ephemeral]
    return private[-1].text if private else ""


def after_press(person: Person, stage: Stage, press: Callable[[], None]) -> str:
    """Press, wait for the private answer, and give the refusal if it is one."""
    before = stage.slack.get("log", kind="respond")["entries"]
    press()
    try:
        wait_until(lambda: len(stage.slack.get("log", kind="respond")["entries"]) > len(before), "an answer", 0.5)
    except AssertionError:
        return ""  # the answer was lost on its way
    return _told(_last_private(person))


def say_by_command(stage: Stage) -> str:
    """Say it in one line."""
    words = stage.slack.person(REP).command(f"/asset-feedback corvane deck 4 {WORDS}", CHANNEL)
    assert words, "no answer"
    return _told(words)


def open_form(person: Person, text: str) -> str:
    """Type a command that opens a form; gives the sentence if it did not."""
    close_forms(person)
    return _told(person.command(text, CHANNEL))


def close_forms(person: Person) -> None:
    """Close whatever is open."""
    if person.sees_all()["modal"]:
        person.slack.post("close", user=person.id, all=True)


def submit(person: Person, **values: Any) -> str:
    """Send the open form; gives the sentence if it was not taken."""
    errors = person.submit(**values)
    return _told(" ".join([*errors.values(), person.modal]))


def _pick(person: Person, query: str) -> str:
    """Type ahead; where nothing comes, once more."""
    for _ in range(2):
        answer = person.slack.post("options", user=person.id, action_id="asset.find", query=query, surface="modal")
        if answer["options"]:
            return str(answer["options"][0]["value"])
    raise AssertionError("nothing was offered")


def say_by_form(stage: Stage) -> str:
    """Say it in the form."""
    dre = stage.slack.person(REP)
    told = open_form(dre, "/asset-feedback")
    return told or submit(dre, asset=_pick(dre, "corvane deck"), rating="4", said=WORDS)


def show_card(stage: Stage) -> None:
    """Have an asset's card on the screen."""
    stage.slack.person(REP).command("/asset show corvane surgeon deck", CHANNEL)


def press_used(stage: Stage) -> str:
    """Press `I used it` on the card."""
    dre = stage.slack.person(REP)
    card = next(message for message in dre.messages(CHANNEL) if "I used it" in message.buttons)
    return after_press(dre, stage, lambda: dre.click("I used it", card))


def post_link(stage: Stage) -> None:
    """Somebody posts a link to an asset."""
    stage.slack.person(OTHER_REP).says(f"the kestrel page: <{LINK}>", CHANNEL)


def react(stage: Stage) -> str:
    """Put an emoji under the link; one that is there is taken away first."""
    dre = stage.slack.person(REP)
    message = next(message for message in dre.messages(CHANNEL) if "the kestrel page" in message.text)
    raw = next(m for m in dre.messages(CHANNEL) if m.ts == message.ts).raw
    if raw.get("reactions"):
        dre.react(message, "+1", remove=True)
    dre.react(message, "+1")
    return ""


def ask_owner(stage: Stage) -> None:
    """A rep is not happy: the owner of the asset is asked to reply."""
    dre = stage.slack.person(REP)
    dre.command("/asset-feedback", CHANNEL)
    dre.submit(asset=dre.pick("asset.find", "corvane deck"), rating="1", said=WORDS)
    stage.settle()


def reply(stage: Stage) -> str:
    """The owner replies."""
    ines = stage.slack.person(OWNER)
    close_forms(ines)
    told = after_press_or_form(ines, stage, "Reply")
    return told or submit(ines, reply=REPLY)


def after_press_or_form(person: Person, stage: Stage, label: str) -> str:
    """Press a button that opens a form; gives the sentence if it did not."""
    button = next(message for message in reversed(person.messages("app")) if label in message.buttons)
    person.click(label, button)
    if person.sees_all()["modal"]:
        return _told(person.modal)
    wait_until(lambda: bool(_told(_app_private(person))), "a sentence instead of the form", 2)
    return _told(_app_private(person))


def _app_private(person: Person) -> str:
    return "\n".join(message.text for message in person.messages("app") if message.is_ephemeral)


def import_asset(stage: Stage) -> None:
    """A new asset comes into the library, as a draft."""
    ines = stage.slack.person(OWNER)
    ines.command("/asset import", CHANNEL)
    assert ines.submit(csv=NEW_ASSET) == {}
    close_forms(ines)


def _launches(stage: Stage) -> str:
    talk = stage.slack.person(OWNER).sees_all()["conversations"]
    return str(next(one["id"] for one in talk if one["name"] == "launches"))


def release(stage: Stage) -> str:
    """Release the new asset, with an announcement."""
    ines = stage.slack.person(OWNER)
    told = open_form(ines, "/asset release kestrel pocket card")
    return told or submit(ines, channels=[_launches(stage)])


def import_people(stage: Stage) -> str:
    """Make two people marketers, with a pasted list."""
    sam = stage.slack.person(ADMIN)
    told = open_form(sam, "/groundswell people")
    if told:
        return told
    sam.click("Import CSV")
    opened = any(element.get("action_id", "").startswith("text") for element, _ in elements(_blocks(sam)))
    if not opened:  # what was pressed did nothing, and a sentence says so
        return NOT_SAVED if NOT_SAVED in sam.modal else TOO_SLOW
    return submit(sam, csv=f"name,role\n{REP},marketer\n{OTHER_REP},marketer")


def _blocks(person: Person) -> list[dict[str, Any]]:
    view = person.sees_all()["modal"]
    return list(view["blocks"]) if view else []


def leave_one_marketer(stage: Stage) -> None:
    """Only one digest is due, so that its flow is as short as it can be."""
    want_no_digests(stage, but=MARKETER)
    stage.slack.jump(local="mon 09:00", person=stage.slack.person(MARKETER))
    stage.clock._ask(wait=0)  # nobody watches it here


def want_no_digests(stage: Stage, but: str = "") -> None:
    """Nobody but one wants a digest by itself."""
    with stage.looks.begin() as session:
        stop_digests(session, team_id=stage.server.team_id, now=stage.clock.now(), but=but)


def tick(stage: Stage) -> str:
    """The alarm asks what is due."""
    stage.tick()
    return ""


def leave_alone(stage: Stage) -> None:
    """Everybody but one rep and one owner has left, here and in Slack, where the app looks each night."""
    with stage.looks.begin() as session:
        for person in session.exec(select(PersonRow)).all():
            person.is_active = person.name in (REP, OWNER)
            if not person.is_active:
                stage.server.sandbox.space.gone.add(person.user_id)  # a call for each would take longer than the rest


def ask_whether_it_reached_you(stage: Stage) -> None:
    """Two weeks after a release its only rep has the question."""
    import_asset(stage)
    leave_alone(stage)
    release(stage)
    stage.settle()
    stage.slack.jump(to="2026-12-07T15:00:00Z")
    stage.clock._ask(wait=0)
    for _ in range(2):  # drawn, and asked
        stage.tick()
        stage.settle()


def tap_answer(stage: Stage) -> str:
    """Answer with one tap."""
    dre = stage.slack.person(REP)
    question = next((message for message in dre.messages("app") if ANSWER in message.buttons), None)
    if question is None:
        return ""  # it has been taken
    after_press(dre, stage, lambda: dre.click(ANSWER, question))
    return _told(_app_private(dre))


def answer_all(stage: Stage) -> None:
    """All who were asked have answered."""
    ask_whether_it_reached_you(stage)
    tap_answer(stage)


def wait_for_a_round(stage: Stage) -> None:
    """A check-in to the only rep has been started, and its day has come."""
    leave_alone(stage)
    ines = stage.slack.person(OWNER)
    ines.command("/check-in", CHANNEL)
    ines.click("Start this")
    assert ines.submit() == {}
    close_forms(ines)
    stage.slack.jump(to="2026-11-24T15:00:00Z")
    stage.clock._ask(wait=0)


def ask_in_a_round(stage: Stage) -> None:
    """The only rep has the question of a check-in."""
    wait_for_a_round(stage)
    for _ in range(2):  # opened, and asked
        stage.tick()
        stage.settle()


def answer_a_round(stage: Stage) -> str:
    """Answer it, in its form."""
    dre = stage.slack.person(REP)
    close_forms(dre)
    if not any("Answer" in message.buttons for message in dre.messages("app")):
        return ""  # it has been taken
    return after_press_or_form(dre, stage, "Answer") or submit(dre, answer0=WORDS)


def end_a_round(stage: Stage) -> None:
    """It has been answered, and its last day is over."""
    ask_in_a_round(stage)
    assert answer_a_round(stage) == ""
    stage.slack.jump(to="2026-12-01T10:00:00Z")
    stage.clock._ask(wait=0)


def announce_and_miss(stage: Stage) -> None:
    """An announcement stands, and Slack has lost the event of an emoji under it."""
    import_asset(stage)
    release(stage)
    stage.settle()
    stage.slack.post("faults", rules=[{"method": "event", "kind": "drop"}])
    dre = stage.slack.person(REP)
    dre.react(dre.finds(lambda message: "Kestrel" in message.text, "the announcement", "#launches"), "+1")
    stage.slack.post("faults", rules=[])
    with stage.looks.begin() as session:
        team_id, now = stage.server.team_id, stage.clock.now()
        workspace.record_heartbeat(session, team_id=team_id, ticked_at=datetime.now(UTC), now=now)
