"""What Slack says of the people whom the app knows: asked for each night, kept where it differs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select, update

from storage import jobs
from storage.people import Person

SYNC = "people.sync"  # the job that reads one page of everybody in Slack
Facts = Mapping[str, str | bool]  # what Slack says of one person: name, tz, is_active


def is_asked_for(session: Session, *, team_id: str, night: date) -> bool:
    """Whether a night's look has been asked for."""
    return jobs.find_state(session, team_id=team_id, key=_of_night(night)) is not None


def ask_for_night(session: Session, *, team_id: str, night: date, real_now: datetime) -> None:
    """Ask for a night's look at everybody in Slack, once."""
    payload = _first_page(night.isoformat())
    jobs.add_job(session, team_id=team_id, kind=SYNC, key=_of_night(night), payload=payload, now=real_now)


def ask_at_once(session: Session, *, team_id: str, real_now: datetime) -> None:
    """Ask for a look soon; several wishes at once are one, and one that is under way is followed by another."""
    payload = _first_page(real_now.isoformat())
    for key in (SYNC, f"{SYNC}:after"):
        if jobs.add_job(session, team_id=team_id, kind=SYNC, key=key, payload=payload, now=real_now, again=True):
            return


def ask_for_page(session: Session, *, team_id: str, look: str, cursor: str, begun: int, real_now: datetime) -> None:
    """Go on with a look at the page where `cursor` leads, or begin it for the `begun`-th time where that is "".

    A page is read once in each beginning: a Slack whose pages lead in a circle keeps nobody busy for ever.
    """
    payload = {"look": look, "cursor": cursor, "begun": begun}
    key = f"{SYNC}:{look}:{begun}:{cursor}"
    jobs.add_job(session, team_id=team_id, kind=SYNC, key=key, payload=payload, now=real_now)


def find_changes(session: Session, *, team_id: str, seen: Mapping[str, Facts]) -> dict[str, Facts]:
    """Of what Slack says, by user id, what differs from what is known; whom the app has never met is nobody here."""
    query = select(Person.user_id, Person.name, Person.tz, Person.is_active)
    query = query.where(Person.team_id == team_id, col(Person.user_id).in_(sorted(seen)))
    changes: dict[str, Facts] = {}
    for user_id, name, tz, is_active in session.exec(query):
        known: Facts = {"name": name, "tz": tz, "is_active": is_active}
        if changed := {fact: value for fact, value in seen[user_id].items() if value != known[fact]}:
            changes[user_id] = changed
    return changes


def record_changes(session: Session, *, team_id: str, changes: Iterable[tuple[str, Facts]]) -> None:
    """Keep what has changed of these people; whoever is not there any more stays away."""
    for user_id, changed in changes:
        session.exec(
            update(Person).where(col(Person.team_id) == team_id, col(Person.user_id) == user_id).values(**changed)
        )


def _of_night(night: date) -> str:
    return f"{SYNC}:{night.isoformat()}"


def _first_page(look: str) -> dict[str, str | int]:
    return {"look": look, "cursor": "", "begun": 1}
