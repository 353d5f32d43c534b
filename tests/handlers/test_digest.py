"""The digest through the front door: `/digest` and its periods, Monday 09:00 once and only once, and its buttons."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.company import load_company
from bot.settings import read_settings
from handlers.digest import TOO_LATE, run_due
from storage import people, workspace
from storage.db import Database
from storage.outbox import LANES, Outbox
from storage.slots import Slot
from tests.slack import Message, Person, Slack, wait_until

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"
REP = "Dre Hollowell"
LISBON, BERLIN, NEW_YORK, TOKYO = "Ines Carvalho-Wick", "Lukas Feichtnauer", "Theo Marchbanke", "Hana Mizushiro"
WEEK = "Your week: 16 to 22 November 2026"
INJURY = "the patient was injured by the cage and had to be operated on again"
TEAM, START = "T1", datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def company() -> Path:
    """The whole past of the sample company."""
    return COMPANY


def digests(person: Person, title: str = "Your week") -> list[Message]:
    """The digests in a person's direct messages."""
    person.slack.settle()
    return [message for message in person.messages("app") if title in message.text]


# /digest


def test_a_marketer_reads_the_last_seven_days_now_and_the_details_in_a_window(slack: Slack) -> None:
    theo = slack.person(NEW_YORK)
    said = theo.command("/digest")
    assert "The last 7 days: 17 to 23 November 2026" in said
    assert "What needs you" in said
    assert "In their words" in said
    assert "pieces of feedback counted" in said
    theo.click("Details")
    assert "Your assets, in 13 weeks" in theo.modal
    assert "Halden Bench Test Brief" in theo.modal


def test_what_was_said_a_minute_ago_is_in_it(slack: Slack) -> None:
    slack.person(REP).command("/asset-feedback corvane deck 5 the lattice page opened the door in Trenton today")
    slack.settle()
    said = slack.person(LISBON).command("/digest today")
    assert "the lattice page opened the door in Trenton today" in said
    assert "Dre Hollowell, US-East" in said
    other = slack.person(BERLIN).command("/digest today")
    assert "the lattice page opened the door in Trenton today" in other
    quotes = other.split("In their words")[1]
    assert "Dre" not in quotes
    assert "US-East" not in quotes


def test_any_period_can_be_asked_for(slack: Slack) -> None:
    lukas = slack.person(BERLIN)
    for typed, title in {
        "last week": "Last week: 16 to 22 November 2026",
        "4 weeks": "The last 4 weeks: 27 October to 23 November 2026",
        "October": "What the field said, 1 to 31 October 2026",
        "2026-10-01 to 2026-10-31": "What the field said, 1 to 31 October 2026",
    }.items():
        assert title in lukas.command(f"/digest {typed}")
    before_there_was_anything = lukas.command("/digest january")
    assert "A quiet time" in before_there_was_anything
    assert "In their words" not in before_there_was_anything


def test_no_period_and_no_marketer_are_answered_kindly(slack: Slack) -> None:
    lukas = slack.person(BERLIN)
    for typed in ("soon", "<!channel>", "0 weeks", "30 february", "next year", "9999 weeks", "😀" * 400):
        said = lukas.command(f"/digest {typed}")
        assert "Try `/digest last week`" in said
        assert "This is what you typed, to copy" in said
    said = slack.person(REP).command("/digest")
    assert "The digest is for marketing." in said
    assert "/asset-feedback mine" in said
    assert "pieces of feedback counted" not in said


