"""What a person does without the app: writing, editing, reacting, joining, being away, leaving, looking at the Home."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.model import BOT_USER_ID, Json, Message, SlackError, Upload, new_id
from sandbox.presence import Quiet, Status, quiet_of, status_of
from sandbox.reactions import clean_name
from sandbox.surfaces import PageError, channel_of, message_of, person_of
from sandbox.workspace import Workspace

LONGEST = 40_000  # characters; Slack's own limit for a person's message
LONGEST_STATUS = 100
USER_GROUP = re.compile(r"S[A-Z0-9]{2,20}")
EMOJI = re.compile(r":[a-z0-9_+'-]+:")


def _said(told: Mapping[str, Any], *, has_files: bool = False) -> str:
    text = told.get("text") or ""
    if not isinstance(text, str) or not (text.strip() or has_files):
        raise PageError("no_text", "There is nothing to send.")
    if len(text) > LONGEST:
        raise PageError("msg_too_long", "This message is too long.")
    return text


def say(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Write a message, or a reply with `thread_ts`; the text is in Slack's markup. `files` are names of empty files.

    Raises:
        PageError: nothing to send, or nowhere to send it.
    """
    conversation = channel_of(space, user, str(told.get("channel", "")))
    thread_ts = str(told.get("thread_ts") or "")
    if thread_ts:
        parent = message_of(space, user, conversation.id, thread_ts)
        if parent.only_for:
            raise PageError("message_not_found", "Only you can see that message, so it cannot have replies.")
        thread_ts = parent.thread_ts or parent.ts
    names = [str(name) for name in told.get("files") or []]
    text, at = _said(told, has_files=bool(names)), space.clock.seconds()
    files = [Upload(new_id("F"), name, 0, "", at, user=user, data=b"", is_complete=True) for name in names]
    space.files.update({file.id: file for file in files})
    message = space.post(Message(conversation.id, "", user, text, thread_ts=thread_ts, files=files))
    return {"ts": message.ts, "channel": conversation.id}


def _own(space: Workspace, user: str, told: Mapping[str, Any]) -> Message:
    message = message_of(space, user, str(told.get("channel", "")), str(told.get("ts", "")))
    if message.user != user or message.subtype == "tombstone":
        raise PageError("not_yours", "Only the person who wrote a message can change or delete it.")
    return message


