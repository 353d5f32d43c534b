"""Retention, thought through: before when words are deleted, when it is done, and what is told of it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.text import count

AT = time(3)  # in the workspace's usual time zone: most people sleep
MONDAY = 0  # whose night to three in the morning is the quietest of the week
WORDS = {
    "feedback": ("piece of feedback", "pieces of feedback"),
    "replies": ("reply", "replies"),
    "answers to check-ins": ("answer to a check-in", "answers to check-ins"),
    "threads": ("captured thread", "captured threads"),
    "pulses": ("pulse", "pulses"),
}


def months_before(now: datetime, months: int) -> datetime:
    """The same day and time so many months earlier, in UTC; the last day of a month that is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.astimezone(UTC).replace(year=year, month=month + 1, day=day)


def last_due(now: datetime, tz: str) -> datetime:
    """When it was to be done the last time, in UTC: today or yesterday at three in the morning."""
    local = now.astimezone(ZoneInfo(tz))
    due = datetime.combine(local.date(), AT, ZoneInfo(tz))
    if due > local:
        due = datetime.combine(local.date().fromordinal(local.date().toordinal() - 1), AT, ZoneInfo(tz))
    return due.astimezone(UTC)


def told_words(counts: Mapping[str, int]) -> list[str]:
    """Of what words were deleted, a phrase a kind."""
    return [count(counts[kind], *words) for kind, words in WORDS.items() if counts.get(kind)]
