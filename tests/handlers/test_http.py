"""Signed HTTP: the real app as gunicorn's processes, on SQLite one and on PostgreSQL two, and Slack posting to it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.clock import RemoteClock
from bot.company import load_company
from sandbox.http_events import SIGNING_SECRET, sign
from sandbox.server import SandboxServer
from storage.db import Database
from tests.databases import BOTH_ENGINES, sqlite_database
from tests.handlers.conftest import COMPANY, HOUSE
from tests.house import lasting_company
from tests.slack import Slack, wait_until
from tests.work import is_idle

STOPS_WITHIN = 5.0  # seconds, when nothing is under way


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Served:
    """The app as a process, as an operator sees it."""

    def __init__(self, server: SandboxServer, database_url: str, folder: Path, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.log = folder / "app.log"
        told = {
            "SLACK_BOT_TOKEN": "xoxb-sandbox", "SLACK_SIGNING_SECRET": SIGNING_SECRET, "HTTP_PORT": str(port),
            "SLACK_API_URL": f"{server.url}/api/", "CLOCK_URL": f"{server.url}/_sandbox/clock",
            "DATABASE_URL": database_url, "SEND_INTERVAL": "0", "PYTHONPATH": str(HOUSE), **settings,
        }  # fmt: skip
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=folder, env=kept | told, stdout=log, stderr=log
            )

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=5)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def post(self, body: str, secret: str = SIGNING_SECRET) -> httpx.Response:
        """A command as Slack posts it."""
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(body, stamp, secret),
        }  # fmt: skip
        return httpx.post(f"{self.url}/slack/events", content=body, headers=headers, timeout=10)

    def figures(self) -> dict[str, float]:
        """What /metrics says."""
        lines = [line for line in self.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; gives the exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(20), time.monotonic() - began


@contextmanager
def served(server: SandboxServer, database_url: str, folder: Path, **settings: str) -> Iterator[Served]:
    app = Served(server, database_url, folder, **settings)
    try:
        wait_until(app.is_ready, "the app is ready", patience=20)
        yield app
    finally:
        if app.process.poll() is None:
            app.process.kill()
            app.process.wait()


@contextmanager
def company(server: SandboxServer, database_url: str) -> Iterator[Slack]:
    """Slack with the sample company, which is in the database too; nobody listens yet."""
    db = Database(database_url)
    screen = Slack(server.url, is_idle=lambda: not server.sandbox.delivery.is_busy() and is_idle(db))
    screen.post("reset")
    screen.post("limits", scale=0)
    with db.begin() as session, tempfile.TemporaryDirectory() as folder:
        now = RemoteClock(f"{server.url}/_sandbox/clock").now()
        lasting = lasting_company(COMPANY, Path(folder))
        load_company(session, folder=lasting, team_id=server.team_id, now=now)
    yield screen
    screen.post("http", request_url=None)
    screen.close()
    db.close()


@pytest.fixture
def slack(server: SandboxServer, database_url: str) -> Iterator[Slack]:
    with company(server, database_url) as screen:
        yield screen


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """Where one engine is enough."""
    return sqlite_database(tmp_path, migrated_file)


@pytest.fixture
def local(server: SandboxServer, sqlite_url: str) -> Iterator[Slack]:
    with company(server, sqlite_url) as screen:
        yield screen


@BOTH_ENGINES
def test_commands_forms_clicks_and_events_over_signed_http(
    slack: Slack, server: SandboxServer, database_url: str, tmp_path: Path
) -> None:
    workers = "1" if database_url.startswith("sqlite") else "2"
    with served(server, database_url, tmp_path, WEB_WORKERS=workers) as app:
        assert app.get("/healthz").text == "ok"
        assert app.get("/readyz").json() == {"ready": True, "missing": []}
        slack.post("http", request_url=f"{app.url}/slack/events")

        sam, dre = slack.person("Sam Etxeverrieta"), slack.person("Dre Hollowell")
        for _ in range(4):  # with two processes some go here and some there
            assert "I don't know “payload" in dre.command("/groundswell payload")
        sam.command("/groundswell people hollowell")
        sam.click("Edit")
        assert sam.submit(roles=["rep", "marketer"]) == {}
        assert "Saved. Dre Hollowell has been told." in sam.modal
        dre.reads("You are now a marketer", "app")
        dre.opens_home()
        wait_until(lambda: "Hello Dre" in dre.home, "the Home is drawn")
        slack.settle()

        assert app.post("command=/asset", secret="wrong").status_code == 401
        big = urlencode({"payload": json.dumps({"type": "block_actions", "x": "y" * 2_000_000})})
        assert app.post(big).status_code == 413
        assert app.post(urlencode({"payload": "[" * 100_000})).status_code == 400
        stranger = {"id": dre.id, "team_id": "TOTHER", "name": "stranger"}
        form = {"type": "modal", "id": "V1", "callback_id": "people.list"}
        foreign = {"type": "view_submission", "team": {"id": "TOTHER"}, "user": stranger, "view": form}
        assert "only people of the company" in app.post(urlencode({"payload": json.dumps(foreign)})).text
        assert app.get("/slack/events").status_code == 405
        assert app.get("/").status_code == 404
        for _ in range(3):  # every process tells the sum of all
            told = app.figures()
            assert told['groundswell_deliveries_total{kind="command",outcome="saved"}'] == 5
            assert told['groundswell_deliveries_total{kind="submission",outcome="saved"}'] == 1
            assert told['groundswell_deliveries_total{kind="event",outcome="saved"}'] == 1
            assert told['groundswell_ack_seconds_count{kind="command"}'] == 5
            assert told['groundswell_refused_total{reason="bad_signature"}'] == 1
        assert told['groundswell_outbox{state="sent"}'] == 1
        assert told['groundswell_jobs{state="pending"}'] == 0
        assert 0 <= told["groundswell_clock_age_seconds"] < 25
        assert "Dre" not in app.get("/metrics").text
        assert dre.id not in app.get("/metrics").text

        code, seconds = app.stop()
        assert code == 0
        assert seconds < STOPS_WITHIN
    log = app.log.read_text()
    assert "listening" in log
    assert "Traceback" not in log
    assert "level=error" not in log
    assert SIGNING_SECRET not in log


def test_what_runs_is_finished_before_the_end(
    local: Slack, server: SandboxServer, sqlite_url: str, tmp_path: Path
) -> None:
    """A command waits for the database's lock when the app is told to stop: it is still saved and answered."""
    with served(server, sqlite_url, tmp_path) as app:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        dre, answers = local.person("Dre Hollowell").id, list[httpx.Response]()
        body = urlencode({"command": "/groundswell", "text": "", "user_id": dre, "trigger_id": "t1"})
        asking = threading.Thread(target=lambda: answers.append(app.post(body)))
        asking.start()
        time.sleep(0.5)
        app.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        with pytest.raises(httpx.ConnectError):
            app.get("/healthz")  # no new work
        other.execute("ROLLBACK")
        asking.join()
        assert answers[0].status_code == 200
        assert "What you can do here" in answers[0].text
        assert app.process.wait(10) == 0
        assert other.execute("SELECT count(*) FROM inbox WHERE key LIKE 'command:%t1'").fetchone() == (1,)
        other.close()


