"""The sample company's stories: the digest of the right reader tells each of them in plain words."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.company import load_company
from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, Question
from bot.domain.digest import Digest, build_digest
from bot.domain.digest_period import week_before
from bot.domain.digest_repeats import themes_of
from bot.domain.theme_list import DESCRIBED
from bot.views.digest import digest_message
from bot.views.digest_details import details_message
from storage import check_in, people
from storage.check_in import CheckInAnswer, CheckInRound
from storage.db import Database
from storage.digest import count_digest
from tests.slack import Slack, wait_until, words

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"
TEAM = "T1"
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
MONDAY, BEFORE = date(2026, 11, 23), date(2026, 11, 16)
DAY = timedelta(days=1)
IN_PROCESS = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WEEK = "Your week: 16 to 22 November 2026"


@pytest.fixture
def wants_digests() -> bool:
    return True


@pytest.fixture
def company() -> Path:
    """The whole past of the sample company."""
    return COMPANY


def line_with(text: str, *parts: str) -> str:
    """The line in which all of these stand, and the one after it."""
    lines = text.replace("\u2060", "").splitlines()
    place = next((n for n, line in enumerate(lines) if all(part in line for part in parts)), None)
    assert place is not None, f"{parts} stand in no line of\n{text}"
    return "\n".join(lines[place : place + 2])


def test_each_story_stands_in_the_messages_of_those_whom_it_concerns(slack: Slack) -> None:
    slack.jump(to="2026-11-23T14:00:00Z")  # Monday 09:00 in New York: everybody's but one
    theo, owen, ines = (slack.person(name) for name in ("Theo Marchbanke", "Owen Castellane", "Ines Carvalho-Wick"))
    lukas, priya, harriet = (slack.person(name) for name in ("Lukas Feicht", "Priya Rang", "Harriet Naka"))
    everybody = (theo, owen, ines, lukas, priya, harriet)
    told = "16 to 22 November 2026"
    wait_until(lambda: all(any(told in one.text for one in by.messages("app")) for by in everybody), "digests", 60)
    # 1. A costly whitepaper that nobody uses, to its owner and to who pays for it.
    for reader, title in ((theo, WEEK), (harriet, "What the ground sees: 16 to 22 November 2026")):
        line = line_with(reader.reads(title, "app").text, "Osseointegration", "62 review days", "14 people")
        assert "nobody used it with a customer" in line
        assert "6 did not know it, 5 only opened it, 2 not for their accounts, 1 could not find it" in line
    # 2. A deck that rises fast, and hits.
    told = lukas.reads(WEEK, "app").text
    line = line_with(told, "Lumenary Plan Live Demo Deck* v2 is catching on")
    assert "7 uses in the last week, before that 1, 2, 3, 4, 5. Rated 4.6" in line
    assert "rated 4.6 (22 ratings), v1 had 2.5 (4)" in line_with(told, "Lumenary Plan Live Demo Deck* v2 hits")
    # 3. An outdated price sheet that is still in use.
    line = line_with(theo.reads(WEEK, "app").text.split("Outdated, and still in use")[1], "Halden List Price Sheet* v1")
    assert "12 uses by 10 people after v2 replaced it, hurt 5 times" in line
    # 4. Two regions that disagree, where the mean hides both.
    line = line_with(ines.reads(WEEK, "app").text, "Two regions disagree")
    assert "Corvane Surgeon Deck* v3: US-West rates it 4.6 (11 ratings, helped 11, hurt 0)" in line
    assert "DACH 1.5 (11 ratings, helped 0, hurt 5). The mean of 3.1 hides both." in line
    assert "DACH writes of _Language_ and _Evidence_." in line
    # 5. One marketer's assets go unanswered, and four ask for the same source: the owner, and who leads, hear it.
    told = owen.reads(WEEK, "app").text
    assert "Of 24 pieces of feedback on your assets in 13 weeks none has an answer." in told
    assert "Aquivo 3 Procurement Deck* v2: 4 times by 3 people since 14 Sep 2026" in line_with(
        told, "Asked again", "22%"
    )
    assert "24" in line_with(harriet.reads("What the ground sees", "app").text, "Owen Castellane")
    # 6. A competitor's offer that spread in one week, in the digest of that week and in the next one.
    for told, when in (
        (priya.command("/digest 2026-11-09 to 2026-11-15"), "in the last week; in the weeks before 1."),
        (priya.reads(WEEK, "app").text, "in the week of 9 November; in the weeks before 1, since then 2."),
    ):
        line = line_with(told, "Spreading", "Norvanta", "zero capex")
        assert "14 people* from 5 regions (UK&I 5, US-East 5) wrote of it" in line.replace("&amp;", "&")
        assert f"{when} It *hurt 8 times*." in line
    assert "“Norvanta”" in line_with(harriet.reads("What the ground sees", "app").text, "Spreading")
    details = owen.reads(WEEK, "app")
    wait_until(lambda: bool(details.replies), "the details stand in the thread")
    assert "New versions and the ones before" in details.replies[0].text


@pytest.fixture
def meridian(db: Database) -> Database:
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=TEAM, now=NOW)
    return db


def digest_of(db: Database, name: str, monday: date = MONDAY) -> tuple[Digest, str]:
    """The digest of somebody on a Monday, and its first screen as a person reads it."""
    with db.read() as session:
        reader = next(one for one in people.list_people(session, team_id=TEAM) if one.name.startswith(name))
        period = week_before(monday, reader.tz)
        counted = count_digest(session, team_id=TEAM, reader_id=reader.user_id, period=period)
    themes = themes_of(counted.heard, DESCRIBED)
    digest = build_digest(counted, reader_id=reader.user_id, period=period, now=NOW, themes=themes)
    assert details_message(digest)["blocks"]
    return digest, words(digest_message(digest, with_button=False)).replace("\u2060", "")


@IN_PROCESS
def test_others_read_the_same_stories_without_the_names_and_what_is_the_owners(meridian: Database) -> None:
    hana, told = digest_of(meridian, "Hana")
    for part in ("62 review days", "is catching on", "12 uses by 10 people after v2", "3.1 hides both", "Spreading"):
        assert part in told
    assert hana.again == []  # what few ask, and the ratings of four, are their owners' to know
    assert "22%" not in told
    assert "writes of" not in told
    assert not [one for one in hana.new_versions if one.subject.title.startswith("Lumenary")]
    worked = {one.subject.title: one.tally for one in hana.findings if one.kind == "worked"}
    tally = worked["Lumenary Plan Live Demo Deck"]
    assert (tally.uses, tally.users, tally.regions, tally.helped) == (22, 16, 8, 22)
    assert "Corvane Surgeon Deck" not in worked


@IN_PROCESS
def test_a_marketer_without_an_asset_reads_what_moves_the_house(meridian: Database) -> None:
    digest, screen = digest_of(meridian, "Dre")  # who owns none
    assert (digest.needs, digest.own, digest.again) == ([], [], [])
    assert screen.splitlines()[1] == "*Against the week before*"
    assert "62 review days" in screen
    assert {one.name for one in digest.quotes} == {""}


@IN_PROCESS
def test_what_looks_like_a_story_and_is_none(meridian: Database) -> None:
    digest, screen = digest_of(meridian, "Priya")
    assert [one.subject.title for one in digest.movers] == ["Lumenary Plan Live Demo Deck"]
    assert "Aquivo vs Norvanta Battlecard" not in screen.split("Assets, by what was said")[1].split("In their words")[0]
    # The offer is new, the card did not get worse; that it is opened more is no success.
    card = next(one for one in digest.new_versions if one.subject.title.startswith("Aquivo vs Norvanta"))
    assert card.verdict == "same"
    earlier, screen = digest_of(meridian, "Priya", BEFORE)
    assert "Aquivo vs Norvanta Battlecard* v2 is used more and more, and does not please" in screen
    assert "worse" not in {one.verdict for one in earlier.new_versions}
    # Who rates the old price sheet low does so because it is old: the new one has not hit because of that.
    sheet = next(one for one in digest_of(meridian, "Theo")[0].new_versions if one.subject.title.startswith("Halden"))
    assert (sheet.verdict, sheet.old_tally.ratings) == ("early", 2)
    # A busy week makes no theme rise, and in no other week of the company's past a word spreads.
    assert {one.trend for one in digest.repeats} == {""}
    spread = [
        one for weeks in range(2, 12) for one in digest_of(meridian, "Priya", BEFORE - weeks * 7 * DAY)[0].spreads
    ]
    assert spread == []


@IN_PROCESS
def test_smaller_true_things_are_told_carefully(meridian: Database) -> None:
    ines, screen = digest_of(meridian, "Ines")
    told = words(details_message(ines)).replace("\u2060", "")
    assert "⏳ *Spine Portfolio Overview* v3: rated 4.0 (2 ratings), v2 had 2.0 (4); too few to be sure" in told
    language = next(one for one in ines.repeats if one.name == "Language")
    assert language.people >= 13
    assert {"DACH", "France"} <= {region for region, _ in language.regions}
    assert "*Language*" in screen
    assert "*ANZ Infusion Tender Pack* v1 (22 review days) 15 Dec" in screen


@IN_PROCESS
def test_needs_are_told_by_breadth(meridian: Database) -> None:
    """What the sample's people asked for, as if they had answered a check-in each day."""
    needs = [json.loads(line) for line in (COMPANY / "needs.jsonl").read_text(encoding="utf-8").splitlines()]
    question = Question("What did you need that you did not have?", is_need=True)
    with meridian.begin() as session:
        fields = CheckInFields("Needs", Audience(role="rep"), (question,), Cadence(), date(2026, 8, 24))
        kept = check_in.add_check_in(session, team_id=TEAM, owner_id="UD7W1FIEK", fields=fields, now=NOW)
        asked = Asked("Needs", (question,), "UD7W1FIEK", "Theo").to_json()
        for number, one in enumerate(needs):
            at = datetime.fromisoformat(one["at"])
            of = CheckInRound(team_id=TEAM, check_in_id=kept.id or 0, local_date=MONDAY - number * DAY, questions=asked,
                              opened_at=at, closes_at=at + 7 * DAY)  # fmt: skip
            session.add(of)
            session.flush()
            session.add(CheckInAnswer(team_id=TEAM, round_id=of.id or 0, user_id=one["person"], question=0,
                                      is_need=True, text=one["text"], answered_at=at))  # fmt: skip
    digest, screen = digest_of(meridian, "Hana")
    told = {one.name: one for one in digest.wanted}
    assert {"Price", "Language", "Data protection and systems", "Economic figures"} <= told.keys()
    assert [one.people for one in digest.wanted] == sorted((one.people for one in digest.wanted), reverse=True)
    assert min(one.people for one in digest.wanted) >= 5
    assert told["Language"].mostly == "DACH"
    assert told["Economic figures"].trend == "rising"
    assert screen.index("Two regions disagree") < screen.index("What they need and do not have")
    week = [one for one in needs if digest.period.start <= datetime.fromisoformat(one["at"]) < digest.period.end]
    assert digest.total == digest.this.said + len(week)


@IN_PROCESS
def test_quotes_are_letter_for_letter_and_names_are_for_the_owner(meridian: Database) -> None:
    known = (COMPANY / "feedback.jsonl").read_text(encoding="utf-8")
    for name in ("Theo", "Hana"):
        digest, _ = digest_of(meridian, name)
        assert len(digest.quotes) == 3
        assert sum(one.grain is not None for one in digest.quotes) == 1
        for one in digest.quotes:
            assert one.words.replace('"', '\\"') in known
            mine = one.subject is not None and one.subject.owner_name.startswith(name)
            assert bool(one.name) is mine
