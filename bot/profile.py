"""People as Slack describes them."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True)
class Profile:
    """Somebody as Slack knows them; `tz` is an IANA name that this machine knows, or empty.

    `team_id` is their own workspace; `is_stranger` says that they are of another company, as their `team_id` does.
    """

    user_id: str
    name: str
    tz: str
    is_active: bool
    is_bot: bool
    team_id: str = ""
    is_stranger: bool = False

    def works_here(self, team_id: str) -> bool:
        """Whether they are or were a colleague in this workspace: no bot, and nobody from another company."""
        return not self.is_bot and not self.is_stranger and self.team_id in ("", team_id)


def profile_of(user: dict[str, Any]) -> Profile:
    """Somebody, out of a user object of Slack's."""
    names = user.get("profile") or {}
    name = names.get("real_name") or user.get("real_name") or names.get("display_name") or user.get("name") or ""
    return Profile(
        user_id=user["id"],
        name=name,
        tz=_known(user.get("tz") or ""),
        is_active=not user.get("deleted", False),
        is_bot=bool(user.get("is_bot") or user["id"] == "USLACKBOT"),
        team_id=user.get("team_id") or "",
        is_stranger=bool(user.get("is_stranger")),
    )


def _known(tz: str) -> str:
    """A zone, or "" if this machine knows none of that name: its lists are of another year than Slack's."""
    try:
        return ZoneInfo(tz).key if tz else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
