"""The list of somebody's pulses, as it is shown to them: what is planned, open, over, and what recurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pulse import PulseFields
from bot.domain.pulse_template import PulseTemplate

PAGE_SIZE = 6


@dataclass(frozen=True)
class PulseCard:
    """A pulse as the list shows it; `group` (plain text) is who is asked. `can_edit`: as far as may be told.

    `reason` says why it could not be asked, `outcome` what was done with it; both are sentences or empty.
    """

    pulse_id: int
    fields: PulseFields
    state: str
    group: str
    ended_at: datetime | None = None
    can_edit: bool = True
    reason: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class SeriesCard:
    """A recurring pulse as the list shows it; `when` is its days in words, `next_at` when the next one goes out."""

    series_id: int
    fields: PulseFields
    group: str
    when: str
    next_at: datetime | None


@dataclass(frozen=True)
class ListPage:
    """One page of the list, from 0, of `total` pulses; what recurs stands on the first page alone."""

    cards: Sequence[PulseCard]
    total: int
    number: int
    series: Sequence[SeriesCard] = ()
    templates: Sequence[PulseTemplate] = ()
    tz: str = "UTC"
    channel_id: str = ""  # in which the list was opened


@dataclass(frozen=True)
class LastPulse:
    """The last pulse to the same people, of which nobody has told yet what was done with it."""

    pulse_id: int
    question: str
    ended_at: datetime | None
