"""Erasure in captured threads: a person's messages, sendings and silences, and what rests on them in summaries."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from bot.domain.thread import CAPTURED, RELEASED
from storage import thread
from storage.thread import CapturedThread, ThreadMessage, ThreadSilence
from storage.thread_capture import Capture, list_captures, take_captures, take_captures_back


def forget_threads(session: Session, gone: Counter[str], *, team_id: str, user_id: str, now: datetime) -> list[int]:
    """Take a person's words and sendings out of all threads; gives the ids of the threads that say less now.

    A thread that nobody else has sent is let go, as when its sender takes it back.
    """
    take_captures(session, team_id=team_id)
    touched = _touched(session, team_id, user_id)
    for thread_id in touched:
        row = thread.get_thread(session, team_id=team_id, thread_id=thread_id, lock=True)
        if row is None:
            continue
        thread.record_silence(session, row, user_id=user_id, now=now)
        take_captures_back(session, row, now=now, user_id=user_id)
        if row.state == CAPTURED and not list_captures(session, row):
            thread.record_end(session, row, state=RELEASED, now=now)
        elif row.state == CAPTURED:
            thread.ask_to_sum(session, row, real_now=datetime.now(UTC))
    session.flush()
    for table in (ThreadMessage, ThreadSilence):
        mine = (col(table.team_id) == team_id, col(table.user_id) == user_id)
        gone[table.__tablename__] += session.execute(delete(table).where(*mine)).rowcount  # type: ignore[attr-defined,index]
    gone["capture"] += session.execute(  # type: ignore[attr-defined]
        delete(Capture).where(col(Capture.team_id) == team_id, col(Capture.user_id) == user_id)
    ).rowcount
    for named in (CapturedThread, Capture):
        here = (col(named.team_id) == team_id, col(named.author_id) == user_id)
        session.execute(update(named).where(*here).values(author_id=""))
    session.expire_all()
    return touched


def _touched(session: Session, team_id: str, user_id: str) -> list[int]:
    wrote = select(col(ThreadMessage.thread_id)).where(
        col(ThreadMessage.team_id) == team_id, col(ThreadMessage.user_id) == user_id
    )
    sent = select(col(Capture.thread_id)).where(col(Capture.team_id) == team_id, col(Capture.user_id) == user_id)
    silent = select(col(ThreadSilence.thread_id)).where(
        col(ThreadSilence.team_id) == team_id, col(ThreadSilence.user_id) == user_id
    )
    ids = col(CapturedThread.id)
    mine = or_(ids.in_(wrote), ids.in_(sent), ids.in_(silent), col(CapturedThread.author_id) == user_id)
    query = select(ids).where(col(CapturedThread.team_id) == team_id, mine)
    return [found for found in session.execute(query.order_by(ids)).scalars() if found is not None]
