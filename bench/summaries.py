"""Summaries of threads against gold answers: `python -m bench.summaries [--threads FOLDER] [--quick] [--local]`.

Each measure is stated in `bench/summary_gold.py`. Without a model (OPENAI_MODEL) the extractive way alone is measured.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.local_model import local_model
from bench.summary_gold import Measuring, Sample, Score, read_samples
from bot.domain.summary import Summary, Thread
from bot.domain.summary_extract import LINES, extract, lines_of
from bot.settings import Settings, read_settings
from bot.summarizer import Spend, summarize
from bot.themes import likeness
from storage.db import Database
from storage.schema import migrate

COMPANY = Path(__file__).parent.parent / "sandbox" / "company"
KEY_POINTS, DECISIONS = 0.60, 0.80  # the figures to reach
QUICK = 4  # threads of a quick run
LOCAL = 3  # the shortest threads are read by the small model
COLUMNS = (
    "thread", "messages", "lines", "share", "key points", "(own)", "decisions", "(right)", "questions", "asks",
    "dissent", "false", "unverifiable", "by",
)  # fmt: skip
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def measure(samples: Sequence[Sample], make: Callable[[Thread], Summary]) -> list[Score]:
    """Each sample summed up by `make` and held against its gold."""
    scores = []
    for sample in samples:
        made = make(sample.thread)
        scores.append(Measuring(sample, made).score(lines_of(made)))
    return scores


def share(scores: Sequence[Score], of: Callable[[Score], tuple[int, int]]) -> float:
    """Found of all, over all threads; 1 where there is nothing to find."""
    total = sum(of(score)[1] for score in scores)
    return sum(of(score)[0] for score in scores) / total if total else 1.0


def is_reached(scores: Sequence[Score]) -> bool:
    """Whether the figures are reached: key points, decisions, nothing unverifiable, and a screen's length."""
    return (
        share(scores, lambda one: one.key_points) >= KEY_POINTS
        and share(scores, lambda one: one.decisions) >= DECISIONS
        and not any(score.unverifiable for score in scores)
        and all(score.lines <= LINES for score in scores)
    )


def show(scores: Sequence[Score], title: str, screen: Console, *, in_full: bool) -> None:
    """Print the figures by thread and over all, and everything that is false or cannot be verified."""
    table = Table(title=title, box=None, padding=(0, 1))
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("thread", "by") else "right")
    for one in scores:
        pairs = [
            f"{found}/{total}"
            for found, total in (one.decisions, one.told_decisions, one.questions, one.asks, one.dissent)
        ]
        table.add_row(Text(one.name), str(one.messages), str(one.lines), f"{one.share:.2f}",
                      f"{one.key_points[0]}/{one.key_points[1]}", str(one.own_key_points), *pairs, str(len(one.false)),
                      str(len(one.unverifiable)), one.made_by)  # fmt: skip
    table.add_row(
        "all", str(sum(one.messages for one in scores)), str(max(one.lines for one in scores)), "",
        f"{share(scores, lambda one: one.key_points):.2f}", "", f"{share(scores, lambda one: one.decisions):.2f}",
        f"{share(scores, lambda one: one.told_decisions):.2f}",
        f"{share(scores, lambda one: one.questions):.2f}", f"{share(scores, lambda one: one.asks):.2f}",
        f"{share(scores, lambda one: one.dissent):.2f}", str(sum(len(one.false) for one in scores)),
        str(sum(len(one.unverifiable) for one in scores)), "",
    )  # fmt: skip
    screen.print(table)
    for one in scores:
        told = [("false", line) for line in one.false] + [("unverifiable", line) for line in one.unverifiable]
        if in_full:
            told += [("missed", line) for line in one.missed]
        for kind, line in told:
            screen.print(Text(f"  {one.name}: {kind}: {line}", style="dim"))


def by_model(samples: Sequence[Sample], settings: Settings, screen: Console, *, in_full: bool) -> list[Score]:
    """The model's summaries, with what they cost; a thread that the model could not sum up is told in its own words."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/bench.db")
        migrate(db)
        began = time.perf_counter()
        scores = measure(samples, lambda one: summarize(one, settings, now=NOW, spend=Spend(db, "TBENCH")))
        show(scores, f"{settings.openai_model}, {time.perf_counter() - began:.0f} s", screen, in_full=in_full)
        db.close()
    return scores


def main() -> int:
    """Measure; 0 if the extractive way reaches its figures and no way shows what cannot be verified."""
    parser = argparse.ArgumentParser(prog="python -m bench.summaries", description=(__doc__ or "").split("\n")[0])
    format_told = "threads NAME.json, each with NAME.gold.json; people.csv there or beside it tells names"
    parser.add_argument("--threads", type=Path, default=COMPANY / "threads", metavar="FOLDER", help=format_told)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} threads only")
    parser.add_argument("--local", action="store_true", help="download a small model and ask it, too (its transport)")
    parser.add_argument("--show", action="store_true", help="also print what was missed")
    given = parser.parse_args()
    screen = Console(width=150, soft_wrap=True)
    near = [folder / "people.csv" for folder in (given.threads, given.threads.parent, COMPANY)]
    try:
        samples = read_samples(given.threads, next(file for file in near if file.is_file()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        screen.print(f"These threads cannot be read: {type(error).__name__}: {error}", markup=False)
        return 2
    if not samples:
        screen.print(f"There are no threads in {given.threads}.", markup=False)
        return 2
    samples = samples[:QUICK] if given.quick else samples
    scores = measure(samples, lambda thread: extract(thread, likeness))
    show(scores, "extractive", screen, in_full=given.show)
    good = is_reached(scores)
    settings = read_settings()
    with local_model(screen) if given.local else nullcontext(settings) as asked:
        if asked.has_model:
            few = sorted(samples, key=lambda one: len(one.thread.messages))[:LOCAL] if given.local else samples
            theirs = by_model(few, asked, screen, in_full=given.show)
            good = good and not any(one.unverifiable for one in theirs)
    screen.print("The figures are reached." if good else "The figures are not reached.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
