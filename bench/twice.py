"""Every kind of delivery one to five times, two at once: one effect and the same answer: `python -m bench.twice`."""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import handlers
from bench.apps import TEAM
from bench.kept import Kept
from bench.malformed import Grammar
from bench.stage import ENGINES, Databases, open_databases
from bench.twice_world import StillClock, World
from bot.intake import Listener
from bot.payload import Refused, check_payload
from bot.views.kit import with_memo
from storage.people import list_people

FULL, QUICK = 100_000, 500  # deliveries on each engine
CHUNK = 2_500  # deliveries on one pair of databases
AT_ONCE = 0.5  # of what comes more than once: its first two copies come at the same moment
COUNTERS = ("payloads", "deliveries", "outcomes")
WRITES = ("saved", "again", "refused")


@dataclass
class Tally:
    """What was delivered and what the door made of it; `wrong` has a sentence for each thing that is not right."""

    payloads: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)  # "command saved"
    effects: int = 0  # rows that were there at the end and not at the beginning
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        for name in COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.at_once, self.effects = self.at_once + other.at_once, self.effects + other.effects
        self.wrong += other.wrong


class Twins:
    """Two worlds: one gets every delivery once, the other one to five times. At the end they must be the same."""

    def __init__(self, once: str, often: str, dice: random.Random) -> None:
        """The addresses of two equal databases."""
        self._dice, self.clock, self.tally = dice, StillClock(), Tally()
        self.often = World(often, self.clock, lambda _shown: None)
        self.once = World(once, self.clock, self._learn)
        with self.once.db.read() as session:
            marketers = [one.user_id for one in list_people(session, team_id=TEAM, role="marketer")]
            reps = [one.user_id for one in list_people(session, team_id=TEAM, role="rep")]
        self.grammar = Grammar(handlers.LISTENERS, [*marketers[:4], *self.once.admins[:2], *reps[:3], "UNEW1", "UNEW2"])
        self._before = self.often.rows()
        self._pool = ThreadPoolExecutor(2)

    def _learn(self, shown: Any) -> None:
        self.grammar.learn(shown)

    def walk(self, deliveries: int) -> Tally:
        """Let every form and button be met once, then deliver so many, then compare."""
        for listener in self.grammar.listeners:
            self._deliver(listener, 1)
        met = sum(self.tally.deliveries.values())
        while sum(self.tally.deliveries.values()) < met + deliveries:
            self._deliver(self.grammar.pick(self._dice), self._dice.randint(1, 5))
        self._compare_worlds()
        return self.tally

    def _deliver(self, listener: Listener, copies: int) -> None:
        self.clock.time += timedelta(seconds=7)
        try:
            payload = check_payload(self._fresh(self.grammar.payload(self._dice, listener))) or {}
        except Refused:
            return  # the grammar puts something unreadable into a form now and then: that comes no further
        self.tally.payloads[listener.kind] += 1
        self.tally.deliveries[listener.kind] += copies
        first = self.once.take(payload)
        self.often.outcomes.clear()
        self.often.replies.texts.clear()
        answers = list[str]()
        if copies > 1 and self._dice.random() < AT_ONCE:
            self.tally.at_once += 1
            answers += self._pool.map(self.often.take, [payload] * 2)
        answers += [self.often.take(payload) for _ in range(copies - len(answers))]
        told = first
        if told.startswith("200 {"):
            self.grammar.learn(json.loads(told[4:]).get("view"))
        self._judge(listener, answers, first, payload)

    def _fresh(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A form is sent in with a nonce of its own, whatever else the grammar wrote into it."""
        if "view" in payload:
            payload["view"] = with_memo(payload["view"], nonce=f"n{sum(self.tally.payloads.values())}")
        return payload

    def _judge(self, listener: Listener, answers: list[str], first: str, payload: dict[str, Any]) -> None:
        """One was saved at most, all had the same answer, and it is the one of the world that got it once."""
        outcomes = Counter(self.often.outcomes)
        self.tally.outcomes.update(f"{listener.kind} {outcome}" for outcome in outcomes.elements())
        name = f"{listener.kind} {listener.id}: {json.dumps(payload)[:200]}"
        if outcomes["saved"] > 1 or outcomes["failed"] or (outcomes["again"] and not outcomes["saved"]):
            self.tally.wrong.append(f"{dict(outcomes)} of {name}")
        if len({_without_nonce(answer) for answer in [*answers, first]}) > 1 or len(set(answers)) > 1:
            self.tally.wrong.append(f"answers differ, {[one[:150] for one in {*answers, first}]}: {name}")
        if len(set(self.often.replies.texts)) > 1:
            self.tally.wrong.append(f"private replies differ, {set(self.often.replies.texts)}: {name}")

    def _compare_worlds(self) -> None:
        after = self.often.rows()
        self.tally.effects = sum((after[table] - self._before[table]).total() for table in after)
        single = self.once.rows()
        for table in after:
            if more := after[table] - single[table]:
                self.tally.wrong.append(f"{more.total()} rows more in {table}: {next(iter(more))[:300]}")
            if fewer := single[table] - after[table]:
                self.tally.wrong.append(f"{fewer.total()} rows fewer in {table}: {next(iter(fewer))[:300]}")
        for method in ("views.open", "views.push"):
            if self.often.ears.calls[method] < self.once.ears.calls[method]:
                self.tally.wrong.append(f"{method}: {self.often.ears.calls} instead of {self.once.ears.calls}")

    def close(self) -> None:
        """End both."""
        self._pool.shutdown()
        for world in {self.once, self.often}:
            world.close()


def _without_nonce(answer: str) -> str:
    return re.sub(r'nonce\\+": ?\\+"[\w-]+', "nonce", answer)


def run_chunk(databases: Databases, deliveries: int, seed: int) -> Tally:
    """So many deliveries on a new pair of databases; all of it follows from `seed`."""
    with ExitStack() as stack:
        once, often = (stack.enter_context(databases.new()) for _ in range(2))
        twins = Twins(once, often, random.Random(seed))
        stack.callback(twins.close)
        return twins.walk(deliveries)


def run(engine: str, deliveries: int, console: Console, kept: Kept) -> Tally:
    """All deliveries on one engine, without the chunks that are finished."""
    tally = Tally()
    with open_databases(engine, TEAM) as databases, Progress(console=console, transient=True) as progress:
        bar = progress.add_task(engine, total=deliveries)
        for seed, first in enumerate(range(0, deliveries, CHUNK)):
            count = min(CHUNK, deliveries - first)
            part = f"{engine} {seed} {count}"
            if known := kept.get(part):
                done = Tally(**known | {name: Counter(known[name]) for name in COUNTERS})
            else:
                done = run_chunk(databases, count, seed)
                kept.add(part, done)
            tally.add(done)
            progress.update(bar, completed=first + count)
    return tally


def main(argv: list[str] | None = None) -> int:
    """Run and print; gives 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help=f"{QUICK} deliveries, SQLite alone")
    arguments.add_argument("--resume", type=Path, metavar="FILE", help="keep what was done there, and go on from it")
    given = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console, began, found = Console(), time.monotonic(), dict[str, Tally]()
    for engine in ENGINES[:1] if given.quick else ENGINES:
        found[engine] = run(engine, QUICK if given.quick else FULL, console, Kept(given.resume))
    table = Table(title="Everything one to five times, two at once")
    for column in ("engine", "kind", "payloads", "deliveries", *WRITES, "read", "failed"):
        table.add_column(column, justify="left" if column in ("engine", "kind") else "right")
    for engine, tally in found.items():
        for kind in sorted(tally.payloads):
            outcomes = [tally.outcomes[f"{kind} {outcome}"] for outcome in (*WRITES, "read", "failed")]
            cells = (tally.payloads[kind], tally.deliveries[kind], *outcomes)
            table.add_row(engine, kind, *(f"{cell:,}" for cell in cells))
    console.print(table)
    for engine, tally in found.items():
        console.print(f"{engine}: {tally.at_once:,} times two at once, {tally.effects:,} rows came of it")
        for told in tally.wrong[:20]:
            console.print(f"{engine}: {told}", highlight=False, markup=False)
    wrong = sum(len(tally.wrong) for tally in found.values())
    total = sum(sum(tally.deliveries.values()) for tally in found.values())
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"bench": "twice", "deliveries": total, "wrong": wrong, "seconds": seconds}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
