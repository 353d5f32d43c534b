"""The command line, as processes: one serves and others look, what is wrong is one line and exit code 2, and a life."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import RemoteClock
from bot.company import load_company
from bot.settings import Settings
from sandbox.server import SandboxServer
from storage import workspace
from storage.db import Database
from tests.databases import sqlite_database
from tests.slack import Slack, wait_until
from tests.test_settings import WRONG

HOUSE = Path(__file__).parent.parent
COMPANY = HOUSE / "sandbox" / "company"
SECRET = "a-secret-value"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


class Machine:
    """Somebody's machine: a folder with an .env in it, and `python -m bot`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keys = {name.upper() for name in Settings.model_fields}
        self._env = {key: value for key, value in os.environ.items() if key not in keys} | {"PYTHONPATH": str(HOUSE)}

    def configure(self, **keys: object) -> None:
        (self.folder / ".env").write_text("".join(f"{key}={value}\n" for key, value in keys.items()), encoding="utf-8")

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *words: str) -> tuple[int, str, str]:
        """Exit code, what was said, and what was said to be wrong."""
        program = self.start(*words)
        said, wrong = program.communicate(timeout=60)
        assert "Traceback" not in said + wrong
        assert SECRET not in said + wrong
        return program.returncode, said, wrong

    def refused(self, *words: str) -> str:
        """The one sentence with which a command was refused."""
        code, said, wrong = self.call(*words)
        assert (code, said, wrong.count("\n")) == (2, "", 1), (code, said, wrong)
        return wrong.strip()

    def says(self, *words: str) -> str:
        code, said, wrong = self.call(*words)
        assert (code, wrong) == (0, ""), (code, said, wrong)
        return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    server = SandboxServer(company=COMPANY, manifest=HOUSE / "manifest.yaml", port=0, limit_scale=0)
    server.start()
    screen = Slack(server.url)
    yield screen
    screen.close()
    server.stop()


def is_connected(slack: Slack) -> bool:
    return bool(slack.get("see", user="UE50DGOK6")["app"]["connected"])


def test_a_life_with_a_backup_in_it(slack: Slack, machine: Machine, migrated_file: Path) -> None:
    """Run, refuse a second one, look beside it, be killed, be put back, run again: nothing twice, nothing lost."""
    url = sqlite_database(machine.folder, migrated_file)
    people = slack.get("people")
    db = Database(url)
    with db.begin() as session:
        now = RemoteClock(f"{slack.url}/_sandbox/clock").now()
        load_company(session, folder=COMPANY, team_id=people["team"]["id"], now=now)
    db.close()
    machine.configure(
        SLACK_BOT_TOKEN="xoxb-sandbox", SLACK_APP_TOKEN="xapp-sandbox", SLACK_API_URL=f"{slack.url}/api/",
        CLOCK_URL=f"{slack.url}/_sandbox/clock", DATABASE_URL=url, SEND_INTERVAL=0, SETTLE_SECONDS=0,
    )  # fmt: skip
    dre, ines = slack.person("Dre Hollowell"), slack.person("Ines Carvalho")
    app = machine.start("run")
    try:
        wait_until(lambda: is_connected(slack), "the app is connected", patience=30)
        dre.command("/asset-feedback corvane deck 1 the surgeon missed the data")
        ines.reads("the surgeon missed the data", "app")

        assert machine.refused("run").startswith("Another Groundswell is running with this database")
        assert "has been checked." in machine.says("backup", "kept.db")
        for words in (["restore", "kept.db", "--yes"], ["migrate"]):
            assert machine.refused(*words).startswith("Groundswell is running with this database. Stop it first")
        assert "feedback" in machine.says("export", "out")
        code, said, wrong = machine.call("doctor")
        assert (code, wrong) == (0, ""), said
        assert "The app is running" in said

        dre.command("/asset-feedback corvane deck 5 after the backup")
    finally:
        app.send_signal(signal.SIGKILL)
        app.communicate()
    wait_until(lambda: not is_connected(slack), "the app is gone")
    assert "add --yes; nothing was changed" in machine.refused("restore", "kept.db")
    said = machine.says("restore", "kept.db", "--yes")
    assert "rows are back." in said
    assert "is kept in" in said
    assert len(list(machine.folder.glob("groundswell.before-restore-*.db"))) == 1

    app = machine.start("run")
    try:
        wait_until(lambda: is_connected(slack), "the app is connected", patience=30)
        mine = dre.command("/asset-feedback mine")
        assert "the surgeon missed the data" in mine
        assert "after the backup" not in mine
        assert "Thank you, that is recorded." in dre.command("/asset-feedback corvane deck 2 after the restore")
        ines.reads("after the restore", "app")
        assert sum("the surgeon missed the data" in message.text for message in ines.messages("app")) == 1
    finally:
        app.send_signal(signal.SIGTERM)
        said, wrong = app.communicate(timeout=30)
    assert (app.returncode, wrong) == (0, "")


