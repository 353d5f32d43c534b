"""Roles: who held which, from when to when, and who gave it. The past gives no right."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, and_, bindparam, func, text
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from bot.access import ROLES
from storage.db import run_statement

EVER = datetime(1970, 1, 1, tzinfo=UTC)  # since when somebody holds a role of which nobody knows since when
HELD_NOW = text("held_to IS NULL")


class Role(SQLModel, table=True):
    """One role that a person held, `held_to` is None while they do; `given_by` and `ended_by` are "" for a command."""

    __table_args__ = (
        CheckConstraint(f"role IN {ROLES!r}", name="role_known"),
        CheckConstraint("held_to IS NULL OR held_to >= held_from", name="role_held"),
        Index(
            "role_held_now", "team_id", "user_id", "role", unique=True, sqlite_where=HELD_NOW, postgresql_where=HELD_NOW
        ),
        Index("role_by_person", "team_id", "user_id", "held_to", "role"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    role: str
    held_from: datetime = EVER
    held_to: datetime | None = None
    given_by: str = ""
    ended_by: str = ""


_NOW = col(Role.held_to).is_(None)
_HELD = select(Role.role).where(Role.team_id == bindparam("team"), Role.user_id == bindparam("user"), _NOW)


def holders(team_id: str, role: str = "") -> Any:
    """The ids of those who hold the role, or any role, as a part of a query."""
    query = select(Role.user_id).where(Role.team_id == team_id, _NOW)
    return query.where(Role.role == role) if role else query


def holders_of_others(team_id: str) -> Any:
    """The ids of those who are more than reps, as a part of a query."""
    return holders(team_id).where(Role.role != "rep")


def with_roles(query: Any, person: Any) -> Any:
    """A query for people with one row and the column `role` for each role that they hold, None for who holds none."""
    same = and_(col(Role.team_id) == person.team_id, col(Role.user_id) == person.user_id, _NOW)
    return query.add_columns(col(Role.role)).outerjoin(Role, same)


def is_held(team: Any, user: Any, role: Any) -> Any:
    """Whether somebody holds a role, as a part of a query."""
    return select(Role.id).where(Role.team_id == team, Role.user_id == user, Role.role == role, _NOW).exists()


def list_roles(session: Session, *, team_id: str, user_id: str) -> frozenset[str]:
    """The roles a person holds; nobody in particular is a rep."""
    held = run_statement(session, _HELD, team=team_id, user=user_id).scalars()
    return frozenset(held) or frozenset({"rep"})


def list_all_roles(session: Session, *, team_id: str) -> dict[str, frozenset[str]]:
    """The roles of everybody who was given any, by user id."""
    held: dict[str, set[str]] = {}
    for row in session.exec(select(Role).where(Role.team_id == team_id, _NOW)):
        held.setdefault(row.user_id, set()).add(row.role)
    return {user_id: frozenset(roles) for user_id, roles in held.items()}


def count_roles(session: Session, *, team_id: str) -> dict[str, int]:
    """How many people hold each role; those who hold none are reps, and not among them."""
    query: Any = select(Role.role, func.count()).where(Role.team_id == team_id, _NOW).group_by(Role.role)
    return {str(role): int(number) for role, number in session.exec(query)}


def list_history(session: Session, *, team_id: str, user_id: str) -> list[Role]:
    """Every role that a person has held, the oldest first."""
    query = select(Role).where(Role.team_id == team_id, Role.user_id == user_id)
    return list(session.exec(query.order_by(col(Role.id))))


def record_roles(
    session: Session, *, team_id: str, user_id: str, roles: frozenset[str], now: datetime = EVER, by: str = ""
) -> None:
    """Give a person exactly these roles from now on; what they held and hold no more stays as their past.

    Without `now` nobody knows since when: they have always held them.
    """
    held = frozenset(run_statement(session, _HELD, team=team_id, user=user_id).scalars())
    ended = update(Role).where(
        col(Role.team_id) == team_id, col(Role.user_id) == user_id, _NOW, col(Role.role).in_(held - roles)
    )
    # What began after `now`, by another clock, ends when it began.
    until = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    session.exec(ended.values(held_to=until(col(Role.held_from), now), ended_by=by))
    for role in sorted(roles - held):
        session.add(Role(team_id=team_id, user_id=user_id, role=role, held_from=now, given_by=by))
    session.flush()


def forget_person(session: Session, *, team_id: str, user_id: str) -> int:
    """Delete every role that a person holds or held, and their name from those that they gave; gives how many."""
    for column in (col(Role.given_by), col(Role.ended_by)):
        session.exec(update(Role).where(col(Role.team_id) == team_id, column == user_id).values({column: ""}))
    return session.exec(delete(Role).where(col(Role.team_id) == team_id, col(Role.user_id) == user_id)).rowcount
