"""The composition root: the one place where Bolt, storage and handlers meet."""

import contextlib
import functools
import logging
import math
import socket
import ssl
import time
from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

import handlers
from bot.clock import Alarm, Clock
from bot.door import Door, Taken
from bot.errors import SettingsError
from bot.jobs import Worker
from bot.payload import Refused, check_payload
from bot.reader import Reader
from bot.routes import NOT_FOR_US, listen
from bot.sender import Sender
from bot.settings import Settings
from storage import workspace
from storage.db import Database

log = structlog.get_logger()

ANSWER_TIMEOUT = 2  # seconds for views.open and views.push: Slack gives the whole answer three


class Groundswell:
    """The running app of one workspace: Bolt, the sender, the jobs and the alarm."""

    def __init__(self, settings: Settings, db: Database, clock: Clock, taken: Taken) -> None:
        """Put the app together; nothing runs and nothing is called before `start`."""
        self.settings, self.db, self.clock = settings, db, clock
        self._quick, self._patient = (
            slack_client(settings, ANSWER_TIMEOUT),
            slack_client(settings, settings.send_timeout),
        )
        self._identity: dict[str, str] = {}
        self.reader = Reader(self._patient)
        self.door = Door(
            settings=settings,
            db=db,
            client=self._quick,
            now=clock.now,
            team_id=self._team_id,
            taken=taken,
        )
        self.bolt = App(
            client=WebClient(base_url=settings.slack_api_url),  # Bolt itself calls nobody
            authorize=lambda **_context: self._authorized(),  # Bolt would hand a bound method a second `self`
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            request_verification_enabled=False,  # Socket Mode carries no signature, and bot/guard.py has checked it
            logger=_quiet_logger(),
        )
        listen(self.bolt, self.door, handlers.LISTENERS)
        self.bolt.error(_not_for_us)
        self._parts: list[Any] = []
        self._sockets: list[SocketModeHandler] = []

    def _team_id(self) -> str:
        return self._identity.get("team_id", "")

    @property
    def team_id(self) -> str:
        """The workspace that is served; "" before `start`."""
        return self._team_id()

    @property
    def is_listening(self) -> bool:
        """Whether Slack can reach the app: always, unless it is over Socket Mode and not connected."""
        return not self._sockets or any(handler.client.is_connected() for handler in self._sockets)

    def wake(self) -> None:
        """It is later than it was: let the sender and the jobs look for work."""
        for waker in self.db.wakers.values():
            waker()

    def start(self) -> None:
        """Say hello to Slack, then send, work, tick and listen.

        Raises:
            SettingsError: Slack does not take a token.
            OSError: Slack cannot be reached.
        """
        self._identity = identify(self._patient)
        team_id = self._identity["team_id"]
        with self.db.begin() as session:
            workspace.record_workspace(
                session,
                team_id=team_id,
                name=self._identity["team"],
                bot_user_id=self._identity["user_id"],
                now=self.clock.now(),
            )
        sender = Sender(
            settings=self.settings,
            db=self.db,
            client=self._patient,
            reader=self.reader,
            team_id=team_id,
            now=self.clock.now,
        )
        worker = Worker(
            team_id=team_id,
            settings=self.settings,
            db=self.db,
            reader=self.reader,
            now=self.clock.now,
            work=handlers.JOBS,
            publish_home=self._publish_home,
        )
        alarm = Alarm(settings=self.settings, db=self.db, clock=self.clock, features=handlers.RUN_DUE, wake=self.wake)
        self.db.wakers = {"outbox": sender.wake, "jobs": worker.wake}
        for part in (sender, worker, alarm):
            part.start()
            self._parts.append(part)
        if self.settings.slack_app_token:
            self._connect()

    def _connect(self) -> None:
        """Open the connections that Slack delivers through: while one is renewed or unnoticed dead, another lives."""
        logger = _quiet_logger()
        for number in range(self.settings.socket_connections):
            handler = _CheckedSocket(
                self.bolt, self.settings.slack_app_token, web_client=self._patient, ping_interval=10
            )
            logger.disabled = True  # what the SDK would log of a refusal is said here in one line
            try:
                handler.connect()  # type: ignore[no-untyped-call]
            except SlackApiError as error:
                if number == 0:
                    raise SettingsError([f"SLACK_APP_TOKEN: Slack says {error.response.get('error')}"]) from None
                log.warning("only one connection", error=error.response.get("error"))
                return
            finally:
                logger.disabled = False
            self._sockets.append(handler)

    def stop(self) -> None:
        """Take nothing new, finish what runs, close."""
        for handler in self._sockets:
            _hang_up(handler)
        for part in reversed(self._parts):
            part.stop()
        self.door.close()
        self.db.close()

    def _authorized(self) -> AuthorizeResult:
        identity = self._identity
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.get("team_id"),
            bot_token=self.settings.slack_bot_token,
            bot_user_id=identity.get("user_id"),
            bot_id=identity.get("bot_id"),
        )

    def _publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        if "views.publish" in self.reader.refused:
            return
        try:
            self._patient.views_publish(user_id=user_id, view=view)
        except SlackApiError as error:
            reason = str(error.response.get("error"))
            log.warning("home not published", error=reason, why=error.response.get("response_metadata"))
            if reason in ("unknown_method", "missing_scope"):
                self.reader.refused["views.publish"] = reason


