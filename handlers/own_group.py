"""Own groups that Slack knows more of: who is in a user group, and who of those chosen by hand is still there."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from slack_sdk.errors import SlackApiError
from sqlmodel import Session

from bot.domain.audience import Audience
from bot.domain.own_group import USER_GROUP
from bot.intake import Listener
from bot.jobs import Task
from bot.reader import Profile, Refused
from bot.settings import Settings
from bot.user_groups import list_user_groups, read_members
from storage import home, people, user_group
from storage import own_group as store
from storage.db import Database

MANY = 20  # people whom nobody knows yet: for more of them the whole list is read instead of each alone
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

    Each is saved alone: where Slack asks for patience in between, the next try goes on with those that are left.
    """
    try:
        groups = list_user_groups(task.reader)
    except Refused:
        groups = None
    with task.db.begin() as session:
        if groups is not None:
            user_group.record_user_groups(session, team_id=task.team_id, groups=groups)
        due = [(row.id or 0, row.kind) for row in store.list_due(session, team_id=task.team_id, now=task.now)]
    for choice_id, kind in due:
        if kind == USER_GROUP:
            _read_user_group(task, choice_id, groups or {})
        else:
            _look_at_people(task, choice_id)


def _read_user_group(task: Task, choice_id: int, groups: dict[str, str]) -> None:
    """Who is in it now; whoever the app has not met is met by their profile."""
    with task.db.read() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=choice_id)
    if row is None:
        return
    members = None
    if row.user_group_id in groups:
        try:
            members = read_members(task.reader, Audience(role="", user_group_ids=(row.user_group_id,)), seen_by="")
        except Refused:
            members = None
    name = groups.get(row.user_group_id, "")
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=choice_id)
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
    _meet(task, choice_id, unmet)


def _look_at_people(task: Task, choice_id: int) -> None:
    """Who of those chosen by hand is still there: it is time to ask once a day."""
    with task.db.read() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=choice_id)
        chosen = store.list_members(session, row) if row else []
    _meet(task, choice_id, chosen)
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=choice_id)
        if row is not None:
            store.record_looked(session, row, now=task.now)


def _meet(task: Task, choice_id: int, user_ids: list[str]) -> None:
    """Remember these people; bots and people of other companies are taken out of the own group."""
    if not user_ids:
        return
    try:
        profiles = {one.user_id: one for one in _profiles(task, user_ids)}
    except Refused:
        return  # whoever the app has not met counts nowhere
    with task.db.begin() as session:
        row = store.take_choice(session, team_id=task.team_id, choice_id=choice_id)
        if row is None:
            return
        here = [one for one in profiles.values() if one.works_here(task.team_id)]
        for one in here:
            who = {"name": one.name or None, "tz": one.tz or None, "is_active": one.is_active}
            people.record_person(session, team_id=task.team_id, user_id=one.user_id, now=task.now, **who)
        strangers = set(user_ids) - {one.user_id for one in here}
        store.remove_members(session, row, strangers)
        _refresh(session, task, [row.user_id])


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
