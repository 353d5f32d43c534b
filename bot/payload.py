"""What Slack sends, read once: bytes become a payload whose known fields have their types, or a refusal in one word.

Everything behind this file may rely on it: text is text without NUL and without half characters, ids are short and
plain, what is there has its type, and whoever pressed, typed or sent is named. A field that is null is missing.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from bot.domain.text import whole

DEEPEST = 60  # levels; Slack's own views and messages have a dozen
MOST_FIELDS = 100  # of a form; a command has fourteen
LONGEST_ID = 255  # characters, Slack's own limit for action_id, block_id and callback_id
LONGEST_URL = 2000
LONGEST_VALUE = 3000  # Slack's limit for private_metadata and for what is typed into a field

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

Payload = dict[str, Any]


class Refused(Exception):
    """A request that is not taken: the HTTP status and a short word, never a part of the request."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status, self.word = status, word


class Kind(str):
    """A field's type that is narrower than text."""


ID, URL, VALUE = Kind("id"), Kind("url"), Kind("value")
PERSON, TEAM = Kind("person"), Kind("team")
_FITS = {
    ID: re.compile(rf"[\x21-\x7e]{{0,{LONGEST_ID}}}"),
    URL: re.compile(rf"(?:https?://[\x21-\x7e]{{1,{LONGEST_URL}}})?"),
    VALUE: re.compile(rf"(?s:.{{0,{LONGEST_VALUE}}})"),
    PERSON: re.compile(r"[A-Za-z0-9_.-]{0,64}"),
    TEAM: re.compile(r"[A-Za-z0-9_.-]{0,64}"),
}

# A shape is a type, a Kind, a dict of the fields that are known, a list of one shape, or a tuple of those that may be.
_TEAM = ({"id": TEAM, "enterprise_id": ID}, TEAM)
_USER = {"id": PERSON, "team_id": TEAM, "name": str}
_CHANNEL = {"id": ID}
_CHOICE = {"value": VALUE}
STATE = {
    "type": ID,
    "value": str,
    "selected_option": _CHOICE,
    "selected_options": [_CHOICE],
    "selected_date": ID,
    "selected_time": ID,
    "selected_date_time": int,
    "selected_user": PERSON,
    "selected_users": [PERSON],
    "selected_channel": ID,
    "selected_channels": [ID],
    "selected_conversation": ID,
    "selected_conversations": [ID],
}
_VIEW = {
    "id": ID,
    "type": ID,
    "callback_id": ID,
    "app_installed_team_id": TEAM,
    "private_metadata": VALUE,
    "blocks": [{"type": ID, "block_id": str}],
    "state": {"values": "each of each"},
}
_MESSAGE = {"type": ID, "text": str, "user": PERSON, "ts": ID, "thread_ts": ID, "bot_id": ID, "blocks": [dict]}
_EVENT = {
    **_MESSAGE,
    "user": (PERSON, _USER),
    "subtype": ID,
    "channel": (ID, _CHANNEL),
    "item": {"type": ID, "channel": ID, "ts": ID},
    "reaction": VALUE,
    "event_ts": ID,
    "tab": ID,
    "team": _TEAM,
    "user_team": ID,
    "message": dict,
    "previous_message": dict,
    "function": dict,
    "assistant_thread": dict,
}
_AUTHORIZATION = {"team_id": TEAM, "enterprise_id": ID}
SHAPE: dict[str, Any] = {
    "type": ID,
    "team": _TEAM,
    "team_id": TEAM,
    "enterprise": ({"id": ID}, ID),
    "enterprise_id": ID,
    "authorizations": [_AUTHORIZATION],
    "user": _USER,
    "user_id": PERSON,
    "user_name": str,
    "channel": _CHANNEL,
    "channel_id": ID,
    "command": ID,
    "text": str,
    "trigger_id": ID,
    "response_url": URL,
    "response_urls": [{"response_url": URL}],
    "event_id": ID,
    "event": _EVENT,
    "action_id": ID,
    "block_id": str,
    "action_ts": ID,
    "callback_id": ID,
    "value": VALUE,
    "actions": [{**STATE, "type": ID, "action_id": ID, "block_id": str, "action_ts": ID, "value": VALUE}],
    "container": {"type": ID, "message_ts": ID, "view_id": ID, "channel_id": ID, "is_ephemeral": bool},
    "view": _VIEW,
    "message": _MESSAGE,
    "function_data": {"execution_id": ID},
    "assistant_thread": dict,
    "state": dict,
    "bot_access_token": str,
    "function_execution_id": ID,
}
# What must be there, by type of payload; without it nobody could tell what was done, or by whom.
NEEDS: dict[str, tuple[str, ...]] = {
    "block_actions": ("user", "actions"),
    "block_suggestion": ("user", "action_id"),
    "view_submission": ("user", "view"),
    "view_closed": ("user", "view"),
    "shortcut": ("user", "callback_id"),
    "message_action": ("user", "callback_id"),
}


