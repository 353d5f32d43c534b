"""Fail at the n-th database statement, commit or HTTP call, every n, of every main flow: `python -m bench.nth`."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.breaking import WAYS, Switch, broken_database, broken_network
from bench.flows import FLOWS, Flow
from bench.kept import Kept
from bench.stage import ENGINES, Databases, Stage, open_databases, open_sandbox
from bot.door import NOT_SAVED
from bot.intake import Kind, delivery_key
from sandbox.server import SandboxServer
from storage import inbox

QUICK_FLOWS, QUICK_STEP = ("command", "import"), 7
KINDS: dict[str, Kind] = {"block_actions": "action", "view_submission": "submission"}


@dataclass
class Tried:
    """What was tried of one flow on one engine, and what was wrong."""

    flow: str
    engine: str
    points: int = 0
    tries: int = 0
    violations: list[str] = field(default_factory=list)


class Bench:
    """Goes through flows on fresh databases of one engine, with one call broken each time."""

    def __init__(self, server: SandboxServer, databases: Databases, engine: str) -> None:
        self._server, self._databases, self._engine = server, databases, engine

    def count(self, flow: Flow) -> list[str]:
        """The kinds of calls that a flow makes when nothing goes wrong, in their order."""
        with ExitStack() as stack:
            stage, switch = self._stage(stack, flow)
            switch.count()
            flow.act(stage)
            stage.settle()
            switch.mend()
            assert flow.seen(stage) == flow.done, f"{flow.name} does not work: {flow.seen(stage)}"
            return switch.points

    def _stage(self, stack: ExitStack, flow: Flow) -> tuple[Stage, Switch]:
        stage, switch = Stage(self._server, stack.enter_context(self._databases.new())), Switch()
        stack.callback(stage.close)
        stack.enter_context(broken_database(stage.db, switch))
        stack.enter_context(broken_network(switch))
        flow.prepare(stage)
        stage.settle()
        stage.line.taken.clear()
        return stage, switch

    def go(self, flow: Flow, number: int, way: str) -> list[str]:
        """Break one call of a flow; gives what was wrong afterwards, a sentence each."""
        with ExitStack() as stack:
            stage, switch = self._stage(stack, flow)
            switch.break_at(number, way)
            wrong: list[str] = []
            try:
                self._go(flow, stage, switch, wrong)
            except (AssertionError, TimeoutError) as error:
                wrong.append(f"it did not come to its end: {str(error)[:300]}")
            return [f"{flow.name} on {self._engine}, call {number} ({switch.broke}): {told}" for told in wrong]

    def _go(self, flow: Flow, stage: Stage, switch: Switch, wrong: list[str]) -> None:
        wrong += self._first_try(flow, stage)
        stage.settle()
        switch.mend()
        _send_again(stage)  # the same deliveries: what was saved stays as it is, what was not is saved now
        if flow.done != flow.seen(stage):
            flow.act(stage)  # a form did not open: the person tries once more; or the clock ticks again
            stage.settle()
        wrong += self._look(flow, stage, "in the end")
        _send_again(stage)
        wrong += self._look(flow, stage, "after one more delivery of everything")

    def _first_try(self, flow: Flow, stage: Stage) -> list[str]:
        wrong: list[str] = []
        try:
            told = flow.act(stage)
        except AssertionError as error:
            told = ""
            wrong.append(f"the person got no answer: {str(error)[:200]}")
        with stage.looks.read() as session:
            saved = flow.saved(session)
            kind, payload = stage.line.taken[-1] if stage.line.taken else ("", {})
            key = delivery_key(_kind(kind, payload), payload)
            known = inbox.get_delivery(session, team_id=self._server.team_id, key=key) is not None
        if not flow.later and not told and not saved:
            wrong.append("the person was told nothing, and nothing was saved")
        if told == NOT_SAVED and saved:
            wrong.append("the person was told that nothing was saved, but it was")
        if not flow.later and not told and known != saved:
            wrong.append(f"state and key do not go together: saved {saved}, key {known}")
        return wrong

    def _look(self, flow: Flow, stage: Stage, when: str) -> list[str]:
        """What must be true whatever was broken."""
        wrong = []
        if (seen := flow.seen(stage)) != flow.done:
            wrong.append(f"{when} there are {seen} instead of {flow.done}")
        if out := stage.db.engine.pool.checkedout():  # type: ignore[attr-defined]
            wrong.append(f"{when} {out} connections were not given back")
        if stage.db._queue._taken:
            wrong.append(f"{when} the writers' lock is held")
        if not stage.slack.person("Dre Hollowell").command("/asset list", "#general"):
            wrong.append(f"{when} the app does not go on")
        return wrong


def _send_again(stage: Stage) -> None:
    for _, payload in list(stage.line.taken):
        stage.line.send(payload)
    stage.settle()


def _kind(kind: str, payload: dict[str, object]) -> Kind:
    if kind == "slash_commands":
        return "command"
    return "event" if kind == "events_api" else KINDS.get(str(payload.get("type")), "shortcut")


def _tries(points: list[str], step: int) -> Iterator[tuple[int, str]]:
    for number, kind in enumerate(points):
        if number % step == 0:
            yield from ((number, way) for way in WAYS[kind])


def run(engine: str, flows: tuple[Flow, ...], step: int, console: Console, kept: Kept) -> list[Tried]:
    """Try every `step`-th call of these flows on one engine, without those that are finished."""
    found = []
    with open_sandbox() as server, open_databases(engine, server.team_id) as databases:
        bench = Bench(server, databases, engine)
        for flow in flows:
            if known := kept.get(f"{flow.name} {engine}"):
                tried = Tried(**known)
            else:
                points = bench.count(flow)
                tried = Tried(flow.name, engine, len(points))
                tries = list(_tries(points, step))
                for number, way in track(tries, f"{flow.name}, {engine}", console=console, transient=True):
                    tried.tries += 1
                    tried.violations += bench.go(flow, number, way)
                kept.add(f"{flow.name} {engine}", tried)
            found.append(tried)
    return found


def main(argv: list[str] | None = None) -> int:
    """Try and print; gives 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="two flows, every seventh call, SQLite alone")
    arguments.add_argument("--flow", help="one flow alone")
    arguments.add_argument("--engine", choices=ENGINES, help="one engine alone")
    arguments.add_argument("--resume", type=Path, metavar="FILE", help="keep what was done there, and go on from it")
    given = arguments.parse_args(argv)
    logging.disable(logging.CRITICAL)  # what breaks is meant to break
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    names = (given.flow,) if given.flow else QUICK_FLOWS if given.quick else tuple(flow.name for flow in FLOWS)
    flows = tuple(flow for flow in FLOWS if flow.name in names)
    console, began = Console(), time.monotonic()
    found: list[Tried] = []
    engines = (given.engine,) if given.engine else ENGINES[:1] if given.quick else ENGINES
    for engine in engines:
        found += run(engine, flows, QUICK_STEP if given.quick else 1, console, Kept(given.resume))
    table = Table(title="The n-th call fails")
    for column in ("flow", "engine", "calls", "tries", "violations"):
        table.add_column(column, justify="left" if column in ("flow", "engine") else "right")
    for tried in found:
        table.add_row(tried.flow, tried.engine, str(tried.points), str(tried.tries), str(len(tried.violations)))
    console.print(table)
    for tried in found:
        for told in tried.violations:
            console.print(told, highlight=False, markup=False)
    figures = {
        "bench": "nth", "flows": len(flows), "tries": sum(tried.tries for tried in found),
        "violations": sum(len(tried.violations) for tried in found), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(json.dumps(figures))
    return 1 if figures["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
