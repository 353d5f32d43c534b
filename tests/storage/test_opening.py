"""The rules of storage (R9): in force on every connection, proved at the start; a bad file is one sentence."""

import os
import pwd
import shutil
import sqlite3
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import SettingsError
from storage import people
from storage.db import Database
from storage.opening import check_rules, open_to_change, open_to_read, open_to_serve
from storage.schema import migrate
from storage.workspace import record_workspace
from tests.databases import sqlite_database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
OPENERS = [open_to_serve, open_to_change, open_to_read]


@pytest.fixture
def url(tmp_path: Path, migrated_file: Path) -> str:
    return sqlite_database(tmp_path, migrated_file)


def pragmas(db: Database, *, writing: bool) -> dict[str, Any]:
    with db.begin() if writing else db.read() as session:
        ask = session.connection()
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: ask.execute(text(f"PRAGMA {name}")).scalar() for name in names}


def test_the_rules_are_in_force_on_every_connection(url: str) -> None:
    db = open_to_serve(url)
    safe = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: pragmas(db, writing=number % 2 == 0), range(32)))
    db.close()
    assert all(one == safe for one in found)


def test_a_write_takes_its_turn_when_it_begins(url: str) -> None:
    """BEGIN IMMEDIATE: a transaction that first reads and then writes never fails because another has written."""
    db = open_to_serve(url)
    with db.begin() as session, closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as other:
        session.connection()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    db.close()


def test_a_row_that_points_at_nothing_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError), db.begin() as session:
        session.connection().execute(
            text("INSERT INTO feedbackreply (team_id, feedback_id, user_id, text, created_at) VALUES "
                 "('T1', 4711, 'U1', 'x', '2026-01-01')")
        )  # fmt: skip


@pytest.mark.parametrize(
    ("pragma", "named"),
    [
        ("synchronous=OFF", "synchronous"),
        ("synchronous=NORMAL", "synchronous"),
        ("foreign_keys=OFF", "foreign_keys"),
        ("busy_timeout=0", "busy_timeout"),
        ("journal_mode=DELETE", "journal_mode"),
    ],
)
def test_a_rule_that_is_not_in_force_stops_the_start(url: str, pragma: str, named: str) -> None:
    db = Database(url)
    event.listen(db.engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA {pragma}"))
    with pytest.raises(SettingsError) as wrong:
        check_rules(db)
    db.close()
    assert wrong.value.lines[0].startswith(f"DATABASE_URL: SQLite does not take its safe settings here ({named}).")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scratched(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:40960] = b"\xff" * 32768
    path.write_bytes(content)


def no_database(path: Path) -> None:
    path.write_text("this is a shopping list " * 100)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE recipe (name TEXT)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (truncated, "is damaged. Put a backup back"),
        (scratched, "is damaged. Put a backup back"),
        (no_database, "is no database. Nothing was changed"),
        (foreign, "belongs to another program. Nothing was changed"),
        (newer, "was made by a newer Groundswell"),
        (folder, "is a folder, not a file"),
    ],
)
def test_a_bad_file_is_one_sentence_and_stays_as_it_is(
    url: str, tmp_path: Path, spoil: Callable[[Path], None], says: str, opener: Callable[[str], Database]
) -> None:
    path = tmp_path / "groundswell.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(SettingsError) as wrong:
        opener(url)
    assert len(wrong.value.lines) == 1
    assert says in wrong.value.lines[0]
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert {one.name for one in tmp_path.iterdir()} <= {"groundswell.db", "groundswell.db.serving"}


@pytest.mark.parametrize("opener", OPENERS)
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, opener: Callable[[str], Database]) -> None:
    with pytest.raises(SettingsError, match=r"The folder .*deep is not there|There is no database at .* yet"):
        opener(f"sqlite:///{tmp_path / 'deep' / 'groundswell.db'}")
    assert list(tmp_path.iterdir()) == []


def test_the_default_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_to_serve("sqlite:///var/groundswell.db").close()
    assert (tmp_path / "var" / "groundswell.db").exists()


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    db = open_to_serve(f"sqlite:///{file}")
    with db.begin() as session:
        record_workspace(session, team_id="T1", name="Meridian", bot_user_id="U1", now=datetime.now(UTC))
    rights = {
        one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("new.db*") if "serving" not in one.name
    }
    db.close()
    assert rights == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "groundswell.db").touch()
    url = f"sqlite:///{tmp_path / 'groundswell.db'}"
    with pytest.raises(SettingsError, match="There is no database at"):
        open_to_read(url)
    open_to_serve(url).close()
    open_to_read(url).close()


def test_a_file_that_another_program_has_locked(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "groundswell.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SettingsError, match="is locked by another program"):
            open_to_serve(url)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://me:a-secret-value@/nothing?host={tmp_path}"
    for opener in OPENERS:
        with pytest.raises(SettingsError, match="The PostgreSQL server cannot be reached") as wrong:
            opener(url)
        assert "a-secret-value" not in str(wrong.value)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("this machine allows no small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"\0" * 4096)


def test_a_full_disk_loses_nothing_and_heals(small_disk: Path) -> None:
    db = open_to_serve(f"sqlite:///{small_disk / 'groundswell.db'}")

    def add(user_id: str) -> None:
        with db.begin() as session:
            people.record_person(session, team_id="T1", user_id=user_id, now=NOW, name="x" * 5000)

    def names() -> set[str]:
        with db.read() as session:
            return {person.user_id for person in people.list_people(session, team_id="T1")}

    saved = {"U1"}
    add("U1")
    fill(small_disk)
    with pytest.raises(DBAPIError):  # noqa: PT012 - what fits in before is saved
        for number in range(500):
            add(f"V{number}")
            saved.add(f"V{number}")
    assert names() == saved
    (small_disk / "ballast").unlink()
    add("U2")
    assert names() == saved | {"U2"}
    with db.read() as session:
        assert session.connection().execute(text("PRAGMA integrity_check")).scalar() == "ok"
    db.close()


def test_a_disk_that_is_full_at_the_start_is_one_sentence(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(SettingsError, match=r"The disk of .* is full|cannot be opened and written"):
        open_to_serve(f"sqlite:///{small_disk / 'groundswell.db'}")


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_one_sentence(migrated_file: Path, what: str) -> None:
    """As somebody who may not write it: root may write everything, so root becomes `nobody` for a moment."""
    place = Path(tempfile.mkdtemp(prefix="groundswell-read-only-"))
    path, root = place / "groundswell.db", os.geteuid() == 0
    try:
        if what == "file":
            shutil.copyfile(migrated_file, path)
            path.chmod(0o444)
        place.chmod(0o777 if what == "file" else 0o555)
        if root:
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
        with pytest.raises(SettingsError) as wrong:
            open_to_serve(f"sqlite:///{path}")
        assert wrong.value.lines == [
            f"DATABASE_URL: {path} cannot be opened and written. May this user write the file and its folder?"
        ]
    finally:
        if root:
            os.seteuid(0)
        place.chmod(0o700)
        shutil.rmtree(place)


def test_a_new_database_gets_the_tables(tmp_path: Path) -> None:
    db = open_to_change(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(db)
    db.close()
