"""The texts of which a digest tells what repeats: feedback, what was missing, and the needs that check-ins heard."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from bot.domain.digest_numbers import EVERYTHING, Scope
from bot.domain.digest_period import Period
from bot.domain.digest_voices import Heard, Voice
from storage.check_in import CheckInAnswer, CheckInRound
from storage.digest_words import window
from storage.feedback import Feedback
from storage.people import Person

MOST = 1_000  # texts of a period that are read, and of the weeks before; of more every n-th
LONGEST = 400  # characters of a text that are read
LATE = timedelta(days=60)  # an answer that comes so long after its round began is read by nobody any more

_said = Feedback


def read_heard(session: Session, *, team_id: str, period: Period, pieces: int, scope: Scope = EVERYTHING) -> Heard:
    """The texts of a period and of the weeks before it, the oldest first; nothing that is held or taken back.

    `pieces` is how much feedback the period has. Of more than `MOST` every n-th is read, and so of the weeks before: a
    digest takes as long for fifty thousand as for a thousand, and each day has its share.
    """
    back = period.looked_back()
    before = Period(back.first, period.first, period.tz)
    parts = [(before, _count(session, team_id, before, scope))] if before.days else []
    said, needs, read, total = list[Voice](), list[Voice](), 0, 0
    for part, number in (*parts, (period, pieces)):
        for words, missing in _list_feedback(session, team_id, part, scope, _every(number)):
            said += words
            needs += missing
        answers, given = _list_needs(session, team_id, part, scope)
        needs += answers
        read, total = -(-number // _every(number)) + len(answers), number + given
    return Heard(said=said, needs=sorted(needs, key=lambda one: one.at), read=read, total=total)


def _list_feedback(
    session: Session, team_id: str, period: Period, scope: Scope, every: int
) -> Iterator[tuple[list[Voice], list[Voice]]]:
    """What each piece of feedback says and what it says was missing."""
    words = func.coalesce(func.nullif(col(_said.said), ""), col(_said.quoted_text))
    query = select(
        col(_said.id),
        col(_said.asset_version_id),
        col(_said.user_id),
        col(_said.region),
        func.substr(words, 1, LONGEST).label("words"),
        func.substr(col(_said.missing), 1, LONGEST).label("missing"),
        col(_said.created_at),
        col(_said.outcome),
        col(_said.replied_at),
        col(_said.rating),
    ).where(window(team_id, period, scope), col(_said.held_for).is_(None))
    if every > 1:
        query = query.where(col(_said.id) % every == 0)
    for row in session.execute(query.order_by(col(_said.created_at), col(_said.id))):
        known = (row.id, row.asset_version_id, row.user_id, row.region)
        yield tuple(  # type: ignore[misc]
            [Voice(*known, text, row.created_at, row.outcome, row.replied_at is not None, row.rating)] if text else []
            for text in (row.words, row.missing)
        )


def _list_needs(session: Session, team_id: str, period: Period, scope: Scope) -> tuple[list[Voice], int]:
    """What people answered when a check-in asked what they need, and how many answers there are.

    Marketing reads these without names, whoever asked, and everybody was told so. They are about no asset.
    """
    if scope.version_ids is not None:
        return [], 0
    rounds = select(col(CheckInRound.id)).where(
        col(CheckInRound.team_id) == team_id,
        col(CheckInRound.opened_at) >= period.start - LATE,
        col(CheckInRound.opened_at) < period.end,
    )
    conditions: list[Any] = [
        col(CheckInAnswer.team_id) == team_id,
        col(CheckInAnswer.round_id).in_(rounds),
        col(CheckInAnswer.is_need).is_(True),
        col(CheckInAnswer.withdrawn_at).is_(None),
        col(CheckInAnswer.held_for).is_(None),
        col(CheckInAnswer.text) != "",
        col(CheckInAnswer.answered_at) >= period.start,
        col(CheckInAnswer.answered_at) < period.end,
    ]
    if scope.user_ids is not None:
        conditions.append(col(CheckInAnswer.user_id).in_(sorted(scope.user_ids)))
    given = and_(*conditions)
    total = int(session.execute(select(func.count()).select_from(CheckInAnswer).where(given)).scalar_one())
    person = and_(col(Person.team_id) == CheckInAnswer.team_id, col(Person.user_id) == CheckInAnswer.user_id)
    query = (
        select(
            col(CheckInAnswer.user_id),
            func.coalesce(col(Person.region), ""),
            func.substr(col(CheckInAnswer.text), 1, LONGEST),
            col(CheckInAnswer.answered_at),
        )
        .join(Person, person, isouter=True)
        .where(given)
    )
    if (every := _every(total)) > 1:
        query = query.where(col(CheckInAnswer.id) % every == 0)
    return [Voice(0, None, *row) for row in session.execute(query)], total


def _count(session: Session, team_id: str, period: Period, scope: Scope) -> int:
    asked = select(func.count()).select_from(_said).where(window(team_id, period, scope))
    return int(session.execute(asked).scalar_one())


def _every(total: int) -> int:
    return max(1, -(-total // MOST))
