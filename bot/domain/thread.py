"""Captured threads: what is kept of a message, which thread an event is about, and what somebody may do with one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.safety import screen
from bot.domain.summary import Point, Summary
from bot.domain.text import clean, clip

LONGEST = 8_000  # characters of one message that are kept; Slack's own composer takes 12,000
MOST = 5_000  # messages of one thread that are kept: the one that began it and the newest

CAPTURED = "captured"
RELEASED = "released"  # everybody who sent it has taken that back
TAKEN_BACK = "taken_back"  # an author of it has taken it back
DELETED = "deleted"  # it is gone in Slack
STATES = (CAPTURED, RELEASED, TAKEN_BACK, DELETED)

EDITED, REMOVED = "message_changed", "message_deleted"  # Slack's words for what happens to a message afterwards


@dataclass(frozen=True)
class Said:
    """One message as it is kept: plain text in which mentions are names, and how many files came with it.

    `user_id` is empty where an app wrote it, `name` is that app's. `held_for` as in feedback; "" for nearly all.
    """

    ts: str
    user_id: str
    text: str
    files: int = 0
    held_for: str = ""
    name: str = ""


def may_have_thread(channel_id: str) -> bool:
    """Whether a thread could be captured there: not in a direct message."""
    return bool(channel_id) and not channel_id.startswith("D")


def read_said(ts: str, user_id: str, text: str, *, files: int = 0, name: str = "") -> Said:
    """A message on its way in, screened whole (P13) and then cut."""
    text = clean(text)
    held_for = ",".join(screen(text).labels)
    return Said(ts, user_id, clip(text, LONGEST), files, held_for, clip(clean(name), 80))


def kept_of(messages: list[Said]) -> list[Said]:
    """The messages of a thread that are kept, where there are more than can be: the first and the newest."""
    return messages if len(messages) <= MOST else [messages[0], *messages[-(MOST - 1) :]]


def thread_of(event: Mapping[str, Any]) -> str:
    """The ts of the thread that a message event is about; "" for a message that is in none and was just written."""
    subtype = event.get("subtype")
    if subtype == EDITED:
        message = event.get("message") or {}
    elif subtype == REMOVED:
        message = event.get("previous_message") or {"ts": event.get("deleted_ts")}
    else:
        return str(event.get("thread_ts") or "")
    return str(message.get("thread_ts") or message.get("ts") or "")


def moment_of(ts: str) -> datetime:
    """When a message was written, from its name in Slack."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def link_to(link: str, root_ts: str, ts: str) -> str:
    """The address of a message in a thread, from that of the one that began it; "" where there is none."""
    place, found, _ = link.partition("/p" + root_ts.replace(".", ""))
    if not found or ts == root_ts:
        return link if found else ""
    return f"{place}/p{ts.replace('.', '')}?thread_ts={root_ts}&cid={place.rpartition('/')[2]}"


def without(summary: Summary, gone: Collection[str]) -> Summary:
    """A summary without the claims that rest on messages which may not be shown any more; they count as dropped."""

    def kept(points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(point for point in points if not set(point.ts) & set(gone))

    dissent = next(iter(kept((summary.dissent,) if summary.dissent else ())), None)
    left = replace(
        summary,
        key_points=kept(summary.key_points),
        decisions=kept(summary.decisions),
        open_questions=kept(summary.open_questions),
        dissent=dissent,
        asks=kept(summary.asks),
    )
    return replace(left, dropped=summary.dropped + len(summary.points) - len(left.points))


@dataclass(frozen=True)
class Standing:
    """What somebody is to a captured thread, and so may do with it.

    `sent`: they sent it to marketing. `is_author`: they began it, or wrote the message by which it was sent, and may
    take all of it back. `wrote`: their words are in it; `is_out`: they have taken them out; `is_held`: some are on
    hold.
    """

    user_id: str
    tz: str = "UTC"
    is_marketer: bool = False
    sent: bool = False
    is_author: bool = False
    wrote: bool = False
    is_out: bool = False
    is_held: bool = False

    @property
    def may_read(self) -> bool:
        """Whether they may read its summary."""
        return self.is_marketer or self.is_in_it

    @property
    def is_in_it(self) -> bool:
        """Whether it is theirs too: they sent it, or wrote in it. They may post the summary in the thread."""
        return self.sent or self.is_author or self.wrote or self.is_out

    @property
    def may_take_back(self) -> bool:
        """Whether they may take the whole thread, or their sending of it, back."""
        return self.sent or self.is_author


@dataclass(frozen=True)
class Told:
    """A captured thread as screens tell it; `channel` is empty where it is private.

    `messages` counts what is in the thread now, `held` those that are kept back (P13), `left_out` those whose writers
    took them out, `unread` what is beyond `MOST`. `texts` holds the messages that the summary rests on, by ts, `names`
    who wrote them. `is_current`: the summary is of the thread as it is now. `ended_by` has taken it back.
    """

    thread_id: int
    state: str
    channel: str
    root_ts: str
    link: str = ""
    author_id: str = ""
    author: str = ""
    ended_by: str = ""
    senders: tuple[str, ...] = ()
    messages: int = 0
    held: int = 0
    left_out: int = 0
    unread: int = 0
    summary: Summary | None = None
    is_current: bool = False
    is_posted: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def began_at(self) -> datetime:
        """When the thread began."""
        return moment_of(self.root_ts)

    def link_of(self, ts: str) -> str:
        """The address of one of its messages, "" where nobody knows."""
        return link_to(self.link, self.root_ts, ts)
