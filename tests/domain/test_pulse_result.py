"""What a pulse came to: numbers against an independent library, and an attacker who has all that was released."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import ceil, floor
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.pulse import QUESTION_KINDS, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer, in_words, screened
from bot.domain.pulse_csv import CSV_HEADS, EVERYBODY, csv_names, csv_rows
from bot.domain.pulse_numbers import Ballot, PulseResult, Share, Tally, Turnout
from bot.domain.pulse_result import read_result, shown_groups
from bot.picture import BarRow, BarsPicture, IntervalPicture, IntervalRow

FEW, FEW_TEXTS = 5, 10  # R13, said once more on purpose
USABLE = PulseQuestion("Usable?", "single", ("Yes", "No", "Not seen"))
USED = PulseQuestion("Used?", "multiple", ("Deck", "Sheet"))
SURE = PulseQuestion("How sure?", "scale_5")
WHY = PulseQuestion("Why?", "text")
ASKED = (USABLE, USED, SURE, WHY)
NAMES = ("", "DACH", "France", "Iberia", "Nordics")
INJURY = "The pump stopped and a patient was hurt"


def vote(choice: int, group: str | None = "DACH", text: str = "", name: str = "") -> Ballot:
    """A ballot on USABLE and WHY."""
    words = (PulseAnswer(1, (), text),) if text else ()
    return Ballot((PulseAnswer(0, (choice,)), *words), group, name)


def two(result: PulseResult) -> tuple[bool, bool]:
    return result.questions[0].whole is not None, result.questions[1].whole is not None


# numbers


@settings(deadline=None)  # the first example waits for the import
@given(st.integers(0, 300), st.data())
def test_intervals_are_those_of_scipy(of: int, data: st.DataObject) -> None:
    from scipy.stats import binomtest  # a second of each of the tests' processes

    hits, silent = data.draw(st.integers(0, of)), data.draw(st.integers(0, 300))
    found = Share("Yes", hits, of, of + silent).interval
    if of:
        expected = binomtest(hits, of).proportion_ci(0.95, method="wilson")
        assert found.low == pytest.approx(expected.low, abs=1e-12)
        assert found.high == pytest.approx(expected.high, abs=1e-12)
    assert found.low <= found.point <= found.high
    share = Share("Yes", hits, of, of + silent)
    low, high = share.likely
    assert found.low <= low <= high <= found.high
    assert float(share.team_low) <= low
    assert high <= float(share.team_high)
    if of:
        assert low - 1e-12 <= found.point <= high + 1e-12


@given(st.lists(st.integers(0, 2), min_size=5, max_size=8), st.integers(0, 3))
def test_what_silence_could_change_is_what_trying_all_silent_answers_gives(votes: list[int], silent: int) -> None:
    invited = len(votes) + silent
    ballots = [vote(one) for one in votes]
    result = read_result([USABLE, WHY], turnout=[Turnout("DACH", invited, len(votes))], ballots=ballots)
    whole = result.questions[0].whole
    assert whole is not None
    for place, share in enumerate(result.questions[0].shares(whole)):
        worlds = [[*votes, *more].count(place) for more in product(range(3), repeat=silent)]
        assert share.team_low == Fraction(min(worlds), invited)
        assert share.team_high == Fraction(max(worlds), invited)


@given(st.lists(st.integers(0, 4), min_size=5, max_size=8), st.integers(0, 3))
def test_the_mean_and_its_bounds_are_exact(votes: list[int], silent: int) -> None:
    ballots = [Ballot((PulseAnswer(0, (one,)),), "DACH") for one in votes]
    invited = len(votes) + silent
    found = read_result([SURE], turnout=[Turnout("DACH", invited, len(votes))], ballots=ballots).questions[0]
    assert found.whole is not None
    assert found.whole.hits == tuple(votes.count(place) for place in range(5))
    mean = found.mean(found.whole)
    assert mean is not None
    assert mean.point == Fraction(sum(one + 1 for one in votes), len(votes))
    worlds = [sum(one + 1 for one in (*votes, *more)) for more in product(range(5), repeat=silent)]
    assert (mean.team_low, mean.team_high) == (Fraction(min(worlds), invited), Fraction(max(worlds), invited))


def test_a_scale_from_0_counts_from_0_and_no_scale_has_no_mean() -> None:
    ballots = [Ballot((PulseAnswer(0, (place,)), PulseAnswer(1, (0,))), "DACH") for place in (0, 0, 10, 10, 10)]
    sure, usable = read_result(
        [PulseQuestion("Sure?", "scale_10"), USABLE], turnout=[Turnout("DACH", 5, 5)], ballots=ballots
    ).questions
    assert sure.whole is not None
    assert usable.whole is not None
    mean = sure.mean(sure.whole)
    assert mean is not None
    assert mean.point == mean.team_low == mean.team_high == 6
    assert [share.label for share in sure.shares(sure.whole)] == [str(step) for step in range(11)]
    assert usable.mean(usable.whole) is None
    assert sure.mean(Tally("", 5, 0, (0,) * 11)) is None


@pytest.mark.parametrize(
    ("hits", "of", "invited", "said"),
    [
        (21, 30, 60, "21 of 30 = 70 % of voters; 35 to 85 % of the team"),
        (21, 30, 30, "21 of 30 = 70 % of the team"),
        (1, 6, 7, "1 of 6 = 17 % of voters; 14 to 29 % of the team"),
        (0, 5, 2000, "0 of 5 = 0 % of voters; 0 to 100 % of the team"),
    ],
)
def test_a_share_in_words(hits: int, of: int, invited: int, said: str) -> None:
    assert Share("Yes", hits, of, invited).said == said


@given(st.integers(1, 500), st.data())
def test_the_words_promise_no_more_than_is_so(invited: int, data: st.DataObject) -> None:
    of = data.draw(st.integers(0, invited))
    share = Share("Yes", data.draw(st.integers(0, of)), of, invited)
    assert Fraction(floor(100 * share.team_low), 100) <= share.team_low <= share.team_high
    assert share.team_high <= Fraction(ceil(100 * share.team_high), 100) <= 1


# what is kept back: by hand


def test_of_fewer_than_5_answers_nothing_is_shown_not_even_how_many() -> None:
    results = [
        read_result([USABLE, WHY], turnout=[Turnout("DACH", 30, n)], ballots=[vote(0, text="Words")] * n)
        for n in range(6)
    ]
    assert [one.answered for one in results] == [None] * 5 + [5]
    assert len({one.to_json() for one in results[:5]}) == len({str(csv_rows(one)) for one in results[:5]}) == 1
    assert two(results[5]) == (True, False)


@pytest.mark.parametrize(("texts", "shown"), [(9, False), (10, True)])
def test_of_fewer_than_10_texts_nothing_is_shown(texts: int, shown: bool) -> None:
    ballots = [vote(0, text=f"Words {n}" if n < texts else "") for n in range(20)]
    result = read_result([USABLE, WHY], turnout=[Turnout("DACH", 30, 20)], ballots=ballots)
    assert two(result) == (True, shown)
    assert len(result.questions[1].said) == (texts if shown else 0)
    assert ("Words 1" in result.to_json()) == ("Words 1" in str(csv_rows(result))) == shown


def test_what_may_be_a_complaint_is_never_among_the_texts_and_does_not_count() -> None:
    ballots = [vote(0, text=f"Words {n}") for n in range(9)] + [vote(0, text=INJURY)]
    ballots = [replace(one, answers=screened(one.answers)) for one in ballots]
    assert ballots[-1].answers[1].held_for == "complaint,adverse_event"
    result = read_result([USABLE, WHY], turnout=[Turnout("DACH", 10, 10)], ballots=ballots)
    assert two(result) == (True, False)
    named = read_result([USABLE, WHY], turnout=[Turnout("DACH", 10, 10)], ballots=ballots, by_name=True)
    assert INJURY not in named.to_json() + str(csv_rows(named)) + str(csv_names(named))
    assert len(named.questions[1].said) == 9


def test_texts_do_not_come_in_the_order_of_the_answers() -> None:
    words = [f"{'x' * (n * 7 % 11)} {n}" for n in range(12)]
    turnout = [Turnout("DACH", 12, 12)]
    given = [vote(n % 2, text=text) for n, text in enumerate(words)]
    result, other = (read_result([USABLE, WHY], turnout=turnout, ballots=one) for one in (given, given[::-1]))
    assert result == other
    assert [one.text for one in result.questions[1].said] == sorted(words, key=lambda one: (-len(one), one))


@pytest.mark.parametrize(
    ("turnout", "shown"),
    [
        ({"DACH": (9, 9), "France": (9, 6)}, ["DACH", "France"]),
        ({"DACH": (9, 9), "France": (9, 4)}, []),  # the complement is France
        ({"DACH": (9, 9), "France": (9, 0)}, []),  # that nobody of France answered is known by subtracting, too
        ({"DACH": (9, 9), "France": (0, 0)}, []),  # says nothing that the whole does not
        ({"DACH": (9, 9), "France": (9, 9), "Iberia": (9, 4)}, ["DACH"]),  # the last of those that are shown joins
        ({"DACH": (9, 9), "France": (9, 9), "Iberia": (3, 2), "Nordics": (3, 2)}, ["DACH"]),  # siblings, 4 together
        ({"DACH": (9, 9), "France": (9, 9), "Iberia": (3, 2), "Nordics": (3, 3)}, ["DACH", "France"]),
        ({"DACH": (9, 9), "France": (8, 8), "": (9, 9)}, ["DACH", "France"]),  # nobody knows where they are
        ({"DACH": (9, 9), "France": (8, 8), "": (1, 1)}, ["DACH"]),
        ({"DACH": (50, 5), "France": (8, 8), "Iberia": (4, 4)}, ["DACH"]),  # France is smaller by who was invited
    ],
)
def test_which_groups_are_shown(turnout: dict[str, tuple[int, int]], shown: list[str]) -> None:
    asked = [Turnout(group, *numbers) for group, numbers in turnout.items()]
    assert sorted(one.group for one in shown_groups(asked)) == shown


def test_a_group_that_one_question_hides_is_hidden_everywhere() -> None:
    """Were DACH shown for one question and France for the other, Iberia would be what is left."""
    asked = [Turnout("DACH", 7, 7), Turnout("France", 8, 8), Turnout("Iberia", 4, 2)]
    assert [one.group for one in shown_groups(asked)] == ["France"]
    assert [one.group for one in shown_groups(asked, [{"DACH": 7, "France": 5, "Iberia": 2}])] == ["France"]
    assert [one.group for one in shown_groups(asked, [{"DACH": 7, "France": 4, "Iberia": 2}])] == ["DACH"]
    assert shown_groups(asked, [{"DACH": 7, "France": 2, "Iberia": 2}]) == []


def test_numbers_that_contradict_each_other_are_refused() -> None:
    ballots = [vote(0) for _ in range(6)]
    for turnout in (
        [Turnout("DACH", 9, 5)],
        [Turnout("DACH", 9, 3), Turnout("DACH", 9, 3)],
        [Turnout("DACH", 9, 5), Turnout("France", 9, 1)],
    ):
        with pytest.raises(ValueError, match=r"group|ballots"):
            read_result([USABLE, WHY], turnout=turnout, ballots=ballots)
    with pytest.raises(ValueError, match="answered <= invited"):
        Turnout("DACH", 1, 2)


# what is kept back: an attacker


class World(NamedTuple):
    """A pulse as it really was."""

    turnout: list[Turnout]
    ballots: list[Ballot]
    is_whole: bool  # everybody answered all that can be chosen, as `check_answers` wants it
    is_blind: bool = False  # nobody knows the groups of the ballots any more

    def result(self, *, by_name: bool = False) -> PulseResult:
        """What is released."""
        ballots = [replace(one, group=None) if self.is_blind else one for one in self.ballots]
        return read_result(ASKED, turnout=self.turnout, ballots=ballots, by_name=by_name)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    turnout, ballots = [], []
    is_whole, is_blind = draw(st.booleans()), draw(st.sampled_from((False, False, True)))
    for group in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)):
        answered = draw(st.sampled_from((0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 9, 12)))
        turnout.append(Turnout(group, answered + draw(st.integers(0, 4)), answered))
        for _ in range(answered):
            code = draw(st.integers(0, 3 * 3 * 5 * 3 - 1))  # one number a ballot: such worlds are found faster
            answers = (
                PulseAnswer(0, (code % 3,)),
                PulseAnswer(1, ((0,), (1,), (0, 1))[code // 3 % 3]),
                PulseAnswer(2, (code // 9 % 5,)),
                PulseAnswer(3, (), ("", "Too long", "No prices")[code // 45]),
            )
            left_out = 0 if is_whole else draw(st.sampled_from((0, 0, 1, 2, 4, 7)))  # bits, by question
            kept = [one for one in answers if one.text or (one.choices and not left_out >> one.question & 1)]
            ballots.append(Ballot(tuple(kept), group, name="Dre"))
    return World(turnout, ballots, is_whole, is_blind)


Cell = tuple[str, int, int]  # a group, a question (-1: took part), a choice (-1: answered it)


class Known:
    """All that follows by reckoning from what was released: a space of equations, exact."""

    def __init__(self) -> None:
        self.rows: list[dict[Cell, Fraction]] = []

    def learn(self, told: dict[Cell, int]) -> None:
        if left := self._left({cell: Fraction(value) for cell, value in told.items()}):
            self.rows.append(left)

    def tells(self, asked: dict[Cell, int]) -> bool:
        return not self._left({cell: Fraction(value) for cell, value in asked.items()})

    def _left(self, row: dict[Cell, Fraction]) -> dict[Cell, Fraction]:
        for known in self.rows:
            first = next(iter(known))
            if factor := row.get(first, Fraction(0)) / known[first]:
                for cell, value in known.items():
                    row[cell] = row.get(cell, Fraction(0)) - factor * value
        return {cell: value for cell, value in row.items() if value}


def attack(world: World, result: PulseResult) -> Known:
    """Learn every number of the CSV file, which has all there is, and what each question demands."""
    known, groups = Known(), [one.group for one in world.turnout if one.invited]
    places = {
        (question.text, label): (n, k) for n, question in enumerate(ASKED) for k, label in enumerate(question.labels)
    }
    for row in csv_rows(result)[1:]:
        told = dict(zip(CSV_HEADS, row, strict=True))
        among = groups if told["group"] == EVERYBODY else [told["group"]]
        if told["kind"] == "turnout":
            known.learn({(group, -1, -1): 1 for group in among})
        elif (place := places.get((told["question"], told["answer"]))) is not None:
            known.learn({(group, *place): 1 for group in among})
            known.learn({(group, place[0], -1): 1 for group in among})
    for group, (number, question) in product(groups, enumerate(ASKED[:3])):
        if question.kind != "multiple":
            steps = {(group, number, place): 1 for place in range(len(question.labels))}
            known.learn({**steps, (group, number, -1): -1})
        if world.is_whole:
            known.learn({(group, number, -1): 1, (group, -1, -1): -1})
    return known


def small_cells(world: World) -> Iterator[tuple[tuple[str, ...], int]]:
    """Groups, alone and together, of whom fewer than FEW answered a question (-1: took part)."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for one in world.turnout:
        said[-1][one.group] = one.answered
    for ballot in world.ballots:
        for answer in ballot.answers:
            said[answer.question][ballot.group or ""] += 1
    groups = [one.group for one in world.turnout if one.invited]
    for size in range(1, len(groups) + 1):
        for together in combinations(groups, size):
            for number in range(-1, 3):
                if sum(said[number][group] for group in together) < FEW:
                    yield together, number


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_nobody_can_reckon_what_fewer_than_5_answered(world: World) -> None:
    known = attack(world, world.result())
    for groups, number in small_cells(world):
        assert not known.tells({(group, number, -1): 1 for group in groups}), (groups, number)
        for place in range(len(ASKED[number].labels) if number >= 0 else 0):
            assert not known.tells({(group, number, place): 1 for group in groups}), (groups, number, place)


