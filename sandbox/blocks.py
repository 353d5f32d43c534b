"""Blocks of messages and views: checking them, giving them ids, and finding what stands in them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.block_elements import flat_options
from sandbox.block_rules import check_message, check_view
from sandbox.block_state import action_of, initial_state_of, missing_input, state_of
from sandbox.model import ALPHABET, Json

__all__ = [
    "Element",
    "action_of",
    "assign_ids",
    "check_message",
    "check_view",
    "elements_in",
    "find_element",
    "flat_options",
    "initial_state",
    "missing_inputs",
    "state_of",
]


@dataclass(frozen=True)
class Element:
    """An interactive element and the block it stands in."""

    block: Json
    element: Json
    block_id: str
    action_id: str


def _short_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def _interactive(block: Json) -> list[Json]:
    """The elements of one block that a person can act on."""
    if block["type"] == "actions":
        return list(block["elements"])
    one = block.get("accessory") or block.get("element")
    return [one] if isinstance(one, dict) and one.get("type") != "image" else []


def assign_ids(blocks: list[Json]) -> list[Json]:
    """The blocks, with a block_id and action_ids wherever they had none, as Slack fills them in."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: Json) -> Json:
    made = {**block, "block_id": block.get("block_id") or _short_id()}
    if block["type"] == "actions":
        made["elements"] = [{**one, "action_id": one.get("action_id") or _short_id()} for one in block["elements"]]
    for name in ("accessory", "element"):
        one = block.get(name)
        if isinstance(one, dict) and one.get("type") != "image":
            made[name] = {**one, "action_id": one.get("action_id") or _short_id()}
    return made


def elements_in(blocks: list[Json]) -> Iterator[Element]:
    """Every element that a person can act on, in order; the blocks have their ids."""
    for block in blocks:
        for one in _interactive(block):
            yield Element(block, one, block["block_id"], one["action_id"])


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> Element | None:
    """The first element of that action_id, in one block if a block_id is given."""
    for found in elements_in(blocks):
        if found.action_id == action_id and block_id in (None, "", found.block_id):
            return found
    return None


def initial_state(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """The state before anybody has touched anything: {block_id: {action_id: state}}; buttons have none."""
    state: dict[str, dict[str, Json]] = {}
    for found in elements_in(blocks):
        held = initial_state_of(found.element)
        if held is not None:
            state.setdefault(found.block_id, {})[found.action_id] = held
    return state


def missing_inputs(blocks: list[Json], state: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack's client says under the inputs it will not send: {block_id: sentence}; empty if all is well."""
    wrong: dict[str, str] = {}
    for found in elements_in(blocks):
        if found.block["type"] == "input":
            held = state.get(found.block_id, {}).get(found.action_id) or {}
            sentence = missing_input(found.element, held, optional=bool(found.block.get("optional")))
            if sentence:
                wrong[found.block_id] = sentence
    return wrong
