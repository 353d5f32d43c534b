"""Pulses on their way to people: opened for those who are there, posted or asked, and the silent ones reminded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import asking
from bot.access import Actor, may
from bot.domain.ask import LAST_REMINDER
from bot.domain.audience import Audience
from bot.domain.pulse import check_pulse_fields
from bot.errors import BotError
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.user_groups import read_members
from bot.views import pulse as views
from bot.views.ask import manners
from storage import ballot_box, outbox, people, pulse_ballot, pulse_post, slots
from storage import pulse as store
from storage.ask import Ask
from storage.db import Database
from storage.people import Person
from storage.pulse import Pulse
from storage.pulse_audience import list_askable
from storage.pulse_jobs import OPEN

KIND = "pulse"
REMINDER = "pulse.reminder"  # the schedule: one slot for a pulse in a channel, when half its time is over
SHORTEST = timedelta(hours=2)  # of a pulse in a channel that is worth a reminder
STILL_OPEN = timedelta(minutes=30)  # at least, when somebody is reminded
AT_ONCE = 500  # people whose asks are planned in one transaction: nobody's click waits long for 5,000 of them
NOT_ANY_MORE = "You may not start pulses any more, so this one was not opened."
TOO_LATE = "Its time was over before it could be opened."
UNSEEN = (
    "I can't see who is in the channel or the user group that you chose. Invite me with `/invite @Groundswell`, or "
    "choose another one."
)
ONLY_SOME = (
    "Of {fit} people who fit, {reached} can be asked before it closes: the others have had their questions this week, "
    "are not at work until then, or want to be asked nothing more."
)
SOON_OVER = "it was over too soon"


@dataclass(frozen=True)
class _Group:
    """Who fits a pulse, and those of them who can be asked before it closes."""

    fit: Sequence[Person] = ()
    reached: Sequence[Person] = ()


class _Unseen(Exception):
    """A channel or a user group cannot be seen."""


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Remind whoever is silent in channels, once, and ask who is due; gives how many are due."""
    with db.read() as session:
        running = store.list_pulses(session, team_id=team_id, states=("open",))
        due = [row for row in running if _reminds_now(session, row, now)]
    for row in due:
        _remind(db, row, now, settings)
    return asking.ask_those_due(db, team_id, KIND, now, settings)


def open_pulse(task: Task) -> None:
    """Open a planned pulse for the people who are there now, or tell the asker why it cannot be asked.

    A job that was killed on its way goes on where it ended: nobody can be planned twice for one pulse.
    """
    with task.db.read() as session:
        seen = store.get_pulse(session, team_id=task.team_id, pulse_id=task.payload["pulse_id"])
    if seen is None or seen.state not in ("planned", "open"):
        return
    unseen, members = "", None
    try:
        members = _members(task, seen)
    except _Unseen:
        unseen = UNSEEN
    with task.db.begin() as session:
        row = store.take_pulse(session, team_id=task.team_id, pulse_id=seen.id or 0)
        if row is None or row.state not in ("planned", "open"):
            return
        try:
            if unseen:
                raise BotError(unseen)
            group = _group(session, task, row, members)
            if row.state == "planned":
                _open(session, task, row, group)
        except BotError as error:
            return _refuse(session, task, row, error.sentence)
    if not row.channel_id:
        _plan_all(task, row, group.fit)


def ask_people(task: Task) -> None:
    """Ask and remind those who are due."""

    def question(session: Session, ask: Ask, _person: Person, number: int) -> dict[str, Any] | None:
        return _question(session, task, ask, number)

    asking.send_asks(task, KIND, question)


