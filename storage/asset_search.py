"""What people searched the library for, and whether they found it."""

from datetime import datetime, timedelta

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, delete, func, select

from bot.domain.asset_search import split_words
from bot.domain.digest_period import LOOK_BACK
from bot.domain.digest_searches import Missed
from bot.domain.safety import screen
from bot.domain.text import clean, clip

LONGEST = 80  # characters of what was searched for
KEPT_FOR = LOOK_BACK + timedelta(weeks=2)  # a digest looks back on a quarter; one that comes late, a little further
MOST_MISSED = 2_000  # searches without a find that one digest is made of, the newest


class AssetSearch(SQLModel, table=True):
    """One search: its `words` as they are compared, how many assets fitted (`found`); `held_for` as in feedback."""

    __table_args__ = (Index("asset_search_by_time", "team_id", "found", "created_at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    words: str
    found: int
    held_for: str | None = None
    created_at: datetime


def add_search(session: Session, *, team_id: str, user_id: str, words: str, found: int, now: datetime) -> bool:
    """Keep what somebody searched for and how many assets fitted; True if the safety screen holds the words.

    Signs and emoji alone are no search.
    """
    screening = screen(words)
    compared = clip(" ".join(split_words(clean(words))), LONGEST)
    if compared:
        held_for = ",".join(screening.labels) if screening.held else None
        session.add(
            AssetSearch(
                team_id=team_id, user_id=user_id, words=compared, found=found, held_for=held_for, created_at=now
            )
        )
        session.flush()
    return screening.held


def list_missed(session: Session, *, team_id: str, start: datetime, end: datetime) -> list[Missed]:
    """What was searched for in a period and not found, once a person; what is held is not among it."""
    row = AssetSearch
    latest = func.max(row.created_at)
    query = (
        select(row.words, row.user_id, latest)
        .where(row.team_id == team_id, row.found == 0, row.created_at >= start, row.created_at < end)
        .where(col(row.held_for).is_(None))
        .group_by(row.words, row.user_id)
        .order_by(latest.desc(), row.words, row.user_id)
        .limit(MOST_MISSED)
    )
    return [Missed(words, user_id) for words, user_id, _ in session.exec(query)]


def forget_searches(session: Session, *, team_id: str, now: datetime) -> int:
    """Delete the searches that no digest looks back on any more; gives their number."""
    old = delete(AssetSearch).where(col(AssetSearch.team_id) == team_id, col(AssetSearch.created_at) < now - KEPT_FOR)
    return int(session.exec(old).rowcount)


def has_old_searches(session: Session, *, team_id: str, now: datetime) -> bool:
    """Whether there are searches that no digest looks back on any more."""
    query = select(AssetSearch.id).where(AssetSearch.team_id == team_id, AssetSearch.created_at < now - KEPT_FOR)
    return session.exec(query.limit(1)).first() is not None
