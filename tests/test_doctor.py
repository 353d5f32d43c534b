"""The doctor: each thing that can be wrong, in plain words, and no secret in any of them."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from sqlalchemy import text

from bot.doctor import SCOPES, examine, show
from bot.domain.own_group import Choice
from bot.finding import Finding
from bot.settings import Settings, read_settings
from sandbox.server import SandboxServer
from storage import model_use, outbox, own_group, people, user_group, workspace
from storage.db import Database
from storage.opening import open_to_serve
from tests.databases import sqlite_database
from tests.work import claim_message
from tests.wrong_model import wrong_model

HOUSE = Path(__file__).parent.parent
NOBODY = "http://127.0.0.1:9/api/"  # the discard port: nothing listens there


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    """A sandbox whose Slack the doctor may ask."""
    server = SandboxServer(company=HOUSE / "sandbox" / "company", manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


def settings(url: str = NOBODY, database: str = "sqlite:///nowhere.db", **given: object) -> Settings:
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
    assert topics["Themes"].sentence == "18 themes that come with Groundswell are known to digests and pulses."


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
    path = tmp_path / "groundswell.db"
    topics = by_topic(examine(settings(database=f"sqlite:///{path}", themes_file=f"{path}.toml")))
    assert topics["Themes"].state == "warn"
    assert topics["Themes"].sentence.endswith("so Groundswell's own themes are used. No such file or directory.")
    assert topics["Database"].sentence == "There is no database yet."
    assert topics["Disk"].state in ("ok", "warn")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_bad_and_stays_so(tmp_path: Path) -> None:
    database = by_topic(examine(settings(database=f"sqlite:///{tmp_path / 'deep' / 'groundswell.db'}")))["Database"]
    assert (database.state, database.sentence) == ("bad", f"The folder {tmp_path / 'deep'} is not there.")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "groundswell.db"
    path.write_text("this is a shopping list " * 100)
    database = by_topic(examine(settings(database=f"sqlite:///{path}")))["Database"]
    assert (database.state, database.sentence) == ("bad", f"{path} is no database. Nothing was changed.")


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


def test_a_user_group_that_slack_shows_no_more_is_named(server: SandboxServer, db: Database) -> None:
    now, team_id = datetime.now(UTC), server.team_id
    with db.begin() as session:
        people.record_person(session, team_id=team_id, user_id="U1", now=now, name="Gudrun", region="DACH")
        people.record_roles(session, team_id=team_id, user_id="U1", roles=frozenset({"manager"}))
        user_group.record_user_groups(session, team_id=team_id, groups={"S1": "Spine"})
        own_group.change_own_group(
            session, Choice("user_group", "S1"), team_id=team_id, manager_id="U1", now=now, real_now=now, by="U2"
        )
        (row,) = own_group.list_due(session, team_id=team_id, now=now)
        own_group.record_members(session, row, name="Spine", members=frozenset({"U1"}), now=now)
    assert _lost(db, server) == []
    with db.begin() as session:
        (row,) = own_group.list_due(session, team_id=team_id, now=now + timedelta(hours=1))
        own_group.record_members(session, row, name="", members=None, now=now)
    told = "Slack no longer shows the Spine user group, Gudrun's own group: the 1 person known last stays."
    assert [one.sentence for one in _lost(db, server)] == [told]


def _lost(db: Database, server: SandboxServer) -> list[Finding]:
    return [one for one in examine(settings(f"{server.url}/api/", db.url)) if one.topic == "Own groups"]


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


@pytest.mark.parametrize("place", ["a page", "an index"])
def test_a_corrupt_file_is_bad(migrated_file: Path, tmp_path: Path, place: str) -> None:
    url = sqlite_database(tmp_path, migrated_file)
    path = tmp_path / "groundswell.db"
    with closing(sqlite3.connect(path)) as raw:
        if place == "an index":  # every page is fine, but the index knows a row that the table does not
            raw.execute("INSERT INTO inbox (team_id, key, received_at) VALUES ('T1', 'k', '2026-01-01')")
            raw.commit()
            query = "SELECT rootpage FROM sqlite_master WHERE name = 'inbox_by_time'"
            root = int(raw.execute(query).fetchall()[0][0])
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    if place == "a page":
        content[8192:40960] = b"\xff" * 32768
    else:
        page = slice((root - 1) * 4096, root * 4096)
        assert b"2026-01-01" in content[page]
        content[page] = content[page].replace(b"2026-01-01", b"2025-01-01")
    for sibling in ("-wal", "-shm"):
        path.with_name(path.name + sibling).unlink(missing_ok=True)
    path.write_bytes(content)
    database = by_topic(examine(settings(database=url)))["Database"]
    assert (database.state, "is damaged" in database.sentence) == ("bad", True)
    assert "python -m bot restore FILE" in database.advice
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE recipe (name TEXT)")
    before = path.read_bytes()
    database = by_topic(examine(settings(database=f"sqlite:///{path}")))["Database"]
    assert (database.state, "belongs to another program" in database.sentence) == ("bad", True)
    assert path.read_bytes() == before


def test_a_clock_that_stands_still_is_bad(db: Database) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with db.begin() as session:
        workspace.record_workspace(session, team_id="T1", name="Meridian", bot_user_id="U0", now=long_ago)
        workspace.record_heartbeat(session, team_id="T1", ticked_at=long_ago, now=long_ago)
    assert by_topic(examine(settings(database=db.url)))["Clock"].state == "ok"  # nobody runs
    serving = open_to_serve(db.url)
    try:
        clock = by_topic(examine(settings(database=db.url)))["Clock"]
        assert (clock.state, clock.sentence) == (
            "bad",
            "The app is running, but its clock stands still: it last ticked on 01 Jan 2026 at 00:00 UTC. "
            "Nothing that is timed is sent.",
        )
        with serving.begin() as session:
            now = datetime.now(UTC)
            workspace.record_heartbeat(session, team_id="T1", ticked_at=now, now=now)
        assert by_topic(examine(settings(database=db.url)))["Clock"].state == "ok"
    finally:
        serving.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk to fill")
def test_a_full_disk_is_bad(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)], check=False).returncode:
        pytest.skip("this machine allows no small disk")
    try:
        disk = by_topic(examine(settings(database=f"sqlite:///{tmp_path / 'groundswell.db'}")))["Disk"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert (disk.state, disk.sentence) == ("bad", f"Only 1 MB are free at {tmp_path}.")
    assert disk.advice.startswith("Make room")


def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    manifest = yaml.safe_load((HOUSE / "manifest.yaml").read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("users:read")
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
    server = SandboxServer(company=HOUSE / "sandbox" / "company", manifest=tmp_path / "manifest.yaml", port=0)
    server.start()
    try:
        permissions = by_topic(examine(settings(f"{server.url}/api/")))["Permissions"]
    finally:
        server.stop()
    assert permissions.sentence == "users:read is missing; it is for names and time zones, and who has left."
    assert "install the app again" in permissions.advice


def test_a_misspelt_key_is_named_with_the_right_one(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "SLACK_BOT_TOKN=xoxb-a-secret-value\nSLACK_TEAM=T1\nDATABASEURL=x\nPATH_TO_PIZZA=yes\nslack_app_token=\n"
    )
    found = [(one.sentence, one.advice) for one in examine(settings(), env) if one.topic == "Settings"]
    assert found == [
        ("SLACK_BOT_TOKN in .env is no setting, so it is not read.", "Did you mean SLACK_BOT_TOKEN?"),
        ("SLACK_TEAM in .env is no setting, so it is not read.", ".env.example lists what there is."),
        ("DATABASEURL in .env is no setting, so it is not read.", "Did you mean DATABASE_URL?"),
    ]
    assert "a-secret-value" not in printed(examine(settings(), env))


def test_signed_http_needs_no_app_token(server: SandboxServer) -> None:
    signed = {"slack_app_token": "", "slack_signing_secret": "abc"}
    events = by_topic(examine(settings(f"{server.url}/api/", http_port=3000, **signed)))["Events"]
    assert (events.state, "port 3000, each request signed" in events.sentence) == ("ok", True)
    events = by_topic(examine(settings(f"{server.url}/api/", **signed)))["Events"]
    assert (events.state, events.sentence.startswith("HTTP_PORT is missing")) == ("bad", True)


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


def test_the_language_model_that_is_not_there_and_what_is_missing() -> None:
    found = by_topic(examine(settings()))
    assert found["Language model"] == Finding("Language model", "ok", found["Language model"].sentence)
    assert "in their own words" in found["Language model"].sentence
    half = by_topic(examine(settings(openai_api_key="sk-secret")))["Language model"]
    assert (half.state, "OPENAI_MODEL is missing" in half.sentence) == ("warn", True)


@pytest.mark.parametrize(
    ("fault", "words"), [("", "m at 127.0.0.1 answers"), ("401", "refuses the key"), ("html", "broken")]
)
def test_the_language_model_answers_or_does_not_and_what_it_cost_is_told(db: Database, fault: str, words: str) -> None:
    now = datetime.now(UTC)
    with db.begin() as session:
        workspace.record_workspace(session, team_id="T1", name="Here", bot_user_id="B", now=now)
        model_use.record_calls(session, team_id="T1", model="m", now=now, calls=2, tokens_in=4000, tokens_out=500)
        model_use.record_left_out(session, team_id="T1", model="m", now=now, reason="late")
    with wrong_model() as model:
        model.fault = fault
        given = {"openai_base_url": model.url, "openai_model": "m", "openai_api_key": "sk-secret"}
        found = examine(settings(database=db.url, **given))
    topics = by_topic(found)
    assert words in topics["Language model"].sentence
    assert "2 calls and 4,500 tokens; today 4,500 of 300,000." in topics["Model's cost"].sentence
    assert (
        "1 summary was made without it, the last one because it did not answer in time."
        in topics["Model's cost"].sentence
    )
    assert "sk-secret" not in str(found)


def test_another_model_than_the_servers_is_not_known() -> None:
    with wrong_model() as model:
        found = by_topic(examine(settings(openai_base_url=model.url, openai_model="other")))
    assert "does not know the model" in found["Language model"].sentence
