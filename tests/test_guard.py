"""The guard: whatever the bytes, an answer in one word and no exception; only what Slack signed comes to Bolt."""

import hashlib
import hmac
import io
import json
import random
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog

from bot.guard import LARGEST, PATH, WINDOW, Guard
from bot.payload import FORM, JSON

SECRET = "a-signing-secret"
EVENT = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U1"}}
CLICK = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "asset.open", "value": "1"}]}
COMMAND = {"command": "/asset", "text": "list", "user_id": "U1"}


class Behind:
    """Stands where Bolt stands, and keeps what comes through."""

    def __init__(self) -> None:
        self.took: list[Any] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert environ["CONTENT_TYPE"] == JSON
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.took.append(json.loads(body))
        start_response("200 OK", [])
        return [b"bolt"]


class Door:
    """A guard, and how to knock."""

    def __init__(self) -> None:
        self.behind, self.words = Behind(), list[str]()
        self._guard = Guard(self.behind, signing_secret=SECRET, refused=self.words.append)

    def ask(self, **environ: Any) -> tuple[int, bytes]:
        """One raw request; gives the status and the answer."""
        told: list[str] = []
        body = b"".join(self._guard(environ, lambda status, headers: told.append(status)))
        return int(told[0].split()[0]), body

    def post(
        self, body: bytes | str, content_type: str = FORM, *, age: float = 0, secret: str = SECRET, **more: Any
    ) -> tuple[int, bytes]:
        """One signed request; `more` replaces what stands in the environment, None takes it away."""
        raw = body if isinstance(body, bytes) else body.encode()
        stamp = str(int(time.time() - age))
        signature = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(raw)),
            "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp, "HTTP_X_SLACK_SIGNATURE": f"v0={signature}",
            "wsgi.input": io.BytesIO(raw), **more,
        }  # fmt: skip
        return self.ask(**{key: value for key, value in environ.items() if value is not None})


@pytest.fixture
def door() -> Door:
    return Door()


def interactive(payload: Any) -> str:
    return urlencode({"payload": json.dumps(payload)})


def test_what_slack_signed_comes_through(door: Door) -> None:
    assert door.post(json.dumps(EVENT), JSON) == (200, b"bolt")
    assert door.post(json.dumps(EVENT), "application/json; charset=utf-8") == (200, b"bolt")
    assert door.post(interactive(CLICK)) == (200, b"bolt")
    assert door.post(urlencode(COMMAND)) == (200, b"bolt")
    assert door.behind.took == [EVENT, EVENT, CLICK, COMMAND]
    assert door.words == []


def test_a_command_may_speak_of_a_payload(door: Door) -> None:
    """Bolt alone takes the word for the field of that name and drops the command."""
    assert door.post(urlencode(COMMAND | {"text": "payload=1 deck"}))[0] == 200
    assert door.behind.took[0]["text"] == "payload=1 deck"


def test_the_guard_cannot_be_without_a_secret() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        Guard(Behind(), signing_secret="")


