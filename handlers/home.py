"""The App Home: drawn when it is opened, and again when something in it has changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import asking
from bot.access import Actor, may
from bot.digesting import variant_of
from bot.domain import home as words
from bot.domain.digest_plan import USUAL_PLANS, next_due
from bot.domain.home import AssetUse, week_starts
from bot.intake import Act, Listener
from bot.jobs import Task
from bot.reader import Channel, Refused
from bot.settings import Settings
from bot.views import ask as ask_views
from bot.views import digest_settings as settings_views
from bot.views import home as views
from bot.views import home_admin, home_assets, home_own
from storage import ask_stop, digest_settings, feedback_told, home_duties, people, pulse_finding, slots, welcome
from storage import home as store
from storage import home_assets as assets
from storage import home_own as own
from storage.own_group import find_own_group, list_lost

BECAME = timedelta(weeks=26)  # that are looked back on for what came of somebody's words
SOON = timedelta(days=30)  # an asset that expires within them stands first
MONTH = 4  # weeks


def open_home(session: Session, act: Act) -> None:
    """Ask for the Home to be drawn; the tab with the messages needs none. Who comes for the first time is welcomed."""
    who = {"team_id": act.team_id, "user_id": act.actor.user_id}
    if act.event.get("tab") in (None, "home"):
        store.ask_for_home(session, **who, real_now=datetime.now(UTC))
    if act.actor.is_new:
        welcome.ask_for_welcome(session, **who, real_now=datetime.now(UTC))


def publish_home(task: Task) -> None:
    """Draw the Home of one person as things and their roles are now."""
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
        page = read_page(session, actor, now=task.now, settings=task.settings, channels=channels)
    task.publish_home(user_id, views.home_view(page))


def read_page(
    session: Session, actor: Actor, *, now: datetime, settings: Settings, channels: list[Channel] | None
) -> views.HomePage:
    """Everything that one person's Home shows; `channels` is None where nobody may ask where the app listens."""
    who = {"team_id": actor.team_id, "user_id": actor.user_id}
    today = now.astimezone(ZoneInfo(actor.tz)).date()
    told, total, _ = feedback_told.list_mine(session, **who, page=0, size=home_own.SHOWN)
    since = now - BECAME
    return views.HomePage(
        name=actor.name,
        tz=actor.tz,
        today=today,
        roles=actor.roles,
        told=told,
        told_total=total,
        became=own.list_became(session, **who, since=since, limit=home_own.SHOWN),
        questions=_questions(session, actor, now, settings),
        waiting=pulse_finding.list_waiting(session, **who),
        pulses=pulse_finding.list_own(session, **who) if may(actor, "start_pulses") else None,
        digest=_digest(session, actor, now),
        group=_group(session, actor, now) if may(actor, "see_own_group") else None,
        ground=_ground(session, actor, now) if may(actor, "see_ground") else None,
        duties=_duties(session, actor, now, today) if may(actor, "see_duties") else None,
        admin=_admin(session, actor, now, settings, channels) if may(actor, "see_health") else None,
        channels=None if channels is None else sorted(one.name for one in channels if not one.is_private),
        private_channels=sum(one.is_private for one in channels or []),
        **(_marketing(session, actor, now, today) if may(actor, "keep_assets") else {}),
    )


