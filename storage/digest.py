"""What a digest counts: in the database, from one index, in the time looked back on and no further."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from bot.domain.digest import Counted
from bot.domain.digest_findings import SPLIT_RATINGS, WEEKS
from bot.domain.digest_numbers import EVERYTHING, PeriodNumbers, RegionTally, Scope, Subject, Tally
from bot.domain.digest_period import Period
from storage import digest_voices, digest_words, filed_away_result, people, pulse_finding, thread, thread_told
from storage.asset import AssetVersion
from storage.feedback import Feedback, FeedbackReply
from storage.people import Person

THREADS = 3  # captured ones that a digest tells of; the others are counted

_said = Feedback
_used = col(_said.use) == "used_with_customer"
_missed = col(_said.use).in_(("could_not_find", "did_not_know"))


def count_digest(
    session: Session, *, team_id: str, reader_id: str, period: Period, scope: Scope = EVERYTHING
) -> Counted:
    """Count everything that one marketer's digest of a period needs; `scope` leaves out what it is not about.

    Threads and pulses are about no asset, so they are in a digest about everything alone.
    """
    back, is_all = period.looked_back(), scope.is_everything
    subjects = list_subjects(session, team_id=team_id)
    if scope.version_ids is not None:
        subjects = {key: one for key, one in subjects.items() if key in scope.version_ids}
    tallies = count_tallies(session, team_id=team_id, period=back, subjects=subjects, scope=scope)
    own = [subject.version_id for subject in subjects.values() if subject.owner_id == reader_id]
    waiting, waiting_total = digest_words.list_waiting(
        session, team_id=team_id, reader_id=reader_id, version_ids=own, period=back
    )
    days: dict[str, Any] = {"team_id": team_id, "start": period.start, "end": period.end}
    checks = filed_away_result.list_closed(session, **days)
    this = count_period(session, team_id=team_id, period=period, reader_id=reader_id, scope=scope)
    return Counted(
        subjects=subjects,
        tallies=tallies,
        regions=_tally_regions(session, team_id, back, scope, tallies),
        this=this,
        before=count_period(session, team_id=team_id, period=period.before(), reader_id=reader_id, scope=scope),
        waiting=waiting,
        waiting_total=waiting_total,
        candidates=digest_words.list_candidates(session, team_id=team_id, period=period, scope=scope),
        checks=[one for one in checks if one.version_id in subjects],
        threads=thread_told.list_newest(session, **days, limit=THREADS) if is_all else [],
        threads_total=thread.count_captured(session, **days) if is_all else 0,
        pulses=pulse_finding.list_closed(session, **days) if is_all else [],
        outcomes=pulse_finding.list_told(session, **days) if is_all else [],
        heard=digest_voices.read_heard(session, team_id=team_id, period=period, pieces=this.said, scope=scope),
    )


def count_tallies(
    session: Session, *, team_id: str, period: Period, subjects: dict[int, Subject], scope: Scope = EVERYTHING
) -> dict[int, Tally]:
    """What was said in a period of each asset version of which anything was said."""
    tallies = _tally(session, team_id, period, scope)
    _add_late_uses(session, team_id, period, scope, subjects, tallies)
    return tallies


def list_subjects(session: Session, *, team_id: str) -> dict[int, Subject]:
    """Every asset version by its id. Its owner is who answers for it: when they have left, the current version's."""
    rows = session.execute(
        select(AssetVersion, col(Person.name))
        .join(
            Person,
            and_(col(Person.team_id) == AssetVersion.team_id, col(Person.user_id) == AssetVersion.owner_id),
            isouter=True,
        )
        .where(col(AssetVersion.team_id) == team_id)
        .order_by(col(AssetVersion.asset_id), col(AssetVersion.number), col(AssetVersion.id))
    ).all()
    names = {one.user_id: one.name for one in people.list_people(session, team_id=team_id, role="marketer")}
    latest = {row.asset_id: row for row, _ in rows if row.released_at}
    current = {row.asset_id: row for row, _ in rows if row.released_at and not row.superseded_at and not row.retired_at}
    before = {later.id: earlier.id for (earlier, _), (later, _) in pairwise(rows) if earlier.asset_id == later.asset_id}
    found = {}
    for row, _ in rows:
        owners = [row.owner_id, current[row.asset_id].owner_id if row.asset_id in current else ""]
        owner_id = next((one for one in owners if one in names), "")
        found[row.id or 0] = Subject(
            version_id=row.id or 0,
            title=row.title,
            version=row.version,
            owner_id=owner_id,
            owner_name=names.get(owner_id, ""),
            review_days=row.review_days,
            released_at=row.released_at,
            expires_on=row.expires_on,
            ended_at=min(filter(None, (row.superseded_at, row.retired_at)), default=None),
            is_retired=row.retired_at is not None,
            successor=latest[row.asset_id].version if row.superseded_at else "",
            replaces=before.get(row.id) or 0,
        )
    return found


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _people(condition: Any) -> Any:
    return func.count(case((condition, col(_said.user_id))).distinct())


