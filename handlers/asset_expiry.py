"""The expiry ladder: asking the owner before an asset's last day, renewing and revising it, closing what expired."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.asset import CURRENT, DRAFT, EXPIRED, Card, state_on
from bot.domain.asset_expiry import NOBODY, Due, Evidence, check_renewal, next_version, rungs_due, rungs_of
from bot.domain.digest_period import LOOK_BACK
from bot.domain.filed_away import CheckFinding
from bot.domain.working_time import WorkingTime
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.settings import Settings
from bot.views import asset_expiry as views
from bot.views import asset_form
from storage import announcement as announcements
from storage import asset, asset_trail, feedback_told, filed_away_result, outbox, people, turns
from storage import asset_expiry as store
from storage.db import Database

LANE = "digest"  # it has a whole working day
ALL_DAY = "00:00-24:00"  # the hours of nobody


def open_renew_form(session: Session, act: Act) -> Answer:
    """Open the form for a new last day; whoever presses an old button hears what is true instead."""
    version_id, _, asked = str(act.value or "").partition(":")
    card = _card(session, act, version_id)
    if told := _what_is_true(session, act, card, _day(asked) or card.expires_on):
        return Answer(text=told)
    return Answer(modal=views.renew_modal(card, _evidence(session, act.team_id, card.version_id, act.now), act.today))


def renew_asset(session: Session, act: Act) -> Answer:
    """Give the version its new last day, unless somebody else has changed it since the form was opened."""
    card = _card(session, act, str(act.memo.get("version_id") or ""))
    turns.take_turn(session, team_id=act.team_id, of=f"asset {card.asset_id}")
    card = _card(session, act, str(card.version_id))
    if told := _what_is_true(session, act, card, card.expires_on):
        return Answer(view=views.not_renewed_modal(told))
    chosen, asked = _day(act.form.get("expires_on")), _day(act.memo.get("last_day"))
    if chosen is not None and chosen == card.expires_on != asked:  # somebody else had the same thought
        return Answer(view=views.renewed_modal(card))
    if card.expires_on != asked:
        evidence = _evidence(session, act.team_id, card.version_id, act.now)
        notice = views.changed_meanwhile(card)
        return Answer(view=views.renew_modal(card, evidence, act.today, chosen=chosen, notice=notice))
    wrong = check_renewal(chosen, expires_on=card.expires_on, today=act.today)
    row = asset.get_version(session, team_id=act.team_id, version_id=card.version_id)
    if wrong or chosen is None or row is None:
        raise FormErrors({"expires_on": wrong or NOT_FOUND})
    before = asset_trail.read_facts(row)
    store.record_last_day(session, row, expires_on=chosen, now=act.now, today=act.today)
    asset_trail.record_deed(session, row, "renewed", by=act.actor.user_id, now=act.now, before=before)
    announcements.ask_for_refresh(session, team_id=act.team_id, asset_id=card.asset_id, real_now=datetime.now(UTC))
    return Answer(view=views.renewed_modal(replace(card, expires_on=chosen)))


def open_revision(session: Session, act: Act) -> Answer:
    """Open the form of the next version, filled in from this one, or the next version where it is there already."""
    card = _card(session, act, str(act.row_id))
    if told := _what_is_true(session, act, card, card.expires_on):
        return Answer(text=told)
    versions = asset.list_versions(session, team_id=act.team_id, asset_id=card.asset_id)
    if (draft := _draft(versions, act.today)) is not None:
        return Answer(modal=asset_form.asset_modal(act.actor.user_id, draft))
    return Answer(modal=asset_form.next_version_modal(card, next_version([one.version for one in versions])))


def refresh_messages(task: Task) -> None:
    """Let every message of the ladder about an asset say what is true now."""
    asset_id, today = int(task.payload["asset_id"]), task.now.date()
    with task.db.begin() as session:
        cards = asset.list_versions(session, team_id=task.team_id, asset_id=asset_id)
        known = {card.version_id: card for card in cards}
        current = next((card for card in reversed(cards) if state_on(card, today) == CURRENT), None)
        for version_id, last_day, sent in store.list_messages(session, team_id=task.team_id, asset_id=asset_id):
            card = known[version_id]
            message = views.settled_message(card, last_day, today, current=current)
            if message is None:
                evidence = _evidence(session, task.team_id, version_id, task.now)
                check = _check(session, task.team_id, version_id)
                message = views.ladder_message(card, evidence, today, draft=_draft(cards, today), check=check)
            store.record_message_change(session, sent, message=message, now=task.now)


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Ask the owners whose assets have come to a rung of the ladder, and close what has expired; gives how many asked.

    What expired is closed in UTC's days, as announcements are.
    """
    with db.read() as session:
        ladders = store.list_ladders(session, team_id=team_id, today=now.date())
        ended = store.list_ended(session, team_id=team_id, today=now.date())
    asked = sum(_climb(db, team_id, ladder, now, settings) for ladder in ladders if ladder.may_be_due(now.date()))
    for version_id, asset_id, last_day in ended:
        try:
            with db.begin() as session:
                store.record_ended(session, team_id=team_id, version_id=version_id, last_day=last_day, now=now)
                announcements.ask_for_refresh(session, team_id=team_id, asset_id=asset_id, real_now=datetime.now(UTC))
        except IntegrityError:
            continue  # another process was quicker
    return asked


