"""Own groups: which people a manager may ask and reads numbers of. Whoever wants to know asks here, and only here."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, and_, func, or_, text
from sqlmodel import Field, Session, SQLModel, col, delete, select

from bot.domain.own_group import PEOPLE, PLACE, USER_GROUP, Choice, LostGroup, OwnGroup
from bot.domain.text import count
from storage import audit, erased, home
from storage.people import Person
from storage.role import holders
from storage.turns import take_turn
from storage.user_group import ask_to_read, list_user_groups

CHOSEN = (USER_GROUP, PEOPLE)  # without a row it is the manager's department and region
# How often Slack is asked again: who is in a user group, and who of those chosen by hand is still there.
LOOKS = {USER_GROUP: timedelta(hours=1), PEOPLE: timedelta(days=1)}
HELD_NOW = text("held_to IS NULL")


class OwnGroupChoice(SQLModel, table=True):
    """What an admin chose as a manager's (`user_id`) own group, from when to when; `held_to` is None while it holds.

    `name` is the user group's as it was last read, at `read_at`; `lost_at` is since when Slack shows it no more.
    """

    __table_args__ = (
        CheckConstraint(f"kind IN {CHOSEN!r}", name="own_group_choice_kind"),
        CheckConstraint("held_to IS NULL OR held_to >= held_from", name="own_group_choice_held"),
        Index(
            "own_group_choice_held_now", "team_id", "user_id", unique=True, sqlite_where=HELD_NOW,
            postgresql_where=HELD_NOW,
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    kind: str
    user_group_id: str = ""
    name: str = ""
    held_from: datetime
    held_to: datetime | None = None
    given_by: str = ""
    ended_by: str = ""
    read_at: datetime | None = None
    lost_at: datetime | None = None


class OwnGroupMember(SQLModel, table=True):
    """Somebody who is in an own group now: as Slack told last of a user group, or as an admin chose them."""

    team_id: str = Field(primary_key=True)
    choice_id: int = Field(primary_key=True, foreign_key="owngroupchoice.id", ondelete="CASCADE")
    user_id: str = Field(primary_key=True)


def find_own_group(session: Session, *, team_id: str, manager_id: str) -> OwnGroup | None:
    """A manager's own group as it is now; None if nobody has said yet which it is."""
    person = session.get(Person, (team_id, manager_id))
    row = _find_choice(session, team_id, manager_id)
    if person is None or (row is None and not person.region):
        return None
    told: dict[str, Any] = {"department": person.department, "region": person.region}
    if row is not None:
        told |= {"kind": row.kind, "choice_id": row.id or 0, "user_group_id": row.user_group_id, "name": row.name}
        told |= {"read_at": row.read_at, "lost_at": row.lost_at}
    return OwnGroup(team_id, manager_id, **told)


def in_own_group(own: OwnGroup) -> Any:
    """The condition that a person belongs to an own group and has not left."""
    given = {"team": own.team_id, "department": own.department, "region": own.region, "choice": own.choice_id}
    return belongs(own.kind, **given)


def belongs(kind: str, *, team: Any, department: Any, region: Any, choice: Any) -> Any:
    """The same from the facts of an own group, which may be bound later."""
    here = (col(Person.team_id) == team, col(Person.is_active).is_(True))
    if kind == PLACE:
        return and_(*here, col(Person.department) == department, col(Person.region) == region)
    inside = select(OwnGroupMember.user_id).where(OwnGroupMember.team_id == team, OwnGroupMember.choice_id == choice)
    return and_(*here, col(Person.user_id).in_(inside))


def count_people(session: Session, own: OwnGroup) -> int:
    """How many people are in it, the manager among them if they are."""
    return int(session.exec(select(func.count()).select_from(Person).where(in_own_group(own))).one())


