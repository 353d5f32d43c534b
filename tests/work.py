"""Looks into the database from outside: is there work left?"""

from sqlmodel import col, func, select

from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox


def is_idle(db: Database) -> bool:
    """Nothing waits to be sent or to be done."""
    with db.read() as session:
        messages = session.exec(
            select(func.count()).select_from(Outbox).where(col(Outbox.state).in_(("pending", "sending")))
        ).one()
        work = session.exec(
            select(func.count()).select_from(Job).where(col(Job.state).in_(("pending", "running")))
        ).one()
    return messages + work == 0
