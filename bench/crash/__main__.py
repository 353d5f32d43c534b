"""`python -m bench.crash [--quick] [--kills N] [--engine sqlite|postgresql|both] [--seed N] [--resume FILE]`."""

import argparse
import json
import statistics
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench.crash.batch import Batch, Outcome, run_batch

BATCH = 50  # kills between two reckonings
QUICK = 8
WRONG = ("lost", "missing", "duplicated", "uncertain", "untrue", "stale", "fell")
SHOWN = 10  # lines of what is wrong
screen = Console()


@dataclass
class Run:
    """All batches on one engine so far; saved after each."""

    engine: str
    seed: int
    batches: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    ready: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stall: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """One more batch."""
        self.batches += 1
        self.counts.update(outcome.counts)
        self.ready += [round(one, 2) for one in outcome.ready]
        self.wrong += [
            f"batch {self.batches}: {kind}: {line}" for kind, lines in outcome.wrong.items() for line in lines
        ]
        self.seconds += outcome.seconds
        self.stall = max(self.stall, outcome.stall)

    def figures(self) -> dict[str, Any]:
        """The run in one line."""
        named = ("kills", "events", "acked", *WRONG)
        return {
            "bench": "crash", "engine": self.engine, **{name: self.counts[name] for name in named},
            "deeds": self.counts["deeds"], "kept": self.counts["kept"],
            "kills_before_ready": self.counts["kills before ready"],
            "ready_s": round(statistics.median(self.ready), 2) if self.ready else None,
            "longest_stall_s": round(self.stall, 2), "seconds": round(self.seconds),
        }  # fmt: skip


def main() -> int:
    """Run, print the table and the figures; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run on SQLite")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", type=Path, help="a file that holds the state after each batch, to go on from")
    given = parser.parse_args()
    kills, engine = (QUICK, "sqlite") if given.quick else (given.kills, given.engine)
    runs = [
        run(one, kills, given.seed, given.resume)
        for one in (("sqlite", "postgresql") if engine == "both" else (engine,))
    ]
    _show(runs)
    for one in runs:
        print(json.dumps(one.figures()), flush=True)
    return int(any(one.counts[kind] for one in runs for kind in WRONG))


def run(engine: str, kills: int, seed: int, resume: Path | None = None) -> Run:
    """All batches on one engine, after those that `resume` holds already."""
    state = _read(resume, engine, seed)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=screen, disable=not screen.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task(f"Killing on {engine}", total=kills, completed=state.counts["kills"])
        while state.counts["kills"] < kills:
            before = state.counts["kills"]
            batch = Batch(engine, min(BATCH, kills - before), f"{seed}:{state.batches}")
            outcome = run_batch(batch, lambda so_far: progress.update(task, completed=before + so_far))  # noqa: B023
            state.add(outcome)
            _write(resume, state)
            screen.print(_line(state, outcome))
    return state


def _line(state: Run, outcome: Outcome) -> str:
    wrong = ", ".join(f"{outcome.counts[kind]} {kind}" for kind in WRONG if outcome.counts[kind]) or "nothing wrong"
    done = f"{state.counts['kills']} kills, {state.counts['events']} events"
    stood = f"stood still {outcome.stall:.1f} s at most"
    return f"{state.engine}, batch {state.batches}: {done}; {wrong}; {stood}; {outcome.seconds:.0f} s"


def _read(path: Path | None, engine: str, seed: int) -> Run:
    known = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else {}
    kept = known.get(f"{engine}:{seed}")
    return Run(**kept | {"counts": Counter(kept["counts"])}) if kept else Run(engine, seed)


def _write(path: Path | None, state: Run) -> None:
    if path is None:
        return
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[f"{state.engine}:{state.seed}"] = vars(state)
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(known), encoding="utf-8")
    new.replace(path)


def _show(runs: list[Run]) -> None:
    table = Table(title="kill -9 at random moments, 20 % faulty sends")
    table.add_column("")
    for one in runs:
        table.add_column(one.engine, justify="right")
    figures = [one.figures() for one in runs]
    for name in [name for name in figures[0] if name not in ("bench", "engine")]:
        table.add_row(name.replace("_", " "), *(str(figure[name]) for figure in figures))
    screen.print(table)
    for one in runs:
        for line in one.wrong[:SHOWN]:
            screen.print(f"{one.engine}: {line}", markup=False, highlight=False)
        if len(one.wrong) > SHOWN:
            screen.print(f"{one.engine}: and {len(one.wrong) - SHOWN} more")


if __name__ == "__main__":
    sys.exit(main())
