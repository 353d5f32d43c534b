"""Periods of a digest: the reader's own weeks, and what somebody types for another period."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.text import clean, clip, inert

LOOK_BACK = timedelta(weeks=13)  # what is said of an asset rests on a quarter
LONGEST = 366  # days
SHOWN = 60  # characters of what was typed that are repeated
EXAMPLES = "Try `/digest last week`, `/digest 4 weeks`, `/digest october` or `/digest 2026-10-01 to 2026-10-31`."
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Whole days where the reader is: from `first` up to, and without, `until`; `name` is how people call it."""

    first: date
    until: date
    tz: str
    name: str = ""

    @property
    def start(self) -> datetime:
        """The first moment, in UTC."""
        return _midnight(self.first, self.tz)

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return _midnight(self.until, self.tz)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.first).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)

    @property
    def words(self) -> str:
        """Its days, "16 to 22 November 2026"."""
        first, last = self.first, self.last
        end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
        if first == last:
            return end
        if first.year != last.year:
            return f"{first.day} {MONTHS[first.month - 1]} {first.year} to {end}"
        return (
            f"{first.day} to {end}" if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]} to {end}"
        )

    @property
    def is_week(self) -> bool:
        """Whether it is one week long."""
        return self.days == 7

    def before(self) -> Period:
        """As many days just before it, to compare with."""
        return Period(self.first - timedelta(days=self.days), self.first, self.tz)

    def looked_back(self) -> Period:
        """The quarter that ends with it, or the period itself if it is longer."""
        return Period(min(self.first, self.until - LOOK_BACK), self.until, self.tz)

    def week_starts(self, weeks: int) -> list[datetime]:
        """The first moments of the last `weeks` times seven days and, as the last one, its end; in UTC."""
        return [_midnight(self.until - timedelta(days=7 * back), self.tz) for back in range(weeks, -1, -1)]


def week_before(monday: date, tz: str) -> Period:
    """The week that ended as this Monday began."""
    return Period(monday - timedelta(days=7), monday, tz, "Your week")


def read_period(text: str, now: datetime, tz: str) -> Period:
    """The period that somebody typed; nothing is the last seven days.

    Raises:
        ValueError: with a sentence (mrkdwn), it is no period, lies ahead, or is longer than a year.
    """
    today = day_of(now, tz)
    found = find_period(text, today, tz)
    if found is None:
        raise ValueError(f"I can't read “{inert(clip(clean(text), SHOWN))}” as a period. {EXAMPLES}")
    return check_period(found, today)


def find_period(text: str, today: date, tz: str) -> Period | None:
    """The period that a text is, whatever it may be worth; None if it is none."""
    return _read(" ".join(clean(text).lower().replace(",", " ").split()), today, tz)


def check_period(found: Period, today: date) -> Period:
    """The period as far as it has come by today.

    Raises:
        ValueError: with a sentence (mrkdwn), it has no day, lies ahead, or is longer than a year.
    """
    if found.days < 1:
        raise ValueError(f"There is no day in that period. {EXAMPLES}")
    if found.first > today:
        raise ValueError(f"{found.words} is still ahead of us. {EXAMPLES}")
    if found.days > LONGEST:
        raise ValueError(f"That is more than a year; a digest covers a year at most. {EXAMPLES}")
    until = min(found.until, today + timedelta(days=1))
    return Period(found.first, until, found.tz, found.name)


def _read(words: str, today: date, tz: str) -> Period | None:
    if words in ("", "now", "week", "the week"):
        return Period(today - timedelta(days=6), today + timedelta(days=1), tz, "The last 7 days")
    # A number that no calendar holds ("99999 weeks", "31 february") is no period.
    try:
        found = _named(words, today) or _counted(words, today) or _month_or_year(words, today) or _dates(words, today)
    except (ValueError, OverflowError):
        return None
    return Period(found[0], found[1], tz, found[2]) if found else None


Span = tuple[date, date, str]
_LAST = re.compile(r"(?:the )?(?:last|past|previous) |(?:the )?(?=\d)")
_COUNTED = re.compile(r"(\d{1,4}) ?(d|days?|w|weeks?|m|months?|quarters?|y|years?)")
_BETWEEN = re.compile(r"(?:from |between )?(.+?) ?(?: to | until | till | and | - |\.\.\.?|–|—|…) ?(.+)")


