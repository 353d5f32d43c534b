"""One asset on the screen: its card, its announcement in a channel, and the receipts of those who keep it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.domain.asset import Card, state_on
from bot.domain.feedback import REACTION_MEANINGS
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.asset import COMMAND, SHOW, kind_name
from bot.views.feedback import asset_buttons

FOLLOW = "asset.follow"  # the button that is a link
EDIT = "asset.edit"
RELEASE = "asset.release"
RETIRE = "asset.retire"
RESTORE = "asset.restore"
LEAVE = "asset.leave"  # "no, leave it as it is"

NAME = 150  # characters of a title inside a message
FACT = 200
NOTE = 1000


def asset_name(card: Card) -> str:
    """Title and version as mrkdwn, "*Corvane Surgeon Deck* v2"."""
    return f"*{inert(clip(card.title, NAME))}* {inert(clip(card.version, 40))}"


def card_blocks(card: Card, today: date, *, is_keeper: bool, tz: str, checks: str = "") -> list[dict[str, Any]]:
    """Everything about one version, with the buttons that fit its state and the reader.

    `checks` (mrkdwn) is what its filed-away checks found, and when the next one comes.
    """
    state = state_on(card, today)
    blocks = [kit.section(f"{asset_name(card)}\n{_about(card)}"), _facts(card, today, tz)]
    if card.aliases:
        blocks.append(kit.context("Also known as " + inert(clip(", ".join(card.aliases), 500))))
    if checks:
        blocks.append(kit.context(checks))
    # What is no longer to be used is opened by those who keep it alone.
    buttons = [link_button(card)] if card.link and (is_keeper or state in ("current", "draft")) else []
    if state == "current":
        buttons += asset_buttons(card.version_id)
    if buttons:
        blocks.append({"type": "actions", "block_id": f"asset:{card.version_id}", "elements": buttons})
    if is_keeper:
        keep = {"type": "actions", "block_id": f"keep:{card.version_id}", "elements": _keeper_buttons(card, state)}
        blocks.append(keep)
    return blocks


def card_message(
    card: Card, today: date, *, is_keeper: bool, tz: str, note: str = "", checks: str = ""
) -> dict[str, Any]:
    """The card as a message; `note` (mrkdwn) stands above it."""
    blocks = [kit.section(note)] if note else []
    blocks += card_blocks(card, today, is_keeper=is_keeper, tz=tz, checks=checks)
    return {"text": clip(f"{note}\n{asset_name(card)}".strip(), kit.SECTION), "blocks": blocks}


def card_modal(
    card: Card, today: date, *, is_keeper: bool, tz: str, note: str = "", checks: str = ""
) -> dict[str, Any]:
    """The card as a modal."""
    message = card_message(card, today, is_keeper=is_keeper, tz=tz, note=note, checks=checks)
    return kit.notice_modal("") | {"title": kit.plain("Asset", kit.TITLE), "blocks": message["blocks"]}


def link_button(card: Card) -> dict[str, Any]:
    """The way to the asset itself."""
    return kit.button("Open", FOLLOW, str(card.version_id), url=card.link)


def show_button(card: Card) -> dict[str, Any]:
    """The way to the version that is to be used instead."""
    return kit.button(f"Show {clip(card.version, 40)}", SHOW, str(card.version_id))


def no_longer(card: Card, current: Card | None, today: date) -> str:
    """Why a version is not the one to use, and which is, as mrkdwn; "" if it is the one."""
    state = state_on(card, today)
    why = {
        "superseded": f"{asset_name(card)} has been replaced",
        "expired": f"{asset_name(card)} expired on {kit.day(card.expires_on) if card.expires_on else 'its last day'}",
        "retired": f"{asset_name(card)} has been retired",
    }.get(state)
    if why is None:
        return ""
    if current is None or current.version_id == card.version_id:
        owner = f" Ask {inert(clip(card.owner_name, 80))} what to use instead." if card.owner_name else ""
        return f"{why}, and nothing has taken its place yet.{owner}"
    same = current.title == card.title
    return f"{why}: {inert(clip(current.version, 40)) if same else asset_name(current)} is current."


def nearest_message(sentence: str, cards: Iterable[Card], action_id: str = SHOW) -> dict[str, Any]:
    """A sentence (mrkdwn), and the assets that may have been meant, each as a button."""
    rows = [
        kit.section(f"{asset_name(card)}\n{_about(card)}", accessory=_choice(card, action_id))
        for card in list(cards)[:10]
    ]
    return {"text": sentence, "blocks": [kit.section(sentence), *rows]}


def announcement(card: Card, emoji_map: Mapping[str, str], note: str = "") -> dict[str, Any]:
    """What is posted when a version is released; `note` is a marketer's own words to the field."""
    head = f"📣 {asset_name(card)} is out."
    blocks = announcement_preview(card, note)
    link = [link_button(card)] if card.link else []
    blocks.append({"type": "actions", "block_id": "asset", "elements": link + asset_buttons(card.version_id)})
    blocks.append(kit.context(f"Or react: {_reactions(emoji_map)}"))
    return {"text": head, "blocks": blocks}


