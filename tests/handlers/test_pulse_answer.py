"""Answering pulses through the front door: in one tap, in the form, in the box; what everybody is shown meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from bot.views.pulse import CHOOSE
from storage.ballot_box import answered_in_steps
from storage.db import Database
from storage.inbox import Inbox
from storage.jobs import Job
from storage.outbox import Outbox
from storage.pulse import PulseBallot, result_of
from tests.databases import BOTH_ENGINES
from tests.pulses import SCORE, TOOLS, USABLE, WORDS, read_row, start_pulse, team_of
from tests.slack import Message, Person, Slack

pytestmark = BOTH_ENGINES

MANAGER, EXECUTIVE = "Gudrun Eslinghofer", "Desmond Fairlowe"
REP, OTHER_REP, MARKETER_IN_DACH = "Jonas Ketterling", "Anke Brodbeck-Thal", "Simone Averdieck"
DACH, DACH_ID, GENERAL_ID = "#sales-dach", "C5DACH7ZB", "C7GEN4RA1"
ASKED = "Is the new price sheet usable?"
INJURY = "the patient was injured by the cage and had to be operated on again"


@pytest.fixture
def waits() -> dict[str, float]:
    return {"pulse_refresh_seconds": 0}


@pytest.fixture
def looks(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def private(person: Person, words: str) -> Message:
    """What only this person hears."""
    return person.finds(lambda one: one.is_ephemeral and words in one.text, f"privately {words!r}")


def reps(slack: Slack, region: str = "") -> list[Person]:
    found = [one for one in slack.get("people")["people"] if one["role"] == "rep"]
    return [slack.person(one["name"]) for one in found if not region or one["region"] == region]


# in one tap


def test_one_tap_answers_another_changes_it_and_everybody_sees_the_counts(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    jonas, anke = slack.person(REP), slack.person(OTHER_REP)
    asked = jonas.reads(ASKED, DACH)
    assert f"{MANAGER}* asks" in asked.text
    assert "*Named:* whoever asks sees who answered what." in asked.text
    assert asked.buttons == ["Yes", "No", "Not seen"]
    jonas.click("Yes", asked)
    assert "You answered *Yes*. You can change it until" in private(jonas, "Thank you.").text
    jonas.click("No", asked)
    private(jonas, "Changed. You answered *No*.")
    anke.click("No", asked)
    shown = anke.reads("No *2*", DACH)
    assert shown.ts == asked.ts
    assert "2 of 7 have answered." in shown.text
    assert "Yes *0*" in shown.text
    slack.jump(by_seconds=25 * 3600)
    over = anke.reads("This pulse has closed. 2 of 7 people answered. Yes *0* · No *2*", DACH)
    assert over.ts == asked.ts
    assert over.buttons == []
    result = result_of(read_row(slack, looks, pulse_id))
    assert result is not None
    assert (result.invited, result.answered) == (7, None)  # two are too few for whoever sees no names


def test_presses_in_one_moment_are_counted_once_each(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID)
    everybody = reps(slack)
    asked = everybody[0].reads(ASKED, "#general")
    blocks = [block for block in asked.raw["blocks"] if block["type"] == "actions"]

    def press(person: Person) -> None:
        for number in (0, 1, 1):
            slack.post(
                "click", user=person.id, action_id=CHOOSE[number], block_id=blocks[0]["block_id"],
                channel=asked.channel_id, ts=asked.ts,
            )  # fmt: skip

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(press, everybody))
    shown = everybody[0].reads("Yes *0* · No *38*", "#general")
    assert "38 of 38 have answered." in shown.text
    with looks.read() as session:
        assert len(session.exec(select(PulseBallot)).all()) == 38


def test_whoever_is_not_invited_hears_it(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    simone = slack.person(MARKETER_IN_DACH)
    simone.click("Yes", simone.reads(ASKED, DACH))
    private(simone, "This pulse asks other people, so your answer can't be counted.")


def test_a_tap_at_the_second_of_the_close_is_too_late(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, DACH)
    slack.jump(to=read_row(slack, looks, pulse_id).closes_at.isoformat())
    jonas.click("Yes", asked)
    private(jonas, "This pulse has closed, so your answer was not counted any more.")
    jonas.reads("This pulse has closed.", DACH)


# in the form


def test_the_form_asks_all_kinds_keeps_what_was_said_and_counts_in_steps(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, USABLE, SCORE, TOOLS, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "#general")
    assert "*Confidential:* nobody is shown who answered what" in asked.text
    assert asked.buttons == ["Answer 4 questions"]
    jonas.click("Answer 4 questions", asked)
    assert "*Confidential:* nobody is shown who answered what" in jonas.modal
    assert jonas.submit(answer0="0", answer1="10", choices2=["0", "2"], answer3="A *shorter* one") == {}
    assert "Thank you. You have answered. You can change it until" in jonas.modal
    slack.post("close", user=jonas.id, all=True)
    jonas.click("Answer 4 questions", asked)
    assert jonas.fields == {"answer0": "0", "answer1": "10", "choices2": ["0", "2"], "answer3": "A *shorter* one"}
    assert jonas.submit(answer0="1", answer1="0", choices2=["1"], answer3="") == {}
    assert "Changed." in jonas.modal
    slack.settle()
    assert "answered." not in jonas.reads(ASKED, "#general").text
    for person in [one for one in reps(slack, "US-East") if one.id != jonas.id][:4]:
        person.click("Answer 4 questions", asked)
        assert person.submit(answer0="0", answer1="5", choices2=["0"], answer3="") == {}
    jonas.reads("5+ of 38 have answered.", "#general")


def test_held_words_are_told_to_the_writer_alone(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential")
    jonas = slack.person(REP)
    jonas.click("Answer", jonas.reads("What is missing?", "#general"))
    assert jonas.submit(answer0=" \u200e ") == {"answer0": "Answer at least one question first, please."}
    assert jonas.submit(answer0=INJURY) == {}
    assert "Feedback is not a report." in jonas.modal
    assert "https://quality.meridian.example/report" in jonas.modal
    slack.person(EXECUTIVE).sees_nothing_of(INJURY)


def test_a_form_left_open_over_the_close_keeps_its_words(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential")
    jonas = slack.person(REP)
    jonas.click("Answer", jonas.reads("What is missing?", "#general"))
    slack.jump(by_seconds=25 * 3600)
    wrong = jonas.submit(answer0="A price for hospitals")
    assert wrong == {"answer0": "This pulse has closed, so your answer was not counted any more."}
    assert jonas.fields["answer0"] == "A price for hospitals"


# in the box


def test_an_anonymous_answer_leaves_no_trace_and_cannot_be_given_twice(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "#general")
    assert "*Anonymous:* confidential while open, unlinkable after close." in asked.text
    before = everything(looks)
    everybody = reps(slack)[:12]
    for number, person in enumerate(everybody):
        person.click("Yes" if number % 3 else "No", asked)
        private(person, "Thank you, your answer is in the box.")
    everybody[0].click("Yes", asked)
    private(everybody[0], "You have answered already. An anonymous answer can't be changed")
    slack.settle()
    assert everything(looks) == before
    assert answered_in_steps(looks, team_id=team_of(slack), pulse_id=pulse_id) == 10
    slack.jump(by_seconds=60)
    shown = jonas.reads("10+ of 38 have answered.", "#general")
    assert "*" + "8" + "*" not in shown.text
    slack.jump(by_seconds=25 * 3600)
    assert "This pulse has closed. 10+ of 38 people answered." in jonas.reads("This pulse has closed.", "#general").text
    result = result_of(read_row(slack, looks, pulse_id))
    assert result is not None
    assert result.answered == 12
    assert result.questions[0].whole is not None
    assert result.questions[0].whole.hits == (8, 4, 0)


def test_the_anonymous_form_goes_into_the_box_and_says_so_once_more_to_whoever_comes_back(
    slack: Slack, looks: Database
) -> None:
    start_pulse(slack, looks, USABLE, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "#general")
    before = everything(looks)
    jonas.click("Answer 2 questions", asked)
    assert jonas.submit(answer0="1", answer1="Nothing") == {}
    assert "your answer is in the box" in jonas.modal
    slack.post("close", user=jonas.id, all=True)
    jonas.click("Answer 2 questions", asked)
    private(jonas, "You have answered already.")
    slack.settle()
    assert everything(looks) == before


def everything(db: Database) -> dict[str, list[str]]:
    """All rows of the tables that remember what people did."""
    with db.read() as session:
        return {
            table.__name__: sorted(str(one.model_dump()) for one in session.exec(select(table)))
            for table in (Inbox, Job, Outbox, PulseBallot)
        }
