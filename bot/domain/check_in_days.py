"""The days of a check-in: when a round opens and closes, when each person is asked, and when it is too late for it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.domain.check_in import Cadence

OPEN_FOR = timedelta(days=7)
LATEST = timedelta(days=4)  # a round that opens later than that leaves nobody the time to answer
FIRST_ZONE = timedelta(hours=14)  # by which the earliest zone is ahead of UTC: there a day begins first


def begins_at(day: date) -> datetime:
    """When the day of a round begins in UTC: until then the round before may still be answered."""
    return datetime.combine(day, time(0), UTC)


def opens_at(day: date) -> datetime:
    """When a round opens: as its day begins in the first zone of the world; each person is asked at their own time."""
    return begins_at(day) - FIRST_ZONE


def closes_at(day: date) -> datetime:
    """When a round closes: seven days later."""
    return begins_at(day) + OPEN_FOR


def last_day(closes_at: datetime) -> date:
    """The last day on which a round takes answers."""
    return (closes_at - timedelta(microseconds=1)).date()


def asked_at(day: date, at: str, zone: ZoneInfo) -> datetime:
    """When a person in a zone is asked, in UTC: at `at` ("HH:MM") of that day by their own clock."""
    return datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)


def dates_due(cadence: Cadence, starts_on: date, *, after: date | None, now: datetime) -> list[date]:
    """The days whose rounds should have been opened by now, the oldest first; `after` is the last one settled."""
    due = takewhile(lambda day: opens_at(day) <= now, cadence.dates(starts_on))
    return [day for day in due if after is None or day > after]


def next_date(cadence: Cadence, starts_on: date, *, after: date | None, now: datetime) -> date:
    """The day of the next round: the first after `after` for which it is not too late."""
    days = cadence.dates(starts_on)
    return next(day for day in days if (after is None or day > after) and not is_too_late(day, now))


def is_too_late(day: date, now: datetime) -> bool:
    """Whether a round of this day is not worth opening any more."""
    return now - begins_at(day) > LATEST
