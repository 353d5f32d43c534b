"""The door of the Web API: token, scope, rate limit, faults, then the method."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import chat, conversations, files, people_methods, presence, reactions, views
from sandbox.arguments import Arguments
from sandbox.faults import Faults, Rule
from sandbox.limits import Limits
from sandbox.log import WireLog
from sandbox.manifest import Manifest, missing_scope
from sandbox.model import Json, SlackError
from sandbox.workspace import Workspace

BOT_TOKEN, APP_TOKEN = "xoxb-sandbox", "xapp-sandbox"
BROKEN_PIPE = "sandbox.transport"


def open_connection(space: Workspace, _args: Arguments) -> Json:
    """apps.connections.open: the address of a socket, for one use."""
    address = space.base_url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{address}/_socket?ticket={space.passes.new_ticket()}&app_id=sandbox"}


METHODS: dict[str, Callable[[Workspace, Arguments], Json]] = {
    "api.test": people_methods.api_test,
    "auth.test": people_methods.auth_test,
    "apps.connections.open": open_connection,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "chat.delete": chat.delete,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.getPermalink": chat.get_permalink,
    "conversations.open": conversations.open_dm,
    "conversations.info": conversations.info,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.history": conversations.history,
    "conversations.replies": conversations.replies,
    "users.list": people_methods.list_users,
    "users.info": people_methods.user_info,
    "dnd.info": presence.dnd_info,
    "dnd.teamInfo": presence.dnd_team_info,
    "usergroups.list": people_methods.list_groups,
    "usergroups.users.list": people_methods.list_group_users,
    "views.open": views.open_view,
    "views.push": views.push,
    "views.update": views.update,
    "views.publish": views.publish,
    "reactions.add": reactions.add,
    "reactions.remove": reactions.remove,
    "reactions.get": reactions.get,
    "files.getUploadURLExternal": files.get_upload_url,
    "files.completeUploadExternal": files.complete_upload,
}


class WebApi:
    """Answers /api/METHOD."""

    def __init__(self, space: Workspace, limits: Limits, faults: Faults, log: WireLog) -> None:
        """Put the door before a workspace."""
        self._space, self._limits, self._faults, self._log = space, limits, faults, log
        self._late: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Give up every call that is still to be applied late."""
        for task in self._late:
            task.cancel()

    async def endpoint(self, request: Request) -> Response:
        """One call, from the request to the answer."""
        started = time.monotonic()
        method = request.path_params["method"]
        try:
            token, args = await read_call(request)
        except SlackError as error:
            return self._answer(method, {}, error.answer(), started)
        known = Arguments(args)
        rule = self._faults.pick(method, "*") if method in METHODS else None
        if rule is not None:
            self._log.add("fault", method=method, fault=rule.kind)
            return await self._go_wrong(request, rule, method, token, known, started)
        return self._run(method, token, known, started)

    def _run(self, method: str, token: str, args: Arguments, started: float) -> Response:
        wait = 0
        try:
            self._admit(method, token, args)
            wait = self._limits.take(method, args.text("channel"))
            if wait:
                raise SlackError("ratelimited")
            answer = METHODS[method](self._space, args)
        except SlackError as error:
            answer = error.answer()
        return self._answer(method, args.given, answer, started, retry_after=wait)

    def _admit(self, method: str, token: str, args: Arguments) -> None:
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        if method != "api.test":
            check_token(method, token)
        if method != "apps.connections.open":
            check_scope(self._space, method, args)

    def _answer(
        self, method: str, given: Json, answer: Json, started: float, *, retry_after: int = 0, status: int = 200
    ) -> Response:
        ms = round((time.monotonic() - started) * 1000)
        self._log.add("api", method=method, args=given, answer=answer, ms=ms)
        scopes = {"x-oauth-scopes": ",".join(sorted(self._space.manifest.scopes))}
        if retry_after:
            return JSONResponse(answer, status_code=429, headers={**scopes, "Retry-After": str(retry_after)})
        return JSONResponse(answer, status_code=status, headers=scopes)

    async def _go_wrong(
        self, request: Request, rule: Rule, method: str, token: str, args: Arguments, started: float
    ) -> Response:
        broken = {"ok": False, "error": "internal_error"}
        if rule.kind == "unknown_method":
            return self._answer(method, args.given, {"ok": False, "error": "unknown_method"}, started)
        if rule.kind == "ratelimited":
            wait = max(1, round(rule.delay))
            return self._answer(method, args.given, {"ok": False, "error": "ratelimited"}, started, retry_after=wait)
        if rule.kind == "error_before":
            return self._answer(method, args.given, broken, started, status=500)
        if rule.kind == "timeout_before":
            await asyncio.sleep(rule.delay)
            return self._answer(method, args.given, broken, started, status=500)
        if rule.kind == "late":
            task = asyncio.create_task(self._apply_late(rule.delay, method, token, args))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return self._answer(method, args.given, broken, started, status=500)
        if rule.kind == "stale_cursor" and args.text("cursor"):
            return self._answer(method, args.given, {"ok": False, "error": "invalid_cursor"}, started)
        done = self._run(method, token, args, started)
        if rule.kind == "not_ready":
            files.keep_waiting(self._space, args, rule.delay)
            return done
        if rule.kind == "timeout_after":
            await asyncio.sleep(rule.delay)
            return done
        if rule.kind == "stale_cursor":
            return done
        if rule.kind == "reset_after":
            transport = request.scope.get(BROKEN_PIPE)
            if transport is not None:
                transport.abort()
        return JSONResponse(broken, status_code=500)

    async def _apply_late(self, delay: float, method: str, token: str, args: Arguments) -> None:
        await asyncio.sleep(delay)
        self._run(method, token, args, time.monotonic())


def check_token(method: str, token: str) -> None:
    """The right token for a method.

    Raises:
        SlackError: not_authed, invalid_auth, not_allowed_token_type.
    """
    if not token:
        raise SlackError("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN):
        raise SlackError("invalid_auth")
    if (token == APP_TOKEN) != (method == "apps.connections.open"):
        raise SlackError("not_allowed_token_type")


def check_scope(space: Workspace, method: str, args: Arguments) -> None:
    """The manifest gives the scope that a method needs.

    Raises:
        SlackError: missing_scope, with what is needed and what is there.
    """
    manifest: Manifest = space.manifest
    channel = args.text("channel")
    context: dict[str, Any] = {"types": args.text("types")}
    if channel in space.people:
        context["channel_type"] = "im"
    elif channel in space.conversations:
        context["channel_type"] = space.conversations[channel].channel_type
    needed = missing_scope(manifest, method, **context)
    if needed:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(manifest.scopes)))


async def read_call(request: Request) -> tuple[str, Json]:
    """The token and the arguments of a call: query, form or JSON.

    Raises:
        SlackError: invalid_json, json_not_object, invalid_form_data.
    """
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST":
        if kind == "application/json":
            try:
                body = json.loads(await request.body() or b"{}")
            except ValueError:
                raise SlackError("invalid_json") from None
            if not isinstance(body, dict):
                raise SlackError("json_not_object")
            given |= body
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            try:
                async with request.form(max_fields=1000, max_part_size=10_000_000) as form:
                    given |= {name: value for name, value in form.items() if isinstance(value, str)}
            except Exception:  # whatever a parser says of a broken form
                raise SlackError("invalid_form_data") from None
    header = request.headers.get("authorization", "")
    token = header[7:].strip() if header.lower().startswith("bearer ") else ""
    return token or str(given.pop("token", "")), {name: value for name, value in given.items() if name != "token"}