def announcement_preview(card: Card, note: str = "") -> list[dict[str, Any]]:
    """The announcement's words, without what can be pressed."""
    until = f"\nTo be used until {kit.day(card.expires_on)}." if card.expires_on else ""
    blocks = [kit.section(f"📣 {asset_name(card)} is out.\n{_about(card)}{until}")]
    if note:
        blocks.append(kit.section(quote(note, NOTE)))
    owner = f"Owner: {inert(clip(card.owner_name, 80))} · " if card.owner_name else ""
    blocks.append(kit.context(f"{owner}{inert(clip(card.reference, 80))}"))
    return blocks


def closed_announcement(card: Card, current: Card | None, today: date) -> dict[str, Any]:
    """What an announcement says once its version is no longer the one to use: no buttons but the way to the current."""
    told = no_longer(card, current, today)
    blocks = [kit.section(told)]
    if current is not None and current.version_id != card.version_id:
        blocks.append({"type": "actions", "block_id": "asset", "elements": [show_button(current)]})
    return {"text": told, "blocks": blocks}


def retire_question(card: Card) -> dict[str, Any]:
    """Asks before a version is taken out of use."""
    told = f"Retire {asset_name(card)}? Nobody is offered it any more, and its announcements will say so."
    buttons = [
        kit.button("Retire it", RETIRE, str(card.version_id), style="danger"),
        kit.button("Leave it", LEAVE, str(card.version_id)),
    ]
    return {"text": told, "blocks": [kit.section(told), {"type": "actions", "elements": buttons}]}


def retire_button(card: Card) -> dict[str, Any]:
    """The button that takes a version out of use, and asks first."""
    return kit.button("Retire", RETIRE, str(card.version_id), style="danger", confirm=_retire_confirm(card))


def added_receipt(card: Card, today: date, *, tz: str, changed: bool = False) -> dict[str, Any]:
    """Tells whoever added or edited a version what is stored now."""
    done = "is saved" if changed else "is in the library"
    draft = state_on(card, today) == "draft"
    more = " It is a draft: reps see it once you release it." if draft else ""
    return card_message(card, today, is_keeper=True, tz=tz, note=f"It {done}.{more}")


