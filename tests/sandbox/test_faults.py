"""Faults on demand: each kind does what it says, as often as it says, and the same seed does the same again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from sandbox.faults import FaultError, Faults
from tests.sandbox.conftest import MANIFEST, REP, Room, connected, room_in, running_server, wait_for

Json = dict[str, Any]
Connect = Callable[[], SocketModeHandler]


def texts(room: Room) -> list[str]:
    """The words in the rep's direct message with the app."""
    return [one["text"] for one in room.messages()]


def fault(room: Room, kind: str, method: str = "chat.postMessage", **more: Any) -> None:
    """One rule in force."""
    room.do("faults", rules=[{"method": method, "kind": kind, **more}])


def post(room: Room, text: str = "hello", timeout: float = 5.0) -> httpx.Response:
    """One post of the app."""
    headers = {"Authorization": "Bearer xoxb-sandbox"}
    told = {"channel": REP, "text": text}
    return room.http.post("/api/chat.postMessage", json=told, headers=headers, timeout=timeout)


# calls of the Web API


def test_error_before_does_nothing(room: Room) -> None:
    fault(room, "error_before", count=1)
    answer = post(room)
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
    assert texts(room) == []
    assert post(room).status_code == 200


def test_error_after_has_done_it(room: Room) -> None:
    fault(room, "error_after")
    assert post(room).status_code == 500
    assert texts(room) == ["hello"]


def test_ratelimited_says_when(room: Room) -> None:
    fault(room, "ratelimited", retry_after=7)
    answer = post(room)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert texts(room) == []


def test_a_method_can_be_missing(room: Room) -> None:
    fault(room, "unknown_method", method="users.list")
    assert room.error("users.list") == "unknown_method"
    assert post(room).status_code == 200


@pytest.mark.parametrize(("kind", "seen"), [("timeout_before", []), ("timeout_after", ["hello"])])
def test_no_answer_in_time(room: Room, kind: str, seen: list[str]) -> None:
    fault(room, kind, delay=0.4)
    with pytest.raises(httpx.ReadTimeout):
        post(room, timeout=0.2)
    assert texts(room) == seen


def test_reset_after_drops_the_connection_once_it_is_done(room: Room) -> None:
    fault(room, "reset_after")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        post(room)
    assert texts(room) == ["hello"]


def test_late_is_refused_and_done_all_the_same(room: Room) -> None:
    fault(room, "late", delay=0.2, count=1)
    assert post(room).status_code == 500
    assert texts(room) == []
    wait_for(lambda: texts(room) == ["hello"])


def test_a_stale_cursor_is_one_that_slack_knows_no_more(room: Room) -> None:
    cursor = room.api("users.list", limit=1).json()["response_metadata"]["next_cursor"]
    fault(room, "stale_cursor", method="users.list")
    assert room.error("users.list", limit=1) == "ok"
    assert room.error("users.list", limit=1, cursor=cursor) == "invalid_cursor"
    room.do("faults", rules=[])
    assert room.error("users.list", limit=1, cursor=cursor) == "ok"


def test_a_star_is_every_method_and_an_empty_list_ends_it(room: Room) -> None:
    fault(room, "error_before", method="*")
    assert room.api("auth.test").status_code == room.api("users.list").status_code == 500
    assert room.error("no.method") == "unknown_method"
    room.do("faults", rules=[])
    assert room.api("auth.test").status_code == 200


def test_faults_are_in_the_log(room: Room) -> None:
    fault(room, "error_before", count=2)
    post(room)
    post(room)
    assert [(one["method"], one["fault"]) for one in room.log("fault")] == [("chat.postMessage", "error_before")] * 2


def test_the_same_seed_does_the_same(room: Room) -> None:
    def run(seed: int) -> list[int]:
        room.do("faults", seed=seed, rules=[{"method": "auth.test", "kind": "error_before", "rate": 0.5}])
        return [room.api("auth.test").status_code for _ in range(30)]

    first = run(7)
    assert 5 < first.count(500) < 25
    assert run(7) == first
    assert run(8) != first


