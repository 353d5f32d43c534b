"""Pulses in a few words: those that have closed, for the digest, and those that wait for somebody, for the Home."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.pulse_numbers import PulseResult


@dataclass(frozen=True)
class PulseFinding:
    """A pulse that has closed: what may be shown of it, without names; `outcome` is what was done, empty if unsaid."""

    pulse_id: int
    asker: str
    result: PulseResult
    outcome: str = ""


@dataclass(frozen=True)
class PulseWaiting:
    """An open pulse that asks somebody.

    `is_sure` says that they have not answered; of an anonymous one nobody knows, so it stays until it closes.
    """

    pulse_id: int
    asker: str
    question: str
    privacy: str
    closes_at: datetime
    is_sure: bool = True


@dataclass(frozen=True)
class OwnPulse:
    """A pulse of somebody's own: open until `closes_at`, or closed (None) and nobody has heard yet what was done.

    `answered` is how many of the `invited` have answered, None where that may not be told.
    """

    pulse_id: int
    question: str
    closes_at: datetime | None
    invited: int = 0
    answered: int | None = None
