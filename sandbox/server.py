"""The sandbox as a web server: all its addresses, and a thread to run it in."""

import asyncio
import json
import logging
import socket
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import files
from sandbox.company import load_company
from sandbox.control import Control
from sandbox.faults import Rule
from sandbox.manifest import load_manifest
from sandbox.model import SlackError
from sandbox.sandbox import Sandbox

PAGE = Path(__file__).parent / "page"
START_SECONDS = 10.0


class KnowsItsTransport:
    """Puts the connection's transport into the scope, so that a fault can drop it without an answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        cycle = getattr(send, "__self__", None)
        scope["sandbox.transport"] = getattr(cycle, "transport", None)
        await self._app(scope, receive, send)


def create_app(sandbox: Sandbox) -> ASGIApp:
    """The web application of a sandbox."""
    control = Control(sandbox)

    async def respond(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            if not isinstance(body, dict):
                raise ValueError
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        sandbox.log.add("respond", args=body)
        try:
            sandbox.answers.respond(request.path_params["key"], body)
        except SlackError as error:
            gone = error.error in ("expired_url", "used_url")
            return JSONResponse(error.answer(), status_code=404 if gone else 400)
        return PlainTextResponse("ok")

    async def upload(request: Request) -> Response:
        data = await _uploaded(request)
        rule = sandbox.faults.pick("upload")
        if rule is not None:
            sandbox.log.add("fault", method="upload", fault=rule.kind)
            return await _refused_upload(rule)
        try:
            return PlainTextResponse(files.receive(sandbox.space, request.path_params["id"], data))
        except SlackError as error:
            return PlainTextResponse(error.error, status_code=400)

    routes = [
        Route("/", _page),
        Route("/archives/{rest:path}", _page),
        Route("/page/{name}", _page_file),
        Route("/api/{method}", sandbox.web_api.endpoint, methods=["GET", "POST"]),
        WebSocketRoute("/_socket", sandbox.sockets.endpoint),
        Route("/_response/{key}", respond, methods=["POST"]),
        Route("/_upload/{id}", upload, methods=["POST", "PUT"]),
        Route("/_sandbox/clock", control.get_clock, methods=["GET"]),
        Route("/_sandbox/see", control.get_see, methods=["GET"]),
        Route("/_sandbox/log", control.get_log, methods=["GET"]),
        Route("/_sandbox/people", control.get_people, methods=["GET"]),
        Route("/_sandbox/changes", control.get_changes, methods=["GET"]),
        Route("/_sandbox/files/{id}", control.get_file, methods=["GET"]),
        Route("/_sandbox/{name}", control.post, methods=["POST"]),
    ]
    return KnowsItsTransport(Starlette(routes=routes))


async def _uploaded(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_part_size=files.LARGEST) as form:
        for part in form.values():
            if not isinstance(part, str):
                return await part.read()
    return b""


async def _refused_upload(rule: Rule) -> Response:
    if rule.kind == "ratelimited":
        wait = str(max(1, round(rule.delay)))
        return PlainTextResponse("ratelimited", status_code=429, headers={"Retry-After": wait})
    if rule.kind == "timeout_before":
        await asyncio.sleep(rule.delay)
    return PlainTextResponse("internal_error", status_code=500)


async def _page(_request: Request) -> Response:
    return _file(PAGE / "index.html")


async def _page_file(request: Request) -> Response:
    return _file(PAGE / request.path_params["name"])


def _file(path: Path) -> Response:
    if not path.is_file() or path.parent != PAGE:
        return PlainTextResponse("There is nothing here.", status_code=404)
    return FileResponse(path, headers={"Cache-Control": "no-store"})


class SandboxServer:
    """A sandbox in a thread of its own."""

    def __init__(
        self, company: Path | str, manifest: Path | str, port: int = 8790, host: str = "127.0.0.1", **settings: Any
    ) -> None:
        """Load the company's folder and the manifest's file; port 0 picks a free one; settings are Sandbox's.

        Raises:
            CompanyError, ManifestError: a file is missing or cannot be understood.
            OSError: the port is taken.
        """
        self.sandbox = Sandbox(load_company(Path(company)), load_manifest(Path(manifest)), **settings)
        # Named as TCP, or asyncio would not switch off Nagle's algorithm: 40 ms for every answer.
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((host, port))
        except OSError:
            self._listener.close()
            raise
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self.sandbox.space.base_url = self.url
        self.team_id: str = self.sandbox.space.team_id
        config = uvicorn.Config(
            create_app(self.sandbox),
            log_level=logging.CRITICAL,
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            self.sandbox.close()
            await self.sandbox.use_request_url(None)

    def start(self) -> None:
        """Serve; returns once it answers.

        Raises:
            RuntimeError: it does not come up.
        """
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError("The sandbox did not start.")
            time.sleep(0.01)

    def wait(self) -> None:
        """Return when it has stopped."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def stop(self) -> None:
        """Stop serving and close the port; nothing happens if it does not run."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self.sandbox.close)
            self._server.should_exit = True
            self._thread.join(10)
        self._listener.close()
