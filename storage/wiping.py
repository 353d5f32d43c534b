"""What deletion leaves behind in a database's files, wiped: unused space, the log, and rows that are dead already."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sqlalchemy import text

from storage.ballot_box_file import wipe
from storage.db import Database
from storage.schema import all_tables

SMALL = 100_000_000  # bytes: such a SQLite file is written anew in about a second, while writers wait
PIECE = 1 << 20


def wipe_database(db: Database, *, tables: Collection[str] = ()) -> None:
    """Write the database anew, so that its files hold nothing but the rows of now.

    SQLite: the file is vacuumed and its log emptied; who writes in this process waits. PostgreSQL: `VACUUM FULL` of
    these tables, or of all; the server's own log (WAL), its archive, replicas and base backups keep what they had.

    Raises:
        BotError: another program reads the SQLite file, so that its log cannot be emptied; try once more.
    """
    if db.is_sqlite:
        with db.turn():
            wipe(db)
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in all_tables().sorted_tables:
            if tables and table.name not in tables:
                continue
            connection.execute(text(f"VACUUM (FULL) {connection.dialect.identifier_preparer.quote(table.name)}"))


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
