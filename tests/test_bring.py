"""Lists brought in on the command line, on both engines: what is saved, which lines are bad, and which workspace."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from bot.__main__ import commands
from bot.commands import bring
from bot.errors import BotError
from storage import asset, people, workspace
from storage.announcement import add_announcement
from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox

COMPANY = Path(__file__).parent.parent / "sandbox" / "company"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
HEADER = "reference,version,title,kind,url,owner"
GOOD = "A-1,v1,[red]Spine & deck,deck,https://a.example/1,U9OWNER"
BAD = "A-2,v1,Two,deck,https://a.example/2,"

Bring = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Write a file and bring it in, in a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "100")

    def bring_in(command: str, text: str | bytes, *options: str) -> Result:
        file = tmp_path / "list.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(commands, [command, str(file), *options])

    return bring_in


def meet(db: Database, *teams: str) -> None:
    with db.begin() as session:
        for team_id in teams:
            workspace.record_workspace(session, team_id=team_id, name=team_id, bot_user_id="UBOT", now=NOW)


def titles(db: Database, team_id: str = "T1") -> list[str]:
    with db.read() as session:
        return [card.title for card in asset.list_cards(session, team_id=team_id)]


def test_the_sample_companys_lists_come_in(db: Database, call: Bring) -> None:
    meet(db, "T1")
    done = call("people", (COMPANY / "people.csv").read_bytes())
    assert done.exit_code == 0, done.output
    assert "60 people are saved." in done.output
    assert "… and 10 more" in done.output
    done = call("import-assets", (COMPANY / "assets.csv").read_bytes())
    assert done.exit_code == 0, done.output
    assert "41 asset versions are saved." in done.output
    assert len(titles(db)) == 41
    with db.read() as session:
        told = session.exec(select(Outbox.payload).where(Outbox.target == "U8X8OIMQP")).one()
        assert people.list_roles(session, team_id="T1", user_id="U8X8OIMQP") == {"marketer"}
        assert "people.sync" in session.exec(select(Job.kind)).all()  # Slack is asked for what the list did not tell
    assert "You are now a marketer." in told


def test_bad_lines_are_named_and_the_good_ones_kept(db: Database, call: Bring) -> None:
    meet(db, "T1")
    done = call("import-assets", f"{HEADER}\n{GOOD}\n{BAD}\n{GOOD}\n")
    assert done.exit_code == 1
    assert "[red]Spine & deck" in done.output
    assert "1 asset version is saved." in done.output
    assert "Line 3: owner: Who answers the field?" in done.output
    assert "Line 4: It has the same reference and version as line 2." in done.output
    assert titles(db) == ["[red]Spine & deck"]


def test_all_or_nothing_keeps_nothing(db: Database, call: Bring) -> None:
    meet(db, "T1")
    done = call("import-assets", f"{HEADER}\n{GOOD}\n{BAD}\n", "--all-or-nothing")
    assert done.exit_code == 1
    assert "Nothing is saved." in done.output
    done = call("people", "name,role\nNobody Known,rep\n")
    assert done.exit_code == 1
    assert "Line 2: I know nobody called Nobody Known; add their slack_id." in done.output
    assert titles(db) == []


def test_a_new_version_closes_the_announcements_of_the_one_before(db: Database, call: Bring) -> None:
    meet(db, "T1")
    call("import-assets", f"{HEADER},released_at\n{GOOD},2026-06-01\n")
    with db.begin() as session:
        (card,) = asset.list_cards(session, team_id="T1")
        add_announcement(
            session, team_id="T1", version_id=card.version_id, channel_id="C1", message={"text": "out"}, note="",
            by="U9OWNER", now=NOW,
        )  # fmt: skip
    call("import-assets", f"{HEADER},released_at\n{GOOD.replace('v1', 'v2')},2026-10-01\n")
    with db.read() as session:
        assert [job.kind for job in session.exec(select(Job))] == ["asset.refresh"]


def test_the_workspace_must_be_known_and_is_asked_for_where_there_are_several(db: Database, call: Bring) -> None:
    text = f"{HEADER}\n{GOOD}\n"
    assert str(call("import-assets", text).exception) == bring.NO_WORKSPACE
    meet(db, "T1", "T2")
    asked = call("import-assets", text).exception
    assert isinstance(asked, BotError)
    assert "--team: T1, T2." in asked.sentence
    assert call("import-assets", text, "--team", "T2").exit_code == 0
    assert (titles(db, "T1"), titles(db, "T2")) == ([], ["[red]Spine & deck"])


def test_what_is_no_list_is_a_sentence(db: Database, call: Bring, tmp_path: Path) -> None:
    meet(db, "T1")
    assert "is not written in UTF-8" in str(call("import-assets", b"\xff\xfe\x00reference").exception)
    assert "There is nothing in it yet." in call("people", "").output
    missing = CliRunner().invoke(commands, ["people", str(tmp_path / "nowhere.csv")])
    assert "nowhere.csv cannot be read: No such file or directory." in str(missing.exception)