def _climb(db: Database, team_id: str, ladder: store.Ladder, now: datetime, settings: Settings) -> bool:
    """Do what the ladder of one version asks for now; True if its owner was asked.

    The evidence is counted before the transaction, so that on SQLite no answer to a person waits for the counting.
    """
    evidence = Evidence()
    with db.read() as session:
        owner_id = feedback_told.find_owner(session, team_id=team_id, version_id=ladder.version_id)
        owner = people.get_person(session, team_id=team_id, user_id=owner_id) if owner_id else None
        hours, tz = (owner.working_hours, owner.tz) if owner else (ALL_DAY, "")
        work = WorkingTime.of(hours, tz, settings.default_tz, settings.default_hours)
        rungs = rungs_of(ladder.expires_on, ladder.released_on)
        due = rungs_due(rungs, ladder.settled, expires_on=ladder.expires_on, work=work, now=now)
        if owner and due.send:
            evidence = _evidence(session, team_id, ladder.version_id, now)
    if owner is None and due.send is not None:
        _tell_admins(db, team_id, ladder, now, settings)
        due = Due(None, (*due.skip, (due.send, NOBODY)))
        if ladder.orphaned.issuperset(rung.days for rung, _ in due.skip):
            return False
    if due == Due():
        return False
    try:
        with db.begin() as session:
            return _settle(session, team_id, ladder, due, work, owner_id, evidence, now)
    except IntegrityError:
        return False  # another process was quicker


def _settle(
    session: Session,
    team_id: str,
    ladder: store.Ladder,
    due: Due,
    work: WorkingTime,
    owner_id: str,
    evidence: Evidence,
    now: datetime,
) -> bool:
    """Send and let pass what is due, in one transaction with the slots; nothing if the version is another by now."""
    today = now.astimezone(work.zone).date()
    cards = asset.list_versions(session, team_id=team_id, asset_id=ladder.asset_id)
    card = next((card for card in cards if card.version_id == ladder.version_id), None)
    if card is None or state_on(card, today) not in (CURRENT, EXPIRED) or card.expires_on != ladder.expires_on:
        return False
    for rung, reason in due.skip:
        store.record_rung(session, ladder, rung, team_id=team_id, work=work, now=now, reason=reason)
    if due.send is None or not store.record_rung(session, ladder, due.send, team_id=team_id, work=work, now=now):
        return False
    check = _check(session, team_id, ladder.version_id)
    message = views.ladder_message(card, evidence, today, draft=_draft(cards, today), check=check)
    key = store.message_key(ladder.version_id, due.send)
    outbox.enqueue(session, team_id=team_id, key=key, target=owner_id, message=message, now=now, lane=LANE)
    return True


def _tell_admins(db: Database, team_id: str, ladder: store.Ladder, now: datetime, settings: Settings) -> None:
    """Tell each admin once, in their own working hours, that nobody can be asked."""
    with db.read() as session:
        admins = people.list_admins(session, team_id=team_id, admins=settings.admin_user_ids)
        keys = {f"expiry.nobody:{ladder.version_id}:{ladder.expires_on}:{one.user_id}": one for one in admins}
        told = store.list_said(session, team_id=team_id, keys=[*keys])
    for key, admin in keys.items():
        work = asking.working_time(admin, settings)
        if key in told or not work.is_on(now):
            continue
        try:
            with db.begin() as session:
                card = asset.get_card(session, team_id=team_id, version_id=ladder.version_id)
                if card is not None:
                    message = views.nobody_message(card, now.astimezone(work.zone).date())
                    outbox.enqueue(session, team_id=team_id, key=key, target=admin.user_id, message=message, now=now)
        except IntegrityError:
            continue  # another process was quicker


def _evidence(session: Session, team_id: str, version_id: int, now: datetime) -> Evidence:
    return store.count_evidence(session, team_id=team_id, version_id=version_id, since=now - LOOK_BACK)


def _check(session: Session, team_id: str, version_id: int) -> CheckFinding | None:
    """The latest verdict of its filed-away checks, if there is one."""
    return next(iter(filed_away_result.list_latest(session, team_id=team_id, version_ids=[version_id])), None)


def _draft(cards: list[Card], today: date) -> Card | None:
    """The next version of these, if there is one that is not out yet."""
    return next((card for card in reversed(cards) if state_on(card, today) == DRAFT), None)


def _what_is_true(session: Session, act: Act, card: Card, last_day: date | None) -> str:
    current = asset.find_current_card(session, team_id=act.team_id, asset_id=card.asset_id)
    return views.what_is_true(card, last_day, act.today, current=current)


def _card(session: Session, act: Act, version_id: str) -> Card:
    card = asset.get_card(session, team_id=act.team_id, version_id=row_number(version_id))
    if card is None or card.released_at is None:
        raise BotError(NOT_FOUND)
    return card


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.RENEW, open_renew_form, may="keep_assets"),
    Listener("submission", views.RENEW, renew_asset, may="keep_assets"),
    Listener("action", views.REVISE, open_revision, may="keep_assets"),
)
JOBS: dict[str, Callable[[Task], None]] = {store.REFRESH: refresh_messages}
