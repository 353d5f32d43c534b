"""The themes of many short texts, by wordllama's likeness of words; it errs, so a theme is a hint and never a count."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.domain.pulse_theme import Theme, words_in, words_of
from bot.domain.theme_list import DESCRIBED, Described, Names, load_themes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[Any]

NAMES, MOST_NAMED = 0.25, 2  # what a word that names a theme adds to the likeness, and how many such words count
# Of the sample's 260 remarks, in six languages, 89 reach this with some theme, and 64 of these with a right one.
FITS = 0.3  # the likeness from which on a text belongs to a described theme
ALIKE = 0.45  # and to another text, where none fits
FEWEST, MOST_SUGGESTED = 3, 12  # such texts that make a theme, and such themes
_loading = threading.Lock()
log = structlog.get_logger()


def themes_in(file: str) -> tuple[Described, ...]:
    """The themes that a file describes (`THEMES_FILE`), as it is now; Groundswell's own without one.

    A file that cannot be read is told in the log, and stands back for those: nobody waits for a digest because of it.
    """
    try:
        changed = Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        changed = -1
    return _themes_in(file, changed)


@lru_cache(maxsize=4)
def _themes_in(file: str, _changed: int) -> tuple[Described, ...]:
    try:
        return load_themes(file)
    except ValueError as error:
        log.warning("the file of themes cannot be read, so Groundswell's own are used", reason=str(error))
        return DESCRIBED


def find_themes(texts: Sequence[str], described: tuple[Described, ...] = DESCRIBED) -> list[Theme]:
    """The themes in which texts fit, each text in one at most; those that no description fits are put with their like.

    wordllama is imported by the first text and not before: it takes a second and 100 MB.
    """
    if not texts:
        return []
    own = _embed(texts)
    likeness = own @ _described(described).T + _named(texts, described)
    best, found = likeness.argmax(axis=1), list[Theme]()
    fits = likeness.max(axis=1) >= FITS
    for number, one in enumerate(described):
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


def _named(texts: Sequence[str], described: tuple[Described, ...]) -> "Matrix":
    """What the words that name a theme add to each text's likeness with each."""
    import numpy

    found = numpy.zeros((len(texts), len(described)), dtype=numpy.float32)
    names = Names(described)
    for place, text in enumerate(texts):
        for number, hits in names.find(text).items():
            found[place, number] = NAMES * min(hits, MOST_NAMED)
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


@lru_cache(maxsize=4)
def _described(described: tuple[Described, ...]) -> "Matrix":
    return _embed([one.words for one in described])


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
