"""What the App Home reads, and when it is drawn again; on both engines."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from storage import home as store
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from storage.jobs import Job, claim_job, record_job

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def said(user_id: str, at: datetime, version_id: int | None, withdrawn_at: datetime | None = None) -> Feedback:
    return Feedback(
        team_id="T1", user_id=user_id, source="form", rating=5, asset_version_id=version_id, created_at=at,
        withdrawn_at=withdrawn_at,
    )  # fmt: skip


def test_the_newest_own_feedback_is_listed_with_its_asset(db: Database) -> None:
    with db.begin() as session:
        asset = Asset(team_id="T1", reference="MKT-1", reference_key="mkt-1", created_at=NOW)
        session.add(asset)
        session.flush()
        assert asset.id
        version = AssetVersion(
            team_id="T1", asset_id=asset.id, version="1", number=1, title="Spine deck", kind="deck", owner_id="U9",
            created_at=NOW,
        )  # fmt: skip
        session.add(version)
        session.flush()
        for day in range(7):
            at = NOW - timedelta(days=day)
            session.add(said("U1", at, version.id))
            session.add(said("U2", at, version.id))
            session.add(said("U1", at, version.id, withdrawn_at=NOW))
        session.add(Feedback(team_id="T2", user_id="U1", source="form", created_at=NOW))
    with db.read() as session:
        found = store.list_newest_feedback(session, team_id="T1", user_id="U1", limit=5)
        assert store.count_assets(session, team_id="T1") == 1
        assert store.count_assets(session, team_id="T2") == 0
    assert [own.row.created_at for own in found] == [NOW - timedelta(days=day) for day in range(5)]
    assert {own.title for own in found} == {"Spine deck"}


def waiting(db: Database) -> list[str]:
    with db.read() as session:
        return sorted(session.exec(select(Job.dedupe_key).where(Job.state == "pending")))


def test_a_home_never_opened_is_not_drawn(db: Database) -> None:
    with db.begin() as session:
        store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == []


def test_a_change_during_the_drawing_draws_once_more(db: Database) -> None:
    with db.begin() as session:
        for _ in range(3):
            store.ask_for_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1"]
    with db.begin() as session:
        job = claim_job(session, team_id="T1", now=NOW)
        assert job
        for _ in range(3):
            store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1:after"]
    with db.begin() as session:
        record_job(session, job, state="done", now=NOW)
        store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1", "home:U1:after"]
