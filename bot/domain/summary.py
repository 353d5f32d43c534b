"""A thread of messages and its summary: one shape, whoever made it, each claim with the messages that it rests on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

EXTRACTIVE = "extractive"  # what `made_by` says where no language model took part
SECTIONS = ("key_points", "decisions", "open_questions", "asks")


@dataclass(frozen=True)
class Message:
    """One message of a thread, in plain text: mentions are names already, and `text` may be empty."""

    ts: str
    user_id: str
    name: str
    text: str


@dataclass(frozen=True)
class Thread:
    """A thread's messages in their order, the one that opened it first; held and deleted ones are not among them."""

    messages: tuple[Message, ...]

    @cached_property
    def by_ts(self) -> Mapping[str, Message]:
        """The messages by the moment that names them."""
        return {message.ts: message for message in self.messages}


@dataclass(frozen=True)
class Point:
    """One claim in words, with the messages (`ts`, in the thread's order) that it rests on.

    `quote` are words that stand letter for letter in one of those messages, or empty; `by` is the name of who said it.
    """

    text: str
    ts: tuple[str, ...]
    quote: str = ""
    by: str = ""


@dataclass(frozen=True)
class Summary:
    """What a thread says, in one screen."""

    key_points: tuple[Point, ...] = ()
    decisions: tuple[Point, ...] = ()  # those that stand; one that was taken back is not among them
    open_questions: tuple[Point, ...] = ()
    dissent: Point | None = None  # the strongest objection
    asks: tuple[Point, ...] = ()  # what the thread asks of marketing
    dropped: int = 0  # claims that could not be proven, and are not shown
    made_by: str = EXTRACTIVE  # or the model's name
    messages: int = 0  # how many were read

    @property
    def points(self) -> tuple[Point, ...]:
        """All claims, in the order in which they are shown."""
        dissent = (self.dissent,) if self.dissent else ()
        return (*self.key_points, *self.decisions, *self.open_questions, *dissent, *self.asks)

    def to_json(self) -> str:
        """As a row keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Summary":
        """Back from a row."""
        told: dict[str, Any] = json.loads(kept)
        for section in SECTIONS:
            told[section] = tuple(_point(one) for one in told[section])
        told["dissent"] = _point(told["dissent"]) if told["dissent"] else None
        return cls(**told)


def _point(told: Mapping[str, Any]) -> Point:
    return Point(told["text"], tuple(told["ts"]), told["quote"], told["by"])
