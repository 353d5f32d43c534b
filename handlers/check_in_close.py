"""Rounds of check-ins that are over: closed, and told to the owner once, in their working hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot import asking
from bot.domain.check_in_days import last_day, next_date
from bot.intake import Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import check_in_round
from storage import check_in as store
from storage import check_in_answer, outbox, people, slots
from storage.check_in import CLOSE, SCHEDULE
from storage.db import Database

KIND = "check_in"


def close_rounds(task: Task) -> None:
    """Close what has been stopped."""
    run_due(task.db, task.team_id, task.now, task.settings)


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Close what is over or has been stopped, and tell those owners who are at work; gives how many were closed."""
    with db.read() as session:
        over = store.list_over(session, team_id=team_id, now=now)
        untold = store.list_untold(session, team_id=team_id)
    for seen in over:
        with db.begin() as session:
            store.take_check_in(session, team_id=team_id, check_in_id=seen.check_in_id)
            found = store.get_round(session, team_id=team_id, round_id=seen.id or 0)
            if found is not None and found.state == "open":
                _close(session, found, now)
                untold.append(found)
    for found in untold:
        with db.begin() as session:
            _tell_owner(session, found, now, settings)
    return len(over)


def _close(session: Session, found: store.CheckInRound, now: datetime) -> None:
    store.record_closed(session, found, at=now)
    asking.close_subject(session, found.team_id, KIND, found.id or 0, now)


def _tell_owner(session: Session, seen: store.CheckInRound, now: datetime, settings: Settings) -> None:
    """Send the summary, in the owner's working hours; to nobody if the owner may not have it any more."""
    row = store.take_check_in(session, team_id=seen.team_id, check_in_id=seen.check_in_id)
    found = store.get_round(session, team_id=seen.team_id, round_id=seen.id or 0)
    if row is None or found is None or found.told_at is not None:
        return
    owner = store.find_owner(session, row, admins=settings.admin_user_ids, default_tz=settings.default_tz)
    person = people.get_person(session, team_id=row.team_id, user_id=row.owner_id)
    if owner is not None and person is not None:
        if not asking.working_time(person, settings).is_on(now):
            return
        fields = store.fields_of(row)
        is_open = store.list_rounds(session, team_id=row.team_id, check_in_id=row.id or 0, state="open")
        last = slots.list_last_dates(session, team_id=row.team_id, schedule=SCHEDULE).get(str(row.id))
        result = replace(
            check_in_answer.read_round(session, found),
            is_stopped=row.stopped_at is not None,
            open_until=last_day(is_open[0].closes_at) if is_open else None,
            next_on=next_date(fields.cadence, row.starts_on, after=last, now=now),
        )
        outbox.enqueue(
            session,
            team_id=row.team_id,
            key=f"check_in.summary:{found.id}",
            target=owner.user_id,
            message=check_in_round.summary_message(result, settings.ask_budget),
            now=now,
            lane="check_in",
        )
    store.record_told(session, found, now=now)


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {CLOSE: close_rounds}
