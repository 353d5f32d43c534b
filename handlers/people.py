"""People: who works here, and what an administrator says of them."""

from collections.abc import Callable

from bot.intake import Listener
from bot.jobs import Task
from storage import people as store


def read_person(task: Task) -> None:
    """Bring one person up to date with what Slack knows of them."""
    profile = task.reader.profile(task.payload["user_id"])
    with task.db.begin() as session:
        store.record_person(
            session,
            team_id=task.team_id,
            user_id=profile.user_id,
            now=task.now,
            name=profile.name,
            tz=profile.tz or None,
            is_active=profile.is_active,
        )


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {"people.read": read_person}
