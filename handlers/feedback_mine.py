"""My feedback: what a person said, to look at, edit, take back and record again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND, require
from bot.domain.asset import state_on
from bot.domain.feedback import check_feedback_fields
from bot.domain.feedback_told import Told
from bot.domain.text import clean, clip
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import feedback as views
from bot.views import feedback_form, feedback_mine, feedback_owner, feedback_receipt, kit
from storage import asset, feedback_told, outbox
from storage import feedback as store


def open_mine(session: Session, act: Act) -> Answer:
    """Show the own feedback with its pages and its search, from the Home."""
    return Answer(modal=_list(session, act))


def search_mine(session: Session, act: Act) -> Answer:
    """Show what holds the words of the search field."""
    return Answer(view=_list(session, act, search=act.form.get("search") or ""))


def turn_page(session: Session, act: Act) -> Answer:
    """Show another page of the own feedback."""
    if _is_in_list(act):
        return Answer(view=_list(session, act, search=str(act.memo.get("search") or ""), page=act.row_id))
    return _show(session, act, _mine(session, act, page=act.row_id))


def withdraw_feedback(session: Session, act: Act) -> Answer:
    """Take one piece back, in the list."""
    feedback_id, _, page = str(act.value or "").partition(":")
    row = _own(session, act, feedback_id)
    told = _withdraw(session, act, row)
    back = feedback_receipt.taken_back(told)
    if _is_in_list(act):
        search = str(act.memo.get("search") or "")
        return Answer(view=_list(session, act, search=search, page=row_number(page), notice=back["text"]))
    if act.view.get("type") == "home":  # which is drawn anew; what can be undone is said on its own
        return Answer(modal=kit.notice_modal("", "Taken back") | {"blocks": back["blocks"]})
    return _show(session, act, _mine(session, act, page=row_number(page), notice=back["text"]))


def undo_feedback(session: Session, act: Act) -> Answer:
    """Take back what a receipt tells of."""
    told = _withdraw(session, act, _own(session, act, str(act.value or "")))
    return _show(session, act, feedback_receipt.taken_back(told))


def restore_feedback(session: Session, act: Act) -> Answer:
    """Let it count again, with the words it had."""
    row = _own(session, act, str(act.value or ""))
    if row.withdrawn_at is not None:
        store.record_withdrawal(session, row, now=None)
    told = _changed(session, act, row)
    return _show(session, act, feedback_receipt.receipt(told, act.settings.official_form_url))


def move_feedback(session: Session, act: Act) -> Answer:
    """It was the superseded version that was used: record it for that one."""
    feedback_id, _, version_id = str(act.value or "").partition(":")
    row = _own(session, act, feedback_id)
    old = asset.get_card(session, team_id=act.team_id, version_id=row_number(version_id))
    now_at = asset.get_card(session, team_id=act.team_id, version_id=row.asset_version_id or 0)
    if old is None or now_at is None or old.asset_id != now_at.asset_id or row.withdrawn_at is not None:
        raise BotError(NOT_FOUND)
    store.record_version(session, row, version_id=old.version_id, now=act.now)
    told = _changed(session, act, row)
    return _show(session, act, feedback_receipt.receipt(told, act.settings.official_form_url))


def edit_feedback(session: Session, act: Act) -> Answer:
    """Open the form with what was said."""
    row = _own(session, act, str(act.value or ""))
    if row.withdrawn_at is not None:
        raise BotError("You took that back. Record it again first, then you can edit it.")
    told = feedback_told.get_told(session, row)
    view = feedback_form.feedback_modal(
        told.fields, told.card, quoted=told.quoted, quoted_by=told.quoted_by, is_edit=True
    )
    if not _is_in_list(act):
        return Answer(modal=kit.with_memo(view, feedback_id=row.id))
    place = {name: act.memo[name] for name in ("page", "search") if name in act.memo}
    return Answer(view=kit.with_memo(view, feedback_id=row.id, is_listed=1, **place))


def save_feedback(session: Session, act: Act) -> Answer | None:
    """Put the form's answers in the place of the first ones; the receipt comes as a direct message."""
    row = _own(session, act, str(act.memo.get("feedback_id") or ""))
    if row.withdrawn_at is not None:
        raise BotError("You have taken that back in the meantime, so nothing was changed.")
    chosen = str(act.form.get("asset") or "")
    version_id = row_number(chosen) or None
    fields = feedback_form.fields_in(act.form, version_id)
    wrong = check_feedback_fields(fields)
    if row.quoted_text and fields.rating is None:
        wrong.pop("rating", None)  # the message is the answer
    card = asset.get_card(session, team_id=act.team_id, version_id=version_id or 0)
    if version_id is not None and (card is None or state_on(card, act.today) == "draft"):
        wrong["asset"] = "I can't find that asset. Please choose it once more."
    if wrong:
        raise FormErrors(wrong)
    store.record_edit(session, row, fields=fields, now=act.now, reply_hours=act.settings.first_reply_hours)
    told = _changed(session, act, row)
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"feedback.receipt:{told.feedback_id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=feedback_receipt.receipt(told, act.settings.official_form_url),
        now=act.now,
    )
    if told.is_held:
        return Answer(view=feedback_form.held_modal(act.settings.official_form_url))
    if not act.memo.get("is_listed"):
        return None
    page, search = act.memo.get("page"), str(act.memo.get("search") or "")
    page = page if isinstance(page, int) else 0
    return Answer(view=_list(session, act, search=search, page=page, notice="Saved. The receipt is in my messages."))


