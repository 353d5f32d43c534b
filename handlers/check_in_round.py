"""Rounds of check-ins: opened on their day, and asked through the one place that asks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import asking
from bot.access import Actor
from bot.domain.check_in import Asked, CheckInFields, sees_names
from bot.domain.check_in_days import asked_at, begins_at, closes_at, dates_due, is_too_late, last_day, opens_at
from bot.domain.own_group import group_words
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.views import check_in_ask, check_in_round
from storage import audience as audiences
from storage import check_in as store
from storage import jobs, outbox, slots
from storage.ask import Ask
from storage.check_in import LOOK, OPEN, SCHEDULE
from storage.db import Database
from storage.people import Person

KIND = "check_in"
AT_ONCE = 500  # people who are planned in one transaction
LATER_ONE = "the round after it was due already"
TOO_LATE = "it would have opened more than four days late"
NO_OWNER = "its owner may keep no check-ins any more"
NO_GROUP = "nobody has said yet which its owner's own group is"
NOBODY = "nobody fits any more"
UNSEEN = "a channel cannot be seen"


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Open the rounds that are due, and ask who is due; gives the number of rounds and people."""
    return _open_those_due(db, team_id, now) + asking.ask_those_due(db, team_id, KIND, now, settings)


def _open_those_due(db: Database, team_id: str, now: datetime) -> int:
    with db.read() as session:
        last = slots.list_last_dates(session, team_id=team_id, schedule=SCHEDULE)
        running = store.list_check_ins(session, team_id=team_id, is_running=True)
        due = [
            (row, days)
            for row in running
            if (days := dates_due(store.fields_of(row).cadence, row.starts_on, after=last.get(str(row.id)), now=now))
        ]
    for row, days in due:
        newest = days.pop()
        for day in days:
            _skip(db, row, day, now, LATER_ONE)
        if is_too_late(newest, now):
            _skip(db, row, newest, now, TOO_LATE)
            continue
        with db.begin() as session:
            key, payload = f"{OPEN}:{row.id}:{newest}", {"check_in_id": row.id, "day": newest.isoformat()}
            real = datetime.now(UTC)
            jobs.add_job(session, team_id=team_id, kind=OPEN, key=key, payload=payload, now=real, again=True)
    return len(due)


def open_round(task: Task) -> None:
    """Open the round of one day: find the group, and plan to ask each of them at their own time."""
    day = date.fromisoformat(task.payload["day"])
    with task.db.read() as session:
        row = _due_row(session, task, day)
        owner = _owner(session, row, task.settings) if row else None
        own = store.find_group_of(session, owner) if owner else None
    if row is None:
        return
    fields = store.fields_of(row)
    if owner is None:
        return _skip(task.db, row, day, task.now, NO_OWNER)
    if sees_names(owner.roles) and own is None:
        return _skip(task.db, row, day, task.now, NO_GROUP)
    members = _members(task, fields)
    if members is None:
        told = check_in_round.unseen_channel_message(row.name)
        return _skip(task.db, row, day, task.now, UNSEEN, told)
    with task.db.read() as session:
        group = _group(session, row, owner, fields, members)
    if not group:
        told = check_in_round.nobody_message(row.name, group_words(fields.audience, own), is_stopped=False)
        return _skip(task.db, row, day, task.now, NOBODY, told)
    _plan(task, row, day, owner, group)
    asking.ask_those_due(task.db, task.team_id, KIND, task.now, task.settings)


def _plan(task: Task, row: store.CheckIn, day: date, owner: Actor, group: list[Person]) -> None:
    """Open the round, and plan a few hundred people at a time, so that nobody's click waits long for 5,000 of them.

    The slot is due until all are planned: whoever does this job again goes on where it ended.
    """
    try:
        with task.db.begin() as session:
            _open(session, task, row, day, owner, len(group))
    except IntegrityError:
        return  # another process was quicker
    for first in range(0, len(group), AT_ONCE):
        with task.db.begin() as session:
            found = store.find_round(session, team_id=task.team_id, check_in_id=row.id or 0, day=day)
            if found is None or found.state != "open":
                break
            _plan_asks(session, task, row, found, group[first : first + AT_ONCE])
    with task.db.begin() as session:
        slot = _find_slot(session, row, day)
        if slot is not None:
            slots.record_done(session, slot, now=task.now)


def _open(session: Session, task: Task, seen: store.CheckIn, day: date, owner: Actor, size: int) -> None:
    row = store.take_check_in(session, team_id=task.team_id, check_in_id=seen.id or 0)
    if row is None or row.stopped_at is not None or row.version != seen.version or _find_slot(session, row, day):
        return  # changed in this moment, then the next tick looks again; or open already
    slots.add_slot(
        session, team_id=task.team_id, schedule=SCHEDULE, subject=str(row.id), local_date=day, due_at=opens_at(day)
    )
    for before in store.list_rounds(session, team_id=task.team_id, check_in_id=row.id or 0, state="open"):
        if before.closes_at > begins_at(day):  # an edit has brought the day nearer; else it ends by itself
            store.record_over(session, before, at=task.now)
    asked = Asked(
        name=row.name,
        questions=store.fields_of(row).questions,
        owner_id=owner.user_id,
        owner_name=owner.name,
        named_for=owner.user_id if sees_names(owner.roles) else "",
        group=group_words(store.fields_of(row).audience, store.find_group_of(session, owner)),
        size=size,
    )
    store.add_round(session, row, day=day, asked=asked, now=task.now, closes_at=closes_at(day))


