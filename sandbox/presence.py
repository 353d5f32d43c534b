"""Who is away: a status with its end, and do-not-disturb; set by people, read by the app (users.*, dnd.*)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.arguments import Arguments
from sandbox.model import BOT_USER_ID, Json, SlackError

if TYPE_CHECKING:
    from sandbox.workspace import Workspace

MOST_USERS = 50  # in one dnd.teamInfo; Slack's own limit
NEVER = 1  # what Slack writes for the start and end of a do-not-disturb that is off
NO_STATUS: Json = {"status_text": "", "status_emoji": "", "status_emoji_display_info": [], "status_expiration": 0}


@dataclass(frozen=True)
class Status:
    """What somebody says of themselves; `expires` in seconds since 1970, 0 for never."""

    emoji: str
    text: str
    expires: int


@dataclass(frozen=True)
class Quiet:
    """Do-not-disturb, from and until when, in seconds since 1970."""

    starts: int
    ends: int


def status_of(space: "Workspace", user: str) -> Json:
    """The fields of the profile; a status that has run out is gone."""
    status = space.statuses.get(user)
    if status is None or (status.expires and status.expires <= space.clock.seconds()):
        return dict(NO_STATUS)
    return {
        "status_text": status.text,
        "status_emoji": status.emoji,
        "status_emoji_display_info": [],
        "status_expiration": status.expires,
    }


def quiet_of(space: "Workspace", user: str) -> Json:
    """The do-not-disturb of one person as dnd.info and dnd.teamInfo write it."""
    quiet = space.quiet.get(user)
    if quiet is None or quiet.ends <= space.clock.seconds():
        return {"dnd_enabled": False, "next_dnd_start_ts": NEVER, "next_dnd_end_ts": NEVER}
    return {"dnd_enabled": True, "next_dnd_start_ts": quiet.starts, "next_dnd_end_ts": quiet.ends}


def dnd_info(space: "Workspace", args: Arguments) -> Json:
    """dnd.info: one person's do-not-disturb; without a user it is the app's own, which has none."""
    user = args.text("user") or BOT_USER_ID
    if user != BOT_USER_ID:
        space.person(user)
        return {"ok": True, **quiet_of(space, user)}
    return {"ok": True, **quiet_of(space, user), "snooze_enabled": False}


def dnd_team_info(space: "Workspace", args: Arguments) -> Json:
    """dnd.teamInfo: that of several people.

    Slack's reference says "must provide more than one user" of no_users_provided, so one alone is refused here.
    """
    users = [one.strip() for one in args.text("users").split(",") if one.strip()]
    if len(set(users)) < 2:
        raise SlackError("no_users_provided")
    if len(users) > MOST_USERS:
        raise SlackError("too_many_users")
    if any(user not in space.people for user in users):
        raise SlackError("user_not_visible")
    return {"ok": True, "users": {user: quiet_of(space, user) for user in users}}
