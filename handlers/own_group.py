"""Own groups that Slack knows more of: who is in a user group, and who of those chosen by hand is still there."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from slack_sdk.errors import SlackApiError
from sqlmodel import Session

from bot.domain.audience import Audience
from bot.domain.own_group import USER_GROUP
from bot.intake import Listener
from bot.jobs import Task
from bot.profile import Profile
from bot.reader import Refused, TooFast
from bot.settings import Settings
from bot.user_groups import list_user_groups, read_members
from storage import home, people, user_group
from storage import own_group as store
from storage.db import Database

MANY = 20  # people who are met in one transaction; Slack tells of about a hundred in a minute
Read = TypeVar("Read")
NOT_ALLOWED = ("permission_denied", "paid_teams_only", "plan_upgrade_required", "access_denied")
NO_SUCH_PERSON = ("user_not_found", "user_not_visible")


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Ask for a look into Slack if an own group has not been looked at for long; gives how many have not."""
    with db.read() as session:
        due = len(store.list_due(session, team_id=team_id, now=now))
    if due:
        with db.begin() as session:
            user_group.ask_to_read(session, team_id=team_id, real_now=datetime.now(UTC))
    return due


def read_user_groups(task: Task) -> None:
    """Read what Slack's user groups are called, and then who is in the own groups of which it is time to know.

    Each is saved alone: where Slack asks for patience in between, the next try goes on with those that are left, and
    one that Slack cannot answer for keeps none of the others waiting.
    """
    groups = _unless_refused(lambda: list_user_groups(task.reader))
    with task.db.begin() as session:
        if groups is not None:
            user_group.record_user_groups(session, team_id=task.team_id, groups=groups)
        due = store.list_due(session, team_id=task.team_id, now=task.now)
    failed: SlackApiError | TooFast | None = None
    for row in due:
        try:
            if row.kind == USER_GROUP:
                _read_user_group(task, row, groups or {})
            else:
                _meet(task, row)
        except (SlackApiError, TooFast) as error:
            failed = error
    if failed is not None:
        raise failed


def _read_user_group(task: Task, seen: store.OwnGroupChoice, groups: dict[str, str]) -> None:
    """Who is in it now; whoever the app has not met is met by their profile. Then it has been read."""
    members, group = None, Audience(role="", user_group_ids=(seen.user_group_id,))
    if seen.user_group_id in groups:
        members = _unless_refused(lambda: read_members(task.reader, group, seen_by=""))
    name = groups.get(seen.user_group_id, "")
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
        if row is None:
            return
        was_lost = row.lost_at is not None
        if store.record_members(session, row, name=name, members=members, now=task.now):
            _refresh(session, task, [row.user_id])
        if was_lost != (row.lost_at is not None):
            admins = people.list_admins(session, team_id=task.team_id, admins=task.settings.admin_user_ids)
            _refresh(session, task, [one.user_id for one in admins])
    _meet(task, seen)


def _meet(task: Task, seen: store.OwnGroupChoice) -> None:
    """Meet whom the app does not know yet, a few at a time, so that a try that ends goes on there; then it is read.

    Whom the app knows is looked at every night with all others (`handlers.people_sync`). Whoever was chosen by hand and
    is a bot or of another company is taken out; in a user group they count nowhere.
    """
    with task.db.read() as session:
        unmet = store.list_members(session, seen, only_unmet=True)
    for start in range(0, len(unmet), MANY):
        try:
            profiles = _profiles(task, unmet[start : start + MANY])
        except Refused:
            break  # whoever the app has not met counts nowhere
        with task.db.begin() as session:
            row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
            if row is None:
                return
            _remember(session, task, row, unmet[start : start + MANY], profiles)
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
        if row is not None and store.record_looked(session, row, now=task.now):
            _refresh(session, task, [row.user_id])


def _remember(
    session: Session, task: Task, row: store.OwnGroupChoice, asked: list[str], profiles: dict[str, Profile]
) -> None:
    strangers = set()
    inside = set(store.list_members(session, row))  # whoever was erased meanwhile is not
    for user_id in sorted(inside & set(asked)):
        one = profiles.get(user_id)
        if one is None or not one.works_here(task.team_id):
            strangers.add(user_id)
            continue
        who = {"name": one.name or None, "tz": one.tz or None, "is_active": one.is_active}
        people.record_person(session, team_id=task.team_id, user_id=user_id, now=task.now, **who)
    if row.kind != USER_GROUP:
        store.remove_members(session, row, strangers)
    _refresh(session, task, [row.user_id])


def _unless_refused(read: Callable[[], Read]) -> Read | None:
    """What Slack answers; None if it does not let the app know. A stumble or a bad token is neither: it passes by."""
    try:
        return read()
    except Refused:
        return None
    except SlackApiError as error:
        if error.response.get("error") in NOT_ALLOWED:
            return None
        raise


def _profiles(task: Task, user_ids: list[str]) -> dict[str, Profile]:
    """Those of these people whom there are in Slack, by user id."""
    found = {}
    for user_id in user_ids:
        try:
            found[user_id] = task.reader.profile(user_id)
        except SlackApiError as error:
            if error.response.get("error") not in NO_SUCH_PERSON:
                raise
    return found


def _refresh(session: Session, task: Task, user_ids: Iterable[str]) -> None:
    for user_id in user_ids:
        home.refresh_home(session, team_id=task.team_id, user_id=user_id, real_now=datetime.now(UTC))


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {user_group.READ: read_user_groups}
