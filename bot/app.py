"""The composition root: the one place where Bolt, storage and handlers meet."""

from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

import handlers
from bot.clock import Alarm, Clock
from bot.connect import CheckedSocket, hang_up, identify, open_socket, quiet_logger, slack_client
from bot.door import Door, Taken
from bot.errors import SettingsError
from bot.jobs import Worker
from bot.publisher import Publisher
from bot.reader import Reader
from bot.routes import NOT_FOR_US, listen
from bot.sender import Sender
from bot.settings import Settings
from storage import workspace
from storage.db import Database
from storage.workspace_settings import WORK

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
        self.publisher = Publisher(self._patient, self.reader, settings.picture_seconds)
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
            logger=quiet_logger(),
        )
        listen(self.bolt, self.door, handlers.LISTENERS)
        self.bolt.error(_not_for_us)
        self._parts: list[Any] = []
        self._sockets: list[CheckedSocket] = []

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
        """It is later than it was: let the sender and the jobs look for work, and the door for settings."""
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
            publish_home=self.publisher.publish,
        )
        alarm = Alarm(
            settings=self.settings,
            db=self.db,
            clock=self.clock,
            team_id=team_id,
            features=handlers.RUN_DUE,
            wake=self.wake,
        )
        self.door.read_settings()
        self.db.wakers = {"outbox": sender.wake, "jobs": worker.wake, WORK: self.door.read_settings}
        for part in (sender, worker, alarm):
            part.start()
            self._parts.append(part)
        if self.settings.slack_app_token:
            self._connect()

    def _connect(self) -> None:
        """Open the connections that Slack delivers through: while one is renewed or unnoticed dead, another lives."""
        logger = quiet_logger()
        for number in range(self.settings.socket_connections):
            handler = CheckedSocket(self.bolt, self.settings.slack_app_token, self._patient)
            logger.disabled = True  # what the SDK would log of a refusal is said here in one line
            try:
                open_socket(handler)
            except (SettingsError, OSError) as error:
                if number == 0:
                    raise
                log.warning("only one connection", error=type(error).__name__)
                return
            finally:
                logger.disabled = False
            self._sockets.append(handler)

    def stop(self) -> None:
        """Take nothing new, finish what runs, close."""
        for handler in self._sockets:
            hang_up(handler)
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


def build_app(
    settings: Settings, db: Database, clock: Clock, taken: Taken = lambda _kind, _outcome, _seconds: None
) -> Groundswell:
    """The app, ready to start; `taken` is told of every delivery: its kind, what became of it, and the seconds."""
    return Groundswell(settings, db, clock, taken)


def _not_for_us(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What no listener wanted is answered with 200, so that Slack does not send it again; a failed event with 500."""
    if isinstance(error, BoltUnhandledRequestError):
        return NOT_FOR_US
    log.error("not saved", error=type(error).__name__, kind=(body.get("event") or {}).get("type"))
    return BoltResponse(status=500, body="")
