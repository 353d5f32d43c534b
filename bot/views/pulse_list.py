"""Pulses for whoever starts them: the list, the look before one is sent in a line, and what was done with the last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.pulse import FEW, FEWEST_INVITED, PRIVACY, PulseFields
from bot.domain.pulse_list import PAGE_SIZE, LastPulse, ListPage, PulseCard, SeriesCard
from bot.domain.pulse_outcome import OUTCOME as LONGEST_OUTCOME
from bot.domain.pulse_outcome import REASON as LONGEST_REASON
from bot.domain.text import clip, count, inert
from bot.views import kit

COMMAND = "/pulse"
LIST = "pulse_list.open"  # from the Home or a message
BACK = "pulse_list.back"  # behind a form
PREVIOUS = "pulse_list.previous"  # value: page
NEXT = "pulse_list.next"  # value: page
NEW = "pulse_list.new"  # value: a template's key, or none
EDIT = "pulse_list.edit"  # value: pulse
AGAIN = "pulse.again"  # value: pulse; the form with what one that is over asked, also from a message
SEND = "pulse_list.send"  # value: pulse, one that is not sent yet
END = "pulse_list.end"  # value: pulse; asks for another end
CLOSE = "pulse_list.close"  # value: pulse
CANCEL = "pulse_list.cancel"  # value: pulse
EDIT_SERIES = "pulse_list.edit_series"  # value: series
STOP_SERIES = "pulse_list.stop_series"  # value: series
QUICK = "pulse_list.quick"  # the look before a line is sent
QUICK_PRIVACY = "pulse_list.quick_privacy"  # in it
EDIT_QUICK = "pulse_list.edit_quick"  # value: pulse
SAY_OUTCOME = "pulse_outcome.say"  # value: pulse; under results and on the Home, too
OUTCOME = "pulse_list.outcome"  # the form that asks what was done with the last one

SHOWN_QUESTION = 150
ONLY_STARTERS = (
    "Pulses are started by managers, to their own team, and by executives: a quick question, an honest answer. When "
    "one comes to you, it says who asks and who sees your answer, before you give it."
)
STATES = {"planned": "Not sent yet", "open": "Open", "closed": "Closed", "cancelled": "Cancelled"}
PRIVACY_NOTES = {
    "named": "You see who answered what.",
    "confidential": f"No names. Results at the close, for groups of {FEW} and more.",
    "anonymous": f"The same, and unlinkable after the close. From {FEWEST_INVITED['anonymous']} people on.",
}
PRIVACY_LABELS = {name: name.capitalize() for name in PRIVACY}


def help_text() -> str:
    """What the command can do, as mrkdwn."""
    return "\n".join(
        [
            "*Pulses*",
            f"• `{COMMAND}` opens your pulses: start, edit, close, ask again.",
            f'• `{COMMAND} "Is the price sheet usable?" Yes | No | Not seen` asks in this channel, after one look.',
            f'• `{COMMAND} "How ready are you?" 1 to 5` asks for a number; so does `0 to 10`.',
        ]
    )


def list_modal(page: ListPage, notice: str = "") -> dict[str, Any]:
    """The pulses of one person; `notice` (mrkdwn) says what has just happened."""
    blocks: list[dict[str, Any]] = [kit.section(notice), {"type": "divider"}] if notice else []
    new = kit.button("New pulse", NEW, style="primary")
    blocks.append(kit.section("Ask now, and hear what your people really think.", accessory=new))
    if page.number == 0:
        shown = [kit.button(one.name, f"{NEW}_{one.key}", one.key) for one in page.templates]
        if shown:
            blocks += [kit.context("Or begin with:"), {"type": "actions", "block_id": "templates", "elements": shown}]
        for series in page.series:
            blocks += [{"type": "divider"}, *_series(series, page.tz)]
    for card in page.cards:
        blocks += [{"type": "divider"}, *_card(card, page.tz)]
    if not page.total:
        blocks.append(kit.context("You have asked nothing yet."))
    turns = [kit.button("Previous", PREVIOUS, str(page.number - 1))] if page.number > 0 else []
    if (page.number + 1) * PAGE_SIZE < page.total:
        turns.append(kit.button("Next", NEXT, str(page.number + 1)))
    if turns:
        blocks.append({"type": "actions", "block_id": "pages", "elements": turns})
    view = kit.notice_modal("", "Pulses") | {"callback_id": "pulse.list", "blocks": blocks}
    return kit.with_memo(view, page=page.number, channel=page.channel_id)


def sent_modal(notice: str) -> dict[str, Any]:
    """Says what has just happened (mrkdwn), with the way back to the list."""
    row = {"type": "actions", "elements": [kit.button("Back to the list", BACK)]}
    return kit.notice_modal("", "Pulses") | {"callback_id": "pulse.sent", "blocks": [kit.section(notice), row]}


def after_send(
    fields: PulseFields, last: LastPulse | None, tz: str, *, pulse_id: int, series: str = ""
) -> dict[str, Any]:
    """What follows when a pulse is sent: it is on its way, or what was done with the `last` one is asked for first."""
    return outcome_modal(last, tz, pulse_id=pulse_id) if last else sent_modal(on_its_way(fields, series))


def on_its_way(fields: PulseFields, series: str = "") -> str:
    """What somebody hears who has sent a pulse, as mrkdwn; `series` says how often it comes again."""
    where = f"I post it in <#{fields.channel_id}>" if fields.channel_id else "I ask each person in their working hours"
    told = f"{title(fields)} is on its way: {where}. When it closes, I send you the results."
    again = f" It goes out again {series}; before each I ask you what was done with the last." if series else ""
    return f"{told}{again} If it can't be asked, I tell you why."


def skipped_message(fields: PulseFields, reason: str, last_id: int | None) -> dict[str, Any]:
    """Tells the asker of a recurring pulse why one did not go out; with `last_id` what they can do about it."""
    told = f"Your recurring pulse {title(fields)} did not go out this time: {reason}."
    if last_id is None:
        return kit.note(f"{told} The next one follows on its day.")
    told += " Tell your people what came of it, and the next one goes out on its day."
    row = {"type": "actions", "elements": [kit.button("Say what was done", SAY_OUTCOME, str(last_id), style="primary")]}
    return {"text": told, "blocks": [kit.section(told), row]}


def where_words(fields: PulseFields, group: str) -> str:
    """Whom and where a pulse asks, as mrkdwn; `group` (plain text) is who fits."""
    words = inert(clip(group, 300))
    return f"{words}, in <#{fields.channel_id}>" if fields.channel_id else f"{words}, by direct message"


def moment(at: datetime, tz: str) -> str:
    """A moment behind a verb, as mrkdwn: "today at 17:00"."""
    return kit.when(at, tz)


def title(fields: PulseFields, limit: int = SHOWN_QUESTION) -> str:
    """A pulse in one line, as mrkdwn: its first question, and how many follow."""
    more = len(fields.questions) - 1
    first = inert(clip(fields.questions[0].text if fields.questions else "", limit)) or "A pulse"
    return f"*{first}*" + (f" and {count(more, 'more question', 'more questions')}" if more > 0 else "")


def _card(card: PulseCard, tz: str) -> list[dict[str, Any]]:
    fields, value = card.fields, str(card.pulse_id)
    state = f"*{STATES[card.state]}*"
    if card.state in ("planned", "open") and fields.closes_at:
        state += f", closes {kit.when(fields.closes_at, tz)}"
    elif card.ended_at:
        state += f" {kit.when(card.ended_at, tz)}"
    told = f"{state} · {fields.privacy} · {where_words(fields, card.group)}"
    more = [kit.context(inert(clip(card.reason, 300)))] if card.reason else []
    more += [kit.context(f"*What was done:* {inert(clip(card.outcome, 300))}")] if card.outcome else []
    return [
        kit.section(title(fields)),
        kit.context(told),
        *more,
        {"type": "actions", "block_id": f"pulse:{value}", "elements": _card_buttons(card, value)},
    ]


def _card_buttons(card: PulseCard, value: str) -> list[dict[str, Any]]:
    if card.state == "planned":
        discard = _sure("Discard this pulse?", "Nobody was asked. What you typed goes with it.", "Discard it")
        return [
            kit.button("Send", SEND, value, style="primary"),
            kit.button("Edit", EDIT, value),
            kit.button("Discard", CANCEL, value, confirm=discard),
        ]
    if card.state == "open":
        told = "Nobody can answer any more, and you get the results."
        close = _sure("Close this pulse now?", told, "Close it")
        told = "Nobody can answer any more. All answers are deleted, and there will be no results."
        cancel = _sure("Cancel this pulse?", told, "Cancel the pulse")
        return [
            *([kit.button("Edit", EDIT, value)] if card.can_edit else []),
            kit.button("Another end", END, value),
            kit.button("Close now", CLOSE, value, confirm=close),
            kit.button("Cancel it", CANCEL, value, confirm=cancel),
        ]
    again = kit.button("Ask again", AGAIN, value)
    if card.state == "closed" and not card.outcome:
        return [kit.button("Say what was done", SAY_OUTCOME, value), again]
    return [again]


def _series(card: SeriesCard, tz: str) -> list[dict[str, Any]]:
    value, following = str(card.series_id), f", next {kit.when(card.next_at, tz)}" if card.next_at else ""
    told = f"*Recurring*, {card.when}{following} · {card.fields.privacy} · {where_words(card.fields, card.group)}"
    stop = _sure("Stop this pulse?", "No further one goes out. One that is open stays open until its end.", "Stop it")
    buttons = [kit.button("Edit", EDIT_SERIES, value), kit.button("Stop", STOP_SERIES, value, confirm=stop)]
    row = {"type": "actions", "block_id": f"series:{value}", "elements": buttons}
    return [kit.section(f"🔁 {title(card.fields)}"), kit.context(told), row]


def _sure(asked: str, told: str, yes: str) -> dict[str, Any]:
    return {
        "title": kit.plain(asked, 100),
        "text": kit.plain(told, 300),
        "confirm": kit.plain(yes, 30),
        "deny": kit.plain("Leave it", 30),
    }


def quick_modal(shown: Sequence[dict[str, Any]], *, whom: str, privacy: str, pulse_id: int) -> dict[str, Any]:
    """The look before a pulse in a line is sent: `shown` is how people will see it, `whom` (mrkdwn) who they are."""
    options = [
        {
            "text": kit.plain(label, kit.OPTION),
            "value": value,
            "description": kit.plain(PRIVACY_NOTES[value], kit.OPTION),
        }
        for value, label in PRIVACY_LABELS.items()
    ]
    radio: dict[str, Any] = {"type": "radio_buttons", "action_id": QUICK_PRIVACY, "options": options}
    radio["initial_option"] = next(one for one in options if one["value"] == privacy)
    edit = {"type": "actions", "elements": [kit.button("Edit in the form", EDIT_QUICK, str(pulse_id))]}
    choice = _input("privacy", "Who sees the answers?", radio) | {"dispatch_action": True}
    view = {
        "type": "modal",
        "callback_id": QUICK,
        "title": kit.plain("Send this pulse?", kit.TITLE),
        "submit": kit.plain("Send", kit.TITLE),
        "close": kit.plain("Not now", kit.TITLE),
        "blocks": [kit.section(whom), {"type": "divider"}, *shown, {"type": "divider"}, choice, edit],
    }
    return kit.with_memo(view, pulse_id=pulse_id)


def outcome_modal(last: LastPulse, tz: str, *, pulse_id: int) -> dict[str, Any]:
    """Asks what was done with the last pulse before the next one goes out; that one (`pulse_id`) is kept."""
    ended = f" It closed {kit.when(last.ended_at, tz, '{date_short_pretty}')}." if last.ended_at else ""
    told = (
        f"You asked the same people *{inert(clip(last.question, SHOWN_QUESTION))}*{ended}\n"
        "They have not heard yet what was done with it. Tell them now: it is posted to those who were asked, with your "
        "name, and your new pulse goes out at once. Your new pulse is kept in your list until then."
    )
    outcome = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": LONGEST_OUTCOME}
    reason = {"type": "plain_text_input", "action_id": "text", "max_length": LONGEST_REASON}
    view = {
        "type": "modal",
        "callback_id": OUTCOME,
        "title": kit.plain("Before you ask again", kit.TITLE),
        "submit": kit.plain("Send", kit.TITLE),
        "close": kit.plain("Later", kit.TITLE),
        "blocks": [
            kit.section(told),
            _input("outcome", "What was done?", outcome, optional=True),
            _input("reason", "Or why it can't wait for that", reason, hint=REASON_HINT, optional=True),
        ],
    }
    return kit.with_memo(view, pulse_id=pulse_id, last_id=last.pulse_id)


def whom_line(fields: PulseFields, where: str, *, group: int, reached: int, budget: int) -> str:
    """How many will be asked, as mrkdwn; where only Slack knows who they are, at most how many.

    `where` is mrkdwn. Of `group` people `reached` can be asked before it closes.
    """
    if not group:
        return f"*Nobody* fits: {where}. Choose more people."
    told = f"*{count(group, 'person', 'people')}* will be asked: {where}."
    if fields.audience.is_for_slack:
        told = (
            f"At most *{count(group, 'person', 'people')}* will be asked: {where}. I ask those of them who are in it."
        )
    if fields.channel_id:
        return f"{told} A message in a channel costs nobody one of their weekly questions."
    if reached < group:
        left_out = count(group - reached, "of them is", "of them are")
        told += (
            f" *{left_out} left out*: {budget} questions a week are the most for each person, only in their working "
            "hours, and nobody is asked who stopped your pulses. The results say how many that were."
        )
    return f"{told} Each is asked in their own working hours."


def _input(
    block_id: str, label: str, element: dict[str, Any], hint: str = "", optional: bool = False
) -> dict[str, Any]:
    block = {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": optional}
    return block | ({"hint": kit.plain(hint, 2000)} if hint else {})


REASON_HINT = "It is kept with the new pulse."
