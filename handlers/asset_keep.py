"""Assets, for those who keep the library: adding, editing, and taking a list in."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.asset import AssetFields, Card, check_asset_fields
from bot.domain.text import clean, clip
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.views import asset_card, asset_form, asset_library
from storage import announcement as announcements
from storage import asset as store
from storage import asset_expiry, asset_import, asset_trail, filed_away_plan, outbox

IS_OUT = "It is out already. To take it out of use, retire it."


def open_add_form(_session: Session, act: Act) -> Answer:
    """Open the form for a new asset or a new version."""
    return Answer(modal=asset_form.asset_modal(act.actor.user_id))


def add_asset(session: Session, act: Act) -> None:
    """Save what the form says as a new version."""
    fields = _checked(act, str(act.form.get("reference") or ""))
    row = store.add_version(session, team_id=act.team_id, fields=fields, now=act.now, by=act.actor.user_id)
    asset_expiry.pass_over(session, row, now=act.now, today=act.today)
    filed_away_plan.plan_checks(session, row, default_tz=act.settings.default_tz, now=act.now)
    asset_trail.record_deed(session, row, "added", by=act.actor.user_id, now=act.now)
    _confirm(session, act, row)


def open_edit_form(session: Session, act: Act) -> Answer:
    """Open the form with what is known of a version."""
    return Answer(modal=asset_form.asset_modal(act.actor.user_id, _card(session, act, act.row_id)))


def edit_asset(session: Session, act: Act) -> None:
    """Save what the form says of a version that is there."""
    card = _card(session, act, act.memo.get("version_id"))
    row = store.get_version(session, team_id=act.team_id, version_id=card.version_id)
    if row is None:
        raise BotError(NOT_FOUND)
    fields = _checked(act, card.reference)
    if card.released_at and fields.released_on is None:
        raise BotError(IS_OUT, field="released_on")
    before = asset_trail.read_facts(row)
    store.record_fields(session, row, fields=fields, now=act.now)
    asset_trail.record_deed(session, row, "edited", by=act.actor.user_id, now=act.now, before=before)
    if row.expires_on != card.expires_on:
        asset_expiry.pass_over(session, row, now=act.now, today=act.today)
    if row.released_at != card.released_at:
        filed_away_plan.plan_checks(session, row, default_tz=act.settings.default_tz, now=act.now)
    _confirm(session, act, row, changed=True)


def open_import_form(_session: Session, _act: Act) -> Answer:
    """Open the form for a pasted list."""
    return Answer(modal=asset_form.import_modal())


def import_list(session: Session, act: Act) -> Answer:
    """Save a pasted list of assets; bad lines are named and stay in the form."""
    pasted, keep = act.form.get("csv") or "", act.form.get("keep") or asset_form.KEEP_GOOD
    done = asset_import.import_assets(
        session,
        team_id=act.team_id,
        text=pasted,
        now=act.now,
        by=act.actor.user_id,
        all_or_nothing=keep == asset_form.ALL_OR_NOTHING,
    )
    if not done.saved:
        raise FormErrors({"csv": clip(asset_form.problem_lines(done.problems), 1000)})
    for asset_id in {row.asset_id for row in done.saved}:  # a new version closes the old one's announcements
        announcements.ask_for_refresh(session, team_id=act.team_id, asset_id=asset_id, real_now=datetime.now(UTC))
    notice = asset_form.import_notice(len(done.saved), done.problems)
    if done.problems:
        again, attempt = asset_import.bad_lines(pasted, done.problems), act.memo.get("attempt")
        number = attempt + 1 if isinstance(attempt, int) else 1
        return Answer(view=asset_form.import_modal(again, keep, notice, number))
    return Answer(view=asset_form.done_modal(notice))


def _checked(act: Act, reference: str) -> AssetFields:
    """The form as fields.

    Raises:
        FormErrors: something in it cannot be kept.
    """
    form: dict[str, Any] = act.form
    days = str(form.get("review_days") or "")
    fields = AssetFields(
        reference=_line(reference),
        version=_line(form.get("version")),
        title=_line(form.get("title")),
        kind=_line(form.get("kind")),
        link=_line(form.get("link")),
        owner_id=str(form.get("owner_id") or act.actor.user_id),
        audience=_line(form.get("audience")),
        product_line=_line(form.get("product_line")),
        funnel_stage=_line(form.get("funnel_stage")),
        review_days=int(days) if days.isdecimal() and len(days) < 6 else None,
        released_on=_day(form.get("released_on")),
        expires_on=_day(form.get("expires_on")),
        aliases=tuple(filter(None, (alias.strip() for alias in _line(form.get("aliases")).split(",")))),
    )
    if wrong := check_asset_fields(fields, act.today):
        raise FormErrors(wrong)
    return fields


def _line(value: Any) -> str:
    return " ".join(clean(str(value or "")).split())


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _card(session: Session, act: Act, version_id: Any) -> Card:
    known = version_id if isinstance(version_id, int) else 0
    card = store.get_card(session, team_id=act.team_id, version_id=known)
    if card is None:
        raise BotError(NOT_FOUND)
    return card


def _confirm(session: Session, act: Act, row: store.AssetVersion, *, changed: bool = False) -> None:
    """Say what is stored now, to whoever stored it and where the asset was announced."""
    announcements.ask_for_refresh(session, team_id=act.team_id, asset_id=row.asset_id, real_now=datetime.now(UTC))
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"asset.saved:{row.id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=asset_card.added_receipt(_card(session, act, row.id), act.today, tz=act.actor.tz, changed=changed),
        now=act.now,
    )


LISTENERS: tuple[Listener, ...] = (
    Listener("action", asset_library.ADD, open_add_form, may="keep_assets"),
    Listener("submission", asset_library.ADD, add_asset, may="keep_assets"),
    Listener("action", asset_card.EDIT, open_edit_form, may="keep_assets"),
    Listener("submission", asset_card.EDIT, edit_asset, may="keep_assets"),
    Listener("action", asset_library.IMPORT, open_import_form, may="keep_assets"),
    Listener("submission", asset_library.IMPORT, import_list, may="keep_assets"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
