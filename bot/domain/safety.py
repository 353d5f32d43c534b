"""The safety screen: which free texts may be a complaint, an injury, a patient or an off-label use (P13).

It decides nothing: whether something must be reported is for a person with the official form. It only keeps such words
from being shown around before somebody has looked, so it would rather hold one too many. The rules look for kinds of
words (`bot.domain.safety_words`) that stand close together in a sentence; they will miss what is worded in a new way.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.domain.safety_patient import names_a_patient
from bot.domain.safety_words import WORDS

LABELS = ("complaint", "adverse_event", "patient_identifier", "off_label")

NEAR = 12  # words between two things that belong together
BESIDE = 5  # words between a word and what makes it harmless or denies it
LONGEST_PREFIX = 16  # letters of a word that are looked at for its beginning

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,}(?!\w)")
_WORD = re.compile(r"[^\W_]+|,|[.!?;\n]+(?=\s|$)")

Hits = dict[str, list[int]]
Phrase = tuple[str, ...]
Meaning = tuple[frozenset[str], tuple[tuple[str, Phrase], ...]]
NOTHING: Meaning = frozenset(), ()
COMMA = "comma"


@dataclass(frozen=True)
class Screening:
    """What a text may hold; `labels` are out of `LABELS`, in their order, and empty for nearly every text."""

    labels: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether the text is kept back until a person has looked at it."""
        return bool(self.labels)


def screen(text: str) -> Screening:
    """Look through a text, in time proportional to its length."""
    if not text.strip():
        return Screening(())
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    found: set[str] = set()
    folded = _fold(visible)
    if names_a_patient(visible, folded):
        found.add("patient_identifier")
    meanings: dict[str, Meaning] = {}
    sentences = [_hits(words, meanings) for words in _sentences(folded)]
    declined = any(hits.get("declined") for hits in sentences)
    for hits in sentences:
        found |= _read(hits, declined)
    return Screening(tuple(label for label in LABELS if label in found))


