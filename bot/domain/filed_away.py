"""The filed-away check: when it is due, whom it asks, what follows from the answers, and what helps (P4)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from bot.domain.ask import AskCount
from bot.domain.audience import Audience
from bot.domain.feedback import USES
from bot.domain.wilson import Interval, answers_needed, fewest_to_exclude, wilson

KIND = "filed_away"  # of an ask
USED = "used_with_customer"
DAYS = {1: 14, 2: 42}  # after the release, by the check's number: day 14 and week 6
DUE_AT = time(9)  # where the owner is
OPEN_FOR = timedelta(days=7)  # in which answers count
LATEST = timedelta(days=14)  # a check that would begin later than that is skipped
HALF_WIDTH = 0.15  # of the 95 % interval that is wanted
RESPONSE = 0.5  # of those asked who are expected to answer
FINAL, EARLY = 0.95, 0.99  # how sure a verdict must be: when the answers are in, and before that
FEWEST = 5  # answers before there is a verdict, and of a region before its numbers are shown (R13)
FILED_AWAY, IN_USE, NOT_ENOUGH = VERDICTS = ("filed_away", "in_use", "not_enough")
REASONS = tuple(use for use in USES if use != USED)
ENDED = ("superseded", "retired", "expired")  # why a check may be cancelled, and come back if that is undone


def due_at(released_at: datetime, number: int, tz: str) -> datetime:
    """When a check is due, in UTC: so many days after the day of the release, at nine where the owner is."""
    day = released_at.astimezone(ZoneInfo(tz)).date() + timedelta(days=DAYS[number])
    return datetime.combine(day, DUE_AT, ZoneInfo(tz)).astimezone(UTC)


def next_step(
    *, state: str, due: datetime, closes: datetime, ended: str, is_overtaken: bool, now: datetime
) -> tuple[str, str]:
    """What is to be done with a check now, and the reason where it is cancelled.

    The step is "wait", "open", "look" (are there enough answers?), "close", "cancel" or "plan" (once more). `ended` is
    one of `ENDED`, or empty while the version is the one to use; `is_overtaken` says that the next check of the same
    version is due as well.
    """
    if state == "cancelled":
        return ("plan", "") if not ended and due > now else ("wait", "")
    if ended:
        return "cancel", ended
    if state == "asking":
        return ("close" if closes <= now else "look"), ""
    if due > now:
        return "wait", ""
    if is_overtaken:
        return "cancel", "overtaken"
    return ("cancel", "too_late") if now - due > LATEST else ("open", "")


@dataclass(frozen=True)
class Sample:
    """How many answers are `wanted`, and how many people are `asked` for them."""

    wanted: int
    asked: int


def sample_of(intended: int, goal: float) -> Sample:
    """How many of the intended people to ask.

    Wanted are the answers that the interval needs (`HALF_WIDTH`), and at least as many as it takes to find an asset
    filed away when nobody uses it; asked are more, because not everybody answers.
    """
    wanted = max(answers_needed(HALF_WIDTH, population=intended), fewest_to_exclude(goal))
    wanted = min(wanted, intended)
    return Sample(wanted, min(intended, ceil(wanted / RESPONSE)))


def draw(check_id: int, people: Iterable[str], *, asked_before: frozenset[str] = frozenset()) -> list[str]:
    """The people in the random order in which they are asked; those who were asked before come last.

    Each one's place is the SHA-256 of check and person: nobody chooses it, each check has another order, and it is the
    same again after a restart, so that the next in line is known without a list being kept.
    """

    def place(user_id: str) -> tuple[bool, bytes]:
        return user_id in asked_before, hashlib.sha256(f"{check_id} {user_id}".encode()).digest()

    return sorted(set(people), key=place)


@dataclass(frozen=True)
class Uses:
    """How many people gave which of the five answers, by the words of `bot.domain.feedback.USES`."""

    by_use: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """All answers. Those of people for whose accounts it is not count too: it was meant for them."""
        return sum(self.by_use.values())

    @property
    def used(self) -> int:
        """How many used it with a customer."""
        return self.by_use.get(USED, 0)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why it was not used, the most frequent reason first."""
        found = [(reason, self.by_use.get(reason, 0)) for reason in REASONS]
        return sorted((one for one in found if one[1]), key=lambda one: -one[1])

    @property
    def interval(self) -> Interval:
        """The share that uses it: Wilson's 95 % interval."""
        return wilson(self.used, self.answers, confidence=FINAL)


