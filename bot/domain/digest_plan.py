"""When somebody's digest comes, and how much of it: on their day, at their hour, and once for a date (R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.digest_period import Period, day_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NEVER = "never"
RHYTHMS = {"weekly": "Every week", "every_other_week": "Every other week", NEVER: "Never by itself"}
SHORT, USUAL, EVERYTHING = "short", "usual", "everything"
DEPTHS = {
    SHORT: "Short: what needs me and the top lines",
    USUAL: "Usual: one screen, details in its thread",
    EVERYTHING: "With everything: the details at once",
}
FRIDAY = 4
ON_TIME = timedelta(hours=1)  # after it was due, whatever the hour: it was chosen
LATEST = timedelta(days=2)  # a digest that comes later than that is old news and is skipped
WORKDAY = (time(9), time(18))  # a late digest comes between these, Monday to Friday, where the reader is
WEEKS_BACK = 13  # in which dates without a slot are looked for
LONGEST_GAP = timedelta(days=28)  # since the last one, that the next one covers; after a longer rest it starts anew
_STEPS = {"weekly": (1, 7), "every_other_week": (8, 14)}  # days to the last one at least, and that one covers


@dataclass(frozen=True)
class DigestPlan:
    """What somebody chose: the day (0 is Monday) and hour where they are, the depth, and how often."""

    weekday: int = 0
    hour: int = 9
    depth: str = USUAL
    rhythm: str = "weekly"

    def __post_init__(self) -> None:
        """Check what comes from a form.

        Raises:
            ValueError: there is no such day, hour, depth or rhythm.
        """
        if (
            not (0 <= self.weekday < 7 and 0 <= self.hour < 24)
            or self.depth not in DEPTHS
            or self.rhythm not in RHYTHMS
        ):
            raise ValueError("a plan has a day, an hour, a depth and a rhythm")

    @property
    def comes(self) -> bool:
        """Whether it comes by itself."""
        return self.rhythm != NEVER

    @property
    def words(self) -> str:
        """When it comes, "every other week on Monday at 09:00"."""
        if not self.comes:
            return "never by itself"
        return f"{RHYTHMS[self.rhythm].lower()} on {WEEKDAYS[self.weekday]} at {self.hour:02}:00"


# Whoever reads on behalf of marketing, a team or the company reads each week; a rep hears what became of their words,
# and that takes longer. Compliance and admins have work of their own to be told of: theirs comes when they ask.
USUAL_PLANS = {
    "marketer": DigestPlan(),
    "executive": DigestPlan(),
    "manager": DigestPlan(),
    "overview": DigestPlan(rhythm=NEVER),
    "rep": DigestPlan(rhythm="every_other_week"),
}


@lru_cache(maxsize=1_000)
def due_at(day: date, tz: str, hour: int = 9) -> datetime:
    """When the digest of a date is due, in UTC."""
    return datetime.combine(day, time(hour), ZoneInfo(tz)).astimezone(UTC)


def days_due(plan: DigestPlan, now: datetime, tz: str, *, since: datetime, after: date | None) -> list[date]:
    """The dates whose digest is due by now, the oldest first: not before `since`, later than the last one, `after`.

    `since` is when the app came or, later, when the plan was changed: a date that was chosen too late counts no more,
    and what lies before it is in the next one. Where there was no digest yet only the newest date counts.
    """
    if not plan.comes:
        return []
    newest = _weekday_before(day_of(now, tz), plan.weekday)
    days = [newest - timedelta(weeks=weeks) for weeks in range(WEEKS_BACK) if weeks == 0 or after is not None]
    if after is None and due_at(newest, tz, plan.hour) > now:
        days = [newest - timedelta(weeks=1)]
    found: list[date] = []
    for day in reversed(days):
        last = found[-1] if found else after
        if since <= due_at(day, tz, plan.hour) <= now and _is_next(plan, day, last):
            found.append(day)
    return found


def next_due(plan: DigestPlan, now: datetime, tz: str, *, after: date | None = None) -> datetime | None:
    """When the next digest comes if the last one was on `after`, in UTC; None if it comes never."""
    if not plan.comes:
        return None
    today = day_of(now, tz)
    first = _weekday_before(max(today, after or today), plan.weekday)
    days = [first + timedelta(weeks=weeks) for weeks in range(4)]
    return next(due for day in days if _is_next(plan, day, after) and (due := due_at(day, tz, plan.hour)) > now)


def period_of(plan: DigestPlan, day: date, tz: str, *, after: date | None) -> Period:
    """What the digest of a date is about: the days since the last one, so that nothing is told twice or left out.

    That is the last week, or two, where no day was changed. Without a last one, or after a long rest, it is the same.
    """
    length = timedelta(days=_STEPS[plan.rhythm][1] if plan.comes else 7)
    is_known = after is not None and timedelta(0) < day - after <= LONGEST_GAP
    first = after if is_known and after is not None else day - length
    names = {7: "Your week", 14: "Your two weeks"}
    return Period(first, day, tz, names.get((day - first).days, "Since your last digest"))


def may_go_out(due: datetime, tz: str, now: datetime) -> bool:
    """Whether a digest that is due may go out now: at the hour that was chosen, and later in working hours."""
    return now - due < ON_TIME or is_working_time(now, tz)


def is_too_late(due: datetime, tz: str, now: datetime) -> bool:
    """Whether a digest would be old news by now; one that was due at a weekend is as fresh on Monday morning."""
    local = due.astimezone(ZoneInfo(tz))
    if local.weekday() > FRIDAY:
        due = due_at(local.date() + timedelta(days=7 - local.weekday()), tz)
    return now - due > LATEST


def is_working_time(now: datetime, tz: str) -> bool:
    """Whether it is a working hour where the reader is: nobody is woken by what comes late."""
    local = now.astimezone(ZoneInfo(tz))
    return local.weekday() <= FRIDAY and WORKDAY[0] <= local.time() < WORKDAY[1]


def _is_next(plan: DigestPlan, day: date, last: date | None) -> bool:
    return last is None or (day - last).days >= _STEPS[plan.rhythm][0]


def _weekday_before(day: date, weekday: int) -> date:
    """The latest such weekday up to a day."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)
