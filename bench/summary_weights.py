"""How the signs of a decision are weighed: a regression on gold answers, `python -m bench.summary_weights`.

It prints the weights that it finds beside those in `bot/domain/summary_weight.py`, which stay near them: nobody copies
them by machine.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from rich.console import Console
from scipy.optimize import minimize

from bench.summaries import COMPANY
from bench.summary_gold import Sample, read_samples
from bot.domain.summary_acts import Piece, read
from bot.domain.summary_weight import DECIDES, Weighing
from bot.domain.summary_words import terms

FOLDERS = (COMPANY / "threads", Path(__file__).parent / "threads")
NEAR = 0.6  # of the most words that a piece shares with a gold decision: from there on it is one of its pieces
HELD = 3.0  # how strongly the weights are held near those that are there
RARE = 4.0  # a decision counts for so many pieces that are none


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
    rows = [[weighing.decision_signs(piece)[name] for name in DECIDES] for piece in pieces]
    return Signs(numpy.array(rows), numpy.array([piece in gold for piece in pieces], float))


def fit(samples: Sequence[Signs]) -> dict[str, float]:
    """Weights by logistic regression, with a penalty on the square of their distance from those that are there."""
    there = numpy.array(list(DECIDES.values()))
    signs = numpy.vstack([one.signs for one in samples])
    decided = numpy.concatenate([one.decided for one in samples])
    count = numpy.where(decided > 0, RARE, 1.0)

    def loss(found: Any) -> tuple[float, Any]:
        score = signs @ found[1:] + found[0]
        wrong = numpy.logaddexp(0, -score) * decided + numpy.logaddexp(0, score) * (1 - decided)
        slope = count * (1 / (1 + numpy.exp(-score)) - decided)
        away = found[1:] - there
        gradient = numpy.concatenate([[slope.sum()], signs.T @ slope + 2 * HELD * away])
        return float((count * wrong).sum() + HELD * (away**2).sum()), gradient

    found = minimize(loss, numpy.concatenate([[-3.0], there]), jac=True, method="L-BFGS-B").x
    return dict(zip(DECIDES, map(float, found[1:]), strict=True))


def main() -> int:
    """Print what is found beside what is there."""
    samples = [sample for folder in FOLDERS for sample in read_samples(folder, COMPANY / "people.csv")]
    screen = Console()
    for name, weight in fit([signs_of(sample) for sample in samples]).items():
        screen.print(f"{name:22} {DECIDES[name]:5.1f} {weight:6.2f}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
