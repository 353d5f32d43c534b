"""A person's own part of the App Home: what became of what they said, what asks them, and what will."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from bot.domain.ask import LAST_REMINDER
from bot.domain.home import Became, NextAsk, OpenAsk
from bot.domain.pulse import questions_from_json
from storage import ask_stop
from storage.ask import Ask, AskMessage
from storage.asset import AssetVersion
from storage.feedback import Feedback, FeedbackReply
from storage.people import Person
from storage.pulse import Pulse, PulseInvitation

_said, _version, _reply = Feedback, AssetVersion, FeedbackReply


def list_became(session: Session, *, team_id: str, user_id: str, since: datetime, limit: int) -> list[Became]:
    """What came of what a person has said since then, the newest first: answers, new versions, outcomes of pulses."""
    mine = (
        col(_said.team_id) == team_id,
        col(_said.user_id) == user_id,
        col(_said.created_at) >= since,
        col(_said.withdrawn_at).is_(None),
        col(_said.held_for).is_(None),
    )
    found = [
        *_answered(session, team_id, mine, limit),
        *_replaced(session, mine, limit),
        *_outcomes(session, team_id, user_id, since, limit),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def list_open_asks(session: Session, *, team_id: str, user_id: str, now: datetime, limit: int) -> list[OpenAsk]:
    """The questions that were put to somebody and wait for an answer, pulses left out; the next to close first."""
    query = select(Ask).where(
        col(Ask.team_id) == team_id, col(Ask.user_id) == user_id, col(Ask.state) == "asked",
        col(Ask.kind) != "pulse", col(Ask.closes_at) > now,
    )  # fmt: skip
    rows = list(session.execute(query.order_by(col(Ask.closes_at), col(Ask.id)).limit(limit)).scalars())
    counted = select(col(AskMessage.ask_id), func.count()).where(
        col(AskMessage.team_id) == team_id, col(AskMessage.ask_id).in_([row.id for row in rows])
    )
    sent: dict[int, int] = {}
    for ask_id, number in session.execute(counted.group_by(col(AskMessage.ask_id))) if rows else ():
        sent[ask_id] = number
    return [
        OpenAsk(
            ask_id=row.id or 0,
            label=ask_stop.stop_label(session, row),
            closes_at=row.closes_at,
            round_id=row.subject_id if row.kind == "check_in" else 0,
            can_wait=sent.get(row.id or 0, 0) <= LAST_REMINDER,
        )
        for row in rows
    ]


def list_next_asks(session: Session, *, team_id: str, user_id: str, now: datetime, limit: int) -> list[NextAsk]:
    """The questions that are planned for somebody, the next to come first."""
    query = select(Ask).where(
        col(Ask.team_id) == team_id, col(Ask.user_id) == user_id, col(Ask.state) == "planned",
        col(Ask.closes_at) > now, col(Ask.next_at).is_not(None),
    )  # fmt: skip
    rows = session.execute(query.order_by(col(Ask.next_at), col(Ask.id)).limit(limit)).scalars()
    return [NextAsk(ask_stop.stop_label(session, row), max(row.next_at or now, now)) for row in rows]


def _answered(session: Session, team_id: str, mine: Any, limit: int) -> list[Became]:
    query = (
        select(col(_version.title), col(_reply.text), col(_reply.created_at), col(Person.name))
        .select_from(_said)
        .join(_reply, and_(col(_reply.feedback_id) == _said.id, col(_reply.team_id) == _said.team_id))
        .join(_version, col(_version.id) == _said.asset_version_id, isouter=True)
        .join(Person, and_(col(Person.team_id) == _reply.team_id, col(Person.user_id) == _reply.user_id), isouter=True)
        .where(*mine, col(_said.replied_at).is_not(None), col(_reply.held_for).is_(None))
        .order_by(col(_reply.id).desc())
        .limit(limit)
    )
    return [Became("answered", title or "", text, at, name or "") for title, text, at, name in session.execute(query)]


def _replaced(session: Session, mine: Any, limit: int) -> list[Became]:
    """The assets of which a new version came out after the person had spoken."""
    asset = select(col(_version.asset_id), func.max(col(_version.superseded_at)).label("at"))
    asset = asset.select_from(_said).join(_version, col(_version.id) == _said.asset_version_id)
    asset = asset.where(*mine, col(_version.team_id) == _said.team_id, col(_version.superseded_at) >= _said.created_at)
    replaced = asset.group_by(col(_version.asset_id)).subquery()
    is_out = and_(col(_version.released_at).is_not(None), col(_version.superseded_at).is_(None))
    query = (
        select(col(_version.title), col(_version.version), replaced.c.at, col(_version.id))
        .select_from(_version)
        .join(replaced, replaced.c.asset_id == _version.asset_id)
        .where(is_out, col(_version.retired_at).is_(None))
        .order_by(replaced.c.at.desc(), col(_version.id))
        .limit(limit)
    )
    return [
        Became("replaced", title, version, at, version_id=key) for title, version, at, key in session.execute(query)
    ]


def _outcomes(session: Session, team_id: str, user_id: str, since: datetime, limit: int) -> list[Became]:
    asked = and_(
        col(PulseInvitation.team_id) == Pulse.team_id,
        col(PulseInvitation.pulse_id) == Pulse.id,
        col(PulseInvitation.user_id) == user_id,
    )
    query = (
        select(col(Pulse.questions), col(Pulse.outcome), col(Pulse.outcome_at), col(Person.name))
        .select_from(Pulse)
        .join(PulseInvitation, asked)
        .join(Person, and_(col(Person.team_id) == Pulse.team_id, col(Person.user_id) == Pulse.asker_id), isouter=True)
        .where(col(Pulse.team_id) == team_id, col(Pulse.state) == "closed", col(Pulse.outcome_at) >= since)
        .order_by(col(Pulse.outcome_at).desc())
        .limit(limit)
    )
    return [
        Became("outcome", questions_from_json(questions)[0].text, outcome or "", at, name or "")
        for questions, outcome, at, name in session.execute(query)
    ]
