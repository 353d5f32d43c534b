"""Feedback by emoji, through the front door: what counts, what is taken back, and what is not even kept."""

import pytest
from sqlmodel import select

from storage.db import Database
from storage.feedback import Feedback
from storage.reaction import Reaction
from tests.databases import BOTH_ENGINES
from tests.slack import Message, Person, Slack, wait_until

pytestmark = BOTH_ENGINES

REP, OTHER_REP = "Dre Hollowell", "Tess Amundarain"
LISTENED = "#general"
DECK, LINK = "Corvane Surgeon Deck", "https://assets.meridian.example/corvane-surgeon-deck"


def heard(slack: Slack) -> int:
    """How many reaction events the app has taken, copies not counted."""
    entries = slack.get("log", kind="deliver")["entries"]
    bodies = [one["envelope"] for one in entries if one["type"] == "events_api" and one["ack"] == "ok"]
    return len({body["event_id"] for body in bodies if body["event"]["type"].startswith("reaction_")})


def react(person: Person, message: Message, emoji: str, *, remove: bool = False) -> None:
    """Put an emoji under a message and wait until the app has taken the event."""
    before = heard(person.slack)
    person.react(message, emoji, remove=remove)
    wait_until(lambda: heard(person.slack) > before, "the app hears of the reaction")


def mine(person: Person) -> str:
    person.slack.settle()
    return person.command("/asset-feedback mine")


def kept(company_url: str) -> tuple[int, int]:
    """How many reactions and how many pieces of feedback from reactions are stored."""
    db = Database(company_url)
    with db.read() as session:
        reactions = session.exec(select(Reaction)).all()
        said = session.exec(select(Feedback).where(Feedback.source == "reaction")).all()
    db.close()
    return len(reactions), len(said)


def link_in_channel(slack: Slack, words: str = f"Use <{LINK}/v3>") -> Message:
    return slack.person(OTHER_REP).says(words, LISTENED)


@pytest.mark.parametrize(
    ("emoji", "told"),
    [
        ("+1", "Helpful"),
        ("-1", "Not helpful"),
        ("white_check_mark", "Used it with a customer"),
        ("question", "Could not find it"),
        ("hourglass", "Outdated"),
    ],
)
def test_an_emoji_under_a_link_says_something_about_the_asset(slack: Slack, emoji: str, told: str) -> None:
    dre = slack.person(REP)
    react(dre, link_in_channel(slack), emoji)
    listed = mine(dre)
    assert DECK in listed
    assert told in listed


def test_taking_it_back_withdraws_it_and_putting_it_there_again_brings_it_back(slack: Slack) -> None:
    dre, message = slack.person(REP), link_in_channel(slack)
    react(dre, message, "+1")
    assert "of 1 piece" in mine(dre)
    react(dre, message, "+1", remove=True)
    assert "You have given no feedback yet." in mine(dre)
    react(dre, message, "+1")
    assert "of 1 piece" in mine(dre)


def test_an_old_versions_link_means_that_version(slack: Slack) -> None:
    dre = slack.person(REP)
    react(dre, link_in_channel(slack, f"still using {LINK}/v1/?utm_source=crm"), "white_check_mark")
    listed = mine(dre)
    assert "v1" in listed
    assert "v3" not in listed


def test_two_links_are_two_assets(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    react(dre, link_in_channel(slack, f"{LINK}/v3 or https://assets.meridian.example/halden-price-sheet/v2"), "+1")
    listed = mine(dre)
    assert "of 2 pieces" in listed
    assert "Halden List Price Sheet" in listed
    assert kept(company_url) == (1, 2)


def test_a_message_without_an_asset_leaves_nothing(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    message = link_in_channel(slack, "Lunch at noon? https://lunch.example/menu")
    react(dre, message, "+1")
    react(dre, message, "white_check_mark")
    assert "You have given no feedback yet." in mine(dre)
    assert kept(company_url) == (0, 0)


def test_an_emoji_without_a_meaning_is_not_kept(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    react(dre, link_in_channel(slack), "tada")
    slack.settle()
    assert kept(company_url) == (0, 0)


def test_a_reply_in_a_thread_counts_too(slack: Slack) -> None:
    dre, tess, first = slack.person(REP), slack.person(OTHER_REP), link_in_channel(slack, "Which deck?")
    reply = tess.says(f"{LINK}/v3", LISTENED, thread_ts=first.ts)
    react(dre, reply, "+1")
    assert DECK in mine(dre)


def test_the_same_event_many_times_and_out_of_order_counts_once(slack: Slack, company_url: str) -> None:
    rules = [{"method": "event", "kind": "twice", "rate": 0.6}, {"method": "event", "kind": "reorder", "delay": 0.2}]
    slack.post("faults", rules=rules, seed=7)
    dre, message = slack.person(REP), link_in_channel(slack)
    for remove in (False, True, False, True, False):
        dre.react(message, "+1", remove=remove)
    wait_until(lambda: heard(slack) == 5, "the app has heard all of it")
    assert "of 1 piece" in mine(dre)
    assert kept(company_url) == (1, 1)


def test_the_owner_is_not_disturbed_by_an_emoji(slack: Slack) -> None:
    react(slack.person(REP), link_in_channel(slack), "-1")
    slack.person("Ines Carvalho-Wick").sees_nothing_of("was not happy")


@pytest.mark.parametrize("remove_first", [False, True])
def test_an_announcement_is_known_without_reading_it(slack: Slack, remove_first: bool) -> None:
    ines, dre = slack.person("Ines Carvalho-Wick"), slack.person(REP)
    ines.command("/asset release corvane deck")
    assert ines.submit(channels=["C3LNCH8Q5"]) == {}
    told = dre.reads("Corvane Surgeon Deck* v3 is out", "#launches")
    slack.settle()
    react(dre, told, "white_check_mark")
    if remove_first:
        react(dre, told, "white_check_mark", remove=True)
    listed = mine(dre)
    assert ("You have given no feedback yet." in listed) == remove_first
    slack.settle()
    assert not slack.calls("conversations.history")
