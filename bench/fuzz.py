"""Bytes that nobody signed, and signed payloads gone wrong: `python -m bench.fuzz [--quick] [--resume FILE]`."""

import argparse
import json
import logging
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, MutableMapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

import handlers
from bench.apps import BOT, COMPANY, TEAM, TOKEN
from bench.malformed import SECRET, Grammar, signed, unsigned
from bot.app import build_app
from bot.clock import SystemClock
from bot.company import load_company
from bot.guard import PATH, WSGI, Guard
from bot.intake import Answer
from bot.settings import read_settings
from storage.db import Database
from storage.people import list_people
from storage.schema import migrate

FULL, QUICK = 1_000_000, 1_500  # of each kind
KINDS = ("unsigned", "signed")
# Requests on one database: each chunk begins with a new one, so that a finding can be looked at again.
CHUNK = {"unsigned": 50_000, "signed": 5_000}
MOST_FINDINGS = 20


@dataclass
class Tally:
    """What was asked and answered."""

    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)  # "signed 200"
    outcomes: Counter[str] = field(default_factory=Counter)  # "action saved", as the door tells it
    exceptions: Counter[str] = field(default_factory=Counter)  # raised or logged, by kind of request
    findings: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        for name in ("requests", "answers", "outcomes", "exceptions"):
            getattr(self, name).update(getattr(other, name))
        self.findings = [*self.findings, *other.findings][:MOST_FINDINGS]

    def wrong(self) -> int:
        """Exceptions and answers of 5xx."""
        return sum(self.exceptions.values()) + sum(n for key, n in self.answers.items() if key.split()[1] >= "500")


