"""The workspaces that Groundswell is installed in, and the proof that its clock lives."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select, update

from storage import audit
from storage.db import run_statement


class Workspace(SQLModel, table=True):
    """A Slack workspace; `installed_at` is when the app first met it: nothing is due before."""

    team_id: str = Field(primary_key=True)
    name: str = ""
    bot_user_id: str = ""
    installed_at: datetime


class Heartbeat(SQLModel, table=True):
    """When the clock last ticked, in real time; `now` is the product's time at that tick."""

    team_id: str = Field(primary_key=True)
    ticked_at: datetime
    now: datetime


def record_workspace(session: Session, *, team_id: str, name: str, bot_user_id: str, now: datetime) -> Workspace:
    """Remember the workspace, or bring its name up to date; `installed_at` stays as it was first."""
    workspace = session.get(Workspace, team_id)
    if workspace is None:
        with suppress(IntegrityError), session.begin_nested():  # another process starts at this moment
            session.add(Workspace(team_id=team_id, installed_at=now))
        workspace = session.get_one(Workspace, team_id)
    workspace.name, workspace.bot_user_id = name or workspace.name, bot_user_id or workspace.bot_user_id
    session.add(workspace)
    session.flush()
    audit.begin_trail(session, team_id=team_id)
    return workspace


def get_workspace(session: Session, *, team_id: str) -> Workspace | None:
    """The workspace, or None if the app never met it."""
    return session.get(Workspace, team_id)


def find_bot_user(session: Session, *, team_id: str) -> str:
    """The app's own user in the workspace, "" if it never met it."""
    return str(run_statement(session, _BOT_USER, team=team_id).scalar() or "")


_BOT_USER = select(Workspace.bot_user_id).where(Workspace.team_id == bindparam("team"))


def list_workspaces(session: Session) -> list[Workspace]:
    """All workspaces, in the order of their ids."""
    return list(session.exec(select(Workspace).order_by(col(Workspace.team_id))))


def record_heartbeat(session: Session, *, team_id: str, ticked_at: datetime, now: datetime) -> None:
    """The clock ticked: `ticked_at` on the real clock, `now` on the product's."""
    beat = {"ticked_at": ticked_at, "now": now}
    if session.exec(update(Heartbeat).where(col(Heartbeat.team_id) == team_id).values(**beat)).rowcount:
        return
    with suppress(IntegrityError), session.begin_nested():  # another process ticks for the first time at this moment
        session.add(Heartbeat(team_id=team_id, **beat))


def get_heartbeat(session: Session, *, team_id: str) -> Heartbeat | None:
    """The last tick, or None if the clock never ran."""
    return session.get(Heartbeat, team_id)
