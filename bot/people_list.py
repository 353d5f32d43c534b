"""Everybody whom Slack knows in the workspace, a page at a time: read through the reader."""

from slack_sdk.errors import SlackApiError

from bot.profile import Profile, profile_of
from bot.reader import Reader

PAGE = 200  # Slack takes up to 1,000 and recommends 100 to 200: https://docs.slack.dev/apis/web-api/pagination


class CursorGone(Exception):
    """Slack knows no more where the next page begins."""


def read_page(reader: Reader, cursor: str) -> tuple[list[Profile], str]:
    """The people of one page, with bots and those who have left, and the cursor of the next page, "" if it is the last.

    `cursor` is "" for the first page.

    Raises:
        CursorGone: the list must be begun anew.
        Refused: the workspace does not allow it.
        TooFast: Slack asks for patience.
        SlackApiError: any other refusal.
    """
    try:
        page = reader.call("users.list", limit=PAGE, **({"cursor": cursor} if cursor else {}))
    except SlackApiError as error:
        if cursor and error.response.get("error") == "invalid_cursor":
            raise CursorGone from None
        raise
    following = (page.get("response_metadata") or {}).get("next_cursor") or ""
    return [profile_of(member) for member in page["members"]], following
