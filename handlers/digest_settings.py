"""What people want of their digest: the day, the hour, how much, how often; from a button or `/digest settings`."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot.digesting import variant_of
from bot.domain.digest_plan import USUAL_PLANS, next_due
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.views import digest as views
from bot.views import digest_settings as settings_views
from storage import digest_settings as store
from storage import home, slots


def open_settings(session: Session, act: Act) -> Answer:
    """Open the form with what holds now."""
    variant = variant_of(act.actor)
    plan = store.find_setting(session, team_id=act.team_id, user_id=act.actor.user_id)
    return Answer(modal=settings_views.settings_modal(plan or USUAL_PLANS[variant], variant))


def save_settings(session: Session, act: Act) -> Answer:
    """Keep what the form says; a date that has had its digest gets no second one."""
    who = {"team_id": act.team_id, "user_id": act.actor.user_id}
    try:
        plan = settings_views.plan_in(act.form)
    except ValueError:
        raise FormErrors({"rhythm": settings_views.BAD}) from None
    store.record_setting(session, **who, plan=plan, now=act.now)
    last = slots.find_last_date(session, team_id=act.team_id, schedule="digest", subject=act.actor.user_id)
    home.refresh_home(session, **who, real_now=datetime.now(UTC))
    return Answer(
        view=settings_views.saved_modal(plan, next_due(plan, act.now, act.actor.tz, after=last), act.actor.tz)
    )


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.SETTINGS, open_settings, may="read_own_digest"),
    Listener("submission", views.SETTINGS, save_settings, may="read_own_digest"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
