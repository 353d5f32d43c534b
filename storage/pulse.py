"""Pulses: what is asked, who was invited, until when, and what came of it (P5)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, func, insert, select

from bot.domain.audience import Audience
from bot.domain.pulse import PRIVACY, PulseFields, questions_from_json, questions_to_json
from bot.domain.pulse_numbers import PulseResult
from bot.errors import BotError
from storage import audit

STATES = ("planned", "open", "closed", "cancelled")
EDITED = (
    "Somebody else has changed this pulse, so nothing was saved. What you typed is still here; open it anew for theirs."
)
ANSWERED = "Somebody has answered already, so the questions stay as they are. You can close this pulse and ask anew."
FIXED = "An anonymous pulse can't be changed while it is open. You can cancel it and ask anew."
NOT_OPEN = "This pulse is not open any more, so nothing was changed."


class Pulse(SQLModel, table=True):
    """A pulse: planned, then open, then closed or cancelled.

    `questions` (`bot.domain.pulse`), `audience` (`bot.domain.audience`), `result` (`bot.domain.pulse_numbers`, from the
    close on) and `themes` (`bot.domain.pulse_theme`, once they are found) are JSON. `version` counts the edits, so that
    two people who edit it at once are told. `ended_at` is when it closed or was cancelled; `reason` says why it was
    cancelled, unless the asker wanted that. `outcome` is what followed from it, in the asker's words. `overrides_id` is
    the pulse whose outcome was not told before this one, with the reason why it was not waited for.
    """

    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="pulse_state"),
        CheckConstraint(f"privacy IN {PRIVACY!r}", name="pulse_privacy"),
        CheckConstraint("(overrides_id IS NULL) = (override_reason IS NULL)", name="pulse_override"),
        Index("pulse_by_state", "team_id", "state", "closes_at"),
        Index("pulse_by_asker", "team_id", "asker_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asker_id: str
    questions: str
    audience: str
    channel_id: str = ""
    privacy: str
    reminders: bool = False
    shares_results: bool = False
    state: str = "planned"
    version: int = 1
    closes_at: datetime
    created_at: datetime
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    result: str | None = None
    themes: str | None = None
    outcome: str | None = None
    outcome_at: datetime | None = None
    overrides_id: int | None = Field(default=None, foreign_key="pulse.id")
    override_reason: str | None = None


class PulseInvitation(SQLModel, table=True):
    """Somebody whom a pulse asks; `region` as it was at the opening, empty if nobody knew: results are told by it."""

    __table_args__ = (Index("pulse_invitation_by_person", "team_id", "user_id"),)

    team_id: str = Field(primary_key=True)
    pulse_id: int = Field(primary_key=True, foreign_key="pulse.id")
    user_id: str = Field(primary_key=True)
    region: str = ""


class PulseBallot(SQLModel, table=True):
    """One choice of one person, or their words (`choice` 0); never of an anonymous pulse (`storage.ballot_box`).

    Only who is invited has any. `held_for` as in feedback.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "pulse_id", "user_id", "question", "choice"),
        ForeignKeyConstraint(
            ["team_id", "pulse_id", "user_id"],
            ["pulseinvitation.team_id", "pulseinvitation.pulse_id", "pulseinvitation.user_id"],
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    pulse_id: int
    user_id: str
    question: int
    choice: int
    text: str = ""
    held_for: str | None = None
    answered_at: datetime


def add_pulse(
    session: Session,
    *,
    team_id: str,
    asker_id: str,
    fields: PulseFields,
    now: datetime,
    overrides: Pulse | None = None,
    override_reason: str | None = None,
) -> Pulse:
    """Plan a pulse with checked fields; it asks nobody before it is opened.

    `overrides` is the pulse of which the outcome should have been told first.
    """
    row = Pulse(
        team_id=team_id, asker_id=asker_id, created_at=now,
        overrides_id=overrides.id if overrides else None,
        override_reason=override_reason if overrides else None,
        **_columns(fields),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def record_opened(session: Session, row: Pulse, *, invited: Mapping[str, str], now: datetime) -> bool:
    """Open a planned pulse for those who are invited, user ids with regions; False if it is not planned any more."""
    if row.state != "planned":
        return False
    row.state, row.opened_at = "open", now
    _invite(session, row, invited)
    _note(session, row, by=row.asker_id, now=now)
    return True


def record_fields(
    session: Session, row: Pulse, *, fields: PulseFields, invited: Mapping[str, str], version: int
) -> None:
    """Put checked fields in the place of those that are there; `version` is the one that whoever edits has seen.

    The row comes from `take_pulse`: no ballot comes in between.

    Raises:
        BotError: somebody else has edited it since, somebody has answered, or it is not open or anonymous.
    """
    if row.version != version:
        raise BotError(EDITED)
    if row.state not in ("planned", "open"):
        raise BotError(NOT_OPEN)
    if row.state == "open" and "anonymous" in (row.privacy, fields.privacy):
        raise BotError(FIXED)
    ballots = select(PulseBallot.id).where(PulseBallot.team_id == row.team_id, PulseBallot.pulse_id == row.id)
    if session.exec(ballots.limit(1)).first() is not None:
        raise BotError(ANSWERED)
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    row.version = version + 1
    if row.state == "open":
        of_it = (col(PulseInvitation.team_id) == row.team_id, col(PulseInvitation.pulse_id) == row.id)
        session.exec(delete(PulseInvitation).where(*of_it))
        _invite(session, row, invited)
    _save(session, row)


def get_pulse(session: Session, *, team_id: str, pulse_id: int) -> Pulse | None:
    """One pulse of this workspace, or None."""
    return session.exec(select(Pulse).where(Pulse.team_id == team_id, Pulse.id == pulse_id)).first()


def take_pulse(session: Session, *, team_id: str, pulse_id: int) -> Pulse | None:
    """The same for somebody who is going to change or close it: ballots that are being cast are waited for."""
    query = select(Pulse).where(Pulse.team_id == team_id, Pulse.id == pulse_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def list_pulses(
    session: Session, *, team_id: str, asker_id: str | None = None, states: Collection[str] = STATES
) -> list[Pulse]:
    """The pulses of a workspace, all or one asker's, newest first."""
    query = select(Pulse).where(Pulse.team_id == team_id, col(Pulse.state).in_(states))
    query = query.where(Pulse.asker_id == asker_id) if asker_id is not None else query
    return list(session.exec(query.order_by(col(Pulse.id).desc())))


def list_over(session: Session, *, team_id: str, now: datetime) -> list[Pulse]:
    """The open pulses whose time is over, the longest over first."""
    query = select(Pulse).where(Pulse.team_id == team_id, Pulse.state == "open", col(Pulse.closes_at) <= now)
    return list(session.exec(query.order_by(col(Pulse.closes_at), col(Pulse.id))))


def list_open_anonymous(session: Session, *, team_id: str) -> list[int]:
    """The ids of the anonymous pulses that are open: those that must have a ballot box."""
    query = select(col(Pulse.id)).where(Pulse.team_id == team_id, Pulse.state == "open", Pulse.privacy == "anonymous")
    return [found for found in session.exec(query.order_by(col(Pulse.id))) if found is not None]


def list_asked(session: Session, *, team_id: str, user_id: str) -> list[Pulse]:
    """The open pulses to which somebody is invited, the next to close first."""
    query = select(Pulse).join(PulseInvitation, col(PulseInvitation.pulse_id) == col(Pulse.id))
    query = query.where(Pulse.team_id == team_id, Pulse.state == "open")
    query = query.where(PulseInvitation.team_id == team_id, PulseInvitation.user_id == user_id)
    return list(session.exec(query.order_by(col(Pulse.closes_at), col(Pulse.id))))


def list_invited(session: Session, row: Pulse) -> dict[str, str]:
    """Whom a pulse asks, user ids with their regions at the opening."""
    query = select(PulseInvitation).where(PulseInvitation.team_id == row.team_id, PulseInvitation.pulse_id == row.id)
    return {one.user_id: one.region for one in session.exec(query.order_by(PulseInvitation.user_id))}


def count_invited(session: Session, row: Pulse) -> int:
    """How many people a pulse asks."""
    query = select(func.count()).select_from(PulseInvitation).where(PulseInvitation.team_id == row.team_id)
    return int(session.exec(query.where(PulseInvitation.pulse_id == row.id)).one())


def fields_of(row: Pulse) -> PulseFields:
    """What a row says, as its form has it."""
    return PulseFields(
        questions=questions_from_json(row.questions), audience=Audience.from_json(row.audience),
        channel_id=row.channel_id, privacy=row.privacy, closes_at=row.closes_at, reminders=row.reminders,
        shares_results=row.shares_results,
    )  # fmt: skip


def result_of(row: Pulse) -> PulseResult | None:
    """What a pulse came to, as it was at the close; None before, and of one that was cancelled."""
    return PulseResult.from_json(row.result) if row.result else None


def record_closes_at(session: Session, row: Pulse, *, closes_at: datetime) -> None:
    """Close later or earlier; the row comes from `take_pulse`, and the moment has been checked.

    Raises:
        BotError: it has ended.
    """
    if row.state not in ("planned", "open"):
        raise BotError(NOT_OPEN)
    row.closes_at, row.version = closes_at, row.version + 1
    _save(session, row)


def record_closed(session: Session, row: Pulse, *, result: PulseResult, now: datetime) -> bool:
    """Close it with its result, which stands whatever becomes of the ballots; False if it is not open.

    The row comes from `take_pulse`, and the result from what was read after that: no ballot comes in between.
    """
    if row.state != "open":
        return False
    row.state, row.ended_at, row.closes_at = "closed", now, min(row.closes_at, now)
    row.result = result.to_json()
    _save(session, row)
    _note(session, row, by="", now=now)
    return True


def record_cancelled(session: Session, row: Pulse, *, now: datetime, reason: str | None = None) -> bool:
    """Cancel it: nothing is shown of it, and what was answered is deleted; False if it has ended already.

    The row comes from `take_pulse`. `reason` says, as a sentence, why it could not be asked; without it the asker
    wanted it so. The box of an anonymous one is taken away by the next tick (`storage.ballot_box.sweep_boxes`).
    """
    if row.state not in ("planned", "open"):
        return False
    of_it = (col(PulseBallot.team_id) == row.team_id, col(PulseBallot.pulse_id) == row.id)
    session.exec(delete(PulseBallot).where(*of_it))
    row.state, row.ended_at, row.reason = "cancelled", now, reason
    _save(session, row)
    _note(session, row, by="" if reason else row.asker_id, now=now)
    return True


def _invite(session: Session, row: Pulse, invited: Mapping[str, str]) -> None:
    same = {"team_id": row.team_id, "pulse_id": row.id}
    if rows := [same | {"user_id": user_id, "region": region} for user_id, region in sorted(invited.items())]:
        session.execute(insert(PulseInvitation), rows)
    _save(session, row)


def _save(session: Session, row: Pulse) -> None:
    session.add(row)
    session.flush()


def _note(session: Session, row: Pulse, *, by: str, now: datetime) -> None:
    given: dict[str, Any] = {"deed": f"pulse.{row.state}", "subject": f"pulse {row.id}", "now": now}
    audit.record(session, team_id=row.team_id, by=by, after={"privacy": row.privacy}, **given)


def _columns(fields: PulseFields) -> dict[str, Any]:
    if fields.closes_at is None:
        raise ValueError("a pulse always has an end")
    return {
        "questions": questions_to_json(fields.questions), "audience": fields.audience.to_json(),
        "channel_id": fields.channel_id, "privacy": fields.privacy, "closes_at": fields.closes_at,
        "reminders": fields.reminders, "shares_results": fields.shares_results,
    }  # fmt: skip
