"""Breaks the n-th thing that the app asks of its database or of Slack, and counts what it asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError

import slack_sdk.web.base_client
import slack_sdk.webhook.client
from sqlalchemy import event

from storage.db import Database

# How each kind of call can go wrong: before anything was done, or done but nobody heard of it.
WAYS = {"statement": ("before",), "commit": ("before", "after"), "call": ("before", "after")}


class Switch:
    """Lets all calls pass and counts them, until it is told to break one."""

    def __init__(self) -> None:
        self.points: list[str] = []  # the kinds of calls since the counting began, in their order
        self.broke = ""
        self._counts, self._at, self._way = False, -1, ""

    def count(self) -> None:
        """Begin to count."""
        self.points, self._counts, self._at, self.broke = [], True, -1, ""

    def break_at(self, number: int, way: str) -> None:
        """Begin to count, and break the call with this number (from 0)."""
        self.count()
        self._at, self._way = number, way

    def mend(self) -> None:
        """Break nothing more, and count no more."""
        self._counts, self._at = False, -1

    def strikes(self, kind: str, what: str) -> str:
        """Count a call; gives the way in which it is to be broken, "" if it is not."""
        if not self._counts:
            return ""
        self.points.append(kind)
        if len(self.points) - 1 != self._at:
            return ""
        self._at, self.broke = -1, f"{kind} {self._way}: {what}"
        return self._way if self._way in WAYS[kind] else WAYS[kind][0]


@contextmanager
def broken_database(db: Database, switch: Switch) -> Iterator[None]:
    """Statements and commits pass through the switch; on PostgreSQL a break also ends the connection."""
    dialect: Any = db.engine.dialect
    commit: Callable[[Any], None] = dialect.do_commit

    def fail(connection: Any) -> None:
        if not db.is_sqlite:
            connection.close()
        raise dialect.loaded_dbapi.OperationalError("broken by the bench")

    def before_statement(cursor: Any, statement: str, *_rest: Any) -> None:
        if switch.strikes("statement", statement.split("\n")[0][:60]):
            fail(cursor.connection)

    def do_commit(connection: Any) -> None:
        way = switch.strikes("commit", "")
        if way != "before":
            commit(connection)
        if way:
            fail(getattr(connection, "driver_connection", connection))

    names = ("do_execute", "do_execute_no_params", "do_executemany")
    for name in names:
        event.listen(db.engine, name, before_statement)
    dialect.do_commit = do_commit
    try:
        yield
    finally:
        dialect.do_commit = commit
        for name in names:
            event.remove(db.engine, name, before_statement)


@contextmanager
def broken_network(switch: Switch) -> Iterator[None]:
    """Calls of the Slack SDK pass through the switch: broken, the connection is reset."""
    modules: tuple[Any, ...] = (slack_sdk.web.base_client, slack_sdk.webhook.client)
    opens = [module.urlopen for module in modules]

    def through(urlopen: Callable[..., Any]) -> Callable[..., Any]:
        def call(request: Any, *rest: Any, **more: Any) -> Any:
            way = switch.strikes("call", request.full_url.rsplit("/", 2)[-2 if "_response" in request.full_url else -1])
            if way != "before":
                answer = urlopen(request, *rest, **more)
            if not way:
                return answer
            if way == "after":
                answer.close()
            raise URLError(ConnectionResetError("broken by the bench"))

        return call

    for module, urlopen in zip(modules, opens, strict=True):
        module.urlopen = through(urlopen)
    try:
        yield
    finally:
        for module, urlopen in zip(modules, opens, strict=True):
            module.urlopen = urlopen
