"""Jobs: reads from Slack and other slow work, saved with the event that asks for it and done afterwards."""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, and_, col, delete, select

from storage.db import leave_work

STATES = ("pending", "running", "done", "failed")
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=5)  # between two tries
KEPT_FOR = timedelta(days=3)


class Job(SQLModel, table=True):
    """One piece of work; `kind` names the function in `handlers.JOBS`, `payload` is JSON. All times are real time."""

    __table_args__ = (
        UniqueConstraint("team_id", "dedupe_key"),
        CheckConstraint(f"state IN {STATES!r}", name="job_state"),
        Index("job_due", "state", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    dedupe_key: str
    kind: str
    payload: str
    state: str = "pending"
    attempts: int = 0
    not_before: datetime
    leased_until: datetime | None = None
    reason: str | None = None


def add_job(
    session: Session, *, team_id: str, kind: str, key: str, payload: dict[str, Any], now: datetime, again: bool = False
) -> bool:
    """Ask for a piece of work once; with `again` a job of the same key that is done runs anew. `now` is real time.

    False if that job is under way: it may have looked before what is to be done now was there.
    """
    known = session.exec(select(Job).where(Job.team_id == team_id, Job.dedupe_key == key)).first()
    if known is not None and not (again and known.state in ("done", "failed")):
        return known.state != "running"
    leave_work(session, "jobs")
    if known is None:
        with suppress(IntegrityError), session.begin_nested():  # another process asks for it at this moment
            session.add(Job(team_id=team_id, dedupe_key=key, kind=kind, payload=json.dumps(payload), not_before=now))
        return True
    known.payload, known.state, known.attempts, known.not_before = json.dumps(payload), "pending", 0, now
    session.add(known)
    session.flush()
    return True


def is_any_open(session: Session, *, team_id: str) -> bool:
    """Whether a job is waiting or under way; if not, there is nothing to claim."""
    query = select(Job.id).where(Job.team_id == team_id, col(Job.state).in_(("pending", "running"))).limit(1)
    return session.exec(query).first() is not None


def claim_job(session: Session, *, team_id: str, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take the next job that is due, or one whose worker died: it is nobody's any more when its `lease` has ended.

    Jobs may safely run twice.
    """
    query = (
        select(Job)
        .where(Job.team_id == team_id)
        .where(
            or_(
                and_(col(Job.state) == "pending", col(Job.not_before) <= now),
                and_(col(Job.state) == "running", col(Job.leased_until) < now),
            )
        )
        .order_by(col(Job.not_before), col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.exec(query).first()
    if job is not None:
        job.state, job.leased_until, job.attempts = "running", now + lease, job.attempts + 1
        session.add(job)
        session.flush()
    return job


def record_job(
    session: Session, job: Job, *, state: str, now: datetime, reason: str | None = None, wait: timedelta | None = None
) -> None:
    """What became of a job: `done`, `failed`, or `pending` once more, later each time.

    With `wait` Slack asked for patience: it comes after that, and the try does not count.
    """
    job.state, job.reason, job.leased_until = state, reason, None
    if state == "pending":
        job.not_before = now + (wait or min(timedelta(seconds=2**job.attempts), LONGEST_WAIT))
        job.attempts -= wait is not None
    session.add(job)


def forget_jobs(session: Session, *, team_id: str, now: datetime) -> None:
    """Delete finished jobs after a while."""
    session.exec(
        delete(Job).where(
            col(Job.team_id) == team_id,
            col(Job.state).in_(("done", "failed")),
            col(Job.not_before) < now - KEPT_FOR,
        )
    )
