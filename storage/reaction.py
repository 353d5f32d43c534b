"""Reactions: which emoji stands under which message from whom, as Slack last said it."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, bindparam, insert
from sqlmodel import Field, Session, SQLModel, col, select

from storage.asset import Announcement
from storage.db import insert_row, run_statement
from storage.outbox import Outbox


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
    where: dict[str, Any] = {
        "team_id": team_id, "channel_id": channel_id, "message_ts": message_ts, "user_id": user_id, "emoji": emoji
    }  # fmt: skip
    known = run_statement(session, _SAME, **where).scalar()
    if known is None:
        row = Reaction(**where, event_ts=event_ts, is_present=is_present, changed_at=now)
        insert_row(session, _ADDED, row)
        return row
    row = session.get_one(Reaction, known)
    if (len(event_ts), event_ts) > (len(row.event_ts), row.event_ts):
        row.event_ts, row.is_present, row.changed_at = event_ts, is_present, now
    session.add(row)
    session.flush()
    return row


_SAME = select(Reaction.id).where(
    Reaction.team_id == bindparam("team_id"),
    Reaction.channel_id == bindparam("channel_id"),
    Reaction.message_ts == bindparam("message_ts"),
    Reaction.user_id == bindparam("user_id"),
    Reaction.emoji == bindparam("emoji"),
)
_ADDED = insert(Reaction).returning(col(Reaction.id))


def get_reaction(session: Session, *, team_id: str, reaction_id: int, lock: bool = False) -> Reaction | None:
    """A reaction of this workspace, or None; with `lock` nobody else changes it in the meantime."""
    query = select(Reaction).where(Reaction.team_id == team_id, Reaction.id == reaction_id)
    return session.exec(query.with_for_update() if lock else query).first()


def list_reactions(session: Session, *, team_id: str, channel_id: str, message_ts: str) -> list[Reaction]:
    """All that is known of the emoji under a message, those taken away too."""
    query = select(Reaction).where(
        Reaction.team_id == team_id, Reaction.channel_id == channel_id, Reaction.message_ts == message_ts
    )
    return list(session.exec(query.order_by(col(Reaction.id))))


def forget_reaction(session: Session, row: Reaction) -> None:
    """The reaction stands under nothing that concerns the app."""
    session.delete(row)
    session.flush()


def list_announced_versions(session: Session, *, team_id: str, channel_id: str, message_ts: str) -> list[int]:
    """The asset versions that the app itself announced with this message."""
    query = (
        select(Announcement.asset_version_id)
        .join(Outbox, col(Outbox.id) == Announcement.outbox_id)
        .where(
            Announcement.team_id == team_id,
            Outbox.channel_id == channel_id,
            Outbox.message_ts == message_ts,
        )
    )
    return list(session.exec(query))
