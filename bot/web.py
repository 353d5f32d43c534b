"""The web side: signed events to Bolt, and /healthz, /readyz and /metrics for whoever looks after the app."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.app import Groundswell
from bot.guard import PATH, WSGI, Environ, Guard, StartResponse, respond
from bot.metrics import Metrics
from bot.payload import JSON
from storage.figures import get_figures
from storage.schema import is_current

log = structlog.get_logger()

METRICS_TYPE = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
MISSED_TICKS = 3  # so many may be late before the clock counts as standing
PATIENCE = 10.0  # seconds on top, for a tick that has much to do


class Web:
    """The WSGI application around a running Groundswell. Over Socket Mode nothing is taken at /slack/events."""

    def __init__(self, app: Groundswell, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics
        self._events: WSGI | None = None
        if app.settings.is_signed_http:
            secret, bolt = app.settings.slack_signing_secret, SlackRequestHandler(app.bolt, path=PATH)
            self._events = Guard(bolt, signing_secret=secret, refused=metrics.refused)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ.get("PATH_INFO"), environ.get("REQUEST_METHOD")
        if method in ("GET", "HEAD"):
            if path == "/healthz":
                return respond(start_response, HTTPStatus.OK, "ok")
            if path == "/readyz":
                return self._ready(start_response)
            if path == "/metrics":
                return self._figures(start_response)
        if self._events is not None:
            return self._events(environ, start_response)
        return respond(start_response, HTTPStatus.NOT_FOUND, "not_found")

    def _ready(self, start_response: StartResponse) -> Iterable[bytes]:
        missing = what_is_missing(self._app)
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        told: dict[str, Any] = {"ready": not missing, "missing": missing}
        return respond(start_response, status, json.dumps(told), content_type=JSON)

    def _figures(self, start_response: StartResponse) -> Iterable[bytes]:
        try:
            page = self._metrics.page(self._app.db, team_id=self._app.team_id, now=self._app.clock.now())
        except Exception as error:
            log.warning("no figures", error=type(error).__name__)
            return respond(start_response, HTTPStatus.SERVICE_UNAVAILABLE, "database")
        return respond(start_response, HTTPStatus.OK, page.decode(), content_type=METRICS_TYPE)


def what_is_missing(app: Groundswell) -> list[str]:
    """What keeps the app from working: `database`, `tables`, `clock`, `socket`; nothing when it is ready."""
    missing = []
    try:
        if not is_current(app.db):
            missing.append("tables")
        with app.db.read() as session:
            ticked_at = get_figures(session, team_id=app.team_id).ticked_at
    except Exception as error:
        log.warning("not ready", error=type(error).__name__)
        return ["database"]
    late = MISSED_TICKS * app.settings.tick_seconds + PATIENCE
    if ticked_at is None or (datetime.now(UTC) - ticked_at).total_seconds() > late:
        missing.append("clock")
    if not app.is_listening:
        missing.append("socket")
    return missing
