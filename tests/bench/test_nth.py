"""The short run of the n-th call that fails: commits, calls to Slack and some statements of three flows."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from bench.breaking import WAYS
from bench.flows import FLOWS, Flow
from bench.nth import Bench
from bench.stage import open_databases, open_sandbox

STEP = 7  # of the statements
BY_NAME = {flow.name: flow for flow in FLOWS}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is broken on purpose need not be written down."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_sandbox() as server, open_databases("sqlite", server.team_id) as databases:
        yield Bench(server, databases, "sqlite")


@pytest.mark.parametrize(("name", "every"), [("command", 1), ("reaction", 5)])
def test_whatever_fails_it_is_told_or_comes_again_and_has_happened_once(bench: Bench, name: str, every: int) -> None:
    flow = BY_NAME[name]
    points = bench.count(flow)
    assert set(points) == ({"statement", "commit"} if name == "command" else {"statement", "commit", "call"})
    tries = [
        (number, way)
        for number, kind in enumerate(points)
        if kind != "statement" or number % STEP == 0
        for way in WAYS[kind]
    ]
    assert [told for number, way in tries[::every] for told in bench.go(flow, number, way)] == []


def test_a_message_whose_claim_was_not_saved_is_sent_all_the_same(bench: Bench) -> None:
    flow = BY_NAME["form"]
    points = bench.count(flow)
    claim = next(n for n in reversed(range(len(points))) if points[n] == "call") - 1
    commits = [n for n, kind in enumerate(points) if kind == "commit" and n <= claim]
    assert [told for number in commits[-2:] for way in WAYS["commit"] for told in bench.go(flow, number, way)] == []


def test_what_goes_wrong_is_found(bench: Bench) -> None:
    """A flow that promises three rows where there is one, and one that is not told that nothing was saved."""
    flow: Flow = replace(BY_NAME["command"], saved=lambda _session: True)
    points = bench.count(flow)
    told = bench.go(flow, points.index("statement"), "before")
    assert any("told that nothing was saved, but it was" in one for one in told)
    told = bench.go(replace(flow, saved=BY_NAME["command"].saved, done=(3,)), points.index("statement"), "before")
    assert any("instead of (3,)" in one for one in told)
