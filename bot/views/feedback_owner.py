"""Feedback as marketing sees it: the owner's message, one piece of it opened, and the reply on its way to the rep."""

from dataclasses import replace
from typing import Any

from bot.domain.feedback_told import Told
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.asset_card import asset_name
from bot.views.feedback import REPLY
from bot.views.feedback_receipt import said_blocks


def owner_message(told: Told, tz: str) -> dict[str, Any]:
    """What the owner of an asset reads when somebody is waiting for an answer, and what became of it."""
    about = asset_name(told.card) if told.card else "your asset"
    if told.is_withdrawn:
        return kit.note(f"Feedback about {about} was taken back. There is nothing left to answer.")
    name = inert(clip(told.name, 80)) or "Somebody"
    region = f" ({inert(clip(told.region, 60))})" if told.region else ""
    waits = "would like a reply about" if told.fields.wants_reply else "was not happy with"
    if told.reply_due_at is None:
        waits = "changed what they said about"
    blocks = [kit.section(f"{name}{region} {waits} {about}."), *said_blocks(told, limit=700)]
    if told.replied_at is not None:
        blocks.append(kit.section(f"*You answered*\n{quote(told.reply, 700)}" if told.reply else "*Answered*"))
    elif told.reply_due_at is not None:
        blocks.append(kit.context(f"First reply due {kit.when(told.reply_due_at, tz)}"))
    label = "Reply again" if told.replied_at else "Reply"
    style = {} if told.replied_at else {"style": "primary"}
    blocks.append({"type": "actions", "elements": [kit.button(label, REPLY, str(told.feedback_id), **style)]})
    return {"text": f"{name} {waits} {about}.", "blocks": blocks}


def opened_modal(told: Told, tz: str, *, is_owner: bool) -> dict[str, Any]:
    """One piece of feedback; only the asset's owner sees from whom it is, and may reply."""
    blocks = said_blocks(told, limit=2000) if is_owner else said_blocks(_without_names(told), limit=2000)
    when = kit.day(told.at, tz)
    if is_owner:
        by = " · ".join(filter(None, [told.name, told.region]))
        blocks.insert(0, kit.section(f"*{inert(clip(by, 150)) or 'Somebody'}*, {when}"))
        blocks += [kit.section(f"*Answered*\n{quote(told.reply, 700)}")] if told.reply else []
        button = kit.button("Reply again" if told.replied_at else "Reply", REPLY, str(told.feedback_id))
        blocks.append({"type": "actions", "elements": [button]})
    else:
        blocks.append(kit.context(f"{when}. The name is for the asset's owner only."))
    return kit.notice_modal("", "Feedback") | {"blocks": blocks}


def reply_message(told: Told, text: str) -> dict[str, Any]:
    """The owner's reply, as the rep reads it."""
    owner = inert(clip(told.owner_name, 80)) or "The owner"
    about = asset_name(told.card) if told.card else "an asset"
    head = f"💬 {owner} answered what you said about {about}."
    blocks = [kit.section(head), *_long_quote(text), kit.context("You had said:"), *said_blocks(told, limit=300)]
    return {"text": head, "blocks": blocks}


def reply_sent(told: Told) -> dict[str, Any]:
    """Tells the owner that the reply is on its way."""
    return kit.notice_modal(f"Your reply is on its way to {inert(clip(told.name, 80)) or 'them'}.", "Reply")


def reply_held(form_url: str) -> dict[str, Any]:
    """Tells the owner that the reply was not sent."""
    where = f"report it here: <{form_url}|the official form>" if form_url else "use your company's official form"
    return kit.notice_modal(
        "I have not sent your reply. It may describe a complaint, an injury, a patient or a use outside the approved "
        f"ones, so I have put it on hold. *A reply is not a report.* If something happened, please {where}. "
        "You can reply again in other words.",
        "On hold",
    )


def _without_names(told: Told) -> Told:
    return replace(told, name="", region="", quoted_by="")


def _long_quote(text: str) -> list[dict[str, Any]]:
    """A long text as quotations in several sections: escaped it may be more than one section takes."""
    return [kit.section(quote(text[at : at + 1000], 1000)) for at in range(0, len(text), 1000)]
