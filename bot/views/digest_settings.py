"""The form in which somebody says when and how they want their digest, and the words about it elsewhere."""

from datetime import datetime
from typing import Any

from bot.domain.digest_plan import DEPTHS, RHYTHMS, WEEKDAYS, DigestPlan
from bot.views import kit
from bot.views.digest import SETTINGS

HELP = (
    "*Your digest, now*\n"
    "• `/digest` is the last seven days; `/digest last month`, `/digest 4 weeks`, `/digest october` other ones.\n"
    "• `/digest spine last month` or `/digest MLR-2026-0143` is about a product line or an asset, in any order.\n"
    "• `/digest settings` says when it comes by itself, and how much of it."
)
BAD = "Choose a day, an hour, how much and how often from the lists."
LATE = "If it can't come at that hour, it comes later in working hours, and never more than two days late."
OF_A_REP = "It comes only if there is something for you: an answer, a new version, what was done with a pulse."
OF_A_LEADER = "It comes only if there is something to tell."
NOTES = {"rep": OF_A_REP, "manager": OF_A_LEADER, "executive": OF_A_LEADER, "overview": OF_A_LEADER}


def settings_modal(plan: DigestPlan, variant: str) -> dict[str, Any]:
    """The form, with what holds now."""
    hours = {str(hour): f"{hour:02}:00" for hour in range(24)}
    days = {str(number): day for number, day in enumerate(WEEKDAYS)}
    blocks = [
        _input("rhythm", "How often", kit.select(RHYTHMS, plan.rhythm)),
        _input("weekday", "Day", kit.select(days, str(plan.weekday))),
        _input("hour", "Hour, by your own clock", kit.select(hours, str(plan.hour))),
        _input("depth", "How much", kit.select(DEPTHS, plan.depth)),
        kit.context(f"{NOTES[variant]} {LATE}" if variant in NOTES else LATE),
    ]
    return {
        "type": "modal",
        "callback_id": SETTINGS,
        "title": kit.plain("Your digest", kit.TITLE),
        "submit": kit.plain("Save", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": blocks,
    }


def plan_in(form: dict[str, Any]) -> DigestPlan:
    """What the form says.

    Raises:
        ValueError: it is nothing that could be chosen.
    """
    weekday, hour = (str(form.get(name) or "") for name in ("weekday", "hour"))
    if not all(word.isascii() and word.isdecimal() and len(word) <= 2 for word in (weekday, hour)):
        raise ValueError("a plan has a day and an hour")
    return DigestPlan(int(weekday), int(hour), str(form.get("depth") or ""), str(form.get("rhythm") or ""))


def saved_modal(plan: DigestPlan, due: datetime | None, tz: str) -> dict[str, Any]:
    """Says what holds from now on."""
    return kit.notice_modal(f"Saved. {_next(due, tz)} `/digest` shows it at any time.", "Your digest")


def home_blocks(due: datetime | None, tz: str, variant: str) -> list[dict[str, Any]]:
    """The part of the Home about the digest."""
    note = f" {NOTES[variant]}" if variant in NOTES and due else ""
    head = "Your digest" if variant in NOTES else "Your next digest"  # for whom it surely comes
    told = f"*{head}*\n{_next(due, tz)}{note} `/digest` shows it now."
    return [kit.section(told, accessory=kit.button("Digest settings", SETTINGS))]


def _next(due: datetime | None, tz: str) -> str:
    if due is None:
        return "It never comes by itself."
    return f"The next one is due {kit.when(due, tz, '{date_long_pretty} at {time}')}."


def _input(block_id: str, label: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": kit.plain(label, 150), "element": element}
