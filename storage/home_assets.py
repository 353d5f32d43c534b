"""Assets on the App Home: what the field makes of them in a quarter, what their checks found, and who waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, select
from sqlmodel import Session, col

from bot.domain.home import AssetUse, Owed, Use
from bot.domain.own_group import KINDS, OwnGroup
from storage import filed_away_result, people
from storage.asset import AssetVersion
from storage.feedback import Feedback
from storage.filed_away import FiledAwayCheck
from storage.own_group import belongs
from storage.people import Person

_said, _version = Feedback, AssetVersion
_used = col(_said.use) == "used_with_customer"


def list_own(session: Session, *, team_id: str, owner_id: str) -> tuple[list[AssetUse], list[int]]:
    """Somebody's assets that are out, the most review days first, and the ids of all versions they answer for.

    Those are the versions that they own, and earlier ones of their assets whose owner is no marketer any more.
    """
    mine = select(col(_version.asset_id)).where(col(_version.team_id) == team_id, col(_version.owner_id) == owner_id)
    query = _versions(team_id).where(col(_version.asset_id).in_(mine)).order_by(col(_version.number))
    rows = session.execute(query).all()
    marketers = (
        {one.user_id for one in people.list_people(session, team_id=team_id, role="marketer")} if rows else set()
    )
    owner_now = {row.asset_id: row.owner_id for row in rows if _is_out(row)}
    own = [
        row
        for row in rows
        if row.owner_id == owner_id or (row.owner_id not in marketers and owner_now.get(row.asset_id) == owner_id)
    ]
    return [_asset(row) for row in sorted(own, key=_stake) if _is_out(row)], [row.id for row in own]


def list_out(session: Session, *, team_id: str) -> list[AssetUse]:
    """All assets that are out, the most review days first."""
    query = _versions(team_id).where(
        col(_version.released_at).is_not(None),
        col(_version.superseded_at).is_(None),
        col(_version.retired_at).is_(None),
    )
    return [_asset(row) for row in sorted(session.execute(query).all(), key=_stake)]


def with_uses(
    session: Session, assets: Sequence[AssetUse], *, team_id: str, starts: Sequence[datetime]
) -> list[AssetUse]:
    """These assets with what was said of them between the moments of `starts`, and what their last checks found."""
    ids = [one.version_id for one in assets]
    if not ids:
        return []
    found = _count(session, "versions", starts, team=team_id, ids=ids)
    checks = {one.version_id: one for one in filed_away_result.list_latest(session, team_id=team_id, version_ids=ids)}
    return [replace(one, use=found.get(one.version_id, Use()), check=checks.get(one.version_id)) for one in assets]


def count_use(session: Session, *, team_id: str, starts: Sequence[datetime], group: OwnGroup | None = None) -> Use:
    """What everybody said between the moments of `starts`, or an own group."""
    if group is None:
        return _count(session, "all", starts, team=team_id)[0]
    given = {"department": group.department, "region": group.region, "choice": group.choice_id}
    return _count(session, group.kind, starts, team=team_id, **given)[0]


def find_verdicts(session: Session, *, team_id: str) -> dict[int, str]:
    """The last verdict of the filed-away checks of each version that has one."""
    check = FiledAwayCheck
    query = select(col(check.asset_version_id), col(check.verdict))
    query = query.where(col(check.team_id) == team_id, col(check.verdict).is_not(None))
    rows = session.execute(query.order_by(col(check.asset_version_id), col(check.number))).all()
    return {row.asset_version_id: row.verdict for row in rows}


def list_owed(
    session: Session, *, team_id: str, reader_id: str, version_ids: Sequence[int], since: datetime, limit: int
) -> tuple[list[Owed], int]:
    """Who has waited for the reader's first reply since then, the longest first, and how many they are in all."""
    if not version_ids:
        return [], 0
    owed = and_(_is_owed(team_id, since), col(_said.asset_version_id).in_(version_ids), col(_said.user_id) != reader_id)
    first = select(col(_said.id), func.count().over()).where(owed)  # from an index, without the texts
    first = first.order_by(col(_said.reply_due_at), col(_said.id)).limit(limit)
    found = {row[0]: row[1] for row in session.execute(first)}
    if not found:
        return [], 0
    query = (
        select(_said, col(Person.name), col(_version.title))
        .join(_version, col(_version.id) == _said.asset_version_id)
        .join(Person, and_(col(Person.team_id) == _said.team_id, col(Person.user_id) == _said.user_id), isouter=True)
        .where(col(_said.team_id) == team_id, col(_said.id).in_(found))
        .order_by(col(_said.reply_due_at), col(_said.id))
    )
    return [
        Owed(row.id or 0, title, name or "", row.said or row.missing or row.quoted_text, row.reply_due_at)
        for row, name, title in session.execute(query)
        if row.reply_due_at is not None
    ], max(found.values())


