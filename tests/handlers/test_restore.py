"""A backup put back, seen from Slack: what was sent since is not sent again, and what never went out goes out once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.app import build_app
from bot.clock import RemoteClock
from bot.company import load_company
from bot.settings import read_settings
from sandbox.server import SandboxServer
from storage.backup import make_backup
from storage.db import Database
from storage.opening import open_to_serve
from storage.restore import restore
from tests.databases import BOTH_ENGINES
from tests.slack import Slack, wait_until
from tests.work import is_idle

pytestmark = BOTH_ENGINES

REP, OWNER = "Dre Hollowell", "Ines Carvalho-Wick"
WORDS = "surgeons missed the data table"


@contextmanager
def running(server: SandboxServer, url: str) -> Iterator[Slack]:
    """The app, serving the database until the block ends."""
    db, clock = open_to_serve(url), RemoteClock(f"{server.url}/_sandbox/clock")
    settings = read_settings(
        env_file=None, slack_bot_token="xoxb-sandbox", slack_app_token="xapp-sandbox", database_url=url,
        slack_api_url=f"{server.url}/api/", send_interval=0, sends_per_second=0, tick_seconds=60,
    )  # fmt: skip
    app = build_app(settings, db, clock)
    app.start()
    slack = Slack(server.url, is_idle=lambda: is_idle(db))
    anybody = slack.get("people")["people"][0]["id"]
    wait_until(lambda: bool(slack.get("see", user=anybody)["app"]["connected"]), "the app is connected")
    try:
        yield slack
    finally:
        slack.close()
        app.stop()
    wait_until(lambda: not server_is_connected(server), "the app is gone")


def server_is_connected(server: SandboxServer) -> bool:
    slack = Slack(server.url)
    anybody = slack.get("people")["people"][0]["id"]
    connected = bool(slack.get("see", user=anybody)["app"]["connected"])
    slack.close()
    return connected


@pytest.mark.parametrize("sent_since", [True, False])
def test_a_message_that_waited_arrives_once(
    server: SandboxServer, database_url: str, lasting: Path, tmp_path: Path, sent_since: bool
) -> None:
    screen = Slack(server.url)
    screen.post("reset")
    screen.post("limits", scale=0)
    now = RemoteClock(f"{server.url}/_sandbox/clock").now()
    db = Database(database_url)
    with db.begin() as session:
        load_company(session, folder=lasting, team_id=server.team_id, now=now)
    with running(server, database_url) as slack:
        dre, ines = slack.person(REP), slack.person(OWNER)
        busy = {"method": "chat.postMessage", "kind": "ratelimited", "rate": 1.0, "delay": 2}
        slack.post("faults", rules=[busy])
        assert "Thank you, that is recorded." in dre.command(f"/asset-feedback corvane deck 1 {WORDS}")
        wait_until(lambda: bool(slack.calls("chat.postMessage")), "the message was tried")
        make_backup(db, tmp_path / "kept.db", told=lambda _done, _total: None)
        if sent_since:
            slack.post("faults", rules=[])
            ines.reads(WORDS, "app")
            slack.settle()
    screen.post("faults", rules=[])
    done = restore(database_url, tmp_path / "kept.db", now=now, told=lambda _done, _total: None, sure=True)
    assert done.doubtful == 1
    with running(server, database_url) as slack:
        slack.settle()
        ines = slack.person(OWNER)
        ines.reads(WORDS, "app")
        assert sum(WORDS in message.text for message in ines.messages("app")) == 1
        assert WORDS in slack.person(REP).command("/asset-feedback mine")
    db.close()
    screen.close()
