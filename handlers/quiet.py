"""Quiet: one's own working hours, and being asked nothing for a while; from the Home."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.people import read_working_hours
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.views import quiet as views
from storage import home, people
from storage import quiet as store
from storage.people import Person

PAST = "That day has come already. Choose a later one, or leave it empty."
TOO_FAR = "That is more than three months ahead. To end questions for good, press `Stop these` under one."


def open_hours(session: Session, act: Act) -> Answer:
    """Show the form with what holds now."""
    person = _me(session, act)
    zone, until = ZoneInfo(act.actor.tz), person.quiet_until
    quiet_on = until.astimezone(zone).date() if until is not None and until > act.now else None
    return Answer(modal=views.hours_modal(person.working_hours, act.actor.tz, quiet_on))


def save_hours(session: Session, act: Act) -> None:
    """Keep what the form says; from then on questions keep to it."""
    person, form, wrong = _me(session, act), act.form, {}
    hours, until = "", None
    try:
        hours = read_working_hours(form["working_hours"]) if form.get("working_hours") else ""
    except ValueError as error:
        wrong["working_hours"] = str(error)
    if form.get("until"):
        try:
            until = date.fromisoformat(form["until"])
        except ValueError:
            wrong["until"] = PAST
        if until is not None and until <= act.today:
            wrong["until"] = PAST
        elif until is not None and until > act.today + timedelta(days=views.LONGEST_DAYS):
            wrong["until"] = TOO_FAR
    if wrong:
        raise FormErrors(wrong)
    store.record_hours(session, person, working_hours=hours)
    moment = datetime.combine(until, time(0), ZoneInfo(act.actor.tz)).astimezone(UTC) if until else None
    store.record_quiet(session, person, until=moment, now=act.now)
    _refresh(session, act)


def end_week_quietly(session: Session, act: Act) -> Answer:
    """Ask nothing more this week: one tap."""
    person = _me(session, act)
    until = asking.working_time(person, act.settings).next_week(act.now)
    store.record_quiet(session, person, until=until, now=act.now)
    _refresh(session, act)
    return Answer(modal=views.quiet_notice(until, act.actor.tz))


def come_back(session: Session, act: Act) -> None:
    """Ask as usual again, from now on."""
    store.record_quiet(session, _me(session, act), until=None, now=act.now)
    _refresh(session, act)


def _me(session: Session, act: Act) -> Person:
    person = people.get_person(session, team_id=act.team_id, user_id=act.actor.user_id)
    if person is None:
        raise BotError(NOT_FOUND)
    return person


def _refresh(session: Session, act: Act) -> None:
    home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.HOURS, open_hours, may="be_asked"),
    Listener("submission", views.HOURS, save_hours, may="be_asked"),
    Listener("action", views.WEEK, end_week_quietly, may="be_asked"),
    Listener("action", views.BACK, come_back, may="be_asked"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
