"""How the signs of decisions and dissent are weighed: regressions on gold answers, `python -m bench.summary_weights`.

It prints what the summary finds in threads that its weights were not fitted to (cross-validated, by whole threads), and
then the weights that all threads give, beside those in `bot/domain/summary_decides.py` and `summary_objects.py`: nobody
copies them by machine.
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
from bot.domain.summary_objects import OBJECTS
from bot.domain.summary_weight import Weighing
from bot.domain.summary_words import terms
from bot.themes import likeness

FOLDERS = (COMPANY / "threads", Path(__file__).parent / "threads")
SETS = ((1, 12), (13, 31), (32, 45), (46, 59), (60, 73))  # the numbers of the threads that one writer wrote
FOLDS = 6
NEAR = 0.6  # of the most words that a piece shares with a gold decision: from there on it is one of its pieces
HELD = 3.0  # how strongly the weights are held near those that were reckoned
DISSENT_HELD = 6.0  # how strongly the weights of dissent are held near 0
POINT = 10.0  # points for each of log odds, in which dissent is weighed
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
    """A thread's pieces with their signs, and which of them are decisions by the gold; its messages and the dissent."""

    signs: Any
    decided: Any
    of_messages: Any
    dissent: Any


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
    decided = numpy.array([piece in gold for piece in pieces], float)
    return Signs(numpy.array(rows), decided, *_dissent_of(sample, weighing))


def _dissent_of(sample: Sample, weighing: Weighing) -> tuple[Any, Any]:
    """The signs of every message that may object, and which of them the gold calls the strongest dissent."""
    cited = set((sample.gold.get("strongest_dissent") or {"ts": ()})["ts"])
    by_message = dict[str, list[Mapping[str, float]]]()
    for piece in weighing.speaking:
        by_message.setdefault(piece.message.ts, []).append(weighing.objecting.signs(piece))
    whole = [weighing.objecting.of_message(signs) for signs in by_message.values()]
    rows = numpy.array([[signs[name] for name in OBJECTS] for signs in whole]).reshape(len(whole), len(OBJECTS))
    return rows, numpy.array([ts in cited for ts in by_message], float)


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


def fit_dissent(samples: Sequence[Signs]) -> dict[str, float]:
    """Points by a conditional logistic regression: which message of a thread, of all of it, is the dissent."""
    there = [one for one in samples if one.dissent.any()]

    def loss(found: Any) -> tuple[float, Any]:
        wrong, slope = DISSENT_HELD * float((found**2).sum()), 2 * DISSENT_HELD * found
        for one in there:
            odds = numpy.exp(one.of_messages @ found - (one.of_messages @ found).max())
            right = odds * one.dissent
            wrong += float(numpy.log(odds.sum()) - numpy.log(right.sum()))
            slope = slope + one.of_messages.T @ (odds / odds.sum() - right / right.sum())
        return wrong, slope

    found = minimize(loss, numpy.zeros(len(OBJECTS)), jac=True, method="L-BFGS-B").x
    return dict(zip(OBJECTS, map(float, POINT * found), strict=True))


def crossed(samples: Sequence[Sample], folds: int = FOLDS) -> list[Score]:
    """Each thread summed up with weights that were fitted to the threads of the other folds alone."""
    signs, scores = [signs_of(sample) for sample in samples], list[Score]()
    others = [[one for place, one in enumerate(signs) if place % folds != fold] for fold in range(folds)]
    fitted = [(fit(of_it), fit_dissent(of_it)) for of_it in others]
    for place, sample in enumerate(samples):
        scores += measure([sample], _by(*fitted[place % folds]))
    return scores


def _by(decides: Mapping[str, float], objects: Mapping[str, float]) -> Callable[[Thread], Summary]:
    return lambda thread: extract(thread, likeness, decides, objects)


def told(scores: Sequence[Score]) -> str:
    """The figures of some threads in a line."""
    shares = (
        ("decisions", lambda one: one.decisions), ("right", lambda one: one.told_decisions),
        ("key points", lambda one: one.key_points), ("dissent", lambda one: one.dissent),
        ("questions", lambda one: one.questions), ("asks", lambda one: one.asks),
    )  # fmt: skip
    found = ", ".join(f"{name} {share(scores, of):.2f}" for name, of in shares)
    unproven = sum(len(one.unverifiable) for one in scores)
    false, lines = sum(len(one.false) for one in scores), max(one.lines for one in scores)
    return f"{found}, false {false}, unverifiable {unproven}, lines {lines}"


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
    signs = [signs_of(sample) for sample in samples]
    for there, weights in ((DECIDES, fit(signs)), (OBJECTS, fit_dissent(signs))):
        for name, weight in weights.items():
            screen.print(f"{name:22} {there[name]:5.1f} {weight:6.2f}", markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
