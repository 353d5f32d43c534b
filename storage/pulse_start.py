"""Sending a pulse: what was done with the last one is asked for first, or the reason for not waiting is kept (P5)."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, questions_to_json
from bot.domain.pulse_list import LastPulse
from storage.pulse import Pulse, add_pulse, fields_of, list_pulses, record_closes_at
from storage.pulse_jobs import ask_to_open, ask_to_tell
from storage.pulse_outcome import find_unanswered_outcome, record_outcome


def keep_line(session: Session, *, team_id: str, asker_id: str, fields: PulseFields, now: datetime) -> Pulse:
    """Plan a pulse of one line; the same line that was left unsent in the same channel is taken up again."""
    asked = questions_to_json(fields.questions)
    for row in list_pulses(session, team_id=team_id, asker_id=asker_id, states=("planned",)):
        if row.questions == asked and row.channel_id == fields.channel_id:
            if fields.closes_at is not None:
                record_closes_at(session, row, closes_at=fields.closes_at)
            row.privacy = fields.privacy
            session.add(row)
            session.flush()
            return row
    return add_pulse(session, team_id=team_id, asker_id=asker_id, fields=fields, now=now)


def find_untold(
    session: Session, *, team_id: str, asker_id: str, audience: Audience, group: Collection[str]
) -> Pulse | None:
    """The asker's last pulse to the same people, if they have not heard yet what was done with it; None otherwise.

    `group` are the user ids of those who are to be asked. Where only Slack knows who they are, it holds at least them,
    and the people of the same channel or user group are the same people, too.
    """
    found = find_unanswered_outcome(session, team_id=team_id, asker_id=asker_id, invited=group)
    places = {*audience.channel_ids, *audience.user_group_ids}
    if found is not None or not places:
        return found
    for before in list_pulses(session, team_id=team_id, asker_id=asker_id, states=("closed",)):
        asked = fields_of(before).audience
        if places & {*asked.channel_ids, *asked.user_group_ids}:
            return before if before.outcome is None else None
    return None


def start(session: Session, row: Pulse, *, group: Collection[str], real_now: datetime) -> LastPulse | None:
    """Send a planned pulse on its way; or give the last one, of which its people must hear first.

    A pulse whose asker has given a reason not to wait goes out.
    """
    untold = None
    if row.overrides_id is None:
        audience = fields_of(row).audience
        untold = find_untold(session, team_id=row.team_id, asker_id=row.asker_id, audience=audience, group=group)
    if untold is None:
        ask_to_open(session, row, real_now)
        return None
    return LastPulse(untold.id or 0, fields_of(untold).questions[0].text, untold.ended_at)


def tell_and_start(
    session: Session, row: Pulse, *, last: Pulse, outcome: str, now: datetime, real_now: datetime
) -> None:
    """Keep and tell what was done with the last pulse, and send the next one. `now` is the product's time."""
    if record_outcome(session, last, outcome=outcome, now=now):
        ask_to_tell(session, last, real_now)
    ask_to_open(session, row, real_now)


def override_and_start(session: Session, row: Pulse, *, last: Pulse, reason: str, real_now: datetime) -> None:
    """Keep why the last pulse is not waited for, and send the next one."""
    row.overrides_id, row.override_reason = last.id, reason
    session.add(row)
    session.flush()
    ask_to_open(session, row, real_now)
