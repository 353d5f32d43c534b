"""What a round of a check-in came to: the owner's summary, and the answers to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.check_in import Asked, day_words
from bot.domain.check_in_answer import Given, RoundResult
from bot.domain.text import clip, count, inert, quote
from bot.views import kit
from bot.views.check_in import READ, READ_BEFORE, READ_ON

PAGE_SIZE = 10
PART = 1200  # characters of an answer in one section, unless escaping makes more of them than a section takes


@dataclass(frozen=True)
class AnswersPage:
    """One page of a round's answers, from 0, with how many may be read in all."""

    result: RoundResult
    given: list[Given]
    total: int
    number: int


def summary_message(result: RoundResult, budget: int) -> dict[str, Any]:
    """The one message that the owner gets of a round; `budget` is what a person may be asked in a week."""
    head = f"*{_name(result.asked)}*: the round of {day_words(result.day)} is over."
    blocks = [kit.section(f"{head}\n{in_numbers(result, budget)}"), kit.context(_next(result))]
    if result.answered or result.late:
        read = kit.button("Read the answers", READ, str(result.round_id), style="primary")
        blocks.insert(1, {"type": "actions", "elements": [read]})
    return {"text": f"{head} {_answered(result)}", "blocks": blocks}


def nobody_message(name: str, group: str, *, is_stopped: bool) -> dict[str, Any]:
    """Tells the owner that nobody fits; `is_stopped`: so the check-in has been stopped."""
    then = "so I have stopped it before it began" if is_stopped else "so nobody was asked this time"
    return kit.note(
        f"*{inert(clip(name, 60))}*: nobody fits any more ({inert(clip(group, 300))}), {then}. "
        "`/check-in` lets you choose another group."
    )


def found_message(name: str, size: int) -> dict[str, Any]:
    """Tells the owner how many of a group are in the channels that they chose."""
    return kit.note(
        f"*{inert(clip(name, 60))}*: {count(size, 'person fits and is', 'people fit and are')} in the channels."
    )


def unseen_channel_message(name: str) -> dict[str, Any]:
    """Tells the owner that the members of a channel cannot be read."""
    return kit.note(
        f"*{inert(clip(name, 60))}*: I can't see who is in the channels that you chose, so nobody was asked this time. "
        "Type `/invite @Groundswell` in each of them, or choose other people with `/check-in`."
    )


def in_numbers(result: RoundResult, budget: int) -> str:
    """How many answered, how many were asked, and why the others were not; mrkdwn."""
    lines = [_answered(result)]
    if result.asks.not_asked or result.asks.planned:
        lines.append(f"{result.asks.in_words(budget)}.")
    if result.held:
        is_one = result.held == 1
        lines.append(
            f"{count(result.held, 'answer is', 'answers are')} on hold: {'it' if is_one else 'they'} may describe a "
            "complaint, an injury, a patient or a use outside the approved ones, and nobody reads "
            f"{'it' if is_one else 'them'} here."
        )
    if result.late:
        lines.append(f"{count(result.late, 'answer', 'answers')} came after the close.")
    return "\n".join(lines)


def answers_modal(page: AnswersPage, budget: int) -> dict[str, Any]:
    """The answers by question; with names only where that was said before the first answer."""
    result = page.result
    seen_by = "Names are for you alone." if result.asked.named_for else "Nobody sees who wrote; the longest come first."
    blocks = [
        kit.section(f"*{_name(result.asked)}*, {day_words(result.day)}\n{in_numbers(result, budget)}"),
        kit.context(seen_by),
    ]
    before: tuple[int, bool] | None = None
    for one in page.given:
        if before != (one.question, one.is_late):
            blocks += [{"type": "divider"}, kit.section(_heading(result.asked, one))]
        before = (one.question, one.is_late)
        blocks += _answer(one, is_named=bool(result.asked.named_for))
    if not page.total:
        blocks.append(kit.context("There is nothing to read."))
    turns = [kit.button("Previous", READ_BEFORE, f"{result.round_id}:{page.number - 1}")] if page.number > 0 else []
    if (page.number + 1) * PAGE_SIZE < page.total:
        turns.append(kit.button("Next", READ_ON, f"{result.round_id}:{page.number + 1}"))
    if turns:
        blocks.append({"type": "actions", "block_id": "pages", "elements": turns})
    view = kit.notice_modal("", "Answers") | {"callback_id": READ, "blocks": blocks}
    return kit.with_memo(view, round_id=result.round_id)


def _heading(asked: Asked, one: Given) -> str:
    question = asked.questions[one.question] if one.question < len(asked.questions) else None
    told = f"*{inert(clip(question.text, 300))}*" if question else "*A question*"
    late = " (after the close)" if one.is_late else ""
    return told + (" _needs_" if one.is_need else "") + late


def _answer(one: Given, *, is_named: bool) -> list[dict[str, Any]]:
    blocks = [kit.section(quote(part, PART)) for part in _parts(one.text)]
    return [*blocks, kit.context(inert(clip(one.name, 80)) or "Somebody")] if is_named else blocks


def _parts(text: str) -> Iterator[str]:
    """The text in parts that fit into a section each, cut between words where there are any."""
    while text:
        room = PART
        while len(quote(text[:room], room)) > kit.SECTION:
            room = room * 3 // 4
        if len(text) > room:
            room = max(text.rfind(" ", room // 2, room), text.rfind("\n", room // 2, room)) + 1 or room
        yield text[:room]
        text = text[room:].strip()


def _answered(result: RoundResult) -> str:
    reached = result.asks.reached
    if not reached:
        return "Nobody was asked."
    return f"{result.answered} of {count(reached, 'person', 'people')} answered."


def _next(result: RoundResult) -> str:
    if result.is_stopped:
        return "The check-in is stopped. `/check-in` starts it again."
    told = [f"The next round is open until {day_words(result.open_until)}."] if result.open_until else []
    if result.next_on and not told:
        told = [f"Next round: {day_words(result.next_on)}."]
    return " ".join([*told, "`/check-in` changes or stops it."])


def _name(asked: Asked) -> str:
    return inert(clip(asked.name, 60))
