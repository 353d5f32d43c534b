"""Welcomes: the wish to have somebody told what the app is, and that they were, once."""

from datetime import datetime

from sqlmodel import Session, col, update

from storage import jobs
from storage.people import Person, get_person

WELCOME = "welcome.send"  # the job


def ask_for_welcome(session: Session, *, team_id: str, user_id: str, real_now: datetime) -> None:
    """Have somebody welcomed soon, after their answer; several wishes are one."""
    jobs.add_job(
        session, team_id=team_id, kind=WELCOME, key=f"welcome:{user_id}", payload={"user_id": user_id}, now=real_now,
        again=True,
    )  # fmt: skip


def record_met(session: Session, *, team_id: str, user_id: str, now: datetime) -> Person | None:
    """They are being welcomed in this same transaction; None if they have been, or the app does not know them."""
    person = get_person(session, team_id=team_id, user_id=user_id)
    if person is None or person.met_at is not None:
        return None
    person.met_at = now
    session.add(person)
    session.flush()
    return person


def record_all_met(session: Session, *, team_id: str, now: datetime) -> None:
    """Everybody whom the app knows has used it already."""
    session.exec(update(Person).where(col(Person.team_id) == team_id, col(Person.met_at).is_(None)).values(met_at=now))
