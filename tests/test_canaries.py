"""Three workspaces in one database, each with an app and a model of its own: nothing of one is ever seen in another."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select
from typer.testing import CliRunner

from bot.__main__ import commands
from bot.app import build_app
from bot.clock import RemoteClock
from bot.company import load_company
from bot.domain.feedback import FeedbackFields
from bot.domain.pulse import PulseQuestion
from sandbox.server import SandboxServer
from storage import asset, audit_reading, feedback, people
from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox
from tests.databases import sqlite_database
from tests.handlers.conftest import app_log
from tests.house import COMPANY, HOUSE, sandbox_settings
from tests.pulses import start_pulse
from tests.slack import Slack, wait_until
from tests.wrong_model import WrongModel, wrong_model

__all__ = ["app_log"]
TEAMS = ("T0NORTH", "T0SOUTH", "T0WEST")
REP, OWNER, EXECUTIVE, ADMIN = "Dre Hollowell", "Ines Carvalho-Wick", "Desmond Fairlowe", "Sam Etxeverrieta"
GENERAL_ID, RESULTS = "C7GEN4RA1", "The results of your pulse are in."
DECK = "MLR-2026-0118"


@dataclass
class Workspace:
    """One workspace: its Slack, the word that stands in everything of its own, and what it was seen to say."""

    team_id: str
    mark: str
    server: SandboxServer
    slack: Slack
    model: WrongModel
    db: Database
    seen: list[str] = field(default_factory=list)


def company_of(team_id: str, mark: str, folder: Path) -> Path:
    """The sample's people and assets, whose ids are the same in all three, with a mark in what they are called."""
    place = folder / team_id
    place.mkdir()
    about = json.loads((COMPANY / "company.json").read_text(encoding="utf-8"))
    about |= {"team_id": team_id, "name": f"Company {mark}", "domain": team_id.lower(), "messages": []}
    about["channels"] = [channel for channel in about["channels"] if channel["members"] == "all"]
    (place / "company.json").write_text(json.dumps(about), encoding="utf-8")
    head, *lines = (COMPANY / "people.csv").read_text(encoding="utf-8").splitlines()
    few = [line for number, line in enumerate(lines) if ",rep," not in line or number < 12]
    (place / "people.csv").write_text("\n".join((head, *few)), encoding="utf-8")
    head, *lines = (COMPANY / "assets.csv").read_text(encoding="utf-8").splitlines()
    deck = next(line for line in lines if line.startswith(DECK)).replace("Corvane Surgeon Deck", f"Corvane {mark} Deck")
    (place / "assets.csv").write_text(f"{head}\n{deck}", encoding="utf-8")
    return place


@pytest.fixture
def workspaces(tmp_path: Path, migrated_file: Path, app_log: io.StringIO) -> Iterator[list[Workspace]]:
    url, found = sqlite_database(tmp_path, migrated_file), []
    with ExitStack() as stack:
        for number, team_id in enumerate(TEAMS):
            mark = f"canary{'abc'[number] * 6}"
            place = company_of(team_id, mark, tmp_path)
            server = SandboxServer(company=place, manifest=HOUSE / "manifest.yaml", port=0, limit_scale=0)
            server.start()
            stack.callback(server.stop)
            model, db = stack.enter_context(wrong_model()), Database(url)
            more = {"openai_base_url": model.url, "openai_model": "m", "thread_seconds": 0}
            settings = sandbox_settings(server, url, **more)
            clock = RemoteClock(settings.clock_url)
            with db.begin() as session:
                load_company(session, folder=place, team_id=team_id, now=clock.now())
                add_past(session, team_id, mark, clock.now())
            app = build_app(settings, db, clock)
            app.start()
            stack.callback(app.stop)
            slack = Slack(server.url, now=clock.now)
            stack.callback(slack.close)
            found.append(Workspace(team_id, mark, server, slack, model, db))
        yield found


def add_past(session: Any, team_id: str, mark: str, now: datetime) -> None:
    """Six people said something about the deck last week, so that it is told in digests."""
    cards = asset.list_cards(session, team_id=team_id)
    deck = next(card for card in cards if card.reference == DECK)
    for one in people.list_people(session, team_id=team_id, role="rep")[:6]:
        fields = FeedbackFields(asset_version_id=deck.version_id, rating=1, said=f"{mark} from {one.name}")
        who: dict[str, Any] = {"user_id": one.user_id, "region": one.region, "source": "form", "now": now}
        feedback.add_feedback(session, team_id=team_id, fields=fields, reply_hours=48, **who)


