"""Pulses for the digest and the Home: which have closed, which wait for an answer, and whose outcome is unsaid."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from bot.domain.pulse import questions_from_json
from bot.domain.pulse_finding import OwnPulse, PulseFinding, PulseWaiting
from storage import people
from storage.pulse import Pulse, PulseBallot, count_invited, list_asked, result_of
from storage.pulse_ballot import count_answered


def list_closed(session: Session, *, team_id: str, start: datetime, end: datetime) -> list[PulseFinding]:
    """The pulses that closed between two moments, the newest first; one of a named pulse has no names here."""
    return _list_findings(session, team_id, col(Pulse.ended_at) >= start, col(Pulse.ended_at) < end)


def list_told(session: Session, *, team_id: str, start: datetime, end: datetime) -> list[PulseFinding]:
    """The pulses that had closed before and whose outcome was told between two moments, the newest first."""
    told = col(Pulse.outcome_at) >= start, col(Pulse.outcome_at) < end
    return _list_findings(session, team_id, col(Pulse.ended_at) < start, *told)


def list_waiting(session: Session, *, team_id: str, user_id: str) -> list[PulseWaiting]:
    """The open pulses that ask somebody and that they have not answered, the next to close first.

    An anonymous one stays until it closes: nothing here may know who has answered it.
    """
    asked = list_asked(session, team_id=team_id, user_id=user_id)
    answered = select(PulseBallot.pulse_id).where(PulseBallot.team_id == team_id, PulseBallot.user_id == user_id)
    answered = answered.where(col(PulseBallot.pulse_id).in_([row.id for row in asked]))
    done = set(session.exec(answered.distinct())) if asked else set()
    return [
        PulseWaiting(
            row.id or 0,
            _asker(session, row),
            _question(row),
            row.privacy,
            row.closes_at,
            is_sure=row.privacy != "anonymous",
        )
        for row in asked
        if row.id not in done
    ]


def list_own(session: Session, *, team_id: str, user_id: str) -> list[OwnPulse]:
    """Somebody's own that are open, and those that have closed and of which nobody has heard what was done."""
    query = select(Pulse).where(Pulse.team_id == team_id, Pulse.asker_id == user_id)
    is_unsaid = and_(Pulse.state == "closed", col(Pulse.outcome).is_(None))
    query = query.where(or_(Pulse.state == "open", is_unsaid)).order_by(col(Pulse.id).desc())
    return [_own(session, row) for row in session.exec(query)]


def _own(session: Session, row: Pulse) -> OwnPulse:
    """With how many have answered: of a named one while it is open, of the others once they have closed (R13)."""
    if row.state == "open":
        answered = count_answered(session, row) if row.privacy == "named" else None
        return OwnPulse(row.id or 0, _question(row), row.closes_at, count_invited(session, row), answered)
    result = result_of(row)
    invited, answered = (result.invited, result.answered) if result else (0, None)
    return OwnPulse(row.id or 0, _question(row), None, invited, answered)


def _list_findings(session: Session, team_id: str, *conditions: Any) -> list[PulseFinding]:
    query = select(Pulse).where(Pulse.team_id == team_id, Pulse.state == "closed", *conditions)
    return [
        PulseFinding(row.id or 0, _asker(session, row), result, row.outcome or "")
        for row in session.exec(query.order_by(col(Pulse.id).desc()))
        if (result := result_of(row)) is not None and not result.ballots
    ]


def _asker(session: Session, row: Pulse) -> str:
    return people.find_name(session, team_id=row.team_id, user_id=row.asker_id)


def _question(row: Pulse) -> str:
    return questions_from_json(row.questions)[0].text
