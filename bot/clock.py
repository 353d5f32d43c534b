"""Time: a clock that is handed in, and APScheduler as the alarm that asks what is due (R5)."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session

from bot.settings import Settings
from storage import inbox, jobs, workspace
from storage.db import Database
from storage.workspace_settings import in_force

log = structlog.get_logger()

RunDue = Callable[[Database, str, datetime, Settings], int]


class Clock(Protocol):
    """The product's time: what is due, weeks, expiry. Leases, time-outs and rate limits run on real time instead."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    def watch(self, jumped: Callable[[], None]) -> None:
        """Call `jumped` whenever the time has made a jump."""
        ...

    def close(self) -> None:
        """Stop watching."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)

    def watch(self, jumped: Callable[[], None]) -> None:
        """The machine's clock does not jump."""

    def close(self) -> None:
        """Nothing to stop."""


class RemoteClock:
    """A clock read over HTTP, such as a sandbox's: it runs at normal speed and may jump forwards.

    A thread waits at the address for the next jump, so that `now` costs no call.
    """

    WAIT = 20  # seconds that one question may wait for a jump

    def __init__(self, url: str) -> None:
        """Read the time once.

        Raises:
            OSError: nobody answers at the address.
        """
        self._url = url
        self._offset = timedelta(0)
        self._version = -1
        self._closed = threading.Event()
        self._ask(wait=0)

    def _ask(self, wait: int) -> bool:
        """Ask for the time; True if it has jumped since the last question."""
        url = f"{self._url}?after={self._version}&timeout={wait}"
        with urllib.request.urlopen(url, timeout=wait + 5) as answer:
            told = json.load(answer)
        jumped = bool(told["version"] != self._version)
        self._version = told["version"]
        if jumped:
            self._offset = datetime.fromisoformat(told["now"]) - datetime.now(UTC)
        return jumped

    def now(self) -> datetime:
        """The remote time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def watch(self, jumped: Callable[[], None]) -> None:
        """Call `jumped` from a thread of its own after each jump."""
        threading.Thread(target=self._watch, args=(jumped,), name="clock", daemon=True).start()

    def _watch(self, jumped: Callable[[], None]) -> None:
        while not self._closed.is_set():
            try:
                if self._ask(wait=self.WAIT):
                    jumped()
            except (OSError, ValueError):
                time.sleep(0.5)  # the sandbox is starting anew
            except Exception as error:  # of whoever was told; the next jump must be told all the same
                log.error("a jump woke somebody who stumbled", error=type(error).__name__)

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()


class Alarm:
    """Asks every feature, every few seconds and after a jump, what is due. Rows decide; this only asks."""

    def __init__(
        self,
        *,
        settings: Settings,
        db: Database,
        clock: Clock,
        team_id: str,
        features: tuple[RunDue, ...],
        wake: Callable[[], None],
    ) -> None:
        self._settings, self._db, self._clock, self._features, self._wake = settings, db, clock, features, wake
        self._team_id = team_id
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._one_at_a_time = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Tick now and from now on."""
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._settings.tick_seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        self._clock.watch(self.tick)

    def stop(self) -> None:
        """Finish the tick that is running; no other follows."""
        self._closed = True
        self._clock.close()
        self._scheduler.shutdown(wait=True)
        with self._one_at_a_time:
            pass  # a tick that a jump has begun runs in a thread of the clock's

    def tick(self) -> None:
        """One look at what is due in the workspace; whatever goes wrong is written down, and the next tick comes."""
        with self._one_at_a_time:
            if self._closed:
                return
            settings = self._in_force()
            for run_due in self._features:
                try:
                    run_due(self._db, self._team_id, self._clock.now(), settings)
                except Exception as error:
                    log.error("what was due failed", feature=run_due.__module__, error=type(error).__name__)
            try:
                with self._db.begin() as session:
                    _keep_house(session, self._team_id, self._clock.now())
            except Exception as error:
                log.error("no heartbeat", error=type(error).__name__)
            self._wake()  # within the turn: whoever is woken may read, and the database closes behind the last tick

    def _in_force(self) -> Settings:
        """The workspace's settings as they are now; those that were known last if nobody can look."""
        try:
            with self._db.read() as session:
                self._settings = in_force(session, self._settings, team_id=self._team_id)
        except Exception as error:
            log.error("settings not read", error=type(error).__name__)
        return self._settings


def _keep_house(session: Session, team_id: str, now: datetime) -> None:
    real = datetime.now(UTC)
    workspace.record_heartbeat(session, team_id=team_id, ticked_at=real, now=now)
    inbox.forget_deliveries(session, team_id=team_id, now=real)
    jobs.forget_jobs(session, team_id=team_id, now=real)
