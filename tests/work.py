"""Looks into the database from outside: is there work left? And does a sender's part of it by hand."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from storage.db import Database
from storage.outbox import Claim, claim_next
from tests.watch import OTHER_TEAM

_WORK = text(  # at one moment: what a job leaves to be sent is there when it is done
    "SELECT (SELECT count(*) FROM job WHERE state IN ('pending', 'running') AND team_id <> :other)"
    " + (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending') AND team_id <> :other)"
)


def is_idle(db: Database) -> bool:
    """Nothing waits to be sent or to be done in our workspace; the other one's app is not running."""
    with db.engine.connect() as connection:
        return not connection.execute(_WORK, {"other": OTHER_TEAM}).scalar_one()


def claim_message(session: Session, *, team_id: str) -> Claim:
    """Claim the next message that is due, as a sender does; there must be one."""
    now = datetime.now(UTC)
    claim = claim_next(session, team_id=team_id, real_now=now, now=now, lease=timedelta(seconds=75))
    assert claim is not None
    return claim