def test_the_attacker_is_no_fool() -> None:
    """It finds what a release without the rule would give away."""
    world = World([Turnout("DACH", 9, 9), Turnout("France", 9, 2)], [], True)
    known = Known()
    known.learn({("DACH", -1, -1): 1, ("France", -1, -1): 1})
    assert not known.tells({("France", -1, -1): 1})
    known.learn({("DACH", -1, -1): 1})
    assert known.tells({("France", -1, -1): 1})
    assert (("France",), -1) in set(small_cells(world))


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_every_number_that_is_released_rests_on_5_answers_and_10_texts(world: World) -> None:
    result = world.result()
    assert result.answered is None or result.answered >= FEW
    assert all(one.answered >= FEW for one in result.turnout)
    shown = {one.group for one in result.turnout}
    assert "" not in shown
    assert result.ballots == ()
    assert csv_names(result) == []
    assert "Dre" not in result.to_json()
    for found in result.questions:
        tallies = [found.whole, *found.groups] if found.whole else []
        assert all(one.of >= (FEW_TEXTS if found.question.kind == "text" else FEW) for one in tallies)
        assert {one.group for one in found.groups} in (set(), shown)
        assert not (found.groups and found.question.kind == "text")
        assert len(found.said) in (0, found.whole.of if found.whole else 0)


