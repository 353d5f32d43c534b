"""What anonymous polls leave behind on either engine, and what a copy of an open box gives away."""

import hmac
import re
import shutil
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from storage.db import Database
from storage.schema import migrate
from tests.databases import PostgresServer, postgresql_database

TEAM = "T1"
MARK = re.compile(rb"ballot-[0-9a-f]{16}")  # every simulated ballot holds one of its own
WAL_HEADER, FRAME_HEADER = 32, 24  # bytes; https://www.sqlite.org/fileformat2.html#the_write_ahead_log


@dataclass
class Poll:
    """A simulated poll: who voted, in that order, and the mark of each one's ballot."""

    pulse_id: int
    voters: list[str]
    marks: list[bytes]
    secrets: list[bytes] = field(default_factory=list)  # the box's key and some of its hashes


@dataclass
class LiveCopy:
    """What somebody who copied the box of an open poll has: the key, the hashes, and pairs of hash and mark."""

    key: bytes
    people: list[bytes]
    pairs: dict[bytes, bytes]

    def named(self, voters: Iterable[str]) -> dict[str, bytes]:
        """The ballots to which a name is found, by trying every name that there is."""
        hashes = {user_id: hmac.digest(self.key, f"{TEAM} {user_id}".encode(), "sha256") for user_id in voters}
        return {user_id: self.pairs[found] for user_id, found in hashes.items() if found in self.pairs}


class SqliteTraces:
    """A SQLite database that is used for a few polls, and the files around it."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        """A new database in `folder`."""
        self.folder = folder
        self.db = Database(f"sqlite:///{folder / 'bench.db'}")

    def bytes_left(self) -> dict[str, bytes]:
        """Every byte of every file that is there; of the database's own also once its log has been moved into it."""
        found: dict[str, bytes] = {"database file": b"", "WAL": b"", "files beside it": b""}
        log = self.folder / "bench.db-wal"
        found["WAL, before it is moved"] = log.read_bytes()
        with self.db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)")
        for path in sorted(path for path in self.folder.iterdir() if path.is_file()):
            kind = {"bench.db": "database file", log.name: "WAL"}.get(path.name, "files beside it")
            found[kind] += path.read_bytes()
        return found

    def boxes_left(self) -> int:
        """How many files still belong to a box."""
        return len(list(self.folder.glob("bench.db.box-*")))

    def copy_box(self, poll: Poll) -> LiveCopy:
        """Read the open box as a copy of its files: hash and ballot of one person reach the log in one commit."""
        box = Path(f"{self.folder / 'bench.db'}.box-{TEAM}-{poll.pulse_id}")
        copy = self.folder / "copied"
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{box}{suffix}", f"{copy}{suffix}")
        log = Path(f"{copy}-wal").read_bytes()
        look = Database(f"sqlite:///{copy}")
        key, people = _box_secrets(look, poll)
        look.close()
        for path in self.folder.glob("copied*"):
            path.unlink()
        pairs: dict[bytes, bytes] = {}
        unseen, seen = set(people), set[bytes]()
        for pages in _commits(log):
            new_people = [person for person in unseen if any(person in page for page in pages)]
            new_marks = {mark for page in pages for mark in MARK.findall(page)} - seen
            if len(new_people) == len(new_marks) == 1:
                pairs[new_people[0]] = next(iter(new_marks))
            unseen -= set(new_people)
            seen |= new_marks
        return LiveCopy(key, people, pairs)


