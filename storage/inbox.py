"""The inbox: every delivery from Slack is taken once (R2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, bindparam, insert
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.db import run_statement

KEPT_FOR = timedelta(days=3)  # Slack's last retry comes after 5 minutes; three days also cover a long outage


class Inbox(SQLModel, table=True):
    """A delivery that was taken, and what was answered (JSON), so that a second copy gets the same answer."""

    __table_args__ = (Index("inbox_by_time", "team_id", "received_at"),)

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime
    answer: str | None = None


@dataclass(frozen=True)
class Delivery:
    """A delivery that was taken before, with its answer (JSON)."""

    answer: str | None


_KNOWN = select(Inbox.answer).where(Inbox.team_id == bindparam("team"), Inbox.key == bindparam("key"))
_TAKEN = insert(Inbox)


def get_delivery(session: Session, *, team_id: str, key: str) -> Delivery | None:
    """The delivery if it was taken before, else None."""
    row = run_statement(session, _KNOWN, team=team_id, key=key).first()
    return Delivery(row[0]) if row else None


def add_delivery(session: Session, *, team_id: str, key: str, answer: str, now: datetime) -> None:
    """Take a delivery. Two copies at the same moment meet at the unique key: one of them raises IntegrityError."""
    run_statement(session, _TAKEN, team_id=team_id, key=key, received_at=now, answer=answer)


def forget_deliveries(session: Session, *, team_id: str, now: datetime) -> None:
    """Delete what is too old to be delivered again; `now` is real time."""
    session.exec(delete(Inbox).where(col(Inbox.team_id) == team_id, col(Inbox.received_at) < now - KEPT_FOR))
