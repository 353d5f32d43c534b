"""Transactions that share a commit: all are on the disk when they return, each is undone alone, or none is saved."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from storage.db import Database
from storage.shared_commit import MOST

COUNT = text("SELECT count(*) FROM seen")
ADD = text("INSERT INTO seen VALUES (:number)")


class Counting:
    """A database with one table, and how many commits it took."""

    def __init__(self, file: Path) -> None:
        self.file, self.commits = file, 0
        self.db = Database(f"sqlite:///{file}")
        with self.db.begin() as session:
            session.connection().execute(text("CREATE TABLE seen (number INTEGER UNIQUE)"))
        event.listen(self.db.engine, "commit", self._count)

    def _count(self, _connection: Any) -> None:
        self.commits += 1

    def add(self, number: int) -> None:
        with self.db.begin() as session:
            session.connection().execute(ADD, {"number": number})
        assert number in self.on_disk(), "it must be there for everybody when `begin` returns"

    def on_disk(self) -> set[int]:
        other = sqlite3.connect(self.file)
        found = {row[0] for row in other.execute("SELECT number FROM seen")}
        other.close()
        return found

    def together(self, *deeds: Callable[[], Any]) -> list[BaseException | None]:
        """Let one hold the turn until all the others wait for theirs; gives what each raised, in their order."""
        with ThreadPoolExecutor(len(deeds)) as pool:
            with self.db.turn():
                running = []
                for number, deed in enumerate(deeds, 1):
                    running.append(pool.submit(deed))
                    while len(self.db._queue._waiting) < number:
                        time.sleep(0.001)
            return [one.exception() for one in running]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Counting]:
    house = Counting(tmp_path / "shared.db")
    yield house
    house.db.close()


def test_who_waits_while_another_writes_shares_its_commit(house: Counting) -> None:
    raised = house.together(*(partial(house.add, number) for number in range(10)))
    assert raised == [None] * 10
    assert house.on_disk() == set(range(10))
    assert house.commits == 1


def test_alone_nobody_waits(house: Counting) -> None:
    for number in range(3):
        house.add(number)
    assert house.commits == 3


def test_only_so_many_share_one(house: Counting) -> None:
    house.together(*(partial(house.add, number) for number in range(MOST + 1)))
    assert house.on_disk() == set(range(MOST + 1))
    assert house.commits == 2


@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_fails_is_undone_alone(house: Counting, place: int) -> None:
    def fail() -> None:
        with house.db.begin() as session:
            session.connection().execute(ADD, {"number": 99})
            session.connection().execute(ADD, {"number": 99})  # unique

    deeds: list[Callable[[], None]] = [partial(house.add, number) for number in range(3)]
    deeds.insert(place, fail)
    raised = house.together(*deeds)
    assert [type(error).__name__ for error in raised if error] == ["IntegrityError"]
    assert house.on_disk() == {0, 1, 2}


def test_a_commit_that_fails_fails_for_all(house: Counting) -> None:
    fail = OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))
    event.listen(house.db.engine, "commit", lambda _connection: (_ for _ in ()).throw(fail), once=True)
    raised = house.together(*(partial(house.add, number) for number in range(4)))
    assert raised == [fail] * 4
    assert house.on_disk() == set()
    house.add(7)  # and the next one begins anew
    assert house.on_disk() == {7}


def test_when_sqlite_undoes_everything_all_hear_of_it(house: Counting) -> None:
    """A full disk may undo the whole transaction, with what the others have done in it."""

    def undo() -> None:
        with house.db.begin() as session:
            session.connection().connection.driver_connection.execute("ROLLBACK")  # type: ignore[union-attr]
            session.connection().execute(text("no statement"))

    raised = house.together(lambda: house.add(1), undo, lambda: house.add(2))
    assert [error is not None for error in raised] == [True, True, False]
    assert house.on_disk() == {2}


def test_who_needs_only_the_turn_lets_the_others_be_committed_first(house: Counting) -> None:
    held = threading.Event()

    def turn() -> None:
        with house.db.turn():
            held.wait(5)

    def add() -> None:
        house.add(1)
        held.set()  # whoever has the turn waits for this

    assert house.together(add, turn, lambda: house.add(2)) == [None, None, None]
