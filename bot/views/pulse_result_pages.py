"""The answers of a closed pulse to read, page by page: what was written, or in a named one who said what."""

from collections.abc import Iterator
from typing import Any

from bot.domain.pulse_answer import in_words
from bot.domain.pulse_numbers import Ballot, PulseResult
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.pulse_result import READ_BEFORE, READ_ON, PulseReport, answered_line

PAGE_SIZE = 10
ANSWER = 700  # characters of one answer; the CSV has all of it
PERSON = 2900  # of all that one person said


def pages_modal(report: PulseReport, page: int) -> dict[str, Any]:
    """One page, from 0; the nearest one where there is no such page."""
    is_named = bool(report.result.ballots)
    lines: list[tuple[str, str | Ballot]]
    lines = [("", one) for one in report.result.ballots] if is_named else list(_words(report))
    last = max(0, (len(lines) - 1) // PAGE_SIZE)
    page = max(0, min(page, last))
    note = "Names are for you alone." if is_named else "Nobody sees who wrote."
    where = f" Page {page + 1} of {last + 1}." if last else ""
    blocks = [kit.section(answered_line(report.result)), kit.context(note + where)]
    before = ""
    for head, one in lines[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]:
        if head and head != before:
            blocks += [{"type": "divider"}, kit.section(head)]
        before = head
        blocks.append(kit.section(_person(report.result, one) if isinstance(one, Ballot) else quote(one, ANSWER)))
    if not lines:
        blocks.append(kit.context("There is nothing to read."))
    turns = [kit.button("Previous", READ_BEFORE, f"{report.pulse_id}:{page - 1}")] if page > 0 else []
    if page < last:
        turns.append(kit.button("Next", READ_ON, f"{report.pulse_id}:{page + 1}"))
    if turns:
        blocks.append({"type": "actions", "block_id": "pages", "elements": turns})
    title = "Who said what" if is_named else "What was written"
    return kit.notice_modal("", title) | {"blocks": blocks}


def _person(result: PulseResult, ballot: Ballot) -> str:
    group = f", {inert(clip(ballot.group, 80))}" if ballot.group else ""
    who = f"*{inert(clip(ballot.name, 80)) or 'Somebody'}*{group}"
    return clip(f"{who}\n{_said(result, ballot)}", PERSON)


def _said(result: PulseResult, ballot: Ballot) -> str:
    given = {one.question: one for one in ballot.answers}
    several = len(result.questions) > 1
    told = []
    for number, found in enumerate(result.questions):
        if number in given:
            place = f"{number + 1}. " if several else ""
            told.append(place + inert(clip(in_words(found.question, given[number]), ANSWER)))
    return "\n".join(told) or "Nothing that can be shown."


def _words(report: PulseReport) -> Iterator[tuple[str, str | Ballot]]:
    """What was written, question by question and theme by theme, each with its heading."""
    for number, found in enumerate(report.result.questions):
        asked = f"*{inert(clip(found.question.text, 300))}*"
        themes = report.themes.get(number, ())
        places = [(one.name, place) for one in themes for place in one.places] or [
            ("", place) for place in range(len(found.said))
        ]
        for name, place in places:
            if place < len(found.said):
                head = f"{asked}\n{inert(name)}" if name else asked
                yield head, found.said[place].text
