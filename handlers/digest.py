"""The digest: sent to each reader on their own day and hour, once and only once, and at any time with `/digest`."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.access import NOT_FOUND, Actor
from bot.digesting import VARIANTS, Readings, variant_of
from bot.domain.digest_choice import Choice, find_about, read_choice
from bot.domain.digest_period import LONGEST, Period
from bot.domain.digest_plan import USUAL_PLANS, DigestPlan, days_due, due_at, is_too_late, may_go_out, period_of
from bot.errors import BotError
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import digest as views
from bot.views import digest_settings as settings_views
from bot.views import digest_team as team_views
from bot.views.digest_shown import Shown, details_modal, show
from storage import asset, digest_words, feedback, outbox, slots, workspace
from storage import digest_settings as settings_store
from storage.db import Database

log = structlog.get_logger()

SCHEDULE = "digest"
TOO_LATE = "it would have come more than two days late"
NOTHING = "there was nothing to tell"
AT_ONCE = 50  # digests that one tick makes: the others follow with the next ones
PASSED = 200  # slots that one transaction lets pass


def show_digest(session: Session, act: Act) -> Answer:
    """`/digest` is the last seven days; behind it may stand a period, a product line or an asset, or `settings`."""
    plan = settings_store.find_setting(session, team_id=act.team_id, user_id=act.actor.user_id)
    variant = variant_of(act.actor)
    if act.text.lower() in ("settings", "setting"):
        return Answer(modal=settings_views.settings_modal(plan or USUAL_PLANS[variant], variant))
    if act.text.lower() == "help":
        return Answer(text=settings_views.HELP)
    out = [card for card in asset.list_names(session, team_id=act.team_id) if card.released_at]
    try:
        choice = read_choice(act.text, out, act.now, act.actor.tz)
    except ValueError as error:
        raise BotError(str(error)) from None
    return Answer(afterwards=partial(_show, act, choice, (plan or USUAL_PLANS[variant]).depth))


def show_details(session: Session, act: Act) -> Answer:
    """Show what did not fit on the screen, as things are now."""
    first, _, rest = str(act.value or "").partition(":")
    until, _, key = rest.partition(":")
    about = find_about(key, asset.list_names(session, team_id=act.team_id))
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(until), act.actor.tz)
    except ValueError:
        raise BotError(NOT_FOUND) from None
    if about is None or not 0 < period.days <= LONGEST:
        raise BotError(NOT_FOUND)
    return Answer(afterwards=partial(_show_details, act, Choice(period, about)))


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Send the digests that are due by now; gives how many.

    One that comes late waits for the reader's working hours; one that is more than two days late is skipped, and so is
    one that has nothing to tell, unless its reader works for marketing.
    """
    with db.read() as session:
        ours = workspace.get_workspace(session, team_id=team_id)
        last = slots.list_last_dates(session, team_id=team_id, schedule=SCHEDULE)
        readers = settings_store.list_readers(
            session, team_id=team_id, admins=settings.admin_user_ids, default_tz=settings.default_tz
        )
    if ours is None:
        return 0
    due = [
        one
        for reader in readers
        for one in _list_due(reader, now, since=ours.installed_at, after=last.get(reader.actor.user_id))
    ]
    due.sort(key=lambda one: list(VARIANTS).index(one.variant))  # whoever has most to do with it first
    _let_pass(db, [one for one in due if one.is_too_late(now)], TOO_LATE, now)
    return _send_all(db, [one for one in due if not one.is_too_late(now)], Readings(db, settings, now), now)


def read_link(task: Task) -> None:
    """Look whether everybody may open the message that a piece of feedback quotes, and where it stands."""
    feedback_id = int(task.payload["feedback_id"])
    with task.db.read() as session:
        row = feedback.get_feedback(session, team_id=task.team_id, feedback_id=feedback_id)
    if row is None or not row.channel_id or not row.message_ts:
        return
    is_open = task.reader.is_public(row.channel_id)
    link = task.reader.permalink(row.channel_id, row.message_ts) if is_open else ""
    with task.db.begin() as session:
        row = feedback.get_feedback(session, team_id=task.team_id, feedback_id=feedback_id)
        if row is not None:
            digest_words.record_link(session, row, link=link)


