"""Every delivery of a person's way through the product comes five times, two of them at once: it has happened once."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bench import steps
from bench.flows import FLOWS, Flow
from bench.stage import ENGINES, Databases, Line, Stage, body_of, open_databases, open_sandbox
from bot.views.kit import with_memo
from sandbox.server import SandboxServer
from storage import ballot_box
from storage.feedback import Feedback
from storage.people import Person
from tests.databases import BOTH_ENGINES
from tests.pulses import start_pulse
from tests.slack import wait_until

pytestmark = BOTH_ENGINES

COPIES, PRESSES = 5, 8
ONE_BY_ONE = [flow for flow in FLOWS if flow.act is not steps.tick]  # in those nobody does anything


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


class Held(Line):
    """Keeps what Slack delivers to itself."""

    async def deliver(self, kind: str, payload: dict[str, Any], _headers: dict[str, str], _timeout: float) -> Any:
        """Take it, and let nobody have it."""
        self.taken.append((kind, payload))


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


def test_a_secret_ballot_whose_copies_nothing_may_remember_counts_once_and_is_thanked_for_each_time(
    stage: Stage,
) -> None:
    pulse_id = start_pulse(stage.slack, stage.looks, asker="Desmond Fairlowe", channel="C7GEN4RA1", privacy="anonymous")
    stage.settle()
    dre = stage.slack.person("Dre Hollowell")
    asked = dre.messages("#general")[-1]
    stutter = Stutter(stage.app)
    stutter.different = []
    stage.server.sandbox.delivery.request_url = stutter  # type: ignore[assignment]
    dre.click("Yes", asked)
    stage.settle()
    wait_until(lambda: len([one for one in dre.messages("#general") if one.is_ephemeral]) == COPIES, "all replies")
    assert all("in the box" in one.text for one in dre.messages("#general") if one.is_ephemeral)

    def answered() -> int:
        return ballot_box.answered_in_steps(stage.db, team_id=stage.server.team_id, pulse_id=pulse_id)

    for name in ("Jonas Ketterling", "Anke Brodbeck-Thal", "Nuria Castellvell"):
        stage.slack.person(name).click("No", asked)
    assert answered() == 0  # four, and not eight
    stage.slack.person("João Teixosa").click("No", asked)
    assert answered() == 5


@pytest.mark.parametrize("privacy", ["named", "anonymous"])
def test_somebody_of_another_company_in_a_shared_channel_has_no_vote(stage: Stage, privacy: str) -> None:
    start_pulse(stage.slack, stage.looks, asker="Desmond Fairlowe", channel="C7GEN4RA1", privacy=privacy)
    stage.settle()
    dre = stage.slack.person("Dre Hollowell")
    held = Held(stage.app)
    stage.server.sandbox.delivery.request_url = held  # type: ignore[assignment]
    dre.click("Yes", dre.messages("#general")[-1])
    ((_, payload),) = held.taken
    stranger = payload | {"user": {"id": dre.id, "name": "stranger", "team_id": "TOTHER"}}
    assert stage.line.send(stranger).status == 200
    dre.finds(lambda one: "only people of the company that installed it" in one.text, "why")
    assert stage.line.send(payload).status == 200
    dre.finds(lambda one: one.is_ephemeral and one.text.startswith("Thank you"), "that the own one counts")


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


def press_often(stage: Stage, press: Callable[[], None]) -> None:
    """Somebody presses a button many times in one moment: each press is a delivery of its own."""
    held = Held(stage.app)
    stage.server.sandbox.delivery.request_url = held  # type: ignore[assignment]
    press()
    stage.server.sandbox.delivery.request_url = stage.line  # type: ignore[assignment]
    ((_, payload),) = held.taken
    action = payload["actions"][0]
    presses = [payload | {"actions": [action | {"action_ts": f"17.{number}"}]} for number in range(PRESSES)]
    with ThreadPoolExecutor(PRESSES) as pool:
        assert {answer.status for answer in pool.map(stage.line.send, presses)} == {200}
    stage.settle()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # a warning that is an error would save the day
def test_many_presses_in_one_moment_are_one_use(stage: Stage) -> None:
    dre = stage.slack.person("Dre Hollowell")
    dre.command("/asset show corvane surgeon deck", "#general")
    card = next(message for message in dre.messages("#general") if "I used it" in message.buttons)
    press_often(stage, lambda: dre.click("I used it", card))
    with stage.looks.read() as session:
        assert len(session.exec(select(Feedback).where(Feedback.source == "button")).all()) == 1


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_many_choices_in_one_moment_record_the_words_once(stage: Stage) -> None:
    dre = stage.slack.person("Dre Hollowell")
    dre.command("/asset-feedback corvain surgon dek loved the lattice", "#general")
    press_often(stage, lambda: dre.click("This one"))
    with stage.looks.read() as session:
        assert len(session.exec(select(Feedback).where(col(Feedback.said).contains("loved the lattice"))).all()) == 1
