"""Ten times Slack's event cap over signed HTTP, and clicks at once: `python -m bench.load [--quick] [--minutes N]`."""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import Session, col, func, select

from bench.apps import COMPANY
from bench.load_driver import EMOJI, Plan
from bot.clock import SystemClock
from bot.company import load_company
from storage.asset import list_cards
from storage.db import Database
from storage.feedback import Feedback
from storage.inbox import Inbox
from storage.jobs import Job
from storage.outbox import Outbox
from storage.people import list_people
from storage.schema import migrate
from storage.workspace import list_workspaces

HOUSE = Path(__file__).parent.parent
HERE, SECRET, CHANNEL = "127.0.0.1", "sandbox-signing-secret", "#general"
RATE = 83.0  # a second: ten times Slack's cap of 30,000 an hour and workspace
ACK_MS, P99_MS = 2500, 500
DRAIN_SECONDS = 120


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((HERE, 0))
        return int(one.getsockname()[1])


@contextmanager
def process(*command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours while the block runs, then ended politely."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    with log.open("w") as out:
        running = subprocess.Popen(
            [sys.executable, *command], cwd=log.parent, env=kept | environment | {"PYTHONPATH": str(HOUSE)},
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def ask(url: str, body: Any = None) -> Any:
    """An answer of one of our processes, as JSON."""
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=10) as answer:
        return json.load(answer)


def wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the address answers with 200."""
    for _ in range(400):
        if running.poll() is not None:
            break
        try:
            ask(url)
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise SystemExit(f"nobody answers at {url}:\n{log.read_text()[-2000:]}")


def prepare(slack: str, url: str, *, seconds: float, rate: float, clicks: int) -> dict[str, Any]:
    """The sample company in a new database, and messages about an asset in the sandbox; gives the plan's content."""
    told = ask(f"{slack}/_sandbox/people")
    team_id = str(told["team"]["id"])
    db = Database(url)
    migrate(db)
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=team_id, now=SystemClock().now())
    with db.read() as session:
        cards = list_cards(session, team_id=team_id)
        people = [one.user_id for one in list_people(session, team_id=team_id, role="rep")]
    db.close()
    card = next(one for one in cards if one.reference == "MLR-2026-0118" and one.version == "v3")
    ask(f"{slack}/_sandbox/limits", {"scale": 0})
    ask(f"{slack}/_sandbox/invite", {"channel": CHANNEL})
    needed = int(seconds * rate * 0.6 / (len(people) * len(EMOJI))) + 2
    messages = []
    for number in range(needed):
        words = {"user": people[0], "channel": CHANNEL, "text": f"Number {number}: <{card.link}>"}
        sent = ask(f"{slack}/_sandbox/message", words)
        messages.append([sent["channel"], sent["ts"]])
    return {
        "secret": SECRET, "team_id": team_id, "people": people, "messages": messages, "version_id": card.version_id,
        "seconds": seconds, "rate": rate, "clicks_at_once": clicks,
    }  # fmt: skip


def memory_mb(parent: int) -> float:
    """Resident memory of the serving process, the only child of gunicorn's parent (Linux; elsewhere 0)."""
    try:
        child = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0]
        pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def found(url: str) -> dict[str, int]:
    """What the database holds of the deliveries: rows of the inbox and of feedback, by kind."""
    db = Database(url)
    with db.read() as session:
        team_id = list_workspaces(session)[0].team_id
        rows = {
            kind: _count(session, Inbox, Inbox.team_id == team_id, col(Inbox.key).like(pattern))
            for kind, pattern in (
                ("command", "command:%:load%"), ("click", "action:%feedback.used:%"), ("event", "event:EvLoad%")
            )
        }  # fmt: skip
        said = col(Feedback.said).like("%surgeons loved it %")
        pressed, reacted = col(Feedback.message_ts).is_not(None), col(Feedback.reaction_id).is_not(None)
        for name, source, ours in (
            ("command", "command", said),
            ("click", "button", pressed),
            ("reaction", "reaction", reacted),
        ):
            rows[f"{name} rows"] = _count(
                session, Feedback, Feedback.team_id == team_id, Feedback.source == source, ours
            )
        rows["waiting"] = _count(
            session, Job, Job.team_id == team_id, col(Job.state).in_(("pending", "running"))
        ) + _count(session, Outbox, Outbox.team_id == team_id, col(Outbox.state).in_(("pending", "sending")))
    db.close()
    return rows


def _count(session: Session, table: Any, *where: Any) -> int:
    return int(session.exec(select(func.count()).select_from(table).where(*where)).one())


