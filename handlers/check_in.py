"""Check-ins, for those who keep them: the library, the form with its preview, stop and start again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND, Actor, Denied, may, require
from bot.domain.audience import Audience
from bot.domain.check_in import (
    FEW,
    FURTHEST,
    SUGGESTIONS,
    Asked,
    Cadence,
    CheckInFields,
    Suggestion,
    check_check_in_fields,
    day_words,
    may_keep,
    sees_names,
)
from bot.domain.check_in_days import asked_at, closes_at, last_day, next_date
from bot.domain.own_group import UNKNOWN, OwnGroup, group_words
from bot.domain.text import clean, count, inert
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import check_in as views
from bot.views import check_in_form
from storage import audience as audiences
from storage import check_in as store
from storage import jobs, people, slots
from storage.check_in import CLOSE, LOOK, SCHEDULE

EMPTY = CheckInFields("", Audience(role="rep"), (), Cadence(), None)
NOBODY = "Nobody fits that, so there is nobody to ask. Choose another role or region."
UNKNOWN_REGION = "Nobody is in one of these regions any more. Please choose again."
BECOMES_YOURS = "Its owner may keep no check-ins any more. When you save, it is yours, and its summaries come to you."


def ask_for_check_ins(session: Session, act: Act) -> Answer:
    """`/check-in` alone opens the library, `/check-in new` the form for another one."""
    if not may(act.actor, "keep_check_ins"):
        raise Denied(views.ONLY_KEEPERS)
    word = clean(act.text).lower()
    if word in ("", "list"):
        return Answer(modal=_library(session, act))
    if word == "new":
        return Answer(modal=_new_form(session, act, EMPTY))
    return Answer(text=views.help_text("" if word == "help" else act.text))


def show_library(session: Session, act: Act) -> Answer:
    """Show a page of the library; the first one behind a form."""
    return Answer(view=_library(session, act, page=act.row_id))


def open_new_form(session: Session, act: Act) -> Answer:
    """Open the form, empty or with a suggestion in it."""
    chosen = next((one for one in SUGGESTIONS if one.key == act.value), None)
    return Answer(view=_new_form(session, act, chosen.fields if chosen else EMPTY))


def open_edit_form(session: Session, act: Act) -> Answer:
    """Open the form with what a check-in says now."""
    row = _require(session, act, store.get_check_in(session, team_id=act.team_id, check_in_id=act.row_id))
    notices = []
    if store.list_rounds(session, team_id=act.team_id, check_in_id=row.id or 0, state="open"):
        notices.append(check_in_form.OPEN_ROUND)
    if _owner(session, act, row) is None:
        notices.append(BECOMES_YOURS)
    view = check_in_form.form_modal(
        store.fields_of(row),
        audiences.list_regions(session, team_id=act.team_id),
        check_in_id=row.id or 0,
        version=row.version,
        own_group=_own_group_words(_own_group(session, act)),
        notices=notices,
    )
    return Answer(view=view)


def preview(session: Session, act: Act) -> Answer:
    """Show what stands in the form as one real member of the group will see it."""
    own, kept = _own_group(session, act), _in_form(session, act)
    owner = (_owner(session, act, kept) if kept else None) or act.actor
    fields, wrong = _read_form(session, act, own, kept)
    cadence = fields.cadence if "days" not in wrong and "at" not in wrong else Cadence()
    first = min(max(fields.starts_on or act.today, act.today), act.today + FURTHEST)
    day, audience = next_date(cadence, first, after=None, now=act.now), fields.audience
    fits = audiences.count_group(session, team_id=act.team_id, audience=audience, of=own)
    found = audiences.list_group(session, team_id=act.team_id, audience=audience, of=own, limit=2)
    reader = next((one for one in found if one.user_id != act.actor.user_id), found[0] if found else None)
    working = asking.working_time(reader, act.settings) if reader else None
    shown = views.Preview(
        asked=Asked(
            name=fields.name,
            questions=tuple(one for one in fields.questions if one.text),
            owner_id=owner.user_id,
            owner_name=owner.name,
            named_for=act.actor.user_id if sees_names(act.actor.roles) else "",
            group=group_words(audience, own),
            size=fits if not audience.channel_ids else max(fits, FEW),
        ),
        fits=fits,
        has_channels=bool(audience.channel_ids),
        reader=(reader.name or "a member of the group") if reader else None,
        tz=working.zone.key if working else act.actor.tz,
        at=working.next_on(asked_at(day, cadence.at, working.zone)) if working else act.now,
        closes=last_day(closes_at(day)),
        wrong=list(dict.fromkeys(wrong.values())),
    )
    return Answer(modal=views.preview_modal(shown))


def start_check_in(session: Session, act: Act) -> Answer:
    """Save what the form says as a new check-in; nothing is asked before its first day."""
    fields, wrong = _read_form(session, act, _own_group(session, act), None)
    if wrong:
        raise FormErrors(wrong)
    row = store.add_check_in(session, team_id=act.team_id, owner_id=act.actor.user_id, fields=fields, now=act.now)
    return Answer(view=_library(session, act, notice=_saved(session, act, row, "It is started.")))


def save_check_in(session: Session, act: Act) -> Answer:
    """Put what the form says in the place of what a check-in said; a round that is open keeps what it has."""
    check_in_id = row_number(act.memo.get("check_in_id"))
    row = _require(session, act, store.take_check_in(session, team_id=act.team_id, check_in_id=check_in_id))
    fields, wrong = _read_form(session, act, _own_group(session, act), row)
    if wrong:
        raise FormErrors(wrong)
    owner_id = row.owner_id if _owner(session, act, row) else act.actor.user_id
    version = row_number(act.memo.get("version"))
    store.record_fields(session, row, fields=fields, version=version, owner_id=owner_id)
    return Answer(view=_library(session, act, notice=_saved(session, act, row, "It is saved.")))


def stop_check_in(session: Session, act: Act) -> Answer:
    """Ask nobody any more; a round that is open closes, and its owner gets the summary."""
    row = _require(session, act, store.take_check_in(session, team_id=act.team_id, check_in_id=act.row_id))
    if row.stopped_at is None:
        store.record_stopped(session, row, now=act.now)
        real = datetime.now(UTC)
        jobs.add_job(session, team_id=act.team_id, kind=CLOSE, key=CLOSE, payload={}, now=real, again=True)
    return Answer(view=_library(session, act, notice=f"*{inert(row.name)}* is stopped: nobody is asked any more."))


def resume_check_in(session: Session, act: Act) -> Answer:
    """Start a stopped one again, from tomorrow on."""
    row = _require(session, act, store.take_check_in(session, team_id=act.team_id, check_in_id=act.row_id))
    if _owner(session, act, row) is None:
        row.owner_id = act.actor.user_id
    if row.stopped_at is not None:
        store.record_stopped(session, row, now=None, starts_on=act.today + timedelta(days=1))
    return Answer(view=_library(session, act, notice=_saved(session, act, row, "It runs again.")))


def _library(session: Session, act: Act, page: int | None = None, notice: str = "") -> dict[str, Any]:
    mine = [row for row in store.list_check_ins(session, team_id=act.team_id) if _may_keep(session, act, row)]
    if page is None:
        page = row_number(act.memo.get("page"))
    page = max(0, min(page, (len(mine) - 1) // views.PAGE_SIZE))
    shown = mine[page * views.PAGE_SIZE : (page + 1) * views.PAGE_SIZE]
    last = slots.list_last_dates(session, team_id=act.team_id, schedule=SCHEDULE)
    cards = [_card(session, act, row, last.get(str(row.id))) for row in shown]
    return views.library_modal(views.LibraryPage(cards, len(mine), page, _suggestions(act, mine)), notice)


def _suggestions(act: Act, kept: list[store.CheckIn]) -> list[Suggestion]:
    """What is ready to be started and does not run yet; a manager asks their own group only."""
    running = {one.text for row in kept if row.stopped_at is None for one in store.fields_of(row).questions}
    ready = [one for one in SUGGESTIONS if one.fields.questions[0].text not in running]
    return [one for one in ready if one.fields.audience.role == "rep"] if sees_names(act.actor.roles) else ready


def _card(session: Session, act: Act, row: store.CheckIn, last: date | None) -> views.CheckInCard:
    fields, person = store.fields_of(row), people.get_person(session, team_id=act.team_id, user_id=row.owner_id)
    rounds_in = partial(store.list_rounds, session, team_id=act.team_id, check_in_id=row.id or 0)
    is_open, closed = rounds_in(state="open"), rounds_in(state="closed")
    owner, is_running = _owner(session, act, row), row.stopped_at is None
    own = store.find_group_of(session, owner) if owner else None
    return views.CheckInCard(
        check_in_id=row.id or 0,
        fields=fields,
        owner_name=person.name if person else "",
        group=group_words(fields.audience, own),
        is_running=is_running,
        next_on=next_date(fields.cadence, row.starts_on, after=last, now=act.now) if is_running and owner else None,
        open_until=last_day(is_open[0].closes_at) if is_open else None,
        closed_round_id=closed[0].id if closed else None,
        is_orphan=owner is None,
    )


def _new_form(session: Session, act: Act, fields: CheckInFields) -> dict[str, Any]:
    own = _own_group(session, act)
    return check_in_form.form_modal(
        replace(fields, starts_on=act.today + timedelta(days=1)),
        audiences.list_regions(session, team_id=act.team_id),
        own_group=_own_group_words(own),
    )


def _read_form(
    session: Session, act: Act, own: OwnGroup | None, kept: store.CheckIn | None
) -> tuple[CheckInFields, dict[str, str]]:
    """What the form says and what is wrong with it; a group of nobody is wrong too."""
    # Of no use while a manager asks their own group; if they are marketing one day, it is not suddenly everybody.
    fields = check_in_form.fields_in(act.form, regions=(own.region,) if own else None)
    wrong = check_check_in_fields(fields, act.today, started_on=kept.starts_on if kept else None)
    if own is None and set(fields.audience.regions) - set(audiences.list_regions(session, team_id=act.team_id)):
        wrong["regions"] = UNKNOWN_REGION
    is_known = not {"role", "regions", "channels"} & wrong.keys()
    if is_known and not audiences.count_group(session, team_id=act.team_id, audience=fields.audience, of=own):
        wrong["role"] = NOBODY
    return fields, wrong


def _saved(session: Session, act: Act, row: store.CheckIn, done: str) -> str:
    """What holds now, as mrkdwn; the channels are read afterwards, and the owner hears of it."""
    fields = store.fields_of(row)
    last = slots.list_last_dates(session, team_id=act.team_id, schedule=SCHEDULE).get(str(row.id))
    day = day_words(next_date(fields.cadence, row.starts_on, after=last, now=act.now))
    fits = audiences.count_group(session, team_id=act.team_id, audience=fields.audience, of=_own_group(session, act))
    told = f"*{inert(row.name)}*: {count(fits, 'person fits', 'people fit')} now, next round on {day}. {done}"
    if fields.audience.channel_ids:
        key, payload, real = f"{LOOK}:{row.id}:{row.version}", {"check_in_id": row.id}, datetime.now(UTC)
        jobs.add_job(session, team_id=act.team_id, kind=LOOK, key=key, payload=payload, now=real)
        told += " I look up who of them is in the channels and tell you."
    return told


def _own_group(session: Session, act: Act) -> OwnGroup | None:
    """The own group of a manager, who asks nobody else; None where marketing asks.

    Raises:
        BotError: nobody has said yet which group that is.
    """
    if not sees_names(act.actor.roles):
        return None
    own = store.find_group_of(session, act.actor)
    if own is None:
        raise BotError(UNKNOWN)
    return own


def _own_group_words(own: OwnGroup | None) -> str:
    return group_words(Audience(role=""), own) if own else ""


def _owner(session: Session, act: Act, row: store.CheckIn) -> Actor | None:
    """A check-in's owner, None if they have left or may keep it no more."""
    return store.find_owner(session, row, admins=act.settings.admin_user_ids, default_tz=act.settings.default_tz)


