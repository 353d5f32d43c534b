"""The audit trail on both engines: what is written stays, and whoever touches it is found."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from bot.domain.audit import Entry
from storage import audit, audit_reading, people, personal_key, workspace
from storage.db import Database
from storage.role import EVER, list_history
from storage.schema import downgrade, migrate

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ADA, BEN, CAL = "UADA", "UBEN", "UCAL"


@pytest.fixture
def trail(db: Database) -> Database:
    """A workspace with six entries, and another one with one."""
    with db.begin() as session:
        for team_id in ("T1", "T2"):
            workspace.record_workspace(session, team_id=team_id, name=team_id, bot_user_id="UBOT", now=NOW)
    for number, roles in enumerate((("marketer",), ("marketer", "admin"), ("rep",))):
        at = NOW + timedelta(hours=number)
        with db.begin() as session:
            given, nobody = frozenset(roles), frozenset({"UROOT"})
            people.change_roles(
                session, team_id="T1", user_id=BEN, roles=given, admins=nobody, now=at, by=ADA
            )  # fmt: skip
            told: dict[str, Any] = {"subject": "asset X v1", "after": {"channels": 2}, "now": at}
            audit.record(session, team_id="T1", by=BEN, deed="asset.released", **told)
    with db.begin() as session:
        audit.record(session, team_id="T2", by=CAL, deed="asset.retired", subject="asset Y v1", now=NOW)
    return db


def proof_of(db: Database, noted: tuple[int, str] | None = None, team_id: str = "T1") -> audit_reading.Proof:
    with db.snapshot() as session:
        return audit_reading.prove(session, team_id=team_id, noted=noted)


def read(db: Database, team_id: str = "T1", of: str | None = None) -> list[Entry]:
    with db.read() as session:
        return audit_reading.list_entries(session, team_id=team_id, of=of, limit=100)


def tamper(db: Database, *changes: str) -> None:
    """Somebody with the database's own rights, who takes the guards away first."""
    with db.engine.begin() as connection:
        for number in range(3):
            table = "audithead" if number == 2 else "auditentry"
            on = "" if db.is_sqlite else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER audit_guard_{number}{on}"))
        for change in changes:
            connection.execute(text(change))


def test_who_did_what_when_from_what_to_what(trail: Database) -> None:
    entries = read(trail)
    assert [one.number for one in entries] == [6, 5, 4, 3, 2, 1]
    second = entries[3]
    assert (second.deed, second.by, second.about, second.at) == ("roles.changed", ADA, BEN, NOW + timedelta(hours=1))
    assert (second.before, second.after) == ({"roles": ["marketer"]}, {"roles": ["admin", "marketer"]})
    assert (entries[0].deed, entries[0].by, entries[0].after) == ("asset.released", BEN, {"channels": 2})
    assert [one.number for one in read(trail, of=ADA)] == [5, 3, 1]
    assert len(read(trail, of=BEN)) == 6  # what he did, and what was done about him
    assert read(trail, of=CAL) == []  # of another workspace
    with trail.read() as session:
        assert audit_reading.count_entries(session, team_id="T1", of=ADA) == 3
        raw = " ".join(map(str, session.connection().execute(text("SELECT * FROM auditentry")).all()))
    assert BEN not in raw
    assert "marketer" not in raw
    proof = proof_of(trail)
    assert (proof.entries, proof.wrong, proof.first) == (6, "", NOW)
    assert proof.fingerprint.startswith("6:")


def test_roles_have_a_past(trail: Database) -> None:
    with trail.read() as session:
        held = list_history(session, team_id="T1", user_id=BEN)
        assert people.list_roles(session, team_id="T1", user_id=BEN) == {"rep"}
        assert people.count_roles(session, team_id="T1") == {"rep": 1}
        assert not people.list_all_roles(session, team_id="T2")
    hours = [
        (one.role, *(at and (at - NOW) // timedelta(hours=1) for at in (one.held_from, one.held_to))) for one in held
    ]
    assert hours == [("marketer", 0, 2), ("admin", 1, 2), ("rep", 2, None)]
    assert {one.given_by for one in held} == {ADA}
    assert [one.ended_by for one in held] == [ADA, ADA, ""]


def test_an_entry_comes_with_its_change_or_not_at_all(trail: Database) -> None:
    def give_up() -> None:
        with trail.begin() as session:
            audit.record(session, team_id="T1", by=ADA, deed="asset.retired", subject="asset X v1", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    with pytest.raises(RuntimeError), trail.begin() as session, session.begin_nested():
        audit.record(session, team_id="T1", by=ADA, deed="asset.retired", subject="asset X v1", now=NOW)
    assert (proof_of(trail).entries, proof_of(trail).wrong) == (6, "")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE auditentry SET deed = 'asset.added' WHERE team_id = 'T1' AND number = 2",
        "DELETE FROM auditentry WHERE team_id = 'T1' AND number = 6",
        "DELETE FROM audithead WHERE team_id = 'T1'",
    ],
)
def test_the_database_itself_refuses_a_change(trail: Database, change: str) -> None:
    with pytest.raises(DBAPIError, match="only grows"), trail.engine.begin() as connection:
        connection.execute(text(change))
    if not trail.is_sqlite:
        with pytest.raises(DBAPIError, match="only grows"), trail.engine.begin() as connection:
            connection.execute(text("TRUNCATE auditentry"))
    assert proof_of(trail).wrong == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (["UPDATE auditentry SET subject = 'asset Z v1' WHERE team_id = 'T1' AND number = 2"], "Entry 2 was changed"),
        (["DELETE FROM auditentry WHERE team_id = 'T1' AND number = 3"], "Entry 3 is missing"),
        (["DELETE FROM auditentry WHERE team_id = 'T1' AND number > 4"], "6 entries were written, and 4 are here"),
        (["DELETE FROM auditentry WHERE team_id = 'T1'"], "6 entries were written, and 0 are here"),
        (["DELETE FROM audithead WHERE team_id = 'T1'"], "mark at the trail's end is missing"),
        (["UPDATE audithead SET count = 5 WHERE team_id = 'T1'"], "nobody has counted"),
        (["DELETE FROM personalkey WHERE user_id = 'UADA'"], "no erasure is written down"),
        (["UPDATE personalkey SET user_id = 'UZED' WHERE user_id = 'UADA'"], "given to somebody else"),
        (["UPDATE personalkey SET key = substr(key, 2) || '0' WHERE team_id = 'T1'"], "key to entry 1 was changed"),
    ],
)  # fmt: skip
def test_whoever_touches_it_is_found(trail: Database, changes: list[str], told: str) -> None:
    tamper(trail, *changes)
    assert told in proof_of(trail).wrong
    with trail.begin() as session:  # the app goes on, and it is found all the same
        audit.record(session, team_id="T1", by=ADA, deed="asset.retired", subject="asset X v1", now=NOW)
    assert proof_of(trail).wrong
    assert proof_of(trail, team_id="T2").wrong == ""
    read(trail)  # what can be read is read


