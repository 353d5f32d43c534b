"""A full disk, through the front door: nothing is said to be saved that is not, no word is lost, and it heals."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlmodel import select

from sandbox.server import SandboxServer
from storage.db import Database
from storage.feedback import Feedback
from storage.reaction import Reaction
from tests.databases import sqlite_database
from tests.handlers.conftest import COMPANY, HOUSE
from tests.slack import Slack, wait_until

REP, OTHER_REP = "Dre Hollowell", "Tess Amundarain"
DRE = "UE50DGOK6"
NOT_SAVED = "Something went wrong on our side and nothing was saved."
WORDS = "/asset-feedback corvane deck 4 surgeons loved the data table"


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    """A Slack that sends an event again soon, and not after a minute."""
    soon = (0.2, 0.4, 0.4, 0.4, 0.4, 0.4)
    manifest = HOUSE / "manifest.yaml"
    server = SandboxServer(company=COMPANY, manifest=manifest, port=0, ack_seconds=1.5, retry_delays=soon)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("this machine allows no small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def company_url(disk: Path, company_file: Path) -> str:
    return sqlite_database(disk, company_file)


def fill(disk: Path) -> None:
    """Leave no room, and none in the write-ahead log either."""

    def is_emptied() -> bool:
        with closing(sqlite3.connect(disk / "groundswell.db", timeout=1)) as raw:
            return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)

    wait_until(is_emptied, "the log is emptied")
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"\0" * 4096)


def make_room(disk: Path) -> None:
    (disk / "ballast").unlink()


def rows(url: str) -> tuple[int, ...]:
    """How many pieces of feedback and how many reactions of Dre's are stored."""
    db = Database(url)
    with db.read() as session:
        said, reacted = session.exec(select(Feedback)).all(), session.exec(select(Reaction)).all()
    found = tuple(sum(row.user_id == DRE for row in table) for table in (said, reacted))
    db.close()
    return found


def test_a_command_hands_the_words_back(slack: Slack, disk: Path, company_url: str) -> None:
    dre = slack.person(REP)
    slack.settle()
    fill(disk)
    said = dre.command(WORDS)
    assert said.startswith(NOT_SAVED)
    assert WORDS in said
    make_room(disk)
    assert rows(company_url) == (0, 0)
    assert "Thank you, that is recorded." in dre.command(WORDS)
    assert rows(company_url) == (1, 0)


def test_a_form_stays_open_with_the_words(slack: Slack, disk: Path, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck")
    slack.settle()
    fill(disk)
    errors = dre.submit(rating="4", said="surgeons loved slide 7")
    assert any(sentence.startswith(NOT_SAVED) for sentence in errors.values())
    assert dre.fields["said"] == "surgeons loved slide 7"
    make_room(disk)
    assert rows(company_url) == (0, 0)
    assert dre.submit() == {}
    dre.reads("Thank you, that is recorded.", "app")
    assert rows(company_url) == (1, 0)


def test_an_event_comes_again_and_then_counts_once(slack: Slack, disk: Path, company_url: str) -> None:
    message = slack.person(OTHER_REP).says("Use <https://assets.meridian.example/corvane-surgeon-deck/v3>", "#general")
    slack.settle()

    def deliveries(ack: str) -> int:
        entries = [one for one in slack.get("log", kind="deliver")["entries"] if one["type"] == "events_api"]
        return sum(one["envelope"]["event"]["type"] == "reaction_added" and one["ack"] == ack for one in entries)

    fill(disk)
    slack.person(REP).react(message, "+1")
    wait_until(lambda: deliveries("ok") + deliveries("timeout") + deliveries("error") > 0, "the event was delivered")
    assert deliveries("ok") == 0, "what is not saved is not acknowledged"
    make_room(disk)
    wait_until(lambda: deliveries("ok") == 1, "the event was taken")
    slack.settle()
    assert rows(company_url) == (1, 1)


def test_what_was_pressed_is_not_called_done(slack: Slack, disk: Path, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command(WORDS)
    slack.settle()
    fill(disk)
    dre.click("Undo")
    dre.finds(lambda message: message.is_ephemeral and message.text.startswith(NOT_SAVED), "not saved")
    make_room(disk)
    assert "surgeons loved the data table" in dre.command("/asset-feedback mine")
