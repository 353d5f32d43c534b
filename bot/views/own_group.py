"""A manager's own group on the screen: the fields of a person's form that say who it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.audience import MOST_PEOPLE
from bot.domain.own_group import PEOPLE, PLACE, USER_GROUP, Choice, OwnGroup
from bot.domain.text import clip, count, inert
from bot.views import kit

FIND = "people.user_group"  # the type-ahead
MOST_OPTIONS = 100  # Slack's limit of one answer to a type-ahead
WHAT_FOR = "Whom this manager may ask with /pulse and /check-in, and whose numbers they read."
LABELS = {PLACE: "Their department and region", USER_GROUP: "A Slack user group", PEOPLE: "People chosen by hand"}
NOTES = {
    PLACE: "As they stand above",
    USER_GROUP: "Chosen below; follows Slack within the hour",
    PEOPLE: f"Chosen below, up to {MOST_PEOPLE}",
}
LOST = "⚠️ Slack no longer shows me this user group: it was deleted, or I may not read it. The people I knew last stay."


@dataclass(frozen=True)
class OwnGroupState:
    """What the fields show: the own group (None: nobody knows it yet) with its size, and the people chosen by hand."""

    own: OwnGroup | None = None
    size: int = 0
    chosen: Sequence[str] = ()


def own_group_blocks(state: OwnGroupState) -> list[dict[str, Any]]:
    """The fields, with what is so now between them."""
    own, kind = state.own, state.own.kind if state.own else PLACE
    options = [
        {"text": kit.plain(label, kit.OPTION), "value": value, "description": kit.plain(NOTES[value], kit.OPTION)}
        for value, label in LABELS.items()
    ]
    chosen = next(option for option in options if option["value"] == kind)
    ways = {"type": "radio_buttons", "action_id": "choice", "options": options, "initial_option": chosen}
    find: dict[str, Any] = {
        "type": "external_select",
        "action_id": FIND,
        "min_query_length": 0,
        "placeholder": kit.plain("Choose a user group", kit.PLACEHOLDER),
    }
    if own and own.kind == USER_GROUP:
        find["initial_option"] = _option(own.user_group_id, own.name)
    people: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": "choice",
        "placeholder": kit.plain("Choose people", kit.PLACEHOLDER),
        "max_selected_items": MOST_PEOPLE,
    }
    if own and own.kind == PEOPLE and state.chosen:
        people["initial_users"] = list(state.chosen)[:MOST_PEOPLE]
    return [
        _input("own_group", "Own group", ways, hint=WHAT_FOR),
        kit.context(_now(state)),
        _input("user_group", "Which user group?", find, optional=True),
        _input("people", "Which people?", people, optional=True),
    ]


def choice_in(form: Mapping[str, Any]) -> Choice:
    """What stands in the fields of a form; nothing of it is checked yet."""
    ids = dict.fromkeys(form.get("people") or ())
    return Choice(str(form.get("own_group") or ""), str(form.get("user_group") or ""), tuple(ids))


def user_group_options(groups: Mapping[str, str], query: str) -> list[dict[str, Any]]:
    """The user groups whose names hold what was typed, as many as Slack takes."""
    wanted = query.casefold().strip().removeprefix("@")
    found = [(key, name) for key, name in groups.items() if wanted in name.casefold()]
    return [_option(key, name) for key, name in found[:MOST_OPTIONS]]


def is_now(own: OwnGroup | None) -> str:
    """What an admin hears when somebody's own group is another one, or they are a manager now; mrkdwn."""
    if own is None:
        return "Nobody knows their own group yet: `Edit` says which it is."
    return f"Their own group: {inert(clip(own.in_words(), 150))}."


def _now(state: OwnGroupState) -> str:
    if state.own is None:
        return "Now: nobody. There is no region above, and nothing else is chosen."
    told = f"Now: {inert(clip(state.own.in_words(), 150))}, "
    if state.own.is_unread:
        return f"{told}of which I am just reading who is in it."
    told += f"{count(state.size, 'person', 'people')}."
    return f"{told}\n{LOST}" if state.own.lost_at else told


def _option(user_group_id: str, name: str) -> dict[str, Any]:
    return {"text": kit.plain(name or "The one chosen before", kit.OPTION), "value": user_group_id}


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})
