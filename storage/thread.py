"""Captured threads: their messages, stored once, and their summary, made anew when they change (P7)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, col, delete, func, select, update

from bot.domain.summary import Summary
from bot.domain.thread import CAPTURED, STATES, Said, without
from storage import audit, jobs, summary_cache
from storage.db import run_statement

READ = "thread.read"  # the job that reads a thread
SUM = "thread.sum"  # the job that sums it up
READS_AT_ONCE = 3  # wishes to read one thread that may be under way in as many processes


class CapturedThread(SQLModel, table=True):
    """A thread that somebody sent to marketing; `root_ts` names the message that began it.

    `round` counts how often it was captured after it had been taken back: each time people are told anew. `version`
    rises with every change of what may be read in it; `summary` (JSON) is of `summed_version`. `read_at` is real time.
    `unread` counts the messages beyond the most that are kept. `ended_by` has taken it back. What was taken back or
    deleted keeps its row and has no messages and no summary any more.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "channel_id", "root_ts"),
        CheckConstraint(f"state IN {STATES!r}", name="captured_thread_state"),
        Index("captured_thread_by_time", "team_id", "state", "captured_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str
    root_ts: str
    channel_name: str = ""
    is_private: bool = False
    author_id: str = ""
    link: str | None = None
    state: str = CAPTURED
    ended_by: str = ""
    round: int = 1
    version: int = 0
    unread: int = 0
    summary: str | None = None
    summed_version: int | None = None
    captured_at: datetime
    changed_at: datetime
    read_at: datetime | None = None


class ThreadMessage(SQLModel, table=True):
    """One message of a captured thread, as `bot.domain.thread.Said` describes it."""

    __table_args__ = (UniqueConstraint("team_id", "thread_id", "ts"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    thread_id: int = Field(foreign_key="capturedthread.id")
    ts: str
    user_id: str
    name: str = ""
    text: str = ""
    files: int = 0
    held_for: str | None = None


class ThreadSilence(SQLModel, table=True):
    """Somebody who has taken their words out of a captured thread: their messages are counted and not kept."""

    team_id: str = Field(primary_key=True)
    thread_id: int = Field(primary_key=True, foreign_key="capturedthread.id")
    user_id: str = Field(primary_key=True)
    since: datetime


_CAPTURED = select(CapturedThread.id).where(
    CapturedThread.team_id == bindparam("team"),
    CapturedThread.channel_id == bindparam("channel"),
    CapturedThread.root_ts == bindparam("root"),
    CapturedThread.state == CAPTURED,
)


def find_captured(session: Session, *, team_id: str, channel_id: str, root_ts: str) -> int | None:
    """The id of the thread, if it is captured and nobody has taken it back."""
    found: int | None = run_statement(session, _CAPTURED, team=team_id, channel=channel_id, root=root_ts).scalar()
    return found


def get_thread(session: Session, *, team_id: str, thread_id: int, lock: bool = False) -> CapturedThread | None:
    """A captured thread of this workspace, or None; with `lock` nobody else changes it in the meantime."""
    query = select(CapturedThread).where(CapturedThread.team_id == team_id, CapturedThread.id == thread_id)
    query = query.execution_options(populate_existing=True)
    return session.exec(query.with_for_update() if lock else query).first()


def add_thread(session: Session, *, team_id: str, channel_id: str, root_ts: str, now: datetime) -> CapturedThread:
    """The row of a thread, a new one if there is none; nobody else changes it in the meantime."""
    query = select(CapturedThread).where(
        CapturedThread.team_id == team_id, CapturedThread.channel_id == channel_id, CapturedThread.root_ts == root_ts
    )
    row = session.exec(query.with_for_update()).first()
    if row is None:
        row = CapturedThread(
            team_id=team_id, channel_id=channel_id, root_ts=root_ts, captured_at=now, changed_at=now
        )  # fmt: skip
        session.add(row)
        session.flush()
    return row


def list_lately(session: Session, *, team_id: str, since: datetime) -> list[CapturedThread]:
    """The captured threads in which something has changed since then, the latest first."""
    query = select(CapturedThread).where(CapturedThread.team_id == team_id, CapturedThread.state == CAPTURED)
    query = query.where(CapturedThread.changed_at >= since)
    return list(session.exec(query.order_by(col(CapturedThread.changed_at).desc(), col(CapturedThread.id))))


def count_lately(session: Session, *, team_id: str, since: datetime) -> int:
    """How many those are."""
    query = select(func.count()).select_from(CapturedThread).where(CapturedThread.team_id == team_id)
    query = query.where(CapturedThread.state == CAPTURED, CapturedThread.changed_at >= since)
    return int(session.exec(query).one())


def list_messages(session: Session, row: CapturedThread) -> list[ThreadMessage]:
    """All messages of a thread, in their order."""
    query = select(ThreadMessage).where(ThreadMessage.team_id == row.team_id, ThreadMessage.thread_id == row.id)
    return list(session.exec(query.order_by(ThreadMessage.ts)))


def list_readable(
    session: Session, row: CapturedThread, *, stamps: Collection[str] | None = None
) -> list[ThreadMessage]:
    """Those that may be read: not held, and not taken out by who wrote them; with `stamps` only these."""
    silent = list_silent(session, row)
    query = select(ThreadMessage).where(ThreadMessage.team_id == row.team_id, ThreadMessage.thread_id == row.id)
    query = query.where(col(ThreadMessage.held_for).is_(None))
    if stamps is not None:
        query = query.where(col(ThreadMessage.ts).in_(sorted(stamps)))
    return [one for one in session.exec(query.order_by(ThreadMessage.ts)) if one.user_id not in silent]


def list_silent(session: Session, row: CapturedThread) -> frozenset[str]:
    """Those who have taken their words out, by user id."""
    query = select(ThreadSilence.user_id).where(
        ThreadSilence.team_id == row.team_id, ThreadSilence.thread_id == row.id
    )  # fmt: skip
    return frozenset(session.exec(query))


def count_messages(session: Session, row: CapturedThread) -> list[tuple[str, bool, int]]:
    """How many messages of a thread each person has written, those on hold apart; an app's are nobody's ("")."""
    is_held = col(ThreadMessage.held_for).is_not(None)
    query = select(ThreadMessage.user_id, is_held, func.count())
    query = query.where(ThreadMessage.team_id == row.team_id, ThreadMessage.thread_id == row.id)
    counted = session.exec(query.group_by(col(ThreadMessage.user_id), is_held)).all()
    return [(user_id, bool(held), int(number)) for user_id, held, number in counted]


def record_read(session: Session, row: CapturedThread, said: Iterable[Said], *, now: datetime) -> bool:
    """Let the rows be what stands in Slack: what is new is added, what differs changed, what is gone deleted.

    Words of those who took them out are not kept. True if anything has changed.
    """
    silent, added = list_silent(session, row), False
    known = {one.ts: one for one in list_messages(session, row)}
    gone = set(known)
    for one in said:
        is_out = one.user_id in silent
        values: dict[str, Any] = {
            "user_id": one.user_id,
            "name": one.name,
            "text": "" if is_out else one.text,
            "files": one.files,
            "held_for": None if is_out else one.held_for or None,
        }
        message = known.pop(one.ts, None)
        if message is None:
            message, added = ThreadMessage(team_id=row.team_id, thread_id=row.id or 0, ts=one.ts, **values), True
        elif all(getattr(message, name) == value for name, value in values.items()):
            gone.discard(one.ts)
            continue
        else:
            for name, value in values.items():
                setattr(message, name, value)
        session.add(message)
    for left in known.values():
        session.delete(left)
    if added or gone:
        _change(session, row, gone=gone, now=now)
    return added or bool(gone)


def record_silence(session: Session, row: CapturedThread, *, user_id: str, now: datetime) -> None:
    """Take somebody's words out of a thread, and what rests on them out of its summary, at once."""
    if user_id in list_silent(session, row):
        return
    session.add(ThreadSilence(team_id=row.team_id, thread_id=row.id or 0, user_id=user_id, since=now))
    gone = {one.ts for one in list_messages(session, row) if one.user_id == user_id}
    own = (col(ThreadMessage.team_id) == row.team_id, col(ThreadMessage.thread_id) == row.id)
    session.exec(
        update(ThreadMessage)
        .where(*own, col(ThreadMessage.user_id) == user_id)
        .values(text="", held_for=None)
        .execution_options(synchronize_session="fetch")
    )
    _change(session, row, gone=gone, now=now)


def forget_silence(session: Session, row: CapturedThread, *, user_id: str) -> None:
    """Somebody's words may be read again; the next reading brings them back."""
    own = (col(ThreadSilence.team_id) == row.team_id, col(ThreadSilence.thread_id) == row.id)
    session.exec(delete(ThreadSilence).where(*own, col(ThreadSilence.user_id) == user_id))


def record_end(session: Session, row: CapturedThread, *, state: str, now: datetime, by: str = "") -> None:
    """The thread is taken back (`by` whom) or gone: its messages and its summary are deleted."""
    session.exec(
        delete(ThreadMessage).where(col(ThreadMessage.team_id) == row.team_id, col(ThreadMessage.thread_id) == row.id)
    )
    row.state, row.ended_by, row.summary, row.summed_version, row.unread = state, by, None, None, 0
    row.version, row.changed_at, row.read_at = row.version + 1, now, None
    summary_cache.forget_summaries(session, team_id=row.team_id)
    session.add(row)
    session.flush()
    audit.record(session, team_id=row.team_id, by=by, deed=f"thread.{state}", subject=f"thread {row.id}", now=now)


def record_captured(
    session: Session, row: CapturedThread, *, channel_name: str, is_private: bool, now: datetime
) -> bool:
    """The thread is captured; True if it had been taken back before."""
    if is_anew := row.state != CAPTURED:
        row.round, row.captured_at = row.round + 1, now
    row.state, row.ended_by, row.changed_at = CAPTURED, "", now
    row.channel_name, row.is_private = channel_name, is_private
    session.add(row)
    session.flush()
    return is_anew


def record_summary(session: Session, row: CapturedThread, *, summary: Summary, version: int) -> None:
    """Keep the summary of the thread as it was at a version."""
    row.summary, row.summed_version = summary.to_json(), version
    session.add(row)
    session.flush()


def ask_to_read(session: Session, row: CapturedThread, *, real_now: datetime, wait: float = 0) -> None:
    """Have the thread read again in `wait` seconds; several wishes at once are one.

    A reading that is under way may have looked too early: then another one follows it.
    """
    key = f"{READ}:{row.id}:{row.round}:{'soon' if wait else 'now'}"
    payload, at = {"thread_id": row.id}, real_now + timedelta(seconds=wait)
    for number in range(READS_AT_ONCE):
        if jobs.add_job(
            session, team_id=row.team_id, kind=READ, key=f"{key}:{number}", payload=payload, now=at, again=True
        ):
            return


def ask_to_sum(session: Session, row: CapturedThread, *, real_now: datetime) -> None:
    """Have the thread summed up as it is now."""
    payload = {"thread_id": row.id, "version": row.version}
    key = f"{SUM}:{row.id}:{row.version}"
    jobs.add_job(session, team_id=row.team_id, kind=SUM, key=key, payload=payload, now=real_now)


def count_captured(session: Session, *, team_id: str, start: datetime, end: datetime) -> int:
    """How many threads were captured in a period, and are still."""
    query = select(func.count()).select_from(CapturedThread).where(CapturedThread.team_id == team_id)
    query = query.where(CapturedThread.state == CAPTURED, CapturedThread.captured_at >= start)
    return int(session.exec(query.where(CapturedThread.captured_at < end)).one())


def _change(session: Session, row: CapturedThread, *, gone: Collection[str], now: datetime) -> None:
    row.version, row.changed_at = row.version + 1, now
    if gone:
        summary_cache.forget_summaries(session, team_id=row.team_id)
    if row.summary and gone:
        row.summary = without(Summary.from_json(row.summary), gone).to_json()
    session.add(row)
    session.flush()
