"""What a digest thinks: periods, verdicts, disagreement, quotes, and who may see which numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest import Counted, build_digest
from bot.domain.digest_findings import find_movers, find_splits, is_outdated, is_silent, verdict
from bot.domain.digest_numbers import PeriodNumbers, RegionTally, Subject, Tally, Waiting
from bot.domain.digest_period import (
    LONGEST,
    Period,
    read_period,
    week_before,
)
from bot.domain.digest_quotes import Candidate, choose_quotes
from bot.domain.filed_away import CheckFinding, Uses

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
WEEK = week_before(MONDAY, "UTC")
ZONES = ("UTC", "America/New_York", "Europe/Lisbon", "Asia/Kolkata", "Australia/Sydney", "America/St_Johns")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def subject(version_id: int = 1, **more: object) -> Subject:
    known = Subject(version_id, f"Deck {version_id}", "v1", owner_id="UME", released_at=NOW - timedelta(days=90))
    return replace(known, **more)  # type: ignore[arg-type]


# periods


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("", date(2026, 11, 17), date(2026, 11, 23)),
        ("  LAST   Week ", date(2026, 11, 16), date(2026, 11, 22)),
        ("4 weeks", date(2026, 10, 27), date(2026, 11, 23)),
        ("the last 3 months", date(2026, 8, 24), date(2026, 11, 23)),
        ("october", date(2026, 10, 1), date(2026, 10, 31)),
        ("december", date(2025, 12, 1), date(2025, 12, 31)),
        ("sept 2025", date(2025, 9, 1), date(2025, 9, 30)),
        ("november", date(2026, 11, 1), date(2026, 11, 23)),
        ("q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-10-01 to 2026-10-31", date(2026, 10, 1), date(2026, 10, 31)),
        ("from 1 October to 5 October", date(2026, 10, 1), date(2026, 10, 5)),
        ("1.10.2026 – 5.10.2026", date(2026, 10, 1), date(2026, 10, 5)),
        ("since october 1st", date(2026, 10, 1), date(2026, 11, 23)),
        ("yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("this quarter", date(2026, 10, 1), date(2026, 11, 23)),
    ],
)
def test_what_people_type_is_a_period(typed: str, first: date, last: date) -> None:
    period = read_period(typed, NOW, "Europe/Berlin")
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "typed",
    [
        "soon",
        "31 february",
        "2026-13-01",
        "0 days",
        "2 years",
        "2027-01-01",
        "2026-10-31 to 2026-10-01",
        "ma",
        "10/11/26",
    ],
)
def test_what_is_no_period_is_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Try `/digest last week`"):
        read_period(typed, NOW, "UTC")


@given(st.text(max_size=40), st.sampled_from(ZONES))
def test_anything_typed_is_a_period_or_a_sentence(typed: str, tz: str) -> None:
    try:
        period, sentence = read_period(typed, NOW, tz), ""
    except ValueError as error:
        period, sentence = WEEK, str(error)
    assert sentence == "" or "Try `/digest" in sentence
    assert "<!" not in sentence
    assert 1 <= period.days <= LONGEST
    assert period.first <= NOW.astimezone(ZoneInfo(tz)).date()


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.sampled_from(ZONES))
def test_weeks_follow_each_other_without_gap_or_overlap(day: date, tz: str) -> None:
    monday = day - timedelta(days=day.weekday())
    week = week_before(monday, tz)
    assert week.end == week_before(monday + timedelta(days=7), tz).start
    assert week.before().end == week.start
    assert week.start.astimezone(ZoneInfo(tz)).weekday() == 0
    assert week.week_starts(6)[-1] == week.end
    assert len(week.week_starts(6)) == 7


def test_a_period_longer_than_a_quarter_looks_back_on_itself() -> None:
    assert WEEK.looked_back().days == 91
    assert Period(date(2026, 1, 1), date(2026, 11, 1), "UTC").looked_back().first == date(2026, 1, 1)


def test_days_are_said_as_people_say_them() -> None:
    assert WEEK.words == "16 to 22 November 2026"
    assert Period(date(2026, 10, 27), date(2026, 11, 3), "UTC").words == "27 October to 2 November 2026"
    assert Period(date(2026, 12, 28), date(2027, 1, 4), "UTC").words == "28 December 2026 to 3 January 2027"
    assert Period(date(2026, 10, 1), date(2026, 10, 2), "UTC").words == "1 October 2026"


# what is said of an asset


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(1, people=5, users=5, uses=5, helped=3, no_effect=2), "worked"),
        (Tally(1, people=4, users=4, uses=4, helped=4), ""),
        (Tally(1, people=9, users=9, uses=9, helped=6, hurt=3), ""),
        (Tally(1, people=9, users=9, uses=9, helped=3, no_effect=6), ""),
        (Tally(1, people=9, users=9, uses=9, helped=9, ratings=9, rating_sum=27), ""),
        (Tally(1, people=14, opened_only=5, did_not_know=6, could_not_find=1, missed=7), "unused"),
        (Tally(1, people=20, users=3, uses=3, opened_only=17), "unused"),
        (Tally(1, people=20, users=4, uses=4, opened_only=16), ""),
        (Tally(1, people=9, ratings=9, rating_sum=30), ""),
        (Tally(1, people=5, users=3, uses=4, could_not_find=2, missed=2), "not_found"),
        (Tally(1, people=20, users=17, uses=17, could_not_find=3, missed=3), ""),
    ],
)
def test_the_verdict_needs_five_people_and_clear_numbers(tally: Tally, said: str) -> None:
    assert verdict(tally, fewest=5) == said


def test_outdated_takes_two_people() -> None:
    assert is_outdated(Tally(1, late_uses=2, late_people=2))
    assert is_outdated(Tally(1, outdated=2))
    assert not is_outdated(Tally(1, late_uses=5, late_people=1, outdated=1))


def test_silence_counts_after_a_fortnight_and_of_what_is_in_use() -> None:
    assert is_silent(subject(), WEEK)
    assert not is_silent(subject(released_at=WEEK.end - timedelta(days=13)), WEEK)
    assert not is_silent(subject(released_at=None), WEEK)
    assert not is_silent(subject(ended_at=WEEK.start), WEEK)
    assert not is_silent(subject(expires_on=WEEK.first), WEEK)


def test_what_moves_moves_twice_and_does_not_turn_back() -> None:
    tallies = {
        1: Tally(1, people=9, weeks=(1, 2, 3, 4, 5, 7)),
        2: Tally(2, people=9, weeks=(1, 0, 1, 0, 9, 1)),
        3: Tally(3, people=9, weeks=(0, 0, 0, 1, 1, 3)),
        4: Tally(4, people=9, weeks=(4, 4, 4, 2, 1, 0)),
        5: Tally(5, people=4, weeks=(1, 2, 3, 4, 5, 7)),
    }
    found = find_movers({key: subject(key) for key in tallies}, tallies, fewest=5)
    assert [(one.kind, one.subject.version_id) for one in found] == [("rising", 1), ("falling", 4)]


def region(name: str, *ratings: int, people: int = 5, version_id: int = 1) -> RegionTally:
    return RegionTally(version_id, name, people, len(ratings), sum(ratings), sum(one * one for one in ratings))


def test_regions_disagree_when_it_cannot_be_chance() -> None:
    subjects, shown = {1: subject()}, {1: Tally(1, people=10)}
    loved, hated = region("West", 5, 5, 4, 5, 4), region("DACH", 1, 2, 1, 2, 1)
    found, hidden = find_splits([hated, loved], subjects, shown, set(), fewest=5)
    assert [(one.high.region, one.low.region) for one in found] == [("West", "DACH")]
    assert hidden == 0
    wild = [region("West", 5, 5, 1, 5, 5), region("DACH", 5, 1, 1, 4, 1)]
    assert find_splits(wild, subjects, shown, set(), fewest=5) == ([], 0)
    few = [region("West", 5, 5, 5, 5), hated]
    assert find_splits(few, subjects, shown, set(), fewest=5) == ([], 0)
    alone = [replace(hated, people=4), loved]
    assert find_splits(alone, subjects, shown, set(), fewest=5) == ([], 1)
    assert len(find_splits(alone, subjects, shown, {1}, fewest=5)[0]) == 1


# quotes


def candidate(number: int, rating: int | None = 4, version_id: int | None = None, **more: object) -> Candidate:
    known = Candidate(
        number, number if version_id is None else version_id, f"U{number}", f"Rep {number}", "DACH", rating,
        f"a remark that is long enough to say something, {number}", "", NOW - timedelta(hours=number),
    )  # fmt: skip
    return replace(known, **more)  # type: ignore[arg-type]


def test_quotes_come_from_different_people_and_assets_one_against_the_grain() -> None:
    candidates = [candidate(number) for number in range(1, 9)] + [candidate(9, rating=1)]
    numbers = PeriodNumbers(ratings=9, rating_sum=33)
    subjects = {number: subject(number, owner_id="UME" if number == 7 else "UX") for number in range(1, 10)}
    quotes = choose_quotes(candidates, subjects, {}, numbers, reader_id="UME")
    assert [one.feedback_id for one in quotes] == [7, 1, 9]
    assert [one.grain is not None for one in quotes] == [False, False, True]
    assert [(one.name, one.region) for one in quotes] == [("Rep 7", "DACH"), ("", ""), ("", "")]


def test_the_reader_is_not_quoted_to_themselves_and_one_person_once() -> None:
    same = [candidate(number, user_id="U1") for number in range(1, 5)]
    quotes = choose_quotes([*same, candidate(9, user_id="UME")], {}, {}, PeriodNumbers(), reader_id="UME")
    assert [one.feedback_id for one in quotes] == [1]


@given(
    st.lists(
        st.builds(
            candidate, st.integers(1, 50), st.sampled_from([None, 1, 2, 3, 4, 5]), st.integers(0, 6),
            words=st.text(max_size=400),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_quotes_are_verbatim_few_and_nameless_for_others(candidates: list[Candidate]) -> None:
    subjects = {number: subject(number, owner_id="UME" if number < 3 else "") for number in range(1, 6)}
    ratings = [one.rating for one in candidates if one.rating]
    numbers = PeriodNumbers(ratings=len(ratings), rating_sum=sum(ratings))
    quotes = choose_quotes(candidates, subjects, {}, numbers, reader_id="UME")
    assert len(quotes) <= 3
    assert {one.words for one in quotes} <= {one.words for one in candidates}
    assert all(one.words.strip() for one in quotes)
    assert all(not one.name for one in quotes if one.subject is None or one.subject.owner_id != "UME")
    assert sum(one.grain is not None for one in quotes) <= 1


# the whole


def counted(**more: object) -> Counted:
    known = Counted({}, {}, [], PeriodNumbers(), PeriodNumbers(), [], 0, [])
    return replace(known, **more)  # type: ignore[arg-type]


def waiting(number: int, due: timedelta) -> Waiting:
    return Waiting(number, 1, "Dre", "US-East", "why?", NOW - timedelta(days=9), NOW + due)


def test_three_things_need_the_reader_and_an_expiry_is_among_them() -> None:
    subjects = {1: subject(), 2: subject(2, expires_on=date(2026, 12, 15)), 3: subject(3, expires_on=date(2027, 3, 1))}
    late = [waiting(number, timedelta(hours=-number)) for number in range(1, 6)]
    digest = build_digest(
        counted(subjects=subjects, waiting=late, waiting_total=5), reader_id="UME", period=WEEK, now=NOW
    )
    assert [need.waiting.feedback_id if need.waiting else "expires" for need in digest.needs] == [1, 2, "expires"]
    assert [need.waiting.feedback_id for need in digest.waiting if need.waiting] == [3, 4, 5]
    assert digest.expiring == []


def test_other_peoples_small_numbers_are_hidden_and_counted() -> None:
    subjects = {1: subject(1), 2: subject(2, owner_id="UOTHER"), 3: subject(3, owner_id="UOTHER")}
    tallies = {
        key: Tally(key, said=5, people=people, users=people, uses=5, helped=5, late_uses=3, late_people=3)
        for key, people in ((1, 3), (2, 4), (3, 5))
    }
    digest = build_digest(counted(subjects=subjects, tallies=tallies), reader_id="UME", period=WEEK, now=NOW)
    assert digest.hidden == 1
    assert {one.subject.version_id for one in digest.findings} == {1, 3}
    assert [one.subject.version_id for one in digest.own] == [1]
    assert 2 not in {one.subject.version_id for one in digest.findings if one.kind == "silent"}


def test_findings_stand_by_review_days_at_stake() -> None:
    subjects = {number: subject(number, owner_id="", review_days=number * 10 or None) for number in range(4)}
    tallies = {number: Tally(number, people=9, users=9, uses=9, helped=9) for number in range(4)}
    digest = build_digest(counted(subjects=subjects, tallies=tallies), reader_id="UME", period=WEEK, now=NOW)
    assert [one.subject.review_days for one in digest.findings] == [30, 20, 10, None]


def test_what_waits_is_not_quoted_once_more() -> None:
    told = counted(subjects={1: subject()}, waiting=[waiting(1, timedelta())], candidates=[candidate(1), candidate(2)])
    digest = build_digest(told, reader_id="UME", period=WEEK, now=NOW)
    assert [one.feedback_id for one in digest.quotes] == [2]


def test_checks_stand_by_verdict_and_review_days_and_few_answers_are_for_the_owner() -> None:
    others = {"owner_id": "UOTHER"}
    subjects = {
        1: subject(1, review_days=5), 2: subject(2, review_days=62), 3: subject(3, review_days=99),
        4: subject(4, **others), 5: subject(5),
    }  # fmt: skip
    many, few = Uses({"did_not_know": 20}), Uses({"did_not_know": 4})
    found = [
        CheckFinding(1, 1, "filed_away", many, NOW), CheckFinding(2, 1, "filed_away", many, NOW),
        CheckFinding(3, 1, "in_use", Uses({"used_with_customer": 9}), NOW),
        CheckFinding(4, 1, "not_enough", few, NOW), CheckFinding(5, 1, "not_enough", few, NOW),
    ]  # fmt: skip
    digest = build_digest(counted(subjects=subjects, checks=found), reader_id="UME", period=WEEK, now=NOW)
    assert [one.subject.version_id for one in digest.checked] == [2, 1, 3, 5]
    assert digest.hidden == 1


def test_what_a_check_has_found_is_not_said_once_more() -> None:
    unused = Tally(1, said=14, people=14, opened_only=14)
    found = [CheckFinding(1, 1, "filed_away", Uses({"opened_only": 20}), NOW)]
    told = counted(subjects={1: subject()}, tallies={1: unused})
    before = build_digest(told, reader_id="UME", period=WEEK, now=NOW)
    assert [one.kind for one in before.findings] == ["unused"]
    after = build_digest(replace(told, checks=found), reader_id="UME", period=WEEK, now=NOW)
    assert after.findings == []
    assert len(after.checked) == 1
