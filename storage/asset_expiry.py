"""The expiry ladder's rows: which versions stand on it, what of it is settled, and the messages that were sent."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, case, cast, func, select
from sqlmodel import Session, col

from bot.domain.asset import CURRENT, Card, state_on
from bot.domain.asset_expiry import NOBODY, RUNGS, SET_LATER, Evidence, Rung, rungs_of, rungs_passed
from bot.domain.working_time import WorkingTime
from storage import jobs, outbox, slots
from storage.asset import AssetVersion, find_current_card
from storage.feedback import Feedback
from storage.outbox import Outbox
from storage.slots import Slot

SCHEDULE = "expiry"  # of slots: subject is the version, number the days before its last day
EXPIRED = "expired"  # of slots: the day on which a version was used for the last time has ended
AHEAD = timedelta(days=RUNGS[0] + 3)  # the first rung may be two days early, and it is tomorrow already somewhere
REFRESH = "expiry.refresh"  # the job that lets the ladder's messages say what is true


@dataclass(frozen=True)
class Ladder:
    """A version in use that has a last day. `settled` are the rungs that were sent or let pass, by their days.

    `orphaned` are those that were let pass because nobody answered for the version: somebody may do so by now.
    """

    version_id: int
    asset_id: int
    released_on: date
    expires_on: date
    settled: frozenset[int]
    orphaned: frozenset[int]

    def may_be_due(self, today: date) -> bool:
        """Whether a rung that is not settled has come by a day (in UTC), wherever its owner is."""
        rungs = rungs_of(self.expires_on, self.released_on)
        return any(one.days not in self.settled and one.working_day <= today + timedelta(days=1) for one in rungs)


def find_usable(session: Session, *, team_id: str, asset_id: int, today: date) -> Card | None:
    """The version of an asset that is to be used on a day, if there is one."""
    current = find_current_card(session, team_id=team_id, asset_id=asset_id)
    return current if current is not None and state_on(current, today) == CURRENT else None


def list_ladders(session: Session, *, team_id: str, today: date) -> list[Ladder]:
    """The versions in use that have come to their ladder by a day and are not at its end, the next to expire first."""
    version, slot = AssetVersion, Slot
    of_ladder = and_(col(slot.team_id) == team_id, col(slot.schedule) == SCHEDULE)
    last = select(col(slot.id)).where(of_ladder, col(slot.subject) == cast(col(version.id), String))
    last = last.where(col(slot.local_date) == col(version.expires_on), col(slot.number) == 0, ~_is_orphaned())
    query = (
        select(col(version.id), col(version.asset_id), col(version.released_at), col(version.expires_on))
        .where(col(version.team_id) == team_id, *_in_use(), ~last.exists())
        .where(col(version.expires_on) <= today + AHEAD)
        .order_by(col(version.expires_on), col(version.id))
    )
    rows = session.execute(query).all()
    settled: dict[tuple[str, date], set[int]] = defaultdict(set)
    orphaned: dict[tuple[str, date], set[int]] = defaultdict(set)
    if rows:
        known = select(col(slot.subject), col(slot.local_date), col(slot.number), _is_orphaned()).where(of_ladder)
        known = known.where(col(slot.subject).in_([str(row[0]) for row in rows]))
        for subject, day, number, is_orphaned in session.execute(known):
            ladders = orphaned if is_orphaned else settled
            ladders[subject, day + timedelta(days=number)].add(number)
    return [
        Ladder(
            version_id=version_id,
            asset_id=asset_id,
            released_on=released_at.date(),
            expires_on=expires_on,
            settled=frozenset(settled[str(version_id), expires_on]),
            orphaned=frozenset(orphaned[str(version_id), expires_on]),
        )
        for version_id, asset_id, released_at, expires_on in rows
    ]


def list_ended(session: Session, *, team_id: str, today: date) -> list[tuple[int, int, date]]:
    """The versions (with their asset and last day) that have expired by a day and of which nobody has been told yet."""
    version, slot = AssetVersion, Slot
    told = select(col(slot.id)).where(
        col(slot.team_id) == team_id,
        col(slot.schedule) == EXPIRED,
        col(slot.subject) == cast(col(version.id), String),
        col(slot.local_date) == col(version.expires_on),
    )
    query = (
        select(col(version.id), col(version.asset_id), col(version.expires_on))
        .where(col(version.team_id) == team_id, *_in_use(), col(version.expires_on) < today, ~told.exists())
        .order_by(col(version.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def count_evidence(session: Session, *, team_id: str, version_id: int, since: datetime) -> Evidence:
    """What was said of a version since then and not taken back, in numbers alone."""
    said = Feedback
    is_used = col(said.use) == "used_with_customer"

    def total(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    def different(condition: Any, column: Any) -> Any:
        return func.count(case((condition, column)).distinct())

    row = session.execute(
        select(
            func.count(col(said.user_id).distinct()),
            total(is_used),
            different(is_used, col(said.user_id)),
            different(is_used, func.nullif(col(said.region), "")),
            total(col(said.outcome) == "helped"),
            total(col(said.outcome) == "hurt"),
            func.count(col(said.rating)),
            func.coalesce(func.sum(col(said.rating)), 0),
        ).where(
            col(said.team_id) == team_id,
            col(said.asset_version_id) == version_id,
            col(said.created_at) >= since,
            col(said.withdrawn_at).is_(None),
        )
    ).one()
    return Evidence(*(int(number) for number in row))


def record_rung(
    session: Session,
    ladder: Ladder,
    rung: Rung,
    *,
    team_id: str,
    work: WorkingTime,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Settle a rung: sent in this same transaction or, with a `reason`, let pass. False if it is settled already."""
    slot = _find_rung(session, team_id=team_id, version_id=ladder.version_id, rung=rung)
    if slot is not None and slot.reason != NOBODY:
        return False
    slot = slot or slots.add_slot(
        session,
        team_id=team_id,
        schedule=SCHEDULE,
        subject=str(ladder.version_id),
        local_date=rung.day,
        due_at=rung.due_at(work),
        number=rung.days,
    )
    if reason is None:
        slots.record_done(session, slot, now=now)
    else:
        slots.record_skipped(session, slot, now=now, reason=reason)
    session.flush()
    return True


