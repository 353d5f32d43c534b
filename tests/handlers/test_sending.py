"""Messages on their way out, with a Slack that goes wrong: each arrives once, or it is said that nobody knows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.connect import slack_client
from bot.reader import Reader
from bot.sender import Sender
from sandbox.server import SandboxServer
from storage.db import Database
from storage.outbox import Outbox, enqueue
from tests.databases import BOTH_ENGINES
from tests.house import sandbox_settings
from tests.slack import Person, Slack, wait_until

pytestmark = BOTH_ENGINES

ADMIN = "Sam Etxeverrieta"
REPS = ("Dre Hollowell", "Kayla Brandvold")
TOLD = "You are now a marketer"
MARKETERS = "name,role\n" + "\n".join(f"{name},marketer" for name in REPS)


@pytest.fixture
def waits() -> dict[str, float]:
    return {"send_timeout": 1, "settle_seconds": 0.5}


@pytest.fixture
def sam(slack: Slack) -> Person:
    """The admin, with the form open whose sending makes a message to each of two people."""
    person = slack.person(ADMIN)
    person.command("/groundswell people")
    person.click("Import CSV")
    return person


def go_wrong(slack: Slack, kind: str, method: str = "chat.postMessage", **more: Any) -> None:
    rule = {"method": method, "kind": kind, "count": 1} | more
    slack.post("faults", rules=[rule])


def told(slack: Slack, name: str) -> int:
    return sum(TOLD in message.text for message in slack.person(name).messages("app"))


def test_a_healthy_slack_is_called_once_for_each_message(slack: Slack, sam: Person) -> None:
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]
    assert len(slack.calls("chat.postMessage")) == 2
    assert slack.calls("conversations.history") == []


@pytest.mark.parametrize("kind", ["error_after", "reset_after", "timeout_after", "error_before", "late"])
def test_an_unknown_outcome_is_looked_up_and_arrives_once(slack: Slack, sam: Person, kind: str) -> None:
    """`late`: Slack does it only after it has answered with an error, but within the time that is waited."""
    delay = {"timeout_after": 1.5, "late": 0.3}.get(kind, 0)
    go_wrong(slack, kind, delay=delay)
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]
    posted = [call for call in slack.calls("chat.postMessage") if call["answer"]["ok"]]
    assert len(posted) == 2
    assert len(slack.calls("conversations.history")) == 1


def test_what_is_lost_again_and_again_still_arrives_once(slack: Slack, sam: Person) -> None:
    slack.post(
        "faults",
        seed=3,
        rules=[
            {"method": "chat.postMessage", "kind": "error_before", "rate": 0.4, "count": 3},
            {"method": "chat.postMessage", "kind": "error_after", "rate": 0.4, "count": 2},
            {"method": "conversations.history", "kind": "error_before", "count": 1},
        ],
    )
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]


def test_a_refusal_for_speed_is_waited_for(slack: Slack, sam: Person) -> None:
    go_wrong(slack, "ratelimited", retry_after=1)
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]
    assert len(slack.calls("chat.postMessage")) == 3
    assert slack.calls("conversations.history") == []


def test_a_direct_message_is_sent_even_when_it_may_not_be_opened_now(slack: Slack, sam: Person) -> None:
    go_wrong(slack, "ratelimited", method="conversations.open", count=9, retry_after=30)
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]
    assert len(slack.calls("conversations.open")) <= 2


def test_one_hung_call_holds_up_nobody_else(slack: Slack, sam: Person) -> None:
    go_wrong(slack, "timeout_after", delay=1.5)
    sam.submit(csv=MARKETERS)
    slack.person(REPS[1]).reads(TOLD, "app")
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]


def test_where_nobody_may_look_nothing_is_sent_twice(slack: Slack, sam: Person) -> None:
    lost = {"method": "chat.postMessage", "kind": "error_before", "count": 1}
    slack.post("faults", rules=[lost, {"method": "conversations.history", "kind": "unknown_method"}])
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert sorted(told(slack, name) for name in REPS) == [0, 1]
    assert len(slack.calls("chat.postMessage")) == 2


def test_a_look_that_is_refused_for_speed_is_made_later(slack: Slack, sam: Person) -> None:
    slack.post(
        "faults",
        rules=[
            {"method": "chat.postMessage", "kind": "error_before", "count": 2},
            {"method": "conversations.open", "kind": "ratelimited", "count": 4, "retry_after": 1},
        ],
    )
    sam.submit(csv=MARKETERS)
    slack.settle()
    assert [told(slack, name) for name in REPS] == [1, 1]
    assert len([call for call in slack.calls("chat.postMessage") if call["answer"]["ok"]]) == 2


def test_the_last_word_about_a_message_stays_the_last(slack: Slack) -> None:
    """Slack does the first change after it has answered with an error, and after the second one was asked for."""
    dre = slack.person(REPS[0])
    dre.shortcut("feedback.give")
    dre.submit(asset=dre.pick("asset.find", "corvane surgeon deck"), rating="4", said="They asked for the lattice.")
    receipt = dre.reads("They asked for the lattice", "app")
    go_wrong(slack, "late", method="chat.update", delay=0.4)
    dre.click("Undo", on=receipt)
    dre.click("Undo", on=receipt)
    slack.settle()
    dre.click("Record it again")
    slack.settle()
    assert "Thank you, that is recorded" in dre.reads("They asked for the lattice", "app").text


def test_a_home_that_could_not_be_shown_is_drawn_again(slack: Slack) -> None:
    go_wrong(slack, "error_before", method="views.publish")
    dre = slack.person(REPS[0])
    dre.opens_home()
    wait_until(lambda: "Hello Dre" in dre.home, "the Home is drawn")


def test_stopping_waits_for_the_call_under_way_and_for_what_came_of_it(server: SandboxServer, db: Database) -> None:
    """The time-out of a call is rounded up to whole seconds, so it may be longer than `send_timeout`."""
    screen = Slack(server.url)
    screen.post("reset")
    go_wrong(screen, "timeout_before", delay=3)
    settings = sandbox_settings(server, db.url, send_timeout=0.2)
    client = slack_client(settings, settings.send_timeout)
    now = datetime.now(UTC)
    with db.begin() as session:
        message = {"text": "Hello", "blocks": []}
        enqueue(session, team_id=server.team_id, key="k", target=screen.person(REPS[0]).id, message=message, now=now)
    sender = Sender(
        settings=settings, db=db, client=client, reader=Reader(client), team_id=server.team_id, now=lambda: now
    )
    sender.start()
    wait_until(lambda: bool(screen.get("log", kind="fault")["entries"]), "the call is under way")
    sender.stop()
    with db.read() as session:
        row = session.exec(select(Outbox)).one()
    assert (row.state, row.reason) == ("sending", "TimeoutError")
    screen.close()