def released_receipt(
    card: Card, told: Iterable[str], stood: Iterable[str], replaced: Iterable[Card], more: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Tells whoever released: where it is announced, where it stood already, and what it has replaced.

    `more` are blocks that stand below.
    """
    lines = [f"{asset_name(card)} is released."]
    if new := [f"<#{channel_id}>" for channel_id in told]:
        lines.append(f"I am announcing it in {', '.join(new)}.")
    if old := [f"<#{channel_id}>" for channel_id in stood]:
        lines.append(f"It was announced in {', '.join(old)} before, so I left that as it is.")
    lines += [f"It replaces {inert(clip(before.version, 40))}, whose feedback stays with it." for before in replaced]
    note = kit.note("\n".join(lines))
    return note | {"blocks": [*note["blocks"], *more]}


def retired_receipt(card: Card) -> dict[str, Any]:
    """Tells whoever retired a version, with the way back."""
    told = f"{asset_name(card)} is retired. Nobody is offered it any more, and its announcements say so."
    undo = kit.button("Undo", RESTORE, str(card.version_id))
    return {"text": told, "blocks": [kit.section(told), {"type": "actions", "elements": [undo]}]}


def not_announced(card: Card, channel_id: str, reason: str) -> dict[str, Any]:
    """Tells whoever released that Slack did not take the announcement, and what helps."""
    where = f"I couldn't announce {asset_name(card)} in <#{channel_id}>"
    cure = {
        "not_in_channel": "invite me there with `/invite @Groundswell`, then release it there again.",
        "channel_not_found": "invite me there with `/invite @Groundswell`, then release it there again.",
        "is_archived": "the channel is archived. Choose another one.",
    }.get(reason, "Slack didn't accept the message. Please try another channel, or tell your admin.")
    again = kit.button("Release it there again", RELEASE, str(card.version_id))
    told = f"{where}: {cure}"
    return {"text": told, "blocks": [kit.section(told), {"type": "actions", "elements": [again]}]}


def only_marketing(what: str) -> str:
    """What somebody hears who may not keep assets."""
    return f"{what} is for marketing. You can look: `{COMMAND} list`."


def _choice(card: Card, action_id: str) -> dict[str, Any]:
    label = {RELEASE: "Release", RETIRE: "Retire", EDIT: "Edit"}.get(action_id, "Show")
    more: dict[str, Any] = {"confirm": _retire_confirm(card)} if action_id == RETIRE else {}
    return kit.button(label, action_id, str(card.version_id), **more)


def _keeper_buttons(card: Card, state: str) -> list[dict[str, Any]]:
    value = str(card.version_id)
    buttons = [kit.button("Edit", EDIT, value)]
    if state in ("draft", "current"):
        label = "Release" if state == "draft" else "Announce"
        buttons.append(kit.button(label, RELEASE, value))
    if state == "retired":
        buttons.append(kit.button("Put back", RESTORE, value))
    elif state != "draft":
        buttons.append(retire_button(card))
    return buttons


def _retire_confirm(card: Card) -> dict[str, Any]:
    return {
        "title": kit.plain("Retire this asset?", 100),
        "text": kit.plain(f"{clip(card.title, NAME)} will be offered to nobody. You can undo it.", 300),
        "confirm": kit.plain("Retire it", 30),
        "deny": kit.plain("Leave it", 30),
    }


def _about(card: Card) -> str:
    about = [kind_name(card.kind), card.product_line, card.audience, card.funnel_stage]
    return inert(clip(" · ".join(filter(None, about)), FACT))


def _facts(card: Card, today: date, tz: str) -> dict[str, Any]:
    state = state_on(card, today)
    facts = {
        "Reference": inert(clip(card.reference, FACT)),
        "Owner": inert(clip(card.owner_name, 80)) or (f"<@{card.owner_id}>" if card.owner_id else "nobody any more"),
        "Released": kit.day(card.released_at, tz) if card.released_at else "not yet",
        "Expires": kit.day(card.expires_on) if card.expires_on else "no date set",
        "Review days": "" if card.review_days is None else str(card.review_days),
        "State": {"current": "to be used"}.get(state, state),
    }
    return {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": f"*{name}*\n{fact}"} for name, fact in facts.items() if fact],
    }


def _reactions(emoji_map: Mapping[str, str]) -> str:
    first = {meaning: emoji for emoji, meaning in reversed(list(emoji_map.items()))}
    return " · ".join(f":{first[key]}: {words}" for key, words in REACTION_MEANINGS.items() if key in first)
