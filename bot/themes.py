"""The themes of many short texts, by wordllama's likeness of words; it errs, so a theme is a hint and never a count."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.pulse_theme import Theme, words_in, words_of
from bot.domain.pulse_theme_list import DESCRIBED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[Any]

NAMES, MOST_NAMED = 0.1, 2  # what a word that names a theme adds to the likeness, and how many such words count
# Of the sample's remarks, in six languages, a quarter reach this with some theme, and five of eight with a right one.
FITS = 0.3  # the likeness from which on a text belongs to a described theme
ALIKE = 0.45  # and to another text, where none fits
FEWEST, MOST_SUGGESTED = 3, 12  # such texts that make a theme, and such themes
_WORD = re.compile(r"[^\W_]{3,}")
_loading = threading.Lock()


def find_themes(texts: Sequence[str]) -> list[Theme]:
    """The themes in which texts fit, each text in one at most; those that no description fits are put with their like.

    wordllama is imported by the first text and not before: it takes a second and 100 MB.
    """
    if not texts:
        return []
    own = _embed(texts)
    likeness = own @ _described().T + _named(texts)
    best, found = likeness.argmax(axis=1), list[Theme]()
    fits = likeness.max(axis=1) >= FITS
    for number, one in enumerate(DESCRIBED):
        places = tuple(int(place) for place in (fits & (best == number)).nonzero()[0])
        if places:
            found.append(Theme(one.name, one.line, places))
    return found + _suggested(texts, own, [int(place) for place in (~fits).nonzero()[0]])


def likeness(texts: Sequence[str]) -> Callable[[int, int], float]:
    """How alike two of the texts are, by their places: up to 1, and 0 where one has no words."""
    if not texts:
        return lambda one, other: 0.0
    own = _embed(texts)
    return lambda one, other: float(own[one] @ own[other])


def _named(texts: Sequence[str]) -> "Matrix":
    """What the words that name a theme add to each text's likeness with each."""
    import numpy

    found = numpy.zeros((len(texts), len(DESCRIBED)))
    for place, text in enumerate(texts):
        words = set(_WORD.findall(text.casefold()))
        for number, one in enumerate(DESCRIBED):
            named = sum(any(word.startswith(begin) for word in words) for begin in one.beginnings)
            found[place, number] = NAMES * min(named, MOST_NAMED)
    return found


def _suggested(texts: Sequence[str], own: "Matrix", left: list[int]) -> list[Theme]:
    """Groups of texts that are like one of them, the largest first, described by the words that they share."""
    found, alike = list[Theme](), own[left] @ own[left].T >= ALIKE
    words = [words_in(text) for text in texts]
    everywhere = Counter(word for one in words for word in one)
    is_left = alike.any(axis=1)
    for _ in range(MOST_SUGGESTED):
        counts = (alike & is_left).sum(axis=1) * is_left
        if not counts.size or counts.max() < FEWEST:
            break
        chosen = alike[counts.argmax()] & is_left
        is_left &= ~chosen
        places = tuple(left[int(place)] for place in chosen.nonzero()[0])
        if shared := words_of([words[place] for place in places], everywhere, len(texts)):
            found.append(Theme(", ".join(shared).capitalize(), "Words that these answers share", places))
    return found


def _embed(texts: Sequence[str]) -> "Matrix":
    """Texts as rows of length 1, or 0 where there are no words in them."""
    import numpy

    with _loading:
        found: Matrix = _model().embed(list(texts))
    lengths = numpy.linalg.norm(found, axis=1, keepdims=True)
    scaled: Matrix = found / numpy.where(lengths > 0, lengths, 1)
    return scaled


@cache
def _described() -> "Matrix":
    return _embed([one.words for one in DESCRIBED])


@cache
def _model() -> Any:
    """The model from its package, and from nowhere else."""
    with _without_logging():
        import wordllama  # type: ignore[import-untyped]

        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


@contextmanager
def _without_logging() -> Iterator[None]:
    """wordllama sets up everybody's log when it is imported, unless somebody has done that already."""
    root, somebody = logging.getLogger(), logging.NullHandler()
    root.addHandler(somebody)
    try:
        yield
    finally:
        root.removeHandler(somebody)
