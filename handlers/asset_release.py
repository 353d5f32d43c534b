"""Assets going out and in again: release with its announcements, retire, and telling who must know of refusals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.asset import Card, state_on
from bot.domain.safety import screen
from bot.domain.text import clean
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import asset_card, asset_form
from bot.views import filed_away_form as form_views
from storage import announcement as announcements
from storage import asset as store
from storage import asset_trail, filed_away_plan, outbox
from storage.audience import count_group
from storage.db import Database

NEWER_IS_OUT = "A newer version is out already, so this one can't be released any more."
CHOOSE_ONE = "Choose at least one channel: it is released already, so only the announcement is left to do."
NOTE_HELD = (
    "These words may describe a complaint, an injury, a patient or a use outside the approved ones, so I can't post "
    "them. Please leave that out."
)


def open_release_form(session: Session, act: Act) -> Answer:
    """Open the form in which the channels are chosen."""
    card = _card(session, act, act.row_id)
    if state_on(card, act.today) not in ("draft", "current"):
        current = store.find_current_card(session, team_id=act.team_id, asset_id=card.asset_id)
        raise BotError(asset_card.no_longer(card, current, act.today) or NEWER_IS_OUT)
    plan = filed_away_plan.read_plan(session, _row(session, act, card), default_tz=act.settings.default_tz, now=act.now)
    return Answer(modal=asset_form.release_modal(card, plan))


def release_asset(session: Session, act: Act) -> None:
    """Let the version out, announce it where that was chosen, and say so where the one before it was announced."""
    card, note = _card(session, act, act.memo.get("version_id")), clean(act.form.get("note") or "")
    channels = [str(channel) for channel in act.form.get("channels") or []]
    if card.released_at and not channels:
        raise BotError(CHOOSE_ONE, field="channels")
    if note and screen(note).held:
        raise BotError(NOTE_HELD, field="note")
    before = _current_ones(session, act, card)
    row = _row(session, act, card)
    if card.retired_at is not None:
        raise BotError(NOT_FOUND)
    store.record_released(session, row, now=act.now)
    card = _card(session, act, card.version_id)
    if card.superseded_by is not None:
        raise BotError(NEWER_IS_OUT)
    told, stood = _announce(session, act, card, channels, note)
    replaced = [other for other in before if other.version_id != card.version_id]
    after = {"channels": len(told)}
    asset_trail.record_deed(session, row, "released", by=act.actor.user_id, now=act.now, after=after)
    _ask_for_refresh(session, act, card)
    checks = _plan_checks(session, act, row, channels)
    _send(session, act, card, asset_card.released_receipt(card, told, stood, replaced, checks))


def retire_asset(session: Session, act: Act) -> Answer:
    """Take the version out of use, and say so where it was announced."""
    card, row = _card_and_row(session, act)
    if card.retired_at is not None:
        return Answer(text=f"{asset_card.asset_name(card)} is retired already.", replace=_is_question(act))
    store.record_retired(session, row, now=act.now)
    asset_trail.record_deed(session, row, "retired", by=act.actor.user_id, now=act.now)
    card = _card(session, act, card.version_id)
    _ask_for_refresh(session, act, card)
    _send(session, act, card, asset_card.retired_receipt(card))
    return Answer(text=f"{asset_card.asset_name(card)} is retired.", replace=_is_question(act))


def restore_asset(session: Session, act: Act) -> Answer:
    """Put a retired version back, and its announcements too."""
    card, row = _card_and_row(session, act)
    if card.retired_at is None:
        return Answer(text=f"{asset_card.asset_name(card)} is not retired.")
    store.record_retired(session, row, now=None)
    asset_trail.record_deed(session, row, "put_back", by=act.actor.user_id, now=act.now)
    card = _card(session, act, card.version_id)
    _ask_for_refresh(session, act, card)
    return Answer(text=f"{asset_card.asset_name(card)} is back in the library.", replace=not act.view)


def leave_asset(session: Session, act: Act) -> Answer:
    """Answer "no" to a question: nothing changes."""
    card = _card(session, act, act.row_id)
    return Answer(text=f"{asset_card.asset_name(card)} stays as it is.", replace=True)


def refresh_announcements(task: Task) -> None:
    """Let every announcement of an asset say what is true now."""
    today, emoji_map = task.now.date(), task.settings.emoji_map
    with task.db.begin() as session:
        cards = store.list_versions(session, team_id=task.team_id, asset_id=task.payload["asset_id"])
        current = next((card for card in reversed(cards) if state_on(card, today) == "current"), None)
        for card in cards:
            told = announcements.list_announcements(session, team_id=task.team_id, version_id=card.version_id)
            for row, sent in told:
                if state_on(card, today) == "current":
                    message = asset_card.announcement(card, emoji_map, row.note)
                else:
                    message = asset_card.closed_announcement(card, current, today)
                announcements.record_announcement_change(session, row, sent, message=message, now=task.now)


def tell_of_refusals(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Tell whoever released, once for each channel, that Slack did not take the announcement; gives how many heard."""
    with db.read() as session:
        if not announcements.list_untold_refusals(session, team_id=team_id):
            return 0
    with db.begin() as session:
        refused = announcements.list_untold_refusals(session, team_id=team_id)
        for row, sent in refused:
            card = store.get_card(session, team_id=team_id, version_id=row.asset_version_id)
            if card is not None:
                message = asset_card.not_announced(card, row.channel_id, sent.reason or "")
                told = row.created_by or card.owner_id
                announcements.record_refusal_told(session, sent, target=told, message=message, now=now)
    return len(refused)