def settle(one: Workspace) -> None:
    """Nothing is left to do in this workspace."""
    is_work = (Job.team_id == one.team_id, col(Job.state).in_(("pending", "running")))
    is_message = (Outbox.team_id == one.team_id, col(Outbox.state).in_(("pending", "sending")))
    work, messages = (
        select(func.count()).select_from(table).where(*which) for table, which in ((Job, is_work), (Outbox, is_message))
    )

    def is_idle() -> bool:
        with one.db.read() as session:
            return not session.exec(work).one() + session.exec(messages).one()

    wait_until(is_idle, "the app has finished its work", patience=30)


def live(one: Workspace) -> None:
    """Two days in one workspace: feedback, a thread and its summary, a pulse and its file, a digest, homes, exports."""
    slack, mark = one.slack, one.mark
    dre, ines, desmond, sam = (slack.person(name) for name in (REP, OWNER, EXECUTIVE, ADMIN))
    one.seen.append(dre.command(f"/asset-feedback corvane {mark} deck 1 {mark} surgeons missed the table"))
    said = dre.says(f"{mark} the deck is too long for the OR.", "#launches")
    ines.says(f"{mark} agreed, we cut it to ten slides.", "#launches", thread_ts=said.ts)
    dre.react(said, "memo")
    question = PulseQuestion(f"{mark} usable?", "single", ("Yes", "No"))
    start_pulse(slack, one.db, question, asker=EXECUTIVE, channel=GENERAL_ID)
    settle(one)
    dre.click("Yes", dre.reads(f"{mark} usable?", "#general"))
    slack.jump(by_seconds=25 * 3600)
    told = desmond.reads(RESULTS, "app")
    desmond.click("Get the CSV", told)
    for person, command in (
        (ines, "/digest"),
        (dre, "/asset-feedback mine"),
        (dre, "/asset"),
        (sam, "/groundswell people"),
        (sam, "/groundswell audit"),
        (dre, "/groundswell audit"),
    ):
        one.seen += [person.command(command), person.modal]
    sam.command("/groundswell export")
    sam.submit(kind="xlsx")
    dre.command("/groundswell privacy")
    dre.click("Send me my data")
    for person in (dre, ines, desmond, sam):
        person.opens_home()
    settle(one)
    one.seen += [person.home for person in (dre, ines, desmond, sam)]


def files_of(one: Workspace) -> Iterator[str]:
    """All that stands in the files that the app has put into Slack, as text."""
    for file in one.server.sandbox.space.files.values():
        data = file.data or b""
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                for name in parts.namelist():
                    yield parts.read(name).decode("utf-8", errors="replace")
        else:
            yield data.decode("utf-8", errors="replace")


def test_nothing_of_one_workspace_is_seen_in_another(
    workspaces: list[Workspace], app_log: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = {one.mark for one in workspaces}
    for one in workspaces:
        live(one)
    for one in workspaces:
        seen = {
            "messages": json.dumps(one.slack.get("log")["entries"], ensure_ascii=False),
            "screens": " ".join(one.seen),
            "files": " ".join(files_of(one)),
            "prompts": json.dumps(one.model.asked),
        }
        for where, text in seen.items():
            found = {mark for mark in marks if mark in text}
            assert found == {one.mark}, f"{where} of {one.team_id}"
    assert not any(mark in app_log.getvalue() for mark in marks)
    monkeypatch.setenv("DATABASE_URL", workspaces[0].db.url)
    for command in (["export", str(tmp_path / "out")], ["audit", "verify"]):
        assert CliRunner().invoke(commands, command).exit_code == 0, command
    for one in workspaces:
        exported = " ".join(file.read_text("utf-8") for file in (tmp_path / "out" / one.team_id).rglob("*.csv"))
        assert {mark for mark in marks if mark in exported} == {one.mark}
        with one.db.read() as session:
            trail = audit_reading.list_entries(session, team_id=one.team_id, limit=1_000)
        deeds = {entry.deed for entry in trail}
        assert deeds >= {
            "pulse.open",
            "pulse.closed",
            "thread.captured",
            "data.exported",
            "people.imported",
            "asset.added",
        }
        assert not any(mark in repr(trail) for mark in marks)
