"""How the owners of assets answer the field, counted from the digest's index alone."""

from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from bot.domain.digest_company import Answers
from bot.domain.digest_numbers import EVERYTHING, Scope
from bot.domain.digest_period import Period
from storage.digest_words import window
from storage.feedback import Feedback

_said = Feedback


def count_answers(
    session: Session, *, team_id: str, period: Period, now: datetime, scope: Scope = EVERYTHING
) -> list[Answers]:
    """How much was said in a period of each asset version, and how much of it was answered or is owed by now."""
    is_answered = col(_said.replied_at).is_not(None)
    is_owed = and_(col(_said.reply_due_at) <= now, col(_said.replied_at).is_(None), col(_said.held_for).is_(None))
    query = (
        select(
            col(_said.asset_version_id),
            func.count(),
            func.coalesce(func.sum(case((is_answered, 1), else_=0)), 0),
            func.coalesce(func.sum(case((is_owed, 1), else_=0)), 0),
        )
        .where(window(team_id, period, scope), col(_said.asset_version_id).is_not(None))
        .group_by(col(_said.asset_version_id))
    )
    return [Answers(*(int(number) for number in row)) for row in session.execute(query)]
