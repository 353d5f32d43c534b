"""First contact: a short welcome by direct message, once: to admins at the installation, to others when they come."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot.intake import Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import welcome as views
from storage import erased, outbox, people, turns
from storage import welcome as store
from storage.db import Database


def run_due(db: Database, team_id: str, _now: datetime, settings: Settings) -> int:
    """Ask for the welcome of the admins whom nobody has welcomed yet, those in the settings too; gives how many."""
    named = settings.admin_user_ids
    with db.read() as session:
        admins = people.list_admins(session, team_id=team_id, admins=named)
        unknown = named - {one.user_id for one in people.find_by_ids(session, team_id=team_id, user_ids=named)}
        unknown -= erased.list_erased(session, team_id=team_id, user_ids=unknown)
    new = unknown | {one.user_id for one in admins if one.met_at is None}
    for user_id in sorted(new):
        with db.begin() as session:
            store.ask_for_welcome(session, team_id=team_id, user_id=user_id, real_now=datetime.now(UTC))
    return len(new)


def send_welcome(task: Task) -> None:
    """Welcome one person as what they are now, unless they have been."""
    user_id = str(task.payload["user_id"])
    with task.db.begin() as session:
        turns.take_turn(session, team_id=task.team_id, of=f"person {user_id}")
        if people.get_person(session, team_id=task.team_id, user_id=user_id) is None:
            if erased.list_erased(session, team_id=task.team_id, user_ids=[user_id]):
                return  # between the wish and now
            people.record_person(session, team_id=task.team_id, user_id=user_id, now=task.now)
        _welcome(session, task, user_id)


def _welcome(session: Session, task: Task, user_id: str) -> None:
    person = store.record_met(session, team_id=task.team_id, user_id=user_id, now=task.now)
    if person is None or not person.is_active:
        return
    actor = people.find_actor(
        session,
        team_id=task.team_id,
        user_id=user_id,
        admins=task.settings.admin_user_ids,
        default_tz=task.settings.default_tz,
    )
    outbox.enqueue(
        session,
        team_id=task.team_id,
        key=f"welcome:{user_id}:{task.now.isoformat()}",
        target=user_id,
        message=views.welcome_message(actor),
        now=task.now,
    )


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {store.WELCOME: send_welcome}
