"""The message of a pulse in its channel, on both engines: posted once, and changed no oftener than it must be."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer
from storage import outbox, people, pulse_post
from storage import pulse as store
from storage.db import Database
from storage.jobs import Job
from storage.outbox import Outbox
from storage.pulse import Pulse
from storage.pulse_ballot import record_ballot
from storage.pulse_jobs import REFRESH, ask_to_refresh
from tests.work import claim_message

TEAM, NOW = "T1", datetime(2026, 11, 24, 9, tzinfo=UTC)
USABLE = PulseQuestion("Is it usable?", "single", ("Yes", "No"))
WAIT = timedelta(seconds=3)


def opened(session: Session, **more: Any) -> Pulse:
    told: dict[str, Any] = {"privacy": "named", "channel_id": "C1", "questions": (USABLE,)} | more
    fields = PulseFields(
        audience=Audience(), closes_at=NOW + timedelta(days=1), reminders=False, shares_results=False, **told
    )
    people.record_person(session, team_id=TEAM, user_id="U90", now=NOW, name="Ines", tz="Europe/Berlin")
    row = store.add_pulse(session, team_id=TEAM, asker_id="U90", fields=fields, now=NOW)
    store.record_opened(session, row, invited=dict.fromkeys(("U1", "U2", "U3"), ""), now=NOW)
    return row


def said(text: str) -> dict[str, Any]:
    return {"text": text, "blocks": []}


def changes(db: Database) -> list[str]:
    with db.read() as session:
        query = select(Outbox).where(Outbox.method == "chat.update").order_by(Outbox.id)  # type: ignore[arg-type]
        return [json.loads(one.payload)["text"] for one in session.exec(query)]


def post(db: Database, **more: Any) -> Pulse:
    """A pulse whose message stands in its channel."""
    with db.begin() as session:
        row = opened(session, **more)
        for _ in range(2):
            pulse_post.add_post(session, row, message=said("asked"), now=NOW)
    with db.begin() as session:
        claim = claim_message(session, team_id=TEAM)
        outbox.record_sent(session, claim.row, channel_id="C1", message_ts="1.1")
    return row


def show(db: Database, row: Pulse, text: str) -> bool:
    with db.begin() as session:
        return pulse_post.record_shown(session, row, message=said(text), now=NOW)


def test_a_change_that_waits_is_changed_itself_and_one_under_way_is_followed(db: Database) -> None:
    row = post(db)
    assert not show(db, row, "asked")
    assert show(db, row, "one")
    assert show(db, row, "two")
    assert changes(db) == ["two"]
    with db.begin() as session:
        claim = claim_message(session, team_id=TEAM)
    assert not show(db, row, "two")
    assert show(db, row, "three")
    with db.begin() as session:
        outbox.record_sent(session, claim.row, channel_id="C1", message_ts="1.1")
    assert show(db, row, "four")
    assert changes(db) == ["two", "four"]


def test_what_slack_refused_is_not_changed_but_told(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        pulse_post.add_post(session, row, message=said("asked"), now=NOW)
    with db.begin() as session:
        outbox.record_failed(session, claim_message(session, team_id=TEAM).row, reason="is_archived")
    with db.read() as session:
        assert pulse_post.list_refused_posts(session, team_id=TEAM) == [(row.id, "is_archived")]
        assert pulse_post.list_refused_posts(session, team_id="T2") == []
    assert not show(db, row, "one")
    with db.begin() as session:
        taken = store.take_pulse(session, team_id=TEAM, pulse_id=row.id or 0)
        assert taken is not None
        store.record_cancelled(session, taken, now=NOW, reason="Archived.")
    with db.read() as session:
        assert pulse_post.list_refused_posts(session, team_id=TEAM) == []


def test_what_is_read_has_counts_where_they_may_be_shown(db: Database) -> None:
    with db.begin() as session:
        row, secret = opened(session), opened(session, privacy="confidential")
        for one in (row, secret):
            for user_id, choice in (("U1", 1), ("U2", 1), ("U3", 0)):
                record_ballot(
                    session, team_id=TEAM, pulse_id=one.id or 0, user_id=user_id,
                    answers=(PulseAnswer(0, (choice,)),), now=NOW,
                )  # fmt: skip
        found = pulse_post.read_post(session, row, default_tz="UTC")
        assert (found.asker, found.tz, found.invited, found.answered, found.counts) == (
            "Ines", "Europe/Berlin", 3, 3, (1, 2),
        )  # fmt: skip
        assert pulse_post.read_post(session, secret, default_tz="UTC").counts == ()


def test_a_rush_of_votes_asks_for_one_refresh_and_those_during_it_for_another(db: Database) -> None:
    def jobs(session: Session) -> list[tuple[str, str]]:
        query = select(Job).where(Job.kind == REFRESH).order_by(Job.dedupe_key)
        return [(one.dedupe_key.rpartition(":")[2], one.state) for one in session.exec(query)]

    with db.begin() as session:
        row = opened(session)
        for _ in range(3):
            ask_to_refresh(session, row, NOW, wait=WAIT)
        assert jobs(session) == [("first", "pending")]
        job = session.exec(select(Job).where(Job.kind == REFRESH)).one()
        assert job.not_before == NOW + WAIT
        job.state = "running"
        session.add(job)
        session.flush()
        for _ in range(3):
            ask_to_refresh(session, row, NOW, wait=WAIT)
        assert jobs(session) == [("first", "running"), ("next", "pending")]
