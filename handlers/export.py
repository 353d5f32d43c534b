"""Exports of everything, by an admin: as a file in a direct message, and in the audit trail."""

from collections.abc import Callable

from sqlmodel import Session

from bot.access import Denied, may
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.views import export as views
from bot.views import kit
from bot.views import people as people_views
from storage import audit, outbox, people
from storage import export as store

MOST_ROWS = 100_000  # a file of them takes about five seconds of one core

REFUSED = "An export of everything is for admins, and each one is written down. "
OWN = " What is stored about you comes with `/groundswell privacy`."


def ask_for_export(session: Session, act: Act) -> Answer:
    """`/groundswell export` opens the form; whoever is no admin hears who is, and how to get their own data."""
    if not may(act.actor, "export_all"):
        admins = people.list_admins(session, team_id=act.team_id, admins=act.settings.admin_user_ids)
        raise Denied(REFUSED + people_views.only_an_admin([one.name for one in admins if one.name]) + OWN)
    return Answer(modal=views.export_modal())


def send_export(session: Session, act: Act) -> Answer:
    """Send the file to whoever asked, once for each form; it is made of the rows as they are when it goes out."""
    kind = str(act.form.get("kind") or "")
    if kind not in views.KINDS:
        raise FormErrors({"kind": "Choose one of the two."})
    rows = store.count_rows(session, team_id=act.team_id)
    if rows > MOST_ROWS:
        raise FormErrors({"kind": views.too_large(rows)})
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"export:{act.actor.user_id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=views.everything_message(kind, act.today),
        now=act.now,
    )
    by, subject = act.actor.user_id, f"everything as {kind}"
    audit.record(session, team_id=act.team_id, by=by, deed="data.exported", subject=subject, now=act.now)
    return Answer(view=kit.notice_modal(views.ON_ITS_WAY, "Export"))


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_export, may="see_home"),
    Listener("action", views.OPEN, ask_for_export, may="export_all"),
    Listener("submission", views.SEND, send_export, may="export_all"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
