"""Assets and their versions, and where they were announced."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Asset(SQLModel, table=True):
    """A piece of marketing, known by the review system's document number; `reference_key` is it without case."""

    __table_args__ = (UniqueConstraint("team_id", "reference_key"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    reference: str
    reference_key: str
    created_at: datetime


class AssetVersion(SQLModel, table=True):
    """One reviewed and released text of an asset. `expires_on` is the last day it may be used; `aliases` is JSON.

    `number` orders the versions of an asset; `superseded_at` is when a higher one was released.
    """

    __table_args__ = (
        UniqueConstraint("asset_id", "version"),
        CheckConstraint("review_days IS NULL OR review_days >= 0", name="asset_version_review_days"),
        Index("asset_version_owner", "team_id", "owner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_id: int = Field(foreign_key="asset.id")
    version: str
    number: int
    title: str
    kind: str
    link: str = ""
    owner_id: str
    audience: str = ""
    product_line: str = ""
    funnel_stage: str = ""
    review_days: int | None = None
    released_at: datetime | None = None
    expires_on: date | None = None
    superseded_at: datetime | None = None
    retired_at: datetime | None = None
    aliases: str = "[]"
    created_at: datetime
    created_by: str = ""


class Announcement(SQLModel, table=True):
    """A release told in a channel; the message itself is the outbox row."""

    __table_args__ = (UniqueConstraint("asset_version_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_version_id: int = Field(foreign_key="assetversion.id")
    channel_id: str
    outbox_id: int = Field(foreign_key="outbox.id")
    created_at: datetime
