"""Messages and people as the Web API and the events write them."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sandbox.model import APP_ID, BOT_ID, BOT_USER_ID, Json, Message
from sandbox.presence import NO_STATUS, status_of

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.workspace import Workspace


def username_of(name: str) -> str:
    """The short name, such as jerome.tillery."""
    return ".".join(re.findall(r"[^\W_]+", name.lower())) or "person"


def bot_profile(space: Workspace) -> Json:
    """The app as the author of a message."""
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "user_id": BOT_USER_ID,
        "name": space.manifest.bot_name,
        "icons": {},
        "deleted": False,
        "updated": int(space.company.start.timestamp()),
        "team_id": space.team_id,
    }


def message_to_slack(space: Workspace, message: Message, *, in_event: bool = False, metadata: bool = False) -> Json:
    """The message object; with channel and channel_type for an event, with metadata only where asked for."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": space.team_id,
    }
    if message.by_app:
        body |= {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": bot_profile(space)}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        body["files"] = [one.to_slack(space.base_url) for one in message.files]
    if message.subtype:
        body["subtype"] = message.subtype
    elif message.broadcast:
        body["subtype"] = "thread_broadcast"
    elif message.files and in_event:
        body["subtype"] = "file_share"
    if message.edited:
        body["edited"] = message.edited
    if message.reactions and not in_event:
        body["reactions"] = message.reaction_list()
    if message.metadata and metadata:
        body["metadata"] = message.metadata
    if in_event:
        body |= {"channel": message.channel, "channel_type": space.conversations[message.channel].channel_type}
        if not message.by_app:
            body["client_msg_id"] = f"{message.unfurl_id.lower()}-{message.ts}"
    return body | _thread(space, message)


def _thread(space: Workspace, message: Message) -> Json:
    if message.thread_ts:
        parents = [one for one in space.messages[message.channel] if one.ts == message.thread_ts]
        author = {"parent_user_id": parents[0].user} if parents else {}
        return {"thread_ts": message.thread_ts, **author}
    replies = [] if message.only_for else space.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(one.user for one in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def person_to_slack(space: Workspace, person: Person) -> Json:
    """The user object of a person; the offset is that of the workspace's `now`, in seconds. Who left has none."""
    local = space.clock.now().astimezone(ZoneInfo(person.tz))
    offset = local.utcoffset()
    body = _user(space, person.id, username_of(person.name), person.name, person.title)
    body["profile"] |= status_of(space, person.id)
    if person.id in space.gone:  # Slack tells neither zone nor rank of who was deactivated
        return body | {"deleted": True, "is_bot": False, "is_app_user": False}
    is_admin = person.role == "admin"
    zone = {
        "tz": person.tz,
        "tz_label": local.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
    }
    return body | zone | {"is_bot": False, "is_app_user": False, "is_admin": is_admin, "is_owner": is_admin}


def bots_to_slack(space: Workspace) -> list[Json]:
    """The app's own user, and Slackbot, who in Slack does not count as a bot."""
    zone = {"tz": "America/Los_Angeles", "tz_label": "Pacific Standard Time", "tz_offset": -28800}
    plain = {"is_admin": False, "is_owner": False, "is_app_user": False}
    name = space.manifest.bot_name
    bot = _user(space, BOT_USER_ID, username_of(name), name, "")
    bot["profile"] |= {"api_app_id": APP_ID, "bot_id": BOT_ID}
    slackbot = _user(space, "USLACKBOT", "slackbot", "Slackbot", "")
    return [{**bot, **zone, **plain, "is_bot": True}, {**slackbot, **zone, **plain, "is_bot": False}]


def _user(space: Workspace, user_id: str, handle: str, name: str, title: str) -> Json:
    first, _, last = name.partition(" ")
    return {
        "id": user_id,
        "team_id": space.team_id,
        "name": handle,
        "deleted": False,
        "color": "4bbe2e",
        "real_name": name,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_email_confirmed": True,
        "updated": int(space.company.start.astimezone(UTC).timestamp()),
        "profile": {
            "title": title,
            "phone": "",
            "skype": "",
            "real_name": name,
            "real_name_normalized": name,
            "display_name": name if user_id == "USLACKBOT" else "",
            "display_name_normalized": name if user_id == "USLACKBOT" else "",
            "first_name": first,
            "last_name": last,
            **NO_STATUS,
            "avatar_hash": user_id.lower(),
            "team": space.team_id,
        },
    }
