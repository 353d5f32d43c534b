"""Feedback: what people said about assets, the owners' replies, and what was typed and not yet recorded."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

SOURCES = ("command", "form", "button", "shortcut", "reaction", "check_in")


class Feedback(SQLModel, table=True):
    """One thing that one person said about one asset version (or, before anybody knew which, about none).

    `situation`, `use`, `outcome` and `reaction` hold the words of `bot.domain.feedback`. `said` is what the customer
    said (or the remark), `missing` what was missing. `region` is the person's when they said it. `held_for` names,
    comma-separated, why the safety screen kept the texts back; held texts are in no message and no digest. `quoted_*` is
    the message that was sent to marketing. `reply_due_at` runs until `replied_at`. Withdrawn rows count nowhere.
    """

    __table_args__ = (
        UniqueConstraint("reaction_id", "asset_version_id"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="feedback_rating"),
        CheckConstraint(f"source IN {SOURCES!r}", name="feedback_source"),
        Index("feedback_by_time", "team_id", "created_at"),
        Index("feedback_by_person", "team_id", "user_id", "created_at"),
        Index("feedback_by_asset", "team_id", "asset_version_id", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    asset_version_id: int | None = Field(default=None, foreign_key="assetversion.id")
    source: str
    region: str = ""
    situation: str | None = None
    use: str | None = None
    rating: int | None = None
    outcome: str | None = None
    reaction: str | None = None
    reaction_id: int | None = Field(default=None, foreign_key="reaction.id")
    said: str = ""
    missing: str = ""
    wants_reply: bool = False
    held_for: str | None = None
    quoted_text: str = ""
    quoted_user_id: str | None = None
    channel_id: str | None = None
    message_ts: str | None = None
    created_at: datetime
    edited_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reply_due_at: datetime | None = None
    replied_at: datetime | None = None


class FeedbackReply(SQLModel, table=True):
    """What the asset's owner answered to a piece of feedback."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    user_id: str
    text: str
    held_for: str | None = None
    created_at: datetime


class Draft(SQLModel, table=True):
    """What somebody typed that could not be recorded yet, kept for the next try; JSON, deleted after a week."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    user_id: str
    payload: str
    created_at: datetime
