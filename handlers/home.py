"""The App Home: drawn when it is opened, and again when something in it has changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.access import Actor, may
from bot.digesting import variant_of
from bot.domain.digest_plan import USUAL_PLANS, next_due
from bot.domain.feedback import OUTCOMES, REACTION_MEANINGS, USES
from bot.domain.pulse_finding import OwnPulse
from bot.intake import Act, Listener
from bot.jobs import Task
from bot.reader import Channel, Refused
from bot.views import ask as ask_views
from bot.views import digest_settings as settings_views
from bot.views import filed_away_owner
from bot.views import home as views
from storage import ask_stop, digest_settings, filed_away_result, people, pulse_finding, slots
from storage import home as store
from storage.feedback import Feedback

NEWEST = 5


def open_home(session: Session, act: Act) -> None:
    """Ask for the Home to be drawn; the tab with the messages needs nothing."""
    if act.event.get("tab") in (None, "home"):
        store.ask_for_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))


def publish_home(task: Task) -> None:
    """Draw the Home of one person as things are now."""
    user_id = task.payload["user_id"]
    try:
        channels: list[Channel] | None = task.reader.listened_channels()
    except Refused:
        channels = None
    with task.db.read() as session:
        actor = people.find_actor(
            session,
            team_id=task.team_id,
            user_id=user_id,
            admins=task.settings.admin_user_ids,
            default_tz=task.settings.default_tz,
        )
        page = _page(session, task, actor, channels)
    task.publish_home(user_id, views.home_view(page))


def _page(session: Session, task: Task, actor: Actor, channels: list[Channel] | None) -> views.HomePage:
    newest = store.list_newest_feedback(session, team_id=task.team_id, user_id=actor.user_id, limit=NEWEST)
    person = people.get_person(session, team_id=task.team_id, user_id=actor.user_id)
    stops = ask_stop.list_stops(session, team_id=task.team_id, user_id=actor.user_id)
    return views.HomePage(
        name=actor.name,
        is_marketer=may(actor, "keep_assets"),
        tz=actor.tz,
        feedback=[
            views.FeedbackLine(title=_title(own), told=_told(own.row), status=_status(own.row), at=own.row.created_at)
            for own in newest
        ],
        channels=None if channels is None else sorted(one.name for one in channels if not one.is_private),
        private_channels=sum(one.is_private for one in channels or []),
        asked=asking.asked_this_week(session, person, task.now, task.settings) if person else 0,
        ask_budget=task.settings.ask_budget,
        stops=[ask_views.Stopped(one.stop_key, one.label) for one in stops],
        waiting=pulse_finding.list_waiting(session, team_id=task.team_id, user_id=actor.user_id),
        pulses=_pulses(session, task, actor) if may(actor, "start_pulses") else None,
        checks=_checks(session, task, actor) if may(actor, "keep_assets") else [],
        digest=_digest(session, task, actor),
        set_up=_set_up(session, task, channels) if may(actor, "set_people") else None,
    )


def _digest(session: Session, task: Task, actor: Actor) -> list[dict[str, Any]]:
    """When the person's next digest comes."""
    who, variant = {"team_id": task.team_id, "user_id": actor.user_id}, variant_of(actor)
    plan = digest_settings.find_setting(session, **who) or USUAL_PLANS[variant]
    last = slots.find_last_date(session, team_id=task.team_id, schedule="digest", subject=actor.user_id)
    return settings_views.home_blocks(next_due(plan, task.now, actor.tz, after=last), actor.tz, variant)


def _pulses(session: Session, task: Task, actor: Actor) -> list[OwnPulse]:
    return pulse_finding.list_own(session, team_id=task.team_id, user_id=actor.user_id)


def _checks(session: Session, task: Task, actor: Actor) -> list[str]:
    """The latest verdicts about the person's own assets, a line each."""
    own = filed_away_result.list_own(session, team_id=task.team_id, owner_id=actor.user_id, limit=NEWEST)
    return [filed_away_owner.own_line(title, version, found) for title, version, found in own]


def _set_up(session: Session, task: Task, channels: list[Channel] | None) -> list[views.SetUpStep]:
    admins = task.settings.admin_user_ids
    given = {one.user_id for one in people.list_admins(session, team_id=task.team_id, admins=admins)}
    return views.set_up_steps(
        marketers=len(people.list_people(session, team_id=task.team_id, role="marketer")),
        admins=len(given | admins),
        assets=store.count_assets(session, team_id=task.team_id),
        channels=None if channels is None else len(channels),
        official_form_url=task.settings.official_form_url,
    )


def _title(own: store.OwnFeedback) -> str:
    return own.title or ("A check-in" if own.row.source == "check_in" else "")


def _told(row: Feedback) -> str:
    """What was said, in a few words; what is on hold is repeated nowhere."""
    if row.held_for:
        return ""
    rating = f"{row.rating} of 5" if row.rating else ""
    use, outcome = USES.get(row.use or "", ""), OUTCOMES.get(row.outcome or "", "")
    reaction = REACTION_MEANINGS.get(row.reaction or "", "")
    return " · ".join(filter(None, [rating, use, outcome, reaction, row.said or row.missing]))


def _status(row: Feedback) -> str:
    if row.held_for:
        return "On hold: in no digest and no message. Feedback is not a report"
    if row.replied_at:
        return "Answered by the owner"
    return "The owner has been asked to reply" if row.reply_due_at else "Counted"


LISTENERS: tuple[Listener, ...] = (Listener("event", views.OPENED, open_home, may="see_home"),)
JOBS: dict[str, Callable[[Task], None]] = {"home.publish": publish_home}
