"""Two thousand people vote within ten seconds, over signed HTTP: `python -m bench.votes [--quick] [--postgresql]`."""

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlmodel import select

from bench.apps import COMPANY
from bench.load import ACK_MS, HERE, HOUSE, SECRET, ask, free_port, process, wait_for
from bench.votes_driver import VotesPlan, first_choices, second_choices
from bot.company import load_company
from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from storage.db import Database
from storage.outbox import Outbox
from storage.people import list_people, record_roles
from storage.pulse import Pulse, PulseBallot, add_pulse, result_of
from storage.pulse_jobs import ask_to_open
from storage.pulse_post import POST
from storage.schema import migrate
from tests.databases import PostgresServer

FULL, QUICK = (2_000, 10.0), (150, 1.5)  # people, seconds
CHANNEL = "C7GEN4RA1"  # everybody is in it
QUESTION = PulseQuestion("Is the new price sheet usable?", "single", ("Yes", "No", "Not seen"))
SHOWN_SECONDS = 30.0  # after the last vote the message must be right
DRAIN_SECONDS = 120.0


def make_company(folder: Path, people: int) -> Path:
    """The sample company with so many reps more."""
    shutil.copytree(COMPANY, folder / "company")
    file = folder / "company" / "people.csv"
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    rows = [row for row in rows if row["role"] != "rep"] + [row for row in rows if row["role"] == "rep"]
    model = rows[-1]
    missing = people - sum(row["role"] == "rep" for row in rows)
    rows += [model | {"slack_id": f"UVOTE{n:05}", "name": f"Voter {n}", "working_hours": ""} for n in range(missing)]
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, fieldnames=list(model))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "company"


def prepare(slack: str, url: str, company: Path, privacy: str) -> tuple[str, list[str]]:
    """The company in a new database, and an executive who asks all reps; gives the workspace and the reps."""
    team_id = str(ask(f"{slack}/_sandbox/people")["team"]["id"])
    now = datetime.fromisoformat(ask(f"{slack}/_sandbox/clock")["now"])
    db = Database(url)
    migrate(db)
    with db.begin() as session:
        load_company(session, folder=company, team_id=team_id, now=now)
        reps = [one.user_id for one in list_people(session, team_id=team_id, role="rep")]
        asker = list_people(session, team_id=team_id, role="manager")[0].user_id
        record_roles(session, team_id=team_id, user_id=asker, roles=frozenset({"executive"}))
        fields = PulseFields(
            questions=(QUESTION,), audience=Audience(channel_ids=(CHANNEL,)), channel_id=CHANNEL, privacy=privacy,
            closes_at=now + timedelta(hours=24), reminders=False, shares_results=False,
        )  # fmt: skip
        row = add_pulse(session, team_id=team_id, asker_id=asker, fields=fields, now=now)
        ask_to_open(session, row, datetime.now(UTC))
    db.close()
    return team_id, reps


