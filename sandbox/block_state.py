"""What a person has typed or chosen in one element, as Slack's state objects and action payloads."""

import re
from datetime import date
from typing import Any

from sandbox.block_elements import LONGEST_INPUT, NUMBER, TIME, flat_options
from sandbox.model import Json

Element = Json  # a Block Kit element

NOT_OFFERED = "“{}” is not among the options."
# type: (what the state calls it, what the element calls what it starts with)
SINGLE = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
SEVERAL = {
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", "initial_files"),
}
OPTION_KEYS = frozenset({"selected_option", "selected_options"})
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
URL = re.compile(r"https?://[^\s/$.?#][^\s]*")


def initial_state_of(element: Element) -> Json | None:
    """The state of an untouched element, or None for one that holds none, such as a button."""
    kind = element["type"]
    if kind in SINGLE:
        key, initial = SINGLE[kind]
        given = element.get(initial)
        return {"type": kind, key: None if given == "" else given}
    if kind in SEVERAL:
        key, initial = SEVERAL[kind]
        return {"type": kind, key: list(element.get(initial) or [])}
    return None


def state_of(element: Element, value: Any, options: list[Json] | None = None) -> Json:
    """The state object after a person has typed or chosen `value`; None, "" and [] empty it.

    `options` are the options (or option groups) last loaded for an external select.

    Raises:
        ValueError: the value is not on offer or has the wrong form; the text is a sentence for a person.
    """
    kind = element["type"]
    if kind in SINGLE:
        key = SINGLE[kind][0]
        return {"type": kind, key: None if value in (None, "", []) else _held(element, key, value, options)}
    if kind in SEVERAL:
        key = SEVERAL[kind][0]
        given = value if isinstance(value, list) else [] if value in (None, "") else [value]
        most = element.get("max_selected_items")
        if most and len(given) > most:
            raise ValueError(f"You can choose at most {most}.")
        return {"type": kind, key: [_held(element, key, one, options) for one in dict.fromkeys(map(str, given))]}
    raise ValueError("Nothing can be typed or chosen here.")


def _held(element: Element, key: str, value: Any, options: list[Json] | None) -> Any:
    kind = element["type"]
    if key in OPTION_KEYS:
        return _option(element, str(value), options)
    if kind == "rich_text_input":
        return value if isinstance(value, dict) else _rich_text(str(value))
    if kind == "datepicker":
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError(f"“{value}” is not a date. Write it like 2026-11-30.") from None
    if kind == "timepicker" and not TIME.fullmatch(str(value)):
        raise ValueError(f"“{value}” is not a time. Write it like 09:30.")
    if kind == "datetimepicker":
        if not re.fullmatch(r"\d{10}", str(value)):
            raise ValueError(f"“{value}” is not a moment in seconds since 1970.")
        return int(value)
    return str(value)


def _rich_text(words: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [section]}


def _option(element: Element, value: str, options: list[Json] | None) -> Json:
    offered = list(flat_options(element))
    for one in options or []:
        offered += one.get("options", [one])
    offered += element.get("initial_options") or []
    offered += [element["initial_option"]] if element.get("initial_option") else []
    for one in offered:
        if one["value"] == value:
            return dict(one)
    raise ValueError(NOT_OFFERED.format(value))


def action_of(element: Element, value: Any, options: list[Json] | None = None) -> Json:
    """The entry in `actions` of a block_actions payload, without block_id and action_ts.

    Raises:
        ValueError: the value is not on offer or has the wrong form; the text is a sentence for a person.
    """
    kind = element["type"]
    entry: Json = {"type": kind, "action_id": element["action_id"]}
    if kind == "button":
        entry["text"] = element["text"]
        if element.get("value"):
            entry["value"] = element["value"]
        if element.get("style"):
            entry["style"] = element["style"]
    elif kind == "overflow":
        entry["selected_option"] = _option(element, str(value), None)
    else:
        entry |= state_of(element, value, options)
        initial = (SINGLE.get(kind) or SEVERAL[kind])[1]
        if initial in element:
            entry[initial] = element[initial]
    if element.get("placeholder"):
        entry["placeholder"] = element["placeholder"]
    if element.get("confirm"):
        entry["confirm"] = element["confirm"]
    return entry


def missing_input(element: Element, held: Json, *, optional: bool) -> str | None:
    """Why Slack's client would not send this input yet, or None."""
    kind = element["type"]
    value = held.get((SINGLE.get(kind) or SEVERAL[kind])[0])
    if value in (None, "", []) or (kind == "plain_text_input" and not str(value).strip()):
        return None if optional else "Please complete this required field."
    if kind == "plain_text_input":
        return _wrong_length(element, len(value))
    if kind == "number_input":
        return _wrong_number(element, value)
    if kind == "email_text_input" and not EMAIL.fullmatch(value):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not URL.fullmatch(value):
        return "Please enter a valid URL."
    return None


def _wrong_length(element: Element, length: int) -> str | None:
    least, most = element.get("min_length") or 0, element.get("max_length") or LONGEST_INPUT
    if length < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if length > most else None


def _wrong_number(element: Element, value: str) -> str | None:
    if not NUMBER.fullmatch(value):
        return "Please enter a number."
    if not element["is_decimal_allowed"] and "." in value:
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and float(value) < float(low):
        return f"Please enter a number of {low} or more."
    return f"Please enter a number of {high} or less." if high is not None and float(value) > float(high) else None
