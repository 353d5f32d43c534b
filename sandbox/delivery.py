"""Sending to the app: events with their retries, interactions once; over Socket Mode or signed HTTP."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from sandbox.faults import Faults, Rule
from sandbox.http_events import NotOk, RequestUrl
from sandbox.log import WireLog
from sandbox.model import APP_ID, BOT_USER_ID, Json, new_id
from sandbox.socket_mode import Sockets

ACK_SECONDS = 3.0  # Slack's, for everything
RETRY_DELAYS = (0.0, 60.0, 300.0)  # Slack's, for events: at once, after a minute, after five


@dataclass
class Ack:
    """What the app answered to an interaction; `status` is ok, timeout, not_connected or error."""

    status: str
    body: Any
    ms: int

    def to_json(self) -> Json:
        """As the control API writes it."""
        body = self.body if isinstance(self.body, dict) or self.body is None else {"text": str(self.body)}
        return {"status": self.status, "body": body, "ms": self.ms}


class Delivery:
    """The only way from the workspace to the app."""

    def __init__(
        self,
        team_id: str,
        sockets: Sockets,
        faults: Faults,
        log: WireLog,
        ack_seconds: float = ACK_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        """Begin with Socket Mode."""
        self._team_id, self._sockets, self._faults, self._log = team_id, sockets, faults, log
        self.ack_seconds, self.retry_delays = ack_seconds, retry_delays
        self.request_url: RequestUrl | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] = []

    def is_busy(self) -> bool:
        """Whether an event is still under way, or waits for its next try."""
        return bool(self._tasks or self._held)

    def forget(self) -> None:
        """Give up every event that is still under way."""
        for task in self._tasks:
            task.cancel()
        self._held.clear()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def send_event(self, event: Json, now: int) -> None:
        """Send an event, and again where the app does not acknowledge it; `now` is the workspace's, in seconds."""
        body: Json = {
            "token": "sandbox",
            "team_id": self._team_id,
            "context_team_id": self._team_id,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": now,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._team_id,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{new_id('E')}",
        }
        rule = self._faults.pick("event")
        kind = rule.kind if rule else ""
        if rule:
            self._log.add("fault", method="event", fault=kind, event_id=body["event_id"], type=event.get("type"))
        if kind == "drop":
            return
        if rule and kind == "reorder":
            self._held.append(body)
            self._start(self._release(body, rule))
            return
        self._start(self._deliver_event(body, cut=kind == "cut"))
        if kind == "twice":
            self._start(self._deliver_event(body))
        held, self._held = self._held, []
        for late in held:
            self._start(self._deliver_event(late, after=0.05))

    async def _release(self, body: Json, rule: Rule) -> None:
        await asyncio.sleep(rule.delay)
        if body in self._held:
            self._held.remove(body)
            await self._deliver_event(body)

    async def _deliver_event(self, body: Json, *, cut: bool = False, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        reason = ""
        for attempt in range(len(self.retry_delays) + 1):
            if attempt:
                await asyncio.sleep(self.retry_delays[attempt - 1])
            try:
                await self._event_once(body, attempt, reason, cut and attempt == 0)
                return
            except NotOk as error:
                reason = "http_error"
                if error.no_retry:
                    return
            except TimeoutError:
                reason = "http_timeout" if self.request_url else "timeout"
            except ConnectionError:
                reason = "connection_failed"

    async def _event_once(self, body: Json, attempt: int, reason: str, cut: bool) -> None:
        started = time.monotonic()
        envelope = {
            "type": "events_api",
            "payload": body,
            "accepts_response_payload": False,
            "retry_attempt": attempt,
            "retry_reason": reason,
        }
        headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        ack = "ok"
        try:
            await self._carry("events_api", envelope, headers, cut=cut)
        except (NotOk, TimeoutError, ConnectionError) as error:
            ack = {NotOk: "http_error", TimeoutError: "timeout"}.get(type(error), "connection_failed")
            raise
        finally:
            self._note("events_api", body, attempt, ack, started)

    async def _carry(self, kind: str, envelope: Json, headers: dict[str, str], *, cut: bool = False) -> Any:
        if self.request_url is not None:
            return await self.request_url.deliver(kind, envelope["payload"], headers, self.ack_seconds)
        return await self._sockets.deliver(envelope, self.ack_seconds, cut=cut)

    def _note(self, kind: str, payload: Json, attempt: int, ack: str, started: float, body: Any = None) -> None:
        ms = round((time.monotonic() - started) * 1000)
        self._log.add("deliver", type=kind, envelope=payload, attempt=attempt, ack=ack, body=body, ms=ms)

    async def interact(self, kind: str, payload: Json) -> Ack:
        """Send an interaction once and wait for the acknowledgement; `kind` is interactive or slash_commands."""
        started = time.monotonic()
        status, body = "ok", None
        try:
            envelope = {"type": kind, "payload": payload, "accepts_response_payload": True}
            body = await self._carry(kind, envelope, {})
        except TimeoutError:
            status = "timeout"
        except ConnectionError:
            status = "not_connected"
        except NotOk as error:
            status, body = "error", {"http_status": error.status}
        self._note(kind, payload, 0, status, started, body)
        return Ack(status, body, round((time.monotonic() - started) * 1000))
