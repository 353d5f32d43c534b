"""The sender: drains the outbox at Slack's pace; the only caller of chat.* (R3, R6)."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from storage import outbox, people
from storage.db import Database

log = structlog.get_logger()

AMBIGUOUS = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
TRIES = 5


class Sender:
    """One thread that sends what is in the outbox of one workspace, one message a target and `send_interval`."""

    def __init__(self, *, settings: Settings, db: Database, client: WebClient, team_id: str) -> None:
        self._settings, self._db, self._client, self._team_id = settings, db, client, team_id
        self._work = threading.Event()
        self._closed = threading.Event()
        self._next_at: dict[str, float] = {}  # by target: when it may be written to again (monotonic seconds)
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        with self._db.begin() as session:
            outbox.release_leases(session, team_id=self._team_id, now=datetime.now(UTC))
        self._thread.start()

    def stop(self) -> None:
        """Finish the call that is under way; no other follows."""
        self._closed.set()
        self._work.set()
        self._thread.join(timeout=15)

    def wake(self) -> None:
        """There may be something to send."""
        self._work.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                sent = self.send_next()
            except Exception as error:
                log.error("sender stumbled", error=type(error).__name__)
                sent = False
            if not sent:
                self._work.wait(timeout=self._pause())
                self._work.clear()

    def _pause(self) -> float:
        waits = [at - time.monotonic() for at in self._next_at.values()]
        return min([max(0.005, wait) for wait in waits if wait > 0] + [1.0])

    def send_next(self) -> bool:
        """Send one message if one is due; False if there was none."""
        clock = time.monotonic()
        self._next_at = {target: at for target, at in self._next_at.items() if at > clock}
        with self._db.begin() as session:
            now = datetime.now(UTC)
            row = outbox.claim_next(session, team_id=self._team_id, now=now, busy=frozenset(self._next_at))
            if row is None:
                return False
            before = self._before(session, row)
        if isinstance(before, str):
            self._record(row, reason=before)
            return True
        self._next_at[row.target] = time.monotonic() + self._settings.send_interval
        try:
            channel_id, message_ts = self._call(row, before)
        except SlackApiError as error:
            self._refused(row, error)
        except Exception as error:
            # No answer, or one that cannot be read: it may have been done, so it is not done again.
            log.warning("outcome unknown", message=row.id, error=type(error).__name__)
            self._record(row, reason=type(error).__name__, uncertain=True)
        else:
            with self._db.begin() as session:
                outbox.record_sent(session, session.merge(row), channel_id=channel_id, message_ts=message_ts)
                if row.target[0] in "UW":
                    people.record_person(
                        session, team_id=row.team_id, user_id=row.target, now=now, dm_channel_id=channel_id
                    )
        return True

    def _before(self, session: Any, row: outbox.Outbox) -> outbox.Outbox | str | None:
        """The message that this one answers or changes; a sentence if that one never arrived."""
        if row.after_id is None:
            return None
        first = outbox.get_message(session, team_id=row.team_id, message_id=row.after_id)
        if first is None or first.state != "sent":
            return "the message that it belongs to was not sent"
        return first

    def _call(self, row: outbox.Outbox, before: outbox.Outbox | None) -> tuple[str, str]:
        payload = json.loads(row.payload)
        if row.method == "chat.postMessage":
            channel = before.channel_id if before and before.channel_id else self._channel(row)
            thread_ts = before.message_ts if before else None
            answer = self._client.chat_postMessage(
                channel=channel, thread_ts=thread_ts, unfurl_links=False, unfurl_media=False, **payload
            )
            return str(answer["channel"]), str(answer["ts"])
        to, ts = (before.channel_id or "", before.message_ts or "") if before else (row.target, payload.pop("ts", ""))
        if row.method == "chat.update":
            self._client.chat_update(channel=to, ts=ts, **payload)
        else:
            self._client.chat_delete(channel=to, ts=ts)
        return to, ts

    def _channel(self, row: outbox.Outbox) -> str:
        """The channel to post to; a person's direct message is opened, and where that is refused Slack opens it."""
        if row.target[0] not in "UW":
            return row.target
        with self._db.read() as session:
            person = people.get_person(session, team_id=row.team_id, user_id=row.target)
        if person is not None and person.dm_channel_id:
            return person.dm_channel_id
        try:
            return str(self._client.conversations_open(users=row.target)["channel"]["id"])
        except SlackApiError as error:
            if error.response.get("error") in ("unknown_method", "missing_scope"):
                return row.target
            raise

    def _refused(self, row: outbox.Outbox, error: SlackApiError) -> None:
        reason = str(error.response.get("error") or f"status {error.response.status_code}")
        if error.response.status_code == 429 or reason == "ratelimited":
            wait = float(error.response.headers.get("Retry-After") or 1)
            with self._db.begin() as session:
                again = datetime.now(UTC) + timedelta(seconds=wait)
                outbox.record_retry(session, session.merge(row), not_before=again, reason=reason)
        elif error.response.status_code >= 500 or reason in AMBIGUOUS:
            log.warning("outcome unknown", message=row.id, error=reason)
            self._record(row, reason=reason, uncertain=True)
        else:
            why = (error.response.get("response_metadata") or {}).get("messages")
            log.warning("message refused", message=row.id, error=reason, why=why)
            self._record(row, reason=reason)

    def _record(self, row: outbox.Outbox, *, reason: str, uncertain: bool = False) -> None:
        with self._db.begin() as session:
            outbox.record_failed(session, session.merge(row), reason=reason, uncertain=uncertain)
