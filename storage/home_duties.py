"""What the App Home counts for managers, executives and compliance: a group, the ground as a whole, and duties."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlmodel import Session, col

from bot.domain.home import EXPIRES_SOON, LATE, Duties, Ground, GroupNumbers, OldUse, Owner
from bot.domain.own_group import OwnGroup
from storage import home_assets, own_group, people
from storage.asset import AssetVersion
from storage.feedback import Feedback
from storage.people import Person

SHOWN, ENDING = 5, 3  # assets: the most review days, and those that have expired or will
_said, _version = Feedback, AssetVersion


def count_group(session: Session, own: OwnGroup, *, starts: Sequence[datetime]) -> GroupNumbers:
    """What a manager's own people said in the last month and in the one before: `starts` are three moments."""
    this = home_assets.count_use(session, team_id=own.team_id, group=own, starts=starts[1:])
    before = home_assets.count_use(session, team_id=own.team_id, group=own, starts=starts[:2])
    size = own_group.count_people(session, own)
    name = own.in_words()
    return GroupNumbers(name, size, this, before, is_lost=own.lost_at is not None, is_unread=own.is_unread)


def count_ground(session: Session, *, team_id: str, starts: Sequence[datetime], now: datetime) -> Ground:
    """What an executive sees of a quarter."""
    out = home_assets.list_out(session, team_id=team_id)
    verdicts = home_assets.find_verdicts(session, team_id=team_id)
    days: Counter[str] = Counter()
    assets: Counter[str] = Counter()
    for one in out:
        verdict = verdicts.get(one.version_id, "")
        days[verdict] += one.review_days or 0
        assets[verdict] += 1
    asked, answered, held, owners = _count_owed(session, team_id=team_id, starts=starts, now=now)
    return Ground(
        use=home_assets.count_use(session, team_id=team_id, starts=starts),
        people=people.count_people(session, team_id=team_id),
        asked=asked,
        answered=answered,
        held=held,
        days=dict(days),
        assets=dict(assets),
        owners=owners,
        top=home_assets.with_uses(session, out[:SHOWN], team_id=team_id, starts=starts),
    )


def _count_owed(
    session: Session, *, team_id: str, starts: Sequence[datetime], now: datetime
) -> tuple[int, int, int, list[Owner]]:
    """How many pieces of feedback are owed a reply, have one, and are on hold; and who owes, the most first."""
    query, given = _owed_query(), {"team": team_id, "since": starts[0], "until": starts[-1], "now": now}
    rows = session.execute(query, given).all()
    owing = {row[0]: (int(row[4]), int(row[5])) for row in rows if row[0] and row[4]}
    names = select(col(_version.id), col(Person.name)).join(
        Person, and_(col(Person.team_id) == _version.team_id, col(Person.user_id) == _version.owner_id)
    )
    names = names.where(col(_version.team_id) == team_id, col(_version.id).in_(owing))
    owed: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for version_id, name in session.execute(names) if owing else ():
        owed[name] += owing[version_id][0]
        overdue[name] += owing[version_id][1]
    owners = sorted((Owner(name, number, overdue[name]) for name, number in owed.items()), key=_most_overdue)
    asked_total, answered, held = (sum(int(row[place]) for row in rows) for place in (1, 2, 3))
    return asked_total, answered, held, owners


@cache
def _owed_query() -> Any:
    """By version: how many are owed a reply, have one, are on hold, wait for one, and wait for longer than promised."""
    said, asked, open_ = col(_said.created_at), col(_said.reply_due_at).is_not(None), col(_said.replied_at).is_(None)
    is_held, is_owed = col(_said.held_for).is_not(None), and_(asked, open_, col(_said.held_for).is_(None))
    late = and_(is_owed, col(_said.reply_due_at) <= bindparam("now"))
    version = col(_said.asset_version_id)
    query = select(version, *(_sum(one) for one in (asked, and_(asked, ~open_), is_held, is_owed, late)))
    query = query.where(col(_said.team_id) == bindparam("team"), said >= bindparam("since"), said < bindparam("until"))
    return query.where(col(_said.withdrawn_at).is_(None), or_(asked, is_held)).group_by(version)


def count_duties(session: Session, *, team_id: str, now: datetime, today: date) -> Duties:
    """What compliance sees: `today` is the reader's day."""
    out = [one for one in home_assets.list_out(session, team_id=team_id) if one.expires_on is not None]
    ending = sorted((one.expires_on, one.version_id, one) for one in out if one.expires_on and _is_near(one, today))
    expired = [one for day, _, one in ending if day < today]
    expiring = [one for day, _, one in ending if day >= today]
    held = select(col(_said.held_for), func.count()).where(
        col(_said.team_id) == team_id,
        col(_said.created_at) >= now - LATE,
        col(_said.withdrawn_at).is_(None),
        col(_said.held_for).is_not(None),
    )
    return Duties(
        expired=expired[-ENDING:],
        expiring=expiring[:ENDING],
        expired_total=len(expired),
        expiring_total=len(expiring),
        old=_list_old_uses(session, team_id=team_id, since=now - LATE),
        held={why or "": number for why, number in session.execute(held.group_by(col(_said.held_for)))},
    )


def _list_old_uses(session: Session, *, team_id: str, since: datetime) -> list[OldUse]:
    """The versions that were used since then after they had been replaced, retired or had expired, the most first."""
    is_late = or_(
        col(_said.created_at) >= col(_version.superseded_at),
        col(_said.created_at) >= col(_version.retired_at),
        func.date(col(_said.created_at)) > col(_version.expires_on),
    )
    query = (
        select(col(_version.title), col(_version.version), func.count(), func.count(col(_said.user_id).distinct()))
        .join(_version, col(_version.id) == _said.asset_version_id)
        .where(
            col(_said.team_id) == team_id,
            col(_said.created_at) >= since,
            col(_said.withdrawn_at).is_(None),
            col(_said.use) == "used_with_customer",
            is_late,
        )
        .group_by(col(_version.id))
        .order_by(func.count().desc(), col(_version.id))
    )
    return [OldUse(*row) for row in session.execute(query)]


def _is_near(one: Any, today: date) -> bool:
    return bool(one.expires_on <= today + EXPIRES_SOON)


def _most_overdue(one: Owner) -> tuple[int, int, str]:
    return -one.overdue, -one.owed, one.name


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
