"""Retention: each night what is too old is deleted, the space it took is wiped, and the admins hear of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError

from bot.domain.retention import MONDAY, WORDS, last_due, months_before
from bot.errors import BotError
from bot.intake import Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import retention as views
from storage import audit, jobs, outbox, people, retention, slots, wiping, workspace
from storage.db import Database

log = structlog.get_logger()

RUN = "retention.run"
EVERYBODY = "everybody"  # the slot's subject


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Ask for the night's run once its hour has come; gives 1 if it was asked for now."""
    due = last_due(now, settings.default_tz)
    day = due.astimezone(ZoneInfo(settings.default_tz)).date()
    of_it: dict[str, Any] = {
        "team_id": team_id,
        "schedule": retention.SCHEDULE,
        "subject": EVERYBODY,
        "local_date": day,
    }
    with db.read() as session:
        met = workspace.get_workspace(session, team_id=team_id)
        if met is None or met.installed_at > due or slots.find_slot(session, **of_it) is not None:
            return 0
    try:
        with db.begin() as session:
            slots.record_done(session, slots.add_slot(session, **of_it, due_at=due), now=now)
            key, payload = f"{RUN}:{day.isoformat()}", {"day": day.isoformat(), "is_monday": day.weekday() == MONDAY}
            jobs.add_job(session, team_id=team_id, kind=RUN, key=key, payload=payload, now=datetime.now(UTC))
    except IntegrityError:
        return 0  # another process was quicker
    return 1


def delete_old_words(task: Task) -> None:
    """Delete what is too old, a few rows in each transaction, and tell the admins if it was anybody's words."""
    counts = {name: _delete(task, before, forget) for name, before, forget in retention.list_kinds(_limits(task))}
    words = {name: number for name, number in counts.items() if number and name in WORDS}
    # A large file is written anew on the night to Monday alone: nobody can be answered meanwhile.
    is_due = any(counts.values()) if task.payload["is_monday"] else bool(words) and wiping.is_small(task.db)
    is_wiped = is_due and _wipe(task)
    if not words:
        return
    with task.db.begin() as session:
        audit.record(session, team_id=task.team_id, by="", deed="retention.done", after=words, now=task.now)
        for admin in people.list_admins(session, team_id=task.team_id, admins=task.settings.admin_user_ids):
            outbox.enqueue(
                session,
                team_id=task.team_id,
                key=f"{RUN}:{task.payload['day']}:{admin.user_id}",
                target=admin.user_id,
                message=views.report(words, is_wiped=is_wiped),
                now=task.now,
            )


def _delete(task: Task, before: datetime, forget: retention.Forget) -> int:
    last: int | None = 0
    total = 0
    while last is not None:
        with task.db.begin() as session:
            changed, last = forget(session, task.team_id, before, (last, retention.AT_ONCE))
        total += changed
    return total


def _wipe(task: Task) -> bool:
    try:
        wiping.wipe_database(task.db, tables=retention.TABLES)
    except BotError as error:  # another program reads the file: the words are deleted, and the next night wipes
        log.warning("not wiped", why=error.sentence)
        return False
    return True


def _limits(task: Task) -> retention.Limits:
    def before(months: int | None) -> datetime | None:
        return months_before(task.now, months) if months else None

    settings = task.settings
    return retention.Limits(
        feedback=before(settings.keep_feedback_months),
        threads=before(settings.keep_thread_months),
        pulses=before(settings.keep_pulse_months),
        sent=task.now - retention.SENT_KEPT_FOR,
    )


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {RUN: delete_old_words}
