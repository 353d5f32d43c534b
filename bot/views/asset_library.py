"""The library on the screen: a modal with pages and a search, and the same as text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.asset import Card, state_on
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.asset import COMMAND, LIBRARY, LOOK_UP, SHOW, kind_name
from bot.views.asset_card import asset_name
from bot.views.feedback_receipt import hold_sentence

PREVIOUS = "asset.previous"
NEXT = "asset.next"
ADD = "asset.add"
IMPORT = "asset.import"

PAGE_SIZE = 15
MOST_LINES = 40  # of a text list: a private message that can still be read


@dataclass(frozen=True)
class Page:
    """One page of the library: its assets, how many there are in all, and which page it is, from 0."""

    cards: list[Card]
    total: int
    number: int


def library_modal(
    page: Page, drafts: Iterable[Card], today: date, *, is_keeper: bool, verdicts: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """The library; `drafts` and the `verdicts` of checks (mrkdwn, by version) are shown to those who keep it."""
    find = {
        "type": "external_select",
        "action_id": LOOK_UP,
        "min_query_length": 0,
        "placeholder": kit.plain("Title, number or nickname", kit.PLACEHOLDER),
    }
    blocks = [kit.section("Find an asset", block_id="look_up", accessory=find)]
    if is_keeper:
        keep = [kit.button("Add an asset", ADD), kit.button("Import", IMPORT)]
        blocks.append({"type": "actions", "block_id": "keep", "elements": keep})
        blocks += [_row(card, today) for card in list(drafts)[:PAGE_SIZE]]
        blocks.append({"type": "divider"})
    blocks += [_row(card, today, (verdicts or {}).get(card.version_id, "")) for card in page.cards]
    blocks.append(kit.context(_where(page)))
    turns = []
    if page.number > 0:
        turns.append(kit.button("Previous", PREVIOUS, str(page.number - 1)))
    if (page.number + 1) * PAGE_SIZE < page.total:
        turns.append(kit.button("Next", NEXT, str(page.number + 1)))
    if turns:
        blocks.append({"type": "actions", "block_id": "pages", "elements": turns})
    return {
        "type": "modal",
        "callback_id": LIBRARY,
        "title": kit.plain("Asset library", kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": blocks,
    }


def list_text(cards: list[Card], words: str, today: date, *, is_keeper: bool) -> str:
    """The assets as a list to read, as mrkdwn; `words` is what was searched for."""
    if not cards and words:
        return f"Nothing in the library fits “{inert(clip(words, 60))}”. `{COMMAND} list` shows all of it."
    if not cards:
        return _empty(is_keeper)
    lines, room = [], kit.SECTION - 200
    for card in cards[:MOST_LINES]:
        line = f"• {asset_name(card)}: {_about(card, today)}"
        if len(line) + 1 > room:
            break
        lines.append(line)
        room -= len(line) + 1
    fits = f" fit “{inert(clip(words, 60))}”" if words else ""
    head = f"{count(len(cards), 'asset', 'assets')}{fits}:"
    if len(lines) < len(cards):
        rest = len(cards) - len(lines)
        lines.append(f"… and {rest:,} more. Add words to see fewer: `{COMMAND} list spine deck`")
    return "\n".join([head, *lines, f"`{COMMAND} show` with a title or number shows one."])


def missed_modal(words: str) -> dict[str, Any]:
    """Thanks somebody for saying what they did not find."""
    told = (
        f"Thank you. Marketing will read that “{inert(clip(words, 100))}” was looked for and not found, without your "
        "name. It may be called something else: the library's pages show all of it."
    )
    return kit.notice_modal(told, "Not found")


def search_held(form_url: str) -> str:
    """What somebody hears whose search found nothing and is on hold, as mrkdwn."""
    return f"I know no asset of that name.\n\n{hold_sentence(form_url)}"


def help_text(*, is_keeper: bool, unknown: str = "") -> str:
    """What the command can do for this person, as mrkdwn."""
    lines = [f"I don't know “{inert(clip(unknown, 60))}”. You can say:"] if unknown else ["*Assets*"]
    lines += [
        f"• `{COMMAND}` opens the library.",
        f"• `{COMMAND} list` or `{COMMAND} list spine` lists what is to be used now.",
        f"• `{COMMAND} show spine deck` shows one, with its link.",
    ]
    if is_keeper:
        lines += [
            f"• `{COMMAND} add` adds an asset or its next version; `{COMMAND} import` takes a list (CSV).",
            f"• `{COMMAND} edit spine deck`, `{COMMAND} release spine deck`, `{COMMAND} retire spine deck`.",
        ]
    return "\n".join(lines)


def _where(page: Page) -> str:
    if not page.total:
        return _empty(is_keeper=False)
    pages = -(-page.total // PAGE_SIZE)
    total = count(page.total, "asset", "assets")
    return f"{total} to use, page {page.number + 1} of {pages}. The latest used come first."


def _empty(is_keeper: bool) -> str:
    return "There are no released assets yet." + (f" `{COMMAND} add` adds the first one." if is_keeper else "")


def _row(card: Card, today: date, verdict: str = "") -> dict[str, Any]:
    show = kit.button("Show", SHOW, str(card.version_id))
    told = " · ".join(filter(None, [_about(card, today), verdict]))
    return kit.section(f"{asset_name(card)}\n{told}", accessory=show)


def _about(card: Card, today: date) -> str:
    about = inert(clip(" · ".join(filter(None, [kind_name(card.kind), card.product_line, card.reference])), 200))
    if state_on(card, today) == "draft":
        return f"{about} · _draft_"
    return f"{about} · until {kit.day(card.expires_on)}" if card.expires_on else about
