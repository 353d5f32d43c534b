"""When a digest is due: on the chosen day and hour, once for a date, and no day is told twice or left out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest_plan import (
    DEPTHS,
    DigestPlan,
    days_due,
    due_at,
    is_too_late,
    is_working_time,
    may_go_out,
    next_due,
    period_of,
)

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
ZONES = ("UTC", "America/New_York", "Europe/Lisbon", "Asia/Kolkata", "Australia/Sydney", "America/St_Johns")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WEEKLY, FORTNIGHTLY = DigestPlan(), DigestPlan(rhythm="every_other_week")
PLANS = st.builds(
    DigestPlan, st.integers(0, 6), st.integers(0, 23), st.just("usual"), st.sampled_from(["weekly", "every_other_week"])
)


@given(st.integers(0, 3 * 365 * 24 * 60), st.sampled_from(ZONES))
def test_every_monday_is_due_once_at_nine_where_the_reader_is(minutes: int, tz: str) -> None:
    now, last, seen = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), None, []
    for hours in range(0, 24 * 21, 7):
        for monday in days_due(WEEKLY, now + timedelta(hours=hours), tz, since=LONG_AGO, after=last):
            seen.append(monday)
            last = monday
            local = due_at(monday, tz).astimezone(ZoneInfo(tz))
            assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
    assert seen == [seen[0] + timedelta(weeks=number) for number in range(len(seen))]
    assert len(seen) in (3, 4)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 24 * 20), PLANS), min_size=1, max_size=6), st.sampled_from(ZONES))
def test_whoever_changes_their_plan_is_told_of_each_day_once(changes: list[tuple[int, DigestPlan]], tz: str) -> None:
    """The periods follow each other without gap or overlap, whatever is chosen when; no date comes twice."""
    now, plan, changed, last, told = NOW, WEEKLY, LONG_AGO, None, []
    for hours, other in [*changes, (24 * 40, WEEKLY)]:
        for _ in range(hours):
            now += timedelta(hours=1)
            for day in days_due(plan, now, tz, since=changed, after=last):
                assert due_at(day, tz, plan.hour) >= changed
                told.append(period_of(plan, day, tz, after=last))
                last = day
        plan, changed = other, now
    assert [one.until for one in told] == sorted({one.until for one in told})
    for one, following in pairwise(told):
        assert following.first == one.until or following.until - one.until > timedelta(days=28)


def test_a_change_of_the_day_neither_repeats_nor_loses_one() -> None:
    thursday = DigestPlan(weekday=3)
    # On Monday the usual one has come; from Thursday on they want it then: what is new since Monday.
    found = days_due(thursday, datetime(2026, 11, 26, 9, tzinfo=UTC), "UTC", since=NOW, after=MONDAY)
    assert found == [date(2026, 11, 26)]
    period = period_of(thursday, found[0], "UTC", after=MONDAY)
    assert (period.first, period.until, period.name) == (MONDAY, date(2026, 11, 26), "Since your last digest")
    # Before Monday's was due they chose Thursday: the days since the last one are all in it, and none comes at once.
    before = datetime(2026, 11, 23, 8, tzinfo=UTC)
    last = MONDAY - timedelta(weeks=1)
    assert days_due(thursday, before, "UTC", since=before, after=last) == []
    assert next_due(thursday, before, "UTC", after=last) == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert period_of(thursday, date(2026, 11, 26), "UTC", after=last).first == last
    # The same day later: today's has come already.
    assert days_due(DigestPlan(hour=15), NOW + timedelta(hours=2), "UTC", since=NOW, after=MONDAY) == []


def test_every_other_week_is_every_other_week() -> None:
    due = [
        day
        for weeks in range(1, 6)
        for day in days_due(
            FORTNIGHTLY, NOW + timedelta(weeks=weeks), "UTC", since=LONG_AGO, after=MONDAY + timedelta(weeks=weeks - 1)
        )
    ]
    assert due == []
    assert days_due(FORTNIGHTLY, NOW + timedelta(weeks=5), "UTC", since=LONG_AGO, after=MONDAY) == [
        date(2026, 12, 7), date(2026, 12, 21),
    ]  # fmt: skip
    assert next_due(FORTNIGHTLY, NOW, "UTC", after=MONDAY) == datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert period_of(FORTNIGHTLY, date(2026, 12, 7), "UTC", after=MONDAY).name == "Your two weeks"
    never = DigestPlan(rhythm="never")
    assert days_due(never, NOW, "UTC", since=LONG_AGO, after=None) == []
    assert next_due(never, NOW, "UTC") is None


def test_the_next_one_is_the_one_that_home_tells() -> None:
    assert next_due(WEEKLY, NOW, "UTC") == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert next_due(WEEKLY, NOW, "America/Los_Angeles") == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert next_due(WEEKLY, due_at(MONDAY, "UTC"), "UTC") == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert next_due(WEEKLY, NOW - timedelta(weeks=3), "UTC", after=MONDAY) == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_mondays_before_the_app_or_after_the_last_one_only() -> None:
    def due(since: datetime, after: date | None) -> list[date]:
        return days_due(WEEKLY, NOW, "UTC", since=since, after=after)

    assert due(NOW - timedelta(hours=1), None) == []
    assert due(LONG_AGO, None) == [MONDAY]
    assert due(LONG_AGO, MONDAY - timedelta(weeks=2)) == [MONDAY - timedelta(weeks=1), MONDAY]
    assert len(due(LONG_AGO, date(2020, 1, 6))) == 13


def test_after_a_long_rest_it_starts_anew() -> None:
    assert period_of(WEEKLY, MONDAY, "UTC", after=None).days == 7
    assert period_of(WEEKLY, MONDAY, "UTC", after=MONDAY - timedelta(days=300)).days == 7
    assert period_of(FORTNIGHTLY, MONDAY, "UTC", after=None).days == 14
    assert period_of(WEEKLY, MONDAY, "UTC", after=MONDAY - timedelta(days=20)).days == 20


def test_two_days_late_is_late_enough_and_a_weekend_is_no_delay() -> None:
    due = due_at(MONDAY, "UTC")
    assert not is_too_late(due, "UTC", due + timedelta(days=2))
    assert is_too_late(due, "UTC", due + timedelta(days=2, seconds=1))
    saturday = due_at(date(2026, 11, 28), "UTC")
    assert not is_too_late(saturday, "UTC", datetime(2026, 11, 30, 17, tzinfo=UTC))
    assert is_too_late(saturday, "UTC", datetime(2026, 12, 2, 10, tzinfo=UTC))


def test_at_the_chosen_hour_it_comes_and_later_it_wakes_nobody() -> None:
    sunday = due_at(date(2026, 11, 29), "UTC", 20)
    assert may_go_out(sunday, "UTC", sunday + timedelta(minutes=20))
    assert not may_go_out(sunday, "UTC", sunday + timedelta(hours=2))
    assert may_go_out(sunday, "UTC", datetime(2026, 11, 30, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("local", "works"),
    [("2026-11-23T08:59", False), ("2026-11-23T09:00", True), ("2026-11-27T17:59", True), ("2026-11-27T18:00", False),
     ("2026-11-28T11:00", False), ("2026-11-29T11:00", False)],
)  # fmt: skip
def test_working_hours_are_the_readers(local: str, works: bool) -> None:
    for tz in ZONES:
        now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)
        assert is_working_time(now, tz) == works


def test_a_plan_that_nobody_can_choose_is_refused() -> None:
    for wrong in ((7, 9, "usual", "weekly"), (0, 24, "usual", "weekly"), (0, 9, "deep", "weekly"), (0, 9, "usual", "")):
        with pytest.raises(ValueError, match="a plan has"):
            DigestPlan(*wrong)
    assert DigestPlan(4, 15, "short", "every_other_week").words == "every other week on Friday at 15:00"
    assert len(DEPTHS) == 3
