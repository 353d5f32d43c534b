"""Pulses at their end and on their way there: closed in time, and their messages kept to what is true."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot import asking
from bot.domain.ask import LAST_REMINDER
from bot.domain.pulse_numbers import PulseResult
from bot.domain.pulse_post import PulsePost
from bot.errors import BotError
from bot.intake import Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import pulse as views
from bot.views import pulse_answer
from bot.views.ask import manners
from storage import ask as asks
from storage import ballot_box, outbox, pulse_ballot, pulse_post
from storage import pulse as store
from storage.ask import Ask
from storage.db import Database
from storage.pulse import Pulse
from storage.pulse_jobs import CLOSE, REFRESH, SHOW, ask_for_results, ask_to_show
from storage.turns import take_turn

log = structlog.get_logger()

KIND = "pulse"
MOST_CHANGED = 300  # direct messages that are changed at the end; of more than that nobody else's could go out for long


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Close what is over or lost, keep the messages up to date; gives how many were closed."""
    with db.read() as session:
        over = store.list_over(session, team_id=team_id, now=now)
        refused = pulse_post.list_refused_posts(session, team_id=team_id)
    for pulse_id, reason in refused:
        _cancel_refused(db, team_id, pulse_id, reason, now)
    for row in over:
        try:
            _close(db, row, now)
        except Exception as error:  # one that cannot be closed holds up no other; the next tick tries again
            log.error("pulse not closed", pulse=row.id, error=type(error).__name__)
    lost = ballot_box.sweep_boxes(
        db, team_id=team_id, find_open=lambda session: store.list_open_anonymous(session, team_id=team_id)
    )
    for pulse_id in lost:
        _close_box(db, team_id, pulse_id, now)
    _refresh_anonymous(db, team_id, now, settings)
    return len(over) + len(lost)


def close_now(task: Task) -> None:
    """Close what its asker has ended, without waiting for the clock."""
    run_due(task.db, task.team_id, task.now, task.settings)


def refresh(task: Task) -> None:
    """Let the message in the channel tell how many have answered by now."""
    with task.db.begin() as session:
        _show_post(session, task.team_id, task.payload["pulse_id"], task.now, task.settings)


def show(task: Task) -> None:
    """Let all messages and asks of a pulse say what its row says: after an edit, another end, a cancellation."""
    pulse_id = task.payload["pulse_id"]
    with task.db.read() as session:
        row = store.get_pulse(session, team_id=task.team_id, pulse_id=pulse_id)
    if row is None or row.state == "planned":
        return
    steps = _steps(task.db, row) if row.state == "open" else None
    with task.db.begin() as session:
        _show_post(session, task.team_id, pulse_id, task.now, task.settings, answered=steps)
        same = {"team_id": task.team_id, "kind": KIND, "subject_id": pulse_id}
        if row.state == "open":
            asks.record_closes_at(session, **same, closes_at=row.closes_at)
        else:
            asking.close_subject(session, task.team_id, KIND, pulse_id, task.now)
        asked = asks.list_asked(session, **same)
    if row.state == "cancelled" and row.privacy == "anonymous":
        ballot_box.destroy_box(task.db, team_id=task.team_id, pulse_id=pulse_id)
    if len(asked) > MOST_CHANGED or (row.state == "open" and row.privacy == "anonymous"):
        return  # whoever presses a button there hears how it is; nobody may know here whose message gives thanks
    for ask in asked:
        with task.db.begin() as session:
            _show_ask(session, task, pulse_id, ask)


def _close(db: Database, row: Pulse, now: datetime) -> None:
    if row.privacy == "anonymous":
        return _close_box(db, row.team_id, row.id or 0, now)
    with db.begin() as session:
        found = store.take_pulse(session, team_id=row.team_id, pulse_id=row.id or 0)
        if found is not None and found.state == "open" and found.closes_at <= now:
            _finish(session, found, pulse_ballot.read_pulse(session, found), now)


def _close_box(db: Database, team_id: str, pulse_id: int, now: datetime) -> None:
    """Close an anonymous one; where another program reads its box the next tick tries again."""
    keep = partial(_keep_box, team_id=team_id, pulse_id=pulse_id, now=now)
    try:
        ballot_box.close_box(db, team_id=team_id, pulse_id=pulse_id, keep=keep)
    except BotError as error:
        log.warning("pulse not closed", pulse=pulse_id, why=error.sentence)


