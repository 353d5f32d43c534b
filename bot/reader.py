"""The reader: people, channels and single messages as Slack has them; the only caller of users.*, conversations.*."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.profile import Profile, profile_of

GONE = ("channel_not_found", "not_in_channel", "thread_not_found", "message_not_found", "is_archived")
AMBIGUOUS = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
KEPT_FOR = 300  # seconds that an answer is used again


class Refused(Exception):
    """This workspace does not let the app make a call; what needs it is off, the rest goes on."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: {reason}")
        self.method, self.reason = method, reason


class TooFast(Exception):
    """Slack asks for patience: the call was not made and may be made again in `seconds`."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(f"{method}: {seconds:.0f} seconds")
        self.method, self.seconds = method, seconds


@dataclass(frozen=True)
class Channel:
    """A channel; whether it exists is a secret of its members where it is private."""

    channel_id: str
    name: str
    is_private: bool


@dataclass(frozen=True)
class Message:
    """One message as it stands in a channel; `text` also holds the texts and links of its blocks."""

    channel_id: str
    ts: str
    user_id: str
    text: str


class Reader:
    """Reads from one workspace, and remembers what it is not allowed to read."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._kept: dict[str, tuple[float, Any]] = {}
        self.refused: dict[str, str] = {}

    def call(self, method: str, **arguments: Any) -> Any:
        """Slack's answer to one question.

        Raises:
            Refused: the workspace does not allow it, now or the last time.
            TooFast: Slack asks for patience.
            SlackApiError: any other refusal.
        """
        if method in self.refused:
            raise Refused(method, self.refused[method])
        try:
            return self._client.api_call(method, params=arguments)
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            if reason in ("unknown_method", "missing_scope", "not_allowed_token_type", "method_not_supported"):
                self.refused[method] = reason
                raise Refused(method, reason) from None
            wait = retry_after(error)
            if wait is not None:
                raise TooFast(method, wait) from None
            raise

    def pages(self, method: str, of: str, **arguments: Any) -> list[dict[str, Any]]:
        """What stands under `of` on all pages of a list.

        Raises:
            Refused, TooFast, SlackApiError: as `call`.
        """
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.call(method, limit=200, **arguments, **({"cursor": cursor} if cursor else {}))
            found += page[of]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    def profile(self, user_id: str) -> Profile:
        """One person.

        Raises:
            Refused: the workspace does not allow it.
        """
        return profile_of(self.call("users.info", user=user_id)["user"])

    def listened_channels(self) -> list[Channel]:
        """The channels that the app is a member of.

        Raises:
            Refused: the workspace does not allow it.
        """
        kept = self._kept.get("channels")
        if kept and kept[0] > time.monotonic():
            return list(kept[1])
        listed = self.pages(
            "conversations.list", "channels", types="public_channel,private_channel", exclude_archived="true"
        )
        found = [
            Channel(one["id"], one.get("name") or "", is_private=bool(one.get("is_private")))
            for one in listed
            if one.get("is_member")
        ]
        self._kept["channels"] = (time.monotonic() + KEPT_FOR, found)
        return found

    def members(self, channel_ids: Iterable[str]) -> frozenset[str] | None:
        """Who is in at least one of these channels, by user id; None if one of them cannot be seen.

        Raises:
            Refused: the workspace does not allow it.
        """
        found: set[str] = set()
        for channel_id in channel_ids:
            try:
                listed: list[Any] = self.pages("conversations.members", "members", channel=channel_id)
            except SlackApiError as error:
                if error.response.get("error") in GONE:
                    return None
                raise
            found.update(listed)
        return frozenset(found)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The message at `ts`, also inside a thread; None if it is gone or the app is not in the channel.

        Raises:
            Refused: the workspace does not allow it.
        """
        try:
            window = {"channel": channel_id, "oldest": ts, "latest": ts, "inclusive": "true", "limit": 1}
            found = _at(ts, self.call("conversations.history", **window))
            if not found:  # history leaves out what stands in threads
                found = _at(ts, self.call("conversations.replies", ts=ts, **window))
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                return None
            raise
        if not found:
            return None
        text = "\n".join([found[0].get("text") or "", *texts_in(found[0].get("blocks") or [])])
        return Message(channel_id=channel_id, ts=ts, user_id=found[0].get("user") or "", text=text)

    def reactions(self, channel_id: str, ts: str) -> set[tuple[str, str]] | None:
        """Who has put which emoji (without colons) under a message; None if the message is gone.

        Raises:
            Refused: the workspace does not allow it.
        """
        try:
            answer = self.call("reactions.get", channel=channel_id, timestamp=ts, full="true")
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                return None
            raise
        listed = (answer.get("message") or {}).get("reactions") or []
        return {(user_id, one["name"]) for one in listed for user_id in one.get("users") or []}

    def open_direct_message(self, user_id: str) -> str:
        """The channel of the app's direct message with a person.

        Raises:
            Refused: the workspace does not allow it.
        """
        return str(self.call("conversations.open", users=user_id)["channel"]["id"])

    def find_posted(self, channel_id: str, key: str, *, since: datetime, thread_ts: str | None = None) -> str | None:
        """The ts of the app's own message that carries `key` in its metadata or as its first block's id, or None.

        All that was posted since then is looked through, in the channel or in the thread `thread_ts`.

        Raises:
            Refused: the workspace does not allow it.
        """
        where = {"channel": channel_id, "oldest": f"{since.timestamp():.6f}", "limit": 200}
        method = "conversations.history"
        if thread_ts:
            method, where = "conversations.replies", where | {"ts": thread_ts}
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self.call(method, include_all_metadata="true", **where, **more)
            found = next((one for one in page["messages"] if _carries(one, key)), None)
            if found is not None:
                return str(found["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    def is_public(self, channel_id: str) -> bool:
        """Whether everybody in the workspace may open a channel; what cannot be seen is not public.

        Raises:
            Refused: the workspace does not allow it.
        """
        try:
            channel = self.call("conversations.info", channel=channel_id)["channel"]
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                return False
            raise
        is_closed = any(channel.get(kind) for kind in ("is_private", "is_im", "is_mpim", "is_archived"))
        return bool(channel.get("is_channel")) and not is_closed

    def permalink(self, channel_id: str, ts: str) -> str:
        """The address of a message, or an empty string if Slack gives none."""
        try:
            answer = self._client.chat_getPermalink(channel=channel_id, message_ts=ts)
            return str(answer.get("permalink") or "")
        except SlackApiError:
            return ""


def retry_after(error: SlackApiError) -> float | None:
    """The seconds that Slack asks to wait (429), None if it asks for nothing."""
    if error.response.status_code != 429 and error.response.get("error") != "ratelimited":
        return None
    try:
        return max(0.0, float(error.response.headers.get("Retry-After") or 1))
    except ValueError:
        return 1.0


def is_ambiguous(error: SlackApiError) -> bool:
    """Whether nobody knows if Slack did what was asked."""
    return error.response.status_code >= 500 or error.response.get("error") in AMBIGUOUS


def _carries(message: dict[str, Any], key: str) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    blocks = message.get("blocks") or []
    return payload.get("key") == key or bool(blocks and blocks[0].get("block_id") == key)


def _at(ts: str, page: Any) -> list[dict[str, Any]]:
    return [one for one in page["messages"] if one.get("ts") == ts]


def texts_in(part: Any) -> list[str]:
    """All texts and links anywhere in blocks."""
    if isinstance(part, list):
        return [text for one in part for text in texts_in(one)]
    if isinstance(part, dict):
        own = [part[key] for key in ("text", "url") if isinstance(part.get(key), str)]
        return own + [text for value in part.values() if isinstance(value, (dict, list)) for text in texts_in(value)]
    return []
