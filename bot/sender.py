"""The sender: drains the outbox at Slack's pace; the only caller of chat.* (R3, R4, R6)."""

import json
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.bell import Bell
from bot.direct_messages import DirectMessages
from bot.errors import BotError
from bot.export_file import bytes_of
from bot.pace import Pace
from bot.reader import GONE, Reader, Refused, TooFast, is_ambiguous, retry_after
from bot.settings import Settings
from bot.upload import NotNow, Uploader, in_words, marked, shows_picture
from storage import outbox
from storage.db import Database
from storage.outbox import Claim, Outbox

log = structlog.get_logger()

NOT_DELIVERED = (ConnectionRefusedError, socket.gaierror)  # Slack never saw the call
LET_PASS = 3.0  # seconds that a message waits at most while people wait for the app's first answer
LOOK_BACK = timedelta(minutes=5)  # R4: the clocks of Slack and of this machine differ
LONGEST_RETRY = 60.0  # seconds
PATIENCE = (0.1, 0.3, 0.6)  # the parts of `picture_seconds` after which a picture is tried once more
AT_ONCE = timedelta(seconds=0.5)  # a call that begins so soon after its claim is covered by it
EVENT_TYPE = "groundswell_message"


class _Overtaken(Exception):
    """The claim ended before the call was made."""


class _Stopping(Exception):
    """The app stops between two calls for a message that was not sent yet."""