def _may_keep(session: Session, act: Act, row: store.CheckIn) -> bool:
    owner = _owner(session, act, row)
    roles = owner.roles if owner else frozenset[str]()
    return may_keep(act.actor.user_id, act.actor.roles, owner_id=row.owner_id, owner_roles=roles)


def _in_form(session: Session, act: Act) -> store.CheckIn | None:
    """The check-in that stands in the form, None if it is a new one."""
    check_in_id = row_number(act.memo.get("check_in_id"))
    kept = store.get_check_in(session, team_id=act.team_id, check_in_id=check_in_id)
    return _require(session, act, kept) if check_in_id else None


def _require(session: Session, act: Act, row: store.CheckIn | None) -> store.CheckIn:
    require(act.actor, "keep_check_ins")
    if row is None or not _may_keep(session, act, row):
        raise BotError(NOT_FOUND)
    return row


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_check_ins, may="see_home"),  # a rep hears what it is instead
    Listener("action", views.PREVIOUS, show_library, may="keep_check_ins"),
    Listener("action", views.NEXT, show_library, may="keep_check_ins"),
    Listener("action", views.BACK, show_library, may="keep_check_ins"),
    Listener("action", views.NEW, open_new_form, may="keep_check_ins"),
    Listener("action", views.EDIT, open_edit_form, may="keep_check_ins"),
    Listener("action", views.PREVIEW, preview, may="keep_check_ins", reads=True),
    Listener("action", views.STOP, stop_check_in, may="keep_check_ins"),
    Listener("action", views.RESUME, resume_check_in, may="keep_check_ins"),
    Listener("submission", views.SAVE, start_check_in, may="keep_check_ins"),
    Listener("submission", views.EDIT, save_check_in, may="keep_check_ins"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
