"""Slack's user groups by name, as they were last read: forms offer them, and only a job may ask Slack."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage import jobs

READ = "user_group.read"  # the job that reads them, and who is in those that are somebody's own group


class UserGroup(SQLModel, table=True):
    """One of Slack's user groups, as it was called when it was last read."""

    team_id: str = Field(primary_key=True)
    user_group_id: str = Field(primary_key=True)
    name: str


def list_user_groups(session: Session, *, team_id: str) -> dict[str, str]:
    """Slack's user groups as they were last read, ids with names, by name."""
    query = select(UserGroup).where(UserGroup.team_id == team_id).order_by(UserGroup.name, UserGroup.user_group_id)
    return {one.user_group_id: one.name for one in session.exec(query)}


def record_user_groups(session: Session, *, team_id: str, groups: dict[str, str]) -> None:
    """These are the user groups that there are now."""
    session.exec(delete(UserGroup).where(col(UserGroup.team_id) == team_id))
    for user_group_id, name in groups.items():
        session.add(UserGroup(team_id=team_id, user_group_id=user_group_id, name=name))
    session.flush()


def ask_to_read(session: Session, *, team_id: str, real_now: datetime) -> None:
    """Have them read soon; several wishes at once are one, and one that is under way is followed by another."""
    for key in (READ, f"{READ}:after"):
        if jobs.add_job(session, team_id=team_id, kind=READ, key=key, payload={}, now=real_now, again=True):
            return
