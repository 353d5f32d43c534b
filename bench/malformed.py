"""Requests that should never have come: real payloads of every listener with anything in them wrong, and bare noise."""

import hashlib
import hmac
import io
import json
import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from bench.apps import TEAM
from bot.guard import PATH
from bot.intake import Listener
from bot.payload import FORM, JSON

SECRET = "bench-signing-secret"
NOWHERE = "http://127.0.0.1:9/none"  # nobody listens there
STRANGER = {"id": "UFOREIGN1", "team_id": "TOTHER", "name": "stranger"}

Payload = dict[str, Any]
Request = dict[str, Any]

WORDS = (
    "", " ", "mine", "help", "list", "people hollowell", "spine deck 4 surgeons loved it", "deck 9 stars", "show 1",
    '"Is it usable?" Yes | No', "“How ready?” 1 to 5", '"x" |',
    "add", "import", "12 weeks", "last month", "<!channel> @everyone", "<@U1|x> <https://a.b|c>", "payload=1&x=2",
    "=cmd|' /C calc'!A0", "a\0b", "\ud800 half", "\ud83e\uddb4", "🦴" * 40, "\u202eevil\u2066", "é" * 400, "x" * 20_000,
    "\n\r\t\v\x1b[31m", "%s %d {0} ${x}", "'; DROP TABLE inbox; --", "../../etc/passwd", "NaN", "null", "[]", "{",
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**40, -(10**400), 1.5, float("nan"), float("inf"), "", "0", "1", "-1",
    "²", "9" * 17, "9" * 2000, "1:2", "1:", ":1", "-", [], [None], [[]], ["a", 1], {}, {"id": None}, {"id": "U1"},
    {"": {}}, {"value": None}, {"value": ["a"]}, {"type": "modal"}, "UFOREIGN1", "TOTHER", "C1", "1700000000.000100",
    "javascript:alert(1)", "file:///etc/passwd", NOWHERE, "2026-02-30", "25:61", "Mars/Olympus", *WORDS,
)  # fmt: skip


def deep(levels: int) -> Any:
    """Lists in lists."""
    inner: Any = 1
    for _ in range(levels):
        inner = [inner]
    return inner


