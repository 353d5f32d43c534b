"""Answering a filed-away check: one tap of five, changed by another, and a word on why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.asset import state_on
from bot.domain.feedback import LONGEST, FeedbackFields
from bot.domain.feedback_told import Told
from bot.domain.filed_away import KIND
from bot.domain.text import clean
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.views import feedback_form, feedback_owner
from bot.views import filed_away as views
from bot.views.asset_card import no_longer
from storage import asset, feedback, feedback_told
from storage import filed_away as store
from storage.ask import Ask
from storage.filed_away import FiledAwayCheck

USES = {action_id: use for use, action_id in views.ANSWERS.items()}
TAKEN_BACK = "You took that answer back. Tap `Change` to give another one."
NOTHING = FeedbackFields(asset_version_id=None)


def answer_check(session: Session, act: Act) -> None:
    """Record one of the five answers, the first one or another in its place; the message thanks from now on."""
    ask, check = _own(session, act, act.row_id)
    use = USES[str(act.action.get("action_id"))]
    known = store.find_answer(session, team_id=act.team_id, ask_id=ask.id or 0)
    row = feedback.get_feedback(session, team_id=act.team_id, feedback_id=known.feedback_id) if known else None
    hours = act.settings.first_reply_hours
    if row is None:
        row = feedback.add_feedback(
            session,
            team_id=act.team_id,
            user_id=act.actor.user_id,
            region=act.actor.region,
            source="check_in",
            fields=replace(NOTHING, asset_version_id=check.asset_version_id, use=use),
            now=act.now,
            reply_hours=hours,
        )
    else:
        known_fields = feedback_told.get_told(session, row).fields  # it may have been moved to another asset since
        fields = replace(known_fields, use=use, asset_version_id=check.asset_version_id)
        feedback.record_withdrawal(session, row, now=None)
        feedback.record_edit(session, row, fields=fields, now=act.now, reply_hours=hours)
    store.record_answer(session, check, ask_id=ask.id or 0, feedback=row, use=use, now=act.now)
    asking.record_answered(session, ask, act.now)
    _thank(session, act, ask, check, row)


def change_answer(session: Session, act: Act) -> None:
    """Show the five answers once more; the one that was given stands until another is tapped."""
    ask, check = _own(session, act, act.row_id)
    row = _feedback(session, act, ask)
    card = asset.get_card(session, team_id=act.team_id, version_id=check.asset_version_id)
    if card is None or row.use is None:
        raise BotError(NOT_FOUND)
    asking.replace_messages(session, ask, views.question_again(ask.id or 0, card, row.use), act.now)


def open_why(session: Session, act: Act) -> Answer:
    """Ask why, in one field."""
    ask, _ = _own(session, act, act.row_id)
    row = _feedback(session, act, ask)
    if row.withdrawn_at is not None:
        raise BotError(TAKEN_BACK)
    return Answer(modal=views.why_modal(ask.id or 0, feedback_told.get_told(session, row)))


def send_why(session: Session, act: Act) -> Answer | None:
    """Keep the words with the answer; they are screened like all."""
    ask, check = _own(session, act, act.memo.get("ask_id"))
    row = _feedback(session, act, ask)
    if row.withdrawn_at is not None:
        raise BotError(TAKEN_BACK)
    said = clean(act.form.get("said") or "")
    if not said:
        raise FormErrors({"said": "A few words, or close this: your answer counts without them."})
    if len(said) > LONGEST:
        raise FormErrors({"said": f"That is {len(said):,} characters; {LONGEST:,} fit in here."})
    fields = replace(feedback_told.get_told(session, row).fields, said=said)
    feedback.record_edit(session, row, fields=fields, now=act.now, reply_hours=act.settings.first_reply_hours)
    told = _thank(session, act, ask, check, row)
    return Answer(view=feedback_form.held_modal(act.settings.official_form_url)) if told.is_held else None


def _own(session: Session, act: Act, ask_id: Any) -> tuple[Ask, FiledAwayCheck]:
    """The person's own ask, and the check that it belongs to; nobody else changes that meanwhile.

    Raises:
        BotError: it is somebody else's, was never asked, or there is none.
    """
    known = ask_id if isinstance(ask_id, int) else 0
    ask = asking.get_ask(session, act.team_id, known, act.actor.user_id)
    if ask is None or ask.kind != KIND or ask.asked_at is None:
        raise BotError(NOT_FOUND)
    check = store.get_check(session, team_id=act.team_id, check_id=ask.subject_id, lock="count")
    if check is None:
        raise BotError(NOT_FOUND)
    return ask, check


def _feedback(session: Session, act: Act, ask: Ask) -> feedback.Feedback:
    """The feedback that holds the answer to an ask.

    Raises:
        BotError: there is no answer yet.
    """
    known = store.find_answer(session, team_id=act.team_id, ask_id=ask.id or 0)
    row = feedback.get_feedback(session, team_id=act.team_id, feedback_id=known.feedback_id) if known else None
    if row is None:
        raise BotError(NOT_FOUND)
    return row


def _thank(session: Session, act: Act, ask: Ask, check: FiledAwayCheck, row: feedback.Feedback) -> Told:
    """Let all who see this answer see it as it is now: the rep's own message, the owner, the Home."""
    told = feedback_told.record_change(
        session,
        row,
        owner_message=lambda told: feedback_owner.owner_message(told, act.actor.tz),
        now=act.now,
        real_now=datetime.now(UTC),
    )
    note = ""
    if told.card is not None and state_on(told.card, act.today) != "current":
        current = asset.find_current_card(session, team_id=act.team_id, asset_id=told.card.asset_id)
        note = no_longer(told.card, current, act.today)
    message = views.thanks(
        ask.id or 0, told, form_url=act.settings.official_form_url, note=note, is_late=check.state == "closed"
    )
    asking.replace_messages(session, ask, message, act.now)
    return told


LISTENERS: tuple[Listener, ...] = (
    *(Listener("action", action_id, answer_check, may="be_asked") for action_id in views.ANSWERS.values()),
    Listener("action", views.CHANGE, change_answer, may="be_asked"),
    Listener("action", views.WHY, open_why, may="be_asked"),
    Listener("submission", views.WHY, send_why, may="be_asked"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
