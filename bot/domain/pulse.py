"""Pulses: their questions, what a form of one lacks, the one-line form, and what people are promised (P5)."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex

from bot.domain.audience import Audience, check_audience
from bot.domain.check_in import HELD
from bot.domain.safety import screen
from bot.domain.text import clean, count

QUESTION_KINDS = ("single", "multiple", "scale_5", "scale_10", "text")
PRIVACY = ("named", "confidential", "anonymous")
KIND_LABELS = {
    "single": "One of several",
    "multiple": "Any of several",
    "scale_5": "1 to 5",
    "scale_10": "0 to 10",
    "text": "In their own words",
}
SCALES = {"scale_5": range(1, 6), "scale_10": range(11)}
MOST_QUESTIONS = 10
FEWEST_OPTIONS, MOST_OPTIONS = 2, 10
QUESTION = 300  # characters; Slack's section takes 3,000, people do not
OPTION = 75  # characters: what Slack's button takes
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=90)  # of the close, from now on
FEW = 5  # R13: fewer answers than that are not shown, unless the pulse is named
FEW_TEXTS = 10  # the same for answers in somebody's own words
FEWEST_INVITED = {"named": 1, "confidential": FEW, "anonymous": 8}
STEP = 5  # in which "answered so far" is told while results are hidden


@dataclass(frozen=True)
class PulseQuestion:
    """One question; `kind` is one of QUESTION_KINDS, `options` are for a choice only."""

    text: str
    kind: str
    options: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """All that can be chosen, in its order: the options, or the steps of a scale; nothing where people write."""
        if self.kind in SCALES:
            return tuple(str(step) for step in SCALES[self.kind])
        return self.options if self.kind in ("single", "multiple") else ()


@dataclass(frozen=True)
class PulseFields:
    """A pulse as its form has it.

    `channel_id` is where it is posted; empty means by direct message, which costs each person one ask of their budget.
    `shares_results` says that those who were asked get the results, too, and not only the asker.
    """

    questions: tuple[PulseQuestion, ...]
    audience: Audience
    channel_id: str
    privacy: str
    closes_at: datetime | None
    reminders: bool
    shares_results: bool


@dataclass(frozen=True)
class OneLine:
    """What `/pulse "Is it usable?" Yes | No` asks."""

    question: PulseQuestion


def questions_to_json(questions: Sequence[PulseQuestion]) -> str:
    """As a row keeps them; options that a kind has no use for are left out."""
    kept = [
        {"text": one.text, "kind": one.kind, "options": list(one.labels) if one.kind not in SCALES else []}
        for one in questions
    ]
    return json.dumps(kept, ensure_ascii=False)


def questions_from_json(kept: str) -> tuple[PulseQuestion, ...]:
    """Back from a row."""
    return tuple(PulseQuestion(one["text"], one["kind"], tuple(one["options"])) for one in json.loads(kept))


def questions_mark(questions: Sequence[PulseQuestion]) -> str:
    """What buttons and forms carry along to tell whether they still show the questions as they are: 8 characters."""
    return hashlib.sha256(questions_to_json(questions).encode()).hexdigest()[:8]


def takes_one_tap(questions: Sequence[PulseQuestion]) -> bool:
    """Whether one tap answers them all: a single question of which one answer is chosen."""
    return len(questions) == 1 and questions[0].kind in ("single", "scale_5", "scale_10")


def shows_live(privacy: str) -> bool:
    """Whether counts are shown while a pulse is open: only where names are shown, too (R13)."""
    return privacy == "named"


def may_change(privacy: str) -> bool:
    """Whether an answer can be changed until the close: not where nobody can tell any more whose it is."""
    return privacy != "anonymous"


def asks_own_group(roles: frozenset[str]) -> bool:
    """Whether whoever starts a pulse with these roles asks their own group only: a manager does, an executive not."""
    return "executive" not in roles


def in_steps(answered: int) -> int:
    """How many have answered so far, as it may be told while results are hidden: down to a multiple of STEP."""
    return answered - answered % STEP


def privacy_words(privacy: str) -> str:
    """What everybody reads before they answer, plain text."""
    return {
        "named": "Named: whoever asks sees who answered what. You can change your answer until the close.",
        "confidential": (
            "Confidential: nobody is shown who answered what, not even whoever asks. Results come once, at the close, "
            f"and only for {FEW} answers and more ({FEW_TEXTS} where you write). Groundswell keeps whose answer is "
            "whose, to let you change yours and to remind the others; whoever runs the server could look it up."
        ),
        "anonymous": (
            "Anonymous: confidential while open, unlinkable after close. Results come once, at the close, and only for "
            f"{FEW} answers and more ({FEW_TEXTS} where you write). An answer can't be changed, as nobody can tell "
            "which is yours. Until the close whoever runs the server might find out from its files; then that is "
            "destroyed. What you write yourself may tell who you are."
        ),
    }[privacy]


def check_pulse_fields(fields: PulseFields, now: datetime, invited: int) -> dict[str, str]:
    """What is wrong with a form, a sentence a field; empty if the pulse can start now.

    `invited` is how many people the audience has: active people, no bots. Fields are "question0", "options0", "kind0"
    and so on, "privacy", "closes_at", "audience", and those of `bot.domain.audience.check_audience`.
    """
    wrong: dict[str, str] = {}
    if not fields.questions:
        wrong["question0"] = "Ask at least one question."
    if len(fields.questions) > MOST_QUESTIONS:
        wrong[f"question{MOST_QUESTIONS}"] = f"{MOST_QUESTIONS} questions are the most. Short pulses are answered more."
    seen: set[str] = set()
    for number, question in enumerate(fields.questions[:MOST_QUESTIONS]):
        wrong |= _wrong_question(question, number, seen)
        seen.add(_same(question.text))
    if sentence := wrong_close(fields.closes_at, now):
        wrong["closes_at"] = sentence
    return wrong | check_audience(fields.audience) | _wrong_group(fields.privacy, invited)


def wrong_close(closes_at: datetime | None, now: datetime) -> str:
    """What is wrong with the moment of a close, a sentence; empty if it will do."""
    if closes_at is None:
        return "When does it close? A pulse always has an end."
    if closes_at <= now:
        return "That moment is over. Choose a later one."
    if closes_at < now + SOONEST:
        return "That is less than 15 minutes ahead; nobody would have the time to answer."
    if closes_at > now + LATEST:
        return f"That is more than {LATEST.days} days ahead. Choose an earlier day."
    return ""


def read_one_line(text: str) -> OneLine | str:
    """What stands behind `/pulse` in one line; a sentence says what is wrong with it.

    The question stands in quotation marks, straight or curly, and then either its options with | between them, or
    a scale: 1 to 5, 0 to 10.
    """
    found = _ONE_LINE.fullmatch(clean(text))
    if found is None:
        return f"Put the question into quotation marks, like {EXAMPLE}"
    asked, rest = " ".join(found["question"].split()), found["rest"].strip()
    scale = _SCALE.fullmatch(rest)
    if scale is not None:
        kind = {("1", "5"): "scale_5", ("0", "10"): "scale_10"}.get((scale[1], scale[2]))
        if kind is None:
            return "There are two scales: 1 to 5 and 0 to 10."
        question = PulseQuestion(asked, kind)
    else:
        question = PulseQuestion(asked, "single", tuple(_option(one) for one in rest.split("|")) if rest else ())
        if question.options and set(_MARKS) & set(question.options[0]):
            return f"I can't tell where the question ends. Put quotation marks around it and nowhere else: {EXAMPLE}"
    return next(iter(_wrong_question(question, 0, set()).values()), "") or OneLine(question)


def _wrong_question(question: PulseQuestion, number: int, seen: set[str]) -> dict[str, str]:
    field = f"question{number}"
    if len(question.text) > QUESTION:
        said = (
            f"That is {len(question.text):,} characters; {QUESTION} fit into a question. Short ones are answered more."
        )
        return {field: said}
    if not _has_words(question.text):
        return {field: "A question needs words."}
    if _same(question.text) in seen:
        return {field: "That question is there already."}
    if question.kind not in QUESTION_KINDS:
        return {f"kind{number}": "Please choose how people answer."}
    if screen(question.text).held:
        return {field: HELD}
    sentence = _wrong_options(question.options) if question.kind in ("single", "multiple") else ""
    return {f"options{number}": sentence} if sentence else {}


def _wrong_options(options: Sequence[str]) -> str:
    if any(not one.strip() for one in options):
        return "One of the answers is empty."
    if len(options) < FEWEST_OPTIONS:
        return f"Give people at least {FEWEST_OPTIONS} answers to choose from, such as Yes | No."
    if len(options) > MOST_OPTIONS:
        return f"That is {count(len(options), 'answer', 'answers')}; {MOST_OPTIONS} are the most to choose from."
    for option in options:
        if len(option) > OPTION:
            return f"An answer has {len(option):,} characters; {OPTION} fit on a button."
        if screen(option).held:
            return HELD
    if len({_same(one) for one in options}) < len(options):
        return "Two of the answers are the same."
    return ""


def _wrong_group(privacy: str, invited: int) -> dict[str, str]:
    if privacy not in PRIVACY:
        return {"privacy": "Please choose who will see the answers."}
    if invited < 1:
        return {"audience": "Nobody fits that, so there is nobody to ask. Choose more people."}
    fewest = FEWEST_INVITED[privacy]
    if invited < fewest:
        people = count(invited, "person", "people")
        return {"privacy": f"That asks {people}; {privacy} takes {fewest} or more, or it would tell who said what."}
    return {}


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()


def _option(text: str) -> str:
    text = " ".join(text.split())
    return text[1:-1].strip() if len(text) > 1 and text[0] in _MARKS and text[-1] in _MARKS else text


def _has_words(text: str) -> bool:
    return bool(_LETTER.search(text))


_MARKS = '"“”„‟«»'
EXAMPLE = '"Is the new price sheet usable?" Yes | No | Not seen'
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_ONE_LINE = re.compile(rf"[{_MARKS}](?P<question>[^{_MARKS}]*)[{_MARKS}](?P<rest>.*)", re.DOTALL)
_SCALE = re.compile(r"(\d+)\s*(?:to|-|–|\.\.)\s*(\d+)", re.IGNORECASE)
