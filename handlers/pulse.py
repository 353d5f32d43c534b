"""Pulses, for those who start them: the list, a pulse in one line, what is sent, closed, ended otherwise, cancelled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.access import Denied, may, require
from bot.domain.audience import Audience
from bot.domain.pulse import FEW, PRIVACY, PulseFields, check_pulse_fields, read_one_line, wrong_close
from bot.domain.pulse_outcome import check_outcome, check_reason
from bot.domain.text import clean, inert
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import kit
from bot.views import pulse as asked_views
from bot.views import pulse_form as form_views
from bot.views import pulse_form_reading as reading
from bot.views import pulse_list as views
from storage import pulse as store
from storage import pulse_list as lists
from storage import pulse_series as series_store
from storage import pulse_start
from storage.people import Person
from storage.pulse_audience import list_askable
from storage.pulse_jobs import ask_to_close, ask_to_show

OPEN_FOR = timedelta(hours=24)  # a pulse in one line
SOMETHING = "Say what was done, or why it can't wait. One of the two is enough."
CANCELLED = "is cancelled: the answers are deleted, and its message says that it is over."
OVER = "This pulse has ended already, so nothing was changed."


def ask_for_pulses(session: Session, act: Act) -> Answer:
    """`/pulse` alone opens the list; with a question it is the pulse, after one look."""
    if not may(act.actor, "start_pulses"):
        raise Denied(views.ONLY_STARTERS)
    word = clean(act.text).lower()
    if word in ("", "list", "new"):
        return Answer(modal=_list(session, act))
    if word == "help":
        return Answer(text=views.help_text())
    return Answer(modal=_one_look(session, act))


def show_list(session: Session, act: Act) -> Answer:
    """Show a page of the list; the first one behind a form, or from a message."""
    view = _list(session, act, page=act.row_id)
    return Answer(view=view) if act.view.get("type") == "modal" else Answer(modal=view)


def show_privacy(session: Session, act: Act) -> Answer:
    """Show what people will read with the privacy that was chosen."""
    pulse_id = row_number(act.memo.get("pulse_id"))
    row = store.get_pulse(session, team_id=act.team_id, pulse_id=pulse_id)
    require(act.actor, "start_pulses", owner_id=row.asker_id if row else "")
    assert row is not None
    fields, privacy = store.fields_of(row), str(act.value or "")
    chosen = replace(fields, privacy=privacy) if privacy in PRIVACY else fields
    nonce = str(act.memo.get("nonce") or "")
    return Answer(view=kit.with_memo(_look(session, act, chosen, row.id or 0), nonce=nonce))


def send_line(session: Session, act: Act) -> Answer:
    """Send a pulse in one line with the privacy that was chosen."""
    row = _take(session, act, act.memo.get("pulse_id"))
    privacy = str(act.form.get("privacy") or "")
    if privacy in PRIVACY and row.state == "planned":
        row.privacy = privacy
        session.add(row)
    if wrong := _wrong(session, act, row):
        raise FormErrors({"privacy": wrong})
    return Answer(view=_start(session, act, row))


def send_planned(session: Session, act: Act) -> Answer:
    """Send what has not been sent yet."""
    row = _take(session, act, act.row_id)
    if wrong := _wrong(session, act, row):
        notice = f"{views.title(store.fields_of(row))} is not sent: {inert(wrong)} Press `Edit` to change it."
        return Answer(view=_list(session, act, notice=notice))
    return Answer(view=_start(session, act, row))


def say_outcome_first(session: Session, act: Act) -> Answer:
    """Keep what was done with the last pulse, or why that is not waited for; then the new one goes out."""
    row = _take(session, act, act.memo.get("pulse_id"))
    last = store.take_pulse(session, team_id=act.team_id, pulse_id=row_number(act.memo.get("last_id")))
    require(act.actor, "start_pulses", owner_id=last.asker_id if last else "")
    assert last is not None
    outcome, reason = clean(act.form.get("outcome") or ""), " ".join(clean(act.form.get("reason") or "").split())
    if not outcome and not reason:
        raise FormErrors({"outcome": SOMETHING})
    field, sentence = ("outcome", check_outcome(outcome)) if outcome else ("reason", check_reason(reason))
    if wrong := sentence or _wrong(session, act, row):
        raise FormErrors({field: wrong})
    real = datetime.now(UTC)
    if outcome:
        pulse_start.tell_and_start(session, row, last=last, outcome=outcome, now=act.now, real_now=real)
    else:
        pulse_start.override_and_start(session, row, last=last, reason=reason, real_now=real)
    return Answer(view=views.sent_modal(views.on_its_way(store.fields_of(row))))


def open_end_form(session: Session, act: Act) -> Answer:
    """Ask for another end of an open pulse."""
    row = _take(session, act, act.row_id)
    _require_open(row)
    view = form_views.end_modal(row.closes_at, act.actor.tz, pulse_id=row.id or 0, version=row.version)
    return Answer(view=view)


def save_end(session: Session, act: Act) -> Answer:
    """Close later or earlier than was said before."""
    row = _take(session, act, act.memo.get("pulse_id"))
    closes_at = reading.end_in(act.form, tz=act.actor.tz)
    wrong = wrong_close(closes_at, act.now)
    if row.version != row_number(act.memo.get("version")):
        wrong = store.EDITED
    if row.state != "open" or act.now >= row.closes_at:
        wrong = store.NOT_OPEN
    if wrong or closes_at is None:
        raise FormErrors({"closes_on": wrong})
    store.record_closes_at(session, row, closes_at=closes_at)
    ask_to_show(session, row, datetime.now(UTC))
    notice = f"{views.title(store.fields_of(row))} closes {views.moment(closes_at, act.actor.tz)} now."
    return Answer(view=_list(session, act, notice=f"{notice} Its message says so, too."))


def close_now(session: Session, act: Act) -> Answer:
    """Take no more answers; the results follow."""
    row = _take(session, act, act.row_id)
    _require_open(row)
    store.record_closes_at(session, row, closes_at=min(row.closes_at, act.now))
    ask_to_close(session, row, datetime.now(UTC))
    notice = f"{views.title(store.fields_of(row))} is closed. I send you the results in a moment."
    return Answer(view=_list(session, act, notice=notice))


def cancel(session: Session, act: Act) -> Answer:
    """Ask nobody, or nobody any more; there are no results."""
    row = _take(session, act, act.row_id)
    was_open = row.state == "open"
    if not store.record_cancelled(session, row, now=act.now):
        raise BotError(OVER)
    if was_open:
        ask_to_show(session, row, datetime.now(UTC))
    told = (
        "is cancelled: the answers are deleted, and its message says that it is over." if was_open else "is discarded."
    )
    return Answer(view=_list(session, act, notice=f"{views.title(store.fields_of(row))} {told}"))


def stop_series(session: Session, act: Act) -> Answer:
    """Send no further one."""
    row = series_store.take_series(session, team_id=act.team_id, series_id=act.row_id)
    require(act.actor, "start_pulses", owner_id=row.asker_id if row else "")
    assert row is not None
    series_store.record_stopped(session, row, now=act.now)
    notice = f"{views.title(series_store.series_of(row).pulse)} is stopped: no further one goes out."
    return Answer(view=_list(session, act, notice=notice))


def _one_look(session: Session, act: Act) -> dict[str, Any]:
    """A pulse in one line as people will see it; it is kept from now on, so that nobody types it twice.

    Raises:
        BotError: it cannot be read.
    """
    read = read_one_line(act.text)
    if isinstance(read, str):
        raise BotError(read)
    channel = act.channel_id if reading.is_channel(act.channel_id) else ""
    audience = Audience(role="", channel_ids=(channel,) if channel else ())
    group = list_askable(session, team_id=act.team_id, asker=act.actor, audience=audience)
    fields = PulseFields(
        questions=(read.question,),
        audience=audience,
        channel_id=channel,
        privacy="confidential" if len(group) >= FEW else "named",
        closes_at=act.now + OPEN_FOR,
        reminders=False,
        shares_results=True,
    )
    row = pulse_start.keep_line(session, team_id=act.team_id, asker_id=act.actor.user_id, fields=fields, now=act.now)
    return _look(session, act, fields, row.id or 0)


def _look(session: Session, act: Act, fields: PulseFields, pulse_id: int) -> dict[str, Any]:
    group = _group(session, act, fields)
    where = views.where_words(fields, lists.group_words_for(session, act.actor, fields))
    budget = act.settings.ask_budget
    whom = views.whom_line(fields, where, group=len(group), reached=len(group), budget=budget)
    shown = asked_views.asked_message(fields, pulse_id=None, asker=act.actor.name, tz=act.actor.tz)
    return views.quick_modal(shown["blocks"], whom=whom, privacy=fields.privacy, pulse_id=pulse_id)


def _start(session: Session, act: Act, row: store.Pulse) -> dict[str, Any]:
    """Send it on its way, or ask first what was done with the last one."""
    fields = store.fields_of(row)
    ids = [one.user_id for one in _group(session, act, fields)]
    last = pulse_start.start(session, row, group=ids, real_now=datetime.now(UTC))
    return views.after_send(fields, last, act.actor.tz, pulse_id=row.id or 0)


def _wrong(session: Session, act: Act, row: store.Pulse) -> str:
    """Why a planned pulse cannot go out as it is, a sentence; empty if it can."""
    if row.state != "planned":
        return OVER if row.state in ("closed", "cancelled") else "It is on its way already."
    fields = store.fields_of(row)
    wrong = check_pulse_fields(fields, act.now, len(_group(session, act, fields)))
    return next(iter(wrong.values()), "")


def _group(session: Session, act: Act, fields: PulseFields) -> list[Person]:
    return list_askable(session, team_id=act.team_id, asker=act.actor, audience=fields.audience)


def _list(session: Session, act: Act, page: int | None = None, notice: str = "") -> dict[str, Any]:
    number = row_number(act.memo.get("page")) if page is None else page
    channel = str(act.memo.get("channel") or act.channel_id)
    shown = lists.read_page(session, act.actor, page=number, now=act.now, channel_id=channel)
    return views.list_modal(shown, notice)


def _take(session: Session, act: Act, pulse_id: object) -> store.Pulse:
    """The row, to be changed by nobody but its asker.

    Raises:
        BotError: it is not there, or somebody else's.
    """
    row = store.take_pulse(session, team_id=act.team_id, pulse_id=row_number(pulse_id))
    require(act.actor, "start_pulses", owner_id=row.asker_id if row else "")
    assert row is not None
    return row


def _require_open(row: store.Pulse) -> None:
    if row.state != "open":
        raise BotError(store.NOT_OPEN)


MAY = "start_pulses"
LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_pulses, may="see_home"),  # a rep hears what it is instead
    Listener("action", views.LIST, show_list, may=MAY),
    Listener("action", views.BACK, show_list, may=MAY),
    Listener("action", views.PREVIOUS, show_list, may=MAY),
    Listener("action", views.NEXT, show_list, may=MAY),
    Listener("action", views.SEND, send_planned, may=MAY),
    Listener("action", views.END, open_end_form, may=MAY),
    Listener("action", views.CLOSE, close_now, may=MAY),
    Listener("action", views.CANCEL, cancel, may=MAY),
    Listener("action", views.STOP_SERIES, stop_series, may=MAY),
    Listener("action", views.QUICK_PRIVACY, show_privacy, may=MAY, reads=True),
    Listener("submission", views.QUICK, send_line, may=MAY),
    Listener("submission", views.OUTCOME, say_outcome_first, may=MAY),
    Listener("submission", form_views.END, save_end, may=MAY),
)
JOBS: dict[str, Callable[[Task], None]] = {}
