"""The words that a digest repeats: who waits, what may be quoted, and where a quoted message stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from bot.domain.digest_numbers import EVERYTHING, Scope, Waiting
from bot.domain.digest_period import Period
from bot.domain.digest_quotes import Candidate
from storage import jobs
from storage.feedback import Feedback
from storage.people import Person

LINK = "digest.link"  # the job that looks where a quoted message stands
CANDIDATES = 200  # the newest texts of a period, of which a few are quoted
WAITING = 20  # people who wait that are listed by name; the others are counted

_said = Feedback


def window(team_id: str, period: Period, scope: Scope = EVERYTHING) -> Any:
    """The condition that feedback was given in a period, not taken back, and is of what the digest is about."""
    return and_(
        col(_said.team_id) == team_id,
        col(_said.created_at) >= period.start,
        col(_said.created_at) < period.end,
        col(_said.withdrawn_at).is_(None),
        *within(scope),
    )


def within(scope: Scope) -> list[Any]:
    """The conditions that feedback is of what the digest is about."""
    found: list[Any] = []
    if scope.version_ids is not None:
        found.append(col(_said.asset_version_id).in_(sorted(scope.version_ids)))
    if scope.user_ids is not None:
        found.append(col(_said.user_id).in_(sorted(scope.user_ids)))
    return found


def list_waiting(
    session: Session, *, team_id: str, reader_id: str, version_ids: list[int], period: Period
) -> tuple[list[Waiting], int]:
    """Who waits for the reader's first reply, the longest first, and how many they are in all."""
    if not version_ids:
        return [], 0
    owed = and_(
        window(team_id, period),
        col(_said.asset_version_id).in_(version_ids),
        col(_said.reply_due_at).is_not(None),
        col(_said.replied_at).is_(None),
        col(_said.held_for).is_(None),
        col(_said.user_id) != reader_id,
    )
    total = session.execute(select(func.count()).select_from(_said).where(owed)).scalar_one()
    query = (
        select(_said, col(Person.name))
        .join(Person, _same_person(), isouter=True)
        .where(owed)
        .order_by(col(_said.reply_due_at), col(_said.id))
        .limit(WAITING)
    )
    return [
        Waiting(
            feedback_id=row.id or 0,
            version_id=row.asset_version_id or 0,
            name=name or "",
            region=row.region,
            words=row.said or row.missing or row.quoted_text,
            at=row.created_at,
            due_at=row.reply_due_at,
        )
        for row, name in session.execute(query)
    ], total


def list_candidates(session: Session, *, team_id: str, period: Period, scope: Scope = EVERYTHING) -> list[Candidate]:
    """The newest texts of the period; held ones are not among them."""
    has_words = or_(col(_said.said) != "", col(_said.missing) != "", col(_said.quoted_text) != "")
    query = (
        select(_said, col(Person.name))
        .join(Person, _same_person(), isouter=True)
        .where(window(team_id, period, scope), col(_said.held_for).is_(None), has_words)
        .order_by(col(_said.created_at).desc(), col(_said.id).desc())
        .limit(CANDIDATES)
    )
    return [
        Candidate(
            feedback_id=row.id or 0,
            version_id=row.asset_version_id,
            user_id=row.user_id,
            name=name or "",
            region=row.region,
            rating=row.rating,
            words=row.said or row.missing or row.quoted_text,
            # A link leads to the words only where the words are the message's.
            link="" if row.said or row.missing else row.quoted_link or "",
            at=row.created_at,
        )
        for row, name in session.execute(query)
    ]


def ask_for_link(session: Session, row: Feedback, *, real_now: datetime) -> None:
    """Have somebody look whether everybody may open the message that a piece of feedback quotes, and where it stands.

    Nothing is asked where it quotes none, or once it is known.
    """
    if row.quoted_text and row.quoted_link is None and row.channel_id and row.message_ts:
        payload = {"feedback_id": row.id}
        key = f"{LINK}:{row.id}"
        jobs.add_job(session, team_id=row.team_id, kind=LINK, key=key, payload=payload, now=real_now)


def record_link(session: Session, row: Feedback, *, link: str) -> None:
    """Keep where the quoted message stands; "" if not everybody may open it."""
    row.quoted_link = link
    session.add(row)
    session.flush()


def _same_person() -> Any:
    return and_(col(Person.team_id) == _said.team_id, col(Person.user_id) == _said.user_id)
