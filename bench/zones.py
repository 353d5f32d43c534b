"""Digests in every time zone over three years, with jumps, restarts and two processes: `python -m bench.zones`."""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import make_url

from bench.kept import Kept
from bench.stage import ENGINES
from bench.zone_teams import Found, Team, different_zones, teams_of
from bot.settings import Settings, read_settings
from handlers import digest
from storage.db import Database
from storage.schema import migrate
from tests.databases import PostgresServer, postgresql_database

START = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
WEEKS = 157  # three years
QUICK_ZONES = (
    "Africa/Casablanca", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia",
    "Pacific/Kiritimati",
)  # fmt: skip
QUICK_STARTS = (datetime(2027, 3, 8, tzinfo=UTC), datetime(2027, 10, 25, tzinfo=UTC))  # weeks with summer time's ends
QUICK_WEEKS = 6
# How the clock goes wrong on its way from one due moment to the next, and how often.
EVENTS = {
    "on time": 70,
    "an hour ahead": 8,
    "a day ahead": 6,
    "back an hour": 5,
    "back a day": 4,
    "restart": 5,
    "down": 2,
}
SETTINGS: Settings = read_settings(env_file=None, slack_bot_token="xoxb-bench", database_url="sqlite:///none.db")


class Processes:
    """Two processes that serve one database; a restart opens it anew."""

    def __init__(self, url: str, found: Found) -> None:
        self._url, self._found = url, found
        self._open = [Database(url), Database(url)]

    def restart(self, number: int) -> None:
        """One of them ends and begins anew."""
        self._open[number].close()
        self._open[number] = Database(self._url)

    def tick(self, team_id: str, now: datetime, *, at_once: bool) -> None:
        """Both ask what is due, one after the other or at the same moment."""
        self._found.ticks += 2
        if not at_once:
            for db in self._open:
                digest.run_due(db, team_id, now, SETTINGS)
            return
        start, failed = threading.Barrier(2), list[Exception]()

        def ask(db: Database) -> None:
            start.wait()
            try:
                digest.run_due(db, team_id, now, SETTINGS)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=ask, args=(db,)) for db in self._open]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._found.wrong += [f"{team_id} at {now}: {type(error).__name__}" for error in failed]

    def close(self) -> None:
        """End both."""
        for db in self._open:
            db.close()


def times(team: Team, dice: random.Random, found: Found) -> Iterator[tuple[datetime, str]]:
    """The times that the clock shows: every due moment and every opening of working hours, with mishaps between."""
    hours = sorted({moment + timedelta(days=days) for moment in team.moments for days in (0, 1, 2)})
    now = hours[0] - timedelta(seconds=1)
    while now <= team.end:
        yield now, "tick"
        event = dice.choices([*EVENTS], [*EVENTS.values()])[0]
        found.events[event] += 1
        later = next((moment for moment in hours if moment > now), team.end + timedelta(seconds=1))
        if event == "an hour ahead":
            later += timedelta(hours=1)
        elif event == "a day ahead":
            later += timedelta(days=1)
        elif event.startswith("back"):
            yield now - timedelta(**{"hours" if event == "back an hour" else "days": 1}), "tick"
        elif event == "restart":
            yield now, "restart"
        elif event == "down":
            later += timedelta(days=dice.randrange(3, 12))
        now = later


def run_team(url: str, team: Team, dice: random.Random) -> Found:
    """Three years of one workspace."""
    found, db = Found(), Database(url)
    with db.begin() as session:
        team.join(session)
    processes = Processes(url, found)
    try:
        for now, what in times(team, dice, found):
            if what == "restart":
                processes.restart(dice.randrange(2))
            processes.tick(team.team_id, now, at_once=dice.random() < 0.2)
            team.expect(now)
        with db.read() as session:
            team.check(session, found)
    finally:
        processes.close()
        db.close()
    return found


@contextmanager
def open_database(engine: str) -> Iterator[str]:
    """A new database with all tables; gives its address."""
    if engine == "postgresql":
        server = PostgresServer()
        server.enter()
        try:
            with postgresql_database(server) as url:
                yield url
        finally:
            server.leave()
        return
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'zones.db'}")
        migrate(db)
        db.close()
        yield db.url


def run(url: str, teams: list[Team], console: Console, kept: Kept, seed: int = 1) -> Found:
    """Every team's years, one team after the other, without those that are finished."""
    found = Found()
    for number, team in enumerate(track(teams, f"{len(teams)} workspaces", console=console, transient=True)):
        part = f"{make_url(url).get_backend_name()} {team.team_id} {len(teams)}"
        if known := kept.get(part):
            done = Found(**known | {"events": Counter(known["events"])})
        else:
            done = run_team(url, team, random.Random(seed * 1000 + number))
            kept.add(part, done)
        found.add(done)
    return found


def quick(url: str, console: Console) -> Found:
    """A few zones in the weeks in which summer time begins and ends."""
    teams = [team for start in QUICK_STARTS for team in teams_of(list(QUICK_ZONES), start, QUICK_WEEKS)]
    return run(url, teams, console, Kept(None))


def show(found: dict[str, Found], console: Console) -> None:
    """The table, and what was wrong."""
    table = Table(title="Mondays, 09:00, everywhere")
    for column in ("engine", "zones", "ticks", "slots", "sent", "of them late", "skipped", "wrong"):
        table.add_column(column, justify="left" if column == "engine" else "right")
    for engine, one in found.items():
        figures = (one.zones, one.ticks, one.slots, one.sent, one.late, one.skipped, len(one.wrong))
        table.add_row(engine, *(f"{figure:,}" for figure in figures))
    console.print(table)
    for engine, one in found.items():
        console.print(f"{engine}: " + ", ".join(f"{name} {count:,}" for name, count in one.events.most_common()))
        for told in one.wrong[:20]:
            console.print(f"{engine}: {told}", highlight=False, markup=False)


def main(argv: list[str] | None = None) -> int:
    """Run and print; gives 1 if anything was wrong."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a few zones and weeks, SQLite alone")
    arguments.add_argument("--engine", choices=ENGINES, help="one engine alone")
    arguments.add_argument("--resume", type=Path, metavar="FILE", help="keep what was done there, and go on from it")
    given = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console, began, found = Console(), time.monotonic(), dict[str, Found]()
    for engine in (given.engine,) if given.engine else ENGINES[:1] if given.quick else ENGINES:
        with open_database(engine) as url:
            if given.quick:
                found[engine] = quick(url, console)
            else:
                found[engine] = run(
                    url, teams_of(different_zones(START, WEEKS), START, WEEKS), console, Kept(given.resume)
                )
    show(found, console)
    wrong = sum(len(one.wrong) for one in found.values())
    figures = {name: sum(getattr(one, name) for one in found.values()) for name in ("slots", "sent", "late", "skipped")}
    told = {"names": len(available_timezones()), "zones": max(one.zones for one in found.values())} | figures
    print(json.dumps({"bench": "zones"} | told | {"wrong": wrong, "seconds": round(time.monotonic() - began, 1)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