def record_ended(session: Session, *, team_id: str, version_id: int, last_day: date, now: datetime) -> None:
    """Whoever must know that a version has expired is told in this same transaction."""
    slot = slots.add_slot(
        session, team_id=team_id, schedule=EXPIRED, subject=str(version_id), local_date=last_day, due_at=now
    )
    slots.record_done(session, slot, now=now)


def record_last_day(session: Session, row: AssetVersion, *, expires_on: date, now: datetime, today: date) -> None:
    """Give a version a new last day; the rungs of it that have gone by are let pass."""
    row.expires_on = expires_on
    session.add(row)
    session.flush()
    pass_over(session, row, now=now, today=today)


def pass_over(session: Session, row: AssetVersion, *, now: datetime, today: date) -> None:
    """Somebody has set the last day today: they need no message that would have come before."""
    for rung in rungs_passed(row.expires_on, today) if row.expires_on else ():
        if _find_rung(session, team_id=row.team_id, version_id=row.id or 0, rung=rung) is None:
            slot = slots.add_slot(
                session,
                team_id=row.team_id,
                schedule=SCHEDULE,
                subject=str(row.id),
                local_date=rung.day,
                due_at=now,
                number=rung.days,
            )
            slots.record_skipped(session, slot, now=now, reason=SET_LATER)


def message_key(version_id: int, rung: Rung) -> str:
    """The key in the outbox of the ladder's message of a rung."""
    return f"{SCHEDULE}:{version_id}:{rung.day}:{rung.days}"