def _plan_asks(
    session: Session, task: Task, row: store.CheckIn, found: store.CheckInRound, group: list[Person]
) -> None:
    cadence = store.fields_of(row).cadence
    asking.plan_asks(
        session,
        team_id=task.team_id,
        kind=KIND,
        subject_id=found.id or 0,
        stop_key=f"{KIND}:{row.id}",
        why=check_in_ask.why(Asked.from_json(found.questions), cadence.in_words()),
        people=group,
        due_at=lambda one: asked_at(found.local_date, cadence.at, asking.working_time(one, task.settings).zone),
        closes_at=found.closes_at,
        now=task.now,
    )


def ask_the_group(task: Task) -> None:
    """Ask and remind those who are due."""
    asking.send_asks(task, KIND, _question)


def _question(session: Session, ask: Ask, _person: Person, number: int) -> dict[str, Any] | None:
    found = store.get_round(session, team_id=ask.team_id, round_id=ask.subject_id)
    if found is None or found.state != "open":
        return None
    asked = Asked.from_json(found.questions)
    return check_in_ask.question_message(
        asked, last_day(found.closes_at), round_id=found.id or 0, ask_id=ask.id or 0, number=number
    )


def look_into_channels(task: Task) -> None:
    """Find out who of a group is in the chosen channels and tell the owner; without anybody it cannot start."""
    with task.db.read() as session:
        row = store.get_check_in(session, team_id=task.team_id, check_in_id=task.payload["check_in_id"])
        owner = _owner(session, row, task.settings) if row else None
    if row is None or owner is None or row.stopped_at is not None:
        return
    fields = store.fields_of(row)
    members = _members(task, fields)
    with task.db.begin() as session:
        row = store.take_check_in(session, team_id=task.team_id, check_in_id=row.id or 0)
        if row is None or row.stopped_at is not None:
            return
        if members is None:
            told = check_in_round.unseen_channel_message(row.name)
        elif group := _group(session, row, owner, fields, members):
            told = check_in_round.found_message(row.name, len(group))
        else:
            is_new = not store.list_rounds(session, team_id=task.team_id, check_in_id=row.id or 0)
            words = group_words(fields.audience, store.find_group_of(session, owner))
            told = check_in_round.nobody_message(row.name, words, is_stopped=is_new)
            if is_new:
                store.record_stopped(session, row, now=task.now)
        _tell(session, row, f"check_in.look:{row.id}:{row.version}", told, task.now)


def _skip(
    db: Database, row: store.CheckIn, day: date, now: datetime, reason: str, told: dict[str, Any] | None = None
) -> None:
    """Let a round pass, and say why: in the slot and, with `told`, to the owner."""
    try:
        with db.begin() as session:
            slot = slots.add_slot(
                session, team_id=row.team_id, schedule=SCHEDULE, subject=str(row.id), local_date=day,
                due_at=opens_at(day),
            )  # fmt: skip
            slots.record_skipped(session, slot, now=now, reason=reason)
            if told is not None:
                _tell(session, row, f"check_in.skipped:{row.id}:{day}", told, now)
    except IntegrityError:
        return  # another process was quicker


def _tell(session: Session, row: store.CheckIn, key: str, message: dict[str, Any], now: datetime) -> None:
    outbox.enqueue(session, team_id=row.team_id, key=key, target=row.owner_id, message=message, now=now)


def _due_row(session: Session, task: Task, day: date) -> store.CheckIn | None:
    """The check-in, if its round of this day is still to be opened or has not been planned to its end."""
    row = store.get_check_in(session, team_id=task.team_id, check_in_id=task.payload["check_in_id"])
    if row is None or row.stopped_at is not None:
        return None
    slot = _find_slot(session, row, day)
    return row if slot is None or slot.state == "due" else None


def _find_slot(session: Session, row: store.CheckIn, day: date) -> slots.Slot | None:
    return slots.find_slot(session, team_id=row.team_id, schedule=SCHEDULE, subject=str(row.id), local_date=day)


def _owner(session: Session, row: store.CheckIn, settings: Settings) -> Actor | None:
    return store.find_owner(session, row, admins=settings.admin_user_ids, default_tz=settings.default_tz)


def _members(task: Task, fields: CheckInFields) -> frozenset[str] | None:
    """Who is in the chosen channels; nobody where none is chosen, None where that cannot be seen."""
    try:
        return task.reader.members(fields.audience.channel_ids)
    except Refused:
        return None


def _group(
    session: Session, row: store.CheckIn, owner: Actor, fields: CheckInFields, members: frozenset[str]
) -> list[Person]:
    own = store.find_group_of(session, owner)
    if sees_names(owner.roles) and own is None:
        return []  # and not everybody
    inside = members if fields.audience.channel_ids else None
    return audiences.list_group(session, team_id=row.team_id, audience=fields.audience, of=own, members=inside)


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {
    OPEN: open_round,
    f"{KIND}.ask": ask_the_group,
    LOOK: look_into_channels,
}
