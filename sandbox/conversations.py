"""The Web API's conversations.* methods."""

from sandbox.arguments import Arguments
from sandbox.chat import target
from sandbox.model import BOT_USER_ID, Conversation, Json, Message, SlackError
from sandbox.shapes import message_to_slack
from sandbox.workspace import Workspace

KINDS = {"public_channel": "channel", "private_channel": "private", "im": "app", "mpim": "none"}


def open_dm(space: Workspace, args: Arguments) -> Json:
    """conversations.open: the direct message with one person."""
    if args.text("channel"):
        conversation = space.conversation(args.text("channel"))
    else:
        users = [one for one in args.text("users", required=True).split(",") if one.strip()]
        if len(users) != 1:
            raise SlackError("invalid_user_combination")
        if users[0].strip() not in space.people and users[0] not in (BOT_USER_ID, "USLACKBOT"):
            raise SlackError("user_not_found")
        conversation = target(space, users[0].strip())
    if args.flag("return_im"):
        return {"ok": True, "no_op": True, "already_open": True, "channel": conversation.to_slack(space.team_id)}
    return {"ok": True, "channel": {"id": conversation.id}}


def info(space: Workspace, args: Arguments) -> Json:
    """conversations.info: one conversation."""
    conversation = _known(space, args)
    body = conversation.to_slack(space.team_id)
    if not args.flag("include_num_members"):
        body.pop("num_members", None)
    return {"ok": True, "channel": body}


def list_all(space: Workspace, args: Arguments) -> Json:
    """conversations.list: page by page, public channels unless `types` says otherwise."""
    types = [one.strip() for one in (args.text("types") or "public_channel").split(",")]
    if any(one not in KINDS for one in types):
        raise SlackError("invalid_types")
    wanted = {KINDS[one] for one in types}
    rows = [
        one
        for one in space.conversations.values()
        if one.kind in wanted and (one.kind == "channel" or BOT_USER_ID in one.members)
    ]
    page, cursor = args.page(rows, default=100, most=1000)
    channels = [one.to_slack(space.team_id) for one in page]
    return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": cursor}}


def members(space: Workspace, args: Arguments) -> Json:
    """conversations.members: user ids, page by page."""
    page, cursor = args.page(_known(space, args).members, default=100, most=1000)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def _known(space: Workspace, args: Arguments) -> Conversation:
    channel = args.text("channel", required=True)
    conversation = space.conversations.get(channel)  # by id only: reading methods take no names
    if conversation is None or (conversation.kind == "private" and BOT_USER_ID not in conversation.members):
        raise SlackError("channel_not_found")
    return conversation


def _joined(space: Workspace, args: Arguments) -> Conversation:
    conversation = _known(space, args)
    if BOT_USER_ID not in conversation.members:
        raise SlackError("not_in_channel")
    return conversation


def _window(args: Arguments, rows: list[Message]) -> list[Message]:
    inclusive = args.flag("inclusive")
    oldest, latest = _stamp(args, "oldest"), _stamp(args, "latest")
    kept = []
    for one in rows:
        at = float(one.ts)
        after = oldest is None or at > oldest or (inclusive and at == oldest)
        before = latest is None or at < latest or (inclusive and at == latest)
        if after and before:
            kept.append(one)
    return kept


def _stamp(args: Arguments, name: str) -> float | None:
    given = args.text(name)
    if given in ("", "0", "now"):
        return None
    try:
        return float(given)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def history(space: Workspace, args: Arguments) -> Json:
    """conversations.history: newest first, without thread replies and ephemerals."""
    conversation = _joined(space, args)
    rows = [one for one in space.messages[conversation.id] if not one.thread_ts or one.broadcast]
    return _messages(space, args, _window(args, rows)[::-1])


def replies(space: Workspace, args: Arguments) -> Json:
    """conversations.replies: the parent, then its replies, oldest first; with a reply's ts, that reply alone."""
    conversation = _joined(space, args)
    ts = args.text("ts", required=True)
    found = [one for one in space.messages[conversation.id] if one.ts == ts]
    if not found:
        raise SlackError("thread_not_found")
    if found[0].thread_ts:
        return _messages(space, args, found)
    return _messages(space, args, [found[0], *_window(args, space.replies(conversation.id, ts))])


def _messages(space: Workspace, args: Arguments, rows: list[Message]) -> Json:
    page, cursor = args.page(rows, default=100, most=999)
    metadata = args.flag("include_all_metadata")
    body: Json = {
        "ok": True,
        "messages": [message_to_slack(space, one, metadata=metadata) for one in page],
        "has_more": bool(cursor),
        "pin_count": 0,
    }
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body
