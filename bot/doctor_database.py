"""The doctor's look at the database, the disk under it and the clock that runs on it; beside a running app, too."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.text import count
from bot.errors import SettingsError
from bot.finding import Finding, State
from bot.settings import Settings
from storage import schema
from storage.copying import look_into
from storage.db import Database
from storage.opening import UNREACHABLE, broken_rules, check_file, sqlite_path
from storage.serving import is_served

LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000  # bytes
RESTORE = "Stop the app and put a backup back: python -m bot restore FILE"


def look_at_database(db: Database) -> tuple[bool, list[Finding]]:
    """Whether its rows can be read, and how it is."""
    kind = "SQLite" if db.is_sqlite else "PostgreSQL"
    path = sqlite_path(db.url)
    if path is not None:
        if not path.exists():
            return False, [_not_there(path)]
        if trouble := list(_trouble_with_file(db, path)):
            return False, trouble
    try:
        version = schema.schema_version(db)
        schema.refuse_newer(db)
    except SettingsError as error:
        return False, [_bad(error.lines[0])]
    except (SQLAlchemyError, OSError):
        return False, [_bad(UNREACHABLE, "See DATABASE_URL.")]
    if version is None:
        told = f"The {kind} database is empty."
        return False, [Finding("Database", "warn", told, "The first start makes the tables.")]
    if version != schema.head_version():
        advice = "The next start brings it up to date, or `python -m bot migrate`."
        return False, [Finding("Database", "warn", "The tables are those of an older Groundswell.", advice)]
    told = f"The {kind} database opens, is whole and has this version's tables ({version})."
    if not db.is_sqlite:
        told = told.replace(", is whole", "")  # a PostgreSQL watches over its files itself
    if wrong := broken_rules(db):
        advice = "Move the file to a local disk: network folders do not keep what they promise."
        return True, [_bad(f"SQLite does not take its safe settings ({', '.join(wrong)}).", advice)]
    return True, [Finding("Database", "ok", told)]


def look_at_disk(db: Database) -> Finding:
    """How much room there is where the database lives."""
    folder = Path(db.engine.url.database or "").absolute().parent if db.is_sqlite else Path.cwd()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free >= LITTLE_SPACE:
        return Finding("Disk", "ok", f"{free / 1e9:,.1f} GB are free.")
    state: State = "bad" if free < NO_SPACE else "warn"
    told = f"Only {free / 1e6:,.0f} MB are free at {folder}."
    return Finding("Disk", state, told, "Make room: on a full disk nothing can be saved, and people are told so.")


def look_at_clock(settings: Settings, db: Database, ticked_at: datetime | None) -> Finding:
    """Whether the clock ticks, by its last tick (real time) and by whether a process serves the database."""
    served = is_served(db)
    if ticked_at is None and not served:
        return Finding("Clock", "ok", "The app has not run with this database yet.")
    ago = datetime.now(UTC) - ticked_at if ticked_at else timedelta.max
    if ago < timedelta(seconds=3 * settings.tick_seconds + 30):
        seconds = count(max(0, int(ago.total_seconds())), "second", "seconds")
        return Finding("Clock", "ok", f"The app is running; its clock ticked {seconds} ago.")
    since = f"on {ticked_at:%d %b %Y at %H:%M} UTC" if ticked_at else "never"
    if not served:
        return Finding("Clock", "ok", f"The app is not running; it was last alive {since}.")
    told = f"The app is running, but its clock stands still: it last ticked {since}. Nothing that is timed is sent."
    return Finding("Clock", "bad", told, "If it was not started just now, start it again; its log says why.")


def _not_there(path: Path) -> Finding:
    if path.parent.is_dir() or path.parent == Path("var"):
        return Finding("Database", "warn", "There is no database yet.", "The first start makes it.")
    return _bad(f"The folder {path.parent} is not there.", "Make it, or correct the path in DATABASE_URL.")


def _trouble_with_file(db: Database, path: Path) -> Iterator[Finding]:
    try:
        check_file(db.url, writing=not is_served(db))
        with closing(look_into(path)) as connection:  # indexes too, which the quick look at every start passes over
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                yield _bad(f"{path} is damaged.", RESTORE)
    except SettingsError as error:
        yield _bad(error.lines[0], RESTORE if "is damaged" in error.lines[0] else "See DATABASE_URL.")


def _bad(sentence: str, advice: str = "") -> Finding:
    return Finding("Database", "bad", sentence.removeprefix("DATABASE_URL: "), advice)
