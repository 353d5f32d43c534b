"""Assets on the App Home: what the field makes of them in a quarter, what their checks found, and who waits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from bot.domain.home import AssetUse, Owed, Use
from storage import people
from storage.asset import AssetVersion
from storage.feedback import Feedback
from storage.filed_away import FiledAwayCheck
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
    """These assets with what was said of them between the moments of `starts`, and their last verdict."""
    ids = [one.version_id for one in assets]
    if not ids:
        return []
    query = select(col(_said.asset_version_id).label("version_id"), *_use_columns(starts))
    query = query.where(window(team_id, starts), col(_said.asset_version_id).in_(ids))
    rows = session.execute(query.group_by(col(_said.asset_version_id))).mappings()
    found = {row["version_id"]: _use(row, starts) for row in rows}
    verdicts = find_verdicts(session, team_id=team_id, version_ids=ids)
    return [
        replace(one, use=found.get(one.version_id, Use()), verdict=verdicts.get(one.version_id, "")) for one in assets
    ]


def count_use(session: Session, *, team_id: str, starts: Sequence[datetime], only: Sequence[Any] = ()) -> Use:
    """What everybody said between the moments of `starts`; `only` are more conditions on the feedback."""
    query = select(*_use_columns(starts)).where(window(team_id, starts), *only)
    return _use(session.execute(query).mappings().one(), starts)


def find_verdicts(session: Session, *, team_id: str, version_ids: Iterable[int]) -> dict[int, str]:
    """The last verdict of the filed-away checks of these versions, of those that have one."""
    check = FiledAwayCheck
    query = select(col(check.asset_version_id), col(check.verdict)).where(
        col(check.team_id) == team_id,
        col(check.verdict).is_not(None),
        col(check.asset_version_id).in_(list(version_ids)),
    )
    rows = session.execute(query.order_by(col(check.asset_version_id), col(check.number))).all()
    return {row.asset_version_id: row.verdict for row in rows}


def list_owed(
    session: Session, *, team_id: str, reader_id: str, version_ids: Sequence[int], since: datetime, limit: int
) -> tuple[list[Owed], int]:
    """Who has waited for the reader's first reply since then, the longest first, and how many they are in all."""
    if not version_ids:
        return [], 0
    owed = and_(_is_owed(team_id, since), col(_said.asset_version_id).in_(version_ids), col(_said.user_id) != reader_id)
    total = session.execute(select(func.count()).select_from(_said).where(owed)).scalar_one()
    query = (
        select(_said, col(Person.name), col(_version.title))
        .join(_version, col(_version.id) == _said.asset_version_id)
        .join(Person, and_(col(Person.team_id) == _said.team_id, col(Person.user_id) == _said.user_id), isouter=True)
        .where(owed)
        .order_by(col(_said.reply_due_at), col(_said.id))
        .limit(limit)
    )
    return [
        Owed(row.id or 0, title, name or "", row.said or row.missing or row.quoted_text, row.reply_due_at)
        for row, name, title in (session.execute(query) if total else ())
        if row.reply_due_at is not None
    ], total


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


def window(team_id: str, starts: Sequence[datetime]) -> Any:
    return and_(
        col(_said.team_id) == team_id,
        col(_said.created_at) >= starts[0],
        col(_said.created_at) < starts[-1],
        col(_said.withdrawn_at).is_(None),
    )


def _use_columns(starts: Sequence[datetime]) -> list[Any]:
    created = col(_said.created_at)
    weeks = [
        _sum(and_(_used, created >= begin, created < end)).label(f"week_{number}")
        for number, (begin, end) in enumerate(pairwise(starts))
    ]
    return [
        func.count().label("said"),
        func.count(col(_said.user_id).distinct()).label("people"),
        _sum(_used).label("uses"),
        func.count(case((_used, col(_said.user_id))).distinct()).label("users"),
        _sum(col(_said.outcome) == "helped").label("helped"),
        _sum(col(_said.outcome) == "hurt").label("hurt"),
        func.count(col(_said.rating)).label("ratings"),
        func.coalesce(func.sum(col(_said.rating)), 0).label("rating_sum"),
        *weeks,
    ]


def _use(row: Any, starts: Sequence[datetime]) -> Use:
    numbers = {name: int(row[name]) for name in Use.__dataclass_fields__ if name != "weeks"}
    return Use(**numbers, weeks=tuple(int(row[f"week_{number}"]) for number in range(len(starts) - 1)))


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
