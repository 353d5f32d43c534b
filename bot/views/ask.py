"""Asks on the screen: the buttons under every question, why it came, and what somebody hears who stops it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.ask import LAST_REMINDER
from bot.domain.text import clip, count, inert
from bot.views import kit

SNOOZE = "ask.snooze"
STOP = "ask.stop"
WHY = "ask.why"
RESUME = "ask.resume"

ANSWERED = "You have answered this already. Thank you!"
OVER = "This question is over, there is nothing left to do."
NO_MORE_REMINDERS = "This was my last reminder, so I won't ask again. You can still answer it."
CLOSES_BEFORE = "It ends before your next working day, so I won't ask again. You can still answer it."
RESUMED = "Good, I'll ask you again from the next time on."


@dataclass(frozen=True)
class Stopped:
    """What a person does not want to be asked: its key, and the words behind "not to ask about"."""

    key: str
    label: str


def buttons(ask_id: int, number: int) -> list[dict[str, Any]]:
    """What every message that asks must offer, as elements: `number` is 0 for the question, 1 and 2 for reminders."""
    value = str(ask_id)
    not_now = [] if number >= LAST_REMINDER else [kit.button("Not now", SNOOZE, value)]
    return [*not_now, kit.button("Stop these", STOP, value), kit.button("Why did I get this?", WHY, value)]


def manners(ask_id: int, number: int) -> dict[str, Any]:
    """The row with these buttons, the last block of every message that asks."""
    return {"type": "actions", "elements": buttons(ask_id, number)}


def snoozed(until: datetime, tz: str) -> str:
    """What somebody hears who does not want to answer now."""
    return f"All right, not now. I'll ask once more on {kit.when(until, tz, '{date_long}')}."


def stopped_blocks(stopped: Stopped) -> tuple[str, list[dict[str, Any]]]:
    """What somebody hears who stops asks, as text and blocks: with the way back."""
    told = f"Done. I won't ask you about {inert(clip(stopped.label, 200))} any more. You can still answer this one."
    again = kit.button("Ask me again", RESUME, stopped.key)
    return told, [kit.section(told), {"type": "actions", "elements": [again]}]


def why_modal(*, why: str, asked: int, budget: int, hours: str) -> dict[str, Any]:
    """Why a question came (`why`, mrkdwn), and the manners: `asked` of `budget` this week, in the person's `hours`."""
    manners_told = (
        f"*How often I ask*\nAt most {count(budget, 'message', 'messages')} a week, reminders included, whoever wants "
        f"to know. This week: {asked}. Only in your working hours ({hours}, Monday to Friday), and not while your "
        "Slack status says that you are away or you don't want to be disturbed."
    )
    no_more = (
        "*You don't have to answer*\nNobody is told who did not. `Stop these` under the question ends them for good; "
        "your Home shows what you stopped, with a button to get it back."
    )
    return {
        "type": "modal",
        "title": kit.plain("Why did I get this?", kit.TITLE),
        "close": kit.plain("Close", kit.TITLE),
        "blocks": [kit.section(f"*Why you*\n{why}"), kit.section(manners_told), kit.section(no_more)],
    }
