"""How the signs of a decision are weighed: a regression on gold answers, `python -m bench.summary_weights`.

It prints what the summary finds in threads that its weights were not fitted to (cross-validated, by whole threads), and
then the weights that all threads give, beside those in `bot/domain/summary_decides.py`: nobody copies them by machine.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from rich.console import Console
from scipy.optimize import minimize

from bench.summaries import COMPANY, measure, share
from bench.summary_gold import Sample, Score, read_samples
from bot.domain.summary import Summary, Thread
from bot.domain.summary_acts import Piece, read
from bot.domain.summary_decides import ALWAYS, DECIDES
from bot.domain.summary_extract import extract
from bot.domain.summary_weight import Weighing
from bot.domain.summary_words import terms
from bot.themes import likeness

FOLDERS = (COMPANY / "threads", Path(__file__).parent / "threads")
SETS = ((1, 12), (13, 31), (32, 45), (46, 59), (60, 73))  # the numbers of the threads that one writer wrote
FOLDS = 6
NEAR = 0.6  # of the most words that a piece shares with a gold decision: from there on it is one of its pieces
HELD = 3.0  # how strongly the weights are held near those that were reckoned
RARE = 4.0  # a decision counts for so many pieces that are none
# What was reckoned by hand, before any of 32 to 73 was written; a sign that is not here: 0.
RECKONED = {
    ALWAYS: -3.0, "decided": 2.9, "goes on": 1.5, "ruled": 1.4, "forbidden": 1.3, "promised": 1.1, "ordered": 1.1,
    "then": 1.1, "moved": 1.5, "proposed": 0.8, "proposed and backed": 1.2, "backed": 0.9, "answers what to do": 1.5,
    "done by": 0.8, "called on": 1.3, "late": 1.9, "objected": -2.0, "hedged": -1.1, "joked": -1.1, "wanted": -0.2,
    "put off": -1.1, "wondered": -1.5, "asked": -2.1, "short": -0.9, "long": 0.6, "listed": -1.5, "agrees": -0.5,
    "news": -0.6, "first": -2.0,
}  # fmt: skip


@dataclass
class Signs:
    """The pieces of a thread, their signs, and which of them are decisions by the gold."""

    signs: Any
    decided: Any


def signs_of(sample: Sample) -> Signs:
    """The signs of every piece of a thread."""
    weighing, gold = Weighing(read(sample.thread)), set[Piece]()
    for one in sample.gold["decisions"]:
        cited = [piece for piece in weighing.reading.pieces if piece.message.ts in one["ts"]]
        shared = {piece: len(piece.terms & set(terms(one["text"]))) for piece in cited}
        gold |= {piece for piece in cited if shared[piece] >= max(1, NEAR * max(shared.values()))}
    pieces = [piece for piece in weighing.reading.pieces if piece.terms and piece not in weighing.outdated]
    found = [weighing.deciding.signs(piece) for piece in pieces]
    rows = [[signs[name] for name in DECIDES] for signs in found]
    return Signs(numpy.array(rows), numpy.array([piece in gold for piece in pieces], float))


def fit(samples: Sequence[Signs]) -> dict[str, float]:
    """Weights by logistic regression, with a penalty on the square of their distance from RECKONED."""
    there = numpy.array([RECKONED.get(name, 0.0) for name in DECIDES])
    held = numpy.array([0.0 if name == ALWAYS else HELD for name in DECIDES])
    signs = numpy.vstack([one.signs for one in samples])
    decided = numpy.concatenate([one.decided for one in samples])
    count = numpy.where(decided > 0, RARE, 1.0)

    def loss(found: Any) -> tuple[float, Any]:
        score, away = signs @ found, found - there
        wrong = numpy.logaddexp(0, -score) * decided + numpy.logaddexp(0, score) * (1 - decided)
        slope = count * (1 / (1 + numpy.exp(-score)) - decided)
        return float((count * wrong).sum() + (held * away**2).sum()), signs.T @ slope + 2 * held * away

    found = minimize(loss, there, jac=True, method="L-BFGS-B").x
    return dict(zip(DECIDES, map(float, found), strict=True))


def crossed(samples: Sequence[Sample], folds: int = FOLDS) -> list[Score]:
    """Each thread summed up with weights that were fitted to the threads of the other folds alone."""
    signs, scores = [signs_of(sample) for sample in samples], list[Score]()
    fitted = [fit([one for place, one in enumerate(signs) if place % folds != fold]) for fold in range(folds)]
    for place, sample in enumerate(samples):
        scores += measure([sample], _by(fitted[place % folds]))
    return scores


def _by(decides: Mapping[str, float]) -> Callable[[Thread], Summary]:
    return lambda thread: extract(thread, likeness, decides)


def told(scores: Sequence[Score]) -> str:
    """The figures of some threads in a line."""
    return (
        f"decisions {share(scores, lambda one: one.decisions):.2f} (right "
        f"{share(scores, lambda one: one.told_decisions):.2f}), key points "
        f"{share(scores, lambda one: one.key_points):.2f}, false {sum(len(one.false) for one in scores)}, "
        f"unverifiable {sum(len(one.unverifiable) for one in scores)}, lines {max(one.lines for one in scores)}"
    )


def main() -> int:
    """Print what is found, by set, and the weights beside what is there."""
    samples = [sample for folder in FOLDERS for sample in read_samples(folder, COMPANY / "people.csv")]
    screen = Console(width=150, soft_wrap=True)
    for title, scores in (
        ("cross-validated", crossed(samples)),
        ("as it is", measure(samples, lambda thread: extract(thread, likeness))),
    ):
        screen.print(f"{title}: {told(scores)}", markup=False)
        for first, last in SETS:
            of_it = [one for one in scores if first <= int(one.name[:2]) <= last]
            screen.print(f"  {first} to {last}: {told(of_it)}", markup=False)
    for name, weight in fit([signs_of(sample) for sample in samples]).items():
        screen.print(f"{name:22} {DECIDES[name]:5.1f} {weight:6.2f}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