def _named(words: str, today: date) -> Span | None:
    """A day, week, month, quarter or year that is called "this" or "last"."""
    tomorrow, monday = today + timedelta(days=1), _monday(today)
    month, quarter = today.replace(day=1), date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    january = date(today.year, 1, 1)
    spans = {
        "today": (today, tomorrow, "Today"),
        "yesterday": (today - timedelta(days=1), today, "Yesterday"),
        "this week": (monday, tomorrow, "This week so far"),
        "last week": (monday - timedelta(days=7), monday, "Last week"),
        "this month": (month, tomorrow, "This month so far"),
        "last month": (_add_months(month, -1), month, "Last month"),
        "this quarter": (quarter, tomorrow, "This quarter so far"),
        "last quarter": (_add_months(quarter, -3), quarter, "Last quarter"),
        "this year": (january, tomorrow, "This year so far"),
        "last year": (date(today.year - 1, 1, 1), january, "Last year"),
    }
    words = words.removeprefix("the ").replace("previous ", "last ").replace("current ", "this ")
    return spans.get(words)


def _counted(words: str, today: date) -> Span | None:
    """So many days, weeks, months, quarters or years up to today."""
    lead = _LAST.match(words)
    found = _COUNTED.fullmatch(words[lead.end() :] if lead else words)
    if not found:
        return None
    number, unit, tomorrow = int(found[1]), found[2][0], today + timedelta(days=1)
    if unit in "dw":
        first = tomorrow - timedelta(days=number * (7 if unit == "w" else 1))
    else:
        first = _add_months(tomorrow, -number * {"m": 1, "q": 3, "y": 12}[unit])
    name = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[unit]
    return first, tomorrow, f"The last {number} {name}s" if number != 1 else f"The last {name}"


def _month_or_year(words: str, today: date) -> Span | None:
    """ "october", "oct 2026", "2026-10", "q3", "q3 2026", "2026"."""
    if found := re.fullmatch(r"(20\d\d)", words):
        return date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1), found[1]
    if found := re.fullmatch(r"q([1-4])(?: ?(20\d\d))?", words):
        first = date(int(found[2] or today.year), 3 * int(found[1]) - 2, 1)
        first = first if found[2] or first <= today else _add_months(first, -12)
        return first, _add_months(first, 3), f"Quarter {found[1]} of {first.year}"
    if found := re.fullmatch(r"(20\d\d)-(\d{1,2})", words):
        first = date(int(found[1]), int(found[2]), 1)
    elif (found := re.fullmatch(r"([a-z]+)\.?(?: (20\d\d))?", words)) and (month := _month(found[1])):
        first = date(int(found[2] or today.year), month, 1)
        first = first if found[2] or first <= today else first.replace(year=first.year - 1)
    else:
        return None
    return first, _add_months(first, 1), ""


def _dates(words: str, today: date) -> Span | None:
    """One day, two days and what lies between, or everything since a day."""
    if words.startswith("since "):
        first = _date(words.removeprefix("since "), today)
        return (first, today + timedelta(days=1), "") if first else None
    if one := _date(words, today):
        return one, one + timedelta(days=1), ""
    found = _BETWEEN.fullmatch(words)
    first, last = (_date(part.strip(), today) for part in found.groups()) if found else (None, None)
    if first is None or last is None:
        return None
    return first, last + timedelta(days=1), ""


def _date(words: str, today: date) -> date | None:
    """ "2026-10-01", "1.10.2026", "1 october 2026", "october 1"; without a year the latest such day."""
    if found := re.fullmatch(r"(20\d\d)-(\d{1,2})-(\d{1,2})", words):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(20\d\d)", words):
        return date(int(found[3]), int(found[2]), int(found[1]))
    named = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.)? ([a-z]+)\.?(?: (20\d\d))?", words)
    day, month, year = named.groups() if named else (None, None, None)
    if not named and (turned := re.fullmatch(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?: (20\d\d))?", words)):
        month, day, year = turned.groups()
    number = _month(month) if month else 0
    if not number or day is None:
        return None
    told = date(int(year or today.year), number, int(day))
    return told if year or told <= today else told.replace(year=told.year - 1)


def _month(word: str) -> int:
    """The number of a month's name or of its first letters, 0 if it is none."""
    fits = [number for number, name in enumerate(MONTHS, start=1) if len(word) > 2 and name.lower().startswith(word)]
    return fits[0] if len(fits) == 1 else 9 if word == "sept" else 0


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of(now: datetime, tz: str) -> date:
    """The day that it is at a moment in a zone."""
    return now.astimezone(ZoneInfo(tz)).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date, tz: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(tz)).astimezone(UTC)
