"""A table on its way out of the database, row by row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

ROWS = 1_000  # in memory at once
HELD = "held back"  # stands where a text would, if the safety screen kept it back


@dataclass(frozen=True)
class Sheet:
    """A table on its way out: its name, the heads of its columns, and its rows, which can be read once."""

    name: str
    heads: tuple[str, ...]
    rows: Iterable[tuple[object, ...]]


def stream(session: Session, query: Any) -> Iterator[Any]:
    """The rows of a query, a thousand at a time: a session holds them weakly, so that memory is flat."""
    yield from session.execute(query.execution_options(yield_per=ROWS))


def moment(when: datetime | None) -> str:
    """A moment in UTC, as spreadsheets read it; "" if there is none."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if when else ""
