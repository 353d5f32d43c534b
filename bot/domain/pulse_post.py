"""What the messages of a pulse show of it: who asks, how many have answered, and how."""

from dataclasses import dataclass

from bot.domain.pulse import PulseFields


@dataclass(frozen=True)
class PulsePost:
    """A pulse as its messages show it.

    `asker` is the name of whoever asks, `tz` a zone for clients that show no dates. `answered` counts people, of an
    anonymous pulse in steps of five. `counts` says how often each answer was chosen so far: of a named pulse that one
    tap answers, else empty. `reason` is why it was cancelled.
    """

    pulse_id: int
    fields: PulseFields
    state: str
    asker: str
    tz: str
    invited: int
    answered: int
    counts: tuple[int, ...] = ()
    reason: str = ""
