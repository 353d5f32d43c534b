"""One after the other: what looks first and then writes what it saw, in two transactions at the same moment."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.domain.csv_list import BadLine
from bot.errors import BotError
from storage import jobs, people
from storage.db import RUSH, Database
from storage.turns import take_turn

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
LONG = 0.15  # seconds that the first transaction stays open


def at_once(db: Database, first: Callable[[Session], None], second: Callable[[Session], None]) -> list[str]:
    """Begin the second transaction while the first is open; gives what ended or failed, in its order."""
    begun, told = threading.Event(), list[str]()

    def run(name: str, do: Callable[[Session], None], seconds: float) -> None:
        try:
            with db.begin() as session:
                do(session)
                begun.set()
                time.sleep(seconds)
                told.append(name)
        except BotError as error:
            told.append(error.sentence)

    threads = [threading.Thread(target=run, args=("first", first, LONG))]
    threads[0].start()
    begun.wait(5)
    threads.append(threading.Thread(target=run, args=("second", second, 0)))
    threads[1].start()
    for thread in threads:
        thread.join()
    return told


def turn(team_id: str, of: str) -> Callable[[Session], None]:
    return lambda session: take_turn(session, team_id=team_id, of=of)


def test_the_second_waits_for_the_first(db: Database) -> None:
    assert at_once(db, turn("T1", "person U1"), turn("T1", "person U1")) == ["first", "second"]


def test_two_who_ask_for_one_job_at_once_both_save(db: Database) -> None:
    """On PostgreSQL the second transaction meets the first one's key; what else it saves must not be lost for that."""

    def ask(name: str) -> Callable[[Session], None]:
        def do(session: Session) -> None:
            jobs.add_job(session, team_id="T1", kind="people.sync", key="people.sync", payload={}, now=NOW, again=True)
            people.record_person(session, team_id="T1", user_id=name, now=NOW, name=name)

        return do

    assert at_once(db, ask("U1"), ask("U2")) == ["first", "second"]
    with db.read() as session:
        assert [one.user_id for one in people.list_people(session, team_id="T1")] == ["U1", "U2"]
        assert len(session.exec(select(jobs.Job)).all()) == 1


@pytest.mark.parametrize(("team_id", "of"), [("T2", "person U1"), ("T1", "person U2")])
def test_nobody_waits_for_somebody_else(db: Database, team_id: str, of: str) -> None:
    """But on SQLite, where one writes at a time."""
    told = at_once(db, turn("T1", "person U1"), turn(team_id, of))
    assert told == (["first", "second"] if db.is_sqlite else ["second", "first"])


@pytest.fixture
def two_admins(db: Database) -> Database:
    with db.begin() as session:
        for user_id in ("UADA", "UBEN"):
            people.record_person(session, team_id="T1", user_id=user_id, now=NOW, name=user_id)
            people.record_roles(session, team_id="T1", user_id=user_id, roles=frozenset({"admin"}))
    return db


def who_is_admin(db: Database) -> list[str]:
    with db.read() as session:
        return [one.user_id for one in people.list_admins(session, team_id="T1", admins=frozenset())]


def test_two_admins_cannot_take_each_others_role_away(two_admins: Database) -> None:
    def dismiss(user_id: str) -> Callable[[Session], None]:
        def change(session: Session) -> None:
            people.change_roles(
                session, team_id="T1", user_id=user_id, roles=frozenset(), admins=frozenset(), now=NOW, by=""
            )

        return change

    assert at_once(two_admins, dismiss("UADA"), dismiss("UBEN")) == ["first", people.LAST_ADMIN]
    assert who_is_admin(two_admins) == ["UBEN"]


def test_two_lists_at_once_leave_an_admin(two_admins: Database) -> None:
    def bring(user_id: str) -> Callable[[Session], None]:
        text = f"slack_id,role\n{user_id},rep"
        return lambda session: refused.extend(people.import_people(session, team_id="T1", text=text, now=NOW).problems)

    refused: list[BadLine] = []
    at_once(two_admins, bring("UADA"), bring("UBEN"))
    assert who_is_admin(two_admins) == ["UBEN"]
    assert len(refused) == 1


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database, whose writers stand in line in the process."""
    db = Database(f"sqlite:///{tmp_path / 'line.db'}")
    yield db
    db.close()


def begin_to_wait(line: Database, told: list[str]) -> threading.Thread:
    """A thread that stands in line when this returns."""

    def write() -> None:
        with line.begin():
            told.append("waited")

    thread = threading.Thread(target=write)
    thread.start()
    while not line._queue.is_waited_for:
        time.sleep(0.001)
    return thread


def test_the_turn_to_write_goes_to_whoever_waits(line: Database) -> None:
    """And not to somebody who has just had it and wants it again, whom a plain lock would let through."""
    told = list[str]()
    for _ in range(10):
        with line.begin():
            thread = begin_to_wait(line, told)
        with line.begin():
            told.append("again")
        thread.join(5)
    assert told == ["waited", "again"] * 10
    assert not line._queue.is_waited_for


def test_a_failed_write_gives_its_turn_away(line: Database) -> None:
    with pytest.raises(BotError), line.begin():
        raise BotError("no")

    def write() -> None:
        with line.begin():
            pass

    next_one = threading.Thread(target=write, daemon=True)
    next_one.start()
    next_one.join(5)
    assert not next_one.is_alive()


def test_what_is_not_urgent_lets_others_pass_for_a_while(line: Database) -> None:
    with ExitStack() as waiting:
        for _ in range(RUSH):
            waiting.enter_context(line.answering())
        began = time.monotonic()
        line.let_pass(until=began + 60)  # a few are no rush
        assert time.monotonic() - began < 30
        waiting.enter_context(line.answering())
        began = time.monotonic()
        line.let_pass(until=began + LONG)
        assert time.monotonic() - began >= LONG
    line.let_pass(until=time.monotonic() + 60)
