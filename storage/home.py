"""What the App Home shows from several tables, and the wish to have it drawn again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from storage import jobs
from storage.asset import Asset, AssetVersion
from storage.feedback import Feedback


@dataclass(frozen=True)
class OwnFeedback:
    """One thing that the person said: about which asset (by title, "" if none is known), and what became of it."""

    title: str
    row: Feedback


def list_newest_feedback(session: Session, *, team_id: str, user_id: str, limit: int) -> list[OwnFeedback]:
    """What a person said last, newest first; what they took back is left out."""
    query = (
        select(Feedback, AssetVersion.title)
        .join(AssetVersion, col(AssetVersion.id) == col(Feedback.asset_version_id), isouter=True)
        .where(Feedback.team_id == team_id, Feedback.user_id == user_id, col(Feedback.withdrawn_at).is_(None))
        .order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
        .limit(limit)
    )
    return [OwnFeedback(title=title or "", row=row) for row, title in session.exec(query)]


def count_assets(session: Session, *, team_id: str) -> int:
    """How many assets there are."""
    return session.exec(select(func.count()).select_from(Asset).where(Asset.team_id == team_id)).one()


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
