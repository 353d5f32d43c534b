"""Reactions in the tables: the latest event wins, and each says one thing about each asset; on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from storage import feedback, outbox
from storage import reaction as store
from storage.asset import Announcement, Asset, AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from tests.work import claim_message

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ADDED, REMOVED = ("1763881200.000100", True), ("1763881201.000200", False)


def react(session: Session, event_ts: str, is_present: bool, user_id: str = "U1") -> store.Reaction:
    return store.record_reaction(
        session, team_id="T1", channel_id="C1", message_ts="1.2", user_id=user_id, emoji="+1", event_ts=event_ts,
        is_present=is_present, now=NOW,
    )  # fmt: skip


def add_version(session: Session) -> int:
    asset = Asset(team_id="T1", reference="MKT-1", reference_key="mkt-1", created_at=NOW)
    session.add(asset)
    session.flush()
    row = AssetVersion(
        team_id="T1", asset_id=asset.id or 0, version="v1", number=1, title="Spine deck", kind="deck", owner_id="U9",
        created_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def keep(session: Session, row: store.Reaction, version_id: int, now: datetime = NOW) -> Feedback | None:
    return feedback.record_reaction_feedback(
        session, team_id="T1", reaction_id=row.id or 0, user_id="U1", region="DACH", version_id=version_id,
        meaning="used", place=("C1", "1.2"), is_present=row.is_present, now=now,
    )  # fmt: skip


@pytest.mark.parametrize("order", [(ADDED, REMOVED), (REMOVED, ADDED), (ADDED, REMOVED, ADDED, REMOVED, ADDED)])
def test_the_latest_event_wins_in_any_order(db: Database, order: tuple[tuple[str, bool], ...]) -> None:
    with db.begin() as session:
        for event_ts, is_present in order:
            row = react(session, event_ts, is_present)
    with db.read() as session:
        found = session.exec(select(store.Reaction)).all()
    assert len(found) == 1
    assert (row.is_present, row.event_ts) == (False, REMOVED[0])


def test_people_react_apart(db: Database) -> None:
    with db.begin() as session:
        react(session, *ADDED)
        react(session, *ADDED, user_id="U2")
        react(session, *REMOVED, user_id="U2")
        present = {row.user_id: row.is_present for row in session.exec(select(store.Reaction))}
    assert present == {"U1": True, "U2": False}


def test_a_reaction_is_one_piece_of_feedback_that_comes_and_goes(db: Database) -> None:
    with db.begin() as session:
        version_id, row = add_version(session), react(session, *ADDED)
        first = keep(session, row, version_id)
        assert first
        assert (first.use, first.reaction, first.source) == ("used_with_customer", "used", "reaction")
        row = react(session, *REMOVED)
        gone = keep(session, row, version_id, NOW + timedelta(minutes=1))
        assert gone
        assert gone.withdrawn_at == NOW + timedelta(minutes=1)
        row = react(session, "1763881209.000100", True)
        back = keep(session, row, version_id)
        assert back
        assert (back.id, back.withdrawn_at) == (first.id, None)
        assert feedback.list_reaction_versions(session, team_id="T1", reaction_id=row.id or 0) == [version_id]
        assert feedback.count_feedback(session, team_id="T1") == 1


def test_what_was_gone_before_it_was_read_leaves_nothing(db: Database) -> None:
    with db.begin() as session:
        version_id, row = add_version(session), react(session, *REMOVED)
        assert keep(session, row, version_id) is None
        store.forget_reaction(session, row)
        assert session.exec(select(store.Reaction)).first() is None
        assert session.exec(select(Feedback)).first() is None


def test_an_announcement_is_known_by_its_message(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        sent = outbox.enqueue(session, team_id="T1", key="a", target="C1", message={"text": "out"}, now=NOW)
        session.add(
            Announcement(
                team_id="T1", asset_version_id=version_id, channel_id="C1", outbox_id=sent.id or 0, created_at=NOW
            )
        )
        claim = claim_message(session, team_id="T1")
        assert claim.row is sent
        outbox.record_sent(session, sent, channel_id="C1", message_ts="1.2")
        session.flush()

        def find(team_id: str = "T1", ts: str = "1.2") -> list[int]:
            return store.list_announced_versions(session, team_id=team_id, channel_id="C1", message_ts=ts)

        assert find() == [version_id]
        assert find(ts="1.3") == find(team_id="T2") == []