def _keep_box(session: Session, ballots: list[str] | None, *, team_id: str, pulse_id: int, now: datetime) -> None:
    """Close it with what was in its box, which is sealed by now: even if it has been extended in this very moment."""
    row = store.take_pulse(session, team_id=team_id, pulse_id=pulse_id)
    if row is None or row.state != "open":
        return
    if ballots is None:
        message, key = views.lost_message(store.fields_of(row), pulse_id=pulse_id), f"pulse.lost:{pulse_id}"
        outbox.enqueue(session, team_id=team_id, key=key, target=row.asker_id, message=message, now=now)
        store.record_cancelled(session, row, now=now, reason=views.LOST)
        ask_to_show(session, row, datetime.now(UTC))
        return
    _finish(session, row, pulse_ballot.read_box(session, row, ballots), now)


def _finish(session: Session, row: Pulse, result: PulseResult, now: datetime) -> None:
    """It is closed with its result; the messages are changed, and the result told, by jobs."""
    store.record_closed(session, row, result=result, now=now)
    real = datetime.now(UTC)
    ask_to_show(session, row, real)
    ask_for_results(session, row, real)


def _cancel_refused(db: Database, team_id: str, pulse_id: int, reason: str, now: datetime) -> None:
    """Slack let nobody see it: it is cancelled, and the asker hears why."""
    with db.begin() as session:
        row = store.take_pulse(session, team_id=team_id, pulse_id=pulse_id)
        if row is None or row.state != "open":
            return
        sentence = views.refused_sentence(reason)
        store.record_cancelled(session, row, now=now, reason=sentence)
        message = views.not_opened_message(store.fields_of(row), sentence, pulse_id=pulse_id)
        key = f"pulse.not_opened:{pulse_id}"
        outbox.enqueue(session, team_id=team_id, key=key, target=row.asker_id, message=message, now=now)


def _refresh_anonymous(db: Database, team_id: str, now: datetime, settings: Settings) -> None:
    """By the clock and not by each ballot, of which nothing may be written down."""
    with db.read() as session:
        for_clock = [
            row
            for row in store.list_pulses(session, team_id=team_id, states=("open",))
            if row.privacy == "anonymous" and row.channel_id
        ]
    for row in for_clock:
        steps = _steps(db, row)
        with db.begin() as session:
            _show_post(session, team_id, row.id or 0, now, settings, answered=steps)


def _steps(db: Database, row: Pulse) -> int | None:
    """How many have answered an anonymous pulse so far, in steps of five; None of any other."""
    if row.privacy != "anonymous":
        return None
    return ballot_box.answered_in_steps(db, team_id=row.team_id, pulse_id=row.id or 0)


def _show_post(
    session: Session, team_id: str, pulse_id: int, now: datetime, settings: Settings, *, answered: int | None = None
) -> None:
    row = store.take_pulse(session, team_id=team_id, pulse_id=pulse_id)
    if row is None or row.state == "planned" or not row.channel_id:
        return
    message = views.posted_message(_read(session, row, settings, answered))
    pulse_post.record_shown(session, row, message=message, now=now)


def _read(session: Session, row: Pulse, settings: Settings, answered: int | None = None) -> PulsePost:
    result = store.result_of(row)
    if row.privacy == "anonymous" and result is not None:
        answered = result.answered
    return pulse_post.read_post(session, row, default_tz=settings.default_tz, answered=answered)


def _show_ask(session: Session, task: Task, pulse_id: int, ask: Ask) -> None:
    """One person's own messages: the question as it is now, what they have answered, or that it has ended."""
    take_turn(session, team_id=task.team_id, of=f"person {ask.user_id}")  # they may answer in this moment
    row = store.get_pulse(session, team_id=task.team_id, pulse_id=pulse_id)
    if row is None:
        return
    shown = _read(session, row, task.settings)
    given = pulse_ballot.list_own(session, row, user_id=ask.user_id)
    said = pulse_answer.said_line(shown.fields, given)
    asking.replace_messages(session, ask, _own_message(row, shown, said, ask), task.now)


def _own_message(row: Pulse, shown: PulsePost, said: str, ask: Ask) -> dict[str, Any]:
    if row.state != "open":
        return views.ended_message(shown.fields, asker=shown.asker, note=f"{said} {views.ended_note(shown)}".strip())
    message = views.direct_message(shown, note=said)
    return message if said else message | {"blocks": [*message["blocks"], manners(ask.id or 0, LAST_REMINDER)]}


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {CLOSE: close_now, REFRESH: refresh, SHOW: show}