def _is_owed(team_id: str, since: datetime) -> Any:
    """The condition that feedback is owed a first reply, and that its words may be shown."""
    return and_(
        col(_said.team_id) == team_id,
        col(_said.created_at) >= since,
        col(_said.withdrawn_at).is_(None),
        col(_said.reply_due_at).is_not(None),
        col(_said.replied_at).is_(None),
        col(_said.held_for).is_(None),
    )


def _versions(team_id: str) -> Any:
    names = ("id", "asset_id", "title", "version", "owner_id", "review_days", "expires_on")
    ends = ("released_at", "superseded_at", "retired_at")
    columns = [getattr(_version, name) for name in (*names, *ends)]
    return select(*columns).where(col(_version.team_id) == team_id)


def _is_out(row: Any) -> bool:
    return row.released_at is not None and row.superseded_at is None and row.retired_at is None


def _stake(row: Any) -> tuple[int, int]:
    return -(row.review_days or 0), row.id


def _asset(row: Any) -> AssetUse:
    return AssetUse(row.id, row.title, row.version, row.review_days, row.expires_on)


def _count(session: Session, of: str, starts: Sequence[datetime], **given: Any) -> dict[int, Use]:
    """What was said in these weeks of each of the versions `ids`, or of all, or by an own group of a kind, as number 0.

    The weeks are counted of the uses alone, which are few: for each row there are as many sums as weeks.
    """
    query, since = _use_queries(of, len(starts) - 1)
    given |= {"since": starts[0], "until": starts[-1]}
    moments = {f"at_{place}": moment for place, moment in enumerate(starts[:-1])}
    of_weeks = {row[0]: _differences(row[1:]) for row in session.execute(since, given | moments)}
    none = (0,) * (len(starts) - 1)
    found = {}
    for row in session.execute(query, given).mappings():
        numbers = {name: int(row[name]) for name in Use.__dataclass_fields__ if name != "weeks"}
        found[row["number"]] = Use(**numbers, weeks=of_weeks.get(row["number"], none))
    return found


@cache  # putting them together takes longer than many a query
def _use_queries(of: str, weeks: int) -> tuple[Any, Any]:
    """What was said, and how many uses there are since each of the moments at_0, at_1 and so on."""
    version, created = col(_said.asset_version_id), col(_said.created_at)
    which = [col(_said.team_id) == bindparam("team"), created >= bindparam("since"), created < bindparam("until")]
    which.append(col(_said.withdrawn_at).is_(None))
    if of == "versions":
        which.append(version.in_(bindparam("ids", expanding=True)))
    if of in KINDS:
        theirs = belongs(of, **{name: bindparam(name) for name in ("team", "department", "region", "choice")})
        which.append(col(_said.user_id).in_(select(col(Person.user_id)).where(theirs)))
    number, groups = (version, (version,)) if of == "versions" else (literal(0), ())
    said = select(
        number.label("number"),
        func.count().label("said"),
        func.count(col(_said.user_id).distinct()).label("people"),
        _sum(_used).label("uses"),
        func.count(case((_used, col(_said.user_id))).distinct()).label("users"),
        _sum(col(_said.outcome) == "helped").label("helped"),
        _sum(col(_said.outcome) == "hurt").label("hurt"),
        func.count(col(_said.rating)).label("ratings"),
        func.coalesce(func.sum(col(_said.rating)), 0).label("rating_sum"),
    )
    since = [_sum(created >= bindparam(f"at_{place}")) for place in range(weeks)]
    uses = select(number, *since).where(*which, _used)
    return said.where(*which).group_by(*groups), uses.group_by(*groups)


def _differences(since: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(one - next_one) for one, next_one in pairwise([*since, 0]))


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