def _own(session: Session, act: Act, feedback_id: str) -> store.Feedback:
    row = store.get_feedback(session, team_id=act.team_id, feedback_id=row_number(feedback_id))
    if row is None:
        raise BotError(NOT_FOUND)
    require(act.actor, "give_feedback", owner_id=row.user_id)
    return row


def _withdraw(session: Session, act: Act, row: store.Feedback) -> Told:
    if row.withdrawn_at is not None:  # a second press
        return feedback_told.get_told(session, row)
    store.record_withdrawal(session, row, now=act.now)
    return _changed(session, act, row)


def _changed(session: Session, act: Act, row: store.Feedback) -> Told:
    return feedback_told.record_change(
        session,
        row,
        owner_message=lambda told: feedback_owner.owner_message(told, act.actor.tz),
        now=act.now,
        real_now=datetime.now(UTC),
    )


def _is_in_list(act: Act) -> bool:
    """Whether a button was pressed in the list that the Home opens."""
    return bool(act.view.get("callback_id") == views.MINE)


def _list(session: Session, act: Act, *, search: str = "", page: int = 0, notice: str = "") -> dict[str, Any]:
    size, search = feedback_mine.PAGE_SIZE, " ".join(clip(clean(search), feedback_mine.SEARCH).split())
    told, total, page = feedback_told.list_mine(
        session, team_id=act.team_id, user_id=act.actor.user_id, page=page, size=size, search=search
    )
    return feedback_mine.mine_modal(feedback_mine.MinePage(told, total, page, act.actor.tz), search, notice)


def _mine(session: Session, act: Act, *, page: int, notice: str = "") -> dict[str, Any]:
    size = feedback_mine.PAGE_SIZE
    told, total, page = feedback_told.list_mine(
        session, team_id=act.team_id, user_id=act.actor.user_id, page=page, size=size
    )
    return feedback_mine.mine_message(feedback_mine.MinePage(told, total, page, act.actor.tz), notice)


def _show(session: Session, act: Act, message: dict[str, Any]) -> Answer:
    """Let the message whose button was pressed say this instead, whatever kind of message it is."""
    container = act.body.get("container") or {}
    if act.view.get("type") == "modal":
        return Answer(view=kit.notice_modal("", "Feedback") | {"blocks": message["blocks"]})
    if container.get("is_ephemeral") or not container.get("message_ts"):
        return Answer(text=message["text"], blocks=message["blocks"], replace=True)
    ts = str(container["message_ts"])
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"feedback.change:{act.channel_id}:{ts}:{act.action.get('action_ts')}",
        target=act.channel_id,
        message=message | {"ts": ts},
        now=act.now,
        method="chat.update",
    )
    return Answer()


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.MINE, open_mine, may="give_feedback"),
    Listener("submission", views.MINE, search_mine, may="give_feedback"),
    Listener("action", views.NEWER, turn_page, may="give_feedback"),
    Listener("action", views.OLDER, turn_page, may="give_feedback"),
    Listener("action", views.WITHDRAW, withdraw_feedback, may="give_feedback"),
    Listener("action", views.UNDO, undo_feedback, may="give_feedback"),
    Listener("action", views.RESTORE, restore_feedback, may="give_feedback"),
    Listener("action", views.MOVE, move_feedback, may="give_feedback"),
    Listener("action", views.EDIT, edit_feedback, may="give_feedback"),
    Listener("submission", views.EDIT, save_feedback, may="give_feedback"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
