"""A few kills of the real app at work: nothing lost, nothing twice; and the reckoning does find what is wrong."""

import pytest

from bench.crash.batch import Batch, run_batch
from bench.crash.ledger import KEPT, REFUSED, SILENCE, Deed
from bench.crash.verdict import Verdict

KILLS = 8


def test_a_few_kills_lose_and_double_nothing() -> None:
    outcome = run_batch(Batch("sqlite", KILLS, seed="1:0"))
    assert outcome.wrong == {}
    assert outcome.counts["kills"] == KILLS
    assert outcome.counts["fell"] == 0
    assert outcome.counts["acked"] > 0


@pytest.mark.parametrize(
    ("told", "rows", "wrong"),
    [
        (KEPT, 1, {}),
        (KEPT, 0, {"lost": 1}),
        (KEPT, 2, {"duplicated": 1}),
        (SILENCE, 0, {}),
        (SILENCE, 1, {}),
        (SILENCE, 2, {"duplicated": 1}),
        (REFUSED, 0, {}),
        (REFUSED, 1, {"untrue": 1}),
    ],
)
def test_what_somebody_was_told_is_held_against_the_rows(told: str, rows: int, wrong: dict[str, int]) -> None:
    verdict = Verdict()
    verdict.rows(Deed("remark", "U1", "zq1x", told=told), rows, "rows")
    assert dict(verdict.counts()) == wrong
