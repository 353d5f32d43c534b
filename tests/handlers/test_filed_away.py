"""The filed-away check through the front door: release, two weeks later one question, the answers, one verdict."""

import time
from collections.abc import Callable

from sqlmodel import select

from bot.domain.feedback import USES
from storage.db import Database
from storage.feedback import Feedback
from storage.filed_away import FiledAwayAnswer
from tests.slack import Message, Person, Slack, wait_until

OWNER, OTHER = "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
EAST = (
    "Dre Hollowell", "Kayla Brandvold", "Mick Tarrowby", "Soledad Winfield", "Jerome Tillery", "Becca Lindqvarst",
    "Ravi Thandapani",
)  # fmt: skip
US_EAST = "C5USE4STQ"  # their channel
TWO_WEEKS = "2026-12-07T15:00:00Z"  # a Monday: ten in New York, three in Lisbon
ASKED = "did it reach you?"
NEW = {
    "reference": "MLR-2026-0901", "version": "v1", "title": "Tumble Test Brief", "kind": "one-pager",
    "link": "https://assets.meridian.example/tumble-brief/v1", "review_days": "31",
}  # fmt: skip
INJURY = "the patient was injured by the cage and had to be operated on again"


def release(slack: Slack, **form: list[str]) -> Person:
    """Ines adds an asset of hers and releases it."""
    ines = slack.person(OWNER)
    ines.command("/asset add")
    assert ines.submit(**NEW) == {}
    ines.reads("is in the library", "app")
    ines.command("/asset release tumble")
    assert ines.submit(**form) == {}
    ines.reads("is released.", "app")
    return ines


def tick_until(slack: Slack, fits: Callable[[], object], what: str) -> None:
    """Let the clock ask what is due, again and again: drawing, asking and telling are a look each."""

    def look() -> bool:
        if not fits():
            slack.jump(by_seconds=1)
            time.sleep(0.2)
        return bool(fits())

    wait_until(look, what, patience=60)  # the first picture of a process takes a while


def questions(person: Person) -> list[Message]:
    return [one for one in person.messages("app") if ASKED in one.text]


def verdicts(person: Person) -> list[Message]:
    return [one for one in person.messages("app") if "after the release" in one.text]


def answers(company_url: str) -> list[Feedback]:
    """The feedback that holds the answers."""
    db = Database(company_url)
    with db.read() as session:
        found = list(session.exec(select(Feedback).join(FiledAwayAnswer)))
    db.close()
    return found


def test_release_two_weeks_later_one_question_and_one_verdict(slack: Slack) -> None:
    ines = release(slack, channels=[US_EAST], members=["members"])
    receipt = ines.reads("is released.", "app")
    assert "It is for reps who are in the chosen channel. On 7 Dec 2026 and 4 Jan 2027 I ask some" in receipt.text
    assert "The first check is on 7 Dec 2026." in ines.command("/asset show tumble")
    slack.jump(to=TWO_WEEKS)
    reps = [slack.person(name) for name in EAST]
    tick_until(slack, lambda: all(questions(rep) for rep in reps), "all seven are asked")
    assert questions(slack.person("Jonas Ketterling")) == []  # not in that channel
    assert questions(slack.person("Carla Demski-Rowe")) == []  # in it, and no rep
    assert "are being asked until 14 Dec 2026." in ines.command("/asset show tumble")
    (question,) = questions(reps[0])
    assert "Quick one about *Tumble Test Brief* v1: two weeks out, did it reach you?" in question.text
    assert "Ines Carvalho-Wick, who owns it, sees your answer and name" in question.text
    assert question.buttons == [*USES.values(), "Not now", "Stop these", "Why did I get this?"]
    reps[0].click("Why did I get this?")
    wait_until(lambda: "came out for reps who are in the chosen channel" in reps[0].modal, "why it came")
    for rep in reps[:5]:
        rep.click("Used it with a customer")
        rep.reads("Thank you. You used *Tumble Test Brief* v1 with a customer.", "app")
        assert questions(rep) == []
    tick_until(slack, lambda: verdicts(ines), "the verdict")
    (verdict,) = verdicts(ines)
    assert "🟢 *In use*: *Tumble Test Brief* v1" in verdict.text
    assert "*5 of 5 used it* with a customer. Of all 7 it is for, likely *57 to 100 %* do: over" in verdict.text
    assert "7 people were asked" in verdict.text
    assert "31 review days at work." in verdict.text
    assert any(block["type"] == "image" for block in verdict.raw["blocks"])
    closed = reps[5].reads("The question about *Tumble Test Brief* v1 is closed.", "app")
    assert "I used it" in closed.buttons
    slack.jump(by_seconds=600)
    slack.settle()
    assert len(verdicts(ines)) == 1
    assert "🟢 in use, 5 of 5 used it, likely 57 to 100 %" in ines.command("/asset show tumble")
    slack.person(OTHER).command("/asset")
    assert "🟢 in use" in slack.person(OTHER).modal
    assert "in use" not in reps[0].command("/asset show tumble")
    ines.opens_home()
    wait_until(lambda: "🟢 in use, 5 of 5 used it" in ines.home, "the verdict in Home")
    digest = ines.command("/digest today")
    assert "*Tumble Test Brief* v1 (31 review days): 🟢 in use, 5 of 5 used it, likely 57 to 100 %." in digest


