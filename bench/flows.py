"""The main flows of the product, each as a person goes through it, and how to see whether it has happened once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from bench.stage import Stage
from bot.door import NO_FORMS, NOT_SAVED, TOO_SLOW
from handlers.reaction import SWEEP
from storage import workspace
from storage.asset import Announcement, AssetVersion
from storage.feedback import Feedback, FeedbackReply
from storage.jobs import Job
from storage.people import Person as PersonRow
from storage.people import Role
from storage.reaction import Reaction
from storage.slots import Slot
from tests.slack import Person, elements, wait_until

REP, OTHER_REP, OWNER, ADMIN, MARKETER = (
    "Dre Hollowell", "Tess Amundarain", "Ines Carvalho-Wick", "Sam Etxeverrieta", "Theo Marchbanke",
)  # fmt: skip
WORDS = "surgeons loved the kestrel page"
LINK = "https://assets.meridian.example/corvane-surgeon-deck/v3"
CHANNEL = "#general"
REPLY = "The kestrel page is fixed in v4"
NEW_ASSET = "reference,version,title,kind,url\nMLR-2026-0900,v1,Kestrel Pocket Card,card,https://assets.example/kestrel"
REFUSALS = (NOT_SAVED, TOO_SLOW, NO_FORMS)
Counts = tuple[int, ...]


@dataclass(frozen=True)
class Flow:
    """`act` goes through it once and gives the sentence if the person was told that it did not work, else "".

    `saved` tells whether its state is in the tables, `seen` counts what can be seen of it; `done` is what it must count
    at the end. A flow whose effect comes `later` (a job, a tick) is not known to have failed by the person.
    """

    name: str
    act: Callable[[Stage], str]
    saved: Callable[[Session], bool]
    seen: Callable[[Stage], Counts]
    done: Counts
    prepare: Callable[[Stage], None] = lambda _stage: None
    later: bool = False


def _told(words: str) -> str:
    return next((sentence for sentence in REFUSALS if sentence in words), "")


def _rows(stage: Stage, query: Any) -> int:
    with stage.looks.read() as session:
        return len(session.exec(query).all())


def _messages(stage: Stage, name: str, words: str, channel: str = "app") -> int:
    return sum(words in message.text for message in stage.slack.person(name).messages(channel))


def _any(query: Any) -> Callable[[Session], bool]:
    return lambda session: session.exec(select(func.count()).select_from(query.subquery())).one() > 0


def _last_private(person: Person) -> str:
    """The newest private words in a channel that answer a press, "" if there are none."""
    private = [message for message in person.messages(CHANNEL) if message.is_ephemeral]
    return private[-1].text if private else ""


def _after_press(person: Person, stage: Stage, press: Callable[[], None]) -> str:
    """Press, wait for the private answer, and give the refusal if it is one."""
    before = stage.slack.get("log", kind="respond")["entries"]
    press()
    try:
        wait_until(lambda: len(stage.slack.get("log", kind="respond")["entries"]) > len(before), "an answer", 0.5)
    except AssertionError:
        return ""  # the answer was lost on its way
    return _told(_last_private(person))


_SAID = select(Feedback).where(Feedback.said == WORDS)


def _command(stage: Stage) -> str:
    words = stage.slack.person(REP).command(f"/asset-feedback corvane deck 4 {WORDS}", CHANNEL)
    assert words, "no answer"
    return _told(words)


def _open(person: Person, text: str) -> str:
    """Type a command that opens a form; gives the sentence if it did not."""
    _close_forms(person)
    return _told(person.command(text, CHANNEL))


def _close_forms(person: Person) -> None:
    if person.sees_all()["modal"]:
        person.slack.post("close", user=person.id, all=True)


def _submit(person: Person, **values: Any) -> str:
    errors = person.submit(**values)
    return _told(" ".join([*errors.values(), person.modal]))


def _pick(person: Person, query: str) -> str:
    """Type ahead; where nothing comes, once more."""
    for _ in range(2):
        answer = person.slack.post("options", user=person.id, action_id="asset.find", query=query, surface="modal")
        if answer["options"]:
            return str(answer["options"][0]["value"])
    raise AssertionError("nothing was offered")


def _form(stage: Stage) -> str:
    dre = stage.slack.person(REP)
    told = _open(dre, "/asset-feedback")
    return told or _submit(dre, asset=_pick(dre, "corvane deck"), rating="4", said=WORDS)


def _show_card(stage: Stage) -> None:
    stage.slack.person(REP).command("/asset show corvane surgeon deck", CHANNEL)


def _button(stage: Stage) -> str:
    dre = stage.slack.person(REP)
    card = next(message for message in dre.messages(CHANNEL) if "I used it" in message.buttons)
    return _after_press(dre, stage, lambda: dre.click("I used it", card))


def _post_link(stage: Stage) -> None:
    stage.slack.person(OTHER_REP).says(f"the kestrel page: <{LINK}>", CHANNEL)


def _react(stage: Stage) -> str:
    dre = stage.slack.person(REP)
    message = next(message for message in dre.messages(CHANNEL) if "the kestrel page" in message.text)
    raw = next(m for m in dre.messages(CHANNEL) if m.ts == message.ts).raw
    if raw.get("reactions"):
        dre.react(message, "+1", remove=True)
    dre.react(message, "+1")
    return ""


_LIKED = select(Feedback).where(col(Feedback.reaction_id).is_not(None), col(Feedback.withdrawn_at).is_(None))


def _ask_owner(stage: Stage) -> None:
    dre = stage.slack.person(REP)
    dre.command("/asset-feedback", CHANNEL)
    dre.submit(asset=dre.pick("asset.find", "corvane deck"), rating="1", said=WORDS)
    stage.settle()


def _reply(stage: Stage) -> str:
    ines = stage.slack.person(OWNER)
    _close_forms(ines)
    told = _after_press_or_form(ines, stage, "Reply")
    return told or _submit(ines, reply=REPLY)


def _after_press_or_form(person: Person, stage: Stage, label: str) -> str:
    button = next(message for message in reversed(person.messages("app")) if label in message.buttons)
    person.click(label, button)
    if person.sees_all()["modal"]:
        return _told(person.modal)
    wait_until(lambda: bool(_told(_app_private(person))), "a sentence instead of the form", 2)
    return _told(_app_private(person))


def _app_private(person: Person) -> str:
    return "\n".join(message.text for message in person.messages("app") if message.is_ephemeral)


def _import_asset(stage: Stage) -> None:
    ines = stage.slack.person(OWNER)
    ines.command("/asset import", CHANNEL)
    assert ines.submit(csv=NEW_ASSET) == {}
    _close_forms(ines)


def _launches(stage: Stage) -> str:
    talk = stage.slack.person(OWNER).sees_all()["conversations"]
    return str(next(one["id"] for one in talk if one["name"] == "launches"))


def _release(stage: Stage) -> str:
    ines = stage.slack.person(OWNER)
    told = _open(ines, "/asset release kestrel pocket card")
    return told or _submit(ines, channels=[_launches(stage)])


def _import_people(stage: Stage) -> str:
    sam = stage.slack.person(ADMIN)
    told = _open(sam, "/groundswell people")
    if told:
        return told
    sam.click("Import CSV")
    opened = any(element.get("action_id", "").startswith("text") for element, _ in elements(_blocks(sam)))
    if not opened:  # what was pressed did nothing, and a sentence says so
        return NOT_SAVED if NOT_SAVED in sam.modal else TOO_SLOW
    return _submit(sam, csv=f"name,role\n{REP},marketer\n{OTHER_REP},marketer")


def _blocks(person: Person) -> list[dict[str, Any]]:
    view = person.sees_all()["modal"]
    return list(view["blocks"]) if view else []


def _one_marketer(stage: Stage) -> None:
    """Only one digest is due, so that its flow is as short as it can be."""
    with stage.looks.begin() as session:
        for row in session.exec(select(Role).where(Role.role == "marketer")).all():
            if row.user_id != stage.slack.person(MARKETER).id:
                session.delete(row)
    stage.slack.jump(local="mon 09:00", person=stage.slack.person(MARKETER))


def _tick(stage: Stage) -> str:
    stage.tick()
    return ""


def _announce_and_miss(stage: Stage) -> None:
    """An announcement stands, and Slack has lost the event of an emoji under it."""
    _import_asset(stage)
    _release(stage)
    stage.settle()
    stage.slack.post("faults", rules=[{"method": "event", "kind": "drop"}])
    dre = stage.slack.person(REP)
    dre.react(dre.finds(lambda message: "Kestrel" in message.text, "the announcement", "#launches"), "+1")
    stage.slack.post("faults", rules=[])
    with stage.looks.begin() as session:
        team_id, now = stage.server.team_id, stage.clock.now()
        workspace.record_heartbeat(session, team_id=team_id, ticked_at=datetime.now(UTC), now=now)


_REPLIES = select(FeedbackReply).where(FeedbackReply.text == REPLY)
_RELEASED = select(AssetVersion).where(
    AssetVersion.title == "Kestrel Pocket Card", col(AssetVersion.released_at).is_not(None)
)
_SENT_DIGESTS = select(Slot).where(Slot.schedule == "digest", Slot.state == "done")


def _is_marketer(session: Session) -> bool:
    """Whether one of the two is; they must both be or neither."""
    query = select(Role).join(PersonRow, col(PersonRow.user_id) == Role.user_id)
    found = session.exec(query.where(Role.role == "marketer", col(PersonRow.name).in_((REP, OTHER_REP)))).all()
    assert len(found) in (0, 2), "half a list was saved"
    return bool(found)


def _imported(stage: Stage) -> Counts:
    names = (REP, OTHER_REP)
    ids = [stage.slack.person(name).id for name in names]
    roles = _rows(stage, select(Role).where(Role.role == "marketer", col(Role.user_id).in_(ids)))
    return (roles, *(_messages(stage, name, "You are now a marketer") for name in names))


def _released(stage: Stage) -> Counts:
    return (
        _rows(stage, _RELEASED),
        _rows(stage, select(Announcement)),
        _messages(stage, REP, "Kestrel Pocket Card", "#launches"),
        _messages(stage, OWNER, "Kestrel Pocket Card"),
    )


FLOWS = (
    Flow("command", _command, _any(_SAID), lambda stage: (_rows(stage, _SAID),), (1,)),
    Flow(
        "form",
        _form,
        _any(_SAID),
        lambda stage: (_rows(stage, _SAID), _messages(stage, REP, "Thank you, that is recorded.")),
        (1, 1),
    ),
    Flow(
        "button",
        _button,
        _any(select(Feedback).where(Feedback.source == "button")),
        lambda stage: (_rows(stage, select(Feedback).where(Feedback.source == "button")),),
        (1,),
        prepare=_show_card,
    ),
    Flow(
        "reaction",
        _react,
        _any(select(Reaction)),
        lambda stage: (_rows(stage, select(Reaction)), _rows(stage, _LIKED)),
        (1, 1),
        prepare=_post_link,
        later=True,
    ),
    Flow(
        "reply",
        _reply,
        _any(_REPLIES),
        lambda stage: (_rows(stage, _REPLIES), _messages(stage, REP, "answered what you said")),
        (1, 1),
        prepare=_ask_owner,
    ),
    Flow("release", _release, _any(_RELEASED), _released, (1, 1, 1, 1), prepare=_import_asset),
    Flow("import", _import_people, _is_marketer, _imported, (2, 1, 1)),
    Flow(
        "digest",
        _tick,
        _any(_SENT_DIGESTS),
        lambda stage: (_rows(stage, _SENT_DIGESTS), _messages(stage, MARKETER, "Your week")),
        (1, 1),
        prepare=_one_marketer,
        later=True,
    ),
    Flow(
        "sweep",
        _tick,
        _any(select(Job).where(Job.kind == SWEEP)),
        lambda stage: (_rows(stage, _LIKED),),
        (1,),
        prepare=_announce_and_miss,
        later=True,
    ),
)
