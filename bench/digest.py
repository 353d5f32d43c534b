"""A week's digest over a million pieces of feedback, against a bare scan of the same file: `python -m bench.digest`."""

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

TEAM, READER = "TBENCH", "UM0"
REGIONS = ("US-East", "US-West", "DACH", "UK&I", "France", "Iberia", "ANZ", "Japan")
USES = ("used_with_customer", "opened_only", "could_not_find", "did_not_know", "not_for_my_accounts", None)
PEOPLE, ASSETS, MARKETERS = 2000, 300, 20
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
# What people write: a remark, often one that names a theme, and words of a large vocabulary.
REMARKS = (
    "The surgeon asked twice for the page with the lattice", "It is too long for a visit", "Is there a German version?",
    "They asked which study that rests on", "I had no idea that we have this", "The link is a 404 from their network",
    "Their price is lower, they say", "A competitor was there before me", "Bitte auf Deutsch, sonst liest es keiner",
    "It opened the door, they wanted to keep it", "The numbers are from last year's sheet", "Nobody there believed it",
)  # fmt: skip
SYLLABLES = ("ba", "cor", "del", "fin", "gra", "hol", "jen", "kap", "lum", "mer", "nov", "pel", "qua", "ris", "ter")
COLUMNS = (
    "team_id", "user_id", "asset_version_id", "source", "region", "use", "rating", "outcome", "said", "missing",
    "wants_reply", "quoted_text", "created_at", "reply_due_at", "replied_at",
)  # fmt: skip


def feedback_rows(number: int, weeks: int) -> Iterator[tuple[Any, ...]]:
    """So many pieces of feedback, spread over so many weeks up to the digest's Monday, in the order of time."""
    rng = random.Random(7)
    step = timedelta(weeks=weeks) / number
    start = datetime(2026, 11, 23, tzinfo=UTC) - timedelta(weeks=weeks)
    for n in range(number):
        person, at = rng.randrange(PEOPLE), start + n * step
        use, rating = rng.choice(USES), rng.choice((1, 2, 3, 4, 4, 5, None))
        outcome = rng.choice(("helped", "no_effect", "hurt")) if use == "used_with_customer" else None
        due = _stored(at + timedelta(hours=48)) if rating in (1, 2) else None
        replied = due if due and rng.random() < 0.5 else None
        region, version = REGIONS[person % len(REGIONS)], rng.randrange(ASSETS) + 1
        words = f"{rng.choice(REMARKS)} {' '.join(''.join(rng.choices(SYLLABLES, k=3)) for _ in range(5))} {n}"
        missing = rng.choice(REMARKS) if rng.random() < 0.2 else ""
        yield (TEAM, f"U{person}", version, "form", region, use, rating, outcome,
               words, missing, False, "", _stored(at), due, replied)  # fmt: skip


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def build(file: Path, number: int, weeks: int, progress: Progress) -> None:
    """Make the database: people, assets with two versions of a third of them, and the feedback."""
    from storage.asset import Asset, AssetVersion
    from storage.db import Database
    from storage.people import Person, Role
    from storage.schema import migrate

    db = Database(f"sqlite:///{file}")
    migrate(db)
    with db.begin() as session:
        for n in range(PEOPLE):
            session.add(Person(team_id=TEAM, user_id=f"U{n}", name=f"Rep {n}", created_at=NOW))
        for n in range(MARKETERS):
            session.add(Person(team_id=TEAM, user_id=f"UM{n}", name=f"Marketer {n}", created_at=NOW))
            session.add(Role(team_id=TEAM, user_id=f"UM{n}", role="marketer"))
        for n in range(ASSETS):
            session.add(Asset(team_id=TEAM, reference=f"R{n}", reference_key=f"r{n}", created_at=NOW))
        session.flush()
        for n in range(ASSETS):
            ended = NOW - timedelta(days=40) if n % 3 == 0 else None
            session.add(
                AssetVersion(
                    team_id=TEAM, asset_id=n + 1, version="v1", number=1, title=f"Asset number {n}", kind="deck",
                    owner_id=f"UM{n % MARKETERS}", review_days=n % 60, released_at=NOW - timedelta(days=400),
                    superseded_at=ended, created_at=NOW,
                )
            )  # fmt: skip
    db.close()
    task = progress.add_task("Writing feedback", total=number)
    raw = sqlite3.connect(file)
    insert = f"INSERT INTO feedback ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    batch = []
    for row in feedback_rows(number, weeks):
        batch.append(row)
        if len(batch) == 10_000:
            raw.executemany(insert, batch)
            progress.advance(task, len(batch))
            batch.clear()
    raw.executemany(insert, batch)
    raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def measure(file: Path, runs: int) -> dict[str, float]:
    """The median seconds of a bare scan and of a digest, and the megabytes that the first digest adds to the peak."""
    from bot.domain.digest import build_digest
    from bot.domain.digest_period import week_before
    from bot.domain.digest_repeats import themes_of
    from bot.domain.theme_list import DESCRIBED
    from bot.views.digest import digest_message
    from bot.views.digest_details import details_message
    from storage.db import Database
    from storage.digest import count_digest

    db = Database(f"sqlite:///{file}")
    period = week_before(MONDAY, "Europe/Berlin")
    scans: list[float] = []
    digests: list[float] = []

    def scan() -> None:
        with db.read() as session:
            session.connection().exec_driver_sql("SELECT count(*), sum(length(said)) FROM feedback NOT INDEXED").all()

    def digest() -> None:
        with db.read() as session:
            counted = count_digest(session, team_id=TEAM, reader_id=READER, period=period)
        themes = themes_of(counted.heard, DESCRIBED)
        made = build_digest(counted, reader_id=READER, period=period, now=NOW, themes=themes)
        assert len(digest_message(made, with_button=False)["blocks"]) > 5
        assert details_message(made)["blocks"]
        assert made.repeats, "what repeats is found among so many"

    scan()
    before = _peak()
    digest()
    added = _peak() - before
    for _ in range(runs):
        for do, taken in ((scan, scans), (digest, digests)):
            begin = time.perf_counter()
            do()
            taken.append(time.perf_counter() - begin)
    db.close()
    return {"scan_s": statistics.median(scans), "digest_s": statistics.median(digests), "added_mb": added}


