"""The message of a pulse in its channel: posted once, and changed so often as Slack can bear and no oftener."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, func, select, update

from bot.domain.pulse import shows_live, takes_one_tap
from bot.domain.pulse_post import PulsePost
from storage import outbox, people
from storage.outbox import Outbox
from storage.pulse import Pulse, PulseBallot, count_invited, fields_of
from storage.pulse_ballot import count_answered

POST = "pulse.post:"  # with the id of the pulse: the key of its message in the channel


def read_post(session: Session, row: Pulse, *, default_tz: str, answered: int | None = None) -> PulsePost:
    """What the messages of a pulse show now; `answered` comes from the box of an anonymous one (else None)."""
    fields, asker = fields_of(row), people.get_person(session, team_id=row.team_id, user_id=row.asker_id)
    if answered is None:
        answered = 0 if row.privacy == "anonymous" else count_answered(session, row)
    is_counted = shows_live(row.privacy) and takes_one_tap(fields.questions)
    return PulsePost(
        pulse_id=row.id or 0,
        fields=fields,
        state=row.state,
        asker=asker.name if asker else "",
        tz=(asker.tz if asker else "") or default_tz,
        invited=count_invited(session, row),
        answered=answered,
        counts=_count_choices(session, row, len(fields.questions[0].labels)) if is_counted else (),
        reason=row.reason or "",
    )


def add_post(session: Session, row: Pulse, *, message: dict[str, Any], now: datetime) -> Outbox:
    """Post a pulse in its channel, once."""
    return outbox.enqueue(
        session,
        team_id=row.team_id,
        key=f"{POST}{row.id}",
        target=row.channel_id,
        message=message,
        now=now,
        lane="announcement",
    )


def find_post(session: Session, row: Pulse) -> Outbox | None:
    """The message in the channel, None if it was never posted in one."""
    return session.exec(
        select(Outbox).where(Outbox.team_id == row.team_id, Outbox.dedupe_key == f"{POST}{row.id}")
    ).first()


def record_shown(session: Session, row: Pulse, *, message: dict[str, Any], now: datetime) -> bool:
    """Let the message in the channel say this from now on; False if it does, or if there is none.

    A change that waits to be sent is changed itself, so that there is never more than one waiting. The row comes from
    `take_pulse`, and the message from what was read after that: so the later one has the last word, and a vote that
    left the refresh to a job that was already waiting is counted by it.
    """
    post = find_post(session, row)
    if post is None or post.state == "failed":
        return False
    of_it = (col(Outbox.team_id) == row.team_id, col(Outbox.after_id) == post.id, col(Outbox.method) == "chat.update")
    query = select(Outbox).where(*of_it).order_by(col(Outbox.id).desc()).limit(1)
    latest = session.exec(query.execution_options(populate_existing=True)).first() or post
    if json.loads(latest.payload) == message:
        return False
    if latest is not post:
        waits = (col(Outbox.team_id) == row.team_id, col(Outbox.id) == latest.id, col(Outbox.state) == "pending")
        change = update(Outbox).where(*waits).values(payload=json.dumps(message, ensure_ascii=False))
        if session.exec(change).rowcount:
            return True
    outbox.enqueue(
        session,
        team_id=row.team_id,
        key=f"pulse.change:{post.id}:{latest.id}",
        target=row.channel_id,
        message=message,
        now=now,
        lane="announcement",
        method="chat.update",
        after_id=post.id,
    )
    return True


def list_refused_posts(session: Session, *, team_id: str) -> list[tuple[int, str]]:
    """The open pulses whose message Slack refused, each with Slack's word for why."""
    key = literal(POST) + cast(col(Pulse.id), String)
    query = select(Pulse.id, Outbox.reason).join(Outbox, col(Outbox.dedupe_key) == key)
    query = query.where(Pulse.team_id == team_id, Pulse.state == "open", Pulse.channel_id != "")
    found = session.exec(query.where(Outbox.team_id == team_id, Outbox.state == "failed"))
    return [(pulse_id or 0, reason or "") for pulse_id, reason in found]


def _count_choices(session: Session, row: Pulse, labels: int) -> tuple[int, ...]:
    query = select(PulseBallot.choice, func.count()).where(PulseBallot.team_id == row.team_id)
    query = query.where(PulseBallot.pulse_id == row.id, PulseBallot.question == 0).group_by(col(PulseBallot.choice))
    counted = dict(session.exec(query).all())
    return tuple(counted.get(choice, 0) for choice in range(labels))
