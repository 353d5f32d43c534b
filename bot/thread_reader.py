"""Threads as Slack has them: the place, who can see it, and all messages with all their pages, through the reader."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.profile import Profile
from bot.reader import GONE, Reader, Refused, texts_in

NOBODY = ("user_not_found", "user_not_visible")
NO_THREAD = ("thread_not_found", "message_not_found")
# Of the kinds of messages that Slack itself writes none says anything; these are people's and apps' own.
SPOKEN = (None, "thread_broadcast", "file_share", "bot_message", "me_message")


@dataclass(frozen=True)
class Place:
    """A conversation: what matters for whether its threads may be captured."""

    channel_id: str
    name: str
    is_member: bool
    is_private: bool
    is_direct: bool
    is_shared: bool  # with another company


@dataclass(frozen=True)
class Written:
    """One message of a thread in Slack's own markup; `user_id` is empty and `app` a name where an app wrote it."""

    ts: str
    user_id: str
    text: str
    files: int
    app: str


def find_place(reader: Reader, channel_id: str) -> Place | None:
    """What a conversation is; None if the app cannot see it.

    Raises:
        Refused: the workspace does not allow it.
    """
    try:
        told = reader.call("conversations.info", channel=channel_id)["channel"]
    except SlackApiError as error:
        if error.response.get("error") in GONE:
            return None
        raise
    return Place(
        channel_id=channel_id,
        name=told.get("name") or "",
        is_member=bool(told.get("is_member")) and not told.get("is_archived"),
        is_private=bool(told.get("is_private") or told.get("is_group")),
        is_direct=bool(told.get("is_im") or told.get("is_mpim")),
        is_shared=bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared")),
    )


def can_see(reader: Reader, place: Place, user_id: str, team_id: str) -> bool:
    """Whether somebody can open a channel: in a private one its members, guests only where they are members.

    People of other companies never can.

    Raises:
        Refused: the workspace does not allow it.
    """
    try:
        user: dict[str, Any] = reader.call("users.info", user=user_id)["user"]
    except SlackApiError as error:
        if error.response.get("error") in NOBODY:
            return False
        raise
    if user.get("deleted") or user.get("is_stranger") or (user.get("team_id") or team_id) != team_id:
        return False
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return (not place.is_private and not is_guest) or user_id in (reader.members([place.channel_id]) or ())


def find_profile(reader: Reader, user_id: str) -> Profile | None:
    """Somebody as Slack knows them; None if there is nobody, or if nobody may ask."""
    try:
        return reader.profile(user_id)
    except Refused:
        return None
    except SlackApiError as error:
        if error.response.get("error") in NOBODY:
            return None
        raise


def find_root(reader: Reader, channel_id: str, ts: str) -> tuple[str, str] | None:
    """The ts of the message that began the thread of the message at `ts`, and who wrote the one at `ts`.

    None if the message is gone, or the app is not in the channel. The writer is "" where an app wrote it.

    Raises:
        Refused: the workspace does not allow it.
    """
    try:
        found = reader.call("conversations.replies", channel=channel_id, ts=ts, limit=1)["messages"]
    except SlackApiError as error:
        if error.response.get("error") in GONE:
            return None
        raise
    message = next((one for one in found if one.get("ts") == ts), None)
    if message is None or message.get("subtype") == "tombstone":
        return None
    return str(message.get("thread_ts") or ts), "" if message.get("bot_id") else str(message.get("user") or "")


def read_thread(reader: Reader, channel_id: str, root_ts: str, ours: Collection[str]) -> list[Written] | None:
    """All that stands in a thread, in its order; empty if it is gone, None if the app cannot see the channel.

    Of the app's own messages (`ours` holds its user id) only the one that began the thread is told.

    Raises:
        Refused: the workspace does not allow it.
        TooFast: not now.
    """
    try:
        found = reader.pages("conversations.replies", "messages", channel=channel_id, ts=root_ts)
    except SlackApiError as error:
        if error.response.get("error") in NO_THREAD:
            return []
        if error.response.get("error") in GONE:
            return None
        raise
    by_ts = {str(one["ts"]): one for one in found if one.get("ts")}  # Slack repeats the first one on every page
    spoken = [one for _, one in sorted(by_ts.items()) if one.get("subtype") in SPOKEN]
    return [_written(one) for one in spoken if one.get("user") not in ours or one["ts"] == root_ts]


def _written(message: dict[str, Any]) -> Written:
    is_app = bool(message.get("bot_id"))
    named = (message.get("bot_profile") or {}).get("name") or message.get("username") or "An app"
    text = message.get("text") or "\n".join(texts_in([message.get("blocks"), message.get("attachments")]))
    return Written(
        ts=str(message["ts"]),
        user_id="" if is_app else str(message.get("user") or ""),
        text=str(text),
        files=len(message.get("files") or []),
        app=str(named) if is_app else "",
    )
