"""Two thousand people vote within ten seconds, over signed HTTP: `python -m bench.votes [--quick] [--postgresql]`."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import select

from bench.load import ACK_MS, HERE, HOUSE, SECRET, ask, free_port, process, wait_for
from bench.votes_company import CHANNEL, PRIVACY, QUESTION, make_company, new_database, prepare
from bench.votes_driver import VotesPlan, first_choices, second_choices
from storage.db import Database
from storage.outbox import Outbox
from storage.pulse import Pulse, PulseBallot, result_of
from storage.pulse_post import POST

FULL, QUICK = (2_000, 10.0), (150, 1.5)  # people, seconds
SHOWN_SECONDS = 30.0  # after the last vote the message must be right
DRAIN_SECONDS = 120.0
LATE_PEOPLE, LATE_SECONDS = 60, 4.0  # who press while it closes
DRIVER = (sys.executable, "-m", "bench.votes_driver")
ROWS = {
    "presses, copies and changes included": "presses",
    "answers other than 200": "not_200",
    "lost": "lost",
    "twice": "twice",
    "right at the end after, s": "shown_after_s",
    "changes of the message": "updates",
    "429": "too_fast",
    "CPU of the app for each press, ms": "cpu_ms",
    "ack, p50, ms": "p50_ms",
    "  p99": "p99_ms",
    "  longest": "longest_ms",
    "  longest while both close": "closing_ms",
}


def run(engine: str, people: int, seconds: float, *, tick: float = 20) -> list[dict[str, Any]]:
    """Two pulses from their opening to their result, with the real app over gunicorn; gives the figures of each.

    `tick` is how often the app's clock looks, in seconds: by it the message of an anonymous pulse is changed.
    """
    with tempfile.TemporaryDirectory() as name, new_database(engine, Path(name)) as url:
        folder = Path(name)
        company = make_company(folder, people)
        port, slack_port, logs = free_port(), free_port(), {one: folder / f"{one}.log" for one in ("app", "slack")}
        slack, here = f"http://{HERE}:{slack_port}", f"http://{HERE}:{port}"
        sandbox = ("-m", "sandbox", "--company", str(company), "--manifest", str(HOUSE / "manifest.yaml"))
        with process(*sandbox, "--port", str(slack_port), log=logs["slack"]) as running:
            wait_for(f"{slack}/_sandbox/people", running, logs["slack"])
            team_id, reps = prepare(slack, url, company)
            settings = {
                "SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack}/api/",
                "DATABASE_URL": url, "HTTP_PORT": str(port), "CLOCK_URL": f"{slack}/_sandbox/clock",
                "TICK_SECONDS": str(tick),
            }  # fmt: skip
            with process("-m", "bot", "run", log=logs["app"], **settings) as app:
                wait_for(f"{here}/readyz", app, logs["app"])
                looks, told = Database(url), []
                for number in range(len(PRIVACY)):
                    ts, buttons = _posted(looks, number + 1)
                    plan = VotesPlan(HERE, port, SECRET, team_id, reps, CHANNEL, ts, buttons, seconds)
                    told.append(_vote(plan, engine, number, slack, app.pid, looks, folder / "plan.json"))
                late = _press_while_closing(plan, slack, folder / "plan.json")
                for number, one in enumerate(told):
                    _add_result(one, _result(looks, number + 1))
                    one["closing_ms"] = late
                looks.close()
    return told


def _vote(
    plan: VotesPlan, engine: str, number: int, slack: str, app: int, looks: Database, file: Path
) -> dict[str, Any]:
    """One rush of votes; gives what can be told before the close."""
    privacy, before, seen = PRIVACY[number], _cpu_seconds(app), len(_calls(slack))
    answers = _drive(plan, file)
    answers["cpu_s"] = _cpu_seconds(app) - before
    shown = _shown_at_the_end(slack, plan.ts, expected_line(plan, privacy))
    counted = _count(looks, number + 1)
    return _figures(plan, privacy, answers, _calls(slack)[seen:]) | {
        "engine": engine, "shown_after_s": shown, "expected": expected_counts(plan, privacy), "rows": counted,
    }  # fmt: skip


def _press_while_closing(plan: VotesPlan, slack: str, file: Path) -> float:
    """Jump over the close while some still press; gives the longest that one of them waits, in milliseconds."""
    file.write_text(json.dumps(asdict(replace(plan, people=plan.people[:LATE_PEOPLE], seconds=LATE_SECONDS))))
    with subprocess.Popen([*DRIVER, str(file)], cwd=HOUSE, stdout=subprocess.PIPE) as driving:
        time.sleep(LATE_SECONDS / 2)
        ask(f"{slack}/_sandbox/clock", {"by_seconds": 25 * 3600})
        assert driving.stdout is not None
        answers = json.loads(driving.stdout.read())
    return float(max(answers["ms"]["press"]))


def _calls(slack: str) -> list[dict[str, Any]]:
    return list(ask(f"{slack}/_sandbox/log?kind=api")["entries"])


def _posted(db: Database, pulse_id: int) -> tuple[str, list[list[str]]]:
    """Wait until the message stands in the channel; gives its ts and its buttons."""
    query = select(Outbox).where(Outbox.dedupe_key == f"{POST}{pulse_id}", Outbox.state == "sent")
    for _ in range(1200):
        with db.read() as session:
            post = session.exec(query).first()
        if post is not None:
            blocks = json.loads(post.payload)["blocks"]
            elements = next(one["elements"] for one in blocks if one["type"] == "actions")
            return post.message_ts or "", [[one["action_id"], one["value"]] for one in elements]
        time.sleep(0.05)
    raise SystemExit("the pulse was not posted within a minute")


def _cpu_seconds(parent: int) -> float:
    """What the serving process, the only child of gunicorn's parent, has used so far (Linux; elsewhere 0)."""
    try:
        child = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0]
        ticks = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
    except (OSError, IndexError):
        return 0.0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _drive(plan: VotesPlan, file: Path) -> dict[str, Any]:
    file.write_text(json.dumps(asdict(plan)))
    done = subprocess.run([*DRIVER, str(file)], cwd=HOUSE, stdout=subprocess.PIPE, check=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def final_choices(plan: VotesPlan, privacy: str) -> dict[str, int]:
    """What counts of each person: in an anonymous pulse the first press, else the last."""
    return first_choices(plan) | ({} if privacy == "anonymous" else second_choices(plan))


def expected_counts(plan: VotesPlan, privacy: str) -> list[int]:
    """How often each answer counts at the end."""
    counted = Counter(final_choices(plan, privacy).values())
    return [counted[choice] for choice in range(len(plan.buttons))]


def expected_line(plan: VotesPlan, privacy: str) -> str:
    """What the message must say at the end."""
    people = len(plan.people)
    if privacy != "named":
        return f"{people - people % 5}+ of {people} have answered."
    counts = expected_counts(plan, privacy)
    return " · ".join(f"{label} *{n}*" for label, n in zip(QUESTION.options, counts, strict=True))


def _shown_at_the_end(slack: str, ts: str, line: str) -> float:
    """The seconds after the last answer until the message says the line; infinite if it never does."""
    began, user = time.monotonic(), ask(f"{slack}/_sandbox/people")["people"][0]["id"]
    while time.monotonic() - began < SHOWN_SECONDS:
        seen = ask(f"{slack}/_sandbox/see?user={user}")
        messages = [one for place in seen["conversations"] for one in place["messages"] if one["ts"] == ts]
        if line in json.dumps(messages, ensure_ascii=False):
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    return float("inf")


def _count(db: Database, pulse_id: int) -> list[int]:
    """The ballots under names: how many of each choice and, last, how many are too many."""
    with db.read() as session:
        query = select(PulseBallot).where(PulseBallot.pulse_id == pulse_id)
        rows = [(one.user_id, one.choice) for one in session.exec(query)]
    choices = Counter(choice for _, choice in dict(rows).items())
    return [choices[n] for n in range(len(QUESTION.options))] + [len(rows) - len(dict(rows))]


def _result(db: Database, pulse_id: int) -> list[int]:
    """Wait for the close; gives how often each answer counts in its result."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_SECONDS:
        with db.read() as session:
            row = session.exec(select(Pulse).where(Pulse.id == pulse_id)).one()
        result = result_of(row)
        if result is not None and result.questions[0].whole is not None:
            return list(result.questions[0].whole.hits)
        time.sleep(0.1)
    return []


def _figures(plan: VotesPlan, privacy: str, answers: dict[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
    ms = answers["ms"]["press"]
    return {
        "bench": "votes", "privacy": privacy, "people": len(plan.people), "seconds": plan.seconds, "presses": len(ms),
        "not_200": sum(answers["wrong"].values()), "statuses": answers["wrong"],
        "updates": sum(one["method"] == "chat.update" for one in calls),
        "too_fast": sum(one["answer"].get("error") == "ratelimited" for one in calls),
        "cpu_ms": round(1000 * answers["cpu_s"] / len(ms), 2), "p50_ms": round(statistics.median(ms), 1),
        "p99_ms": round(statistics.quantiles(ms, n=100, method="inclusive")[98], 1),
        "longest_ms": max(ms), "replies": answers["replies"], "driver_late": answers["late_starts"],
    }  # fmt: skip


def _add_result(told: dict[str, Any], result: list[int]) -> None:
    """What the close has counted, and whether that is what people pressed."""
    expected, rows = told["expected"], told["rows"]
    kept = [*expected, 0] if told["privacy"] == "named" else [0] * len(rows)
    told["lost"] = max(0, sum(expected) - sum(result))
    told["twice"] = max(0, sum(result) - sum(expected)) + rows[-1]
    told["wrong_counts"] = int(result != expected or rows != kept)


def wrong(told: dict[str, Any]) -> list[str]:
    """What was not reached, in words."""
    return [
        words
        for words, is_so in (
            ("an answer was not 200", told["not_200"]),
            ("a vote was lost", told["lost"]),
            ("a vote was counted twice", told["twice"]),
            ("what counts is not what was pressed", told["wrong_counts"]),
            ("the message was not right at the end", told["shown_after_s"] > SHOWN_SECONDS),
            ("Slack's limits were not kept", told["too_fast"]),
            (f"an ack took longer than {ACK_MS} ms", max(told["longest_ms"], told["closing_ms"]) > ACK_MS),
        )
        if is_so
    ]


def show(told: list[dict[str, Any]]) -> None:
    """A table, and the figures as JSON, a line a run."""
    table = Table(title=f"{told[0]['people']:,} people vote within {told[0]['seconds']:g} seconds")
    table.add_column("")
    for one in told:
        table.add_column(f"{one['engine']}, {one['privacy']}", justify="right")
    for label, key in ROWS.items():
        table.add_row(label, *(f"{one[key]:,}" for one in told))
    console = Console()
    console.print(table)
    for one in told:
        for words in wrong(one):
            console.print(f"Not reached ({one['engine']}, {one['privacy']}): {words}.", style="bold red")
        print(json.dumps(one))


def main() -> int:
    """Measure and print; 1 if something was not reached."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help=f"{QUICK[0]} people in {QUICK[1]} seconds")
    arguments.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = arguments.parse_args()
    people, seconds = QUICK if given.quick else FULL
    engine = "postgresql" if given.postgresql else "sqlite"
    told = run(engine, people, seconds)
    show(told)
    return 1 if any(wrong(one) for one in told) else 0


if __name__ == "__main__":
    sys.exit(main())
