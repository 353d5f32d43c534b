"""What the votes bench begins with: a company of two thousand reps, and two pulses that ask them all."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.apps import COMPANY
from bench.load import ask, free_port
from bot.company import load_company
from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from storage.db import Database
from storage.people import list_people, record_roles
from storage.pulse import add_pulse
from storage.pulse_jobs import ask_to_open
from storage.schema import migrate
from tests.databases import PostgresServer

CHANNEL = "C7GEN4RA1"  # everybody is in it
QUESTION = PulseQuestion("Is the new price sheet usable?", "single", ("Yes", "No", "Not seen"))
PRIVACY = ("named", "anonymous")  # of the pulses 1 and 2


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


def prepare(slack: str, url: str, company: Path) -> tuple[str, list[str]]:
    """The company in a new database, and an executive who asks all reps twice; gives the workspace and the reps."""
    team_id = str(ask(f"{slack}/_sandbox/people")["team"]["id"])
    now = datetime.fromisoformat(ask(f"{slack}/_sandbox/clock")["now"])
    db = Database(url)
    migrate(db)
    with db.begin() as session:
        load_company(session, folder=company, team_id=team_id, now=now)
        reps = [one.user_id for one in list_people(session, team_id=team_id, role="rep")]
        asker = list_people(session, team_id=team_id, role="manager")[0].user_id
        record_roles(session, team_id=team_id, user_id=asker, roles=frozenset({"executive"}))
        for privacy in PRIVACY:
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
