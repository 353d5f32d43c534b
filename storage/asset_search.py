"""What people searched the library for, and whether they found it."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


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
