"""The numbers of a pulse's result: turnout, counts, shares with their intervals, and what silence could change."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from bot.domain.pulse import SCALES, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer, answers_from
from bot.domain.wilson import Interval, wilson


@dataclass(frozen=True)
class Turnout:
    """How many people of a group were invited, and how many of them answered; `group` is empty where it is unknown."""

    group: str
    invited: int
    answered: int

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: more answered than were invited.
        """
        if not 0 <= self.answered <= self.invited:
            raise ValueError("a turnout has 0 <= answered <= invited")


@dataclass(frozen=True)
class Ballot:
    """What one person answered. `group` is None where nobody can tell any more; only a named pulse has the `name`."""

    answers: tuple[PulseAnswer, ...]
    group: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Share:
    """So many (`hits`) of those who answered (`of`) chose this; so many people were `invited`."""

    label: str
    hits: int
    of: int
    invited: int

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval."""
        return wilson(self.hits, self.of)

    @property
    def team_low(self) -> Fraction:
        """The share among all who were invited if nobody of the silent ones thinks so; exact."""
        return Fraction(self.hits, self.invited) if self.invited else Fraction(0)

    @property
    def team_high(self) -> Fraction:
        """The share among all who were invited if all the silent ones think so; exact."""
        return Fraction(self.hits + self.invited - self.of, self.invited) if self.invited else Fraction(1)

    @property
    def likely(self) -> tuple[float, float]:
        """What the share among all who were invited is likely to be: the interval, within what silence can change."""
        return max(self.interval.low, float(self.team_low)), min(self.interval.high, float(self.team_high))

    @property
    def count_words(self) -> str:
        """ "21 of 30"."""
        return f"{self.hits:,} of {self.of:,}"

    @property
    def said(self) -> str:
        """ "21 of 30 = 70 % of voters; 35 to 85 % of the team", the latter rounded outwards so that it is true."""
        percent = f"{100 * self.interval.point:.0f} %"
        if self.of == self.invited:
            return f"{self.count_words} = {percent} of the team"
        low, high = floor(100 * self.team_low), ceil(100 * self.team_high)
        return f"{self.count_words} = {percent} of voters; {low} to {high} % of the team"


@dataclass(frozen=True)
class Mean:
    """The mean on a scale: `point` among those who answered, and between `team_low` and `team_high` among all who were
    invited, whatever the silent ones think; all of them exact.
    """

    point: Fraction
    team_low: Fraction
    team_high: Fraction


@dataclass(frozen=True)
class Tally:
    """The answers of a group, or of everybody where `group` is empty, to one question.

    `of` people answered, `hits` are counts by the places of `PulseQuestion.labels`.
    """

    group: str
    invited: int
    of: int
    hits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Said:
    """What somebody wrote; the name only in a named pulse."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class QuestionResult:
    """What may be shown about one question. `whole` is None where too few answered, and then there is nothing else."""

    question: PulseQuestion
    whole: Tally | None = None
    groups: tuple[Tally, ...] = ()
    said: tuple[Said, ...] = ()

    def shares(self, tally: Tally) -> tuple[Share, ...]:
        """The shares of all that could be chosen, in its order."""
        labelled = zip(self.question.labels, tally.hits, strict=True)
        return tuple(Share(label, hits, tally.of, tally.invited) for label, hits in labelled)

    def mean(self, tally: Tally) -> Mean | None:
        """The mean, None for what is no scale or where nobody answered."""
        if self.question.kind not in SCALES or not tally.of:
            return None
        steps, silent = SCALES[self.question.kind], tally.invited - tally.of
        total = sum(step * hits for step, hits in zip(steps, tally.hits, strict=True))
        return Mean(
            point=Fraction(total, tally.of),
            team_low=Fraction(total + silent * steps[0], tally.invited),
            team_high=Fraction(total + silent * steps[-1], tally.invited),
        )


@dataclass(frozen=True)
class PulseResult:
    """All that may be shown of a pulse that has closed, and nothing more: it is what is kept and what everything else
    is made of.

    `answered` is None where fewer than FEW did. `turnout` has the groups that may be shown, `hidden` is the number of
    the others. `ballots` are there in a named pulse only.
    """

    invited: int
    answered: int | None
    turnout: tuple[Turnout, ...]
    hidden: int
    questions: tuple[QuestionResult, ...]
    ballots: tuple[Ballot, ...] = ()

    def to_json(self) -> str:
        """As a row keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "PulseResult":
        """Back from a row."""
        told = json.loads(kept)
        return cls(
            invited=told["invited"],
            answered=told["answered"],
            turnout=tuple(Turnout(**one) for one in told["turnout"]),
            hidden=told["hidden"],
            questions=tuple(_question_from(one) for one in told["questions"]),
            ballots=tuple(_ballot_from(one) for one in told["ballots"]),
        )


def _question_from(told: Mapping[str, Any]) -> QuestionResult:
    asked = told["question"]
    return QuestionResult(
        question=PulseQuestion(asked["text"], asked["kind"], tuple(asked["options"])),
        whole=_tally_from(told["whole"]) if told["whole"] else None,
        groups=tuple(_tally_from(one) for one in told["groups"]),
        said=tuple(Said(**one) for one in told["said"]),
    )


def _tally_from(told: Mapping[str, Any]) -> Tally:
    return Tally(told["group"], told["invited"], told["of"], tuple(told["hits"]))


def _ballot_from(told: Mapping[str, Any]) -> Ballot:
    return Ballot(answers_from(told["answers"]), told["group"], told["name"])
