"""The form of a check-in: its name, questions, group, and days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.audience import MOST_CHANNELS, MOST_REGIONS, Audience
from bot.domain.check_in import (
    EVERY,
    MOST_QUESTIONS,
    NAME,
    QUESTION,
    WEEKDAYS,
    Cadence,
    CheckInFields,
    Question,
)
from bot.domain.people import ROLE_LABELS
from bot.domain.text import clean, clip, inert
from bot.views import kit
from bot.views.check_in import BACK, EDIT, PREVIEW, SAVE

EVERYBODY = "everybody"
ROLES = {EVERYBODY: "Everybody"} | {role: f"{label}s" for role, label in ROLE_LABELS.items()}
ROLES |= {"compliance": "People in compliance"}
WHO = {"0": "The first", "1": "The second", "2": "The third"}
NEEDS = "Other answers are feedback. A need is something that people would like to have."
DAYS = {f"{every}:{day}": f"{words}, {name}" for every, words in EVERY.items() for day, name in enumerate(WEEKDAYS)}
OPEN_ROUND = (
    "A round is open. It keeps its questions, its people and its end; what you change here holds from the next one on."
)


def form_modal(
    fields: CheckInFields,
    regions: Sequence[str],
    *,
    check_in_id: int = 0,
    version: int = 0,
    own_group: str = "",
    notices: Iterable[str] = (),
) -> dict[str, Any]:
    """The form, for a new check-in or (`check_in_id`, as of `version`) for one that is there.

    `own_group` (plain text) is whom a manager asks: they choose no regions and channels. `notices` are mrkdwn.
    """
    blocks = [kit.section(notice) for notice in notices]
    blocks.append(_input("name", "Name", kit.text_input(fields.name, NAME), hint="People see it above the questions."))
    for number in range(MOST_QUESTIONS):
        text = fields.questions[number].text if number < len(fields.questions) else ""
        label = "Question" if number == 0 else f"{('Second', 'Third')[number - 1]} question"
        blocks.append(_input(f"question{number}", label, kit.text_input(text, QUESTION), optional=number > 0))
    needs = [str(number) for number, one in enumerate(fields.questions) if one.is_need]
    blocks.append(_input("needs", "Which answers are needs?", _boxes(WHO, needs), hint=NEEDS, optional=True))
    blocks += _group(fields.audience, regions, own_group)
    cadence = fields.cadence
    days = kit.select(DAYS, f"{cadence.every}:{cadence.weekday}")
    month = "Every month means on the first such day of the month."
    blocks.append(_input("days", "How often?", days, hint=month))
    clock = {"type": "timepicker", "action_id": "choice", "initial_time": cadence.at}
    hours = "By each person's own clock. Whoever is not at work then is asked when they are."
    blocks.append(_input("at", "At what time?", clock, hint=hours))
    day: dict[str, Any] = {"type": "datepicker", "action_id": "choice"}
    if fields.starts_on:
        day["initial_date"] = fields.starts_on.isoformat()
    blocks.append(_input("starts_on", "From which day on?", day))
    buttons = [kit.button("Preview", PREVIEW), kit.button("Back to the list", BACK)]
    blocks.append({"type": "actions", "block_id": "form", "elements": buttons})
    view = {
        "type": "modal",
        "callback_id": EDIT if check_in_id else SAVE,
        "title": kit.plain("Edit a check-in" if check_in_id else "New check-in", kit.TITLE),
        "submit": kit.plain("Save" if check_in_id else "Start", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": blocks,
    }
    return kit.with_memo(view, check_in_id=check_in_id, version=version)


def fields_in(form: Mapping[str, Any], *, regions: tuple[str, ...] | None = None) -> CheckInFields:
    """What stands in a form; what is none of the choices stays, for the check to refuse.

    `regions` are those of a manager's own group, which no form chooses.
    """
    needs = form.get("needs") or []
    questions = tuple(
        Question(" ".join(clean(form.get(f"question{number}") or "").split()), is_need=str(number) in needs)
        for number in range(MOST_QUESTIONS)
    )
    role = str(form.get("role") or "")
    every, _, weekday = str(form.get("days") or "").partition(":")
    audience = Audience(
        role="" if role == EVERYBODY else role or "nobody",
        regions=tuple(form.get("regions") or ()) if regions is None else regions,
        channel_ids=tuple(form.get("channels") or ()) if regions is None else (),
    )
    return CheckInFields(
        name=" ".join(clean(form.get("name") or "").split()),
        audience=audience,
        questions=questions,
        cadence=Cadence(every, int(weekday) if weekday.isdecimal() and len(weekday) == 1 else -1, form.get("at") or ""),
        starts_on=_day(form.get("starts_on")),
    )


def _group(audience: Audience, regions: Sequence[str], own_group: str) -> list[dict[str, Any]]:
    roles = _input("role", "Who is asked?", kit.select(ROLES, audience.role or EVERYBODY))
    if own_group:
        return [roles, kit.context(f"Of your own group: {inert(clip(own_group, 200))}.")]
    blocks = [roles]
    offered = list(dict.fromkeys(filter(None, [*audience.regions, *regions])))[:100]  # Slack's limit for options
    if offered:
        options = [{"text": kit.plain(region, kit.OPTION), "value": region} for region in offered]
        chosen = [option for option in options if option["value"] in audience.regions]
        choice: dict[str, Any] = {
            "type": "multi_static_select",
            "action_id": "choice",
            "placeholder": kit.plain("All regions", kit.PLACEHOLDER),
            "options": options,
            "max_selected_items": MOST_REGIONS,
        }
        choice |= {"initial_options": chosen} if chosen else {}
        blocks.append(_input("regions", "Only in these regions", choice, optional=True))
    channels: dict[str, Any] = {
        "type": "multi_conversations_select",
        "action_id": "choice",
        "placeholder": kit.plain("Any channel", kit.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "max_selected_items": MOST_CHANNELS,
    }
    if audience.channel_ids:
        channels["initial_conversations"] = list(audience.channel_ids)
    hint = "If I am not in a channel, type /invite @Groundswell there first: I only see who is in it."
    return [*blocks, _input("channels", "Only members of these channels", channels, hint=hint, optional=True)]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _boxes(labels: Mapping[str, str], chosen: Sequence[str]) -> dict[str, Any]:
    options = [{"text": kit.plain(label, kit.OPTION), "value": value} for value, label in labels.items()]
    known = [option for option in options if option["value"] in chosen]
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "choice", "options": options}
    return element | ({"initial_options": known} if known else {})


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})
