"""The forms of those who keep the library: add and edit, import, release."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.asset import Card
from bot.domain.csv_list import BadLine
from bot.domain.filed_away import Plan
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.asset_card import EDIT, NOTE, RELEASE, announcement_preview, asset_name
from bot.views.asset_library import ADD, IMPORT
from bot.views.filed_away_form import audience_blocks

KEEP_GOOD, ALL_OR_NOTHING = "good", "all"
SHOWN_PROBLEMS = 12
EXAMPLE = "reference,version,title,kind,url\nMLR-2026-0118,v2,Surgeon deck,deck,https://…"
COLUMNS_HINT = (
    "The first line names the columns: reference, version, title, kind, url, and any of owner, product_line, audience, "
    "funnel_stage, review_days, released_at, expires_at, aliases. Slack takes 3,000 characters here; a longer list "
    "goes in from the command line: python -m bot import-assets FILE"
)


def asset_modal(owner_id: str, card: Card | None = None) -> dict[str, Any]:
    """The form for a new version, or (`card`) for one that is there; `owner_id` is whoever opens it."""
    blocks = _asset_blocks(owner_id, card)
    if card:
        blocks[0] = kit.section(f"{asset_name(card)}\nReference: {inert(clip(card.reference, 200))}")
    view = _modal(EDIT if card else ADD, "Edit an asset" if card else "Add an asset", "Save", blocks)
    return kit.with_memo(view, version_id=card.version_id) if card else view


def next_version_modal(card: Card, version: str) -> dict[str, Any]:
    """The form for the version after `card`, filled in from it; `version` is what it may be called, or ""."""
    known = replace(card, version=version, review_days=None, released_at=None, expires_on=None)
    told = kit.context(f"{asset_name(card)} stays as it is until you release this one. Is the link a new one?")
    return _modal(ADD, "The next version", "Save", [told, *_asset_blocks(card.owner_id, known)])


def _asset_blocks(owner_id: str, card: Card | None) -> list[dict[str, Any]]:
    """The fields of a version, the reference first."""
    text = _of(card)
    owner = {"type": "users_select", "action_id": "choice", "initial_user": (card.owner_id if card else "") or owner_id}
    days: dict[str, Any] = {"type": "number_input", "action_id": "number", "is_decimal_allowed": False}
    days |= {"min_value": "0", "max_value": "3650"}
    if card and card.review_days is not None:
        days["initial_value"] = str(card.review_days)
    link = {"type": "url_text_input", "action_id": "text"} | _initial("initial_value", text["link"])
    released = card.released_at.date() if card and card.released_at else None
    return [
        _input(
            "reference", "Reference", _text(text["reference"], limit=80), hint="The review system's document number"
        ),
        _input("version", "Version", _text(text["version"], limit=40), hint="Such as v2"),
        _input("title", "Title", _text(text["title"], limit=200)),
        _input("kind", "Kind", _text(text["kind"], limit=60), hint="Such as deck, one-pager, whitepaper, video"),
        _input("link", "Link", link, hint="Where reps open it"),
        _input("owner_id", "Owner", owner, hint="Who answers the field"),
        _input("product_line", "Product line", _text(text["product_line"], limit=80), optional=True),
        _input("audience", "Audience", _text(text["audience"], limit=80), optional=True),
        _input("funnel_stage", "Funnel stage", _text(text["funnel_stage"], limit=80), optional=True),
        _input("review_days", "Review days", days, hint="Days spent in legal and regulatory review", optional=True),
        _input("expires_on", "Expires", _date(card.expires_on if card else None), hint="The last day", optional=True),
        _input("aliases", "Also known as", _text(text["aliases"], limit=500), hint=_ALIASES, optional=True),
        _input("released_on", "Released", _date(released), hint=_RELEASED, optional=True),
    ]


def import_modal(pasted: str = "", keep: str = KEEP_GOOD, notice: str = "", attempt: int = 0) -> dict[str, Any]:
    """The form for a pasted list; `notice` (mrkdwn) says what became of the last try.

    Slack keeps what stands in a field whose ids stay the same: each `attempt` has a field of its own.
    """
    options = [
        {"text": kit.plain("Keep the good lines, show me the bad ones"), "value": KEEP_GOOD},
        {"text": kit.plain("All or nothing"), "value": ALL_OR_NOTHING},
    ]
    chosen = next((option for option in options if option["value"] == keep), options[0])
    radio = {"type": "radio_buttons", "action_id": "choice", "options": options, "initial_option": chosen}
    example = kit.plain(EXAMPLE, kit.PLACEHOLDER)
    area = _text(pasted, limit=kit.INPUT) | {"multiline": True, "placeholder": example, "action_id": f"text{attempt}"}
    blocks = [
        *([kit.section(notice)] if notice else []),
        _input("csv", "Assets, one a line", area, hint=COLUMNS_HINT),
        _input("keep", "If a line is bad", radio),
    ]
    return kit.with_memo(_modal(IMPORT, "Import assets", "Import", blocks), attempt=attempt)


def release_modal(card: Card, plan: Plan) -> dict[str, Any]:
    """The form in which the channels are chosen, with the announcement as it will look, and whom the asset is for."""
    channels = {
        "type": "multi_conversations_select",
        "action_id": "choice",
        "placeholder": kit.plain("Choose channels", kit.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "max_selected_items": 20,
    }
    out = card.released_at is not None
    blocks = [
        kit.context("This is what the channels will see, with buttons to open it and to say what it was worth:"),
        {"type": "divider"},
        *announcement_preview(card),
        {"type": "divider"},
        _input("channels", "Announce it in", channels, hint=_CHANNELS, optional=not out),
        *audience_blocks(plan),
        _input("note", "A word to the field", _text("", limit=NOTE) | {"multiline": True}, hint=_NOTE, optional=True),
    ]
    title, submit = ("Announce an asset", "Announce") if out else ("Release an asset", "Release")
    return kit.with_memo(_modal(RELEASE, title, submit, blocks), version_id=card.version_id)


def done_modal(notice: str) -> dict[str, Any]:
    """Says that a list is in; `notice` is mrkdwn."""
    return kit.notice_modal(notice, "Import assets")


def problem_lines(problems: list[BadLine]) -> str:
    """Bad lines, a sentence each, as plain text; the first dozen of them."""
    lines = [f"Line {problem.line}: {problem.sentence}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"… and {len(problems) - SHOWN_PROBLEMS} more.")
    return "\n".join(clip(line, 200) for line in lines)


def import_notice(saved: int, problems: list[BadLine]) -> str:
    """What became of a list, as mrkdwn."""
    done = f"{count(saved, 'asset version is', 'asset versions are')} in the library now."
    if not problems:
        return done
    return f"{done} These lines of your list are not, and wait below to be mended:\n{inert(problem_lines(problems))}"


_ALIASES = "What people call it, separated by commas"
_RELEASED = "Only if it is out already. Leave it empty for a draft; releasing comes with the announcement."
_CHANNELS = "If I am not in a channel yet, type /invite @Groundswell there first."
_NOTE = "It stands in the announcement."


def _of(card: Card | None) -> dict[str, str]:
    names = ("reference", "version", "title", "kind", "link", "product_line", "audience", "funnel_stage")
    text = {name: str(getattr(card, name)) if card else "" for name in names}
    return text | {"aliases": ", ".join(card.aliases) if card else ""}


def _initial(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


def _text(value: str, *, limit: int) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "text", "max_length": limit}
    return element | _initial("initial_value", clip(value, limit))


def _date(day: date | None) -> dict[str, Any]:
    return {"type": "datepicker", "action_id": "day"} | _initial("initial_date", day.isoformat() if day else "")


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})


def _modal(callback_id: str, title: str, submit: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": kit.plain(title, kit.TITLE),
        "submit": kit.plain(submit, kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": blocks,
    }
