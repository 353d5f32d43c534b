"""What every view needs: cutting to Slack's limits, reading a form, and a note to one person."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.text import clip, whole
from bot.picture import Picture

SECTION = 3000  # characters in a section's text; like every limit here from Slack's Block Kit reference
HEADER = 150
BUTTON = 75
TITLE = 24
OPTION = 75
PLACEHOLDER = 150
INPUT = 3000
METADATA = 3000  # of a view
MESSAGE_BLOCKS = 50
LARGEST_ID = 2**31 - 1  # of a row
# The fields of our forms that hold a list.
SEVERAL = frozenset(
    {"roles", "channels", "wants_reply", "regions", "members", "needs", "user_groups", "people", "also", "whole_thread"}
    | {f"choices{number}" for number in range(10)}  # of a pulse
)


def plain(text: str, limit: int = OPTION) -> dict[str, Any]:
    """A plain_text object, in which nothing can become a link or a mention."""
    return {"type": "plain_text", "text": clip(text, limit) or " ", "emoji": True}


def section(mrkdwn: str, **more: Any) -> dict[str, Any]:
    """A section with mrkdwn that the caller has made safe."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clip(mrkdwn, SECTION)}, **more}


def context(*mrkdwn: str) -> dict[str, Any]:
    """A line of small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": clip(text, SECTION)} for text in mrkdwn[:10]]}


def picture(shown: Picture, *, for_many: bool = False) -> dict[str, Any]:
    """A picture for a message of the outbox, by its numbers: the sender draws it, or says its words where it cannot.

    Only messages can hold it; Slack itself does not know this block. With `for_many` all messages that hold it share
    one file.
    """
    more = {"for_many": True} if for_many else {}
    return {"type": "image", "picture": shown.to_json(), "alt_text": shown.alt_text, **more}


def note(text: str) -> dict[str, Any]:
    """A message of one paragraph, ready for the outbox."""
    return {"text": clip(text, SECTION), "blocks": [section(text)]}


def notice_modal(text: str, title: str = "Groundswell") -> dict[str, Any]:
    """A modal that only says something."""
    return {"type": "modal", "title": plain(title, TITLE), "close": plain("Close", TITLE), "blocks": [section(text)]}


def memo(view: dict[str, Any]) -> dict[str, Any]:
    """What a view carries for its own return (`private_metadata`), an empty dict if it is not ours.

    It comes back from a client: only texts, and numbers that a row's id could have, are kept.
    """
    try:
        carried = json.loads(view.get("private_metadata") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(carried, dict):
        return {}
    texts = {name: whole(value) for name, value in carried.items() if isinstance(value, str)}
    return texts | {name: n for name, n in carried.items() if isinstance(n, int) and abs(n) <= LARGEST_ID}


def with_memo(view: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The view, carrying `more` besides what it carries already."""
    return {**view, "private_metadata": json.dumps(memo(view) | more, separators=(",", ":"))}


def form_values(view: dict[str, Any]) -> dict[str, Any]:
    """What stands in a form, by block_id: text, an option's value, a list of them, a date, an id, or None."""
    values: dict[str, Any] = {}
    for block_id, elements in ((view.get("state") or {}).get("values") or {}).items():
        for state in elements.values():
            values[block_id] = state_value(state)
    return values


def state_value(state: dict[str, Any]) -> Any:
    """The value in one element's state, or in the action that it sent."""
    for key in ("selected_option", "selected_options"):
        if key in state:
            chosen = state[key]
            return [one.get("value") for one in chosen] if isinstance(chosen, list) else (chosen or {}).get("value")
    for key, value in state.items():
        if key.startswith("selected_"):
            return value
    return state.get("value")


def when(moment: datetime, tz: str, style: str = "{date_short_pretty} at {time}") -> str:
    """A moment as mrkdwn: Slack shows it in the reader's own zone; `tz` is for clients that cannot."""
    local = moment.astimezone(ZoneInfo(tz))
    return f"<!date^{int(moment.timestamp())}^{style}|{local.day} {local:%b %Y, %H:%M}>"


def day(moment: datetime | date, tz: str = "UTC") -> str:
    """A day in words, "23 Nov 2026"; a moment is taken in the zone `tz`."""
    local = moment.astimezone(ZoneInfo(tz)).date() if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%b %Y}"


def button(text: str, action_id: str, value: str = "", **more: Any) -> dict[str, Any]:
    """A button; `value` holds an opaque id."""
    return {"type": "button", "text": plain(text, BUTTON), "action_id": action_id, "value": value or "-", **more}


def text_input(value: str, limit: int) -> dict[str, Any]:
    """A line to write in, with what stands there already."""
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "text", "max_length": limit}
    return element | ({"initial_value": clip(value, limit)} if value else {})


def select(labels: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """One of several, by value and label, with the one that is chosen already."""
    options = [{"text": plain(label, OPTION), "value": value} for value, label in labels.items()]
    element: dict[str, Any] = {"type": "static_select", "action_id": "choice", "options": options}
    known = [option for option in options if option["value"] == chosen]
    return element | ({"initial_option": known[0]} if known else {})
