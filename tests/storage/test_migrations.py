"""The tables: up, down, up again, and never another shape than the models describe; on both engines."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import CheckConstraint, inspect, text

from bot.errors import SettingsError
from storage import people
from storage.db import Database
from storage.schema import all_tables, config_for, downgrade, head_version, is_current, migrate, schema_version

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_an_empty_database_goes_up_down_and_up_again(empty_db: Database) -> None:
    assert schema_version(empty_db) is None
    assert not is_current(empty_db)

    migrate(empty_db)
    assert schema_version(empty_db) == head_version()
    assert is_current(empty_db)

    downgrade(empty_db, "base")
    assert schema_version(empty_db) is None
    assert set(inspect(empty_db.engine).get_table_names()) <= {"alembic_version"}

    migrate(empty_db)
    assert is_current(empty_db)


def test_the_tables_are_what_the_models_say(db: Database) -> None:
    with db.engine.connect() as connection:
        command.check(config_for(connection, compare=True))  # raises when a migration is missing


def test_the_checks_are_what_the_models_say(db: Database) -> None:
    """Alembic compares everything but CHECK constraints."""
    found = inspect(db.engine)
    for name, table in all_tables().tables.items():
        wanted = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
        assert {check["name"] for check in found.get_check_constraints(name)} == wanted, name


def test_migrating_twice_changes_nothing(db: Database) -> None:
    with db.begin() as session:
        people.record_person(session, team_id="T1", user_id="U1", now=NOW, name="Ada")
    migrate(db)
    with db.read() as session:
        kept = people.get_person(session, team_id="T1", user_id="U1")
    assert kept
    assert kept.name == "Ada"


def test_foreign_keys_are_watched_again_afterwards(empty_db: Database) -> None:
    migrate(empty_db)
    if empty_db.is_sqlite:
        with empty_db.read() as session:
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_two_processes_that_migrate_at_once_take_turns(empty_db: Database) -> None:
    others = [Database(empty_db.url) for _ in range(3)]
    wrong: list[Exception] = []

    def bring_up(db: Database) -> None:
        try:
            migrate(db)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=bring_up, args=(db,)) for db in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in others:
        db.close()
    assert wrong == []
    assert is_current(empty_db)


@pytest.mark.parametrize("change", [migrate, lambda db: downgrade(db, "base")])
def test_a_database_of_a_newer_version_is_left_alone(db: Database, change: Callable[[Database], None]) -> None:
    with db.begin() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="made by a newer Groundswell"):
        change(db)
    assert schema_version(db) == "9999"
    assert not is_current(db)
