"""What a person in the sandbox sees and does; unlike the tests' driver it takes failure for an answer."""

import time
from collections.abc import Iterator
from typing import Any

import httpx

from bench.crash.ledger import KEPT, REFUSED, SILENCE
from bot.door import NOT_SAVED
from sandbox.model import BOT_USER_ID, Message, View
from sandbox.server import SandboxServer
from tests.slack import elements, words


class Screen:
    """One person's hands and eyes at a time; each thread has a screen of its own."""

    def __init__(self, server: SandboxServer) -> None:
        self._space, self._sockets = server.sandbox.space, server.sandbox.sockets
        self._http = httpx.Client(base_url=server.url, timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def post(self, call: str, **body: Any) -> dict[str, Any]:
        """One control call, whatever comes of it."""
        answer: dict[str, Any] = self._http.post(f"/_sandbox/{call}", json=body).json()
        return answer

    def press(self, user_id: str, message: Message, action_id: str) -> dict[str, Any]:
        """Press the first button with this action_id."""
        block_id = next((block for element, block in elements(message.blocks) if element["action_id"] == action_id), "")
        place = {"channel": message.channel, "ts": message.ts}
        return self.post("click", user=user_id, action_id=action_id, block_id=block_id, **place)

    def is_connected(self) -> bool:
        """Whether the app listens."""
        return self._sockets.count > 0

    def wait_for_app(self, seconds: float) -> bool:
        """Wait until the app listens; False if it does not in time."""
        end = time.monotonic() + seconds
        while not self.is_connected():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def channels_of(self, user_id: str) -> list[str]:
        """The ids of the channels that both the person and the app are in."""
        both = {user_id, BOT_USER_ID}
        return [one.id for one in list(self._space.conversations.values()) if one.name and both <= set(one.members)]

    def messages_with(self, channel_id: str, action_id: str) -> Iterator[tuple[Message, str]]:
        """The app's messages in a conversation that have such a button, newest first, each with the button's value."""
        for message in reversed(list(self._space.messages[channel_id])):
            value = button_value(message, action_id) if message.by_app else None
            if value is not None:
                yield message, value

    def dm(self, user_id: str) -> str:
        """The direct message between a person and the app."""
        return self._space.dm(user_id).id

    def newest_ephemeral(self, user_id: str) -> Message | None:
        """The latest message that only this person sees."""
        return next(reversed(list(self._space.ephemerals.get(user_id, []))), None)

    def modal(self, user_id: str, callback_id: str) -> View | None:
        """The form that a person has before them, if it is this one."""
        view = self._space.screens.top(user_id)
        return view if view is not None and view.content.get("callback_id") == callback_id else None

    def send_form(self, user_id: str, callback_id: str, values: dict[str, Any], tries: int = 4) -> str:
        """Send the open form, and again while it stays open; gives what the person was told in the end."""
        told = SILENCE
        for _ in range(tries):
            view = self.modal(user_id, callback_id)
            if view is None:
                break
            answer = self.post("submit", user=user_id, values=values)
            told = told_by(answer)
            if told == KEPT and not view.errors:
                break
            told = REFUSED if view.errors and told == KEPT else told
            self.wait_for_app(5)
        self.post("close", user=user_id, all=True)
        return told


def told_by(answer: dict[str, Any]) -> str:
    """Whether the app said that it saved what was done, that it did not, or nothing."""
    ack = answer.get("ack")
    if not ack or ack["status"] != "ok":
        return SILENCE
    return REFUSED if NOT_SAVED in words(ack.get("body") or {}) or NOT_SAVED in str(ack.get("body")) else KEPT


def button_value(message: Message, action_id: str) -> str | None:
    """The value of a message's button with this action_id, None if it has none."""
    found = (str(one.get("value") or "") for one, _ in elements(message.blocks) if one["action_id"] == action_id)
    return next(found, None)