def run(seconds: float, clicks: int, *, rate: float = RATE) -> dict[str, Any]:
    """Drive the real app over gunicorn and SQLite, then count what it holds; gives the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port, slack_port, logs = free_port(), free_port(), {one: folder / f"{one}.log" for one in ("app", "slack")}
        slack, url = f"http://{HERE}:{slack_port}", f"sqlite:///{folder / 'load.db'}"
        sandbox = ("-m", "sandbox", "--company", str(COMPANY), "--manifest", str(HOUSE / "manifest.yaml"))
        with process(*sandbox, "--port", str(slack_port), log=logs["slack"]) as running:
            wait_for(f"{slack}/_sandbox/people", running, logs["slack"])
            plan = Plan(host=HERE, port=port, **prepare(slack, url, seconds=seconds, rate=rate, clicks=clicks))
            settings = {
                "SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack}/api/",
                "DATABASE_URL": url, "HTTP_PORT": str(port), "SEND_INTERVAL": "0",
            }  # fmt: skip
            with process("-m", "bot", "run", log=logs["app"], **settings) as app:
                wait_for(f"http://{HERE}:{port}/readyz", app, logs["app"])
                answers, memory = _drive(plan, folder / "plan.json", app.pid)
                drained = _drain(url)
        told = found(url)
        return _figures(plan, answers, memory, told) | {"drained_s": drained, "log_lines": _lines(logs["app"])}


def _drive(plan: Plan, file: Path, app: int) -> tuple[dict[str, Any], list[float]]:
    """Let the driver's process do its work; gives what it tells, and the app's memory: at the start, after all the
    clicks at once, at the end.
    """
    file.write_text(json.dumps(asdict(plan)))
    began, seen = time.monotonic(), list[float]()
    driver = [sys.executable, "-m", "bench.load_driver", str(file)]
    with subprocess.Popen(driver, cwd=HOUSE, stdout=subprocess.PIPE) as driving, Progress() as progress:
        bar = progress.add_task("load", total=plan.seconds)
        assert driving.stdout is not None
        while driving.poll() is None and time.monotonic() - began < plan.seconds:
            time.sleep(min(1.0, plan.seconds / 20))
            seen.append(memory_mb(app))
            progress.update(bar, completed=min(plan.seconds, time.monotonic() - began))
        answers: dict[str, Any] = json.loads(driving.stdout.read())
    early, middle = seen[len(seen) // 6], seen[len(seen) * 11 // 20]  # the latter after the clicks at once
    return answers, [early, middle, memory_mb(app)]


def _drain(url: str) -> float:
    """Wait for the work after the answers; gives the seconds."""
    began = time.monotonic()
    while found(url)["waiting"] and time.monotonic() - began < DRAIN_SECONDS:
        time.sleep(0.2)
    return round(time.monotonic() - began, 1)


def _lines(log: Path) -> int:
    """How many lines the app had to write that are not "listening" and "stopping"."""
    return sum("level=" in line or "Traceback" in line for line in log.read_text().splitlines())


def _figures(plan: Plan, answers: dict[str, Any], memory: list[float], told: dict[str, int]) -> dict[str, Any]:
    different, ms = answers["different"], answers["ms"]
    everything = [one for times in ms.values() for one in times]
    expected = {
        "command": different["command"], "click": different["click"], "command rows": different["command"],
        "click rows": different["click"], "reaction rows": different["reaction"],
        "event": different["home"] + different["reaction"],
    }  # fmt: skip
    percentiles = {name: statistics.quantiles(times, n=100, method="inclusive")[98] for name, times in ms.items()}
    return {
        "bench": "load", "seconds": plan.seconds, "deliveries": len(everything), "at_once": plan.clicks_at_once,
        "per_s": plan.rate, "not_200": sum(answers["wrong"].values()), "statuses": answers["wrong"],
        "lost": sum(max(0, n - told[name]) for name, n in expected.items()),
        "twice": sum(max(0, told[name] - n) for name, n in expected.items()), "waiting": told["waiting"],
        "p50_ms": statistics.median(everything),
        "p99_ms": round(statistics.quantiles(everything, n=100, method="inclusive")[98], 1),
        "p99_by_kind": {name: round(value, 1) for name, value in percentiles.items()},
        "longest_ms": max(everything), "driver_late": answers["late_starts"],
        "memory_mb": [round(one, 1) for one in memory],
    }  # fmt: skip


def wrong(figures: dict[str, Any]) -> list[str]:
    """What was not reached, in words."""
    grown = figures["memory_mb"][2] - figures["memory_mb"][1]
    return [
        words
        for words, is_so in (
            ("an answer was not 200", figures["not_200"]),
            ("something was lost", figures["lost"]),
            ("something was there twice", figures["twice"]),
            ("work was left over", figures["waiting"]),
            (f"an ack took longer than {ACK_MS} ms", figures["longest_ms"] > ACK_MS),
            (f"p99 over {P99_MS} ms", figures["p99_ms"] > P99_MS),
            ("memory grew after the clicks at once", grown > 10 and figures["seconds"] > 60),
        )
        if is_so
    ]


def show(figures: dict[str, Any]) -> None:
    """The table, and the figures as JSON in the last line."""
    table = Table(
        title=f"Signed HTTP, {figures['per_s']:.0f} deliveries a second for {figures['seconds']:.0f} s, SQLite"
    )
    table.add_column("")
    table.add_column("", justify="right")
    memory = " / ".join(f"{one:.0f}" for one in figures["memory_mb"])
    for label, value in (
        ("deliveries, copies included", f"{figures['deliveries']:,}"),
        ("answers other than 200", figures["not_200"]),
        ("lost", figures["lost"]),
        ("twice", figures["twice"]),
        ("ack, p50 / p99 / longest, ms", f"{figures['p50_ms']} / {figures['p99_ms']} / {figures['longest_ms']}"),
        *((f"  {name}, p99 ms", value) for name, value in figures["p99_by_kind"].items()),
        (f"  (burst: {figures['at_once']} clicks at once)", ""),
        ("memory at the start / after the clicks at once / at the end, MB", memory),
        ("work left afterwards was done in, s", figures["drained_s"]),
        ("lines in the app's log", figures["log_lines"]),
    ):
        table.add_row(label, str(value))
    console = Console()
    console.print(table)
    for words in wrong(figures):
        console.print(f"Not reached: {words}.", style="bold red")
    print(json.dumps(figures))


def main() -> int:
    """Measure and print; 1 if something was not reached."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="five seconds and 50 clicks at once")
    arguments.add_argument("--minutes", type=float, default=10.0)
    given = arguments.parse_args()
    figures = run(5.0, 50) if given.quick else run(given.minutes * 60, 500)
    show(figures)
    return 1 if wrong(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