class _NoSlack(WebClient):
    """Slack left out: every call is well; what is shown is remembered, and must be something that can be sent."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(token=TOKEN)
        self._grammar = grammar

    def api_call(self, api_method: str, **given: Any) -> Any:
        told = given.get("json") or given.get("params") or {}
        json.dumps(told, ensure_ascii=False).encode()
        view = told.get("view")
        self._grammar.learn(json.loads(view) if isinstance(view, str) else view)
        return {"ok": True, "view": {"id": "V1"}}


class _NoReplies:
    """Private replies left out; what is said must be something that can be sent."""

    def submit(self, _send: Any, _url: str, answer: Answer, *_more: Any) -> None:
        """Look at one reply."""
        json.dumps(answer.to_json(), ensure_ascii=False).encode()

    def shutdown(self, **_how: Any) -> None:
        """Nothing is under way."""


class _Errors(logging.Handler):
    """Counts what is logged as an error, by the app itself or by a library."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage()[:300])

    def note(self, _logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        """For structlog: an error is counted, everything else is dropped unwritten."""
        if method in ("error", "critical", "exception"):
            self.seen.append(f"{event.pop('event')}: {event}")
        raise structlog.DropEvent


@contextmanager
def watched_logs() -> Iterator[list[str]]:
    """All that is logged as an error while the block runs."""
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    structlog.configure(processors=[errors.note], cache_logger_on_first_use=False)
    try:
        yield errors.seen
    finally:
        logging.getLogger().removeHandler(errors)
        structlog.reset_defaults()


class _Target:
    """The guard, Bolt and the door over a database with the sample company; the WSGI application in process."""

    def __init__(self, database_url: str, tally: Tally) -> None:
        self.db = Database(database_url)
        clock = SystemClock()
        with self.db.begin() as session:
            load_company(session, folder=COMPANY, team_id=TEAM, now=clock.now())
        with self.db.read() as session:
            marketers = [one.user_id for one in list_people(session, team_id=TEAM, role="marketer")]
            admins = [one.user_id for one in list_people(session, team_id=TEAM, role="admin")]
            reps = [one.user_id for one in list_people(session, team_id=TEAM, role="rep")]
            askers = [list_people(session, team_id=TEAM, role=role)[0].user_id for role in ("manager", "executive")]
        people = [*marketers[:4], *admins[:2], *reps[:3], *askers, "UNEW1", "UNEW2"]
        self.grammar = Grammar(handlers.LISTENERS, people)
        settings = read_settings(
            env_file=None,
            slack_bot_token=TOKEN,
            slack_signing_secret=SECRET,
            database_url=database_url,
            admin_user_ids=",".join(admins),
        )

        def taken(kind: str, outcome: str, _seconds: float) -> None:
            tally.outcomes[f"{kind} {outcome}"] += 1

        self.app = build_app(settings, self.db, clock, taken)
        self.app._identity = {"team_id": TEAM, "team": "Meridian Medical", "user_id": BOT, "bot_id": "B1"}
        self.app.door._client = _NoSlack(self.grammar)
        self.app.door._replies = _NoReplies()  # type: ignore[assignment]
        self.wsgi: WSGI = Guard(SlackRequestHandler(self.app.bolt, path=PATH), signing_secret=SECRET)

    def close(self) -> None:
        self.app.door.close()
        self.db.close()


def run_chunk(kind: str, first: int, count: int, database_url: str = "", show: int = -1) -> Tally:
    """Ask `count` times, beginning with request number `first`; each follows from its number alone and those before.

    Without `database_url` a new SQLite file (synchronous=FULL) is made and removed.
    """
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, watched_logs() as errors:
        if not database_url:
            database_url = f"sqlite:///{Path(folder) / 'fuzz.db'}"
            db = Database(database_url)
            migrate(db)
            db.close()
        target = _Target(database_url, tally)
        try:
            _learn(target)
            tally.outcomes.clear()
            for number in range(first, first + count):
                request = _request(target.grammar, kind, number)
                if number == show:
                    print(request, request.get("wsgi.input", b"") and request["wsgi.input"].getvalue().decode())
                _ask(target, request, f"{kind} {number}", tally, errors)
        finally:
            target.close()
    return tally


def _learn(target: _Target) -> None:
    """Walk every listener's good way a few times, so that the grammar knows forms and buttons as they are."""
    dice = random.Random(0)
    for _ in range(2):
        for listener in target.grammar.listeners:
            body = b"".join(target.wsgi(signed(random.Random(1), target.grammar.payload(dice, listener)), _ignore))
            if body.startswith(b"{"):
                target.grammar.learn(json.loads(body))


def _ignore(_status: str, _headers: Any) -> None:
    """An answer that is not looked at."""


def _request(grammar: Grammar, kind: str, number: int) -> dict[str, Any]:
    dice = random.Random(number)
    payload = grammar.payload(dice, grammar.pick(dice))
    if kind == "unsigned":
        return unsigned(dice, [json.dumps(payload).encode()])
    return signed(dice, grammar.broken(dice, payload))


def _ask(target: _Target, request: dict[str, Any], name: str, tally: Tally, errors: list[str]) -> None:
    kind, told = name.split()[0], list[str]()
    tally.requests[kind] += 1
    try:
        body = b"".join(target.wsgi(request, lambda status, _headers: told.append(status)))
        status = int(told[0].split()[0])
        json.loads(body) if body.startswith(b"{") else body.decode()
    except Exception as error:
        status = 599
        errors.append(f"{type(error).__name__} at {traceback.extract_tb(error.__traceback__)[-1]}")
    tally.answers[f"{kind} {status}"] += 1
    if errors or status >= 500:
        tally.exceptions[kind] += len(errors)
        tally.findings.append(f"{name}: {status} {'; '.join(errors)[:400]}")
        errors.clear()


def run(total: int, resume: Path | None, processes: int = 2) -> Tally:
    """Both kinds, `total` of each, in chunks over the processes; what `resume` says is done is not done again."""
    tally, done = Tally(), set[str]()
    if resume and resume.exists():
        kept = json.loads(resume.read_text())
        done = set(kept.pop("done"))
        tally = Tally(findings=kept.pop("findings"), **{name: Counter(value) for name, value in kept.items()})
    todo = [(kind, first) for kind in KINDS for first in range(0, total, CHUNK[kind]) if f"{kind} {first}" not in done]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress, ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        bar = progress.add_task("requests", total=2 * total, completed=sum(tally.requests.values()))
        running: dict[Future[Tally], str] = {}
        while todo or running:
            while todo and len(running) < processes:
                kind, first = todo.pop(0)
                running[pool.submit(run_chunk, kind, first, min(CHUNK[kind], total - first))] = f"{kind} {first}"
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                tally.add(future.result())
                done.add(running.pop(future))
                progress.update(bar, completed=sum(tally.requests.values()))
            if resume:
                resume.with_suffix(".new").write_text(json.dumps(vars(tally) | {"done": sorted(done)}))
                resume.with_suffix(".new").replace(resume)
    return tally


def show(tally: Tally, seconds: float) -> None:
    """The table, what was found, and the figures as JSON in the last line."""
    console = Console()
    table = Table(title=f"What should never have come, in {seconds:,.0f} s")
    for column in ("", "requests", "exceptions", "5xx", "4xx", "200"):
        table.add_column(column, justify="right" if column else "left")
    figures: dict[str, Any] = {"bench": "fuzz", "seconds": round(seconds)}
    for kind in KINDS:
        by = {key.split()[1]: n for key, n in tally.answers.items() if key.startswith(kind)}
        sums = [sum(n for status, n in by.items() if status[0] == first) for first in "542"]
        table.add_row(kind, *(f"{n:,}" for n in (tally.requests[kind], tally.exceptions[kind], *sums)))
        figures |= {kind: tally.requests[kind], f"{kind}_exceptions": tally.exceptions[kind], f"{kind}_5xx": sums[0]}
    console.print(table)
    reached = Table(title="What the door made of the signed ones")
    outcomes = sorted({key.split()[1] for key in tally.outcomes})
    for column in ("", *outcomes):
        reached.add_column(column, justify="right" if column else "left")
    for kind in sorted({key.split()[0] for key in tally.outcomes}):
        reached.add_row(kind, *(f"{tally.outcomes[f'{kind} {outcome}']:,}" for outcome in outcomes))
    console.print(reached)
    for finding in tally.findings:
        console.print(finding, markup=False)
    print(json.dumps(figures | {"failed": sum(n for key, n in tally.outcomes.items() if key.endswith("failed"))}))


def main() -> int:
    """Run and show; 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a small run")
    arguments.add_argument("--resume", type=Path, help="go on where this file says, and keep it up to date")
    arguments.add_argument("--requests", type=int, default=0, help=f"of each kind; {FULL:,} if not said")
    arguments.add_argument("--look", nargs=2, metavar=("KIND", "NUMBER"), help="one finding again, with its request")
    given = arguments.parse_args()
    if given.look:
        kind, number = given.look[0], int(given.look[1])
        first = number // CHUNK[kind] * CHUNK[kind]
        print(*run_chunk(kind, first, number - first + 1, show=number).findings, sep="\n")
        return 0
    began = time.monotonic()
    tally = run(given.requests or (QUICK if given.quick else FULL), given.resume)
    show(tally, time.monotonic() - began)
    return 1 if tally.wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
