"""What became of what reps said: answers, new versions, outcomes of pulses; of one of them, and whom it concerns."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from bot.domain.digest_numbers import EVERYTHING, Scope
from bot.domain.digest_period import Period, day_of
from bot.domain.digest_rep import HITS, WORKED, Answered, Colleagues, Done, Renewed, RepDigest, find_hits, find_worked
from bot.domain.pulse import questions_from_json
from storage import digest
from storage.asset import AssetVersion
from storage.digest_words import window, within
from storage.feedback import Feedback, FeedbackReply
from storage.people import Person
from storage.pulse import Pulse, PulseInvitation

SHOWN = 5  # of each kind that one digest tells; of answers the others are counted

_said, _reply = Feedback, FeedbackReply


def list_concerned(session: Session, *, team_id: str, period: Period) -> frozenset[str]:
    """Everybody whom something of a period concerns: whoever else gets no digest by itself."""
    found: set[str] = set()
    for query in (
        select(col(_said.user_id)).select_from(_reply).join(_said, _about(team_id)).where(*_answered(team_id, period)),
        select(col(_said.user_id)).where(*_standing(team_id), col(_said.asset_version_id).in_(_old(team_id, period))),
        select(col(PulseInvitation.user_id)).join(Pulse, _invited(team_id)).where(*_told(team_id, period)),
    ):
        found |= set(session.execute(query.distinct()).scalars())
    return frozenset(found)


def read_colleagues(session: Session, *, team_id: str, period: Period, scope: Scope = EVERYTHING) -> Colleagues:
    """What is the same for all reps: to be read once for all who get their digest at the same time."""
    back = period.looked_back()
    subjects = digest.list_subjects(session, team_id=team_id)
    tallies = digest.count_tallies(session, team_id=team_id, period=back, subjects=subjects, scope=scope)
    query = select(func.count(), func.count(col(_said.user_id).distinct()))
    query = query.select_from(_reply).join(_said, _about(team_id)).where(*_answered(team_id, period), *within(scope))
    replies, people = session.execute(query).one()
    worked = find_worked(subjects, tallies, day_of(period.end, period.tz))
    hits = find_hits(subjects, tallies, period)
    return Colleagues(replies=int(replies), people=int(people), worked=worked[:WORKED], hits=hits[:HITS])


def read_rep(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    period: Period,
    now: datetime,
    scope: Scope = EVERYTHING,
) -> RepDigest:
    """What one rep reads, without what is the same for all; with a `scope` only what is about its assets."""
    about = within(scope)
    answers = (
        select(col(_said.id), col(AssetVersion.title), col(Person.name), col(_reply.text), _words())
        .select_from(_reply)
        .join(_said, _about(team_id))
        .join(AssetVersion, col(AssetVersion.id) == col(_said.asset_version_id), isouter=True)
        .join(Person, and_(col(Person.team_id) == team_id, col(Person.user_id) == _reply.user_id), isouter=True)
        .where(*_answered(team_id, period), col(_said.user_id) == user_id, *about)
        .order_by(col(_reply.created_at).desc(), col(_reply.id).desc())
    )
    told = [Answered(row[0], row[1] or "", row[2] or "", row[3], row[4] or "") for row in session.execute(answers)]
    said = select(func.count()).where(window(team_id, period, scope), col(_said.user_id) == user_id)
    return RepDigest(
        period=period,
        now=now,
        said=int(session.execute(said).scalar_one()),
        answers=told[:SHOWN],
        answers_total=len(told),
        renewed=_list_renewed(session, team_id, user_id, period, scope),
        done=_list_done(session, team_id, user_id, period) if scope.is_everything else [],
    )


def _list_renewed(session: Session, team_id: str, user_id: str, period: Period, scope: Scope) -> list[Renewed]:
    new, old = aliased(AssetVersion), aliased(AssetVersion)
    query = (
        select(col(new.id), col(new.title), col(new.version), col(old.version))
        .join(old, and_(col(old.asset_id) == col(new.asset_id), col(old.number) < col(new.number)))
        .join(_said, and_(*_standing(team_id), col(_said.asset_version_id) == col(old.id)))
        .where(*_out(new, team_id, period), col(old.team_id) == team_id, col(_said.user_id) == user_id)
        .order_by(col(new.released_at).desc(), col(new.id), col(old.number).desc())
        .distinct()
        .add_columns(col(new.released_at), col(old.number))
    )
    if scope.version_ids is not None:
        query = query.where(col(new.id).in_(sorted(scope.version_ids)))
    found: dict[int, Renewed] = {}
    for version_id, title, version, spoken_of, _, _ in session.execute(query):
        found.setdefault(version_id, Renewed(version_id, title, version, spoken_of))
    return list(found.values())[:SHOWN]


def _list_done(session: Session, team_id: str, user_id: str, period: Period) -> list[Done]:
    asker = and_(col(Person.team_id) == team_id, col(Person.user_id) == Pulse.asker_id)
    query = (
        select(col(Pulse.questions), col(Person.name), col(Pulse.outcome))
        .join(PulseInvitation, _invited(team_id))
        .join(Person, asker, isouter=True)
        .where(*_told(team_id, period), col(PulseInvitation.user_id) == user_id)
        .order_by(col(Pulse.outcome_at).desc(), col(Pulse.id).desc())
        .limit(SHOWN)
    )
    return [
        Done(questions_from_json(questions)[0].text, name or "", outcome or "")
        for questions, name, outcome in session.execute(query)
    ]


def _words() -> Any:
    """What the rep had said; nothing while it is held."""
    words = [func.nullif(text, "") for text in (col(_said.said), col(_said.missing), col(_said.quoted_text))]
    return case((col(_said.held_for).is_(None), func.coalesce(*words)), else_="")


def _about(team_id: str) -> Any:
    return and_(col(_said.id) == col(_reply.feedback_id), col(_said.team_id) == team_id)


def _standing(team_id: str) -> tuple[Any, ...]:
    return col(_said.team_id) == team_id, col(_said.withdrawn_at).is_(None)


def _answered(team_id: str, period: Period) -> tuple[Any, ...]:
    """The conditions that an answer was given in a period, delivered, and to what still stands."""
    return (
        col(_reply.team_id) == team_id,
        col(_reply.created_at) >= period.start,
        col(_reply.created_at) < period.end,
        col(_reply.held_for).is_(None),
        *_standing(team_id),
    )


def _out(version: Any, team_id: str, period: Period) -> tuple[Any, ...]:
    """The conditions that a version came out in a period and is the one to be used."""
    return (
        col(version.team_id) == team_id,
        col(version.released_at) >= period.start,
        col(version.released_at) < period.end,
        col(version.superseded_at).is_(None),
        col(version.retired_at).is_(None),
    )


def _old(team_id: str, period: Period) -> Any:
    """The versions before those that came out in a period."""
    new, old = aliased(AssetVersion), aliased(AssetVersion)
    earlier = and_(col(old.asset_id) == col(new.asset_id), col(old.number) < col(new.number))
    return select(col(old.id)).join(new, earlier).where(*_out(new, team_id, period), col(old.team_id) == team_id)


def _invited(team_id: str) -> Any:
    return and_(
        col(PulseInvitation.team_id) == team_id,
        col(Pulse.team_id) == team_id,
        col(PulseInvitation.pulse_id) == col(Pulse.id),
    )


def _told(team_id: str, period: Period) -> tuple[Any, ...]:
    """The conditions that the outcome of a pulse was told in a period."""
    return (
        col(Pulse.team_id) == team_id,
        col(Pulse.outcome_at) >= period.start,
        col(Pulse.outcome_at) < period.end,
        col(Pulse.outcome).is_not(None),
    )
