"""The filed-away check by the clock: it opens on its day, asks who is drawn, closes when clear, tells the owner."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.domain.asset import Card, state_on
from bot.domain.audience import Audience
from bot.domain.filed_away import (
    KIND,
    LATEST,
    OPEN_FOR,
    draw,
    is_decided,
    judge,
    next_step,
    sample_of,
)
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import Settings
from bot.views import filed_away as views
from bot.views import filed_away_owner as owner_views
from bot.views.asset_card import no_longer
from storage import asset, feedback_told, filed_away_result, home, jobs, outbox, people
from storage import filed_away as store
from storage.ask import Ask
from storage.audience import list_group
from storage.db import Database
from storage.filed_away import FiledAwayCheck, Standing
from storage.people import Person

DRAW = "filed_away.draw"  # the job that opens a check and draws the next people
NOBODY = "nobody"


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Do what is due with every check, and have those asked whose turn it is; gives how many things were done."""
    with db.read() as session:
        every = store.list_standing(session, team_id=team_id, now=now)
        overtaken = {one.check.asset_version_id for one in every if one.check.number > 1 and one.check.due_at <= now}
        due = [one.check.id or 0 for one in every if _step(session, one, overtaken, now, settings)[0] != "wait"]
    done = 0
    for check_id in due:
        with db.begin() as session:
            done += _do_step(session, team_id, check_id, overtaken, now, settings)
    with db.read() as session:
        untold = store.list_untold(session, team_id=team_id)
    for check in untold:
        with db.begin() as session:
            done += _tell(session, team_id, check.id or 0, now, settings)
    return done + asking.ask_those_due(db, team_id, KIND, now, settings)


def draw_people(task: Task) -> None:
    """Open a check on its day, and draw as many people as it still wants: at first all, later for those not asked."""
    check_id = int(task.payload["check_id"])
    with task.db.read() as session:
        check = store.get_check(session, team_id=task.team_id, check_id=check_id)
    audience = Audience.from_json(check.audience) if check else Audience()
    members = _members(task, audience)
    with task.db.begin() as session:
        standing = store.find_standing(session, team_id=task.team_id, check_id=check_id, now=task.now)
        if standing is None or standing.ended or standing.check.state not in ("planned", "asking"):
            return
        check = standing.check
        fit = list_group(session, team_id=task.team_id, audience=audience, of=None, members=members)
        if check.state == "planned":
            check.intended, check.wanted = len(fit), sample_of(len(fit), task.settings.use_goal).wanted
            check.state, check.closes_at = "asking", task.now + OPEN_FOR
            if not fit:
                check.state, check.reason, check.closes_at = "closed", NOBODY, task.now
            session.add(check)
        _plan(session, task, check, audience, fit)


def send_asks(task: Task) -> None:
    """Put the question to those who are due."""
    asking.send_asks(task, KIND, _question)


def _members(task: Task, audience: Audience) -> frozenset[str] | None:
    """Who is in the audience's channels, None if it has none; of a channel that cannot be seen, nobody."""
    if not audience.channel_ids:
        return None
    try:
        return task.reader.members(audience.channel_ids) or frozenset()
    except Refused:
        return frozenset()


def _step(session: Session, one: Standing, overtaken: set[int], now: datetime, settings: Settings) -> tuple[str, str]:
    check = one.check
    step = next_step(
        state=check.state,
        due=check.due_at,
        closes=check.closes_at,
        ended=one.ended,
        is_overtaken=check.number == 1 and check.asset_version_id in overtaken,
        now=now,
    )
    if step[0] != "look":
        return step
    asks = asking.count_asks(session, check.team_id, KIND, check.id or 0)
    is_drawn = asks.planned + asks.reached + asks.not_asked >= check.intended
    if _is_decided(session, check, is_anybody_left=bool(asks.planned or asks.asked or not is_drawn), settings=settings):
        return "close", ""
    wanted = sample_of(check.intended, settings.use_goal).asked
    return ("open", "") if asks.planned + asks.reached < wanted and not is_drawn else ("wait", "")


def _is_decided(session: Session, check: FiledAwayCheck, *, is_anybody_left: bool, settings: Settings) -> bool:
    uses = store.count_uses(session, team_id=check.team_id, check_ids=[check.id or 0])[check.id or 0]
    return is_decided(uses, settings.use_goal, wanted=check.wanted, is_anybody_left=is_anybody_left)


def _do_step(
    session: Session, team_id: str, check_id: int, overtaken: set[int], now: datetime, settings: Settings
) -> int:
    """Do what is to be done with a check, decided once more now that nobody else can change it; gives 1, or 0."""
    standing = store.find_standing(session, team_id=team_id, check_id=check_id, now=now)
    if standing is None or standing.check.state == "closed":
        return 0
    check = standing.check
    if check.state == "asking":
        store.settle_answers(session, check)
    step, reason = _step(session, standing, overtaken, now, settings)
    if step == "wait":
        return 0
    if step == "open":
        payload = {"check_id": check_id}
        real, key = datetime.now(UTC), f"{DRAW}:{check_id}"
        jobs.add_job(session, team_id=team_id, kind=DRAW, key=key, payload=payload, now=real, again=True)
        return 1
    if step == "plan":
        check.state, check.reason = "planned", None
    elif step == "cancel":
        check.state, check.reason = "cancelled", reason
    elif step == "close":
        uses = store.count_uses(session, team_id=team_id, check_ids=[check_id])[check_id]
        check.state, check.verdict = "closed", judge(uses, settings.use_goal)
        check.closes_at = min(check.closes_at, now)
    session.add(check)
    session.flush()
    if step in ("cancel", "close"):
        card, note = _card_and_note(session, check, now)
        closed = views.closed_question(card, note=note)
        asking.close_subject(session, team_id, KIND, check_id, now, closed)
    return 1


