"""Recurring check-ins: the same questions to a group again and again, and what people answered (P4)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

ROUND_STATES = ("open", "closed")


class CheckIn(SQLModel, table=True):
    """A recurring check-in.

    `audience` (`bot.domain.audience`), `questions` and `cadence` (`bot.domain.check_in`) are JSON. `version` counts
    the edits, so that two people who edit it at once are told. It runs from `starts_on` until `stopped_at`.
    """

    __table_args__ = (Index("check_in_by_team", "team_id", "stopped_at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    name: str
    owner_id: str
    audience: str
    questions: str
    cadence: str
    starts_on: date
    version: int = 1
    stopped_at: datetime | None = None
    created_at: datetime


class CheckInRound(SQLModel, table=True):
    """One occurrence of a check-in, with the questions as they were when it opened."""

    __table_args__ = (
        UniqueConstraint("team_id", "check_in_id", "local_date"),
        CheckConstraint(f"state IN {ROUND_STATES!r}", name="check_in_round_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    check_in_id: int = Field(foreign_key="checkin.id")
    local_date: date
    questions: str
    state: str = "open"
    group_size: int = 0
    opened_at: datetime
    closes_at: datetime
    told_at: datetime | None = None


class CheckInAnswer(SQLModel, table=True):
    """One person's answer to one question of a round.

    An answer that is feedback has a row there (`feedback_id`), and its text stands there alone. One that is a need
    keeps its text here and waits for the needs forum; `held_for` as in feedback.
    """

    __table_args__ = (UniqueConstraint("team_id", "round_id", "user_id", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    round_id: int = Field(foreign_key="checkinround.id")
    user_id: str
    question: int
    is_need: bool = False
    text: str = ""
    held_for: str | None = None
    feedback_id: int | None = Field(default=None, foreign_key="feedback.id")
    answered_at: datetime
    withdrawn_at: datetime | None = None
