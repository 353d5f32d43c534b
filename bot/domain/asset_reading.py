"""Reading which asset a sentence begins with; what follows the name is the remark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import regex
from rapidfuzz.distance import OSA

from bot.domain.asset import Card
from bot.domain.asset_search import (
    BEGINS,
    SAME,
    TYPO,
    WEAK,
    Word,
    find_assets,
    known_words,
    latest_use,
    names_of,
    read_words,
    split_words,
    weak_words,
    words_of,
)

_NEAREST = 5
_FITS_ANYTHING = 10  # words that fit more assets than this say nothing, such as the year in every reference
_BETWEEN = regex.compile(r"(?:[\s)\],;.–—]|:(?=[\s\d]|$)|-(?=\s))*")


@dataclass(frozen=True)
class Reading:
    """What a sentence names: the version to use and the `rest` of the sentence, or, without a card, what is near.

    `note` says which version is current where an older one was named; `ambiguous` that several in `nearest` fit alike.
    """

    card: Card | None
    rest: str
    note: str = ""
    nearest: list[Card] = field(default_factory=list)
    ambiguous: bool = False


@dataclass(frozen=True)
class _Hit:
    """How far a card's names reach into the sentence: `order` 2 a whole name, 1 part of one in order, 0 words of it."""

    order: int
    words: int
    score: float


def read_asset(text: str, cards: Sequence[Card]) -> Reading:
    """Reads which asset a sentence begins with ("spine deck 4 surgeons loved it"); the rest is the remark.

    A whole name counts before a part of one, and the longest before shorter ones. A guess is never taken for a
    reading: what fits only with several typing errors is offered as `nearest`.
    """
    words = read_words(text, cards)
    hits = [(card, hit) for card in _reached(words, cards) if (hit := _reach(words, card))]
    best = max((hit for _, hit in hits), key=lambda hit: (hit.order, hit.words, hit.score), default=None)
    if best is None:
        return Reading(None, text, nearest=_near(words, cards))
    named = [card for card, hit in hits if hit == best]
    choices = [_to_use(card, cards) for card in _one_each(named)]
    if len(choices) > 1:
        others = [_to_use(card, cards) for card, hit in hits if hit.words == best.words]
        ranked = sorted(choices, key=latest_use, reverse=True) + sorted(others, key=latest_use, reverse=True)
        return Reading(
            None, _rest(text, words[best.words - 1].end), nearest=_one_each(ranked)[:_NEAREST], ambiguous=True
        )
    card, end = choices[0], words[best.words - 1].end
    if best.order == 0 and best.words == 1 and not _ends_name(text, end):
        return Reading(None, text, nearest=[card])
    more = _extra_words(words[best.words :], named[0], text)
    end = words[best.words + more - 1].end if more else end
    told, end = _read_version(text, end, [one for one in cards if one.asset_id == card.asset_id])
    if told is not None and told.superseded_by is None and told.retired_at is None:
        return Reading(told, _rest(text, end))
    is_old = told is not None or all(one.version_id != card.version_id for one in named)
    return Reading(card, _rest(text, end), note=_note(card, told or named[-1]) if is_old else "")


def find_old_version(named: str, reading: Reading, cards: Iterable[Card]) -> Card | None:
    """The superseded version that the words name: it may be the one that was really used."""
    if reading.card is None or not reading.note:
        return None
    words = named.casefold().split()
    others = [card for card in cards if card.asset_id == reading.card.asset_id and card.superseded_by]
    return next((card for card in others if card.version.casefold() in words), None)


def _reached(words: Sequence[Word], cards: Sequence[Card]) -> list[Card]:
    """The cards worth a closer look: no other can have a hit, for its first word or its whole name must be there."""
    if not words:
        return []
    begun = set(_joined(words))
    first = {known for known in known_words(tuple(cards)) if _sure(words[0].text, known)}
    return [card for card in cards if not (first.isdisjoint(words_of(card)) and begun.isdisjoint(_whole_names(card)))]


def _reach(words: Sequence[Word], card: Card) -> _Hit | None:
    """The best hit of the card's names at the beginning of the sentence, or None."""
    typed, names, line = [word.text for word in words], names_of(card), frozenset(split_words(card.product_line))
    whole = max((n for n, begun in enumerate(_joined(words), start=1) if begun in _whole_names(card)), default=0)
    if whole:
        return _Hit(2, whole, 0.0)
    reached, score = max((_in_order(typed, name) for name in names), default=(0, 0.0))
    if reached >= 2 and not line.issuperset(typed[:reached]):
        return _Hit(1, reached, score)
    reached, score = _in_any_order(typed, card)
    return _Hit(0, reached, score) if reached else None


def _joined(words: Sequence[Word]) -> list[str]:
    """The sentence's beginnings, a word longer each, written as one word."""
    return ["".join(word.text for word in words[:n]) for n in range(1, len(words) + 1)]


@lru_cache(maxsize=5_000)
def _whole_names(card: Card) -> frozenset[str]:
    return frozenset("".join(name) for name in (*names_of(card), _head(card.title)) if name)


