"""Figures about the work under way, for /metrics and /readyz: numbers only, no text, no names, no ids."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from storage.jobs import Job
from storage.outbox import Outbox
from storage.workspace import get_heartbeat


@dataclass(frozen=True)
class Figures:
    """How many rows are in each state, when the oldest waiting message was written (product time), the last tick."""

    outbox: dict[str, int]
    jobs: dict[str, int]
    oldest_pending_at: datetime | None
    ticked_at: datetime | None


def get_figures(session: Session, *, team_id: str) -> Figures:
    """The figures of one workspace, as they are now."""
    outbox = select(Outbox.state, func.count()).where(Outbox.team_id == team_id).group_by(Outbox.state)
    jobs = select(Job.state, func.count()).where(Job.team_id == team_id).group_by(Job.state)
    waiting = select(func.min(Outbox.created_at)).where(Outbox.team_id == team_id, col(Outbox.state) == "pending")
    beat = get_heartbeat(session, team_id=team_id)
    return Figures(
        outbox=dict(session.exec(outbox).all()),
        jobs=dict(session.exec(jobs).all()),
        oldest_pending_at=session.exec(waiting).one(),
        ticked_at=beat.ticked_at if beat else None,
    )
