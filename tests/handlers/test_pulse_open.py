"""Pulses on their way to people and to their end: opened or not, asked, reminded, changed, cancelled, lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.domain.pulse import PulseFields
from storage import pulse as store
from storage.ask import Ask
from storage.db import Database
from storage.people import record_person, record_roles
from storage.pulse_jobs import ask_to_close, ask_to_show
from tests.pulses import USABLE, WORDS, read_row, start_pulse, team_of
from tests.slack import Person, Slack, wait_until

MANAGER, EXECUTIVE = "Gudrun Eslinghofer", "Desmond Fairlowe"
REP, OTHER_REP, SPANIARD = "Jonas Ketterling", "Anke Brodbeck-Thal", "Nuria Castellvell"
DACH, DACH_ID, GENERAL_ID, RANDOM_ID = "#sales-dach", "C5DACH7ZB", "C7GEN4RA1", "C2RND0M44"
ASKED = "Is the new price sheet usable?"


@pytest.fixture
def waits() -> dict[str, float]:
    return {"pulse_refresh_seconds": 0}


@pytest.fixture
def looks(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def asks(db: Database, pulse_id: int) -> dict[str, int]:
    found: dict[str, int] = {}
    with db.read() as session:
        for one in session.exec(select(Ask).where(Ask.kind == "pulse", Ask.subject_id == pulse_id)):
            found[one.reason or one.state] = found.get(one.reason or one.state, 0) + 1
    return found


def ask_of(db: Database, pulse_id: int, person: Person) -> dict[str, Any]:
    with db.read() as session:
        query = select(Ask).where(Ask.kind == "pulse", Ask.subject_id == pulse_id, Ask.user_id == person.id)
        return session.exec(query).one().model_dump()


# not opened


def test_too_few_for_what_is_promised_is_not_asked_and_the_asker_hears_why(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="anonymous")
    told = slack.person(MANAGER).reads("was not asked.", "app")
    assert f"“{ASKED}” was not asked. That asks 7 people; anonymous takes 8 or more" in told.text
    gudrun = slack.person(MANAGER)
    gudrun.click("Choose again", told)
    assert gudrun.fields["question0"] == ASKED
    row = read_row(slack, looks, pulse_id)
    assert row.state == "cancelled"
    assert "7 people" in (row.reason or "")
    slack.person(REP).sees_nothing_of("unlinkable")


def test_a_channel_that_cannot_be_seen_is_said(slack: Slack, looks: Database) -> None:
    slack.post("invite", channel="CPDEJJYQ1", leave=True)
    start_pulse(slack, looks, asker=EXECUTIVE, channel="CPDEJJYQ1", role="")
    slack.person(EXECUTIVE).reads("I can't see who is in the channel", "app")


def test_a_channel_where_the_app_may_not_speak_is_said_and_the_pulse_is_cancelled(
    slack: Slack, looks: Database
) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=RANDOM_ID)
    slack.jump(by_seconds=60)
    slack.person(EXECUTIVE).reads("I am not in that channel. Invite me", "app")
    assert read_row(slack, looks, pulse_id).state == "cancelled"


def test_whoever_may_start_none_any_more_asks_nobody(slack: Slack, looks: Database) -> None:
    gudrun = slack.person(MANAGER)
    with looks.begin() as session:
        record_roles(session, team_id=team_of(slack), user_id=gudrun.id, roles=frozenset({"rep"}))
    start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    gudrun.reads("You may not start pulses any more", "app")
    slack.person(REP).sees_nothing_of(ASKED)


# by direct message


def test_by_direct_message_the_answer_stands_in_the_message_and_the_end_too(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, hours=48)
    slack.jump(to="2026-11-23T09:00:00Z")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "app")
    assert asked.buttons == ["Yes", "No", "Not seen", "Stop these", "Why did I get this?"]
    assert "7 people are asked." in asked.text
    jonas.click("Why did I get this?", asked)
    assert f"{MANAGER} asks this in a pulse. It goes to reps, and you are one of them." in jonas.modal
    slack.post("close", user=jonas.id, all=True)
    jonas.click("Yes", asked)
    kept = jonas.reads("You answered *Yes*.", "app")
    assert kept.ts == asked.ts
    assert kept.buttons == ["Yes", "No", "Not seen"]
    jonas.click("No", kept)
    jonas.reads("You answered *No*.", "app")
    assert asks(looks, pulse_id)["answered"] == 1
    slack.jump(by_seconds=49 * 3600)
    over = jonas.reads("You answered *No*. This pulse has closed.", "app")
    assert over.buttons == []
    assert slack.person(OTHER_REP).reads("This pulse has closed.", "app").buttons == []


def test_an_anonymous_one_by_direct_message_gives_thanks_where_it_stood(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, privacy="anonymous", hours=48)
    slack.jump(to="2026-11-23T09:00:00Z")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "app")
    before = ask_of(looks, pulse_id, jonas)
    jonas.click("Yes", asked)
    thanks = jonas.reads("your answer is in the box", "app")
    assert thanks.ts == asked.ts
    assert thanks.buttons == []
    slack.settle()
    assert ask_of(looks, pulse_id, jonas) == before
    slack.jump(by_seconds=49 * 3600)
    assert jonas.reads("This pulse has closed.", "app").ts == asked.ts


def test_whoever_has_been_asked_enough_is_left_out_and_counted(slack: Slack, looks: Database) -> None:
    three = [start_pulse(slack, looks, asker=MANAGER, hours=24 + number) for number in range(3)]
    slack.jump(to="2026-11-23T09:00:00Z")
    wait_until(lambda: all(asks(looks, one) == {"asked": 7} for one in three), "three questions for each")
    fourth = start_pulse(slack, looks, asker=MANAGER, hours=24)
    told = slack.person(MANAGER).reads("was not asked.", "app").text
    assert "Of 7 people who fit, 0 can be asked before it closes" in told
    longer = start_pulse(slack, looks, asker=MANAGER, hours=24 * 10)
    assert read_row(slack, looks, fourth).state == "cancelled"
    assert asks(looks, longer) == {"over_budget": 7}  # they wait for the next week
    slack.jump(to="2026-11-30T09:30:00Z")
    wait_until(lambda: asks(looks, longer) == {"asked": 7}, "asked in the next week")


def test_whoever_wants_none_of_an_asker_is_not_asked_again_by_them(slack: Slack, looks: Database) -> None:
    start_pulse(slack, looks, asker=MANAGER, hours=48)
    slack.jump(to="2026-11-23T09:00:00Z")
    jonas = slack.person(REP)
    jonas.click("Stop these", jonas.reads(ASKED, "app"))
    jonas.finds(lambda one: f"what {MANAGER} wants to know any more" in one.text, "that it is stopped")
    second = start_pulse(slack, looks, WORDS, asker=MANAGER, hours=48)
    assert "6 people are asked." in slack.person(OTHER_REP).reads("What is missing?", "app").text
    jonas.sees_nothing_of("What is missing?")
    assert asks(looks, second)["stopped"] == 1


# reminders


@pytest.mark.parametrize("privacy", ["confidential", "anonymous"])
def test_whoever_is_silent_in_a_channel_gets_one_reminder(slack: Slack, looks: Database, privacy: str) -> None:
    start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy=privacy, hours=8, reminders=True)
    jonas, anke = slack.person(REP), slack.person(OTHER_REP)
    jonas.click("Yes", jonas.reads(ASKED, "#general"))
    jonas.finds(lambda one: one.is_ephemeral and "Thank you" in one.text, "thanks")
    slack.jump(to="2026-11-23T11:01:00Z")
    reminder = anke.reads("Still open, if you have a minute:", "app")
    assert reminder.buttons == ["Yes", "No", "Not seen", "Stop these", "Why did I get this?"]
    slack.settle()
    jonas.sees_nothing_of("Still open, if you have a minute:")
    anke.click("No", reminder)
    anke.reads("your answer is in the box" if privacy == "anonymous" else "You answered *No*.", "app")
    slack.jump(to="2026-11-23T14:00:00Z")
    slack.settle()
    nuria = slack.person(SPANIARD)
    assert len([one for one in nuria.messages("app") if "Still open" in one.text]) == 1


# another end


def change(slack: Slack, db: Database, pulse_id: int, *, closes_at: datetime | None = None) -> None:
    """The asker extends it or closes it now, or without a moment cancels it."""
    with db.begin() as session:
        row = store.take_pulse(session, team_id=team_of(slack), pulse_id=pulse_id)
        assert row is not None
        if closes_at is None:
            store.record_cancelled(session, row, now=datetime.now(UTC))
        else:
            store.record_closes_at(session, row, closes_at=closes_at)
            ask_to_close(session, row, datetime.now(UTC))
        ask_to_show(session, row, datetime.now(UTC))


def test_extended_it_takes_answers_for_longer_and_closed_early_none(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, DACH)
    change(slack, looks, pulse_id, closes_at=read_row(slack, looks, pulse_id).closes_at + timedelta(hours=24))
    slack.jump(by_seconds=30 * 3600)
    jonas.click("Yes", asked)
    jonas.reads("Yes *1*", DACH)
    change(slack, looks, pulse_id, closes_at=datetime.fromisoformat(slack.get("clock")["now"]))
    slack.jump(by_seconds=1)
    jonas.reads("This pulse has closed. 1 of 7 people answered.", DACH)


def test_extended_by_direct_message_the_question_and_the_asks_say_so(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, hours=24)
    slack.jump(to="2026-11-23T09:00:00Z")
    jonas, anke = slack.person(REP), slack.person(OTHER_REP)
    jonas.click("Yes", jonas.reads(ASKED, "app"))
    jonas.reads("You answered *Yes*.", "app")
    asked = anke.reads(ASKED, "app")
    later = read_row(slack, looks, pulse_id).closes_at + timedelta(days=3)
    change(slack, looks, pulse_id, closes_at=later)
    slack.jump(by_seconds=1)
    until = f"<!date^{int(later.timestamp())}^"
    assert anke.reads(until, "app").buttons == asked.buttons
    assert jonas.reads(until, "app").text.endswith("You answered *Yes*.")
    assert ask_of(looks, pulse_id, anke)["closes_at"] == later


@pytest.mark.parametrize("privacy", ["named", "anonymous"])
def test_cancelled_it_says_so_and_takes_nothing(slack: Slack, looks: Database, privacy: str) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy=privacy)
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "#general")
    change(slack, looks, pulse_id)
    jonas.click("Yes", asked)
    jonas.finds(lambda one: one.is_ephemeral and "was cancelled" in one.text, "why")
    slack.jump(by_seconds=1)
    jonas.reads("This pulse was cancelled, so nothing is counted.", "#general")


def test_a_form_that_asks_other_questions_by_now_is_not_taken(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, WORDS, asker=MANAGER, channel=DACH_ID)
    jonas = slack.person(REP)
    jonas.click("Answer", jonas.reads("What is missing?", DACH))
    with looks.begin() as session:
        row = store.take_pulse(session, team_id=team_of(slack), pulse_id=pulse_id)
        assert row is not None
        fields = store.fields_of(row)
        edited = PulseFields(**{**fields.__dict__, "questions": (USABLE,)})
        invited = store.list_invited(session, row)
        store.record_fields(session, row, fields=edited, invited=invited, version=row.version)
        ask_to_show(session, row, datetime.now(UTC))
    assert "The questions have been changed since." in jonas.submit(answer0="A price")["answer0"]
    slack.jump(by_seconds=1)
    assert jonas.reads(ASKED, DACH).buttons == ["Yes", "No", "Not seen"]


def test_a_lost_box_ends_the_pulse_and_everybody_hears_it(slack: Slack, looks: Database, company_url: str) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous")
    jonas = slack.person(REP)
    jonas.click("Yes", jonas.reads(ASKED, "#general"))
    jonas.finds(lambda one: one.is_ephemeral and "in the box" in one.text, "thanks")
    if looks.is_sqlite:
        from storage.ballot_box_file import box_files

        box_files(looks).remove(f"{team_of(slack)}-{pulse_id}")
    else:  # as a crash of the server leaves them
        with looks.begin() as session:
            for part in ("key", "person", "ballot"):
                session.execute(text(f'TRUNCATE "ballot_box_{team_of(slack)}_{pulse_id}_{part}"'))
    slack.jump(by_seconds=60)
    slack.person(EXECUTIVE).reads("the answers in the box were lost.", "app")
    jonas.reads("This pulse was cancelled, so nothing is counted. The server stopped unexpectedly", "#general")


def test_a_box_that_another_program_reads_closes_when_it_is_free_and_takes_nothing_meanwhile(
    slack: Slack, looks: Database
) -> None:
    if not looks.is_sqlite:
        pytest.skip("on PostgreSQL a box is no file")
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous")
    jonas = slack.person(REP)
    asked = jonas.reads(ASKED, "#general")
    jonas.click("Yes", asked)
    jonas.finds(lambda one: one.is_ephemeral and "in the box" in one.text, "thanks")
    with closing(sqlite3.connect(f"{looks.engine.url.database}.box-{team_of(slack)}-{pulse_id}")) as reader:
        reader.execute("BEGIN")
        reader.execute(f'SELECT * FROM "ballot_box_{team_of(slack)}_{pulse_id}_ballot"').fetchone()
        slack.jump(by_seconds=25 * 3600)
        slack.settle()
        assert read_row(slack, looks, pulse_id).state == "open"
        jonas.click("No", asked)
        jonas.finds(lambda one: one.is_ephemeral and "has closed" in one.text, "that it is over")
    slack.jump(by_seconds=60)
    jonas.reads("This pulse has closed.", "#general")


def test_whoever_has_left_or_is_not_known_is_not_invited(slack: Slack, looks: Database) -> None:
    jonas = slack.person(REP)
    with looks.begin() as session:
        record_person(session, team_id=team_of(slack), user_id=jonas.id, now=datetime.now(UTC), is_active=False)
    start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID)
    anke = slack.person(OTHER_REP)
    anke.click("Yes", anke.reads(ASKED, DACH))
    anke.reads("1 of 6 have answered.", DACH)


def test_nobody_asks_in_a_private_channel_that_they_are_not_in(slack: Slack, looks: Database) -> None:
    leads = "CPDEJJYQ1"  # marketing and executives
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=leads, role="", audience_channels=())
    slack.person(MANAGER).reads("I can't see who is in the channel", "app")
    assert read_row(slack, looks, pulse_id).state == "cancelled"
