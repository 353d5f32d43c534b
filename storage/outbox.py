"""The outbox: what is to be said in Slack, saved with the change that says it and sent afterwards (R3)."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, bindparam, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, and_, col, func, select, update

from storage.db import leave_work

STATES = ("pending", "sending", "sent", "failed", "uncertain")
POST = "chat.postMessage"
METHODS = (POST, "chat.update", "chat.delete")
LANES = {"answer": 0, "announcement": 1, "check_in": 2, "digest": 3}  # who waits for whom (R6)
MOST_DOUBTS = 60  # outcomes that nobody knew, of one message, one at each lease: an hour; then a person must look
BELONGS = text("after_id IS NOT NULL")  # most rows belong to no other: an index of them would lead to all of them
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class Outbox(SQLModel, table=True):
    """One call to Slack.

    `target` is a channel id or a user id (a direct message). `after_id` names a message of the outbox that must be sent
    first: a reply goes into its thread, an update or a deletion changes it. `payload` is JSON: text and blocks.
    `not_before` and `leased_until` are real time. `channel_id` and `message_ts` are Slack's answer.

    A row is `sending` from the claim until its outcome is known. Where nobody can know (no answer, a broken one, the
    app was killed) it stays `sending` until the lease ends, and is then looked for in Slack's history by its
    `wire_key`, from `first_tried_at` (the product's time) on. `doubts` counts such outcomes.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "dedupe_key"),
        UniqueConstraint("wire_key"),
        CheckConstraint(f"state IN {STATES!r}", name="outbox_state"),
        CheckConstraint(f"method IN {METHODS!r}", name="outbox_method"),
        Index("outbox_due", "team_id", "state", "lane", "id"),
        Index("outbox_by_before", "team_id", "after_id", sqlite_where=BELONGS, postgresql_where=BELONGS),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    dedupe_key: str
    method: str = POST
    target: str
    after_id: int | None = Field(default=None, foreign_key="outbox.id")
    payload: str
    lane: int
    state: str = "pending"
    wire_key: str
    attempts: int = 0
    doubts: int = 0
    created_at: datetime
    first_tried_at: datetime | None = None
    not_before: datetime
    leased_until: datetime | None = None
    channel_id: str | None = None
    message_ts: str | None = None
    reason: str | None = None


def enqueue(
    session: Session,
    *,
    team_id: str,
    key: str,
    target: str,
    message: dict[str, Any],
    now: datetime,
    lane: str = "answer",
    method: str = POST,
    after_id: int | None = None,
) -> Outbox:
    """Say `message` (text and blocks) in `target` once; the same `key` a second time is the first one again."""
    known = find_message(session, team_id=team_id, key=key)
    if known is not None:
        return known
    row = Outbox(
        team_id=team_id,
        dedupe_key=key,
        method=method,
        target=target,
        after_id=after_id,
        payload=json.dumps(message, ensure_ascii=False),
        lane=LANES[lane],
        wire_key=secrets.token_urlsafe(15),
        created_at=now,
        not_before=AT_ONCE,
    )
    session.add(row)
    session.flush()
    leave_work(session, "outbox")
    return row


def get_message(session: Session, *, team_id: str, message_id: int) -> Outbox | None:
    """A row of this workspace, or None."""
    query = select(Outbox).where(Outbox.team_id == team_id, Outbox.id == message_id)
    return session.exec(query).first()


def find_message(session: Session, *, team_id: str, key: str) -> Outbox | None:
    """The row that was put in with this key, or None."""
    return session.exec(select(Outbox).where(Outbox.team_id == team_id, Outbox.dedupe_key == key)).first()


@dataclass(frozen=True)
class Claim:
    """A row that this sender, and no other, may work on until its lease ends.

    `is_doubtful`: it may have been sent already, so it must be looked for before it is posted once more. `before` is
    the message that it answers or changes.
    """

    row: Outbox
    is_doubtful: bool
    before: Outbox | None


def claim_next(
    session: Session,
    *,
    team_id: str,
    real_now: datetime,
    now: datetime,
    lease: timedelta,
    busy: frozenset[str] = frozenset(),
    paused: frozenset[str] = frozenset(),
) -> Claim | None:
    """Take the next row that is due, leaving out the targets in `busy` and the methods in `paused`.

    Answers to a person come before announcements before check-ins before digests. The claim must be committed before
    the call to Slack. A row that belongs to another (`after_id`) is due when that one's fate is known, and a change of
    a message when every earlier change of it is done: the last word stays the last. `real_now` rules leases, `now` is
    the product's time.
    """
    given = {"team": team_id, "real_now": real_now, "busy": list(busy), "paused": list(paused)}
    found = [one for query in (_LEFT, _NEXT) if (one := session.exec(query, params=given).first()) is not None]
    if not found:
        return None
    row: Outbox = min(found, key=lambda one: (one.lane, one.id))
    is_doubtful = row.state == "sending"
    row.state, row.leased_until, row.attempts = "sending", real_now + lease, row.attempts + 1
    row.first_tried_at = row.first_tried_at or now
    row.doubts += is_doubtful
    session.add(row)
    session.flush()
    before = get_message(session, team_id=team_id, message_id=row.after_id) if row.after_id else None
    return Claim(row, is_doubtful, before)


def is_any_open(session: Session, *, team_id: str) -> bool:
    """Whether a row is waiting or under way; if not, there is nothing to claim."""
    return session.exec(_OPEN, params={"team": team_id}).first() is not None


def _due(is_ready: ColumnElement[bool]) -> Any:
    team: Any = bindparam("team")
    parent = aliased(Outbox)
    is_open = select(parent.id).where(
        parent.team_id == team, parent.id == Outbox.after_id, col(parent.state).in_(("pending", "sending"))
    )
    older = aliased(Outbox)
    overtakes = select(older.id).where(
        older.team_id == team,
        col(older.id) < col(Outbox.id),
        older.target == Outbox.target,
        col(older.after_id).is_not_distinct_from(col(Outbox.after_id)),
        col(older.method) != POST,
        col(older.state).in_(("pending", "sending")),
    )
    return (
        select(Outbox)
        .where(Outbox.team_id == team, is_ready)
        .where(or_(col(Outbox.after_id).is_(None), ~is_open.exists()))
        .where(or_(col(Outbox.method) == POST, ~overtakes.exists()))
        .where(col(Outbox.target).not_in(bindparam("busy", expanding=True)))
        .where(col(Outbox.method).not_in(bindparam("paused", expanding=True)))
        .order_by(col(Outbox.lane), col(Outbox.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )


# Put together once: every sender asks again and again. Two queries, each of which an index answers in order: one for
# both would sort all that waits, each time.
_REAL_NOW: Any = bindparam("real_now")
_LEFT = _due(and_(col(Outbox.state) == "sending", col(Outbox.leased_until) < _REAL_NOW))
_NEXT = _due(and_(col(Outbox.state) == "pending", col(Outbox.not_before) <= _REAL_NOW))
_OPEN = (
    select(Outbox.id).where(Outbox.team_id == bindparam("team"), col(Outbox.state).in_(("pending", "sending"))).limit(1)
)


def extend_claim(session: Session, row: Outbox, *, leased_until: datetime) -> bool:
    """Hold the claim for longer, before a call that must not outlive it; False if the row is somebody else's by now."""
    change = update(Outbox).where(*_is_held(row))
    is_ours = bool(session.exec(change.values(leased_until=leased_until)).rowcount)
    if is_ours:
        row.leased_until = leased_until
    return is_ours


def record_sent(session: Session, row: Outbox, *, channel_id: str, message_ts: str) -> None:
    """Slack took it."""
    _settle(session, row, state="sent", channel_id=channel_id, message_ts=message_ts, reason=None)


def record_retry(session: Session, row: Outbox, *, not_before: datetime, reason: str) -> None:
    """Known not to be sent: once more at `not_before` (real time)."""
    _settle(session, row, state="pending", not_before=not_before, reason=reason)


def record_doubt(session: Session, row: Outbox, *, reason: str) -> None:
    """Nobody knows whether Slack took it: the lease runs on, and when it has ended a post is looked for.

    A change is then made once more: it may freely be repeated, but not overtaken by an earlier try of its own.
    """
    _settle(session, row, state="sending", reason=reason, leased_until=row.leased_until)


def record_failed(session: Session, row: Outbox, *, reason: str, uncertain: bool = False) -> None:
    """Slack refused it for good, or (`uncertain`) nobody can find out whether it was sent; neither is tried again."""
    _settle(session, row, state="uncertain" if uncertain else "failed", reason=reason)


def _settle(session: Session, row: Outbox, **values: Any) -> None:
    session.exec(update(Outbox).where(*_is_held(row)).values({"leased_until": None} | values))


def _is_held(row: Outbox) -> tuple[Any, ...]:
    # Only whoever holds the claim may say what became of it: `attempts` counts the claims.
    mine = (col(Outbox.team_id) == row.team_id, col(Outbox.id) == row.id)
    return (*mine, col(Outbox.state) == "sending", col(Outbox.attempts) == row.attempts)


def count_states(session: Session, *, team_id: str) -> dict[str, int]:
    """How many rows are in each state."""
    query = select(Outbox.state, func.count()).where(Outbox.team_id == team_id).group_by(Outbox.state)
    return dict(session.exec(query).all())
