"""Recurring check-ins through the front door: started, previewed, asked in one's own morning, answered, summed up."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from handlers.check_in_round import TOO_LATE
from storage import people
from storage.db import Database
from storage.people import Person as PersonRow
from storage.slots import Slot
from tests.slack import Message, Person, Slack, wait_until

REP, OTHER_REP, GERMAN = "João Teixosa", "Nuria Castellvell", "Jonas Ketterling"
MANAGER = "Gudrun Eslinghofer"  # of the sales people in DACH
MARKETER, OTHER_MARKETER, ADMIN = "Ines Carvalho-Wick", "Priya Rangaraj-Cole", "Sam Etxeverrieta"
WANTED = "What did you need that you did not have?"
TAUGHT = "What did sales teach you?"
INJURY = "the patient was injured by the cage and had to be operated on again"


def start(slack: Slack, keeper: str = MARKETER, **form: Any) -> Person:
    """Somebody starts a check-in: each week on Tuesday at 09:00, from 24 November on, to the three reps in Iberia."""
    person = slack.person(keeper)
    person.command("/check-in new")
    answers = {"name": "Tenders", "question0": WANTED, "role": "rep", "days": "1:1", "at": "09:00"} | form
    if "regions" in person.fields:
        answers.setdefault("regions", ["Iberia"])
    assert person.submit(**answers) == {}
    return person


def ask(slack: Slack, name: str = REP, words: str = WANTED) -> Message:
    """Tuesday, 09:00 where the person is: the question is there."""
    person = slack.person(name)
    slack.jump(local="tue 09:00", person=person)
    asked = person.reads(words, "app")
    slack.settle()
    return asked


def answer(person: Person, text: str, on: Message | None = None) -> None:
    person.click("Answer", on)
    assert person.submit(answer0=text) == {}


def stop(keeper: Person) -> Message:
    """The keeper stops it: its round closes, and the summary is there."""
    keeper.slack.post("close", user=keeper.id, all=True)
    keeper.command("/check-in")
    keeper.click("Stop")
    assert "is stopped: nobody is asked any more." in keeper.modal
    keeper.slack.post("close", user=keeper.id, all=True)
    return keeper.reads("is over", "app")


# the whole way


def test_a_suggestion_is_started_asked_answered_edited_taken_back_and_summed_up(slack: Slack) -> None:
    ines, joao = slack.person(MARKETER), slack.person(REP)
    assert ines.command("/check-in") == ""
    ines.click("Start this")
    assert ines.submit(regions=["Iberia", "Japan"]) == {}
    assert "5 people fit now, next round on Tuesday 24 November. It is started." in ines.modal
    ask(slack, "Kenta")  # nine o'clock in Tokyo, and midnight in Lisbon
    joao.sees_nothing_of(WANTED)
    asked = ask(slack)
    assert "Ines Carvalho-Wick asks" in asked.text
    assert "Ines Carvalho-Wick and marketing read your answer without your name. Open until Monday 30" in asked.text
    assert asked.buttons == ["Answer", "Not now", "Stop these", "Why did I get this?"]
    joao.click("Answer", asked)
    assert WANTED in joao.modal
    assert "An answer here is kept as a need." in joao.modal
    assert joao.submit(answer0="A one-pager on *subsidence* <!channel>") == {}
    receipt = joao.reads("Thank you, that is recorded.", "app")
    assert receipt.ts == asked.ts
    assert "kept as a need" in receipt.text
    assert receipt.buttons == ["Edit", "Take back"]
    joao.click("Edit", receipt)
    assert joao.fields["answer0"] == "A one-pager on *subsidence* <!channel>"
    assert joao.submit(answer0="A one-pager on subsidence") == {}
    joao.reads("A one-pager on subsidence", "app")
    joao.click("Take back")
    joao.click("Answer again", joao.reads("Taken back.", "app"))
    assert joao.submit(answer0="The subsidence paper as one page") == {}
    joao.reads("The subsidence paper as one page", "app")
    slack.jump(to="2026-12-01T10:00:00Z")
    told = ines.reads("is over", "app")
    assert "the round of Tuesday 24 November is over.\n1 of 5 people answered.\nRead the answers" in told.text
    assert "Next round: Tuesday 8 December." in told.text
    ines.click("Read the answers", told)
    assert "The subsidence paper as one page" in ines.modal
    assert "João" not in ines.modal
    slack.jump(by_seconds=3600)
    slack.settle()
    assert len([one for one in ines.messages("app") if "is over" in one.text]) == 1


def test_an_answer_that_is_feedback_stands_with_the_feedback_and_counts_nowhere_when_taken_back(slack: Slack) -> None:
    ines = start(slack, role="marketer", regions=[], question0=TAUGHT)
    priya = slack.person(OTHER_MARKETER)
    asked = ask(slack, OTHER_MARKETER, TAUGHT)
    answer(priya, "That nobody opens a PDF on a phone", asked)
    priya.reads("Thank you, that is recorded.", "app")
    priya.opens_home()
    wait_until(lambda: "> That nobody opens a PDF on a phone" in priya.home, "the Home shows it")
    priya.command("/asset-feedback mine")
    mine = priya.reads("That nobody opens a PDF on a phone", "#general")
    assert f"You were asked: {TAUGHT}" in mine.text
    priya.click("Edit", mine)
    assert priya.fields == {"answer0": "That nobody opens a PDF on a phone"}
    assert priya.submit(answer0="That nobody opens a long PDF on a phone") == {}
    priya.command("/asset-feedback mine")
    priya.click("Withdraw", priya.reads("That nobody opens a long PDF", "#general"))
    told = stop(ines)
    assert "0 of " in told.text
    assert "Read the answers" not in told.buttons


# the form


def test_the_preview_shows_the_question_as_a_real_member_will_see_it(slack: Slack) -> None:
    ines = slack.person(MARKETER)
    ines.command("/check-in new")
    form = {"name": "Tenders <!here>", "question0": "Which tender\u202e was lost?", "role": "rep", "regions": ["DACH"]}
    ines.choose("check_in.preview", "-", values=form | {"at": "07:00", "days": "2:3"})
    seen = ines.modal
    assert "7 people fit* now: reps in DACH." in seen
    assert "As Anke Brodbeck-Thal will see it*, first on Thursday 26 November at 08:30 by their clock" in seen
    assert "Europe/Berlin" in seen
    assert "Which tender was lost?" in seen
    assert "Ines Carvalho-Wick and marketing read your answer without your name." in seen
    assert "Why did I get this?" in seen


def test_what_is_wrong_stands_under_its_field_and_nothing_is_saved(slack: Slack) -> None:
    ines = slack.person(MARKETER)
    ines.command("/check-in new")
    wrong = ines.submit(name="🧡", question0="🤷", question1=INJURY, role="rep", starts_on="2026-11-20")
    assert "Give it a name" in wrong["name"]
    assert wrong["question0"] == "A question needs words."
    assert "I can't ask" in wrong["question1"]
    assert wrong["starts_on"] == "That day is over. Choose today or a later day."
    assert ines.fields["question1"] == INJURY
    ines.choose("check_in.preview", "-")
    assert "Not ready yet" in ines.modal
    slack.post("close", user=ines.id)
    assert "Nobody fits that" in ines.submit(name="Nobody", question0=WANTED, question1="", role="executive",
        regions=["Japan"], starts_on="2026-11-24")["role"]  # fmt: skip
    slack.post("close", user=ines.id, all=True)
    ines.command("/check-in")
    assert "There are no check-ins yet." in ines.modal


def test_a_group_of_one_is_told_that_everybody_will_know(slack: Slack) -> None:
    ines = start(slack, role="manager", regions=["France"])
    assert "1 person fits now" in ines.modal
    asked = ask(slack, "Étienne")
    assert "You are the only one who is asked, so they will know that it is yours." in asked.text


def test_two_who_edit_at_once_are_told(slack: Slack) -> None:
    ines = start(slack)
    priya = slack.person(OTHER_MARKETER)
    priya.command("/check-in")
    priya.click("Edit")
    ines.click("Edit")
    assert ines.submit(question0="What was too long?") == {}
    wrong = priya.submit(question0="What was too short?")
    assert "Somebody else has changed this check-in" in str(wrong)
    assert priya.fields["question0"] == "What was too short?"
    assert "What was too long?" in ines.modal


# who may


def test_a_rep_hears_what_it_is_and_can_keep_none(slack: Slack) -> None:
    start(slack)
    joao = slack.person(REP)
    assert "Check-ins are kept by marketing and by managers" in joao.command("/check-in")
    assert joao.modal == ""


def test_a_manager_asks_their_own_group_by_name_and_nobody_else_reads_the_names(slack: Slack) -> None:
    gudrun = start(slack, MANAGER, name="My team")
    assert "reps in DACH, Sales department" in gudrun.modal
    asked = ask(slack, GERMAN)
    assert f"{gudrun.name} sees your name with your answer; marketing may read it without your name." in asked.text
    answer(slack.person(GERMAN), "A German price sheet", asked)
    slack.person(GERMAN).reads("Thank you, that is recorded.", "app")
    told = stop(gudrun)
    assert "1 of 7 people answered." in told.text
    gudrun.click("Read the answers", told)
    assert "A German price sheet" in gudrun.modal
    assert GERMAN in gudrun.modal
    for name in (MARKETER, ADMIN):
        other = slack.person(name)
        other.command("/check-in")
        assert "My team" not in other.modal
    slack.person(REP).sees_nothing_of("A German price sheet")


# while a round runs


def test_an_edit_holds_from_the_next_round_on(slack: Slack) -> None:
    ines, joao = start(slack), slack.person(REP)
    asked = ask(slack)
    ines.command("/check-in")
    ines.click("Edit")
    assert "A round is open. It keeps its questions" in ines.modal
    assert ines.submit(question0="What was missing in the tender?") == {}
    joao.click("Answer", asked)
    assert WANTED in joao.modal
    assert joao.submit(answer0="The data table") == {}
    joao.reads("Thank you, that is recorded.", "app")
    again = ask(slack, words="What was missing in the tender?")
    assert "Open until Monday 7 December" in again.text


def test_stopped_while_open_it_closes_and_late_words_are_kept(slack: Slack) -> None:
    ines, joao, nuria = start(slack), slack.person(REP), slack.person(OTHER_REP)
    asked = ask(slack)
    answer(joao, "The data table", asked)
    joao.reads("Thank you, that is recorded.", "app")
    told = stop(ines)
    assert "1 of " in told.text
    assert "The check-in is stopped." in told.text
    nuria.click("Answer", nuria.reads(WANTED, "app"))
    assert "This round is closed." in nuria.modal
    assert nuria.submit(answer0="A shorter deck") == {}
    late = nuria.reads("It came after the close, so it is not in the summary of this round.", "app")
    assert late.buttons == ["Edit", "Take back"]
    ines.click("Read the answers", told)
    assert "1 answer came after the close." in ines.modal
    assert "A shorter deck" in ines.modal
    slack.post("close", user=ines.id, all=True)
    ines.command("/check-in")
    ines.click("Start again")
    assert "next round on Tuesday 1 December" in ines.modal


def test_what_stands_in_a_summary_is_not_changed_any_more_but_taken_back(slack: Slack) -> None:
    ines, joao = start(slack), slack.person(REP)
    answer(joao, "The data table", ask(slack))
    receipt = joao.reads("Thank you, that is recorded.", "app")
    stop(ines)
    joao.click("Edit", receipt)
    assert "This round closed on Tuesday 24 November" in joao.finds(lambda one: one.is_ephemeral, "why").text
    joao.click("Take back", receipt)
    joao.reads("Taken back.", "app")
    ines.click("Read the answers")
    assert "The data table" not in ines.modal


def test_what_is_held_is_told_to_the_writer_and_counted_for_the_owner(slack: Slack) -> None:
    ines, joao = start(slack, question1="And what got in the way?", needs=["0"]), slack.person(REP)
    joao.click("Answer", ask(slack))
    assert joao.submit(answer0=INJURY, answer1="") == {}
    assert "Feedback is not a report." in joao.modal
    assert "https://quality.meridian.example/report" in joao.modal
    receipt = joao.reads("Feedback is not a report.", "app")
    assert "on hold and shown to nobody" in receipt.text
    assert INJURY not in receipt.text
    told = stop(ines)
    assert "1 answer is on hold" in told.text
    ines.click("Read the answers", told)
    assert "There is nothing to read." in ines.modal
    ines.sees_nothing_of(INJURY)


def test_a_form_without_words_is_not_taken(slack: Slack) -> None:
    start(slack, question1="And what got in the way?")
    joao = slack.person(REP)
    joao.click("Answer", ask(slack))
    assert "Write a few words first" in joao.submit(answer0=" \u200e ", answer1="")["answer0"]


# channels


def test_only_members_of_a_channel_are_asked_and_the_owner_hears_how_many(slack: Slack) -> None:
    ines = start(slack, channels=[channel_id(slack, "sales-iberia")], regions=[])
    assert "I look up who of them is in the channels and tell you." in ines.modal
    inside = {one["id"] for one in slack.get("people")["people"] if one["role"] == "rep"} & members(
        slack, "sales-iberia"
    )
    assert f"{len(inside)} people fit and are in the channels." in ines.reads("in the channels.", "app").text
    asked = ask(slack)
    assert "Ines Carvalho-Wick asks" in asked.text
    slack.person(GERMAN).sees_nothing_of(WANTED)


def test_with_nobody_in_the_channel_it_is_stopped_before_it_begins(slack: Slack) -> None:
    ines = start(slack, channels=[channel_id(slack, "sales-anz", slack.person("Hemi"))], role="executive", regions=[])
    assert "nobody fits any more" in ines.reads("so I have stopped it before it began.", "app").text
    ines.command("/check-in")
    assert "Stopped · kept by" in ines.modal


def test_a_channel_that_cannot_be_seen_is_said_and_the_round_is_skipped(slack: Slack) -> None:
    ines = slack.person(MARKETER)
    secret = channel_id(slack, "marketing-leads", ines)
    slack.post("invite", channel=secret, leave=True)
    start(slack, channels=[secret], role="marketer", regions=[])
    ines.reads("I can't see who is in the channels that you chose", "app")
    slack.jump(to="2026-11-24T12:00:00Z")
    slack.settle()
    slack.person(OTHER_MARKETER).sees_nothing_of(WANTED)


# days and people as they come


def test_when_the_clock_jumps_over_a_round_it_is_skipped_and_the_next_one_comes(slack: Slack, company_url: str) -> None:
    db = Database(company_url)

    def told() -> list[tuple[str, str, str | None]]:
        query = select(Slot).where(Slot.schedule == "check_in").order_by(col(Slot.local_date))
        with db.read() as session:
            return [(f"{slot.local_date:%d %b}", slot.state, slot.reason) for slot in session.exec(query)]

    start(slack)
    slack.jump(to="2026-11-29T12:00:00Z")
    wait_until(lambda: told() == [("24 Nov", "skipped", TOO_LATE)], "the round is skipped")
    ask(slack)
    assert told() == [("24 Nov", "skipped", TOO_LATE), ("01 Dec", "done", None)]
    db.close()


def test_who_works_at_night_or_has_no_zone_is_asked_in_their_own_hours_and_who_has_left_is_not(
    slack: Slack, company_url: str
) -> None:
    start(slack)
    slack.post("faults", rules=[{"method": "users.list", "kind": "unknown_method"}])  # what is known is not looked up
    db = Database(company_url)
    with db.begin() as session:
        changes: dict[str, dict[str, Any]] = {
            "João": {"working_hours": "22:00-06:00"}, "Nuria": {"tz": ""}, "Íñigo": {"is_active": False},
        }  # fmt: skip
        for name, known in changes.items():
            person = slack.person(name)
            team_id = session.exec(select(PersonRow.team_id).where(PersonRow.user_id == person.id)).one()
            people.record_person(session, team_id=team_id, user_id=person.id, now=datetime.now(UTC), **known)
    db.close()
    slack.jump(to="2026-11-24T09:10:00Z")
    slack.person("Nuria").reads(WANTED, "app")
    slack.person("João").sees_nothing_of(WANTED)
    slack.jump(local="tue 22:00", person=slack.person("João"))
    slack.person("João").reads(WANTED, "app")
    slack.person("Íñigo").sees_nothing_of(WANTED)


def test_who_is_in_four_groups_is_asked_three_times_in_a_week_by_all_of_them_together(slack: Slack) -> None:
    for number in range(1, 5):
        keeper = start(slack, MARKETER if number % 2 else OTHER_MARKETER, name=f"Group {number}")
        slack.post("close", user=keeper.id, all=True)
    ask(slack)
    joao = slack.person(REP)
    wait_until(lambda: len([one for one in joao.messages("app") if WANTED in one.text]) == 3, "three questions")
    slack.settle()
    assert len([one for one in joao.messages("app") if WANTED in one.text]) == 3
    slack.jump(local="mon 09:00", person=joao)
    wait_until(
        lambda: len([one for one in joao.messages("app") if WANTED in one.text]) > 3, "the next week's questions"
    )


def test_an_owner_who_has_lost_the_role_asks_nobody_and_another_may_take_it_over(slack: Slack) -> None:
    start(slack)
    sam = slack.person(ADMIN)
    sam.command(f"/groundswell people {MARKETER}")
    sam.click("Edit")
    assert sam.submit(roles=["rep"]) == {}
    slack.jump(to="2026-11-24T16:00:00Z")
    slack.settle()
    slack.person(REP).sees_nothing_of(WANTED)
    priya = slack.person(OTHER_MARKETER)
    priya.command("/check-in")
    assert "its owner may keep no check-ins any more" in priya.modal
    priya.click("Edit")
    assert "When you save, it is yours" in priya.modal
    assert priya.submit() == {}
    assert f"kept by {OTHER_MARKETER}" in priya.modal
    assert "Priya Rangaraj-Cole asks" in ask(slack).text


def channel_id(slack: Slack, name: str, seen_by: Person | None = None) -> str:
    shown = (seen_by or slack.person(REP)).sees_all()["conversations"]
    return next(str(one["id"]) for one in shown if one["name"] == name)


def members(slack: Slack, name: str) -> set[str]:
    """Who sees a channel in their list."""
    everybody = [slack.person(one["name"]) for one in slack.get("people")["people"] if one["role"] == "rep"]
    return {one.id for one in everybody if name in [shown["name"] for shown in one.sees_all()["conversations"]]}