def _peak() -> float:
    """The most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _do_step(name: str, file: str, number: str, weeks: str, *, runs: int) -> None:
    if name == "build":
        with Progress(console=Console(stderr=True)) as progress:
            build(Path(file), int(number), int(weeks), progress)
        return
    print(json.dumps({key: round(value, 3) for key, value in measure(Path(file), runs).items()}))


def main() -> None:
    """Build and measure, each in a process of its own (a process inherits its parent's peak of memory), and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="50,000 pieces of feedback")
    arguments.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.step:
        _do_step(*asked.step, runs=3 if asked.quick else 9)
        return
    number, weeks = (50_000, 26) if asked.quick else (1_000_000, 156)
    figures: dict[str, Any] = {"bench": "digest"}
    table = Table(title="A week's digest, its sections looking back 13 weeks")
    for column in ("pieces of feedback", "scan, s", "digest, s", "scans", "added MB"):
        table.add_column(column, justify="right")
    # As busy a time with a third of the history: what grows is the history, not the digest.
    for label, rows, span in (("third_", number // 3, weeks // 3), ("", number, weeks)):
        with tempfile.TemporaryDirectory() as folder:
            step = [sys.executable, "-m", "bench.digest", *(["--quick"] if asked.quick else []), "--step"]
            place = [str(Path(folder) / "digest.db"), str(rows), str(span)]
            subprocess.run([*step, "build", *place], check=True)
            done = subprocess.run([*step, "measure", *place], stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout)
        found |= {"rows": rows, "scans": round(found["digest_s"] / found["scan_s"], 2)}
        figures |= {f"{label}{name}": value for name, value in found.items()}
        cells = (f"{rows:,} in {span} weeks", *(found[name] for name in ("scan_s", "digest_s", "scans", "added_mb")))
        table.add_row(*map(str, cells))
    Console().print(table)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
