"""Asks on the screen: the buttons under every question, why it came, and what somebody hears who stops it."""

from typing import Any

from bot.domain.ask import LAST_REMINDER
from bot.views import kit

SNOOZE = "ask.snooze"
STOP = "ask.stop"
WHY = "ask.why"
RESUME = "ask.resume"

NO_MORE_REMINDERS = "That was the last reminder: I won't ask again. Answering above still works."
CLOSES_BEFORE = "It closes before your next working day, so I won't ask again. Answering above still works."


def buttons(ask_id: int, number: int) -> list[dict[str, Any]]:
    """What every message that asks must offer, as elements: `number` is 0 for the question, 1 and 2 for reminders."""
    value = str(ask_id)
    not_now = [] if number >= LAST_REMINDER else [kit.button("Not now", SNOOZE, value)]
    return [*not_now, kit.button("Stop these", STOP, value), kit.button("Why did I get this?", WHY, value)]


def manners(ask_id: int, number: int) -> dict[str, Any]:
    """The row with these buttons, the last block of every message that asks."""
    return {"type": "actions", "elements": buttons(ask_id, number)}
