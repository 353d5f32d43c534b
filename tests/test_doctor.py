"""The doctor: each thing that can be wrong, in plain words, and no secret in any of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from sqlalchemy import text

from bot.doctor import SCOPES, Finding, examine, show
from bot.settings import Settings, read_settings
from sandbox.server import SandboxServer
from storage import outbox, people, workspace
from storage.db import Database
from tests.work import claim_message

HOUSE = Path(__file__).parent.parent
NOBODY = "http://127.0.0.1:9/api/"  # the discard port: nothing listens there


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    """A sandbox whose Slack the doctor may ask."""
    server = SandboxServer(company=HOUSE / "sandbox" / "company", manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


def settings(url: str = NOBODY, database: str = "sqlite:///nowhere/at/all.db", **given: object) -> Settings:
    known = {"slack_bot_token": "xoxb-sandbox", "slack_app_token": "xapp-sandbox", "slack_api_url": url}
    return read_settings(env_file=None, **{**known, "database_url": database, **given})


def by_topic(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.topic: finding for finding in findings}


def test_all_is_well(server: SandboxServer, db: Database) -> None:
    now = datetime.now(UTC)
    with db.begin() as session:
        workspace.record_heartbeat(session, team_id=server.team_id, ticked_at=now, now=now)
        people.record_person(session, team_id=server.team_id, user_id="U1", now=now, name="Ada")
        people.record_roles(session, team_id=server.team_id, user_id="U1", roles=frozenset({"marketer", "admin"}))
    form = "https://quality.example/report"
    found = examine(settings(f"{server.url}/api/", db.url, official_form_url=form))
    assert [finding for finding in found if finding.state != "ok"] == []
    topics = by_topic(found)
    assert topics["Permissions"].sentence == "The app has every permission that it needs."
    assert topics["Slack's calls"].sentence == "Slack answers every call that the app makes."
    assert "The app is running" in topics["Clock"].sentence
    assert topics["Digest"].sentence == "1 marketer gets the weekly digest."


def test_nobody_gets_the_digest_yet(server: SandboxServer, db: Database) -> None:
    topics = by_topic(examine(settings(f"{server.url}/api/", db.url)))
    assert topics["Digest"] == Finding(
        "Digest",
        "warn",
        "Nobody gets the digest yet: nobody has the role of marketer.",
        "An admin can set it with /groundswell people.",
    )
    assert topics["Admins"].state == topics["Official form"].state == "warn"
    assert topics["Clock"] == Finding("Clock", "ok", "The app has not run with this database yet.")


@pytest.mark.parametrize("token", ["slack_bot_token", "slack_app_token"])
def test_a_wrong_token_is_bad(server: SandboxServer, token: str) -> None:
    secret = "xoxb-a-secret-value" if token == "slack_bot_token" else "xapp-a-secret-value"
    found = examine(settings(f"{server.url}/api/", **{token: secret}))
    bad = [finding for finding in found if finding.state == "bad"]
    assert len(bad) == 1
    assert "Slack does not know this token" in bad[0].sentence
    assert token.upper() in bad[0].advice
    assert "a-secret-value" not in printed(found)


def test_slack_that_cannot_be_reached_is_bad() -> None:
    slack = by_topic(examine(settings()))["Slack"]
    assert (slack.state, slack.sentence) == ("bad", "Slack does not answer at 127.0.0.1:9.")


def test_without_tokens_there_is_the_sandbox() -> None:
    assert by_topic(examine(settings(slack_bot_token="", slack_app_token="")))["Slack"].state == "warn"


def test_no_database_is_said_and_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "groundswell.db"
    topics = by_topic(examine(settings(database=f"sqlite:///{path}")))
    assert topics["Database"].sentence == "There is no database yet."
    assert topics["Disk"].state in ("ok", "warn")
    assert not path.parent.exists()


def test_a_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "groundswell.db"
    path.write_text("this is a shopping list " * 100)
    assert by_topic(examine(settings(database=f"sqlite:///{path}")))["Database"].sentence == "The file is no database."


def test_a_server_that_cannot_be_reached_is_bad(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://postgres:a-secret-value@/nothing?host={tmp_path}"
    found = examine(settings(database=url))
    assert by_topic(found)["Database"].state == "bad"
    assert "a-secret-value" not in printed(found)


def test_an_empty_database_waits_for_the_first_start(empty_db: Database) -> None:
    with empty_db.read() as session:
        session.connection().execute(text("SELECT 1"))
    database = by_topic(examine(settings(database=empty_db.url)))["Database"]
    assert database.state == "warn"
    assert "is empty" in database.sentence


def test_a_database_of_a_newer_version_is_bad(db: Database) -> None:
    with db.begin() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database = by_topic(examine(settings(database=db.url)))["Database"]
    assert database.state == "bad"
    assert database.sentence.startswith("This database was made by a newer Groundswell.")


def test_messages_that_did_not_arrive_are_counted(db: Database) -> None:
    now = datetime.now(UTC)
    with db.begin() as session:
        workspace.record_workspace(session, team_id="T1", name="Meridian", bot_user_id="U0", now=now)
        workspace.record_heartbeat(session, team_id="T1", ticked_at=datetime(2026, 1, 1, tzinfo=UTC), now=now)
        for key in "abcd":
            outbox.enqueue(session, team_id="T1", key=key, target="C1", message={"text": "x"}, now=now)
        for is_uncertain in (False, True):
            row = claim_message(session, team_id="T1").row
            outbox.record_failed(session, row, reason="no_text", uncertain=is_uncertain)
    topics = by_topic(examine(settings(database=db.url)))
    assert topics["Outbox"].state == "warn"
    assert topics["Outbox"].sentence == (
        "2 messages wait to be sent; 1 was refused by Slack; of 1 nobody knows whether it arrived."
    )
    assert topics["Clock"].sentence == "The app is not running; it was last alive on 01 Jan 2026 at 00:00 UTC."
    assert topics["Clock"].state == "ok"


def test_the_permissions_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((HOUSE / "manifest.yaml").read_text(encoding="utf-8"))
    assert set(SCOPES) == set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_table_shows_text_as_it_is() -> None:
    shown = printed([Finding("Slack", "bad", "The workspace [red]Ada[/red] & Co.", "Try once more.")])
    assert "[red]Ada[/red] & Co." in shown
    assert "Try once more." in shown


def printed(findings: list[Finding]) -> str:
    screen = Console(file=StringIO(), width=200)
    show(findings, screen)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()