@pytest.mark.parametrize("age", [WINDOW + 5, -WINDOW - 5])
def test_old_and_future_timestamps_are_refused(door: Door, age: float) -> None:
    assert door.post(urlencode(COMMAND), age=age) == (401, b"stale")
    assert door.post(urlencode(COMMAND), age=age - 20 if age > 0 else age + 20)[0] == 200


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"PATH_INFO": "/slack/events/"}, (404, b"not_found")),
        ({"PATH_INFO": None}, (404, b"not_found")),
        ({"REQUEST_METHOD": "GET"}, (405, b"method")),
        ({"REQUEST_METHOD": "PUT"}, (405, b"method")),
        ({"CONTENT_LENGTH": None}, (411, b"length")),
        ({"CONTENT_LENGTH": ""}, (411, b"length")),
        ({"CONTENT_LENGTH": "-1"}, (400, b"length")),
        ({"CONTENT_LENGTH": "ten"}, (400, b"length")),
        ({"CONTENT_LENGTH": "²"}, (400, b"length")),
        ({"CONTENT_LENGTH": "9" * 5000}, (413, b"too_large")),
        ({"CONTENT_LENGTH": str(LARGEST + 1)}, (413, b"too_large")),
        ({"CONTENT_LENGTH": "5000"}, (400, b"unreadable")),
        ({"wsgi.input": None}, (400, b"unreadable")),
        ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": None}, (400, b"timestamp")),
        ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "yesterday"}, (400, b"timestamp")),
        ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "1e9"}, (400, b"timestamp")),
        ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "9" * 400}, (400, b"timestamp")),
        ({"HTTP_X_SLACK_REQUEST_TIMESTAMP": "٣٣٣"}, (400, b"timestamp")),
        ({"HTTP_X_SLACK_SIGNATURE": None}, (401, b"no_signature")),
        ({"HTTP_X_SLACK_SIGNATURE": "v1=00"}, (401, b"no_signature")),
        ({"HTTP_X_SLACK_SIGNATURE": "v0=" + "0" * 64}, (401, b"bad_signature")),
        ({"HTTP_X_SLACK_SIGNATURE": "v0=ÿ\ud800"}, (401, b"bad_signature")),
        ({"CONTENT_TYPE": "text/plain"}, (415, b"content_type")),
        ({"CONTENT_TYPE": None}, (415, b"content_type")),
    ],
)
def test_every_wrong_envelope_has_its_word(door: Door, changed: dict[str, Any], answer: tuple[int, bytes]) -> None:
    assert door.post(urlencode(COMMAND), **changed) == answer
    assert door.words == [answer[1].decode()]
    assert door.behind.took == []


