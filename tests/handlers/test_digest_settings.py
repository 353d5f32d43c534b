"""Everybody chooses the day, the hour, how much and how often: from the command, under a digest, and on the Home."""

from pathlib import Path

import pytest

from tests.readers import only_readers
from tests.slack import Slack

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"


@pytest.fixture
def wants_digests() -> bool:
    return True


@pytest.fixture
def company() -> Path:
    """The whole past of the sample company."""
    return COMPANY


def test_a_digest_comes_when_and_as_its_reader_wants_it(slack: Slack, company_url: str) -> None:
    only_readers(slack, company_url, "Ines Carvalho-Wick", "Dre Hollowell", "Gudrun")
    ines, dre, gudrun = slack.person("Ines Carvalho-Wick"), slack.person("Dre Hollowell"), slack.person("Gudrun")
    dre.opens_home()
    gudrun.opens_home()
    slack.settle()
    assert "*Your digest*" in dre.home
    assert "30 Nov 2026" not in dre.home
    assert "23 Nov 2026, 09:00" in dre.home
    assert "It comes only if there is something for you" in dre.home
    # Gudrun wants none by itself, from her Home.
    gudrun.click_home("Digest settings")
    assert gudrun.fields == {"rhythm": "weekly", "weekday": "0", "hour": "9", "depth": "usual"}
    assert gudrun.submit(rhythm="never") == {}
    assert "Saved. It never comes by itself." in gudrun.modal
    slack.settle()
    assert "It never comes by itself." in gudrun.home
    # Ines reads the usual one first, and then wants it on Thursdays at three, with everything.
    slack.jump(local="mon 09:00", person=ines)
    digest = ines.reads("Your week: 16 to 22 November 2026", "app")
    assert "Your team's week" not in "".join(message.text for message in gudrun.messages("app"))
    ines.click("Digest settings", digest)
    assert ines.submit(weekday="3", hour="15", depth="everything") == {}
    assert "The next one is due" in ines.modal
    assert "26 Nov 2026, 15:00" in ines.modal
    dre.command("/asset-feedback corvane deck 5 the lattice page opened the door in Trenton today")
    slack.jump(to="2026-11-26T15:10:00Z")
    told = ines.reads("Since your last digest: 23 to 25 November 2026", "app")
    assert "the lattice page opened the door in Trenton today" in told.text
    assert "Your assets, in 13 weeks" in told.text  # at once, and not in the thread
    assert told.replies == []
    assert "Details" not in told.buttons
    # What is chosen is how `/digest` looks, too.
    ines.command("/digest settings")
    assert ines.fields == {"rhythm": "weekly", "weekday": "3", "hour": "15", "depth": "everything"}
    assert ines.submit(depth="short", rhythm="every_other_week") == {}
    short = ines.command("/digest last week")
    assert "What needs you" in short
    assert "In their words" not in short
    ines.click("Details")
    assert "Your assets, in 13 weeks" in ines.modal
