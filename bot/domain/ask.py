"""Asks: whether a question may go out to a person now, must wait, or is let go; one set of manners for all senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.domain.text import count
from bot.domain.working_time import WorkingTime

LAST_REMINDER = 2
REMIND_AFTER = 2  # working days after the message before

OVER_BUDGET, AWAY, OFF_HOURS, STOPPED = "over_budget", "away", "off_hours", "stopped"
GONE, NOT_NEEDED, TOO_LATE = "gone", "not_needed", "too_late"
REASONS = (OVER_BUDGET, AWAY, OFF_HOURS, STOPPED, GONE, NOT_NEEDED, TOO_LATE)


@dataclass(frozen=True)
class Standing:
    """All that the decision about one ask rests on.

    `number` is that of the message which would go out: 0 the question, 1 and 2 reminders. `closes_at` ends it all.
    `away_until` is when the person is expected back, None if they are there. `asked` counts the messages that asked
    this person anything in their own week, by whichever sender, for a reminder also the questions that wait and go
    first; `budget` is how many there may be. `held_by` is the reason for which it waited last.
    """

    number: int
    closes_at: datetime
    working: WorkingTime
    is_active: bool = True
    is_stopped: bool = False
    away_until: datetime | None = None
    asked: int = 0
    budget: int = 3
    held_by: str | None = None


@dataclass(frozen=True)
class Decision:
    """What is to be done with an ask now.

    `send` it; `wait` and look again at `at`; `refuse` a question for good; or `close`, where the question went out and
    its time is over. `reason` is one of REASONS for all but `send` and `close`.
    """

    action: Literal["send", "wait", "refuse", "close"]
    at: datetime | None = None
    reason: str | None = None


def decide(standing: Standing, now: datetime) -> Decision:
    """Whether an ask goes out now.

    A question waits for working hours, for whoever is away, and for the next week where the week's asks are spent;
    it is refused as soon as it is certain that it cannot go out before it closes. A reminder that cannot go out is
    left out: the question still stands there until it closes.
    """
    is_question = standing.number == 0
    if now >= standing.closes_at:
        return Decision("refuse", reason=standing.held_by or TOO_LATE) if is_question else Decision("close")
    for is_so, reason in ((not standing.is_active, GONE), (standing.is_stopped, STOPPED)):
        if is_so:
            return Decision("refuse", reason=reason) if is_question else Decision("wait", standing.closes_at, reason)
    if standing.number > LAST_REMINDER:
        return Decision("wait", standing.closes_at)
    held = _held(standing, now)
    if held is None:
        return Decision("send")
    at, reason = held
    if at < standing.closes_at:
        return Decision("wait", at, reason)
    return Decision("refuse", reason=reason) if is_question else Decision("wait", standing.closes_at, reason)


def _held(standing: Standing, now: datetime) -> tuple[datetime, str] | None:
    """Until when the person must not be asked, and what holds it longest; None if they may be asked now."""
    working, held = standing.working, []
    if standing.away_until is not None and standing.away_until > now:
        held.append((working.next_on(standing.away_until), AWAY))
    if standing.asked >= standing.budget:
        held.append((working.next_week(now), OVER_BUDGET))
    if not working.is_on(now):
        held.append((working.next_on(now), OFF_HOURS))
    return max(held, key=lambda one: one[0]) if held else None


def next_look(number: int, now: datetime, closes_at: datetime, working: WorkingTime) -> datetime:
    """When an ask is looked at again after its message `number` went out: for the next reminder, or to close it."""
    if number >= LAST_REMINDER:
        return closes_at
    return min(working.after_days(now, REMIND_AFTER), closes_at)


@dataclass(frozen=True)
class AskCount:
    """What became of the asks about one subject, by people; `refused` by reason."""

    planned: int = 0
    asked: int = 0  # and not answered yet
    answered: int = 0
    closed: int = 0  # were asked and did not answer in time
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        """How many people were asked."""
        return self.asked + self.answered + self.closed

    @property
    def not_asked(self) -> int:
        """How many people were not asked and will not be."""
        return sum(self.refused.values())

    def in_words(self, budget: int) -> str:
        """For the sender, plain text: "24 asked, 3 were not: 2 had their 3 questions that week, 1 was away"."""
        words = f"{count(self.reached, 'person was asked', 'people were asked')}"
        if self.planned:
            words += f", {self.planned} will be"
        told = [_reason_words(reason, self.refused[reason], budget) for reason in REASONS if self.refused.get(reason)]
        if len(told) == 1:
            return f"{words}, {told[0]}"
        return f"{words}, {self.not_asked} were not: {', '.join(told)}" if told else words


def _reason_words(reason: str, number: int, budget: int) -> str:
    one = number == 1
    was, had = ("was" if one else "were"), "had"
    words = {
        OVER_BUDGET: f"{had} {count(budget, 'question', 'questions')} that week already",
        AWAY: f"{was} away",
        OFF_HOURS: f"{was} not at work in time",
        STOPPED: "asked not to be asked",
        GONE: f"{'has' if one else 'have'} left",
        NOT_NEEDED: f"{was} no longer needed",
        TOO_LATE: "would have been asked too late",
    }
    return f"{number} {words[reason]}"
