"""People: who they are, where they are, and which roles they hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, bindparam, func, or_
from sqlmodel import Field, Session, SQLModel, col, select

from bot.access import Actor
from bot.domain.csv_list import BadLine
from bot.domain.people import DEPARTMENT_LABELS, PeopleReading, PersonLine, read_people_csv
from bot.errors import BotError
from storage import audit
from storage.db import run_statement

# Who holds which role is asked here, with the people; the table itself is nobody else's.
from storage.role import Role as Role
from storage.role import count_roles as count_roles
from storage.role import holders, holders_of_others, is_held, with_roles
from storage.role import list_all_roles as list_all_roles
from storage.role import list_roles as list_roles
from storage.role import record_roles as record_roles
from storage.turns import take_turn

DEPARTMENTS = tuple(DEPARTMENT_LABELS)
ROLES_TURN = "roles"  # two admins who take each other's role away in one moment would leave nobody
LAST_ADMIN = "This is the only admin. Make somebody else an admin first, so that there is always one."


class Person(SQLModel, table=True):
    """Somebody in a workspace. A person without a role row is a rep.

    `working_hours` is local time, "09:00-17:00", and "" the usual ones of the workspace; `tz` an IANA name;
    `dm_channel_id` the direct message with the app. `met_at` is when the app has welcomed them, None for somebody whom
    it only knows of; until `quiet_until` they want to be asked nothing.
    """

    __table_args__ = (CheckConstraint(f"department IN {DEPARTMENTS!r}", name="person_department"),)

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str = ""
    department: str = "other"
    region: str = ""
    tz: str = ""
    working_hours: str = ""
    dm_channel_id: str | None = None
    is_active: bool = True
    created_at: datetime
    met_at: datetime | None = None
    quiet_until: datetime | None = None


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
        query = query.where(col(Person.user_id).not_in(holders_of_others(team_id)))
    elif role is not None:
        query = query.where(col(Person.user_id).in_(holders(team_id, role)))
    return list(session.exec(query.order_by(col(Person.name), col(Person.user_id))))


_SAME = (Person.team_id == bindparam("team"), Person.user_id == bindparam("user"))
_NAME = select(Person.name).where(*_SAME)
_KNOWN: Any = select(Person.name, Person.department, Person.region, Person.tz).add_columns(col(Person.met_at))
_ACTOR: Any = with_roles(_KNOWN, Person).where(*_SAME)
_HOLDS: Any = select(Person.user_id).where(
    *_SAME, col(Person.is_active).is_(True), is_held(Person.team_id, Person.user_id, bindparam("role"))
)


def find_name(session: Session, *, team_id: str, user_id: str) -> str:
    """Somebody's name; empty if the app has not met them."""
    return str(run_statement(session, _NAME, team=team_id, user=user_id).scalar() or "") if user_id else ""


def holds_role(session: Session, *, team_id: str, user_id: str, role: str) -> bool:
    """Whether somebody who has not left has this role; nobody with the empty id does."""
    return run_statement(session, _HOLDS, team=team_id, user=user_id, role=role).first() is not None


def find_actor(session: Session, *, team_id: str, user_id: str, admins: frozenset[str], default_tz: str) -> Actor:
    """The person as `bot.access` knows them: their roles, region and zone; `admins` come from the settings."""
    known = find_known_actor(session, team_id=team_id, user_id=user_id, admins=admins, default_tz=default_tz)
    if known is not None:
        return known
    roles = list_roles(session, team_id=team_id, user_id=user_id)
    return Actor(team_id, user_id, "", _with_admin(roles, user_id, admins), "other", "", default_tz, is_new=True)


def find_known_actor(
    session: Session, *, team_id: str, user_id: str, admins: frozenset[str], default_tz: str
) -> Actor | None:
    """The same, or None if the app has not met them."""
    known = run_statement(session, _ACTOR, team=team_id, user=user_id).all()
    if not known:
        return None
    name, department, region, tz, met_at, _ = known[0]
    roles = _with_admin(frozenset(row.role for row in known if row.role) or frozenset({"rep"}), user_id, admins)
    return Actor(team_id, user_id, name, roles, department, region, tz or default_tz, is_new=met_at is None)


def _with_admin(roles: frozenset[str], user_id: str, admins: frozenset[str]) -> frozenset[str]:
    return roles | {"admin"} if user_id in admins else roles


@dataclass(frozen=True)
class RoleChange:
    """What an administrator changed: whose roles, from what to what."""

    user_id: str
    name: str
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True)
class PeopleImport:
    """What became of a list: the names of those that were saved, the bad lines, and whose roles changed."""

    saved: list[str]
    problems: list[BadLine]
    changes: list[RoleChange]
    reading: PeopleReading


def find_people(session: Session, *, team_id: str, search: str = "", offset: int = 0, limit: int = 10) -> list[Person]:
    """Active people whose name or region contains `search`, by name, a page of them."""
    query = _named(select(Person), team_id, search).order_by(col(Person.name), col(Person.user_id))
    return list(session.exec(query.offset(offset).limit(limit)))


def count_people(session: Session, *, team_id: str, search: str = "") -> int:
    """How many people `find_people` finds in all."""
    return int(session.exec(_named(select(func.count()).select_from(Person), team_id, search)).one())


def find_by_ids(session: Session, *, team_id: str, user_ids: Iterable[str]) -> list[Person]:
    """Those of these people whom the app has met."""
    query = select(Person).where(Person.team_id == team_id, col(Person.user_id).in_(sorted(set(user_ids))))
    return list(session.exec(query))


def find_by_name(session: Session, *, team_id: str, name: str) -> list[Person]:
    """The active people of exactly this name, whatever its case."""
    wanted = name.casefold()
    return [person for person in list_people(session, team_id=team_id) if person.name.casefold() == wanted]


