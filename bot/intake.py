"""The one way in: takes what Slack delivers once, saves what it means, and only then answers (R1, R2, R11)."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.access import Actor
from bot.domain import text as words
from bot.errors import BotError
from bot.settings import Settings
from bot.views import kit
from storage.db import Database

LONGEST_NONCE = 40  # characters that are looked at: it comes back from a client and becomes a part of a key
NOT_READABLE = "I can't read that form. Please close it and open it once more."

_zone = cache(ZoneInfo)  # which keeps eight itself, and reads the others from the disk again and again

Kind = Literal["command", "action", "submission", "shortcut", "event", "options"]


@dataclass(frozen=True)
class Act:
    """What somebody did in Slack: who, when, and the payload, read through a few plain names."""

    actor: Actor
    now: datetime
    settings: Settings
    body: dict[str, Any]

    @property
    def team_id(self) -> str:
        """The workspace in which it happened."""
        return self.actor.team_id

    @cached_property
    def today(self) -> date:
        """The day that it is where the actor is."""
        return self.now.astimezone(_zone(self.actor.tz)).date()

    @cached_property
    def text(self) -> str:
        """What stood behind a command, as plain text."""
        return str(words.plain(self.body.get("text") or "")).strip()

    @property
    def command(self) -> str:
        """The command with its slash."""
        return str(self.body.get("command", ""))

    @cached_property
    def action(self) -> dict[str, Any]:
        """The element that was used."""
        return dict((self.body.get("actions") or [{}])[0])

    @property
    def value(self) -> Any:
        """The value of the button or the choice that was made."""
        return kit.state_value(self.action)

    @property
    def row_id(self) -> int:
        """The value as the id of a row; 0, which no row has, if it is none: ids from a client are claims."""
        return row_number(self.value)

    @property
    def view(self) -> dict[str, Any]:
        """The modal or home in which it happened, empty in a message."""
        return self.body.get("view") or {}

    @cached_property
    def form(self) -> dict[str, Any]:
        """What stands in the form, by block_id: a text or None, in the fields of `kit.SEVERAL` a list of texts.

        Raises:
            BotError: something else came back than was sent out.
        """
        values = kit.form_values(self.view)
        for name, value in values.items():
            texts = value if name in kit.SEVERAL else [value]
            if value is not None and not (isinstance(texts, list) and all(isinstance(text, str) for text in texts)):
                raise BotError(NOT_READABLE)
        return values

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What the modal carried along."""
        return kit.memo(self.view)

    @property
    def query(self) -> str:
        """What was typed ahead."""
        return str(self.body.get("value") or "")

    @property
    def event(self) -> dict[str, Any]:
        """The inner event."""
        return self.body.get("event") or {}

    @property
    def message(self) -> dict[str, Any]:
        """The message on which a shortcut or a button was used."""
        return self.body.get("message") or {}

    @property
    def channel_id(self) -> str:
        """The channel in which it happened, or an empty string."""
        channel = self.body.get("channel") or {}
        container = self.body.get("container") or {}
        return str(channel.get("id") or container.get("channel_id") or self.body.get("channel_id") or "")


@dataclass(frozen=True)
class Answer:
    """What the person gets back at once.

    `text` and `blocks` are a private reply; with `replace` it takes the place of the message whose button was pressed.
    `modal` is opened (or pushed onto the modal in which it happened); `view` takes the modal's place. `options` answers
    a type-ahead. A second copy of the same delivery gets the same reply and opens nothing.

    `afterwards` is done once the look of a listener that `reads` is over, with no transaction open, and its answer is
    the one that counts: so a ballot goes into its box, and neither the inbox nor a log hears of it (R13).
    """

    text: str = ""
    blocks: list[dict[str, Any]] | None = None
    replace: bool = False
    modal: dict[str, Any] | None = None
    view: dict[str, Any] | None = None
    options: list[dict[str, Any]] = field(default_factory=list)
    afterwards: "Callable[[Database], Answer] | None" = None

    def to_json(self) -> str:
        """The answer as the inbox keeps it, without what it opens."""
        return json.dumps({"text": self.text, "blocks": self.blocks, "replace": self.replace, "view": self.view})

    @classmethod
    def from_json(cls, kept: str | None) -> "Answer":
        """The first answer again."""
        return cls(**json.loads(kept)) if kept else cls()

    def with_nonce(self) -> "Answer":
        """The answer whose new forms can be sent in once: each carries a nonce that the inbox remembers."""
        nonce = secrets.token_urlsafe(12)  # 16 characters
        return Answer(
            text=self.text,
            blocks=self.blocks,
            replace=self.replace,
            modal=kit.with_memo(self.modal, nonce=nonce) if self.modal else None,
            view=kit.with_memo(self.view, nonce=nonce) if self.view and self.view.get("type") == "modal" else self.view,
            options=self.options,
        )


class FormErrors(BotError):
    """A form that cannot be taken as it is: a sentence for each field (block_id); what was typed stays in it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class Listener:
    """One thing that people can do: what Slack calls it (`id`), what follows (`do`), and who may (`may`).

    `do` runs inside the transaction of this delivery and answers; it calls nobody. With `reads` it changes nothing and
    goes past the inbox; only what it wants done `afterwards` may change something.
    """

    kind: Kind
    id: str
    do: Callable[[Session, Act], Answer | None]
    may: str
    reads: bool = False


def row_number(claimed: object) -> int:
    """What a client says is the id of a row; 0, which no row has, if it cannot be one (R11)."""
    text = str(claimed or "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(kit.LARGEST_ID)) else 0
    return number if number <= kit.LARGEST_ID else 0


def delivery_key(kind: Kind, body: dict[str, Any]) -> str:
    """What makes this delivery the same one when it comes again (R2).

    A payload without the id that Slack gives it cannot be recognised again; it gets a key of its own.
    """
    unique = secrets.token_urlsafe(12)
    user = (body.get("user") or {}).get("id") or body.get("user_id") or ""
    if kind == "event":
        return f"event:{body.get('event_id') or unique}"
    if kind == "submission":
        view = body.get("view") or {}
        nonce = str(kit.memo(view).get("nonce") or "")[:LONGEST_NONCE]
        return f"form:{nonce or view.get('id') or unique}"
    if kind == "action":
        action, container = (body.get("actions") or [{}])[0], body.get("container") or {}
        place = container.get("message_ts") or container.get("view_id") or ""
        return f"action:{user}:{place}:{action.get('action_id')}:{action.get('action_ts') or unique}"
    return f"{kind}:{user}:{body.get('trigger_id') or body.get('action_ts') or unique}"