def _digest(session: Session, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """When the person's next digest comes."""
    who, variant = {"team_id": actor.team_id, "user_id": actor.user_id}, variant_of(actor)
    plan = digest_settings.find_setting(session, **who) or USUAL_PLANS[variant]
    last = slots.find_last_date(session, team_id=actor.team_id, schedule="digest", subject=actor.user_id)
    return settings_views.home_blocks(next_due(plan, now, actor.tz, after=last), actor.tz, variant)


def _questions(session: Session, actor: Actor, now: datetime, settings: Settings) -> home_own.Questions:
    who = {"team_id": actor.team_id, "user_id": actor.user_id}
    person = people.get_person(session, **who)
    if person is None:
        return home_own.Questions(budget=settings.ask_budget, hours=settings.default_hours)
    stops = ask_stop.list_stops(session, **who)
    is_quiet = person.quiet_until is not None and person.quiet_until > now
    return home_own.Questions(
        asked=asking.asked_this_week(session, person, now, settings),
        budget=settings.ask_budget,
        hours=str(asking.working_time(person, settings).hours),
        quiet_until=person.quiet_until if is_quiet else None,
        open=own.list_open_asks(session, **who, now=now, limit=home_own.SHOWN),
        planned=own.list_next_asks(session, **who, now=now, limit=home_own.SHOWN),
        stops=[ask_views.Stopped(one.stop_key, one.label) for one in stops],
    )


def _marketing(session: Session, actor: Actor, now: datetime, today: date) -> dict[str, Any]:
    starts = week_starts(now, actor.tz)
    mine, answers_for = assets.list_own(session, team_id=actor.team_id, owner_id=actor.user_id)
    owed, total = assets.list_owed(
        session,
        team_id=actor.team_id,
        reader_id=actor.user_id,
        version_ids=answers_for,
        since=starts[0],
        limit=home_assets.SHOWN_OWED,
    )
    shown = sorted(mine, key=lambda one: _soonest(one, today))[: home_assets.SHOWN]
    return {
        "owed": owed,
        "owed_total": total,
        "assets": assets.with_uses(session, shown, team_id=actor.team_id, starts=starts),
        "assets_total": len(mine),
    }


def _soonest(one: AssetUse, today: date) -> tuple[date, int]:
    """What expires soon or has expired comes first, the rest by review days."""
    is_soon = one.expires_on is not None and one.expires_on <= today + SOON
    return one.expires_on if is_soon and one.expires_on else date.max, -(one.review_days or 0)


def _group(session: Session, actor: Actor, now: datetime) -> words.GroupNumbers:
    own_group = find_own_group(session, team_id=actor.team_id, manager_id=actor.user_id)
    if own_group is None:
        return words.GroupNumbers("", 0, words.Use(), words.Use())
    starts = week_starts(now, actor.tz, 2 * MONTH)
    return home_duties.count_group(session, own_group, starts=starts[::MONTH])


def _ground(session: Session, actor: Actor, now: datetime) -> words.Ground:
    starts = week_starts(now, actor.tz, on_mondays=True)  # the picture changes once a week, and is uploaded once
    ground = home_duties.count_ground(session, team_id=actor.team_id, starts=starts, now=now)
    return replace(ground, first_week=starts[0].date())


def _duties(session: Session, actor: Actor, now: datetime, today: date) -> words.Duties:
    return home_duties.count_duties(session, team_id=actor.team_id, now=now, today=today)


def _admin(
    session: Session, actor: Actor, now: datetime, settings: Settings, channels: list[Channel] | None
) -> home_admin.Admin:
    team = {"team_id": actor.team_id}
    roles, number = people.count_roles(session, **team), people.count_people(session, **team)
    admins = {one.user_id for one in people.list_admins(session, **team, admins=settings.admin_user_ids)}
    roles = {**roles, "admin": len(admins | settings.admin_user_ids)}
    return home_admin.Admin(
        steps=home_admin.set_up_steps(
            people=number,
            roles=roles,
            assets=store.count_assets(session, **team),
            announced=store.count_announced(session, **team),
            channels=None if channels is None else len(channels),
            official_form_url=settings.official_form_url,
        ),
        people=number,
        roles=roles,
        health=store.read_health(session, **team, now=now, model=settings.openai_model if settings.has_model else ""),
        real_now=datetime.now(UTC),
        lost_groups=list_lost(session, **team),
    )


LISTENERS: tuple[Listener, ...] = (Listener("event", views.OPENED, open_home, may="see_home"),)
JOBS: dict[str, Callable[[Task], None]] = {"home.publish": publish_home}
