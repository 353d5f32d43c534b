"""Answering a pulse: the form for several questions or other kinds, and what somebody hears who has answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.pulse import PulseFields, PulseQuestion, questions_mark, takes_one_tap
from bot.domain.pulse_answer import LONGEST, PulseAnswer, in_words
from bot.domain.text import clean, clip, inert, quote
from bot.views import kit
from bot.views.feedback_receipt import hold_sentence
from bot.views.pulse import ANSWER, CAST_FORM, asker_name, privacy_line

NO_PATIENTS = "No patient details, please."
MOST_RADIOS = 10  # Slack's limit; a longer list becomes a menu


def answer_modal(
    fields: PulseFields, given: Sequence[PulseAnswer], *, pulse_id: int, asker: str, tz: str
) -> dict[str, Any]:
    """The form, with what the person has said already."""
    said = {one.question: one for one in given}
    is_anonymous = fields.privacy == "anonymous"
    until = f"Open until {kit.when(fields.closes_at, tz)}." if fields.closes_at else ""
    view = {
        "type": "modal",
        "callback_id": CAST_FORM if is_anonymous else ANSWER,
        "title": kit.plain("Your answer", kit.TITLE),
        "submit": kit.plain("Save" if said else "Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(f"*{asker_name(asker)}* asks"),
            kit.context(f"{privacy_line(fields.privacy)} {until}"),
            *(_field(number, one, said.get(number)) for number, one in enumerate(fields.questions)),
        ],
    }
    return kit.with_memo(view, pulse_id=pulse_id, questions=questions_mark(fields.questions))


def answers_in(form: Mapping[str, Any], questions: Sequence[PulseQuestion]) -> tuple[PulseAnswer, ...]:
    """What somebody answered in the form; a choice that is none of the answers stays, for the check to refuse."""
    found = []
    for number, question in enumerate(questions):
        value = form.get(field_of(number, question))
        if question.kind == "text":
            text = clean(value or "")
            found += [PulseAnswer(number, text=text)] if text else []
            continue
        chosen = value if isinstance(value, list) else [value] if value else []
        places = tuple(int(one) if one.isdecimal() and len(one) < 4 else -1 for one in chosen)
        found += [PulseAnswer(number, places)] if places else []
    return tuple(found)


def field_of(number: int, question: PulseQuestion) -> str:
    """The block_id of a question's field."""
    return f"choices{number}" if question.kind == "multiple" else f"answer{number}"


def said_line(fields: PulseFields, answers: Sequence[PulseAnswer]) -> str:
    """What somebody answered, as mrkdwn in one line: "You answered *Yes*."; of several questions only that."""
    if not answers:
        return ""
    if takes_one_tap(fields.questions):
        return f"You answered *{inert(in_words(fields.questions[0], answers[0]))}*."
    return "You have answered."


def thanks_text(fields: PulseFields, answers: Sequence[PulseAnswer], *, tz: str, is_first: bool, form_url: str) -> str:
    """What somebody hears whose answer is kept under their name, as mrkdwn."""
    if any(one.held_for for one in answers):
        return hold_sentence(form_url)
    head = "Thank you." if is_first else "Changed."
    until = f" until {kit.when(fields.closes_at, tz)}" if fields.closes_at else ""
    how = "press another answer" if takes_one_tap(fields.questions) else "press `Answer` once more"
    return f"{head} {said_line(fields, answers)} You can change it{until}: {how}."


def cast_text(answers: Sequence[PulseAnswer], *, form_url: str) -> str:
    """What somebody hears whose anonymous ballot is in the box, as mrkdwn; it does not repeat what they answered."""
    if any(one.held_for for one in answers):
        return hold_sentence(form_url)
    return "Thank you, your answer is in the box. Nobody can tell that it is yours once the pulse has closed."


def thanks_modal(text: str, *, is_held: bool) -> dict[str, Any]:
    """The same where the form stood."""
    return kit.notice_modal(text, "On hold" if is_held else "Thank you")


def read_back(fields: PulseFields, answers: Sequence[PulseAnswer]) -> str:
    """What somebody answered to each question, as mrkdwn, for their own eyes."""
    said = {one.question: one for one in answers}
    lines = []
    for number, question in enumerate(fields.questions):
        words = in_words(question, said[number]) if number in said else ""
        shown = quote(words, 300) if question.kind == "text" else f"*{inert(words)}*"
        lines.append(f"{inert(clip(question.text, 100))}\n{shown if words else '_No answer_'}")
    return "\n".join(lines)


def _field(number: int, question: PulseQuestion, said: PulseAnswer | None) -> dict[str, Any]:
    is_text = question.kind == "text"
    element = _text(said) if is_text else _choices(question, said)
    block = {
        "type": "input",
        "block_id": field_of(number, question),
        "label": kit.plain(question.text, 300),
        "element": element,
        "optional": is_text,
    }
    return block | ({"hint": kit.plain(NO_PATIENTS, 200)} if is_text else {})


def _text(said: PulseAnswer | None) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": LONGEST,
    }  # fmt: skip
    return element | ({"initial_value": clip(said.text, LONGEST)} if said and said.text else {})


def _choices(question: PulseQuestion, said: PulseAnswer | None) -> dict[str, Any]:
    options = [
        {"text": kit.plain(label, kit.OPTION), "value": str(place)} for place, label in enumerate(question.labels)
    ]
    known = [options[place] for place in said.choices if place < len(options)] if said else []
    if question.kind == "multiple":
        element: dict[str, Any] = {"type": "checkboxes", "action_id": "choices", "options": options}
        return element | ({"initial_options": known} if known else {})
    kind = "radio_buttons" if len(options) <= MOST_RADIOS else "static_select"
    element = {"type": kind, "action_id": "choice", "options": options}
    if kind == "static_select":
        element["placeholder"] = kit.plain("Choose", kit.PLACEHOLDER)
    return element | ({"initial_option": known[0]} if known else {})
