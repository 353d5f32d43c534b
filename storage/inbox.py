"""The inbox: every delivery from Slack is taken once (R2)."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete

KEPT_FOR = timedelta(days=3)  # Slack's last retry comes after 5 minutes; three days also cover a long outage


class Inbox(SQLModel, table=True):
    """A delivery that was taken, and what was answered (JSON), so that a second copy gets the same answer."""

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime = Field(index=True)
    answer: str | None = None


def get_delivery(session: Session, *, team_id: str, key: str) -> Inbox | None:
    """The delivery if it was taken before, else None."""
    return session.get(Inbox, (team_id, key))


def add_delivery(session: Session, *, team_id: str, key: str, answer: str, now: datetime) -> None:
    """Take a delivery. Two copies at the same moment meet at the unique key: one of them raises IntegrityError."""
    session.add(Inbox(team_id=team_id, key=key, received_at=now, answer=answer))
    session.flush()


def forget_deliveries(session: Session, *, team_id: str, now: datetime) -> None:
    """Delete what is too old to be delivered again; `now` is real time."""
    session.exec(delete(Inbox).where(col(Inbox.team_id) == team_id, col(Inbox.received_at) < now - KEPT_FOR))
