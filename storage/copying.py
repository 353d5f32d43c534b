"""Whole databases from one place to another: a SQLite file as it is, or every row from engine to engine."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from bot.errors import BotError
from storage.schema import all_tables

Told = Callable[[int, int], None]  # how much is done, out of how much
PAGES = 256  # a megabyte a step: the progress moves, and nobody waits for the disk behind it
ROWS = 1_000  # rows in memory at once


def tables() -> list[Table]:
    """Every table, those that others point at first."""
    return list(all_tables().sorted_tables)


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar() or 0) for table in tables()
    }


def copy_rows(source: Connection, target: Connection, told: Told) -> dict[str, int]:
    """Copy every row of every table, a thousand at a time; gives how many rows each table had.

    Rows go in the order of their primary key, so that one which points at an older one of its own table finds it.
    """
    copied, total = count_rows(source), 0
    for table in tables():
        query = select(table).order_by(*table.primary_key.columns)
        for part in source.execution_options(yield_per=ROWS).execute(query).mappings().partitions():
            target.execute(table.insert(), [dict(row) for row in part])
            total += len(part)
            told(total, sum(copied.values()))
    return copied


def copy_file(source: Path, target: Path, told: Told) -> dict[str, int]:
    """Copy a SQLite database while others write into it; gives how many rows each table has.

    One read transaction is open all the while: under WAL that holds up no writer, and what is copied is the database
    of one moment, where steps without it would begin anew at every write of another process.
    """
    with closing(look_into(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.execute("BEGIN")
        rows = count_file_rows(reading)
        writing.execute("PRAGMA synchronous=OFF")  # `finish_file` brings it to the disk
        reading.backup(writing, pages=PAGES, progress=lambda _state, left, total: told(total - left, total))
        return rows


def look_into(path: Path) -> sqlite3.Connection:
    """A connection that can only read."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def count_file_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of a SQLite database of any version has."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
    )
    names = [row[0] for row in found.fetchall()]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def finish_file(path: Path, rows: dict[str, int]) -> None:
    """Make a SQLite database one single file, prove that it is whole, and bring it to the disk.

    Raises:
        BotError: it is damaged, or has other rows than it should.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
        if (
            not whole
            or connection.execute("PRAGMA foreign_key_check").fetchone()
            or count_file_rows(connection) != rows
        ):
            raise BotError(
                "The copy came out damaged and was thrown away. `python -m bot doctor` looks at the database."
            )
    sync(path)


def sync(path: Path) -> None:
    """Bring a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def unfinished(beside: Path) -> Iterator[Path]:
    """A new empty file in the same folder that only its owner may read; what is left of it at the end goes away."""
    handle, name = tempfile.mkstemp(dir=beside.parent, prefix=f"{beside.name}.", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                os.unlink(name + suffix)