def _members(task: Task, row: Pulse) -> frozenset[str] | None:
    """Who is in its channels and groups, and in the channel where it is posted; None if it has none of these.

    Raises:
        _Unseen: one of them cannot be seen.
    """
    audience, found = store.fields_of(row).audience, list[frozenset[str] | None]()
    try:
        if audience.is_for_slack:
            found.append(read_members(task.reader, audience, seen_by=row.asker_id))
        if row.channel_id and (audience.user_group_ids or audience.channel_ids != (row.channel_id,)):
            post = Audience(role="", channel_ids=(row.channel_id,))
            found.append(read_members(task.reader, post, seen_by=row.asker_id))
    except Refused:
        raise _Unseen from None
    inside = [one for one in found if one is not None]
    if len(inside) < len(found):
        raise _Unseen
    return frozenset.intersection(*inside) if inside else None


def _group(session: Session, task: Task, row: Pulse, members: frozenset[str] | None) -> _Group:
    """Whom it asks now.

    Raises:
        BotError: the asker may not ask any more, or does not know their own group.
    """
    audience = store.fields_of(row).audience
    asker = _asker(session, task, row)
    fit = list_askable(session, team_id=row.team_id, asker=asker, audience=audience, members=members)
    if row.channel_id:
        return _Group(fit, fit)
    reached = asking.list_reachable(
        session,
        team_id=row.team_id,
        stop_key=_stop_key(row),
        people=fit,
        closes_at=row.closes_at,
        now=task.now,
        settings=task.settings,
    )
    return _Group(fit, reached)


def _asker(session: Session, task: Task, row: Pulse) -> Actor:
    """Whoever asks, as they are now: what they may is looked at once more when it happens.

    Raises:
        BotError: they have left, or may start no pulses any more.
    """
    settings, person = task.settings, people.get_person(session, team_id=row.team_id, user_id=row.asker_id)
    admins, default_tz = settings.admin_user_ids, settings.default_tz
    asker = people.find_actor(session, team_id=row.team_id, user_id=row.asker_id, admins=admins, default_tz=default_tz)
    if person is None or not person.is_active or not may(asker, "start_pulses"):
        raise BotError(NOT_ANY_MORE)
    return asker


def _open(session: Session, task: Task, row: Pulse, group: _Group) -> None:
    """Open it, and post it if it goes to a channel.

    Raises:
        BotError: it is over already, or these people are too few for what they are promised.
    """
    if task.now >= row.closes_at:
        raise BotError(TOO_LATE)
    wrong = check_pulse_fields(store.fields_of(row), task.now, len(group.reached))
    if sentence := wrong.get("audience") or wrong.get("privacy"):
        is_fewer = len(group.reached) < len(group.fit)
        some = ONLY_SOME.format(fit=len(group.fit), reached=len(group.reached)) if is_fewer else ""
        raise BotError(f"{some} {sentence}".strip())
    if row.privacy == "anonymous":
        ballot_box.open_box(task.db, session, team_id=row.team_id, pulse_id=row.id or 0)
    store.record_opened(session, row, invited={one.user_id: one.region for one in group.reached}, now=task.now)
    if row.channel_id:
        shown = pulse_post.read_post(session, row, default_tz=task.settings.default_tz)
        pulse_post.add_post(session, row, message=views.posted_message(shown), now=task.now)


def _refuse(session: Session, task: Task, row: Pulse, sentence: str) -> None:
    """It is not asked, and the asker hears why."""
    if row.state != "planned":
        return
    store.record_cancelled(session, row, now=task.now, reason=sentence)
    message = views.not_opened_message(store.fields_of(row), sentence, pulse_id=row.id or 0)
    key = f"pulse.not_opened:{row.id}"
    outbox.enqueue(session, team_id=row.team_id, key=key, target=row.asker_id, message=message, now=task.now)


def _plan_all(task: Task, row: Pulse, fit: Sequence[Person]) -> None:
    """Plan the asks by direct message; whoever cannot be asked is refused by the asking itself, and so counted."""
    for first in range(0, len(fit), AT_ONCE):
        with task.db.begin() as session:
            found = store.get_pulse(session, team_id=row.team_id, pulse_id=row.id or 0)
            if found is None or found.state != "open":
                return
            _plan(session, found, fit[first : first + AT_ONCE], task.now, task.settings)
    asking.ask_those_due(task.db, task.team_id, KIND, task.now, task.settings)


