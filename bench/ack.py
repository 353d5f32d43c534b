"""How long an acknowledgement takes when everything is saved first: `python -m bench.ack [--quick]`."""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from slack_bolt import App, BoltRequest

from bench.apps import REP, TEAM, empty_bolt, groundswell_bolt

WORDS = "corvane surgeon deck 4 surgeons loved the lattice animation"


def command(number: int) -> dict[str, Any]:
    """The n-th command of a rep."""
    return {
        "command": "/asset-feedback", "text": WORDS, "user_id": REP, "user_name": "rep", "team_id": TEAM,
        "channel_id": "C1", "trigger_id": f"t{number}", "response_url": "http://127.0.0.1:9/none",
    }  # fmt: skip


def click(number: int, version_id: int) -> dict[str, Any]:
    """The n-th press of `I used it`, each under a message of its own."""
    return {
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": REP, "name": "rep", "team_id": TEAM},
        "trigger_id": f"c{number}", "channel": {"id": "C1"}, "response_url": "http://127.0.0.1:9/none",
        "container": {"type": "message", "message_ts": f"{number}.1", "channel_id": "C1", "is_ephemeral": False},
        "message": {"ts": f"{number}.1"},
        "actions": [{"type": "button", "action_id": "feedback.used", "block_id": "b", "value": str(version_id),
                     "action_ts": f"{number}.2"}],
    }  # fmt: skip


def body_of(payload: dict[str, Any]) -> str:
    """The payload as Slack posts it."""
    form = payload if "command" in payload else {"payload": json.dumps(payload)}
    return urllib.parse.urlencode(form)


HEADERS = {"content-type": "application/x-www-form-urlencoded"}


def one_at_a_time(app: App, payload: Callable[[int], dict[str, Any]], times: int, offset: int) -> float:
    """The median milliseconds from a request in process to its acknowledgement."""
    taken = []
    for number in range(times):
        request = BoltRequest(body=body_of(payload(offset + number)), headers={k: [v] for k, v in HEADERS.items()})
        begin = time.perf_counter()
        answer = app.dispatch(request)
        taken.append((time.perf_counter() - begin) * 1000)
        assert answer.status == 200, answer.body
    return statistics.median(taken)


def over_http(app: str, at_once: int, requests: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile in milliseconds, commands over gunicorn with 32 threads."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "32", "-b", f"127.0.0.1:{port}",
         "--log-level", "error", "bench.apps:wsgi()"],
        env={**os.environ, "BENCH_APP": app},
    )  # fmt: skip
    try:
        _wait_for(port)
        began = time.perf_counter()
        with ThreadPoolExecutor(at_once) as pool:
            share = requests // at_once
            taken = [ms for part in pool.map(lambda n: _send(port, n * share, share), range(at_once)) for ms in part]
        seconds = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(10)
    return len(taken) / seconds, statistics.quantiles(taken, n=100)[98]


def _send(port: int, first: int, share: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    for number in range(first, first + share):
        begin = time.perf_counter()
        connection.request("POST", "/slack/events", body_of(command(number)), HEADERS)
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - begin) * 1000)
        assert answer.status == 200, answer.status
    connection.close()
    return taken


def _wait_for(port: int) -> None:
    """Return when a first command is answered: the port is open long before the app is ready."""
    for _ in range(400):
        try:
            _send(port, -1, 1)
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("gunicorn did not start")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a small run")
    quick = arguments.parse_args().quick
    times, rounds, requests = (60, 1, 320) if quick else (300, 3, 3200)
    figures: dict[str, Any] = {"bench": "ack"}
    with tempfile.TemporaryDirectory() as folder:
        ours, version_id = groundswell_bolt(Path(folder) / "one.db")
        empty = empty_bolt(process_before_response=False)
        for name, payload in (("command", command), ("click", lambda n: click(n, version_id))):
            runs = [
                (one_at_a_time(empty, payload, times, r * times), one_at_a_time(ours, payload, times, r * times))
                for r in range(rounds)
            ]
            figures[f"{name}_empty_ms"] = round(statistics.median(run[0] for run in runs), 2)
            figures[f"{name}_ms"] = round(statistics.median(run[1] for run in runs), 2)
        for at_once in (8, 32):
            for name in ("empty", "groundswell"):
                found = []
                for turn in range(rounds):
                    app = "empty" if name == "empty" else str(Path(folder) / f"{at_once}-{turn}.db")
                    found.append(over_http(app, at_once, requests))
                figures[f"{name}_{at_once}_per_s"] = round(statistics.median(rate for rate, _ in found))
                figures[f"{name}_{at_once}_p99_ms"] = round(statistics.median(p99 for _, p99 in found), 1)
    _show(figures)
    print(json.dumps(figures))


def _show(figures: dict[str, Any]) -> None:
    table = Table(title="Acknowledgements, saved first (synchronous=FULL)")
    for column in ("", "empty Bolt app", "Groundswell", "ratio"):
        table.add_column(column, justify="left" if not column else "right")
    rows = [
        ("one command at a time, p50 ms (empty: Bolt's defaults)", "command_empty_ms", "command_ms"),
        ("one click at a time, p50 ms (empty: Bolt's defaults)", "click_empty_ms", "click_ms"),
    ]
    for n in (8, 32):
        rows.append((f"{n} commands at once, per second", f"empty_{n}_per_s", f"groundswell_{n}_per_s"))
        rows.append((f"{n} commands at once, p99 ms", f"empty_{n}_p99_ms", f"groundswell_{n}_p99_ms"))
    for label, one, other in rows:
        table.add_row(label, str(figures[one]), str(figures[other]), f"{figures[other] / figures[one]:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
