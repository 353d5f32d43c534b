"""The command line: the commands that start the app, and the list of all others."""

import errno
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from bot import garbage
from bot.commands import audit, bring, keep
from bot.errors import BotError, SettingsError
from bot.logs import set_up_logs
from bot.settings import Settings, read_settings
from storage.db import Database
from storage.opening import open_to_serve
from storage.serving import nobody_serves

if TYPE_CHECKING:
    from sandbox.server import SandboxServer

garbage.resume()

HOUSE = Path(__file__).resolve().parent.parent
SAMPLE_COMPANY = HOUSE / "sandbox" / "company"
SANDBOX_DATABASE = Path("var/sandbox.db")
SANDBOX_PORT = 8790
START, CARE, IN_AND_OUT = "Start", "Take care", "In and out"  # the panels of --help

STOP = "Press Ctrl+C to stop."
OTHER_PORT = "Stop it, or choose another port: python -m bot sandbox --port 8791"

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Groundswell makes the sales force marketing's first customer."
)
screen = Console()


@commands.command(rich_help_panel=START)
def run() -> None:
    """Start Groundswell in the workspace that .env names; without tokens, start the sandbox."""
    settings = read_settings()
    if not (settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret):
        screen.print("There are no Slack tokens in .env, so here is the sandbox with the sample company.")
        _run_sandbox(SAMPLE_COMPANY, SANDBOX_PORT)
        return
    if wrong := settings.cannot_serve():
        raise SettingsError(wrong)
    set_up_logs(settings.log_level)
    if settings.http_port:
        from bot.serve import serve

        raise typer.Exit(serve(settings, lambda: screen.print(f"Groundswell is listening. {STOP}")))
    app = _start_app(settings, open_to_serve(settings.database_url))
    screen.print(f"Groundswell is listening. {STOP}")
    _wait_for_the_end()
    app()


@commands.command(rich_help_panel=START)
def sandbox(
    company: Annotated[
        Path, typer.Option(help="A folder in the format of sandbox/company/README.md.")
    ] = SAMPLE_COMPANY,
    port: Annotated[int, typer.Option(help="Where the page is served, on 127.0.0.1.")] = SANDBOX_PORT,
) -> None:
    """Start a small Slack on this machine, with the sample company and the real app in it."""
    _run_sandbox(company, port)


@commands.command(rich_help_panel=CARE)
def doctor() -> None:
    """Say in plain words what is configured and what is not."""
    from bot.doctor import examine, show

    findings = examine(read_settings(), Path(".env"))
    show(findings, screen)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


@commands.command(rich_help_panel=CARE)
def migrate() -> None:
    """Bring the database to this version's tables; `run` does it too."""
    from storage.opening import open_to_change
    from storage.schema import schema_version

    db = open_to_change(read_settings().database_url)
    screen.print(f"The database is up to date ({schema_version(db)}).")
    db.close()


def _start_app(settings: Settings, db: Database) -> Callable[[], None]:
    """Start the app; gives what stops it."""
    from bot.app import build_app
    from bot.clock import RemoteClock, SystemClock

    app = build_app(settings, db, RemoteClock(settings.clock_url) if settings.clock_url else SystemClock())
    app.start()
    return app.stop


def _run_sandbox(company: Path, port: int) -> None:
    from bot.clock import RemoteClock
    from bot.company import load_company

    set_up_logs("WARNING")
    with screen.status("Opening the sandbox …"):
        server = _start_sandbox(company, port)
        _forget_sandbox()
        settings = read_settings(
            env_file=None,
            slack_bot_token="xoxb-sandbox",
            slack_app_token="xapp-sandbox",
            slack_api_url=f"{server.url}/api/",
            clock_url=f"{server.url}/_sandbox/clock",
            database_url=f"sqlite:///{SANDBOX_DATABASE}",
            official_form_url="https://quality.meridian.example/report",
            send_interval=0.1,
            tick_seconds=5,
            thread_seconds=3,
        )
        db = open_to_serve(settings.database_url)
        now = RemoteClock(settings.clock_url).now()
        with db.begin() as session:
            load_company(session, folder=company, team_id=server.team_id, now=now)
        stop = _start_app(settings, db)
    screen.print(
        Panel(
            f"Open [bold]{server.url}/[/bold] in your browser.\n\n"
            "Be a rep and type [bold]/asset-feedback spine deck 2 they wanted newer data[/bold].\n"
            "Then be a marketer, jump the clock to Monday 09:00 and read the digest.",
            title="Groundswell sandbox",
            border_style="green",
            expand=False,
        )
    )
    screen.print(STOP)
    _wait_for_the_end()
    stop()
    server.stop()


def _start_sandbox(company: Path, port: int) -> "SandboxServer":
    """The sandbox with a company in it, listening.

    Raises:
        SettingsError: the company cannot be read, or the port is taken.
    """
    from sandbox.company_channels import CompanyError
    from sandbox.server import SandboxServer

    try:
        server = SandboxServer(company=company, manifest=HOUSE / "manifest.yaml", port=port)
    except CompanyError as error:
        raise SettingsError([str(error)]) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(
            [f"Something listens on port {port} already, perhaps another sandbox. {OTHER_PORT}"]
        ) from None
    server.start()
    return server


def _forget_sandbox() -> None:
    """The sandbox starts anew each time, and so does its database; not while another sandbox is open on it."""
    if not SANDBOX_DATABASE.exists():
        return
    db = Database(f"sqlite:///{SANDBOX_DATABASE}")
    with nobody_serves(db):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{SANDBOX_DATABASE}{suffix}").unlink(missing_ok=True)


def _wait_for_the_end() -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    screen.print("Stopping …")


commands.command(rich_help_panel=CARE)(keep.backup)
commands.command(rich_help_panel=CARE)(keep.restore)
commands.add_typer(audit.commands, name="audit", rich_help_panel=CARE)
commands.command("import-assets", rich_help_panel=IN_AND_OUT)(bring.import_assets)
commands.command(rich_help_panel=IN_AND_OUT)(bring.people)
commands.command(rich_help_panel=IN_AND_OUT)(keep.export)


def main() -> None:
    """Run a command; what is wrong is one line each and exit code 2."""
    try:
        commands()
    except SettingsError as error:
        for line in error.lines:
            print(line, file=sys.stderr)
        sys.exit(2)
    except BotError as error:
        print(error.sentence, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(": ".join(filter(None, (error.filename, error.strerror or str(error)))), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
