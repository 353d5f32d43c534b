"""The bench that attacks anonymous polls finds nothing, and would find what there is."""

import random
import statistics

import pytest

from bench.anonymity import ENGINES, Tally, attack, deviations
from bench.anonymity_traces import in_order

MARKS = [b"ballot-%016x" % n for n in random.Random(5).sample(range(10**9), 40)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_few_closed_polls_name_nobody(engine: str) -> None:
    result = attack(engine, 3, random.Random(7))
    assert result.is_clean
    assert (result.polls, result.backups) == (3, 2)
    assert result.named_in_copies == result.copied > 0  # while it is open, a copy of the box names everybody
    assert result.together.polls == 3
    assert abs(deviations([result])) < 6  # three polls: the order itself would be off by hundreds


def test_an_order_that_tells_is_found() -> None:
    tally = Tally()
    tally.add([MARKS], MARKS)
    assert (tally.hits, tally.expected, tally.deviations) == (40, 1.0, 39.0)
    half = Tally()
    half.add([MARKS[::2]], MARKS)
    assert half.hits == 20
    assert half.expected == 0.5


def test_blind_orders_are_at_chance_and_have_the_spread_that_is_reckoned() -> None:
    dice = random.Random(11)
    for k in (5, 20, 40):
        tally = Tally()
        for _ in range(2_000):
            tally.add([dice.sample(MARKS, k)], MARKS)
        assert abs(tally.deviations) < 3
        single = Tally()
        single.add([MARKS[:k]], MARKS)
        assert single.variance == pytest.approx(k / 40, rel=0.03)


def test_orders_that_are_nearly_the_same_count_as_nearly_one() -> None:
    dice, hits, reckoned = random.Random(12), list[float](), 0.0
    for _ in range(3_000):
        order = dice.sample(MARKS, 40)
        nearly = [*order[:36], *dice.sample(order[36:], 4)]
        tally = Tally()
        tally.add([order, nearly, order[::-1]], MARKS)
        hits.append(tally.hits - tally.expected)
        reckoned += tally.variance / 3_000
    assert abs(statistics.mean(hits)) < 0.15
    assert statistics.pvariance(hits) == pytest.approx(reckoned, rel=0.1)
    assert reckoned > 4  # as strangers they would have 3


def test_marks_are_found_in_their_order_in_any_bytes() -> None:
    a, b, c = MARKS[:3]
    assert in_order(b"\x00" + b + b"x" + a + b"\xff" + b + MARKS[5], [a, b, c]) == ([b, a], [a, b])
