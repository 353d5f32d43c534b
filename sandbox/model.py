"""The things in a workspace, and how Slack writes them in JSON."""

import mimetypes
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "private", "app"]

BOT_USER_ID, BOT_ID, APP_ID = "U0SANDBOT1", "B0SANDBOX1", "A0SANDBOX1"
PICTURE_BYTES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class SlackError(Exception):
    """An answer with `ok: false`; `messages` are the reasons in `response_metadata`."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        """Take Slack's word for the error."""
        super().__init__(error)
        self.error, self.messages, self.more = error, messages, more

    def answer(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def new_id(prefix: str) -> str:
    """A random id as Slack writes them, such as V07ABCDEF12."""
    return prefix + "0" + "".join(secrets.choice(ALPHABET) for _ in range(9))


@dataclass
class Conversation:
    """A channel, or the direct message between one person and the app."""

    id: str
    name: str
    kind: Kind
    members: list[str]
    created: int
    topic: str = ""
    user: str = ""  # the person, in a direct message
    shared: bool = False  # with another company (Slack Connect)

    @property
    def channel_type(self) -> str:
        """Slack's word in message events."""
        return {"channel": "channel", "private": "group", "app": "im"}[self.kind]

    def to_slack(self, team_id: str) -> Json:
        """The conversation object of the Web API."""
        if self.kind == "app":
            return {
                "id": self.id,
                "created": self.created,
                "is_im": True,
                "is_archived": False,
                "is_org_shared": False,
                "context_team_id": team_id,
                "user": self.user,
                "is_user_deleted": False,
                "priority": 0,
            }
        note = {"value": self.topic, "creator": "", "last_set": 0}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "private",
            "is_private": self.kind == "private",
            "is_im": False,
            "is_mpim": False,
            "is_general": self.name == "general",
            "is_archived": False,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_org_shared": False,
            "pending_shared": [],
            "is_pending_ext_shared": False,
            "is_member": BOT_USER_ID in self.members,
            "context_team_id": team_id,
            "created": self.created,
            "creator": "USLACKBOT",
            "topic": note,
            "purpose": {**note, "value": ""},
            "num_members": len(self.members),
        }


@dataclass
class Upload:
    """A file, from the moment its address was asked for."""

    id: str
    name: str
    length: int
    alt_text: str
    created: int
    title: str = ""
    user: str = BOT_USER_ID
    data: bytes | None = None
    is_complete: bool = False
    is_public: bool = False
    ready_at: float = 0.0  # real and monotonic: until then Slack has not looked at it

    @property
    def mimetype(self) -> str:
        """The type, by the name's ending."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def is_picture(self) -> bool:
        """True for what an image block can show: PNG, JPEG or GIF by its first bytes, complete, and looked at."""
        is_ready = self.is_complete and time.monotonic() >= self.ready_at
        return is_ready and (self.data or b"").startswith(PICTURE_BYTES)

    def to_slack(self, base_url: str) -> Json:
        """The file object of the Web API."""
        url = f"{base_url}/_sandbox/files/{self.id}"
        kind = self.name.rpartition(".")[2].lower()
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "size": self.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": self.is_public,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "alt_txt": self.alt_text,
        }


@dataclass(eq=False)
class Message:
    """One message; `only_for` makes it ephemeral."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    metadata: Json | None = None
    files: list[Upload] = field(default_factory=list)
    only_for: str = ""
    subtype: str = ""
    unfurl_id: str = field(default_factory=lambda: new_id("Uf"))

    @property
    def by_app(self) -> bool:
        """True if the app wrote it."""
        return self.user == BOT_USER_ID

    def reaction_list(self) -> list[Json]:
        """The reactions as Slack lists them."""
        return [{"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()]


@dataclass(eq=False)
class View:
    """A modal or a Home as it stands before one person; `state` is block_id, action_id, state object."""

    id: str
    user: str
    content: Json
    hash: str
    state: dict[str, dict[str, Json]]
    root_id: str = ""
    previous_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, ids filled in."""
        return list(self.content["blocks"])

    def to_slack(self, team_id: str) -> Json:
        """The view object of payloads and answers."""
        content = self.content
        return {
            "id": self.id,
            "team_id": team_id,
            "type": content["type"],
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata") or "",
            "callback_id": content.get("callback_id") or "",
            "state": {"values": self.state},
            "hash": self.hash,
            "title": content.get("title"),
            "clear_on_close": bool(content.get("clear_on_close")),
            "notify_on_close": bool(content.get("notify_on_close")),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": self.previous_id or None,
            "root_view_id": self.root_id or self.id,
            "app_id": APP_ID,
            "external_id": content.get("external_id") or "",
            "app_installed_team_id": team_id,
            "bot_id": BOT_ID,
        }
