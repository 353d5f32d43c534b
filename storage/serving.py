"""One or many (R7): one process serves a SQLite file, any number a PostgreSQL, and none while it is changed."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text

from bot.errors import SettingsError
from storage.db import Database

SERVING_LOCK = 0x67726F756E65  # any number that is ours alone: PostgreSQL's advisory locks are numbers
PATIENCE = 1.0  # seconds: somebody who only looks whether the lock is taken holds it for an instant
SERVED = (
    "Another Groundswell is running with this database, and a SQLite file has room for one. "
    "Stop that one first, or let DATABASE_URL name a PostgreSQL."
)
STOP_FIRST = "Groundswell is running with this database. Stop it first; nothing was changed."
BEING_RESTORED = "A backup is being put back into this database. Start again when it is done."


def serve(db: Database) -> None:
    """Take the serving lock until `db.close()` or the end of the process, however that comes; not before a fork.

    SQLite: an exclusive lock on a small file beside the database, which the system frees even after a kill.
    PostgreSQL: a shared one on every connection of the pool, so that a connection made anew holds it too.

    Raises:
        SettingsError: another process serves the SQLite file, or the PostgreSQL is being restored.
    """
    if db.is_sqlite:
        db.when_closed.append(_lock_file(db, SERVED))
        return
    db.engine.dispose()
    event.listen(db.engine, "connect", _share)
    with db.engine.connect():
        pass  # the first connection finds out


@contextmanager
def nobody_serves(db: Database) -> Iterator[None]:
    """Keep a SQLite file from being served while the block changes it; PostgreSQL's changes use `lock_out`.

    Raises:
        SettingsError: somebody serves it.
    """
    release = _lock_file(db, STOP_FIRST) if db.is_sqlite else lambda: None
    try:
        yield
    finally:
        release()


def lock_out(connection: Connection) -> None:
    """Keep a PostgreSQL database from being served until the transaction of `connection` ends.

    Raises:
        SettingsError: somebody serves it.
    """
    query = text(f"SELECT pg_try_advisory_xact_lock({SERVING_LOCK})")
    if not connection.execute(query).scalar():
        raise SettingsError([STOP_FIRST])


def is_served(db: Database) -> bool:
    """Whether a process serves the database now; asking disturbs nobody."""
    if db.is_sqlite:
        return _is_locked(lock_file(db))
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND objsubid = 1 "
        f"AND classid = {SERVING_LOCK >> 32} AND objid = {SERVING_LOCK & 0xFFFFFFFF} "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with db.engine.connect() as connection:
        return bool(connection.execute(query).scalar())


def lock_file(db: Database) -> Path:
    """The small file beside a SQLite database whose lock says that it is served."""
    path = Path(db.engine.url.database or "").resolve()
    return path.with_name(path.name + ".serving")


def _lock_file(db: Database, refusal: str) -> Callable[[], None]:
    connection = sqlite3.connect(lock_file(db), timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise SettingsError([refusal]) from None
    return connection.close


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def _share(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    taken = connection.execute(f"SELECT pg_try_advisory_lock_shared({SERVING_LOCK})").fetchone()[0]
    connection.autocommit = False
    if not taken:
        raise SettingsError([BEING_RESTORED])
