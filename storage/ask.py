"""Asks: every question that the app puts to a person by itself, and the one budget that all of them share (P4)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

STATES = ("planned", "asked", "answered", "refused", "closed")
KINDS = ("filed_away", "check_in")


class Ask(SQLModel, table=True):
    """One question to one person: planned, then asked or refused, then answered or closed.

    `kind` is the feature that asks and `subject_id` its row (a filed-away check, a round of a check-in); a person is
    asked once about a subject, whatever happens. `stop_key` is what `Stop these` stops: every ask with the same key.
    `why` says to the person, in mrkdwn, why they were asked. `reason` says why an ask was refused or closed, in one of
    the words of `bot.domain.ask`. From `due_at` on it may be asked, from `closes_at` on not any more; `next_at` is when
    it is looked at again (None: never). `week` is the Monday, where the person is, of the week in which it was asked.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "kind", "subject_id", "user_id"),
        CheckConstraint(f"state IN {STATES!r}", name="ask_state"),
        CheckConstraint(f"kind IN {KINDS!r}", name="ask_kind"),
        Index("ask_due", "team_id", "kind", "next_at"),
        Index("ask_by_person", "team_id", "user_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    kind: str
    subject_id: int
    stop_key: str
    why: str
    state: str = "planned"
    reason: str | None = None
    due_at: datetime
    closes_at: datetime
    next_at: datetime | None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    created_at: datetime


class AskMessage(SQLModel, table=True):
    """One message that asked: the question itself (`number` 0) or a reminder (1 and 2).

    Each of them costs one of the person's budget: `week` is the Monday of the person's own week, and `place` counts up
    from 0 within it, so that the unique key alone keeps two processes from spending the same ask twice.
    """

    __table_args__ = (
        UniqueConstraint("ask_id", "number"),
        UniqueConstraint("team_id", "user_id", "week", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    ask_id: int = Field(foreign_key="ask.id")
    number: int
    week: date
    place: int
    sent_at: datetime
    outbox_id: int = Field(foreign_key="outbox.id")


class AskStop(SQLModel, table=True):
    """A person wants no more asks with this key; the row is deleted when they want them again."""

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    stop_key: str = Field(primary_key=True)
    label: str
    stopped_at: datetime


class Away(SQLModel, table=True):
    """Until when somebody is away, by their Slack status or do-not-disturb, and when Slack was asked."""

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    until: datetime | None = None
    read_at: datetime
