"""One commit for several transactions: those who write while others wait for their turn share a look at the disk."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

MOST = 16  # transactions that share one: two milliseconds each, so that nobody's answer waits long for the others


class SharedCommit:
    """A transaction of SQLite in which several of ours follow one another, each undone by itself if it fails.

    All of them are on the disk when `wait` returns; or none is, and it raises. Only whoever has the turn may call
    anything but `wait`.
    """

    def __init__(self, engine: Engine, new_session: Callable[..., Session]) -> None:
        """Begin. `new_session` makes a session as the database's own are.

        Raises:
            Exception: the database cannot be opened or is locked.
        """
        self._new_session, self._size = new_session, 0
        self._done, self._error = threading.Event(), None  # type: tuple[threading.Event, BaseException | None]
        self._connection = engine.connect()
        try:
            self._connection.begin()
        except BaseException:
            self._connection.close()
            raise

    @property
    def is_full(self) -> bool:
        """Whether it should be committed now: enough share it, or SQLite has undone it as a whole."""
        return self._size >= MOST or not self._is_open

    @property
    def _is_open(self) -> bool:
        driver: Any = self._connection.connection.driver_connection
        return bool(driver.in_transaction)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One of the transactions: what the block does is undone if it raises, and committed with the others' else.

        The first needs no savepoint: if it fails there is nothing else to keep.
        """
        mode = "create_savepoint" if self._size else "rollback_only"
        self._size += 1
        try:
            with self._new_session(bind=self._connection, join_transaction_mode=mode) as session, session.begin():
                yield session
        except BaseException as error:
            if not self._is_open:  # a full disk, for one, undoes the others as well
                self._error = error
            raise

    def commit(self) -> None:
        """Put it on the disk, and tell those who wait."""
        try:
            if self._error is None:
                self._connection.commit()
        except BaseException as error:
            self._error = error
        finally:
            with suppress(Exception):
                if self._error is not None:
                    self._connection.invalidate()  # nobody knows what is left of it: the next one gets another
                self._connection.close()
            self._done.set()

    def wait(self) -> None:
        """Wait until it is on the disk.

        Raises:
            BaseException: it is not; why.
        """
        self._done.wait()
        if self._error is not None:
            raise self._error
