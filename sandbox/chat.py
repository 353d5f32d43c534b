"""The Web API's chat.* methods."""

import re
from typing import Any

from sandbox import blocks as block_kit
from sandbox.arguments import Arguments
from sandbox.model import BOT_USER_ID, Conversation, Json, Message, SlackError
from sandbox.pictures import check_pictures
from sandbox.shapes import message_to_slack
from sandbox.workspace import Workspace

LONGEST_TEXT = 40_000  # Slack cuts longer texts
TS = re.compile(r"\d{10}\.\d{6}")


def content_of(space: Workspace, args: Arguments) -> dict[str, Any]:
    """Text, blocks and attachments of a message to be posted, checked.

    Raises:
        SlackError: no_text, invalid_blocks, invalid_attachments, invalid_metadata_format.
    """
    blocks = args.items("blocks", "invalid_blocks_format")
    attachments = args.items("attachments", "invalid_attachments")
    text = args.text("text")
    if not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    wrong = block_kit.check_message(text[:LONGEST_TEXT], blocks, attachments)
    wrong = wrong or check_pictures(space, blocks, "/blocks") + check_pictures(space, attachments, "/attachments")
    if wrong:
        raise SlackError("invalid_blocks", *wrong)
    metadata = args.structure("metadata", "invalid_metadata_format")
    if metadata is not None and not (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    return {
        "text": text[:LONGEST_TEXT],
        "blocks": block_kit.assign_ids(blocks),
        "attachments": with_ids(attachments),
        "metadata": metadata,
    }


def with_ids(attachments: list[Json]) -> list[Json]:
    """Attachments with an id each, and ids in their blocks."""
    return [
        {**one, "id": n, **({"blocks": block_kit.assign_ids(one["blocks"])} if one.get("blocks") else {})}
        for n, one in enumerate(attachments, start=1)
    ]


def target(space: Workspace, channel: str) -> Conversation:
    """Where a post goes: a user id stands for the direct message with that person.

    Raises:
        SlackError: channel_not_found, cannot_dm_bot.
    """
    if channel in (BOT_USER_ID, "USLACKBOT"):
        raise SlackError("cannot_dm_bot")
    if channel in space.people:
        return space.dm(channel)
    return space.conversation(channel)


def _be_inside(conversation: Conversation) -> None:
    if BOT_USER_ID not in conversation.members:
        raise SlackError("channel_not_found" if conversation.kind == "private" else "not_in_channel")


def thread(space: Workspace, conversation: Conversation, args: Arguments) -> str:
    """The ts of the thread in which a post goes, "" if in none.

    Raises:
        SlackError: invalid_thread_ts, thread_not_found.
    """
    ts = args.text("thread_ts")
    if not ts:
        return ""
    if not TS.fullmatch(ts):
        raise SlackError("invalid_thread_ts")
    parents = [one for one in space.messages[conversation.id] if one.ts == ts]
    if not parents:
        raise SlackError("thread_not_found")
    return parents[0].thread_ts or ts


def post_message(space: Workspace, args: Arguments) -> Json:
    """chat.postMessage: a post in a channel, a thread, or the direct message with a person."""
    conversation = target(space, args.text("channel", required=True))
    scopes = space.manifest.scopes
    if not (conversation.kind == "channel" and "chat:write.public" in scopes):
        _be_inside(conversation)
    dressed_up = any(args.text(name) for name in ("username", "icon_emoji", "icon_url"))
    if dressed_up and "chat:write.customize" not in scopes:
        raise SlackError("missing_scope", needed="chat:write.customize", provided=",".join(sorted(scopes)))
    content = content_of(space, args)
    message = Message(
        channel=conversation.id,
        ts="",
        user=BOT_USER_ID,
        thread_ts=thread(space, conversation, args),
        broadcast=bool(args.text("thread_ts")) and args.flag("reply_broadcast"),
        **content,
    )
    space.post(message)
    return {
        "ok": True,
        "channel": conversation.id,
        "ts": message.ts,
        "message": message_to_slack(space, message, metadata=True),
    }


def _own(space: Workspace, args: Arguments, word: str) -> Message:
    conversation = target(space, args.text("channel", required=True))
    message = space.message(conversation.id, args.text("ts", required=True))
    if not message.by_app or message.subtype == "tombstone":
        raise SlackError(word)
    return message


def update(space: Workspace, args: Arguments) -> Json:
    """chat.update: blocks, attachments and metadata that are not given stay, an empty list removes them."""
    message = _own(space, args, "cant_update_message")
    content = content_of(space, args)
    for name in ("blocks", "attachments", "metadata"):
        if name not in args.given:
            del content[name]
    space.edit(message, BOT_USER_ID, **content)
    return {
        "ok": True,
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_to_slack(space, message, metadata=True),
    }


def delete(space: Workspace, args: Arguments) -> Json:
    """chat.delete: the app's own posts only."""
    message = _own(space, args, "cant_delete_message")
    space.delete(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def post_ephemeral(space: Workspace, args: Arguments) -> Json:
    """chat.postEphemeral: a post that one person sees, in a channel that both are in."""
    conversation = target(space, args.text("channel", required=True))
    user = args.text("user", required=True)
    if user not in space.people:
        raise SlackError("user_not_found")
    _be_inside(conversation)
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    message = Message(
        channel=conversation.id,
        ts="",
        user=BOT_USER_ID,
        only_for=user,
        thread_ts=thread(space, conversation, args),
        **content_of(space, args),
    )
    space.post(message)
    return {"ok": True, "message_ts": message.ts}


def get_permalink(space: Workspace, args: Arguments) -> Json:
    """chat.getPermalink: the address of a message."""
    conversation = space.conversation(args.text("channel", required=True))
    if BOT_USER_ID not in conversation.members and conversation.kind != "channel":
        raise SlackError("channel_not_found")
    message = space.message(conversation.id, args.text("message_ts", required=True))
    link = f"{space.base_url}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"ok": True, "channel": conversation.id, "permalink": link}
