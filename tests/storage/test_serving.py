"""One or many: one process serves a SQLite file, any number a PostgreSQL, and none while it is changed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from storage.db import Database
from storage.opening import open_to_change, open_to_read, open_to_serve
from storage.serving import is_served, lock_out, nobody_serves
from tests.slack import wait_until

HOUSE = Path(__file__).parent.parent.parent
SERVE = """
import sys, time
from storage.opening import open_to_serve
open_to_serve(sys.argv[1])
print("serving", flush=True)
time.sleep(60)
"""


def another_process(url: str) -> "subprocess.Popen[str]":
    """A process that serves the database until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, url], cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "serving\n"
    return process


def test_one_on_sqlite_and_many_on_postgresql(database_url: str) -> None:
    first = open_to_serve(database_url)
    try:
        if first.is_sqlite:
            with pytest.raises(SettingsError, match="Another Groundswell is running with this database"):
                open_to_serve(database_url)
        else:
            open_to_serve(database_url).close()
    finally:
        first.close()
    open_to_serve(database_url).close()


def test_a_killed_process_holds_no_lock(database_url: str) -> None:
    process = another_process(database_url)
    db = Database(database_url)
    try:
        assert is_served(db)
        if db.is_sqlite:
            with pytest.raises(SettingsError):
                open_to_serve(database_url)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (db.is_sqlite and is_served(db))  # a PostgreSQL notices in its own time
        open_to_serve(database_url).close()
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()
        db.close()


def test_looking_is_possible_beside_and_changing_is_not(database_url: str) -> None:
    serving, other = open_to_serve(database_url), Database(database_url)
    try:
        open_to_read(database_url).close()
        assert is_served(serving)
        if serving.is_sqlite:
            with pytest.raises(SettingsError, match="Stop it first; nothing was changed"):
                open_to_change(database_url)
        else:
            open_to_change(database_url).close()  # several processes may migrate: they take turns
            with other.begin() as session, pytest.raises(SettingsError, match="Stop it first"):
                lock_out(session.connection())
        assert is_served(other)
    finally:
        serving.close()
    # PostgreSQL lets go when it notices that the connection has ended, which takes a moment.
    wait_until(lambda: not is_served(other), "nobody serves")
    other.close()


def test_nobody_begins_to_serve_during_a_change(database_url: str) -> None:
    db = Database(database_url)
    try:
        with nobody_serves(db), db.read() as session:
            if not db.is_sqlite:
                lock_out(session.connection())
            with pytest.raises(SettingsError, match=r"running|being put back"):
                open_to_serve(database_url)
        open_to_serve(database_url).close()
    finally:
        db.close()


def test_another_name_of_the_same_file_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    serving = open_to_serve(f"sqlite:///{tmp_path / 'real.db'}")
    try:
        with pytest.raises(SettingsError, match="Another Groundswell"):
            open_to_serve(f"sqlite:///{tmp_path / 'link.db'}")
    finally:
        serving.close()


def test_a_connection_that_is_made_anew_holds_the_lock_too(database_url: str) -> None:
    """After a restart of PostgreSQL the pool connects again, and must hold the lock again."""
    db = open_to_serve(database_url)
    try:
        if not db.is_sqlite:
            with db.read() as session:
                mine = session.connection().execute(text("SELECT pg_backend_pid()")).scalar()
            other = Database(database_url)
            with other.begin() as session:
                session.connection().execute(text(f"SELECT pg_terminate_backend({mine}, 5000)"))
            assert not is_served(other)
            with db.read() as session:
                session.connection().execute(text("SELECT 1"))
            assert is_served(other)
            other.close()
    finally:
        db.close()
