"""An app's manifest, and which scopes the Web API's methods and the events need."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.model import Json

READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
# The scope of each method, or one for each kind of conversation, in the words of message events' channel_type.
# Methods that are not here, such as views.open and auth.test, need none.
SCOPES: dict[str, str | Mapping[str, str]] = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.scheduleMessage": "chat:write",
    "chat.unfurl": "links:write",
    "conversations.open": {"im": "im:write", "mpim": "mpim:write"},
    "conversations.info": READ,
    "conversations.list": READ,
    "conversations.members": READ,
    "users.conversations": READ,
    "conversations.history": HISTORY,
    "conversations.replies": HISTORY,
    "conversations.join": "channels:join",
    "users.list": "users:read",
    "users.info": "users:read",
    "users.lookupByEmail": "users:read.email",
    "dnd.info": "dnd:read",
    "dnd.teamInfo": "dnd:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.list": "reactions:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "team.info": "team:read",
}
BY_TYPES = frozenset({"conversations.list", "users.conversations"})  # these say what they want in `types`
KINDS_OF_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
# One of these is enough; events that are not here, such as app_home_opened and tokens_revoked, need none.
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "app_mention": ("app_mentions:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_archive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "file_shared": ("files:read",),
}


class ManifestError(Exception):
    """A manifest that Slack would not take; the text is a sentence for a person."""


@dataclass(frozen=True)
class Manifest:
    """What an app declares of itself; shortcuts have `type` global or message."""

    app_name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: list[Json]
    shortcuts: list[Json]
    unfurl_domains: list[str]
    socket_mode: bool
    interactivity: bool
    home_tab: bool


def load_manifest(path: Path | str) -> Manifest:
    """Read a manifest in YAML or JSON.

    Raises:
        ManifestError: it is missing, cannot be read, or declares what its scopes do not allow.
    """
    try:
        told = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(f"The manifest {path} cannot be read: {error.strerror or error}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ManifestError(f"The manifest {path} is not valid YAML: {error}") from None
    if not isinstance(told, dict):
        raise ManifestError(f"The manifest {path} must have display_information, features, oauth_config and settings.")
    manifest = _read(told)
    wrong = _problems(manifest)
    if wrong:
        raise ManifestError(f"Slack would refuse the manifest {path}: {' '.join(wrong)}")
    return manifest


def _read(told: Json) -> Manifest:
    features, settings = _part(told, "features"), _part(told, "settings")
    app_name = str(_part(told, "display_information").get("name") or "")
    return Manifest(
        app_name=app_name,
        bot_name=str(_part(features, "bot_user").get("display_name") or app_name),
        scopes=frozenset(_items(_part(_part(told, "oauth_config"), "scopes"), "bot")),
        events=frozenset(_items(_part(settings, "event_subscriptions"), "bot_events")),
        commands=_items(features, "slash_commands"),
        shortcuts=_items(features, "shortcuts"),
        unfurl_domains=_items(features, "unfurl_domains"),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        interactivity=bool(_part(settings, "interactivity").get("is_enabled")),
        home_tab=bool(_part(features, "app_home").get("home_tab_enabled")),
    )


def _part(told: Json, name: str) -> Json:
    part = told.get(name) or {}
    if not isinstance(part, dict):
        raise ManifestError(f"In the manifest, {name} must have names and values under it.")
    return part


def _items(told: Json, name: str) -> list[Any]:
    found = told.get(name) or []
    if not isinstance(found, list):
        raise ManifestError(f"In the manifest, {name} must be a list.")
    return found


def _problems(manifest: Manifest) -> list[str]:
    wrong = [] if manifest.app_name else ["The app has no name."]
    for one in manifest.commands:
        if not isinstance(one, dict) or not str(one.get("command", "")).startswith("/") or not one.get("description"):
            wrong.append("Every slash command needs a command that starts with / and a description.")
    for one in manifest.shortcuts:
        if not isinstance(one, dict) or one.get("type") not in ("global", "message") or not one.get("callback_id"):
            wrong.append("Every shortcut needs a callback_id and the type global or message.")
    if (manifest.commands or manifest.shortcuts) and "commands" not in manifest.scopes:
        wrong.append("Slash commands and shortcuts need the scope commands.")
    if manifest.shortcuts and not manifest.interactivity:
        wrong.append("Shortcuts need interactivity.")
    for event in sorted(manifest.events):
        scope = missing_event_scope(manifest, event)
        if scope:
            wrong.append(f"The event {event} needs the scope {scope}.")
    return wrong


def missing_scope(
    manifest: Manifest, method: str, channel_type: str | None = None, types: str | None = None
) -> str | None:
    """The scope that a method needs and the app does not have, or None; several are joined with commas.

    `channel_type` is channel, group, im or mpim; where it is not known, any kind's scope is enough. `types` is the
    argument of conversations.list, which needs a scope for each.
    """
    needed = SCOPES.get(method)
    if needed is None:
        return None
    if isinstance(needed, str):
        return None if needed in manifest.scopes else needed
    if method in BY_TYPES:
        kinds = [KINDS_OF_TYPES.get(one.strip(), "channel") for one in (types or "public_channel").split(",")]
        wanted = list(dict.fromkeys(needed[kind] for kind in kinds))
        return ",".join(scope for scope in wanted if scope not in manifest.scopes) or None
    scope = needed.get(channel_type or "")
    if scope:
        return None if scope in manifest.scopes else scope
    return None if manifest.scopes & set(needed.values()) else ",".join(needed.values())


def missing_event_scope(manifest: Manifest, event: str) -> str | None:
    """The scope that a subscribed event needs and the app does not have, or None."""
    needed = EVENT_SCOPES.get(event, ())
    return None if not needed or manifest.scopes & set(needed) else " or ".join(needed)
