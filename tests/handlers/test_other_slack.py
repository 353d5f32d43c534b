"""A Slack that lacks most methods: what it refuses switches off only what needs it."""

import pytest

from tests.slack import Slack

REP, OWNER = "Dre Hollowell", "Ines Carvalho-Wick"
LACKING = (
    "conversations.open", "conversations.info", "conversations.list", "conversations.history", "conversations.replies",
    "conversations.members", "users.info", "users.list", "reactions.get", "chat.getPermalink", "chat.update",
    "views.open", "views.push", "views.update", "views.publish",
)  # fmt: skip


@pytest.fixture
def wants_digests() -> bool:
    return True


@pytest.fixture
def poor(slack: Slack) -> Slack:
    """The workspace, from now on with little more than posting."""
    slack.post("faults", rules=[{"method": method, "kind": "unknown_method"} for method in LACKING])
    return slack


def test_words_are_recorded_the_owner_hears_and_the_digest_comes(poor: Slack) -> None:
    dre, ines = poor.person(REP), poor.person(OWNER)
    said = dre.command("/asset-feedback spine deck 2 they wanted newer data")
    assert "that is recorded" in said
    ines.reads("they wanted newer data", "app")
    assert "they wanted newer data" in dre.command("/asset-feedback mine")
    assert "The last 7 days" in ines.command("/digest")
    poor.jump(local="mon 09:00", person=ines)
    ines.reads("Your week", "app")
    poor.settle()
    assert len([message for message in ines.messages("app") if "Your week: " in message.text]) == 1


def test_what_needs_a_form_says_so_and_keeps_what_was_typed(poor: Slack) -> None:
    dre = poor.person(REP)
    assert "Forms can't be opened in this workspace" in dre.command("/asset-feedback")
    assert "Corvane Surgeon Deck" in dre.command("/asset list corvane")
    dre.opens_home()
    poor.settle()
    assert dre.home == ""
    dre.command("/asset-feedback corvane deck 5 still works")
    assert "still works" in dre.command("/asset-feedback mine")


def test_an_emoji_under_a_link_asks_for_a_message_that_nobody_may_read(poor: Slack) -> None:
    dre = poor.person(REP)
    message = dre.says("see <https://assets.meridian.example/corvane-surgeon-deck/v3>")
    dre.react(message, "+1")
    poor.settle()
    assert "Corvane" not in dre.command("/asset-feedback mine")
    assert "that is recorded" in dre.command("/asset-feedback corvane deck 4 fine")
