"""The anonymous ballot box: one ballot a person, killed at any moment, and nothing that tells who after the close."""

import json
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.errors import BotError
from storage import ballot_box
from storage.backup import make_backup
from storage.ballot_box_file import box_files
from storage.db import Database

HOUSE = Path(__file__).parent.parent.parent
TEAM, PULSE = "T1", 7


def open_box(db: Database, pulse_id: int = PULSE, team_id: str = TEAM) -> None:
    with db.begin() as session:
        ballot_box.open_box(db, session, team_id=team_id, pulse_id=pulse_id)


def cast(db: Database, user_id: str, content: str = "{}", pulse_id: int = PULSE, team_id: str = TEAM) -> str:
    return ballot_box.cast(db, team_id=team_id, pulse_id=pulse_id, user_id=user_id, content=content)


def answered(db: Database) -> int:
    return ballot_box.answered_in_steps(db, team_id=TEAM, pulse_id=PULSE)


class Kept:
    """What a pulse's own tables do: ballots and the close in one transaction, once."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.begin() as session:
            session.connection().execute(text("CREATE TABLE kept (place INTEGER, content TEXT)"))
            session.connection().execute(text("CREATE TABLE closed (pulse_id INTEGER PRIMARY KEY, lost INTEGER)"))

    def keep(self, session: Session, ballots: list[str] | None) -> None:
        connection = session.connection()
        if connection.execute(text("SELECT pulse_id FROM closed")).first():
            return
        connection.execute(text("INSERT INTO closed VALUES (:id, :lost)"), {"id": PULSE, "lost": int(ballots is None)})
        for place, content in enumerate(ballots or []):
            connection.execute(text("INSERT INTO kept VALUES (:place, :content)"), {"place": place, "content": content})

    def close(self) -> None:
        ballot_box.close_box(self.db, team_id=TEAM, pulse_id=PULSE, keep=self.keep)

    def contents(self) -> list[str]:
        with self.db.read() as session:
            return list(session.connection().execute(text("SELECT content FROM kept ORDER BY place")).scalars())

    def closed(self) -> list[tuple[int, int]]:
        with self.db.read() as session:
            return [(row[0], row[1]) for row in session.connection().execute(text("SELECT * FROM closed"))]


def boxes(db: Database) -> list[str]:
    """The files or tables that belong to any box."""
    if db.is_sqlite:
        own = Path(db.engine.url.database or "")
        return sorted(path.name for path in own.parent.glob(f"{own.name}.box-*"))
    with db.read() as session:
        query = "SELECT relname FROM pg_class WHERE relname LIKE 'ballot\\_box%' AND relkind = 'r' ORDER BY 1"
        return list(session.connection().execute(text(query)).scalars())


def remains(db: Database) -> bytes:
    """Every byte of the database's own files that a server's owner can read, and of all files beside it."""
    if db.is_sqlite:
        return b"".join(path.read_bytes() for path in Path(db.engine.url.database or "").parent.glob("*.*"))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        base = "(SELECT 'base/' || oid || '/' FROM pg_database WHERE datname = current_database())"
        places = f"SELECT 'pg_wal/' || name FROM pg_ls_waldir() UNION ALL SELECT {base} || f FROM pg_ls_dir({base}) f"
        read = f"SELECT pg_read_binary_file(place, true) FROM ({places}) p(place)"
        return b"".join(bytes(row[0]) for row in connection.execute(text(read)) if row[0])


def secrets_of(db: Database) -> list[bytes]:
    """The key and the hashes in the open box."""
    tables = [f'"ballot_box_{TEAM}_{PULSE}_{part}"' for part in ("key", "person")]
    if db.is_sqlite:
        with closing(sqlite3.connect(f"{db.engine.url.database}.box-{TEAM}-{PULSE}")) as box:
            return [row[0] for table in tables for row in box.execute(f"SELECT * FROM {table}")]
    with db.read() as session:
        return [
            bytes(row[0]) for table in tables for row in session.connection().execute(text(f"SELECT * FROM {table}"))
        ]


def tell_box(db: Database, pragma: str) -> None:
    """Set something of the connection that the box is used through."""
    with box_files(db).use(f"{TEAM}-{PULSE}") as file:
        assert file is not None
        with file.engine.connect() as connection:
            connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]


def test_a_ballot_counts_once_and_comes_out_at_the_close(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    given = [json.dumps({"0": [n % 3], "1": f"„Ja“ 👍🏽 {n}"}, ensure_ascii=False) for n in range(23)]
    assert [cast(db, f"U{n}", content) for n, content in enumerate(given)] == ["cast"] * 23
    assert cast(db, "U3", "another") == "answered_before"
    kept.close()
    assert sorted(kept.contents()) == sorted(given)
    assert kept.contents() != given  # once in 23! it may be
    assert kept.closed() == [(PULSE, 0)]
    assert boxes(db) == []
    assert cast(db, "U99") == "closed"
    assert boxes(db) == []


def test_an_empty_box_closes(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    kept.close()
    assert (kept.contents(), kept.closed()) == ([], [(PULSE, 0)])


@pytest.mark.parametrize(("people", "told"), [(0, 0), (4, 0), (5, 5), (9, 5), (10, 10), (14, 10)])
def test_how_many_answered_is_told_in_steps_of_five(db: Database, people: int, told: int) -> None:
    open_box(db)
    for n in range(people):
        cast(db, f"U{n}")
    assert answered(db) == told


def test_who_has_not_answered_is_known_until_the_close(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    cast(db, "U2")
    ask = ["U3", "U2", "U1"]
    assert ballot_box.list_silent(db, team_id=TEAM, pulse_id=PULSE, user_ids=ask) == ["U3", "U1"]
    kept.close()
    assert ballot_box.list_silent(db, team_id=TEAM, pulse_id=PULSE, user_ids=ask) == []
    assert answered(db) == 0


def test_boxes_do_not_know_of_each_other(db: Database) -> None:
    open_box(db, 1)
    open_box(db, 12)
    open_box(db, 1, "T2")
    assert [cast(db, "U1", pulse_id=1), cast(db, "U1", pulse_id=12), cast(db, "U1", pulse_id=1, team_id="T2")] == [
        "cast"
    ] * 3
    assert cast(db, "U1", pulse_id=2) == "closed"
    ballot_box.destroy_box(db, team_id=TEAM, pulse_id=1)
    assert cast(db, "U2", pulse_id=1) == "closed"
    assert cast(db, "U2", pulse_id=12) == "cast"
    assert cast(db, "U1", pulse_id=1, team_id="T2") == "answered_before"


def test_a_workspace_id_cannot_name_another_file_or_table(db: Database) -> None:
    for bad in ("", "../T1", 'T1" --', "T_1", "T1\n", "T" * 25):
        with pytest.raises(ValueError, match="no id"):
            cast(db, "U1", team_id=bad)


def test_the_same_person_many_times_at_once_counts_once(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    told: list[str] = []
    jobs = [f"U{n % 10}" for n in range(80)]
    random.shuffle(jobs)

    def work() -> None:
        while jobs:
            told.append(cast(db, jobs.pop()))

    run_at_once([work] * 8)
    assert sorted(told) == ["answered_before"] * 70 + ["cast"] * 10
    kept.close()
    assert len(kept.contents()) == 10


def run_at_once(works: list[Any]) -> None:
    wrong: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_ballot_at_the_moment_of_the_close_counts_or_is_refused(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    told: dict[str, str] = {}
    under_way = threading.Event()

    def vote(first: int) -> None:
        for n in range(first, 200, 4):
            told[f"c{n}"] = cast(db, f"U{n}", f"c{n}")
            if n > 40:
                under_way.set()

    def close() -> None:
        under_way.wait(20)
        kept.close()

    run_at_once([*[lambda first=first: vote(first) for first in range(4)], close])
    assert set(told.values()) == {"cast", "closed"}
    assert sorted(kept.contents()) == sorted(content for content, answer in told.items() if answer == "cast")
    assert boxes(db) == []


def test_two_who_close_at_once_keep_the_ballots_once(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    for n in range(30):
        cast(db, f"U{n}", f"c{n}")
    run_at_once([kept.close] * 3)
    assert sorted(kept.contents()) == sorted(f"c{n}" for n in range(30))
    assert kept.closed() == [(PULSE, 0)]
    assert boxes(db) == []


def test_ballots_stay_in_the_box_when_they_cannot_be_kept(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    for n in range(12):
        cast(db, f"U{n}", f"c{n}")
    seen: list[list[str] | None] = []

    def fail(_session: Session, ballots: list[str] | None) -> None:
        seen.append(ballots)
        raise OSError("no room")

    for _ in range(2):
        with pytest.raises(OSError, match="no room"):
            ballot_box.close_box(db, team_id=TEAM, pulse_id=PULSE, keep=fail)
    if db.is_sqlite:
        assert cast(db, "U50") == "closed"  # sealed
    kept.close()
    assert seen == [kept.contents()] * 2


def test_a_close_cut_short_after_the_ballots_were_kept_is_swept(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    cast(db, "U1", "c1")
    with db.begin() as session:  # the pulse is closed, its box is still there
        kept.keep(session, ["c1"])
    kept.close()
    assert (kept.contents(), kept.closed(), boxes(db)) == (["c1"], [(PULSE, 0)], [])
    open_box(db, 8)
    open_box(db, 9)
    cast(db, "U1", pulse_id=9)
    assert ballot_box.sweep_boxes(db, team_id=TEAM, find_open=lambda _session: [9]) == []
    assert cast(db, "U2", pulse_id=8) == "closed"
    assert cast(db, "U1", pulse_id=9) == "answered_before"
    assert ballot_box.sweep_boxes(db, team_id="T2", find_open=lambda _session: []) == []
    assert cast(db, "U2", pulse_id=9) == "cast"


def test_an_opening_that_failed_leaves_nothing_that_counts(db: Database) -> None:
    with suppress(RuntimeError), db.begin() as session:
        ballot_box.open_box(db, session, team_id=TEAM, pulse_id=PULSE)
        raise RuntimeError("cut short")
    open_box(db)
    cast(db, "U1")
    open_box(db)  # another pulse with the same number, after a restore
    assert cast(db, "U1") == "cast"
    assert ballot_box.sweep_boxes(db, team_id=TEAM, find_open=lambda _session: []) == []
    assert boxes(db) == []


def test_a_pulse_without_its_box_is_named_and_closes_as_lost(db: Database) -> None:
    """It came out of a backup."""
    kept = Kept(db)
    assert cast(db, "U1") == "closed"
    assert ballot_box.sweep_boxes(db, team_id=TEAM, find_open=lambda _session: [PULSE]) == [PULSE]
    kept.close()
    assert kept.closed() == [(PULSE, 1)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_crash_of_the_server_empties_the_box_and_is_told(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    cast(db, "U1")
    with db.begin() as session:
        query = (
            "SELECT relname FROM pg_class WHERE relname LIKE 'ballot\\_box%' AND relpersistence = 'u' AND relkind = 'r'"
        )
        tables = list(session.connection().execute(text(query)).scalars())
        assert len(tables) == 3
        for table in tables:  # what the server does to tables that are not in its log
            session.connection().execute(text(f'TRUNCATE "{table}"'))
    assert cast(db, "U2") == "closed"
    assert answered(db) == 0
    assert ballot_box.sweep_boxes(db, team_id=TEAM, find_open=lambda _session: [PULSE]) == [PULSE]
    kept.close()
    assert (kept.closed(), boxes(db)) == ([(PULSE, 1)], [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_ballot_is_among_the_servers_statistics(db: Database) -> None:
    open_box(db)
    for n in range(30):
        cast(db, f"U{n}", f"content-{n % 3}")
    with db.begin() as session:
        connection = session.connection()
        connection.execute(text("ANALYZE"))
        query = (
            "SELECT tablename, attname FROM pg_stats WHERE starts_with(tablename, 'ballot_box') AND attname <> 'person'"
        )
        assert [row for row in connection.execute(text(query)) if "_ballot" in row[0]] == []
        query = "SELECT reloptions FROM pg_class WHERE starts_with(relname, 'ballot_box') AND relkind = 'r'"
        assert [row[0] for row in connection.execute(text(query))] == [["autovacuum_enabled=false"]] * 3


def test_nothing_is_left_after_the_close(db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither key nor hash in any byte, ballots only as they were kept, and no backup with a ballot of an open box."""
    caplog.set_level(logging.INFO)
    kept = Kept(db)
    open_box(db)
    marks = [f"mark-{random.randbytes(12).hex()}" for _ in range(60)]
    for n, mark in enumerate(marks):
        cast(db, f"U{n}", mark)
    hidden = secrets_of(db)
    assert len(hidden) == 61
    before = tmp_path / "elsewhere"
    before.mkdir()
    make_backup(db, before / "kept.db", told=lambda _done, _total: None)
    in_backup = (before / "kept.db").read_bytes()
    assert not any(secret in in_backup for secret in [*hidden, *(mark.encode() for mark in marks)])
    if db.is_sqlite:
        assert all(secret in remains(db) for secret in hidden), "the search finds nothing at all"
    else:
        assert not any(mark.encode() in log for log in [remains_of_log(db)] for mark in marks), (
            "the server logs ballots"
        )
    kept.close()
    left = remains(db)
    assert not any(secret in left for secret in hidden)
    assert all(mark.encode() in left for mark in marks)
    order = sorted(range(60), key=lambda n: left.index(marks[n].encode()))
    assert order not in (list(range(60)), list(range(59, -1, -1)))
    assert not any(mark in caplog.text for mark in marks)


