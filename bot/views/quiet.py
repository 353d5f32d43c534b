"""Quiet on the screen: the form for one's own working hours, and until when somebody wants to be asked nothing."""

from datetime import date, datetime
from typing import Any

from bot.domain.text import inert
from bot.views import kit

HOURS = "quiet.hours"  # the button and the form
WEEK = "quiet.week"
BACK = "quiet.back"

LONGEST_DAYS = 92  # a quarter: who wants none for longer stops them
HOURS_HINT = "Like 09:00-17:00, or 22:00-06:00 for a night shift. Empty: as everybody here."
UNTIL_HINT = "For a holiday or a busy week. Questions wait until then, and those that end before do not come."


def hours_modal(hours: str, tz: str, quiet_on: date | None) -> dict[str, Any]:
    """The form; `hours` are the person's own ("": none), `quiet_on` the first day on which they may be asked again."""
    until: dict[str, Any] = {"type": "datepicker", "action_id": "until"}
    until |= {"initial_date": quiet_on.isoformat()} if quiet_on else {}
    return {
        "type": "modal",
        "callback_id": HOURS,
        "title": kit.plain("When I may ask you", kit.TITLE),
        "submit": kit.plain("Save", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(
                "Questions, check-ins and reminders come only in your working hours, Monday to Friday. Your time zone "
                f"comes from Slack: {inert(tz)}."
            ),
            _input("working_hours", "Working hours", kit.text_input(hours, 20), HOURS_HINT),
            _input("until", "Ask me nothing before", until, UNTIL_HINT),
        ],
    }


def quiet_notice(until: datetime, tz: str) -> dict[str, Any]:
    """Tells somebody that it will be quiet."""
    day = kit.when(until, tz, "{date_long}")
    return kit.notice_modal(f"All right: no question comes before {day}. Your Home brings them back sooner.", "Quiet")


def _input(block_id: str, label: str, element: dict[str, Any], hint: str) -> dict[str, Any]:
    return {
        "type": "input", "block_id": block_id, "label": kit.plain(label, 150), "element": element,
        "hint": kit.plain(hint, 300), "optional": True,
    }  # fmt: skip
