"""The one place that asks, on both engines: budget, working hours, away, reminders, stop; two processes at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot import asking
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import read_settings
from bot.views import ask as views
from bot.views import kit
from storage import people
from storage.ask import Ask, AskMessage
from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox
from storage.people import Person

TEAM = "T1"
KIND = "filed_away"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # at work everywhere in these tests, unless a person says otherwise
WEEK = timedelta(days=7)


class Slack:
    """What Slack tells of people's status and do-not-disturb, in place of the reader's calls over the network."""

    def __init__(self) -> None:
        self.profiles: dict[str, dict[str, Any]] = {}
        self.dnd: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()
        self.called: list[str] = []

    def call(self, method: str, **arguments: Any) -> Any:
        self.called.append(method)
        if method in self.refused:
            raise Refused(method, "missing_scope")
        if method == "users.info":
            return {"user": {"profile": self.profiles.get(arguments["user"], {})}}
        asked = arguments["users"].split(",")
        assert len(asked) <= 50
        return {"users": {user_id: self.dnd[user_id] for user_id in asked if user_id in self.dnd}}

    def pages(self, method: str, of: str) -> Any:
        self.called.append(method)
        return [{"id": user_id, "profile": profile} for user_id, profile in self.profiles.items()]


class Office:
    """A workspace with a few people in it, a clock, and a feature that asks them about its subjects."""

    def __init__(self, db: Database, **settings: Any) -> None:
        self.db, self.now, self.slack = db, MONDAY, Slack()
        self.settings = read_settings(None, **settings)
        self.is_needed = True

    def meet(self, *user_ids: str, **known: Any) -> None:
        with self.db.begin() as session:
            for user_id in user_ids:
                people.record_person(session, team_id=TEAM, user_id=user_id, now=self.now, **known)

    def plan(self, *user_ids: str, subject: int = 1, kind: str = KIND, due: datetime | None = None, **more: Any) -> int:
        with self.db.begin() as session:
            known: dict[str, Any] = {"closes_at": (due or self.now) + WEEK, "stop_key": kind} | more
            return asking.plan_asks(
                session,
                team_id=TEAM,
                kind=kind,
                subject_id=subject,
                why="Because.",
                people=[person for user_id in user_ids if (person := self.person(session, user_id))],
                due_at=lambda _person: due or self.now,
                now=self.now,
                **known,
            )

    @staticmethod
    def person(session: Session, user_id: str) -> Person | None:
        return people.get_person(session, team_id=TEAM, user_id=user_id)

    def task(self, db: Database | None = None) -> Task:
        return Task(
            team_id=TEAM,
            payload={},
            now=self.now,
            settings=self.settings,
            db=db or self.db,
            reader=self.slack,  # type: ignore[arg-type]
            publish_home=lambda _user_id, _view: None,
        )

    def words(self, _session: Session, ask: Ask, person: Person, number: int) -> dict[str, Any] | None:
        text = f"{person.name}: subject {ask.subject_id}, message {number}"
        blocks = [kit.section(text), views.manners(ask.id or 0, number)]
        return {"text": text, "blocks": blocks} if self.is_needed else None

    def tick(self, *kinds: str) -> int:
        """What a tick and the job that it asks for do now; gives how many messages went out."""
        sent = 0
        for kind in kinds or (KIND,):
            asking.ask_those_due(self.db, TEAM, kind, self.now, self.settings)
            while got := asking.send_asks(self.task(), kind, self.words):
                sent += got
        return sent

    def at(self, moment: datetime) -> "Office":
        self.now = moment
        return self

    def asks(self, *where: Any) -> list[Ask]:
        with self.db.read() as session:
            return list(session.exec(select(Ask).where(*where).order_by(col(Ask.id))))

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(ask.user_id, ask.state, ask.reason) for ask in self.asks()]

    def messages(self, user_id: str | None = None) -> list[tuple[str, int, datetime]]:
        with self.db.read() as session:
            rows = session.exec(select(AskMessage).order_by(col(AskMessage.id)))
            return [(one.user_id, one.number, one.sent_at) for one in rows if user_id in (None, one.user_id)]


@pytest.fixture
def office(db: Database) -> Office:
    return Office(db)


def test_who_is_due_is_asked_once(office: Office) -> None:
    office.meet("U1", "U2")
    assert office.plan("U1", "U2") == 2
    assert office.plan("U1", "U2") == 0, "whoever has an ask about it is passed over"
    assert office.tick() == 2
    assert office.tick() == 0
    assert office.states() == [("U1", "asked", None), ("U2", "asked", None)]
    with office.db.read() as session:
        sent = list(session.exec(select(Outbox)))
        assert [row.target for row in sent] == ["U1", "U2"]
        assert {row.lane for row in sent} == {2}
        assert len(list(session.exec(select(Job)))) == 1
