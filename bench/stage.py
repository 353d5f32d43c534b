"""The real app and the sandbox in one process, driven step by step: nothing works unless the bench lets it work."""

import asyncio
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from sqlmodel import col, select, update

import handlers
from bot.app import Groundswell, build_app
from bot.clock import RemoteClock
from bot.company import load_company
from bot.connect import identify
from bot.jobs import Worker
from bot.payload import check_payload
from bot.sender import Sender
from bot.settings import Settings, read_settings
from sandbox.http_events import NotOk
from sandbox.server import SandboxServer
from storage import workspace
from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox
from storage.schema import migrate
from tests.databases import PostgresServer
from tests.slack import Slack
from tests.work import is_idle

HOUSE = Path(__file__).parent.parent
COMPANY = HOUSE / "sandbox" / "company"
ENGINES = ("sqlite", "postgresql")
TODAY = datetime(2026, 11, 23, 7, tzinfo=UTC)  # the sample company's
PATIENCE = 20.0  # seconds for the work of one step


class Line:
    """Slack's way to the app without a network: each payload goes to Bolt in a thread, and is kept to be sent again."""

    def __init__(self, app: Groundswell) -> None:
        self._app = app
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.under_way = 0

    def send(self, payload: dict[str, Any]) -> BoltResponse:
        """Deliver a payload, for the first time or once more; gives Bolt's answer."""
        checked = check_payload(json.loads(json.dumps(payload)))
        return self._app.bolt.dispatch(BoltRequest(mode="socket_mode", body=checked or {}))

    async def deliver(self, kind: str, payload: dict[str, Any], _headers: dict[str, str], timeout: float) -> Any:
        """The sandbox delivers.

        Raises:
            NotOk: the app answers with another status than 200.
            TimeoutError: it does not answer within `timeout` seconds.
        """
        self.taken.append((kind, payload))
        self.under_way += 1
        try:
            answer = await asyncio.wait_for(asyncio.to_thread(self.send, payload), timeout)
        finally:
            self.under_way -= 1
        if answer.status != 200:
            raise NotOk(answer.status, False)
        return body_of(answer)

    async def close(self) -> None:
        """The sandbox hangs up."""


def body_of(answer: BoltResponse) -> Any:
    """What an acknowledgement says: an object, a text, or None."""
    if not answer.body:
        return None
    is_json = answer.headers.get("content-type", [""])[0].startswith("application/json")
    return json.loads(answer.body) if is_json else answer.body


class Stage:
    """One app on one database, and its Slack. Sender and jobs work in `settle`, in the bench's own thread."""

    def __init__(self, server: SandboxServer, url: str, *, use_threads: bool = False, **waits: Any) -> None:
        """Begin with a sandbox as new; with `use_threads` the app runs as it does everywhere else."""
        self.server, self.slack = server, Slack(server.url)
        self.slack.post("reset")
        self.slack.post("limits", scale=0)
        self.db, self.looks = Database(url), Database(url)
        self.settings = _settings(server, url, **waits)
        self.clock = RemoteClock(self.settings.clock_url)
        self.app = build_app(self.settings, self.db, self.clock)
        self.line = Line(self.app)
        self.use_threads = use_threads
        if use_threads:
            self.app.start()
        else:
            self._put_parts_together()
        server.sandbox.delivery.request_url = self.line  # type: ignore[assignment]

    def _put_parts_together(self) -> None:
        app, team_id = self.app, self.server.team_id
        app._identity = identify(app._patient)
        common: dict[str, Any] = {"settings": self.settings, "db": self.db, "reader": app.reader, "now": self.clock.now}
        self.sender = Sender(client=app._patient, team_id=team_id, **common)
        self.worker = Worker(team_id=team_id, work=handlers.JOBS, publish_home=app.publisher.publish, **common)

    def settle(self, patience: float = PATIENCE) -> None:
        """Let everything be done that there is to do, until nothing waits.

        Raises:
            TimeoutError: something still waits after `patience` seconds.
        """
        end = time.monotonic() + patience
        while True:
            self._wait_for_deliveries(end)
            worked = False if self.use_threads else self._work()
            if not worked and is_idle(self.looks) and not self.line.under_way:
                return
            if time.monotonic() > end:
                raise TimeoutError(self._what_waits())
            if not worked and self.use_threads:
                time.sleep(0.005)
            elif not worked:
                self._let_time_pass()

    def _what_waits(self) -> str:
        with self.looks.read() as session:
            messages = [
                f"{row.method} {row.state} {row.reason}"
                for row in session.exec(select(Outbox).where(col(Outbox.state).in_(("pending", "sending")))).all()
            ]
            work = [
                f"{row.kind} {row.state} {row.reason}"
                for row in session.exec(select(Job).where(col(Job.state).in_(("pending", "running")))).all()
            ]
        return f"still open: {messages} {work}, {self.line.under_way} deliveries"

    def _work(self) -> bool:
        """One message and one job, as the app's own threads do them: a fault ends neither."""
        worked = False
        for do in (self.worker.do_next, self.sender.send_next):
            try:
                worked = do() or worked
            except Exception:
                worked = True  # what the threads write down, and go on
        return worked

    def _let_time_pass(self) -> None:
        """All leases and waits are over: here nobody else works on anything, so nothing can be taken away from them."""
        with self.looks.begin() as session:
            past: Any = datetime.now(UTC) - timedelta(seconds=1)
            for table, left in ((Outbox, "sending"), (Job, "running")):
                session.exec(update(table).where(col(table.state) == left).values(leased_until=past))
                session.exec(update(table).where(col(table.state) == "pending").values(not_before=past))

    def _wait_for_deliveries(self, end: float) -> None:
        tasks = self.server.sandbox.delivery._tasks
        while tasks and time.monotonic() < end:
            time.sleep(0.001)

    def tick(self) -> None:
        """What the alarm does: ask every feature what is due."""
        for run_due in handlers.RUN_DUE:
            try:
                run_due(self.db, self.server.team_id, self.clock.now(), self.settings)
            except Exception:
                continue  # the alarm writes it down, and the next tick comes

    def close(self) -> None:
        """End the app and hang up."""
        self.clock.close()
        if self.use_threads:
            self.app.stop()
        else:
            self.app.door.close()
            self.db.close()
        self.looks.close()
        self.slack.close()


