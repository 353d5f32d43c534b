"""What people searched for and did not find: near-equal words put together, and what they may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from bot.domain.asset import CURRENT, DRAFT, Card, state_on
from bot.domain.asset_reading import read_asset
from bot.domain.asset_search import find_assets, names_of, split_words

ALIKE = 85  # of 100 (rapidfuzz's token_sort_ratio): a letter or two, or the order of the words
MOST_WORDINGS = 400  # that are compared with each other


@dataclass(frozen=True)
class Missed:
    """One person who searched for these words, as they are compared, and found nothing."""

    words: str
    user_id: str


@dataclass(frozen=True)
class Search:
    """Words that people searched for and did not find, in the wording of most of them, and how many people those are.

    `near` is an asset to be used that they may have meant, `ended` the one that they named and that is no longer to be
    used; both None where nothing comes near.
    """

    words: str
    people: int
    near: Card | None = None
    ended: Card | None = None


def group_searches(missed: Iterable[Missed], cards: Sequence[Card], today: date) -> list[Search]:
    """What was searched for and is still not found, the most people first; what is found by now is left out."""
    people: dict[str, set[str]] = {}
    for one in missed:
        people.setdefault(one.words, set()).add(one.user_id)
    wordings = sorted(people, key=lambda words: (-len(people[words]), words))[:MOST_WORDINGS]
    current = [card for card in cards if state_on(card, today) == CURRENT]
    released = [card for card in cards if state_on(card, today) != DRAFT]
    groups: list[list[str]] = []
    for words in wordings:
        if find_assets(words, current, 1):
            continue
        group = next((group for group in groups if _is_alike(words, group[0])), None)
        if group is None:
            groups.append([words])
        else:
            group.append(words)
    found = [_search(group, people, released, today) for group in groups]
    return sorted(found, key=lambda one: (-one.people, one.words))


def _is_alike(words: str, other: str) -> bool:
    """Whether two wordings mean the same: nearly the same letters, or two words and more that the other has too."""
    if fuzz.token_sort_ratio(words, other) >= ALIKE:
        return True
    mine, theirs = set(words.split()), set(other.split())
    return min(len(mine), len(theirs)) > 1 and (mine <= theirs or theirs <= mine)


def _search(group: list[str], people: dict[str, set[str]], released: Sequence[Card], today: date) -> Search:
    who = set[str]().union(*(people[words] for words in group))
    reading = read_asset(group[0], released)
    if reading.card is not None and state_on(reading.card, today) != CURRENT:
        return Search(group[0], len(who), ended=reading.card)
    usable = [card for card in (reading.card, *reading.nearest) if card and state_on(card, today) == CURRENT]
    return Search(group[0], len(who), near=next((card for card in usable if _is_near(group[0], card)), None))


def _is_near(words: str, card: Card) -> bool:
    """Whether a word is nearly one of the asset's own: those of its product line name no asset more than another."""
    own = {word for name in names_of(card) for word in name} - set(split_words(card.product_line))
    return any(len(word) > 3 and fuzz.ratio(word, known) >= ALIKE for word in words.split() for known in own)
