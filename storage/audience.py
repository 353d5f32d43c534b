"""Audiences as they are in a workspace today: who belongs to one, and which regions there are to choose from."""

from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from bot.domain.audience import Audience
from bot.domain.own_group import OwnGroup
from storage.own_group import in_own_group
from storage.people import Person
from storage.role import holders


def list_group(
    session: Session,
    *,
    team_id: str,
    audience: Audience,
    of: OwnGroup | None,
    members: frozenset[str] | None = None,
    limit: int | None = None,
) -> list[Person]:
    """The active people to whom an audience applies, by name; `members` are those of its channels.

    With `of` only those who are in that own group, and the regions are passed over: no manager chooses any. Without
    `members` the channels are passed over: only Slack knows who is in them.
    """
    query = _in_group(select(Person), team_id, audience, of).order_by(col(Person.name), col(Person.user_id))
    found = list(session.exec(query.limit(limit)))
    return found if members is None else [one for one in found if one.user_id in members]


def count_group(session: Session, *, team_id: str, audience: Audience, of: OwnGroup | None) -> int:
    """How many people `list_group` finds, channels passed over."""
    query = _in_group(select(func.count()).select_from(Person), team_id, audience, of)
    return int(session.exec(query).one())


def list_regions(session: Session, *, team_id: str) -> list[str]:
    """The regions in which somebody is, by name."""
    query = select(Person.region).where(Person.team_id == team_id, col(Person.is_active).is_(True), Person.region != "")
    return sorted(session.exec(query.distinct()), key=str.casefold)


def _in_group(query: Any, team_id: str, audience: Audience, of: OwnGroup | None) -> Any:
    """The rule of `Audience.fits`, as a query."""
    query = query.where(Person.team_id == team_id, col(Person.is_active).is_(True))
    if audience.role:
        holds = col(Person.user_id).in_(holders(team_id, audience.role))
        is_nobody_in_particular = col(Person.user_id).not_in(holders(team_id))
        query = query.where(or_(holds, is_nobody_in_particular) if audience.role == "rep" else holds)
    if audience.regions and of is None:
        query = query.where(col(Person.region).in_(audience.regions))
    if audience.user_ids:
        query = query.where(col(Person.user_id).in_(audience.user_ids))
    if of is not None:
        query = query.where(in_own_group(of))
    return query
