"""The digest through the front door: `/digest` for every role, each one's own day and hour, and its buttons."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers.digest import TOO_LATE
from storage.db import Database
from storage.slots import Slot
from tests.readers import only_readers
from tests.slack import Message, Person, Slack, wait_until

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"
REP, MANAGER, EXECUTIVE, COMPLIANCE = "Dre Hollowell", "Gudrun Eslinghofer", "Harriet Nakagawa-Boyle", "Malik"
LISBON, BERLIN, NEW_YORK, TOKYO = "Ines Carvalho-Wick", "Lukas Feichtnauer", "Theo Marchbanke", "Hana Mizushiro"
WEEK = "Your week: 16 to 22 November 2026"
INJURY = "the patient was injured by the cage and had to be operated on again"


@pytest.fixture
def wants_digests() -> bool:
    return True


@pytest.fixture
def company() -> Path:
    """The whole past of the sample company."""
    return COMPANY


def digests(person: Person, title: str = "Your week") -> list[Message]:
    """The digests in a person's direct messages."""
    person.slack.settle()
    return [message for message in person.messages("app") if title in message.text]


# /digest


def test_a_marketer_reads_any_time_any_line_and_any_asset(slack: Slack) -> None:
    theo, lukas = slack.person(NEW_YORK), slack.person(BERLIN)
    said = theo.command("/digest")
    assert "The last 7 days: 17 to 23 November 2026" in said
    assert "What needs you" in said
    assert "In their words" in said
    assert "items read" in said
    theo.click("Details")
    assert "Your assets, in 13 weeks" in theo.modal
    assert "Halden Bench Test Brief" in theo.modal
    for typed, title in {
        "last week": "Last week: 16 to 22 November 2026",
        "October": "What the field said, 1 to 31 October 2026",
        "2026-10-01 to 2026-10-31": "What the field said, 1 to 31 October 2026",
        "spine last month": "Halden Spine Fixation, last month: 1 to 31 October 2026",
        "last month for spine": "Halden Spine Fixation, last month: 1 to 31 October 2026",
        "MLR-2026-0207": "Lumenary Plan Live Demo Deck, the last 13 weeks",
        "live demo deck 4 weeks": "Lumenary Plan Live Demo Deck, the last 4 weeks",
    }.items():
        assert title in lukas.command(f"/digest {typed}"), typed
    lukas.click("Details")
    assert "Lumenary Plan Live Demo Deck* v2" in lukas.modal
    assert "Corvane" not in lukas.modal
    about = lukas.command("/digest corvane 13 weeks")
    assert "*Two regions disagree*" in about
    assert "Halden" not in about
    assert "Lumenary" not in about
    before_there_was_anything = lukas.command("/digest january")
    assert "A quiet time" in before_there_was_anything
    assert "In their words" not in before_there_was_anything


def test_what_is_not_understood_is_answered_kindly(slack: Slack) -> None:
    lukas = slack.person(BERLIN)
    for typed in ("soon", "<!channel>", "0 weeks", "30 february", "next year", "9999 weeks", "😀" * 400, "spine soon"):
        said = lukas.command(f"/digest {typed}")
        assert "Try `/digest last week`" in said, typed
        assert "This is what you typed, to copy" in said
    assert "I can't read “soon” as a period, a product line or an asset." in lukas.command("/digest last week soon")
    several = lukas.command("/digest whitepaper")
    assert "may be *" in several
    assert "or the reference." in several
    assert "`/digest settings`" in lukas.command("/digest help")


def test_every_role_reads_its_own(slack: Slack) -> None:
    """Numbers of five people and more, no names of writers, and no words but those written to the reader."""
    executive = slack.person(EXECUTIVE).command("/digest last week")
    assert "Last week: 16 to 22 November 2026" in executive
    assert "*Owen Castellane*: 0 of 24 pieces of feedback on 4 assets answered in 13 weeks" in executive
    assert "All other owners: 71 of 216 (33 %)." in executive
    assert "review days* lie in the assets in use: worked" in executive
    assert "*Spreading*: “Norvanta”" in executive
    assert slack.person(COMPLIANCE).command("/digest last week") == executive
    manager = slack.person(MANAGER).command("/digest last week")
    assert "Your team, Last week: 16 to 22 November 2026" in manager
    assert "Sales in DACH, 7 people besides you" in manager
    assert "Fewer than 5 of them spoke this week, so its numbers are kept back." in manager
    assert "*Corvane Surgeon Deck* v3 (21 review days): 11 pieces of feedback from 7 people" in manager
    assert "Halden" not in manager  # fewer than five of hers spoke of it
    few = slack.person("Étienne Valcourt-Brunel").command("/digest")
    assert "Your group has fewer than 5 people besides you." in few
    assert "pieces of feedback" not in few.split("Digest settings")[0]
    rep = slack.person(REP).command("/digest 2 weeks")
    assert "2 answers to what you said" in rep
    assert "CRM template link: found it, ticket raised with CRM team." in rep
    assert "What works for your colleagues, in 13 weeks" in rep
    assert "*Lumenary Plan Live Demo Deck* v2: 22 uses by 16 people, helped 22 times" in rep
    assert "Osseointegration" not in rep  # what does not work is told to marketing
    assert "Nothing has come back to you in this time." in slack.person(REP).command("/digest today")
    for said in (executive, manager, few, rep):
        assert "In their words" not in said
        assert "guilty" not in said
    slack.person(REP).sees_nothing_of("guilty. had a stack printed")


