"""The publisher: puts somebody's Home on their screen, with its picture where Slack shows one; calls views.publish."""

import json
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.connect import is_passing
from bot.reader import Reader, TooFast, retry_after
from bot.upload import MOST_TRIES, Uploader, in_words, shows_picture

log = structlog.get_logger()

REFUSED = ("invalid_blocks", "invalid_arguments")  # what Slack says of a file that it does not know yet, or never will


class Publisher:
    """Shows the Homes of one workspace, and remembers if it has none."""

    def __init__(self, client: WebClient, reader: Reader, seconds: float) -> None:
        """`client` must not retry by itself; `seconds` is how long a new picture may be unknown to Slack."""
        self._client, self._reader, self._seconds = client, reader, seconds
        self._uploader = Uploader(client, seconds)
        self._waited_for = ""  # the picture that Slack did not know, and that was waited for

    def publish(self, user_id: str, view: dict[str, Any]) -> None:
        """Show somebody their Home.

        A new picture is drawn and uploaded while its words stand there. Slack looks at a file in its own time: until
        then the words stay, and the job comes again.

        Raises:
            TooFast: not now.
            SlackApiError, OSError: nobody knows whether it was shown; it may be shown again.
        """
        if "views.publish" in self._reader.refused:
            return
        if not self._uploader.is_at_hand(view):
            self._call(user_id, in_words(view))  # nobody waits for a drawing
        # As if tried often: what Slack does not take at once is said in words, and brought with the next drawing.
        shown = self._uploader.bring(view, tries=MOST_TRIES, before=lambda: None)
        if self._call(user_id, shown) or not shows_picture(shown):
            return
        self._call(user_id, in_words(shown))
        pictures = json.dumps([block["slack_file"] for block in shown["blocks"] if "slack_file" in block])
        if pictures != self._waited_for:
            self._waited_for = pictures
            raise TooFast("views.publish", self._seconds)

    def _call(self, user_id: str, view: dict[str, Any]) -> bool:
        """Make the call; False if Slack refuses the view."""
        try:
            self._client.views_publish(user_id=user_id, view=view)
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            if (wait := retry_after(error)) is not None:
                raise TooFast("views.publish", wait) from None
            if is_passing(error):
                raise  # the job comes again
            log.warning("home not published", error=reason, why=error.response.get("response_metadata"))
            if reason in ("unknown_method", "missing_scope"):
                self._reader.refused["views.publish"] = reason
            return reason not in REFUSED
        return True
