"""Privacy: everybody sees what is stored about them, and takes a copy of it."""

from collections.abc import Callable

from sqlmodel import Session

from bot import asking
from bot.domain.people import DEPARTMENT_LABELS, ROLE_LABELS
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.views import export as export_views
from bot.views import privacy as views
from storage import audit, outbox, own_data, people


def ask_for_privacy(session: Session, act: Act) -> Answer:
    """`/groundswell privacy`, or its button: what is stored about whoever asks, in plain words."""
    view = views.privacy_modal(_page(session, act))
    return Answer(view=view) if act.view.get("type") == "modal" else Answer(modal=view)


def send_own_data(session: Session, act: Act) -> Answer:
    """Send whoever asks what is stored about them, once a minute at most."""
    key = f"own_data:{act.actor.user_id}:{act.now:%Y-%m-%dT%H:%M}"
    if outbox.find_message(session, team_id=act.team_id, key=key) is None:
        message = export_views.own_message(act.today)
        outbox.enqueue(
            session, team_id=act.team_id, key=key, target=act.actor.user_id, message=message, now=act.now
        )  # fmt: skip
        by = act.actor.user_id
        audit.record(session, team_id=act.team_id, by=by, deed="own_data.sent", about=by, now=act.now)
    return Answer(view=views.privacy_modal(_page(session, act), views.ON_ITS_WAY))


def _page(session: Session, act: Act) -> views.PrivacyPage:
    actor, settings = act.actor, act.settings
    person = people.get_person(session, team_id=act.team_id, user_id=actor.user_id)
    hours = str(asking.working_time(person, settings).hours) if person else ""
    roles = ", ".join(label for role, label in ROLE_LABELS.items() if role in actor.roles)
    facts = (actor.name, roles, DEPARTMENT_LABELS.get(actor.department, ""), actor.region, actor.tz, hours)
    admins = people.list_admins(session, team_id=act.team_id, admins=settings.admin_user_ids)
    return views.PrivacyPage(
        facts=facts,
        counts=own_data.count_own(session, team_id=act.team_id, user_id=actor.user_id),
        feedback_months=settings.keep_feedback_months,
        thread_months=settings.keep_thread_months,
        pulse_months=settings.keep_pulse_months,
        admins=tuple(one.name for one in admins if one.name),
    )


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_privacy, may="export_own", reads=True),
    Listener("action", views.OPEN, ask_for_privacy, may="export_own", reads=True),
    Listener("action", views.SEND, send_own_data, may="export_own"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
