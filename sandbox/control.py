"""The control API: what people do, the clock, faults and limits, and looking at it all; docs/sandbox.md lists it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sandbox import doings
from sandbox.clock import ClockError
from sandbox.faults import FaultError
from sandbox.http_events import RequestUrl
from sandbox.model import Json, SlackError
from sandbox.sandbox import Sandbox
from sandbox.see import people, see
from sandbox.surfaces import PageError, person_of

LONGEST_WAIT = 60.0  # seconds that a question for the clock may wait
HEARTBEAT = 15.0  # seconds between signs of life on the stream of changes
Told = Mapping[str, Any]


class Control:
    """Answers /_sandbox/NAME."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Put the control API before a sandbox."""
        self._sandbox, self._space = sandbox, sandbox.space
        act = sandbox.interactions
        self._posts: dict[str, Callable[[str, Told], Awaitable[Json]]] = {
            "command": lambda user, told: act.command(user, str(told.get("channel", "app")), str(told.get("text", ""))),
            "click": act.click,
            "options": act.options,
            "submit": lambda user, told: act.submit(user, told.get("values") or {}),
            "close": lambda user, told: act.close(user, everything=bool(told.get("all"))),
            "shortcut": act.shortcut,
            "clock": self._clock,
            "faults": self._faults,
            "cut": self._cut,
            "http": self._http,
            "limits": self._limits,
            "reset": self._reset,
            "invite": self._invite,
            "share": self._share,
            "user_group": self._user_group,
        }
        self._simple = {
            "message": doings.say,
            "edit": doings.edit,
            "delete": doings.delete,
            "react": doings.react,
            "open_home": doings.open_home,
            "unfurl": doings.unfurl,
            "join": doings.join,
            "status": doings.set_status,
            "quiet": doings.set_quiet,
            "person": doings.change_person,
        }

    async def post(self, request: Request) -> Response:
        """Do something."""
        name = request.path_params["name"]
        try:
            told = json.loads(await request.body() or b"{}")
            if not isinstance(told, dict):
                raise ValueError
        except ValueError:
            return _refused(PageError("invalid_json", "The body must be a JSON object."), status=400)
        user = str(told.get("user", ""))
        try:
            if name in self._simple:
                return JSONResponse({"ok": True, **self._simple[name](self._space, user, told)})
            if name in self._posts:
                return JSONResponse({"ok": True, **await self._posts[name](user, told)})
            return _refused(PageError("unknown_call", f"There is no call named {name}."), status=404)
        except PageError as error:
            return _refused(error)
        except (ClockError, FaultError) as error:
            return _refused(PageError("invalid", str(error)))
        except SlackError as error:
            return _refused(PageError(error.error, f"Slack would answer {error.error}."))

    async def get_clock(self, request: Request) -> Response:
        """The time; with `after`, once it has jumped."""
        try:
            after = int(request.query_params.get("after", "-1"))
            timeout = min(float(request.query_params.get("timeout", "0")), LONGEST_WAIT)
        except ValueError:
            return _refused(PageError("invalid", "Both after and timeout are numbers."))
        await self._space.clock.changes.wait(after, timeout)
        return JSONResponse({"ok": True, **self._time()})

    def _time(self) -> Json:
        clock = self._space.clock
        return {"now": clock.now().isoformat(), "version": clock.changes.n}

    async def _clock(self, user: str, told: Told) -> Json:
        clock = self._space.clock
        given = [name for name in ("to", "by_seconds", "to_local") if told.get(name) is not None]
        if len(given) != 1:
            raise PageError("invalid", "Give one of: to, by_seconds, to_local.")
        if given[0] == "to_local":
            person_of(self._space, user)
            clock.jump(clock.next_local(str(told["to_local"]), self._space.people[user].tz))
        else:
            try:
                if given[0] == "to":
                    moment = datetime.fromisoformat(str(told["to"]))
                else:
                    moment = clock.after(float(told["by_seconds"]))
            except (ValueError, OverflowError):
                raise PageError("invalid", "That is not a moment.") from None
            clock.jump(moment)
        self._space.changes.bump()
        return self._time()

    async def _faults(self, _user: str, told: Told) -> Json:
        self._sandbox.faults.replace(told.get("rules"), told.get("seed", 0))
        self._sandbox.watch_cuts()
        return {}

    async def _cut(self, _user: str, told: Told) -> Json:
        if told.get("goodbye"):
            await self._sandbox.sockets.refresh()
            return {}
        return {"cut": self._sandbox.sockets.cut_all()}

    async def _http(self, _user: str, told: Told) -> Json:
        url = told.get("request_url")
        if url is None:
            await self._sandbox.use_request_url(None)
            return {}
        target = RequestUrl(str(url), self._sandbox.log)
        if not await target.verify(self._sandbox.delivery.ack_seconds):
            await target.close()
            raise PageError("challenge_failed", "That address did not return the challenge, so it was not taken.")
        await self._sandbox.use_request_url(target)
        return {}

    async def _limits(self, _user: str, told: Told) -> Json:
        scale = told.get("scale")
        if not isinstance(scale, int | float) or scale < 0:
            raise PageError("invalid", "The scale is a number: 1 for Slack's limits, 0 for none.")
        self._sandbox.limits.set_scale(float(scale))
        return {}

    async def _reset(self, _user: str, _told: Told) -> Json:
        await self._sandbox.reset()
        return {}

    async def _invite(self, _user: str, told: Told) -> Json:
        return doings.invite(self._space, told)

    async def _share(self, _user: str, told: Told) -> Json:
        return doings.share(self._space, told)

    async def _user_group(self, _user: str, told: Told) -> Json:
        return doings.set_user_group(self._space, told)

    async def get_see(self, request: Request) -> Response:
        """What a person sees."""
        user = request.query_params.get("user", "")
        try:
            person_of(self._space, user)
        except PageError as error:
            return _refused(error)
        return JSONResponse({"ok": True, **see(self._space, user, self._sandbox.sockets.count)})

    async def get_people(self, _request: Request) -> Response:
        """Everybody that one can be."""
        return JSONResponse({"ok": True, **people(self._space)})

    async def get_log(self, request: Request) -> Response:
        """What went over the wire."""
        after = request.query_params.get("after", "0")
        number = int(after) if after.isdecimal() else 0
        entries = self._sandbox.log.since(number, request.query_params.get("kind", ""))
        return JSONResponse({"ok": True, "entries": entries})

    async def get_file(self, request: Request) -> Response:
        """The bytes of an uploaded file."""
        file = self._space.files.get(request.path_params["id"])
        if file is None or file.data is None:
            return _refused(PageError("file_not_found", "There is no such file."), status=404)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return Response(file.data, media_type=file.mimetype, headers=headers)

    async def get_changes(self, _request: Request) -> Response:
        """A stream with a line whenever something that can be seen has changed."""
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        changes = self._space.changes
        n = changes.n
        yield f"data: {json.dumps({'n': n})}\n\n"
        while not changes.is_closed:
            await changes.wait(n, HEARTBEAT)
            if changes.n > n:
                n = changes.n
                yield f"data: {json.dumps({'n': n})}\n\n"
                await asyncio.sleep(0.02)  # many changes at once are one line
            else:
                yield ": alive\n\n"


def _refused(error: PageError, status: int = 200) -> Response:
    # As in Slack's Web API, "no" is an answer like any other; a browser would complain of every other status.
    return JSONResponse({"ok": False, "error": error.error, "message": error.message, **error.more}, status_code=status)
