"""The schema of the database: which version it has, which one this code needs, and the ways up and down."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlmodel import SQLModel

import storage
from bot.errors import SettingsError
from storage.db import Database

MIGRATIONS = Path(__file__).parent / "migrations"
MADE_BY_A_NEWER = (
    "DATABASE_URL: This database was made by a newer Groundswell. "
    "Start that version, or give this one another database; nothing was changed."
)
MIGRATION_LOCK = 0x67726F756E64  # any number that is ours alone: PostgreSQL's advisory locks are numbers


def head_version() -> str:
    """The version that this code needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def schema_version(db: Database) -> str | None:
    """The version that the database has, or None if there are no tables of ours in it yet."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(db: Database) -> bool:
    """Whether the database has exactly the tables that this code needs."""
    return schema_version(db) == head_version()


def migrate(db: Database, to: str = "head") -> None:
    """Bring the database up to a version, all of it or nothing; what is there already stays.

    Raises:
        SettingsError: the database was made by a newer Groundswell.
    """
    with connection_for_change(db) as connection:
        bring_up(connection, to)


def bring_up(connection: Connection, to: str = "head") -> None:
    """Bring the database up to a version inside a transaction of `connection_for_change`.

    Raises:
        SettingsError: the database was made by a newer Groundswell.
    """
    _refuse_newer(connection)
    command.upgrade(config_for(connection), to)


def downgrade(db: Database, to: str) -> None:
    """Take the database back to a version; `base` is before the first. What only newer tables hold is lost.

    Raises:
        SettingsError: the database was made by a newer Groundswell.
    """
    with connection_for_change(db) as connection:
        _refuse_newer(connection)
        command.downgrade(config_for(connection), to)


def refuse_newer(db: Database) -> None:
    """Nothing, unless the database was made by a newer Groundswell.

    Raises:
        SettingsError: it was.
    """
    with db.engine.connect() as connection:
        _refuse_newer(connection)


def all_tables() -> MetaData:
    """The tables as the models of all of storage's modules describe them."""
    for module in pkgutil.iter_modules(storage.__path__):
        if not module.ispkg:
            importlib.import_module(f"storage.{module.name}")
    return SQLModel.metadata


def config_for(connection: Connection, *, compare: bool = False) -> Config:
    """Alembic's configuration, made here instead of in a file; the migrations get their connection from it.

    With `compare` the tables of all models go along, to be held against the database's.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["tables"] = all_tables() if compare else None
    return config


def _refuse_newer(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found is not None and found not in known:
        raise SettingsError([MADE_BY_A_NEWER])


@contextmanager
def connection_for_change(db: Database) -> Iterator[Connection]:
    """One transaction that changes tables, or all rows, the only one of its kind at a time on this database."""
    with db.engine.connect().execution_options(writes=True) as connection:
        # SQLite changes a table by making it anew and dropping the old one, which foreign keys would take for a
        # deletion of its rows. The switch works outside a transaction only, hence on the driver's own connection.
        if db.is_sqlite:
            _switch_foreign_keys(connection, on=False)
        try:
            with connection.begin():
                if not db.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                yield connection
                if db.is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                    raise RuntimeError("a migration left rows that point at nothing")
        finally:
            if db.is_sqlite:
                _switch_foreign_keys(connection, on=True)


def _switch_foreign_keys(connection: Connection, *, on: bool) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
