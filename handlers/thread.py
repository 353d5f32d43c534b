"""Threads sent to marketing: what people do with one afterwards, and what happens in it."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.thread import CAPTURED, EDITED, RELEASED, REMOVED, TAKEN_BACK, Standing, thread_of
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.views import feedback as feedback_views
from bot.views import thread as views
from bot.views import thread_summary
from storage import feedback, thread_capture, thread_told, workspace
from storage import thread as store
from storage.db import Database
from storage.thread import CapturedThread

FACES = thread_told.Faces(views.person_message, thread_summary.details_message, thread_summary.thread_message)


def follow_message(session: Session, act: Act) -> Answer | None:
    """Something was written, changed or deleted: in a captured thread it is read again, anywhere else it is nothing.

    No message is kept or looked at here, only which thread it belongs to.
    """
    event, root_ts = act.event, thread_of(act.event)
    if not root_ts:
        return None
    channel_id = str(event.get("channel") or "")
    thread_id = store.find_captured(session, team_id=act.team_id, channel_id=channel_id, root_ts=root_ts)
    ours = workspace.get_workspace(session, team_id=act.team_id) if thread_id else None
    if thread_id is None or (ours is not None and event.get("user") == ours.bot_user_id):
        return None
    # What was taken away must not be read a minute longer; what was added can wait for more.
    wait = 0 if event.get("subtype") in (EDITED, REMOVED) else act.settings.thread_seconds

    def ask(db: Database) -> Answer:
        with db.begin() as later:
            row = store.get_thread(later, team_id=act.team_id, thread_id=thread_id)
            if row is not None:
                store.ask_to_read(later, row, real_now=datetime.now(UTC), wait=wait)
        return Answer()

    return Answer(afterwards=ask)


def send_quoted_thread(session: Session, act: Act) -> Answer:
    """Send the whole thread of a message that was sent to marketing before."""
    row = feedback.get_feedback(session, team_id=act.team_id, feedback_id=act.row_id)
    if row is None or row.user_id != act.actor.user_id or not row.channel_id or not row.message_ts:
        raise BotError(NOT_FOUND)
    _send(session, act, (row.channel_id, row.message_ts))
    return Answer(text=views.READING)


def send_again(session: Session, act: Act) -> Answer:
    """Send a thread that was taken back after all."""
    row = store.get_thread(session, team_id=act.team_id, thread_id=act.row_id)
    if row is None or row.ended_by != act.actor.user_id:
        raise BotError(NOT_FOUND)
    _send(session, act, (row.channel_id, row.root_ts))
    return Answer(text=views.READING)


def read_summary(session: Session, act: Act) -> Answer:
    """Show the summary to whom the thread concerns, or to marketing."""
    row = store.get_thread(session, team_id=act.team_id, thread_id=act.row_id)
    if row is None or not _standing(session, act, row).may_read:
        raise BotError(NOT_FOUND)
    told = thread_told.get_told(session, row)
    if row.state != CAPTURED:
        raise BotError(views.NO_LONGER)
    if told.summary is None:
        raise BotError(views.NOT_YET)
    return Answer(modal=thread_summary.summary_modal(told))


def post_summary(session: Session, act: Act) -> Answer | None:
    """Post the summary in the thread itself, because one of those who are in it asks for it."""
    row, standing = _captured(session, act)
    if not standing.is_in_it:
        raise BotError(NOT_FOUND)
    told = thread_told.get_told(session, row)
    if told.summary is None:
        raise BotError(views.NOT_YET)
    if told.is_posted:
        return Answer(text=views.POSTED)
    thread_told.add_thread_post(session, row, message=thread_summary.thread_message(told), now=act.now)
    _show(session, act, row)
    return None


def take_thread_back(session: Session, act: Act) -> None:
    """Take a thread back: its author for everybody, whoever sent it for themselves."""
    row, standing = _captured(session, act)
    if not standing.may_take_back:
        raise BotError(NOT_FOUND)
    own = None if standing.is_author else act.actor.user_id
    thread_capture.take_captures_back(session, row, now=act.now, user_id=own)
    if standing.is_author or not thread_capture.list_captures(session, row):
        state = TAKEN_BACK if standing.is_author else RELEASED
        store.record_end(session, row, state=state, now=act.now, by=act.actor.user_id)
    _show(session, act, row)


def leave_words_out(session: Session, act: Act) -> None:
    """Take the own words out of a thread; the rest stays."""
    row, standing = _captured(session, act)
    if not standing.wrote:
        raise BotError(NOT_FOUND)
    store.record_silence(session, row, user_id=act.actor.user_id, now=act.now)
    store.ask_to_sum(session, row, real_now=datetime.now(UTC))
    _show(session, act, row)


def put_words_back(session: Session, act: Act) -> None:
    """Let the own words be read again."""
    row, standing = _captured(session, act)
    if not standing.is_out:
        raise BotError(NOT_FOUND)
    store.forget_silence(session, row, user_id=act.actor.user_id)
    store.ask_to_read(session, row, real_now=datetime.now(UTC))
    _show(session, act, row)


def _send(session: Session, act: Act, place: tuple[str, str]) -> None:
    thread_capture.send_thread(
        session, team_id=act.team_id, place=place, user_id=act.actor.user_id, way="button", now=act.now
    )  # fmt: skip


def _captured(session: Session, act: Act) -> tuple[CapturedThread, Standing]:
    """The thread whose button was pressed, locked, and what the actor is to it.

    Raises:
        BotError: it does not concern them, or it was taken back.
    """
    thread_capture.take_captures(session, team_id=act.team_id)
    row = store.get_thread(session, team_id=act.team_id, thread_id=act.row_id, lock=True)
    standing = _standing(session, act, row) if row else None
    if row is None or standing is None or not standing.may_read:
        raise BotError(NOT_FOUND)
    if row.state != CAPTURED:
        raise BotError(views.NO_LONGER)
    return row, standing


def _standing(session: Session, act: Act, row: CapturedThread) -> Standing:
    return thread_told.get_standing(session, row, user_id=act.actor.user_id, default_tz=act.settings.default_tz)


def _show(session: Session, act: Act, row: CapturedThread) -> None:
    thread_told.show_thread(session, row, faces=FACES, settings=act.settings, now=act.now)


LISTENERS: tuple[Listener, ...] = (
    Listener("event", "message", follow_message, may="be_counted", reads=True),
    Listener("action", feedback_views.SEND_THREAD, send_quoted_thread, may="capture_threads"),
    Listener("action", views.SEND_AGAIN, send_again, may="capture_threads"),
    Listener("action", views.READ, read_summary, may="capture_threads", reads=True),
    Listener("action", views.POST, post_summary, may="capture_threads"),
    Listener("action", views.TAKE_BACK, take_thread_back, may="capture_threads"),
    Listener("action", views.LEAVE_OUT, leave_words_out, may="capture_threads"),
    Listener("action", views.PUT_BACK, put_words_back, may="capture_threads"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
