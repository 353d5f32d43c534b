"""Away: until when people are not to be asked, by their Slack status or do-not-disturb, kept for a while."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from storage.turns import take_turn


class Away(SQLModel, table=True):
    """Until when somebody is away, by their Slack status or do-not-disturb, and when Slack was asked."""

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    until: datetime | None = None
    read_at: datetime


def list_away(
    session: Session, *, team_id: str, user_ids: Iterable[str], since: datetime
) -> dict[str, datetime | None]:
    """Until when people are away, of those about whom Slack was asked at `since` or later; None: they are there."""
    query = select(Away).where(Away.team_id == team_id, col(Away.user_id).in_(list(user_ids)), Away.read_at >= since)
    return {row.user_id: row.until for row in session.exec(query)}


def record_away(session: Session, *, team_id: str, until: Mapping[str, datetime | None], now: datetime) -> None:
    """Remember until when people are away."""
    take_turn(session, team_id=team_id, of="away")  # two senders may have asked Slack about the same people
    query = select(Away).where(Away.team_id == team_id, col(Away.user_id).in_(list(until)))
    known = {row.user_id: row for row in session.exec(query)}
    for user_id, when in until.items():
        row = known.get(user_id) or Away(team_id=team_id, user_id=user_id, read_at=now)
        row.until, row.read_at = when, now
        session.add(row)
    session.flush()
