"""`python -m bot audit`: a table and a sentence, and an exit code that a nightly job can go by."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.__main__ import commands
from bot.errors import BotError
from storage import audit, people, workspace
from storage.db import Database
from tests.databases import sqlite_database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def db(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two workspaces; in the first one Ada released something and made Ben a marketer."""
    url = sqlite_database(tmp_path, migrated_file)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    db = Database(url)
    with db.begin() as session:
        for team_id in ("T1", "T2"):
            workspace.record_workspace(session, team_id=team_id, name=f"Company {team_id}", bot_user_id="U0", now=NOW)
        for user_id, name in (("UADA", "Ada [Ng]"), ("UBEN", "Ben Roy")):
            people.record_person(session, team_id="T1", user_id=user_id, now=NOW, name=name)
        told: dict[str, Any] = {"deed": "asset.released", "subject": "asset X v1", "after": {"channels": 2}, "now": NOW}
        audit.record(session, team_id="T1", by="UADA", **told)
        people.change_roles(
            session, team_id="T1", user_id="UBEN", roles=frozenset({"marketer"}), admins=frozenset({"UADA"}), now=NOW,
            by="UADA",
        )  # fmt: skip
    return db


def call(*words: str) -> Result:
    return CliRunner().invoke(commands, ["audit", *words])


def test_a_whole_trail_is_proved(db: Database) -> None:
    done = call("verify")
    assert done.exit_code == 0
    assert [line.count("whole") for line in done.output.splitlines() if "│ Company T" in line] == [1, 1]
    assert "Nobody has touched the trail." in done.output
    noted = done.output.split("Company T1: the fingerprint is ")[1].split()[0]
    assert call("verify", "--noted", noted, "--team", "T1").exit_code == 0
    assert call("verify", "--noted", f"2:{'0' * 16}", "--team", "T1").exit_code == 1
    assert isinstance(call("verify", "--noted", "2").exception, BotError)
    assert isinstance(call("verify", "--noted", noted).exception, BotError)  # which workspace's?
    assert isinstance(call("verify", "--team", "T9").exception, BotError)


def test_whoever_touched_it_is_told_in_a_sentence(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_guard_0"))
        connection.execute(text("UPDATE auditentry SET subject = 'asset Y v1' WHERE number = 1"))
    done = call("verify")
    assert done.exit_code == 1
    assert "Company T1: Entry 1 was changed, or does not follow from the one before." in done.output
    assert "touched" in done.output


def test_the_trail_is_shown_with_names(db: Database) -> None:
    assert isinstance(call("show").exception, BotError)  # which workspace?
    done = call("show", "--team", "T1")
    assert done.exit_code == 0
    released, changed = (line for line in done.output.splitlines() if "Ada [Ng]" in line)
    assert "released" in released
    assert "channels: 2" in released
    assert "changed the roles of" in changed
    assert "Ben Roy" in changed
    assert "roles: rep → marketer" in changed
    assert "2 entries of 2." in done.output
    assert "1 entry of 1." in call("show", "--team", "T1", "--person", "ben roy").output
    assert isinstance(call("show", "--team", "T1", "--person", "Zoe").exception, BotError)
