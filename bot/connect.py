"""How the app reaches Slack: the client of the Web API, who the app is there, and the Socket Mode connections."""

import contextlib
import functools
import logging
import math
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.errors import SettingsError
from bot.payload import Refused, check_payload
from bot.settings import Settings

log = structlog.get_logger()

Answered = TypeVar("Answered")
LONGEST_PAUSE = 10.0  # seconds between two tries to open a connection anew
TRIES = 5  # of a call at the start, over some seven seconds
PASSING = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}


class _Ending:
    """A socket that says so when the other side has gone; the SDK takes the empty reads of one for silence."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        """Read as a socket does.

        Raises:
            OSError: the connection has ended.
        """
        received: bytes = self._sock.recv(size)
        if not received:
            raise ConnectionResetError("the other side has gone")
        return received


class _Client(SocketModeClient):
    """The SDK's client, which opens a new connection at once when one has ended.

    Left alone it finds out by its pings, 10 to 50 seconds later, and until then whatever people do is lost on it.
    """

    def __init__(self, **given: Any) -> None:
        self.is_kept_open = False
        self._failures, self._next_try_at = 0, 0.0
        super().__init__(**given)

    def connect(self) -> None:
        """Open a connection in place of the one there was."""
        super().connect()
        session = self.current_session
        if session is not None and session.sock is not None:
            session.sock = _Ending(session.sock)  # type: ignore[assignment]

    def _run_current_session(self) -> None:
        """Read until the connection ends, and open the next one; the SDK calls this again and again.

        The SDK's own first takes back that the connection is to end: one closed at that moment was waited for forever.
        """
        state = self.current_session_state  # first: beside a newer connection it ends at once
        if (session := self.current_session) is not None and session.is_active():
            session.run_until_completion(state)
        is_due = self.is_kept_open and time.monotonic() >= self._next_try_at
        if not is_due or self.closed or not self.auto_reconnect_enabled or self.is_connected():
            return
        reason = "no answer"
        try:
            self.connect_to_new_endpoint()
        except Exception as error:  # it must not end this thread
            reason = type(error).__name__
        self._failures = 0 if self.is_connected() else self._failures + 1
        if self._failures:
            log.warning("no connection to Slack", error=reason)
            self._next_try_at = time.monotonic() + min(LONGEST_PAUSE, 0.25 * 2**self._failures)

    def _on_error(self, error: Exception) -> None:
        if not self.closed:
            log.info("connection to Slack ended", error=type(error).__name__)


class CheckedSocket(SocketModeHandler):
    """Socket Mode whose payloads are read as those of signed HTTP are: what cannot be read goes no further."""

    def __init__(self, app: App, app_token: str, web_client: WebClient) -> None:
        """`web_client` asks for the addresses; nothing is opened yet."""
        # Not the SDK's own __init__: it would make, and start the threads of, a client that waits for its pings.
        self.app, self.app_token = app, app_token
        self.client: _Client = _Client(
            app_token=app_token, logger=quiet_logger(), web_client=web_client, ping_interval=10, concurrency=10
        )
        self.client.socket_mode_request_listeners.append(self.handle)

    def handle(self, client: Any, req: SocketModeRequest) -> None:
        """Take one envelope; a wrong one is acknowledged, because it would be as wrong the next time."""
        try:
            payload = check_payload(req.payload)
        except Refused as refusal:
            log.warning("request refused", reason=refusal.word)
            payload = None
        if payload is None:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        else:
            req.payload = payload
            super().handle(client, req)


def identify(client: WebClient, tries: int = TRIES) -> dict[str, str]:
    """Who the app is in its workspace, from `auth.test`: team_id, team, user_id, bot_id.

    Raises:
        SettingsError: the token is not taken.
        OSError: Slack does not answer, `tries` times.
    """
    answer = _patiently(client.auth_test, "SLACK_BOT_TOKEN", tries)
    return {key: str(answer.get(key) or "") for key in ("team_id", "team", "user_id", "bot_id")}


def _patiently(call: Callable[[], Answered], token: str, tries: int = TRIES) -> Answered:
    """What Slack answers to a call at the start; its passing troubles are waited out.

    Raises:
        SettingsError: Slack does not take the token, whose name is `token`.
        OSError: Slack does not answer, `tries` times.
    """
    for attempt in range(tries):
        try:
            return call()
        except SlackApiError as error:
            if not is_passing(error):
                raise SettingsError([f"{token}: Slack says {error.response.get('error')}"]) from None
        except OSError:
            pass
        if attempt < tries - 1:
            time.sleep(0.5 * 2**attempt)
    raise OSError("Slack does not answer")


def is_passing(error: SlackApiError) -> bool:
    """Whether Slack is in trouble or asks for patience: the same call may be answered in a moment."""
    return error.response.status_code >= 500 or error.response.get("error") in PASSING


def open_socket(handler: CheckedSocket) -> None:
    """Open one Socket Mode connection.

    Raises:
        SettingsError: Slack does not take the app token.
        OSError: Slack does not answer, or its address does not.
    """
    _patiently(functools.partial(_connect, handler), "SLACK_APP_TOKEN")


def _connect(handler: CheckedSocket) -> None:
    handler.client.wss_uri = None  # an address serves once
    handler.connect()  # type: ignore[no-untyped-call]
    handler.client.is_kept_open = handler.client.is_connected()
    if not handler.client.is_kept_open:  # the SDK says nothing of a handshake that failed
        raise OSError("no connection")


def hang_up(handler: CheckedSocket) -> None:
    """Close the connection now; the SDK alone would wait for its reads to time out, four seconds in all."""
    handler.client.auto_reconnect_enabled = False
    handler.client.closed = True
    handler.client.message_queue.put(None)  # ends its wait for the next message
    connected = getattr(getattr(handler.client, "current_session", None), "sock", None)
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RD)  # acknowledgements under way still go out
    handler.close()  # type: ignore[no-untyped-call]
    handler.client.disconnect()  # a connection that was just being opened anew; its thread has ended by now


def slack_client(settings: Settings, timeout: float) -> WebClient:
    """A client of the Web API that waits `timeout` seconds for an answer.

    It tries nothing again: after a dropped connection the SDK would post the same message twice.
    """
    return WebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=math.ceil(timeout),
        ssl=_certificates(),
        retry_handlers=[],
        logger=quiet_logger(),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, read once: left alone the SDK reads them for every call, 25 ms of computing each time."""
    return ssl.create_default_context()


def quiet_logger() -> logging.Logger:
    """Bolt's and the SDK's logger: never below WARNING, because they would write down whole bodies."""
    logger = logging.getLogger("slack")
    logger.setLevel(logging.WARNING)
    return logger
