"""What deletion leaves behind in a database's files, wiped: unused space, the log, and rows that are dead already."""

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from bot.errors import BotError
from storage.db import Database
from storage.schema import all_tables

SMALL = 100_000_000  # bytes: such a SQLite file is written anew in about a second, while writers wait
PIECE = 1 << 20
PATIENCE, TRIES = 0.25, 40  # seconds that others are waited for, each time
OTHERS = 2_000  # milliseconds that another process which writes is waited for
IN_USE = "The database is in use all the time, so what was deleted could not be overwritten yet."


def wipe_database(db: Database, *, tables: Collection[str] = ()) -> None:
    """Write the database anew, so that its files hold nothing but the rows of now.

    SQLite: the file is vacuumed and its log emptied; who writes in this process waits for the first. PostgreSQL:
    `VACUUM FULL` of these tables, or of all; the server's own log (WAL), its archive, replicas and base backups keep
    what they had.

    Raises:
        BotError: others read or write the SQLite file all the time, so that its log cannot be emptied.
    """
    if db.is_sqlite:
        try:
            _wipe_file(db)
        except sqlite3.OperationalError:
            raise BotError(IN_USE) from None
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in all_tables().sorted_tables:
            if tables and table.name not in tables:
                continue
            connection.execute(text(f"VACUUM (FULL) {connection.dialect.identifier_preparer.quote(table.name)}"))


def _wipe_file(db: Database) -> None:
    path = db.engine.url.database or ""
    # The copy of a small file stays in memory; that of a large one needs the disk, and is gone at once.
    temporary = "MEMORY" if is_small(db) else "FILE"
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as file:
        file.execute(f"PRAGMA temp_store={temporary}")
        file.execute(f"PRAGMA busy_timeout={OTHERS}")  # processes, who are few and quick
        with db.turn():
            file.execute("VACUUM")
        file.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
        for _ in range(TRIES):  # whoever reads holds it up, and nobody who writes should wait for them
            with db.turn():
                if not file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return
            time.sleep(PATIENCE)
    raise BotError(IN_USE)


def is_small(db: Database) -> bool:
    """Whether that is done while nobody notices; a PostgreSQL's tables are written anew one by one."""
    return not db.is_sqlite or Path(db.engine.url.database or "").stat().st_size <= SMALL


def find_in_files(db: Database, traces: Iterable[str]) -> int | None:
    """How many of these texts stand anywhere in the bytes of a SQLite database's files; None of a PostgreSQL's."""
    if not db.is_sqlite:
        return None
    wanted = {trace.encode() for trace in traces if trace}
    found: set[bytes] = set()
    for suffix in ("", "-wal", "-journal"):
        path = Path((db.engine.url.database or "") + suffix)
        if path.exists():
            for piece in _pieces(path, overlap=max(map(len, wanted), default=0)):
                found |= {one for one in wanted - found if one in piece}
    return len(found)


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        before = b""
        while piece := file.read(PIECE):
            yield before + piece
            before = (before + piece)[-overlap:] if overlap else b""
