"""Whoever names a version that is no longer to be used hears which is, in every room, and is offered no other."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from storage.asset import AssetVersion
from storage.db import Database
from tests.slack import Message, Person, Slack

REP, OTHER, MARKETER = "Dre Hollowell", "Tess Amundarain", "Priya Rangaraj-Cole"
DECK, WARD, PACK = "Corvane Surgeon Deck", "Aquivo Quiet Ward Ad Set", "ANZ Infusion Tender Pack"
LINK = "https://assets.meridian.example/corvane-surgeon-deck"
WARD_LINK = "https://assets.meridian.example/aquivo-quiet-ward/v1"
REPLACED = "has been replaced: v3 is current."


@pytest.fixture
def company(newcomers: Path) -> Path:
    """With assets that have expired, or soon will."""
    return newcomers


def private(person: Person, text: str) -> Message:
    return person.finds(lambda message: message.is_ephemeral and text in message.text, f"in private: {text}")


def supersede(company_url: str) -> None:
    """The deck's v4 comes out behind the app's back."""
    db = Database(company_url)
    with db.begin() as session:
        query = select(AssetVersion).where(AssetVersion.title == DECK, AssetVersion.version == "v3")
        old = session.exec(query).one()
        new = old.model_dump(exclude={"id"}) | {"version": "v4", "number": old.number + 1}
        old.superseded_at = datetime(2026, 11, 23, 7, tzinfo=UTC)
        session.add_all([old, AssetVersion(**new)])
    db.close()


def test_in_a_command(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback corvane deck v1 4 surgeons liked it")
    assert "v3 is current." in said
    receipt = private(dre, "surgeons liked it")
    assert receipt.buttons == ["Edit", "I used v1", "Undo", "Show v3"]
    dre.click("Show v3", receipt)
    assert "I used it" in private(dre, "Released").buttons
    said = dre.command("/asset-feedback quiet ward 2 the owl scares the ward")
    assert "expired on 31 Oct 2026, and nothing has taken its place yet. Ask Radomir Pellsky" in said
    assert "Show" not in private(dre, "the owl scares the ward").buttons


def test_in_a_form(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck v1")
    assert "v3 is current." in dre.modal
    dre.click("Show v3")
    assert "I used it" in dre.modal
    dre.command("/asset-feedback quiet ward")
    assert "expired on 31 Oct 2026, and nothing has taken its place" in dre.modal
    dre.command("/asset-feedback corvane deck")
    chosen = dre.fields["asset"]
    supersede(company_url)
    assert dre.submit(asset=chosen, rating="4", said="while the form was open") == {}
    receipt = dre.reads("while the form was open", "app")
    assert "has been replaced: v4 is current." in receipt.text
    assert "Show v4" in receipt.buttons


def test_in_a_message_that_is_sent_to_marketing(slack: Slack) -> None:
    dre, tess = slack.person(REP), slack.person(OTHER)
    dre.shortcut("feedback.send_to_marketing", tess.says(f"still using <{LINK}/v1>"))
    assert REPLACED in dre.modal
    dre.click("Show v3")
    assert "I used it" in dre.modal
    dre.shortcut("feedback.send_to_marketing", tess.says(f"the owl: <{WARD_LINK}>"))
    assert "expired on 31 Oct 2026, and nothing has taken its place" in dre.modal
    assert dre.fields["asset"] is None
    dre.shortcut("feedback.send_to_marketing", tess.says(f"use <{LINK}/v3>"))
    assert "is current" not in dre.modal


def test_under_an_emoji_once(slack: Slack) -> None:
    dre, tess = slack.person(REP), slack.person(OTHER)
    message = tess.says(f"still using <{LINK}/v1>")
    dre.react(message, "white_check_mark")
    told = dre.reads("Thank you for your emoji.", "app")
    assert REPLACED in told.text
    assert told.buttons == ["Show v3"]
    dre.react(message, "+1")
    dre.react(tess.says(f"and <{LINK}/v1> once more"), "+1")
    dre.react(tess.says(f"use <{LINK}/v3>"), "+1")
    slack.settle()
    listed = dre.command("/asset-feedback mine")
    assert "of 4 pieces" in listed
    assert sum("Thank you for your emoji." in one.text for one in dre.messages("app")) == 1
    assert all("Thank you for your emoji." not in one.text for one in tess.messages("app"))


def test_on_an_old_button(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    dre.command("/asset show corvane deck")
    card = private(dre, "Released")
    supersede(company_url)
    for label in ("Give feedback", "Couldn't use it"):
        dre.click(label, card)
        told = private(dre, "has been replaced: v4 is current. Nothing was recorded.")
        assert told.buttons == ["I used it", "Give feedback", "Couldn't use it", "Show v4"]
    dre.click("I used it", card)
    assert private(dre, "Which one did you use?").buttons == ["I used v4", "I used v3", "Show v4"]


def test_what_expires_is_offered_nowhere_from_that_night_on(slack: Slack) -> None:
    dre, priya = slack.person(REP), slack.person(MARKETER)
    assert PACK in dre.command("/asset list tender")
    slack.jump(to="2026-12-16T12:00:00Z")
    for person in (dre, priya):
        assert PACK not in person.command("/asset list tender")
        assert PACK not in person.command("/asset list")
        said = person.command("/asset show infusoin tendr pakk")  # misspelt: what comes near is not to be used
        assert PACK not in said
        assert "I know no asset called" in said
        assert "expired on 15 Dec 2026" in person.command("/asset show tender pack")
        person.command("/asset-feedback")
        assert PACK not in person.type_ahead("asset.find", "tender pack")
        person.command("/asset")
        assert PACK not in person.modal
        assert person.type_ahead("asset.look_up", "tender pack") == ["Nothing fits “tender pack”"]
    assert PACK not in dre.command("/asset-feedback infusoin tendr pakk 3 fine")
    dre.command("/asset show tender pack")
    assert private(dre, "expired on 15 Dec 2026").buttons == []


def test_names_that_fit_only_what_has_ended_are_answered(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    db = Database(company_url)
    with db.begin() as session:
        for row in session.exec(select(AssetVersion).where(AssetVersion.team_id != "T0OTHER")):
            if row.kind == "whitepaper":
                row.retired_at = datetime(2026, 11, 1, tzinfo=UTC)
                session.add(row)
    db.close()
    said = dre.command("/asset show whitepaper")
    assert said.count("has been retired, and nothing has taken its place yet.") == 3
    assert "Show" not in said
