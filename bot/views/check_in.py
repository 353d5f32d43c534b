"""Check-ins for those who keep them: the ids of what people press, the library, and the preview."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.check_in import FEW, Asked, CheckInFields, Suggestion, day_words
from bot.domain.text import clean, clip, count, inert
from bot.views import kit
from bot.views.check_in_ask import question_blocks

COMMAND = "/check-in"
NEW = "check_in.new"  # value: a suggestion's key, or none
EDIT = "check_in.edit"  # value: check-in; and the form
SAVE = "check_in.save"  # the form of a new one
PREVIEW = "check_in.preview"  # in the form
BACK = "check_in.back"
PREVIOUS = "check_in.previous"  # value: page
NEXT = "check_in.next"  # value: page
STOP = "check_in.stop"  # value: check-in
RESUME = "check_in.resume"  # value: check-in
READ = "check_in.read"  # value: round
READ_BEFORE = "check_in.read_before"  # value: round:page
READ_ON = "check_in.read_on"  # value: round:page

PAGE_SIZE = 8
ONLY_KEEPERS = (
    "Check-ins are kept by marketing and by managers: the same question to a group, again and again, each person at "
    "their own time of day. When one comes to you, it says who asks and who sees your answer, and you can answer, "
    "snooze or stop it."
)


@dataclass(frozen=True)
class CheckInCard:
    """A check-in as the library shows it. `next_on` is None if it is stopped or its owner may keep it no more."""

    check_in_id: int
    fields: CheckInFields
    owner_name: str
    group: str
    is_running: bool
    next_on: date | None = None
    open_until: date | None = None
    closed_round_id: int | None = None
    is_orphan: bool = False


@dataclass(frozen=True)
class LibraryPage:
    """One page of the library, from 0, with how many check-ins there are in all, and what may be started at once."""

    cards: list[CheckInCard]
    total: int
    number: int
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class Preview:
    """What a check-in will look like: to whom (None: to nobody yet), when, and to how many.

    `fits` counts the group; with channels nobody knows it before Slack has been asked, and `has_channels` says so.
    """

    asked: Asked
    fits: int
    has_channels: bool
    reader: str | None
    tz: str
    at: datetime
    closes: date
    wrong: list[str]


def help_text(unknown: str = "") -> str:
    """What the command can do, as mrkdwn."""
    lines = [f"I don't know “{inert(clip(clean(unknown), 60))}”. You can say:"] if unknown else ["*Check-ins*"]
    lines += [
        f"• `{COMMAND}` opens the check-ins that you keep: start, edit, stop, read the answers.",
        f"• `{COMMAND} new` opens the form for another one.",
    ]
    return "\n".join(lines)


def library_modal(page: LibraryPage, notice: str = "") -> dict[str, Any]:
    """The check-ins; `notice` (mrkdwn) says what has just happened."""
    blocks: list[dict[str, Any]] = [kit.section(notice), {"type": "divider"}] if notice else []
    new = kit.button("New check-in", NEW, style="primary")
    about = "The same questions to a group again and again, each person at their own time of day."
    blocks.append(kit.section(about, accessory=new))
    if page.suggestions:
        blocks.append(kit.context("Ready to start:"))
        blocks += [_suggestion(one) for one in page.suggestions]
    for card in page.cards:
        blocks += [{"type": "divider"}, *_card(card)]
    if not page.total:
        blocks.append(kit.context("There are no check-ins yet."))
    turns = [kit.button("Previous", PREVIOUS, str(page.number - 1))] if page.number > 0 else []
    if (page.number + 1) * PAGE_SIZE < page.total:
        turns.append(kit.button("Next", NEXT, str(page.number + 1)))
    if turns:
        blocks.append({"type": "actions", "block_id": "pages", "elements": turns})
    view = kit.notice_modal("", "Check-ins") | {"callback_id": "check_in.library", "blocks": blocks}
    return kit.with_memo(view, page=page.number)


def _suggestion(one: Suggestion) -> dict[str, Any]:
    fields = one.fields
    told = f"“{inert(fields.questions[0].text)}” · {_when(fields)}, to {fields.audience.in_words()}"
    told = f"*{inert(fields.name)}*\n{told}"
    return kit.section(told, accessory=kit.button("Start this", NEW, one.key))


def _card(card: CheckInCard) -> list[dict[str, Any]]:
    fields, value = card.fields, str(card.check_in_id)
    told = [f"*{inert(clip(fields.name, 60))}* · {_when(fields)}, to {inert(clip(card.group, 300))}"]
    told += [f"• {inert(clip(one.text, 300))}" for one in fields.questions]
    buttons = [kit.button("Edit", EDIT, value)]
    if card.closed_round_id is not None:
        buttons.append(kit.button("Answers", READ, str(card.closed_round_id)))
    if card.is_running:
        buttons.append(kit.button("Stop", STOP, value, confirm=_stop_question()))
    else:
        buttons.append(kit.button("Start again", RESUME, value))
    owner = inert(clip(card.owner_name, 80)) or "Somebody"
    return [
        kit.section("\n".join(told)),
        kit.context(f"{_state(card)} · kept by {owner}"),
        {"type": "actions", "block_id": f"check_in:{value}", "elements": buttons},
    ]


def _state(card: CheckInCard) -> str:
    if not card.is_running:
        return "Stopped"
    if card.is_orphan:
        return "Resting: its owner may keep no check-ins any more. Whoever edits it becomes the owner"
    is_open = f"A round is open until {day_words(card.open_until)} · " if card.open_until else ""
    return f"{is_open}Next round: {day_words(card.next_on)}" if card.next_on else f"{is_open}No next round"


def _stop_question() -> dict[str, Any]:
    told = "Nobody is asked any more. A round that is open closes now, and you get its summary. You can start it again."
    return {
        "title": kit.plain("Stop this check-in?", 100),
        "text": kit.plain(told, 300),
        "confirm": kit.plain("Stop it", 30),
        "deny": kit.plain("Leave it", 30),
    }


def _when(fields: CheckInFields) -> str:
    return fields.cadence.in_words()


def preview_modal(shown: Preview) -> dict[str, Any]:
    """The question as one real member of the group will see it, and how many that is."""
    blocks = []
    if shown.wrong:
        wrong = [f"• {inert(clip(one, 200))}" for one in shown.wrong]
        blocks += [kit.section("\n".join(["*Not ready yet*", *wrong])), {"type": "divider"}]
    blocks.append(kit.section(_group(shown)))
    if shown.reader is not None:
        local = shown.at.astimezone(ZoneInfo(shown.tz))
        name, zone = inert(clip(shown.reader, 80)), inert(shown.tz.replace("_", " "))
        when = f"{day_words(local.date())} at {local:%H:%M} by their clock ({zone})"
        blocks.append(kit.context(f"*As {name} will see it*, first on {when}:"))
    blocks += [{"type": "divider"}, *question_blocks(shown.asked, shown.closes), {"type": "divider"}]
    blocks.append(kit.context("Under it stand the buttons `Answer`, `Not now`, `Stop these`, `Why did I get this?`."))
    return kit.notice_modal("", "Preview") | {"blocks": blocks}


def _group(shown: Preview) -> str:
    who = inert(clip(shown.asked.group, 300))
    if shown.fits == 0:
        return f"*Nobody* fits: {who}. Choose another role or region."
    told = f"*{count(shown.fits, 'person fits', 'people fit')}* now: {who}."
    if shown.has_channels:
        told += " Of them I ask those who are in the channels when a round opens."
    if shown.fits == 1:
        told += " With a group of one everybody will know who answered, and the message says so."
    elif shown.fits < FEW:
        told += f" With fewer than {FEW} people you can guess who wrote, and the message says so."
    return told + " Nobody is asked more often than their weekly number of questions allows, whoever asks."
