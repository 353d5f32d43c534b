"""The whole house for looking at: the sandbox with the sample company and its past, and the real app in it."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.app import build_app
from bot.clock import RemoteClock
from bot.company import load_company
from bot.domain.digest_plan import NEVER, DigestPlan
from bot.settings import Settings, read_settings
from sandbox.server import SandboxServer
from storage import digest_settings, people
from storage.db import Database
from storage.schema import migrate
from tests.slack import Slack, wait_until

HOUSE = Path(__file__).parent.parent
COMPANY = HOUSE / "sandbox" / "company"
DRE, INES = "UE50DGOK6", "U8X8OIMQP"  # a rep, and the marketer who owns the spine deck


def sandbox_settings(server: SandboxServer, database_url: str, **more: Any) -> Settings:
    """The app's settings in this sandbox: nothing waits for Slack's pace, and the clock ticks when it jumps."""
    waits = {"send_interval": 0, "sends_per_second": 0, "tick_seconds": 60, "pulse_refresh_seconds": 0.05}
    return read_settings(
        env_file=None,
        slack_bot_token="xoxb-sandbox",
        slack_app_token="xapp-sandbox",
        slack_api_url=f"{server.url}/api/",
        clock_url=f"{server.url}/_sandbox/clock",
        database_url=database_url,
        **waits | more,
    )


@contextmanager
def whole_house(database_url: str) -> Iterator[Slack]:
    """Everything runs and is connected until the block ends; the database may be empty."""
    server = SandboxServer(company=COMPANY, manifest=HOUSE / "manifest.yaml", port=0, limit_scale=0)
    server.start()
    settings = sandbox_settings(server, database_url)
    db, clock = Database(database_url), RemoteClock(settings.clock_url)
    migrate(db)
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=server.team_id, now=clock.now())
    app = build_app(settings, db, clock)
    app.start()
    screen = Slack(server.url)
    wait_until(lambda: bool(screen.get("see", user=DRE)["app"]["connected"]), "the app is connected")
    yield screen
    screen.close()
    app.stop()
    server.stop()


def lasting_company(source: Path, folder: Path) -> Path:
    """A copy of a company in which nothing will expire: no expiry message is among those that a test counts."""
    for file in source.glob("*.csv"):
        shutil.copy(file, folder)
    with (source / "assets.csv").open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    with (folder / "assets.csv").open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"expires_at": ""} for row in rows)
    return folder


def stop_digests(session: Session, *, team_id: str, now: datetime, but: str = "") -> None:
    """Nobody in a workspace, but the one who is called so, wants a digest by itself."""
    for person in people.list_people(session, team_id=team_id):
        if person.name != but:
            plan = DigestPlan(rhythm=NEVER)
            digest_settings.record_setting(session, team_id=team_id, user_id=person.user_id, plan=plan, now=now)