def judge(uses: Uses, goal: float, *, confidence: float = FINAL) -> str:
    """The verdict, one of `VERDICTS`: from the interval and never from the point (P4).

    Of fewer than five answers (`FEWEST`) none is given: the lower bound of 1 of 1 is over 20 % already.
    """
    if uses.answers < FEWEST:
        return NOT_ENOUGH
    interval = wilson(uses.used, uses.answers, confidence=confidence)
    if interval.high < goal:
        return FILED_AWAY
    return IN_USE if interval.low > goal else NOT_ENOUGH


def is_decided(uses: Uses, goal: float, *, wanted: int, is_anybody_left: bool) -> bool:
    """Whether the verdict can be told before the close.

    Either the answers have come in: as many as were wanted and they are clear, or all that can come. Or it is clear at
    99 %: who looks after each answer finds something by chance sooner or later, so an early look must see more.
    """
    if not is_anybody_left:
        return True
    if uses.answers >= wanted and judge(uses, goal) != NOT_ENOUGH:
        return True
    return judge(uses, goal, confidence=EARLY) != NOT_ENOUGH


@dataclass(frozen=True)
class RegionUses:
    """The answers of one region; `region` is empty where nobody said which."""

    region: str
    used: int
    answers: int


def shown_regions(regions: Iterable[RegionUses]) -> list[RegionUses]:
    """The regions whose numbers may be shown, the most answers first.

    Each has five answers or more (`FEWEST`), and so have those that are left out, all together: what is hidden must
    not follow from the whole (R13). One region alone says nothing that the whole does not.
    """
    every = sorted((one for one in regions if one.answers), key=lambda one: (-one.answers, one.region))
    shown = [one for one in every if one.answers >= FEWEST and one.region]
    hidden = sum(one.answers for one in every) - sum(one.answers for one in shown)
    while shown and 0 < hidden < FEWEST:
        hidden += shown.pop().answers
    return shown if len(every) > 1 else []


@dataclass(frozen=True)
class Why:
    """What somebody added to their answer: the feedback that holds it, its words, and who it was."""

    feedback_id: int
    use: str
    words: str
    name: str
    region: str


@dataclass(frozen=True)
class CheckResult:
    """What came of one check. `verdict` is empty where nobody fitted and so nobody was asked.

    `asks` is what became of the asks; `earlier` the answers to the check before it, `next_on` the day of the next one.
    `held` counts those who added words that are on hold.
    """

    number: int
    goal: float
    verdict: str
    uses: Uses
    intended: int = 0
    asks: AskCount = field(default_factory=AskCount)
    regions: tuple[RegionUses, ...] = ()
    whys: tuple[Why, ...] = ()
    held: int = 0
    earlier: Uses | None = None
    next_on: date | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class CheckFinding:
    """One verdict in short: of which version, from which check, and when it came."""

    version_id: int
    number: int
    verdict: str
    uses: Uses
    at: datetime


@dataclass(frozen=True)
class CheckStanding:
    """Where the checks of a version stand: the latest verdict, until when people are asked, when the next one comes."""

    found: CheckFinding | None = None
    asking_until: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What lies ahead of the checks of a version: their days where its owner is, and whom they ask.

    `regions` are all that can be chosen. `is_planned` says that it is so already, and not only if it were released.
    """

    days: tuple[date, ...] = ()
    audience: Audience = field(default_factory=Audience)
    regions: tuple[str, ...] = ()
    is_planned: bool = False
