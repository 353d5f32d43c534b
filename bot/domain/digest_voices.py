"""What people wrote, as a digest reads it: whose words they are, about what, and the words that say something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from bot.domain.common_words import COMMON

GOOD = 4  # a rating from there on is praise
FEW = 5  # people: of fewer nothing is told to whom the words are not addressed
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ASKED = re.compile(r"[?？؟]")
_LETTERS, _BESIDE = 4, 3  # of a word that says something, and of one beside another
_WITHOUT = frozenset({"no", "not", "without", "ohne", "kein", "keine", "sans", "sin", "sem"})
_PLURAL = 5  # letters of a word that may have a plural's s


@dataclass(frozen=True)
class Voice:
    """One text of one person. `feedback_id` is 0 where it is no feedback, but an answer to a check-in.

    `outcome` as in feedback; `is_answered` says that the asset's owner has replied.
    """

    feedback_id: int
    version_id: int | None
    user_id: str
    region: str
    words: str
    at: datetime
    outcome: str | None = None
    is_answered: bool = False
    rating: int | None = None

    @property
    def is_question(self) -> bool:
        """Whether it asks something."""
        return bool(_ASKED.search(self.words))

    @property
    def is_praise(self) -> bool:
        """Whether it says what was good: whoever rates an asset high, or was helped by it, and asks nothing."""
        return not self.is_question and (
            (self.rating or 0) >= GOOD or (self.rating is None and self.outcome == "helped")
        )

    @cached_property
    def terms(self) -> dict[str, str]:
        """Its words, numbers, and pairs of neighbours, as they are compared, each with how it was written."""
        tokens = [(fold(found[0]), found) for found in _TOKEN.finditer(self.words)]
        terms = {folded: found[0] for folded, found in reversed(tokens) if _says_something(folded)}
        for (one, begins), (other, ends) in pairwise(tokens):
            if ends.start() - begins.end() <= 1 and _may_stand_beside(one) and _may_stand_beside(other):
                terms.setdefault(f"{one} {other}", self.words[begins.start() : ends.end()])
        return terms


@dataclass(frozen=True)
class Heard:
    """What was written in a period and in the weeks before it, the oldest first: what was said, and what was needed.

    `total` counts the period's pieces of feedback and its answers to check-ins that asked what people need; `read` are
    those that were looked at.
    """

    said: list[Voice] = field(default_factory=list)
    needs: list[Voice] = field(default_factory=list)
    read: int = 0
    total: int = 0

    @cached_property
    def objections(self) -> list[Voice]:
        """What was said and is no praise: questions, objections and remarks."""
        return [one for one in self.said if not one.is_praise]


def fold(word: str) -> str:
    """A word as it is compared: without its case, and without a plural's s."""
    folded = word.casefold()
    is_plural = len(folded) >= _PLURAL and folded.endswith("s") and not folded.endswith(("ss", "us", "is"))
    return folded[:-1] if is_plural else folded


def count_people(voices: Iterable[Voice]) -> int:
    """How many different people they are."""
    return len({one.user_id for one in voices})


def people_by_region(voices: Iterable[Voice]) -> list[tuple[str, int]]:
    """How many different people in each region, the most first; those in no region are left out."""
    people: dict[str, set[str]] = {}
    for one in voices:
        if one.region:
            people.setdefault(one.region, set()).add(one.user_id)
    return sorted(((region, len(who)) for region, who in people.items()), key=lambda pair: (-pair[1], pair[0]))


def newest(voices: Sequence[Voice]) -> Voice | None:
    """The newest of them, None of none."""
    return max(voices, key=lambda one: (one.at, one.feedback_id), default=None)


def _may_stand_beside(word: str) -> bool:
    return word in _WITHOUT or (len(word) >= _BESIDE and word not in COMMON)


def _says_something(word: str) -> bool:
    if not word[0].isalpha():
        return len(word) > 1  # "5" may be anything, "22%" is something
    return len(word) >= _LETTERS and word not in COMMON
