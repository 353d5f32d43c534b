"""Serving over HTTP: gunicorn's processes and threads, each process with an app of its own, built after the fork."""

import errno
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from bot.app import build_app
from bot.both_ends import BothEndsPool
from bot.clock import RemoteClock, SystemClock
from bot.connect import identify, slack_client
from bot.errors import SettingsError
from bot.guard import WSGI
from bot.settings import Settings
from storage.opening import open_to_serve

SWITCH_SECONDS = 0.001
KEEP_ALIVE = 15  # seconds that Slack's (or the proxy's) connection is kept for the next request
STOPPING = 25  # seconds in which what runs is finished; the longest call to Slack takes 15


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Its threads finish at Ctrl+C too, and who comes after the stop is refused at once, not kept waiting."""

    def get_thread_pool(self) -> BothEndsPool:
        return BothEndsPool(self.cfg.threads)

    def init_signals(self) -> None:
        super().init_signals()
        for number in (signal.SIGINT, signal.SIGHUP):  # a terminal sends both to all of its processes
            signal.signal(number, self.handle_exit)

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's parent. Ctrl+C and the end of the terminal are polite stops; the number of processes stays.

    One process more than was asked for would be one too many for a SQLite file.
    """

    def signal(self, sig: int, frame: Any) -> None:
        if sig in (signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR2):
            return
        super().signal(signal.SIGTERM if sig in (signal.SIGINT, signal.SIGHUP) else sig, frame)


class _Server(BaseApplication):  # type: ignore[misc]
    """The configuration of gunicorn, and the life of the app in each of its processes."""

    def __init__(self, settings: Settings, shared: str, ready: Callable[[], None]) -> None:
        self._settings, self._shared, self._ready = settings, shared, ready
        self._stop: Callable[[], None] = lambda: None
        super().__init__()

    def load_config(self) -> None:
        settings, host = self._settings, self._settings.http_host
        chosen: dict[str, Any] = {
            "bind": f"[{host}]:{settings.http_port}" if ":" in host else f"{host}:{settings.http_port}",
            "worker_class": _Worker,
            "workers": settings.web_workers,
            "threads": settings.web_threads,
            "keepalive": KEEP_ALIVE,
            "graceful_timeout": STOPPING,
            "preload_app": False,
            "reload": False,
            "max_requests": 0,
            "control_socket_disable": True,
            "loglevel": "error",
            "proc_name": "groundswell",
            "raw_env": [f"PROMETHEUS_MULTIPROC_DIR={self._shared}"] if self._shared else [],
            "post_worker_init": lambda worker: self._ready() if worker.age == 1 else None,
            "worker_exit": lambda _arbiter, _worker: self._stop(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> WSGI:
        """Start the app in this process, which has been forked already; what is wrong is one line each."""
        try:
            answer, self._stop = _start(self._settings, shared=bool(self._shared))
        except (SettingsError, OSError) as error:
            for line in getattr(error, "lines", [str(error)]):
                print(line, file=sys.stderr)
            sys.exit(Arbiter.APP_LOAD_ERROR)
        return answer


def serve(settings: Settings, ready: Callable[[], None]) -> int:
    """Serve until a signal says stop; gives the exit code. `ready` is called when the first process serves.

    With several processes their counters live in a folder that is removed at the end.

    Raises:
        SettingsError: the port cannot be opened, the database not served, or Slack does not take the token.
        OSError: Slack cannot be reached.
    """
    _try_port(settings)
    open_to_serve(settings.database_url).close()  # what is wrong is said once, before the first fork
    identify(slack_client(settings, settings.send_timeout))
    with tempfile.TemporaryDirectory(prefix="groundswell-metrics-") as folder:
        shared = folder if settings.web_workers > 1 else ""
        try:
            _Arbiter(_Server(settings, shared, ready)).run()
        except SystemExit as end:
            if end.code == Arbiter.APP_LOAD_ERROR:
                return 2
            return int(end.code or 0)
    return 0


def _start(settings: Settings, *, shared: bool) -> tuple[WSGI, Callable[[], None]]:
    """Build and start the app in this process; gives what answers requests, and what stops it."""
    from bot.metrics import Metrics
    from bot.web import Web

    # A statement gives Python's lock away and wants it back: with 5 ms a turn, Python's own, whoever holds the
    # database's lock waits long for it while all the others wait for the database (bench/load.py).
    sys.setswitchinterval(SWITCH_SECONDS)
    metrics = Metrics(shared=shared)
    clock = RemoteClock(settings.clock_url) if settings.clock_url else SystemClock()
    app = build_app(settings, open_to_serve(settings.database_url), clock, metrics.taken)
    app.start()
    return Web(app, metrics), app.stop


def _try_port(settings: Settings) -> None:
    """Open the port for a moment: gunicorn alone would try for five seconds and then say less."""
    try:
        found = socket.getaddrinfo(settings.http_host, settings.http_port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(found[4])
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken by another program" if taken else f"cannot be opened: {error.strerror}"
        raise SettingsError([f"HTTP_PORT: port {settings.http_port} on {settings.http_host} {why}"]) from None
