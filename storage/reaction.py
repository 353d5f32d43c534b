"""Reactions: which emoji stands under which message from whom, as Slack last said it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select


class Reaction(SQLModel, table=True):
    """One person's emoji under one message; of several events the one with the latest `event_ts` counts."""

    __table_args__ = (UniqueConstraint("team_id", "channel_id", "message_ts", "user_id", "emoji"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    channel_id: str
    message_ts: str
    user_id: str
    emoji: str
    event_ts: str
    is_present: bool
    changed_at: datetime


def record_reaction(
    session: Session,
    *,
    team_id: str,
    channel_id: str,
    message_ts: str,
    user_id: str,
    emoji: str,
    event_ts: str,
    is_present: bool,
    now: datetime,
) -> Reaction:
    """Put the emoji there, or take it away; an older event than the one known changes nothing."""
    query = select(Reaction).where(
        Reaction.team_id == team_id,
        Reaction.channel_id == channel_id,
        Reaction.message_ts == message_ts,
        Reaction.user_id == user_id,
        Reaction.emoji == emoji,
    )
    row = session.exec(query).first() or Reaction(
        team_id=team_id, channel_id=channel_id, message_ts=message_ts, user_id=user_id, emoji=emoji,
        event_ts="", is_present=is_present, changed_at=now,
    )  # fmt: skip
    if (len(event_ts), event_ts) > (len(row.event_ts), row.event_ts):
        row.event_ts, row.is_present, row.changed_at = event_ts, is_present, now
    session.add(row)
    session.flush()
    return row


def get_reaction(session: Session, *, team_id: str, reaction_id: int) -> Reaction | None:
    """A reaction of this workspace, or None."""
    return session.exec(select(Reaction).where(Reaction.team_id == team_id, Reaction.id == reaction_id)).first()
