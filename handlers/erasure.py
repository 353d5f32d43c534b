"""Erasure of a person, by an admin: looked at, confirmed, done behind the answer, and told with its proof."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlmodel import Session

from bot.access import Denied, may, require
from bot.domain.retention import last_due
from bot.domain.text import clean
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import erasure as views
from bot.views import feedback_owner, kit, thread_summary
from bot.views import people as people_views
from bot.views import thread as thread_views
from storage import audit_reading, jobs, outbox, own_data, people, pulse, thread, thread_told, wiping
from storage import erasure as store
from storage.db import Database
from storage.erasure import Erased, Erasure
from storage.turns import take_turn

log = structlog.get_logger()

RUN = "erasure.run"
FACES = thread_told.Faces(
    thread_views.person_message, thread_summary.details_message, thread_summary.thread_message
)  # fmt: skip
ALWAYS_ADMIN = (
    "They are named as an admin in the settings of whoever runs Groundswell (ADMIN_USER_IDS). "
    "They have to be taken out there first."
)
NOBODY = "I have stored nothing about that person."
NO_ID = "That is no Slack member ID. Copy it from the person's profile in Slack; it looks like U0123ABCD."


def ask_for_erasure(session: Session, act: Act) -> Answer:
    """`/groundswell erase` asks whom; whoever is no admin hears who is."""
    if not may(act.actor, "erase_people"):
        admins = people.list_admins(session, team_id=act.team_id, admins=act.settings.admin_user_ids)
        raise Denied(people_views.only_an_admin([person.name for person in admins if person.name]))
    return Answer(modal=views.choose_modal())


def choose_person(session: Session, act: Act) -> Answer:
    """Show what would be deleted of the person who was chosen."""
    user_id = act.form.get("person") or clean(act.form.get("member_id") or "").upper()
    field = "person" if act.form.get("person") else "member_id"
    if not (user_id.isascii() and user_id.isalnum() and user_id[:1] in ("U", "W")):
        raise FormErrors({field: NO_ID if user_id else "Choose a person, or write their Slack member ID."})
    try:
        _refuse(session, act.settings, act.team_id, user_id)
    except BotError as error:
        raise FormErrors({field: error.sentence}) from None
    counts = own_data.count_own(session, team_id=act.team_id, user_id=user_id)
    name = people.find_name(session, team_id=act.team_id, user_id=user_id)
    if not counts and not name:
        raise FormErrors({field: NOBODY})
    own = pulse.list_pulses(session, team_id=act.team_id, asker_id=user_id, states=("open",))
    return Answer(view=views.confirm_modal(views.Planned(user_id, name, counts, len(own))))


def confirm_erasure(session: Session, act: Act) -> Answer:
    """Have it done soon: it may take longer than an answer may."""
    user_id = str(act.memo.get("user_id") or "")
    if clean(act.form.get("word") or "").lower() != views.WORD:
        raise FormErrors({"word": f"Write “{views.WORD}”, or close this form and nothing happens."})
    try:
        _refuse(session, act.settings, act.team_id, user_id)
    except BotError as error:
        raise FormErrors({"word": error.sentence}) from None
    row = store.add_erasure(session, team_id=act.team_id, user_id=user_id, by=act.actor.user_id, now=act.now)
    ask_to_run(session, act.team_id, row.id or 0)
    return Answer(view=kit.notice_modal(views.ON_ITS_WAY, "Erase a person"))


def run_due(db: Database, team_id: str, now: datetime, settings: Settings) -> int:
    """Go on with erasures of which the space is still to be overwritten, at night; gives how many."""
    with db.read() as session:
        open_now = store.list_open(session, team_id=team_id)
        found = [store.get_erasure(session, team_id=team_id, erasure_id=one) for one in open_now]
    waiting = [
        row.id or 0
        for row in found
        if row is not None and row.erased_at is not None and row.erased_at < last_due(now, settings.default_tz)
    ]
    for erasure_id in waiting:
        with db.begin() as session:
            ask_to_run(session, team_id, erasure_id)
    return len(waiting)


def erase(task: Task) -> None:
    """Erase somebody, wipe what is left in the database's files, and tell whoever asked; safe to be begun again."""
    erasure_id = int(task.payload["erasure_id"])
    with task.db.read() as session:
        row = store.get_erasure(session, team_id=task.team_id, erasure_id=erasure_id)
        if row is None or row.state == "done":
            return
        mentions = store.list_mentions(session, team_id=task.team_id, user_id=row.person_id) if row.person_id else []
    erased: Erased | None = None
    user_id = row.person_id
    if row.state == "asked":
        with task.db.begin() as session:
            erased = _erase(session, task, row, mentions)
        if erased is None:
            return
        _say_goodbye(task, user_id)
    is_late = row.erased_at is not None and row.erased_at < last_due(task.now, task.settings.default_tz)
    is_wiped = (is_late or wiping.is_small(task.db)) and _wipe(task.db)
    traces = None
    if erased is not None and is_wiped:
        traces = wiping.find_in_files(task.db, [*erased.names, *erased.texts])
    with task.db.read() as session:
        trail = audit_reading.prove(session, team_id=task.team_id).wrong
    with task.db.begin() as session:
        _finish(session, task, erasure_id, traces, trail, is_wiped=is_wiped)


