"""Recurring pulses: their days by the asker's clock, also where clocks change, and what is too late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.check_in import Cadence
from bot.domain.pulse_series import (
    MOST,
    cadence_from,
    check_many,
    check_series,
    dates_due,
    is_too_late,
    next_date,
    sent_at,
)

BERLIN = "Europe/Berlin"
WEEKLY = Cadence("1", 0, "08:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_comes_again_on_its_weekday_at_its_time() -> None:
    assert cadence_from("2", at("2026-11-24T07:05:40"), BERLIN) == Cadence("2", 1, "08:05")
    assert cadence_from("1", at("2026-11-28T12:00"), BERLIN).weekday == 0  # a Saturday


def test_its_time_is_that_of_the_clock_on_the_wall() -> None:
    assert sent_at(date(2026, 10, 19), WEEKLY, BERLIN) == at("2026-10-19T06:00")
    assert sent_at(date(2026, 10, 26), WEEKLY, BERLIN) == at("2026-10-26T07:00")


def test_what_is_due_is_due_from_its_moment_on_and_once() -> None:
    starts, moment = date(2026, 11, 24), at("2026-11-30T07:00")
    assert dates_due(WEEKLY, starts, after=None, now=moment - timedelta(seconds=1), tz=BERLIN) == []
    assert dates_due(WEEKLY, starts, after=None, now=moment, tz=BERLIN) == [date(2026, 11, 30)]
    assert dates_due(WEEKLY, starts, after=date(2026, 11, 30), now=moment, tz=BERLIN) == []
    two = [date(2026, 12, 7), date(2026, 12, 14)]
    assert dates_due(WEEKLY, starts, after=date(2026, 11, 30), now=at("2026-12-14T12:00"), tz=BERLIN) == two


def test_the_next_one_is_the_first_that_is_not_too_late() -> None:
    starts = date(2026, 11, 24)
    assert next_date(WEEKLY, starts, after=None, now=at("2026-11-30T12:00"), tz=BERLIN) == date(2026, 11, 30)
    assert next_date(WEEKLY, starts, after=None, now=at("2026-12-01T12:00"), tz=BERLIN) == date(2026, 12, 7)
    assert is_too_late(at("2026-11-30T07:00"), at("2026-12-01T07:01"))
    assert not is_too_late(at("2026-11-30T07:00"), at("2026-12-01T07:00"))


@pytest.mark.parametrize(("every", "days"), [("1", 7), ("2", 14), ("4", 28), ("month", 28)])
def test_one_closes_before_the_next_is_due(every: str, days: int) -> None:
    assert check_series(every, timedelta(days=days)) == {
        "closes_at": "The next one would be due before this one closes. Close it sooner."
    }
    assert check_series(every, timedelta(days=days, seconds=-1)) == {}


def test_nonsense_is_said() -> None:
    assert check_series("fortnight", timedelta(days=1)) == {"repeats": "Please choose how often."}
    assert check_many(MOST)
    assert check_many(MOST - 1) == {}