class Grammar:
    """Makes payloads as Slack sends them, out of what the app has shown so far, and breaks them.

    `views` are the modals that the app opened, by callback_id; `buttons` what stood in its messages and views.
    """

    def __init__(self, listeners: tuple[Listener, ...], people: list[str]) -> None:
        self.listeners, self.people = listeners, people
        self._by_kind = [[one for one in listeners if one.kind == kind] for kind in sorted({x.kind for x in listeners})]
        self.views: dict[str, list[Payload]] = {}
        self.buttons: dict[str, list[str]] = {}

    def learn(self, shown: Any) -> None:
        """Remember a view or message that the app has shown: its buttons, and how its form is filled in."""
        if isinstance(shown, dict) and shown.get("type") == "modal" and shown.get("callback_id"):
            kept = self.views.setdefault(shown["callback_id"], [])
            kept[:] = [*kept[-3:], shown]
        self._learn_buttons(shown)

    def _learn_buttons(self, part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                self._learn_buttons(one)
        elif isinstance(part, dict):
            options = [str(option.get("value")) for option in part.get("options") or [] if isinstance(option, dict)]
            if part.get("action_id"):
                kept = self.buttons.setdefault(part["action_id"], [])
                kept[:] = [*kept, *filter(None, [part.get("value"), *options[:3]])][-12:]
            for inner in part.values():
                self._learn_buttons(inner)

    def pick(self, dice: random.Random) -> Listener:
        """Any listener, each kind as often as the others."""
        return dice.choice(dice.choice(self._by_kind))

    def payload(self, dice: random.Random, listener: Listener) -> Payload:
        """A payload that the listener would take."""
        user = {"id": dice.choice(self.people), "team_id": TEAM, "name": "somebody"}
        if dice.random() < 0.05:
            user = dict(STRANGER)
        number = f"{dice.randrange(10**9)}"
        if listener.kind == "command":
            return {
                "command": listener.id, "text": dice.choice(WORDS), "user_id": user["id"], "user_name": "somebody",
                "team_id": TEAM, "channel_id": "C1", "trigger_id": number, "response_url": NOWHERE,
            }  # fmt: skip
        if listener.kind == "event":
            return {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": self._event(dice, listener, user)}  # fmt: skip # noqa: E501
        body: Payload = {"team": {"id": TEAM}, "user": user, "trigger_id": number, "api_app_id": "A1"}
        if listener.kind == "submission":
            return body | {"type": "view_submission", "view": self._view(dice, listener.id)}
        if listener.kind == "shortcut":
            return body | self._shortcut(dice, listener)
        known = self.buttons.get(listener.id) or ["1"]
        where = self._place(dice, number)
        if listener.kind == "options":
            return body | where | {"type": "block_suggestion", "action_id": listener.id, "block_id": "asset", "value": dice.choice(WORDS)}  # fmt: skip # noqa: E501
        action: Payload = {"type": "button", "action_id": listener.id, "block_id": "b", "value": dice.choice(known)}
        if dice.random() < 0.2:
            action = action | {"type": "static_select", "selected_option": {"value": action.pop("value")}}
        return body | where | {"type": "block_actions", "actions": [action | {"action_ts": f"{number}.1"}]}

    def _event(self, dice: random.Random, listener: Listener, user: Payload) -> Payload:
        if listener.id == "app_home_opened":
            return {"type": listener.id, "user": user["id"], "tab": dice.choice(("home", "messages")), "channel": "D1"}
        item = {"type": "message", "channel": "C1", "ts": f"{dice.randrange(10**6)}.000100"}
        emoji = dice.choice(("+1", "-1", "white_check_mark", "question", "tada"))
        ts = f"{dice.randrange(10**6)}.1"
        return {"type": listener.id, "user": user["id"], "reaction": emoji, "item": item, "event_ts": ts}

    def _shortcut(self, dice: random.Random, listener: Listener) -> Payload:
        if dice.random() < 0.5:
            return {"type": "shortcut", "callback_id": listener.id, "action_ts": "1.1"}
        message = {"type": "message", "user": dice.choice(self.people), "text": dice.choice(WORDS), "ts": "1.000200"}
        return {
            "type": "message_action", "callback_id": listener.id, "action_ts": "1.1", "message_ts": "1.000200",
            "channel": {"id": "C1", "name": "general"}, "message": message, "response_url": NOWHERE,
        }  # fmt: skip

    def _place(self, dice: random.Random, number: str) -> Payload:
        if self.views and dice.random() < 0.4:
            view = self._view(dice, dice.choice(list(self.views)))
            return {"view": view, "container": {"type": "view", "view_id": view["id"]}}
        hidden = dice.random() < 0.5
        container = {"type": "message", "message_ts": f"{number}.2", "channel_id": "C1", "is_ephemeral": hidden}
        reply = {"response_url": NOWHERE} if dice.random() < 0.1 else {}
        return {"channel": {"id": "C1"}, "container": container, "message": {"ts": f"{number}.2"}, **reply}

    def _view(self, dice: random.Random, callback_id: str) -> Payload:
        shown = self.views.get(callback_id) or [{"type": "modal", "callback_id": callback_id, "blocks": []}]
        view: Payload = json.loads(json.dumps(dice.choice(shown)))
        values = {}
        for block in view["blocks"]:
            element = block.get("element") or block.get("accessory") or {}
            if block.get("type") == "input" or element.get("type", "button") != "button":
                action_id = element.get("action_id") or "a"
                values[block.get("block_id") or action_id] = {action_id: self._filled(dice, element)}
        memo = json.loads(view.get("private_metadata") or "{}") | {"nonce": f"n{dice.randrange(10**9)}"}
        if dice.random() < 0.2:
            memo[dice.choice([*memo, "page", "version_id", "user_id"])] = dice.choice(JUNK[:46])
        return view | {"id": "V1", "state": {"values": values}, "private_metadata": json.dumps(memo)[:3000]}

    def _filled(self, dice: random.Random, element: Payload) -> Payload:
        kind = str(element.get("type"))
        options = [{"value": one["value"]} for one in element.get("options") or []] or [{"value": "1"}]
        if "text_input" in kind:
            return {"type": kind, "value": dice.choice((*WORDS, "5", "9", None))}
        if kind == "checkboxes" or kind.startswith("multi_static"):
            return {"type": kind, "selected_options": dice.sample(options, dice.randint(0, len(options)))}
        if kind.startswith("multi_"):
            return {"type": kind, f"selected_{kind.split('_')[1]}": dice.choice(([], ["C1"], ["C1", "C2"]))}
        if kind in ("datepicker", "timepicker"):
            return {"type": kind, f"selected_{kind[:4]}": dice.choice((None, "2026-12-01", "09:00"))}
        if kind == "users_select":
            return {"type": kind, "selected_user": dice.choice(self.people)}
        return {"type": kind, "selected_option": dice.choice((*options, None))}

    def broken(self, dice: random.Random, payload: Payload) -> Payload:
        """The payload with one to four things in it wrong; now and then with none: the good way is walked too."""
        for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 4))):
            self._break_once(dice, payload)
        return payload

    def _break_once(self, dice: random.Random, payload: Payload) -> None:
        places = list(_places(payload))
        holder, key = dice.choice(places)
        chance = dice.random()
        if chance < 0.15:
            del holder[key]
        elif chance < 0.25:
            holder[key] = [holder[key]]
        elif chance < 0.3:
            holder[key] = {dice.choice(("id", "value", "type", "text")): holder[key]}
        elif chance < 0.4:
            other, name = dice.choice(places)
            holder[key] = json.loads(json.dumps(other[name])) if name in _keys(other) else None
        elif chance < 0.45 and isinstance(holder, dict):
            holder[dice.choice(("event", "command", "view", "actions", "payload", "\ud800", "x" * 300))] = _junk(dice)
        elif chance < 0.55 and isinstance(holder[key], str):
            at = dice.randint(0, len(holder[key]))
            holder[key] = holder[key][:at] + dice.choice(WORDS) + holder[key][at:]
        else:
            holder[key] = _junk(dice)


