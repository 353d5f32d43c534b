"""The way from Bolt to the listeners: by kind and by what Slack calls the thing that was used."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltResponse

from bot.access import CAPABILITIES
from bot.door import Door
from bot.errors import SettingsError
from bot.intake import Listener

ANYTHING = re.compile("")
NOT_STARTED = "Nothing was started."
NOT_FOR_US = BoltResponse(status=200, body="")  # what no listener wants is taken, so that Slack does not send it again
# What Slack calls the thing that was used, by kind.
_NAMES: dict[str, Callable[[dict[str, Any]], str]] = {
    "command": lambda body: str(body["command"]),
    "action": lambda body: str(body["actions"][0]["action_id"]),
    "submission": lambda body: str(body["view"]["callback_id"]),
    "shortcut": lambda body: str(body["callback_id"]),
    "event": lambda body: str(body["event"]["type"]),
    "options": lambda body: str(body["action_id"]),
}


def listen(bolt: App, door: Door, listeners: tuple[Listener, ...]) -> None:
    """Register the listeners with Bolt, one of Bolt's for each kind: it would try sixty one after another.

    A command's listener may name the first word behind it, "/groundswell settings": then it takes that, and what
    follows no listener's word goes to the command's own.

    Raises:
        SettingsError: the capability of one is not in the table, it has a double, or nothing is known of its kind.
    """
    known: dict[tuple[str, str], Listener] = {}
    for listener in listeners:
        name = f"The {listener.kind} {listener.id}"
        if listener.kind not in _NAMES:
            raise SettingsError([f"{name} is of no kind that Slack knows. {NOT_STARTED}"])
        if listener.may not in CAPABILITIES:
            may = f"the capability “{listener.may}”, which is not in bot/access.py" if listener.may else "no capability"
            raise SettingsError([f"{name} has {may}: nobody could say who may use it. {NOT_STARTED}"])
        if (listener.kind, listener.id) in known:
            raise SettingsError([f"{name} has two listeners. {NOT_STARTED}"])
        known[listener.kind, listener.id] = listener

    def register_kind(kind: str, register: Callable[..., Any]) -> None:
        def take(ack: Ack, body: dict[str, Any]) -> BoltResponse:
            name = _NAMES[kind](body)
            listener = known.get((kind, _with_word(name, body))) if kind == "command" else None
            listener = listener or known.get((kind, name))
            return NOT_FOR_US if listener is None else door.take(listener, body, ack)

        register(ANYTHING)(take)

    for kind, register in (
        ("command", bolt.command),
        ("action", bolt.block_action),
        ("submission", bolt.view_submission),
        ("shortcut", bolt.shortcut),
        ("event", bolt.event),
        ("options", bolt.block_suggestion),
    ):
        register_kind(kind, register)


def _with_word(command: str, body: dict[str, Any]) -> str:
    """The command with the first word behind it, in lower case; the command alone if there is none."""
    return " ".join([command, *str(body.get("text") or "").lower().split(maxsplit=1)[:1]])
