"""Ballot boxes on SQLite: each is a file beside the database, `<database>.box-<team>-<pulse>`, its owner's alone."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from bot.errors import BotError
from storage.copying import sync
from storage.db import Database

OWNER_ONLY = 0o600
SUFFIXES = ("", "-wal", "-shm", "-journal")  # the box itself first: without it the others are nothing
LOOKED_INTO = "Another program has a ballot box open. Close that one; the pulse closes by itself soon after."


class BoxFiles:
    """The boxes beside one database. Whoever is in a box is alone in it, and nobody is while it goes away."""

    def __init__(self, database: Path) -> None:
        """Nothing is opened yet."""
        self._database = database.resolve()
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._open: dict[str, Database] = {}
        self._sealing: set[str] = set()

    @contextmanager
    def sealing(self, name: str) -> Iterator[None]:
        """A box is closed for good while the block runs, which may wait long for another program."""
        with self._guard:
            self._sealing.add(name)
        try:
            yield
        finally:
            with self._guard:
                self._sealing.discard(name)

    def is_being_sealed(self, name: str) -> bool:
        """Whether that is so: whoever has others waiting behind them must not wait for it."""
        with self._guard:
            return name in self._sealing

    def make(self, name: str) -> None:
        """A new empty file in the place of whatever is there."""
        with self._alone(name):
            self._remove(name)
            self._path(name).touch(mode=OWNER_ONLY, exist_ok=False)
            sync(self._database.parent)

    @contextmanager
    def use(self, name: str) -> Iterator[Database | None]:
        """The box as a database, in which nobody else is for the time of the block; None if there is no such box."""
        with self._alone(name):
            if not self._path(name).exists():
                yield None
                return
            if name not in self._open:
                # Left open from one ballot to the next: who closes a WAL file last moves it all, which takes longer.
                self._open[name] = Database(f"sqlite:///{self._path(name)}", pool_size=1)
            yield self._open[name]

    def remove(self, name: str) -> None:
        """Destroy a box, or what is left of one; without it nothing happens."""
        with self._alone(name):
            self._remove(name)

    def names(self) -> set[str]:
        """All boxes beside the database, and those of which only a part is left."""
        pattern = re.compile(re.escape(self._database.name) + r"\.box-(\w+-\d+)(-wal|-shm|-journal)?")
        found = (pattern.fullmatch(path.name) for path in self._database.parent.iterdir())
        return {match[1] for match in found if match}

    def close(self) -> None:
        """Give the files back; they are opened again when somebody uses them."""
        with self._guard:
            names = list(self._open)
        for name in names:
            with self._alone(name):
                if name in self._open:
                    self._open.pop(name).close()

    def _path(self, name: str, suffix: str = "") -> Path:
        return self._database.with_name(f"{self._database.name}.box-{name}{suffix}")

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(name, threading.RLock())
        with lock:
            yield

    def _remove(self, name: str) -> None:
        if name in self._open:
            self._open.pop(name).close()
        for suffix in SUFFIXES:
            self._path(name, suffix).unlink(missing_ok=True)
        sync(self._database.parent)


def box_files(db: Database) -> BoxFiles:
    """The boxes beside `db`, which give their files back when it is closed."""
    with _guard:
        if db not in _known:
            _known[db] = BoxFiles(Path(db.engine.url.database or ""))
            db.when_closed.append(lambda: _known.pop(db).close())
        return _known[db]


def wipe(box: Database) -> None:
    """Write a box anew and empty its log, so that the files hold nothing but the rows of now, in their order.

    Raises:
        BotError: another program reads the box, so that its log cannot be emptied.
    """
    with box.engine.connect() as connection:  # past transactions: neither statement may stand in one
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("VACUUM")
        is_busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if is_busy:
        raise BotError(LOOKED_INTO)


_guard = threading.Lock()
_known: WeakKeyDictionary[Database, BoxFiles] = WeakKeyDictionary()
