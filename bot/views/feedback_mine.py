"""`My feedback`: what a person said, what became of it, and the ways to change it."""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.feedback_told import Told
from bot.domain.text import clip, count, inert, quote
from bot.views import kit
from bot.views.asset_card import asset_name
from bot.views.feedback import GIVE, MINE, NEWER, OLDER, WITHDRAW
from bot.views.feedback_receipt import edit_button, facts

SEARCH = 80  # characters
PAGE_SIZE = 10  # with a text and buttons each it stays under Slack's 50 blocks


@dataclass(frozen=True)
class MinePage:
    """One page of a person's feedback, newest first; `page` counts from 0, `total` is all of it."""

    told: list[Told]
    total: int
    page: int
    tz: str


def mine_modal(shown: MinePage, search: str, notice: str = "") -> dict[str, Any]:
    """The list with a search in it: what holds the words of `search`; `notice` (mrkdwn) says what was just done."""
    element = kit.text_input(search, SEARCH)
    field = {
        "type": "input",
        "block_id": "search",
        "label": kit.plain("Search your words, or an asset"),
        "element": element,
    }
    blocks = [kit.section(notice)] if notice else []
    if shown.total:
        blocks += [field | {"optional": True}, *mine_message(shown)["blocks"]]
    elif search:
        blocks += [field | {"optional": True}, kit.section(f"Nothing of yours holds “{inert(clip(search, 60))}”.")]
    else:
        blocks += mine_message(shown)["blocks"]
    view = {
        "type": "modal",
        "callback_id": MINE,
        "title": kit.plain("Your feedback", kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": blocks,
    }
    if shown.total or search:
        view["submit"] = kit.plain("Search", kit.TITLE)
    return kit.with_memo(view, page=shown.page, search=search)


def mine_message(shown: MinePage, notice: str = "") -> dict[str, Any]:
    """The private list; `notice` (mrkdwn) says what has just been done."""
    if not shown.total:
        text = "You have given no feedback yet. Try `/asset-feedback spine deck 4 surgeons loved it`, or the form."
        text = f"{notice}\n{text}" if notice else text
        give = {"type": "actions", "elements": [kit.button("Give feedback", GIVE, style="primary")]}
        return {"text": text, "blocks": [kit.section(text), give]}
    first = shown.page * PAGE_SIZE + 1
    head = f"*Your feedback*, {first} to {first + len(shown.told) - 1} of {count(shown.total, 'piece', 'pieces')}"
    blocks = [kit.section(f"{notice}\n{head}" if notice else head)]
    for told in shown.told:
        blocks += piece_blocks(told, shown.tz, shown.page)
    pages = []
    if shown.page > 0:
        pages.append(kit.button("Newer", NEWER, str(shown.page - 1)))
    if first + len(shown.told) <= shown.total:
        pages.append(kit.button("Older", OLDER, str(shown.page + 1)))
    if pages:
        blocks.append({"type": "actions", "block_id": "pages", "elements": pages})
    return {"text": f"{notice}\n{head}".strip(), "blocks": blocks}


def status(told: Told, tz: str) -> str:
    """What became of it, as mrkdwn."""
    owner = inert(clip(told.owner_name, 80)) or "The owner"
    if told.status == "held":
        return "On hold: your words are in no digest and no message. Feedback is not a report."
    if told.status == "answered":
        return f"{owner} answered:\n{quote(told.reply, 300)}" if told.reply else f"{owner} has answered."
    if told.status == "waiting" and told.reply_due_at:
        return f"{owner} has been asked to reply by {kit.day(told.reply_due_at, tz)}."
    return "Counted: marketing reads it in the weekly digest."


def piece_blocks(told: Told, tz: str, page: int = 0, *, repeats_reply: bool = True) -> list[dict[str, Any]]:
    """One piece with what became of it and its buttons; `page` is the one to come back to.

    Without `repeats_reply` the owner's words stand elsewhere.
    """
    about = asset_name(told.card) if told.card else "_No asset in particular_"
    if told.asked:
        about = f"You were asked: {inert(clip(told.asked, 300))}"
    lines = [f"{about} · {kit.day(told.at, tz)}", facts(told)]
    if not told.is_held:
        lines += [quote(text, 300) for text in (told.fields.said, told.fields.missing, told.quoted) if text]
    lines.append(status(told if repeats_reply else replace(told, reply=""), tz))
    # What an emoji says is edited by choosing another emoji.
    edit = [] if told.reaction else [edit_button(told, "Edit")]
    withdraw = kit.button("Withdraw", WITHDRAW, f"{told.feedback_id}:{page}", confirm=_confirm())
    actions = {"type": "actions", "block_id": f"mine:{told.feedback_id}", "elements": [*edit, withdraw]}
    return [kit.section("\n".join(filter(None, lines))), actions]


def _confirm() -> dict[str, Any]:
    return {
        "title": kit.plain("Take it back?", 100),
        "text": kit.plain("It will count nowhere and be shown to nobody. You can record it again afterwards.", 300),
        "confirm": kit.plain("Take it back", 30),
        "deny": kit.plain("Leave it", 30),
    }
