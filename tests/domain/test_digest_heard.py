"""What a digest hears: what repeats, what spreads, what is asked again and again, and whether a new version hits."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest import Counted, build_digest
from bot.domain.digest_loops import find_new_versions
from bot.domain.digest_numbers import PeriodNumbers, Subject, Tally
from bot.domain.digest_period import Period, week_before
from bot.domain.digest_repeats import HeardThemes, find_repeats, themes_of
from bot.domain.digest_spread import ENOUGH, find_asked_again, find_shared, find_spreads
from bot.domain.digest_voices import Heard, Voice, people_by_region
from bot.domain.pulse_theme import Theme
from bot.domain.theme_list import DESCRIBED

WEEK = week_before(date(2026, 11, 23), "UTC")
NOW, THEN = WEEK.start + timedelta(days=2), WEEK.start - timedelta(weeks=3)
OFFER = (
    "Brandel gives the beds away for nothing", "no-cost beds from Brandel at two sites", "their no-cost beds again",
    "Who else hears of no-cost beds?", "Brandel and its no-cost beds, what do I say?", "lost one to the no-cost beds",
)  # fmt: skip


def voice(words: str, who: str | int = 1, at: datetime = NOW, region: str = "North", **more: object) -> Voice:
    return replace(Voice(1, 7, f"U{who}", region, words, at), **more)  # type: ignore[arg-type]


def usual(number: int = 60) -> list[Voice]:
    """What people wrote in the weeks before: all sorts of things, and the word "beds" once in a while."""
    return [
        voice(
            f"the beds brochure was fine for visit {n}" if n % 12 == 0 else f"a visit like any other, number {n}",
            n,
            THEN,
        )
        for n in range(number)
    ]


# words that spread


def test_words_spread_when_many_write_them_who_did_not_before() -> None:
    said = [*usual(), *(voice(words, n, region=("North", "South")[n % 2]) for n, words in enumerate(OFFER))]
    (found,) = find_spreads(said, end=WEEK.end, weeks=2)
    assert (found.start, len(found.voices), found.before, found.since) == (WEEK.start, 6, 5, 0)
    assert found.words == ("no-cost",)
    assert people_by_region(found.voices) == [("North", 3), ("South", 3)]


def test_a_week_later_it_is_told_with_what_came_since() -> None:
    said = [*usual(), *(voice(words, n, NOW - timedelta(weeks=1)) for n, words in enumerate(OFFER))]
    said.append(voice("no-cost beds once more", 99))
    (found,) = find_spreads(said, end=WEEK.end, weeks=2)
    assert (found.start, found.since) == (WEEK.start - timedelta(weeks=1), 1)
    assert find_spreads(said, end=WEEK.end, weeks=1) == []


def test_a_word_alone_must_be_rarer_than_words_that_come_together() -> None:
    strike = [voice(f"strike in hall {n}", n) for n in range(5)]
    (found,) = find_spreads([*usual(), *strike], end=WEEK.end, weeks=1)
    assert "strike" in " ".join(found.words)
    before = [voice("a strike", 50, THEN)]
    alone = [voice("strike", n) for n in range(5)]
    assert find_spreads([*usual(), *alone], end=WEEK.end, weeks=1)
    assert find_spreads([*usual(), *before * 6, *alone], end=WEEK.end, weeks=1) == []


@pytest.mark.parametrize("people", [1, 4])
def test_few_people_spread_nothing_however_much_they_write(people: int) -> None:
    said = [*usual(), *(voice(words, n % people) for n, words in enumerate(OFFER * 3))]
    assert find_spreads(said, end=WEEK.end, weeks=2) == []


def test_a_busy_week_a_first_week_and_words_of_every_day_spread_nothing() -> None:
    busy = [replace(one, at=NOW) for one in usual()] * 3
    assert find_spreads([*usual(), *busy], end=WEEK.end, weeks=2) == []
    doubled = [
        *(voice("the poster hangs", n, THEN) for n in range(10)),
        *(voice("the poster hangs", n) for n in range(9)),
    ]
    assert find_spreads([*usual(), *doubled, *busy[:20]], end=WEEK.end, weeks=2) == []  # twice as often as before
    first = [voice(words, n) for n, words in enumerate(OFFER)]
    assert find_spreads([*usual(ENOUGH - 1), *first], end=WEEK.end, weeks=2) == []
    everyday = [voice("we should have something like that again today", n) for n in range(9)]
    assert find_spreads([*usual(), *everyday], end=WEEK.end, weeks=2) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 9), st.integers(-20, 20)), max_size=60))
def test_no_words_are_too_strange(texts: list[tuple[str, int, int]]) -> None:
    said = [voice(words, who, WEEK.end + timedelta(days=days)) for words, who, days in texts]
    for found in find_spreads([*usual(), *said], end=WEEK.end, weeks=3):
        assert found.words
        assert len({one.user_id for one in found.voices}) >= 5
    find_asked_again(said, {7})
    find_shared(said, usual())


# asked again and again


def test_an_owner_hears_what_is_asked_again_without_an_answer() -> None:
    asked = ("Where is the 37% from?", "They want the source of 37%", "37%, anyone?", "nice pictures")
    said = [voice(words, n % 2, THEN + timedelta(days=n), version_id=3) for n, words in enumerate(asked)]
    (found,) = find_asked_again([*usual(), *said], {3, 7})
    assert (found.version_id, found.words, len(found.voices), found.latest.words) == (3, ("37%",), 3, "37%, anyone?")
    assert find_asked_again([*usual(), *said], {7}) == []
    answered = [replace(one, is_answered=True) if "source" in one.words else one for one in said]
    assert find_asked_again([*usual(), *answered], {3}) == []
    by_one = [replace(one, user_id="U1") for one in said]
    assert find_asked_again([*usual(), *by_one], {3}) == []
    told = [replace(one, words=one.words.replace("?", ".")) for one in said]
    assert find_asked_again([*usual(), *told], {3}) == []


# themes


def theme(*places: int) -> HeardThemes:
    return HeardThemes([Theme("Length", "It is too long", places)])


def test_a_theme_is_told_by_how_many_people_it_has_and_where() -> None:
    said = [voice(f"too long {n}", n, THEN, "North" if n < 6 else "South") for n in range(8)]
    said += [
        voice("too long?", 6, NOW, "South", outcome="hurt"),
        *(voice(f"other {n}", n, THEN, "East") for n in range(30)),
    ]
    (found,), hidden = find_repeats(said, theme(*range(9)).said, start=WEEK.start)
    assert (found.people, found.now, found.places, found.regions) == (8, 1, 2, (("North", 6),))
    assert (found.questions, found.hurt, found.latest.words, hidden) == (1, 1, "too long?", 0)
    assert (found.trend, found.mostly) == ("", "North")


def test_of_few_people_nothing_is_told_but_that_there_are_some() -> None:
    said = [voice("too long", n % 4) for n in range(9)]
    assert find_repeats(said, theme(*range(9)).said, start=WEEK.start) == ([], 1)
    past = [voice("too long", n, THEN) for n in range(9)]
    assert find_repeats(past, theme(*range(9)).said, start=WEEK.start) == ([], 0)


def test_a_theme_rises_in_proportion_to_all_that_is_written() -> None:
    other = [voice(f"other {n}", n, THEN) for n in range(40)]
    before = [voice("too long", n, THEN) for n in range(4)]
    now = [voice("too long", n + 3) for n in range(3)]
    told = [*before, *now, *other]
    assert find_repeats(told, theme(*range(7)).said, start=WEEK.start)[0][0].trend == "rising"
    busy = [*told, *(voice(f"other {n}", n) for n in range(40))]
    assert find_repeats(busy, theme(*range(7)).said, start=WEEK.start)[0][0].trend == ""
    new = [*(voice("too long", n) for n in range(5)), *other]
    assert find_repeats(new, theme(*range(5)).said, start=WEEK.start)[0][0].trend == "new"


def test_praise_is_no_objection_and_needs_without_a_theme_share_words() -> None:
    said = [
        voice("far too long", 1, rating=2), voice("not too long, bravo", 2, rating=5), voice("too long?", 3, rating=5),
        voice("nothing too long about it", 4, outcome="helped"), voice("too long", 5),
        voice("excellent, thank you", 6, rating=1),
    ]  # fmt: skip
    needs = [voice(f"a robin poster for site {n}", n) for n in range(5)] + [voice("German slides", 9)]
    themes = themes_of(Heard(said=said, needs=needs), DESCRIBED)
    assert [(one.name, len(one.places)) for one in themes.said] == [("Length", 3)]
    shared = [one for one in themes.needs if not one.line]
    assert [(one.name, one.places) for one in shared] == [("robin poster", (0, 1, 2, 3, 4))]


# loops


def tally(version_id: int, ratings: list[int]) -> Tally:
    squares = sum(one * one for one in ratings)
    return Tally(version_id, said=len(ratings), ratings=len(ratings), rating_sum=sum(ratings), rating_squares=squares)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ([3, 2, 2, 3], [4, 5, 5, 5, 4, 5], "hit"),
        ([5, 5, 4, 5], [2, 2, 1], "worse"),
        ([3, 3, 2], [2, 2, 1, 3, 4, 2, 2, 3, 2, 2], "same"),  # an offer that is new to the market, not a worse card
        ([2, 2], [5, 5, 5, 5], "early"),
        ([3] * 20, [4, 3, 4, 4] * 5, "same"),  # clear, and little
        ([1, 5, 3], [5, 4, 4], "same"),
    ],
)
def test_a_new_version_hits_when_the_difference_is_clear(old: list[int], new: list[int], verdict: str) -> None:
    first = Subject(1, "Deck", "v1", released_at=WEEK.start - timedelta(days=300))
    second = Subject(2, "Deck", "v2", released_at=WEEK.start - timedelta(days=30), replaces=1)
    shown = {1: tally(1, old), 2: tally(2, new)}
    assert [one.verdict for one in find_new_versions({1: first, 2: second}, shown, WEEK)] == [verdict]
    assert find_new_versions({1: first, 2: second}, {2: shown[2]}, WEEK) == []
    late = replace(shown[1], late_ratings=len(old), late_rating_sum=sum(old))  # of what has been replaced already
    assert find_new_versions({1: first, 2: second}, {1: late, 2: shown[2]}, WEEK) == []
    older = replace(second, released_at=WEEK.start - timedelta(days=100))
    assert find_new_versions({1: first, 2: older}, shown, WEEK) == []


# all of it


def test_a_digest_says_what_it_read_and_hid() -> None:
    said = [*usual(), *(voice(words, n) for n, words in enumerate(OFFER)), voice("too long", 1)]
    heard = Heard(said=said, read=7, total=7)
    counted = Counted({}, {}, [], PeriodNumbers(said=7), PeriodNumbers(), [], 0, [], heard=heard)
    digest = build_digest(counted, reader_id="UM", period=WEEK, now=WEEK.end, themes=themes_of(heard, DESCRIBED))
    assert (digest.read, digest.total, digest.hidden, len(digest.spreads), digest.repeats) == (7, 7, 1, 1, [])
    year = Period(date(2025, 11, 23), date(2026, 11, 23), "UTC")
    assert len(build_digest(counted, reader_id="UM", period=year, now=WEEK.end).spreads) == 1
