"""Jobs: reads from Slack and other slow work, saved with the event that asks for it and done afterwards."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from storage.db import leave_work, run_statement

STATES = ("pending", "running", "done", "failed")
ENDED = ("done", "failed")
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=5)  # between two tries
KEPT_FOR = timedelta(days=3)


class Job(SQLModel, table=True):
    """One piece of work; `kind` names the function in `handlers.JOBS`, `payload` is JSON. All times are real time."""

    __table_args__ = (
        UniqueConstraint("team_id", "dedupe_key"),
        CheckConstraint(f"state IN {STATES!r}", name="job_state"),
        Index("job_due", "team_id", "state", "not_before"),
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
    state = find_state(session, team_id=team_id, key=key)
    if state is not None and not (again and state in ENDED):
        return state != "running"
    leave_work(session, "jobs")
    given = {"team": team_id, "key": key, "what": json.dumps(payload), "due": now}
    if state is None:
        run_statement(session, _NEW[session.get_bind().dialect.name], **given, function=kind)
    else:
        run_statement(session, _ANEW, **given)
    return True


def find_state(session: Session, *, team_id: str, key: str) -> str | None:
    """How far the job of this key is, None if there is none."""
    state: str | None = run_statement(session, _STATE, team=team_id, key=key).scalar()
    return state


_SAME: Any = (Job.team_id == bindparam("team"), Job.dedupe_key == bindparam("key"))
_STATE = select(Job.state).where(*_SAME)
_PENDING = {"payload": bindparam("what"), "state": "pending", "attempts": 0, "not_before": bindparam("due")}
_ANEW = update(Job).where(*_SAME, col(Job.state).in_(ENDED)).values(_PENDING)
_NEW = {  # nothing if another process asks for it at this moment
    engine.name: insert(Job)
    .values(_PENDING | {"team_id": bindparam("team"), "dedupe_key": bindparam("key"), "kind": bindparam("function")})
    .on_conflict_do_nothing()
    for engine, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
}


_TEAM: Any = bindparam("team")
_NOW: Any = bindparam("now")
_OPEN = select(Job.id).where(Job.team_id == _TEAM, col(Job.state).in_(("pending", "running"))).limit(1)
# Two queries, each of which an index answers at once: one for both would sort all that waits, each time.
_LEFT, _NEXT = (
    select(Job).where(Job.team_id == _TEAM, Job.state == state, at <= _NOW).order_by(at, col(Job.id)).limit(1)
    .with_for_update(skip_locked=True)
    for state, at in (("running", col(Job.leased_until)), ("pending", col(Job.not_before)))
)  # fmt: skip


def is_any_open(session: Session, *, team_id: str) -> bool:
    """Whether a job is waiting or under way; if not, there is nothing to claim."""
    return run_statement(session, _OPEN, team=team_id).first() is not None


def claim_job(session: Session, *, team_id: str, now: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take one whose worker died, nobody's any more because its `lease` has ended, or else the next that is due.

    Jobs may safely run twice.
    """
    given = {"team": team_id, "now": now}
    job = session.exec(_LEFT, params=given).first() or session.exec(_NEXT, params=given).first()
    if job is not None:
        job.state, job.leased_until, job.attempts = "running", now + lease, job.attempts + 1
        session.add(job)
        session.flush()
    return job


def record_job(
    session: Session, job: Job, *, state: str, now: datetime, reason: str | None = None, wait: timedelta | None = None
) -> None:
    """What became of a job: `done`, `failed`, or `pending` once more, later each time.

    With `wait` Slack asked for patience: it comes after that, and the try does not count. Whoever has lost the job to
    another worker meanwhile changes nothing.
    """
    values: dict[str, Any] = {"state": state, "reason": reason, "leased_until": None}
    if state == "pending":
        values["not_before"] = now + (wait or min(timedelta(seconds=2**job.attempts), LONGEST_WAIT))
        values["attempts"] = job.attempts - (wait is not None)
    mine = (col(Job.team_id) == job.team_id, col(Job.id) == job.id, col(Job.attempts) == job.attempts)
    session.exec(
        update(Job)
        .where(*mine, col(Job.state) == "running")
        .values(values)
        .execution_options(synchronize_session="fetch")
    )


def forget_jobs(session: Session, *, team_id: str, now: datetime) -> None:
    """Delete finished jobs after a while."""
    session.exec(
        delete(Job).where(
            col(Job.team_id) == team_id,
            col(Job.state).in_(ENDED),
            col(Job.not_before) < now - KEPT_FOR,
        )
    )
