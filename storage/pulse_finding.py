"""Pulses for the digest and the Home: which have closed, which wait for an answer, and whose outcome is unsaid."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.domain.pulse import questions_from_json
from bot.domain.pulse_finding import OwnPulse, PulseFinding, PulseWaiting
from storage import people
from storage.pulse import Pulse, PulseBallot, list_asked, list_pulses, result_of


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
    answered = select(PulseBallot.pulse_id).where(PulseBallot.team_id == team_id, PulseBallot.user_id == user_id)
    done = set(session.exec(answered.distinct()))
    return [
        PulseWaiting(
            row.id or 0,
            _asker(session, row),
            _question(row),
            row.privacy,
            row.closes_at,
            is_sure=row.privacy != "anonymous",
        )
        for row in list_asked(session, team_id=team_id, user_id=user_id)
        if row.id not in done
    ]


def list_own(session: Session, *, team_id: str, user_id: str) -> list[OwnPulse]:
    """Somebody's own that are open, and those that have closed and of which nobody has heard what was done."""
    rows = list_pulses(session, team_id=team_id, asker_id=user_id, states=("open", "closed"))
    return [
        OwnPulse(row.id or 0, _question(row), row.closes_at if row.state == "open" else None)
        for row in rows
        if row.state == "open" or row.outcome is None
    ]


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
