"""The database: one engine, and the only way to a transaction."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, create_engine

from storage.shared_commit import SharedCommit

BUSY_TIMEOUT_MS = 10_000  # R9: how long SQLite waits for another process before it says "locked"
WAL_TRIES = 40  # times 50 ms
RUSH = 6  # people who wait for an answer at the same time
QUIET_LOOKS = 2  # in a row, before a rush counts as over
PASS_SECONDS = 0.01  # between two looks whether somebody still waits
CACHE_KB = 4_000  # of the file's pages, for each connection at most
WAL_KEPT = 64_000_000  # bytes: a WAL that grew while somebody read for long is cut back to this


LEFT_WORK = "left work"  # where a session notes it
CONNECTION = "connection"  # where a session keeps its own: to ask for it takes a tenth of a statement's time


class Database:
    """A SQLite file or a PostgreSQL server.

    On SQLite the writers of this process queue for one lock instead of fighting for the file's (measured: with 32
    threads the fight costs half the throughput), and share a commit while others wait. Every write begins IMMEDIATE,
    and is on the disk before `begin` returns (`synchronous=FULL`). Readers do not wait for writers.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Open the database at `url` (`sqlite:///FILE` or `postgresql+psycopg://…`); nothing is read or made yet."""
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._queue, self._open = _Queue(), None  # type: tuple[_Queue, SharedCommit | None]
        self._answered_for, self._counting = 0, threading.Lock()
        # hide_parameters: what people wrote must not reach a log through an exception.
        options: dict[str, Any] = {"hide_parameters": True, "pool_size": pool_size, "max_overflow": 40}
        # The connection that was used last knows most of the file still: what another has written empties its cache.
        options["pool_use_lifo"] = True
        if not self.is_sqlite:
            options["pool_pre_ping"] = True
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            _savepoints_by_the_driver(self.engine)
        self._new_session = partial(_Session, expire_on_commit=False)
        self._write_engine = self.engine.execution_options(writes=True)
        self.when_closed: list[Callable[[], None]] = []
        self.wakers: dict[str, Callable[[], None]] = {}  # by kind of work: who is told when a commit has left some

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction that may write: committed when the block ends, rolled back when it raises."""
        with self._shared() if self.is_sqlite else self._alone() as session:
            yield session
        for kind in session.info.get(LEFT_WORK, ()):
            if kind in self.wakers:
                self.wakers[kind]()

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        with self._new_session(self._write_engine) as session, session.begin():
            yield session

    @contextmanager
    def _shared(self) -> Iterator[Session]:
        """One transaction after another; while others wait for their turn, those that are over share one commit."""
        self._queue.enter()
        try:
            shared = self._open = self._open or SharedCommit(self._write_engine, self._new_session)
            with shared.session() as session:
                yield session
        finally:
            self._hand_over()
        shared.wait()

    def _hand_over(self) -> None:
        """Give the turn to the next one, and what is not yet committed with it; it is committed if there is no next."""
        shared = self._open
        try:
            if shared is not None and (shared.is_full or not self._queue.is_waited_for):
                self._open = None
                shared.commit()
        finally:
            self._queue.leave()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Stand in the queue of those who write in this process, on SQLite: first come, first served.

        Every `begin` does; so does who writes into a file beside the database, for whom others should let pass, too.
        """
        if not self.is_sqlite:
            yield
            return
        self._queue.enter()
        try:
            if self._open is not None:  # its people need not wait for what is done here
                shared, self._open = self._open, None
                shared.commit()
            yield
        finally:
            self._queue.leave()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody waits for the answer that this block finds: what is not urgent lets them pass."""
        with self._counting:
            self._answered_for += 1
        try:
            yield
        finally:
            with self._counting:
                self._answered_for -= 1

    @property
    def is_rushed(self) -> bool:
        """Whether more people wait for an answer of this process than a moment brings together by chance."""
        return self._answered_for > RUSH

    def let_pass(self, *, until: float) -> None:
        """Wait while there is a rush, but not beyond `until` (of `time.monotonic`).

        A moment in which fewer people wait is no end of it: two looks in a row must say so.
        """
        quiet = 0 if self.is_rushed else QUIET_LOOKS
        while quiet < QUIET_LOOKS and time.monotonic() < until:
            time.sleep(PASS_SECONDS)
            quiet = 0 if self.is_rushed else quiet + 1

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent look that writes nothing and waits for no writer."""
        with self._new_session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """One look that shows a single moment to all its queries, however long it takes, on PostgreSQL too."""
        one_moment: dict[str, Any] = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with Session(self.engine.execution_options(**one_moment)) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give all connections back, and whatever is held for as long as the database is open."""
        self.engine.dispose()
        while self.when_closed:
            self.when_closed.pop()()


def leave_work(session: Session, kind: str) -> None:
    """This transaction leaves work of a kind behind (`outbox`, `jobs`): who does it is woken after the commit."""
    session.info.setdefault(LEFT_WORK, set()).add(kind)


def run_statement(session: Session, statement: Any, **values: Any) -> Any:
    """Run a statement that was put together once, past the ORM: a third of the work, where it runs at every delivery.

    What the session has still to write is written first. Gives SQLAlchemy's result, rows of columns.
    """
    session.flush()
    connection = session.info.get(CONNECTION)
    if connection is None:
        connection = session.info[CONNECTION] = session.connection()
    return connection.execute(statement, values)


def insert_row(session: Session, statement: Any, row: Any) -> None:
    """Save a new row past the ORM's unit of work, a third of the work; `statement` inserts into its table and gives its
    `id`. The row belongs to the session afterwards, as if it had been added and flushed.
    """
    values = {name: value for name, value in row.__dict__.items() if name != "id" and not name.startswith("_")}
    row.id = run_statement(session, statement, **values).scalar_one()
    make_transient_to_detached(row)
    session.add(row)


def _savepoints_by_the_driver(engine: Engine) -> None:
    """SQLAlchemy would compile a statement anew for the name of each savepoint: a tenth of the computing in a rush."""

    def say(words: str) -> Any:
        return lambda connection, name: connection.connection.driver_connection.execute(f"{words} {name}")

    for method, words in (
        ("do_savepoint", "SAVEPOINT"),
        ("do_release_savepoint", "RELEASE SAVEPOINT"),
        ("do_rollback_to_savepoint", "ROLLBACK TO SAVEPOINT"),
    ):
        setattr(engine.dialect, method, say(words))


class _Queue:
    """A lock that goes to whoever has waited longest; a plain one goes to whoever happens to run."""

    def __init__(self) -> None:
        self._guard, self._waiting, self._taken = threading.Lock(), deque[threading.Lock](), False

    @property
    def is_waited_for(self) -> bool:
        return bool(self._waiting)

    def enter(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until the one before hands the turn over

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class _Session(Session):
    """Keeps what it has read: alone it lets go of a row that nobody holds, and reads it once more."""


@event.listens_for(_Session, "loaded_as_persistent")
def _keep(session: Any, row: Any) -> None:
    session.info.setdefault("kept", []).append(row)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"journal_size_limit={WAL_KEPT}",
        f"cache_size=-{CACHE_KB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    # Two connections that make a new file a WAL file at the same moment: one is told "locked" without any waiting.
    for attempt in range(WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == WAL_TRIES - 1:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that writes later fails with "locked" at once under WAL; an immediate one waits its turn.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
