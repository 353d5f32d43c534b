"""Whom an asset is for, changed after its release: who is asked by the checks that have not begun yet."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.asset import Card
from bot.domain.audience import Audience
from bot.domain.filed_away import Plan
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.views import filed_away_form as form_views
from bot.views.filed_away_owner import AUDIENCE
from storage import asset, outbox
from storage import filed_away_plan as store
from storage.audience import count_group


def open_audience_form(session: Session, act: Act) -> Answer:
    """Open the form with whom the asset is for now."""
    card, _, plan = _planned(session, act, act.row_id)
    return Answer(modal=form_views.audience_modal(card, plan))


def save_audience(session: Session, act: Act) -> None:
    """Ask others from now on; a check that has begun goes on with those it has drawn."""
    card, version, plan = _planned(session, act, act.memo.get("version_id"))
    channels = [str(one) for one in act.form.get("channels") or []]
    audience = form_views.audience_in(act.form, plan.regions, channels)
    fit = _count(session, act, audience)
    if fit == 0 and audience.regions:
        raise BotError(form_views.NOBODY, field="regions")
    store.plan_checks(session, version, default_tz=act.settings.default_tz, now=act.now, audience=audience)
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"filed_away.audience:{card.version_id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=form_views.changed_receipt(card, form_views.plan_line(plan.days, audience, fit)),
        now=act.now,
    )


def _planned(session: Session, act: Act, version_id: Any) -> tuple[Card, asset.AssetVersion, Plan]:
    """A version and the plan of its checks.

    Raises:
        BotError: there is no such version, or none of its checks lies ahead.
    """
    known = version_id if isinstance(version_id, int) else 0
    card = asset.get_card(session, team_id=act.team_id, version_id=known)
    version = asset.get_version(session, team_id=act.team_id, version_id=known)
    if card is None or version is None:
        raise BotError(NOT_FOUND)
    plan = store.read_plan(session, version, default_tz=act.settings.default_tz, now=act.now)
    if not plan.is_planned:
        raise BotError(form_views.OVER)
    return card, version, plan


def _count(session: Session, act: Act, audience: Audience) -> int | None:
    """How many fit today; None where only Slack knows who is in a channel."""
    if audience.channel_ids:
        return None
    return count_group(session, team_id=act.team_id, audience=audience, of=None)


LISTENERS: tuple[Listener, ...] = (
    Listener("action", AUDIENCE, open_audience_form, may="keep_assets"),
    Listener("submission", AUDIENCE, save_audience, may="keep_assets"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
