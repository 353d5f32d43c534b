"""Answers to check-ins: given, changed, taken back by whoever was asked, and read by whoever may."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.check_in import Asked, may_keep, sees_names
from bot.domain.check_in_answer import Given, check_answers
from bot.domain.check_in_days import last_day
from bot.domain.text import clean
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import check_in as views
from bot.views import check_in_ask, check_in_round, feedback, feedback_form
from storage import ask as asks
from storage import check_in, home
from storage import check_in_answer as store
from storage.ask import Ask
from storage.check_in import CheckInRound

KIND = "check_in"
CLOSED = (
    "This round closed on {day}, and your answer stands in its summary, so it can't be changed. You can take it back."
)


def open_answer_form(session: Session, act: Act) -> Answer:
    """Open the form, with what the person has said already."""
    found, _ = _asked_of(session, act, act.row_id)
    given = store.list_own(session, found, user_id=act.actor.user_id)
    _require_changeable(found, act, given)
    asked = Asked.from_json(found.questions)
    closes, is_closed = last_day(found.closes_at), _is_closed(found, act)
    return Answer(modal=check_in_ask.answer_modal(asked, closes, given, round_id=found.id or 0, is_closed=is_closed))


def give_answer(session: Session, act: Act) -> Answer | None:
    """Keep the answers; the receipt takes the place of the question."""
    found, ask = _asked_of(session, act, row_number(act.memo.get("round_id")))
    asked = Asked.from_json(found.questions)
    given = store.list_own(session, found, user_id=act.actor.user_id)
    _require_changeable(found, act, given)
    texts = {number: clean(act.form.get(f"answer{number}") or "") for number in range(len(asked.questions))}
    if wrong := check_answers(texts, asked.questions):
        raise FormErrors(wrong)
    store.record_answers(
        session,
        found,
        user_id=act.actor.user_id,
        region=act.actor.region,
        texts=texts,
        now=act.now,
        reply_hours=act.settings.first_reply_hours,
    )
    asking.record_answered(session, ask, act.now)
    given = store.list_own(session, found, user_id=act.actor.user_id)
    message = check_in_ask.receipt(
        asked,
        last_day(found.closes_at),
        given,
        act.settings.official_form_url,
        round_id=found.id or 0,
        is_closed=_is_closed(found, act),
    )
    _show(session, act, ask, message)
    is_held = any(one.is_held and not one.is_withdrawn for one in given)
    return Answer(view=feedback_form.held_modal(act.settings.official_form_url)) if is_held else None


def take_back_answer(session: Session, act: Act) -> None:
    """Take back everything that was said in a round."""
    found, ask = _asked_of(session, act, act.row_id)
    store.record_taken_back(session, found, user_id=act.actor.user_id, now=act.now)
    _show(session, act, ask, check_in_ask.taken_back(Asked.from_json(found.questions), round_id=found.id or 0))


def read_answers(session: Session, act: Act) -> Answer:
    """Show a page of the answers of a closed round, with names only to whom that was said."""
    round_id, _, page = str(act.value or "").partition(":")
    found = check_in.get_round(session, team_id=act.team_id, round_id=row_number(round_id))
    if found is None or found.state != "closed" or not _may_read(session, act, found):
        raise BotError(NOT_FOUND)
    modal = _page(session, act, found, row_number(page))
    return Answer(modal=modal) if act.action.get("action_id") == views.READ else Answer(view=modal)


def _page(session: Session, act: Act, found: CheckInRound, page: int) -> dict[str, Any]:
    asked, size, total = Asked.from_json(found.questions), check_in_round.PAGE_SIZE, store.count_given(session, found)
    page = max(0, min(page, (total - 1) // size))
    given = store.list_given(session, found, by_name=bool(asked.named_for), offset=page * size, limit=size)
    shown = check_in_round.AnswersPage(store.read_round(session, found), given, total, page)
    return check_in_round.answers_modal(shown, act.settings.ask_budget)


def _may_read(session: Session, act: Act, found: CheckInRound) -> bool:
    """What was said to those who were asked holds: names for one manager, else no names for those who keep it."""
    asked = Asked.from_json(found.questions)
    if asked.named_for:
        return asked.named_for == act.actor.user_id and sees_names(act.actor.roles)
    row = check_in.get_check_in(session, team_id=act.team_id, check_in_id=found.check_in_id)
    if row is None:
        return False
    admins, default_tz = act.settings.admin_user_ids, act.settings.default_tz
    owner = check_in.find_owner(session, row, admins=admins, default_tz=default_tz)
    owner_roles = owner.roles if owner else frozenset[str]()
    return may_keep(act.actor.user_id, act.actor.roles, owner_id=row.owner_id, owner_roles=owner_roles)


def _asked_of(session: Session, act: Act, round_id: int) -> tuple[CheckInRound, Ask]:
    """A round and its ask to this person.

    Raises:
        BotError: they were not asked.
    """
    found = check_in.get_round(session, team_id=act.team_id, round_id=round_id)
    ask = asks.find_ask(session, team_id=act.team_id, kind=KIND, subject_id=round_id, user_id=act.actor.user_id)
    if found is None or ask is None:
        raise BotError(NOT_FOUND)
    return found, ask


def _require_changeable(found: CheckInRound, act: Act, given: list[Given]) -> None:
    kept = [one for one in given if not one.is_withdrawn]
    if _is_closed(found, act) and any(not one.is_late for one in kept):
        day = last_day(found.closes_at)
        raise BotError(CLOSED.format(day=f"{day:%A} {day.day} {day:%B}"))


def _is_closed(found: CheckInRound, act: Act) -> bool:
    return found.state == "closed" or act.now >= found.closes_at


def _show(session: Session, act: Act, ask: Ask, message: dict[str, Any]) -> None:
    """Let the question and its reminders say this instead, and the Home show it."""
    asking.replace_messages(session, ask, message, act.now)
    home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))


LISTENERS: tuple[Listener, ...] = (
    Listener("action", feedback.ANSWER, open_answer_form, may="be_asked"),
    Listener("submission", feedback.ANSWER, give_answer, may="be_asked"),
    Listener("action", check_in_ask.TAKE_BACK, take_back_answer, may="be_asked"),
    Listener("action", views.READ, read_answers, may="keep_check_ins", reads=True),
    Listener("action", views.READ_BEFORE, read_answers, may="keep_check_ins", reads=True),
    Listener("action", views.READ_ON, read_answers, may="keep_check_ins", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {}
