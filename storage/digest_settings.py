"""When and how people want their digest, and who is to get one."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, and_, select
from sqlmodel import Field, Session, SQLModel, col

from bot.access import Actor
from bot.domain.digest_plan import DEPTHS, RHYTHMS, DigestPlan
from storage.people import Person
from storage.role import with_roles


class DigestSetting(SQLModel, table=True):
    """What somebody chose (`bot.domain.digest_plan`), and when: dates before it do not count. Without a row it is what
    is usual for their role."""

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="digest_setting_weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="digest_setting_hour"),
        CheckConstraint(f"depth IN {tuple(DEPTHS)!r}", name="digest_setting_depth"),
        CheckConstraint(f"rhythm IN {tuple(RHYTHMS)!r}", name="digest_setting_rhythm"),
    )

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    weekday: int
    hour: int
    depth: str
    rhythm: str
    changed_at: datetime


@dataclass(frozen=True)
class Reader:
    """Somebody who may get a digest: who they are, and what they chose and when (None: nothing yet)."""

    actor: Actor
    plan: DigestPlan | None = None
    changed_at: datetime | None = None


def find_setting(session: Session, *, team_id: str, user_id: str) -> DigestPlan | None:
    """What somebody chose, None if nothing yet."""
    row = session.get(DigestSetting, (team_id, user_id))
    return DigestPlan(row.weekday, row.hour, row.depth, row.rhythm) if row else None


def record_setting(session: Session, *, team_id: str, user_id: str, plan: DigestPlan, now: datetime) -> None:
    """Keep what somebody chose; choosing the same once more changes nothing."""
    if find_setting(session, team_id=team_id, user_id=user_id) == plan:
        return
    row = session.get(DigestSetting, (team_id, user_id))
    known: dict[str, Any] = {
        "weekday": plan.weekday,
        "hour": plan.hour,
        "depth": plan.depth,
        "rhythm": plan.rhythm,
        "changed_at": now,
    }
    row = row or DigestSetting(team_id=team_id, user_id=user_id, **known)
    for name, value in known.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def list_readers(session: Session, *, team_id: str, admins: frozenset[str], default_tz: str) -> list[Reader]:
    """Everybody who is there, with what they chose; columns and no rows of the model, as each tick asks for them."""
    its = DigestSetting
    query = (
        select(
            col(Person.user_id),
            col(Person.name),
            col(Person.department),
            col(Person.region),
            col(Person.tz),
            col(its.weekday),
            col(its.hour),
            col(its.depth),
            col(its.rhythm),
            col(its.changed_at),
        )
        .join(its, and_(col(its.team_id) == Person.team_id, col(its.user_id) == Person.user_id), isouter=True)
        .where(col(Person.team_id) == team_id, col(Person.is_active).is_(True))
        .order_by(col(Person.user_id))
    )
    found: dict[str, Reader] = {}
    read = session.execute(with_roles(query, Person))
    for user_id, name, department, region, tz, weekday, hour, depth, rhythm, changed_at, role in read:
        known = found.get(user_id)
        if known is None:
            roles = frozenset({"admin"}) if user_id in admins else frozenset[str]()
            actor = Actor(team_id, user_id, name, roles, department, region, tz if _is_zone(tz) else default_tz)
            plan = DigestPlan(weekday, hour, depth, rhythm) if rhythm else None
            known = Reader(actor, plan, changed_at)
        roles = known.actor.roles | {role or "rep"}
        found[user_id] = replace(known, actor=replace(known.actor, roles=roles))
    return list(found.values())


@lru_cache(maxsize=1_000)
def _is_zone(tz: str) -> bool:
    """Whether there is such a zone: somebody in none that this machine knows must not stop everybody's digest."""
    try:
        return bool(tz and ZoneInfo(tz))
    except (KeyError, ValueError, OSError):
        return False