def _junk(dice: random.Random) -> Any:
    return deep(dice.choice((5, 70, 300))) if dice.random() < 0.03 else json.loads(json.dumps(dice.choice(JUNK)))


def _keys(holder: Any) -> Any:
    return holder if isinstance(holder, dict) else range(len(holder))


def _places(part: Any, depth: int = 20) -> Iterator[tuple[Any, Any]]:
    """The places in a payload, each as the dict or list and the key in it."""
    for key in list(_keys(part)):
        yield part, key
        if depth and isinstance(part[key], (dict, list)):
            yield from _places(part[key], depth - 1)


def signed(dice: random.Random, payload: Payload) -> Request:
    """A request with a good signature around a payload; now and then its form is wrong too."""
    if payload.get("type") == "event_callback":
        body, kind = json.dumps(payload).encode(), JSON
    elif "type" in payload or "user" in payload:
        body, kind = urlencode({"payload": json.dumps(payload)}).encode(), FORM
    else:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in payload.items()}
        body, kind = urlencode(texts, errors="surrogatepass").encode(), FORM
    chance = dice.random()
    if chance < 0.02:
        kind = dice.choice((JSON, FORM, "text/plain", ""))
    elif chance < 0.04:
        body = body[: dice.randrange(len(body) + 1)]
    elif chance < 0.06:
        at = dice.randrange(len(body) + 1)
        body = body[:at] + dice.randbytes(3) + body[at + 3 :]
    elif chance < 0.062:
        body = (b"" if kind == JSON else b"payload=") + dice.choice((b"[", b'{"a":')) * dice.choice((500, 50_000))
    stamp = str(int(time.time()))
    return environ(body, kind, stamp, signature(stamp, body))


def signature(stamp: str, body: bytes, secret: str = SECRET) -> str:
    """Slack's signature v0."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def environ(body: bytes, kind: str, stamp: str, sign: str) -> Request:
    """A WSGI request."""
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp,
        "HTTP_X_SLACK_SIGNATURE": sign, "wsgi.input": io.BytesIO(body),
    }  # fmt: skip


def unsigned(dice: random.Random, real: list[bytes]) -> Request:
    """Noise: random bytes or a real body, under a signature that is not Slack's, and anything else wrong too."""
    body = dice.randbytes(dice.randrange(200)) if dice.random() < 0.5 else dice.choice(real)
    stamp = str(int(time.time()))
    wrong = signature(stamp, body, "another secret")
    request = environ(body, dice.choice((JSON, FORM)), stamp, wrong)
    for _ in range(dice.choice((0, 0, 1, 2))):
        key = dice.choice(list(request))
        if key == "wsgi.input" or dice.random() < 0.3:
            del request[key]
        else:
            request[key] = dice.choice(_HEADERS) if dice.random() < 0.6 else dice.randbytes(9).decode("latin-1")
    return request


_HEADERS = (
    "", "0", "-1", "1e9", "²", "9" * 400, "2000000", "GET", "PUT", "/", "/metrics/", "/slack/events/", "v0=", "v0=\xff",
    "v0=" + "0" * 64, "1700000000", "text/plain", "application/json; charset=\xff", "multipart/form-data; boundary=x",
)  # fmt: skip
