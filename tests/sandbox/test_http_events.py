"""Signed HTTP instead of Socket Mode: what is posted verifies, an error is tried again with its headers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import App
from slack_sdk.signature import SignatureVerifier

from sandbox.http_events import SIGNING_SECRET
from tests.sandbox.conftest import REP, Room, button, connected, modal, text_block, wait_for

Json = dict[str, Any]
VERIFIER = SignatureVerifier(SIGNING_SECRET)


@dataclass
class Received:
    """One request that the app got."""

    headers: dict[str, str]
    raw: str

    @property
    def is_signed(self) -> bool:
        """True if Slack's own library would take it."""
        return bool(VERIFIER.is_valid_request(self.raw, self.headers))

    @property
    def body(self) -> Json:
        """The payload, however it was sent."""
        if self.headers["content-type"] == "application/json":
            return dict(json.loads(self.raw))
        form = {name: values[0] for name, values in parse_qs(self.raw).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else form


@dataclass
class Listener:
    """An app's request URL: it answers the challenge, then these statuses in turn, then 200 with `says`."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    says: bytes = b""
    received: list[Received] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A request URL on this machine."""
    here = Listener()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"])).decode()
            one = Received({name.lower(): value for name, value in self.headers.items()}, raw)
            status, says = 200, here.says
            if one.headers["content-type"] == "application/json" and one.body["type"] == "url_verification":
                says = one.body["challenge"].encode()
            else:
                here.received.append(one)
                status = here.statuses.pop(0) if here.statuses else 200
            self.send_response(status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(says)))
            self.end_headers()
            self.wfile.write(says)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    here.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def told(room: Room, listener: Listener) -> list[Received]:
    """What arrives at the request URL."""
    room.do("http", request_url=listener.url)
    return listener.received


def test_an_event_is_signed_and_sent_once_when_it_is_taken(room: Room, told: list[Received], channel: str) -> None:
    room.do("message", user=REP, channel=channel, text="Good morning ☀")
    wait_for(lambda: told)
    assert told[0].is_signed
    assert (told[0].body["type"], told[0].body["event"]["text"]) == ("event_callback", "Good morning ☀")
    assert "x-slack-retry-num" not in told[0].headers
    assert not VERIFIER.is_valid_request(told[0].raw + " ", told[0].headers)


def test_after_an_error_it_comes_again_with_headers(
    room: Room, told: list[Received], listener: Listener, channel: str
) -> None:
    listener.statuses += [500, 404]
    room.do("message", user=REP, channel=channel, text="again")
    wait_for(lambda: len(told) == 3)
    assert all(one.is_signed for one in told)
    assert [one.headers.get("x-slack-retry-num") for one in told] == [None, "1", "2"]
    assert [one.headers.get("x-slack-retry-reason") for one in told] == [None, "http_error", "http_error"]
    assert len({one.body["event_id"] for one in told}) == 1
    wait_for(lambda: [one["status"] for one in room.log("http")][-3:] == [500, 404, 200])


def test_an_app_can_ask_not_to_be_asked_again(
    room: Room, told: list[Received], listener: Listener, channel: str
) -> None:
    listener.statuses.append(500)
    listener.headers["X-Slack-No-Retry"] = "1"
    room.do("message", user=REP, channel=channel, text="once")
    wait_for(lambda: told)
    room.do("message", user=REP, channel=channel, text="next")
    wait_for(lambda: len(told) == 2)
    assert [one.body["event"]["text"] for one in told] == ["once", "next"]


def test_a_command_is_a_form_and_its_answer_is_shown(room: Room, told: list[Received], listener: Listener) -> None:
    listener.says = b'{"text": "Hello"}'
    room.do("command", user=REP, channel="app", text="/try a & b")
    assert told[0].is_signed
    assert (told[0].body["command"], told[0].body["text"]) == ("/try", "a & b")
    assert room.messages()[-1]["text"] == "Hello"


def test_an_interaction_is_sent_once_even_after_an_error(room: Room, told: list[Received], listener: Listener) -> None:
    posted = room.client.chat_postMessage(channel=REP, text="Press", blocks=[text_block("Press"), button()])
    wait_for(lambda: told)  # the event of the app's own message
    told.clear()
    listener.statuses.append(500)
    answer = room.do("click", user=REP, channel="app", ts=posted["ts"], action_id="go")
    assert (answer["ack"]["status"], answer["ack"]["body"]) == ("error", {"http_status": 500})
    assert [one.body["type"] for one in told] == ["block_actions"]
    assert told[0].is_signed
    assert room.see()["toasts"][-1]["text"] == "Sorry, that didn't work. Try again?"


def test_a_submission_and_its_errors(room: Room, told: list[Received], listener: Listener) -> None:
    room.do("command", user=REP, channel="app", text="/try")
    room.client.views_open(trigger_id=told[0].body["trigger_id"], view=modal())
    listener.says = b'{"response_action": "errors", "errors": {"words": "Not this."}}'
    answer = room.do("submit", user=REP, values={"words": "x"})
    assert answer["errors"] == {"words": "Not this."}
    assert told[-1].is_signed


def test_an_address_that_does_not_know_the_challenge_is_not_taken(room: Room, listener: Listener) -> None:
    refused = room.ask("http", request_url=listener.url.replace("127.0.0.1", "127.0.0.1.invalid"))
    assert refused["error"] == "challenge_failed"
    assert room.ask("http", request_url=f"{room.server.url}/api/auth.test")["error"] == "challenge_failed"


def test_and_back_to_socket_mode(room: Room, bolt: App, told: list[Received]) -> None:
    bolt.command("/try")(lambda ack: ack("over the socket"))
    room.do("http", request_url=None)
    with connected(room, bolt):
        room.do("command", user=REP, channel="app", text="/try")
    assert room.messages()[-1]["text"] == "over the socket"
    assert told == []
