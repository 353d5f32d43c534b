"""All that one person sees of the workspace, for the page and for tests."""

from sandbox.model import APP_ID, BOT_USER_ID, Conversation, Json, Message
from sandbox.presence import quiet_of
from sandbox.shapes import person_to_slack
from sandbox.workspace import Workspace

NEWEST = 100  # messages of each conversation


def see(space: Workspace, user: str, connected: int) -> Json:
    """What this person sees; `connected` is the number of the app's live sockets."""
    person = space.people[user]
    me = person_to_slack(space, person)
    home = space.screens.homes.get(user)
    return {
        "now": space.clock.now().isoformat(),
        "clock_version": space.clock.changes.n,
        "me": {
            "id": user,
            "name": person.name,
            "title": person.title,
            "tz": person.tz,
            "tz_offset": me.get("tz_offset", 0),
            "status": {name: me["profile"][f"status_{name}"] for name in ("emoji", "text", "expiration")},
            "quiet_until": quiet_of(space, user)["next_dnd_end_ts"] if quiet_of(space, user)["dnd_enabled"] else 0,
        },
        "team": {"id": space.team_id, "name": space.company.team_name},
        "app": {"id": APP_ID, "name": space.manifest.app_name, "user_id": BOT_USER_ID, "connected": connected},
        "users": _users(space),
        "commands": [
            {name: one.get(name) or "" for name in ("command", "description", "usage_hint")}
            for one in space.manifest.commands
        ],
        "shortcuts": [
            {name: one.get(name) or "" for name in ("type", "callback_id", "name", "description")}
            for one in space.manifest.shortcuts
        ],
        "conversations": [_conversation(space, one, user) for one in space.visible_to(user)],
        "modal": _modal(space, user),
        "home": None if home is None else {"id": home.id, "blocks": home.blocks, "state": home.state},
        "toasts": space.toasts.get(user, []),
    }


def _users(space: Workspace) -> Json:
    people = {one.id: {"name": one.name, "is_bot": False, "title": one.title} for one in space.people.values()}
    return {**people, BOT_USER_ID: {"name": space.manifest.bot_name, "is_bot": True, "title": ""}}


def _conversation(space: Workspace, conversation: Conversation, user: str) -> Json:
    shown = [one for one in space.messages[conversation.id] if not one.thread_ts or one.broadcast]
    private = [one for one in space.ephemerals.get(user, []) if one.channel == conversation.id]
    shown += [one for one in private if not one.thread_ts]
    shown.sort(key=lambda one: one.ts)
    by_thread: dict[str, list[Message]] = {}
    for message in [*space.messages[conversation.id], *private]:
        if message.thread_ts:
            by_thread.setdefault(message.thread_ts, []).append(message)
    return {
        "id": conversation.id,
        "name": conversation.name or space.manifest.bot_name,
        "kind": conversation.kind,
        "members": len(conversation.members),
        "app_is_member": BOT_USER_ID in conversation.members,
        "topic": conversation.topic,
        "messages": [_with_replies(space, one, by_thread.get(one.ts, [])) for one in shown[-NEWEST:]],
    }


def _with_replies(space: Workspace, message: Message, replies: list[Message]) -> Json:
    ordered = sorted(replies, key=lambda one: one.ts)
    return {
        **_message(space, message),
        "reply_count": len([one for one in replies if not one.only_for]),
        "replies": [_message(space, one) for one in ordered],
    }


def _message(space: Workspace, message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts or None,
        "reply_count": 0,
        "reactions": message.reaction_list(),
        "edited": message.edited is not None,
        "ephemeral": bool(message.only_for),
        "deleted": message.subtype == "tombstone",
        "files": [
            {
                "id": one.id,
                "name": one.name,
                "title": one.title or one.name,
                "mimetype": one.mimetype,
                "url": f"{space.base_url}/_sandbox/files/{one.id}",
                "alt_text": one.alt_text,
            }
            for one in message.files
        ],
    }


def _modal(space: Workspace, user: str) -> Json | None:
    view = space.screens.top(user)
    if view is None:
        return None
    words = {name: (view.content.get(name) or {}).get("text", "") for name in ("title", "submit", "close")}
    return {
        "id": view.id,
        "depth": len(space.screens.stacks[user]),
        **words,
        "blocks": view.blocks,
        "state": view.state,
        "errors": view.errors,
        "callback_id": view.content.get("callback_id") or "",
    }


def people(space: Workspace) -> Json:
    """Everybody that one can be, the team and the app."""
    return {
        "people": [
            {
                "id": one.id,
                "name": one.name,
                "title": one.title,
                "department": one.department,
                "role": one.role,
                "region": one.region,
                "tz": one.tz,
                "is_app_admin": one.role == "admin",
            }
            for one in space.people.values()
        ],
        "team": {"id": space.team_id, "name": space.company.team_name},
        "app": {"id": APP_ID, "name": space.manifest.app_name, "user_id": BOT_USER_ID},
    }
