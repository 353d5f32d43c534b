"""The rules for what stands inside blocks: texts, options, confirmations and interactive elements.

Sizes are those of Slack's Block Kit reference.
"""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.rules import Rule, anything, boolean, by_type, exactly_one, integer, items, one_of, reason, string, thing

LONGEST_INPUT = 3000  # characters in a plain_text_input
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
WEB_ADDRESS = re.compile(r"https?://\S+")

web_address = string(3000, form=WEB_ADDRESS)
identifier = string(255)


def plain(most: int) -> Rule:
    """A text object that must be plain_text."""
    return by_type({"plain_text": _plain_text(most), "mrkdwn": _not_plain})


def text(most: int) -> Rule:
    """A text object of either kind."""
    return by_type({"plain_text": _plain_text(most), "mrkdwn": _mrkdwn(most)})


def _plain_text(most: int) -> Rule:
    return thing({"type": anything, "text": string(most)}, {"emoji": boolean})


def _mrkdwn(most: int) -> Rule:
    return thing({"type": anything, "text": string(most)}, {"verbatim": boolean})


def _not_plain(value: Any, at: str) -> list[str]:
    return [reason("must be a valid enum value: plain_text", f"{at}/type")]


confirmation = thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
slack_file = thing({}, {"id": identifier, "url": web_address}, exactly_one("id", "url"))
PICTURE = {"alt_text": string(2000)}
PICTURE_SOURCE = {"image_url": web_address, "slack_file": slack_file}
conversation_filter = thing(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
dispatch_config = thing({"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}, {})


def _option(wording: Rule, **more: Rule) -> Rule:
    return thing({"text": wording, "value": string(150)}, {"description": text(75), **more})


plain_option = _option(plain(75))
rich_option = _option(text(75))
overflow_option = _option(plain(75), url=string(3000, form=ADDRESS))
option_group = thing({"label": plain(75), "options": items(plain_option, 100)}, {})


def flat_options(element: dict[str, Any]) -> list[Any]:
    """The options of an element, those in groups included."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(one for group in groups for one in group["options"])]


def _distinct_values(element: Any, at: str) -> list[str]:
    values = [option["value"] for option in flat_options(element)]
    twice = dict.fromkeys(value for value in values if values.count(value) > 1)
    return [reason(f"duplicate option value: {value}", at) for value in twice]


def _initial_on_offer(element: Any, at: str) -> list[str]:
    """Slack compares whole option objects, not only their values."""
    offered = flat_options(element)
    wrong: list[str] = []
    if element.get("initial_option") is not None and element["initial_option"] not in offered:
        wrong.append(reason("must exactly match one of the provided options", f"{at}/initial_option"))
    for n, one in enumerate(element.get("initial_options") or []):
        if one not in offered:
            wrong.append(reason("must exactly match one of the provided options", f"{at}/initial_options/{n}"))
    return wrong


def _at_most_selected(element: Any, at: str) -> list[str]:
    most = element.get("max_selected_items")
    chosen: list[Any] = next((one for name, one in element.items() if name.startswith("initial_")), [])
    return [reason("no more initial items than max_selected_items allowed", at)] if most and len(chosen) > most else []


def _lengths_in_order(element: Any, at: str) -> list[str]:
    least, most = element.get("min_length") or 0, element.get("max_length") or LONGEST_INPUT
    given = element.get("initial_value")
    if least > most:
        return [reason("min_length must not be higher than max_length", at)]
    if given and len(given) > most:
        return [reason(f"must be less than {most + 1} characters", f"{at}/initial_value")]
    return []


def _numbers_in_order(element: Any, at: str) -> list[str]:
    names = ("min_value", "initial_value", "max_value")
    given = [float(element[name]) for name in names if element.get(name)]
    if given != sorted(given):
        return [reason("min_value, initial_value and max_value must be in order", at)]
    if not element["is_decimal_allowed"]:
        return [reason("must be a whole number", f"{at}/{name}") for name in names if "." in (element.get(name) or "")]
    return []


ACTION: dict[str, Rule] = {"type": anything, "action_id": identifier}
FOCUS: dict[str, Rule] = {**ACTION, "focus_on_load": boolean}
CHOICE: dict[str, Rule] = {**FOCUS, "confirm": confirmation}
SELECT: dict[str, Rule] = {**CHOICE, "placeholder": plain(150)}
MULTI: dict[str, Rule] = {**SELECT, "max_selected_items": integer(1, 100)}
TYPED: dict[str, Rule] = {
    **FOCUS,
    "placeholder": plain(150),
    "dispatch_action_config": dispatch_config,
}
LISTED: dict[str, Rule] = {"options": items(plain_option, 100), "option_groups": items(option_group, 100)}
LIST_RULES = (exactly_one("options", "option_groups"), _distinct_values, _initial_on_offer)
CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": boolean, "filter": conversation_filter}
RESPONSE_URL: dict[str, Rule] = {"response_url_enabled": boolean}
QUERY: dict[str, Rule] = {"min_query_length": integer(0, 255)}
TEN = {"options": items(rich_option, 10)}


ELEMENTS: dict[str, Rule] = {
    "button": thing(
        {"text": plain(75)},
        {
            **ACTION,
            "url": string(3000, form=ADDRESS),
            "value": string(2000, least=0),
            "style": one_of("primary", "danger"),
            "confirm": confirmation,
            "accessibility_label": string(75),
        },
    ),
    "checkboxes": thing(
        TEN, {**CHOICE, "initial_options": items(rich_option, 10)}, _distinct_values, _initial_on_offer
    ),
    "radio_buttons": thing(TEN, {**CHOICE, "initial_option": rich_option}, _distinct_values, _initial_on_offer),
    "overflow": thing({"options": items(overflow_option, 5)}, {**ACTION, "confirm": confirmation}, _distinct_values),
    "static_select": thing({}, {**SELECT, **LISTED, "initial_option": plain_option}, *LIST_RULES),
    "external_select": thing({}, {**SELECT, **QUERY, "initial_option": plain_option}),
    "users_select": thing({}, {**SELECT, "initial_user": identifier}),
    "conversations_select": thing({}, {**SELECT, **CONVERSATIONS, **RESPONSE_URL, "initial_conversation": identifier}),
    "channels_select": thing({}, {**SELECT, **RESPONSE_URL, "initial_channel": identifier}),
    "multi_static_select": thing(
        {}, {**MULTI, **LISTED, "initial_options": items(plain_option, 100)}, *LIST_RULES, _at_most_selected
    ),
    "multi_external_select": thing(
        {}, {**MULTI, **QUERY, "initial_options": items(plain_option, 100)}, _at_most_selected
    ),
    "multi_users_select": thing({}, {**MULTI, "initial_users": items(identifier, 100)}, _at_most_selected),
    "multi_conversations_select": thing(
        {}, {**MULTI, **CONVERSATIONS, "initial_conversations": items(identifier, 100)}, _at_most_selected
    ),
    "multi_channels_select": thing({}, {**MULTI, "initial_channels": items(identifier, 100)}, _at_most_selected),
    "datepicker": thing({}, {**SELECT, "initial_date": string(10, form=DATE)}),
    "timepicker": thing({}, {**SELECT, "initial_time": string(5, form=TIME), "timezone": string(100)}),
    "datetimepicker": thing({}, {**CHOICE, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": thing(
        {},
        {
            **TYPED,
            "initial_value": string(LONGEST_INPUT, least=0),
            "multiline": boolean,
            "min_length": integer(0, LONGEST_INPUT),
            "max_length": integer(1, LONGEST_INPUT),
        },
        _lengths_in_order,
    ),
    "number_input": thing(
        {"is_decimal_allowed": boolean},
        {**TYPED, **{name: string(50, form=NUMBER) for name in ("initial_value", "min_value", "max_value")}},
        _numbers_in_order,
    ),
    "email_text_input": thing({}, {**TYPED, "initial_value": string(LONGEST_INPUT)}),
    "url_text_input": thing({}, {**TYPED, "initial_value": web_address}),
    "rich_text_input": thing({}, {**TYPED, "initial_value": anything}),
    "file_input": thing({}, {**ACTION, "filetypes": items(string(50), 100), "max_files": integer(1, 10)}),
    "image": thing({"type": anything, **PICTURE}, PICTURE_SOURCE, exactly_one(*PICTURE_SOURCE)),
}

PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = frozenset({"checkboxes", "radio_buttons"})
SELECTS = frozenset(name for name in ELEMENTS if name.endswith("_select") and not name.startswith("multi_"))
MULTI_SELECTS = frozenset(name for name in ELEMENTS if name.startswith("multi_"))
TYPING = frozenset(name for name in ELEMENTS if name.endswith("_input"))
IN_ACTIONS = frozenset({"button", "overflow"}) | PICKERS | CHOICES | SELECTS
IN_SECTION = frozenset({"button", "overflow", "image", "datepicker", "timepicker"}) | CHOICES | SELECTS | MULTI_SELECTS
IN_INPUT = TYPING | PICKERS | CHOICES | SELECTS | MULTI_SELECTS


def elements_among(names: Iterable[str]) -> Rule:
    """An element of one of these types."""
    return by_type({name: ELEMENTS[name] for name in sorted(names)})
