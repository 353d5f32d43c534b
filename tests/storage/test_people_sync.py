"""What Slack says of people, in the tables of both engines: asked for once, and kept only where it differs."""

import json
from datetime import UTC, date, datetime

from sqlmodel import select

from storage import people
from storage import people_sync as store
from storage.db import Database
from storage.jobs import Job, claim_job, record_job

NOW, NIGHT = datetime(2026, 11, 24, 3, tzinfo=UTC), date(2026, 11, 24)


def keys(db: Database) -> list[str]:
    with db.read() as session:
        return sorted(session.exec(select(Job.dedupe_key).where(Job.team_id == "T1")))


def test_wishes_for_a_look_are_one_and_one_that_is_under_way_is_followed_by_another(db: Database) -> None:
    with db.begin() as session:
        for _ in range(2):
            store.ask_at_once(session, team_id="T1", real_now=NOW)
        job = claim_job(session, team_id="T1", now=NOW)
        assert job
        assert (job.kind, json.loads(job.payload)["cursor"]) == ("people.sync", "")
        assert claim_job(session, team_id="T1", now=NOW) is None
        for _ in range(2):  # the first page may have been read before somebody was imported
            store.ask_at_once(session, team_id="T1", real_now=NOW)
        other = claim_job(session, team_id="T1", now=NOW)
        assert other
        assert claim_job(session, team_id="T1", now=NOW) is None
        for done in (job, other):
            record_job(session, done, state="done", now=NOW)
        store.ask_at_once(session, team_id="T1", real_now=NOW)
        assert claim_job(session, team_id="T1", now=NOW)


def test_a_night_and_a_page_are_asked_for_once(db: Database) -> None:
    other = Database(db.url)
    for process in (db, other, db):
        with process.begin() as session:
            store.ask_for_night(session, team_id="T1", night=NIGHT, real_now=NOW)
            for begun in (1, 1, 2):
                store.ask_for_page(session, team_id="T1", look="L", cursor="abc", begun=begun, real_now=NOW)
            job = claim_job(session, team_id="T1", now=NOW)
            if job:
                record_job(session, job, state="done", now=NOW)
    other.close()
    assert keys(db) == ["people.sync:2026-11-24", "people.sync:L:1:abc", "people.sync:L:2:abc"]
    with db.read() as session:
        assert store.is_asked_for(session, team_id="T1", night=NIGHT)
        assert not store.is_asked_for(session, team_id="T2", night=NIGHT)
        assert not store.is_asked_for(session, team_id="T1", night=date(2026, 11, 25))


def test_only_what_differs_is_kept_and_only_of_people_who_are_known(db: Database) -> None:
    def facts(name: str, tz: str = "UTC", *, is_active: bool = True) -> store.Facts:
        return {"name": name, "tz": tz, "is_active": is_active}

    with db.begin() as session:
        for user_id in ("U1", "U2", "U3", "U4"):
            people.record_person(session, team_id="T1", user_id=user_id, now=NOW, name=user_id, tz="UTC", region="EMEA")
        people.record_person(session, team_id="T2", user_id="U1", now=NOW, name="Elsewhere", tz="UTC")
    seen = {"U1": facts("U1"), "U2": facts("Two", "Asia/Tokyo"), "U3": {"is_active": False}, "U9": facts("Never met")}
    with db.begin() as session:
        changes = store.find_changes(session, team_id="T1", seen=seen)
        assert changes == {"U2": {"name": "Two", "tz": "Asia/Tokyo"}, "U3": {"is_active": False}}
        session.delete(people.get_person(session, team_id="T1", user_id="U2"))  # erased meanwhile
        session.flush()
        store.record_changes(session, team_id="T1", changes=[*changes.items(), ("U1", {"name": "One"})])
    with db.begin() as session:
        rows = {one.user_id: one for one in session.exec(select(people.Person).where(people.Person.team_id == "T1"))}
        assert set(rows) == {"U1", "U3", "U4"}
        assert (rows["U1"].name, rows["U1"].tz, rows["U1"].region) == ("One", "UTC", "EMEA")
        assert [one.is_active for one in rows.values()] == [True, False, True]
        elsewhere = people.get_person(session, team_id="T2", user_id="U1")
        assert elsewhere
        assert elsewhere.name == "Elsewhere"
        assert store.find_changes(session, team_id="T1", seen={"U3": facts("U3")}) == {"U3": {"is_active": True}}
        assert store.find_changes(session, team_id="T1", seen={}) == {}
