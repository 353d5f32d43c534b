"""What the App Home tells of before it becomes blocks: the use of assets, a group, what is owed, and health."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.filed_away import CheckFinding

FEWEST = 5  # people who must have spoken before numbers are shown to whoever may see no names
WEEKS = 13  # that are looked back on, a quarter like the digest's sections
EXPIRES_SOON = timedelta(days=90)  # the first rung of the expiry ladder
LATE = timedelta(days=30)  # in which uses of old versions and held words are counted
CLOCK_IS_LATE = timedelta(minutes=5)  # a tick comes every few seconds; after this something is wrong
STEPS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Use:
    """What was said of one asset version, or of several together, in the weeks looked back on.

    People are counted once. `weeks` are the uses with customers by week, the newest last.
    """

    said: int = 0
    people: int = 0
    uses: int = 0
    users: int = 0
    helped: int = 0
    hurt: int = 0
    ratings: int = 0
    rating_sum: int = 0
    weeks: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        """The mean rating, None if nobody rated."""
        return self.rating_sum / self.ratings if self.ratings else None


@dataclass(frozen=True)
class AssetUse:
    """An asset version that is out, and what the field makes of it; `check` is what its last filed-away check found."""

    version_id: int
    title: str
    version: str
    review_days: int | None
    expires_on: date | None
    use: Use = field(default_factory=Use)
    check: CheckFinding | None = None


@dataclass(frozen=True)
class Owed:
    """Somebody who waits for the reader's first reply, which is due at `due_at`; `words` is what they said."""

    feedback_id: int
    title: str
    name: str
    words: str
    due_at: datetime


@dataclass(frozen=True)
class Became:
    """One thing that came of what a person said.

    `kind` is "answered" (`by` answered in these `words`), "replaced" (the asset has the new version `words`) or
    "outcome" (of a pulse they were asked in: `words` is what was done). `about` is the asset's title, or the question.
    """

    kind: str
    about: str
    words: str
    at: datetime
    by: str = ""
    version_id: int = 0  # the new one, where the asset was replaced


@dataclass(frozen=True)
class OpenAsk:
    """A question that waits for the person's answer; `round_id` is a check-in's, 0 where another feature asks."""

    ask_id: int
    label: str
    closes_at: datetime
    round_id: int = 0
    can_wait: bool = True  # there is a reminder left to put it off to


@dataclass(frozen=True)
class NextAsk:
    """A question that is planned, and from when on it may come."""

    label: str
    at: datetime


@dataclass(frozen=True)
class GroupNumbers:
    """What a manager's people said in a month, and in the one before; the people are counted once in each.

    `size` is how many they are, `name` who they are in words, "" if nobody knows. `is_lost` and `is_unread` say that
    Slack shows their user group no more, or has not been asked yet.
    """

    name: str
    size: int
    this: Use
    before: Use
    is_lost: bool = False
    is_unread: bool = False


@dataclass(frozen=True)
class Owner:
    """Whoever owes first replies: how many, and how many of them are over their time."""

    name: str
    owed: int
    overdue: int


@dataclass(frozen=True)
class Ground:
    """What an executive sees of the quarter: the field's voice as a whole, what stands in which state, who owes what.

    `days` are review days by verdict ("in_use", "filed_away", "not_enough", "" for no check yet), `assets` how many.
    """

    use: Use
    people: int  # in the company
    asked: int  # pieces of feedback that are owed a reply by right
    answered: int
    held: int
    days: dict[str, int]
    assets: dict[str, int]
    owners: list[Owner] = field(default_factory=list)
    top: list[AssetUse] = field(default_factory=list)
    first_week: date | None = None  # the Monday of the first of `use.weeks`, of which the last is not over


@dataclass(frozen=True)
class OldUse:
    """An asset version that was used after it had ended, and by how many."""

    title: str
    version: str
    uses: int
    people: int


@dataclass(frozen=True)
class Duties:
    """What compliance sees: what has expired with nothing in its place, what expires soon, old versions in use, holds.

    `held` are texts by the reason for which they are held, in the last month.
    """

    expired: list[AssetUse]
    expiring: list[AssetUse]
    expired_total: int
    expiring_total: int
    old: list[OldUse] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """Whether all is well: the last tick (real time), messages that failed or of which nobody knows, failed jobs.

    `model` is the language model's name, "" if none is named; `left_out` how often it was left out this week.
    """

    ticked_at: datetime | None
    failed: int = 0
    uncertain: int = 0
    waiting: int = 0
    jobs_failed: int = 0
    model: str = ""
    left_out: int = 0

    def is_ticking(self, real_now: datetime) -> bool:
        """Whether the clock lives."""
        return self.ticked_at is not None and real_now - self.ticked_at < CLOCK_IS_LATE


def week_starts(now: datetime, tz: str, weeks: int = WEEKS, *, on_mondays: bool = False) -> list[datetime]:
    """The moments between so many weeks, the oldest first; one more than weeks.

    They end with the reader's day or, `on_mondays`, with the week that it is: the last one is not over then.
    """
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    end = today + timedelta(days=7 - today.weekday() if on_mondays else 1)
    days = [end - timedelta(days=7 * back) for back in range(weeks, -1, -1)]
    return [datetime(day.year, day.month, day.day, tzinfo=zone) for day in days]


def spark(numbers: Sequence[int]) -> str:
    """Numbers as a row of columns, "▁▃█"; nothing at all is an empty string."""
    most = max(numbers, default=0)
    if most <= 0:
        return ""
    return "".join(STEPS[round(max(0, one) / most * (len(STEPS) - 1))] for one in numbers)