def edit(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Change an own message.

    Raises:
        PageError: it is not theirs, or nothing would be left.
    """
    message = _own(space, user, told)
    space.edit(message, user, text=_said(told))
    return {}


def delete(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Delete an own message, or dismiss an ephemeral one.

    Raises:
        PageError: it is not theirs.
    """
    message = message_of(space, user, str(told.get("channel", "")), str(told.get("ts", "")))
    space.delete(message if message.only_for else _own(space, user, told))
    return {}


def react(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Put a reaction on a message, or take it away.

    Raises:
        PageError: it is there already, or is not there.
    """
    message = message_of(space, user, str(told.get("channel", "")), str(told.get("ts", "")))
    if message.only_for:
        raise PageError("message_not_found", "Messages that only you can see take no reactions.")
    words = {
        "invalid_name": "There is no such reaction.",
        "already_reacted": "That reaction is there already.",
        "no_reaction": "That reaction is not there.",
    }
    try:
        space.react(message, user, clean_name(str(told.get("reaction", ""))), remove=bool(told.get("remove")))
    except SlackError as error:
        raise PageError(error.error, words[error.error]) from None
    return {}


def unfurl(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Tell the app again of the links in a message.

    Raises:
        PageError: there is no such message.
    """
    space.emit_links(message_of(space, user, str(told.get("channel", "")), str(told.get("ts", ""))))
    return {}


def join(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Join a channel by id or name, or leave it.

    Raises:
        PageError: there is no such channel.
    """
    person_of(space, user)
    _in_or_out(space, user, told)
    return {}


def invite(space: Workspace, told: Mapping[str, Any]) -> Json:
    """Put the app into a channel, or out.

    Raises:
        PageError: there is no such channel.
    """
    _in_or_out(space, BOT_USER_ID, told)
    return {}


def share(space: Workspace, told: Mapping[str, Any]) -> Json:
    """Share a channel with another company (Slack Connect), or no longer with `end`.

    Raises:
        PageError: there is no such channel.
    """
    try:
        conversation = space.conversation(str(told.get("channel", "")))
    except SlackError:
        raise PageError("channel_not_found", "There is no channel of that name.") from None
    conversation.shared = not told.get("end")
    return {}


def set_user_group(space: Workspace, told: Mapping[str, Any]) -> Json:
    """Make a user group of `members` (ids), `called` something, change one, or delete it with `end`.

    Raises:
        PageError: that is no id of a user group, or somebody is not there.
    """
    group_id = str(told.get("user_group", ""))
    was_called, was_in = space.user_groups.get(group_id, (group_id, []))
    members = told.get("members", was_in)
    if not USER_GROUP.fullmatch(group_id):
        raise PageError("invalid", "A user group's id is written like S0SPINE.")
    if told.get("end"):
        space.user_groups.pop(group_id, None)
        return {}
    if not isinstance(members, list) or not set(map(str, members)) <= set(space.people):
        raise PageError("user_not_found", "Somebody of these is not in this workspace.")
    space.user_groups[group_id] = (str(told.get("called") or was_called), list(map(str, members)))
    return {}


def _in_or_out(space: Workspace, user: str, told: Mapping[str, Any]) -> None:
    try:
        conversation = space.conversation(str(told.get("channel", "")))
    except SlackError:
        raise PageError("channel_not_found", "There is no channel of that name.") from None
    if conversation.kind == "app":
        raise PageError("not_a_channel", "A direct message cannot be joined or left.")
    space.join(conversation, user, leave=bool(told.get("leave")))


def open_home(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Look at the app: its Home, or its messages.

    Raises:
        PageError: there is no such tab.
    """
    person_of(space, user)
    tab = str(told.get("tab") or "home")
    if tab not in ("home", "messages"):
        raise PageError("invalid_tab", 'The tabs are "home" and "messages".')
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": space.dm(user).id,
        "tab": tab,
        "event_ts": space.clock.next_ts(),
    }
    home = space.screens.homes.get(user)
    if home is not None and tab == "home":
        event["view"] = home.to_slack(space.team_id)
    space.emit("app_home_opened", event)
    return {}


def set_status(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Say that one is away: `emoji`, `text` and `until`; with neither emoji nor text the status is cleared.

    Raises:
        PageError: there is no such person, emoji or moment.
    """
    person_of(space, user)
    emoji, text = str(told.get("emoji") or ""), str(told.get("text") or "").strip()
    if emoji and not EMOJI.fullmatch(emoji):
        raise PageError("invalid_emoji", "An emoji is written like :palm_tree:.")
    if len(text) > LONGEST_STATUS:
        raise PageError("too_long", f"A status has at most {LONGEST_STATUS} characters.")
    space.statuses.pop(user, None)
    if emoji or text:
        space.statuses[user] = Status(emoji or ":speech_balloon:", text, _until(space, told))
    space.changes.bump()
    return status_of(space, user)


def change_person(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Change what Slack knows of a person: `deleted` (has left, or is back), `tz`, `called`; what is not told stays.

    Raises:
        PageError: there is no such person or zone.
    """
    person_of(space, user)
    person = space.people[user]
    name, tz = str(told.get("called") or person.name), str(told.get("tz") or person.tz)
    try:
        ZoneInfo(tz)
    except (ValueError, OSError, LookupError):
        raise PageError("invalid", "A time zone is written like Europe/Berlin.") from None
    space.people[user] = replace(person, name=name, tz=tz)
    if told.get("deleted") is not None:
        (space.gone.add if told["deleted"] else space.gone.discard)(user)
    space.changes.bump()
    return {"deleted": user in space.gone, "called": name, "tz": tz}


def set_quiet(space: Workspace, user: str, told: Mapping[str, Any]) -> Json:
    """Turn do-not-disturb on from now `until` a moment, or off.

    Raises:
        PageError: there is no such person or moment.
    """
    person_of(space, user)
    ends = _until(space, told)
    space.quiet.pop(user, None)
    if ends:
        space.quiet[user] = Quiet(space.clock.seconds(), ends)
    space.changes.bump()
    return quiet_of(space, user)


def _until(space: Workspace, told: Mapping[str, Any]) -> int:
    """The end, 0 if none is told."""
    until = told.get("until")
    if not until:
        return 0
    try:
        moment = datetime.fromisoformat(str(until))
        if moment.tzinfo is None:
            raise ValueError
    except ValueError:
        raise PageError("invalid", "That is not a moment with its zone, such as 2026-11-23T07:00:00Z.") from None
    if moment <= space.clock.now():
        raise PageError("invalid", "The end must be still to come.")
    return int(moment.timestamp())