def list_admins(session: Session, *, team_id: str, admins: frozenset[str]) -> list[Person]:
    """The active admins, by name: those who were given the role, and of those in the settings whom the app has met."""
    query = select(Person).where(Person.team_id == team_id, col(Person.is_active).is_(True))
    query = query.where(or_(col(Person.user_id).in_(holders(team_id, "admin")), col(Person.user_id).in_(admins)))
    return list(session.exec(query.order_by(col(Person.name), col(Person.user_id))))


def change_facts(
    session: Session, *, team_id: str, user_id: str, now: datetime, by: str, facts: Mapping[str, str]
) -> Person:
    """`record_person` for what somebody (`by`, "" for a command) says of a person; what it changes is in the trail."""
    person = get_person(session, team_id=team_id, user_id=user_id)
    given = {field: value for field, value in facts.items() if field != "name"}
    before = {field: getattr(person, field) for field in given} if person else {}
    person = record_person(session, team_id=team_id, user_id=user_id, now=now, **facts)
    changed = [field for field, value in given.items() if before.get(field) not in (None, value)]
    if changed:
        old, new = ({field: side[field] for field in changed} for side in (before, given))
        told: dict[str, Any] = {"before": old, "after": new, "about": user_id, "now": now}
        audit.record(session, team_id=team_id, by=by, deed="person.changed", **told)
    return person


def change_roles(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    roles: frozenset[str],
    admins: frozenset[str],
    now: datetime,
    by: str,
) -> RoleChange:
    """Give a person exactly these roles; those in `admins` stay admins whatever is said here. `by` gave them.

    Raises:
        BotError: nobody would be an admin any more.
    """
    take_turn(session, team_id=team_id, of=ROLES_TURN)
    person = get_person(session, team_id=team_id, user_id=user_id)
    before = list_roles(session, team_id=team_id, user_id=user_id)
    after = roles or frozenset({"rep"})
    if "admin" in before - after and not admins:
        others = {one.user_id for one in list_admins(session, team_id=team_id, admins=admins)} - {user_id}
        if not others:
            raise BotError(LAST_ADMIN, field="roles")
    if after != before:
        record_roles(session, team_id=team_id, user_id=user_id, roles=after, now=now, by=by)
        old, new = ({"roles": sorted(held)} for held in (before, after))
        told: dict[str, Any] = {"before": old, "after": new, "about": user_id, "now": now}
        audit.record(session, team_id=team_id, by=by, deed="roles.changed", **told)
    named = frozenset({"admin"}) if user_id in admins else frozenset[str]()
    return RoleChange(user_id, person.name if person else "", before | named, after | named)


def import_people(
    session: Session,
    *,
    team_id: str,
    text: str,
    now: datetime,
    by: str = "",
    all_or_nothing: bool = False,
    admins: frozenset[str] = frozenset(),
) -> PeopleImport:
    """Save a list of people in CSV; with `all_or_nothing` a single bad line keeps all the others out.

    `by` brought it, "" for a command.
    """
    take_turn(session, team_id=team_id, of=ROLES_TURN)
    reading = read_people_csv(text)
    problems, found = list(reading.problems), []
    for line in reading.people:
        user_id = line.user_id or _only_one(session, team_id, line, problems)
        if user_id:
            found.append((user_id, line))
    found = _without_taking_the_last_admin(session, team_id, found, problems, admins)
    problems.sort(key=lambda problem: problem.line)
    if all_or_nothing and problems:
        return PeopleImport([], problems, [], reading)
    saved, changes = [], []
    for user_id, line in found:
        who: dict[str, Any] = {"team_id": team_id, "user_id": user_id, "now": now, "by": by}
        person = change_facts(session, **who, facts=line.facts)
        saved.append(person.name or user_id)
        if line.roles is not None:
            changes.append(change_roles(session, **who, roles=line.roles, admins=admins))
    if saved:
        audit.record(session, team_id=team_id, by=by, deed="people.imported", after={"people": len(saved)}, now=now)
    return PeopleImport(saved, problems, [change for change in changes if change.before != change.after], reading)


def _named(query: Any, team_id: str, search: str) -> Any:
    query = query.where(Person.team_id == team_id, col(Person.is_active).is_(True))
    if search:
        fits = [col(field).icontains(search, autoescape=True) for field in (Person.name, Person.region)]
        query = query.where(or_(*fits))
    return query


def _only_one(session: Session, team_id: str, line: PersonLine, problems: list[BadLine]) -> str:
    """The id of the person a line means by name alone, or "" with a problem."""
    named = find_by_name(session, team_id=team_id, name=line.name)
    if len(named) == 1:
        return named[0].user_id
    many = f"{len(named)} people are called {line.name}; say which by slack_id."
    problems.append(BadLine(line.line, many if named else f"I know nobody called {line.name}; add their slack_id."))
    return ""


def _without_taking_the_last_admin(
    session: Session,
    team_id: str,
    found: list[tuple[str, PersonLine]],
    problems: list[BadLine],
    admins: frozenset[str],
) -> list[tuple[str, PersonLine]]:
    """The lines that may be saved, those that make admins first; what would leave nobody an admin is a problem."""
    before = {person.user_id for person in list_admins(session, team_id=team_id, admins=admins)}
    given = {user_id for user_id, line in found if "admin" in (line.roles or ())}
    taken = {user_id for user_id, line in found if line.roles is not None} & before - given
    if taken and not admins and not (before | given) - taken:
        problems += [BadLine(line.line, LAST_ADMIN) for user_id, line in found if user_id in taken]
        found = [(user_id, line) for user_id, line in found if user_id not in taken]
    return sorted(found, key=lambda pair: pair[0] not in given)
