"""Slots: one row for each due occurrence of a schedule, so that nothing timed happens twice (R5)."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, func, select

STATES = ("due", "done", "skipped")


class Slot(SQLModel, table=True):
    """One occurrence: which schedule, for whom (`subject`), on which local date, and what became of it."""

    __table_args__ = (
        UniqueConstraint("team_id", "schedule", "subject", "local_date", "number"),
        CheckConstraint(f"state IN {STATES!r}", name="slot_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    schedule: str
    subject: str
    local_date: date
    number: int = 0
    due_at: datetime
    state: str = "due"
    done_at: datetime | None = None
    reason: str | None = None


def find_slot(session: Session, *, team_id: str, schedule: str, subject: str, local_date: date) -> Slot | None:
    """The slot of that day, or None if it was never due."""
    query = select(Slot).where(
        Slot.team_id == team_id, Slot.schedule == schedule, Slot.subject == subject, Slot.local_date == local_date
    )
    return session.exec(query).first()


def list_last_dates(session: Session, *, team_id: str, schedule: str) -> dict[str, date]:
    """The local date of the latest slot of a schedule, by subject."""
    query = select(Slot.subject, func.max(Slot.local_date)).where(Slot.team_id == team_id, Slot.schedule == schedule)
    return dict(session.exec(query.group_by(Slot.subject)).all())


def find_last_date(session: Session, *, team_id: str, schedule: str, subject: str) -> date | None:
    """The local date of the latest slot of one subject, or None if there was none."""
    query = select(func.max(Slot.local_date)).where(Slot.team_id == team_id, Slot.schedule == schedule)
    return session.exec(query.where(Slot.subject == subject)).first()


def add_slot(
    session: Session, *, team_id: str, schedule: str, subject: str, local_date: date, due_at: datetime, number: int = 0
) -> Slot:
    """Insert a due slot; a second process that inserts the same one raises IntegrityError."""
    slot = Slot(
        team_id=team_id, schedule=schedule, subject=subject, local_date=local_date, number=number, due_at=due_at
    )
    session.add(slot)
    session.flush()
    return slot


def add_skipped(
    session: Session,
    *,
    team_id: str,
    schedule: str,
    passed: Iterable[tuple[str, date, datetime]],
    now: datetime,
    reason: str,
) -> None:
    """Insert slots that are let pass at once, each a subject, a local date and when it was due.

    Raises:
        IntegrityError: one of them is there already.
    """
    for subject, local_date, due_at in passed:
        row = Slot(team_id=team_id, schedule=schedule, subject=subject, local_date=local_date, due_at=due_at)
        row.state, row.done_at, row.reason = "skipped", now, reason
        session.add(row)
    session.flush()


def record_done(session: Session, slot: Slot, *, now: datetime) -> None:
    """What the slot was for has been done, in this same transaction."""
    slot.state, slot.done_at, slot.reason = "done", now, None
    session.add(slot)


def record_skipped(session: Session, slot: Slot, *, now: datetime, reason: str) -> None:
    """The slot is let pass, and why."""
    slot.state, slot.done_at, slot.reason = "skipped", now, reason
    session.add(slot)
