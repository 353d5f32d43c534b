"""Recurring check-ins: their questions and cadence, who reads the answers, and what a form lacks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import regex

from bot.domain.audience import Audience, check_audience
from bot.domain.safety import screen

MOST_QUESTIONS = 3
QUESTION = 300  # characters
NAME = 60
LONGEST = 3000  # characters of one answer: what Slack's input takes
EVERY = {"1": "Every week", "2": "Every 2 weeks", "4": "Every 4 weeks", "month": "Every month"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
FURTHEST = timedelta(days=366)  # that a check-in may begin ahead
FEW = 5  # with fewer people, whoever reads can tell who wrote

HELD = (
    "These words may describe a complaint, an injury, a patient or a use outside the approved ones, so I can't ask "
    "them. Please word it differently."
)


@dataclass(frozen=True)
class Question:
    """One question; an answer to it is feedback or, with `is_need`, a need."""

    text: str
    is_need: bool = False


@dataclass(frozen=True)
class Cadence:
    """How often a round opens: `every` is a key of EVERY, `weekday` from 0 (Monday), `at` the local time "HH:MM".

    Every month means on the first such weekday of each month.
    """

    every: str = "2"
    weekday: int = 1
    at: str = "09:00"

    def to_json(self) -> str:
        """As a row keeps it."""
        return json.dumps({"every": self.every, "weekday": self.weekday, "at": self.at})

    @classmethod
    def from_json(cls, kept: str) -> "Cadence":
        """Back from a row."""
        return cls(**json.loads(kept))

    def in_words(self) -> str:
        """As people say it: "every 2 weeks on Tuesday at 09:00"."""
        if self.every == "month":
            return f"on the first {WEEKDAYS[self.weekday]} of every month at {self.at}"
        return f"{EVERY[self.every].lower()} on {WEEKDAYS[self.weekday]} at {self.at}"

    def dates(self, starts_on: date) -> Iterator[date]:
        """The days of its rounds, from `starts_on` on, without an end."""
        if self.every == "month":
            month = starts_on.replace(day=1)
            while True:
                if (day := _next_weekday(month, self.weekday)) >= starts_on:
                    yield day
                month = (month + timedelta(days=31)).replace(day=1)
        day = _next_weekday(starts_on, self.weekday)
        while True:
            yield day
            day += timedelta(weeks=int(self.every))


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@dataclass(frozen=True)
class CheckInFields:
    """A check-in as its form has it."""

    name: str
    audience: Audience
    questions: tuple[Question, ...]
    cadence: Cadence
    starts_on: date | None


def questions_to_json(questions: tuple[Question, ...]) -> str:
    """As a row keeps them."""
    return json.dumps([{"text": one.text, "is_need": one.is_need} for one in questions], ensure_ascii=False)


def questions_from_json(kept: str) -> tuple[Question, ...]:
    """Back from a row."""
    return tuple(Question(**one) for one in json.loads(kept))


@dataclass(frozen=True)
class Asked:
    """What a round asks, as it was when it opened: an edit or another owner changes nothing that was promised.

    `named_for` is the one person who sees the names with the answers, empty if nobody does. `group` says in words who
    is asked, `size` how many they are.
    """

    name: str
    questions: tuple[Question, ...]
    owner_id: str
    owner_name: str
    named_for: str = ""
    group: str = ""
    size: int = 0

    def to_json(self) -> str:
        """As a row keeps it."""
        told = {name: value for name, value in self.__dict__.items() if name != "questions"}
        return json.dumps(told | {"questions": json.loads(questions_to_json(self.questions))}, ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Asked":
        """Back from a row."""
        told = json.loads(kept)
        return cls(**told | {"questions": tuple(Question(**one) for one in told["questions"])})


@dataclass(frozen=True)
class Suggestion:
    """A check-in that is ready to be started."""

    key: str
    fields: CheckInFields


SUGGESTIONS = (
    Suggestion(
        "reps",
        CheckInFields(
            name="What reps need",
            audience=Audience(role="rep"),
            questions=(Question("What did you need that you did not have?", is_need=True),),
            cadence=Cadence("2", 1, "09:00"),
            starts_on=None,
        ),
    ),
    Suggestion(
        "marketers",
        CheckInFields(
            name="What sales taught us",
            audience=Audience(role="marketer"),
            questions=(Question("What did sales teach you?"),),
            cadence=Cadence("month", 2, "10:00"),
            starts_on=None,
        ),
    ),
)


def sees_names(roles: frozenset[str]) -> bool:
    """Whether an owner of these roles sees who wrote: a manager asks their own group, by name; marketing never does."""
    return "manager" in roles and not roles & {"marketer", "admin"}


def may_keep(user_id: str, roles: frozenset[str], *, owner_id: str, owner_roles: frozenset[str]) -> bool:
    """Whether somebody who may keep check-ins may keep this one, and read its answers.

    It is theirs, or it is marketing's: marketers and admins keep those together. A manager's is the manager's alone, as
    its answers carry names.
    """
    return user_id == owner_id or bool(roles & {"marketer", "admin"} and not sees_names(owner_roles))


def day_words(day: date) -> str:
    """A day as people say it: "Tuesday 24 November"."""
    return f"{day:%A} {day.day} {day:%B}"


def check_check_in_fields(fields: CheckInFields, today: date, *, started_on: date | None = None) -> dict[str, str]:
    """What is wrong with a form, a sentence a field; empty if it can be kept.

    `started_on` is the first day as it is kept already: it may lie in the past, as long as nobody changes it.
    """
    wrong: dict[str, str] = {}
    if sentence := _wrong_name(fields.name):
        wrong["name"] = sentence
    if not any(one.text for one in fields.questions):
        wrong["question0"] = "Ask at least one question."
    seen: set[str] = set()
    for number, question in enumerate(fields.questions):
        if question.text and (sentence := _wrong_question(question.text, seen)):
            wrong[f"question{number}"] = sentence
        seen.add(question.text.casefold())
    return wrong | check_audience(fields.audience) | _wrong_days(fields, today, started_on)


def _wrong_name(name: str) -> str:
    if not _has_words(name):
        return "Give it a name: people see it above the questions."
    if len(name) > NAME:
        return f"That is {len(name):,} characters; {NAME} fit into a name."
    return HELD if screen(name).held else ""


def _wrong_question(text: str, seen: set[str]) -> str:
    if len(text) > QUESTION:
        return f"That is {len(text):,} characters; {QUESTION} fit into a question. Short ones are answered more."
    if not _has_words(text):
        return "A question needs words."
    if text.casefold() in seen:
        return "That question is there already."
    return HELD if screen(text).held else ""


def _wrong_days(fields: CheckInFields, today: date, started_on: date | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    cadence, starts_on = fields.cadence, fields.starts_on
    if cadence.every not in EVERY or not 0 <= cadence.weekday < len(WEEKDAYS):
        wrong["days"] = "Please choose how often, and on which day."
    if not _TIME.fullmatch(cadence.at):
        wrong["at"] = "Please choose a time such as 09:00."
    if starts_on is None:
        wrong["starts_on"] = "From which day on?"
    elif starts_on < today and starts_on != started_on:
        wrong["starts_on"] = "That day is over. Choose today or a later day."
    elif starts_on > today + FURTHEST:
        wrong["starts_on"] = "That is more than a year ahead. Choose an earlier day."
    return wrong


def _has_words(text: str) -> bool:
    return bool(_LETTER.search(text))


_LETTER = regex.compile(r"[\p{L}\p{N}]")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
