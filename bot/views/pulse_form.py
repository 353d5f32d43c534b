"""The form of a pulse: its questions, whom it asks and where, who sees the answers, until when, and how often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.audience import MOST_CHANNELS, MOST_PEOPLE, MOST_REGIONS, MOST_USER_GROUPS
from bot.domain.check_in import EVERY
from bot.domain.people import ROLE_LABELS
from bot.domain.pulse import (
    KIND_LABELS,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    OPTION,
    PRIVACY,
    QUESTION,
    PulseFields,
    PulseQuestion,
)
from bot.domain.text import clip, inert
from bot.views import kit
from bot.views.pulse_list import BACK, PRIVACY_LABELS, PRIVACY_NOTES

SEND = "pulse_form.send"  # the form of a new one
SAVE = "pulse_form.save"  # the form of one that is there
ADD = "pulse_form.add"
REMOVE = "pulse_form.remove"  # value: the question's number in the form
MOVE = "pulse_form.move"  # value: the question's number in the form
KIND = "pulse_form.kind"
PREVIEW = "pulse_form.preview"
END = "pulse_form.end"  # the form with nothing but the end

CHOICES = ("single", "multiple")  # kinds of questions with answers to choose from
EVERYBODY = "everybody"
ROLES = {EVERYBODY: "Everybody"} | {role: f"{label}s" for role, label in ROLE_LABELS.items()}
ROLES |= {"compliance": "People in compliance"}
CHANNEL, DIRECT = "channel", "direct"
PLACES = {CHANNEL: "In a channel", DIRECT: "By direct message"}
PLACE_NOTES = {
    CHANNEL: "One message. It asks those who are in the channel.",
    DIRECT: "To each one alone. Costs one of their questions a week.",
}
REMINDERS, SHARES = "reminders", "shares"
ALSO = {REMINDERS: "Remind those who have not answered", SHARES: "Show the results to those who were asked"}
ONCE = "once"
REPEATS = {ONCE: "Once"} | EVERY


@dataclass(frozen=True)
class FormState:
    """What stands in the form beside the fields.

    `order` holds the number under which each question stands in the form: it stays the same when questions are moved,
    so that nobody's words are lost. `repeats` is ONCE or a key of EVERY. Of a pulse that is open (`is_open`) only the
    questions and the end can be changed. `own_group` (plain text) is whom a manager asks. `user_groups` are ids with
    names.
    """

    order: tuple[int, ...] = (0,)
    repeats: str = ONCE
    is_open: bool = False
    own_group: str = ""
    regions: Sequence[str] = ()
    user_groups: Mapping[str, str] | None = None
    tz: str = "UTC"


def form_modal(
    fields: PulseFields, state: FormState, *, memo: Mapping[str, Any], notices: Iterable[str] = ()
) -> dict[str, Any]:
    """The form; `memo` names the row that it edits (`pulse_id` or `series_id`, with `version`), if it edits one.

    `notices` are mrkdwn.
    """
    blocks = [kit.section(notice) for notice in notices]
    for place, (number, question) in enumerate(zip(state.order, fields.questions, strict=True)):
        blocks += _question(question, number, place, len(state.order))
    if len(state.order) < MOST_QUESTIONS:
        blocks.append(_row("more", [kit.button("Add a question", ADD)]))
    if not state.is_open:
        blocks += [{"type": "divider"}, *_where(fields, state), *_privacy(fields)]
    blocks += [{"type": "divider"}, *_end(fields.closes_at, state.tz)]
    blocks.append(_also(fields))
    if not state.is_open and (not memo.get("pulse_id")):
        blocks.append(_repeats(state, is_series=bool(memo.get("series_id"))))
    blocks.append(_row("form", [kit.button("Preview", PREVIEW), kit.button("Back to the list", BACK)]))
    is_edit = bool(memo.get("pulse_id") or memo.get("series_id"))
    view = {
        "type": "modal",
        "callback_id": SAVE if is_edit else SEND,
        "title": kit.plain("Edit a pulse" if is_edit else "New pulse", kit.TITLE),
        "submit": kit.plain("Save" if is_edit else "Send", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": blocks,
    }
    view = kit.with_memo(view, **memo, order=",".join(map(str, state.order)))
    for number, question in zip(state.order, fields.questions, strict=True):
        if question.options and question.kind not in CHOICES:  # they come back when the kind does
            carrying = kit.with_memo(view, **{f"options{number}": "\n".join(question.options)})
            view = carrying if len(carrying["private_metadata"]) <= kit.METADATA else view
    return view


def showable(fields: PulseFields) -> PulseFields:
    """What can be shown of a form that is not ready yet."""
    questions = []
    for one in fields.questions:
        is_choice = one.kind in CHOICES
        kind = "text" if is_choice and not one.options else one.kind
        questions.append(PulseQuestion(one.text or "…", kind, one.options[:MOST_OPTIONS]))
    privacy = fields.privacy if fields.privacy in PRIVACY else "confidential"
    return replace(fields, questions=tuple(questions), privacy=privacy)


def preview_modal(shown: Sequence[dict[str, Any]], *, whom: str, wrong: Iterable[str]) -> dict[str, Any]:
    """A pulse as people will see it (`shown`), who they are (`whom`, mrkdwn), and what is still wrong."""
    blocks: list[dict[str, Any]] = []
    if lines := [f"• {inert(clip(one, 200))}" for one in dict.fromkeys(wrong)]:
        blocks += [kit.section("\n".join(["*Not ready yet*", *lines])), {"type": "divider"}]
    blocks += [kit.section(whom), {"type": "divider"}, *shown]
    return kit.notice_modal("", "Preview") | {"blocks": blocks}


def _question(question: PulseQuestion, number: int, place: int, many: int) -> list[dict[str, Any]]:
    label = "Question" if many == 1 else f"Question {place + 1}"
    kinds = kit.select(KIND_LABELS, question.kind)
    blocks = [
        _input(f"question{number}", label, kit.text_input(question.text, QUESTION)),
        _input(f"kind{number}", "How do people answer?", kinds | {"action_id": KIND}) | {"dispatch_action": True},
    ]
    if question.kind in CHOICES:
        lines = kit.text_input("\n".join(question.options), kit.INPUT) | {"multiline": True}
        hint = f"2 to 10 answers of at most {OPTION} characters."
        blocks.append(_input(f"options{number}", "Answers to choose from, one a line", lines, hint=hint))
    if many > 1:
        up = [kit.button("Move up", MOVE, str(number))] if place else []
        blocks.append(_row(f"of{number}", [*up, kit.button("Remove this question", REMOVE, str(number))]))
    return blocks


def _where(fields: PulseFields, state: FormState) -> list[dict[str, Any]]:
    place = CHANNEL if fields.channel_id else DIRECT
    audience = fields.audience
    channels: dict[str, Any] = {
        "type": "multi_conversations_select",
        "action_id": "choice",
        "placeholder": kit.plain("Choose a channel", kit.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "max_selected_items": MOST_CHANNELS,
    }
    if audience.channel_ids:
        channels["initial_conversations"] = list(audience.channel_ids)[:MOST_CHANNELS]
    hint = (
        "By direct message: only members of these channels, or leave it empty. I must be in them: /invite @Groundswell."
    )
    blocks = [
        _input("place", "Where do I ask?", _radio(PLACES, PLACE_NOTES, place)),
        _input("channels", "Channel", channels, hint=hint, optional=True),
        _input("role", "Who is asked?", kit.select(ROLES, audience.role or EVERYBODY)),
    ]
    if state.own_group:
        blocks.append(kit.context(f"Of your own group: {inert(clip(state.own_group, 200))}."))
    offered = list(dict.fromkeys([*audience.regions, *state.regions]))[:100]  # Slack's limit for options
    if offered and not state.own_group:
        chosen = _several({one: one for one in offered}, audience.regions, "All regions", MOST_REGIONS)
        blocks.append(_input("regions", "Only in these regions", chosen, optional=True))
    groups = dict(list((state.user_groups or {}).items())[:100])
    if groups:
        chosen = _several(groups, audience.user_group_ids, "Any", MOST_USER_GROUPS)
        blocks.append(_input("user_groups", "Only in these user groups", chosen, optional=True))
    people: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": "choice",
        "placeholder": kit.plain("All of them", kit.PLACEHOLDER),
        "max_selected_items": MOST_PEOPLE,
    }
    if audience.user_ids:
        people["initial_users"] = list(audience.user_ids)[:MOST_PEOPLE]
    return [*blocks, _input("people", "Only these people", people, optional=True)]


def _privacy(fields: PulseFields) -> list[dict[str, Any]]:
    chosen = fields.privacy or "confidential"
    return [_input("privacy", "Who sees the answers?", _radio(PRIVACY_LABELS, PRIVACY_NOTES, chosen))]


def _end(closes_at: datetime | None, tz: str) -> list[dict[str, Any]]:
    local = closes_at.astimezone(ZoneInfo(tz)) if closes_at else None
    day: dict[str, Any] = {"type": "datepicker", "action_id": "choice"}
    clock: dict[str, Any] = {"type": "timepicker", "action_id": "choice"}
    if local:
        day["initial_date"], clock["initial_time"] = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    return [
        _input("closes_on", "Closes on", day),
        _input("closes_at", "Closes at", clock, hint="By your clock. Everybody sees it by their own."),
    ]


def _also(fields: PulseFields) -> dict[str, Any]:
    chosen = [REMINDERS] * fields.reminders + [SHARES] * fields.shares_results
    options = [{"text": kit.plain(label, kit.OPTION), "value": value} for value, label in ALSO.items()]
    boxes: dict[str, Any] = {"type": "checkboxes", "action_id": "choice", "options": options}
    if known := [option for option in options if option["value"] in chosen]:
        boxes["initial_options"] = known
    return _input("also", "And then", boxes, optional=True)


def _repeats(state: FormState, *, is_series: bool) -> dict[str, Any]:
    labels = EVERY if is_series else REPEATS
    hint = (
        "The next ones go out on the same weekday at the same time. Before each I ask you what was done with the last."
    )
    return _input("repeats", "How often?", kit.select(labels, state.repeats), hint=hint)


def end_modal(closes_at: datetime, tz: str, *, pulse_id: int, version: int) -> dict[str, Any]:
    """Asks for another end of a pulse that is open."""
    view = {
        "type": "modal",
        "callback_id": END,
        "title": kit.plain("Another end", kit.TITLE),
        "submit": kit.plain("Save", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": _end(closes_at, tz),
    }
    return kit.with_memo(view, pulse_id=pulse_id, version=version)


def _row(block_id: str, elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": elements}


def _several(labels: Mapping[str, str], chosen: Sequence[str], nothing: str, most: int) -> dict[str, Any]:
    options = [{"text": kit.plain(label, kit.OPTION), "value": value} for value, label in labels.items()]
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": "choice",
        "placeholder": kit.plain(nothing, kit.PLACEHOLDER),
        "options": options,
        "max_selected_items": most,
    }
    known = [option for option in options if option["value"] in chosen][:most]
    return element | ({"initial_options": known} if known else {})


def _radio(labels: Mapping[str, str], notes: Mapping[str, str], chosen: str) -> dict[str, Any]:
    options = [
        {"text": kit.plain(label, kit.OPTION), "value": value, "description": kit.plain(notes[value], kit.OPTION)}
        for value, label in labels.items()
    ]
    known = [option for option in options if option["value"] == chosen]
    element: dict[str, Any] = {"type": "radio_buttons", "action_id": "choice", "options": options}
    return element | ({"initial_option": known[0]} if known else {})


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})
