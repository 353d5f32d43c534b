"""Retention in the tables, on both engines: what is too old loses its words and keeps its numbers, a few at a time."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.retention import last_due, months_before, told_words
from storage import outbox, pulse, pulse_ballot, retention, thread
from storage.check_in import CheckInAnswer
from storage.db import Database
from storage.feedback import Feedback, FeedbackReply
from storage.pulse import Pulse, PulseBallot
from storage.thread import CapturedThread, ThreadMessage
from tests.storage.test_erasure import GONE, NOW, TEAM, WORD, plant

YOUNG, OLD = NOW, NOW + timedelta(days=1)


def run(db: Database, before: datetime | None, at_once: int = 500) -> dict[str, int]:
    """One night; what is before `before` is too old."""
    counts = {}
    limits = retention.Limits(feedback=before, threads=before, pulses=before, sent=before or YOUNG)
    for name, limit, forget in retention.list_kinds(limits):
        counts[name] = 0
        last: int | None = 0
        while last is not None:
            with db.begin() as session:
                changed, last = forget(session, TEAM, limit, (last, at_once))
            counts[name] += changed
    return counts


def test_words_go_and_numbers_stay(db: Database) -> None:
    with db.begin() as session:
        plant(session)
        own = session.execute(select(Pulse).where(col(Pulse.asker_id) == GONE)).scalars().one()
        pulse.record_closed(session, own, result=pulse_ballot.read_pulse(session, own, by_name=True), now=NOW)
    assert set(run(db, YOUNG).values()) == {0}
    assert set(run(db, None)) == {"messages sent"}, "what is kept for ever is not looked at"
    counts = run(db, OLD, at_once=2)
    assert counts["feedback"] >= 4
    assert counts | {"replies": 2, "answers to check-ins": 2, "threads": 2, "pulses": 3} == counts
    assert "2 captured threads" in told_words(counts)
    with db.read() as session:
        rows = session.execute(select(Feedback)).scalars().all()
        assert {(row.said, row.missing, row.quoted_text) for row in rows} == {("", "", "")}
        assert {row.rating for row in rows} >= {2, 4}
        for table in (FeedbackReply, CheckInAnswer):
            assert set(session.execute(select(col(table.text))).scalars()) == {""}
        assert session.execute(select(func.count()).select_from(ThreadMessage)).scalar() == 0
        assert {(row.state, row.summary) for row in session.execute(select(CapturedThread)).scalars()} == {
            ("deleted", None)
        }
        for row in session.execute(select(Pulse).order_by(col(Pulse.id))).scalars():
            result = pulse.result_of(row)
            if result is not None:
                assert WORD not in json.dumps(row.result)
                assert "other vote" not in json.dumps(row.result)
                assert result.answered == 13
                assert result.questions[0].whole is not None
        open_now = select(func.count()).select_from(PulseBallot).join(Pulse, col(Pulse.id) == PulseBallot.pulse_id)
        assert session.execute(open_now.where(col(Pulse.state) == "open", col(PulseBallot.text) != "")).scalar() == 13
        waits = select(col(outbox.Outbox.payload)).where(col(outbox.Outbox.state) == "pending")
        assert "{}" not in set(session.execute(waits).scalars())
        assert thread.count_captured(session, team_id=TEAM, start=NOW, end=OLD) == 0
    assert set(run(db, OLD).values()) == {0}, "a second night has nothing left to do"


def test_months_and_nights() -> None:
    assert months_before(datetime(2028, 3, 31, 12, tzinfo=UTC), 1) == datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert months_before(datetime(2026, 1, 15, tzinfo=UTC), 13) == datetime(2024, 12, 15, tzinfo=UTC)
    berlin = last_due(datetime(2026, 11, 26, 1, 59, tzinfo=UTC), "Europe/Berlin")
    assert berlin == datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert last_due(datetime(2026, 11, 26, 2, tzinfo=UTC), "Europe/Berlin") == datetime(2026, 11, 26, 2, tzinfo=UTC)
    # Where the clock leaves out three in the morning there is a night all the same.
    assert last_due(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin").date().isoformat() == "2026-03-29"