def test_what_was_said_a_minute_ago_is_in_it_and_what_is_held_or_taken_back_is_not(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck 5 the lattice page opened the door in Trenton today")
    dre.command("/asset-feedback corvane deck 4 the pelican page is a marvel of its kind")
    dre.click("Undo")
    dre.command(f"/asset-feedback corvane deck 4 {INJURY}")
    slack.settle()
    said = slack.person(LISBON).command("/digest today")
    assert "the lattice page opened the door in Trenton today" in said
    assert "Dre Hollowell, US-East" in said
    assert "2 of 2 items read" in said
    assert "the words of 1 held back for compliance" in said
    other = slack.person(BERLIN).command("/digest today")
    assert "the lattice page opened the door in Trenton today" in other
    quotes = other.split("In their words")[1]
    assert "Dre" not in quotes
    assert "US-East" not in quotes
    for reader in (LISBON, BERLIN, EXECUTIVE, MANAGER):
        told = slack.person(reader).command("/digest today")
        assert "pelican" not in told
        assert INJURY not in told


# Monday


def test_monday_at_nine_it_comes_once_to_those_whose_nine_it_is(slack: Slack, company_url: str) -> None:
    only_readers(slack, company_url, REP, MANAGER, EXECUTIVE, LISBON, NEW_YORK, TOKYO, "Piper Ashgrove")
    ines, theo, hana, dre = (slack.person(name) for name in (LISBON, NEW_YORK, TOKYO, REP))
    gudrun, harriet = slack.person(MANAGER), slack.person(EXECUTIVE)
    assert digests(ines) == []
    slack.jump(local="mon 09:00", person=ines)
    digest = ines.reads(WEEK, "app")
    wait_until(lambda: bool(ines.reads(WEEK, "app").replies), "the details stand in the thread")
    assert "Your assets, in 13 weeks" in ines.reads(WEEK, "app").replies[0].text
    assert "details in the thread" in digest.text
    assert gudrun.reads("Your team's week: 16 to 22 November 2026", "app")
    assert digests(theo) == digests(hana) == digests(harriet, "the ground") == digests(dre, "Your two weeks") == []
    # The buttons under it.
    assert "João Teixosa" in digest.text
    ines.click("Reply", digest)
    assert "Distribuidor adormeceu" in ines.modal
    ines.submit(reply="Thank you João, a short one comes in December.")
    slack.person("João Teixosa").reads("a short one comes in December", "app")
    assert "Distribuidor adormeceu" not in ines.command("/digest 13 weeks").split("Against")[0]
    slack.jump(local="mon 09:00", person=theo)
    digest = theo.reads(WEEK, "app")
    quoted = next(block for block in digest.raw["blocks"] if "guilty. had a stack printed" in str(block))
    theo.click("Open", replace(digest, raw={"blocks": [quoted]}))
    assert "guilty. had a stack printed" in theo.modal
    assert "Mick Tarrowby · US-East" in theo.modal
    harriet.reads("What the ground sees: 16 to 22 November 2026", "app")
    told = dre.reads("Your two weeks: 9 to 22 November 2026", "app")
    assert "2 answers to what you said" in told.text
    assert len(digests(theo)) == len(digests(ines)) == len(digests(dre, "Your two weeks")) == 1
    assert digests(hana) == []  # their Monday began before the app was there
    assert digests(slack.person("Piper Ashgrove"), "Your two weeks") == []  # nothing has come back to her


def test_a_jump_over_two_mondays_sends_the_newest_and_notes_the_other(slack: Slack, company_url: str) -> None:
    only_readers(slack, company_url, LISBON, TOKYO, REP)
    ines = slack.person(LISBON)
    slack.jump(local="mon 09:00", person=ines)
    ines.reads(WEEK, "app")
    slack.jump(to="2026-12-08T03:00:00Z")  # Tuesday night in Lisbon, eighteen hours late: it wakes nobody
    slack.person(TOKYO).reads("Your week", "app")  # where it is noon
    assert len(digests(ines)) == 1
    slack.jump(local="tue 09:00", person=ines)
    ines.reads("Your week: 30 November to 6 December 2026", "app")
    assert len(digests(ines)) == 2
    db = Database(company_url)
    with db.read() as session:
        rows = session.exec(select(Slot).where(Slot.subject == ines.id).order_by(col(Slot.local_date))).all()
    db.close()
    assert [(row.local_date, row.state, row.reason) for row in rows] == [
        (date(2026, 11, 23), "done", None),
        (date(2026, 11, 30), "skipped", TOO_LATE),
        (date(2026, 12, 7), "done", None),
    ]


def test_a_quote_links_to_its_message_where_everybody_may_open_it(slack: Slack) -> None:
    priya, lukas = slack.person("Priya Rangaraj-Cole"), slack.person(BERLIN)
    for channel, words in (
        ("#launches", "The surgeon in Porto asked for the lattice page twice"),
        ("#marketing-leads", "The board in Basel asked for the lattice page twice"),
    ):
        written = lukas.says(words, channel)
        lukas.shortcut("feedback.send_to_marketing", written)
        assert lukas.submit(asset=lukas.pick("asset.find", "corvane deck")) == {}
        slack.settle()
    priya.command("/digest today")
    shown = priya.finds(lambda message: message.is_ephemeral and "In their words" in message.text, "the digest")
    quoted = [block["text"]["text"] for block in shown.raw["blocks"] if "asked for the lattice page" in str(block)]
    assert len(quoted) == 1  # one quote a person and asset
    assert ("|the message>" in quoted[0]) is ("Porto" in quoted[0])
    lukas.react(written, "+1")  # nothing of the digest minds