class Sender:
    """A few threads that send what is in the outbox of one workspace, one message a target at a time.

    A call whose outcome nobody knows is not repeated blindly: its row keeps the lease, and when that has ended (client
    time-out and `settle_seconds`: then Slack has done it or never will) the message is looked for in the history.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        db: Database,
        client: WebClient,
        reader: Reader,
        team_id: str,
        now: Callable[[], datetime],
    ) -> None:
        """`client` must not retry by itself; `now` tells the product's time."""
        self._db, self._client, self._reader, self._team_id, self._now = db, client, reader, team_id, now
        self._picture_seconds, self._admins = settings.picture_seconds, settings.admin_user_ids
        self._uploader = Uploader(client, settings.picture_seconds)
        self._lease = timedelta(seconds=settings.send_timeout + settings.settle_seconds)
        self._pace = Pace(target_seconds=settings.send_interval, per_second=settings.sends_per_second)
        self._channels = DirectMessages(db=db, reader=reader, pace=self._pace, team_id=team_id, now=now)
        self._bell, self._closed, self._stop_seconds = Bell(), threading.Event(), settings.stop_seconds
        names = [f"sender-{number}" for number in range(settings.send_threads)]
        self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for name in names]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the calls that are under way; no other follows."""
        self._closed.set()
        self._bell.ring()
        for thread in self._threads:
            thread.join(timeout=self._stop_seconds)

    def wake(self) -> None:
        """There may be something to send."""
        self._bell.ring()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                worked = self.send_next()
            except Exception as error:
                log.error("sender stumbled", error=type(error).__name__)
                worked = False
            if not worked and not self._closed.is_set():
                self._bell.wait(self._pace.seconds_to_wait(at_most=1.0))
        self._bell.ring()  # the others end too

    def send_next(self) -> bool:
        """Work on one message if one is due; False if there was none."""
        self._db.let_pass(until=time.monotonic() + LET_PASS)
        if not self._pace.take():
            return False
        claim = None
        try:
            claim = self._claim()
        finally:
            if claim is None:
                self._pace.give_back()
        if claim is None:
            return False
        self._bell.ring()  # there may be more, for another thread
        try:
            self._bring(claim)
        finally:
            self._pace.end(claim.row.target)
        return True

    def _claim(self) -> Claim | None:
        with self._db.read() as session:
            if not outbox.is_any_open(session, team_id=self._team_id):  # waits for no writer and makes none wait
                return None
        begun = ""
        try:
            with self._db.begin() as session:
                claim = outbox.claim_next(
                    session,
                    team_id=self._team_id,
                    real_now=datetime.now(UTC),
                    now=self._now(),
                    lease=self._lease,
                    busy=self._pace.busy(),
                    paused=self._pace.paused(),
                )
                if claim is not None:
                    begun = claim.row.target
                    self._pace.begin(begun)
        except Exception:
            if begun:  # the claim was not saved, or nobody knows: its place is free again
                self._pace.end(begun)
            raise
        return claim

    def _bring(self, claim: Claim) -> None:
        """Send it, or find out that it was sent; whatever comes of it is recorded."""
        row = claim.row
        if claim.before is not None and claim.before.state != "sent":
            self._record_failed(row, "the message that it belongs to was not sent")
            return
        try:
            sent = self._find_sent(claim) if claim.is_doubtful and row.method == outbox.POST else None
            if sent is None and row.doubts >= outbox.MOST_DOUBTS:
                self._record_failed(row, row.reason or "no answer", uncertain=True)
                return
            channel_id, message_ts = sent or self._call(claim)
        except Refused as refused:
            self._record_failed(row, str(refused), uncertain=True)
        except TooFast:
            self._doubt(row, "ratelimited")  # while looking: looked for again later
        except NotNow as later:
            self._retry(row, seconds=later.seconds, reason=later.reason)
        except _Stopping:
            self._retry(row, seconds=0, reason="stopping")
        except _Overtaken:
            log.warning("somebody else has the message", message=row.id)
        except SlackApiError as error:
            self._refused(row, error)
        except BotError as error:
            self._record_failed(row, error.sentence)
        except Exception as error:
            self._no_answer(row, error)
        else:
            with self._db.begin() as session:
                outbox.record_sent(session, row, channel_id=channel_id, message_ts=message_ts)
                self._channels.remember(session, row.target, channel_id)

    def _find_sent(self, claim: Claim) -> tuple[str, str] | None:
        """Where the message stands if Slack took it the last time, else None.

        Raises:
            Refused: this workspace lets nobody look.
            TooFast: nobody may look now.
        """
        row, (channel_id, thread_ts) = claim.row, self._place(claim)
        since = (row.first_tried_at or row.created_at) - LOOK_BACK
        try:
            ts = self._reader.find_posted(channel_id, row.wire_key, since=since, thread_ts=thread_ts)
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                raise Refused("conversations.history", str(error.response.get("error"))) from None
            raise
        return (channel_id, ts) if ts else None

    def _place(self, claim: Claim) -> tuple[str, str | None]:
        """The channel, and the thread if it is a reply: to a message of ours, or (`thread_ts`) to somebody's."""
        before = claim.before
        channel_id = before.channel_id if before and before.channel_id else self._channels.open(claim.row.target)
        return channel_id, before.message_ts if before else json.loads(claim.row.payload).get("thread_ts")

    def _call(self, claim: Claim) -> tuple[str, str]:
        row, before, payload = claim.row, claim.before, json.loads(claim.row.payload)
        go_on = partial(self._go_on, row)
        if "file" in payload:
            channel_id, thread_ts = self._place(claim)
            to_whom = {"channel_id": channel_id} | ({"thread_ts": thread_ts} if thread_ts else {})
            data = bytes_of(self._db, row, payload["file"], admins=self._admins, go_on=go_on)
            if self._uploader.share(marked(payload, row.wire_key), data, to_whom, tries=row.attempts, before=go_on):
                return channel_id, ""
            payload = payload["words"]
        payload = self._uploader.bring(payload, tries=row.attempts, before=go_on)
        if row.method == outbox.POST:
            where = {
                "channel": before.channel_id if before and before.channel_id else self._channels.find(row.target),
                "unfurl_links": False,
                "unfurl_media": False,
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": row.wire_key}},
                **({"thread_ts": before.message_ts} if before else {}),
            }
            answer = self._say(row, where, marked(payload, row.wire_key))
            return str(answer["channel"]), str(answer["ts"])
        to, ts = (before.channel_id or "", before.message_ts or "") if before else (row.target, payload.pop("ts", ""))
        self._say(row, {"channel": to, "ts": ts}, payload)
        return to, ts

    def _say(self, row: Outbox, where: dict[str, Any], message: dict[str, Any]) -> Any:
        """Make the call. Slack looks at a new file in its own time and refuses blocks with it until then, so a message
        with a picture is tried a little later, a few times, and then without.
        """
        for part in (0.0, *PATIENCE) if shows_picture(message) else ():
            self._closed.wait(self._picture_seconds * part)
            self._go_on(row)
            try:
                return self._client.api_call(row.method, json=where | message)
            except SlackApiError as error:
                if error.response.get("error") != "invalid_blocks":
                    raise
        self._hold(row)
        return self._client.api_call(row.method, json=where | in_words(message))

    def _go_on(self, row: Outbox) -> None:
        """Before a call that does not say the message yet.

        Raises:
            _Stopping: the app stops, and the message can wait for the next start.
            _Overtaken: another sender has the row.
        """
        if self._closed.is_set():
            raise _Stopping
        self._hold(row)

    def _hold(self, row: Outbox) -> None:
        """See to it that the claim outlasts the call and what may come of it later, however long the looking took.

        Raises:
            _Overtaken: it has ended, and another sender has the row.
        """
        now = datetime.now(UTC)
        if row.leased_until and row.leased_until - now > self._lease - AT_ONCE:
            return
        with self._db.begin() as session:
            if not outbox.extend_claim(session, row, leased_until=now + self._lease):
                raise _Overtaken

    def _refused(self, row: Outbox, error: SlackApiError) -> None:
        reason = str(error.response.get("error") or f"status {error.response.status_code}")
        wait = retry_after(error)
        if wait is not None:
            self._pace.pause(row.method, wait)
            self._retry(row, seconds=wait, reason=reason)
        elif is_ambiguous(error):
            self._doubt(row, reason)
        else:
            why = (error.response.get("response_metadata") or {}).get("messages")
            log.warning("message refused", message=row.id, error=reason, why=why)
            self._record_failed(row, reason)

    def _no_answer(self, row: Outbox, error: Exception) -> None:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, NOT_DELIVERED):
            self._retry(row, seconds=min(LONGEST_RETRY, 0.5 * 2 ** min(row.attempts, 10)), reason=type(cause).__name__)
        else:
            self._doubt(row, type(error).__name__)

    def _retry(self, row: Outbox, *, seconds: float, reason: str) -> None:
        with self._db.begin() as session:
            again = datetime.now(UTC) + timedelta(seconds=seconds)
            outbox.record_retry(session, row, not_before=again, reason=reason)

    def _doubt(self, row: Outbox, reason: str) -> None:
        log.warning("outcome unknown", message=row.id, error=reason)
        with self._db.begin() as session:
            outbox.record_doubt(session, row, reason=reason)

    def _record_failed(self, row: Outbox, reason: str, *, uncertain: bool = False) -> None:
        with self._db.begin() as session:
            outbox.record_failed(session, row, reason=reason, uncertain=uncertain)
