"""Anonymous ballots (R13): a box of its own for every open anonymous pulse, destroyed with its key at the close.

A box has three tables without an order, a time or a key in common: the key, a random number; who took part, each as a
hash under that key; and the ballots, each under a random number. Without the key nobody can be found in the hashes.

SQLite: the box is a file beside the database, which no backup copies. PostgreSQL: three tables that are UNLOGGED, so
that neither the server's log, nor its archive, a replica or a base backup ever holds a ballot; and that are never
analysed, which would put ballots among the server's statistics. `pg_dump` alone copies them: it must be told
`--exclude-table='ballot_box_*'`.

What a kill of the app leaves, at any moment:
- opening: no pulse, and perhaps an empty box, which `sweep_boxes` takes away and the next opening replaces.
- `cast`: participation and ballot, or neither. Whoever was told nothing may vote again, and hears if it had counted.
- `close_box`: an open box; or (SQLite) a sealed one, which holds the ballots in the order of their keys, no key, no
  participation and no trace of either; or a pulse that is closed, and (SQLite) a sealed box that `sweep_boxes` takes
  away. Closing again goes on from there.

A crash of the PostgreSQL *server* empties what is UNLOGGED. Then the box takes no ballots, `sweep_boxes` names its
pulse, and closing it finds no ballots; so does a pulse that came out of a backup without its box. That is the price of
a log that says nothing, and people must be told to answer anew.

While a box is open, who can read the server's files can tell who said what: `bench/anonymity.py` measures it. Blocks of
a disk that were freed are beyond a database's reach.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text
from sqlmodel import Session

from storage.ballot_box_file import box_files, wipe
from storage.db import Database

Cast = Literal["cast", "answered_before", "closed"]
Keep = Callable[[Session, list[str] | None], None]

STEP = 5  # how exactly anybody is told how many have answered
KEY_BYTES = 32
BALLOT_KEY_BYTES = 16


@dataclass(frozen=True)
class _Box:
    """The names of one box and of its tables."""

    team_id: str
    pulse_id: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]{1,24}", self.team_id):  # it becomes part of names
            raise ValueError(f"{self.team_id!r} is no id of a workspace")

    @property
    def name(self) -> str:
        return f"{self.team_id}-{self.pulse_id}"

    def table(self, part: str) -> str:
        return f'"ballot_box_{self.team_id}_{self.pulse_id}_{part}"'


def open_box(db: Database, session: Session, *, team_id: str, pulse_id: int) -> None:
    """Make the empty box of an anonymous pulse, in the transaction `session` that opens the pulse.

    Called once for each pulse. A box that has this name already belongs to an opening that never was, or to a pulse
    that a restored backup has forgotten, and is replaced.
    """
    box = _Box(team_id, pulse_id)
    if not db.is_sqlite:
        _lock(session, box, alone=True)
        _drop(session, box)
        _make_tables(session, box)
        return
    box_files(db).make(box.name)
    with box_files(db).use(box.name) as file:
        assert file is not None
        with file.begin() as inside:
            _make_tables(inside, box)


def cast(db: Database, *, team_id: str, pulse_id: int, user_id: str, content: str) -> Cast:
    """Put one person's ballot into the box, on the disk when this returns: `cast`.

    `content` is what they answered, as JSON; nothing here reads it. Whoever is in the box stays as they are
    (`answered_before`), and a box that is sealed or gone takes nothing (`closed`). Whether the person is invited and
    the pulse open is the caller's to know; the caller has no transaction open and writes nothing of it down elsewhere.
    """
    if db.is_sqlite and box_files(db).is_being_sealed(_Box(team_id, pulse_id).name):
        return "closed"
    with db.turn(), _inside(db, _Box(team_id, pulse_id)) as (session, box, key):
        if key is None:
            return "closed"
        person = _person(key, team_id, user_id)
        added = _run(
            session, f"INSERT INTO {box.table('person')} VALUES (:person) ON CONFLICT DO NOTHING", person=person
        )
        if not added.rowcount:
            return "answered_before"
        ballot = {"key": secrets.token_bytes(BALLOT_KEY_BYTES), "content": content}
        _run(session, f"INSERT INTO {box.table('ballot')} VALUES (:key, :content)", **ballot)
        return "cast"


def answered_in_steps(db: Database, *, team_id: str, pulse_id: int) -> int:
    """How many have answered so far, rounded down to a multiple of 5; 0 of a box that is closed."""
    with _inside(db, _Box(team_id, pulse_id)) as (session, box, key):
        if key is None:
            return 0
        found = int(_run(session, f"SELECT count(*) FROM {box.table('ballot')}").scalar_one())
        return found - found % STEP


def list_silent(db: Database, *, team_id: str, pulse_id: int, user_ids: Sequence[str]) -> list[str]:
    """Those of `user_ids` who have not answered, in their order, for reminders; nobody if the box is closed."""
    with _inside(db, _Box(team_id, pulse_id)) as (session, box, key):
        if key is None:
            return []
        answered = {bytes(row[0]) for row in _run(session, f"SELECT person FROM {box.table('person')}")}
        return [user_id for user_id in user_ids if _person(key, team_id, user_id) not in answered]


def close_box(db: Database, *, team_id: str, pulse_id: int, keep: Keep) -> None:
    """Take the ballots out of the box, let `keep` carry them over, and destroy box and key.

    `keep(session, ballots)` gets the contents in the order of their random keys and writes them, and that the pulse is
    closed, in one transaction. It first looks (with a lock) whether the pulse is still open, and does nothing if not:
    it is called again when a close was cut short. `ballots` is None if the box is gone. When `keep` raises, the ballots
    stay in the box. On SQLite that box is sealed by then, so that a pulse that is being closed takes no ballots.

    Raises:
        BotError: another program reads the box (SQLite); try once more.
    """
    box = _Box(team_id, pulse_id)
    if db.is_sqlite:
        ballots = _seal_file(db, box)
        with db.begin() as session:
            keep(session, ballots)
        box_files(db).remove(box.name)
        return
    with db.begin() as session:
        _lock(session, box, alone=True)
        is_whole = _find_key(session, box) is not None
        keep(session, _contents(session, box, "ballot", "key") if is_whole else None)
        _drop(session, box)


def destroy_box(db: Database, *, team_id: str, pulse_id: int) -> None:
    """Destroy the box of a pulse that was cancelled, unread; without a box nothing happens."""
    with db.begin() as session:
        _destroy(db, session, _Box(team_id, pulse_id))


def sweep_boxes(db: Database, *, team_id: str, find_open: Callable[[Session], Collection[int]]) -> list[int]:
    """Destroy the boxes that no open pulse needs any more; gives the open pulses whose ballots are lost.

    `find_open(session)` gives the ids of the anonymous pulses of this workspace that are open. For the lost ones call
    `close_box`, whose `keep` gets None.
    """
    with db.begin() as session:
        # In this order: a box that is seen belongs to an opening that has ended, so that its pulse is seen as well.
        there = _list_boxes(db, session, team_id)
        wanted = set(find_open(session))
        for pulse_id in sorted(there - wanted):
            _destroy(db, session, _Box(team_id, pulse_id))
        return [pulse_id for pulse_id in sorted(wanted) if not _is_whole(db, session, _Box(team_id, pulse_id))]


@contextmanager
def _inside(db: Database, box: _Box) -> Iterator[tuple[Session, _Box, bytes | None]]:
    """A transaction in a box, and its key: None if the box takes no ballots (and then the session is of no use)."""
    if not db.is_sqlite:
        with db.begin() as session:
            _lock(session, box)
            yield session, box, _find_key(session, box)
        return
    with box_files(db).use(box.name) as file:
        if file is None:
            yield Session(), box, None
            return
        with file.begin() as session:
            yield session, box, _find_key(session, box)


def _seal_file(db: Database, box: _Box) -> list[str] | None:
    """Leave nothing in a box file but the contents in the order of their keys; gives them, or None without a box."""
    with box_files(db).sealing(box.name), box_files(db).use(box.name) as file:
        if file is None:
            return None
        with file.begin() as session:
            if _has(session, box, "key"):
                sealed, ballot = box.table("sealed"), box.table("ballot")
                _run(session, f"CREATE TABLE {sealed} (place INTEGER PRIMARY KEY, content TEXT NOT NULL)")
                _run(session, f"INSERT INTO {sealed} (content) SELECT content FROM {ballot} ORDER BY key")
                _drop(session, box)
            elif not _has(session, box, "sealed"):
                return None
        wipe(file)
        with file.read() as session:
            return _contents(session, box, "sealed", "place")


def _make_tables(session: Session, box: _Box) -> None:
    if session.get_bind().dialect.name == "sqlite":
        make, number, rest = "CREATE TABLE", "BLOB", "WITHOUT ROWID"
    else:
        make, number, rest = "CREATE UNLOGGED TABLE", "BYTEA", "WITH (autovacuum_enabled = false)"
    _run(session, f"{make} {box.table('key')} (key {number} PRIMARY KEY) {rest}")
    _run(session, f"{make} {box.table('person')} (person {number} PRIMARY KEY) {rest}")
    _run(session, f"{make} {box.table('ballot')} (key {number} PRIMARY KEY, content TEXT NOT NULL) {rest}")
    if session.get_bind().dialect.name != "sqlite":  # an ANALYZE by hand copies no ballot either
        _run(session, f"ALTER TABLE {box.table('ballot')} ALTER content SET STATISTICS 0, ALTER key SET STATISTICS 0")
    _run(session, f"INSERT INTO {box.table('key')} VALUES (:key)", key=secrets.token_bytes(KEY_BYTES))


def _person(key: bytes, team_id: str, user_id: str) -> bytes:
    return hmac.digest(key, f"{team_id} {user_id}".encode(), "sha256")


def _find_key(session: Session, box: _Box) -> bytes | None:
    """The key, or None if the box is sealed, gone, or was emptied by a crash of the server."""
    if not _has(session, box, "key"):
        return None
    found = _run(session, f"SELECT key FROM {box.table('key')}").scalar()
    return None if found is None else bytes(found)


def _has(session: Session, box: _Box, part: str) -> bool:
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE name = :name"
    else:  # not `to_regclass`: it believes what the connection remembers of before the lock
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = :name"
    return _run(session, query, name=box.table(part).strip('"')).scalar() is not None


def _contents(session: Session, box: _Box, part: str, order: str) -> list[str]:
    return list(_run(session, f"SELECT content FROM {box.table(part)} ORDER BY {order}").scalars())


def _drop(session: Session, box: _Box) -> None:
    for part in ("key", "person", "ballot"):
        _run(session, f"DROP TABLE IF EXISTS {box.table(part)}")


def _destroy(db: Database, session: Session, box: _Box) -> None:
    if db.is_sqlite:
        box_files(db).remove(box.name)
        return
    _lock(session, box, alone=True)
    _drop(session, box)


def _is_whole(db: Database, session: Session, box: _Box) -> bool:
    """Whether a pulse can go on with its box: it takes ballots, or is sealed and about to be closed."""
    if not db.is_sqlite:
        return _find_key(session, box) is not None
    with box_files(db).use(box.name) as file:
        if file is None:
            return False
        with file.read() as inside:
            return _has(inside, box, "key") or _has(inside, box, "sealed")


def _list_boxes(db: Database, session: Session, team_id: str) -> set[int]:
    if db.is_sqlite:
        names = box_files(db).names()
        return {int(name.split("-")[1]) for name in names if name.split("-")[0] == team_id}
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND starts_with(tablename, :name)"
    name = f"ballot_box_{team_id}_"
    return {int(row[0].removeprefix(name).split("_")[0]) for row in _run(session, query, name=name)}


def _lock(session: Session, box: _Box, *, alone: bool = False) -> None:
    """PostgreSQL: whoever makes or destroys a box waits for those who are in it, and they for them."""
    take = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    _run(session, f"SELECT {take}(hashtextextended(:name, 0))", name=f"ballot box {box.name}")


def _run(session: Session, statement: str, **values: Any) -> Any:
    return session.connection().execute(text(statement), values)
