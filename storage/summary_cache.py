"""Summaries that a language model has made, kept for a while by the content of what was summed up."""

from datetime import datetime, timedelta

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, delete

KEPT_FOR = timedelta(days=7)


class SummaryCache(SQLModel, table=True):
    """One verified summary (JSON); the key is a hash of the messages, the prompt and the model."""

    __table_args__ = (Index("summary_cache_by_time", "team_id", "made_at"),)

    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    summary: str
    made_at: datetime


def get_summary(session: Session, *, team_id: str, key: str, now: datetime) -> str | None:
    """The summary of that content, if it was made lately."""
    row = session.get(SummaryCache, (team_id, key))
    return row.summary if row and row.made_at > now - KEPT_FOR else None


def keep_summary(session: Session, *, team_id: str, key: str, summary: str, now: datetime) -> None:
    """Keep one; those that are old go."""
    old = col(SummaryCache.made_at) <= now - KEPT_FOR
    session.execute(delete(SummaryCache).where(col(SummaryCache.team_id) == team_id, old))
    session.merge(SummaryCache(team_id=team_id, key=key, summary=summary, made_at=now))
    session.flush()


def forget_summaries(session: Session, *, team_id: str) -> None:
    """Forget them all: somebody has taken words back, and nothing says which summaries rest on them."""
    session.execute(delete(SummaryCache).where(col(SummaryCache.team_id) == team_id))
