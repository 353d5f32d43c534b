"""Socket Mode: up to ten sockets, an envelope to one of them in turn, and the acknowledgements that come back."""

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.changes import Changes
from sandbox.log import WireLog
from sandbox.model import APP_ID, Json
from sandbox.passes import Passes

MOST_SOCKETS = 10  # Slack's limit for one app
SOCKET_SECONDS = 18_060  # what hello says about a socket's life


@dataclass
class Socket:
    """One live connection."""

    web: WebSocket
    name: str
    cut: bool = False
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    def abort(self) -> None:
        """Drop the connection without a goodbye."""
        self.cut = True
        transport = self.web.scope.get("sandbox.transport")
        if transport is not None:
            transport.abort()


class Sockets:
    """All live connections of the app."""

    def __init__(self, log: WireLog, changes: Changes) -> None:
        """Start with none."""
        self._log, self._changes = log, changes
        self._live: list[Socket] = []
        self._turn = 0
        self._n = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self.passes: Passes | None = None

    @property
    def count(self) -> int:
        """How many are live."""
        return len(self._live)

    async def endpoint(self, web: WebSocket) -> None:
        """Serve one connection from the ticket to the end."""
        if self.passes is None or not self.passes.take_ticket(web.query_params.get("ticket", "")):
            await web.close(code=4001)
            return
        await web.accept()
        if self.count >= MOST_SOCKETS:
            await web.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await web.close()
            return
        self._n += 1
        socket = Socket(web, f"socket-{self._n}")
        self._live.append(socket)
        self._log.add("socket", what="open", socket=socket.name, live=self.count)
        self._changes.bump()
        try:
            await self._send(socket, self._hello(socket))
            while True:
                self._received(await web.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass  # gone, or it sent bytes, which Slack does not take
        finally:
            self._forget(socket)

    def _hello(self, socket: Socket) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": SOCKET_SECONDS,
                "socket": socket.name,
            },
            "connection_info": {"app_id": APP_ID},
        }

    def _forget(self, socket: Socket) -> None:
        if socket in self._live:
            self._live.remove(socket)
            self._log.add("socket", what="cut" if socket.cut else "close", socket=socket.name, live=self.count)
            self._changes.bump()

    def _received(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            told = json.loads(text)
            future = self._waiting.get(str(told.get("envelope_id"))) if isinstance(told, dict) else None
            if future and not future.done():
                future.set_result(told.get("payload"))

    async def _send(self, socket: Socket, body: Json) -> bool:
        try:
            async with socket.sending:
                if socket.web.application_state is not WebSocketState.CONNECTED:
                    raise RuntimeError("closed")
                await socket.web.send_text(json.dumps(body))
            return True
        except (WebSocketDisconnect, RuntimeError, OSError):
            self._forget(socket)
            return False

    async def deliver(self, envelope: Json, timeout: float, *, cut: bool = False) -> Any:
        """Send an envelope to the next socket in turn; returns the payload of its acknowledgement, or None without one.

        Raises:
            ConnectionError: no socket is live.
            TimeoutError: no acknowledgement within `timeout` seconds.
        """
        envelope_id = str(uuid.uuid4())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            while True:
                if not self._live:
                    raise ConnectionError("no socket is live")
                self._turn += 1
                socket = self._live[self._turn % self.count]
                if await self._send(socket, {**envelope, "envelope_id": envelope_id}):
                    break
            if cut:
                socket.abort()
                self._forget(socket)
            return await asyncio.wait_for(answer, timeout)
        finally:
            del self._waiting[envelope_id]

    async def refresh(self) -> None:
        """Ask every connection to be opened anew, as Slack does every few hours."""
        for socket in list(self._live):
            await self._send(socket, {"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    def cut_all(self) -> int:
        """Drop every connection without a goodbye; returns how many."""
        cut = list(self._live)
        for socket in cut:
            socket.abort()
            self._forget(socket)
        return len(cut)
