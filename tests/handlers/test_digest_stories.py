"""The sample company's stories: the digest of the right reader tells each of them in plain words."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.company import load_company
from bot.domain.digest import Digest, build_digest
from bot.domain.digest_findings import Finding
from bot.domain.digest_period import week_before
from bot.views.digest import digest_message
from bot.views.digest_details import details_message
from storage import people
from storage.db import Database
from storage.digest import count_digest
from tests.slack import words

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"
TEAM = "T1"
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def meridian(db: Database) -> Database:
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=TEAM, now=NOW)
    return db


def monday_digest(db: Database, name: str) -> tuple[Digest, str]:
    """The digest of somebody on the Monday of the stories, and its first screen as a person reads it."""
    with db.read() as session:
        reader = next(one for one in people.list_people(session, team_id=TEAM) if one.name.startswith(name))
        period = week_before(MONDAY, reader.tz)
        counted = count_digest(session, team_id=TEAM, reader_id=reader.user_id, period=period)
    digest = build_digest(counted, reader_id=reader.user_id, period=period, now=NOW)
    screen = words(digest_message(digest, with_button=False)).replace("\u2060", "")
    details = words(details_message(digest)).replace("\u2060", "")
    assert details
    return digest, screen


def worked_in(digest: Digest) -> list[Finding]:
    return [one for one in digest.findings if one.kind == "worked"]


# Of each story: the reader whose asset it is, and somebody else, who reads the same without the names.
def test_a_costly_whitepaper_that_nobody_uses(meridian: Database) -> None:
    for name in ("Theo", "Grace"):
        _, screen = monday_digest(meridian, name)
        line = next(line for line in screen.splitlines() if "Osseointegration" in line and "62 review days" in line)
        assert "of 14 people who spoke nobody used it with a customer" in line
        assert "6 did not know it, 5 only opened it, 2 not for their accounts, 1 could not find it" in line


def test_a_deck_that_rises_fast(meridian: Database) -> None:
    for name in ("Lukas", "Hana"):
        digest, screen = monday_digest(meridian, name)
        line = next(line for line in screen.splitlines() if "is catching on" in line)
        assert "Lumenary Plan Live Demo Deck* v2" in line
        assert "7 uses in the last week, before that 1, 2, 3, 4, 5" in line
        assert "Rated 4.6" in line
        worked = next(
            one for one in digest.findings if one.kind == "worked" and one.subject.title.startswith("Lumenary")
        )
        assert (worked.tally.uses, worked.tally.users, worked.tally.regions, worked.tally.helped) == (22, 16, 8, 22)


def test_an_outdated_price_sheet_that_is_still_in_use(meridian: Database) -> None:
    for name in ("Theo", "Owen"):
        _, screen = monday_digest(meridian, name)
        told = screen.split("Outdated, and still in use")[1]
        line = next(line for line in told.splitlines() if "Halden List Price Sheet* v1" in line)
        assert "12 uses by 10 people after v2 replaced it, hurt 5 times" in line


def test_two_regions_that_disagree(meridian: Database) -> None:
    for name in ("Ines", "Radomir"):
        digest, screen = monday_digest(meridian, name)
        line = screen.split("Two regions disagree")[1].splitlines()[1]
        assert "Corvane Surgeon Deck* v3" in line
        assert "US-West rates it 4.6 (11 ratings, helped 11, hurt 0)" in line
        assert "DACH 1.5 (11 ratings, helped 0, hurt 5)" in line
        assert "3.1 hides both" in line
        assert not [
            one for one in digest.findings if one.kind == "worked" and one.subject.title == "Corvane Surgeon Deck"
        ]


def test_what_looks_like_a_story_and_is_none(meridian: Database) -> None:
    digest, screen = monday_digest(meridian, "Priya")
    assert [one.subject.title for one in digest.movers] == ["Lumenary Plan Live Demo Deck"]
    assert "Aquivo vs Norvanta Battlecard" not in screen.split("Assets, by what was said")[1].split("In their words")[0]


def test_who_owes_many_answers_is_told_first(meridian: Database) -> None:
    digest, screen = monday_digest(meridian, "Owen")
    assert screen.index("What needs you") < screen.index("Against the week before")
    assert "for your answer about *Aquivo 3 Procurement Deck*" in screen
    assert digest.waiting_total > 5


def test_quotes_are_letter_for_letter_and_names_are_for_the_owner(meridian: Database) -> None:
    for name in ("Theo", "Hana"):
        digest, _ = monday_digest(meridian, name)
        known = (COMPANY / "feedback.jsonl").read_text(encoding="utf-8")
        assert 3 <= len(digest.quotes) <= 5
        assert sum(one.grain is not None for one in digest.quotes) == 1
        for one in digest.quotes:
            assert one.words.replace('"', '\\"') in known
            mine = one.subject is not None and one.subject.owner_name.startswith(name)
            assert bool(one.name) is mine
