"""Recurring pulses: the days on which the next one goes out, how long each is open, and when it is too late for one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.domain.check_in import EVERY, Cadence
from bot.domain.check_in_days import asked_at
from bot.domain.pulse import PulseFields

MOST = 10  # that one person keeps
LATEST = timedelta(days=1)  # a pulse that would go out later than that waits for the next day of its own
SHORTEST = {"1": timedelta(days=7), "2": timedelta(days=14), "4": timedelta(days=28), "month": timedelta(days=28)}
STILL_OPEN = "the one before was still open"
NOT_SENT = "the one before was never sent"
NO_OUTCOME = "nobody has said what was done with the one before"
TOO_LATE = "it would have gone out more than a day late"
LATER_ONE = "the one after it was due already"
NO_ASKER = "its asker may start no pulses any more"


@dataclass(frozen=True)
class SeriesFields:
    """A recurring pulse: `pulse` without its end, the days of it by the asker's clock, and how long each is open."""

    pulse: PulseFields
    cadence: Cadence
    open_for: timedelta


def cadence_from(every: str, now: datetime, tz: str) -> Cadence:
    """The days of a pulse that goes out now and then again and again: its weekday and time; a weekend's is Monday's."""
    local = now.astimezone(ZoneInfo(tz))
    return Cadence(every, local.weekday() if local.weekday() < 5 else 0, f"{local:%H:%M}")


def check_series(every: str, open_for: timedelta) -> dict[str, str]:
    """What is wrong with how often it goes out, a sentence a field; empty if it will do."""
    if every not in EVERY:
        return {"repeats": "Please choose how often."}
    if open_for >= SHORTEST[every]:
        return {"closes_at": "The next one would be due before this one closes. Close it sooner."}
    return {}


def check_many(kept: int) -> dict[str, str]:
    """Whether there is room for one more; `kept` is how many somebody keeps already."""
    return {"repeats": f"You have {MOST} recurring pulses already. Stop one of them first."} if kept >= MOST else {}


def sent_at(day: date, cadence: Cadence, tz: str) -> datetime:
    """When the pulse of a day goes out, in UTC."""
    return asked_at(day, cadence.at, ZoneInfo(tz))


def dates_due(cadence: Cadence, starts_on: date, *, after: date | None, now: datetime, tz: str) -> list[date]:
    """The days whose pulses should have gone out by now, the oldest first; `after` is the last one settled."""
    days = takewhile(lambda day: sent_at(day, cadence, tz) <= now, cadence.dates(starts_on))
    return [day for day in days if after is None or day > after]


def next_date(cadence: Cadence, starts_on: date, *, after: date | None, now: datetime, tz: str) -> date:
    """The day of the next pulse: the first after `after` for which it is not too late."""
    days = cadence.dates(starts_on)
    return next(
        day for day in days if (after is None or day > after) and not is_too_late(sent_at(day, cadence, tz), now)
    )


def is_too_late(due_at: datetime, now: datetime) -> bool:
    """Whether a pulse that was due then is not worth sending any more."""
    return now - due_at > LATEST