def test_a_trail_that_is_written_anew_as_a_whole_is_not_the_one_that_was_noted(trail: Database) -> None:
    first = proof_of(trail)
    number, seal = int(first.fingerprint.partition(":")[0]), first.fingerprint.partition(":")[2]
    assert proof_of(trail, (number, seal)).wrong == ""
    tamper(trail)
    with trail.begin() as session:
        previous = ""
        query = select(audit.AuditEntry).where(audit.AuditEntry.team_id == "T1").order_by(col(audit.AuditEntry.number))
        for row in session.exec(query):
            row.deed = "asset.added" if row.number == 2 else row.deed
            previous = row.hash = audit.entry_hash(row, previous)
            session.add(row)
        head = session.get_one(audit.AuditHead, "T1")
        head.hash = previous
        session.add(head)
    assert proof_of(trail).wrong == ""  # in itself it is whole
    assert "not the one that was noted" in proof_of(trail, (number, seal)).wrong
    assert "not the one that was noted" in proof_of(trail, (9, seal)).wrong


def test_an_erasure_takes_the_key_and_the_chain_still_holds(trail: Database) -> None:
    with trail.begin() as session:
        key = personal_key.find_key(session, team_id="T1", user_id=BEN)
        assert key
        ref = audit.record_erasure(session, team_id="T1", user_id=BEN, by=ADA, now=NOW, after={"feedback": 3})
        assert ref == key.ref
        assert personal_key.find_key(session, team_id="T1", user_id=BEN) is None
    assert proof_of(trail).wrong == ""
    entries = read(trail)
    assert (entries[0].deed, entries[0].subject, entries[0].after) == (audit.ERASED, f"person {ref}", {"feedback": 3})
    assert BEN not in repr(entries)
    assert "marketer" not in repr(entries)
    assert all(one.by_is_gone or one.about_is_gone for one in entries[1:])
    assert entries[2].by == ADA  # what she did is still hers
    with trail.begin() as session:  # whoever comes back is somebody new
        audit.record(session, team_id="T1", by=BEN, deed="asset.retired", subject="asset X v1", now=NOW)
    assert [one.number for one in read(trail, of=BEN)] == [8]
    assert proof_of(trail).wrong == ""


def test_those_who_write_at_once_write_one_after_the_other(trail: Database) -> None:
    def write(name: str) -> None:
        for _ in range(5):
            with trail.begin() as session:
                audit.record(session, team_id="T1", by=name, deed="asset.added", subject="asset X v1", now=NOW)

    threads = [threading.Thread(target=write, args=(f"U{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (proof_of(trail).entries, proof_of(trail).wrong) == (26, "")


def test_roles_that_were_given_before_there_was_a_trail_are_kept(db: Database) -> None:
    with db.begin() as session:
        workspace.record_workspace(session, team_id="T1", name="T1", bot_user_id="UBOT", now=NOW)
        people.record_person(session, team_id="T1", user_id=BEN, now=NOW, name="Ben")
        people.record_roles(session, team_id="T1", user_id=BEN, roles=frozenset({"admin", "rep"}), now=NOW, by=ADA)
        people.record_roles(session, team_id="T1", user_id=BEN, roles=frozenset({"admin"}), now=NOW, by=ADA)
    downgrade(db, "0009")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT user_id, role FROM role")).all() == [(BEN, "admin")]
    migrate(db)
    with db.read() as session:
        (held,) = list_history(session, team_id="T1", user_id=BEN)
        assert (held.role, held.held_from, held.held_to, held.given_by) == ("admin", EVER, None, "")
    assert (proof_of(db).entries, proof_of(db).wrong) == (0, "")  # there is a trail, and it is empty
