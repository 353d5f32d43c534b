"""Retention: words that are older than an admin lets them become are deleted; numbers and what was chosen stay."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col, delete

from bot.domain.thread import CAPTURED, DELETED
from storage import thread
from storage.check_in import CheckInAnswer
from storage.feedback import Feedback, FeedbackReply
from storage.outbox import Outbox
from storage.pulse import Pulse, PulseBallot
from storage.thread import CapturedThread

AT_ONCE = 500  # rows in one transaction: others write in between
SENT_KEPT_FOR = timedelta(days=30)  # what a message said is in Slack; here it is needed for no longer than that
SCHEDULE = "retention"
TABLES = (
    "feedback", "feedbackreply", "checkinanswer", "threadmessage", "capturedthread", "pulse", "pulseballot", "outbox",
    "summarycache",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Before when words are deleted, by kind; None keeps them. `sent` is of the messages that the app has sent."""

    feedback: datetime | None
    threads: datetime | None
    pulses: datetime | None
    sent: datetime


Part = tuple[int, int]  # rows behind this id, at most so many
Forget = Callable[[Session, str, datetime, Part], tuple[int, int | None]]


def list_kinds(limits: Limits) -> list[tuple[str, datetime, Forget]]:
    """What there is to delete: a name, before when, and what deletes the next few rows.

    That gives how many rows it changed, and the last id it looked at, None if there are no more.
    """
    kinds: Iterable[tuple[str, datetime | None, Forget]] = (
        ("feedback", limits.feedback, forget_feedback_words),
        ("replies", limits.feedback, forget_reply_words),
        ("answers to check-ins", limits.feedback, forget_check_in_words),
        ("threads", limits.threads, forget_threads),
        ("pulses", limits.pulses, forget_pulse_words),
        ("messages sent", limits.sent, forget_sent_words),
    )
    return [(name, before, forget) for name, before, forget in kinds if before is not None]


def forget_feedback_words(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete what was said and quoted; rating, use and outcome stay."""
    words = or_(*(column != "" for column in (col(Feedback.said), col(Feedback.missing), col(Feedback.quoted_text))))
    values = {"said": "", "missing": "", "quoted_text": "", "quoted_user_id": None, "quoted_link": ""}
    return _empty(session, Feedback, team_id, part, and_(col(Feedback.created_at) < before, words), values)


def forget_reply_words(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete what owners answered; that they did stays."""
    old = and_(col(FeedbackReply.created_at) < before, col(FeedbackReply.text) != "")
    return _empty(session, FeedbackReply, team_id, part, old, {"text": ""})


def forget_check_in_words(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete what was answered to check-ins; that somebody answered stays."""
    old = and_(col(CheckInAnswer.answered_at) < before, col(CheckInAnswer.text) != "")
    return _empty(session, CheckInAnswer, team_id, part, old, {"text": ""})


def forget_sent_words(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete what messages said that were sent, or never will be."""
    settled = col(Outbox.state).in_(("sent", "failed", "uncertain"))
    old = and_(settled, col(Outbox.created_at) < before, col(Outbox.payload) != "{}")
    return _empty(session, Outbox, team_id, part, old, {"payload": "{}"})


def forget_threads(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete messages and summary of captured threads; that there was a thread stays."""
    old = and_(col(CapturedThread.captured_at) < before, col(CapturedThread.state) == CAPTURED)
    ids = _next(session, CapturedThread, team_id, part, old)
    for thread_id in ids:
        row = thread.get_thread(session, team_id=team_id, thread_id=thread_id, lock=True)
        if row is not None:
            thread.record_end(session, row, state=DELETED, now=before)
    return len(ids), _last(ids, part)


def forget_pulse_words(session: Session, team_id: str, before: datetime, part: Part) -> tuple[int, int | None]:
    """Delete what was written in pulses that have ended, in ballots and in results; the numbers stay."""
    old = and_(col(Pulse.ended_at) < before, or_(col(Pulse.result).is_not(None), col(Pulse.themes).is_not(None)))
    ids, changed = _next(session, Pulse, team_id, part, old), 0
    for row in session.execute(select(Pulse).where(col(Pulse.team_id) == team_id, col(Pulse.id).in_(ids))).scalars():
        of_it = (col(PulseBallot.team_id) == team_id, col(PulseBallot.pulse_id) == row.id)
        words = session.execute(delete(PulseBallot).where(*of_it, col(PulseBallot.text) != "")).rowcount  # type: ignore[attr-defined]
        kept = _without_words(row.result)
        if words or kept != row.result:
            row.result, row.themes, changed = kept, None, changed + 1
            session.add(row)
    session.flush()
    return changed, _last(ids, part)


def _without_words(result: str | None) -> str | None:
    told: dict[str, Any] | None = json.loads(result) if result else None
    if told is None:
        return result
    if not any(one["said"] for one in told["questions"]) and not any(
        answer.get("text") for ballot in told["ballots"] for answer in ballot["answers"]
    ):
        return result
    for question in told["questions"]:
        question["said"] = []
    for ballot in told["ballots"]:
        ballot["answers"] = [answer for answer in ballot["answers"] if not answer.get("text")]
    return json.dumps(told, ensure_ascii=False)


def _empty(
    session: Session, table: Any, team_id: str, part: Part, old: Any, values: dict[str, Any]
) -> tuple[int, int | None]:
    ids = _next(session, table, team_id, part, old)
    if ids:
        change = update(table).where(col(table.team_id) == team_id, col(table.id).in_(ids)).values(values)
        session.execute(change.execution_options(synchronize_session=False))
    return len(ids), _last(ids, part)


def _next(session: Session, table: Any, team_id: str, part: Part, old: Any) -> list[int]:
    query = select(col(table.id)).where(col(table.team_id) == team_id, col(table.id) > part[0], old)
    return [int(found) for found in session.execute(query.order_by(col(table.id)).limit(part[1])).scalars()]


def _last(ids: list[int], part: Part) -> int | None:
    return ids[-1] if len(ids) == part[1] else None