def list_messages(session: Session, *, team_id: str, asset_id: int) -> list[tuple[int, date, Outbox]]:
    """The ladder's messages about the versions of an asset: version, the last day that each was about, and itself."""
    query = select(Slot).where(*_sent_about(team_id, asset_id)).order_by(col(Slot.id))
    found = list(session.execute(query).scalars())
    keys = {message_key(int(slot.subject), Rung(slot.number, slot.local_date)): slot for slot in found}
    rows = session.execute(
        select(Outbox).where(col(Outbox.team_id) == team_id, col(Outbox.dedupe_key).in_(keys)).order_by(col(Outbox.id))
    ).scalars()
    return [(int(keys[row.dedupe_key].subject), _last_day(keys[row.dedupe_key]), row) for row in rows]


def list_said(session: Session, *, team_id: str, keys: list[str]) -> set[str]:
    """Those of the keys under which something stands in the outbox."""
    query = select(col(Outbox.dedupe_key)).where(col(Outbox.team_id) == team_id, col(Outbox.dedupe_key).in_(keys))
    return set(session.execute(query).scalars())


def record_message_change(session: Session, sent: Outbox, *, message: dict[str, Any], now: datetime) -> bool:
    """Let one of the ladder's messages say something else; False if that is what it says already."""
    changes = select(Outbox).where(col(Outbox.team_id) == sent.team_id, col(Outbox.after_id) == sent.id)
    changes = changes.where(col(Outbox.method) == "chat.update").order_by(col(Outbox.id).desc())
    latest = session.execute(changes.limit(1)).scalar() or sent
    if sent.state == "failed" or json.loads(latest.payload) == message:
        return False
    outbox.enqueue(
        session,
        team_id=sent.team_id,
        key=f"{sent.dedupe_key}:after:{latest.id}",
        target=sent.target,
        message=message,
        now=now,
        method="chat.update",
        after_id=sent.id,
    )
    return True


def ask_for_refresh(session: Session, *, team_id: str, asset_id: int, real_now: datetime) -> None:
    """Have the ladder's messages about an asset say what is true now; `real_now` is real time."""
    if session.execute(select(col(Slot.id)).where(*_sent_about(team_id, asset_id)).limit(1)).first() is None:
        return
    key = f"{REFRESH}:{asset_id}:{real_now.isoformat()}"
    jobs.add_job(session, team_id=team_id, kind=REFRESH, key=key, payload={"asset_id": asset_id}, now=real_now)


def _in_use() -> tuple[Any, ...]:
    """The conditions that a version is out, and that nobody has taken it out of use."""
    version = AssetVersion
    is_out = col(version.released_at).is_not(None)
    return (is_out, col(version.superseded_at).is_(None), col(version.retired_at).is_(None))


def _is_orphaned() -> Any:
    """The condition that a rung was let pass because nobody answered for the version."""
    return and_(col(Slot.state) == "skipped", func.coalesce(col(Slot.reason), "") == NOBODY)


def _sent_about(team_id: str, asset_id: int) -> tuple[Any, ...]:
    """The conditions that a slot stands for a message of the ladder about a version of the asset."""
    of_asset = select(cast(col(AssetVersion.id), String)).where(
        col(AssetVersion.team_id) == team_id, col(AssetVersion.asset_id) == asset_id
    )
    is_sent = and_(col(Slot.schedule) == SCHEDULE, col(Slot.state) == "done")
    return (col(Slot.team_id) == team_id, is_sent, col(Slot.subject).in_(of_asset))


def _find_rung(session: Session, *, team_id: str, version_id: int, rung: Rung) -> Slot | None:
    query = select(Slot).where(
        col(Slot.team_id) == team_id,
        col(Slot.schedule) == SCHEDULE,
        col(Slot.subject) == str(version_id),
        col(Slot.local_date) == rung.day,
        col(Slot.number) == rung.days,
    )
    return session.execute(query).scalar()


def _last_day(slot: Slot) -> date:
    return slot.local_date + timedelta(days=slot.number)
