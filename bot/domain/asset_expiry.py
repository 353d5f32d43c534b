"""The expiry ladder: which message is due before an asset's last day, the evidence of use, and renewals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.working_time import SATURDAY, WorkingTime

RUNGS = (90, 60, 30, 0)  # days before the last day (P1)
LATEST = timedelta(days=30)  # after the last day; what would come later than that is old news
FURTHEST = 5  # years that a renewal may reach ahead
LIKED = 3.0  # the mean rating, from 1 to 5, under which an asset is better revised
ENOUGH = 3  # ratings, or people who used it, that speak for anything

OVERTAKEN = "a later message of the ladder had come due"
TOO_LATE = "it would have come more than 30 days after the last day"
NOBODY = "nobody answers for it"
SET_LATER = "the last day was set when that day had come"


@dataclass(frozen=True)
class Rung:
    """One message of the ladder: `days` before the last day, which is `day`."""

    days: int
    day: date

    @property
    def working_day(self) -> date:
        """When it is sent: at a weekend the Friday before, so that there is time to act."""
        return self.day - timedelta(days=max(0, self.day.weekday() - SATURDAY + 1))

    def due_at(self, work: WorkingTime) -> datetime:
        """When the owner's working hours of that day begin, in UTC."""
        return work.next_on(datetime.combine(self.working_day, time(0), work.zone))


@dataclass(frozen=True)
class Due:
    """What the ladder asks for at a moment: at most one message, and the rungs that are let pass, each with why."""

    send: Rung | None = None
    skip: tuple[tuple[Rung, str], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What the field said of one asset version in the last quarter. `people` are all who spoke of it, `users` those who
    used it with a customer, `regions` how many different ones they work in."""

    people: int = 0
    uses: int = 0
    users: int = 0
    regions: int = 0
    helped: int = 0
    hurt: int = 0
    ratings: int = 0
    rating_sum: int = 0

    @property
    def mean(self) -> float | None:
        """The mean rating, None if nobody rated it."""
        return self.rating_sum / self.ratings if self.ratings else None


def rungs_of(expires_on: date, released_on: date | None = None) -> list[Rung]:
    """The ladder of a last day, the earliest first; what lies before the release is no part of it."""
    rungs = [Rung(days, expires_on - timedelta(days=days)) for days in RUNGS]
    return [rung for rung in rungs if rung.days == 0 or released_on is None or rung.day > released_on]


def rungs_due(
    rungs: Collection[Rung], settled: Collection[int], *, expires_on: date, work: WorkingTime, now: datetime
) -> Due:
    """What to do about a ladder now; `settled` are the rungs that were sent or let pass already, by their days.

    After a jump of the clock the latest rung alone is sent. Outside working hours nothing is: it waits.
    """
    latest = min(settled, default=RUNGS[0] + 1)
    due = [rung for rung in rungs if rung.days not in settled and rung.due_at(work) <= now]
    ahead = [rung for rung in due if rung.days < latest]
    overtaken = tuple((rung, OVERTAKEN) for rung in due if rung not in ahead[-1:])
    if not ahead:
        return Due(None, overtaken)
    if now.astimezone(work.zone).date() > expires_on + LATEST:
        return Due(None, (*overtaken, (ahead[-1], TOO_LATE)))
    return Due(ahead[-1], overtaken) if work.is_on(now) else Due()


def rungs_passed(expires_on: date, today: date) -> list[Rung]:
    """The rungs that have gone by when somebody sets the last day, today: they know it."""
    return [rung for rung in rungs_of(expires_on) if rung.working_day <= today]


def check_renewal(chosen: date | None, *, expires_on: date | None, today: date) -> str:
    """What is wrong with a new last day, as a sentence; "" if it can be kept."""
    if chosen is None:
        return "Until which day may it be used now?"
    if chosen <= today:
        return "Choose a day that is still to come, so that it can be used."
    if expires_on is not None and chosen <= expires_on:
        return f"It may be used until {expires_on.day} {expires_on:%b %Y} as it is. Choose a later day."
    if chosen > _in_years(today, FURTHEST):
        return f"That is more than {FURTHEST} years ahead. Is the year right?"
    return ""


def next_version(versions: Collection[str]) -> str:
    """The name of the version after these, "v4" after "v2" and "v3"; "" where they are not counted like that."""
    counts = {version.strip().lower().removeprefix("v") for version in versions}
    if not counts or not all(count.isascii() and count.isdecimal() and len(count) < 6 for count in counts):
        return ""
    return f"v{max(map(int, counts)) + 1}"


def speaks_for(evidence: Evidence) -> str:
    """What the evidence speaks for: "renew", "revise", "retire", or "" where it says too little."""
    if evidence.uses == 0:
        return "retire" if evidence.people else ""
    is_rated = evidence.ratings >= ENOUGH
    if is_rated and (evidence.mean or 0) < LIKED:
        return "revise"
    if evidence.users < ENOUGH:
        return ""
    if evidence.hurt > evidence.helped:
        return "revise"
    return "renew" if evidence.helped > evidence.hurt or is_rated else ""


def _in_years(day: date, years: int) -> date:
    # On 29 February the day after: the last day that is allowed may be one more, never one less.
    return (
        date(day.year + years, day.month, day.day) if (day.month, day.day) != (2, 29) else date(day.year + years, 3, 1)
    )