@dataclass(frozen=True)
class _Due:
    """One digest that is due: whose, in which variant, on which date, and what it is about."""

    actor: Actor
    variant: str
    plan: DigestPlan
    day: date
    period: Period

    @property
    def at(self) -> datetime:
        return due_at(self.day, self.actor.tz, self.plan.hour)

    def is_too_late(self, now: datetime) -> bool:
        return is_too_late(self.at, self.actor.tz, now)


def _list_due(reader: settings_store.Reader, now: datetime, *, since: datetime, after: date | None) -> Iterator[_Due]:
    actor, variant = reader.actor, variant_of(reader.actor)
    plan = reader.plan or USUAL_PLANS[variant]
    since = max(since, reader.changed_at) if reader.changed_at else since
    for day in days_due(plan, now, actor.tz, since=since, after=after):
        one = _Due(actor, variant, plan, day, period_of(plan, day, actor.tz, after=after))
        if one.is_too_late(now) or may_go_out(one.at, actor.tz, now):
            yield one
        after = day


def _show(act: Act, choice: Choice, depth: str, db: Database) -> Answer:
    found = Readings(db, act.settings, act.now).read(act.actor, choice)
    if found is None:
        return Answer(text=team_views.NO_GROUP)
    message = show(found, depth, about=choice.about.key).message
    return Answer(text=message["text"], blocks=message["blocks"])


def _show_details(act: Act, choice: Choice, db: Database) -> Answer:
    found = Readings(db, act.settings, act.now).read(act.actor, choice)
    return Answer(text=team_views.NO_GROUP) if found is None else Answer(modal=details_modal(found))


def _send_all(db: Database, due: list[_Due], readings: Readings, now: datetime) -> int:
    """Send what has something to tell, as many as one tick may; one that cannot be made stops nobody else's."""
    tried, sent, quiet = 0, 0, []
    for one in due:
        try:
            if one.variant == "rep" and not readings.concerns(one.actor, one.period):
                quiet.append(one)
                continue
            if tried == AT_ONCE:
                break
            tried += 1
            shown = _make(readings, one)
            if shown is None:
                quiet.append(one)
            else:
                sent += _send(db, one, shown, now)
        except Exception as error:
            log.error("a digest was not made", error=type(error).__name__)
    _let_pass(db, quiet, NOTHING, now)
    return sent


def _make(readings: Readings, one: _Due) -> Shown | None:
    """A digest as it is sent, counted before its transaction, so that on SQLite no answer to a person waits for the
    counting. None if there is nothing to tell; marketing hears that, too."""
    found = readings.read(one.actor, Choice(one.period))
    if found is None or not getattr(found, "has_news", True):
        return None
    return show(found, one.plan.depth, is_sent=True)


def _send(db: Database, one: _Due, shown: Shown, now: datetime) -> bool:
    """Fill one slot: the digest goes out in one transaction with it. False if another process was quicker."""
    team_id, user_id = one.actor.team_id, one.actor.user_id
    key = f"digest:{user_id}:{one.day}"
    say = partial(outbox.enqueue, team_id=team_id, target=user_id, now=now, lane=SCHEDULE)
    with suppress(IntegrityError), db.begin() as session:
        slot = slots.add_slot(
            session, team_id=team_id, schedule=SCHEDULE, subject=user_id, local_date=one.day, due_at=one.at
        )
        sent = say(session, key=key, message=shown.message)
        if shown.details is not None:
            say(session, key=f"{key}:details", message=shown.details, after_id=sent.id)
        slots.record_done(session, slot, now=now)
        return True
    return False


def _let_pass(db: Database, passed: list[_Due], reason: str, now: datetime) -> None:
    """Fill slots without a digest, many in one transaction; one by one where another process has filled some."""
    for first in range(0, len(passed), PASSED):
        several = passed[first : first + PASSED]
        if not _skip(db, several, reason, now):
            for one in several:
                _skip(db, [one], reason, now)


def _skip(db: Database, passed: list[_Due], reason: str, now: datetime) -> bool:
    with suppress(IntegrityError), db.begin() as session:
        slots.add_skipped(
            session,
            team_id=passed[0].actor.team_id,
            schedule=SCHEDULE,
            passed=[(one.actor.user_id, one.day, one.at) for one in passed],
            now=now,
            reason=reason,
        )
        return True
    return False


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, show_digest, may="read_own_digest", reads=True),
    Listener("action", views.MORE, show_details, may="read_own_digest", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {digest_words.LINK: read_link}