def read_payload(body: bytes, content_type: str) -> Payload | None:
    """The payload in the body of a request; None if there is nothing to do about it but to say "thank you".

    Raises:
        Refused: it cannot be read, or a field has a wrong type.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (JSON, FORM):
        raise Refused(415, "content_type")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "utf8") from None
    if kind == JSON:
        return check_payload(_parse(text), ("event_callback", "url_verification"))
    try:
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refused(400, "form") from None
    if "payload" in form:
        return check_payload(_parse(form["payload"]), tuple(NEEDS))
    if form.get("ssl_check") == "1":
        return None
    return check_payload(form, ("command",))


def check_payload(told: object, kinds: tuple[str, ...] = ("event_callback", "command", *NEEDS)) -> Payload | None:
    """A payload as everything behind may rely on it; None for a kind that we have nothing to do with.

    Raises:
        Refused: something that is known has a wrong type, or something that is needed is missing.
    """
    if not isinstance(told, dict):
        raise Refused(400, "no_object")
    payload: Payload = {key: value for key, value in _tidy(told, 0).items() if value is not None}
    if not _fits(payload, SHAPE):
        raise Refused(400, "wrong_type")
    kind = "command" if "command" in payload and "type" not in payload else payload.get("type", "")
    if kind not in kinds:
        if kind in ("", "command"):
            raise Refused(400, "unknown")
        return None
    if kind == "event_callback":
        if not (payload.get("event") or {}).get("type"):
            return None
    elif kind == "command":
        _need(payload, "command", "user_id")
    elif kind != "url_verification":
        _need(payload, *NEEDS[kind])
        _need_inside(payload, kind)
    if kind != "command":
        payload.pop("command", None)
    return payload


def _need(payload: Payload, *fields: str) -> None:
    if not all(payload.get(field) for field in fields):
        raise Refused(400, "missing_field")


def _need_inside(payload: Payload, kind: str) -> None:
    if not payload["user"].get("id"):
        raise Refused(400, "missing_field")
    if kind.startswith("view_") and not (payload["view"].get("callback_id") and payload["view"].get("type")):
        raise Refused(400, "missing_field")
    if kind == "block_actions" and not all(action.get("action_id") for action in payload["actions"]):
        raise Refused(400, "missing_field")


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(400, "json") from None


def _tidy(value: Any, depth: int) -> Any:
    """The same with texts that every database can keep."""
    if isinstance(value, str):
        return whole(value)
    if depth > DEEPEST:
        raise Refused(400, "too_deep")
    if isinstance(value, dict):
        return {whole(key): _tidy(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_tidy(inner, depth + 1) for inner in value]
    return value


def _fits(value: Any, shape: Any) -> bool:
    """Whether a value has a shape; null is missing, and what is missing fits."""
    if value is None:
        return True
    if isinstance(shape, Kind):
        return isinstance(value, str) and _FITS[shape].fullmatch(value) is not None
    if isinstance(shape, tuple):
        return any(_fits(value, one) for one in shape)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(_fits(value[field], shape[field]) for field in shape if field in value)
    if isinstance(shape, list):
        return isinstance(value, list) and all(one is not None and _fits(one, shape[0]) for one in value)
    if shape == "each of each":
        return isinstance(value, dict) and all(_is_states(one) for one in value.values())
    return isinstance(value, shape) and not (shape is int and isinstance(value, bool))


def _is_states(states: Any) -> bool:
    """The elements of one block of a form, by action_id, each with what stands in it."""
    return isinstance(states, dict) and all(one is not None and _fits(one, STATE) for one in states.values())
