"""The outbox: what is to be said in Slack, saved with the change that says it and sent afterwards (R3)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, or_
from sqlmodel import Field, Session, SQLModel, col, func, select, update

STATES = ("pending", "sending", "sent", "failed", "uncertain")
METHODS = ("chat.postMessage", "chat.update", "chat.delete")
LANES = {"answer": 0, "announcement": 1, "digest": 2}  # who waits for whom (R6)
LEASE = timedelta(seconds=60)
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class Outbox(SQLModel, table=True):
    """One call to Slack.

    `target` is a channel id or a user id (a direct message). `after_id` names a message of the outbox that must be sent
    first: a reply goes into its thread, an update or a deletion changes it. `payload` is JSON: text and blocks.
    `not_before` and `leased_until` are real time. `channel_id` and `message_ts` are Slack's answer.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "dedupe_key"),
        CheckConstraint(f"state IN {STATES!r}", name="outbox_state"),
        CheckConstraint(f"method IN {METHODS!r}", name="outbox_method"),
        Index("outbox_due", "state", "lane", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    dedupe_key: str
    method: str = "chat.postMessage"
    target: str
    after_id: int | None = Field(default=None, foreign_key="outbox.id")
    payload: str
    lane: int
    state: str = "pending"
    attempts: int = 0
    created_at: datetime
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
    method: str = "chat.postMessage",
    after_id: int | None = None,
) -> Outbox:
    """Say `message` (text and blocks) in `target` once; the same `key` a second time is the first one again."""
    query = select(Outbox).where(Outbox.team_id == team_id, Outbox.dedupe_key == key)
    known = session.exec(query).first()
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
        created_at=now,
        not_before=AT_ONCE,
    )
    session.add(row)
    session.flush()
    return row


def get_message(session: Session, *, team_id: str, message_id: int) -> Outbox | None:
    """A row of this workspace, or None."""
    query = select(Outbox).where(Outbox.team_id == team_id, Outbox.id == message_id)
    return session.exec(query).first()


def claim_next(session: Session, *, team_id: str, now: datetime, busy: frozenset[str]) -> Outbox | None:
    """Take the next row that is due, leaving out the targets in `busy`.

    The lease is committed before the call to Slack. A row that waits for another (`after_id`) is due when that one's
    fate is known. `now` is real time.
    """
    parent = select(Outbox.id).where(col(Outbox.state).in_(("sent", "failed", "uncertain")))
    query = (
        select(Outbox)
        .where(Outbox.team_id == team_id, Outbox.state == "pending", Outbox.not_before <= now)
        .where(or_(col(Outbox.after_id).is_(None), col(Outbox.after_id).in_(parent)))
        .order_by(col(Outbox.lane), col(Outbox.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if busy:
        query = query.where(col(Outbox.target).not_in(busy))
    row = session.exec(query).first()
    if row is not None:
        row.state, row.leased_until, row.attempts = "sending", now + LEASE, row.attempts + 1
        session.add(row)
        session.flush()
    return row


def find_next_due(session: Session, *, team_id: str) -> datetime | None:
    """When the next pending row may be sent (real time), or None if nothing waits."""
    query = select(func.min(Outbox.not_before)).where(Outbox.team_id == team_id, Outbox.state == "pending")
    return session.exec(query).one()


def record_sent(session: Session, row: Outbox, *, channel_id: str, message_ts: str) -> None:
    """Slack took it."""
    row.state, row.channel_id, row.message_ts, row.leased_until = "sent", channel_id, message_ts, None
    session.add(row)


def record_retry(session: Session, row: Outbox, *, not_before: datetime, reason: str) -> None:
    """Known not to be sent: once more at `not_before` (real time)."""
    row.state, row.not_before, row.reason, row.leased_until = "pending", not_before, reason, None
    session.add(row)


def record_failed(session: Session, row: Outbox, *, reason: str, uncertain: bool = False) -> None:
    """Slack refused it for good, or (`uncertain`) nobody can know whether it was sent; neither is tried again."""
    row.state, row.reason, row.leased_until = ("uncertain" if uncertain else "failed"), reason, None
    session.add(row)


def release_leases(session: Session, *, team_id: str, now: datetime) -> int:
    """Rows whose sender died in the middle of the call become `uncertain`; gives their number. `now` is real time."""
    result = session.exec(
        update(Outbox)
        .where(col(Outbox.team_id) == team_id, col(Outbox.state) == "sending", col(Outbox.leased_until) < now)
        .values(state="uncertain", reason="the app stopped while it was sending", leased_until=None)
    )
    return int(result.rowcount)


def count_states(session: Session, *, team_id: str) -> dict[str, int]:
    """How many rows are in each state."""
    query = select(Outbox.state, func.count()).where(Outbox.team_id == team_id).group_by(Outbox.state)
    return dict(session.exec(query).all())