class PostgresTraces:
    """A PostgreSQL database that is used for a few polls, and the server's own files."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        """The database at `url`, whose server runs as a user that may read everything."""
        self.db = Database(url)
        with self.db.read() as session:
            query = "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"
            self._first_log = str(session.connection().execute(text(query)).scalar_one())

    def bytes_left(self) -> dict[str, bytes]:
        """Every byte of the database's files, and of what the server has logged since the first of these polls."""
        base = "(SELECT 'base/' || oid || '/' FROM pg_database WHERE datname = current_database())"
        places = {
            "data files": f"SELECT {base} || f AS place FROM pg_ls_dir({base}) f",
            "WAL": f"SELECT 'pg_wal/' || name place FROM pg_ls_waldir() WHERE name >= '{self._first_log}' ORDER BY 1",
            "server's log": "SELECT 'log' AS place",
        }
        with self.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # what the server samples for its statistics is on the disk, too
            connection.execute(text("CHECKPOINT"))
            return {
                kind: b"".join(
                    bytes(row[0])
                    for row in connection.execute(text(f"SELECT pg_read_binary_file(place, true) FROM ({query}) p"))
                    if row[0]
                )
                for kind, query in places.items()
            }

    def boxes_left(self) -> int:
        """How many tables still belong to a box."""
        query = "SELECT count(*) FROM pg_class WHERE starts_with(relname, 'ballot_box_')"
        with self.db.read() as session:
            return int(session.connection().execute(text(query)).scalar_one())

    def copy_box(self, poll: Poll) -> LiveCopy:
        """Read the open box: the hash and the ballot of one person were written by one transaction."""
        person, ballot = (f'"ballot_box_{TEAM}_{poll.pulse_id}_{part}"' for part in ("person", "ballot"))
        query = f"SELECT p.person, b.content FROM {person} p JOIN {ballot} b ON p.xmin::text = b.xmin::text"
        with self.db.read() as session:
            rows = session.connection().execute(text(query)).all()
        key, people = _box_secrets(self.db, poll)
        return LiveCopy(key, people, {bytes(row[0]): MARK.findall(row[1].encode())[0] for row in rows})


Traces = SqliteTraces | PostgresTraces


class Engine:
    """Makes databases of one engine, as copies of one that has all tables."""

    def __init__(self, name: str, folder: Path) -> None:
        """`name` is sqlite or postgresql; files are kept in `folder`."""
        self._name, self._folder, self._number = name, folder, 0
        self._server = PostgresServer()
        if name == "postgresql":
            self._server.enter()
            return
        db = Database(f"sqlite:///{folder / 'model.db'}")
        migrate(db)
        db.close()

    @contextmanager
    def new(self) -> Iterator[Traces]:
        """A database that lives as long as the block."""
        self._number += 1
        if self._name == "postgresql":
            with postgresql_database(self._server) as url:
                yield from _ready(PostgresTraces(url))
            return
        folder = self._folder / str(self._number)
        folder.mkdir()
        shutil.copyfile(self._folder / "model.db", folder / "bench.db")
        yield from _ready(SqliteTraces(folder))
        shutil.rmtree(folder)

    def close(self) -> None:
        """Let go of the server."""
        if self._name == "postgresql":
            self._server.leave()


def in_order(found: bytes, wanted: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The wanted marks in the order of their first places in some bytes, and of their last ones."""
    first: dict[bytes, int] = {}
    last: dict[bytes, int] = {}
    known = set(wanted)
    for match in MARK.finditer(found):
        if match[0] in known:
            first.setdefault(match[0], match.start())
            last[match[0]] = match.start()
    return sorted(first, key=first.__getitem__), sorted(last, key=last.__getitem__)


def _ready(traces: Traces) -> Iterator[Traces]:
    try:
        yield traces
    finally:
        traces.db.close()


def _box_secrets(db: Database, poll: Poll) -> tuple[bytes, list[bytes]]:
    tables = (f'"ballot_box_{TEAM}_{poll.pulse_id}_{part}"' for part in ("key", "person"))
    with db.read() as session:
        key, people = (
            [bytes(row[0]) for row in session.connection().execute(text(f"SELECT * FROM {table}"))] for table in tables
        )
    return key[0], people


def _commits(log: bytes) -> Iterator[list[bytes]]:
    """The pages of a SQLite log, by commit."""
    size = struct.unpack(">I", log[8:12])[0]
    pages: list[bytes] = []
    for start in range(WAL_HEADER, len(log) - size, FRAME_HEADER + size):
        pages.append(log[start + FRAME_HEADER : start + FRAME_HEADER + size])
        if struct.unpack(">I", log[start + 4 : start + 8])[0]:  # the size of the database after a commit
            yield pages
            pages = []
