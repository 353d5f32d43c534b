"""The forms of feedback: the whole one, the short one of `Couldn't use it`, and the owner's reply."""

from collections.abc import Mapping
from typing import Any

from bot.domain.asset import Card
from bot.domain.feedback import LONGEST, OUTCOMES, SITUATIONS, USES, FeedbackFields
from bot.domain.feedback_told import Told
from bot.domain.text import clean, clip, inert, quote
from bot.views import kit
from bot.views.asset import asset_picker
from bot.views.asset_card import asset_name, show_button
from bot.views.feedback import COULD_NOT_USE, EDIT, GIVE, REPLY
from bot.views.feedback_receipt import hold_sentence, said_blocks
from bot.views.thread import whole_thread_box

RATINGS = {"5": "5, excellent", "4": "4, good", "3": "3, all right", "2": "2, poor", "1": "1, useless"}
PLEASE_REPLY = "wants_reply"
WHY_NOT = {value: label for value, label in USES.items() if value != "used_with_customer"}
SEEN_BY = (
    "The asset's owner sees your name. Other marketers may read your words without it, and see numbers only where "
    "at least five people have spoken. You can edit it or take it back at any time."
)


def feedback_modal(
    fields: FeedbackFields,
    card: Card | None,
    *,
    quoted: str = "",
    quoted_by: str = "",
    is_edit: bool = False,
    note: str = "",
    current: Card | None = None,
    offers_thread: bool = False,
) -> dict[str, Any]:
    """The form, filled with what is known already; only the asset and one answer are asked for.

    `note` (mrkdwn) stands first: another version than the named one is to be used, `current` if there is one. With
    `offers_thread` the quoted message's whole thread can be sent along, and then the asset may be left out.
    """
    blocks: list[dict[str, Any]] = []
    if note:
        blocks.append(kit.section(note, **({"accessory": show_button(current)} if current is not None else {})))
    if quoted:
        by = f"{inert(clip(quoted_by, 80))} wrote" if quoted_by else "The message"
        blocks.append(kit.section(f"{by}:\n{quote(quoted, 600)}"))
    rating = str(fields.rating) if fields.rating else None
    blocks += [
        *([whole_thread_box()] if offers_thread else []),
        asset_picker(card, optional=offers_thread),
        _select("situation", "Where was it?", SITUATIONS, fields.situation),
        _select("use", "Did you use it?", USES, fields.use),
        _select("rating", "How good was it?", RATINGS, rating),
        _select("outcome", "What did it do?", OUTCOMES, fields.outcome),
        _words("said", "What did the customer say?", fields.said, "Their words, or yours. No patient details, please."),
        _words("missing", "What was missing?", fields.missing, ""),
        _please_reply(fields.wants_reply),
        kit.context(SEEN_BY),
    ]
    return {
        "type": "modal",
        "callback_id": EDIT if is_edit else GIVE,
        "title": kit.plain("Edit feedback" if is_edit else "Asset feedback", kit.TITLE),
        "submit": kit.plain("Save" if is_edit else "Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": blocks,
    }


def could_not_use_modal(card: Card) -> dict[str, Any]:
    """The short form: why not, and what was missing."""
    why = _select("use", "What was in the way?", WHY_NOT, None)
    why["element"]["type"] = "radio_buttons"
    del why["element"]["placeholder"]
    view = {
        "type": "modal",
        "callback_id": COULD_NOT_USE,
        "title": kit.plain("Couldn't use it", kit.TITLE),
        "submit": kit.plain("Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(asset_name(card)),
            why,
            _words("missing", "What was missing?", "", "Each answer helps alone. No patient details, please."),
            _please_reply(False),
            kit.context(SEEN_BY),
        ],
    }
    return kit.with_memo(view, version_id=card.version_id)


def reply_modal(told: Told) -> dict[str, Any]:
    """The owner's reply, under what it answers."""
    name = inert(clip(told.name, 80)) or "them"
    view = {
        "type": "modal",
        "callback_id": REPLY,
        "title": kit.plain("Reply", kit.TITLE),
        "submit": kit.plain("Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            *said_blocks(told, limit=500),
            _words("reply", "Your reply", "", "", optional=False),
            kit.context(f"I send it to {name}, with your name."),
        ],
    }
    return kit.with_memo(view, feedback_id=told.feedback_id)


def held_modal(form_url: str) -> dict[str, Any]:
    """Says at once that the words are on hold."""
    return kit.notice_modal(hold_sentence(form_url), "On hold")


def fields_in(form: Mapping[str, Any], version_id: int | None) -> FeedbackFields:
    """What somebody answered in a form; a value that is none of the choices stays, for the check to refuse."""
    rating = str(form.get("rating") or "")
    return FeedbackFields(
        asset_version_id=version_id,
        situation=form.get("situation") or None,
        use=form.get("use") or None,
        rating=int(rating) if rating.isdecimal() and len(rating) < 3 else None,
        outcome=form.get("outcome") or None,
        said=clean(form.get("said") or ""),
        missing=clean(form.get("missing") or ""),
        wants_reply=bool(form.get(PLEASE_REPLY)),
    )


def _select(field: str, label: str, choices: Mapping[str, str], chosen: str | None) -> dict[str, Any]:
    options = [{"text": kit.plain(name, kit.OPTION), "value": value} for value, name in choices.items()]
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": f"feedback.form_{field}",
        "placeholder": kit.plain("Choose", kit.PLACEHOLDER),
        "options": options,
    }
    if chosen in choices:
        element["initial_option"] = next(option for option in options if option["value"] == chosen)
    return {"type": "input", "block_id": field, "label": kit.plain(label), "element": element, "optional": True}


def _words(field: str, label: str, known: str, hint: str, *, optional: bool = True) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": f"feedback.form_{field}",
        "multiline": True,
        "max_length": LONGEST,
    }
    if known:
        element["initial_value"] = clip(known, LONGEST)
    if len(known) > LONGEST:
        hint = f"{LONGEST:,} characters fit in here, so the end is cut. I keep all of it until you send this."
    block = {"type": "input", "block_id": field, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})


def _please_reply(chosen: bool) -> dict[str, Any]:
    option = {"text": kit.plain("Please reply to me"), "value": PLEASE_REPLY}
    element: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": "feedback.form_wants_reply",
        "options": [option],
    }
    if chosen:
        element["initial_options"] = [option]
    return {
        "type": "input",
        "block_id": PLEASE_REPLY,
        "label": kit.plain("A reply?"),
        "element": element,
        "optional": True,
    }
