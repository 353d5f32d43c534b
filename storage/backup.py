"""A backup while the app runs: one SQLite file, whatever engine the database is on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError
from storage import schema
from storage.copying import Told, copy_file, copy_rows, finish_file, sync, unfinished
from storage.db import Database


@dataclass(frozen=True)
class Backup:
    """What was kept: where, how many rows of how many tables, in how many bytes."""

    file: Path
    rows: int
    tables: int
    size: int


def make_backup(db: Database, file: Path, *, told: Told, force: bool = False) -> Backup:
    """Write the database of this moment into `file`, which appears whole and proved or not at all.

    Raises:
        BotError: `file` is there already (and not `force`), cannot be written, or the database is damaged.
    """
    _refuse_place(db, file, force=force)
    with in_words(file), unfinished(file) as part:
        rows = (
            copy_file(Path(db.engine.url.database or ""), part, told) if db.is_sqlite else _copy_server(db, part, told)
        )
        finish_file(part, rows)
        size = part.stat().st_size
        part.replace(file)
        sync(file.absolute().parent)
    return Backup(file, sum(rows.values()), len(rows), size)


@contextmanager
def in_words(file: Path) -> Iterator[None]:
    """What goes wrong with a file or a database under way, as one sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        raise BotError(_sentence(file, error.__cause__ or error)) from None
    except (sqlite3.Error, OSError) as error:
        raise BotError(_sentence(file, error)) from None


def _sentence(file: Path, error: BaseException) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return "The database is damaged and could not be copied. `python -m bot doctor` says more."
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) or getattr(error, "errno", None) == 28:
        return f"The disk is full: {file} could not be written. Make room and try once more; nothing was changed."
    if isinstance(error, OSError):
        return f"{file} cannot be written: {error.strerror or error}."
    return f"{file} cannot be written, or the database went away under way; nothing was changed. Try once more."


def _refuse_place(db: Database, file: Path, *, force: bool) -> None:
    if not file.absolute().parent.is_dir():
        raise BotError(f"The folder {file.parent} is not there. Make it, or name another file.")
    if file.is_dir():
        raise BotError(f"{file} is a folder. Name a file in it.")
    if db.is_sqlite:
        own = Path(db.engine.url.database or "").resolve()
        if file.resolve() in [own.with_name(own.name + end) for end in ("", "-wal", "-shm", "-journal", ".serving")]:
            raise BotError(f"{file} is the database itself. Name another file.")
        if file.resolve().parent == own.parent and file.name.startswith(f"{own.name}.box-"):
            raise BotError(f"{file} holds anonymous ballots. Name another file.")
    if file.exists() and not force:
        raise BotError(f"{file} is there already. Name another file, or add --force to write over it.")


def _copy_server(db: Database, part: Path, told: Told) -> dict[str, int]:
    """Every row of a PostgreSQL as it is at one moment, streamed into a new SQLite file."""
    target = Database(f"sqlite:///{part}")
    try:
        schema.migrate(target)
        with db.snapshot() as source, target.begin() as session:
            return copy_rows(source.connection(), session.connection(), told)
    finally:
        target.close()