def _settings(server: SandboxServer, url: str, **waits: Any) -> Settings:
    usual: dict[str, Any] = {
        "send_interval": 0, "sends_per_second": 0, "tick_seconds": 3600, "send_timeout": 2, "settle_seconds": 0.1,
    }  # fmt: skip
    return read_settings(
        env_file=None,
        slack_bot_token="xoxb-sandbox",
        slack_api_url=f"{server.url}/api/",
        clock_url=f"{server.url}/_sandbox/clock",
        official_form_url="https://quality.meridian.example/report",
        database_url=url,
        **(usual | waits),
    )


class Databases:
    """New databases of one engine with the sample company in them, each a copy of the first."""

    def __init__(self, engine: str, folder: Path, team_id: str) -> None:
        """Make the first one; `engine` is sqlite or postgresql."""
        self._folder, self._number = folder, 0
        self._postgres = PostgresServer() if engine == "postgresql" else None
        if self._postgres:
            self._postgres.enter()
        self._name = f"bench_{threading.get_native_id()}_{time.time_ns() % 10**9}"
        url = self._url(self._name)
        if self._postgres:
            self._postgres.create(self._name)
        db = Database(url)
        migrate(db)
        with db.begin() as session:
            load_company(session, folder=COMPANY, team_id=team_id, now=TODAY)
            workspace.record_workspace(session, team_id=team_id, name="Meridian", bot_user_id="", now=TODAY)
        db.close()

    def _url(self, name: str) -> str:
        return self._postgres.url(name) if self._postgres else f"sqlite:///{self._folder / name}.db"

    @contextmanager
    def new(self) -> Iterator[str]:
        """A database that lives as long as the block; gives its address."""
        self._number += 1
        name = f"{self._name}_{self._number}"
        if self._postgres:
            self._postgres.create(name, self._name)
        else:
            shutil.copyfile(self._folder / f"{self._name}.db", self._folder / f"{name}.db")
        try:
            yield self._url(name)
        finally:
            if self._postgres:
                self._postgres.drop(name)
            else:
                for path in self._folder.glob(f"{name}.db*"):
                    path.unlink()

    def close(self) -> None:
        """Take the first one away too."""
        if self._postgres:
            self._postgres.drop(self._name)
            self._postgres.leave()


@contextmanager
def open_sandbox() -> Iterator[SandboxServer]:
    """A sandbox with the sample company, on a free port; a failed event is sent again soon."""
    server = SandboxServer(
        company=COMPANY, manifest=HOUSE / "manifest.yaml", port=0, retry_delays=(0.0, 0.05, 0.1), trigger_seconds=30.0
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def open_databases(engine: str, team_id: str) -> Iterator[Databases]:
    """Databases of one engine, gone at the end of the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = Databases(engine, folder, team_id)
        stack.callback(databases.close)
        yield databases
