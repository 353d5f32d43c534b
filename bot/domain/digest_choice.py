"""What a digest is asked for: a period, a product line or an asset, typed behind `/digest` in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.asset import Card
from bot.domain.asset_reading import read_asset
from bot.domain.asset_search import split_words
from bot.domain.digest_period import Period, check_period, day_of, find_period
from bot.domain.text import clean, clip, inert

MOST_WORDS = 16  # that are looked through for a period; a title has fewer
SHOWN = 60  # characters of what was typed that are repeated
NAMED = 5  # lines or assets that a sentence offers
NAME = 60  # characters of a title
BEGINS = 4  # letters that may stand for the beginning of a line's word
EXAMPLES = "Try `/digest last week`, `/digest october`, `/digest spine last month` or `/digest MLR-2026-0143`."
_BETWEEN = frozenset({"about", "and", "at", "during", "for", "from", "in", "of", "on", "our", "over", "the", "with"})


@dataclass(frozen=True)
class About:
    """What a digest is about: an asset in all its versions, a product line, or everything; `name` is plain text."""

    name: str = ""
    asset_id: int = 0
    product_line: str = ""

    @property
    def key(self) -> str:
        """As a button carries it; empty for everything."""
        if self.asset_id:
            return f"asset {self.asset_id}"
        return f"line {self.product_line}" if self.product_line else ""

    def versions(self, cards: Sequence[Card]) -> frozenset[int] | None:
        """The asset versions that it has, None if it is everything."""
        if self.asset_id:
            return frozenset(one.version_id for one in cards if one.asset_id == self.asset_id)
        if self.product_line:
            return frozenset(one.version_id for one in cards if one.product_line == self.product_line)
        return None


EVERYTHING = About()


@dataclass(frozen=True)
class Choice:
    """What somebody asked for. With an asset or a product line the period's name tells it, too."""

    period: Period
    about: About = EVERYTHING

    def named(self) -> Choice:
        """The same, with a period whose name says what it is about."""
        when = self.period.name
        told = f"{self.about.name}, {when[:1].lower()}{when[1:]}" if when else self.about.name
        return replace(self, period=replace(self.period, name=told)) if self.about.name else self


def read_choice(text: str, cards: Sequence[Card], now: datetime, tz: str) -> Choice:
    """What somebody typed; nothing is the last seven days of everything.

    An asset or a product line without a period is asked about for a quarter: in a week too few speak of one asset.

    Raises:
        ValueError: with a sentence (mrkdwn), it is not understood, or the period is none that a digest can have.
    """
    today = day_of(now, tz)
    words = " ".join(clean(text).replace(",", " ").split())
    quarter = Period(today - timedelta(weeks=13, days=-1), today + timedelta(days=1), tz, "The last 13 weeks")
    if whole := find_period(words, today, tz):
        return Choice(check_period(whole, today))
    if about := _find_about(words, cards):
        return Choice(quarter, about).named()
    parts, unread = words.split(" "), words
    for first, until in _spans(len(parts)):
        period = find_period(" ".join(parts[first:until]), today, tz)
        if period is None:
            continue
        rest = " ".join(parts[:first] + parts[until:])
        about = _find_about(rest, cards)
        if about or not _bare(rest):
            return Choice(check_period(period, today), about or EVERYTHING).named()
        unread = min(unread, rest, key=len)
    raise ValueError(_not_understood(unread, cards))


def find_about(key: str, cards: Sequence[Card]) -> About | None:
    """What a button was about; None if there is no such thing (any more): what comes back from a client is a claim."""
    kind, _, rest = key.partition(" ")
    if not key:
        return EVERYTHING
    for one in reversed(cards):
        if kind == "asset" and rest == str(one.asset_id):
            return About(clip(one.title, NAME), asset_id=one.asset_id)
        if kind == "line" and rest and rest == one.product_line:
            return About(clip(rest, NAME), product_line=rest)
    return None


def _spans(words: int) -> list[tuple[int, int]]:
    """The places where a period may stand among so many words, the longest first."""
    if words > MOST_WORDS:
        return []
    return [(first, first + length) for length in range(words - 1, 0, -1) for first in range(words - length + 1)]


def _find_about(text: str, cards: Sequence[Card]) -> About | None:
    """The product line or asset that words name, all of them.

    Raises:
        ValueError: with a sentence, several are named alike.
    """
    bare = _bare(text)
    if not bare:
        return None
    lines = _lines(bare, cards)
    if len(lines) > 1:
        raise ValueError(f"“{_shown(bare)}” may be {_or(lines)}. Which one?")
    if lines:
        return About(clip(lines[0], NAME), product_line=lines[0])
    reading = read_asset(bare, cards)
    if _bare(reading.rest):
        return None
    if reading.ambiguous:
        titles = list(dict.fromkeys(one.title for one in reading.nearest))
        raise ValueError(f"“{_shown(bare)}” may be {_or(titles)}. Say a word more, or the reference.")
    card = reading.card
    return About(clip(card.title, NAME), asset_id=card.asset_id) if card else None


def _lines(bare: str, cards: Sequence[Card]) -> list[str]:
    """The product lines that have all these words."""
    typed = split_words(bare)
    known = sorted({one.product_line for one in cards if one.product_line})
    found = [line for line in known if typed and all(_fits(word, split_words(line)) for word in typed)]
    same = [line for line in found if split_words(line) == typed]
    return same or found


def _fits(typed: str, words: Sequence[str]) -> bool:
    return any(word == typed or (len(typed) >= BEGINS and word.startswith(typed)) for word in words)


def _bare(text: str) -> str:
    """Words without those at both ends that only lead to others."""
    parts = text.split()
    while parts and parts[0].lower() in _BETWEEN:
        parts = parts[1:]
    while parts and parts[-1].lower() in _BETWEEN:
        parts = parts[:-1]
    return " ".join(parts)


def _not_understood(unread: str, cards: Sequence[Card]) -> str:
    near = [] if len(unread) > SHOWN else read_asset(_bare(unread), cards).nearest
    meant = f" Did you mean *{inert(clip(near[0].title, NAME))}*?" if len(near) == 1 else ""
    return f"I can't read “{_shown(unread)}” as a period, a product line or an asset.{meant} {EXAMPLES}"


def _or(names: Sequence[str]) -> str:
    told = [f"*{inert(clip(name, NAME))}*" for name in names[:NAMED]]
    more = f" or {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (f"{', '.join(told[:-1])} or {told[-1]}" if len(told) > 1 and not more else ", ".join(told)) + more


def _shown(text: str) -> str:
    return inert(clip(text, SHOWN))
