"""People as Slack has them: each night, and after an import, who has left, who is back, and who lives elsewhere now."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot.domain.retention import last_due
from bot.intake import Listener
from bot.jobs import Task
from bot.people_list import CursorGone, read_page
from bot.profile import Profile
from bot.reader import Refused
from bot.settings import Settings
from storage import people_sync as store
from storage import workspace
from storage.db import Database

log = structlog.get_logger()

MOST_BEGINNINGS = 3  # of one look, where Slack forgets its place in the list


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Ask for the night's look once its hour has come; gives 1 if it was asked for now."""
    due = last_due(now, settings.default_tz)
    night = due.astimezone(ZoneInfo(settings.default_tz)).date()
    with db.read() as session:
        if store.is_asked_for(session, team_id=team_id, night=night):
            return 0
        met = workspace.get_workspace(session, team_id=team_id)
        if met is None or met.installed_at > due:
            return 0
    with db.begin() as session:  # of two processes at this moment the second adds nothing
        store.ask_for_night(session, team_id=team_id, night=night, real_now=datetime.now(UTC))
    return 1


def sync_people(task: Task) -> None:
    """Bring those on one page of Slack's list up to date whom the app knows, and ask for the next page.

    A page is a job: where Slack asks for patience, what has been read stays read.
    """
    try:
        profiles, following = read_page(task.reader, task.payload["cursor"])
    except Refused as error:
        log.warning("people not looked at", why=error.reason)
        return
    except CursorGone:
        _begin_anew(task)
        return
    seen = {profile.user_id: _facts(profile, task.team_id) for profile in profiles}
    with task.db.read() as session:
        changes = store.find_changes(session, team_id=task.team_id, seen=seen)
    if not changes and not following:
        return
    with task.db.begin() as session:
        store.record_changes(session, team_id=task.team_id, changes=sorted(changes.items()))
        if following:
            _ask(session, task, following, task.payload["begun"])


def _ask(session: Session, task: Task, cursor: str, begun: int) -> None:
    where = {"team_id": task.team_id, "look": task.payload["look"], "cursor": cursor}
    store.ask_for_page(session, **where, begun=begun, real_now=datetime.now(UTC))


def _begin_anew(task: Task) -> None:
    begun = task.payload["begun"]
    if begun >= MOST_BEGINNINGS:
        log.warning("people not all looked at", why="invalid_cursor")  # the next night comes
        return
    with task.db.begin() as session:
        _ask(session, task, "", begun + 1)


def _facts(profile: Profile, team_id: str) -> store.Facts:
    """What is known of a person now; a name or a zone that Slack does not tell stays as it was."""
    facts: dict[str, str | bool] = {"is_active": profile.is_active and profile.works_here(team_id)}
    if profile.name:
        facts["name"] = profile.name
    if profile.tz:
        facts["tz"] = profile.tz
    return facts


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {store.SYNC: sync_people}