def as_choice(session: Session, own: OwnGroup | None) -> Choice:
    """An own group as a form says it; those chosen by hand are named, whether the app has met them or not."""
    if own is None or own.kind == PLACE:
        return Choice(PLACE)
    if own.kind == USER_GROUP:
        return Choice(USER_GROUP, own.user_group_id)
    query = select(OwnGroupMember.user_id).where(OwnGroupMember.team_id == own.team_id)
    return Choice(PEOPLE, "", tuple(sorted(session.exec(query.where(OwnGroupMember.choice_id == own.choice_id)))))


def change_own_group(
    session: Session, said: Choice, *, team_id: str, manager_id: str, now: datetime, real_now: datetime, by: str
) -> bool:
    """Let a checked choice be a manager's own group from now on; False if it is that already. `by` chose it.

    Slack is asked soon who is in it, and the manager's Home is drawn anew.
    """
    take_turn(session, team_id=team_id, of=f"own_group {manager_id}")
    before = find_own_group(session, team_id=team_id, manager_id=manager_id)
    kept, chosen = as_choice(session, before), _only_what_counts(said)
    if chosen == kept:
        return False
    row = _find_choice(session, team_id, manager_id)
    if row is not None:
        _end(session, row, now=now, by=by)
    if chosen.kind != PLACE:
        new = OwnGroupChoice(team_id=team_id, user_id=manager_id, kind=chosen.kind, held_from=now, given_by=by)
        new.user_group_id = chosen.user_group_id
        new.name = list_user_groups(session, team_id=team_id).get(chosen.user_group_id, "")
        session.add(new)
        session.flush()
        _add_members(session, new, chosen.user_ids)
    after = find_own_group(session, team_id=team_id, manager_id=manager_id)
    details: dict[str, Any] = {"own group": _trail_words(after, chosen)}
    if kept.kind == chosen.kind == PEOPLE:
        had, has = set(kept.user_ids), set(chosen.user_ids)
        details |= {"added": len(has - had), "taken out": len(had - has)}
    told: dict[str, Any] = {"before": {"own group": _trail_words(before, kept)}, "after": details, "now": now}
    audit.record(session, team_id=team_id, by=by, deed="own_group.changed", about=manager_id, **told)
    ask_to_read(session, team_id=team_id, real_now=real_now)
    home.refresh_home(session, team_id=team_id, user_id=manager_id, real_now=real_now)
    return True


def list_due(session: Session, *, team_id: str, now: datetime) -> list[OwnGroupChoice]:
    """The choices for managers of which Slack is to be asked again, those first that have waited longest."""
    asked = col(OwnGroupChoice.read_at)
    due = [and_(col(OwnGroupChoice.kind) == kind, asked <= now - length) for kind, length in LOOKS.items()]
    query = select(OwnGroupChoice).where(OwnGroupChoice.team_id == team_id, col(OwnGroupChoice.held_to).is_(None))
    query = query.where(or_(asked.is_(None), *due), col(OwnGroupChoice.user_id).in_(holders(team_id, "manager")))
    return list(session.exec(query.order_by(asked.is_not(None), asked, col(OwnGroupChoice.id))))


def take_choice(session: Session, *, team_id: str, choice_id: int) -> OwnGroupChoice | None:
    """A choice that still holds, for whoever is going to change who is in it; None if it holds no more."""
    query = select(OwnGroupChoice).where(OwnGroupChoice.team_id == team_id, OwnGroupChoice.id == choice_id)
    row = session.exec(query).first()
    if row is None:
        return None
    take_turn(session, team_id=team_id, of=f"own_group {row.user_id}")
    session.refresh(row)
    return row if row.held_to is None else None


def record_members(
    session: Session, row: OwnGroupChoice, *, name: str, members: frozenset[str] | None, now: datetime
) -> bool:
    """What Slack tells of a user group now; `members` is None if it shows it no more, and then who was in it stays.

    Whoever was erased is not among them before they are met anew. False if nothing has changed. It has been read when
    those whom the app does not know are met, too (`record_looked`).
    """
    before = (row.lost_at is None, row.name)
    changed = False
    if members is None:
        row.lost_at = row.lost_at or now
    else:
        row.lost_at, row.name = None, name
        members -= erased.list_erased(session, team_id=row.team_id, user_ids=members)
        had = frozenset(session.exec(_members_of(row)))
        remove_members(session, row, had - members)
        _add_members(session, row, members - had)
        changed = had != members
    session.add(row)
    session.flush()
    return changed or before != (row.lost_at is None, row.name)


