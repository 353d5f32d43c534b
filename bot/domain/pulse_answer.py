"""Answers to a pulse: what is wrong with them, as rows and ballot boxes keep them, and in words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.domain.pulse import PulseQuestion
from bot.domain.safety import screen

LONGEST = 3000  # characters of one answer: what Slack's input takes
EMPTY = "Answer at least one question first, please."


@dataclass(frozen=True)
class PulseAnswer:
    """One person's answer to one question: `question` is its place from 0, `choices` places among its `labels`.

    On the scale 1 to 5 the choice 0 is "1", on 0 to 10 it is "0". `text` is for answers in somebody's own words;
    `held_for` says why they are kept back until a person has looked at them (P13), and is empty for nearly all.
    """

    question: int
    choices: tuple[int, ...] = ()
    text: str = ""
    held_for: str = ""


def screened(answers: Iterable[PulseAnswer]) -> tuple[PulseAnswer, ...]:
    """The answers as they are kept, with what holds their words back: done as they come, as the close has no time.

    Words are read as one: "the pump stopped" and "he was hurt" may answer two questions.
    """
    ordered = sorted(answers, key=lambda one: one.question)
    held_for = ",".join(screen("\n".join(one.text for one in ordered if one.text)).labels)
    return tuple(
        replace(one, choices=tuple(sorted(one.choices)), held_for=held_for if one.text else "") for one in ordered
    )


def answers_to_json(answers: Iterable[PulseAnswer]) -> str:
    """As a ballot box keeps them: screened, and in the order of the questions and choices, not as they were given."""
    return json.dumps([asdict(one) for one in screened(answers)], ensure_ascii=False)


def answers_from_json(kept: str) -> tuple[PulseAnswer, ...]:
    """Back from a ballot box."""
    return answers_from(json.loads(kept))


def answers_from(told: Iterable[Mapping[str, Any]]) -> tuple[PulseAnswer, ...]:
    """Back from what JSON has kept."""
    return tuple(PulseAnswer(**{**one, "choices": tuple(one["choices"])}) for one in told)


def check_answer(question: PulseQuestion, answer: PulseAnswer) -> str | None:
    """What is wrong with an answer, a sentence; None if it can be kept."""
    if question.kind == "text":
        if len(answer.text) > LONGEST:
            return f"That is {len(answer.text):,} characters; {LONGEST:,} fit in here."
        return None if answer.text and not answer.choices else "Write a few words first, please."
    chosen = set(answer.choices)
    if not chosen:
        return "Choose an answer, please."
    if answer.text or len(chosen) < len(answer.choices) or not chosen <= set(range(len(question.labels))):
        return "That is none of the answers. Please choose again."
    return "Choose one answer only, please." if len(chosen) > 1 and question.kind != "multiple" else None


def check_answers(questions: Sequence[PulseQuestion], answers: Sequence[PulseAnswer]) -> dict[str, str]:
    """What is wrong with all that somebody answers at once, a sentence a field ("answer0", ...); empty if it is right.

    Whatever can be chosen must be: if some passed over a question, the difference of two numbers would tell how few
    they are. Words of one's own may be left out, as long as anything is said.
    """
    given: Mapping[int, PulseAnswer] = {one.question: one for one in answers}
    if len(given) < len(answers) or not set(given) <= set(range(len(questions))):
        return {"answer0": "That is none of the questions. Please open the pulse once more."}
    if not given:
        return {"answer0": EMPTY}
    wrong: dict[str, str] = {}
    for number, question in enumerate(questions):
        if number not in given and question.kind == "text":
            continue
        if sentence := check_answer(question, given.get(number, PulseAnswer(number))):
            wrong[f"answer{number}"] = sentence
    return wrong


def in_words(question: PulseQuestion, answer: PulseAnswer) -> str:
    """An answer as people read it: "Yes", "Deck; Price sheet", "4", or what they wrote."""
    return answer.text or "; ".join(question.labels[place] for place in sorted(answer.choices))
