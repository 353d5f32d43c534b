"""Settings on the screen: all of them with their values, and a form for each group with a sentence for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.text import clip, count, inert
from bot.domain.workspace_settings import GROUPS, SAME_EMOJI, Setting, of_group
from bot.views import kit

COMMAND = "/groundswell settings"
OPEN = "settings.open"
EDIT = "settings.edit"
BACK = "settings.back"
SAVE = "settings.save"

SHOWN_CHANNELS = 40
INTRO = (
    "*What holds for everybody here.* A change holds at once and stands in the audit trail. "
    "What you leave alone is as whoever runs Groundswell has set it."
)
NOT_CHANGED = "Nothing was changed."
INVITE = "Invite me with `/invite @Groundswell` in a channel; `/remove @Groundswell` there and I listen no more."
LOOKING = "I am looking where I am. Open this once more in a moment."
SLACK_KEEPS = "This deletes what Groundswell keeps. What stands in Slack's own messages is ruled by Slack's retention."
NO_OFFICIAL_FORM = "not set"
EMPTY = "An empty field goes back to what whoever runs Groundswell has set."


@dataclass(frozen=True)
class Shown:
    """One setting with its value as it is typed; who set it and when, if an admin did."""

    setting: Setting
    value: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class ChannelsShown:
    """Where the app listens: names of public channels, how many private ones there are, and when that was read."""

    names: tuple[str, ...]
    private: int
    read_at: datetime


def settings_modal(
    shown: Mapping[str, Shown], channels: ChannelsShown | None, tz: str, notice: str = ""
) -> dict[str, Any]:
    """All settings; `notice` (mrkdwn) says what has just happened."""
    blocks = [kit.section(notice)] if notice else []
    blocks.append(kit.section(INTRO))
    for group, label in GROUPS.items():
        lines = [_line(shown[setting.name], tz) for setting in of_group(group)]
        button = kit.button(f"Change {group}", EDIT, group)
        blocks += [{"type": "divider"}, kit.section("\n".join([f"*{label}*", *lines]), accessory=button)]
    blocks += [{"type": "divider"}, kit.section(f"*Channels I listen to*\n{_channels(channels)}"), kit.context(INVITE)]
    view = kit.notice_modal("", "Settings")
    return view | {"blocks": blocks}


def settings_form(
    group: str, shown: Mapping[str, Shown], typed: Mapping[str, str] | None = None, notice: str = "", attempt: int = 0
) -> dict[str, Any]:
    """The form of one group. `typed` stands in the place of some values; `notice` (mrkdwn) says why it is shown anew.

    It carries the values as they are now, so that what somebody else changes meanwhile is noticed. Slack keeps what
    stands in a field whose ids stay the same: each `attempt` has fields of its own.
    """
    blocks = [kit.section(notice)] if notice else []
    for setting in of_group(group):
        value = (typed or {}).get(setting.name, shown[setting.name].value)
        element = kit.text_input(value, setting.longest) | {"action_id": f"text{attempt}"}
        blocks.append(
            {
                "type": "input",
                "block_id": setting.name,
                "label": kit.plain(setting.label, 150),
                "element": element,
                "hint": kit.plain(setting.hint, 2000),
                "optional": True,
            }
        )
    blocks.append(kit.context(*([SLACK_KEEPS] if group == "keeping" else []), EMPTY))
    blocks.append({"type": "actions", "elements": [kit.button("Back to all settings", BACK)]})
    view = {
        "type": "modal",
        "callback_id": SAVE,
        "title": kit.plain(GROUPS[group], kit.TITLE),
        "submit": kit.plain("Save", kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": blocks,
    }
    was = {was_of(setting.name): shown[setting.name].value for setting in of_group(group)}
    return kit.with_memo(view, group=group, attempt=attempt, **was)


def was_of(name: str) -> str:
    """Under which name a form carries a setting's value as it was when the form was opened."""
    return f"was_{name}"


def meanwhile_notice(changed: Iterable[Shown]) -> str:
    """Somebody else was quicker, as mrkdwn: what they have set, and that one's own words still stand below."""
    lines = [
        f"• {inert(clip(one.by, 80)) or 'Somebody'} set *{one.setting.label}* to {_value(one)} meanwhile."
        for one in changed
    ]
    return "\n".join([*lines, "Yours is below as you typed it. Press `Save` to put it in the place of theirs."])


def saved_notice(changed: Iterable[Setting]) -> str:
    """What was saved, as mrkdwn."""
    labels = ", ".join(setting.label for setting in changed)
    return f"Saved: {labels}. It holds from now on." if labels else NOT_CHANGED


def _line(shown: Shown, tz: str) -> str:
    who = f" ({inert(clip(shown.by, 80))}, {kit.day(shown.at, tz)})" if shown.by and shown.at else ""
    return f"• {shown.setting.label}: {_value(shown)}{who}"


def _value(shown: Shown) -> str:
    if not shown.value:
        return f"*{NO_OFFICIAL_FORM}*"
    if shown.setting.group == "emoji":
        names = shown.setting.read(shown.value)
        return inert(clip(shown.setting.show(tuple(n for n in names if SAME_EMOJI.get(n) not in names)), 200))
    unit = f" {shown.setting.unit}" if shown.setting.unit and shown.value[:1].isdigit() else ""
    return f"*{inert(clip(shown.value, 200))}{unit}*"


def _channels(channels: ChannelsShown | None) -> str:
    if channels is None:
        return LOOKING
    names = [f"#{inert(clip(name, 80))}" for name in channels.names[:SHOWN_CHANNELS]]
    if len(channels.names) > SHOWN_CHANNELS:
        names.append(f"{len(channels.names) - SHOWN_CHANNELS} more")
    if channels.private:
        names.append(count(channels.private, "private channel", "private channels"))
    return ", ".join(names) or "None yet."