def _in_order(typed: Sequence[str], name: Sequence[str]) -> tuple[int, float]:
    """How many words at the beginning stand in the name in this order, surely enough, and how well they fit."""
    place, score, best = 0, 0.0, (0, 0.0)
    fits: list[float] = []
    for number, word in enumerate(typed, start=1):
        fit, at = max(
            ((_sure(word, known), -spot) for spot, known in enumerate(name) if spot >= place), default=(0.0, 0)
        )
        if fit == 0:
            break
        place, score = 1 - at, score + fit
        fits.append(fit)
        if _is_sure(fits) and not word.isdecimal():
            best = (number, score)
    return best


def _in_any_order(typed: Sequence[str], card: Card) -> tuple[int, float]:
    """How many words at the beginning are words of the asset, surely enough, and how well they fit."""
    names, weak, line = names_of(card), weak_words(card), frozenset(split_words(card.product_line))
    strong = {word for name in names[:-1] for word in name} | {names[-1][-1] if names[-1] else ""}
    score, best, fits = 0.0, (0, 0.0), []
    for number, word in enumerate(typed, start=1):
        fit = max((_sure(word, known) for known in strong), default=0.0)
        light = max((_sure(word, known) for known in weak), default=0.0)
        if not fit and not light:
            break
        fits.append(fit or light)
        score += max(fit, WEAK * light)
        if _is_sure(fits) and not (word.isdecimal() and len(word) < 4):
            # The words of a product line alone name no asset more than another.
            best = (number, WEAK * number if line.issuperset(typed[:number]) else score)
    return best


@lru_cache(maxsize=50_000)
def _sure(typed: str, known: str) -> float:
    """How surely a typed word is a known one: one slip is forgiven, two from ten letters on, a plural not."""
    if typed == known:
        return SAME
    if (
        typed.isdecimal()
        or known.isdecimal()
        or min(len(typed), len(known) - 1) < 3
        or typed in (known + "s", known + "es")
    ):
        return 0.0
    if known.startswith(typed) and len(typed) > 3:
        return BEGINS
    return TYPO if typed[0] == known[0] and OSA.distance(typed, known) <= (2 if len(typed) > 9 else 1) else 0.0


def _is_sure(fits: Sequence[float]) -> bool:
    exact = sum(fit == SAME for fit in fits)
    return exact * 2 >= len(fits)


def _extra_words(words: Sequence[Word], card: Card, text: str) -> int:
    """How many words after the name say more about the asset; only where something follows that ends a name."""
    own = {word for name in names_of(card) for word in name} | weak_words(card)
    best = 0
    for number, word in enumerate(words, start=1):
        if word.text not in own or word.text.isdecimal():
            break
        if _ends_name(text, word.end):
            best = number
    return best


def _ends_name(text: str, end: int) -> bool:
    """Whether the name is over at `end`: nothing, a sign or a number follows."""
    after = text[end:].lstrip()
    return not after or not (after[0].isalpha() or after[0] in "'’(-/&") or bool(regex.match(r"v\s?\d", after, regex.I))


def _read_version(text: str, end: int, versions: Sequence[Card]) -> tuple[Card | None, int]:
    """The version named at `end`, and where its name ends; a bare number is no version but a rating."""
    for card in sorted(versions, key=lambda card: len(card.version), reverse=True):
        number = regex.sub(r"^v(?:ersion)?\s*\.?\s*", "", card.version, flags=regex.I)
        is_number = bool(regex.fullmatch(r"[\d.,]+", number))
        name = rf"(?:version|ver\.?|v\.?)\s*{regex.escape(number)}" if is_number else regex.escape(card.version)
        found = regex.compile(rf"[\s(\[,–—-]*{name}(?![\p{{L}}\p{{N}}])(?!\.\d)[)\]]?", regex.I).match(text, end)
        if found and (text[end : end + 1].isspace() or text[end : end + 1] in "([,–—-"):
            return card, found.end()
    return None, end


def _rest(text: str, end: int) -> str:
    """What follows the name, without the signs between them; an emoji's colon and a number's minus stay."""
    between = _BETWEEN.match(text, end)
    return text[between.end() if between else end :]


def _note(card: Card, named: Card) -> str:
    if card.version_id == named.version_id:
        return ""
    return f"{card.version} is current." if card.title == named.title else f"{card.title} {card.version} is current."


def _to_use(card: Card, cards: Iterable[Card]) -> Card:
    """The version of the same asset that is out; where none is, a draft or else the last one."""
    versions = [one for one in cards if one.asset_id == card.asset_id]
    kept = [one for one in versions if one.retired_at is None and one.superseded_by is None]
    released = [one for one in kept if one.released_at is not None]
    return (released or kept or versions)[-1]


def _one_each(cards: Iterable[Card]) -> list[Card]:
    return list({card.asset_id: card for card in reversed(list(cards))}.values())[::-1]


def _near(words: Sequence[Word], cards: Sequence[Card]) -> list[Card]:
    """What may have been meant: the most words at the beginning that still find something."""
    usable = _one_each(_to_use(card, cards) for card in cards)
    for number in range(min(len(words), 6), 0, -1):
        typed = [word.text for word in words[:number]]
        if len(typed[0]) < 3 and number == 1:
            break
        found = find_assets(" ".join(typed), usable, len(usable))
        if len(found) > _FITS_ANYTHING:
            break
        if found:
            return [match.card for match in found[:_NEAREST]]
    return []


def _head(title: str) -> tuple[str, ...]:
    """A title's words up to its colon or bracket, where it has any and there are two words at least."""
    words = split_words(regex.split(r"[:(]", title, maxsplit=1)[0])
    return words if len(words) > 1 else ()