def remains_of_log(db: Database) -> bytes:
    """The PostgreSQL server's log of what it wrote."""
    with db.engine.connect() as connection:
        read = "SELECT pg_read_binary_file('pg_wal/' || name, true) FROM pg_ls_waldir()"
        return b"".join(bytes(row[0]) for row in connection.execute(text(read)) if row[0])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sealed_box_holds_no_more_than_the_contents(db: Database) -> None:
    open_box(db)
    tell_box(db, "secure_delete=OFF")  # as most builds of SQLite have it: what is deleted stays where it was
    for n in range(40):
        cast(db, f"U{n}", f"content-{n:02}")
    hidden = secrets_of(db)

    def look(_session: Session, ballots: list[str] | None) -> None:
        left = remains(db)
        assert not any(secret in left for secret in hidden)
        box = Path(f"{db.engine.url.database}.box-{TEAM}-{PULSE}")
        assert box.stat().st_mode & 0o777 == 0o600
        assert box.with_name(box.name + "-wal").stat().st_size == 0
        found = [box.read_bytes().index(content.encode()) for content in ballots or []]
        assert len(found) == 40
        assert found == sorted(found, reverse=True)  # a page is filled from its end
        raise OSError("enough seen")

    with pytest.raises(OSError, match="enough seen"):
        ballot_box.close_box(db, team_id=TEAM, pulse_id=PULSE, keep=look)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_box_that_somebody_reads_closes_afterwards(db: Database) -> None:
    kept = Kept(db)
    open_box(db)
    cast(db, "U1", "c1")
    tell_box(db, "busy_timeout=50")
    with closing(sqlite3.connect(f"{db.engine.url.database}.box-{TEAM}-{PULSE}", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM sqlite_master").fetchall()
        with pytest.raises(BotError, match="ballot box open"):
            kept.close()
    assert kept.closed() == []
    kept.close()
    assert kept.contents() == ["c1"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_does_not_write_over_a_box(db: Database) -> None:
    open_box(db)
    box = Path(f"{db.engine.url.database}.box-{TEAM}-{PULSE}")
    with pytest.raises(BotError, match="anonymous ballots"):
        make_backup(db, box, told=lambda _done, _total: None, force=True)


VOTER = """
import sys
from storage import ballot_box
from storage.db import Database
db = Database(sys.argv[1])
for n in range(int(sys.argv[2]), 100_000):
    told = ballot_box.cast(db, team_id="T1", pulse_id=7, user_id=f"U{n}", content=f"c{n}")
    print(n, told, flush=True)
"""
CLOSER = """
import sys
from storage.db import Database
from tests.storage.test_ballot_box import Kept
kept = Kept.__new__(Kept)
kept.db = Database(sys.argv[1])
print("ready", flush=True)
kept.close()
"""


@pytest.fixture
def voted(db: Database, database_url: str) -> tuple[Database, str, set[str]]:
    """A box whose voter was killed at some moment, and what that voter was told counts."""
    open_box(db)
    told: set[str] = set()
    for first in (0, 1000):
        last = first + random.randint(10, 30)
        with start(VOTER, database_url, str(first)) as voter:
            assert voter.stdout
            for line in voter.stdout:
                number, answer = line.split()
                assert answer == "cast"
                told.add(f"c{number}")
                if int(number) >= last:
                    break
            os.kill(voter.pid, signal.SIGKILL)
            told |= {f"c{line.split()[0]}" for line in voter.stdout if line.endswith("cast\n")}
    return db, database_url, told


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=HOUSE, stdout=subprocess.PIPE, text=True)


def test_a_kill_loses_no_ballot_that_was_confirmed(voted: tuple[Database, str, set[str]]) -> None:
    db, url, told = voted
    kept = Kept(db)
    for delay in (0.0, 0.004, 0.012):  # the close is killed too, at three moments
        with start(CLOSER, url) as closer:
            assert closer.stdout
            closer.stdout.readline()
            threading.Event().wait(delay)
            os.kill(closer.pid, signal.SIGKILL)
    kept.close()
    contents = kept.contents()
    assert len(contents) == len(set(contents))
    assert told <= set(contents)
    assert kept.closed() == [(PULSE, 0)]
    assert len(contents) - len(told) <= 2  # one ballot of each voter was under way
    assert ballot_box.sweep_boxes(db, team_id=TEAM, find_open=lambda _session: []) == []
    assert boxes(db) == []
