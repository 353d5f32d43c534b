"""Themes of what people wrote in a pulse: which there are, in one line each, and which of them may be told."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.domain.pulse import FEW

FEWEST = 2  # texts of a theme: whoever reads of it reads all the texts, too, from 10 on
OTHERS = "Something else"


@dataclass(frozen=True)
class Theme:
    """A theme: its name, what it is about in one line, and which texts belong to it, by their places."""

    name: str
    line: str
    places: tuple[int, ...]


def told_themes(found: Sequence[Theme], total: int) -> list[Theme]:
    """The themes that are told of `total` texts, the largest first and what is in none of them last."""
    kept = sorted((one for one in found if len(one.places) >= FEWEST), key=lambda one: (-len(one.places), one.name))
    inside = {place for one in kept for place in one.places}
    rest = tuple(place for place in range(total) if place not in inside)
    return [*kept, Theme(OTHERS, "", rest)] if kept and rest else kept


def shared_themes(told: Sequence[Theme]) -> list[Theme]:
    """Those of which people may hear who read no texts: they are of FEW or more, and stand without their number."""
    return [one for one in told if one.name != OTHERS and len(one.places) >= FEW]


def words_in(text: str) -> frozenset[str]:
    """The words of a text that may say what it is about."""
    return frozenset(_WORD.findall(text.casefold())) - _COMMON


def words_of(group: Sequence[frozenset[str]], everywhere: Mapping[str, int], texts: int, most: int = 3) -> list[str]:
    """The words that mark some texts off from others: each in at least half of them, and rarer elsewhere.

    `everywhere` counts in how many of all the `texts` a word stands, the group's own included.
    """
    marks: dict[str, float] = {}
    for word, hits in Counter(word for one in group for word in one).items():
        share, elsewhere = hits / len(group), (everywhere[word] - hits) / max(1, texts - len(group))
        if share >= 1 / 2 and share > elsewhere:
            marks[word] = share - elsewhere
    return sorted(marks, key=lambda word: (-marks[word], word))[:most]


def themes_to_json(themes: Mapping[int, Sequence[Theme]]) -> str:
    """As a row keeps them, by question."""
    return json.dumps({str(n): [asdict(one) for one in of_it] for n, of_it in themes.items()}, ensure_ascii=False)


def themes_from_json(kept: str | None) -> dict[int, list[Theme]]:
    """Back from a row."""
    told = json.loads(kept) if kept else {}
    return {
        int(number): [Theme(one["name"], one["line"], tuple(one["places"])) for one in of_it]
        for number, of_it in told.items()
    }


_WORD = re.compile(r"[^\W\d_]{4,}")
# Words that stand anywhere and say nothing of a theme.
_COMMON = frozenset(
    _WORD.findall(
        "about after again also always another because been before being between both cannot could does doing "
        "down during each even every from getting give have having here into just less like made make many more "
        "most much must need needs never nobody none only other over please really same should since some such "
        "than that their them then there these they thing things this those time times under until very want "
        "wants well were what when where which while with without would your yours"
    )
)
