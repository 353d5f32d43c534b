"""One batch: a new Slack and a new database, people at work, kills, and at the end the reckoning."""

import json
import random
import shutil
import statistics
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlmodel import col, select

from bench.crash.company import bring_in
from bench.crash.faults import rules
from bench.crash.ledger import Ledger
from bench.crash.people import Crowd
from bench.crash.process import COMPANY, HOUSE, App
from bench.crash.verdict import Verdict, judge
from sandbox.server import SandboxServer
from storage.db import Database
from storage.jobs import Job
from storage.schema import migrate
from storage.workspace import Heartbeat
from tests.databases import PostgresServer
from tests.work import is_idle

ACK_SECONDS = 2.0
RETRY_DELAYS = (0.3, 1.5, 4.0)  # of events; Slack's are 0, 60 and 300 seconds, for crashes that last longer
FIRST_KILLS = 0.06  # of a batch hit the empty database, whose tables are being made
WORK = 1.5  # seconds of work over which the kills are spread
AT_WORK = 0.6  # of the kills; the others hit a process that is starting
DRAIN_PATIENCE = 120.0  # seconds
SILENCE_TRIES = 20
SILENCE_SEEN = 3.0  # seconds in which a tick must come
STALL_LOOK = 0.05  # seconds between two looks at whether this process stands still
PROCESSES = {"sqlite": 1, "postgresql": 3}


@dataclass
class Batch:
    """What is to be done: so many kills on one engine, drawn from a seed."""

    engine: str
    kills: int
    seed: str


@dataclass
class Outcome:
    """What came of it. `fell` counts ends of the app that nobody asked for; `ready` is seconds from start to ready.

    `stall` is the longest time in seconds for which this process, and the sandbox in it, stood still.
    """

    counts: Counter[str] = field(default_factory=Counter)
    ready: list[float] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    stall: float = 0.0


class Ground:
    """The place of one batch: sandbox, database, folder, and the processes of the app."""

    def __init__(self, batch: Batch, server: SandboxServer, database_url: str, folder: Path) -> None:
        self.batch, self.server, self.url, self.folder = batch, server, database_url, folder
        self.dice = random.Random(batch.seed)
        self.apps: list[App] = []
        self.outcome = Outcome()
        self.ledger = Ledger()

    def start(self) -> App:
        """One more process of the app."""
        app = App(self.server.url, self.url, self.folder)
        self.apps.append(app)
        return app

    def start_missing(self) -> None:
        """As many processes as the engine is to have; whoever ended by itself is counted."""
        for app in [one for one in self.apps if one.has_ended()]:
            self.forget(app)
            self.outcome.counts["fell"] += 1
        while len(self.apps) < PROCESSES[self.batch.engine]:
            self.start()

    def forget(self, app: App) -> None:
        """Kill -9."""
        app.kill()
        self.apps.remove(app)
        if app.ready_after is not None:
            self.outcome.ready.append(app.ready_after)

    def kill_one(self, *, is_at_work: float) -> None:
        """Kill one of the processes at a moment of its life: each has the same chance, from the start on into the work.

        `is_at_work` is the share of kills that come after it was ready.
        """
        self.start_missing()
        # With several processes half of the kills hit the youngest: it is starting, or it has just begun.
        app = self.apps[-1] if self.dice.random() < 0.5 else self.dice.choice(self.apps)
        moment = self.dice.random()
        if self.dice.random() < is_at_work:
            app.wait_until_ready()
            time.sleep(moment * WORK)
        else:
            time.sleep(moment * self.start_seconds)
        if app.has_ended():
            return
        self.outcome.counts["kills before ready"] += app.ready_after is None
        self.forget(app)
        self.outcome.counts["kills"] += 1

    @property
    def start_seconds(self) -> float:
        """How long a start took lately."""
        return statistics.median(self.outcome.ready[-9:]) if self.outcome.ready else 1.5


def run_batch(batch: Batch, tell: Callable[[int], None] = lambda _: None) -> Outcome:
    """Kill and reckon; `tell` hears after each kill how many there were."""
    began = time.monotonic()
    with _ground(batch) as ground, _stalls(ground.outcome):
        _begin(ground)
        db = Database(ground.url)
        migrate(db)
        staff = bring_in(db, ground.server.team_id, ground.server.sandbox.clock.now())
        http = httpx.Client(base_url=ground.server.url, timeout=30)
        crowd = Crowd(ground.server, ground.ledger, staff, batch.seed)
        http.post("/_sandbox/faults", json={"rules": rules(), "seed": batch.seed})
        crowd.start()
        while ground.outcome.counts["kills"] < batch.kills:
            ground.kill_one(is_at_work=AT_WORK)
            ground.ledger.read_wire(http)
            tell(ground.outcome.counts["kills"])
        ground.start_missing()  # whoever has a form open sends it before they go home
        crowd.stop()
        http.post("/_sandbox/faults", json={"rules": []})
        _drain(ground, db)
        ground.ledger.read_wire(http)
        http.close()
        _finish(ground, judge(db, ground.server.sandbox, ground.ledger, staff, ground.server.team_id))
        db.close()
    ground.outcome.seconds = time.monotonic() - began
    return ground.outcome