def _tally(session: Session, team_id: str, period: Period, scope: Scope) -> dict[int, Tally]:
    at = period.week_starts(WEEKS)
    created = col(_said.created_at)
    weeks = [
        _sum(and_(_used, created >= begin, created < end)).label(f"week_{number}")
        for number, (begin, end) in enumerate(pairwise(at))
    ]
    query = (
        select(
            col(_said.asset_version_id).label("version_id"),
            func.count().label("said"),
            func.count(col(_said.user_id).distinct()).label("people"),
            func.count(func.nullif(col(_said.region), "").distinct()).label("regions"),
            _sum(_used).label("uses"),
            _people(_used).label("users"),
            *[
                _sum(col(_said.use) == use).label(use)
                for use in ("opened_only", "could_not_find", "did_not_know", "not_for_my_accounts")
            ],
            _people(_missed).label("missed"),
            _people(col(_said.reaction) == "outdated").label("outdated"),
            *[_sum(col(_said.outcome) == outcome).label(outcome) for outcome in ("helped", "no_effect", "hurt")],
            func.count(col(_said.rating)).label("ratings"),
            func.coalesce(func.sum(col(_said.rating)), 0).label("rating_sum"),
            func.coalesce(func.sum(col(_said.rating) * col(_said.rating)), 0).label("rating_squares"),
            _sum(col(_said.replied_at).is_not(None)).label("replied"),
            *weeks,
        )
        .where(digest_words.window(team_id, period, scope), col(_said.asset_version_id).is_not(None))
        .group_by(col(_said.asset_version_id))
    )
    found = {}
    for row in session.execute(query).mappings():
        numbers = {key: int(value) for key, value in row.items() if not key.startswith("week_")}
        by_week = tuple(int(row[f"week_{number}"]) for number in range(len(weeks)))
        found[numbers["version_id"]] = Tally(**numbers, weeks=by_week)
    return found


def _add_late_uses(
    session: Session,
    team_id: str,
    period: Period,
    scope: Scope,
    subjects: dict[int, Subject],
    tallies: dict[int, Tally],
) -> None:
    """Count what was said after a version was replaced, retired or expired into the tallies: its uses and ratings."""
    ended = [
        key
        for key, one in subjects.items()
        if key in tallies and (one.ended_at or (one.expires_on and one.expires_on < period.until))
    ]
    if not ended:
        return
    version = AssetVersion
    is_late = or_(
        col(_said.created_at) >= col(version.superseded_at),
        col(_said.created_at) >= col(version.retired_at),
        func.date(col(_said.created_at)) > col(version.expires_on),
    )
    rating = col(_said.rating)
    query = (
        select(
            col(version.id).label("version_id"),
            _sum(_used).label("late_uses"),
            _people(_used).label("late_people"),
            _sum(and_(_used, col(_said.outcome) == "hurt")).label("late_hurt"),
            func.count(rating).label("late_ratings"),
            func.coalesce(func.sum(rating), 0).label("late_rating_sum"),
            func.coalesce(func.sum(rating * rating), 0).label("late_rating_squares"),
        )
        .join(version, col(version.id) == _said.asset_version_id)
        .where(digest_words.window(team_id, period, scope), col(version.team_id) == team_id)
        .where(is_late, col(_said.asset_version_id).in_(ended))
        .group_by(col(version.id))
    )
    for row in session.execute(query).mappings():
        numbers: dict[str, Any] = {key: int(value) for key, value in row.items() if key != "version_id"}
        tallies[row["version_id"]] = replace(tallies[row["version_id"]], **numbers)


def _tally_regions(
    session: Session, team_id: str, period: Period, scope: Scope, tallies: dict[int, Tally]
) -> list[RegionTally]:
    """The ratings by region, of those asset versions that have enough of them for two sides."""
    rated = [key for key, tally in tallies.items() if tally.ratings >= 2 * SPLIT_RATINGS]
    if not rated:
        return []
    rating = col(_said.rating)
    query = (
        select(
            col(_said.asset_version_id),
            col(_said.region),
            func.count(col(_said.user_id).distinct()),
            func.count(),
            func.sum(rating),
            func.sum(rating * rating),
            _sum(col(_said.outcome) == "helped"),
            _sum(col(_said.outcome) == "hurt"),
        )
        .where(digest_words.window(team_id, period, scope), rating.is_not(None), col(_said.asset_version_id).in_(rated))
        .group_by(col(_said.asset_version_id), col(_said.region))
        .having(func.count() >= SPLIT_RATINGS)
        .order_by(col(_said.asset_version_id), col(_said.region))
    )
    return [RegionTally(row[0], row[1], *(int(number) for number in row[2:])) for row in session.execute(query)]


def count_period(
    session: Session, *, team_id: str, period: Period, reader_id: str, scope: Scope = EVERYTHING
) -> PeriodNumbers:
    """What happened in a period."""
    asked = col(_said.reply_due_at).is_not(None)
    said = session.execute(
        select(
            func.count().label("said"),
            func.count(col(_said.user_id).distinct()).label("people"),
            _sum(_used).label("uses"),
            _sum(asked).label("asked"),
            _sum(and_(asked, col(_said.replied_at).is_not(None))).label("answered"),
            _sum(col(_said.held_for).is_not(None)).label("held"),
            func.count(col(_said.rating)).label("ratings"),
            func.coalesce(func.sum(col(_said.rating)), 0).label("rating_sum"),
        ).where(digest_words.window(team_id, period, scope))
    ).mappings()
    reply = FeedbackReply
    replies = select(func.count().label("replies"), _sum(col(reply.user_id) == reader_id).label("own_replies")).where(
        col(reply.team_id) == team_id,
        col(reply.created_at) >= period.start,
        col(reply.created_at) < period.end,
        col(reply.held_for).is_(None),
    )
    if not scope.is_everything:
        about = and_(col(_said.id) == reply.feedback_id, col(_said.team_id) == team_id)
        replies = replies.select_from(reply).join(_said, about).where(*digest_words.within(scope))
    told = session.execute(replies).mappings()
    return PeriodNumbers(**{key: int(value) for key, value in {**said.one(), **told.one()}.items()})
