"""Rounds of check-ins: opened on their day, asked through the one place that asks, closed, told to the owner once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import asking
from bot.access import Actor
from bot.domain.check_in import (
    Asked,
    CheckInFields,
    asked_at,
    closes_at,
    dates_due,
    group_words,
    is_too_late,
    last_day,
    next_date,
    opens_at,
    sees_names,
)
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.views import check_in_ask, check_in_round
from storage import check_in as store
from storage import check_in_answer, jobs, outbox, people, slots
from storage.ask import Ask
from storage.check_in import CLOSE, LOOK, OPEN, SCHEDULE
from storage.db import Database
from storage.people import Person

KIND = "check_in"
LATER_ONE = "the round after it was due already"
TOO_LATE = "it would have opened more than four days late"
NO_OWNER = "its owner may keep no check-ins any more"
NO_REGION = "its owner has no region, so nobody knows their own group"
NOBODY = "nobody fits any more"
UNSEEN = "a channel cannot be seen"


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Open what is to be opened, close what is over, ask who is due; gives the number of rounds and people."""
    asked = asking.ask_those_due(db, team_id, KIND, now, settings)  # first: it knows why somebody was not asked
    return asked + _end_those_over(db, team_id, now, settings) + _open_those_due(db, team_id, now)


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
    if row is None:
        return
    fields = store.fields_of(row)
    if owner is None:
        return _skip(task.db, row, day, task.now, NO_OWNER)
    if sees_names(owner.roles) and not owner.region:
        return _skip(task.db, row, day, task.now, NO_REGION)
    members = _members(task, fields)
    if members is None:
        told = check_in_round.unseen_channel_message(row.name)
        return _skip(task.db, row, day, task.now, UNSEEN, told)
    with task.db.read() as session:
        group = _group(session, row, owner, fields, members)
    if not group:
        told = check_in_round.nobody_message(row.name, _words(owner, fields), is_stopped=False)
        return _skip(task.db, row, day, task.now, NOBODY, told)
    try:
        with task.db.begin() as session:
            _open(session, task, row, day, owner, group)
    except IntegrityError:
        return  # another process was quicker
    asking.ask_those_due(task.db, task.team_id, KIND, task.now, task.settings)


def _open(session: Session, task: Task, seen: store.CheckIn, day: date, owner: Actor, group: list[Person]) -> None:
    row = store.take_check_in(session, team_id=task.team_id, check_in_id=seen.id or 0)
    if row is None or row.stopped_at is not None or row.version != seen.version:
        return  # changed in this moment: the next tick looks again
    fields = store.fields_of(row)
    slot = slots.add_slot(
        session, team_id=task.team_id, schedule=SCHEDULE, subject=str(row.id), local_date=day, due_at=opens_at(day)
    )
    for before in store.list_rounds(session, team_id=task.team_id, check_in_id=row.id or 0, state="open"):
        _close(session, before, task.now)
    asked = Asked(
        name=row.name,
        questions=fields.questions,
        owner_id=owner.user_id,
        owner_name=owner.name,
        named_for=owner.user_id if sees_names(owner.roles) else "",
        group=_words(owner, fields),
        size=len(group),
    )
    opened = store.add_round(session, row, day=day, asked=asked, now=task.now, closes_at=closes_at(day))
    asking.plan_asks(
        session,
        team_id=task.team_id,
        kind=KIND,
        subject_id=opened.id or 0,
        stop_key=f"{KIND}:{row.id}",
        why=check_in_ask.why(asked, fields.cadence.in_words()),
        people=group,
        due_at=lambda one: asked_at(day, fields.cadence.at, asking.working_time(one, task.settings).zone),
        closes_at=opened.closes_at,
        now=task.now,
    )
    slots.record_done(session, slot, now=task.now)


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


def close_rounds(task: Task) -> None:
    """Close what has been stopped."""
    _end_those_over(task.db, task.team_id, task.now, task.settings)


def _end_those_over(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    with db.read() as session:
        over = store.list_over(session, team_id=team_id, now=now)
        untold = store.list_untold(session, team_id=team_id)
    for seen in over:
        with db.begin() as session:
            store.take_check_in(session, team_id=team_id, check_in_id=seen.check_in_id)
            found = store.get_round(session, team_id=team_id, round_id=seen.id or 0)
            if found is not None and found.state == "open":
                _close(session, found, now)
                untold.append(found)
    for found in untold:
        with db.begin() as session:
            _tell_owner(session, found, now, settings)
    return len(over)


def _close(session: Session, found: store.CheckInRound, now: datetime) -> None:
    store.record_closed(session, found, at=now)
    asking.close_subject(session, found.team_id, KIND, found.id or 0, now)


def _tell_owner(session: Session, seen: store.CheckInRound, now: datetime, settings: Settings) -> None:
    """Send the summary, in the owner's working hours; to nobody if the owner may not have it any more."""
    row = store.take_check_in(session, team_id=seen.team_id, check_in_id=seen.check_in_id)
    found = store.get_round(session, team_id=seen.team_id, round_id=seen.id or 0)
    if row is None or found is None or found.told_at is not None:
        return
    owner = _owner(session, row, settings)
    person = people.get_person(session, team_id=row.team_id, user_id=row.owner_id)
    if owner is not None and person is not None:
        if not asking.working_time(person, settings).is_on(now):
            return
        fields = store.fields_of(row)
        last = slots.list_last_dates(session, team_id=row.team_id, schedule=SCHEDULE).get(str(row.id))
        result = replace(
            check_in_answer.read_round(session, found),
            is_stopped=row.stopped_at is not None,
            next_on=next_date(fields.cadence, row.starts_on, after=last, now=now),
        )
        outbox.enqueue(
            session,
            team_id=row.team_id,
            key=f"check_in.summary:{found.id}",
            target=owner.user_id,
            message=check_in_round.summary_message(result, settings.ask_budget),
            now=now,
            lane="check_in",
        )
    store.record_told(session, found, now=now)


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
            is_new = row.id not in store.list_latest_rounds(session, team_id=task.team_id)
            told = check_in_round.nobody_message(row.name, _words(owner, fields), is_stopped=is_new)
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
    """The check-in, if its round of this day is still to be opened."""
    row = store.get_check_in(session, team_id=task.team_id, check_in_id=task.payload["check_in_id"])
    if row is None or row.stopped_at is not None:
        return None
    known = slots.find_slot(session, team_id=task.team_id, schedule=SCHEDULE, subject=str(row.id), local_date=day)
    return None if known else row


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
    own = people.get_person(session, team_id=row.team_id, user_id=owner.user_id) if sees_names(owner.roles) else None
    inside = members if fields.audience.channel_ids else None
    return store.list_group(session, team_id=row.team_id, audience=fields.audience, of=own, members=inside)


def _words(owner: Actor, fields: CheckInFields) -> str:
    return group_words(fields.audience, owner.department if sees_names(owner.roles) else "")


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {
    OPEN: open_round,
    f"{KIND}.ask": ask_the_group,
    CLOSE: close_rounds,
    LOOK: look_into_channels,
}
