"""Every delivery of a person's way through the product comes five times, two of them at once: it has happened once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session, select

from bench.flows import FLOWS, Flow
from bench.stage import ENGINES, Databases, Line, Stage, body_of, open_databases, open_sandbox
from bot.views.kit import with_memo
from sandbox.server import SandboxServer
from storage.people import Person

COPIES = 5
ONE_BY_ONE = [flow for flow in FLOWS if flow.name not in ("digest", "sweep")]  # in those nobody does anything


class Stutter(Line):
    """Slack as it never should be: the first two copies at the same moment, and some more."""

    different: list[str]

    async def deliver(self, kind: str, payload: dict[str, Any], headers: dict[str, str], timeout: float) -> Any:
        """Deliver all copies; the answer is the first one's."""
        self.under_way += 1
        try:
            answers = await asyncio.gather(*(asyncio.to_thread(self.send, payload) for _ in range(2)))
            answers += [await asyncio.to_thread(self.send, payload) for _ in range(COPIES - 2)]
        finally:
            self.under_way -= 1
        told = [(answer.status, body_of(answer)) for answer in answers]
        self.different += [f"{kind}: {told}"] if any(one != told[0] for one in told) else []
        return told[0][1]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with open_sandbox() as server:
        yield server


@pytest.fixture(scope="module", params=ENGINES)
def databases(request: pytest.FixtureRequest, sandbox: SandboxServer) -> Iterator[Databases]:
    with open_databases(request.param, sandbox.team_id) as databases:
        yield databases


@pytest.fixture
def stage(sandbox: SandboxServer, databases: Databases) -> Iterator[Stage]:
    with databases.new() as url:
        stage = Stage(sandbox, url)
        yield stage
        stage.close()


@pytest.mark.parametrize("flow", ONE_BY_ONE, ids=lambda flow: flow.name)
def test_it_happens_once_and_every_copy_hears_the_same(stage: Stage, flow: Flow) -> None:
    flow.prepare(stage)
    stage.settle()
    stutter = Stutter(stage.app)
    stutter.different = []
    stage.line = stutter
    stage.server.sandbox.delivery.request_url = stutter  # type: ignore[assignment]
    assert flow.act(stage) == ""
    stage.settle()
    assert stutter.different == []
    assert flow.seen(stage) == flow.done


def test_a_copy_opens_no_second_form(stage: Stage) -> None:
    dre = stage.slack.person("Dre Hollowell")
    dre.command("/asset-feedback", "#general")
    _, payload = stage.line.taken[-1]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(stage.line.send, [payload] * 2))
    assert [answer.status for answer in answers] == [200, 200]
    assert len(stage.slack.calls("views.open")) == 1


@pytest.mark.parametrize("claimed", ["", "somebody", None])
def test_a_form_that_comes_back_for_nobody_makes_nobody(stage: Stage, claimed: str | None) -> None:
    sam = stage.slack.person("Sam Etxeverrieta")
    sam.command("/groundswell people", "#general")
    sam.click("Edit")
    assert sam.submit() == {}
    _, payload = stage.line.taken[-1]
    payload["view"] = with_memo(payload["view"], user_id=claimed, nonce="another")
    assert "Choose a person" in stage.line.send(payload).body
    with stage.looks.read() as session:
        assert person_ids(session) == {one["id"] for one in stage.slack.get("people")["people"]}


def person_ids(session: Session) -> set[str]:
    return set(session.exec(select(Person.user_id)).all())
