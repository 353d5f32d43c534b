"""Denials: who wanted what they may not, and how often; a few rows a day, however often somebody tries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, bindparam, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from storage import audit
from storage.db import run_statement

MOST_A_ROW = 100  # times that one thing is counted for a person on a day
MOST_A_PERSON = 20  # different things on a day
MOST_A_DAY = 2_000  # rows of a workspace on a day
KEPT_FOR = timedelta(days=90)


class Denial(SQLModel, table=True):
    """What somebody was denied on one day (UTC) and how often; `wanted` is the listener, never what they sent.

    `is_in_trail` once the audit trail has the day's count.
    """

    __table_args__ = (
        CheckConstraint("times > 0", name="denial_times"),
        Index("denial_open", "team_id", "is_in_trail", "day"),
    )

    team_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    wanted: str = Field(primary_key=True)
    times: int = 1
    last_at: datetime
    is_in_trail: bool = False


@dataclass(frozen=True)
class DeniedDay:
    """The denials of one day: how many people, and how often together."""

    day: date
    people: int
    times: int


_TEAM: Any = bindparam("team")
_DAY: Any = bindparam("on")
_USER: Any = bindparam("who")
_MINE = (Denial.team_id == _TEAM, Denial.day == _DAY, Denial.user_id == _USER)
_TIMES = select(Denial.times).where(*_MINE, Denial.wanted == bindparam("what"))
_ROWS = select(func.count()).select_from(Denial).where(*_MINE)
_OPEN = col(Denial.is_in_trail).is_(False)
_ALL = select(func.count()).select_from(Denial).where(Denial.team_id == _TEAM, Denial.day == _DAY)


def is_worth_noting(session: Session, *, team_id: str, user_id: str, wanted: str, now: datetime) -> bool:
    """Whether one more denial of this is still written down today; a look that keeps nobody waiting."""
    given = {"team": team_id, "on": now.date(), "who": user_id}
    times = run_statement(session, _TIMES, **given, what=wanted).scalar()
    if times is not None:
        return int(times) < MOST_A_ROW
    if int(run_statement(session, _ROWS, **given).scalar() or 0) >= MOST_A_PERSON:
        return False
    return int(run_statement(session, _ALL, team=team_id, on=now.date()).scalar() or 0) < MOST_A_DAY


def record_denial(session: Session, *, team_id: str, user_id: str, wanted: str, now: datetime) -> None:
    """Write down that somebody was denied something, once it `is_worth_noting`."""
    given = {"team": team_id, "on": now.date(), "who": user_id, "what": wanted, "at": now}
    run_statement(session, _ADD[session.get_bind().dialect.name], **given)


_NEW: dict[str, Any] = {
    "team_id": _TEAM, "day": _DAY, "user_id": _USER, "wanted": bindparam("what"), "times": 1,
    "last_at": bindparam("at"), "is_in_trail": False,
}  # fmt: skip
_ADD = {
    engine.name: insert(Denial)
    .values(_NEW)
    .on_conflict_do_update(
        index_elements=["team_id", "day", "user_id", "wanted"],
        set_={"times": Denial.times + 1, "last_at": bindparam("at")},
    )
    for engine, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
}


def find_open_day(session: Session, *, team_id: str, now: datetime) -> date | None:
    """The oldest day that is over and not in the audit trail yet."""
    query: Any = select(col(Denial.day)).where(Denial.team_id == team_id, col(Denial.day) < now.date(), _OPEN)
    day: date | None = session.exec(query.order_by(col(Denial.day)).limit(1)).first()
    return day


def close_day(session: Session, *, team_id: str, day: date, now: datetime) -> DeniedDay | None:
    """Write a day's count into the audit trail, and forget the days that are too old; None if it was there already."""
    its = (col(Denial.team_id) == team_id, col(Denial.day) == day)
    if not session.exec(
        update(Denial).where(*its, col(Denial.is_in_trail).is_(False)).values(is_in_trail=True)
    ).rowcount:
        return None  # another process was quicker
    people, times = func.count(func.distinct(col(Denial.user_id))), func.sum(col(Denial.times))
    closed = DeniedDay(day, *session.execute(select(people, times).where(*its)).one())
    counts = {"people": closed.people, "times": closed.times}
    audit.record(session, team_id=team_id, by="", deed="access.denied", subject=f"day {day}", after=counts, now=now)
    old = now.date() - KEPT_FOR
    session.exec(delete(Denial).where(col(Denial.team_id) == team_id, col(Denial.day) < old))
    return closed


def forget_person(session: Session, *, team_id: str, user_id: str) -> int:
    """Delete what somebody was denied; gives how many rows. The trail has counts of days alone."""
    return session.exec(delete(Denial).where(col(Denial.team_id) == team_id, col(Denial.user_id) == user_id)).rowcount
