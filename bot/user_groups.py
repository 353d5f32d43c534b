"""Slack's user groups, and who belongs to an audience that only Slack can tell: read through the reader."""

from slack_sdk.errors import SlackApiError

from bot.domain.audience import Audience
from bot.reader import Reader

NO_SUCH_GROUP = ("no_such_subteam", "subteam_not_found", "user_group_not_found")


def list_user_groups(reader: Reader) -> dict[str, str]:
    """The workspace's user groups that are in use, ids with their names.

    Raises:
        Refused: the workspace does not allow it.
    """
    listed = reader.call("usergroups.list")["usergroups"]
    in_use = [one for one in listed if not one.get("date_delete")]
    return {one["id"]: one.get("name") or one.get("handle") or one["id"] for one in in_use}


def read_members(reader: Reader, audience: Audience, *, seen_by: str) -> frozenset[str] | None:
    """Who is in the channels and the user groups of an audience that names some, by user id.

    With both, those who are in one of the channels and in one of the groups. None if one of them cannot be seen, by the
    app or by the person who asks (`seen_by`): a private channel is there for its members alone.

    Raises:
        Refused: the workspace does not allow it.
    """
    found: list[frozenset[str]] = []
    if audience.channel_ids:
        inside: set[str] = set()
        for channel_id in audience.channel_ids:
            members = reader.members([channel_id])
            if members is None or not (seen_by in members or reader.is_public(channel_id)):
                return None
            inside |= members
        found.append(frozenset(inside))
    if audience.user_group_ids:
        grouped: set[str] = set()
        for user_group_id in audience.user_group_ids:
            try:
                grouped.update(reader.call("usergroups.users.list", usergroup=user_group_id)["users"])
            except SlackApiError as error:
                if error.response.get("error") in NO_SUCH_GROUP:
                    return None
                raise
        found.append(frozenset(grouped))
    return frozenset.intersection(*found) if found else frozenset()
