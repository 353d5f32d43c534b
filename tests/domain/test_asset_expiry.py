"""The ladder's thinking: which rung is due in which working hours, renewals and their bounds, what evidence says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.asset_expiry import (
    OVERTAKEN,
    RUNGS,
    TOO_LATE,
    Due,
    Evidence,
    Rung,
    check_renewal,
    next_version,
    rungs_due,
    rungs_of,
    rungs_passed,
    speaks_for,
)
from bot.domain.working_time import WorkingTime

LAST = date(2027, 6, 30)  # a Wednesday; the rungs before it are 1 April, 1 May (a Saturday) and 31 May
BERLIN = WorkingTime.of("09:00-17:00", "Europe/Berlin", "UTC")
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns")
HOURS = ("09:00-17:00", "22:00-06:00", "06:30-07:00")


def due(now: datetime, *settled: int, work: WorkingTime = BERLIN, released_on: date | None = None) -> Due:
    return rungs_due(rungs_of(LAST, released_on), settled, expires_on=LAST, work=work, now=now)


def test_a_rung_at_a_weekend_comes_on_friday() -> None:
    assert [rung.day for rung in rungs_of(LAST)] == [date(2027, 4, 1), date(2027, 5, 1), date(2027, 5, 31), LAST]
    assert [rung.working_day.weekday() for rung in rungs_of(LAST)] == [3, 4, 0, 2]
    assert Rung(60, date(2027, 5, 1)).due_at(BERLIN) == datetime(2027, 4, 30, 7, tzinfo=UTC)
    assert Rung(60, date(2027, 5, 2)).working_day == date(2027, 4, 30)


def test_each_rung_is_due_from_the_hour_its_owner_begins() -> None:
    assert due(datetime(2027, 4, 1, 6, 59, tzinfo=UTC)) == Due()
    found = due(datetime(2027, 4, 1, 7, tzinfo=UTC))
    assert (found.send, found.skip) == (Rung(90, date(2027, 4, 1)), ())
    assert due(datetime(2027, 4, 1, 7, tzinfo=UTC), 90) == Due()


def test_of_several_the_latest_is_sent_in_working_hours_and_the_others_are_let_pass() -> None:
    night, morning = datetime(2027, 6, 2, 23, tzinfo=UTC), datetime(2027, 6, 3, 8, tzinfo=UTC)
    assert due(night) == Due()
    found = due(morning)
    assert found.send == Rung(30, date(2027, 5, 31))
    assert [(rung.days, why) for rung, why in found.skip] == [(90, OVERTAKEN), (60, OVERTAKEN)]
    assert [rung.days for rung, _ in due(night, 30).skip] == [90, 60]  # the clock was put back and forth


def test_what_comes_too_late_is_let_pass() -> None:
    assert due(datetime(2027, 7, 30, 8, tzinfo=UTC), 90, 60, 30).send == Rung(0, LAST)
    found = due(datetime(2027, 7, 31, 8, tzinfo=UTC), 90, 60, 30)
    assert (found.send, found.skip) == (None, ((Rung(0, LAST), TOO_LATE),))


def test_what_lies_before_the_release_is_no_part_of_the_ladder() -> None:
    assert [rung.days for rung in rungs_of(LAST, date(2027, 5, 1))] == [30, 0]
    assert [rung.days for rung in rungs_of(LAST, LAST)] == [0]


def test_who_sets_a_last_day_knows_it() -> None:
    assert [rung.days for rung in rungs_passed(LAST, date(2027, 4, 30))] == [90, 60]
    assert rungs_passed(LAST, date(2027, 1, 1)) == []


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.sampled_from(HOURS), st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.data())
def test_each_rung_once_whatever_the_clock_does(tz: str, hours: str, last: date, data: st.DataObject) -> None:
    work = WorkingTime.of(hours, tz, "UTC")
    start = datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(days=data.draw(st.integers(0, 120)))
    moments = data.draw(st.lists(st.integers(0, 24 * 170), min_size=1, max_size=40))
    settled: set[int] = set()
    for hour in sorted(moments):
        now = start + timedelta(hours=hour)
        found = rungs_due(rungs_of(last), settled, expires_on=last, work=work, now=now)
        if found.send is not None:
            assert work.is_on(now)
            assert found.send.due_at(work) <= now
            assert now.astimezone(ZoneInfo(tz)).date() <= last + timedelta(days=30)
            assert found.send.days < min(settled, default=RUNGS[0] + 1)
        told = [rung.days for rung, _ in found.skip] + ([found.send.days] if found.send else [])
        assert len(told) == len(set(told))
        assert not settled & set(told)
        settled |= set(told)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (None, "Until which day"),
        (date(2027, 6, 1), "still to come"),
        (date(2026, 1, 1), "still to come"),
        (LAST, "It may be used until 30 Jun 2027 as it is."),
        (date(2032, 6, 2), "more than 5 years ahead"),
        (date(9999, 12, 31), "more than 5 years ahead"),
        (date(2032, 6, 1), ""),
        (LAST + timedelta(days=1), ""),
    ],
)
def test_a_renewal_has_bounds(chosen: date | None, sentence: str) -> None:
    wrong = check_renewal(chosen, expires_on=LAST, today=date(2027, 6, 1))
    assert sentence in wrong if sentence else wrong == ""


def test_what_expired_may_be_renewed_from_tomorrow_on_also_on_a_leap_day() -> None:
    assert check_renewal(date(2028, 3, 1), expires_on=LAST, today=date(2028, 2, 29)) == ""
    assert check_renewal(date(2033, 3, 1), expires_on=LAST, today=date(2028, 2, 29)) == ""
    assert check_renewal(date(2033, 3, 2), expires_on=LAST, today=date(2028, 2, 29))
    assert check_renewal(date(2028, 3, 1), expires_on=None, today=date(2028, 2, 28)) == ""


@pytest.mark.parametrize(
    ("versions", "following"),
    [(["v1"], "v2"), (["v2", "v10", "v9"], "v11"), (["V1", "2"], "v3"), (["v1.2"], ""), (["spring"], ""), (["v²"], "")],
)
def test_the_next_version_is_counted_where_versions_are(versions: list[str], following: str) -> None:
    assert next_version(versions) == following


def test_evidence_speaks_for_one_thing_or_for_none() -> None:
    assert speaks_for(Evidence()) == ""
    assert speaks_for(Evidence(people=4)) == "retire"
    used = Evidence(people=5, uses=5, users=5)
    assert speaks_for(used) == ""
    assert speaks_for(replace(used, helped=3, hurt=1)) == "renew"
    assert speaks_for(replace(used, helped=1, hurt=2)) == "revise"
    assert speaks_for(replace(used, helped=3, ratings=3, rating_sum=8)) == "revise"
    assert speaks_for(replace(used, ratings=3, rating_sum=12)) == "renew"
    assert speaks_for(Evidence(people=2, uses=4, users=2, helped=4)) == ""  # two people are few
    assert speaks_for(Evidence(people=2, uses=4, users=2, helped=4, ratings=3, rating_sum=4)) == "revise"
