"""What a check-in thinks: on which days a round is due, who sees the names, and what is wrong with a form."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audience import Audience
from bot.domain.check_in import (
    EVERY,
    SUGGESTIONS,
    Asked,
    Cadence,
    CheckInFields,
    Question,
    check_check_in_fields,
    may_keep,
    questions_from_json,
    questions_to_json,
    sees_names,
)
from bot.domain.check_in_answer import check_answers
from bot.domain.check_in_days import asked_at, closes_at, dates_due, is_too_late, last_day, next_date, opens_at
from bot.domain.own_group import PEOPLE, USER_GROUP, OwnGroup, group_words

TODAY = date(2026, 11, 24)  # a Tuesday
RIGHT = CheckInFields("Tenders", Audience(), (Question("What was missing?"),), Cadence("1", 1, "09:00"), TODAY)
INJURY = "Was the patient injured when the pump stopped?"
CADENCES = st.builds(Cadence, st.sampled_from(list(EVERY)), st.integers(0, 4), st.just("09:00"))
DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


def wrong(**more: object) -> dict[str, str]:
    return check_check_in_fields(replace(RIGHT, **more), TODAY)  # type: ignore[arg-type]


# days


@pytest.mark.parametrize(
    ("every", "weekday", "expected"),
    [
        ("1", 1, ["24 Nov", "01 Dec", "08 Dec"]),
        ("2", 0, ["30 Nov", "14 Dec", "28 Dec"]),
        ("4", 4, ["27 Nov", "25 Dec", "22 Jan"]),
        ("month", 2, ["02 Dec", "06 Jan", "03 Feb"]),
        ("month", 1, ["01 Dec", "05 Jan", "02 Feb"]),
    ],
)
def test_the_days_of_a_cadence(every: str, weekday: int, expected: list[str]) -> None:
    days = islice(Cadence(every, weekday).dates(TODAY), 3)
    assert [f"{day:%d %b}" for day in days] == expected


@given(CADENCES, DAYS)
def test_every_round_is_on_its_weekday_and_none_comes_before_the_one_before_has_closed(
    cadence: Cadence, starts_on: date
) -> None:
    days = list(islice(cadence.dates(starts_on), 30))
    assert days[0] >= starts_on
    assert {day.weekday() for day in days} == {cadence.weekday}
    assert all(later - day >= timedelta(days=7) for day, later in pairwise(days))
    if cadence.every == "month":
        assert all(day.day <= 7 for day in days)


@given(CADENCES, DAYS, st.lists(st.integers(1, 24 * 40), min_size=1, max_size=20))
def test_however_the_clock_jumps_each_day_is_due_once(cadence: Cadence, starts_on: date, hours: list[int]) -> None:
    now, last, seen = opens_at(starts_on), None, []
    for jump in hours:
        now += timedelta(hours=jump)
        seen += dates_due(cadence, starts_on, after=last, now=now)
        last = seen[-1] if seen else None
    assert seen == dates_due(cadence, starts_on, after=None, now=now)
    assert len(seen) == len(set(seen))
    coming = next_date(cadence, starts_on, after=last, now=now)
    assert coming not in seen
    assert opens_at(coming) > now


def test_nothing_is_due_before_it_starts() -> None:
    assert dates_due(RIGHT.cadence, TODAY, after=None, now=opens_at(TODAY) - timedelta(seconds=1)) == []
    assert dates_due(RIGHT.cadence, TODAY, after=None, now=opens_at(TODAY)) == [TODAY]


def test_a_day_opens_before_anybody_has_it_and_closes_seven_days_later() -> None:
    assert opens_at(TODAY) == datetime(2026, 11, 24, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    assert opens_at(TODAY) <= asked_at(TODAY, "00:00", ZoneInfo("Pacific/Kiritimati"))
    assert asked_at(TODAY, "09:00", ZoneInfo("America/New_York")) == datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert closes_at(TODAY) == datetime(2026, 12, 1, tzinfo=UTC)
    assert last_day(closes_at(TODAY)) == date(2026, 11, 30)


def test_more_than_four_days_late_nobody_is_asked() -> None:
    assert not is_too_late(TODAY, datetime(2026, 11, 28, tzinfo=UTC))
    assert is_too_late(TODAY, datetime(2026, 11, 28, 0, 0, 1, tzinfo=UTC))
    assert next_date(RIGHT.cadence, TODAY, after=None, now=datetime(2026, 11, 29, tzinfo=UTC)) == date(2026, 12, 1)


# who


@pytest.mark.parametrize(
    ("roles", "expected"),
    [({"manager"}, True), ({"rep", "manager"}, True), ({"marketer"}, False), ({"manager", "marketer"}, False),
     ({"manager", "admin"}, False), ({"admin"}, False), (set(), False)],
)  # fmt: skip
def test_only_a_manager_who_is_nothing_else_sees_names(roles: set[str], expected: bool) -> None:
    assert sees_names(frozenset(roles)) is expected


def test_marketing_keeps_its_check_ins_together_and_a_manager_alone() -> None:
    marketer, manager, nobody = frozenset({"marketer"}), frozenset({"manager"}), frozenset[str]()
    assert may_keep("U1", marketer, owner_id="U1", owner_roles=marketer)
    assert may_keep("U2", marketer, owner_id="U1", owner_roles=marketer)
    assert may_keep("U2", frozenset({"admin"}), owner_id="U1", owner_roles=marketer)
    assert may_keep("U2", marketer, owner_id="U1", owner_roles=nobody)
    assert not may_keep("U2", marketer, owner_id="U1", owner_roles=manager)
    assert not may_keep("U2", manager, owner_id="U1", owner_roles=marketer)
    assert not may_keep("U2", manager, owner_id="U1", owner_roles=manager)


def test_a_group_in_words() -> None:
    assert group_words(Audience("rep", ("DACH",))) == "reps in DACH"
    own = OwnGroup("T1", "U1", department="sales", region="DACH")
    assert group_words(Audience("", ("Japan",)), own) == "everybody in DACH, Sales department"
    assert group_words(Audience("rep"), replace(own, kind=PEOPLE)) == "reps in a group chosen by hand"
    spine = replace(own, kind=USER_GROUP, name="Spine")
    assert group_words(Audience("rep", user_ids=("U1",)), spine) == "reps in the Spine user group of 1 chosen person"
    assert [one.in_words() for one in (own, spine, replace(own, kind=PEOPLE), replace(own, region=""))] == [
        "Sales in DACH", "Spine user group", "chosen by hand", "Sales",
    ]  # fmt: skip


# forms


def test_what_is_right_has_nothing_wrong() -> None:
    assert wrong() == {}
    for suggestion in SUGGESTIONS:
        assert check_check_in_fields(replace(suggestion.fields, starts_on=TODAY), TODAY) == {}


@pytest.mark.parametrize(
    ("field", "more", "sentence"),
    [
        ("name", {"name": ""}, "Give it a name"),
        ("name", {"name": "🧡🧡"}, "Give it a name"),
        ("name", {"name": "x" * 61}, "61 characters; 60 fit"),
        ("name", {"name": INJURY}, "I can't ask"),
        ("question0", {"questions": ()}, "at least one"),
        ("question0", {"questions": (Question(""), Question(""), Question(""))}, "at least one"),
        ("question0", {"questions": (Question("🤷🏽‍♀️?!"),)}, "needs words"),
        ("question0", {"questions": (Question("x" * 3001),)}, "3,001 characters; 300 fit"),
        ("question1", {"questions": (Question("Why?"), Question("why?"))}, "there already"),
        ("question1", {"questions": (Question("Why?"), Question(INJURY))}, "I can't ask"),
        ("role", {"audience": Audience("boss")}, "one of the roles"),
        ("regions", {"audience": Audience(regions=tuple(map(str, range(21))))}, "at most 20"),
        ("channels", {"audience": Audience(channel_ids=tuple(map(str, range(11))))}, "at most 10"),
        ("days", {"cadence": Cadence("3", 1)}, "how often"),
        ("days", {"cadence": Cadence("1", 5)}, "how often"),
        ("days", {"cadence": Cadence("1", -1)}, "how often"),
        ("at", {"cadence": Cadence("1", 1, "24:00")}, "a time"),
        ("at", {"cadence": Cadence("1", 1, "")}, "a time"),
        ("starts_on", {"starts_on": None}, "which day"),
        ("starts_on", {"starts_on": TODAY - timedelta(days=1)}, "is over"),
        ("starts_on", {"starts_on": TODAY + timedelta(days=367)}, "a year"),
    ],
)
def test_each_mistake_has_its_sentence(field: str, more: dict[str, object], sentence: str) -> None:
    found = wrong(**more)
    assert list(found) == [field]
    assert sentence in found[field]


def test_a_question_in_any_script_is_one() -> None:
    for text in ("何が足りませんでしたか？", "Was fehlte?", "ماذا ينقصك؟", "3?"):
        assert wrong(questions=(Question(text),)) == {}


def test_a_start_that_is_kept_may_lie_in_the_past() -> None:
    began = TODAY - timedelta(days=30)
    assert check_check_in_fields(replace(RIGHT, starts_on=began), TODAY, started_on=began) == {}
    changed = replace(RIGHT, starts_on=began + timedelta(days=1))
    assert "is over" in check_check_in_fields(changed, TODAY, started_on=began)["starts_on"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [({0: "a"}, {}), ({1: "a"}, {}), ({0: "🧡", 1: ""}, {}), ({}, {"answer0"}), ({0: "", 1: ""}, {"answer0"}),
     ({0: "a", 1: "x" * 3001}, {"answer1"}), ({7: "a"}, {"answer0"})],
)  # fmt: skip
def test_one_answer_is_enough_and_3000_characters_are_the_most(texts: dict[int, str], expected: set[str]) -> None:
    questions = (Question("Why?"), Question("How?"))
    assert set(check_answers(texts, questions)) == set(expected)


def test_rows_keep_what_was_asked() -> None:
    questions = (Question("Was “fehlte” <!here>?", is_need=True), Question("Why?"))
    asked = Asked("Tenders", questions, "U1", "Ines", named_for="U1", group="reps", size=3)
    assert Asked.from_json(asked.to_json()) == asked
    assert questions_from_json(questions_to_json(questions)) == questions
    cadence = Cadence("month", 4, "16:30")
    assert Cadence.from_json(cadence.to_json()) == cadence
