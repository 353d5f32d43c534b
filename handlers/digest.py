"""The weekly digest: sent at each marketer's own Monday 09:00, once and only once, and at any time with `/digest`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.access import NOT_FOUND, may
from bot.domain.digest import Digest, build_digest
from bot.domain.digest_period import (
    LONGEST,
    Period,
    day_of,
    due_at,
    is_too_late,
    is_working_time,
    mondays_due,
    read_period,
    week_before,
)
from bot.domain.digest_searches import group_searches
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import digest as views
from bot.views import digest_details
from storage import asset, asset_search, digest_words, feedback, outbox, people, slots, workspace
from storage import digest as store
from storage.db import Database

SCHEDULE = "digest"
TOO_LATE = "it would have come more than two days late"


def show_digest(session: Session, act: Act) -> Answer:
    """`/digest` alone is the last seven days; behind it may stand another period."""
    if not may(act.actor, "read_digest"):
        raise BotError(views.ONLY_MARKETING)
    try:
        period = read_period(act.text, act.now, act.actor.tz)
    except ValueError as error:
        raise BotError(str(error)) from None
    digest = _build(session, act.team_id, act.actor.user_id, period, act.now)
    message = views.digest_message(digest, with_button=True)
    return Answer(text=message["text"], blocks=message["blocks"])


def show_details(session: Session, act: Act) -> Answer:
    """Show what did not fit on the screen, as things are now."""
    first, _, until = str(act.value or "").partition(":")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(until), act.actor.tz)
    except ValueError:
        raise BotError(NOT_FOUND) from None
    if not 0 < period.days <= LONGEST:
        raise BotError(NOT_FOUND)
    digest = _build(session, act.team_id, act.actor.user_id, period, act.now)
    return Answer(modal=digest_details.details_modal(digest))


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Send the digests that are due by now; gives how many.

    One that comes late waits for the reader's working hours; one that is more than two days late is skipped.
    """
    with db.read() as session:
        ours = workspace.get_workspace(session, team_id=team_id)
        last = slots.list_last_dates(session, team_id=team_id, schedule=SCHEDULE)
        readers = [
            (one.user_id, one.tz or settings.default_tz)
            for one in people.list_people(session, team_id=team_id, role="marketer")
        ]
    if ours is None:
        return 0
    due = [
        (user_id, tz, monday)
        for user_id, tz in readers
        for monday in mondays_due(now, tz, since=ours.installed_at, after=last.get(user_id))
        if is_working_time(now, tz) or is_too_late(monday, tz, now)
    ]
    return sum(_settle(db, team_id, user_id, tz, monday, now) for user_id, tz, monday in due)


def read_link(task: Task) -> None:
    """Look whether everybody may open the message that a piece of feedback quotes, and where it stands."""
    feedback_id = int(task.payload["feedback_id"])
    with task.db.read() as session:
        row = feedback.get_feedback(session, team_id=task.team_id, feedback_id=feedback_id)
    if row is None or not row.channel_id or not row.message_ts:
        return
    is_open = task.reader.is_public(row.channel_id)
    link = task.reader.permalink(row.channel_id, row.message_ts) if is_open else ""
    with task.db.begin() as session:
        row = feedback.get_feedback(session, team_id=task.team_id, feedback_id=feedback_id)
        if row is not None:
            digest_words.record_link(session, row, link=link)


def _settle(db: Database, team_id: str, user_id: str, tz: str, monday: date, now: datetime) -> bool:
    """Fill one slot: the digest goes out or is skipped, in one transaction with the slot. False if it did not go out.

    It is counted before that transaction, so that on SQLite no answer to a person waits for the counting.
    """
    digest = None
    if not is_too_late(monday, tz, now):
        with db.read() as session:
            digest = _build(session, team_id, user_id, week_before(monday, tz), now)
    try:
        with db.begin() as session:
            at = due_at(monday, tz)
            slot = slots.add_slot(
                session, team_id=team_id, schedule=SCHEDULE, subject=user_id, local_date=monday, due_at=at
            )
            if digest is None:
                slots.record_skipped(session, slot, now=now, reason=TOO_LATE)
            else:
                _send(session, team_id, user_id, monday, digest, now)
                slots.record_done(session, slot, now=now)
    except IntegrityError:
        return False  # another process was quicker
    return digest is not None


def _send(session: Session, team_id: str, user_id: str, monday: date, digest: Digest, now: datetime) -> None:
    key = f"digest:{user_id}:{monday}"
    message = views.digest_message(digest, with_button=False)
    sent = outbox.enqueue(session, team_id=team_id, key=key, target=user_id, message=message, now=now, lane=SCHEDULE)
    if views.has_details(digest):
        outbox.enqueue(
            session,
            team_id=team_id,
            key=f"{key}:details",
            target=user_id,
            message=digest_details.details_message(digest),
            now=now,
            lane=SCHEDULE,
            after_id=sent.id,
        )


def _build(session: Session, team_id: str, reader_id: str, period: Period, now: datetime) -> Digest:
    counted = store.count_digest(session, team_id=team_id, reader_id=reader_id, period=period)
    back, cards = period.looked_back(), asset.list_names(session, team_id=team_id)
    missed = asset_search.list_missed(session, team_id=team_id, start=back.start, end=back.end)
    counted = replace(counted, searches=group_searches(missed, cards, day_of(now, period.tz)))
    return build_digest(counted, reader_id=reader_id, period=period, now=now)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, show_digest, may="see_home", reads=True),  # a rep hears what it is instead
    Listener("action", views.MORE, show_details, may="read_digest", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {digest_words.LINK: read_link}
