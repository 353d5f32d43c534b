"""When digests go out, by the clock alone: restarts, two processes, zones, changed plans, and nothing twice or lost."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.company import load_company
from bot.domain.digest_plan import DigestPlan
from bot.settings import read_settings
from handlers.digest import NOTHING, run_due
from storage import digest_settings, people, workspace
from storage.db import Database
from storage.outbox import LANES, Outbox
from storage.slots import Slot

COMPANY = Path(__file__).parent.parent.parent / "sandbox" / "company"
TEAM, START = "T1", datetime(2026, 11, 23, 7, tzinfo=UTC)
THEO, OWEN, INES, DRE = "UD7W1FIEK", "UFTZ7FM6B", "U8X8OIMQP", "UE50DGOK6"
HANA, RADOMIR, GUDRUN, HARRIET = "UEDIMEEJ7", "UI9AI3W9W", "UMJXSQ127", "U0MFX5Q36"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # of which the clock is the point


@pytest.fixture
def wants_digests() -> bool:
    return True


@pytest.fixture
def meridian(db: Database) -> Database:
    """The sample company in the tables, met by the app on Monday 07:00 in UTC."""
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=TEAM, now=START)
        workspace.record_workspace(session, team_id=TEAM, name="Meridian", bot_user_id="UBOT", now=START)
    return db


def sent(db: Database, *, to: frozenset[str] | None = None) -> list[str]:
    """The keys of the digests that went out, to all or to some."""
    with db.read() as session:
        rows = session.exec(select(Outbox).where(Outbox.lane == LANES["digest"], col(Outbox.after_id).is_(None)))
        return sorted(row.dedupe_key for row in rows if to is None or row.target in to)


def ids(db: Database, role: str) -> frozenset[str]:
    with db.read() as session:
        return frozenset(one.user_id for one in people.list_people(session, team_id=TEAM, role=role))


def alone(db: Database, *user_ids: str) -> None:
    """Everybody else has left."""
    with db.begin() as session:
        for one in people.list_people(session, team_id=TEAM):
            one.is_active = one.user_id in user_ids
            session.add(one)


def test_a_restart_or_a_second_process_sends_nothing_twice(meridian: Database) -> None:
    settings, now, reps = read_settings(None), datetime(2026, 11, 23, 14, tzinfo=UTC), sorted(ids(meridian, "rep"))[:12]
    alone(meridian, THEO, INES, HANA, RADOMIR, GUDRUN, HARRIET, *reps)
    marketers = ids(meridian, "marketer")
    others = [Database(meridian.url) for _ in range(2)]
    threads = [threading.Thread(target=run_due, args=(db, TEAM, now, settings)) for db in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in others:
        db.close()
    # All but Tokyo, whose Monday had begun before, and Los Angeles, where it is six.
    assert sent(meridian, to=marketers) == sorted(f"digest:{one}:2026-11-23" for one in (THEO, INES))
    with meridian.read() as session:
        slots = session.exec(select(Slot).where(Slot.schedule == "digest")).all()
    assert {f"digest:{one.subject}:{one.local_date}" for one in slots if one.state == "done"} == set(sent(meridian))
    quiet = [one for one in slots if one.state == "skipped"]
    assert {one.reason for one in quiet} == {NOTHING}
    assert {one.subject for one in quiet} & marketers == set()
    nothing = {one.subject for one in quiet} & set(reps)  # has come back to them
    assert nothing
    assert sent(meridian, to=frozenset(reps) - nothing)
    assert sent(meridian, to=frozenset({GUDRUN, HARRIET})) == [f"digest:{HARRIET}:2026-11-23"]  # her people are too few
    done = sent(meridian)
    assert run_due(meridian, TEAM, now + timedelta(minutes=1), settings) == 0
    assert sent(meridian) == done
    run_due(meridian, TEAM, now + timedelta(hours=3), settings)
    assert len(sent(meridian, to=marketers)) == 3
    assert run_due(meridian, TEAM, now + timedelta(hours=3), settings) == 0


@ONE_ENGINE
def test_the_first_digest_does_not_reach_back_before_the_app_was_there(meridian: Database) -> None:
    assert run_due(meridian, TEAM, START + timedelta(minutes=1), read_settings(None)) == 0
    assert sent(meridian) == []


@ONE_ENGINE
def test_nine_stays_nine_when_the_clocks_change(meridian: Database) -> None:
    settings, keys = read_settings(None), []
    alone(meridian, DRE)
    with meridian.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id=DRE, roles=frozenset({"marketer"}))
    for monday in range(5):  # New York changes on 14 March
        for hour in range(24):
            now = datetime(2027, 3, 1, hour, tzinfo=UTC) + timedelta(weeks=monday)
            if run_due(meridian, TEAM, now, settings):
                keys.append(now)
    assert keys == [
        datetime(2027, 3, 1, 14, tzinfo=UTC),
        datetime(2027, 3, 8, 14, tzinfo=UTC),
        datetime(2027, 3, 15, 13, tzinfo=UTC),
        datetime(2027, 3, 22, 13, tzinfo=UTC),
        datetime(2027, 3, 29, 13, tzinfo=UTC),
    ]


@ONE_ENGINE
def test_who_moves_on_a_monday_gets_one(meridian: Database) -> None:
    settings = read_settings(None)
    alone(meridian, THEO)
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), settings)
    with meridian.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=THEO, now=START, tz="America/Los_Angeles")
    run_due(meridian, TEAM, datetime(2026, 11, 23, 18, tzinfo=UTC), settings)
    assert sent(meridian) == [f"digest:{THEO}:2026-11-23"]


@ONE_ENGINE
def test_who_has_left_gets_none_and_another_role_another_one(meridian: Database) -> None:
    alone(meridian, INES, OWEN)
    with meridian.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id=OWEN, roles=frozenset({"rep"}))
        people.record_roles(session, team_id=TEAM, user_id=INES, roles=frozenset({"manager", "marketer", "admin"}))
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), read_settings(None))
    assert sent(meridian) == [f"digest:{INES}:2026-11-23"]  # nothing has come back to Owen, and Theo has left
    with meridian.read() as session:
        found = session.exec(select(Outbox).where(Outbox.dedupe_key == f"digest:{INES}:2026-11-23")).one()
    assert "What needs you" in found.payload  # of several roles the richest, once


@ONE_ENGINE
@pytest.mark.parametrize("rhythm", ["weekly", "every_other_week", "never"])
def test_a_changed_plan_repeats_no_day_and_loses_none(meridian: Database, rhythm: str) -> None:
    """Theo reads on Monday, then chooses Thursday at three, in the shortest form."""
    settings = read_settings(None)
    alone(meridian, THEO)
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), settings)
    plan, chosen = DigestPlan(3, 15, "short", rhythm), datetime(2026, 11, 23, 18, tzinfo=UTC)
    with meridian.begin() as session:
        digest_settings.record_setting(session, team_id=TEAM, user_id=THEO, plan=plan, now=chosen)
    now = chosen
    while now < datetime(2026, 12, 15, tzinfo=UTC):
        run_due(meridian, TEAM, now, settings)
        now += timedelta(hours=2)
    days = {"weekly": ("26", "12-03", "12-10"), "every_other_week": ("12-03",), "never": ()}[rhythm]
    wanted = ["2026-11-23", *(f"2026-11-{day}" if "-" not in day else f"2026-{day}" for day in days)]
    assert sent(meridian) == [f"digest:{THEO}:{day}" for day in wanted]
    with meridian.read() as session:
        rows = session.exec(select(Outbox).where(Outbox.lane == LANES["digest"]).order_by(col(Outbox.id))).all()
        slots = session.exec(select(Slot).where(Slot.subject == THEO).order_by(col(Slot.local_date))).all()
    assert [one.local_date for one in slots] == [date.fromisoformat(day) for day in wanted]
    later = [row for row in rows if row.dedupe_key.startswith("digest:") and "2026-11-23" not in row.dedupe_key]
    assert all(row.after_id is None for row in later)  # short: nothing in the thread
    if days:
        told = "23 to 25 November" if rhythm == "weekly" else "23 November to 2 December"
        assert f'"Since your last digest: {told} 2026' in later[0].payload


@ONE_ENGINE
def test_one_that_cannot_be_made_stops_nobody_elses(meridian: Database) -> None:
    """Somebody in a zone that nobody knows is in the usual one; a manager of nobody has nothing to read."""
    alone(meridian, INES, OWEN, THEO)
    with meridian.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=INES, now=START, tz="Mars/Olympus")
        people.record_roles(session, team_id=TEAM, user_id=OWEN, roles=frozenset({"manager"}))
        people.record_person(session, team_id=TEAM, user_id=OWEN, now=START, region="")
    run_due(meridian, TEAM, datetime(2026, 11, 23, 14, tzinfo=UTC), read_settings(None))
    assert sent(meridian) == sorted(f"digest:{one}:2026-11-23" for one in (INES, THEO))
