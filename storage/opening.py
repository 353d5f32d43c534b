"""Opening the database: looked at before anything is changed, then brought up to date, and its rules proved (R9)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SettingsError
from storage import schema
from storage.db import BUSY_TIMEOUT_MS, Database
from storage.serving import nobody_serves, serve

MADE_ALONE = Path("var")  # the one folder that is made where it is missing: the default file's
OURS = "workspace"  # a table that every version of Groundswell has
OWNER_ONLY = 0o600
WAIT = 2.0  # seconds for another program that has locked the file
SAFE_SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS}  # 2: FULL
UNREACHABLE = (
    "The PostgreSQL server cannot be reached or refuses. "
    "Is it running, and are host, user, password and database right?"
)


def open_to_serve(url: str) -> Database:
    """The database, this process's to serve, with this version's tables; `close` gives the serving lock back.

    Raises:
        SettingsError: it cannot be opened or served; nothing was changed.
    """
    return _open(url, serving=True)


def open_to_change(url: str) -> Database:
    """The database with this version's tables, brought up to date while nobody serves a SQLite file.

    Raises:
        SettingsError: it cannot be opened, or somebody serves it; nothing was changed.
    """
    return _open(url, serving=False)


def open_to_read(url: str, *, older: bool = False) -> Database:
    """The database as it is, beside whoever serves it; with `older` an earlier version's tables will do.

    Raises:
        SettingsError: there is none, it cannot be read, or it has another version's tables.
    """
    if (path := sqlite_path(url)) is not None and not (path.exists() and path.stat().st_size):
        raise _wrong(f"There is no database at {path} yet.")
    check_file(url, writing=False)
    db = Database(url)
    try:
        with _in_words(url):
            schema.refuse_newer(db)
            if schema.schema_version(db) is None:
                raise _wrong("The database is empty.")
            if not (older or schema.is_current(db)):
                raise _wrong("The tables are those of an older Groundswell. Run `python -m bot migrate` first.")
    except BaseException:
        db.close()
        raise
    return db


def make_folder(url: str) -> None:
    """Make the folder of the default SQLite file if it is missing; another folder that is missing is a mistake.

    Raises:
        SettingsError: it is.
    """
    path = sqlite_path(url)
    if path is not None and not path.parent.is_dir():
        if path.parent != MADE_ALONE:
            raise _wrong(f"The folder {path.parent} is not there. Make it, or correct the path.")
        MADE_ALONE.mkdir()


def check_file(url: str, *, writing: bool = True) -> None:
    """Look at a SQLite file without changing it; a missing or an empty one is a new database.

    Raises:
        SettingsError: it is no database of ours, damaged, locked, or (if `writing`) not to be written.
    """
    path = sqlite_path(url)
    if path is None:
        return
    if path.is_dir():
        raise _wrong(f"{path} is a folder, not a file.")
    if not path.exists() or path.stat().st_size == 0:
        return
    with _in_words(url), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT)) as raw:
        raw.isolation_level = None
        complaint = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
        if complaint != "ok":
            raise _damaged(path)
        names = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names and OURS not in names:
            raise _wrong(f"{path} belongs to another program. Nothing was changed.")
        if writing and names:
            raw.execute(f"DELETE FROM {OURS} WHERE false")  # a file that may not be written says so here


def check_rules(db: Database) -> None:
    """Prove that SQLite took its safe settings; on PostgreSQL there is nothing to prove.

    Raises:
        SettingsError: it did not, as on a folder of another machine.
    """
    if wrong := broken_rules(db):
        told = f"SQLite does not take its safe settings here ({', '.join(wrong)})."
        raise _wrong(f"{told} Move the file to a local disk: network folders do not keep what they promise.")


def broken_rules(db: Database) -> list[str]:
    """The names of the safe settings that are not in force."""
    if not db.is_sqlite:
        return []
    with db.read() as session:
        found = {name: session.connection().execute(text(f"PRAGMA {name}")).scalar() for name in SAFE_SQLITE}
    return [name for name, value in found.items() if value != SAFE_SQLITE[name]]


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address, None for a PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _open(url: str, *, serving: bool) -> Database:
    make_folder(url)
    check_file(url)
    _make_private(url)
    db = Database(url)
    try:
        with _in_words(url):
            if serving:
                serve(db)
                schema.migrate(db)
            else:
                with nobody_serves(db):
                    schema.migrate(db)
            check_rules(db)
    except BaseException:
        db.close()
        raise
    return db


def _make_private(url: str) -> None:
    """A new file is its owner's alone: it holds who said what. SQLite gives its log the same rights."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        with suppress(OSError):  # what is wrong with the folder, SQLite says in a moment
            path.touch(mode=OWNER_ONLY)


@contextmanager
def _in_words(url: str) -> Iterator[None]:
    """What a database says when it cannot be opened, as one sentence without any secret."""
    path = sqlite_path(url)
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        if path is None:
            raise _wrong(UNREACHABLE) from None
        raise _in_a_sentence(path, getattr(error, "orig", None) or error) from None


def _in_a_sentence(path: Path, error: BaseException) -> SettingsError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest the circumstances
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _wrong(f"{path} is locked by another program. Close that one and try once more.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return _wrong(f"{path} cannot be opened and written. May this user write the file and its folder?")
    if code == sqlite3.SQLITE_FULL:
        return _wrong(f"The disk of {path} is full. Make room and try once more.")
    if code == sqlite3.SQLITE_NOTADB:
        return _wrong(f"{path} is no database. Nothing was changed.")
    if code == sqlite3.SQLITE_CORRUPT:
        return _damaged(path)
    return _wrong(f"{path} cannot be used: {error}.")


def _damaged(path: Path) -> SettingsError:
    return _wrong(f"{path} is damaged. Put a backup back with `python -m bot restore FILE`; nothing was changed.")


def _wrong(sentence: str) -> SettingsError:
    return SettingsError([f"DATABASE_URL: {sentence}"])
