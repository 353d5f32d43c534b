"""The bodies of commands, clicks, submissions and shortcuts, as Slack sends them."""

import time
from typing import Any

from sandbox.blocks import Element
from sandbox.model import APP_ID, Conversation, Json, Message, View
from sandbox.shapes import message_to_slack, username_of
from sandbox.surfaces import Surface
from sandbox.workspace import Workspace


def action_ts() -> str:
    """The moment of an action, in real time."""
    return f"{time.time():.6f}"


def domain_of(space: Workspace) -> str:
    """The workspace's short name."""
    return space.company.team_domain


def channel_name(conversation: Conversation) -> str:
    """The name that Slack puts into payloads."""
    return {"app": "directmessage", "private": "privategroup"}.get(conversation.kind, conversation.name)


def response_url(space: Workspace, user: str, channel: str, *, ts: str = "", thread_ts: str = "") -> str:
    """A new address to answer to."""
    return f"{space.base_url}/_response/{space.passes.new_response(user, channel, ts=ts, thread_ts=thread_ts)}"


def _base(space: Workspace, kind: str, user: str) -> Json:
    name = username_of(space.people[user].name)
    return {
        "type": kind,
        "team": {"id": space.team_id, "domain": domain_of(space)},
        "user": {"id": user, "username": name, "name": name, "team_id": space.team_id},
        "api_app_id": APP_ID,
        "token": "sandbox",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(space: Workspace, user: str, conversation: Conversation, name: str, text: str) -> Json:
    """A slash command."""
    return {
        "token": "sandbox",
        "team_id": space.team_id,
        "team_domain": domain_of(space),
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": user,
        "user_name": username_of(space.people[user].name),
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url(space, user, conversation.id),
        "trigger_id": space.passes.new_trigger(user),
    }


def _message_part(space: Workspace, message: Message) -> Json:
    conversation = space.conversations[message.channel]
    part: Json = {"channel": {"id": conversation.id, "name": channel_name(conversation)}}
    if not message.only_for:  # Slack leaves the text of an ephemeral out
        part["message"] = message_to_slack(space, message)
    return part


def _container(surface: Surface) -> Json:
    if surface.view is not None:
        return {"type": "view", "view_id": surface.view.id}
    message = surface.message
    assert message is not None
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.only_for),
    }
    return {**container, "thread_ts": message.thread_ts} if message.thread_ts else container


def _place(space: Workspace, surface: Surface) -> Json:
    place: Json = {"container": _container(surface)}
    if surface.view is not None:
        place["view"] = surface.view.to_slack(space.team_id)
    elif surface.message is not None:
        place |= _message_part(space, surface.message)
    return place


def block_actions(space: Workspace, user: str, surface: Surface, action: Json) -> Json:
    """A press or a choice."""
    is_modal = surface.view is not None and surface.view.content["type"] == "modal"
    body = {
        **_base(space, "block_actions", user),
        **_place(space, surface),
        "trigger_id": space.passes.new_trigger(user, from_modal=is_modal),
        "state": {"values": surface.state},
        "actions": [{**action, "action_ts": action_ts()}],
    }
    if surface.message is not None:
        message = surface.message
        thread = message.thread_ts
        body["response_url"] = response_url(space, user, message.channel, ts=message.ts, thread_ts=thread)
    return body


def block_suggestion(space: Workspace, user: str, surface: Surface, found: Element, query: str) -> Json:
    """A question for options, one for each keystroke."""
    return {
        **_base(space, "block_suggestion", user),
        **_place(space, surface),
        "action_id": found.action_id,
        "block_id": found.block_id,
        "value": query,
    }


def view_submission(space: Workspace, view: View) -> Json:
    """A form that was sent."""
    return {
        **_base(space, "view_submission", view.user),
        "trigger_id": space.passes.new_trigger(view.user, from_modal=True),
        "view": view.to_slack(space.team_id),
        "response_urls": _response_urls(space, view),
    }


def _response_urls(space: Workspace, view: View) -> list[Json]:
    urls = []
    for block in view.blocks:
        element: dict[str, Any] = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        state = view.state.get(block["block_id"], {}).get(element["action_id"], {})
        channel = state.get("selected_conversation") or state.get("selected_channel")
        if channel in space.conversations:
            where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            urls.append({**where, "response_url": response_url(space, view.user, channel)})
    return urls


def view_closed(space: Workspace, view: View, *, cleared: bool) -> Json:
    """A form that was closed without being sent."""
    return {
        **_base(space, "view_closed", view.user),
        "view": view.to_slack(space.team_id),
        "is_cleared": cleared,
    }


def shortcut(space: Workspace, user: str, callback_id: str) -> Json:
    """A shortcut from the menu."""
    return {
        **_base(space, "shortcut", user),
        "action_ts": action_ts(),
        "callback_id": callback_id,
        "trigger_id": space.passes.new_trigger(user),
    }


def message_action(space: Workspace, user: str, callback_id: str, message: Message) -> Json:
    """A shortcut on a message."""
    conversation = space.conversations[message.channel]
    return {
        **_base(space, "message_action", user),
        "action_ts": action_ts(),
        "callback_id": callback_id,
        "trigger_id": space.passes.new_trigger(user),
        "message_ts": message.ts,
        "channel": {"id": conversation.id, "name": channel_name(conversation)},
        "message": message_to_slack(space, message),
        "response_url": response_url(space, user, conversation.id, thread_ts=message.thread_ts),
    }
