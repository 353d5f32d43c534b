"""What the App Home counts for an admin, and the wish to have somebody's Home drawn again."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.domain.home import Health
from storage import jobs, model_use
from storage.asset import Announcement, Asset
from storage.jobs import Job
from storage.outbox import Outbox
from storage.workspace import get_heartbeat

LATELY = timedelta(days=7)  # in which messages that did not arrive are counted


def count_assets(session: Session, *, team_id: str) -> int:
    """How many assets there are."""
    return session.exec(select(func.count()).select_from(Asset).where(Asset.team_id == team_id)).one()


def count_announced(session: Session, *, team_id: str) -> int:
    """How many asset versions were announced in a channel."""
    versions = select(func.count(col(Announcement.asset_version_id).distinct())).where(Announcement.team_id == team_id)
    return int(session.exec(versions).one())


def read_health(session: Session, *, team_id: str, now: datetime, model: str) -> Health:
    """Whether all is well; `now` is the product's time, `model` the language model's name or ""."""
    states = select(Outbox.state, func.count()).where(
        Outbox.team_id == team_id,
        col(Outbox.state).in_(("failed", "uncertain", "pending")),
        Outbox.created_at >= now - LATELY,
    )
    messages = dict(session.exec(states.group_by(Outbox.state)).all())
    failed = select(func.count()).select_from(Job).where(Job.team_id == team_id, Job.state == "failed")
    use = model_use.list_use(session, team_id=team_id, since=(now - LATELY).date()) if model else []
    beat = get_heartbeat(session, team_id=team_id)
    return Health(
        ticked_at=beat.ticked_at if beat else None,
        failed=messages.get("failed", 0),
        uncertain=messages.get("uncertain", 0),
        waiting=messages.get("pending", 0),
        jobs_failed=int(session.exec(failed).one()),
        model=model,
        left_out=sum(one.left_out for one in use),
    )


def ask_for_home(session: Session, *, team_id: str, user_id: str, real_now: datetime) -> None:
    """Have a person's App Home drawn soon; several wishes at once are one.

    A drawing that is under way may have looked too early: then another one follows it.
    """
    for key in (_key(user_id), f"{_key(user_id)}:after"):
        state = jobs.find_state(session, team_id=team_id, key=key)
        if state == "pending":
            return  # it looks when it begins
        if state != "running":
            payload = {"user_id": user_id}
            jobs.add_job(
                session, team_id=team_id, kind="home.publish", key=key, payload=payload, now=real_now, again=True
            )
            return


def refresh_home(session: Session, *, team_id: str, user_id: str, real_now: datetime) -> None:
    """Something that a person's App Home shows has changed: draw it again if they have looked at it lately.

    Lately is as long as done jobs are kept; who opens it later gets it drawn anew in any case.
    """
    if jobs.find_state(session, team_id=team_id, key=_key(user_id)) is not None:
        ask_for_home(session, team_id=team_id, user_id=user_id, real_now=real_now)


def _key(user_id: str) -> str:
    return f"home:{user_id}"
