"""The outbox: once in, in its order, one sender a message, and what follows when nobody knows the outcome."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from storage import outbox
from storage.db import Database
from storage.outbox import Claim, Outbox

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
LEASE = timedelta(seconds=75)
TEAM = "T1"


def put(session: Session, key: str, target: str = "C1", **given: Any) -> Outbox:
    more: dict[str, Any] = {"message": {"text": key}, "now": NOW} | given
    return outbox.enqueue(session, team_id=TEAM, key=key, target=target, **more)


def claim(session: Session, at: datetime = NOW, **more: Any) -> Claim | None:
    return outbox.claim_next(session, team_id=TEAM, real_now=at, now=at, lease=LEASE, **more)


def claimed(session: Session, at: datetime = NOW, **more: Any) -> Claim:
    found = claim(session, at, **more)
    assert found is not None
    return found


def key_of(found: Claim | None) -> str | None:
    return found.row.dedupe_key if found else None


def test_the_same_key_is_said_once(db: Database) -> None:
    with db.begin() as session:
        first = put(session, "a")
        assert put(session, "a", "C2") is first
        assert len(first.wire_key) >= 20
        assert put(session, "b").wire_key != first.wire_key


def test_the_database_itself_refuses_a_second_row_of_a_key(db: Database) -> None:
    with db.begin() as session:
        row = put(session, "a")
        told = row.model_dump(exclude={"id", "wire_key"})
    with pytest.raises(IntegrityError), db.begin() as session:
        session.add(Outbox(**told, wire_key="another"))
    told["dedupe_key"] = "b"
    with pytest.raises(IntegrityError), db.begin() as session:
        session.add(Outbox(**told, wire_key=row.wire_key))


def test_answers_come_before_announcements_before_digests(db: Database) -> None:
    with db.begin() as session:
        for key, lane in (("1", "digest"), ("2", "announcement"), ("3", "answer"), ("4", "answer")):
            put(session, key, f"C{key}", lane=lane)
        assert [key_of(claim(session)) for _ in range(5)] == ["3", "4", "2", "1", None]


def test_busy_places_and_paused_methods_are_left_out(db: Database) -> None:
    with db.begin() as session:
        first = put(session, "a", "C1")
        put(session, "b", "C2")
        assert key_of(claim(session, busy=frozenset({"C1"}))) == "b"
        assert claim(session, paused=frozenset({"chat.postMessage"})) is None
        outbox.record_sent(session, claimed(session).row, channel_id="C1", message_ts="1.2")
        put(session, "c", "C1", method="chat.update", after_id=first.id)
        assert key_of(claim(session, paused=frozenset({"chat.postMessage"}))) == "c"


def test_other_workspaces_have_their_own(db: Database) -> None:
    with db.begin() as session:
        put(session, "a")
        assert outbox.claim_next(session, team_id="T2", real_now=NOW, now=NOW, lease=LEASE) is None
        assert outbox.count_states(session, team_id="T2") == {}


def test_what_belongs_to_a_message_waits_for_its_fate(db: Database) -> None:
    with db.begin() as session:
        first = put(session, "a")
        put(session, "b", "C2", after_id=first.id)
        head = claimed(session)
        assert claim(session) is None
        outbox.record_sent(session, head.row, channel_id="C1", message_ts="1.2")
        session.expire_all()
        reply = claimed(session)
        assert key_of(reply) == "b"
        assert reply.before is not None
        assert (reply.before.channel_id, reply.before.message_ts) == ("C1", "1.2")


def test_a_refusal_waits_as_long_as_slack_says(db: Database) -> None:
    with db.begin() as session:
        put(session, "a")
        row = claimed(session).row
        outbox.record_retry(session, row, not_before=NOW + timedelta(seconds=30), reason="ratelimited")
        session.expire_all()
        assert claim(session, NOW + timedelta(seconds=29)) is None
        again = claimed(session, NOW + timedelta(seconds=31))
        assert not again.is_doubtful


@pytest.mark.parametrize("was_killed", [True, False])
def test_an_unknown_outcome_waits_for_the_lease_and_is_in_doubt(db: Database, was_killed: bool) -> None:
    with db.begin() as session:
        put(session, "a")
        first = claimed(session)
        assert not first.is_doubtful
        if not was_killed:
            outbox.record_doubt(session, first.row, reason="timeout")
    with db.begin() as session:
        assert claim(session, NOW + LEASE - timedelta(seconds=1)) is None
        again = claimed(session, NOW + LEASE + timedelta(seconds=1))
        assert (again.is_doubtful, again.row.doubts, again.row.first_tried_at) == (True, 1, NOW)


def test_only_whoever_holds_the_claim_says_what_became_of_it(db: Database) -> None:
    later = NOW + LEASE + timedelta(seconds=1)
    with db.begin() as session:
        put(session, "a")
        slow = claimed(session).row.model_copy()
    with db.begin() as session:
        quick = claimed(session, later).row
    with db.begin() as session:
        outbox.record_retry(session, slow, not_before=NOW, reason="too late to say")
    with db.read() as session:
        assert session.exec(select(Outbox.state)).one() == "sending"
    with db.begin() as session:
        outbox.record_sent(session, quick, channel_id="C1", message_ts="1.2")
    with db.begin() as session:
        outbox.record_failed(session, quick, reason="no")
        assert outbox.count_states(session, team_id=TEAM) == {"sent": 1}


def test_many_senders_never_claim_the_same_message(db: Database) -> None:
    with db.begin() as session:
        for number in range(60):
            put(session, f"{number:02}", f"C{number}")
    taken: list[str] = []

    def send() -> None:
        while True:
            with db.begin() as session:
                found = claim(session)
            if found is None:
                return
            taken.append(found.row.dedupe_key)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    # With PostgreSQL a sender passes over what another has just locked, so the last rows may be left for the next look.
    with db.begin() as session:
        while (left := claim(session)) is not None:
            taken.append(left.row.dedupe_key)
        assert set(session.exec(select(col(Outbox.state)))) == {"sending"}
    assert sorted(taken) == [f"{number:02}" for number in range(60)]


def test_a_change_of_a_message_does_not_overtake_an_earlier_one(db: Database) -> None:
    """Nobody knows what became of the first change: made once more after the second, it would have the last word."""
    with db.begin() as session:
        posted = put(session, "a")
        outbox.record_sent(session, claimed(session).row, channel_id="C1", message_ts="1.2")
        put(session, "first", method="chat.update", after_id=posted.id)
        put(session, "second", method="chat.update", after_id=posted.id)
        put(session, "elsewhere", "C1", method="chat.update", message={"text": "x", "ts": "3.4"})
        put(session, "post")
        first = claimed(session).row
        assert (first.dedupe_key, key_of(claim(session)), key_of(claim(session))) == ("first", "elsewhere", "post")
        outbox.record_doubt(session, first, reason="no answer")
        assert claim(session) is None
    later = NOW + LEASE + timedelta(seconds=1)
    with db.begin() as session:
        again = claimed(session, later)
        assert (again.row.dedupe_key, again.is_doubtful) == ("first", True)
        outbox.record_sent(session, again.row, channel_id="C1", message_ts="1.2")
        assert key_of(claim(session, later)) == "second"


def test_a_claim_can_be_held_for_longer_only_while_it_holds(db: Database) -> None:
    later, last = NOW + LEASE + timedelta(seconds=1), NOW + 3 * LEASE
    with db.begin() as session:
        put(session, "a")
        mine = claimed(session).row
        assert outbox.extend_claim(session, mine, leased_until=NOW + 2 * LEASE)
    with db.begin() as session:
        assert claim(session, later) is None
        theirs = claimed(session, NOW + 2 * LEASE + timedelta(seconds=1)).row
        assert theirs.attempts == 2
    with db.begin() as session:
        mine.attempts = 1  # as whoever was first to claim it knows it
        assert not outbox.extend_claim(session, mine, leased_until=last)
