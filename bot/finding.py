"""What the doctor says of one thing."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, in a sentence, and what to do about it."""

    topic: str
    state: State
    sentence: str
    advice: str = ""
