"""The workspace's own time: it runs at normal speed and can be jumped forwards, never back."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.changes import Changes

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ClockError(ValueError):
    """The clock was asked for a moment that it cannot go to; the text is for a person."""


class SandboxClock:
    """Time that starts at `start`; `changes.n` is the version, which rises with every jump."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware datetime.

        Raises:
            ValueError: `start` has no zone.
        """
        if start.tzinfo is None:
            raise ValueError("the start of the clock needs a time zone")
        self._start = start.astimezone(UTC)
        self.changes = Changes()
        self._last_ts = 0
        self.reset()

    def reset(self) -> None:
        """Back to the start, as if newly made; the version still rises."""
        self._at, self._since = self._start, time.monotonic()
        self._last_ts = 0
        self.changes.bump()

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self._at + timedelta(seconds=time.monotonic() - self._since)

    def seconds(self) -> int:
        """The time in whole seconds since 1970."""
        return int(self.now().timestamp())

    def after(self, seconds: float) -> datetime:
        """The moment so many seconds from now.

        Raises:
            OverflowError: there is no such moment.
        """
        return self.now() + timedelta(seconds=seconds)

    def jump(self, to: datetime) -> None:
        """Go to a later moment.

        Raises:
            ClockError: `to` has no zone, or is not later.
        """
        if to.tzinfo is None:
            raise ClockError("Give the moment with its time zone, such as 2026-11-30T09:00:00Z.")
        if to <= self.now():
            raise ClockError("The clock only goes forwards.")
        self._at, self._since = to.astimezone(UTC), time.monotonic()
        self.changes.bump()

    def next_ts(self) -> str:
        """A message timestamp: the time in seconds with six decimals, always higher than the last one."""
        micros = max(int(self.now().timestamp() * 1_000_000), self._last_ts + 1)
        self._last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def keep_above(self, ts: str) -> None:
        """Make every timestamp from now on higher than `ts`."""
        whole, _, fraction = ts.partition(".")
        self._last_ts = max(self._last_ts, int(whole) * 1_000_000 + int(fraction or 0))

    def next_local(self, words: str, tz: str) -> datetime:
        """The next moment like "mon 09:00" in a zone, in UTC.

        Raises:
            ClockError: the words are not a weekday and a time.
        """
        found = re.fullmatch(r"\s*([a-z]{3})[a-z]*\s+(\d{1,2}):(\d{2})\s*", words.lower())
        if not found or found[1] not in WEEKDAYS or int(found[2]) > 23 or int(found[3]) > 59:
            raise ClockError('Give a weekday and a time, such as "mon 09:00".')
        local = self.now().astimezone(ZoneInfo(tz))
        days = (WEEKDAYS.index(found[1]) - local.weekday()) % 7
        day = (local + timedelta(days=days)).date()
        target = datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), tzinfo=ZoneInfo(tz))
        if target <= local:
            day += timedelta(days=7)
            target = datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), tzinfo=ZoneInfo(tz))
        return target.astimezone(UTC)
