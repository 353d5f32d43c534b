"""What an admin has set in Slack in place of the environment's settings, and the channels as they were last read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from bot.settings import Settings
from storage.db import leave_work
from storage.turns import take_turn

WORK = "settings"  # what a changed setting leaves behind: whoever remembers settings is woken


class WorkspaceSetting(SQLModel, table=True):
    """One saved setting, as it is typed (`bot.domain.workspace_settings`); without a row the environment's holds."""

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str
    changed_by: str
    changed_at: datetime


class ListenedChannels(SQLModel, table=True):
    """The channels that the app was in when it last asked: names of public ones (JSON), and how many are private."""

    team_id: str = Field(primary_key=True)
    names: str
    private: int
    read_at: datetime


@dataclass(frozen=True)
class Channels:
    """The same, as screens show it."""

    names: tuple[str, ...]
    private: int
    read_at: datetime


def list_saved(session: Session, *, team_id: str) -> dict[str, WorkspaceSetting]:
    """What is saved, by name."""
    found = session.exec(select(WorkspaceSetting).where(WorkspaceSetting.team_id == team_id))
    return {row.name: row for row in found}


def in_force(session: Session, settings: Settings, *, team_id: str) -> Settings:
    """The settings that hold in a workspace now; `settings` are the environment's, or were in force before."""
    query = select(WorkspaceSetting.name, WorkspaceSetting.value).where(WorkspaceSetting.team_id == team_id)
    return settings.with_saved(dict(session.exec(query).all()))


def take_settings(session: Session, *, team_id: str) -> dict[str, WorkspaceSetting]:
    """The same as `list_saved` for whoever is going to change it: nobody else does until this transaction ends."""
    take_turn(session, team_id=team_id, of="settings")
    return list_saved(session, team_id=team_id)


def record_setting(session: Session, *, team_id: str, name: str, value: str | None, by: str, now: datetime) -> None:
    """Save a setting, as it is typed; or (`value` is None) let the environment's hold again."""
    row = session.get(WorkspaceSetting, (team_id, name))
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(WorkspaceSetting(team_id=team_id, name=name, value=value, changed_by=by, changed_at=now))
    else:
        row.value, row.changed_by, row.changed_at = value, by, now
        session.add(row)
    session.flush()
    leave_work(session, WORK)


def get_channels(session: Session, *, team_id: str) -> Channels | None:
    """Where the app listens, as it was last read; None if it never was."""
    row = session.get(ListenedChannels, team_id)
    return Channels(tuple(json.loads(row.names)), row.private, row.read_at) if row else None


def record_channels(session: Session, *, team_id: str, names: Sequence[str], private: int, now: datetime) -> None:
    """Remember where the app listens."""
    kept = json.dumps(sorted(names), ensure_ascii=False)
    session.merge(ListenedChannels(team_id=team_id, names=kept, private=private, read_at=now))
    session.flush()
