"""Working time by the person's own clock: night shifts, weekends, days on which the clock is turned, odd zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import read_working_hours
from bot.domain.working_time import WorkingHours, WorkingTime, parse_hours

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
QUARTER = timedelta(minutes=15)


def working(hours: str = "09:00-17:00", tz: str = "UTC") -> WorkingTime:
    return WorkingTime.of(hours, tz, "UTC")


def at(text: str, tz: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("09:00-17:00", "09:00-17:00"),
        (" 9.30 – 18.15 ", "09:30-18:15"),
        ("22:00-06:00", "22:00-06:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("22:00-24:00", "22:00-24:00"),
        ("22:00-00:00", "22:00-24:00"),
        ("23:59-00:01", "23:59-00:01"),
    ],
)
def test_hours_are_kept_in_one_form(told: str, kept: str) -> None:
    assert read_working_hours(told) == kept
    assert parse_hours(kept) == parse_hours(read_working_hours(kept))


@pytest.mark.parametrize("told", ["", "24:00-06:00", "09:00-09:00", "9-17", "25:00-26:00", "09:60-10:00", "always"])
def test_what_is_no_hours_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="no working hours"):
        parse_hours(told)


@pytest.mark.parametrize(
    ("hours", "tz", "moment", "is_on"),
    [
        ("09:00-17:00", "UTC", "2026-11-23T09:00", True),
        ("09:00-17:00", "UTC", "2026-11-23T08:59", False),
        ("09:00-17:00", "UTC", "2026-11-23T17:00", False),
        ("09:00-17:00", "UTC", "2026-11-28T12:00", False),  # a Saturday
        ("09:00-17:00", "America/New_York", "2026-11-23T13:59", False),
        ("09:00-17:00", "America/New_York", "2026-11-23T14:00", True),
        ("09:00-17:00", "Asia/Kathmandu", "2026-11-23T03:15", True),
        ("22:00-06:00", "UTC", "2026-11-27T23:00", True),  # Friday's night shift
        ("22:00-06:00", "UTC", "2026-11-28T05:59", True),  # and its end on Saturday
        ("22:00-06:00", "UTC", "2026-11-28T06:00", False),
        ("22:00-06:00", "UTC", "2026-11-29T23:00", False),  # none begins on a Sunday
        ("22:00-06:00", "UTC", "2026-11-30T00:30", False),  # so none ends on a Monday
        ("22:00-06:00", "UTC", "2026-11-30T22:00", True),
        ("00:00-24:00", "UTC", "2026-11-30T00:00", True),
        ("00:00-24:00", "UTC", "2026-11-28T00:00", False),
        ("09:00-17:00", "Mars/Olympus", "2026-11-23T09:00", True),  # taken for the default zone
        ("09:00-17:00", "../../etc/passwd", "2026-11-23T09:00", True),
        ("whenever", "UTC", "2026-11-23T16:59", True),  # taken for nine to five
    ],
)
def test_whether_it_is_working_time(hours: str, tz: str, moment: str, is_on: bool) -> None:
    assert working(hours, tz).is_on(at(moment)) is is_on


def test_no_zone_is_the_default_zone() -> None:
    assert WorkingTime.of("09:00-17:00", "", "Asia/Tokyo").next_on(at("2026-11-23T12:00")) == at("2026-11-24T00:00")


@pytest.mark.parametrize(
    ("hours", "tz", "moment", "follows"),
    [
        ("09:00-17:00", "UTC", "2026-11-23T12:34", "2026-11-23T12:34"),
        ("09:00-17:00", "UTC", "2026-11-23T17:00", "2026-11-24T09:00"),
        ("09:00-17:00", "UTC", "2026-11-27T18:00", "2026-11-30T09:00"),  # Friday evening: Monday
        ("22:00-06:00", "UTC", "2026-11-28T06:00", "2026-11-30T22:00"),
        # the Sunday on which Berlin's clock is turned lies between
        ("09:00-17:00", "Europe/Berlin", "2026-03-27T18:00", "2026-03-30T09:00"),
        ("09:00-17:00", "Europe/Berlin", "2026-10-23T18:00", "2026-10-26T09:00"),
        # Cairo's Friday began at 01:00: that night's quarter of an hour did not exist
        ("00:15-00:45", "Africa/Cairo", "2026-04-23T12:00", "2026-04-27T00:15"),
        # Samoa had no Friday, 30 December 2011
        ("09:00-17:00", "Pacific/Apia", "2011-12-29T18:00", "2012-01-02T09:00"),
    ],
)
def test_when_work_is_next(hours: str, tz: str, moment: str, follows: str) -> None:
    assert working(hours, tz).next_on(at(moment, tz)) == at(follows, tz)


@pytest.mark.parametrize(
    ("hours", "moment", "days", "later"),
    [
        ("09:00-17:00", "2026-11-23T10:15", 2, "2026-11-25T10:15"),
        ("09:00-17:00", "2026-11-26T10:15", 2, "2026-11-30T10:15"),  # Thursday: Monday
        ("09:00-17:00", "2026-11-28T10:15", 1, "2026-11-30T10:15"),  # Saturday: Monday
        ("22:00-06:00", "2026-11-24T01:00", 2, "2026-11-26T01:00"),
        ("22:00-06:00", "2026-11-28T01:00", 1, "2026-12-01T01:00"),  # Friday's shift: Monday's, after midnight
        ("09:00-17:00", "2026-11-23T20:00", 2, "2026-11-26T09:00"),  # in the evening: the next morning
    ],
)
def test_working_days_later(hours: str, moment: str, days: int, later: str) -> None:
    assert working(hours).after_days(at(moment), days) == at(later)


@pytest.mark.parametrize(
    ("hours", "moment", "day"),
    [
        ("09:00-17:00", "2026-11-23T10:15", "2026-11-24T09:00"),
        ("09:00-17:00", "2026-11-23T07:00", "2026-11-24T09:00"),
        ("09:00-17:00", "2026-11-27T16:59", "2026-11-30T09:00"),
        ("09:00-17:00", "2026-11-29T12:00", "2026-11-30T09:00"),
        ("22:00-06:00", "2026-11-24T05:00", "2026-11-24T22:00"),  # Monday's shift: tonight's is the next
    ],
)
def test_the_next_working_day(hours: str, moment: str, day: str) -> None:
    assert working(hours).next_day(at(moment)) == at(day)


def test_weeks_begin_on_monday_where_the_person_is() -> None:
    auckland = working(tz="Pacific/Auckland")
    moment = at("2026-11-29T12:00")  # Monday 01:00 there
    assert auckland.monday(moment) == date(2026, 11, 30)
    assert auckland.next_week(moment) == at("2026-12-07T09:00", "Pacific/Auckland")
    assert working(tz="Pacific/Honolulu").monday(moment) == date(2026, 11, 23)


moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
shifts = st.tuples(st.integers(0, 95), st.integers(1, 95)).map(
    lambda told: WorkingHours(told[0] * 15, told[0] * 15 + told[1] * 15)
)


@given(st.sampled_from(ZONES), shifts, moments)
def test_next_is_the_first_moment_at_work(tz: str, hours: WorkingHours, moment: datetime) -> None:
    there = WorkingTime(hours, ZoneInfo(tz))
    follows = there.next_on(moment)
    assert follows >= moment
    assert there.is_on(follows)
    between = moment
    while between < follows:
        # An hour that the clock shows a second time may be missed, and so may what is left of a shift whose start the
        # clock leaves out; nothing else.
        if there.is_on(between):
            turned = {
                between.astimezone(there.zone).utcoffset(),
                (between - timedelta(hours=25)).astimezone(there.zone).utcoffset(),
            }
            assert len(turned) == 2, between
        between += QUARTER


@given(st.sampled_from(ZONES), shifts, moments, st.integers(1, 5))
def test_later_is_at_work_and_not_sooner(tz: str, hours: WorkingHours, moment: datetime, days: int) -> None:
    there = WorkingTime(hours, ZoneInfo(tz))
    later = there.after_days(moment, days)
    assert there.is_on(later)
    assert moment + timedelta(days=days) - timedelta(hours=2) <= later <= moment + timedelta(days=days + 8)
    next_day, next_week = there.next_day(moment), there.next_week(moment)
    assert there.is_on(next_day)
    assert next_day > moment
    assert there.is_on(next_week)
    assert there.monday(next_week) > there.monday(moment)
