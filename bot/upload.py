"""The upload: a message's pictures, and files of their own, on their way into Slack; the only caller of files.*."""

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.drawing import draw
from bot.picture import from_json
from bot.reader import is_ambiguous, retry_after

log = structlog.get_logger()

LACKING = ("unknown_method", "missing_scope", "not_allowed_token_type", "method_not_supported")
COMPLETE = "files.completeUploadExternal"
MOST_REMEMBERED = 50  # pictures
MOST_TRIES = 4  # claims of a message that are spent on its pictures; then its words go alone
LONGEST_WAIT = 30.0  # seconds that the words wait for a picture at once

Message = dict[str, Any]


class NotNow(Exception):
    """Slack did not take a picture, and may in `seconds`; nothing of the message was said."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


class _Useless(Exception):
    """There will be no picture; the text says why."""


class Uploader:
    """Puts pictures into one workspace, and remembers if it takes none.

    A file is shared with nobody until a message shows it, so all of it may be done once more at any time.
    """

    def __init__(self, client: WebClient, seconds: float) -> None:
        """`client` must not retry by itself; `seconds` is about how long a message waits for its picture in all."""
        self._client, self._seconds = client, seconds
        self._lacks = ""
        self._brought: dict[str, str] = {}  # pictures of messages to many: the file of each

    def bring(self, message: Message, *, tries: int, before: Callable[[], None]) -> Message:
        """The message with each picture as a file of Slack's, or, where that cannot be, with its words.

        `tries` counts how often the message was taken up, this time included; `before` is called before each call.

        Raises:
            NotNow: try again later.
        """
        return _with(message, lambda block: self._bring(block, tries, before) if "picture" in block else block)

    def _bring(self, block: Message, tries: int, before: Callable[[], None]) -> Message:
        try:
            if self._lacks:
                raise _Useless(self._lacks)
            file_id = self._find(block) or self._put(_drawn(block["picture"]), before)
            self._remember(block, file_id)
        except _Useless as useless:
            log.warning("message goes without its picture", error=str(useless))
            return _words(block)
        except NotNow as later:
            if tries >= MOST_TRIES or later.seconds > LONGEST_WAIT:
                log.warning("message goes without its picture", error=later.reason)
                return _words(block)
            raise NotNow(later.reason, max(later.seconds, self._seconds * 2**tries / 2**MOST_TRIES)) from None
        kept = {name: value for name, value in block.items() if name not in ("picture", "for_many")}
        return kept | {"slack_file": {"id": file_id}}

    def is_at_hand(self, message: Message) -> bool:
        """Whether nothing has to be drawn and uploaded for it: its pictures have been brought, or none can be."""
        shown = [block for block in message.get("blocks") or [] if "picture" in block]
        return bool(self._lacks) or all(self._find(block) for block in shown)

    def _find(self, block: Message) -> str:
        """The file that another message of many has brought already, or an empty string."""
        return self._brought.get(json.dumps(block["picture"]), "") if block.get("for_many") else ""

    def _remember(self, block: Message, file_id: str) -> None:
        if block.get("for_many"):
            if len(self._brought) >= MOST_REMEMBERED:
                self._brought = {}
            self._brought[json.dumps(block["picture"])] = file_id

    def share(
        self, message: Message, data: bytes, where: dict[str, str], *, tries: int, before: Callable[[], None]
    ) -> bool:
        """Post the `file` of a message (name, title) with its blocks; False if Slack takes no files.

        Only the last of the three calls says anything, so what comes of it is the caller's to look up, as with a post.

        Raises:
            NotNow: try again later; nothing was said.
            SlackApiError, OSError, HTTPException: the last call; nobody may know whether it was done.
        """
        file = message["file"]
        try:
            if self._lacks:
                raise _Useless(self._lacks)
            file_id = self._upload(file["name"], data, before)
            before()
            files = json.dumps([{"id": file_id, "title": file["title"]}])
            blocks = json.dumps(message["blocks"])
            self._client.api_call(COMPLETE, params={"files": files, "blocks": blocks} | where)
        except _Useless as useless:
            log.warning("message goes without its file", error=str(useless))
            return False
        except NotNow as later:
            if tries >= MOST_TRIES or later.seconds > LONGEST_WAIT:
                return False
            raise
        except SlackApiError as error:
            return self._is_shared(error)
        return True

    def _is_shared(self, error: SlackApiError) -> bool:
        """What a refusal of the last call means: False if it says that this will never be taken."""
        wait, reason = retry_after(error), str(error.response.get("error"))
        if wait is not None:
            raise NotNow(f"{COMPLETE}: {reason}", wait) from None
        if is_ambiguous(error):
            raise error
        log.warning("message goes without its file", error=reason)
        return False

    def _put(self, data: bytes, before: Callable[[], None]) -> str:
        file_id = self._upload("picture.png", data, before)
        before()
        self._call(COMPLETE, files=json.dumps([{"id": file_id}]))
        return file_id

    def _upload(self, name: str, data: bytes, before: Callable[[], None]) -> str:
        """The first two steps: nobody sees the file yet."""
        before()
        place = self._call("files.getUploadURLExternal", filename=name, length=len(data))
        before()
        self._send(str(place["upload_url"]), data)
        return str(place["file_id"])

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return self._client.api_call(method, params=arguments)
        except SlackApiError as error:
            reason = str(error.response.get("error") or f"status {error.response.status_code}")
            wait = retry_after(error)
            if wait is not None or is_ambiguous(error):
                raise NotNow(f"{method}: {reason}", wait or 0) from None
            if reason in LACKING:
                self._lacks = f"{method}: {reason}"
            raise _Useless(f"{method}: {reason}") from None
        except (OSError, HTTPException) as error:
            raise NotNow(f"{method}: {type(error).__name__}", 0) from None

    def _send(self, url: str, data: bytes) -> None:
        if not url.startswith(("https://", "http://")):
            raise _Useless("upload: no web address")
        to = Request(url, data, {"Content-Type": "application/octet-stream"}, method="POST")
        try:
            with urlopen(to, timeout=self._client.timeout, context=self._client.ssl) as answer:
                answer.read()
        except HTTPError as error:
            error.close()
            if error.code == 429 or error.code >= 500:
                raise NotNow(f"upload: status {error.code}", _seconds(error.headers.get("Retry-After"))) from None
            raise _Useless(f"upload: status {error.code}") from None
        except (OSError, HTTPException) as error:
            raise NotNow(f"upload: {type(error).__name__}", 0) from None


def shows_picture(message: Message) -> bool:
    """Whether it shows a file of Slack's."""
    return any("slack_file" in block for block in message.get("blocks") or [])


def in_words(message: Message) -> Message:
    """The message with the words of each picture in its place."""
    return _with(message, lambda block: _words(block) if "slack_file" in block or "picture" in block else block)


def marked(payload: Message, wire_key: str) -> Message:
    """The message with the key as its first block's id, where that block has none: some Slacks keep no metadata."""
    blocks = payload.get("blocks") or []
    if not blocks or blocks[0].get("block_id"):
        return payload
    return payload | {"blocks": [blocks[0] | {"block_id": wire_key}, *blocks[1:]]}


def _with(message: Message, change: Callable[[Message], Message]) -> Message:
    blocks = message.get("blocks")
    return message | {"blocks": [change(block) for block in blocks]} if blocks else message


def _words(block: Message) -> Message:
    kept = {name: block[name] for name in ("block_id",) if name in block}
    said = {"type": "plain_text", "text": block["alt_text"], "emoji": True}
    return {"type": "context", "elements": [said], **kept}


def _drawn(told: Any) -> bytes:
    try:
        return draw(from_json(told))
    except Exception as error:  # whatever a drawing trips over, the words must go out
        raise _Useless(f"drawing: {type(error).__name__}") from None


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isdecimal() else 0.0
