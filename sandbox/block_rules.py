"""The rules for blocks, messages and views, as strict as Slack: each broken one is a reason in Slack's words."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.block_elements import (
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    PICTURE,
    PICTURE_SOURCE,
    elements_among,
    identifier,
    plain,
    text,
    web_address,
)
from sandbox.model import Json
from sandbox.rules import (
    Rule,
    anything,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    items,
    one_of,
    reason,
    string,
    thing,
)

BLOCKS_IN_MESSAGE, BLOCKS_IN_VIEW, MOST_ATTACHMENTS = 50, 100, 100
LONGEST_MARKDOWN = 12_000  # characters of all markdown blocks of one message

ANY: dict[str, Rule] = {"type": anything, "block_id": identifier}
rich_text_part = by_type(
    {
        "rich_text_section": thing({"type": anything, "elements": items(anything, 1000, least=0)}, {}),
        "rich_text_preformatted": thing(
            {"type": anything, "elements": items(anything, 1000, least=0)}, {"border": anything, "language": string(50)}
        ),
        "rich_text_quote": thing({"type": anything, "elements": items(anything, 1000, least=0)}, {"border": anything}),
        "rich_text_list": thing(
            {
                "type": anything,
                "style": one_of("bullet", "ordered"),
                "elements": items(by_type({"rich_text_section": anything}), 1000),
            },
            {"indent": anything, "offset": anything, "border": anything},
        ),
    }
)
BLOCKS: dict[str, Rule] = {
    "section": thing(
        {},
        {
            **ANY,
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": elements_among(IN_SECTION),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": thing({"text": plain(150)}, ANY),
    "context": thing(
        {
            "elements": items(
                by_type({"image": elements_among({"image"}), "plain_text": text(3000), "mrkdwn": text(3000)}), 10
            )
        },
        ANY,
    ),
    "divider": thing({}, ANY),
    "actions": thing({"elements": items(elements_among(IN_ACTIONS), 25)}, ANY),
    "image": thing(PICTURE, {**ANY, **PICTURE_SOURCE, "title": plain(2000)}, exactly_one(*PICTURE_SOURCE)),
    "input": thing(
        {"label": plain(2000), "element": elements_among(IN_INPUT)},
        {**ANY, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": thing({"elements": items(rich_text_part, 1000)}, ANY),
    "markdown": thing({"text": string(LONGEST_MARKDOWN)}, ANY),
    "file": thing({"external_id": identifier, "source": one_of("remote")}, ANY),
    "video": thing(
        {
            "alt_text": string(2000),
            "title": plain(199),
            "thumbnail_url": web_address,
            "video_url": web_address,
        },
        {
            **ANY,
            "author_name": string(49),
            "description": plain(199),
            "provider_icon_url": web_address,
            "provider_name": string(50),
            "title_url": web_address,
        },
    ),
}
IN_VIEWS = frozenset({"section", "header", "context", "divider", "actions", "image", "input", "rich_text", "video"})
message_block = by_type({name: rule for name, rule in BLOCKS.items() if name != "input"})
view_block = by_type({name: rule for name, rule in BLOCKS.items() if name in IN_VIEWS})

VIEW: dict[str, Rule] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
MODAL: dict[str, Rule] = {
    **VIEW,
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
modal = thing(
    {"type": anything, "title": plain(24), "blocks": items(view_block, BLOCKS_IN_VIEW)},
    MODAL,
)
home = thing({"type": anything, "blocks": items(view_block, BLOCKS_IN_VIEW, least=0)}, VIEW)

ATTACHMENT_WORDS = frozenset(
    {"fallback", "color", "pretext", "author_name", "author_link", "author_icon", "title", "title_link", "text"}
    | {"image_url", "thumb_url", "footer", "footer_icon", "callback_id", "attachment_type"}
)
attachment = thing(
    {},
    {
        **{name: string(40_000, least=0) for name in ATTACHMENT_WORDS},
        "id": anything,
        "ts": anything,
        "mrkdwn_in": items(string(50), 10, least=0),
        "fields": items(
            thing({}, {"title": string(3000, least=0), "value": string(3000, least=0), "short": boolean}), 100, least=0
        ),
        "blocks": items(message_block, BLOCKS_IN_MESSAGE, least=0),
        "unfurl_media": boolean,
        "unfurl_links": boolean,
    },
)


def check_message(text: str, blocks: list[Json], attachments: list[Json]) -> list[str]:
    """Reasons why Slack would refuse a message; empty if it is fine. A long text is cut by Slack, not refused."""
    wrong = items(message_block, BLOCKS_IN_MESSAGE, least=0)(blocks, "/blocks")
    wrong += items(attachment, MOST_ATTACHMENTS, least=0)(attachments, "/attachments")
    if wrong:
        return wrong
    wrong = _between_blocks(blocks, "/blocks")
    for n, one in enumerate(attachments):
        wrong += _between_blocks(one.get("blocks") or [], f"/attachments/{n}/blocks")
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if written > LONGEST_MARKDOWN:
        wrong.append(
            reason(f"all markdown blocks together must be less than {LONGEST_MARKDOWN + 1} characters", "/blocks")
        )
    return wrong


def check_view(view: Any) -> list[str]:
    """Reasons why Slack would refuse a modal or a Home; empty if it is fine."""
    wrong = by_type({"modal": modal, "home": home})(view, "/view")
    if wrong:
        return wrong
    blocks = view["blocks"]
    wrong = _between_blocks(blocks, "/view/blocks")
    if view["type"] == "modal" and not view.get("submit") and any(block["type"] == "input" for block in blocks):
        wrong.append(reason("missing required field: submit, for there are input blocks", "/view"))
    focused = [at for element, at in _elements(blocks, "/view/blocks") if element.get("focus_on_load")]
    wrong += [reason("only one element may have focus_on_load", at) for at in focused[1:]]
    for element, at in _elements(blocks, "/view/blocks"):
        if view["type"] == "home" and element.get("response_url_enabled"):
            wrong.append(reason("response_url_enabled is for modals only", at))
    return wrong


def _elements(blocks: list[Json], at: str) -> Iterator[tuple[Json, str]]:
    for n, block in enumerate(blocks):
        if block["type"] == "actions":
            yield from ((one, f"{at}/{n}/elements/{m}") for m, one in enumerate(block["elements"]))
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                yield block[name], f"{at}/{n}/{name}"


def _between_blocks(blocks: list[Json], at: str) -> list[str]:
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    wrong = [reason(f"block_id already exists: {name}", at) for name, n in ids.items() if n > 1]
    for n, block in enumerate(blocks):
        if block["type"] == "actions":
            used = Counter(one["action_id"] for one in block["elements"] if one.get("action_id"))
            wrong += [
                reason(f"action_id already exists: {name}", f"{at}/{n}/elements") for name, m in used.items() if m > 1
            ]
    return wrong
