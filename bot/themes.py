"""The themes of many short texts, by wordllama's likeness of words; it errs, so a theme is a hint and never a count."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.pulse_theme import Theme, words_in, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[Any]

# Of the sample's remarks, in six languages, these descriptions place two of three right from FITS on.
FITS = 0.3  # the likeness from which on a text belongs to a described theme
ALIKE = 0.45  # and to another text, where none fits
FEWEST, MOST_SUGGESTED = 3, 12  # such texts that make a theme, and such themes
# Names, what people read, and what they might write.
DESCRIBED: tuple[tuple[str, str, str], ...] = (
    (
        "Length", "It is too long or too dense",
        "It is too long: too many slides and pages, too many minutes, nobody reads it to the end. Make it shorter. "
        "Too dense, too much text, keep it to one page.",
    ),
    (
        "Out of date", "Data, prices, names or versions are no longer right",
        "It is out of date: old data, old prices, old names, an old version or logo from last year. Claims and numbers "
        "in it are no longer right and have expired.",
    ),
    (
        "Hard to find", "People could not find it, or did not know of it",
        "I could not find it, searched everywhere, and did not know that it exists. Wrong version in the folder, "
        "portal or library; where is it stored.",
    ),
    (
        "Language", "It is not in the language that customers need",
        "It is not in the language that the customer needs: German, French, Spanish, Portuguese, Japanese. The "
        "translation is poor or missing, only in English.",
    ),
    (
        "Evidence", "Clinical or technical evidence",
        "Clinical evidence: studies, trials, publications, follow-up data, surgeons ask for proof. Technical data and "
        "test results are missing or too thin.",
    ),
    (
        "Economic figures", "Savings, budgets and calculators",
        "Economic figures: savings, return on investment, cost per case, budget impact, calculator. The finance "
        "director did not believe the numbers.",
    ),
    (
        "Competitors", "A competitor, its products or its offer",
        "The customer raised a competitor, its product or its offer. They compare us with the other company, a rival's "
        "deal.",
    ),
    (
        "Price", "Prices, discounts and contracts",
        "Price, price list, discount, contract and tender terms. Too expensive, the price is what the talk was about.",
    ),
    (
        "Works well", "It helped, and customers liked it",
        "Customers liked it, it worked in the room and moved the talk forward. Great, helpful, keep it. It won the "
        "meeting, they asked for a copy.",
    ),
    (
        "Look and sound", "Pictures, layout, video and design",
        "Pictures, layout, animation, video, voice, fonts, colours, tone of design. Looks good, looks ugly, the "
        "photos.",
    ),
    (
        "Local fit", "Currencies, codes and examples of a country",
        "Currency, reimbursement codes, registers, units and examples do not fit our country or hospital. American "
        "examples, dollars and inches are of no use here.",
    ),
    (
        "For whom it is", "Made for other customers than these",
        "Made for another role: surgeons, nurses, procurement, administrators; not for my kind of customer. Too "
        "technical for buyers, too commercial for doctors.",
    ),
    (
        "Waiting for release", "Approval or translation takes long",
        "Waiting for approval, legal, regulatory or medical review; it came too late for the launch. Release and "
        "translation take weeks.",
    ),
    (
        "Access", "It does not open, load, play or print",
        "It does not open, load, play or print: blocked, broken link, login, mobile, network, slow system. The app "
        "crashes, the file is too big to send.",
    ),
    (
        "Training", "How to use it, and how to present it",
        "We need training, coaching and practice: how to use it, how to present it, an example of a good talk. Nobody "
        "has ever shown us.",
    ),
    (
        "Deliveries", "Stock, samples, instruments and loan sets",
        "Delivery, stock, backorders, samples, instruments and loan sets come late or are missing.",
    ),
)  # fmt: skip
_loading = threading.Lock()


def find_themes(texts: Sequence[str]) -> list[Theme]:
    """The themes in which texts fit, each text in one at most; those that no description fits are put with their like.

    wordllama is imported by the first text and not before: it takes a second and 100 MB.
    """
    if not texts:
        return []
    own = _embed(texts)
    likeness = own @ _described().T
    best, found = likeness.argmax(axis=1), list[Theme]()
    fits = likeness.max(axis=1) >= FITS
    for number, (name, line, _) in enumerate(DESCRIBED):
        places = tuple(int(place) for place in (fits & (best == number)).nonzero()[0])
        if places:
            found.append(Theme(name, line, places))
    return found + _suggested(texts, own, [int(place) for place in (~fits).nonzero()[0]])


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
    return _embed([words for _, _, words in DESCRIBED])


@cache
def _model() -> Any:
    """The model from its package, and from nowhere else."""
    with _without_logging():
        import wordllama  # type: ignore[import-untyped]

        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


@contextmanager
def _without_logging() -> Iterator[None]:
    """wordllama sets up everybody's log when it is imported; that is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level
