"""Jobs: the work after the answer, such as reading one message from Slack; each may safely run twice."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.bell import Bell
from bot.reader import Reader, Refused, TooFast
from bot.settings import Settings
from storage import jobs
from storage.db import Database
from storage.workspace_settings import in_force

log = structlog.get_logger()

LET_PASS = 3.0  # seconds that a job waits at most while people wait for an answer: it has time, they have three seconds


@dataclass(frozen=True)
class Task:
    """One job and what it may use. `now` is the product's time."""

    team_id: str
    payload: dict[str, Any]
    now: datetime
    settings: Settings
    db: Database
    reader: Reader
    publish_home: Callable[[str, dict[str, Any]], None]


class Worker:
    """One thread that does the jobs of one workspace."""

    def __init__(
        self,
        *,
        team_id: str,
        settings: Settings,
        db: Database,
        reader: Reader,
        now: Callable[[], datetime],
        work: Mapping[str, Callable[[Task], None]],
        publish_home: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self._team_id, self._settings, self._db, self._reader, self._now = team_id, settings, db, reader, now
        self._functions, self._publish_home = work, publish_home
        self._lease = timedelta(seconds=settings.job_lease_seconds)
        self._bell = Bell()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job that is under way; no other follows."""
        self._closed.set()
        self._bell.ring()
        self._thread.join(timeout=self._settings.stop_seconds)

    def wake(self) -> None:
        """There may be something to do."""
        self._bell.ring()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._db.let_pass(until=time.monotonic() + LET_PASS)
            try:
                busy = self.do_next()
            except Exception as error:
                log.error("jobs stumbled", error=type(error).__name__)
                busy = False
            if not busy:
                self._bell.wait(1.0)

    def do_next(self) -> bool:
        """Do one job if one is due; False if there was none."""
        with self._db.read() as session:
            if not jobs.is_any_open(session, team_id=self._team_id):  # waits for no writer and makes none wait
                return False
        with self._db.begin() as session:
            job = jobs.claim_job(session, team_id=self._team_id, now=datetime.now(UTC), lease=self._lease)
            # As they are now: a job acts on what was decided meanwhile.
            settings = in_force(session, self._settings, team_id=self._team_id) if job else self._settings
        if job is None:
            return False
        task = Task(
            team_id=self._team_id,
            payload=json.loads(job.payload),
            now=self._now(),
            settings=settings,
            db=self._db,
            reader=self._reader,
            publish_home=self._publish_home,
        )
        state, reason, wait = "done", None, None
        try:
            self._functions[job.kind](task)
        except Refused as error:
            reason = str(error)
        except TooFast as slow:
            state, reason, wait = "pending", "ratelimited", timedelta(seconds=slow.seconds)
        except Exception as error:
            log.warning("job failed", job=job.kind, error=type(error).__name__)
            state, reason = ("failed" if job.attempts >= jobs.MAX_ATTEMPTS else "pending"), type(error).__name__
        with self._db.begin() as session:
            now = datetime.now(UTC)
            jobs.record_job(session, job, state=state, now=now, reason=reason, wait=wait)
        return True
