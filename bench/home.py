"""The App Home of each role with 10,000 rows of its reader's own, and their search: `python -m bench.home`."""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

TEAM = "TBENCH"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GOAL = 50.0  # milliseconds
REGIONS = ("US-East", "US-West", "DACH", "UK&I", "France", "Iberia", "ANZ", "Japan")
USES = ("used_with_customer", "opened_only", "could_not_find", "did_not_know", None)
READERS = {role: f"U-{role}" for role in ("rep", "marketer", "manager", "executive", "compliance", "admin")}
ALL, SEARCH = "all roles", "rep's search"
ASSETS, OWN_ASSETS, GROUP = 300, 40, 50
COLUMNS = (
    "team_id", "user_id", "asset_version_id", "source", "region", "use", "rating", "outcome", "said", "missing",
    "wants_reply", "quoted_text", "created_at", "reply_due_at", "replied_at", "held_for",
)  # fmt: skip


def feedback_rows(number: int) -> Iterator[tuple[Any, ...]]:
    """So many pieces by the rep in half a year, and so many by the manager's group about the marketer's assets in a
    month; an executive has both to count.
    """
    rng = random.Random(7)
    for n in range(number):
        yield _row(rng, READERS["rep"], 1 + rng.randrange(ASSETS), NOW - timedelta(days=180) * (1 - n / number), n)
    for n in range(number):
        version = 1 + rng.randrange(OWN_ASSETS)
        yield _row(rng, f"U{8 * (n % GROUP)}", version, NOW - timedelta(days=28) * (1 - n / number), n)


def _row(rng: random.Random, person: str, version: int, at: datetime, n: int) -> tuple[Any, ...]:
    use, rating = rng.choice(USES), rng.choice((1, 2, 3, 4, 4, 5, None))
    outcome = rng.choice(("helped", "no_effect", "hurt")) if use == "used_with_customer" else None
    due = _stored(at + timedelta(hours=48)) if rating in (1, 2) else None
    held = "complaint" if rng.random() < 0.01 else None
    said = f"The surgeon asked twice for the page with the lattice and wanted to keep it, number {n}"
    return (TEAM, person, version, "form", rng.choice(REGIONS), use, rating, outcome, said, "", False, "",
            _stored(at), due, due if rng.random() < 0.5 else None, held)  # fmt: skip


def _stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def build(file: Path, number: int, size: int) -> None:
    """Make the database: a company of that size with one reader for each role and one with all, and 300 assets."""
    from storage import role
    from storage.asset import Asset, AssetVersion
    from storage.db import Database
    from storage.people import Person
    from storage.schema import migrate

    db = Database(f"sqlite:///{file}")
    migrate(db)
    with db.begin() as session:
        readers = {**READERS, ALL: f"U-{ALL}"}
        named = [*((f"U{n}", REGIONS[n % 8]) for n in range(size)), *((one, REGIONS[0]) for one in readers.values())]
        for user_id, region in named:
            more: dict[str, Any] = {"department": "sales", "region": region, "tz": "Europe/Berlin"}
            session.add(Person(team_id=TEAM, user_id=user_id, name=f"Name {user_id}", created_at=NOW, **more))
        session.flush()
        for role_name, user_id in readers.items():
            roles = frozenset(READERS) if role_name == ALL else frozenset({role_name})
            role.record_roles(session, team_id=TEAM, user_id=user_id, roles=roles, now=NOW)
        for n in range(ASSETS):
            session.add(Asset(team_id=TEAM, reference=f"R{n}", reference_key=f"r{n}", created_at=NOW))
        session.flush()
        for n in range(ASSETS):
            owner = READERS["marketer"] if n < OWN_ASSETS else "U7"
            session.add(
                AssetVersion(
                    team_id=TEAM, asset_id=n + 1, version="v1", number=1, title=f"Asset number {n}", kind="deck",
                    owner_id=owner, review_days=n % 60, released_at=NOW - timedelta(days=400), created_at=NOW,
                    expires_on=(NOW + timedelta(days=n - 20)).date(),
                    superseded_at=NOW - timedelta(days=9) if n % 10 == 9 else None,
                )
            )  # fmt: skip
    with db.begin() as session:
        insert = f"INSERT INTO feedback ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
        session.connection().connection.executemany(insert, feedback_rows(number))
    db.close()


def measure(file: Path, runs: int) -> dict[str, list[tuple[float, float]]]:
    """The milliseconds of each of `runs` drawings of each Home, in turns, and of the rep's search among their words.

    Each by the clock and in computing: on a busy machine the clock tells of the others, too.
    """
    from bot.reader import Channel
    from bot.settings import read_settings
    from bot.views.feedback_mine import MinePage, mine_modal
    from bot.views.home import MOST_BLOCKS, home_view
    from handlers.home import read_page
    from storage import feedback_told, people
    from storage.db import Database

    db, settings = Database(f"sqlite:///{file}"), read_settings(env_file=None)
    channels = [Channel(f"C{n}", f"channel-{n}", is_private=n % 9 == 0) for n in range(40)]

    def draw(user_id: str) -> None:
        with db.read() as session:
            who: dict[str, Any] = {"team_id": TEAM, "user_id": user_id, "admins": frozenset[str](), "default_tz": "UTC"}
            actor = people.find_actor(session, **who)
            page = read_page(session, actor, now=NOW, settings=settings, channels=channels)
        assert 8 < len(home_view(page)["blocks"]) < MOST_BLOCKS

    def search(user_id: str) -> None:
        with db.read() as session:
            told, total, page = feedback_told.list_mine(
                session, team_id=TEAM, user_id=user_id, page=3, size=10, search="number 77"
            )
        assert mine_modal(MinePage(told, total, page, "UTC"), "number 77")["blocks"]

    tried: dict[str, tuple[Callable[[str], None], str]] = {role: (draw, user_id) for role, user_id in READERS.items()}
    tried |= {ALL: (draw, f"U-{ALL}"), SEARCH: (search, READERS["rep"])}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in tried}
    for run in range(runs + 1):
        for name, (do, user_id) in tried.items():
            begin, computed = time.perf_counter(), time.thread_time()
            do(user_id)
            if run:  # the first one prepares statements
                taken[name].append((1000 * (time.perf_counter() - begin), 1000 * (time.thread_time() - computed)))
    db.close()
    return taken


def _median(times: list[tuple[float, float]], of: int) -> float:
    return round(statistics.median(time[of] for time in times), 1)


def main(arguments: list[str] | None = None) -> int:
    """Build, measure and print; 1 if the Home of a role is over the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 rows, one run")
    asked = parser.parse_args(arguments)
    rows, size, runs = (1_000, 8 * GROUP, 1) if asked.quick else (10_000, 2_000, 15)
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "home.db", rows, size)
        taken = measure(Path(folder) / "home.db", runs)
    table = Table(title=f"The App Home with {rows:,} own rows: read, and built")
    for column in ("Home of", "median, ms", "worst, ms", "computing, ms"):
        table.add_column(column, justify="right" if "ms" in column else "left")
    medians, computing = ({name: _median(times, of) for name, times in taken.items()} for of in (0, 1))
    for name, times in taken.items():
        table.add_row(name, *(f"{number:.1f}" for number in (medians[name], max(times)[0], computing[name])))
    Console().print(table)
    is_reached = all(medians[role] < GOAL for role in READERS)
    figures = {"rows": rows, "goal_ms": GOAL, "reached": is_reached, "median_ms": medians, "computing_ms": computing}
    print(json.dumps({"bench": "home"} | figures))
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main())
