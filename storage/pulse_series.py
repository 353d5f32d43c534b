"""Recurring pulses: what goes out again and again, on which days, and the last one of each (P5)."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from bot.domain.audience import Audience
from bot.domain.check_in import Cadence
from bot.domain.pulse import PulseFields, questions_from_json, questions_to_json
from bot.domain.pulse_series import SeriesFields
from bot.errors import BotError
from storage.pulse import Pulse
from storage.turns import take_turn

EDITED = (
    "Somebody else has changed this pulse since you opened the form, so nothing was saved. What you typed is still "
    "here; open the pulse once more to see theirs."
)
SCHEDULE = "pulse"  # of the slots: one for each day on which one is due


class PulseSeries(SQLModel, table=True):
    """A recurring pulse.

    `questions`, `audience` and `cadence` are JSON, the rest as in `storage.pulse.Pulse`. It goes out from `starts_on`
    until `stopped_at`, each time for `open_minutes`. `version` counts the edits. `last_pulse_id` is the last one.
    """

    __table_args__ = (Index("pulse_series_by_team", "team_id", "stopped_at"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asker_id: str
    questions: str
    audience: str
    channel_id: str = ""
    privacy: str
    reminders: bool = False
    shares_results: bool = False
    cadence: str
    open_minutes: int
    starts_on: date
    version: int = 1
    last_pulse_id: int | None = Field(default=None, foreign_key="pulse.id")
    stopped_at: datetime | None = None
    created_at: datetime


def add_series(session: Session, first: Pulse, *, fields: SeriesFields, starts_on: date, now: datetime) -> PulseSeries:
    """Let a pulse (`first`) go out again and again, from `starts_on` on."""
    row = PulseSeries(
        team_id=first.team_id,
        asker_id=first.asker_id,
        starts_on=starts_on,
        last_pulse_id=first.id,
        created_at=now,
        **_columns(fields),
    )
    return _saved(session, row)


def get_series(session: Session, *, team_id: str, series_id: int) -> PulseSeries | None:
    """One recurring pulse of this workspace, or None."""
    return session.exec(select(PulseSeries).where(PulseSeries.team_id == team_id, PulseSeries.id == series_id)).first()


def take_series(session: Session, *, team_id: str, series_id: int) -> PulseSeries | None:
    """The same for somebody who is going to change it: of two at the same moment the second waits for the first."""
    take_turn(session, team_id=team_id, of=f"pulse_series {series_id}")
    return get_series(session, team_id=team_id, series_id=series_id)


def list_series(session: Session, *, team_id: str, asker_id: str | None = None) -> list[PulseSeries]:
    """The recurring pulses that have not been stopped, all or one asker's, the oldest first."""
    query = select(PulseSeries).where(PulseSeries.team_id == team_id, col(PulseSeries.stopped_at).is_(None))
    query = query.where(PulseSeries.asker_id == asker_id) if asker_id is not None else query
    return list(session.exec(query.order_by(col(PulseSeries.id))))


def series_of(row: PulseSeries) -> SeriesFields:
    """What a row says, as its form has it."""
    pulse = PulseFields(
        questions=questions_from_json(row.questions),
        audience=Audience.from_json(row.audience),
        channel_id=row.channel_id,
        privacy=row.privacy,
        closes_at=None,
        reminders=row.reminders,
        shares_results=row.shares_results,
    )
    return SeriesFields(pulse, Cadence.from_json(row.cadence), timedelta(minutes=row.open_minutes))


def record_series(session: Session, row: PulseSeries, *, fields: SeriesFields, version: int) -> None:
    """Put checked fields in the place of those that are there; `version` is the one that whoever edits has seen.

    Raises:
        BotError: somebody else has edited it since.
    """
    if row.version != version:
        raise BotError(EDITED)
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    row.version = version + 1
    _saved(session, row)


def record_stopped(session: Session, row: PulseSeries, *, now: datetime) -> None:
    """No further one goes out."""
    row.stopped_at, row.version = row.stopped_at or now, row.version + 1
    _saved(session, row)


def record_sent(session: Session, row: PulseSeries, pulse: Pulse) -> None:
    """Another one is on its way, in this same transaction."""
    row.last_pulse_id = pulse.id
    _saved(session, row)


def _saved(session: Session, row: PulseSeries) -> PulseSeries:
    session.add(row)
    session.flush()
    return row


def _columns(fields: SeriesFields) -> dict[str, Any]:
    return {
        "questions": questions_to_json(fields.pulse.questions),
        "audience": fields.pulse.audience.to_json(),
        "channel_id": fields.pulse.channel_id,
        "privacy": fields.pulse.privacy,
        "reminders": fields.pulse.reminders,
        "shares_results": fields.pulse.shares_results,
        "cadence": fields.cadence.to_json(),
        "open_minutes": int(fields.open_for.total_seconds() // 60),
    }