class _CheckedSocket(SocketModeHandler):
    """Socket Mode whose payloads are read as those of signed HTTP are: what cannot be read goes no further."""

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


def build_app(
    settings: Settings, db: Database, clock: Clock, taken: Taken = lambda _kind, _outcome, _seconds: None
) -> Groundswell:
    """The app, ready to start; `taken` is told of every delivery: its kind, what became of it, and the seconds."""
    return Groundswell(settings, db, clock, taken)


def identify(client: WebClient, tries: int = 5) -> dict[str, str]:
    """Who the app is in its workspace, from `auth.test`: team_id, team, user_id, bot_id.

    Raises:
        SettingsError: the token is not taken.
        OSError: Slack does not answer, `tries` times.
    """
    for attempt in range(tries):
        try:
            answer = client.auth_test()
            return {key: str(answer.get(key) or "") for key in ("team_id", "team", "user_id", "bot_id")}
        except SlackApiError as error:
            if error.response.status_code < 500 and error.response.get("error") != "ratelimited":
                raise SettingsError([f"SLACK_BOT_TOKEN: Slack says {error.response.get('error')}"]) from None
        except OSError:
            pass
        if attempt < tries - 1:
            time.sleep(0.5 * 2**attempt)
    raise OSError("Slack does not answer")


def _hang_up(handler: SocketModeHandler) -> None:
    """Close the connection now; the SDK alone would wait for its reads to time out, four seconds in all."""
    handler.client.auto_reconnect_enabled = False
    handler.client.closed = True
    handler.client.message_queue.put(None)  # ends its wait for the next message
    connected = getattr(getattr(handler.client, "current_session", None), "sock", None)
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RD)  # acknowledgements under way still go out
    handler.close()  # type: ignore[no-untyped-call]


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
        logger=_quiet_logger(),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, read once: left alone the SDK reads them for every call, 25 ms of computing each time."""
    return ssl.create_default_context()


def _quiet_logger() -> logging.Logger:
    """Bolt's and the SDK's logger: never below WARNING, because they would write down whole bodies."""
    logger = logging.getLogger("slack")
    logger.setLevel(logging.WARNING)
    return logger


def _not_for_us(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What no listener wanted is answered with 200, so that Slack does not send it again; a failed event with 500."""
    if isinstance(error, BoltUnhandledRequestError):
        return NOT_FOR_US
    log.error("not saved", error=type(error).__name__, kind=(body.get("event") or {}).get("type"))
    return BoltResponse(status=500, body="")
