"""People: who they are, where they are, and which roles they hold."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

from bot.access import ROLES, Actor

DEPARTMENTS = ("sales", "marketing", "regulatory", "executive", "other")


class Person(SQLModel, table=True):
    """Somebody in a workspace. A person without a role row is a rep.

    `working_hours` is local time, "09:00-17:00"; `tz` an IANA name; `dm_channel_id` the direct message with the app.
    """

    __table_args__ = (CheckConstraint(f"department IN {DEPARTMENTS!r}", name="person_department"),)

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str = ""
    department: str = "other"
    region: str = ""
    tz: str = ""
    working_hours: str = "09:00-17:00"
    dm_channel_id: str | None = None
    is_active: bool = True
    created_at: datetime


class Role(SQLModel, table=True):
    """One role that a person holds."""

    __table_args__ = (CheckConstraint(f"role IN {ROLES!r}", name="role_known"),)

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


def get_person(session: Session, *, team_id: str, user_id: str) -> Person | None:
    """The person, or None if the app has not met them."""
    return session.get(Person, (team_id, user_id))


def record_person(session: Session, *, team_id: str, user_id: str, now: datetime, **known: str | bool | None) -> Person:
    """Remember somebody; what is known (name, department, region, tz, working_hours, …) replaces what stood there."""
    person = session.get(Person, (team_id, user_id))
    if person is None:
        person = Person(team_id=team_id, user_id=user_id, created_at=now)
    for field, value in known.items():
        if value is not None:
            setattr(person, field, value)
    session.add(person)
    session.flush()
    return person


def list_people(session: Session, *, team_id: str, role: str | None = None) -> list[Person]:
    """The active people of a workspace by name; with `role`, those who hold it."""
    query = select(Person).where(Person.team_id == team_id, col(Person.is_active).is_(True))
    if role == "rep":
        others = select(Role.user_id).where(Role.team_id == team_id, Role.role != "rep")
        query = query.where(col(Person.user_id).not_in(others))
    elif role is not None:
        holders = select(Role.user_id).where(Role.team_id == team_id, Role.role == role)
        query = query.where(col(Person.user_id).in_(holders))
    return list(session.exec(query.order_by(col(Person.name), col(Person.user_id))))


def list_roles(session: Session, *, team_id: str, user_id: str) -> frozenset[str]:
    """The roles a person holds; nobody in particular is a rep."""
    held = session.exec(select(Role.role).where(Role.team_id == team_id, Role.user_id == user_id))
    return frozenset(held) or frozenset({"rep"})


def record_roles(session: Session, *, team_id: str, user_id: str, roles: frozenset[str]) -> None:
    """Give a person exactly these roles."""
    session.exec(delete(Role).where(col(Role.team_id) == team_id, col(Role.user_id) == user_id))
    for role in sorted(roles):
        session.add(Role(team_id=team_id, user_id=user_id, role=role))
    session.flush()


def find_actor(session: Session, *, team_id: str, user_id: str, admins: frozenset[str], default_tz: str) -> Actor:
    """The person as `bot.access` knows them: their roles, region and zone; `admins` come from the settings."""
    person = get_person(session, team_id=team_id, user_id=user_id)
    roles = list_roles(session, team_id=team_id, user_id=user_id)
    if user_id in admins:
        roles |= {"admin"}
    return Actor(
        team_id=team_id,
        user_id=user_id,
        name=person.name if person else "",
        roles=roles,
        department=person.department if person else "other",
        region=person.region if person else "",
        tz=(person.tz if person else "") or default_tz,
    )