def _plan(session: Session, row: Pulse, group: Sequence[Person], now: datetime, settings: Settings) -> None:
    shown = pulse_post.read_post(session, row, default_tz=settings.default_tz)
    asking.plan_asks(
        session,
        team_id=row.team_id,
        kind=KIND,
        subject_id=row.id or 0,
        stop_key=_stop_key(row),
        why=views.why(shown),
        people=group,
        due_at=lambda _person: now,
        closes_at=row.closes_at,
        now=now,
    )


def _reminds_now(session: Session, row: Pulse, now: datetime) -> bool:
    """Whether a pulse in a channel is due to remind: when half its time is over, and once."""
    opened = row.opened_at
    if not row.reminders or not row.channel_id or opened is None or row.closes_at - opened < SHORTEST:
        return False
    return now >= opened + (row.closes_at - opened) / 2 and _find_slot(session, row) is None


def _find_slot(session: Session, row: Pulse) -> slots.Slot | None:
    assert row.opened_at is not None  # it is open
    day = row.opened_at.date()
    return slots.find_slot(session, team_id=row.team_id, schedule=REMINDER, subject=str(row.id), local_date=day)


def _remind(db: Database, row: Pulse, now: datetime, settings: Settings) -> None:
    """Plan the one reminder of those who have not answered."""
    assert row.opened_at is not None  # it is open
    silent = None
    if row.privacy == "anonymous":
        with db.read() as session:
            invited = list(store.list_invited(session, row))
        silent = ballot_box.list_silent(db, team_id=row.team_id, pulse_id=row.id or 0, user_ids=invited)
    try:
        with db.begin() as session:
            slot = slots.add_slot(
                session, team_id=row.team_id, schedule=REMINDER, subject=str(row.id),
                local_date=row.opened_at.date(), due_at=row.opened_at + (row.closes_at - row.opened_at) / 2,
            )  # fmt: skip
            if row.closes_at - now < STILL_OPEN:
                slots.record_skipped(session, slot, now=now, reason=SOON_OVER)
                return
            silent = pulse_ballot.list_silent(session, row) if silent is None else silent
            known = people.find_by_ids(session, team_id=row.team_id, user_ids=silent)
            _plan(session, row, [one for one in known if one.is_active], now, settings)
            slots.record_done(session, slot, now=now)
    except IntegrityError:
        return  # another process was quicker


def _question(session: Session, task: Task, ask: Ask, number: int) -> dict[str, Any] | None:
    """The question, or a reminder of it; None if it is over, was answered, or reminders are not wanted."""
    row = store.get_pulse(session, team_id=ask.team_id, pulse_id=ask.subject_id)
    if row is None or row.state != "open" or task.now >= row.closes_at:
        return None
    if not pulse_ballot.is_invited(session, row, user_id=ask.user_id):
        return None  # when it opened they could not be asked
    reminds = bool(row.channel_id or number)
    if reminds and (not row.reminders or (row.channel_id and number) or _has_answered(session, task, row, ask.user_id)):
        return None
    shown = pulse_post.read_post(session, row, default_tz=task.settings.default_tz)
    message = views.direct_message(shown, reminds=reminds)
    last = number if row.reminders and not row.channel_id else LAST_REMINDER  # "Not now" would promise another one
    return message | {"blocks": [*message["blocks"], manners(ask.id or 0, last)]}


def _has_answered(session: Session, task: Task, row: Pulse, user_id: str) -> bool:
    if row.privacy != "anonymous":
        return bool(pulse_ballot.list_own(session, row, user_id=user_id))
    return not ballot_box.list_silent(task.db, team_id=row.team_id, pulse_id=row.id or 0, user_ids=[user_id])


def _stop_key(row: Pulse) -> str:
    return f"{KIND}:{row.asker_id}"


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {OPEN: open_pulse, f"{KIND}.ask": ask_people}