@contextmanager
def new_database(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this run."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'votes.db'}"
        return
    server = PostgresServer()
    server.enter()
    name = f"votes_{free_port()}"
    server.create(name)
    try:
        yield server.url(name)
    finally:
        server.drop(name)
        server.leave()


def run(engine: str, privacy: str, people: int, seconds: float) -> dict[str, Any]:
    """One pulse from its opening to its result, with the real app over gunicorn; gives the figures."""
    with tempfile.TemporaryDirectory() as name, new_database(engine, Path(name)) as url:
        folder = Path(name)
        company = make_company(folder, people)
        port, slack_port, logs = free_port(), free_port(), {one: folder / f"{one}.log" for one in ("app", "slack")}
        slack = f"http://{HERE}:{slack_port}"
        sandbox = ("-m", "sandbox", "--company", str(company), "--manifest", str(HOUSE / "manifest.yaml"))
        with process(*sandbox, "--port", str(slack_port), log=logs["slack"]) as running:
            wait_for(f"{slack}/_sandbox/people", running, logs["slack"])
            team_id, reps = prepare(slack, url, company, privacy)
            settings = {
                "SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack}/api/",
                "DATABASE_URL": url, "HTTP_PORT": str(port), "CLOCK_URL": f"{slack}/_sandbox/clock",
            }  # fmt: skip
            with process("-m", "bot", "run", log=logs["app"], **settings) as app:
                wait_for(f"http://{HERE}:{port}/readyz", app, logs["app"])
                looks = Database(url)
                ts, buttons = _posted(looks, slack)
                plan = VotesPlan(HERE, port, SECRET, team_id, reps, CHANNEL, ts, buttons, seconds)
                answers = _drive(plan, folder / "plan.json")
                shown = _shown_at_the_end(slack, ts, expected_line(plan, privacy))
                counted = _count(looks)
                ask(f"{slack}/_sandbox/clock", {"by_seconds": 25 * 3600})
                told = _result(looks)
                looks.close()
            calls = list(ask(f"{slack}/_sandbox/log?kind=api")["entries"])
        return figures(engine, plan, privacy, answers, shown, counted, told, calls)


def _posted(db: Database, slack: str) -> tuple[str, list[list[str]]]:
    """Wait until the message stands in the channel; gives its ts and its buttons."""
    for _ in range(1200):
        with db.read() as session:
            post = session.exec(select(Outbox).where(Outbox.dedupe_key == f"{POST}1", Outbox.state == "sent")).first()
        if post is not None:
            blocks = json.loads(post.payload)["blocks"]
            elements = next(one["elements"] for one in blocks if one["type"] == "actions")
            return post.message_ts or "", [[one["action_id"], one["value"]] for one in elements]
        time.sleep(0.05)
    raise SystemExit("the pulse was not posted within a minute")


def _drive(plan: VotesPlan, file: Path) -> dict[str, Any]:
    file.write_text(json.dumps(asdict(plan)))
    driver = [sys.executable, "-m", "bench.votes_driver", str(file)]
    done = subprocess.run(driver, cwd=HOUSE, stdout=subprocess.PIPE, check=True)
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


def _count(db: Database) -> dict[str, int]:
    """The ballots under names: how many there are, from how many people, and of each choice."""
    with db.read() as session:
        rows = [(one.user_id, one.choice) for one in session.exec(select(PulseBallot))]
    choices = Counter(choice for _, choice in rows)
    return {"rows": len(rows), "people": len({user for user, _ in rows})} | {
        f"choice {n}": choices[n] for n in range(len(QUESTION.options))
    }


def _result(db: Database) -> list[int]:
    """Wait for the close; gives how often each answer counts in its result."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_SECONDS:
        with db.read() as session:
            row = session.exec(select(Pulse)).one()
        result = result_of(row)
        if result is not None and result.questions[0].whole is not None:
            return list(result.questions[0].whole.hits)
        time.sleep(0.1)
    return []


def figures(
    engine: str,
    plan: VotesPlan,
    privacy: str,
    answers: dict[str, Any],
    shown: float,
    counted: dict[str, int],
    told: list[int],
    calls: list[dict[str, Any]],
) -> dict[str, Any]:
    """What was reached."""
    expected, ms = expected_counts(plan, privacy), answers["ms"]["press"]
    updates = [one for one in calls if one["method"] == "chat.update"]
    # Of named ones the rows are looked at, too: as many as people, each with what they pressed last.
    rows = 0 if privacy == "anonymous" else len(plan.people)
    found = told if privacy == "anonymous" else [counted[f"choice {n}"] for n in range(len(expected))]
    return {
        "bench": "votes", "engine": engine, "privacy": privacy, "people": len(plan.people), "seconds": plan.seconds,
        "presses": len(ms), "not_200": sum(answers["wrong"].values()), "statuses": answers["wrong"],
        "lost": max(0, len(plan.people) - sum(told)), "twice": max(0, sum(told) - len(plan.people)),
        "wrong_rows": abs(counted["rows"] - rows) + abs(counted["people"] - rows),
        "wrong_counts": int(found != expected or told != expected),
        "shown_after_s": shown, "updates": len(updates),
        "too_fast": sum(one["answer"].get("error") == "ratelimited" for one in calls),
        "p50_ms": round(statistics.median(ms), 1),
        "p99_ms": round(statistics.quantiles(ms, n=100, method="inclusive")[98], 1),
        "longest_ms": max(ms), "replies": answers["replies"], "driver_late": answers["late_starts"],
    }  # fmt: skip


def wrong(told: dict[str, Any]) -> list[str]:
    """What was not reached, in words."""
    return [
        words
        for words, is_so in (
            ("an answer was not 200", told["not_200"]),
            ("a vote was lost", told["lost"]),
            ("a vote was counted twice", told["twice"]),
            ("the rows are not what was pressed", told["wrong_rows"] or told["wrong_counts"]),
            ("the message was not right at the end", told["shown_after_s"] > SHOWN_SECONDS),
            ("Slack's limits were not kept", told["too_fast"]),
            (f"an ack took longer than {ACK_MS} ms", told["longest_ms"] > ACK_MS),
        )
        if is_so
    ]


def show(told: list[dict[str, Any]]) -> None:
    """A table, and the figures as JSON, a line a run."""
    table = Table(title=f"{told[0]['people']:,} people vote within {told[0]['seconds']:g} seconds")
    rows = (
        ("presses, copies and changes included", "presses"), ("answers other than 200", "not_200"), ("lost", "lost"),
        ("twice", "twice"), ("right at the end after, s", "shown_after_s"), ("changes of the message", "updates"),
        ("429", "too_fast"), ("ack, p50, ms", "p50_ms"), ("  p99", "p99_ms"), ("  longest", "longest_ms"),
    )  # fmt: skip
    table.add_column("")
    for one in told:
        table.add_column(f"{one['engine']}, {one['privacy']}", justify="right")
    for label, key in rows:
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
    told = [run(engine, privacy, people, seconds) for privacy in ("named", "anonymous")]
    show(told)
    return 1 if any(wrong(one) for one in told) else 0


if __name__ == "__main__":
    sys.exit(main())