def test_not_ready_says_what_is_missing(local: Slack, server: SandboxServer, sqlite_url: str, tmp_path: Path) -> None:
    with served(server, sqlite_url, tmp_path) as app:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("UPDATE heartbeat SET ticked_at = '2020-01-01 00:00:00.000000'")
        answer = app.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["clock"]})
        other.execute("UPDATE alembic_version SET version_num = 'another'")
        assert app.get("/readyz").json()["missing"] == ["tables", "clock"]
        other.close()
        assert app.get("/healthz").status_code == 200


def test_over_socket_mode_the_port_has_health_and_figures_only(
    local: Slack, server: SandboxServer, sqlite_url: str, tmp_path: Path
) -> None:
    with served(server, sqlite_url, tmp_path, SLACK_APP_TOKEN="xapp-sandbox") as app:
        dre = local.person("Dre Hollowell")
        assert "What you can do here" in dre.command("/groundswell")
        assert app.post("command=/groundswell").status_code == 404
        assert app.figures()['groundswell_deliveries_total{kind="command",outcome="saved"}'] == 1
        code, seconds = app.stop()
        assert (code, seconds < STOPS_WITHIN) == (0, True)


def test_a_process_that_dies_is_replaced(local: Slack, server: SandboxServer, sqlite_url: str, tmp_path: Path) -> None:
    with served(server, sqlite_url, tmp_path) as app:
        children = Path(f"/proc/{app.process.pid}/task/{app.process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        app.process.send_signal(signal.SIGTTIN)  # one more process would be one too many for SQLite
        wait_until(app.is_ready, "the next process is ready", patience=20)
        now = Path(f"/proc/{app.process.pid}/task/{app.process.pid}/children").read_text().split()
        assert len(now) == 1
        assert now != children


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"WEB_WORKERS": "2"}, "WEB_WORKERS: SQLite is served by one process"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack says invalid_auth"),
        ({"HTTP_PORT": "taken"}, "is taken by another program"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    local: Slack, server: SandboxServer, sqlite_url: str, tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        if settings.get("HTTP_PORT") == "taken":
            settings = {"HTTP_PORT": str(other.getsockname()[1])}
        app = Served(server, sqlite_url, tmp_path, **settings)
        assert app.process.wait(20) == 2
    lines = [line for line in app.log.read_text().splitlines() if not line.startswith("WARNING slack")]
    assert len(lines) == 1, lines
    assert says in lines[0]
