"""A company's channels: those that its threads were held in, and those that company.json adds."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

GENERAL = "general"  # the channel that everybody is in; Slack has one in every workspace
DEPARTMENTS = frozenset({"sales", "marketing"})  # who is in a thread's channel, besides those who wrote in it


class CompanyError(Exception):
    """A company's folder cannot be read; the text is a sentence that names the file and, where it can, the line."""


class Somebody(Protocol):
    """What a channel needs to know of a person."""

    @property
    def id(self) -> str:
        """The user id."""

    @property
    def department(self) -> str:
        """The department's word."""

    @property
    def region(self) -> str:
        """The region's word."""


@dataclass(frozen=True)
class Channel:
    """A channel at the start; `app_is_member` says whether the app was invited."""

    id: str
    name: str
    topic: str
    member_ids: tuple[str, ...]
    app_is_member: bool = True
    private: bool = False


def text_of(told: Mapping[str, Any], name: str, path: Path, default: str | None = None) -> str:
    """A text that is not empty.

    Raises:
        CompanyError: it is missing or not a text.
    """
    value = told.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise CompanyError(f"{path}: {name} is missing or not a text.")
    return value


def read_channels(
    path: Path, about: Mapping[str, Any], people: Sequence[Somebody], threads: Iterable[tuple[Path, Mapping[str, Any]]]
) -> tuple[Channel, ...]:
    """The channels of company.json, then those of the threads; one that is in both keeps what company.json says.

    Raises:
        CompanyError: a channel is wrong, or two have one name or one id.
    """
    told = about.get("channels") or []
    if not isinstance(told, list):
        raise CompanyError(f"{path}: channels must be a list.")
    channels: dict[str, Channel] = {}
    for n, one in enumerate(told, start=1):
        channel = _channel(one, f"{path}, channel {n}", people)
        if channel.id in channels:
            raise CompanyError(f"{path}, channel {n}: the id {channel.id} is there twice.")
        channels[channel.id] = channel
    if not any(channel.name == GENERAL for channel in channels.values()):
        everybody = tuple(person.id for person in people)
        general = Channel(_made_id(GENERAL), GENERAL, "For everybody", everybody)
        channels = {general.id: general, **channels}
    for _thread_path, thread in threads:
        channel_id, name = thread["channel"]["id"], thread["channel"]["name"]
        wrote = {str(message.get("user")) for message in thread["messages"] if isinstance(message, dict)}
        known = channels.get(channel_id)
        if known is None:
            field = [person.id for person in people if person.department in DEPARTMENTS]
            known = Channel(channel_id, name, str(thread["channel"].get("topic") or ""), tuple(field))
        added = [person.id for person in people if person.id in wrote and person.id not in known.member_ids]
        channels[channel_id] = replace(known, member_ids=(*known.member_ids, *added))
    _check_names(path, channels.values())
    return tuple(channels.values())


def _check_names(path: Path, channels: Iterable[Channel]) -> None:
    seen: set[str] = set()
    for channel in channels:
        if channel.name in seen:
            raise CompanyError(f"{path.parent}: two channels are called {channel.name}.")
        seen.add(channel.name)


def _made_id(name: str) -> str:
    """An id that is always the same for one name."""
    return "C" + hashlib.sha256(name.encode()).hexdigest()[:8].upper()


def _channel(told: Any, at: str, people: Sequence[Somebody]) -> Channel:
    if not isinstance(told, dict):
        raise CompanyError(f"{at}: must have a name and members.")
    name = told.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[^\s#@A-Z.,]{1,80}", name):
        raise CompanyError(f"{at}: “{name}” is not a channel name: small letters, no spaces, at most 80.")
    channel_id = told.get("id") or _made_id(name)
    if not isinstance(channel_id, str) or not re.fullmatch(r"[CG][A-Z0-9]{2,20}", channel_id):
        raise CompanyError(f"{at}: “{channel_id}” is not a channel id such as C0123ABCD.")
    for word in ("app_is_member", "private"):
        if not isinstance(told.get(word, False), bool):
            raise CompanyError(f"{at}: {word} is true or false.")
    return Channel(
        id=channel_id,
        name=name,
        topic=str(told.get("topic") or ""),
        member_ids=_members(told.get("members", "all"), at, people),
        app_is_member=told.get("app_is_member", True),
        private=told.get("private", False),
    )


def _members(told: Any, at: str, people: Sequence[Somebody]) -> tuple[str, ...]:
    words = [told] if isinstance(told, str) else told
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise CompanyError(f"{at}: members are “all” or a list of departments, regions and user ids.")
    found: set[str] = set()
    for word in words:
        chosen = {one.id for one in people if word in ("all", one.department, one.region, one.id)}
        if not chosen:
            raise CompanyError(f"{at}: nobody is in “{word}”.")
        found |= chosen
    return tuple(person.id for person in people if person.id in found)
