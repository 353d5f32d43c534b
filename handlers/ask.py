"""Asks: not now, no more of these, why did I get this, and ask me again; whatever feature asked."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.ask import LAST_REMINDER
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.views import ask as views
from storage import ask as store
from storage import ask_stop, home, people
from storage.people import Person


def snooze(session: Session, act: Act) -> Answer:
    """Ask once more on the person's next working day instead; after the last reminder there is nothing to put off."""
    ask, person = _asked(session, act)
    if ask.state == "answered":
        return Answer(text=views.ANSWERED)
    if ask.state != "asked" or act.now >= ask.closes_at:
        return Answer(text=views.OVER)
    if store.count_messages(session, ask) > LAST_REMINDER:
        return Answer(text=views.NO_MORE_REMINDERS)
    until = asking.working_time(person, act.settings).next_day(act.now)
    ask.next_at = min(until, ask.closes_at)
    session.add(ask)
    return Answer(text=views.snoozed(until, act.actor.tz) if until < ask.closes_at else views.CLOSES_BEFORE)


def stop(session: Session, act: Act) -> Answer:
    """Ask no more questions like this one, from now on."""
    ask, _ = _asked(session, act)
    stopped = views.Stopped(ask.stop_key, ask_stop.stop_label(session, ask))
    who = {"team_id": act.team_id, "user_id": act.actor.user_id}
    ask_stop.record_stop(session, **who, stop_key=stopped.key, label=stopped.label, now=act.now)
    home.refresh_home(session, **who, real_now=datetime.now(UTC))
    text, blocks = views.stopped_blocks(stopped)
    return Answer(text=text, blocks=blocks)


def resume(session: Session, act: Act) -> Answer:
    """Ask these questions again, from the next one on."""
    who = {"team_id": act.team_id, "user_id": act.actor.user_id}
    ask_stop.forget_stop(session, **who, stop_key=str(act.value or ""))
    home.refresh_home(session, **who, real_now=datetime.now(UTC))
    return Answer() if act.view else Answer(text=views.RESUMED, replace=True)  # the Home is drawn anew instead


def show_why(session: Session, act: Act) -> Answer:
    """Show why this person was asked, and how often they may be."""
    ask, person = _asked(session, act)
    modal = views.why_modal(
        why=ask.why,
        asked=asking.asked_this_week(session, person, act.now, act.settings),
        budget=act.settings.ask_budget,
        hours=str(asking.working_time(person, act.settings).hours),
    )
    return Answer(modal=modal)


def _asked(session: Session, act: Act) -> tuple[store.Ask, Person]:
    """The ask whose button was pressed, and the person who pressed it.

    Raises:
        BotError: it was not put to them.
    """
    ask = asking.get_ask(session, act.team_id, act.row_id, act.actor.user_id)
    person = people.get_person(session, team_id=act.team_id, user_id=act.actor.user_id)
    if ask is None or person is None:
        raise BotError(NOT_FOUND)
    return ask, person


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.SNOOZE, snooze, may="be_asked"),
    Listener("action", views.STOP, stop, may="be_asked"),
    Listener("action", views.RESUME, resume, may="be_asked"),
    Listener("action", views.WHY, show_why, may="be_asked", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {}