@settings(max_examples=100, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_tells_nothing_and_rows_keep_the_result(world: World, random: object) -> None:
    for by_name in (False, True):
        result = world.result(by_name=by_name)
        mixed = list(world.ballots)
        random.shuffle(mixed)  # type: ignore[attr-defined]
        again = world._replace(ballots=mixed).result(by_name=by_name)
        assert again.to_json() == result.to_json()
        assert PulseResult.from_json(result.to_json()) == result


# named, files and pictures


@pytest.mark.parametrize("kind", QUESTION_KINDS)
def test_every_question_has_what_a_picture_needs(kind: str) -> None:
    question = PulseQuestion("Which?", kind, tuple(f"{n}" * 75 for n in range(10)))
    ballots = [
        Ballot((PulseAnswer(0, (n % 5,) if question.labels else (), "" if question.labels else "Words"),), "DACH")
        for n in range(12)
    ]
    found = read_result([question], turnout=[Turnout("DACH", 20, 12)], ballots=ballots).questions[0]
    assert found.whole is not None
    shares = found.shares(found.whole)
    assert bool(shares) == (kind != "text")
    if shares:
        BarsPicture(question.text, tuple(BarRow(one.label, one.hits, one.of) for one in shares))
        rows = []
        for one in shares:
            at = one.interval
            rows.append(IntervalRow(one.label, at.low, at.point, at.high, one.count_words))
        assert "of 12, likely" in IntervalPicture(question.text, tuple(rows)).alt_text


def test_a_named_pulse_tells_whoever_asked_who_said_what_and_others_no_more_than_a_confidential_one() -> None:
    ballots = [vote(0, "DACH", "Fine", "Dre"), vote(1, "France", "", "Ana"), vote(2, "", "Never", "Zoë")]
    turnout = [Turnout("DACH", 3, 1), Turnout("France", 1, 1), Turnout("", 1, 1)]
    result = read_result([USABLE, WHY], turnout=turnout, ballots=ballots, by_name=True)
    assert csv_names(result) == [
        ("name", "group", "Usable?", "Why?"),
        ("Ana", "France", "No", ""), ("Dre", "DACH", "Yes", "Fine"), ("Zoë", "", "Not seen", "Never"),
    ]  # fmt: skip
    assert [(one.name, one.text) for one in result.questions[1].said] == [("Dre", "Fine"), ("Zoë", "Never")]
    assert [one.group for one in result.questions[0].groups] == ["DACH", "France"]
    shared = read_result([USABLE, WHY], turnout=turnout, ballots=ballots)
    assert "Dre" not in shared.to_json() + str(csv_rows(shared))
    assert two(shared) == (False, False)
    nobody = read_result([USABLE, WHY], turnout=[Turnout("DACH", 3, 0)], ballots=[], by_name=True)
    assert csv_rows(nobody)[1][4:7] == ("0", "", "3")


def test_a_file_has_every_number_and_no_formula() -> None:
    question = PulseQuestion("=1+1", "single", ("@Yes", "No"))
    ballots = [vote(n % 2, "-DACH" if n < 6 else "France", "+49 is missing") for n in range(12)]
    result = read_result([question, WHY], turnout=[Turnout("-DACH", 8, 6), Turnout("France", 6, 6)], ballots=ballots)
    rows = csv_rows(result)
    assert rows[0] == CSV_HEADS
    assert {len(row) for row in rows} == {len(CSV_HEADS)}
    assert not any(value[:1] in ("=", "+", "-", "@", "\t", "\r") for row in rows for value in row)
    assert rows[1][2:7] == ("everybody", "answered", "12", "", "14")
    yes = next(row for row in rows if row[2:4] == ("everybody", "'@Yes"))
    assert yes[4:] == ("6", "12", "14", "50.0", "25.4", "74.6", "42.9", "57.1")
    assert sum(row[3] == "'+49 is missing" for row in rows) == 12
    assert json.loads(result.to_json())["hidden"] == 0


def test_an_answer_in_words() -> None:
    assert in_words(USED, PulseAnswer(1, (1, 0))) == "Deck; Sheet"
    assert in_words(SURE, PulseAnswer(2, (3,))) == "4"
    assert in_words(WHY, PulseAnswer(3, (), "Too long")) == "Too long"