def _tell(session: Session, team_id: str, check_id: int, now: datetime, settings: Settings) -> int:
    """Tell the owner what came of a check, once, when they are at work.

    A check whose owner is gone waits two weeks for another one; then its row says that nobody was told.
    """
    check = store.get_check(session, team_id=team_id, check_id=check_id, lock="change")
    if check is None or not store.is_untold(check):
        return 0
    owner_id = feedback_told.find_owner(session, team_id=team_id, version_id=check.asset_version_id)
    owner = people.get_person(session, team_id=team_id, user_id=owner_id) if owner_id else None
    if owner is None and now - check.closes_at > LATEST:
        check.reason = store.NO_OWNER
        session.add(check)
        return 1
    if owner is None or not asking.working_time(owner, settings).is_on(now):
        return 0
    check.told_at = now
    session.add(check)
    outbox.enqueue(
        session,
        team_id=team_id,
        key=f"filed_away.verdict:{check_id}",
        target=owner_id,
        message=_owner_message(session, check, owner.tz or settings.default_tz, now, settings),
        now=now,
        lane="check_in",
    )
    home.refresh_home(session, team_id=team_id, user_id=owner_id, real_now=datetime.now(UTC))
    return 1


def _owner_message(
    session: Session, check: FiledAwayCheck, tz: str, now: datetime, settings: Settings
) -> dict[str, Any]:
    card, note = _card_and_note(session, check, now)
    result = filed_away_result.read_result(session, check, goal=settings.use_goal, tz=tz)
    if check.reason == NOBODY:
        audience = Audience.from_json(check.audience)
        return owner_views.nobody_message(
            card,
            audience.in_words(),
            has_channels=bool(audience.channel_ids),
            can_change=result.next_on is not None and not note,
        )
    return owner_views.verdict_message(result, card, budget=settings.ask_budget, is_current=not note)


def _plan(session: Session, task: Task, check: FiledAwayCheck, audience: Audience, fit: list[Person]) -> None:
    """Plan to ask the next people of the draw, as many as are missing."""
    asks = asking.count_asks(session, task.team_id, KIND, check.id or 0)
    missing = sample_of(check.intended, task.settings.use_goal).asked - asks.planned - asks.reached
    if check.state != "asking" or missing <= 0:
        return
    checks = store.list_checks(session, team_id=task.team_id, version_id=check.asset_version_id)
    earlier = [one.id or 0 for one in checks if one.number < check.number]
    before = frozenset[str]().union(
        *(store.list_asked(session, team_id=task.team_id, check_id=check_id) for check_id in earlier)
    )
    drawn = store.list_asked(session, team_id=task.team_id, check_id=check.id or 0)
    known = {one.user_id: one for one in fit if one.user_id not in drawn}
    order = draw(check.id or 0, known, asked_before=before)
    if len(order) < missing:  # some have left since it was opened: nobody waits for them
        check.intended = len(drawn) + len(order)
        session.add(check)
    card, _ = _card_and_note(session, check, task.now)
    asking.plan_asks(
        session,
        team_id=task.team_id,
        kind=KIND,
        subject_id=check.id or 0,
        stop_key=KIND,
        why=views.why_asked(
            card, check.number, audience.in_words(), _owner_name(session, task.team_id, card.version_id)
        ),
        people=[known[user_id] for user_id in order[:missing]],
        due_at=lambda person: asking.working_time(person, task.settings).next_on(task.now),
        closes_at=check.closes_at,
        now=task.now,
    )


def _question(session: Session, ask: Ask, _person: Person, number: int) -> dict[str, Any] | None:
    """The question, or None when it is not needed any more."""
    check = store.get_check(session, team_id=ask.team_id, check_id=ask.subject_id)
    card = asset.get_card(session, team_id=ask.team_id, version_id=check.asset_version_id) if check else None
    if check is None or card is None or check.state != "asking" or card.retired_at or card.superseded_by:
        return None
    return views.question(
        ask.id or 0, card, _owner_name(session, ask.team_id, card.version_id), check=check.number, number=number
    )


def _card_and_note(session: Session, check: FiledAwayCheck, now: datetime) -> tuple[Card, str]:
    """The version, and in words (mrkdwn) why another one is to be used, "" if it is the one."""
    card = asset.get_card(session, team_id=check.team_id, version_id=check.asset_version_id)
    assert card is not None  # a check refers to its version
    if state_on(card, now.date()) == "current":
        return card, ""
    current = asset.find_current_card(session, team_id=check.team_id, asset_id=card.asset_id)
    return card, no_longer(card, current, now.date())


def _owner_name(session: Session, team_id: str, version_id: int) -> str:
    """The name of whoever sees the answers by name, "" if nobody does."""
    owner_id = feedback_told.find_owner(session, team_id=team_id, version_id=version_id)
    owner = people.get_person(session, team_id=team_id, user_id=owner_id) if owner_id else None
    return owner.name if owner else ""


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {DRAW: draw_people, f"{KIND}.ask": send_asks}