def test_what_is_held_or_taken_back_is_in_no_digest(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck 4 the pelican page is a marvel of its kind")
    dre.click("Undo")
    dre.command(f"/asset-feedback corvane deck 4 {INJURY}")
    slack.settle()
    said = slack.person(LISBON).command("/digest today")
    assert "pelican" not in said
    assert INJURY not in said
    assert "1 of 1 piece of feedback counted" in said
    assert "the words of 1 held back for compliance" in said


# Monday


def test_monday_at_nine_it_comes_once_to_those_whose_nine_it_is(slack: Slack) -> None:
    ines, theo, hana = (slack.person(name) for name in (LISBON, NEW_YORK, TOKYO))
    assert digests(ines) == []
    slack.jump(local="mon 09:00", person=ines)
    digest = ines.reads(WEEK, "app")
    wait_until(lambda: bool(ines.reads(WEEK, "app").replies), "the details stand in the thread")
    assert "Your assets, in 13 weeks" in ines.reads(WEEK, "app").replies[0].text
    assert "details in the thread" in digest.text
    assert digests(theo) == digests(hana) == []
    slack.jump(local="mon 09:00", person=theo)
    theo.reads(WEEK, "app")
    assert len(digests(theo)) == len(digests(ines)) == 1
    assert digests(hana) == []  # their Monday began before the app was there
    slack.jump(local="mon 09:00", person=hana)
    assert hana.reads("Your week: 23 to 29 November 2026", "app")
    assert len(digests(ines)) == 1
    assert digests(slack.person(REP)) == []


def test_a_jump_over_two_mondays_sends_the_newest_and_notes_the_other(slack: Slack, company_url: str) -> None:
    ines = slack.person(LISBON)
    slack.jump(local="mon 09:00", person=ines)
    ines.reads(WEEK, "app")
    slack.jump(to="2026-12-08T10:00:00Z")  # a Tuesday, one day late
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


def test_what_comes_late_wakes_nobody(slack: Slack) -> None:
    ines = slack.person(LISBON)
    slack.jump(to="2026-12-01T03:00:00Z")  # Tuesday night in Lisbon, eighteen hours late
    slack.person(TOKYO).reads("Your week", "app")  # where it is noon
    slack.settle()
    assert digests(ines) == []
    slack.jump(local="tue 09:00", person=ines)
    ines.reads("Your week: 23 to 29 November 2026", "app")
    assert len(digests(ines)) == 1


# buttons


def test_reply_in_the_digest_answers_and_stops_the_clock(slack: Slack) -> None:
    ines = slack.person(LISBON)
    slack.jump(local="mon 09:00", person=ines)
    digest = ines.reads(WEEK, "app")
    waiting = "João Teixosa"
    assert waiting in digest.text
    ines.click("Reply", digest)
    assert "Distribuidor adormeceu" in ines.modal
    ines.submit(reply="Thank you João, a short one comes in December.")
    slack.person(waiting).reads("a short one comes in December", "app")
    assert "Distribuidor adormeceu" not in ines.command("/digest 13 weeks").split("Against")[0]


def test_open_shows_one_piece_of_feedback(slack: Slack) -> None:
    theo = slack.person(NEW_YORK)
    slack.jump(local="mon 09:00", person=theo)
    digest = theo.reads(WEEK, "app")
    assert "guilty. had a stack printed" in digest.text
    theo.click("Open", digest)
    assert "guilty. had a stack printed" in theo.modal
    assert "Mick Tarrowby · US-East" in theo.modal


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


# the clock alone: restarts, two processes, zones


@pytest.fixture
def meridian(db: Database) -> Database:
    """The sample company in the tables, met by the app on Monday 07:00 in UTC."""
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=TEAM, now=START)
        workspace.record_workspace(session, team_id=TEAM, name="Meridian", bot_user_id="UBOT", now=START)
    return db


def sent(db: Database) -> list[str]:
    with db.read() as session:
        rows = session.exec(select(Outbox).where(Outbox.lane == LANES["digest"], col(Outbox.after_id).is_(None)))
        return sorted(row.dedupe_key for row in rows)


def test_a_restart_or_a_second_process_sends_nothing_twice(meridian: Database) -> None:
    settings, now = read_settings(None), datetime(2026, 11, 23, 14, tzinfo=UTC)
    others = [Database(meridian.url) for _ in range(3)]
    threads = [threading.Thread(target=run_due, args=(db, TEAM, now, settings)) for db in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in others:
        db.close()
    # All but Tokyo, whose Monday had begun before, and Los Angeles, where it is six.
    assert len(sent(meridian)) == 7
    assert run_due(meridian, TEAM, now + timedelta(minutes=1), settings) == 0
    assert len(sent(meridian)) == 7
    assert run_due(meridian, TEAM, now + timedelta(hours=3), settings) == 1
    assert len(sent(meridian)) == 8


def test_the_first_digest_does_not_reach_back_before_the_app_was_there(meridian: Database) -> None:
    assert run_due(meridian, TEAM, START + timedelta(minutes=1), read_settings(None)) == 0
    assert sent(meridian) == []


def test_nine_stays_nine_when_the_clocks_change(meridian: Database) -> None:
    settings, keys = read_settings(None), []
    with meridian.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id="UE50DGOK6", roles=frozenset({"marketer"}))
        for one in people.list_people(session, team_id=TEAM, role="marketer"):
            if one.user_id != "UE50DGOK6":
                people.record_roles(session, team_id=TEAM, user_id=one.user_id, roles=frozenset({"rep"}))
    now = datetime(2027, 3, 1, 0, tzinfo=UTC)
    while now < datetime(2027, 3, 30, tzinfo=UTC):  # New York changes on 14 March
        if run_due(meridian, TEAM, now, settings):
            keys.append(now)
        now += timedelta(hours=1)
    assert keys == [
        datetime(2027, 3, 1, 14, tzinfo=UTC),
        datetime(2027, 3, 8, 14, tzinfo=UTC),
        datetime(2027, 3, 15, 13, tzinfo=UTC),
        datetime(2027, 3, 22, 13, tzinfo=UTC),
        datetime(2027, 3, 29, 13, tzinfo=UTC),
    ]


def test_who_moves_on_a_monday_gets_one(meridian: Database) -> None:
    settings, user_id = read_settings(None), "UD7W1FIEK"  # Theo
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), settings)
    with meridian.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=user_id, now=START, tz="America/Los_Angeles")
    run_due(meridian, TEAM, datetime(2026, 11, 23, 18, tzinfo=UTC), settings)
    assert [key for key in sent(meridian) if user_id in key] == [f"digest:{user_id}:2026-11-23"]


def test_who_has_left_or_is_no_marketer_any_more_gets_none(meridian: Database) -> None:
    with meridian.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="UD7W1FIEK", now=START, is_active=False)
        people.record_roles(session, team_id=TEAM, user_id="UFTZ7FM6B", roles=frozenset({"rep"}))
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), read_settings(None))
    assert not [key for key in sent(meridian) if "UD7W1FIEK" in key or "UFTZ7FM6B" in key]
    assert len(sent(meridian)) == 5
