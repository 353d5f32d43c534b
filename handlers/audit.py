"""The audit trail, for whoever may read it: everybody their own lines, compliance and admins all of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.access import may
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import audit as views
from storage import audit_reading as store
from storage import denial, people
from storage.db import Database


def open_trail(session: Session, act: Act) -> Answer:
    """Show the newest lines."""
    view = _page(session, act, 0)
    return Answer(view=view) if act.view.get("type") == "modal" else Answer(modal=view)


def turn_page(session: Session, act: Act) -> Answer:
    """Show older or newer lines."""
    return Answer(view=_page(session, act, act.row_id))


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Write how often somebody was denied something on a day that is over; gives how many days were written."""
    written = 0
    while True:
        with db.read() as session:
            day = denial.find_open_day(session, team_id=team_id, now=now)
        if day is None:
            return written
        with db.begin() as session:
            written += denial.close_day(session, team_id=team_id, day=day, now=now) is not None


def _page(session: Session, act: Act, page: int) -> dict[str, Any]:
    of = None if may(act.actor, "read_trail") else act.actor.user_id
    total = store.count_entries(session, team_id=act.team_id, of=of)
    page = max(0, min(page, (total - 1) // views.PAGE_SIZE))
    found = store.list_entries(
        session, team_id=act.team_id, of=of, offset=page * views.PAGE_SIZE, limit=views.PAGE_SIZE
    )  # fmt: skip
    ids = {user_id for one in found for user_id in (one.by, one.about) if user_id}
    names = {one.user_id: one.name for one in people.find_by_ids(session, team_id=act.team_id, user_ids=ids)}
    shown = views.AuditPage(found, total, page, of is None)
    return views.audit_modal(shown, names, reader_id=act.actor.user_id, tz=act.actor.tz)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, open_trail, may="read_own_trail"),
    Listener("action", views.OPEN, open_trail, may="read_own_trail"),
    Listener("action", views.PREVIOUS, turn_page, may="read_own_trail"),
    Listener("action", views.NEXT, turn_page, may="read_own_trail"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
