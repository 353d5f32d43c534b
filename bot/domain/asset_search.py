"""Finding assets by what people call them, while they type."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

import regex
from rapidfuzz.distance import OSA

from bot.domain.asset import Card

MOST_WORDS = 16  # a name has no more; whatever follows belongs to the remark
# How well a typed word fits one of the asset's.
SAME, BEGINS, PLURAL, TYPO, INSIDE = 1.0, 0.9, 0.9, 0.7, 0.5
WEAK = 0.4  # product line and kind say less than a name does

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*")
_LONGEST_WORD = 60
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# fmt: off
_FILLERS = frozenset({
    "a", "about", "an", "and", "at", "for", "from", "in", "is", "it", "my", "new", "of", "on", "or", "our", "that",
    "the", "these", "this", "to", "too", "very", "was", "we", "with",
})
# fmt: on


@dataclass(frozen=True)
class Match:
    """An asset that fits what was typed; `score` orders the matches of one search, the best highest."""

    card: Card
    score: float


@dataclass(frozen=True)
class Word:
    """A word of a sentence as it is compared, and where it ends there."""

    text: str
    end: int


def find_assets(words: str, cards: Iterable[Card], limit: int) -> list[Match]:
    """The cards that every typed word fits, by fit and then by the last use; without words all of them.

    Titles, references and aliases count in full, product line and kind less; typing errors are forgiven.
    """
    typed = tuple(word.text for word in read_words(words)) or split_words(words)[:MOST_WORDS]
    matches = [Match(card, _fit(typed, card)) for card in cards]
    found = [match for match in matches if match.score > 0]
    found.sort(key=lambda match: (round(match.score, 2), latest_use(match.card), match.card.version_id), reverse=True)
    return found[:limit]


def latest_use(card: Card) -> datetime:
    """When the version was last used with a customer, or else released."""
    return max(filter(None, (card.last_used_at, card.released_at)), default=_LONG_AGO)


def read_words(text: str, cards: Iterable[Card] = ()) -> list[Word]:
    """The words at the beginning of a sentence that can be a name's; "white paper" is one if "whitepaper" is known."""
    known = known_words(tuple(cards))
    found = [Word(fold(match[0]), match.end()) for match in islice(_WORD.finditer(text), MOST_WORDS)]
    words: list[Word] = []
    for word in found:
        if words and words[-1].text not in known and words[-1].text + word.text in known:
            words[-1] = Word(words[-1].text + word.text, word.end)
        elif word.text not in _FILLERS:
            words.append(word)
    return words


@lru_cache(maxsize=20)
def known_words(cards: tuple[Card, ...]) -> frozenset[str]:
    """All the words that these assets are called by."""
    return frozenset[str]().union(*map(words_of, cards))


@lru_cache(maxsize=5_000)
def words_of(card: Card) -> frozenset[str]:
    """All the words that the asset is called by, those of its product line and kind too."""
    return weak_words(card).union(*names_of(card))


@lru_cache(maxsize=5_000)
def names_of(card: Card) -> tuple[tuple[str, ...], ...]:
    """What the asset is called, in words: title, aliases, and last the reference."""
    return tuple(split_words(name) for name in (card.title, *card.aliases, card.reference))


@lru_cache(maxsize=5_000)
def weak_words(card: Card) -> frozenset[str]:
    """The words of what the asset is: its product line and kind."""
    return (
        frozenset(split_words(card.product_line))
        | frozenset(split_words(card.kind))
        | {"".join(split_words(card.kind))}
    )


@lru_cache(maxsize=20_000)
def split_words(text: str) -> tuple[str, ...]:
    """The words of a name as they are compared, without fillers where it has others."""
    words = [fold(match[0]) for match in islice(_WORD.finditer(text), 60)]
    return tuple(word for word in words if word not in _FILLERS) or tuple(words)


def fold(word: str) -> str:
    """A word as it is compared: without case, accents and apostrophes."""
    bare = unicodedata.normalize("NFKD", word[:_LONGEST_WORD].casefold())
    return "".join(c for c in bare if not unicodedata.combining(c) and c not in "'’") or word[:_LONGEST_WORD]


def _fit(typed: Sequence[str], card: Card) -> float:
    names, weak = names_of(card), weak_words(card)
    strong = {word for name in names for word in name} | set(split_words(card.version))
    total = 0.0
    for word in typed:
        best = max((_likeness(word, known) for known in strong), default=0.0)
        if best < SAME:
            best = max(best, WEAK * max((_likeness(word, known) for known in weak), default=0.0))
        if best == 0:
            return 0.0
        total += best
    joined = "".join(typed)
    whole = max((1.0 if "".join(name) == joined else 0.0 for name in names), default=0.0)
    return total / len(typed) + whole if typed else 1.0


@lru_cache(maxsize=50_000)
def _likeness(typed: str, known: str) -> float:
    """How well a typed word fits a known one, from 0 to 1; numbers have no typing errors."""
    if typed == known:
        return SAME
    if typed in (known + "s", known + "es"):
        return PLURAL
    if known.startswith(typed):
        return BEGINS
    if typed.isdecimal() or known.isdecimal():
        return 0.0
    if len(typed) >= 4 and typed in known:
        return INSIDE
    allowed = 0 if len(typed) < 3 else 1 if len(typed) < 6 else 2 if len(typed) < 11 else 3
    begun = known[: len(typed) + 1]  # the rest of the word may not be typed yet
    wrong = min(OSA.distance(typed, known), OSA.distance(typed, begun) + 1 if len(known) > len(begun) else 99)
    return TYPO - wrong / 20 if wrong <= allowed and typed[0] == known[0] else 0.0