def test_an_answer_is_changed_and_says_why_and_words_may_be_held(slack: Slack, company_url: str) -> None:
    release(slack, channels=[US_EAST], members=["members"])
    slack.jump(to=TWO_WEEKS)
    dre = slack.person(EAST[0])
    tick_until(slack, lambda: questions(dre), "the question")
    (question,) = questions(dre)
    dre.click("Did not know it")
    thanks = dre.reads("Thank you. You did not know *Tumble Test Brief* v1. Here it is", "app")
    assert thanks.buttons == ["Open", "Add why", "Change"]
    assert thanks.ts == question.ts  # the message itself has changed
    dre.click("Change")
    dre.reads("You said “Did not know it” about *Tumble Test Brief* v1.", "app")
    dre.click("Opened it only")
    dre.reads("You opened *Tumble Test Brief* v1 only.", "app")
    dre.click("Add why")
    assert "What kept you from using it?" in dre.modal
    assert "A few words, or close this" in dre.submit(said="\u202e \x07")["said"]
    assert dre.submit(said="Twelve pages for one <!here> sentence") == {}
    told = dre.reads("Twelve pages for one &lt;!here&gt; sentence", "app")
    assert told.buttons == ["Edit it", "Change"]
    assert "Twelve pages" in dre.command("/asset-feedback mine")
    dre.click("Edit it")
    assert dre.fields["said"] == "Twelve pages for one <!here> sentence"
    assert dre.submit(said=INJURY) == {}
    assert "Feedback is not a report" in dre.modal
    held = dre.reads("Feedback is not a report", "app")
    assert INJURY not in held.text
    (row,) = answers(company_url)
    assert (row.source, row.use, row.said) == ("check_in", "opened_only", INJURY)
    assert row.held_for


def test_who_is_asked_can_be_changed_until_the_checks_have_begun(slack: Slack) -> None:
    ines = slack.person(OWNER)
    ines.command("/asset add")
    assert ines.submit(**NEW) == {}
    ines.reads("is in the library", "app")
    ines.command("/asset release tumble")
    wrong = ines.submit(channels=[], members=["members"])
    assert wrong == {"members": "Choose the channels above, or untick this."}
    assert ines.submit(channels=[], members=[], regions=["Japan", "DACH"]) == {}
    assert "It is for reps in Japan or DACH, 9 people today." in ines.reads("is released.", "app").text
    ines.click("Change who is asked")
    assert ines.fields["regions"] == ["Japan", "DACH"]
    assert ines.submit(regions=["Japan"], channels=[]) == {}
    ines.reads("It is for reps in Japan, 2 people today.", "app")
    slack.jump(to="2026-12-08T01:30:00Z")  # Tuesday morning in Tokyo
    kenta, dach = slack.person("Kenta"), slack.person("Jonas Ketterling")
    tick_until(slack, lambda: questions(kenta), "Kenta is asked")
    assert questions(dach) == []
    slack.jump(to="2027-01-05T01:30:00Z")
    tick_until(slack, lambda: any("six weeks out" in one.text for one in questions(kenta)), "Kenta is asked again")
    ines.click("Change who is asked")
    assert ines.modal == ""
    ines.reads("Both checks of this asset have begun or are over", "app")
