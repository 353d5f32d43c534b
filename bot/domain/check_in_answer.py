"""Answers to a check-in: what one person gave, what a round came to, and what is wrong with a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.ask import AskCount
from bot.domain.check_in import LONGEST, Asked, Question

EMPTY = "Write a few words first, please. To take back what you said, use Take back under your receipt."


@dataclass(frozen=True)
class Given:
    """One answer as it is now: to which question (its place, from 0), by whom, and what became of it.

    A held text is shown to nobody but its writer, in the form to edit it. `is_late`: it came after the round's close.
    """

    question: int
    user_id: str
    text: str
    is_need: bool
    is_held: bool
    is_withdrawn: bool
    is_late: bool
    name: str = ""
    region: str = ""


@dataclass(frozen=True)
class RoundResult:
    """What a round came to: how many people answered in time, how many answers are held or came late, who was asked.

    `open_until` is the last day of the round that is open now, `next_on` the day of the next one; None: there is none.
    """

    round_id: int
    asked: Asked
    day: date
    answered: int
    held: int
    late: int
    asks: AskCount
    is_stopped: bool = False
    open_until: date | None = None
    next_on: date | None = None


def check_answers(texts: Mapping[int, str], questions: Sequence[Question]) -> dict[str, str]:
    """What is wrong with the answers, a sentence a field ("answer0", ...); empty if they can be kept."""
    if not any(texts.get(number) for number in range(len(questions))):
        return {"answer0": EMPTY}
    return {
        f"answer{number}": f"That is {len(text):,} characters; {LONGEST:,} fit in here."
        for number, text in texts.items()
        if len(text) > LONGEST
    }
