"""The ladder in the tables: who stands on it, what is settled, the evidence that is counted, and the messages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.asset_expiry import NOBODY, OVERTAKEN, SET_LATER, Evidence, Rung, rungs_of
from bot.domain.working_time import WorkingTime
from storage import announcement, outbox
from storage import asset_expiry as store
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from storage.jobs import Job
from storage.outbox import Outbox
from storage.slots import Slot

NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
LAST = date(2026, 12, 23)
TEAM, WORK = "T1", WorkingTime.of("09:00-17:00", "UTC", "UTC")


def version(db: Database, team_id: str = TEAM, **more: Any) -> AssetVersion:
    with db.begin() as session:
        asset = Asset(team_id=team_id, reference="R", reference_key=f"r{more}", created_at=NOW)
        session.add(asset)
        session.flush()
        known = {"released_at": NOW - timedelta(days=200), "expires_on": LAST} | more
        row = AssetVersion(
            team_id=team_id, asset_id=asset.id or 0, version="v1", number=1, title="Deck", kind="deck", owner_id="U1",
            created_at=NOW, **known,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def ladders(db: Database, today: date = TODAY) -> dict[int, store.Ladder]:
    with db.read() as session:
        return {one.version_id: one for one in store.list_ladders(session, team_id=TEAM, today=today)}


def settle(db: Database, row: AssetVersion, days: int, reason: str | None = None, *, send: bool = False) -> bool:
    rung = next(rung for rung in rungs_of(row.expires_on or LAST) if rung.days == days)
    with db.begin() as session:
        ladder = store.Ladder(row.id or 0, row.asset_id, TODAY, row.expires_on or LAST, frozenset(), frozenset())
        done = store.record_rung(session, ladder, rung, team_id=TEAM, work=WORK, now=NOW, reason=reason)
        if send:
            key = store.message_key(row.id or 0, rung)
            outbox.enqueue(session, team_id=TEAM, key=key, target="U1", message={"text": "asked"}, now=NOW)
        return done


def test_on_the_ladder_stands_what_is_in_use_and_expires(db: Database) -> None:
    on_it = version(db)
    early = version(db, expires_on=TODAY + timedelta(days=93))
    expired = version(db, expires_on=date(2020, 1, 1))
    for off in (
        {"expires_on": TODAY + timedelta(days=94)}, {"expires_on": None}, {"released_at": None}, {"retired_at": NOW},
        {"superseded_at": NOW}, {"team_id": "T2"},
    ):  # fmt: skip
        version(db, **off)
    found = ladders(db)
    assert [*found] == [expired.id, on_it.id, early.id]
    assert found[on_it.id or 0] == store.Ladder(
        on_it.id or 0, on_it.asset_id, (NOW - timedelta(days=200)).date(), LAST, frozenset(), frozenset()
    )
    assert found[on_it.id or 0].may_be_due(TODAY)
    assert not found[early.id or 0].may_be_due(TODAY - timedelta(days=2))


def test_what_is_settled_is_known_for_this_last_day_only(db: Database) -> None:
    row = version(db)
    assert settle(db, row, 90, OVERTAKEN)
    assert settle(db, row, 30)
    assert not settle(db, row, 30)
    assert not settle(db, row, 30, OVERTAKEN)
    assert ladders(db)[row.id or 0].settled == {90, 30}
    with db.begin() as session:
        known = session.exec(select(AssetVersion)).one()
        store.record_last_day(session, known, expires_on=date(2027, 1, 10), now=NOW, today=TODAY)  # 48 days ahead
        store.pass_over(session, known, now=NOW, today=TODAY)  # a second time it is all there
        rows = session.exec(select(Slot).where(Slot.reason == SET_LATER).order_by(col(Slot.local_date))).all()
        assert [(slot.number, slot.local_date) for slot in rows] == [(90, date(2026, 10, 12)), (60, date(2026, 11, 11))]
    assert ladders(db)[row.id or 0].settled == {90, 60}


def test_the_last_rung_ends_the_ladder_unless_nobody_was_there(db: Database) -> None:
    row = version(db)
    assert settle(db, row, 0, NOBODY)
    assert (ladders(db)[row.id or 0].settled, ladders(db)[row.id or 0].orphaned) == (frozenset(), frozenset({0}))
    assert settle(db, row, 0)
    assert ladders(db) == {}
    with db.read() as session:
        assert [(one.state, one.reason) for one in session.exec(select(Slot))] == [("done", None)]


def test_evidence_counts_this_version_in_this_time(db: Database) -> None:
    row, other = version(db), version(db, audience="others")
    with db.begin() as session:
        for user_id, more in (
            ("U1", {"use": "used_with_customer", "outcome": "helped", "rating": 5, "region": "DACH"}),
            ("U1", {"use": "used_with_customer", "outcome": "hurt", "region": "DACH"}),
            ("U2", {"use": "used_with_customer", "region": ""}),
            ("U3", {"use": "opened_only", "rating": 2, "region": "West"}),
            ("U4", {"use": "used_with_customer", "withdrawn_at": NOW}),
            ("U5", {"use": "used_with_customer", "created_at": NOW - timedelta(days=92)}),
            ("U6", {"use": "used_with_customer", "asset_version_id": other.id}),
            ("U7", {"use": "used_with_customer", "team_id": "T2"}),
        ):
            known: dict[str, Any] = {"team_id": TEAM, "asset_version_id": row.id, "created_at": NOW} | more
            session.add(Feedback(user_id=user_id, source="form", **known))
    with db.read() as session:
        since = NOW - timedelta(days=91)
        found = store.count_evidence(session, team_id=TEAM, version_id=row.id or 0, since=since)
        assert found == Evidence(people=3, uses=3, users=2, regions=1, helped=1, hurt=1, ratings=2, rating_sum=7)
        assert found.mean == 3.5
        assert store.count_evidence(session, team_id=TEAM, version_id=0, since=since) == Evidence()


def test_messages_are_found_and_changed_once_for_each_thing_they_say(db: Database) -> None:
    row = version(db)
    settle(db, row, 60, send=True)
    settle(db, row, 30, OVERTAKEN)
    with db.begin() as session:
        found = store.list_messages(session, team_id=TEAM, asset_id=row.asset_id)
        assert [(version_id, day, sent.payload) for version_id, day, sent in found] == [
            (row.id, LAST, '{"text": "asked"}')
        ]
        sent = found[0][2]
        assert not store.record_message_change(session, sent, message={"text": "asked"}, now=NOW)
        assert store.record_message_change(session, sent, message={"text": "renewed"}, now=NOW)
        assert not store.record_message_change(session, sent, message={"text": "renewed"}, now=NOW)
        assert store.record_message_change(session, sent, message={"text": "asked"}, now=NOW)
        changes = session.exec(select(Outbox).where(Outbox.method == "chat.update")).all()
        assert [change.after_id for change in changes] == [sent.id, sent.id]
        assert store.list_messages(session, team_id="T2", asset_id=row.asset_id) == []
        assert store.list_said(session, team_id=TEAM, keys=[sent.dedupe_key, "other"]) == {sent.dedupe_key}


@pytest.mark.parametrize("was_asked", [True, False])
def test_a_refresh_of_announcements_refreshes_the_ladders_messages_too(db: Database, was_asked: bool) -> None:
    row = version(db)
    settle(db, row, 60, None if was_asked else OVERTAKEN)
    with db.begin() as session:
        announcement.ask_for_refresh(session, team_id=TEAM, asset_id=row.asset_id, real_now=NOW)
    with db.read() as session:
        kinds = session.exec(select(Job.kind)).all()
    assert kinds == ([store.REFRESH] if was_asked else [])


def test_what_has_ended_is_told_once(db: Database) -> None:
    row = version(db, expires_on=TODAY - timedelta(days=1))
    version(db, expires_on=TODAY)
    version(db, expires_on=TODAY - timedelta(days=1), retired_at=NOW)
    with db.begin() as session:
        assert store.list_ended(session, team_id=TEAM, today=TODAY) == [(row.id, row.asset_id, row.expires_on)]
        last_day = row.expires_on or TODAY
        store.record_ended(session, team_id=TEAM, version_id=row.id or 0, last_day=last_day, now=NOW)
        assert store.list_ended(session, team_id=TEAM, today=TODAY) == []


def test_a_rung_has_a_key_of_its_own() -> None:
    assert store.message_key(7, Rung(60, date(2026, 11, 1))) == "expiry:7:2026-11-01:60"
