"""Words that spread: what many suddenly write in one week, and what an owner is asked again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.digest_voices import FEW, Voice, count_people, newest

WEEK = timedelta(weeks=1)
ENOUGH = 30  # earlier texts, from which it is known what people usually write
TIMES = 4  # as often as before, in proportion to all that was written
CERTAIN = 10  # as often: a single word, which many write by chance
TOGETHER = 1 / 3  # of the texts of the rarer one of two words: they belong together
MOST_WORDS = 4  # that a group is named by
PAIR, TELLING = 3, 2  # texts in which two words stand side by side: so they name a group, and tell twice as much as one
ASKED, ASKERS = 3, 2  # unanswered texts about one asset, and the people who wrote them


@dataclass(frozen=True)
class Spread:
    """Words that spread in the week from `start` on: who wrote them (`voices`), and how many people in the weeks before
    (`before`) and after it (`since`)."""

    words: tuple[str, ...]
    start: datetime
    voices: tuple[Voice, ...]
    before: int
    since: int


@dataclass(frozen=True)
class AskedAgain:
    """Words that stand in several unanswered texts about one asset version, at least one of which is a question."""

    version_id: int
    words: tuple[str, ...]
    voices: tuple[Voice, ...]

    @property
    def latest(self) -> Voice:
        """The newest of them."""
        found = newest(self.voices)
        assert found is not None
        return found


def find_spreads(voices: Sequence[Voice], *, end: datetime, weeks: int) -> list[Spread]:
    """What spread in one of the last `weeks` weeks up to `end`, the newest week first, then what most people wrote.

    A word spreads when five people write it in one week, and four times as often, in proportion to all that is written,
    as in the weeks before: so a busy week alone is none. Words that stand in the same texts are told as one; a word
    that stands alone must be ten times as frequent. With the sample's texts in a random order, and its offer left out,
    something seems to spread in one of a thousand weeks.
    """
    found: list[Spread] = []
    for number in range(weeks):
        start = end - (number + 1) * WEEK
        now = [one for one in voices if start <= one.at < start + WEEK]
        before = [one for one in voices if one.at < start]
        if len(before) < ENOUGH or count_people(now) < FEW:
            continue
        sudden = _more_than_usual(_shared_by(now, FEW), before, len(now))
        certain = _more_than_usual(sudden, before, len(now), times=CERTAIN)
        for terms in _groups(sudden):
            if len(terms) == 1 and terms[0] not in certain:
                continue
            told = _joined(sudden[term] for term in terms)
            others = [one for one in voices if not one.terms.keys().isdisjoint(terms)]
            found.append(
                Spread(
                    words=_named(terms, sudden),
                    start=start,
                    voices=tuple(told),
                    before=count_people(one for one in others if one.at < start),
                    since=count_people(one for one in others if one.at >= start + WEEK),
                )
            )
    return found


def find_asked_again(voices: Sequence[Voice], mine: set[int]) -> list[AskedAgain]:
    """What the owner of the asset versions `mine` is asked again and again without an answer, the most texts first.

    Three unanswered texts about one version by two people share a word that is four times as frequent there as in all
    that is said elsewhere. Of each version the words that most texts share are told.
    """
    found = []
    for version_id in sorted(mine):
        open_ones = [one for one in voices if one.version_id == version_id and not one.is_answered]
        if len(open_ones) < ASKED:
            continue
        asked = {
            term: texts
            for term, texts in _shared_by(open_ones, ASKERS).items()
            if len(texts) >= ASKED and any(one.is_question for one in texts)
        }
        elsewhere = [one for one in voices if one.version_id != version_id] if asked else []
        shared = _more_than_usual(asked, elsewhere, len(open_ones))
        for terms in _groups(shared)[:1]:
            told = _joined(shared[term] for term in terms)
            found.append(AskedAgain(version_id, _named(terms, shared), tuple(told)))
    return sorted(found, key=lambda one: (-len(one.voices), one.version_id))


def find_shared(voices: Sequence[Voice], elsewhere: Sequence[Voice]) -> list[tuple[tuple[str, ...], tuple[Voice, ...]]]:
    """Words that five people share, and more often than people write them elsewhere, with the texts they stand in."""
    shared = _shared_by(voices, FEW)
    if len(elsewhere) >= ENOUGH:
        shared = _more_than_usual(shared, elsewhere, len(voices))
    return [(_named(terms, shared), tuple(_joined(shared[term] for term in terms))) for terms in _groups(shared)]


def _shared_by(voices: Sequence[Voice], people: int) -> dict[str, list[Voice]]:
    """The terms that so many people and more wrote, each with its texts."""
    return {term: texts for term, texts in _texts_by_term(voices).items() if count_people(texts) >= people}


def _more_than_usual(
    found: dict[str, list[Voice]], usually: Sequence[Voice], of: int, times: int = TIMES
) -> dict[str, list[Voice]]:
    """Those of the terms that stand in `times` as many of `of` texts, in proportion, as in what is usually written."""
    usual = Counter(term for one in usually for term in found.keys() & one.terms.keys())
    rate = of / (len(usually) + 1)
    return {term: texts for term, texts in found.items() if len(texts) >= times * rate * (usual[term] + 1)}


def _texts_by_term(voices: Sequence[Voice]) -> dict[str, list[Voice]]:
    found: dict[str, list[Voice]] = {}
    for one in voices:
        for term in one.terms:
            found.setdefault(term, []).append(one)
    return found


def _joined(texts: Iterable[Sequence[Voice]]) -> list[Voice]:
    """Each text once, the oldest first."""
    once = {id(one): one for several in texts for one in several}
    return sorted(once.values(), key=lambda one: (one.at, one.feedback_id))


def _groups(found: dict[str, list[Voice]]) -> list[list[str]]:
    """Terms that stand in the same texts, put together; the group that most people wrote first."""
    groups: list[tuple[list[str], set[int]]] = []
    for term in sorted(found, key=lambda term: (-count_people(found[term]), term)):
        places = {id(one) for one in found[term]}
        near = [one for one in groups if len(places & one[1]) >= TOGETHER * len(places)]
        merged = ([name for terms, _ in near for name in terms] + [term], places.union(*(texts for _, texts in near)))
        groups = [one for one in groups if one not in near] + [merged]
    return sorted(
        (terms for terms, _ in groups),
        key=lambda terms: (-count_people(_joined(found[term] for term in terms)), terms),
    )


def _named(terms: Sequence[str], found: dict[str, list[Voice]]) -> tuple[str, ...]:
    """The words of a group as most people wrote them: each in turn the one that tells of most texts not yet told of.

    Names and pairs of words tell more than single words, so they count for more.
    """
    voices = _joined(found[term] for term in terms)
    every, parts = _texts_by_term(voices), set(terms)
    pairs = [term for term in every if " " in term and parts & set(term.split(" ")) and len(every[term]) >= PAIR]
    ways = {term: _written(term, voices) for term in {*terms, *pairs}}
    left, names = {id(one) for one in voices}, list[str]()
    while left and len(names) < MOST_WORDS:
        gain = {
            term: len(left & {id(one) for one in every[term]}) * (TELLING if " " in term or way[:1].isupper() else 1)
            for term, way in ways.items()
        }
        best = max(ways, key=lambda term: (gain[term], term))
        if names and gain[best] < 2 * TELLING:
            break
        left -= {id(one) for one in every[best]}
        names.append(ways[best])
    return tuple(names)


def _written(term: str, voices: Sequence[Voice]) -> str:
    """How a term is mostly written."""
    ways = Counter(one.terms[term] for one in voices if term in one.terms)
    return max(ways, key=lambda way: (ways[way], way))