def _fold(text: str) -> str:
    """Without case, accents and apostrophes, and with "d i e d" written as one word."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = _ACCENTS.sub("", folded).replace("n't", "nt").replace("n’t", "nt")
    return _SPACED.sub(lambda run: re.sub(r"[ .\-_*]", "", run[0]), folded)


def _sentences(folded: str) -> Iterable[list[str]]:
    sentence: list[str] = []
    for word in _WORD.findall(re.sub(r"\.{2,}", " ", folded)):
        if word[0] in ".!?;\n":
            if sentence:
                yield sentence
            sentence = []
        else:
            sentence.append(word)
    if sentence:
        yield sentence


def _read(hits: Hits, declined: bool) -> set[str]:
    """The labels of one sentence."""
    labels: set[str] = set()
    faults, moves = _real(hits, "fault"), _real(hits, "moved")
    harms, maybes = _real(hits, "harm"), _real(hits, "maybe")
    things = [*hits.get("device", ()), *hits.get("implant", ())]
    things.sort()
    failed = (
        _near(things, faults)
        or _near(things, _denied(hits))
        or _near(hits.get("place", []), [at for at in faults if at not in hits.get("place", [])])
        or _near(hits.get("device", []), hits.get("slow", []))
        or _near(hits.get("drug", []), hits.get("too_much", []), BESIDE)
    )
    moved = _near(hits.get("implant", []), moves)
    if failed or moved or _near(things, harms):
        labels.add("complaint")
    hurt = harms or _near(hits.get("patient", []), maybes, NEAR // 2) or _near(things, hits.get("inside", []))
    if hurt or moved or _near(hits.get("vitals", []), hits.get("drop", []), BESIDE):
        labels.add("adverse_event")
    unusual = [at for at in hits.get("unapproved", []) if not _near([at], hits.get("office", []), 2)]
    if not declined and (_near(hits.get("wish", []), unusual) or _near(unusual, faults + harms)):
        labels.add("off_label")
    return labels


def _real(hits: Hits, kind: str) -> list[int]:
    """Where a kind of word stands, without figures of speech, published numbers and "nobody was ..."."""
    guards = [*hits.get("office", ()), *hits.get("studied", ())]
    guards.sort()
    # An injury is not made harmless by a deck behind the next comma.
    breaks = hits.get(COMMA, []) if kind == "harm" else []
    return [
        at
        for at in hits.get(kind, ())
        if not any(
            bisect_left(breaks, at + 1) == bisect_left(breaks, guard + 1) for guard in _around(guards, at, BESIDE)
        )
        and not _around(hits.get("nobody", []), at - 2, 1)
    ]


def _denied(hits: Hits) -> list[int]:
    """Where a "no" stands with a duty beside it, or right behind a device: "the alarm did not"."""
    things, duties = hits.get("device", []), hits.get("duty", [])
    return [
        at
        for at in hits.get("no", [])
        if (_near([at], duties, BESIDE - 1) or _near([at - 1], things, 1))
        and not _near([at], hits.get("office", []), BESIDE)
    ]


def _near(ones: list[int], others: list[int], within: int = NEAR) -> bool:
    """Whether one of each stand at most so many words apart; `others` is in order."""
    return any(_around(others, one, within) for one in ones)


def _around(places: list[int], at: int, within: int) -> list[int]:
    """Those of the places, which are in order, that are at most so many words away."""
    return places[bisect_left(places, at - within) : bisect_right(places, at + within)]


def _hits(words: list[str], meanings: dict[str, Meaning]) -> Hits:
    """At which words of a sentence each kind begins; `meanings` remembers the words of this text."""
    hits: Hits = {}
    for at, word in enumerate(words):
        meaning = meanings.get(word)
        if meaning is None:
            meaning = meanings[word] = _meaning(word)
        kinds, phrases = meaning
        found = kinds | {kind for kind, rest in phrases if _goes_on(words, at + 1, rest)} if phrases else kinds
        for kind in found:
            hits.setdefault(kind, []).append(at)
    return hits


def _meaning(word: str) -> Meaning:
    """The kinds of a word, and the phrases that may begin with it."""
    if word == ",":
        return frozenset({COMMA}), ()
    whole, begun = _lexicon()
    entries = [whole.get(word, NOTHING)]
    if word.isdecimal() and len(word) <= 2 and int(word) < 18:
        entries.append(whole.get("0-17", NOTHING))
    entries += [begun.get(word[:length], NOTHING) for length in range(1, min(len(word), LONGEST_PREFIX) + 1)]
    kinds = frozenset().union(*(kinds for kinds, _ in entries))
    phrases = tuple(phrase for _, phrases in entries for phrase in phrases)
    return kinds, phrases


def _goes_on(words: list[str], at: int, rest: Phrase) -> bool:
    """Whether a phrase goes on like `rest`; "~" lets up to three words pass."""
    for number, wanted in enumerate(rest):
        if wanted == "~":
            return any(_goes_on(words, at + gap, rest[number + 1 :]) for gap in range(4))
        if at >= len(words):
            return False
        if not (words[at].startswith(wanted[:-1]) if wanted.endswith("*") else words[at] == wanted):
            return False
        at += 1
    return True


@cache
def _lexicon() -> tuple[dict[str, Meaning], dict[str, Meaning]]:
    """What whole words mean, and what words mean by their beginning."""
    whole: dict[str, Meaning] = {}
    begun: dict[str, Meaning] = {}
    for kind, entries in WORDS.items():
        for entry in entries.split(","):
            first, *rest = entry.split()
            table, word = (begun, first[:-1]) if first.endswith("*") else (whole, first)
            kinds, phrases = table.get(word, NOTHING)
            if rest:
                table[word] = kinds, (*phrases, (kind, tuple(rest)))
            else:
                table[word] = kinds | {kind}, phrases
    return whole, begun
