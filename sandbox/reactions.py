"""The Web API's reactions.* methods."""

import re

from sandbox.arguments import Arguments
from sandbox.model import BOT_USER_ID, Json, Message, SlackError
from sandbox.shapes import message_to_slack
from sandbox.workspace import Workspace

NAME = re.compile(r"[\w+'’-]{1,100}(::skin-tone-[2-6])?")


def clean_name(name: str) -> str:
    """The name of a reaction without colons.

    Raises:
        SlackError: invalid_name.
    """
    bare = name.strip().strip(":")
    if not NAME.fullmatch(bare):
        raise SlackError("invalid_name")
    return bare


def _message(space: Workspace, args: Arguments) -> Message:
    conversation = space.conversation(args.text("channel", required=True))
    if BOT_USER_ID not in conversation.members:
        raise SlackError("not_in_channel")
    return space.message(conversation.id, args.text("timestamp", required=True))


def add(space: Workspace, args: Arguments) -> Json:
    """reactions.add: the app reacts."""
    name = clean_name(args.text("name", required=True))
    space.react(_message(space, args), BOT_USER_ID, name)
    return {"ok": True}


def remove(space: Workspace, args: Arguments) -> Json:
    """reactions.remove: the app takes its reaction back."""
    name = clean_name(args.text("name", required=True))
    space.react(_message(space, args), BOT_USER_ID, name, remove=True)
    return {"ok": True}


def get(space: Workspace, args: Arguments) -> Json:
    """reactions.get: a message with its reactions."""
    message = _message(space, args)
    return {
        "ok": True,
        "type": "message",
        "channel": message.channel,
        "message": message_to_slack(space, message),
    }
