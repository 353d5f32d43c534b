"""Presence: who is away or does not want to be disturbed, asked of Slack through the reader before anybody is asked."""

from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.domain.away import away_until, dnd_until
from bot.jobs import Task
from bot.reader import Reader, Refused
from storage import away

KEPT_FOR = timedelta(minutes=30)  # of the product's time
AT_ONCE = 50  # people that one dnd.teamInfo may name: Slack's own limit
UNKNOWN_PERSON = ("user_not_found", "user_not_visible", "no_users_provided")


def read_away(task: Task, user_ids: list[str], *, many: bool) -> None:
    """Find out who of these people is away, asking Slack about those of whom it was not asked lately.

    What the workspace does not allow to be read is taken for "there". With `many` all statuses are read at once: a
    few pages instead of one call a person.

    Raises:
        TooFast: Slack asks for patience.
    """
    with task.db.read() as session:
        known = away.list_away(session, team_id=task.team_id, user_ids=user_ids, since=task.now - KEPT_FOR)
    unknown = sorted(set(user_ids) - set(known))
    if not unknown:
        return
    until = _until(task.reader, unknown, task.now, many=many)
    with task.db.begin() as session:
        away.record_away(session, team_id=task.team_id, until=until, now=task.now)


def _until(reader: Reader, user_ids: list[str], now: datetime, *, many: bool) -> dict[str, datetime | None]:
    """Until when each of them is away; None for those who are there."""
    profiles = _all_profiles(reader) if many else {user_id: _profile(reader, user_id) for user_id in user_ids}
    until = {user_id: away_until(profiles.get(user_id) or {}, now) for user_id in user_ids}
    for first in range(0, len(user_ids), AT_ONCE):
        for user_id, told in _dnd(reader, user_ids[first : first + AT_ONCE]).items():
            ends = dnd_until(told, now)
            if user_id in until and ends is not None:
                until[user_id] = max(ends, until[user_id] or ends)
    return until


def _profile(reader: Reader, user_id: str) -> dict[str, Any]:
    told = _allowed(reader, "users.info", user=user_id) or {}
    return dict((told.get("user") or {}).get("profile") or {})


def _all_profiles(reader: Reader) -> dict[str, dict[str, Any]]:
    try:
        return {member["id"]: member.get("profile") or {} for member in reader.pages("users.list", "members")}
    except Refused:
        return {}


def _dnd(reader: Reader, user_ids: list[str]) -> dict[str, Any]:
    """Do-not-disturb by person. Slack wants more than one in a list, and refuses a list with somebody unknown in it."""
    if len(user_ids) > 1:
        told = _allowed(reader, "dnd.teamInfo", users=",".join(user_ids))
        if told is not None:
            return dict(told.get("users") or {})
    return {user_id: _allowed(reader, "dnd.info", user=user_id) or {} for user_id in user_ids}


def _allowed(reader: Reader, method: str, **arguments: str) -> Any:
    """Slack's answer; empty where it is not allowed, None where somebody is unknown."""
    try:
        return reader.call(method, **arguments)
    except Refused:
        return {}
    except SlackApiError as error:
        if error.response.get("error") in UNKNOWN_PERSON:
            return None
        raise
