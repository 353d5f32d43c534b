"""A check-in as those who are asked see it: the question, the form for the answer, and the receipt."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain.check_in import FEW, LONGEST, Asked, day_words
from bot.domain.check_in_answer import Given
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.ask import manners
from bot.views.feedback import ANSWER
from bot.views.feedback_receipt import hold_sentence

TAKE_BACK = "check_in.take_back"  # value: round

NO_PATIENTS = "No patient details, please."
A_NEED = "An answer here is kept as a need."
CHANGED = "That question was changed in the meantime."


def question_message(asked: Asked, closes: date, *, round_id: int, ask_id: int, number: int) -> dict[str, Any]:
    """The question (`number` 0) or a reminder of it (1, 2), with all that belongs under it."""
    answer = {"type": "actions", "elements": [kit.button("Answer", ANSWER, str(round_id), style="primary")]}
    blocks = question_blocks(asked, closes, number=number)
    text = f"{_owner(asked)} asks: {' '.join(inert(one.text) for one in asked.questions)}"
    return {"text": clip(text, kit.SECTION), "blocks": [*blocks[:-1], answer, blocks[-1], manners(ask_id, number)]}


def question_blocks(asked: Asked, closes: date, *, number: int = 0) -> list[dict[str, Any]]:
    """What is asked, by whom, until when, and, as the last block, who sees the answer."""
    again = "Still open, if you have a minute" if number == 1 else "The last reminder" if number else ""
    head = f"{again}: {_owner(asked)} asks" if again else f"{_owner(asked)} asks"
    lines = [f"{head} · _{inert(clip(asked.name, 60))}_"]
    lines += [f"*{inert(clip(one.text, 300))}*" for one in asked.questions]
    return [kit.section("\n".join(lines)), kit.context(f"{who_sees(asked)} Open until {day_words(closes)}.")]


def who_sees(asked: Asked) -> str:
    """Who will see an answer, in the words of the table "who may do what", as mrkdwn."""
    if asked.named_for:
        return f"{_owner(asked)} sees your name with your answer; marketing may read it without your name."
    told = f"{_owner(asked)} and marketing read your answer without your name."
    if asked.size == 1:
        return f"{told} You are the only one who is asked, so they will know that it is yours."
    if asked.size < FEW:
        return f"{told} Only {asked.size} people are asked, so they may guess who wrote."
    return told


def why(asked: Asked, cadence: str) -> str:
    """Why a person was asked and who sees the answer, as mrkdwn; `cadence` is how often, in words."""
    who = inert(clip(asked.group, 300))
    return f"{_owner(asked)} asks this {cadence}. It goes to {who}, and you are one of them. {who_sees(asked)}"


def answer_modal(
    asked: Asked, closes: date, given: Sequence[Given], *, round_id: int, is_closed: bool
) -> dict[str, Any]:
    """The form, with what the person has said already."""
    said = {one.question: one.text for one in given if not one.is_withdrawn}
    until = f"You can change it until {day_words(closes)}, and take it back at any time."
    if is_closed:
        until = "This round is closed. Your words are kept all the same; they only come too late for its summary."
    view = {
        "type": "modal",
        "callback_id": ANSWER,
        "title": kit.plain("Your answer", kit.TITLE),
        "submit": kit.plain("Save" if said else "Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(f"{_owner(asked)} asks · _{inert(clip(asked.name, 60))}_"),
            *(_field(asked, number, said.get(number, "")) for number in range(len(asked.questions))),
            kit.context(f"{who_sees(asked)} {until}"),
        ],
    }
    return kit.with_memo(view, round_id=round_id)


def _field(asked: Asked, number: int, said: str) -> dict[str, Any]:
    question = asked.questions[number]
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "text",
        "multiline": True,
        "max_length": LONGEST,
    }
    if said:
        element["initial_value"] = clip(said, LONGEST)
    return {
        "type": "input",
        "block_id": f"answer{number}",
        "label": kit.plain(question.text, 300),
        "element": element,
        "hint": kit.plain(f"{A_NEED} {NO_PATIENTS}" if question.is_need else NO_PATIENTS, 200),
        "optional": len(asked.questions) > 1,
    }


def receipt(
    asked: Asked, closes: date, given: Sequence[Given], form_url: str, *, round_id: int, is_closed: bool
) -> dict[str, Any]:
    """What was understood and stored, who will see it, and the ways back; it stands where the question stood."""
    kept = [one for one in given if not one.is_withdrawn]
    is_held, is_late = any(one.is_held for one in kept), any(one.is_late for one in kept)
    head = hold_sentence(form_url) if is_held else "Thank you, that is recorded."
    parts = []
    for one in kept:
        words = "_Your words are on hold and shown to nobody._" if one.is_held else quote(one.text, 700)
        kind = " _kept as a need_" if one.is_need else ""
        parts.append(kit.section(f"*{inert(clip(asked.questions[one.question].text, 300))}*{kind}\n{words}"))
    notes = [] if is_held else [who_sees(asked)]
    if is_late:
        notes.append("It came after the close, so it is not in the summary of this round.")
    elif not is_closed:
        notes.append(f"You can change it until {day_words(closes)}.")
    value = str(round_id)
    edit = [] if is_closed and not is_late else [kit.button("Edit", ANSWER, value)]
    return {
        "text": clip(f"{head} {inert(asked.name)}", kit.SECTION),
        "blocks": [
            kit.section(f"_{inert(clip(asked.name, 60))}_ · {head}"),
            *parts,
            {"type": "actions", "elements": [*edit, kit.button("Take back", TAKE_BACK, value)]},
            *([kit.context(" ".join(notes))] if notes else []),
        ],
    }


def taken_back(asked: Asked, *, round_id: int) -> dict[str, Any]:
    """Says that the answers count nowhere any more, with the way to give others."""
    text = f"Taken back. What you said in “{inert(clip(asked.name, 60))}” counts nowhere and is shown to nobody."
    again = {"type": "actions", "elements": [kit.button("Answer again", ANSWER, str(round_id))]}
    return {"text": text, "blocks": [kit.section(text), again]}


def _owner(asked: Asked) -> str:
    return inert(clip(asked.owner_name, 80)) or "A colleague"
