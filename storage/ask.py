"""Asks: every question that the app puts to a person by itself, and the one budget that all of them share (P4)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, case, col, func, insert, select, update

from bot.domain.ask import NOT_NEEDED, TOO_LATE, AskCount
from storage import outbox
from storage.outbox import Outbox
from storage.turns import take_turn

STATES = ("planned", "asked", "answered", "refused", "closed")
KINDS = ("filed_away", "check_in", "pulse")


class Ask(SQLModel, table=True):
    """One question to one person: planned, then asked or refused, then answered or closed.

    `kind` is the feature that asks and `subject_id` its row (a filed-away check, a round of a check-in, a pulse); a
    person is asked once about a subject, whatever happens. `stop_key` is what `Stop these` stops: every ask with the
    same key. `why` says to the person, in mrkdwn, why they were asked. `reason` says why an ask was refused or closed,
    in one of the words of `bot.domain.ask`, or why one that is planned waits. From `due_at` on it may be asked, from
    `closes_at` on not any more; `next_at` is when it is looked at again (None: never).
    """

    __table_args__ = (
        UniqueConstraint("team_id", "kind", "subject_id", "user_id"),
        CheckConstraint(f"state IN {STATES!r}", name="ask_state"),
        CheckConstraint(f"kind IN {KINDS!r}", name="ask_kind"),
        Index("ask_due", "team_id", "kind", "next_at"),
        Index("ask_by_person", "team_id", "user_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    kind: str
    subject_id: int
    stop_key: str
    why: str
    state: str = "planned"
    reason: str | None = None
    due_at: datetime
    closes_at: datetime
    next_at: datetime | None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    created_at: datetime


class AskMessage(SQLModel, table=True):
    """One message that asked: the question itself (`number` 0) or a reminder (1 and 2).

    Each of them costs one of the person's budget: `week` is the Monday of the person's own week, and `place` counts up
    from 0 within it, so that the unique key alone keeps two processes from spending the same ask twice.
    """

    __table_args__ = (
        UniqueConstraint("ask_id", "number"),
        UniqueConstraint("team_id", "user_id", "week", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    ask_id: int = Field(foreign_key="ask.id")
    number: int
    week: date
    place: int
    sent_at: datetime
    outbox_id: int = Field(foreign_key="outbox.id")


def add_asks(
    session: Session,
    *,
    team_id: str,
    kind: str,
    subject_id: int,
    stop_key: str,
    why: str,
    due: Mapping[str, datetime],
    closes_at: datetime,
    now: datetime,
) -> int:
    """Plan asks about one subject, by person with the moment from which on; gives how many are new.

    Whoever has one about it already is passed over.
    """
    take_turn(session, team_id=team_id, of=f"asks {kind} {subject_id}")
    query = select(Ask.user_id).where(Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id)
    known = set(session.exec(query))
    same = {"team_id": team_id, "kind": kind, "subject_id": subject_id, "stop_key": stop_key, "why": why}
    same |= {"state": "planned", "closes_at": closes_at, "created_at": now}
    rows = [
        {**same, "user_id": user_id, "due_at": at, "next_at": min(at, closes_at)}
        for user_id, at in due.items()
        if user_id not in known
    ]
    if rows:
        session.execute(insert(Ask), rows)
    return len(rows)


def get_ask(session: Session, *, team_id: str, ask_id: int, user_id: str) -> Ask | None:
    """An ask that was put to this person, or None."""
    query = select(Ask).where(Ask.team_id == team_id, Ask.id == ask_id, Ask.user_id == user_id)
    return session.exec(query).first()


def find_ask(session: Session, *, team_id: str, kind: str, subject_id: int, user_id: str) -> Ask | None:
    """The ask to this person about a subject, or None."""
    query = select(Ask).where(Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id)
    return session.exec(query.where(Ask.user_id == user_id)).first()


def list_due(session: Session, *, team_id: str, kind: str, now: datetime, limit: int) -> list[Ask]:
    """The asks that are to be looked at by now, the longest due first."""
    query = _due(select(Ask), team_id, kind, now).order_by(col(Ask.next_at), col(Ask.id))
    return list(session.exec(query.limit(limit)))


def count_due(session: Session, *, team_id: str, kind: str, now: datetime) -> int:
    """How many asks `list_due` lists in all."""
    return int(session.exec(_due(select(func.count()).select_from(Ask), team_id, kind, now)).one())


def end_those_over(session: Session, *, team_id: str, kind: str, now: datetime) -> int:
    """Close the asks whose time is over, and refuse those that never went out; gives how many."""
    is_over = (Ask.team_id == team_id, Ask.kind == kind, col(Ask.next_at) <= now, col(Ask.closes_at) <= now)
    return _end(session, team_id, is_over, TOO_LATE)


def end_subject(session: Session, *, team_id: str, kind: str, subject_id: int) -> int:
    """Nothing more is asked about a subject: what was asked is closed, what was planned is not needed."""
    is_of_it = (Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id)
    return _end(session, team_id, is_of_it, NOT_NEEDED)


def _end(session: Session, team_id: str, which: tuple[Any, ...], reason: str) -> int:
    take_turn(session, team_id=team_id, of="ending asks")  # two that lock many rows could wait for each other
    # One statement, so that a row that another process has changed meanwhile is not changed back.
    is_planned = Ask.state == "planned"
    held = func.coalesce(Ask.reason, reason) if reason == TOO_LATE else reason
    change = update(Ask).where(*which, col(Ask.state).in_(("planned", "asked")))
    values = {
        "state": case((is_planned, "refused"), else_="closed"),
        "reason": case((is_planned, held), else_=None),
        "next_at": None,
    }
    return int(session.exec(change.values(values).execution_options(synchronize_session="fetch")).rowcount)


def count_states(session: Session, *, team_id: str, kind: str, subject_id: int) -> AskCount:
    """What became of the asks about a subject."""
    query = select(Ask.state, Ask.reason, func.count()).where(
        Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id
    )
    states: dict[str, int] = {}
    refused: dict[str, int] = {}
    for state, reason, number in session.exec(query.group_by(col(Ask.state), col(Ask.reason))):
        states[state] = states.get(state, 0) + number
        if state == "refused":
            refused[reason or NOT_NEEDED] = number
    return AskCount(
        planned=states.get("planned", 0),
        asked=states.get("asked", 0),
        answered=states.get("answered", 0),
        closed=states.get("closed", 0),
        refused=refused,
    )


def list_messages(session: Session, *, team_id: str, ask_id: int) -> list[tuple[AskMessage, Outbox]]:
    """The messages of an ask, in their order, each with its row of the outbox."""
    query = select(AskMessage, Outbox).join(Outbox, col(Outbox.id) == col(AskMessage.outbox_id))
    query = query.where(AskMessage.team_id == team_id, AskMessage.ask_id == ask_id)
    return list(session.exec(query.order_by(col(AskMessage.number))).all())


def count_messages(session: Session, ask: Ask) -> int:
    """How many messages have asked for this; also the number of the next one."""
    query = select(func.count()).select_from(AskMessage).where(AskMessage.team_id == ask.team_id)
    return int(session.exec(query.where(AskMessage.ask_id == ask.id)).one())


def count_week(session: Session, *, team_id: str, user_id: str, week: date) -> int:
    """How many messages have asked a person anything in the week that begins on this Monday."""
    query = select(func.count()).select_from(AskMessage)
    query = query.where(AskMessage.team_id == team_id, AskMessage.user_id == user_id, AskMessage.week == week)
    return int(session.exec(query).one())


def count_weeks(session: Session, *, team_id: str, since: date) -> dict[tuple[str, date], int]:
    """How many messages have asked everybody anything, by person and week, from the week `since` on."""
    columns: Any = (AskMessage.user_id, AskMessage.week, func.count())
    query = select(*columns).where(AskMessage.team_id == team_id, AskMessage.week >= since)
    query = query.group_by(col(AskMessage.user_id), col(AskMessage.week))
    return {(user_id, week): number for user_id, week, number in session.exec(query)}


def count_waiting(session: Session, *, team_id: str, user_id: str, now: datetime) -> int:
    """How many questions wait to be put to a person now, by all who ask."""
    query = select(func.count()).select_from(Ask).where(Ask.team_id == team_id, Ask.user_id == user_id)
    return int(session.exec(query.where(Ask.state == "planned", col(Ask.next_at) <= now)).one())


def send_message(
    session: Session, ask: Ask, *, number: int, message: dict[str, Any], week: date, place: int, now: datetime
) -> None:
    """Ask, or remind: the message goes to the outbox and takes its place in the person's week.

    Raises:
        IntegrityError: another process has taken that place, or has sent that message.
    """
    sent = outbox.enqueue(
        session,
        team_id=ask.team_id,
        key=f"ask:{ask.id}:{number}",
        target=ask.user_id,
        message=message,
        now=now,
        lane="check_in",
    )
    row = AskMessage(
        team_id=ask.team_id,
        user_id=ask.user_id,
        ask_id=ask.id or 0,
        number=number,
        week=week,
        place=place,
        sent_at=now,
        outbox_id=sent.id or 0,
    )
    session.add(row)
    session.flush()


def replace_message(session: Session, sent: Outbox, *, message: dict[str, Any], now: datetime) -> None:
    """Let a message that asked say something else from now on, unless it says that already."""
    query = select(Outbox).where(Outbox.team_id == sent.team_id, Outbox.after_id == sent.id)
    query = query.where(Outbox.method == "chat.update").order_by(col(Outbox.id).desc())
    latest = session.exec(query).first() or sent
    if sent.state == "failed" or json.loads(latest.payload) == message:
        return
    outbox.enqueue(
        session,
        team_id=sent.team_id,
        key=f"ask.change:{sent.id}:{latest.id}",
        target=sent.target,
        message=message,
        now=now,
        method="chat.update",
        after_id=sent.id,
    )


def record_closes_at(session: Session, *, team_id: str, kind: str, subject_id: int, closes_at: datetime) -> None:
    """What a subject asks ends at another moment; what has ended already stays so."""
    is_of_it = (col(Ask.team_id) == team_id, col(Ask.kind) == kind, col(Ask.subject_id) == subject_id)
    take_turn(session, team_id=team_id, of="ending asks")
    change = update(Ask).where(*is_of_it, col(Ask.state).in_(("planned", "asked")))
    sooner = case((col(Ask.next_at) > closes_at, closes_at), else_=col(Ask.next_at))
    session.exec(change.values(closes_at=closes_at, next_at=sooner).execution_options(synchronize_session="fetch"))


def list_asked(session: Session, *, team_id: str, kind: str, subject_id: int) -> list[Ask]:
    """The asks about a subject that went out, whether or not they were answered."""
    query = select(Ask).where(Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id)
    return list(session.exec(query.where(col(Ask.state).in_(("asked", "answered", "closed"))).order_by(col(Ask.id))))


def list_unanswered(session: Session, *, team_id: str, kind: str, subject_id: int) -> list[Ask]:
    """The asks about a subject that went out and were not answered, whether or not their time is over."""
    query = select(Ask).where(Ask.team_id == team_id, Ask.kind == kind, Ask.subject_id == subject_id)
    return list(session.exec(query.where(col(Ask.state).in_(("asked", "closed")))))


def _due(query: Any, team_id: str, kind: str, now: datetime) -> Any:
    return query.where(Ask.team_id == team_id, Ask.kind == kind, col(Ask.next_at) <= now)
