"""The state of the workspace: people, conversations, messages, files, and the events that changes in it cause."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.changes import Changes
from sandbox.clock import SandboxClock
from sandbox.company import Company, Person, user_groups_of
from sandbox.links import links_in
from sandbox.manifest import Manifest
from sandbox.model import BOT_ID, BOT_USER_ID, Conversation, Json, Kind, Message, SlackError, Upload
from sandbox.passes import Passes
from sandbox.presence import Quiet, Status
from sandbox.screens import Screens
from sandbox.shapes import message_to_slack

KEPT_TOASTS = 20


class Workspace:
    """Everything in one Slack workspace with one app; used on one event loop only."""

    def __init__(self, company: Company, manifest: Manifest, clock: SandboxClock, trigger_seconds: float) -> None:
        """Fill it from the company's files."""
        self.company, self.manifest, self.clock = company, manifest, clock
        self.changes = Changes()
        self.base_url = ""
        self.on_event: Callable[[Json], None] = lambda _event: None
        self._trigger_seconds = trigger_seconds
        self.team_id = company.team_id
        self.load()

    def load(self) -> None:
        """Put everything back as it was at the start."""
        created = int(self.company.start.timestamp()) - 365 * 86_400
        self.people: dict[str, Person] = {person.id: person for person in self.company.people}
        self.conversations: dict[str, Conversation] = {}
        self.messages: dict[str, list[Message]] = {}
        self.ephemerals: dict[str, list[Message]] = {}
        self.files: dict[str, Upload] = {}
        self.toasts: dict[str, list[Json]] = {}
        self.user_groups = user_groups_of(self.company)
        self.statuses: dict[str, Status] = {}
        self.gone: set[str] = set()  # who has left the company: they stay in the list, deactivated
        self.quiet: dict[str, Quiet] = {}
        self.message_state: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = {}
        self.loaded_options: dict[tuple[str, str], list[Json]] = {}
        self.passes = Passes(self._trigger_seconds)
        self.screens = Screens(self.team_id)
        self._toast_n = 0
        for channel in self.company.channels:
            members = [*channel.member_ids, *([BOT_USER_ID] if channel.app_is_member else [])]
            kind: Kind = "private" if channel.private else "channel"
            self._add(Conversation(channel.id, channel.name, kind, members, created, channel.topic))
        for person in self.company.people:
            dm = f"D{person.id[1:]}"
            self._add(Conversation(dm, "", "app", [person.id, BOT_USER_ID], created, user=person.id))
        for told in sorted(self.company.messages, key=lambda one: one.ts):
            thread = told.thread_ts or ""
            message = Message(
                told.channel_id, told.ts, told.user, told.text, thread_ts=thread if thread != told.ts else ""
            )
            self.messages[told.channel_id].append(message)
            self.clock.keep_above(told.ts)
        self.changes.bump()

    def _add(self, conversation: Conversation) -> None:
        self.conversations[conversation.id] = conversation
        self.messages[conversation.id] = []

    def person(self, user_id: str) -> Person:
        """A person by id.

        Raises:
            SlackError: user_not_found.
        """
        if user_id not in self.people:
            raise SlackError("user_not_found")
        return self.people[user_id]

    def conversation(self, channel: str) -> Conversation:
        """A conversation by id or by "#name".

        Raises:
            SlackError: channel_not_found.
        """
        if channel in self.conversations:
            return self.conversations[channel]
        for conversation in self.conversations.values():
            if conversation.name and channel.removeprefix("#") == conversation.name:
                return conversation
        raise SlackError("channel_not_found")

    def dm(self, user_id: str) -> Conversation:
        """The direct message between a person and the app.

        Raises:
            SlackError: user_not_found.
        """
        return self.conversations[f"D{self.person(user_id).id[1:]}"]

    def message(self, channel_id: str, ts: str) -> Message:
        """A message that everybody in the channel sees.

        Raises:
            SlackError: message_not_found.
        """
        for message in reversed(self.messages[channel_id]):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def ephemeral(self, user_id: str, channel_id: str, ts: str) -> Message | None:
        """A message that only this person sees."""
        found = (one for one in self.ephemerals.get(user_id, []) if one.ts == ts and one.channel == channel_id)
        return next(found, None)

    def replies(self, channel_id: str, ts: str) -> list[Message]:
        """The replies under a message, oldest first."""
        return [one for one in self.messages[channel_id] if one.thread_ts == ts and one.ts != ts]

    def post(self, message: Message) -> Message:
        """Put a message into its conversation, or before one person if it is ephemeral; `ts` is filled in."""
        message.ts = self.clock.next_ts()
        if message.only_for:
            self.ephemerals.setdefault(message.only_for, []).append(message)
        else:
            self.messages[message.channel].append(message)
            self._emit_message(message)
            if not message.by_app:
                self.emit_links(message)
        self.changes.bump()
        return message

    def _emit_message(self, message: Message) -> None:
        event = message_to_slack(self, message, in_event=True)
        self.emit_in(message.channel, {**event, "event_ts": message.ts})

    def emit_links(self, message: Message) -> None:
        """Tell the app of the links in a message whose domains it has registered."""
        links = links_in(message.text, self.manifest.unfurl_domains)
        if links:
            event: Json = {
                "type": "link_shared",
                "user": message.user,
                "channel": message.channel,
                "message_ts": message.ts,
                "links": links,
                "source": "conversations_history",
                "unfurl_id": message.unfurl_id,
                "is_bot_user_member": BOT_USER_ID in self.conversations[message.channel].members,
                "event_ts": self.clock.next_ts(),
            }
            if message.thread_ts:
                event["thread_ts"] = message.thread_ts
            self.emit("link_shared", event)

    def edit(self, message: Message, editor: str, **new: Any) -> None:
        """Change a message and say so to the app."""
        before = message_to_slack(self, message)
        for name, value in new.items():
            setattr(message, name, value)
        if not message.only_for:
            message.edited = {"user": editor, "ts": self.clock.next_ts()}
            self._emit_subtype(message.channel, "message_changed", before, message=message_to_slack(self, message))
        self.changes.bump()

    def delete(self, message: Message) -> None:
        """Take a message away; one with replies leaves its place behind, as in Slack."""
        if message.only_for:
            self.ephemerals[message.only_for].remove(message)
        else:
            before = message_to_slack(self, message)
            if self.replies(message.channel, message.ts):
                message.subtype, message.text = "tombstone", "This message was deleted."
                message.blocks, message.attachments, message.files, message.reactions = [], [], [], {}
            else:
                self.messages[message.channel].remove(message)
            self._emit_subtype(message.channel, "message_deleted", before, deleted_ts=message.ts)
        self.changes.bump()

    def _emit_subtype(self, channel: str, subtype: str, before: Json, **more: Any) -> None:
        ts = self.clock.next_ts()
        event = {"type": "message", "subtype": subtype, "channel": channel, "hidden": True, "ts": ts, "event_ts": ts}
        kind = self.conversations[channel].channel_type
        self.emit_in(channel, {**event, "channel_type": kind, "previous_message": before, **more})

    def react(self, message: Message, user: str, name: str, *, remove: bool = False) -> None:
        """Put a reaction on a message, or take it away.

        Raises:
            SlackError: already_reacted, no_reaction.
        """
        users = message.reactions.get(name, [])
        if (user in users) != remove:
            raise SlackError("no_reaction" if remove else "already_reacted")
        if remove:
            users.remove(user)
            if not users:
                del message.reactions[name]
        else:
            message.reactions.setdefault(name, []).append(user)
        event = {
            "type": "reaction_removed" if remove else "reaction_added",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.clock.next_ts(),
        }
        if BOT_USER_ID in self.conversations[message.channel].members:
            self.emit(str(event["type"]), event)
        self.changes.bump()

    def join(self, channel: Conversation, user: str, *, leave: bool = False) -> None:
        """Put somebody into a channel, or out; nothing happens if it is so already."""
        if (user in channel.members) != leave:
            return
        event = {
            "type": "member_left_channel" if leave else "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self.team_id,
            "event_ts": self.clock.next_ts(),
        }
        heard = BOT_USER_ID in channel.members
        if leave:
            channel.members.remove(user)
        else:
            channel.members.append(user)
        if heard or BOT_USER_ID in channel.members:
            self.emit(str(event["type"]), event)
        self.changes.bump()

    def emit_in(self, channel: str, event: Json) -> None:
        """Send a message event if the app is in the conversation and listens to its kind."""
        conversation = self.conversations[channel]
        if BOT_USER_ID in conversation.members:
            names = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
            self.emit(names[conversation.channel_type], event)
            mention = f"<@{BOT_USER_ID}>" in str(event.get("text")) and not event.get("subtype")
            if mention and conversation.kind != "app" and event.get("bot_id") != BOT_ID:
                self.emit("app_mention", {**event, "type": "app_mention"})

    def emit(self, name: str, event: Json) -> None:
        """Send an event if the manifest subscribes to it under this name."""
        if name in self.manifest.events:
            self.on_event(event)

    def toast(self, user: str, text: str) -> None:
        """Show a failure to one person for a moment."""
        self._toast_n += 1
        toasts = self.toasts.setdefault(user, [])
        toasts.append({"n": self._toast_n, "text": text})
        del toasts[:-KEPT_TOASTS]
        self.changes.bump()

    def visible_to(self, user: str) -> Iterable[Conversation]:
        """The conversations that a person is in."""
        return (one for one in self.conversations.values() if user in one.members)
