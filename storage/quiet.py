"""Quiet: a person's own working hours, and until when they want to be asked nothing."""

from datetime import datetime

from sqlmodel import Session, col, update

from bot.domain.ask import AWAY
from storage.ask import Ask
from storage.people import Person


def record_quiet(session: Session, person: Person, *, until: datetime | None, now: datetime) -> None:
    """Ask a person nothing until then; None: as usual. Questions that wait for their return are looked at anew."""
    person.quiet_until = until
    session.add(person)
    session.flush()
    held = (col(Ask.team_id) == person.team_id, col(Ask.user_id) == person.user_id, col(Ask.state) == "planned")
    session.exec(update(Ask).where(*held, col(Ask.reason) == AWAY).values(next_at=now))


def record_hours(session: Session, person: Person, *, working_hours: str) -> None:
    """When a person works, "09:00-17:00"; "" as everybody in the workspace."""
    person.working_hours = working_hours
    session.add(person)
    session.flush()
