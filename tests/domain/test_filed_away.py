"""The filed-away check: its interval against an independent library, its verdicts, its days, its draw, its privacy."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.feedback import USES
from bot.domain.filed_away import (
    EARLY,
    ENDED,
    FEWEST,
    LATEST,
    OPEN_FOR,
    VERDICTS,
    RegionUses,
    Uses,
    draw,
    due_at,
    is_decided,
    judge,
    next_step,
    sample_of,
    shown_regions,
)
from bot.domain.wilson import answers_needed, fewest_to_exclude, wilson

GOAL = 0.2
HITS = st.integers(0, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
CONFIDENCE = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.999])
SHARE = st.floats(0.02, 0.98)


def uses(used: int, of: int, reason: str = "did_not_know") -> Uses:
    return Uses({"used_with_customer": used, reason: of - used})


# the interval


@settings(deadline=None)  # the first example waits for the import
@given(HITS, CONFIDENCE)
def test_the_interval_agrees_with_an_independent_library(told: tuple[int, int], confidence: float) -> None:
    hits, of = told
    ours = wilson(hits, of, confidence=confidence)
    if not of:
        assert (ours.low, ours.high) == (0, 1)
        return
    from scipy.stats import binomtest  # a second of each of the tests' processes

    theirs = binomtest(hits, of).proportion_ci(confidence_level=confidence, method="wilson")
    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)
    assert ours.low <= ours.point <= ours.high


@given(HITS)
def test_the_other_side_is_the_mirror_and_more_certainty_is_wider(told: tuple[int, int]) -> None:
    hits, of = told
    ours, mirror, surer = wilson(hits, of), wilson(of - hits, of), wilson(hits, of, confidence=EARLY)
    assert (ours.low, ours.high) == pytest.approx((1 - mirror.high, 1 - mirror.low))
    assert surer.low <= ours.low <= ours.high <= surer.high
    assert 0 <= ours.low <= ours.high <= 1


@given(st.integers(1, 5_000), st.sampled_from([0.05, 0.1, 0.15, 0.2]))
def test_so_many_answers_make_the_interval_that_narrow(population: int, half_width: float) -> None:
    needed = answers_needed(half_width, population=population)
    assert 1 <= needed <= population
    assert needed <= answers_needed(half_width, population=population + 1) or needed == population
    if needed < population:  # the finite population is not in Wilson's interval, so it is taken off here
        middle = wilson(needed // 2, needed)
        left_out = (1 - (needed - 1) / (population - 1)) ** 0.5
        assert (middle.high - middle.low) / 2 * left_out <= half_width * 1.01


@given(SHARE, CONFIDENCE)
def test_the_fewest_answers_that_exclude_a_share(share: float, confidence: float) -> None:
    fewest = fewest_to_exclude(share, confidence=confidence)
    assert wilson(0, fewest, confidence=confidence).high < share
    assert fewest == 1 or wilson(0, fewest - 1, confidence=confidence).high >= share - 1e-12


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (wilson, {"hits": 3, "of": 2}), (wilson, {"hits": -1, "of": 2}),
        (wilson, {"hits": 1, "of": 2, "confidence": 1}),
        (answers_needed, {"half_width": 0, "population": 5}), (answers_needed, {"half_width": 0.1, "population": -1}),
        (fewest_to_exclude, {"share": 0}), (fewest_to_exclude, {"share": 1}),
    ],
)  # fmt: skip
def test_what_is_no_share_and_no_certainty_is_refused(call: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hits|between"):
        call(**arguments)


# the verdict


@pytest.mark.parametrize(
    ("used", "of", "verdict"),
    [(0, 20, "filed_away"), (2, 10, "not_enough"), (15, 20, "in_use"), (0, 0, "not_enough"), (0, 15, "not_enough"),
     (0, 16, "filed_away"), (5, 5, "in_use"), (1, 1, "not_enough"), (4, 4, "not_enough"), (4, 20, "not_enough")],
)  # fmt: skip
def test_the_verdict_comes_from_the_interval(used: int, of: int, verdict: str) -> None:
    assert judge(uses(used, of), GOAL) == verdict


@given(HITS, SHARE)
def test_a_verdict_is_never_against_its_interval_and_never_turns_with_more_of_the_same(
    told: tuple[int, int], goal: float
) -> None:
    used, of = told
    found, interval = judge(uses(used, of), goal), uses(used, of).interval
    assert found in VERDICTS
    assert (found == "filed_away") == (of >= FEWEST and interval.high < goal)
    assert (found == "in_use") == (of >= FEWEST and interval.low > goal)
    if of < FEWEST:
        return
    order = ["filed_away", "not_enough", "in_use"]
    assert order.index(judge(uses(used + 1, of + 1), goal)) >= order.index(found)
    assert order.index(judge(uses(used, of + 1), goal)) <= order.index(found)


@given(HITS, st.integers(1, 100))
def test_what_is_told_early_would_also_be_told_at_the_close(told: tuple[int, int], wanted: int) -> None:
    used, of = told
    if is_decided(uses(used, of), GOAL, wanted=wanted, is_anybody_left=True):
        assert of >= FEWEST
        assert judge(uses(used, of), GOAL) != "not_enough"
    assert is_decided(uses(used, of), GOAL, wanted=wanted, is_anybody_left=False)


def test_an_early_look_must_see_more() -> None:
    assert judge(uses(0, 16), GOAL) == "filed_away"
    assert not is_decided(uses(0, 16), GOAL, wanted=21, is_anybody_left=True)
    assert is_decided(uses(0, 16), GOAL, wanted=16, is_anybody_left=True)
    assert is_decided(uses(0, 27), GOAL, wanted=43, is_anybody_left=True)
    assert not is_decided(uses(4, 4), GOAL, wanted=21, is_anybody_left=True)
    assert is_decided(uses(5, 5), GOAL, wanted=21, is_anybody_left=True)


@pytest.mark.parametrize("answers", [21, 43])
def test_looking_after_each_answer_is_seldom_wrong(answers: int) -> None:
    """Where use is exactly the goal, neither verdict is right: so often it is told all the same, reckoned exactly."""
    running, wrong = {0: 1.0}, {"filed_away": 0.0, "in_use": 0.0}
    for of in range(1, answers + 1):
        after: dict[int, float] = {}
        for used, chance in running.items():
            after[used] = after.get(used, 0) + chance * (1 - GOAL)
            after[used + 1] = after.get(used + 1, 0) + chance * GOAL
        for used, chance in after.items():
            verdict = judge(uses(used, of), GOAL)
            left = of < answers
            if verdict != "not_enough" and is_decided(uses(used, of), GOAL, wanted=answers, is_anybody_left=left):
                wrong[verdict] += chance
        running = {
            used: chance
            for used, chance in after.items()
            if not is_decided(uses(used, of), GOAL, wanted=answers, is_anybody_left=True)
        }
    assert wrong["filed_away"] < 0.025
    assert sum(wrong.values()) < 0.1


# whom it asks


@pytest.mark.parametrize(
    ("intended", "wanted", "asked"),
    [(0, 0, 0), (1, 1, 1), (12, 12, 12), (20, 16, 20), (38, 21, 38), (100, 31, 62), (5_000, 43, 86)],
)
def test_how_many_are_asked(intended: int, wanted: int, asked: int) -> None:
    sample = sample_of(intended, GOAL)
    assert (sample.wanted, sample.asked) == (wanted, asked)


@given(st.integers(0, 6_000), SHARE)
def test_a_sample_is_never_more_than_there_are(intended: int, goal: float) -> None:
    sample = sample_of(intended, goal)
    assert 0 <= sample.wanted <= sample.asked <= intended
    assert sample.wanted or not intended


PEOPLE = st.frozensets(st.text("ABCU0123", min_size=3, max_size=6), max_size=30)


@given(st.integers(1, 10**6), PEOPLE, PEOPLE)
def test_the_draw_is_the_same_again_and_prefers_who_was_not_asked(
    check_id: int, people: frozenset[str], before: frozenset[str]
) -> None:
    drawn = draw(check_id, people, asked_before=before)
    assert sorted(drawn) == sorted(people)
    assert drawn == draw(check_id, sorted(people, reverse=True), asked_before=before)
    new = len(people - before)
    assert set(drawn[:new]) == people - before
    if drawn:  # who leaves changes nobody else's place
        assert draw(check_id, people - {drawn[0]}, asked_before=before) == drawn[1:]


def test_the_draw_is_fair() -> None:
    people = [f"U{number:03}" for number in range(40)]
    first = [draw(check_id, people)[:10] for check_id in range(1, 2_001)]
    drawn = {one: sum(one in chosen for chosen in first) for one in people}
    assert all(400 < times < 600 for times in drawn.values()), drawn  # 500 each, 19 its standard deviation


# when


def test_it_is_due_at_nine_where_the_owner_is_whatever_summer_time_does() -> None:
    released = datetime(2026, 10, 20, 23, 30, tzinfo=UTC)  # already the 21st in Berlin
    assert due_at(released, 1, "Europe/Berlin") == datetime(2026, 11, 4, 8, tzinfo=UTC)
    assert due_at(released, 2, "Europe/Berlin") == datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert due_at(released, 1, "America/Los_Angeles") == datetime(2026, 11, 3, 17, tzinfo=UTC)


@given(
    st.integers(0, 3 * 365 * 24 * 60).map(
        lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(["Europe/Lisbon", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Asia/Tokyo"]),
)
def test_the_days_are_days_of_the_calendar(released: datetime, tz: str) -> None:
    day: date = released.astimezone(ZoneInfo(tz)).date()
    for number, days in ((1, 14), (2, 42)):
        local = due_at(released, number, tz).astimezone(ZoneInfo(tz))
        assert (local.date() - day).days == days
        assert (local.hour, local.minute) == (9, 0)


NOW = datetime(2026, 12, 7, 10, tzinfo=UTC)
STEPS = [
    ("planned", timedelta(hours=1), "", False, ("wait", "")),
    ("planned", timedelta(0), "", False, ("open", "")),
    ("planned", -LATEST, "", False, ("open", "")),
    ("planned", -LATEST - timedelta(seconds=1), "", False, ("cancel", "too_late")),
    ("planned", -timedelta(days=1), "", True, ("cancel", "overtaken")),
    ("planned", timedelta(days=3), "retired", False, ("cancel", "retired")),
    ("asking", -timedelta(days=1), "superseded", False, ("cancel", "superseded")),
    ("asking", -timedelta(days=1), "", False, ("look", "")),
    ("asking", -OPEN_FOR, "", False, ("close", "")),
    ("cancelled", timedelta(days=1), "", False, ("plan", "")),
    ("cancelled", timedelta(days=1), "retired", False, ("wait", "")),
    ("cancelled", -timedelta(days=1), "", False, ("wait", "")),
]  # fmt: skip


@pytest.mark.parametrize(("state", "ahead", "ended", "is_overtaken", "step"), STEPS)
def test_what_is_done_next(state: str, ahead: timedelta, ended: str, is_overtaken: bool, step: tuple[str, str]) -> None:
    due = NOW + ahead
    found = next_step(state=state, due=due, closes=due + OPEN_FOR, ended=ended, is_overtaken=is_overtaken, now=NOW)
    assert found == step
    assert found[1] in ("", "overtaken", "too_late", *ENDED)


# what is shown


def test_reasons_come_by_their_number_and_use_is_none() -> None:
    told = Uses(dict.fromkeys(USES, 1) | {"did_not_know": 3})
    assert told.reasons[0] == ("did_not_know", 3)
    assert "used_with_customer" not in dict(told.reasons)
    assert told.answers == 7
    assert told.used == 1


def test_a_region_is_shown_from_five_answers_on_and_never_by_what_is_left() -> None:
    dach, france, iberia = RegionUses("DACH", 1, 6), RegionUses("France", 2, 5), RegionUses("Iberia", 0, 3)
    nowhere = RegionUses("", 1, 9)
    assert shown_regions([france, dach]) == [dach, france]
    assert shown_regions([dach, france, iberia]) == [dach]  # Iberia's three alone would follow from the whole
    assert shown_regions([dach, iberia, RegionUses("Japan", 0, 2)]) == [dach]
    assert shown_regions([dach, iberia]) == []
    assert shown_regions([dach]) == []
    assert shown_regions([dach, nowhere]) == [dach]


REGIONS = st.dictionaries(st.sampled_from(["", *"ABCDEFG"]), st.integers(0, 12), max_size=8)


@given(REGIONS)
def test_what_is_hidden_follows_from_nothing(told: dict[str, int]) -> None:
    every = [RegionUses(region, 0, answers) for region, answers in told.items()]
    shown = shown_regions(every)
    hidden = sum(told.values()) - sum(one.answers for one in shown)
    assert all(one.answers >= FEWEST for one in shown)
    if shown:
        assert hidden == 0 or hidden >= FEWEST
