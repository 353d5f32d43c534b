"""The three steps of an upload: an address, the bytes, and putting the file where people see it."""

import time

from sandbox.arguments import Arguments
from sandbox.blocks import assign_ids, check_message
from sandbox.chat import target, thread
from sandbox.model import BOT_USER_ID, Json, Message, SlackError, Upload, new_id
from sandbox.workspace import Workspace

LARGEST = 50_000_000  # bytes; enough for a picture, small enough for this process


def get_upload_url(space: Workspace, args: Arguments) -> Json:
    """files.getUploadURLExternal: where to send a file of exactly `length` bytes."""
    name = args.text("filename", required=True)
    args.text("length", required=True)
    length = args.number("length", 0, LARGEST + 1)
    if not 0 < length <= LARGEST:
        raise SlackError("invalid_arguments", "[ERROR] the length is not possible [json-pointer:/length]")
    file = Upload(new_id("F"), name, length, args.text("alt_txt"), space.clock.seconds())
    space.files[file.id] = file
    return {"ok": True, "upload_url": f"{space.base_url}/_upload/{file.id}", "file_id": file.id}


def receive(space: Workspace, file_id: str, data: bytes) -> str:
    """The bytes of a file have come; returns Slack's plain answer.

    Raises:
        SlackError: no such upload, or another length than announced.
    """
    file = space.files.get(file_id)
    if file is None or file.is_complete:
        raise SlackError("file_not_found")
    if len(data) != file.length:
        raise SlackError("length_mismatch", f"[ERROR] {file.length} bytes announced, {len(data)} received")
    file.data = data
    return f"OK - {file.length}"


def complete_upload(space: Workspace, args: Arguments) -> Json:
    """files.completeUploadExternal: share the files, as one post if a channel is given; else they stay private.

    `blocks` are what the post says, unless there is an `initial_comment`.
    """
    wanted = args.items("files", "invalid_arguments")
    if not wanted:
        raise SlackError("invalid_arguments", "[ERROR] missing required field: files")
    channel = args.text("channel_id") or args.text("channels").partition(",")[0]
    conversation = target(space, channel) if channel else None
    if conversation and BOT_USER_ID not in conversation.members:
        raise SlackError("not_in_channel")
    blocks = args.items("blocks", "invalid_blocks_format")
    if wrong := check_message(args.text("initial_comment") or "file", blocks, []):
        raise SlackError("invalid_blocks", *wrong)
    thread_ts = thread(space, conversation, args) if conversation else ""
    files = []
    for one in wanted:
        file = space.files.get(str(one.get("id")))
        if file is None or file.data is None or file.is_complete:
            raise SlackError("file_not_found")
        files.append((file, str(one.get("title") or "")))
    for file, title in files:
        file.title, file.is_complete = title, True
        file.is_public = conversation is not None and conversation.kind == "channel"
    shared = [file for file, _title in files]
    if conversation:
        space.post(
            Message(
                channel=conversation.id,
                ts="",
                user=BOT_USER_ID,
                text=args.text("initial_comment"),
                blocks=[] if args.text("initial_comment") else assign_ids(blocks),
                thread_ts=thread_ts,
                files=shared,
            )
        )
    return {"ok": True, "files": [file.to_slack(space.base_url) for file in shared]}


def keep_waiting(space: Workspace, args: Arguments, seconds: float) -> None:
    """Slack takes its time to look at files that were just completed; no block may show them until it has."""
    for one in args.items("files", "invalid_arguments"):
        file = space.files.get(str(one.get("id")))
        if file is not None and file.is_complete:
            file.ready_at = time.monotonic() + seconds
