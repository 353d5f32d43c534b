"""Working time: whether somebody is at work now, when they are next, and which working day it is; by their own clock.

A shift belongs to the day on which it starts, Monday to Friday, and may end after midnight. The clock on the wall
decides, also on the days on which it is turned: an hour that it shows twice is worked twice, one that it leaves out
is not worked.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DEFAULT_HOURS = "09:00-17:00"
SATURDAY = 5
FURTHEST = 14  # days that are looked ahead for a shift; the longest wait is a weekend and a day that a zone leaves out
_DAY = 24 * 60
_HOURS = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True)
class WorkingHours:
    """A shift in minutes after the midnight with which its day begins; `end` is over 1440 if it ends on the next."""

    start: int
    end: int

    @property
    def is_night(self) -> bool:
        """Whether the shift ends on the day after."""
        return self.end > _DAY

    @property
    def length(self) -> int:
        """How many minutes it lasts."""
        return self.end - self.start

    def __str__(self) -> str:
        """As people write them, "09:00-17:00"."""
        end = self.end if self.end <= _DAY else self.end - _DAY
        return f"{self.start // 60:02}:{self.start % 60:02}-{end // 60:02}:{end % 60:02}"


@cache
def parse_hours(text: str) -> WorkingHours:
    """Working hours out of a text such as "09:00-17:00", or "22:00-06:00" for a night shift.

    Raises:
        ValueError: they are none.
    """
    found = _HOURS.fullmatch(text.strip())
    if found:
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
        if start_minute < 60 and end_minute < 60 and start < _DAY and end <= _DAY and start != end:
            return WorkingHours(start, end if end > start else end + _DAY)
    raise ValueError("no working hours")


@dataclass(frozen=True)
class WorkingTime:
    """One person's working hours in their zone."""

    hours: WorkingHours
    zone: ZoneInfo

    @classmethod
    def of(cls, working_hours: str, tz: str, default_tz: str, default_hours: str = DEFAULT_HOURS) -> "WorkingTime":
        """From what is known of a person; without a zone that exists it is `default_tz`, without hours the usual ones.

        Raises:
            ValueError: `default_hours` are no working hours.
        """
        try:
            hours = parse_hours(working_hours)
        except ValueError:
            hours = parse_hours(default_hours)
        return cls(hours, _zone(tz) or ZoneInfo(default_tz))

    def shift_day(self, moment: datetime) -> date | None:
        """The day whose shift is on at a moment, or None outside working hours."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        today = wall.date()
        for day in (today, today - timedelta(days=1)):
            minutes = (wall - datetime.combine(day, time(0))).total_seconds() / 60
            if day.weekday() < SATURDAY and self.hours.start <= minutes < self.hours.end:
                return day
        return None

    def is_on(self, moment: datetime) -> bool:
        """Whether a moment lies in working hours."""
        return self.shift_day(moment) is not None

    def next_on(self, moment: datetime) -> datetime:
        """The moment itself if it lies in working hours, else the start of the next shift; in UTC."""
        if self.is_on(moment):
            return moment.astimezone(UTC)
        today = moment.astimezone(self.zone).date()
        for ahead in range(-1, FURTHEST):
            start = self._start(today + timedelta(days=ahead))
            if start >= moment and self.is_on(start):
                return start
        # Hours that the clock leaves out day after day do not exist; better late than never.
        return moment.astimezone(UTC) + timedelta(days=FURTHEST)

    def after_days(self, moment: datetime, days: int) -> datetime:
        """The same time of the shift so many working days later, in UTC; at a weekend one counts from Monday on."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        day = self.shift_day(moment) or wall.date()
        gone = wall - datetime.combine(day, time(0))
        later = datetime.combine(_add_working_days(day, days), time(0)) + gone
        return self.next_on(later.replace(tzinfo=self.zone).astimezone(UTC))

    def next_day(self, moment: datetime) -> datetime:
        """The start of the shift of the next working day, in UTC."""
        day = self.shift_day(moment) or moment.astimezone(self.zone).date()
        return self.next_on(self._start(_add_working_days(day, 1)))

    def next_week(self, moment: datetime) -> datetime:
        """The first working moment of the next week, in UTC; weeks begin on Monday, where the person is."""
        monday = self.monday(moment) + timedelta(days=7)
        return self.next_on(datetime.combine(monday, time(0), self.zone).astimezone(UTC))

    def monday(self, moment: datetime) -> date:
        """The Monday of the week in which a moment lies, where the person is."""
        day = moment.astimezone(self.zone).date()
        return day - timedelta(days=day.weekday())

    def _start(self, day: date) -> datetime:
        wall = datetime.combine(day, time(0)) + timedelta(minutes=self.hours.start)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def _add_working_days(day: date, days: int) -> date:
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def _zone(tz: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(tz) if tz else None
    except (KeyError, ValueError, OSError):
        return None
