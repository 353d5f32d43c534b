"""Drafts: what somebody typed or quoted that is no feedback yet, kept for the next try."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, select

from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Quoted

DRAFTS_KEPT_FOR = timedelta(days=7)


class Draft(SQLModel, table=True):
    """What somebody typed that could not be recorded yet, kept for the next try; JSON, deleted after a week."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: str = Field(index=True)
    user_id: str
    payload: str
    created_at: datetime


def add_draft(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    fields: FeedbackFields,
    now: datetime,
    quoted: Quoted | None = None,
    source: str = "form",
) -> Draft:
    """Keep what was typed (all of it, however long) or quoted for the next try."""
    kept = {"fields": asdict(fields), "quoted": asdict(quoted) if quoted else None, "source": source}
    row = Draft(team_id=team_id, user_id=user_id, payload=json.dumps(kept, ensure_ascii=False), created_at=now)
    session.add(row)
    session.flush()
    return row


def get_draft(session: Session, *, team_id: str, user_id: str, draft_id: int) -> Draft | None:
    """A draft of this person, or None: nobody reads another's."""
    query = select(Draft).where(Draft.team_id == team_id, Draft.user_id == user_id, Draft.id == draft_id)
    return session.exec(query).first()


def read_draft(row: Draft) -> tuple[FeedbackFields, Quoted | None, str]:
    """What a draft holds: the answers so far, the quoted message, and where they came from."""
    kept: dict[str, Any] = json.loads(row.payload)
    quoted = Quoted(**kept["quoted"]) if kept["quoted"] else None
    return FeedbackFields(**kept["fields"]), quoted, kept["source"]


def forget_draft(session: Session, row: Draft) -> None:
    """The draft has become feedback."""
    session.delete(row)
    session.flush()


def forget_drafts(session: Session, *, team_id: str, now: datetime) -> int:
    """Delete the drafts that are older than a week; gives their number."""
    old = delete(Draft).where(col(Draft.team_id) == team_id, col(Draft.created_at) < now - DRAFTS_KEPT_FOR)
    return int(session.exec(old).rowcount)
