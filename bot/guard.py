"""The guard: raw bytes before Bolt. What Slack did not sign, or nobody can read, comes no further."""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import structlog

from bot.payload import JSON, Payload, Refused, read_payload

log = structlog.get_logger()

PATH = "/slack/events"
LARGEST = 1_000_000  # bytes of a body; Slack's largest payloads are a tenth of that
WINDOW = 300  # seconds that a timestamp may be away from now, Slack's own recommendation

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGI = Callable[[Environ, StartResponse], Iterable[bytes]]


class Guard:
    """WSGI middleware in front of Bolt; nothing switches it off.

    Checked in this order, the cheap things first: address and method, length, timestamp, signature (v0: HMAC-SHA256
    of "v0:timestamp:body"), and that the body is a payload whose fields have their types. What passes goes on as
    JSON that was written here, so that Bolt cannot read it in another way. Never raises, whatever the bytes.
    """

    def __init__(self, app: WSGI, *, signing_secret: str, refused: Callable[[str], None] = lambda _word: None) -> None:
        """`refused` is told the word of each refusal.

        Raises:
            ValueError: there is no secret.
        """
        if not signing_secret:
            raise ValueError("the guard needs a signing secret")
        self._app, self._secret, self._refused = app, signing_secret.encode(), refused

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let Bolt answer it."""
        try:
            payload = self._checked(environ)
        except Refused as refusal:
            log.warning("request refused", reason=refusal.word, status=refusal.status)
            self._refused(refusal.word)
            more = [("Allow", "POST")] if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED else []
            return respond(start_response, refusal.status, refusal.word, headers=more)
        if payload is None:
            return respond(start_response, HTTPStatus.OK, "")
        if payload.get("type") == "url_verification":
            challenge = json.dumps({"challenge": str(payload.get("challenge") or "")[:LARGEST]})
            return respond(start_response, HTTPStatus.OK, challenge, content_type=JSON)
        body = json.dumps(payload).encode()
        passed = environ | {
            "CONTENT_TYPE": JSON,
            "CONTENT_LENGTH": str(len(body)),
            "QUERY_STRING": "",
            "wsgi.input": io.BytesIO(body),
        }
        return self._app(passed, start_response)

    def _checked(self, environ: Environ) -> Payload | None:
        if environ.get("PATH_INFO") != PATH:
            raise Refused(404, "not_found")
        if environ.get("REQUEST_METHOD") != "POST":
            raise Refused(405, "method")
        length, timestamp = _length(environ), _timestamp(environ)
        signature = str(environ.get("HTTP_X_SLACK_SIGNATURE", "")).encode("utf-8", "replace")
        if not signature.startswith(b"v0="):
            raise Refused(401, "no_signature")
        body = _read(environ, length)
        signed = hmac.new(self._secret, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(b"v0=" + signed.encode(), signature):
            raise Refused(401, "bad_signature")
        return read_payload(body, str(environ.get("CONTENT_TYPE", "")))


def respond(
    start_response: StartResponse,
    status: int,
    text: str,
    *,
    content_type: str = "text/plain; charset=utf-8",
    headers: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    """A short answer."""
    known, body = HTTPStatus(status), text.encode()
    length = ("Content-Length", str(len(body)))
    start_response(f"{known.value} {known.phrase}", [("Content-Type", content_type), length, *headers])
    return [body]


def _length(environ: Environ) -> int:
    """The length of the body; one more than is allowed where the server itself knows the end (chunked bodies)."""
    told = str(environ.get("CONTENT_LENGTH") or "")
    if not told and environ.get("wsgi.input_terminated"):
        return LARGEST + 1
    if not told:
        raise Refused(411, "length")
    if not (told.isascii() and told.isdecimal()):
        raise Refused(400, "length")
    if len(told) > len(str(LARGEST)) or int(told) > LARGEST:
        raise Refused(413, "too_large")
    return int(told)


def _timestamp(environ: Environ) -> bytes:
    told = str(environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""))
    if not (told.isascii() and told.isdecimal() and len(told) <= 12):
        raise Refused(400, "timestamp")
    if abs(time.time() - int(told)) > WINDOW:
        raise Refused(401, "stale")
    return told.encode()


def _read(environ: Environ, length: int) -> bytes:
    try:
        body = bytes(environ["wsgi.input"].read(length))
    except Exception:  # the server's own errors of a connection that broke or a chunk that is none
        raise Refused(400, "unreadable") from None
    if len(body) > LARGEST:
        raise Refused(413, "too_large")
    if len(body) < length <= LARGEST:
        raise Refused(400, "unreadable")
    return body
