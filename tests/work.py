"""Looks into the database from outside: is there work left? And does a sender's part of it by hand."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select

from storage.db import Database
from storage.jobs import Job
from storage.outbox import Claim, Outbox, claim_next
from tests.watch import OTHER_TEAM


def is_idle(db: Database) -> bool:
    """Nothing waits to be sent or to be done in our workspace; the other one's app is not running.

    The work is counted first: what it leaves to be sent is there before it is done.
    """
    with db.read() as session:
        work = session.exec(
            select(func.count())
            .select_from(Job)
            .where(col(Job.state).in_(("pending", "running")), Job.team_id != OTHER_TEAM)
        ).one()
        messages = session.exec(
            select(func.count())
            .select_from(Outbox)
            .where(col(Outbox.state).in_(("pending", "sending")), Outbox.team_id != OTHER_TEAM)
        ).one()
    return messages + work == 0


def claim_message(session: Session, *, team_id: str) -> Claim:
    """Claim the next message that is due, as a sender does; there must be one."""
    now = datetime.now(UTC)
    claim = claim_next(session, team_id=team_id, real_now=now, now=now, lease=timedelta(seconds=75))
    assert claim is not None
    return claim