def test_what_is_too_large_is_not_read(door: Door) -> None:
    class Trap(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("was read")

    large: dict[str, Any] = {"CONTENT_LENGTH": "2000000", "wsgi.input": Trap()}
    assert door.post("x", **large) == (413, b"too_large")


def test_a_body_without_a_length_is_read_as_far_as_is_allowed(door: Door) -> None:
    chunked: dict[str, Any] = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert door.post(urlencode(COMMAND), **chunked) == (200, b"bolt")
    assert door.post(b"x" * (LARGEST + 1), **chunked) == (413, b"too_large")


def test_another_secret_signs_nothing(door: Door) -> None:
    assert door.post(urlencode(COMMAND), secret="another") == (401, b"bad_signature")


@pytest.mark.parametrize(
    ("body", "kind", "answer"),
    [
        (b"\xff\xfe", JSON, (400, b"utf8")),
        (b"", JSON, (400, b"json")),
        (b"{", JSON, (400, b"json")),
        (b"[" * 200_000, JSON, (400, b"json")),
        (b'{"a":' * 200_000, JSON, (400, b"json")),
        (b"1" * 5000, JSON, (400, b"json")),
        (b'{"type":"event_callback","x":' + b"[" * 100 + b"]" * 100 + b"}", JSON, (400, b"too_deep")),
        (b"[]", JSON, (400, b"no_object")),
        (b"null", JSON, (400, b"no_object")),
        (b'{"type":"event_callback"}', JSON, (200, b"")),
        (b'{"type":"event_callback","event":null}', JSON, (200, b"")),
        (b'{"type":"event_callback","event":[]}', JSON, (400, b"wrong_type")),
        (b'{"type":"app_rate_limited"}', JSON, (200, b"")),
        (b'{"type":5}', JSON, (400, b"wrong_type")),
        (b"{}", JSON, (400, b"unknown")),
        (b'{"command":"/asset","user_id":"U1"}', JSON, (400, b"unknown")),
        (b'{"type":"url_verification","challenge":"abc"}', JSON, (200, b'{"challenge": "abc"}')),
        (b'{"type":"url_verification","challenge":{"a":1}}', JSON, (200, b'{"challenge": "{\'a\': 1}"}')),
        (b"ssl_check=1&token=x", FORM, (200, b"")),
        (b"", FORM, (400, b"unknown")),
        (b"&".join(b"a%d=1" % n for n in range(200)), FORM, (400, b"form")),
        (b"command=/asset", FORM, (400, b"missing_field")),
        (b"payload=", FORM, (400, b"json")),
        (b"payload=%7B", FORM, (400, b"json")),
        (b"payload=[]", FORM, (400, b"no_object")),
        (b'payload={"type":"dialog_submission"}', FORM, (200, b"")),
    ],
)
def test_every_wrong_body_has_its_word(door: Door, body: bytes, kind: str, answer: tuple[int, bytes]) -> None:
    assert door.post(body, kind) == answer
    assert door.behind.took == []


@pytest.mark.parametrize(
    "change",
    [
        {"user": None}, {"user": "U1"}, {"user": {"id": 5}}, {"user": []}, {"user": {"id": "U1", "team_id": ["T"]}},
        {"user": {"id": "x" * 300}}, {"actions": None}, {"actions": []}, {"actions": [None]}, {"actions": "x"},
        {"actions": [{"value": "1"}]}, {"actions": [{"action_id": "a", "value": 3}]}, {"view": 4},
        {"view": {"state": {"values": {"said": {"said": "x"}}}}}, {"view": {"state": {"values": [1]}}},
        {"view": {"private_metadata": {"a": 1}}}, {"view": {"private_metadata": "x" * 3001}}, {"team": 5},
        {"container": "message"}, {"response_url": "file:///etc/passwd"}, {"trigger_id": "a b"}, {"message": "hello"},
        {"authorizations": [5]}, {"response_urls": [None]},
    ],
)  # fmt: skip
def test_a_field_of_a_wrong_type_is_refused(door: Door, change: dict[str, Any]) -> None:
    status, word = door.post(interactive(CLICK | change))
    assert (status, word) in ((400, b"wrong_type"), (400, b"missing_field"))
    assert door.behind.took == []


def test_null_is_missing(door: Door) -> None:
    assert door.post(interactive(CLICK | {"team": None, "view": None, "enterprise": None, "event": None}))[0] == 200
    assert door.behind.took == [CLICK]


def test_texts_come_through_whole(door: Door) -> None:
    """A NUL, and half a character, would be refused by a database; a character in two halves is one."""
    assert door.post(urlencode(COMMAND | {"text": "a\0b 🦴 é"}))[0] == 200
    payload = json.dumps(CLICK).replace('"1"', r'"x\u0000\ud800y\ud83e\uddb4"')
    assert door.post(urlencode({"payload": payload}))[0] == 200
    command, click = door.behind.took
    assert command["text"] == "ab 🦴 é"
    assert click["actions"][0]["value"] == "xy🦴"


def test_the_log_has_the_reason_and_nothing_of_the_body(door: Door) -> None:
    with structlog.testing.capture_logs() as lines:
        door.post(b"payload=my+secret+words", secret="wrong")
        door.post(b"payload=my+secret+words")
    assert [line["reason"] for line in lines] == ["bad_signature", "json"]
    assert "secret words" not in str(lines)
    assert "my" not in str(lines)


def test_random_bytes_and_headers_never_raise(door: Door) -> None:
    dice = random.Random(7)
    for _ in range(300):
        environ: dict[str, Any] = {"PATH_INFO": PATH, "REQUEST_METHOD": "POST"}
        for key in ("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_X_SLACK_SIGNATURE", "HTTP_X_SLACK_REQUEST_TIMESTAMP"):
            if dice.random() < 0.8:
                environ[key] = dice.randbytes(dice.randrange(20)).decode("latin-1")
        status, _ = door.ask(**environ, **{"wsgi.input": io.BytesIO(dice.randbytes(50))})
        assert 400 <= status < 500
        assert door.post(dice.randbytes(dice.randrange(60)), dice.choice((JSON, FORM)))[0] in (200, 400)
