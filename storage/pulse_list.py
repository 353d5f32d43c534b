"""The list of somebody's pulses, read a page at a time, and what is told of each."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.access import Actor
from bot.domain.own_group import group_words
from bot.domain.pulse import PulseFields, asks_own_group
from bot.domain.pulse_list import PAGE_SIZE, ListPage, PulseCard, SeriesCard
from bot.domain.pulse_series import next_date, sent_at
from bot.domain.pulse_template import TEMPLATES
from storage import slots
from storage.own_group import find_own_group
from storage.pulse import Pulse, fields_of, list_pulses
from storage.pulse_ballot import count_answered
from storage.pulse_series import SCHEDULE, PulseSeries, list_series, series_of


def read_page(session: Session, actor: Actor, *, page: int, now: datetime, channel_id: str = "") -> ListPage:
    """A page of somebody's pulses, newest first; the last one there is for a page beyond it."""
    mine = list_pulses(session, team_id=actor.team_id, asker_id=actor.user_id)
    page = max(0, min(page, (len(mine) - 1) // PAGE_SIZE))
    shown = mine[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    recurring = list_series(session, team_id=actor.team_id, asker_id=actor.user_id) if page == 0 else []
    return ListPage(
        cards=[_card(session, actor, row) for row in shown],
        total=len(mine),
        number=page,
        series=[_series_card(session, actor, row, now) for row in recurring],
        templates=TEMPLATES,
        tz=actor.tz,
        channel_id=channel_id,
    )


def group_words_for(session: Session, asker: Actor, fields: PulseFields) -> str:
    """Whom a pulse means when this person asks, plain text; the channel in which it is posted is not named."""
    audience = replace(fields.audience, channel_ids=()) if fields.channel_id else fields.audience
    if not asks_own_group(asker.roles):
        return group_words(audience)
    return group_words(audience, find_own_group(session, team_id=asker.team_id, manager_id=asker.user_id))


def next_sent(session: Session, row: PulseSeries, now: datetime, tz: str) -> datetime:
    """When the next one of a recurring pulse goes out."""
    last = slots.list_last_dates(session, team_id=row.team_id, schedule=SCHEDULE).get(str(row.id))
    cadence = series_of(row).cadence
    return sent_at(next_date(cadence, row.starts_on, after=last, now=now, tz=tz), cadence, tz)


def _card(session: Session, actor: Actor, row: Pulse) -> PulseCard:
    fields = fields_of(row)
    can_edit = row.state != "open" or row.privacy == "confidential"  # of one that hides counts nothing is told here
    if row.state == "open" and row.privacy == "named":
        can_edit = not count_answered(session, row)
    return PulseCard(
        pulse_id=row.id or 0,
        fields=fields,
        state=row.state,
        group=group_words_for(session, actor, fields),
        ended_at=row.ended_at,
        can_edit=can_edit,
        reason=row.reason or "",
        outcome=row.outcome or "",
    )


def _series_card(session: Session, actor: Actor, row: PulseSeries, now: datetime) -> SeriesCard:
    fields = series_of(row)
    return SeriesCard(
        series_id=row.id or 0,
        fields=fields.pulse,
        group=group_words_for(session, actor, fields.pulse),
        when=fields.cadence.in_words(),
        next_at=next_sent(session, row, now, actor.tz),
    )
