"""Pictures by their numbers: what a message of the outbox carries until bot/drawing.py makes an image of it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.text import clean, clip

MOST_ROWS = 12  # more cannot be read on a phone
LONGEST_ALT = 2000  # characters; Slack's limit for alt_text
EXACT = 1e-9  # shares come from floating-point formulas


@dataclass(frozen=True)
class IntervalRow:
    """A share and what it may be: `low`, `point` and `high` from 0 to 1; `count` says it in words, "3 of 24"."""

    label: str
    low: float
    point: float
    high: float
    count: str

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: they are not in order between 0 and 1.
        """
        numbers = (-EXACT, self.low, self.point + EXACT, self.high + 2 * EXACT, 1 + 4 * EXACT)
        if not all(math.isfinite(one) for one in numbers) or list(numbers) != sorted(numbers):
            raise ValueError("an interval has 0 <= low <= point <= high <= 1")

    @property
    def said(self) -> str:
        """The numbers in words: "3 of 24, likely 4 to 31 %"."""
        return f"{self.count}, likely {self.low * 100:.0f} to {self.high * 100:.0f} %"


@dataclass(frozen=True)
class Goal:
    """A line that the intervals are held against: a share from 0 to 1, and its words with the number, "Goal 20 %"."""

    share: float
    label: str

    def __post_init__(self) -> None:
        """Check the number.

        Raises:
            ValueError: it is not between 0 and 1.
        """
        if not 0 <= self.share <= 1:
            raise ValueError("a goal is a share between 0 and 1")


@dataclass(frozen=True)
class BarRow:
    """So many (`count`) of so many (`of`), and perhaps what their share is `likely` to be, low and high from 0 to 1."""

    label: str
    count: int
    of: int
    likely: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: there are more than there can be, or the share is not within what is likely.
        """
        if not 0 <= self.count <= self.of:
            raise ValueError("a bar has 0 <= count <= of")
        if self.likely is not None:
            IntervalRow(self.label, self.likely[0], self.share, self.likely[1], "")

    @property
    def share(self) -> float:
        """From 0 to 1; nothing of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @property
    def said(self) -> str:
        """The numbers in words: "12 of 40", or with what is likely "12 of 40, likely 18 to 45 %"."""
        told = f"{self.count:,} of {self.of:,}"
        if self.likely is None:
            return told
        low, high = self.likely
        return f"{told}, likely {low * 100:.0f} to {high * 100:.0f} %"


@dataclass(frozen=True)
class IntervalPicture:
    """One or several shares with their intervals on one scale from 0 to 100 %, perhaps against a goal."""

    title: str
    rows: tuple[IntervalRow, ...]
    goal: Goal | None = None

    def __post_init__(self) -> None:
        """Check the number of rows.

        Raises:
            ValueError: none, or too many to be read.
        """
        _check_rows(self.rows)

    @property
    def alt_text(self) -> str:
        """The picture in a few words, for whoever does not see it."""
        goal = [self.goal.label] if self.goal else []
        return _sentences(self.title, *(f"{row.label}: {row.said}" for row in self.rows), *goal)

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it; `from_json` gives it back."""
        return {"kind": "interval", **asdict(self)}


@dataclass(frozen=True)
class BarsPicture:
    """Counts as horizontal bars, each as long as its share, perhaps with what is likely as a line on it."""

    title: str
    rows: tuple[BarRow, ...]

    def __post_init__(self) -> None:
        """Check the number of rows.

        Raises:
            ValueError: none, or too many to be read.
        """
        _check_rows(self.rows)

    @property
    def has_intervals(self) -> bool:
        """Whether any of its bars says what is likely."""
        return any(row.likely is not None for row in self.rows)

    @property
    def alt_text(self) -> str:
        """The picture in a few words, for whoever does not see it."""
        return _sentences(self.title, *(f"{row.label}: {row.said}" for row in self.rows))

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it; `from_json` gives it back."""
        return {"kind": "bars", **asdict(self)}


@dataclass(frozen=True)
class ScalePicture:
    """How often each step of a scale was chosen, as columns side by side; the scale begins with `first`."""

    title: str
    first: int
    counts: tuple[int, ...]
    mean: float

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: too few or too many steps, a negative count, or a mean that is not on the scale.
        """
        _check_rows(self.counts)
        if min(self.counts) < 0 or not self.first <= self.mean <= self.first + len(self.counts) - 1:
            raise ValueError("a scale has counts, and its mean lies on it")

    @property
    def mean_words(self) -> str:
        """ "Mean 3.8 of 30 answers"."""
        return f"Mean {self.mean:.1f} of {sum(self.counts):,} answers"

    @property
    def alt_text(self) -> str:
        """The picture in a few words, for whoever does not see it."""
        steps = ", ".join(f"{self.first + place}: {hits:,}" for place, hits in enumerate(self.counts))
        return _sentences(self.title, steps, self.mean_words)

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it; `from_json` gives it back."""
        return {"kind": "scale", **asdict(self)}


@dataclass(frozen=True)
class WeeksPicture:
    """How much there was in each week, as columns side by side; `first` and `last` name the weeks at both ends."""

    title: str
    weeks: tuple[int, ...]
    first: str
    last: str

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: too few or too many weeks, or a negative count.
        """
        _check_rows(self.weeks)
        if min(self.weeks) < 0:
            raise ValueError("a week has a count")

    @property
    def alt_text(self) -> str:
        """The picture in a few words, for whoever does not see it."""
        numbers = ", ".join(f"{hits:,}" for hits in self.weeks)
        return _sentences(self.title, f"From {self.first} to {self.last}: {numbers}")

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it; `from_json` gives it back."""
        return {"kind": "weeks", **asdict(self)}


Picture = IntervalPicture | BarsPicture | ScalePicture | WeeksPicture


def from_json(told: Mapping[str, Any]) -> Picture:
    """The picture that `to_json` described.

    Raises:
        ValueError: it describes none.
    """
    try:
        if told["kind"] == "interval":
            goal = Goal(**told["goal"]) if told["goal"] else None
            return IntervalPicture(told["title"], tuple(IntervalRow(**row) for row in told["rows"]), goal)
        if told["kind"] == "bars":
            return BarsPicture(told["title"], tuple(_bar_from(row) for row in told["rows"]))
        if told["kind"] == "scale":
            return ScalePicture(told["title"], told["first"], tuple(told["counts"]), told["mean"])
        if told["kind"] == "weeks":
            return WeeksPicture(told["title"], tuple(told["weeks"]), told["first"], told["last"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no picture: {type(error).__name__}") from None
    raise ValueError("an unknown kind of picture")


def _bar_from(told: Mapping[str, Any]) -> BarRow:
    likely = told.get("likely")
    return BarRow(told["label"], told["count"], told["of"], (likely[0], likely[1]) if likely else None)


def _check_rows(rows: tuple[object, ...]) -> None:
    if not 0 < len(rows) <= MOST_ROWS:
        raise ValueError(f"a picture has 1 to {MOST_ROWS} rows")


def _sentences(*told: str) -> str:
    ended = [one if one.endswith((".", "!", "?", "…")) else f"{one}." for one in (_line(one) for one in told) if one]
    return clip(" ".join(ended), LONGEST_ALT) or "A picture."


def _line(text: str) -> str:
    return " ".join(clean(text).split())
