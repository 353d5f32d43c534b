"""What a manager's own people said, counted without the manager, and the manager's pulses."""

from dataclasses import replace

from sqlmodel import Session, select

from bot.access import Actor
from bot.domain.digest_numbers import PeriodNumbers, Scope
from bot.domain.digest_period import Period
from bot.domain.digest_team import TeamCounted
from bot.domain.own_group import OwnGroup
from bot.domain.pulse_finding import PulseFinding
from storage import digest, pulse, pulse_finding
from storage.own_group import in_own_group
from storage.people import Person


def count_team(
    session: Session, own: OwnGroup, *, manager: Actor, period: Period, version_ids: frozenset[int] | None = None
) -> TeamCounted:
    """Count what the people of a manager's own group said; `version_ids` leaves out other assets."""
    team_id, people = own.team_id, _list_team(session, own)
    scope, back = Scope(version_ids, people), period.looked_back()
    subjects = digest.list_subjects(session, team_id=team_id)

    def count(days: Period) -> PeriodNumbers:
        return digest.count_period(session, team_id=team_id, period=days, reader_id=manager.user_id, scope=scope)

    return TeamCounted(
        size=len(people),
        subjects=subjects,
        tallies=digest.count_tallies(session, team_id=team_id, period=back, subjects=subjects, scope=scope),
        this=count(period),
        before=count(period.before()),
        quarter=count(back),
        pulses=_list_closed(session, team_id, manager, period) if version_ids is None else [],
        own=pulse_finding.list_own(session, team_id=team_id, user_id=manager.user_id) if version_ids is None else [],
    )


def _list_team(session: Session, own: OwnGroup) -> frozenset[str]:
    return frozenset(session.exec(select(Person.user_id).where(in_own_group(own), Person.user_id != own.manager_id)))


def _list_closed(session: Session, team_id: str, manager: Actor, period: Period) -> list[PulseFinding]:
    """The manager's own pulses that closed in a period, the newest first."""
    rows = pulse.list_pulses(session, team_id=team_id, asker_id=manager.user_id, states=("closed",))
    closed = [row for row in rows if row.ended_at and period.start <= row.ended_at < period.end]
    return [
        PulseFinding(row.id or 0, "", replace(result, ballots=()), row.outcome or "")
        for row in closed
        if (result := pulse.result_of(row)) is not None
    ]
