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
from bot.reader import Refused, is_ambiguous
from bot.settings import Settings
from bot.user_groups import list_user_groups, read_members
from storage import home, people, user_group
from storage import own_group as store
from storage.db import Database

MANY = 20  # people whom nobody knows yet: for more of them the whole list is read instead of each alone
Read = TypeVar("Read")
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
    failed: SlackApiError | None = None
    for row in due:
        try:
            if row.kind == USER_GROUP:
                _read_user_group(task, row, groups or {})
            else:
                _look_at_people(task, row)
        except SlackApiError as error:
            failed = error
    if failed is not None:
        raise failed


def _read_user_group(task: Task, seen: store.OwnGroupChoice, groups: dict[str, str]) -> None:
    """Who is in it now; whoever the app has not met is met by their profile."""
    members, group = None, Audience(role="", user_group_ids=(seen.user_group_id,))
    if seen.user_group_id in groups:
        members = _unless_refused(lambda: read_members(task.reader, group, seen_by=""))
    name = groups.get(seen.user_group_id, "")
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
        if row is None:
            return
        was_lost = row.lost_at is not None
        has_changed = store.record_members(session, row, name=name, members=members, now=task.now)
        unmet = store.list_members(session, row, only_unmet=True)
        if has_changed:
            _refresh(session, task, [row.user_id])
        if was_lost != (row.lost_at is not None):
            admins = people.list_admins(session, team_id=task.team_id, admins=task.settings.admin_user_ids)
            _refresh(session, task, [one.user_id for one in admins])
    _meet(task, seen, unmet)


def _look_at_people(task: Task, seen: store.OwnGroupChoice) -> None:
    """Who of those chosen by hand is still there: it is time to ask once a day."""
    with task.db.read() as session:
        chosen = store.list_members(session, seen)
    _meet(task, seen, chosen)
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
        if row is not None:
            store.record_looked(session, row, now=task.now)


def _meet(task: Task, seen: store.OwnGroupChoice, user_ids: list[str]) -> None:
    """Remember these people; bots and people of other companies are taken out of the own group."""
    if not user_ids:
        return
    try:
        profiles = {one.user_id: one for one in _profiles(task, user_ids)}
    except Refused:
        return  # whoever the app has not met counts nowhere
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=seen.id or 0)
        if row is None:
            return
        strangers = set()
        for user_id in set(user_ids) & set(store.list_members(session, row)):  # whoever was erased meanwhile is in none
            one = profiles.get(user_id)
            if one is None or not one.works_here(task.team_id):
                strangers.add(user_id)
                continue
            who = {"name": one.name or None, "tz": one.tz or None, "is_active": one.is_active}
            people.record_person(session, team_id=task.team_id, user_id=user_id, now=task.now, **who)
        store.remove_members(session, row, strangers)
        _refresh(session, task, [row.user_id])


def _unless_refused(read: Callable[[], Read]) -> Read | None:
    """What Slack answers; None if it does not let the app know. A stumble of Slack's is neither, and is tried again."""
    try:
        return read()
    except Refused:
        return None
    except SlackApiError as error:
        if is_ambiguous(error):
            raise
        return None


def _profiles(task: Task, user_ids: list[str]) -> Iterable[Profile]:
    if len(user_ids) > MANY:
        wanted = set(user_ids)
        return [one for one in task.reader.profiles() if one.user_id in wanted]
    found = []
    for user_id in user_ids:
        try:
            found.append(task.reader.profile(user_id))
        except SlackApiError as error:
            if error.response.get("error") not in NO_SUCH_PERSON:
                raise
    return found


def _refresh(session: Session, task: Task, user_ids: Iterable[str]) -> None:
    for user_id in user_ids:
        home.refresh_home(session, team_id=task.team_id, user_id=user_id, real_now=datetime.now(UTC))


LISTENERS: tuple[Listener, ...] = ()
JOBS: dict[str, Callable[[Task], None]] = {user_group.READ: read_user_groups}
