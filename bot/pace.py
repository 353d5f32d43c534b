"""Slack's pace: how often one place may be written to, how often the workspace, and which calls must wait (R6)."""

import threading
import time
from collections.abc import Callable

BURST = 50  # messages at once in one workspace before the rate counts; Slack allows short bursts


class Pace:
    """When the next message may go where; shared by the senders of one workspace. All times are real and monotonic.

    Nobody sleeps for it: a place that must wait is left out when the next message is chosen. Slack's figures: about one
    message a second and channel, some hundreds a minute and workspace
    (https://docs.slack.dev/apis/web-api/rate-limits).
    """

    def __init__(
        self, *, target_seconds: float, per_second: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`target_seconds` lie between two messages to one place; `per_second` in all (0: no limit)."""
        self._target_seconds, self._per_second, self._monotonic = target_seconds, per_second, monotonic
        self._lock = threading.Lock()
        self._in_flight: set[str] = set()
        self._next_at: dict[str, float] = {}
        self._paused_until: dict[str, float] = {}
        self._level, self._filled_at = float(BURST), monotonic()

    def busy(self) -> frozenset[str]:
        """The targets that may not be written to now."""
        with self._lock:
            now = self._monotonic()
            self._next_at = {target: at for target, at in self._next_at.items() if at > now}
            return frozenset(self._next_at) | self._in_flight

    def paused(self) -> frozenset[str]:
        """The methods that Slack has asked to leave alone for now."""
        with self._lock:
            now = self._monotonic()
            return frozenset(method for method, at in self._paused_until.items() if at > now)

    def pause(self, method: str, seconds: float) -> None:
        """Slack said 429: leave this method alone, and only this one."""
        with self._lock:
            at = self._monotonic() + seconds
            self._paused_until[method] = max(at, self._paused_until.get(method, 0.0))

    def take(self) -> bool:
        """Whether the workspace may be written to once more now; counts it."""
        with self._lock:
            if not self._per_second:
                return True
            now = self._monotonic()
            self._level = min(float(BURST), self._level + (now - self._filled_at) * self._per_second)
            self._filled_at = now
            if self._level < 1:
                return False
            self._level -= 1
            return True

    def give_back(self) -> None:
        """What was taken was not used."""
        with self._lock:
            self._level += 1

    def begin(self, target: str) -> None:
        """A message to `target` is under way: one at a time, so that they arrive in their order."""
        with self._lock:
            self._in_flight.add(target)

    def end(self, target: str) -> None:
        """It is done, whatever its outcome."""
        with self._lock:
            self._in_flight.discard(target)
            if self._target_seconds:
                self._next_at[target] = self._monotonic() + self._target_seconds

    def seconds_to_wait(self, at_most: float) -> float:
        """How long until anything changes here, `at_most` if nothing does."""
        with self._lock:
            now = self._monotonic()
            ends = [*self._next_at.values(), *self._paused_until.values()]
            waits = [at - now for at in ends if at > now]
            if self._per_second and self._level < 1:
                waits.append((1 - self._level) / self._per_second)
            return min([max(0.002, wait) for wait in waits] + [at_most])
