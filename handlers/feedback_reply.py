"""Marketing and one piece of feedback: opening it, and the owner's reply to whoever said it."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot.access import NOT_FOUND, require
from bot.domain.feedback import LONGEST
from bot.domain.feedback_told import Told
from bot.domain.text import clean
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import feedback as views
from bot.views import feedback_form, feedback_owner
from storage import feedback as store
from storage import feedback_told, home, outbox


def open_feedback(session: Session, act: Act) -> Answer:
    """Show one piece of feedback: to the asset's owner with the name, to other marketers without."""
    told = _told(session, act, act.row_id)[1]
    if told.is_held:
        raise BotError(NOT_FOUND)
    is_owner = act.actor.user_id == told.owner_id
    return Answer(modal=feedback_owner.opened_modal(told, act.actor.tz, is_owner=is_owner))


def open_reply(session: Session, act: Act) -> Answer:
    """Open the form for the owner's reply."""
    return Answer(modal=feedback_form.reply_modal(_mine_to_answer(session, act, act.row_id)[1]))


def send_reply(session: Session, act: Act) -> Answer:
    """Keep the reply, stop the clock and bring it to whoever gave the feedback, in the owner's words."""
    row, _ = _mine_to_answer(session, act, row_number(act.memo.get("feedback_id")))
    text = clean(act.form.get("reply") or "")
    if not text:
        raise FormErrors({"reply": "Please write a few words."})
    if len(text) > LONGEST:
        raise FormErrors({"reply": f"That is {len(text):,} characters; {LONGEST:,} fit in here."})
    reply = store.add_reply(session, row, user_id=act.actor.user_id, text=text, now=act.now)
    if reply.held_for:
        return Answer(view=feedback_owner.reply_held(act.settings.official_form_url))
    told = feedback_told.record_change(
        session,
        row,
        owner_message=lambda told: feedback_owner.owner_message(told, act.actor.tz),
        now=act.now,
        real_now=datetime.now(UTC),
    )
    home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"feedback.reply:{reply.id}",
        target=row.user_id,
        message=feedback_owner.reply_message(told, text),
        now=act.now,
    )
    return Answer(view=feedback_owner.reply_sent(told))


def _told(session: Session, act: Act, feedback_id: int) -> tuple[store.Feedback, Told]:
    row = store.get_feedback(session, team_id=act.team_id, feedback_id=feedback_id)
    if row is None or row.withdrawn_at is not None:
        raise BotError(NOT_FOUND)
    return row, feedback_told.get_told(session, row)


def _mine_to_answer(session: Session, act: Act, feedback_id: int) -> tuple[store.Feedback, Told]:
    row, told = _told(session, act, feedback_id)
    require(act.actor, "reply_to_feedback", owner_id=told.owner_id)
    return row, told


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.OPEN, open_feedback, may="read_digest"),
    Listener("action", views.REPLY, open_reply, may="reply_to_feedback"),
    Listener("submission", views.REPLY, send_reply, may="reply_to_feedback"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
