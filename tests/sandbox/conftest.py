"""A running sandbox with the sample company, an app of slack_bolt, and short ways to both."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.server import SandboxServer

COMPANY = Path(__file__).parents[2] / "sandbox" / "company"
MANIFEST = {
    "display_information": {"name": "Tryout"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Tryout", "always_online": True},
        "slash_commands": [
            {"command": "/try", "description": "Try it", "usage_hint": "[what]", "should_escape": False}
        ],
        "shortcuts": [
            {"name": "Begin", "type": "global", "callback_id": "begin", "description": "Begin"},
            {"name": "Quote", "type": "message", "callback_id": "quote", "description": "Quote"},
        ],
        "unfurl_domains": ["assets.meridian.example"],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "channels:read",
                "channels:history",
                "im:history",
                "im:read",
                "im:write",
                "users:read",
                "dnd:read",
                "reactions:read",
                "reactions:write",
                "files:write",
                "links:read",
                "usergroups:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "message.channels",
                "message.im",
                "reaction_added",
                "reaction_removed",
                "link_shared",
                "member_joined_channel",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
REP, MARKETER, LEAD = "UE50DGOK6", "U8X8OIMQP", "UW45O2J6L"


def text_block(words: str, block_id: str = "said") -> dict[str, Any]:
    """A section."""
    return {"type": "section", "block_id": block_id, "text": {"type": "mrkdwn", "text": words}}


def button(action_id: str = "go", block_id: str = "buttons", **more: Any) -> dict[str, Any]:
    """An actions block with one button."""
    element = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Go"}, **more}
    return {"type": "actions", "block_id": block_id, "elements": [element]}


def text_input(block_id: str = "words", **more: Any) -> dict[str, Any]:
    """An input block for words."""
    element = {"type": "plain_text_input", "action_id": "typed", **more}
    return {"type": "input", "block_id": block_id, "label": {"type": "plain_text", "text": "Words"}, "element": element}


def modal(*blocks: dict[str, Any], title: str = "Form", **more: Any) -> dict[str, Any]:
    """A modal."""
    plain = {"type": "plain_text"}
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": {**plain, "text": title},
        "submit": {**plain, "text": "Send"},
    }
    return {**view, "blocks": list(blocks) or [text_input()], **more}


@dataclass
class Room:
    """A sandbox that runs, and what a person and an app can do with it."""

    server: SandboxServer
    http: httpx.Client
    client: WebClient
    channels: dict[str, str] = field(default_factory=dict)
    apart: str = ""

    def do(self, name: str, **told: Any) -> dict[str, Any]:
        """A call of the control API that must be ok."""
        answer = self.ask(name, **told)
        assert answer["ok"], answer
        return answer

    def ask(self, name: str, **told: Any) -> dict[str, Any]:
        """A call of the control API."""
        return dict(self.http.post(f"/_sandbox/{name}", json=told).json())

    def see(self, user: str = REP) -> dict[str, Any]:
        """What a person sees."""
        return dict(self.http.get("/_sandbox/see", params={"user": user}).json())

    def messages(self, user: str = REP, channel: str = "app") -> list[dict[str, Any]]:
        """The messages of one conversation as a person sees them."""
        for one in self.see(user)["conversations"]:
            if channel in (one["id"], one["kind"], "#" + one["name"]):
                return list(one["messages"])
        raise AssertionError(channel)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Entries of the log."""
        return list(self.http.get("/_sandbox/log", params={"kind": kind}).json()["entries"])

    def api(self, method: str, token: str = "xoxb-sandbox", **args: Any) -> httpx.Response:
        """A call of the Web API with a JSON body."""
        return self.http.post(f"/api/{method}", json=args, headers={"Authorization": f"Bearer {token}"})

    def error(self, method: str, **args: Any) -> str:
        """The error that a call of the Web API answers."""
        answer = self.api(method, **args).json()
        return str(answer.get("error", "ok"))

    def trigger(self, user: str = REP) -> str:
        """A fresh trigger id, from a command; some app must be connected."""
        self.do("command", user=user, channel="app", text="/try")
        return str(self.log("deliver")[-1]["envelope"]["trigger_id"])


def wait_for(true: Callable[[], Any], seconds: float = 3.0) -> Any:
    """What `true` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen")


QUICK: dict[str, Any] = {"ack_seconds": 0.6, "retry_delays": (0.0, 0.1, 0.2)}


@contextlib.contextmanager
def running_server(folder: Path, manifest: dict[str, Any], **settings: Any) -> Iterator[SandboxServer]:
    """A sandbox with the sample company and this manifest."""
    path = folder / "manifest.yaml"
    path.write_text(yaml.safe_dump(manifest))
    server = SandboxServer(COMPANY, path, port=0, **{**QUICK, **settings})
    server.start()
    yield server
    server.stop()


@contextlib.contextmanager
def room_in(server: SandboxServer) -> Iterator[Room]:
    """A sandbox as new, and what can be done with it."""
    client = WebClient("xoxb-sandbox", base_url=f"{server.url}/api/", retry_handlers=[], timeout=5)
    with httpx.Client(base_url=server.url, timeout=10, verify=False) as http:
        room = Room(server, http, client)
        wait_for(lambda: room.see()["app"]["connected"] == 0)  # the app of the test before has gone
        room.do("reset")
        for channel in client.conversations_list(limit=1000)["channels"]:
            room.channels[channel["name"]] = channel["id"]
            if not channel["is_member"]:
                room.apart = channel["id"]
        yield room


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for all tests of a process; each test begins with it as new."""
    with running_server(tmp_path_factory.mktemp("sandbox"), MANIFEST) as server:
        yield server


@pytest.fixture
def room(server: SandboxServer) -> Iterator[Room]:
    """A sandbox as new."""
    with room_in(server) as room:
        yield room


@pytest.fixture
def channel(room: Room) -> str:
    """A channel that the app and the rep are in."""
    for one in room.see()["conversations"]:
        if one["kind"] == "channel" and one["app_is_member"]:
            return str(one["id"])
    raise AssertionError("the rep is in no channel of the app")


@pytest.fixture
def bolt(room: Room) -> App:
    """An app of slack_bolt that talks to the sandbox; listeners are added before `connect`."""
    return App(client=room.client, request_verification_enabled=False)


@contextlib.contextmanager
def connected(room: Room, bolt: App) -> Iterator[SocketModeHandler]:
    """An app over Socket Mode for a while."""
    handler = SocketModeHandler(bolt, "xapp-sandbox", web_client=room.client, ping_interval=0.2)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        _hang_up(handler)


@pytest.fixture
def connect(room: Room, bolt: App) -> Iterator[Callable[[], SocketModeHandler]]:
    """Connects the app over Socket Mode."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(connected(room, bolt))


def _hang_up(handler: SocketModeHandler) -> None:
    """Close a connection at once; the SDK alone waits three seconds for its reads to time out, and forever for a
    connection that is closed at the moment when it would first be read: that one's threads are left behind.
    """
    handler.client.auto_reconnect_enabled = False
    handler.client.closed = True
    handler.client.message_queue.put(None)
    connected = getattr(getattr(handler.client, "current_session", None), "sock", None)
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RD)
    closing = threading.Thread(target=handler.close, daemon=True)
    closing.start()
    closing.join(timeout=5)
