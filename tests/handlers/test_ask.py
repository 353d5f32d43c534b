"""The manners of asking through the front door: away, undisturbed, working hours, one budget, put off, stopped, why."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.app import build_app
from bot.clock import RemoteClock
from bot.errors import BotError
from bot.intake import Act, Answer
from bot.settings import read_settings
from handlers import ask
from sandbox.server import SandboxServer
from storage import ask_stop, people
from storage.db import Database
from tests.house import sandbox_settings
from tests.slack import Message, Person, Slack, wait_until

REP, OTHER, THIRD = "Dre Hollowell", "Kayla Brandvold", "Becca Lindqvarst"  # all in US-East
MARKETER, OTHER_MARKETER, ADMIN = "Ines Carvalho-Wick", "Priya Rangaraj-Cole", "Sam Etxeverrieta"
NEW_YORK = ZoneInfo("America/New_York")
WANTED = "Which tender was lost?"
REMINDER, LAST = "Still open", "The last reminder"
PATIENCE = 40.0  # seconds; on Mondays the digests are drawn too


def at(day: int, hour: int, minute: int = 1) -> str:
    """A moment of November 2026 in New York (from the 31st on of December)."""
    moment = datetime(2026, 11, 1, hour, minute, tzinfo=NEW_YORK) + timedelta(days=day - 1)
    return moment.astimezone(UTC).isoformat()


def start(slack: Slack, keeper: str = MARKETER, question: str = WANTED) -> None:
    """Somebody starts a check-in: each Tuesday at 09:00, from 24 November on, to the seven reps in US-East."""
    person = slack.person(keeper)
    person.command("/check-in new")
    fields = {"name": question, "question0": question, "role": "rep", "regions": ["US-East"], "days": "1:1"}
    assert person.submit(**fields, at="09:00") == {}


def asked(person: Person, words: str = WANTED) -> list[Message]:
    """The messages that ask this person this, once nothing is under way any more."""
    person.slack.settle()
    return [one for one in person.messages("app") if words in one.text and not one.is_ephemeral]


def until_asked(slack: Slack, when: str, name: str = OTHER, words: str = WANTED, number: int = 1) -> None:
    """Jump to `when`; everybody whose turn it is has been asked as soon as this person has."""
    slack.jump(to=when)
    person = slack.person(name)
    wait_until(lambda: len(asked(person, words)) == number, f"{name} is asked for the {number}. time", PATIENCE)


def hears(person: Person, words: str) -> Message:
    """What only this person reads."""
    return person.finds(lambda message: message.is_ephemeral and words in message.text, f"privately {words!r}", "app")


@pytest.fixture
def dre(slack: Slack) -> Person:
    return slack.person(REP)


def test_who_is_away_or_undisturbed_is_asked_when_they_are_back(slack: Slack, dre: Person) -> None:
    third = slack.person(THIRD)
    slack.post("status", user=dre.id, emoji=":palm_tree:", text="Vacationing", until=at(26, 11, 0))
    slack.post("status", user=slack.person(OTHER).id, emoji=":house_with_garden:", text="Working remotely")
    slack.post("quiet", user=third.id, until=at(24, 11, 0))
    start(slack)
    until_asked(slack, at(24, 9))
    assert asked(dre) == []
    assert asked(third) == []
    slack.jump(to=at(24, 11))
    third.reads(WANTED, "app")
    assert asked(dre) == []
    slack.jump(to=at(26, 11))
    dre.reads(WANTED, "app")
    assert len(asked(dre)) == 1


def test_a_slack_that_does_not_tell_who_is_away_is_asked_for_it_once(slack: Slack, dre: Person) -> None:
    slack.post("faults", rules=[{"method": name, "kind": "unknown_method"} for name in ("users.info", "dnd.teamInfo")])
    start(slack)
    until_asked(slack, at(24, 9))
    assert len(asked(dre)) == 1
    assert len(slack.calls("users.info")) == 1
    assert len(slack.calls("dnd.teamInfo")) == 1


def test_a_night_shift_is_asked_at_night(slack: Slack, dre: Person) -> None:
    sam = slack.person(ADMIN)
    sam.command("/groundswell people")
    sam.choose("people.pick", dre.id)
    wrong = sam.submit(roles=["rep"], working_hours="17:00-09:00")
    assert "start before the end" in wrong["working_hours"]
    assert sam.submit(roles=["rep"], working_hours="22:00-6:00") == {}
    start(slack)
    until_asked(slack, at(24, 9))
    slack.jump(to=at(24, 21, 58))
    assert asked(dre) == []
    slack.jump(to=at(25, 1))
    dre.click("Why did I get this?", dre.reads(WANTED, "app"))
    told = "*Why you*", "Only in your working hours (22:00-06:00, Monday to Friday)", "This week: 1.", "`Stop these`"
    assert [words for words in told if words not in dre.modal] == []


def test_one_budget_for_all_who_ask(slack: Slack, dre: Person) -> None:
    for number in range(3):
        start(slack, OTHER_MARKETER, f"Question {number}?")
    start(slack)
    until_asked(slack, at(24, 9), words="Question ", number=3)
    assert len(asked(dre, "Question ")) == 3
    dre.opens_home()
    wait_until(lambda: "Asked this week: 3 of 3." in dre.home, "the Home counts", PATIENCE)
    slack.jump(to=at(27, 16))
    assert asked(dre) == []
    assert len(asked(dre, "Question ")) == 3, "and no reminder"
    dre.click("Why did I get this?", asked(dre, "Question ")[0])
    assert "At most 3 messages a week, reminders included" in dre.modal


def test_not_now_is_tomorrow_and_ends_with_the_last_reminder(slack: Slack, dre: Person) -> None:
    start(slack)
    until_asked(slack, at(24, 9))
    first = dre.reads(WANTED, "app")
    dre.click("Not now", first)
    hears(dre, "All right, not now. I'll ask once more on")
    until_asked(slack, at(25, 9), REP, REMINDER)
    second = dre.reads(REMINDER, "app")
    dre.click("Not now", second)
    until_asked(slack, at(26, 9), REP, LAST)
    assert "Not now" not in dre.reads(LAST, "app").buttons
    dre.click("Not now", first)
    hears(dre, "This was my last reminder")
    slack.jump(to=at(31, 9))
    slack.settle()
    dre.click("Not now", second)
    hears(dre, "This question is over")


def test_reminders_are_for_who_has_not_answered_and_stopped_is_stopped(slack: Slack, dre: Person) -> None:
    third = slack.person(THIRD)
    start(slack)
    dre.opens_home()
    until_asked(slack, at(24, 9))
    third.click("Answer", third.reads(WANTED, "app"))
    assert third.submit(answer0="The one in Boston") == {}
    dre.click("Stop these", dre.reads(WANTED, "app"))
    told = hears(dre, f"I won't ask you about “{WANTED}” any more")
    wait_until(lambda: f"You asked me not to ask about “{WANTED}”." in dre.home, "the Home says so")
    until_asked(slack, at(26, 10), words=REMINDER)
    slack.jump(to=at(30, 8))  # the next round is open by then: this one goes on to its end
    until_asked(slack, at(30, 11), words=LAST)
    for person in (dre, third):
        assert asked(person, REMINDER) == []
        assert asked(person, LAST) == []
    dre.click("Ask me again", told)
    hears(dre, "I'll ask you again from the next time on")
    wait_until(lambda: "not to ask about" not in dre.home, "the Home forgets it")
    dre.click("Stop these", dre.reads(WANTED, "app"))
    wait_until(lambda: "not to ask about" in dre.home, "the Home says so again")
    until_asked(slack, at(31, 9), number=4)
    assert len(asked(dre)) == 1
    dre.click_home("Ask me again")
    wait_until(lambda: "not to ask about" not in dre.home, "the Home forgets it again")
    assert dre.modal == ""


@contextmanager
def another_process(server: SandboxServer, company_url: str) -> Iterator[None]:
    """A second process of the app beside the first, which begins and ends while things are under way."""
    settings = sandbox_settings(server, company_url)
    app = build_app(settings, Database(company_url), RemoteClock(settings.clock_url))
    app.start()
    try:
        yield
    finally:
        app.stop()


@pytest.mark.parametrize("company_url", ["postgresql"], indirect=True)  # one process alone serves a SQLite file
def test_processes_that_come_and_go_ask_nobody_twice(
    slack: Slack, dre: Person, server: SandboxServer, company_url: str
) -> None:
    start(slack)
    until_asked(slack, at(24, 9))
    with another_process(server, company_url):
        until_asked(slack, at(26, 10), words=REMINDER)
        assert len(asked(dre)) == 2
    with another_process(server, company_url):
        until_asked(slack, at(30, 11), words=LAST)
    assert len(asked(dre)) == 3


@pytest.mark.parametrize("do", [ask.snooze, ask.stop, ask.show_why])
@pytest.mark.parametrize("claimed", ["own", "0", "999", "x", "-1", "1e3", ""])
def test_somebody_elses_ask_is_not_there(db: Database, do: Callable[[Session, Act], Answer], claimed: str) -> None:
    """Ids come from a client and are claims: nobody else can do anything with Dre's ask, nor anybody with none."""
    now, settings = datetime(2026, 11, 24, 12, tzinfo=UTC), read_settings(None)
    with db.begin() as session:
        for team_id, user_id in (("T1", "U1"), ("T1", "U2"), ("T2", "U1")):
            people.record_person(session, team_id=team_id, user_id=user_id, now=now)
        dre = people.get_person(session, team_id="T1", user_id="U1")
        assert dre is not None
        asking.plan_asks(
            session, team_id="T1", kind="filed_away", subject_id=1, stop_key="k", why="Because.", people=[dre],
            due_at=lambda _person: now, closes_at=now + timedelta(days=7), now=now,
        )  # fmt: skip
    for team_id, user_id in (("T1", "U1"), ("T1", "U2"), ("T2", "U1")):
        with db.begin() as session:
            actor = people.find_actor(session, team_id=team_id, user_id=user_id, admins=frozenset(), default_tz="UTC")
            body: dict[str, Any] = {"actions": [{"value": "1" if claimed == "own" else claimed}]}
            act = Act(actor=actor, now=now, settings=settings, body=body)
            if claimed == "own" and (team_id, user_id) == ("T1", "U1"):
                do(session, act)
                continue
            with pytest.raises(BotError, match=NOT_FOUND):
                do(session, act)
            assert ask_stop.list_stops(session, team_id=team_id, user_id=user_id) == []
