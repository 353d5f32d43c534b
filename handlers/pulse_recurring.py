"""Recurring pulses by the clock: each day's goes out once, or is skipped with its reason, of which its asker hears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.access import Actor, may
from bot.domain import pulse_series as days
from bot.domain.pulse import PulseFields
from bot.errors import BotError
from bot.intake import Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import pulse_list as views
from storage import outbox, people, slots
from storage import pulse as pulses
from storage import pulse_series as store
from storage.db import Database
from storage.pulse_audience import list_askable
from storage.pulse_jobs import ask_to_open
from storage.pulse_series import SCHEDULE, PulseSeries
from storage.pulse_start import find_untold


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Send what is due on its day by its asker's clock, and let pass what is not; gives how many days were settled."""
    settled = 0
    with db.read() as session:
        last = slots.list_last_dates(session, team_id=team_id, schedule=SCHEDULE)
        due: list[tuple[PulseSeries, date, str]] = []
        for row in store.list_series(session, team_id=team_id):
            tz, cadence = _asker(session, row, settings).tz, store.series_of(row).cadence
            found = days.dates_due(cadence, row.starts_on, after=last.get(str(row.id)), now=now, tz=tz)
            due += [(row, day, tz) for day in found]
    for place, (row, day, tz) in enumerate(due):
        is_newest = not any(later.id == row.id for later, _, _ in due[place + 1 :])
        try:
            with db.begin() as session:
                settled += _settle(session, row, day, tz, is_newest, now, settings)
        except IntegrityError:
            continue  # another process was quicker
    return settled


def _settle(
    session: Session, seen: PulseSeries, day: date, tz: str, is_newest: bool, now: datetime, settings: Settings
) -> int:
    """Send the pulse of one day, or say why not: in its slot and, if the asker can do something about it, to them."""
    row = store.take_series(session, team_id=seen.team_id, series_id=seen.id or 0)
    if row is None or row.stopped_at is not None:
        return 0
    fields, subject = store.series_of(row), str(row.id)
    if slots.find_slot(session, team_id=row.team_id, schedule=SCHEDULE, subject=subject, local_date=day):
        return 0
    due_at = days.sent_at(day, fields.cadence, tz)
    slot = slots.add_slot(
        session, team_id=row.team_id, schedule=SCHEDULE, subject=subject, local_date=day, due_at=due_at
    )
    last = pulses.get_pulse(session, team_id=row.team_id, pulse_id=row.last_pulse_id or 0)
    reason = days.LATER_ONE if not is_newest else _why_not(_may_send(session, row, settings), due_at, last, now)
    if not reason and (untold := _find_untold(session, row, fields.pulse, settings)):
        last, reason = untold, days.NO_OUTCOME
    if reason:
        slots.record_skipped(session, slot, now=now, reason=reason)
        if is_newest and reason != days.NO_ASKER:
            told = views.skipped_message(fields.pulse, reason, last.id if last and reason == days.NO_OUTCOME else None)
            _tell(session, row, f"pulse.skipped:{row.id}:{day}", told, now)
        return 1
    sent = replace(fields.pulse, closes_at=now + fields.open_for)
    _send(session, row, sent, now)
    slots.record_done(session, slot, now=now)
    return 1


def _why_not(may_send: bool, due_at: datetime, last: pulses.Pulse | None, now: datetime) -> str:
    """Why the pulse of a day does not go out; empty if it does."""
    if not may_send:
        return days.NO_ASKER
    if days.is_too_late(due_at, now):
        return days.TOO_LATE
    if last is None or last.state == "cancelled":
        return ""
    if last.state == "closed":
        return "" if last.outcome is not None else days.NO_OUTCOME
    return days.STILL_OPEN if last.state == "open" else days.NOT_SENT


def _find_untold(session: Session, row: PulseSeries, fields: PulseFields, settings: Settings) -> pulses.Pulse | None:
    """Another pulse of this asker to the same people, of which they have not heard yet what was done with it."""
    asker, audience = _asker(session, row, settings), fields.audience
    try:
        group = list_askable(session, team_id=row.team_id, asker=asker, audience=audience)
    except BotError:
        return None  # the asker's own group is not known, of which the opening tells
    ids = [one.user_id for one in group]
    return find_untold(session, team_id=row.team_id, asker_id=row.asker_id, audience=audience, group=ids)


def _send(session: Session, row: PulseSeries, fields: PulseFields, now: datetime) -> None:
    pulse = pulses.add_pulse(session, team_id=row.team_id, asker_id=row.asker_id, fields=fields, now=now)
    store.record_sent(session, row, pulse)
    ask_to_open(session, pulse, datetime.now(UTC))


def _asker(session: Session, row: PulseSeries, settings: Settings) -> Actor:
    return people.find_actor(
        session,
        team_id=row.team_id,
        user_id=row.asker_id,
        admins=settings.admin_user_ids,
        default_tz=settings.default_tz,
    )


def _may_send(session: Session, row: PulseSeries, settings: Settings) -> bool:
    person = people.get_person(session, team_id=row.team_id, user_id=row.asker_id)
    is_here = person is not None and person.is_active
    return is_here and may(_asker(session, row, settings), "start_pulses")


def _tell(session: Session, row: PulseSeries, key: str, message: dict[str, Any], now: datetime) -> None:
    outbox.enqueue(session, team_id=row.team_id, key=key, target=row.asker_id, message=message, now=now)


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {}
