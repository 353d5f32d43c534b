"""A backup put back into the database that the settings name, on either engine: all of it or nothing."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session, col

from bot.domain.text import count
from bot.errors import BotError, SettingsError
from storage import audit, erased, erasure, schema, wiping, workspace
from storage.backup import in_words
from storage.copying import (
    Told,
    copy_file,
    copy_rows,
    count_file_rows,
    count_rows,
    finish_file,
    look_into,
    sync,
    tables,
    unfinished,
)
from storage.db import Database
from storage.opening import OURS, UNREACHABLE, make_folder, sqlite_path
from storage.outbox import AT_ONCE, Outbox
from storage.serving import lock_out, nobody_serves

STILL_WELCOME = timedelta(days=2)  # as late as a digest may come
TOO_OLD = "it waited in a backup that was put back, and it is too old to be sent now"


@dataclass(frozen=True)
class Restored:
    """What was put back: how many rows, and where the old SQLite file is kept (None if it had no rows).

    `doubtful` messages waited and are looked for in Slack before they are sent; `left` ones are too old for that. So
    many people were `erased` again.
    """

    rows: int
    doubtful: int
    left: int
    erased: int = 0
    kept: Path | None = None


def restore(url: str, file: Path, *, now: datetime, told: Told, sure: bool = False) -> Restored:
    """Put the backup `file` into the database at `url`, whose rows it replaces if you are `sure`.

    A backup of an older version is brought up to date on the way, in a copy; and whoever is known as erased, there or
    in the database that it replaces, is erased in it again. `now` is real time.

    Raises:
        BotError: the file is no good backup, or the database has rows and you are not `sure`.
        SettingsError: somebody serves the database, or it cannot be reached.
    """
    make_folder(url)
    path = sqlite_path(url)
    if path is not None and path.exists() and file.exists() and path.samefile(file):
        raise BotError(f"{file} is the database itself. Name a backup.")
    with _prepared(url, file, path, now, told) as (part, restored):
        if path is None:
            _into_server(url, part, file, told, sure=sure)
            return restored
        return replace(restored, kept=_into_file(url, path, part, now, sure=sure))


@contextmanager
def _prepared(url: str, file: Path, path: Path | None, now: datetime, told: Told) -> Iterator[tuple[Path, Restored]]:
    """A proved copy of the backup, beside the database's `path`, with this version's tables; and what is in it."""
    _refuse_file(file)
    with (
        tempfile.TemporaryDirectory() as folder,
        in_words(path or file),
        unfinished(path.resolve() if path else Path(folder) / "backup") as part,
    ):
        copy_file(file, part, told)
        copy = Database(f"sqlite:///{part}")
        try:
            _bring_up_to_date(copy, file)
            erased_again = _erase_again(url, copy, now)
            with copy.begin() as session:
                doubtful, left = _doubt_outbox(session, now)
                put_back = sum(count_rows(session.connection()).values())
                for team in workspace.list_workspaces(session):
                    audit.record(session, team_id=team.team_id, by="", deed="backup.restored", now=now)
            with copy.read() as session:
                rows = count_rows(session.connection())
        finally:
            copy.close()
        finish_file(part, rows)
        yield part, Restored(put_back, doubtful, left, erased_again)


def _erase_again(url: str, copy: Database, now: datetime) -> int:
    """Erase in the copy whom the database that it replaces, or the backup itself, knows as erased; gives how many."""
    keys, known = _known_as_erased(url)
    with copy.begin() as session:
        erased.take_over(session, keys, known)
    number = 0
    with copy.begin() as session:
        for team in workspace.list_workspaces(session):
            for user_id in erased.list_to_erase_again(session, team_id=team.team_id):
                mentions = erasure.list_mentions(session, team_id=team.team_id, user_id=user_id)
                erasure.erase_person(
                    session, team_id=team.team_id, user_id=user_id, by="", now=now, mentions=mentions
                )  # fmt: skip
                number += 1
    if number:
        wiping.wipe_database(copy)
    return number


def _known_as_erased(url: str) -> tuple[list[tuple[str, str]], list[tuple[str, str, datetime]]]:
    """The keys and hashes of erased people in the database that is replaced; nothing if it has or tells none."""
    keys, known = "SELECT team_id, key FROM erasurekey", "SELECT team_id, person_hash, erased_at FROM erasedperson"
    path = sqlite_path(url)
    try:
        if path is not None:  # looked into, and not opened: it may be another program's
            if not path.exists():
                return [], []
            with closing(look_into(path)) as file:
                rows = [(*row[:2], datetime.fromisoformat(row[2]).replace(tzinfo=UTC)) for row in file.execute(known)]
                return file.execute(keys).fetchall(), rows
        server = Database(url)
        try:
            with server.read() as session:
                found = session.execute(text(keys)).all(), session.execute(text(known)).all()
        finally:
            server.close()
        return [(row[0], row[1]) for row in found[0]], [(row[0], row[1], row[2]) for row in found[1]]
    except (sqlite3.Error, DBAPIError):
        return [], []


def _refuse_file(file: Path) -> None:
    """Nothing, if the file is a whole database of ours."""
    if not file.is_file():
        raise BotError(f"There is no file {file}.")
    try:
        with closing(look_into(file)) as connection:
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            whole = whole and connection.execute("PRAGMA foreign_key_check").fetchone() is None
            ours = OURS in count_file_rows(connection)
    except sqlite3.DatabaseError:
        whole = ours = False
    if not whole:
        raise BotError(f"{file} is damaged, or no backup at all. Nothing was changed.")
    if not ours:
        raise BotError(f"{file} is no backup of Groundswell. Nothing was changed.")


def _bring_up_to_date(copy: Database, file: Path) -> None:
    try:
        schema.migrate(copy)
    except SettingsError:
        newer = f"{file} was made by a newer Groundswell. Restore it with that version; nothing was changed."
        raise BotError(newer) from None


def _doubt_outbox(session: Session, now: datetime) -> tuple[int, int]:
    """Messages that waited may have been sent since: gives how many are looked for, and how many are left alone.

    The sender looks for a young one in Slack's history, as after a crash, and posts it only if it is not there. An old
    one is `uncertain`: that somebody still wants it is not ours to decide.
    """
    waits = col(Outbox.state).in_(("pending", "sending"))
    is_old = col(Outbox.created_at) < now - STILL_WELCOME
    old = update(Outbox).where(waits, is_old).values(state="uncertain", leased_until=None, reason=TOO_OLD)
    since = func.coalesce(Outbox.first_tried_at, Outbox.created_at)
    young = update(Outbox).where(waits).values(state="sending", leased_until=AT_ONCE, first_tried_at=since)
    left_alone = session.exec(old).rowcount
    return session.exec(young).rowcount, left_alone


def _into_file(url: str, path: Path, part: Path, now: datetime, *, sure: bool) -> Path | None:
    """Put it into a SQLite file, in one transaction; gives where the old rows are kept, None if there were none."""
    with nobody_serves(Database(url)):
        rows = _rows_of(path)
        kept = None
        if rows != 0:
            if not sure:
                raise _unsure(rows)
            kept = path.with_name(f"{path.stem}.before-restore-{now:%Y%m%d-%H%M%S}{path.suffix}")
            if rows is None:
                for suffix in ("", "-wal", "-shm"):
                    if (damaged := path.with_name(path.name + suffix)).exists():
                        damaged.rename(kept.with_name(kept.name + suffix))
            else:
                with unfinished(kept) as copy:
                    finish_file(copy, copy_file(path, copy, lambda _done, _total: None))
                    copy.rename(kept)
        with closing(sqlite3.connect(part)) as new, closing(sqlite3.connect(path, timeout=10)) as old:
            new.backup(old)
        sync(path)
        sync(path.resolve().parent)
    return kept


def _rows_of(path: Path) -> int | None:
    """How many rows a SQLite file of ours has, 0 if there is none, None if it is damaged."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    try:
        with closing(look_into(path)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            rows = count_file_rows(connection)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return None
    if rows and OURS not in rows:
        raise BotError(f"{path} belongs to another program. Nothing was changed.")
    return sum(rows.values()) if whole else None


def _into_server(url: str, part: Path, file: Path, told: Told, *, sure: bool) -> None:
    """Put it into a PostgreSQL, in one transaction that nobody serves beside."""
    db, backup = Database(url), Database(f"sqlite:///{part}")
    try:
        with schema.connection_for_change(db) as target:
            lock_out(target)
            schema.bring_up(target)
            if (rows := sum(count_rows(target).values())) and not sure:
                raise _unsure(rows)
            target.execute(text("SET LOCAL groundswell.restoring = 'on'"))  # the audit trail refuses it otherwise
            target.execute(text(f"TRUNCATE TABLE {', '.join(_quoted(target, table.name) for table in tables())}"))
            with backup.engine.connect() as source:
                copy_rows(source, target, told)
            _set_sequences(target)
    except (DataError, IntegrityError):
        raise BotError(f"A row of {file} does not fit into this database. Nothing was changed.") from None
    except DBAPIError:
        raise SettingsError([f"DATABASE_URL: {UNREACHABLE}"]) from None
    finally:
        db.close()
        backup.close()


def _set_sequences(connection: Connection) -> None:
    """The next row of each table gets a number that none has yet."""
    for table in tables():
        column = table.autoincrement_column
        if column is not None:
            highest = connection.execute(select(func.max(column))).scalar() or 0
            query = text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)")
            named = {"table": _quoted(connection, table.name), "column": column.name, "next": highest + 1}
            connection.execute(query, named)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _unsure(rows: int | None) -> BotError:
    there = "is damaged" if rows is None else f"has {count(rows, 'row', 'rows')}"
    return BotError(f"The database {there}. The backup takes its place if you add --yes; nothing was changed.")
