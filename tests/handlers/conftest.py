"""The real app, connected over Socket Mode to the real sandbox with the sample company in it."""

import io
import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from sqlmodel import Session

from bot.app import build_app
from bot.clock import RemoteClock
from bot.company import load_company
from sandbox.server import SandboxServer
from storage.db import Database
from tests.databases import FilledDatabases, PostgresServer, postgresql_database, sqlite_database
from tests.house import lasting_company, sandbox_settings, stop_digests
from tests.slack import Slack, wait_until
from tests.watch import check_log, check_outgoing, plant_canaries
from tests.work import is_idle

HOUSE = Path(__file__).parent.parent.parent
COMPANY = HOUSE / "sandbox" / "company"
FORM = "https://quality.meridian.example/report"


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    """One sandbox for all tests of a process; each test begins with it as new."""
    server = SandboxServer(company=COMPANY, manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def newcomers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company's people and assets before anybody has given feedback."""
    folder = tmp_path_factory.mktemp("newcomers")
    for name in ("people.csv", "assets.csv"):
        shutil.copy(COMPANY / name, folder)
    return folder


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newcomers' company with assets of which none will expire."""
    return lasting_company(COMPANY, tmp_path_factory.mktemp("lasting"))


@pytest.fixture
def company(lasting: Path) -> Path:
    """What is loaded into the app; a module that needs the company's past, or assets that expire, has its own."""
    return lasting


@pytest.fixture
def wants_digests() -> bool:
    """Whether digests come by themselves: each Monday that a clock jumps over takes a second of all."""
    return False


@pytest.fixture
def waits() -> dict[str, float]:
    """Settings of waits other than the usual ones; a module or test may have its own."""
    return {}


@pytest.fixture
def app_log() -> Iterator[io.StringIO]:
    """All that the app logs in a test, by itself or through a library, at its most talkative."""
    log = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.LogfmtRenderer()],
        logger_factory=structlog.PrintLoggerFactory(log),
        cache_logger_on_first_use=False,
    )
    seen = logging.StreamHandler(log)
    logging.getLogger().addHandler(seen)
    yield log
    logging.getLogger().removeHandler(seen)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> FilledDatabases:
    """Databases with a company in them: reading its files takes longer than most tests."""
    return FilledDatabases(tmp_path_factory.mktemp("filled"), migrated_file)


@pytest.fixture
def fill(server: SandboxServer, company: Path, wants_digests: bool) -> Callable[[Session], None]:
    """Puts the company into a database at the moment when the sandbox begins, and another one's canaries."""

    def load(session: Session) -> None:
        screen = Slack(server.url)
        screen.post("reset")
        now = datetime.fromisoformat(screen.get("clock")["now"])
        screen.close()
        load_company(session, folder=company, team_id=server.team_id, now=now)
        plant_canaries(session, now)
        if not wants_digests:
            stop_digests(session, team_id=server.team_id, now=now)

    return load


@pytest.fixture
def company_file(filled: FilledDatabases, company: Path, wants_digests: bool, fill: Callable[[Session], None]) -> Path:
    """A SQLite file with the company in it, to be copied."""
    return filled.file(f"{company} {wants_digests}", fill)


@pytest.fixture
def company_url(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    company: Path,
    wants_digests: bool,
    filled: FilledDatabases,
    fill: Callable[[Session], None],
) -> Iterator[str]:
    """The address of a database of this test's own with the company in it."""
    if request.param == "sqlite":
        yield sqlite_database(tmp_path, request.getfixturevalue("company_file"))
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    with postgresql_database(postgres, filled.template(postgres, f"{company} {wants_digests}", fill)) as url:
        yield url


@pytest.fixture
def slack(server: SandboxServer, company_url: str, waits: dict[str, float], app_log: io.StringIO) -> Iterator[Slack]:
    """Slack with the sample company, and the app listening in it."""
    screen = Slack(server.url)
    screen.post("reset")
    screen.post("limits", scale=0)
    db = Database(company_url)
    settings = sandbox_settings(server, company_url, official_form_url=FORM, **waits)
    clock = RemoteClock(settings.clock_url)
    app = build_app(settings, db, clock)
    app.start()
    anybody = screen.get("people")["people"][0]["id"]
    wait_until(lambda: bool(screen.get("see", user=anybody)["app"]["connected"]), "the app is connected")
    driver = Slack(server.url, is_idle=lambda: not server.sandbox.delivery.is_busy() and is_idle(db), now=clock.now)
    yield driver
    driver.close()
    app.stop()
    entries = screen.get("log")["entries"]
    everybody = {one["id"] for one in screen.get("people")["people"]}
    screen.close()
    check_outgoing(entries, everybody, hosts=("https://assets.meridian.example/", FORM, server.url))
    check_log(app_log.getvalue(), entries)
