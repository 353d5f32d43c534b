"""The filed-away check as a rep sees it: the question with its five answers, the thanks, and the why."""

from typing import Any

from bot.domain.asset import Card
from bot.domain.feedback import LONGEST, USES
from bot.domain.feedback_told import Told
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.ask import manners
from bot.views.asset_card import asset_name, link_button
from bot.views.feedback import asset_buttons
from bot.views.feedback_receipt import hold_sentence, who_sees

ANSWERS = {use: f"filed_away.{use}" for use in USES}  # the five buttons (value: ask)
WHY = "filed_away.why"  # the button (value: ask) and its form
CHANGE = "filed_away.change"  # value: ask

OUT_FOR = {1: "two weeks out", 2: "six weeks out"}
OPENINGS = (
    "Quick one about {asset}: {weeks}, did it reach you?",
    "Still wondering about {asset}: did it reach you? One tap is enough.",
    "Last time I ask about {asset}: did it reach you?",
)
WHY_QUESTIONS = {
    "used_with_customer": "What did the customer say?",
    "opened_only": "What kept you from using it?",
    "could_not_find": "Where did you look for it?",
    "did_not_know": "Where would you have noticed it?",
    "not_for_my_accounts": "What would your accounts need instead?",
}
THANKS = {  # what is recorded, and a word if the asset is the one to use
    "used_with_customer": ("You used {asset} with a customer.", "What they said is worth a line to its makers."),
    "opened_only": ("You opened {asset} only.", "What kept you from using it helps its makers most."),
    "could_not_find": ("You could not find {asset}.", "Here it is, so that you need not look again."),
    "did_not_know": ("You did not know {asset}.", "Here it is: now was a good moment."),
    "not_for_my_accounts": ("{asset} is not for your accounts.", "Its makers will know whom it missed."),
}
COUNT_CLOSED = "The count is closed already, so this goes to the owner as feedback."


def question(ask_id: int, card: Card, owner_name: str, *, check: int, number: int) -> dict[str, Any]:
    """Asks one rep: `check` is 1 on day 14 and 2 in week 6, `number` 0 the question, 1 and 2 its reminders.

    `owner_name` is whoever sees the answers by name, "" if nobody does.
    """
    opening = OPENINGS[min(number, len(OPENINGS) - 1)]
    text = opening.format(asset=asset_name(card), weeks=OUT_FOR[check])
    blocks = [kit.section(text), _answers(ask_id), kit.context(_seen_by(owner_name)), manners(ask_id, number)]
    return {"text": text, "blocks": blocks}


def question_again(ask_id: int, card: Card, use: str) -> dict[str, Any]:
    """The five answers once more, for whoever wants to change theirs."""
    text = f"You said “{USES[use]}” about {asset_name(card)}. What shall it be?"
    return {"text": text, "blocks": [kit.section(text), _answers(ask_id, use)]}


def thanks(ask_id: int, told: Told, *, form_url: str, note: str = "", is_late: bool = False) -> dict[str, Any]:
    """Takes the question's place once it is answered; `note` (mrkdwn) says that another asset is the one to use."""
    card, use = told.card, told.fields.use or ""
    assert card is not None
    recorded, more = THANKS.get(use, ("Your answer about {asset} is recorded.", ""))
    has_words = bool(told.fields.said or told.fields.missing)
    said = [f"Thank you. {recorded.format(asset=asset_name(card))}", note or ("" if has_words else more)]
    text = hold_sentence(form_url) if told.is_held else " ".join(filter(None, said))
    buttons = [link_button(card)] if card.link and not note and use in ("could_not_find", "did_not_know") else []
    add = "Add what they said" if use == "used_with_customer" else "Add why"
    buttons.append(kit.button("Edit it" if has_words else add, WHY, str(ask_id)))
    buttons.append(kit.button("Change", CHANGE, str(ask_id)))
    blocks = [kit.section(text)]
    if has_words and not told.is_held:
        blocks.append(kit.section(quote(told.fields.said or told.fields.missing, 500)))
    blocks.append({"type": "actions", "block_id": f"thanks:{ask_id}", "elements": buttons})
    small = [COUNT_CLOSED] if is_late else []
    if not told.is_held:
        small.append(who_sees(told) if has_words else _seen_by(told.owner_name))
    return {"text": text, "blocks": [*blocks, *([kit.context(" ".join(small))] if small else [])]}


def closed_question(card: Card, *, note: str = "") -> dict[str, Any]:
    """Takes the question's place when it is over; `note` (mrkdwn) says that the asset is no longer the one to use."""
    if note:
        return kit.note(f"No need to answer any more. {note}")
    text = f"The question about {asset_name(card)} is closed. If there is something to say, it is still welcome:"
    buttons = {"type": "actions", "block_id": f"asset:{card.version_id}", "elements": asset_buttons(card.version_id)}
    return {"text": text, "blocks": [kit.section(text), buttons]}


def why_modal(ask_id: int, told: Told) -> dict[str, Any]:
    """One free text, asked by what was answered."""
    card, use = told.card, told.fields.use or ""
    assert card is not None
    element: dict[str, Any] = {
        "type": "plain_text_input", "action_id": "filed_away.form_why", "multiline": True, "max_length": LONGEST,
    }  # fmt: skip
    if told.fields.said:
        element["initial_value"] = clip(told.fields.said, LONGEST)
    words = {
        "type": "input", "block_id": "said", "element": element,
        "label": kit.plain(WHY_QUESTIONS.get(use, "Why?")), "hint": kit.plain("No patient details, please."),
    }  # fmt: skip
    view = {
        "type": "modal",
        "callback_id": WHY,
        "title": kit.plain("A word on why", kit.TITLE),
        "submit": kit.plain("Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(f"{asset_name(card)}: {USES.get(use, '')}"), words, kit.context(who_sees(told)),
        ],
    }  # fmt: skip
    return kit.with_memo(view, ask_id=ask_id)


def why_asked(card: Card, check: int, audience: str, owner_name: str) -> str:
    """Why somebody was asked and who sees the answer, as mrkdwn; `audience` is whom the asset is for, in words."""
    return (
        f"{asset_name(card)} came out for {inert(clip(audience, 300))}, and it is {OUT_FOR[check]}. I ask some of you, "
        f"drawn by lot, whether it is used or filed away. {_seen_by(owner_name)}"
    )


def _seen_by(owner_name: str) -> str:
    if not owner_name:
        return "Nobody sees your name; marketing sees numbers where five or more have answered."
    owner = inert(clip(owner_name, 80))
    return f"{owner}, who owns it, sees your answer and name; others see numbers of five and more."


def _answers(ask_id: int, chosen: str = "") -> dict[str, Any]:
    elements = []
    for use, label in USES.items():
        style = {"style": "primary"} if use == chosen else {}
        elements.append(kit.button(label, ANSWERS[use], str(ask_id), **style))
    return {"type": "actions", "block_id": f"filed_away:{ask_id}", "elements": elements}
