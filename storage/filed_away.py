"""Filed-away checks: whether a released asset version is used, asked of a random sample of those it is for (P4)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

STATES = ("planned", "asking", "closed", "cancelled")
VERDICTS = ("filed_away", "in_use", "not_enough")


class FiledAwayCheck(SQLModel, table=True):
    """One check of one asset version: `number` 1 is on day 14, 2 in week 6.

    `audience` is whom the version is for (`bot.domain.audience`, JSON). `intended` counts them and `wanted` is how many
    answers the interval needs, both from when it was opened. `told_at` is when the owner heard the verdict.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "asset_version_id", "number"),
        CheckConstraint(f"state IN {STATES!r}", name="filed_away_check_state"),
        CheckConstraint(f"verdict IS NULL OR verdict IN {VERDICTS!r}", name="filed_away_check_verdict"),
        Index("filed_away_check_due", "team_id", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_version_id: int = Field(foreign_key="assetversion.id")
    number: int
    audience: str
    state: str = "planned"
    reason: str | None = None
    due_at: datetime
    closes_at: datetime
    intended: int = 0
    wanted: int = 0
    verdict: str | None = None
    told_at: datetime | None = None
    created_at: datetime


class FiledAwayAnswer(SQLModel, table=True):
    """One person's answer to a check: the feedback row that holds it, and whether it came before the close."""

    __table_args__ = (UniqueConstraint("ask_id"), Index("filed_away_answer_by_check", "team_id", "check_id"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    check_id: int = Field(foreign_key="filedawaycheck.id")
    ask_id: int = Field(foreign_key="ask.id")
    user_id: str
    use: str
    feedback_id: int = Field(foreign_key="feedback.id")
    is_late: bool = False
    answered_at: datetime
