"""The safety screen: which free texts may be a complaint, an injury, a patient or an off-label use (P13).

It decides nothing: whether something must be reported is for a person with the official form. It only keeps such words
from being shown around before somebody has looked, so it would rather hold one too many. The rules look for kinds of
words (`bot.domain.safety_words`) that stand close together in a sentence; they will miss what is worded in a new way.
"""

import re
import unicodedata
from bisect import bisect_left
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
_WORD = re.compile(r"[^\W_]+|[.!?;\n]+(?=\s|$)")

Hits = dict[str, list[int]]
Phrases = dict[str, list[tuple[str, tuple[str, ...]]]]


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
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    found: set[str] = set()
    if names_a_patient(visible, _fold(visible)):
        found.add("patient_identifier")
    sentences = [_hits(words) for words in _sentences(_fold(visible))]
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
    guards = (hits.get("office", []), hits.get("studied", []))
    return [
        at
        for at in hits.get(kind, [])
        if not any(_near([at], guard, BESIDE) for guard in guards) and not _near([at - 2], hits.get("nobody", []), 2)
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
    """Whether one of each stand at most so many words apart; both lists are in order."""
    for one in ones:
        place = bisect_left(others, one - within)
        if place < len(others) and others[place] <= one + within:
            return True
    return False


def _hits(words: list[str]) -> Hits:
    """At which words of a sentence each kind begins."""
    exact, prefixes, phrases, begun = _lexicon()
    hits: Hits = {}
    for at, word in enumerate(words):
        kinds = set(exact.get(word, ()))
        for length in range(1, min(len(word), LONGEST_PREFIX) + 1):
            kinds.update(prefixes.get(word[:length], ()))
            for kind, rest in begun.get(word[:length], ()):
                if _goes_on(words, at + 1, rest):
                    kinds.add(kind)
        for kind, rest in phrases.get(word, ()):
            if _goes_on(words, at + 1, rest):
                kinds.add(kind)
        for kind in kinds:
            hits.setdefault(kind, []).append(at)
    return hits


def _goes_on(words: list[str], at: int, rest: tuple[str, ...]) -> bool:
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
def _lexicon() -> tuple[dict[str, set[str]], dict[str, set[str]], Phrases, Phrases]:
    """Kinds by whole word and by a word's beginning; phrases by their first word and by its beginning."""
    exact: dict[str, set[str]] = {}
    prefixes: dict[str, set[str]] = {}
    phrases: Phrases = {}
    begun: Phrases = {}
    for kind, entries in WORDS.items():
        for entry in entries.split(","):
            first, *rest = entry.split()
            if rest:
                (begun if first.endswith("*") else phrases).setdefault(first.rstrip("*"), []).append(
                    (kind, tuple(rest))
                )
            elif first.endswith("*"):
                prefixes.setdefault(first[:-1], set()).add(kind)
            else:
                exact.setdefault(first, set()).add(kind)
    return exact, prefixes, phrases, begun
