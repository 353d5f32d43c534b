"""Telling those whom a pulse asked something later: in its thread, or each of them directly."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage import outbox, people
from storage.db import Database
from storage.pulse import Pulse, list_invited
from storage.pulse_post import find_post

AT_ONCE = 50  # people who are told in one transaction: nobody's click waits long for 2,000 of them


def tell_asked(db: Database, row: Pulse, *, key: str, message: dict[str, Any], now: datetime) -> None:
    """Say `message` once to those whom a pulse asked; whoever is told already is passed over.

    It costs nobody an ask of their budget, as it asks nothing.
    """
    with db.begin() as session:
        post = find_post(session, row) if row.channel_id else None
        if post is not None:
            _say(session, row, key, row.channel_id, message, now, after_id=post.id)
            return
        told = _list_told(session, row)
    for first in range(0, len(told), AT_ONCE):
        with db.begin() as session:
            for user_id in told[first : first + AT_ONCE]:
                _say(session, row, f"{key}:{user_id}", user_id, message, now)


def _list_told(session: Session, row: Pulse) -> list[str]:
    """Those who were invited and are still there."""
    here = {one.user_id for one in people.list_people(session, team_id=row.team_id)}
    return [user_id for user_id in list_invited(session, row) if user_id in here]


def _say(
    session: Session,
    row: Pulse,
    key: str,
    target: str,
    message: dict[str, Any],
    now: datetime,
    after_id: int | None = None,
) -> None:
    same = {"team_id": row.team_id, "key": key, "target": target}
    outbox.enqueue(session, **same, message=message, now=now, lane="digest", after_id=after_id)
