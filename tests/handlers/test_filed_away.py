"""The filed-away check through the front door: release, two weeks later one question, the answers, one verdict."""

from collections.abc import Callable

from sqlmodel import col, select

from storage.db import Database
from storage.filed_away import FiledAwayCheck
from tests.slack import Message, Person, Slack, wait_until

OWNER, OTHER = "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
EAST = ("Dre Hollowell", "Kayla Brandvold", "Mick Tarrowby", "Soledad Winfield")
TWO_WEEKS, SIX_WEEKS = "2026-12-07T15:00:00Z", "2027-01-04T15:00:00Z"  # Mondays: ten in New York, four in Berlin
ASKED = "did it reach you?"
NEW = {
    "reference": "MLR-2026-0901", "version": "v1", "title": "Tumble Test Brief", "kind": "one-pager",
    "link": "https://assets.meridian.example/tumble-brief/v1", "review_days": "31",
}  # fmt: skip
GENERAL = "C3LNCH8Q5"


def release(slack: Slack, **form: object) -> Person:
    """Ines adds an asset of hers and releases it."""
    ines = slack.person(OWNER)
    ines.command("/asset add")
    assert ines.submit(**NEW) == {}
    ines.reads("is in the library", "app")
    ines.command("/asset release tumble")
    assert ines.submit(**({"channels": [GENERAL]} | form)) == {}
    ines.reads("is released.", "app")
    return ines


def tick_until(slack: Slack, fits: Callable[[], object], what: str) -> None:
    """Let the clock ask what is due, again and again: drawing, asking and telling are a look each."""

    def look() -> bool:
        if fits():
            return True
        slack.jump(by_seconds=1)
        slack.settle()
        return bool(fits())

    wait_until(look, what, patience=40)


def questions(person: Person) -> list[Message]:
    return [one for one in person.messages("app") if ASKED in one.text]


def rows(database_url: str) -> list[FiledAwayCheck]:
    db = Database(database_url)
    with db.read() as session:
        found = list(session.exec(select(FiledAwayCheck).order_by(col(FiledAwayCheck.number))))
    db.close()
    return found


def test_release_two_weeks_later_one_question_and_one_verdict(slack: Slack, database_url: str) -> None:
    ines = release(slack)
    receipt = ines.reads("is released.", "app")
    assert "It is for reps, 38 people today. On 7 Dec 2026 and 4 Jan 2027 I ask some of them" in receipt.text
    slack.jump(to=TWO_WEEKS)
    reps = [slack.person(name) for name in (*EAST, "Jonas Ketterling")]
    tick_until(slack, lambda: all(questions(rep) for rep in reps), "five reps are asked")
    question = reps[0].reads("Quick one about *Tumble Test Brief* v1: two weeks out, did it reach you?", "app")
    assert "Ines Carvalho-Wick, who owns it, sees your answer and name" in question.text
    assert question.buttons[:5] == [
        "Used it with a customer", "Opened it only", "Could not find it", "Did not know it", "Not for my accounts",
    ]  # fmt: skip
    assert {"Not now", "Stop these", "Why did I get this?"} < set(question.buttons)
    for rep in reps:
        rep.reads(ASKED, "app")
        rep.click("Used it with a customer")
        rep.reads("Thank you. *Tumble Test Brief* v1: Used it with a customer.", "app")
        assert questions(rep) == []
    tick_until(slack, lambda: any("In use" in one.text for one in ines.messages("app")), "the verdict")
    print(ines.reads("In use", "app").text, ines.reads("In use", "app").raw)
    assert rows(database_url)[0].verdict == "in_use"
