"""Asking: the one place through which every question goes that the app puts to people by itself (P4).

It keeps the manners: one budget for all senders, working hours, who is away, reminders, stop. What is decided stands in
`bot.domain.ask`; a feature brings the words and hears what became of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import presence
from bot.domain.ask import NOT_NEEDED, AskCount, Standing, decide, next_look
from bot.domain.working_time import WorkingTime
from bot.jobs import Task
from bot.settings import Settings
from storage import ask as store
from storage import ask_stop, jobs, people
from storage.ask import Ask
from storage.asking import find_standing
from storage.db import Database
from storage.people import Person
from storage.turns import take_turn

log = structlog.get_logger()

AT_ONCE = 50  # asks that one job looks at; the next job follows at once, so that others come in between
MANY = 100  # from so many on Slack is asked about everybody at once instead of one after the other

Message = Callable[[Session, Ask, Person, int], dict[str, Any] | None]


def plan_asks(
    session: Session,
    *,
    team_id: str,
    kind: str,
    subject_id: int,
    stop_key: str,
    why: str,
    people: Sequence[Person],
    due_at: Callable[[Person], datetime],
    closes_at: datetime,
    now: datetime,
) -> int:
    """Plan to ask people about a subject, each from their `due_at` on; gives how many are new.

    `kind` is one of `storage.ask.KINDS`; `stop_key` is what `Stop these` stops. `why` (mrkdwn) tells the person why
    they were asked and who sees the answer. Whoever has an ask about this subject already is passed over.
    """
    return store.add_asks(
        session,
        team_id=team_id,
        kind=kind,
        subject_id=subject_id,
        stop_key=stop_key,
        why=why,
        due={person.user_id: due_at(person) for person in people},
        closes_at=closes_at,
        now=now,
    )


def ask_those_due(db: Database, team_id: str, kind: str, now: datetime, settings: Settings) -> int:
    """End the asks whose time is over and, if others are due, have them sent soon; gives how many are due.

    For a feature's `run_due`. The sending is one job, `KIND.ask`, in which the feature calls `send_asks`.
    """
    with db.read() as session:
        if not store.count_due(session, team_id=team_id, kind=kind, now=now):
            return 0
    with db.begin() as session:
        store.end_those_over(session, team_id=team_id, kind=kind, now=now)
        due = store.count_due(session, team_id=team_id, kind=kind, now=now)
        if due:
            _add_job(session, team_id, kind, now)
    return due


def send_asks(task: Task, kind: str, message: Message) -> int:
    """Ask and remind those who are due, one transaction each; gives how many messages went out.

    What a feature's job `KIND.ask` calls. `message` gives text and blocks for the question (number 0) or for a reminder
    (1 and 2), or None if it is not needed any more. It must end with `bot.views.ask.manners`.

    Raises:
        TooFast: Slack asks for patience; what has not gone out yet is still due.
    """
    if told := task.payload.get("now"):  # by a process whose clock may be a little ahead of this one's
        task = replace(task, now=max(task.now, datetime.fromisoformat(told)))
    with task.db.read() as session:
        due = store.list_due(session, team_id=task.team_id, kind=kind, now=task.now, limit=AT_ONCE)
        number_due = store.count_due(session, team_id=task.team_id, kind=kind, now=task.now)
        ready = _ready(session, task, due)
    presence.read_away(task, ready, many=number_due >= MANY)
    sent = 0
    for ask in due:
        try:
            with task.db.begin() as session:
                sent += _settle(session, task, ask.id or 0, ask.user_id, message)
        except IntegrityError:
            log.info("somebody else was quicker", ask=ask.id)  # and the next tick looks again
    if number_due > len(due):
        with task.db.begin() as session:
            _add_job(session, task.team_id, kind, task.now, after=task.payload)
    return sent


def record_answered(session: Session, ask: Ask, now: datetime) -> None:
    """The person has answered: nobody reminds them any more. Also late, and when they answer anew."""
    ask.state, ask.answered_at, ask.next_at, ask.reason = "answered", ask.answered_at or now, None, None
    session.add(ask)
    session.flush()


def replace_messages(session: Session, ask: Ask, message: dict[str, Any], now: datetime) -> None:
    """Let all messages of an ask, the question and its reminders, say something else from now on."""
    for _, sent in store.list_messages(session, team_id=ask.team_id, ask_id=ask.id or 0):
        store.replace_message(session, sent, message=message, now=now)


def close_subject(
    session: Session, team_id: str, kind: str, subject_id: int, now: datetime, message: dict[str, Any] | None = None
) -> int:
    """Ask nothing more about a subject: what is planned is not needed, what was asked is closed; gives how many.

    With `message` what was asked and not answered says that from now on.
    """
    ended = store.end_subject(session, team_id=team_id, kind=kind, subject_id=subject_id)
    if message is not None:
        for ask in store.list_unanswered(session, team_id=team_id, kind=kind, subject_id=subject_id):
            replace_messages(session, ask, message, now)
    return ended


def get_ask(session: Session, team_id: str, ask_id: int, user_id: str) -> Ask | None:
    """An ask that was put to this person; None if there is none, or if it was put to somebody else."""
    return store.get_ask(session, team_id=team_id, ask_id=ask_id, user_id=user_id)


def count_asks(session: Session, team_id: str, kind: str, subject_id: int) -> AskCount:
    """What became of the asks about a subject: `AskCount.in_words(settings.ask_budget)` tells the sender."""
    return store.count_states(session, team_id=team_id, kind=kind, subject_id=subject_id)


def list_reachable(
    session: Session,
    *,
    team_id: str,
    stop_key: str,
    people: Sequence[Person],
    closes_at: datetime,
    now: datetime,
    settings: Settings,
) -> list[Person]:
    """Those of these people who can still be asked before it closes, as far as that is certain now.

    Left out is whose week of asks is spent until then, who is at work too late, and who wants none of these, or none
    for a while. Who is away is not known here.
    """
    stopped = ask_stop.list_stopped(session, team_id=team_id, stop_key=stop_key)
    spent = store.count_weeks(session, team_id=team_id, since=(now - timedelta(days=8)).date())
    found = []
    for person in people:
        working = working_time(person, settings)
        standing = Standing(
            number=0,
            closes_at=closes_at,
            working=working,
            is_active=person.is_active,
            is_stopped=person.user_id in stopped,
            away_until=person.quiet_until,
            asked=spent.get((person.user_id, working.monday(now)), 0),
            budget=settings.ask_budget,
        )
        if decide(standing, now).action != "refuse":
            found.append(person)
    return found


def working_time(person: Person, settings: Settings) -> WorkingTime:
    """When a person works."""
    return WorkingTime.of(person.working_hours, person.tz, settings.default_tz, settings.default_hours)


def asked_this_week(session: Session, person: Person, now: datetime, settings: Settings) -> int:
    """How many messages have asked a person anything in their own week."""
    week = working_time(person, settings).monday(now)
    return store.count_week(session, team_id=person.team_id, user_id=person.user_id, week=week)


def _add_job(session: Session, team_id: str, kind: str, now: datetime, after: dict[str, Any] | None = None) -> None:
    # A job that runs cannot ask for itself again, and has looked already when it is asked for: two of them take turns.
    real = datetime.now(UTC)
    for turn in ("first", "more") if after is None or after.get("turn") == "more" else ("more",):
        key, payload = f"{kind}.ask:{turn}", {"turn": turn, "now": now.isoformat()}
        if jobs.add_job(session, team_id=team_id, kind=f"{kind}.ask", key=key, payload=payload, now=real, again=True):
            return


def _ready(session: Session, task: Task, due: Sequence[Ask]) -> list[str]:
    """Those who may be at work now: about nobody else Slack has to be asked."""
    found = people.find_by_ids(session, team_id=task.team_id, user_ids=[ask.user_id for ask in due])
    return [one.user_id for one in found if one.is_active and working_time(one, task.settings).is_on(task.now)]


def _settle(session: Session, task: Task, ask_id: int, user_id: str, message: Message) -> bool:
    """Look at one ask as things are now, and do what follows; True if a message goes out."""
    take_turn(session, team_id=task.team_id, of=f"person {user_id}")  # an answer in this moment, or another sender
    since, now = task.now - presence.KEPT_FOR, task.now
    found = find_standing(session, team_id=task.team_id, ask_id=ask_id, user_id=user_id, since=since)
    if found is None or found.ask.state not in ("planned", "asked"):
        return False
    ask, number = found.ask, found.number
    if ask.next_at is None or ask.next_at > now:
        return False
    person = found.person or Person(team_id=task.team_id, user_id=user_id, is_active=False, created_at=now)
    working = working_time(person, task.settings)
    week = working.monday(now)
    spent = store.count_week(session, team_id=task.team_id, user_id=user_id, week=week)
    # A reminder takes no place from a question that nobody has put yet.
    waiting = store.count_waiting(session, team_id=task.team_id, user_id=user_id, now=now) if number else 0
    standing = Standing(
        number=number,
        closes_at=ask.closes_at,
        working=working,
        is_active=person.is_active,
        is_stopped=found.is_stopped,
        away_until=max(filter(None, (found.away_until, person.quiet_until)), default=None),
        asked=spent + waiting,
        budget=task.settings.ask_budget,
        held_by=ask.reason,
    )
    decision = decide(standing, now)
    told = message(session, ask, person, number) if decision.action == "send" else None
    if told is not None:
        store.send_message(session, ask, number=number, message=told, week=week, place=spent, now=now)
        ask.state, ask.reason, ask.asked_at = "asked", None, ask.asked_at or now
        ask.next_at = next_look(number, now, ask.closes_at, working)
    elif decision.action == "wait":
        ask.next_at = decision.at
        ask.reason = decision.reason if ask.state == "planned" else None
    elif decision.action == "close" or number:
        ask.state, ask.reason, ask.next_at = "closed", None, None
    else:
        ask.state, ask.reason, ask.next_at = "refused", decision.reason or NOT_NEEDED, None
    session.add(ask)
    session.flush()
    return told is not None