def _erase(session: Session, task: Task, found: Erasure, mentions: list[store.Mention]) -> Erased | None:
    """The one transaction; None if it may not be done any more, which whoever asked is told."""
    team_id, user_id, by = task.team_id, found.person_id, found.asked_by
    take_turn(session, team_id=team_id, of=people.ROLES_TURN)
    row = store.get_erasure(session, team_id=team_id, erasure_id=found.id or 0)
    if row is None or row.state != "asked":
        return None
    try:
        admins, default_tz = task.settings.admin_user_ids, task.settings.default_tz
        asker = people.find_actor(session, team_id=team_id, user_id=by, admins=admins, default_tz=default_tz)
        require(asker, "erase_people")
        _refuse(session, task.settings, team_id, user_id)
    except BotError as error:
        row.state, row.person_id, row.done_at = "done", "", task.now
        session.add(row)
        key, message = f"erasure.not_done:{row.id}", views.not_done(error.sentence)
        outbox.enqueue(session, team_id=team_id, key=key, target=by, message=message, now=task.now)
        return None
    draw = partial(feedback_owner.owner_message, tz=default_tz)
    erased = store.erase_person(
        session, team_id=team_id, user_id=user_id, by=by, now=task.now, owner_message=draw, mentions=mentions
    )
    for thread_id in erased.threads:
        captured = thread.get_thread(session, team_id=team_id, thread_id=thread_id, lock=True)
        if captured is not None:
            thread_told.show_thread(session, captured, faces=FACES, settings=task.settings, now=task.now)
    row = store.get_erasure(session, team_id=team_id, erasure_id=found.id or 0)
    assert row is not None
    row.state, row.erased_at, row.counts = "erased", task.now, json.dumps(dict(erased.gone))
    session.add(row)
    return erased


def _refuse(session: Session, settings: Settings, team_id: str, user_id: str) -> None:
    """Nothing, if this person may be erased.

    Raises:
        BotError: nobody would be an admin any more, or they would be one again at once.
    """
    if user_id in settings.admin_user_ids:
        raise BotError(ALWAYS_ADMIN)
    admins = {one.user_id for one in people.list_admins(session, team_id=team_id, admins=settings.admin_user_ids)}
    if admins == {user_id}:
        raise BotError(people.LAST_ADMIN)


def _finish(session: Session, task: Task, erasure_id: int, traces: int | None, trail: str, *, is_wiped: bool) -> None:
    row = store.get_erasure(session, team_id=task.team_id, erasure_id=erasure_id)
    if row is None or row.state != "erased":
        return
    done = views.Done(json.loads(row.counts), traces, is_wiped, trail)
    settings = task.settings
    admins = people.list_admins(session, team_id=task.team_id, admins=settings.admin_user_ids)
    for target in [row.asked_by] if row.asked_by else [one.user_id for one in admins]:
        key = f"erasure.done:{row.id}:{is_wiped}:{target}"
        outbox.enqueue(
            session, team_id=task.team_id, key=key, target=target, message=views.report(done), now=task.now
        )  # fmt: skip
    if is_wiped:
        row.state, row.done_at = "done", task.now
        session.add(row)


def _say_goodbye(task: Task, user_id: str) -> None:
    try:
        task.publish_home(user_id, views.goodbye_home())
    except Exception as error:  # they have left, or Slack is slow: nothing of theirs is shown there for long
        log.info("no last home", error=type(error).__name__)


def _wipe(db: Database) -> bool:
    try:
        wiping.wipe_database(db)
    except BotError as error:
        log.warning("not wiped", why=error.sentence)
        return False
    return True


def ask_to_run(session: Session, team_id: str, erasure_id: int) -> None:
    """Have an erasure done, or gone on with, soon."""
    key, payload, real = f"{RUN}:{erasure_id}", {"erasure_id": erasure_id}, datetime.now(UTC)
    jobs.add_job(session, team_id=team_id, kind=RUN, key=key, payload=payload, now=real, again=True)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, ask_for_erasure, may="see_home"),
    Listener("action", views.OPEN, ask_for_erasure, may="erase_people"),
    Listener("submission", views.CHOOSE, choose_person, may="erase_people"),
    Listener("submission", views.CONFIRM, confirm_erasure, may="erase_people"),
)
JOBS: dict[str, Callable[[Task], None]] = {RUN: erase}