def record_looked(session: Session, row: OwnGroupChoice, *, now: datetime) -> bool:
    """Slack was asked about everybody in it; whether that was for the first time."""
    is_first = row.read_at is None
    row.read_at = now
    session.add(row)
    session.flush()
    return is_first


def list_members(session: Session, row: OwnGroupChoice, *, only_unmet: bool = False) -> list[str]:
    """The user ids of those in it; with `only_unmet` those whom the app does not know to be there."""
    query = _members_of(row)
    if only_unmet:
        query = query.where(col(OwnGroupMember.user_id).not_in(_known(row.team_id)))
    return sorted(session.exec(query))


def remove_members(session: Session, row: OwnGroupChoice, user_ids: Collection[str]) -> None:
    """These are not in it: bots, people of other companies, and who is in the user group no more."""
    gone = delete(OwnGroupMember).where(
        col(OwnGroupMember.team_id) == row.team_id, col(OwnGroupMember.choice_id) == row.id
    )
    if user_ids:
        session.exec(gone.where(col(OwnGroupMember.user_id).in_(sorted(user_ids))))


def list_lost(session: Session, *, team_id: str) -> list[LostGroup]:
    """The own groups of managers whose user group Slack shows no more, by the manager's name."""
    row = OwnGroupChoice
    query = select(row, Person.name).join(
        Person, and_(col(Person.team_id) == row.team_id, col(Person.user_id) == row.user_id)
    )
    query = query.where(row.team_id == team_id, col(row.held_to).is_(None), col(row.lost_at).is_not(None))
    query = query.where(col(row.user_id).in_(holders(team_id, "manager")), col(Person.is_active).is_(True))
    found = []
    for one, manager in session.exec(query.order_by(col(Person.name), col(row.id))).all():
        own = OwnGroup(team_id, one.user_id, one.kind, choice_id=one.id or 0)
        found.append(LostGroup(manager, one.name, count_people(session, own)))
    return found


def _find_choice(session: Session, team_id: str, manager_id: str) -> OwnGroupChoice | None:
    query = select(OwnGroupChoice).where(OwnGroupChoice.team_id == team_id, OwnGroupChoice.user_id == manager_id)
    return session.exec(query.where(col(OwnGroupChoice.held_to).is_(None))).first()


def _only_what_counts(said: Choice) -> Choice:
    """Without what stands in the fields for the other ways."""
    group = said.user_group_id if said.kind == USER_GROUP else ""
    return Choice(said.kind, group, tuple(sorted(set(said.user_ids))) if said.kind == PEOPLE else ())


def _end(session: Session, row: OwnGroupChoice, *, now: datetime, by: str) -> None:
    """It holds no more; who was in it is nobody's business then."""
    row.held_to, row.ended_by = max(row.held_from, now), by
    session.add(row)
    remove_members(session, row, list_members(session, row))
    session.flush()


def _add_members(session: Session, row: OwnGroupChoice, user_ids: Collection[str]) -> None:
    for user_id in sorted(user_ids):
        session.add(OwnGroupMember(team_id=row.team_id, choice_id=row.id or 0, user_id=user_id))
    session.flush()


def _members_of(row: OwnGroupChoice) -> Any:
    return select(OwnGroupMember.user_id).where(
        OwnGroupMember.team_id == row.team_id, OwnGroupMember.choice_id == row.id
    )


def _known(team_id: str) -> Any:
    return select(Person.user_id).where(Person.team_id == team_id, col(Person.is_active).is_(True))


def _trail_words(own: OwnGroup | None, chosen: Choice) -> str:
    """In the trail: it names nobody, since another person's key seals it."""
    if own is None:
        return ""
    return f"{count(len(chosen.user_ids), 'person', 'people')} by hand" if own.kind == PEOPLE else own.in_words()
