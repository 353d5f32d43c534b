"""What Slack never delivered still counts: announcements are read again, and differences are put right (R8)."""

import pytest

from tests.slack import Message, Person, Slack, wait_until

MARKETER, REP, OTHER = "Theo Marchbanke", "Dre Hollowell", "Tess Amundarain"


@pytest.fixture
def announced(slack: Slack) -> Message:
    """The announcement of a new version, in a channel that the reps are in."""
    theo = slack.person(MARKETER)
    theo.command("/asset add")
    theo.submit(
        reference="MLR-2026-0999", version="v1", title="Halden One-Pager", kind="one-pager",
        link="https://assets.meridian.example/halden-one-pager/v1", owner_id=theo.id,
    )  # fmt: skip
    theo.command("/asset release Halden One-Pager")
    theo.submit(channels=[channel_id(theo, "#general")])
    return slack.person(REP).reads("*Halden One-Pager* v1 is out.", "#general")


def channel_id(person: Person, name: str) -> str:
    seen = person.sees_all()["conversations"]
    return next(str(one["id"]) for one in seen if f"#{one['name']}" == name)


def deaf(slack: Slack) -> None:
    """From now on Slack delivers no event."""
    slack.post("faults", rules=[{"method": "event", "kind": "drop"}])


def mine(person: Person) -> str:
    return person.command("/asset-feedback mine")


def sweep(slack: Slack) -> None:
    """The clock ticks, and the jobs that follow are done."""
    before = len(slack.calls("reactions.get"))
    slack.jump(by_seconds=600)
    wait_until(lambda: len(slack.calls("reactions.get")) > before, "the announcement is read again")
    slack.settle()


def test_an_emoji_that_was_never_told_counts_after_the_sweep(slack: Slack, announced: Message) -> None:
    dre = slack.person(REP)
    deaf(slack)
    dre.react(announced, "+1")
    dre.react(announced, "eyes")
    assert "Helpful" not in mine(dre)
    sweep(slack)
    assert "Helpful" in mine(dre)
    assert mine(dre).count("Halden One-Pager") == 1


def test_an_emoji_taken_away_unheard_is_withdrawn(slack: Slack, announced: Message) -> None:
    dre, tess = slack.person(REP), slack.person(OTHER)
    dre.react(announced, "+1")
    tess.react(announced, "hourglass")
    slack.settle()
    deaf(slack)
    dre.react(announced, "+1", remove=True)
    sweep(slack)
    assert "Helpful" not in mine(dre)
    assert "Outdated" in mine(tess)


def test_where_reactions_cannot_be_read_the_rest_goes_on(slack: Slack, announced: Message) -> None:
    slack.post("faults", rules=[{"method": "reactions.get", "kind": "unknown_method"}])
    sweep(slack)
    dre = slack.person(REP)
    dre.react(announced, "+1")
    wait_until(lambda: "Helpful" in mine(dre), "the reaction counts")