@pytest.mark.parametrize(
    "rules",
    [
        "none",
        ["error_before"],
        [{"kind": "error_before"}],
        [{"method": "chat.update", "kind": "twice"}],
        [{"method": "event", "kind": "ratelimited"}],
        [{"method": "socket", "kind": "drop"}],
        [{"method": "chat.update", "kind": "late", "delay": "long"}],
        [{"method": "chat.update", "kind": "late", "count": "some"}],
    ],
)
def test_rules_that_mean_nothing_are_refused_and_the_old_ones_stay(rules: Any) -> None:
    faults = Faults()
    faults.replace([{"method": "auth.test", "kind": "error_before"}])
    with pytest.raises(FaultError, match=r"\.$"):
        faults.replace(rules)
    assert faults.pick("auth.test") is not None


# events


@pytest.fixture
def patient_room(tmp_path: Path) -> Iterator[Room]:
    """A sandbox that waits for new sockets before it sends an event again."""
    with running_server(tmp_path, MANIFEST, retry_delays=(0.5, 1.0, 2.0)) as server, room_in(server) as room:
        yield room


@pytest.fixture
def heard(bolt: App, connect: Connect) -> list[str]:
    """The words of the messages that the app heard."""
    words: list[str] = []
    bolt.event("message")(lambda event: words.append(event["text"]))
    connect()
    return words


def say(room: Room, channel: str, *words: str) -> None:
    """The rep writes messages."""
    for word in words:
        room.do("message", user=REP, channel=channel, text=word)


def test_an_event_twice_has_one_id(room: Room, heard: list[str], channel: str) -> None:
    fault(room, "twice", method="event", count=1)
    say(room, channel, "hello")
    wait_for(lambda: heard == ["hello", "hello"])
    wait_for(lambda: len(room.log("deliver")) == 2)
    assert len({one["envelope"]["event_id"] for one in room.log("deliver")}) == 1


def test_an_event_that_is_dropped_never_comes(room: Room, heard: list[str], channel: str) -> None:
    fault(room, "drop", method="event", count=1)
    say(room, channel, "lost", "here")
    wait_for(lambda: heard)
    assert heard == ["here"]


def test_events_out_of_order(room: Room, heard: list[str], channel: str) -> None:
    fault(room, "reorder", method="event", count=1, delay=5)
    say(room, channel, "first", "second")
    wait_for(lambda: len(heard) == 2)
    assert heard == ["second", "first"]


def test_a_held_event_comes_even_if_none_follows(room: Room, heard: list[str], channel: str) -> None:
    fault(room, "reorder", method="event", count=1, delay=0.1)
    say(room, channel, "alone")
    wait_for(lambda: heard == ["alone"])


def test_an_event_whose_socket_is_cut_comes_again(patient_room: Room) -> None:
    room = patient_room
    bolt = App(client=room.client, request_verification_enabled=False)
    heard: list[str] = []
    bolt.event("message")(lambda event: heard.append(event["text"]))
    with connected(room, bolt):
        fault(room, "cut", method="event", count=1)
        say(room, room.channels["general"], "cut")
        wait_for(lambda: any(one["ack"] == "ok" for one in room.log("deliver")), 6)
    assert "cut" in heard
    assert [one["what"] for one in room.log("socket")].count("cut") == 1
    assert max(one["attempt"] for one in room.log("deliver")) >= 1


def test_sockets_are_cut_again_and_again(room: Room, heard: list[str]) -> None:
    fault(room, "cut", method="socket", delay=0.1)
    wait_for(lambda: [one["what"] for one in room.log("socket")].count("cut") == 2, 6)
    room.do("faults", rules=[])
    wait_for(lambda: room.see()["app"]["connected"] == 1, 6)
