"""Assets in a line and in a choice: the picker that finds them, its options, and the ids of what people press."""

from collections.abc import Iterable
from typing import Any

from bot.domain.asset import Card
from bot.domain.text import clip
from bot.views import kit

COMMAND = "/asset"
LIBRARY = "asset.library"  # the button that opens it, and the modal
FIND = "asset.find"  # type-ahead in forms
LOOK_UP = "asset.look_up"  # type-ahead that shows what was chosen
SHOW = "asset.show"  # value: the version's id

MOST_OPTIONS = 100  # Slack's limit of one answer to a type-ahead
MISSING = "missing:"  # before the words, in the value of the option for what was not found
MISSING_LONGEST = 100  # characters of the words in it
SHORTEST_MISSING = 3  # characters that are worth telling


def asset_picker(card: Card | None = None, *, optional: bool = False) -> dict[str, Any]:
    """The field "Asset" of a form (block_id `asset`): type ahead, choose; its value is the version's id."""
    element: dict[str, Any] = {
        "type": "external_select",
        "action_id": FIND,
        "min_query_length": 0,
        "placeholder": kit.plain("Type a title, a number or a nickname", kit.PLACEHOLDER),
    }
    if card is not None:
        element["initial_option"] = asset_option(card)
    label = kit.plain("Asset")
    return {"type": "input", "block_id": "asset", "label": label, "element": element, "optional": optional}


def asset_option(card: Card) -> dict[str, Any]:
    """One asset to choose: its title, and under it what it is."""
    about = [kind_name(card.kind), card.version, card.product_line]
    return {
        "text": kit.plain(card.title, kit.OPTION),
        "description": kit.plain(" · ".join(filter(None, about)), kit.OPTION),
        "value": str(card.version_id),
    }


def asset_options(cards: Iterable[Card]) -> list[dict[str, Any]]:
    """What a type-ahead offers, as many as Slack takes."""
    return [asset_option(card) for card in cards][:MOST_OPTIONS]


def missing_option(words: str) -> dict[str, Any]:
    """What the library's type-ahead offers where nothing fits: to tell marketing what was looked for."""
    return {
        "text": kit.plain(f"Nothing fits “{clip(words, 50)}”", kit.OPTION),
        "description": kit.plain("Choose this, and marketing sees that it was looked for", kit.OPTION),
        "value": MISSING + clip(words, MISSING_LONGEST, ""),
    }


def missing_words(value: object) -> str | None:
    """The words in the value of such an option, None if it is another one."""
    told = str(value or "")
    return told.removeprefix(MISSING)[:MISSING_LONGEST] if told.startswith(MISSING) else None


def kind_name(kind: str) -> str:
    """A kind as people write it: "Case study" for case-study."""
    words = kind.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
