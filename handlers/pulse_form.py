"""The form of a pulse: opened new, from a template, again or to edit; its questions moved about; previewed and sent."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session

from bot import asking
from bot.access import require
from bot.domain.audience import Audience
from bot.domain.own_group import group_words
from bot.domain.pulse import PRIVACY, SOONEST, PulseFields, PulseQuestion, check_pulse_fields
from bot.domain.pulse_series import SeriesFields, cadence_from, check_many, check_series
from bot.domain.pulse_template import TEMPLATES, find_template
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import pulse as asked_views
from bot.views import pulse_form as views
from bot.views import pulse_form_reading as reading
from bot.views import pulse_list
from storage import audience as audiences
from storage import pulse as store
from storage import pulse_series as series_store
from storage import pulse_start, user_group
from storage.people import Person
from storage.pulse_audience import list_askable, own_group_of
from storage.pulse_jobs import ask_to_show
from storage.pulse_list import group_words_for, next_sent

CARRIED = ("pulse_id", "series_id", "version", "nonce")  # from one look of the form to the next
Row = TypeVar("Row", store.Pulse, series_store.PulseSeries)
NEW_QUESTION = PulseQuestion("", "single")
OPEN = (
    "It is open, so who is asked, where, and who sees the answers stay as people have read them. Once somebody has "
    "answered, the questions stay, too."
)
SERIES = "It recurs. What you change holds from the next one on; its end below is that of the next one."
SERIES_IS_CHANGED = "It is changed, from the next one on."
TOO_SHORT = "It closes less than 15 minutes after it goes out. Close it later."
IS_CHANGED = "It is changed, for everybody who is asked."


def open_new_form(session: Session, act: Act) -> Answer:
    """Open the form, empty or with a template in it."""
    template = find_template(act.value)
    channel = str(act.memo.get("channel") or act.channel_id)
    fields = PulseFields(
        questions=template.questions if template else (NEW_QUESTION,),
        audience=Audience(role="", channel_ids=(channel,) if reading.is_channel(channel) else ()),
        channel_id=channel if reading.is_channel(channel) else "",
        privacy=template.privacy if template else "confidential",
        closes_at=reading.default_close(act.now, act.actor.tz, template.days if template else 1),
        reminders=False,
        shares_results=True,
    )
    return _opened(session, act, _form(session, act, fields))


def open_again(session: Session, act: Act) -> Answer:
    """Open the form with what an earlier pulse asked, for another one."""
    row = _own(act, store.get_pulse(session, team_id=act.team_id, pulse_id=act.row_id))
    length = row.closes_at - (row.opened_at or row.created_at)
    days = max(1, min(length.days, 30))
    fields = replace(store.fields_of(row), closes_at=reading.default_close(act.now, act.actor.tz, days))
    return _opened(session, act, _form(session, act, fields))


def open_edit_form(session: Session, act: Act) -> Answer:
    """Open the form with what a pulse says now."""
    row = _own(act, store.get_pulse(session, team_id=act.team_id, pulse_id=act.row_id))
    memo = {"pulse_id": row.id, "version": row.version}
    fields, chosen = store.fields_of(row), str(act.form.get("privacy") or "")  # in the look at one line
    if row.state == "planned" and chosen in PRIVACY:
        fields = replace(fields, privacy=chosen)
    return _opened(session, act, _form(session, act, fields, memo=memo, is_open=_is_open(row)))


def open_series_form(session: Session, act: Act) -> Answer:
    """Open the form with what a recurring pulse says; its end is that of the next one."""
    row = _own(act, series_store.get_series(session, team_id=act.team_id, series_id=act.row_id))
    kept, memo = series_store.series_of(row), {"series_id": row.id, "version": row.version}
    fields = replace(kept.pulse, closes_at=next_sent(session, row, act.now, act.actor.tz) + kept.open_for)
    view = _form(session, act, fields, memo=memo, repeats=kept.cadence.every)
    return _opened(session, act, view)


def change_questions(session: Session, act: Act) -> Answer:
    """Add, remove or move a question, or show what another kind of question needs; what was typed stays."""
    order, row = reading.order_in(act.memo), _edited(session, act)
    fields = _in_form(act, row)
    known = dict(zip(order, fields.questions, strict=True))
    used = str(act.action.get("action_id"))
    if used == views.ADD:
        order = reading.with_another(order)
    elif used == views.REMOVE:
        order = reading.without(order, act.row_id)
    elif used == views.MOVE:
        order = reading.moved_up(order, act.row_id)
    fields = replace(fields, questions=tuple(known.get(number, NEW_QUESTION) for number in order))
    memo: dict[str, Any] = {name: act.memo[name] for name in CARRIED if name in act.memo}
    repeats = str(act.form.get("repeats") or views.ONCE)
    view = _form(session, act, fields, order=order, memo=memo, repeats=repeats, is_open=_is_open(row))
    return Answer(view=view)


def preview(session: Session, act: Act) -> Answer:
    """Show what stands in the form as people will see it, and how many of them."""
    fields, group, wrong = _read_form(session, act)
    reached = len(group)
    if not fields.channel_id and fields.closes_at:
        able = asking.list_reachable(
            session,
            team_id=act.team_id,
            stop_key=f"pulse:{act.actor.user_id}",
            people=group,
            closes_at=fields.closes_at,
            now=act.now,
            settings=act.settings,
        )
        reached = len(able)
    where = pulse_list.where_words(fields, group_words_for(session, act.actor, fields))
    whom = pulse_list.whom_line(fields, where, group=len(group), reached=reached, budget=act.settings.ask_budget)
    shown = asked_views.asked_message(views.showable(fields), pulse_id=None, asker=act.actor.name, tz=act.actor.tz)
    return Answer(modal=views.preview_modal(shown["blocks"], whom=whom, wrong=wrong.values()))


def send_pulse(session: Session, act: Act) -> Answer:
    """Send what the form says as a new pulse, if nothing is missing; once, or again and again."""
    fields, group, wrong = _read_form(session, act)
    repeats = str(act.form.get("repeats") or views.ONCE)
    if repeats != views.ONCE and "closes_on" not in wrong and fields.closes_at:
        kept = series_store.list_series(session, team_id=act.team_id, asker_id=act.actor.user_id)
        found = check_series(repeats, fields.closes_at - act.now) or check_many(len(kept))
        wrong |= reading.at_fields(found, act.memo, _shown(act))
    if wrong:
        raise FormErrors(wrong)
    row = store.add_pulse(session, team_id=act.team_id, asker_id=act.actor.user_id, fields=fields, now=act.now)
    told = ""
    if repeats != views.ONCE and fields.closes_at:
        cadence = cadence_from(repeats, act.now, act.actor.tz)
        series = SeriesFields(fields, cadence, fields.closes_at - act.now)
        tomorrow = act.today + timedelta(days=1)
        series_store.add_series(session, row, fields=series, starts_on=tomorrow, now=act.now)
        told = cadence.in_words()
    return _start(session, act, row, group, told)


def save_pulse(session: Session, act: Act) -> Answer:
    """Put what the form says in the place of what a pulse said; one that is not sent yet is sent."""
    if "series_id" in act.memo:
        return _save_series(session, act)
    row = _own(act, store.take_pulse(session, team_id=act.team_id, pulse_id=row_number(act.memo.get("pulse_id"))))
    if row.state != "planned" and (row.state != "open" or act.now >= row.closes_at):
        raise BotError(store.NOT_OPEN)
    fields, group, wrong = _read_form(session, act, row)
    if wrong:
        raise FormErrors(wrong)
    invited = store.list_invited(session, row) if row.state == "open" else {}
    store.record_fields(session, row, fields=fields, invited=invited, version=row_number(act.memo.get("version")))
    if row.state != "open":
        return _start(session, act, row, group)
    ask_to_show(session, row, datetime.now(UTC))
    return Answer(view=pulse_list.sent_modal(f"{pulse_list.title(fields)}\n{IS_CHANGED}"))


def _save_series(session: Session, act: Act) -> Answer:
    series_id, repeats = row_number(act.memo.get("series_id")), str(act.form.get("repeats") or "")
    row = _own(act, series_store.take_series(session, team_id=act.team_id, series_id=series_id))
    fields, _, wrong = _read_form(session, act)
    kept = series_store.series_of(row)
    if "closes_on" not in wrong and fields.closes_at:
        length = fields.closes_at - next_sent(session, row, act.now, act.actor.tz)
        found = {"closes_at": TOO_SHORT} if length < SOONEST else check_series(repeats, length)
        wrong |= reading.at_fields(found, act.memo, _shown(act))
    if wrong:
        raise FormErrors(wrong)
    series = SeriesFields(fields, replace(kept.cadence, every=repeats), length)
    series_store.record_series(session, row, fields=series, version=row_number(act.memo.get("version")))
    return Answer(view=pulse_list.sent_modal(f"{pulse_list.title(fields)}\n{SERIES_IS_CHANGED}"))


def _start(session: Session, act: Act, row: store.Pulse, group: Sequence[Person], series: str = "") -> Answer:
    """Send it on its way, or ask first what was done with the last one."""
    ids = [one.user_id for one in group]
    last = pulse_start.start(session, row, group=ids, real_now=datetime.now(UTC))
    view = pulse_list.after_send(store.fields_of(row), last, act.actor.tz, pulse_id=row.id or 0, series=series)
    return Answer(view=view)


def _form(
    session: Session,
    act: Act,
    fields: PulseFields,
    *,
    order: tuple[int, ...] = (),
    memo: dict[str, Any] | None = None,
    repeats: str = views.ONCE,
    is_open: bool = False,
) -> dict[str, Any]:
    own = own_group_of(session, act.actor)
    state = views.FormState(
        order=order or tuple(range(len(fields.questions))),
        repeats=repeats,
        is_open=is_open,
        own_group=group_words(Audience(role=""), own) if own else "",
        regions=audiences.list_regions(session, team_id=act.team_id),
        user_groups=user_group.list_user_groups(session, team_id=act.team_id),
        tz=act.actor.tz,
    )
    notices = [OPEN] if is_open else [SERIES] if memo and "series_id" in memo else []
    return views.form_modal(fields, state, memo=memo or {}, notices=notices)


def _opened(session: Session, act: Act, view: dict[str, Any]) -> Answer:
    """In the place of the list, or alone where a message or a command asked for it."""
    user_group.ask_to_read(session, team_id=act.team_id, real_now=datetime.now(UTC))
    return Answer(view=view) if act.view.get("type") == "modal" else Answer(modal=view)


def _edited(session: Session, act: Act) -> store.Pulse | None:
    """The pulse that the form edits, None where it is a new one or one that recurs.

    Raises:
        BotError: it is not there, or somebody else's.
    """
    if "series_id" in act.memo:
        series_id = row_number(act.memo["series_id"])
        _own(act, series_store.get_series(session, team_id=act.team_id, series_id=series_id))
    if "pulse_id" not in act.memo:
        return None
    pulse_id = row_number(act.memo["pulse_id"])
    return _own(act, store.get_pulse(session, team_id=act.team_id, pulse_id=pulse_id))


def _in_form(act: Act, row: store.Pulse | None) -> PulseFields:
    """What stands in the form; of an open pulse (`row`) what the form does not offer stays as it is."""
    fields = reading.fields_in(act.form, act.memo, tz=act.actor.tz)
    if row is None or row.state == "planned":
        return fields
    kept = store.fields_of(row)
    return replace(fields, audience=kept.audience, channel_id=kept.channel_id, privacy=kept.privacy)


def _read_form(
    session: Session, act: Act, row: store.Pulse | None = None
) -> tuple[PulseFields, list[Person], dict[str, str]]:
    """What stands in the form, the people who fit it as far as is known here, and what is wrong, a sentence a field."""
    row = row or _edited(session, act)
    fields = _in_form(act, row)
    group = list_askable(session, team_id=act.team_id, asker=act.actor, audience=fields.audience)
    is_open = _is_open(row)
    invited = store.count_invited(session, row) if row and is_open else len(group)
    wrong = check_pulse_fields(fields, act.now, invited)
    if not is_open:
        wrong |= reading.wrong_place(act.form)
    return fields, group, reading.at_fields(wrong, act.memo, _shown(act))


def _is_open(row: store.Pulse | None) -> bool:
    """Or was: people have been asked already."""
    return row is not None and row.state != "planned"


def _shown(act: Act) -> list[str]:
    """The fields that the form has."""
    return [str(one.get("block_id")) for one in act.view.get("blocks") or [] if one.get("type") == "input"]


def _own(act: Act, row: Row | None) -> Row:
    """The row, for nobody but its asker.

    Raises:
        BotError: it is not there, or somebody else's.
    """
    require(act.actor, "start_pulses", owner_id=row.asker_id if row else "")
    assert row is not None
    return row


MAY = "start_pulses"
LISTENERS: tuple[Listener, ...] = (
    Listener("action", pulse_list.NEW, open_new_form, may=MAY),
    *(Listener("action", f"{pulse_list.NEW}_{one.key}", open_new_form, may=MAY) for one in TEMPLATES),
    Listener("action", pulse_list.AGAIN, open_again, may=MAY),
    Listener("action", pulse_list.EDIT, open_edit_form, may=MAY),
    Listener("action", pulse_list.EDIT_SERIES, open_series_form, may=MAY),
    Listener("action", pulse_list.EDIT_QUICK, open_edit_form, may=MAY),
    *(
        Listener("action", used, change_questions, may=MAY, reads=True)
        for used in (views.ADD, views.REMOVE, views.MOVE, views.KIND)
    ),
    Listener("action", views.PREVIEW, preview, may=MAY, reads=True),
    Listener("submission", views.SEND, send_pulse, may=MAY),
    Listener("submission", views.SAVE, save_pulse, may=MAY),
)
JOBS: dict[str, Callable[[Task], None]] = {}
