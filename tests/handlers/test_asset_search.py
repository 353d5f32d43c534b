"""Searches through the front door: what was not found reaches the digest, a search once, and never what is held."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from storage.asset_search import AssetSearch
from storage.db import Database
from tests.slack import Message, Person, Slack, wait_until

REP, OTHER, OWNER, MARKETER = "Dre Hollowell", "Kayla Brandvold", "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
INJURY = "the patient was injured by the cage and had to be operated on again"
DECK, WARD = "Corvane Surgeon Deck", "Aquivo Quiet Ward Ad Set"


@pytest.fixture
def company(newcomers: Path) -> Path:
    """With assets that have expired, or soon will."""
    return newcomers


def private(person: Person, text: str) -> Message:
    return person.finds(lambda message: message.is_ephemeral and text in message.text, f"in private: {text}")


def searches(company_url: str) -> list[tuple[str, int, bool]]:
    db = Database(company_url)
    with db.read() as session:
        rows = session.exec(select(AssetSearch).order_by(col(AssetSearch.id))).all()
    db.close()
    return [(row.words, row.found, bool(row.held_for)) for row in rows]


def test_what_was_looked_for_and_not_found_is_in_the_digest(slack: Slack, company_url: str) -> None:
    dre, kayla, ines = slack.person(REP), slack.person(OTHER), slack.person(OWNER)
    assert "Nothing in the library fits “MRI safety sheet!”" in dre.command("/asset list  MRI   safety sheet!")
    assert "I know no asset called “mri safety”" in kayla.command("/asset show mri safety")
    for words in ("show corvane deck", "show whitepaper", "show quiet ward", "list corvane deck", "list 🔥🔥", "list"):
        dre.command(f"/asset {words}")
    dre.command(f"/asset list {'owl ' * 300}")
    found = searches(company_url)
    assert found[:6] == [
        ("mri safety sheet", 0, False),
        ("mri safety", 0, False),
        ("corvane deck", 1, False),
        ("whitepaper", 4, False),
        ("quiet ward", 0, False),
        ("corvane deck", 1, False),
    ]
    assert [(len(words), number) for words, number, _ in found[6:]] == [(80, 0)]
    said = ines.command("/digest today")
    not_found = said.split("Could not be found")[1]
    assert "2 people looked for “mri safety" in not_found
    assert "…and 2 more" in not_found
    assert REP not in not_found
    ines.click("Details")
    assert f"1 person looked for “quiet ward”. *{WARD}* v1 expired on 31 Oct 2026, and nothing" in said + ines.modal


def test_the_librarys_search_counts_once_whatever_was_typed(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command("/asset")
    for typed in ("m", "mr", "mri", "mri sa", "mri safety"):
        offered = dre.type_ahead("asset.look_up", typed)
    assert offered == ["Nothing fits “mri safety”"]
    assert dre.type_ahead("asset.look_up", "corvain surgon dek") == [DECK]
    assert searches(company_url) == []
    dre.choose("asset.look_up", dre.pick("asset.look_up", "mri safety"))
    wait_until(lambda: "was looked for and not found, without your name" in dre.modal, "thanks")
    assert searches(company_url) == [("mri safety", 0, False)]
    dre.command("/asset-feedback")
    assert dre.type_ahead("asset.find", "mri safety") == []  # a form needs an asset


def test_held_words_are_repeated_to_nobody(slack: Slack, company_url: str) -> None:
    dre, ines = slack.person(REP), slack.person(OWNER)
    for command in (f"/asset list {INJURY}", f"/asset show {INJURY}"):
        said = dre.command(command)
        assert "Feedback is not a report." in said
        assert "operated on" not in said
    dre.command("/asset")
    dre.choose("asset.look_up", dre.pick("asset.look_up", INJURY))
    wait_until(lambda: "Feedback is not a report." in dre.modal, "the way to the form")
    assert [held for _, _, held in searches(company_url)] == [True] * 3
    said = ines.command("/digest today")
    assert "operated" not in said
    assert "looked for" not in said


def test_searches_are_forgotten(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command("/asset list mri safety")
    slack.jump(to="2027-02-22T07:00:00Z")  # 13 weeks
    dre.command("/asset list tender rules")
    assert len(searches(company_url)) == 2
    slack.jump(to="2027-03-09T07:00:00Z")
    wait_until(lambda: [words for words, _, _ in searches(company_url)] == ["tender rules"], "the old one is gone")
