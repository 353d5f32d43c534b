"""Recurring check-ins: the same questions to a group again and again, and what people answered (P4)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from bot.access import Actor, may
from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, questions_from_json, questions_to_json, sees_names
from bot.domain.own_group import OwnGroup
from bot.errors import BotError
from storage.own_group import find_own_group
from storage.people import find_actor, get_person
from storage.turns import take_turn

EDITED = (
    "Somebody else has changed this check-in since you opened the form, so nothing was saved. What you typed is still "
    "here; open the check-in once more to see theirs."
)
SCHEDULE = "check_in"  # of the slots: one for each day on which a round is due
OPEN, CLOSE, LOOK = "check_in.open", "check_in.close", "check_in.look"  # jobs
ROUND_STATES = ("open", "closed")


class CheckIn(SQLModel, table=True):
    """A recurring check-in.

    `audience` (`bot.domain.audience`), `questions` and `cadence` (`bot.domain.check_in`) are JSON. `version` counts
    the edits, so that two people who edit it at once are told. It runs from `starts_on` until `stopped_at`.
    """

    __table_args__ = (Index("check_in_by_team", "team_id", "stopped_at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    name: str
    owner_id: str
    audience: str
    questions: str
    cadence: str
    starts_on: date
    version: int = 1
    stopped_at: datetime | None = None
    created_at: datetime


class CheckInRound(SQLModel, table=True):
    """One occurrence of a check-in, with the questions as they were when it opened.

    `questions` is JSON of `bot.domain.check_in.Asked`. `told_at` is when the owner got the summary.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "check_in_id", "local_date"),
        CheckConstraint(f"state IN {ROUND_STATES!r}", name="check_in_round_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    check_in_id: int = Field(foreign_key="checkin.id")
    local_date: date
    questions: str
    state: str = "open"
    group_size: int = 0
    opened_at: datetime
    closes_at: datetime
    told_at: datetime | None = None


class CheckInAnswer(SQLModel, table=True):
    """One person's answer to one question of a round.

    An answer that is feedback has a row there (`feedback_id`), and its text stands there alone. One that is a need
    keeps its text here and waits for the needs forum; `held_for` as in feedback.
    """

    __table_args__ = (UniqueConstraint("team_id", "round_id", "user_id", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    round_id: int = Field(foreign_key="checkinround.id")
    user_id: str
    question: int
    is_need: bool = False
    text: str = ""
    held_for: str | None = None
    feedback_id: int | None = Field(default=None, foreign_key="feedback.id")
    answered_at: datetime
    withdrawn_at: datetime | None = None


def add_check_in(session: Session, *, team_id: str, owner_id: str, fields: CheckInFields, now: datetime) -> CheckIn:
    """Start a check-in with checked fields."""
    row = CheckIn(team_id=team_id, owner_id=owner_id, created_at=now, **_columns(fields))
    session.add(row)
    session.flush()
    return row


def record_fields(session: Session, row: CheckIn, *, fields: CheckInFields, version: int, owner_id: str) -> None:
    """Put checked fields in the place of those that are there; `version` is the one that whoever edits has seen.

    Raises:
        BotError: somebody else has edited it since.
    """
    if row.version != version:
        raise BotError(EDITED)
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    row.version, row.owner_id = version + 1, owner_id
    session.add(row)
    session.flush()


def record_stopped(session: Session, row: CheckIn, *, now: datetime | None, starts_on: date | None = None) -> None:
    """No more rounds from now on; or (`now` is None) rounds again, from `starts_on` on."""
    row.stopped_at, row.version = now, row.version + 1
    row.starts_on = max(row.starts_on, starts_on or row.starts_on)
    session.add(row)
    session.flush()


def get_check_in(session: Session, *, team_id: str, check_in_id: int) -> CheckIn | None:
    """One check-in of this workspace, or None."""
    return session.exec(select(CheckIn).where(CheckIn.team_id == team_id, CheckIn.id == check_in_id)).first()


def take_check_in(session: Session, *, team_id: str, check_in_id: int) -> CheckIn | None:
    """The same for somebody who is going to change it: of two at the same moment the second waits for the first."""
    take_turn(session, team_id=team_id, of=f"check_in {check_in_id}")
    return get_check_in(session, team_id=team_id, check_in_id=check_in_id)


def list_check_ins(session: Session, *, team_id: str, is_running: bool | None = None) -> list[CheckIn]:
    """The check-ins of a workspace: the running ones first, each kind by name."""
    query = select(CheckIn).where(CheckIn.team_id == team_id)
    if is_running is not None:
        query = query.where(col(CheckIn.stopped_at).is_(None) if is_running else col(CheckIn.stopped_at).is_not(None))
    order = (col(CheckIn.stopped_at).is_not(None), func.lower(CheckIn.name), col(CheckIn.id))
    return list(session.exec(query.order_by(*order)))


def fields_of(row: CheckIn) -> CheckInFields:
    """What a row says, as its form has it."""
    return CheckInFields(
        name=row.name,
        audience=Audience.from_json(row.audience),
        questions=questions_from_json(row.questions),
        cadence=Cadence.from_json(row.cadence),
        starts_on=row.starts_on,
    )


def add_round(
    session: Session, row: CheckIn, *, day: date, asked: Asked, now: datetime, closes_at: datetime
) -> CheckInRound:
    """Open the round of a day; a second process that opens the same one raises IntegrityError."""
    found = CheckInRound(
        team_id=row.team_id,
        check_in_id=row.id or 0,
        local_date=day,
        questions=asked.to_json(),
        group_size=asked.size,
        opened_at=now,
        closes_at=closes_at,
    )
    session.add(found)
    session.flush()
    return found


def get_round(session: Session, *, team_id: str, round_id: int) -> CheckInRound | None:
    """One round of this workspace, or None."""
    query = select(CheckInRound).where(CheckInRound.team_id == team_id, CheckInRound.id == round_id)
    return session.exec(query).first()


def find_round(session: Session, *, team_id: str, check_in_id: int, day: date) -> CheckInRound | None:
    """The round of a day, or None if it was not opened."""
    query = select(CheckInRound).where(CheckInRound.team_id == team_id, CheckInRound.check_in_id == check_in_id)
    return session.exec(query.where(CheckInRound.local_date == day)).first()


def list_rounds(session: Session, *, team_id: str, check_in_id: int, state: str | None = None) -> list[CheckInRound]:
    """The rounds of a check-in, all or those in one state, newest first."""
    query = select(CheckInRound).where(CheckInRound.team_id == team_id, CheckInRound.check_in_id == check_in_id)
    query = query.where(CheckInRound.state == state) if state else query
    return list(session.exec(query.order_by(col(CheckInRound.local_date).desc())))


def list_over(session: Session, *, team_id: str, now: datetime) -> list[CheckInRound]:
    """The open rounds whose time is over, or whose check-in has been stopped."""
    query = select(CheckInRound).join(CheckIn, col(CheckIn.id) == col(CheckInRound.check_in_id))
    query = query.where(CheckInRound.team_id == team_id, CheckIn.team_id == team_id, CheckInRound.state == "open")
    is_over = or_(col(CheckInRound.closes_at) <= now, col(CheckIn.stopped_at).is_not(None))
    return list(session.exec(query.where(is_over).order_by(col(CheckInRound.id))))


def list_untold(session: Session, *, team_id: str) -> list[CheckInRound]:
    """The closed rounds of which the owner has not heard yet."""
    query = select(CheckInRound).where(CheckInRound.team_id == team_id, CheckInRound.state == "closed")
    return list(session.exec(query.where(col(CheckInRound.told_at).is_(None)).order_by(col(CheckInRound.id))))


def record_over(session: Session, row: CheckInRound, *, at: datetime) -> None:
    """The round is over sooner, and is to be closed."""
    row.closes_at = min(row.closes_at, at)
    session.add(row)
    session.flush()


def record_closed(session: Session, row: CheckInRound, *, at: datetime) -> None:
    """The round is over; what comes later does not count in it."""
    row.state, row.closes_at = "closed", min(row.closes_at, at)
    session.add(row)
    session.flush()


def record_told(session: Session, row: CheckInRound, *, now: datetime) -> None:
    """The owner has heard of the round, in this same transaction."""
    row.told_at = now
    session.add(row)
    session.flush()


def find_owner(session: Session, row: CheckIn, *, admins: frozenset[str], default_tz: str) -> Actor | None:
    """Whoever keeps a check-in, None if they have left or may keep none any more."""
    person = get_person(session, team_id=row.team_id, user_id=row.owner_id)
    if person is None or not person.is_active:
        return None
    owner = find_actor(session, team_id=row.team_id, user_id=row.owner_id, admins=admins, default_tz=default_tz)
    return owner if may(owner, "keep_check_ins") else None


def _columns(fields: CheckInFields) -> dict[str, Any]:
    return {
        "name": fields.name,
        "audience": fields.audience.to_json(),
        "questions": questions_to_json(tuple(one for one in fields.questions if one.text)),
        "cadence": fields.cadence.to_json(),
        "starts_on": fields.starts_on,
    }


def find_group_of(session: Session, owner: Actor) -> OwnGroup | None:
    """The own group of a manager, who asks nobody else; None where marketing asks, or where nobody knows it."""
    if not sees_names(owner.roles):
        return None
    return find_own_group(session, team_id=owner.team_id, manager_id=owner.user_id)
