"""Captures: who has sent a thread to marketing, by which message of it, and how."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select, update

from storage import jobs
from storage.outbox import AT_ONCE
from storage.thread import CapturedThread
from storage.turns import take_turn

CAPTURE = "thread.capture"  # the job that finds out what was sent and whether it may be
WAYS = ("reaction", "shortcut", "button")


class Capture(SQLModel, table=True):
    """One person's sending of the thread of one message; of several events the one with the latest `event_ts` counts.

    `thread_id` is empty until the thread is found. `author_id` wrote the message, where a person did.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "channel_id", "message_ts", "user_id"),
        CheckConstraint(f"way IN {WAYS!r}", name="capture_way"),
        Index("capture_by_thread", "team_id", "thread_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str
    message_ts: str
    user_id: str
    way: str
    event_ts: str
    is_present: bool
    thread_id: int | None = Field(default=None, foreign_key="capturedthread.id")
    author_id: str = ""
    changed_at: datetime


def record_capture(
    session: Session,
    *,
    team_id: str,
    place: tuple[str, str],
    user_id: str,
    way: str,
    event_ts: str,
    is_present: bool,
    now: datetime,
) -> None:
    """Somebody sends the thread of a message (`place`: channel and ts) to marketing, or takes that back.

    An older event than the one known changes nothing; what is no event (`event_ts` is empty) is done now and counts.
    A job finds out the rest.
    """
    take_captures(session, team_id=team_id)  # the job that finds nothing to capture deletes the row
    channel_id, ts = place
    query = select(Capture).where(
        Capture.team_id == team_id,
        Capture.channel_id == channel_id,
        Capture.message_ts == ts,
        Capture.user_id == user_id,
    )
    row = session.exec(query).first() or Capture(
        team_id=team_id, channel_id=channel_id, message_ts=ts, user_id=user_id,
        way=way, event_ts="", is_present=is_present, changed_at=now,
    )  # fmt: skip
    is_later = (len(event_ts), event_ts) > (len(row.event_ts), row.event_ts)
    if is_later or not event_ts:
        event_ts = event_ts or max(f"{now.timestamp():.6f}", row.event_ts)
        row.event_ts, row.is_present, row.changed_at = event_ts, is_present, now
        row.way = way if is_present else row.way
    session.add(row)
    session.flush()
    # A job for each event: one that is under way may have looked before this event came.
    key = f"{CAPTURE}:{row.id}:{event_ts}"
    payload = {"capture_id": row.id}
    jobs.add_job(session, team_id=team_id, kind=CAPTURE, key=key, payload=payload, now=AT_ONCE, again=True)


def send_thread(
    session: Session, *, team_id: str, place: tuple[str, str], user_id: str, way: str, now: datetime
) -> None:
    """Somebody sends the thread of a message to marketing, in a form or with a button."""
    record_capture(
        session, team_id=team_id, place=place, user_id=user_id, way=way, event_ts="", is_present=True, now=now
    )  # fmt: skip


def take_captures(session: Session, *, team_id: str) -> None:
    """Wait until nobody else sends threads or takes them back; before a thread is locked: none waits for two."""
    take_turn(session, team_id=team_id, of="captures")


def get_capture(session: Session, *, team_id: str, capture_id: int, lock: bool = False) -> Capture | None:
    """A capture of this workspace, or None; with `lock` nobody else changes it in the meantime."""
    query = select(Capture).where(Capture.team_id == team_id, Capture.id == capture_id)
    query = query.execution_options(populate_existing=True)
    return session.exec(query.with_for_update() if lock else query).first()


def forget_capture(session: Session, row: Capture) -> None:
    """Nothing could be sent, so nothing of it is kept."""
    session.delete(row)
    session.flush()


def list_captures(session: Session, row: CapturedThread) -> list[Capture]:
    """The captures of a thread that stand, the first one first."""
    query = select(Capture).where(Capture.team_id == row.team_id, Capture.thread_id == row.id)
    return list(session.exec(query.where(col(Capture.is_present).is_(True)).order_by(col(Capture.id))))


def take_captures_back(session: Session, row: CapturedThread, *, now: datetime, user_id: str | None = None) -> None:
    """Nobody, or one person no longer, sends this thread to marketing."""
    of_it = (col(Capture.team_id) == row.team_id, col(Capture.thread_id) == row.id)
    change = update(Capture).where(*of_it, col(Capture.is_present).is_(True))
    if user_id is not None:
        change = change.where(col(Capture.user_id) == user_id)
    values = {"is_present": False, "changed_at": now}
    session.exec(change.values(values).execution_options(synchronize_session="fetch"))
