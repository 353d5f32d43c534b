"""The alarm asks what is due, one tick at a time, and nothing that goes wrong in a tick ends it."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import Alarm, RemoteClock, RunDue
from bot.settings import Settings, read_settings
from sandbox.server import SandboxServer
from storage import workspace
from storage.db import Database
from tests.slack import Slack, wait_until

HOUSE = Path(__file__).parent.parent
TEAMS = ("T1", "T2")
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class HandClock:
    """A clock that stands still until it is moved by hand."""

    def __init__(self) -> None:
        self.time, self.closed = START, False
        self._jumped: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.time

    def watch(self, jumped: Callable[[], None]) -> None:
        self._jumped = jumped

    def jump(self, by: timedelta) -> None:
        self.time += by
        self._jumped()

    def close(self) -> None:
        self.closed = True


class Asked:
    """A feature that writes down what it is asked."""

    def __init__(self, seconds: float = 0) -> None:
        self.times: list[tuple[str, datetime]] = []
        self.at_once = self.most_at_once = 0
        self._seconds, self._lock = seconds, threading.Lock()

    def __call__(self, _db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.times.append((team_id, now))
        time.sleep(self._seconds)
        with self._lock:
            self.at_once -= 1
        return 0

    def run_due(self, db: Database, team_id: str, now: datetime, settings: Settings) -> int:
        return self(db, team_id, now, settings)


def stumble(_db: Database, _team_id: str, _now: datetime, _settings: Settings) -> int:
    raise RuntimeError("a feature with a mistake in it")


@pytest.fixture
def db(db: Database) -> Database:
    with db.begin() as session:
        for team_id in TEAMS:
            workspace.record_workspace(session, team_id=team_id, name=team_id, bot_user_id="", now=START)
    return db


def make_alarm(
    db: Database, clock: HandClock, *features: RunDue, tick: float = 600, woken: list[int] | None = None
) -> Alarm:
    settings = read_settings(env_file=None, tick_seconds=tick)
    return Alarm(
        settings=settings,
        db=db,
        clock=clock,
        team_id="T1",
        features=features,
        wake=lambda: woken.append(1) if woken is not None else None,
    )


def beat(db: Database, team_id: str = "T1") -> workspace.Heartbeat | None:
    with db.read() as session:
        return workspace.get_heartbeat(session, team_id=team_id)


def test_a_tick_asks_every_feature_and_leaves_a_heartbeat_in_its_own_workspace_alone(db: Database) -> None:
    first, second = Asked(), Asked()
    woken: list[int] = []
    before = datetime.now(UTC)
    make_alarm(db, HandClock(), first.run_due, second.run_due, woken=woken).tick()
    assert first.times == second.times == [("T1", START)]
    found = beat(db)
    assert found is not None
    assert found.now == START
    assert before <= found.ticked_at <= datetime.now(UTC)
    assert beat(db, "T2") is None
    assert woken == [1]


def test_it_ticks_at_the_start_and_then_again_and_again(db: Database) -> None:
    asked = Asked()
    alarm = make_alarm(db, HandClock(), asked.run_due, tick=0.05)
    alarm.start()
    wait_until(lambda: len(asked.times) >= 3, "three ticks")
    alarm.stop()
    so_far = len(asked.times)
    time.sleep(0.12)
    assert len(asked.times) == so_far


def test_a_jump_is_noticed_at_once(db: Database) -> None:
    asked, clock = Asked(), HandClock()
    alarm = make_alarm(db, clock, asked.run_due)
    alarm.start()
    wait_until(lambda: len(asked.times) == 1, "the first tick")
    clock.jump(timedelta(days=1))
    assert asked.times[-1] == ("T1", START + timedelta(days=1))
    alarm.stop()
    assert clock.closed
    clock.jump(timedelta(days=1))
    assert len(asked.times) == 2


def test_two_ticks_never_run_at_the_same_time(db: Database) -> None:
    asked, clock = Asked(seconds=0.02), HandClock()
    alarm = make_alarm(db, clock, asked.run_due)
    threads = [threading.Thread(target=alarm.tick) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked.times) == 5
    assert asked.most_at_once == 1


def test_a_feature_that_raises_stops_no_other_and_no_heartbeat(db: Database) -> None:
    asked = Asked()
    make_alarm(db, HandClock(), stumble, asked.run_due).tick()
    assert [team_id for team_id, _ in asked.times] == ["T1"]
    assert beat(db) is not None


def test_a_clock_that_stands_still_still_ticks_and_says_the_same_time(db: Database) -> None:
    asked = Asked()
    alarm = make_alarm(db, HandClock(), asked.run_due)
    alarm.tick()
    first = beat(db)
    alarm.tick()
    second = beat(db)
    assert first is not None
    assert second is not None
    assert (first.now, second.now) == (START, START)
    assert first.ticked_at < second.ticked_at


def test_stop_waits_for_the_tick_that_a_jump_has_begun(db: Database) -> None:
    asked, clock = Asked(seconds=0.1), HandClock()
    alarm = make_alarm(db, clock, asked.run_due)
    alarm.start()
    wait_until(lambda: len(asked.times) == 1, "the first tick")
    jumping = threading.Thread(target=clock.jump, args=(timedelta(hours=1),))
    jumping.start()
    wait_until(lambda: asked.at_once == 1 and asked.times[-1][1] > START, "the second tick")
    alarm.stop()
    assert asked.at_once == 0
    jumping.join()


def test_a_database_that_is_away_for_a_tick_ends_nothing(db: Database) -> None:
    asked, clock = Asked(), HandClock()
    woken: list[int] = []
    alarm = make_alarm(db, clock, asked.run_due, woken=woken)
    for table in ("heartbeat", "inbox"):
        with db.begin() as session:
            session.connection().execute(text(f"ALTER TABLE {table} RENAME TO hidden"))
        clock.jump(timedelta(0))  # nothing comes back to whoever has told of the jump
        alarm.tick()
        with db.begin() as session:
            session.connection().execute(text(f"ALTER TABLE hidden RENAME TO {table}"))
    assert beat(db) is None
    assert woken
    alarm.tick()
    assert beat(db) is not None


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    server = SandboxServer(company=HOUSE / "sandbox" / "company", manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


def test_a_remote_clock_follows_jumps_even_when_what_they_wake_stumbles(sandbox: SandboxServer) -> None:
    screen, clock = Slack(sandbox.url), RemoteClock(f"{sandbox.url}/_sandbox/clock")
    jumps: list[datetime] = []

    def jumped() -> None:
        jumps.append(clock.now())
        raise RuntimeError("what was woken has a mistake in it")

    clock.watch(jumped)
    for day in (24, 25):
        screen.jump(to=f"2026-11-{day}T08:00:00Z")
        wait_until(lambda day=day: any(time.day == day for time in jumps), f"the jump to the {day}th")  # type: ignore[misc]
    assert timedelta(0) <= clock.now() - datetime(2026, 11, 25, 8, tzinfo=UTC) < timedelta(seconds=10)
    clock.close()
    screen.close()