def _begin(ground: Ground) -> None:
    """The first kills: the tables are being made."""
    for _ in range(max(1, round(ground.batch.kills * FIRST_KILLS))):
        ground.kill_one(is_at_work=0)
    for app in list(ground.apps):
        ground.forget(app)


def _drain(ground: Ground, db: Database) -> None:
    """Let the app finish in peace; then let it believe that its clock stood still, so that it reads again (R8)."""
    ground.start_missing()
    for app in ground.apps:
        app.wait_until_ready()
    _wait_until_quiet(ground, db)
    _make_silent(db)
    _wait_until_quiet(ground, db)
    for app in list(ground.apps):
        ground.outcome.ready.append(app.ready_after or 0.0)
        ground.apps.remove(app)
        if app.stop() != 0:
            ground.outcome.counts["fell"] += 1


def _make_silent(db: Database) -> None:
    """Set the heartbeat back until a tick has seen it: one that is under way would write over it unseen."""
    for _ in range(SILENCE_TRIES):
        with db.begin() as session:
            beat = session.exec(select(Heartbeat)).one()
            beat.ticked_at = datetime.now(UTC) - timedelta(hours=1)
            session.add(beat)
            seen = col(Job.dedupe_key).endswith(f"after {beat.ticked_at.isoformat()}")
        end = time.monotonic() + SILENCE_SEEN
        while time.monotonic() < end:
            with db.read() as session:
                if session.exec(select(Job.id).where(seen)).first() is not None:
                    return
            time.sleep(0.1)
    raise SystemExit("nobody has seen that the clock stood still")


def _wait_until_quiet(ground: Ground, db: Database) -> None:
    """Nothing waits to be delivered, sent or done for a second; what does after two minutes will never end."""
    end = time.monotonic() + DRAIN_PATIENCE
    quiet_since: float | None = None
    while time.monotonic() < end:
        is_quiet = is_idle(db) and not ground.server.sandbox.delivery.is_busy()
        quiet_since = (quiet_since or time.monotonic()) if is_quiet else None
        # A tick comes every second: what it finds to be due is under way by then.
        if quiet_since is not None and time.monotonic() - quiet_since > 1.5:
            return
        time.sleep(0.05)


def _finish(ground: Ground, verdict: Verdict) -> None:
    counts = ground.outcome.counts
    counts.update(verdict.counts())
    counts["deeds"] += len(ground.ledger.deeds)
    counts["kept"] += sum(deed.told == "kept" for deed in ground.ledger.deeds)
    counts["events"] += ground.ledger.deliveries["events"]
    counts["acked"] += ground.ledger.deliveries["acked"]
    ground.outcome.wrong = dict(verdict.wrong)
    if verdict.wrong:
        wire = [json.dumps(entry, ensure_ascii=False) for entry in ground.server.sandbox.log.since(0)]
        (ground.folder / "wire.jsonl").write_text("\n".join(wire), encoding="utf-8")


@contextmanager
def _stalls(outcome: Outcome) -> Iterator[None]:
    """Watch how long this process stands still at most while the block runs."""
    over = threading.Event()

    def watch() -> None:
        last = time.monotonic()
        while not over.wait(STALL_LOOK):
            outcome.stall = max(outcome.stall, time.monotonic() - last - STALL_LOOK)
            last = time.monotonic()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _ground(batch: Batch) -> Iterator[Ground]:
    """A sandbox, an empty database and a folder of their own; all gone afterwards, unless something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="groundswell-crash-"))
    server = SandboxServer(
        company=COMPANY, manifest=HOUSE / "manifest.yaml", port=0, limit_scale=0, ack_seconds=ACK_SECONDS,
        retry_delays=RETRY_DELAYS,
    )  # fmt: skip
    server.start()
    with _postgresql() if batch.engine == "postgresql" else nullcontext(f"sqlite:///{folder / 'crash.db'}") as url:
        ground = Ground(batch, server, url, folder)
        try:
            yield ground
        finally:
            for app in ground.apps:
                app.kill()
            server.stop()
    if ground.outcome.wrong or ground.outcome.counts["fell"]:
        ground.outcome.wrong.setdefault("see", []).append(str(folder))
    else:
        shutil.rmtree(folder)


@contextmanager
def _postgresql() -> Iterator[str]:
    server, name = PostgresServer(), f"crash_{uuid.uuid4().hex[:12]}"
    server.enter()
    server.create(name)
    try:
        yield server.url(name)
    finally:
        server.drop(name)
        server.leave()
