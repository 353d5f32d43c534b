"""The one place that asks, on both engines: budget, working hours, away, reminders, stop; two processes at once."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, insert, select

from bot import asking
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import read_settings
from bot.views import ask as views
from bot.views import kit
from storage import ask as store
from storage import ask_stop, people, quiet
from storage.ask import Ask, AskMessage
from storage.db import Database
from storage.jobs import Job, claim_job
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
        self.unknown: set[str] = set()
        self.called: list[str] = []

    def call(self, method: str, **arguments: Any) -> Any:
        self.called.append(method)
        if method in self.refused:
            raise Refused(method, "missing_scope")
        if arguments.get("user") in self.unknown:
            raise SlackApiError("", {"error": "user_not_found"})  # type: ignore[no-untyped-call]
        if method == "users.info":
            return {"user": {"profile": self.profiles.get(arguments["user"], {})}}
        if method == "dnd.info":
            return self.dnd.get(arguments["user"], {})
        asked = arguments["users"].split(",")
        assert 2 <= len(asked) <= 50
        if any(user_id in self.unknown for user_id in asked):
            raise SlackApiError("", {"error": "user_not_visible"})  # type: ignore[no-untyped-call]
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


def test_reminders_come_twice_and_then_it_closes(office: Office) -> None:
    office.meet("U1")
    office.plan("U1", closes_at=MONDAY + 2 * WEEK)
    for days in range(15):
        for hours in (0, 5, 12):
            office.at(MONDAY + timedelta(days=days, hours=hours)).tick()
    assert office.messages() == [("U1", n, MONDAY + timedelta(days=days)) for n, days in ((0, 0), (1, 2), (2, 4))]
    assert office.states() == [("U1", "closed", None)]


def test_who_answered_is_not_reminded(office: Office) -> None:
    office.meet("U1", "U2")
    office.plan("U1", "U2")
    office.tick()
    with office.db.begin() as session:
        ask = store.find_ask(session, team_id=TEAM, kind=KIND, subject_id=1, user_id="U1")
        assert ask is not None
        asking.record_answered(session, ask, MONDAY)
        asking.record_answered(session, ask, MONDAY + timedelta(hours=1))  # they changed their mind
    office.at(MONDAY + timedelta(days=2)).tick()
    assert [(user_id, number) for user_id, number, _ in office.messages()] == [("U1", 0), ("U2", 0), ("U2", 1)]
    assert office.asks()[0].answered_at == MONDAY


def test_working_hours_are_each_persons_own(office: Office) -> None:
    office.meet("UNY", tz="America/New_York")
    office.meet("UNIGHT", tz="Europe/Berlin", working_hours="22:00-06:00")
    office.meet("UNOWHERE", tz="")
    office.meet("ULOST", tz="Mars/Olympus", working_hours="whenever")
    office.plan("UNY", "UNIGHT", "UNOWHERE", "ULOST")
    for hours in range(24):
        office.at(MONDAY + timedelta(hours=hours)).tick()
    asked = {user_id: at - MONDAY for user_id, _, at in office.messages()}
    assert asked == {
        "UNOWHERE": timedelta(0),
        "ULOST": timedelta(0),
        "UNY": timedelta(hours=5),  # 09:00 there
        "UNIGHT": timedelta(hours=12),  # 22:00 there
    }


def test_one_budget_for_all_who_ask(office: Office) -> None:
    office.meet("U1", "U2")
    for subject in range(3):
        office.plan("U1", "U2", subject=subject)
    office.plan("U1", kind="check_in", stop_key="check_in:1", closes_at=MONDAY + 2 * WEEK)
    office.plan("U1", kind="check_in", subject=2, stop_key="check_in:2", closes_at=MONDAY + timedelta(days=5))
    assert office.tick(KIND, "check_in") == 6
    for days in range(7):
        office.at(MONDAY + timedelta(days=days)).tick(KIND, "check_in")
    assert len(office.messages()) == 6, "no reminder either"
    waiting, refused = office.asks(Ask.kind == "check_in")
    assert (waiting.state, waiting.reason) == ("planned", "over_budget")
    assert (refused.state, refused.reason) == ("refused", "over_budget"), "its time ends before the next week begins"
    office.at(MONDAY + WEEK).tick(KIND, "check_in")
    assert len(office.messages("U1")) == 4
    assert office.asks(Ask.kind == "check_in")[0].state == "asked"


def test_a_reminder_takes_no_place_from_a_question(office: Office) -> None:
    office.meet("U1")
    for subject in range(3):
        office.plan("U1", subject=subject, closes_at=MONDAY + 3 * WEEK)
    office.tick()
    office.plan("U1", kind="check_in", stop_key="check_in:1", closes_at=MONDAY + 2 * WEEK)
    for hour in (0, 1):
        office.at(MONDAY + WEEK + timedelta(hours=hour)).tick(KIND, "check_in")
    later = [number for _, number, at in office.messages() if at >= MONDAY + WEEK]
    assert sorted(later) == [0, 1, 1]


def test_the_budget_is_a_setting(db: Database) -> None:
    office = Office(db, ask_budget=1)
    office.meet("U1")
    office.plan("U1")
    office.plan("U1", subject=2)
    assert office.tick() == 1


def test_who_is_away_is_asked_when_they_are_back(office: Office) -> None:
    office.meet("USUN", "USICK", "UDND", "UHERE")
    thursday = MONDAY + timedelta(days=3, hours=2)
    office.slack.profiles["USUN"] = {"status_emoji": ":palm_tree:", "status_expiration": int(thursday.timestamp())}
    office.slack.profiles["USICK"] = {"status_emoji": ":face_with_thermometer:", "status_text": "Out sick"}
    until = int((MONDAY + timedelta(hours=1)).timestamp())
    office.slack.dnd["UDND"] = {"dnd_enabled": True, "next_dnd_start_ts": until - 7200, "next_dnd_end_ts": until}
    office.plan("USUN", "USICK", "UDND", "UHERE")
    office.tick()
    assert [user_id for user_id, _, _ in office.messages()] == ["UHERE"]
    assert [ask.reason for ask in office.asks()] == ["away", "away", "away", None]
    office.at(MONDAY + timedelta(hours=1)).tick()
    assert len(office.messages("UDND")) == 1
    for days in range(1, 4):
        office.at(MONDAY + timedelta(days=days)).tick()
    assert not office.messages("USUN")
    office.at(thursday).tick()
    assert len(office.messages("USUN")) == 1
    office.at(MONDAY + WEEK).tick()
    assert office.asks(Ask.user_id == "USICK")[0].reason == "away", "never asked, and it says why"
    assert office.asks(Ask.user_id == "USICK")[0].state == "refused"


def test_who_wants_quiet_is_asked_afterwards_or_as_soon_as_they_come_back(office: Office) -> None:
    office.meet("UQUIET", "UBACK", "UALWAYS", "UHERE")
    until = MONDAY + timedelta(days=2)

    def want_quiet(user_id: str, moment: datetime | None) -> None:
        with office.db.begin() as session:
            person = office.person(session, user_id)
            assert person
            quiet.record_quiet(session, person, until=moment, now=office.now)

    for user_id in ("UQUIET", "UBACK"):
        want_quiet(user_id, until)
    want_quiet("UALWAYS", MONDAY + 2 * WEEK)
    office.plan("UQUIET", "UBACK", "UALWAYS", "UHERE")
    office.tick()
    assert [user_id for user_id, _, _ in office.messages()] == ["UHERE"]
    assert [ask.reason for ask in office.asks()] == ["away", "away", "away", None]
    office.at(MONDAY + timedelta(days=1)).tick()
    want_quiet("UBACK", None)
    office.tick()
    assert [user_id for user_id, _, _ in office.messages()] == ["UHERE", "UBACK"]
    office.at(until).tick()
    assert len(office.messages("UQUIET")) == 1
    with office.db.read() as session:
        everybody = people.find_by_ids(session, team_id=TEAM, user_ids=("UALWAYS", "UBACK"))
        reachable = asking.list_reachable(
            session, team_id=TEAM, stop_key="pulse:U9", people=everybody, closes_at=MONDAY + WEEK, now=office.now,
            settings=office.settings,
        )  # fmt: skip
    assert [one.user_id for one in reachable] == ["UBACK"]


def test_slack_is_asked_once_in_half_an_hour(office: Office) -> None:
    office.meet("U1")
    office.plan("U1")
    office.plan("U1", subject=2)
    office.tick()
    assert office.slack.called == ["users.info", "dnd.info"]
    office.plan("U1", subject=3, due=office.now + timedelta(minutes=20))
    office.at(office.now + timedelta(minutes=20)).tick()
    assert len(office.slack.called) == 2
    assert len(office.messages()) == 3


def test_nobody_is_looked_up_who_is_not_asked_anyway(office: Office) -> None:
    office.meet("U1", tz="America/New_York")
    office.meet("U2", is_active=False)
    office.plan("U1", "U2")
    office.tick()
    assert office.slack.called == []


@pytest.mark.parametrize("refused", [{"users.info"}, {"dnd.teamInfo"}, {"users.info", "dnd.teamInfo"}])
def test_what_slack_does_not_tell_is_off(office: Office, refused: set[str]) -> None:
    office.meet("USICK", "UDND")
    office.slack.refused = refused
    office.slack.profiles["USICK"] = {"status_text": "sick"}
    office.slack.dnd["UDND"] = {"dnd_enabled": True, "next_dnd_start_ts": 2, "next_dnd_end_ts": 2_000_000_000}
    office.plan("USICK", "UDND")
    office.tick()
    known = {"USICK": "users.info", "UDND": "dnd.teamInfo"}
    assert [user_id for user_id, _, _ in office.messages()] == [
        user for user, method in known.items() if method in refused
    ]


def test_somebody_unknown_to_slack_hides_nobody_else(office: Office) -> None:
    office.meet("U1", "U2", "UNEW")
    office.slack.unknown = {"UNEW"}
    office.slack.dnd["U1"] = {"dnd_enabled": True, "next_dnd_start_ts": 2, "next_dnd_end_ts": 2_000_000_000}
    office.plan("U1", "U2", "UNEW")
    office.tick()
    assert [user_id for user_id, _, _ in office.messages()] == ["U2", "UNEW"]


def test_what_was_stopped_is_not_asked(office: Office) -> None:
    office.meet("U1")
    for subject, key in ((1, "check_in:1"), (2, "check_in:2")):
        office.plan("U1", subject=subject, stop_key=key)
    with office.db.begin() as session:
        ask_stop.record_stop(session, team_id=TEAM, user_id="U1", stop_key="check_in:1", label="this", now=MONDAY)
        ask_stop.record_stop(session, team_id="T2", user_id="U1", stop_key="check_in:2", label="that", now=MONDAY)
    office.tick()
    assert office.states() == [("U1", "refused", "stopped"), ("U1", "asked", None)]


def test_who_has_left_is_not_asked_and_who_is_back_is(office: Office) -> None:
    office.meet("U1", "U2")
    office.plan("U1", "U2")
    office.meet("U1", is_active=False)
    office.tick()
    assert office.states() == [("U1", "refused", "gone"), ("U2", "asked", None)]
    office.meet("U2", is_active=False)
    office.at(MONDAY + timedelta(days=2)).tick()
    assert len(office.messages()) == 1, "no reminder to who has left"
    office.meet("U1", "U2", is_active=True)
    office.plan("U1", "U2", subject=2)
    office.tick()
    assert [user_id for user_id, _, _ in office.messages()] == ["U2", "U1", "U2"]


def test_what_is_no_longer_needed_is_let_go(office: Office) -> None:
    office.meet("U1", "U2")
    office.plan("U1")
    office.tick()
    office.is_needed = False
    office.plan("U2", subject=2)
    office.at(MONDAY + timedelta(days=2)).tick()
    assert office.states() == [("U1", "closed", None), ("U2", "refused", "not_needed")]


def test_a_subject_is_closed_and_its_messages_say_so(office: Office) -> None:
    office.meet("U1", "U2", "U3", "U4")
    office.plan("U1", "U2", "U3")
    office.plan("U4", due=MONDAY + timedelta(days=3))
    office.tick()
    with office.db.begin() as session:
        answered = store.find_ask(session, team_id=TEAM, kind=KIND, subject_id=1, user_id="U1")
        assert answered is not None
        asking.record_answered(session, answered, MONDAY)
        assert asking.close_subject(session, TEAM, KIND, 1, MONDAY, kit.note("It is over.")) == 3
        assert asking.close_subject(session, TEAM, KIND, 1, MONDAY, kit.note("It is over.")) == 0
        count = asking.count_asks(session, TEAM, KIND, 1)
    assert (count.answered, count.closed, count.planned, count.refused) == (1, 2, 0, {"not_needed": 1})
    with office.db.read() as session:
        changes = session.exec(select(Outbox).where(Outbox.method == "chat.update").order_by(col(Outbox.id)))
        assert [row.target for row in changes] == ["U2", "U3"]
    office.at(MONDAY + WEEK).tick()
    assert len(office.messages()) == 3


def test_messages_say_the_last_word(office: Office) -> None:
    office.meet("U1")
    office.plan("U1")
    office.tick()
    with office.db.begin() as session:
        [ask] = session.exec(select(Ask))
        for words in ("A", "B", "B", "A"):
            asking.replace_messages(session, ask, kit.note(words), MONDAY)
    with office.db.read() as session:
        rows = session.exec(select(Outbox.payload).where(Outbox.method == "chat.update").order_by(col(Outbox.id)))
        assert [row.split('"')[3] for row in rows] == ["A", "B", "A"]


def test_an_ask_is_found_by_its_person_alone(office: Office) -> None:
    office.meet("U1")
    office.plan("U1")
    with office.db.read() as session:
        [ask] = session.exec(select(Ask))
        assert ask.id
        assert asking.get_ask(session, TEAM, ask.id, "U1") is not None
        assert asking.get_ask(session, TEAM, ask.id, "U2") is None
        assert asking.get_ask(session, "T2", ask.id, "U1") is None
        assert asking.get_ask(session, TEAM, 0, "U1") is None


@pytest.mark.parametrize("days", [1, 14])
def test_the_clock_jumps(office: Office, days: int) -> None:
    """Over a day: what waited is asked. Over two weeks: it is too late, and what was asked is closed."""
    office.meet("U1")
    office.plan("U1")
    office.tick()
    office.plan("U1", subject=2, due=MONDAY + timedelta(hours=2))
    office.at(MONDAY + timedelta(days=days)).tick()
    if days == 1:
        assert office.states() == [("U1", "asked", None), ("U1", "asked", None)]
    else:
        assert office.states() == [("U1", "closed", None), ("U1", "refused", "too_late")]
    assert len(office.messages()) == (2 if days == 1 else 1)


def test_a_late_reminder_does_not_pull_the_next_one_along(office: Office) -> None:
    office.meet("U1")
    office.plan("U1", closes_at=MONDAY + 3 * WEEK)
    for days in (0, 8, 9, 10, 11):
        office.at(MONDAY + timedelta(days=days)).tick()
    assert [(number, (at - MONDAY).days) for _, number, at in office.messages()] == [(0, 0), (1, 8), (2, 10)]


def test_two_processes_at_once_ask_once_and_keep_the_budget(office: Office) -> None:
    """On PostgreSQL four processes, on SQLite four threads of one, all with two senders that want the same people."""
    who = [f"U{number}" for number in range(5)]
    office.meet(*who)
    for subject in range(4):
        office.plan(*who, subject=subject)
        office.plan(*who, subject=subject, kind="check_in", stop_key="check_in:1")
    others = [office.db] * 4 if office.db.is_sqlite else [Database(office.db.url) for _ in range(4)]
    began = threading.Barrier(4)

    def work(db: Database, kinds: tuple[str, ...]) -> None:
        began.wait()
        for kind in kinds * 3:
            asking.send_asks(office.task(db), kind, office.words)

    kinds = (KIND, "check_in")
    threads = [threading.Thread(target=work, args=(db, kinds[:: 1 if n % 2 else -1])) for n, db in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not office.db.is_sqlite:
        for db in others:
            db.close()
    office.tick(*kinds)
    with office.db.read() as session:
        messages = list(session.exec(select(AskMessage)))
        assert sorted((one.user_id, one.place) for one in messages) == [(u, n) for u in sorted(who) for n in range(3)]
        assert len({(one.ask_id, one.number) for one in messages}) == len(messages)
        assert len(list(session.exec(select(Outbox)))) == len(messages)
    assert {ask.state for ask in office.asks()} <= {"asked", "refused"}


def test_the_unique_key_alone_guards_the_budget(office: Office) -> None:
    """Were the turn ever lost, the second spender of the same place would be turned back."""
    office.meet("U1")
    office.plan("U1")
    office.plan("U1", subject=2)
    with office.db.begin() as session:
        first, second = session.exec(select(Ask).order_by(col(Ask.id)))
    known: dict[str, Any] = {
        "number": 0,
        "message": kit.note("?"),
        "week": date(2026, 11, 23),
        "place": 0,
        "now": MONDAY,
    }
    with office.db.begin() as session:
        store.send_message(session, first, **known)
    with pytest.raises(IntegrityError), office.db.begin() as session:
        store.send_message(session, second, **known)


def test_five_thousand_at_once(office: Office) -> None:
    """Planning, ticking and ending are a few statements whatever the number; a job looks at a few, then others pass."""
    known = {"team_id": TEAM, "created_at": MONDAY, "name": "", "department": "sales", "region": "", "tz": ""}
    known |= {"working_hours": "09:00-17:00", "is_active": True}
    with office.db.begin() as session:
        session.execute(insert(Person), [{**known, "user_id": f"U{number:04}"} for number in range(5000)])
    statements: list[str] = []
    event.listen(office.db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    with office.db.begin() as session:
        everybody = people.list_people(session, team_id=TEAM)
        statements.clear()
        asking.plan_asks(
            session, team_id=TEAM, kind=KIND, subject_id=1, stop_key=KIND, why="Because.", people=everybody,
            due_at=lambda _person: MONDAY, closes_at=MONDAY + WEEK, now=MONDAY,
        )  # fmt: skip
    assert len(statements) < 10
    statements.clear()
    assert asking.ask_those_due(office.db, TEAM, KIND, MONDAY, office.settings) == 5000
    assert len(statements) < 10
    assert asking.send_asks(office.task(), KIND, office.words) == asking.AT_ONCE
    assert office.slack.called == ["users.list", "dnd.teamInfo"], "not one call a person"
    with office.db.read() as session:
        assert {job.dedupe_key for job in session.exec(select(Job))} == {f"{KIND}.ask:first", f"{KIND}.ask:more"}
    statements.clear()
    assert asking.ask_those_due(office.db, TEAM, KIND, MONDAY + WEEK, office.settings) == 0
    assert len(statements) < 10
    assert {state for _, state, _ in office.states()} == {"closed", "refused"}


def test_what_becomes_due_while_others_are_asked_has_a_job_of_its_own(office: Office) -> None:
    """The job that runs has looked already; waiting for the next tick would be waiting for nothing."""

    def pending() -> list[str]:
        with office.db.read() as session:
            return sorted(session.exec(select(Job.dedupe_key).where(Job.state == "pending")))

    office.meet("U1", "U2")
    office.plan("U1")
    asking.ask_those_due(office.db, TEAM, KIND, office.now, office.settings)
    assert pending() == [f"{KIND}.ask:first"]
    with office.db.begin() as session:
        claim_job(session, team_id=TEAM, now=datetime.now(UTC))
    office.plan("U2", subject=2)
    asking.ask_those_due(office.db, TEAM, KIND, office.now, office.settings)
    assert pending() == [f"{KIND}.ask:more"]


def test_who_can_still_be_asked_is_known_before_anybody_is(office: Office) -> None:
    office.meet("U1", "U2", "U3", "U4")
    office.meet("U5", working_hours="22:00-06:00")
    for subject in range(1, 4):
        office.plan("U1", subject=subject)
    office.tick()
    with office.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U3", now=office.now, is_active=False)
        ask_stop.record_stop(session, team_id=TEAM, user_id="U4", stop_key="pulse:U9", label="…", now=office.now)

    def reachable(closes_at: datetime) -> list[str]:
        with office.db.read() as session:
            everybody = people.find_by_ids(session, team_id=TEAM, user_ids=("U1", "U2", "U3", "U4", "U5"))
            found = asking.list_reachable(
                session, team_id=TEAM, stop_key="pulse:U9", people=everybody, closes_at=closes_at, now=office.now,
                settings=office.settings,
            )  # fmt: skip
        return sorted(one.user_id for one in found)

    assert reachable(MONDAY + timedelta(hours=2)) == ["U2"]
    assert reachable(MONDAY + timedelta(days=1)) == ["U2", "U5"]
    assert reachable(MONDAY + 2 * WEEK) == ["U1", "U2", "U5"]