def test_a_table_that_is_exported_can_be_opened_in_a_spreadsheet(machine: Machine, migrated_file: Path) -> None:
    url = sqlite_database(machine.folder, migrated_file)
    machine.configure(DATABASE_URL=url)
    assert "nothing to export yet" in machine.says("export", "out")
    db = Database(url)
    with db.begin() as session:
        workspace.record_workspace(session, team_id="T1", name="Meridian", bot_user_id="U0", now=NOW)
        load_company(session, folder=COMPANY, team_id="T1", now=NOW)
    with db.begin() as session:
        session.connection().exec_driver_sql("UPDATE feedback SET said = '=HYPERLINK(1)' WHERE id = 1")
        session.connection().exec_driver_sql("UPDATE feedback SET said = 'held words', held_for = 'harm' WHERE id = 2")
        session.connection().exec_driver_sql("UPDATE feedback SET withdrawn_at = '2026-11-01' WHERE id = 3")
    db.close()
    said = machine.says("export", "out")
    assert "held back for compliance and left out" in said
    assert "1 piece of withdrawn feedback left out." in said
    with (machine.folder / "out" / "feedback.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["feedback"]: row for row in csv.DictReader(file)}
    assert rows["1"]["said"] == "'=HYPERLINK(1)"
    assert rows["2"]["said"] == "held back"
    assert "3" not in rows
    assert "held words" not in (machine.folder / "out" / "feedback.csv").read_text(encoding="utf-8")
    with (machine.folder / "out" / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["slack_id"] for row in csv.DictReader(file)} >= {"UE50DGOK6"}
    assert machine.refused("export", "out").startswith("out/people.csv is there already, and nothing is written over.")
    machine.says("people", "out/people.csv")  # what is taken out can be brought in again


def test_every_key_wrong_is_a_line_each(machine: Machine) -> None:
    wrong_keys = {line.split("=", 1)[0]: line.split("=", 1)[1] for line, _ in WRONG}
    wrong_keys |= {"SLACK_BOT_TOKEN": SECRET, "SLACK_APP_TOKEN": SECRET, "SLACK_SIGNING_SECRET": f"xapp-{SECRET}"}
    machine.configure(**wrong_keys)
    code, said, wrong = machine.call("run")
    assert (code, said) == (2, "")
    assert {line.split(":", 1)[0] for line in wrong.splitlines()} == set(wrong_keys)
    assert len(wrong.splitlines()) == len(wrong_keys)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"SLACK_BOT_TOKEN": f"xoxb-{SECRET}"}, "SLACK_APP_TOKEN: is missing"),
        ({"SLACK_APP_TOKEN": f"xapp-{SECRET}"}, "SLACK_BOT_TOKEN: is missing"),
        ({"DATABASE_URL": "sqlite:///deep/down.db"}, "DATABASE_URL: The folder deep is not there."),
        (
            {"DATABASE_URL": f"postgresql://me:{SECRET}@127.0.0.1:9/none"},
            "DATABASE_URL: The PostgreSQL server cannot be reached",
        ),
    ],
)
def test_what_is_missing_is_one_line(machine: Machine, keys: dict[str, str], says: str) -> None:
    tokens = {"SLACK_BOT_TOKEN": f"xoxb-{SECRET}", "SLACK_APP_TOKEN": f"xapp-{SECRET}"}
    machine.configure(**(keys if "DATABASE_URL" not in keys else tokens | keys))
    assert machine.refused("run").startswith(says)
    assert [path.name for path in machine.folder.iterdir()] == [".env"]


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        (("xoxb-" + SECRET, "xapp-sandbox"), "SLACK_BOT_TOKEN: Slack says invalid_auth"),
        (("xoxb-sandbox", "xapp-" + SECRET), "SLACK_APP_TOKEN: Slack says invalid_auth"),
    ],
)
def test_a_token_that_slack_refuses_is_one_line(
    slack: Slack, machine: Machine, tokens: tuple[str, str], says: str
) -> None:
    machine.configure(SLACK_BOT_TOKEN=tokens[0], SLACK_APP_TOKEN=tokens[1], SLACK_API_URL=f"{slack.url}/api/")
    code, _, wrong = machine.call("run")
    assert (code, wrong.count("\n")) == (2, 1), wrong
    assert wrong.startswith(says)


def test_help_names_every_command(machine: Machine) -> None:
    shown = machine.says("--help")
    for command in (
        "run", "sandbox", "doctor", "migrate", "backup", "restore", "import-assets", "people", "export",
    ):  # fmt: skip
        assert f" {command} " in shown
