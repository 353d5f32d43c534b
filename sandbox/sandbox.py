"""One sandbox: the workspace, the ways to the app, and what disturbs them."""

import asyncio

from sandbox.answers import Answers
from sandbox.clock import SandboxClock
from sandbox.company import Company
from sandbox.delivery import ACK_SECONDS, RETRY_DELAYS, Delivery
from sandbox.faults import Faults
from sandbox.http_events import RequestUrl
from sandbox.interactions import Interactions
from sandbox.limits import Limits
from sandbox.log import WireLog
from sandbox.manifest import Manifest
from sandbox.model import Json
from sandbox.socket_mode import Sockets
from sandbox.web_api import WebApi
from sandbox.workspace import Workspace

TRIGGER_SECONDS = 3.0  # Slack's


class Sandbox:
    """All parts of one sandbox, on one event loop."""

    def __init__(
        self,
        company: Company,
        manifest: Manifest,
        *,
        ack_seconds: float = ACK_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        trigger_seconds: float = TRIGGER_SECONDS,
        limit_scale: float = 1.0,
    ) -> None:
        """Put it together; the seconds are real ones, and Slack's unless a test shortens them."""
        self.clock = SandboxClock(company.start)
        self.space = Workspace(company, manifest, self.clock, trigger_seconds)
        self.log, self.faults, self.limits = WireLog(), Faults(), Limits(limit_scale)
        self._limit_scale = limit_scale
        self.sockets = Sockets(self.log, self.space.changes)
        self.sockets.passes = self.space.passes
        self.delivery = Delivery(self.space.team_id, self.sockets, self.faults, self.log, ack_seconds, retry_delays)
        self.interactions = Interactions(self.space, self.delivery)
        self.answers = Answers(self.space)
        self.web_api = WebApi(self.space, self.limits, self.faults, self.log)
        self.space.on_event = self._send
        self._cutter: asyncio.Task[None] | None = None

    def _send(self, event: Json) -> None:
        self.delivery.send_event(event, self.clock.seconds())

    async def use_request_url(self, target: RequestUrl | None) -> None:
        """From now on send everything there, or with None over the sockets again."""
        old, self.delivery.request_url = self.delivery.request_url, target
        if old is not None:
            await old.close()

    async def reset(self) -> None:
        """Everything as at the start; sockets stay open."""
        self.delivery.forget()
        self.web_api.forget()
        self.faults.replace([])
        self.watch_cuts()
        self.limits.set_scale(self._limit_scale)
        await self.use_request_url(None)
        self.clock.reset()
        self.space.load()
        self.sockets.passes = self.space.passes
        self.log.clear()

    def watch_cuts(self) -> None:
        """Begin or end cutting the sockets every few seconds, as the faults say."""
        if self._cutter is not None:
            self._cutter.cancel()
            self._cutter = None
        seconds = self.faults.socket_cut_seconds()
        if seconds is not None:
            self._cutter = asyncio.get_running_loop().create_task(self._cut_every(seconds))

    async def _cut_every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            if self.faults.pick("socket") is not None:
                self.sockets.cut_all()

    def close(self) -> None:
        """Let everybody go who waits for a change, and stop sending."""
        self.delivery.forget()
        self.web_api.forget()
        if self._cutter is not None:
            self._cutter.cancel()
        self.space.changes.close()
        self.clock.changes.close()