def _plan_checks(session: Session, act: Act, row: store.AssetVersion, channels: list[str]) -> list[dict[str, Any]]:
    """Plan whether it is used to be asked of those it is for, as the form says; gives what the receipt says of that.

    Raises:
        BotError: nobody is meant.
    """
    default_tz, form = act.settings.default_tz, act.form
    plan = filed_away_plan.read_plan(session, row, default_tz=default_tz, now=act.now)
    audience, people = None, None
    if form_views.REGIONS in form or form_views.MEMBERS in form:
        only_members = form_views.ONLY_MEMBERS in (form.get(form_views.MEMBERS) or [])
        kept = [*plan.audience.channel_ids, *channels] if only_members else []
        if only_members and not kept:
            raise BotError(form_views.NO_CHANNEL, field=form_views.MEMBERS)
        audience = form_views.audience_in(form, plan.regions, kept)
        people = None if kept else count_group(session, team_id=act.team_id, audience=audience, of=None)
        if people == 0 and audience.regions:  # where no rep is known at all yet, an asset is released all the same
            raise BotError(form_views.NOBODY, field=form_views.REGIONS)
    plan = filed_away_plan.plan_checks(session, row, default_tz=default_tz, now=act.now, audience=audience)
    line = form_views.plan_line(plan.days, plan.audience, people)
    return form_views.plan_blocks(row.id or 0, line) if plan.is_planned else []


def _announce(session: Session, act: Act, card: Card, channels: list[str], note: str) -> tuple[list[str], list[str]]:
    """Announce in each channel; gives where it is news, and where it stood before."""
    message = asset_card.announcement(card, act.settings.emoji_map, note)
    told: list[str] = []
    for channel_id in dict.fromkeys(channels):
        if announcements.add_announcement(
            session,
            team_id=act.team_id,
            version_id=card.version_id,
            channel_id=channel_id,
            message=message,
            note=note,
            by=act.actor.user_id,
            now=act.now,
        ):
            told.append(channel_id)
    return told, [channel_id for channel_id in channels if channel_id not in told]


def _current_ones(session: Session, act: Act, card: Card) -> list[Card]:
    cards = store.list_versions(session, team_id=act.team_id, asset_id=card.asset_id)
    return [one for one in cards if one.released_at and one.superseded_by is None and one.retired_at is None]


def _is_question(act: Act) -> bool:
    """Whether the button stood under a private question, which the answer may take the place of."""
    return bool((act.body.get("container") or {}).get("is_ephemeral"))


def _card(session: Session, act: Act, version_id: Any) -> Card:
    known = version_id if isinstance(version_id, int) else 0
    card = store.get_card(session, team_id=act.team_id, version_id=known)
    if card is None:
        raise BotError(NOT_FOUND)
    return card


def _card_and_row(session: Session, act: Act) -> tuple[Card, store.AssetVersion]:
    card = _card(session, act, act.row_id)
    return card, _row(session, act, card)


def _row(session: Session, act: Act, card: Card) -> store.AssetVersion:
    row = store.get_version(session, team_id=act.team_id, version_id=card.version_id)
    if row is None:
        raise BotError(NOT_FOUND)
    return row


def _ask_for_refresh(session: Session, act: Act, card: Card) -> None:
    announcements.ask_for_refresh(session, team_id=act.team_id, asset_id=card.asset_id, real_now=datetime.now(UTC))


def _send(session: Session, act: Act, card: Card, message: dict[str, Any]) -> None:
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"asset.receipt:{card.version_id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=message,
        now=act.now,
    )


LISTENERS: tuple[Listener, ...] = (
    Listener("action", asset_card.RELEASE, open_release_form, may="keep_assets"),
    Listener("submission", asset_card.RELEASE, release_asset, may="keep_assets"),
    Listener("action", asset_card.RETIRE, retire_asset, may="keep_assets"),
    Listener("action", asset_card.RESTORE, restore_asset, may="keep_assets"),
    Listener("action", asset_card.LEAVE, leave_asset, may="keep_assets"),
)
JOBS: dict[str, Callable[[Task], None]] = {announcements.REFRESH: refresh_announcements}
run_due = tell_of_refusals
