"""What must be true of three years of questions, said anew without the product's code and held against the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from sqlmodel import Session, col, func, select

from bench.year_people import TEAM, Life
from storage.ask import Ask, AskMessage
from storage.check_in import CheckIn, CheckInRound, fields_of
from storage.filed_away import NO_OWNER, FiledAwayCheck
from storage.jobs import Job
from storage.outbox import Outbox
from storage.slots import Slot

BUDGET, REMINDERS, WEEKEND = 3, 2, (5, 6)
CACHED = timedelta(minutes=30)  # for which Slack's answer, that somebody is there, is used again
NO_END = timedelta(days=1)  # after which a status without an end is read again
HOUR = timedelta(hours=1)


class Told(Protocol):
    """Where the figures go, and what is wrong."""

    figures: dict[str, int]
    refused: Counter[str]
    wrong: list[str]


def check_years(session: Session, lives: dict[str, Life], found: Told, *, start: datetime, end: datetime) -> None:
    """Hold every ask, message, check and round against what must be true of it."""
    asks = {row.id or 0: row for row in session.exec(select(Ask).where(Ask.team_id == TEAM))}
    messages: dict[int, list[AskMessage]] = defaultdict(list)
    for message in session.exec(select(AskMessage).order_by(col(AskMessage.sent_at), col(AskMessage.number))):
        messages[message.ask_id].append(message)
    everything = [one for each in messages.values() for one in each]
    found.wrong += _wrong_moments(everything, asks, lives)
    found.wrong += _wrong_budgets(everything, lives)
    for ask in asks.values():
        found.wrong += _wrong_ask(ask, messages[ask.id or 0], lives[ask.user_id], end)
    found.wrong += _wrong_twice(session, asks, everything)
    found.wrong += _wrong_rounds(session, start, end)
    found.wrong += _wrong_checks(session, end)
    undone = session.exec(select(Job.kind, Job.state, Job.reason).where(Job.state != "done")).all()
    found.wrong += [f"the job {kind} is {state}: {reason}" for kind, state, reason in undone]
    states = Counter(ask.state for ask in asks.values())
    found.refused.update(ask.reason or "" for ask in asks.values() if ask.state == "refused")
    found.figures |= {
        "asks": len(asks),
        "messages": len(everything),
        "reminders": sum(one.number > 0 for one in everything),
        **{f"asks {state}": states[state] for state in ("answered", "closed", "refused", "asked", "planned")},
        "senders": len({ask.stop_key for ask in asks.values()}),
        "full weeks": sum(n == BUDGET for n in _weeks(everything, lives).values()),
        "filed-away checks": _count(session, FiledAwayCheck),
        "rounds": _count(session, CheckInRound),
        "rounds skipped": sum(1 for slot in session.exec(select(Slot)) if slot.state == "skipped"),
    }


def _count(session: Session, table: type) -> int:
    return int(session.exec(select(func.count()).select_from(table)).one())


def _wrong_moments(messages: list[AskMessage], asks: dict[int, Ask], lives: dict[str, Life]) -> Iterator[str]:
    """Asked outside working hours, while away, gone or stopped, before it was due or after it closed."""
    for message in messages:
        life, ask, at = lives[message.user_id], asks[message.ask_id], message.sent_at
        who = f"{life.user_id} ({life.tz}, {life.hours}) at {at}"
        if not life.works_at(at):
            yield f"{who} was asked outside working hours"
        absence = life.absence_at(at)
        if absence is not None and at - absence.start > CACHED:
            yield f"{who} was asked while away from {absence.start} to {absence.end}"
        if any(left <= at < back for left, back in life.gone):
            yield f"{who} was asked and had left"
        if any(stopped <= at < back for stopped, back in life.stops.get(ask.stop_key, ())):
            yield f"{who} was asked what they had stopped"
        if not ask.due_at <= at < ask.closes_at:
            yield f"{who} was asked outside {ask.due_at} to {ask.closes_at}"
        if ask.answered_at is not None and at > ask.answered_at:
            yield f"{who} was reminded and had answered at {ask.answered_at}"


def _weeks(messages: list[AskMessage], lives: dict[str, Life]) -> Counter[tuple[str, date]]:
    weeks: Counter[tuple[str, date]] = Counter()
    for message in messages:
        day = message.sent_at.astimezone(lives[message.user_id].zone).date()
        weeks[message.user_id, day - timedelta(days=day.weekday())] += 1
    return weeks


def _wrong_budgets(messages: list[AskMessage], lives: dict[str, Life]) -> Iterator[str]:
    for (user_id, week), number in _weeks(messages, lives).items():
        if number > BUDGET:
            yield f"{user_id} was asked {number} times in the week of {week}"


def _wrong_ask(ask: Ask, messages: list[AskMessage], life: Life, end: datetime) -> Iterator[str]:
    """It came to its end, with a reason that is true, and its messages are numbered and days apart."""
    who = f"ask {ask.id} ({ask.kind}) to {ask.user_id}, {ask.state} {ask.reason or ''}"
    if [one.number for one in messages] != list(range(len(messages))) or len(messages) > 1 + REMINDERS:
        yield f"{who}: its messages are {[one.number for one in messages]}"
    if bool(messages) != (ask.state in ("asked", "answered", "closed")):
        yield f"{who}: {len(messages)} messages"
    if ask.state in ("planned", "asked") and (ask.closes_at <= end or ask.next_at is None or ask.next_at <= end - HOUR):
        yield f"{who} is forgotten: it closes at {ask.closes_at}, next is {ask.next_at}"
    if ask.state == "refused" and not _is_true(ask, life):
        yield f"{who}: that is not so between {ask.due_at} and {ask.closes_at}"
    for before, after in pairwise(messages):
        days = _days_between(before.sent_at, after.sent_at, life)
        if days < 1:
            yield f"{who}: reminded after {days} days, at {before.sent_at} and {after.sent_at}"


def _days_between(one: datetime, other: datetime, life: Life) -> int:
    """Days from one shift to another; a moment after midnight belongs to the day before if the shift began there."""
    night = life.hours[:5] > life.hours[6:]
    days = []
    for moment in (one, other):
        wall = moment.astimezone(life.zone)
        days.append(wall.date() - timedelta(days=1) if night and f"{wall:%H:%M}" < life.hours[6:] else wall.date())
    return (days[1] - days[0]).days


def _is_true(ask: Ask, life: Life) -> bool:
    """Whether what is said of a refused ask was so at some time between when it was due and when it closed."""
    due, closes = ask.due_at - HOUR, ask.closes_at
    if ask.reason == "gone":
        return any(left < closes and back > due for left, back in life.gone)
    if ask.reason == "stopped":
        return any(left < closes and back > due for left, back in life.stops.get(ask.stop_key, ()))
    if ask.reason == "away":
        return any(one.start < closes and one.end > due for one in life.absences)
    return ask.reason in ("over_budget", "off_hours", "not_needed", "too_late")


def _wrong_twice(session: Session, asks: dict[int, Ask], messages: list[AskMessage]) -> Iterator[str]:
    """Each message stands in the outbox once, to its person, and nothing else there asks anybody anything."""
    rows = dict(session.exec(select(Outbox.id, Outbox.target).where(col(Outbox.dedupe_key).startswith("ask:"))).all())
    used = Counter(message.outbox_id for message in messages)
    for outbox_id, number in used.items():
        if number > 1:
            yield f"message {outbox_id} of the outbox counts {number} times"
    for message in messages:
        if rows.get(message.outbox_id) != message.user_id:
            yield f"message {message.outbox_id} of the outbox does not go to {message.user_id}"
    for extra in rows.keys() - used.keys():
        yield f"message {extra} of the outbox asks and is not counted"
    same = Counter((ask.kind, ask.subject_id, ask.user_id) for ask in asks.values())
    yield from (f"{key} was planned {number} times" for key, number in same.items() if number > 1)


def _wrong_rounds(session: Session, start: datetime, end: datetime) -> Iterator[str]:
    """Every day on which a round was due has a slot: done with its round, or skipped with a reason."""
    rounds = {(row.check_in_id, row.local_date): row for row in session.exec(select(CheckInRound))}
    slots = {
        (slot.subject, slot.local_date): slot for slot in session.exec(select(Slot)) if slot.schedule == "check_in"
    }
    for row in session.exec(select(CheckIn)):
        for day in _days(fields_of(row).cadence, start.date(), end.date() - timedelta(days=1)):
            slot = slots.pop((str(row.id), day), None)
            if slot is None:
                yield f"the round of {row.name} on {day} was due and has no slot"
            elif slot.state == "due" or (slot.state == "skipped") != bool(slot.reason):
                yield f"the round of {row.name} on {day} is {slot.state}, {slot.reason}"
            elif (slot.state == "done") != ((row.id or 0, day) in rounds):
                yield f"the round of {row.name} on {day} is {slot.state} and {rounds.get((row.id or 0, day))}"
    last = end.date() - timedelta(days=1)
    yield from (f"a slot that was not due: {key}" for key in slots if key[1] <= last)
    for (_, day), found in rounds.items():
        is_open = found.state == "open"
        if is_open and found.closes_at <= end:
            yield f"the round of {day} is still open"


def _days(cadence: object, first: date, last: date) -> Iterator[date]:
    """The days of a cadence, counted day by day."""
    every, weekday = getattr(cadence, "every"), getattr(cadence, "weekday")  # noqa: B009
    begun, day = None, first
    while day <= last:
        if day.weekday() == weekday:
            begun = begun or day
            if (every == "month" and day.day <= 7) or (every != "month" and (day - begun).days % (7 * int(every)) == 0):
                yield day
        day += timedelta(days=1)


def _wrong_checks(session: Session, end: datetime) -> Iterator[str]:
    """Every check that was due by then is closed with a verdict, runs, or was cancelled with a reason."""
    for check in session.exec(select(FiledAwayCheck)):
        name = f"check {check.number} of version {check.asset_version_id}, due {check.due_at}, {check.state}"
        if check.state == "planned" and check.due_at <= end - HOUR:
            yield f"{name}: it was due"
        if check.state == "cancelled" and not check.reason:
            yield f"{name} without a reason"
        if check.state == "closed" and not (check.verdict or check.reason):
            yield f"{name} without a verdict"
        if check.state == "asking" and check.closes_at <= end - HOUR:
            yield f"{name}: it should be closed"
        is_over = check.state == "closed" and check.closes_at < end - timedelta(days=30)
        if is_over and check.told_at is None and check.reason != NO_OWNER:
            yield f"{name}: nobody was told, and nothing says why"
