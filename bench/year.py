"""Three years of questions to two thousand people in forty zones: `python -m bench.year`.

The real code runs on a real SQLite file by a clock of its own: every `run_due` of the features that ask, the real job
worker, the real one place that asks. Slack is left out: who is away is read from `bench.year_people`, and what stands
in the outbox is taken for sent.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import col, select

from bench.year_check import check_years
from bench.year_company import SETTINGS, START, Company, Size
from bench.year_people import TEAM, Presence
from bot.jobs import Worker
from bot.reader import Reader
from handlers import JOBS, check_in_close, check_in_round, filed_away
from storage.ask import KINDS, Ask
from storage.db import Database
from storage.outbox import Outbox
from storage.schema import migrate

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IDLE = timedelta(hours=6)  # the clock ticks that often even if no ask is due
# How the clock goes on after a tick, and how often.
EVENTS = {"an hour": 985, "restart": 8, "half a day": 4, "two days": 2, "two weeks": 0.15}
RUN_DUE = (filed_away.run_due, check_in_round.run_due, check_in_close.run_due)


QUICK = Size(days=45, people=80, reps=40, releases=60, groups=1)


@dataclass
class Found:
    """What came of it; `wrong` has a sentence for each thing that is not as it must be."""

    ticks: int = 0
    jobs: int = 0
    events: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0
    longest_tick: float = 0


class Years:
    """The app in that company, and the clock."""

    def __init__(self, url: str, size: Size, seed: int) -> None:
        self.url, self.dice, self.found = url, random.Random(seed), Found()
        self.company = Company(size, self.dice)
        self.now, self.end = START, self.company.end
        self.presence = Presence(self.company.lives)
        self.open()

    def open(self) -> None:
        """The app's process begins: at first, and after each restart."""
        self.db = Database(self.url)
        self.worker = Worker(
            team_id=TEAM,
            settings=SETTINGS,
            db=self.db,
            reader=cast(Reader, self.presence),
            now=lambda: self.now,
            work=JOBS,
            publish_home=lambda _user_id, _view: None,
        )

    def tick(self) -> None:
        """One look of the app at what is due, and the jobs that follow; all that it says is taken for sent."""
        self.presence.now, began = self.now, time.perf_counter()
        for run_due in RUN_DUE:
            run_due(self.db, TEAM, self.now, SETTINGS)
        self.found.longest_tick = max(self.found.longest_tick, time.perf_counter() - began)
        while self.worker.do_next():
            self.found.jobs += 1
        with self.db.begin() as session:
            sent = {"state": "sent", "channel_id": "D1", "message_ts": "1.1"}
            session.connection().execute(
                Outbox.__table__.update().where(Outbox.__table__.c.state == "pending").values(**sent)  # type: ignore[attr-defined]
            )
        self.found.ticks += 1
        self.company.react(self.db, self.now)

    def next_due(self) -> datetime:
        """The next full hour in which an ask is due, or six hours from now."""
        latest, due = self.now + IDLE, self.now + IDLE
        with self.db.read() as session:
            for kind in KINDS:
                query = select(Ask.next_at).where(Ask.team_id == TEAM, Ask.kind == kind, col(Ask.next_at).is_not(None))
                due = min(due, session.exec(query.order_by(col(Ask.next_at)).limit(1)).first() or due)
        if due >= latest:
            return latest
        late = due - START
        return max(self.now + HOUR, START + HOUR * -(-late // HOUR))

    def run(self, seen: Callable[[datetime], None]) -> None:
        """All of it."""
        began = time.monotonic()
        self.company.found_all(self.db)
        while self.now < self.end:
            self.company.live_until(self.db, self.now)
            self.tick()
            seen(self.now)
            event = self.dice.choices([*EVENTS], [*EVENTS.values()])[0]
            self.found.events[event] += 1
            later = self.next_due()
            if event == "restart":
                self.db.close()
                self.open()
            elif event != "an hour":
                later = self.now + {"half a day": DAY / 2, "two days": 2 * DAY}.get(event, 14 * DAY)
            self.now = min(later, self.end)
        self.company.live_until(self.db, self.end)
        self.tick()
        self.found.seconds = time.monotonic() - began


def years(url: str, size: Size, console: Console, seed: int = 1) -> Found:
    """Run them and hold the tables against what must be in them."""
    whole = Years(url, size, seed)
    with Progress(console=console, transient=True) as progress:
        shown = progress.add_task(f"{size.days:,} days, {size.people:,} people", total=size.days)
        whole.run(lambda now: progress.update(shown, completed=(now - START).days))
    with whole.db.read() as session:
        check_years(session, whole.company.lives, whole.found, start=START, end=whole.end)
    whole.found.figures["reads from Slack"] = whole.presence.asked
    whole.db.close()
    return whole.found


def show(found: Found, size: Size, console: Console) -> None:
    """The table, and what was wrong."""
    table = Table(title=f"{size.days / 365:.1f} years, {size.people:,} people, 40 zones")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, number in {"ticks": found.ticks, "jobs": found.jobs, **found.figures}.items():
        table.add_row(name, f"{number:,}")
    for reason, number in found.refused.most_common():
        table.add_row(f"not asked: {reason}", f"{number:,}")
    table.add_row("wrong", f"{len(found.wrong):,}")
    console.print(table)
    console.print("The clock: " + ", ".join(f"{name} {number:,}" for name, number in found.events.most_common()))
    for told in found.wrong[:20]:
        console.print(told, highlight=False, markup=False)


def main(argv: list[str] | None = None) -> int:
    """Run and print; gives 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description="Three years of questions to two thousand people.")
    arguments.add_argument("--quick", action="store_true", help="a few weeks of a small company")
    arguments.add_argument("--seed", type=int, default=1, help="another fate")
    given = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console, size = Console(), QUICK if given.quick else Size()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.db"
        db = Database(f"sqlite:///{path}")
        migrate(db)
        db.close()
        found = years(db.url, size, console, given.seed)
        size_mb = round(path.stat().st_size / 1e6)
    show(found, size, console)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told: dict[str, Any] = {"bench": "year", "days": size.days, "people": size.people, **found.figures}
    told |= {"refused": dict(found.refused), "wrong": len(found.wrong), "seconds": round(found.seconds, 1)}
    told |= {
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "longest_tick_ms": round(found.longest_tick * 1000),
    }
    told |= {"memory_mb": round(usage.ru_maxrss / 1024), "database_mb": size_mb}
    print(json.dumps(told))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
