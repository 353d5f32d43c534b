"""The workspace's own time: forwards only, to a moment, by seconds, or to somebody's Monday 09:00."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.clock import ClockError, SandboxClock
from tests.sandbox.conftest import MARKETER, REP, Room

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def clock() -> SandboxClock:
    """A clock at the sample company's start."""
    return SandboxClock(START)


def test_it_starts_at_the_companys_today_and_runs(room: Room) -> None:
    now = datetime.fromisoformat(room.http.get("/_sandbox/clock").json()["now"])
    assert START <= now < START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("words", "zone", "then"),
    [
        ("mon 09:00", "Europe/Berlin", "2026-11-23T08:00:00+00:00"),  # it is Monday 08:00 there: today
        ("mon 07:00", "Europe/Berlin", "2026-11-30T06:00:00+00:00"),  # that is over: in a week
        ("Monday 08:00", "Europe/Berlin", "2026-11-30T07:00:00+00:00"),  # this very moment is not later
        ("mon 09:00", "America/New_York", "2026-11-23T14:00:00+00:00"),
        ("mon 09:00", "Asia/Tokyo", "2026-11-30T00:00:00+00:00"),
        ("sun 23:59", "Pacific/Auckland", "2026-11-29T10:59:00+00:00"),
    ],
)
def test_the_next_local_moment(clock: SandboxClock, words: str, zone: str, then: str) -> None:
    assert clock.next_local(words, zone).isoformat() == then


def test_the_next_local_moment_after_the_clocks_change() -> None:
    clock = SandboxClock(datetime(2026, 10, 23, 12, 0, tzinfo=UTC))  # a Friday; Berlin changes on Sunday
    assert clock.next_local("mon 09:00", "Europe/Berlin").isoformat() == "2026-10-26T08:00:00+00:00"


@pytest.mark.parametrize("words", ["", "monday", "mon 9", "mon 24:00", "mon 09:60", "xyz 09:00", "09:00"])
def test_words_that_are_no_moment(clock: SandboxClock, words: str) -> None:
    with pytest.raises(ClockError, match="weekday"):
        clock.next_local(words, "Europe/Berlin")


def test_jumps_go_forwards_and_raise_the_version(room: Room) -> None:
    before = room.http.get("/_sandbox/clock").json()
    there = room.do("clock", to_local="mon 09:00", user=MARKETER)
    assert there["version"] == before["version"] + 1
    assert there["now"].startswith("2026-11-23T09:00:00")  # Lisbon
    assert room.do("clock", by_seconds=3600)["now"].startswith("2026-11-23T10:00:0")
    assert room.do("clock", to="2026-11-24T08:00:00+01:00")["now"].startswith("2026-11-24T07:00:0")
    assert room.see()["clock_version"] == before["version"] + 3


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"to": "2026-11-20T09:00:00Z"}, "The clock only goes forwards."),
        ({"by_seconds": -1}, "The clock only goes forwards."),
        ({"to": "2026-12-01T09:00:00"}, "Give the moment with its time zone, such as 2026-11-30T09:00:00Z."),
        ({"to": "tomorrow"}, "That is not a moment."),
        ({"by_seconds": 1e18}, "That is not a moment."),
        ({"to_local": "mon"}, 'Give a weekday and a time, such as "mon 09:00".'),
        ({"to": "2026-12-01T09:00:00Z", "by_seconds": 1}, "Give one of: to, by_seconds, to_local."),
    ],
)
def test_jumps_that_cannot_be(room: Room, told: dict[str, Any], sentence: str) -> None:
    answer = room.ask("clock", user=REP, **told)
    assert (answer["error"], answer["message"]) == ("invalid", sentence)


def test_a_question_waits_for_the_next_jump(room: Room) -> None:
    version = room.http.get("/_sandbox/clock").json()["version"]
    found: list[dict[str, Any]] = []

    def ask() -> None:
        query = {"after": version, "timeout": 5}
        found.append(httpx.get(f"{room.server.url}/_sandbox/clock", params=query, timeout=10).json())

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.1)
    assert found == []
    room.do("clock", by_seconds=60)
    asking.join(2)
    assert found[0]["version"] == version + 1


def test_a_question_that_nothing_answers_comes_back(room: Room) -> None:
    started = time.monotonic()
    version = room.http.get("/_sandbox/clock").json()["version"]
    answer = room.http.get("/_sandbox/clock", params={"after": version, "timeout": 0.1}).json()
    assert answer["version"] == version
    assert time.monotonic() - started < 2


def test_timestamps_follow_the_clock_and_always_rise(room: Room, clock: SandboxClock) -> None:
    stamps = [clock.next_ts() for _ in range(1000)]
    assert stamps == sorted(set(stamps))
    first = room.do("message", user=REP, channel="#general", text="before")["ts"]
    room.do("clock", by_seconds=86_400)
    second = room.do("message", user=REP, channel="#general", text="after")["ts"]
    assert 86_400 <= float(second) - float(first) < 86_460


def test_real_things_do_not_age_with_a_jump(room: Room, channel: str) -> None:
    ts = room.client.chat_postMessage(channel=channel, text="x")["ts"]
    trigger = room.server.sandbox.space.passes.new_trigger(REP)
    room.do("clock", by_seconds=7 * 86_400)
    assert room.server.sandbox.space.passes.take_trigger(trigger).user == REP
    assert room.error("chat.update", channel=channel, ts=ts, text="y") == "ok"


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock(datetime(2026, 11, 23))  # noqa: DTZ001
