"""Lists brought in from CSV files: assets and people, beside the running app."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from bot.domain.csv_list import BadLine
from bot.domain.people import role_change
from bot.domain.text import clip, count
from bot.errors import BotError
from bot.settings import read_settings
from storage import announcement as announcements
from storage import asset_import, outbox, people_sync, workspace
from storage import people as persons
from storage.opening import open_to_read

screen = Console()
MOST_ROWS = 50  # of what was saved; the rest is counted
NO_WORKSPACE = (
    "Groundswell has not met its workspace yet. Start it once (`python -m bot run`), then bring in the list again."
)
SEVERAL_WORKSPACES = "There are several workspaces here. Say which with --team: {}."
AllOrNothing = Annotated[bool, typer.Option("--all-or-nothing", help="Keep no line if one of them is bad.")]
Team = Annotated[str, typer.Option(help="The workspace's id, where there are several.")]


def import_assets(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns of sandbox/company/assets.csv.")],
    all_or_nothing: AllOrNothing = False,
    team: Team = "",
) -> None:
    """Add the assets of a CSV file; each line that cannot be taken is named."""

    def add(session: Session, team_id: str, text: str, now: datetime) -> tuple[list[tuple[str, ...]], list[BadLine]]:
        done = asset_import.import_assets(
            session, team_id=team_id, text=text, now=now, by="", all_or_nothing=all_or_nothing
        )
        for asset_id in {row.asset_id for row in done.saved}:
            announcements.ask_for_refresh(session, team_id=team_id, asset_id=asset_id, real_now=now)
        return [(row.title, row.version, row.kind) for row in done.saved], done.problems

    _bring(file, team, add, ("Title", "Version", "Kind"), ("asset version is", "asset versions are"))


def people(
    file: Annotated[Path, typer.Argument(help="A CSV file with slack_id, name, department, role, region, tz.")],
    all_or_nothing: AllOrNothing = False,
    team: Team = "",
) -> None:
    """Set names, departments, roles and regions from a CSV file; each line that cannot be taken is named."""
    admins = read_settings().admin_user_ids

    def add(session: Session, team_id: str, text: str, now: datetime) -> tuple[list[tuple[str, ...]], list[BadLine]]:
        done = persons.import_people(
            session, team_id=team_id, text=text, now=now, all_or_nothing=all_or_nothing, admins=admins
        )
        for change in done.changes:
            if told := role_change(change.before, change.after):
                key, message = f"people.roles:{change.user_id}:{now.isoformat()}", {"text": told}
                outbox.enqueue(session, team_id=team_id, key=key, target=change.user_id, message=message, now=now)
        if done.saved:
            people_sync.ask_at_once(session, team_id=team_id, real_now=now)
        return [(name,) for name in done.saved], done.problems

    _bring(file, team, add, ("Name",), ("person is", "people are"))


def _bring(
    file: Path,
    team: str,
    add: Callable[[Session, str, str, datetime], tuple[list[tuple[str, ...]], list[BadLine]]],
    columns: Sequence[str],
    words: tuple[str, str],
) -> None:
    """Bring a list in, in one transaction, and show what became of it; exit code 1 if a line is bad."""
    text = _read(file)
    db = open_to_read(read_settings().database_url)
    try:
        with db.begin() as session:
            saved, problems = add(session, _find_team(session, team), text, datetime.now(UTC))
    finally:
        db.close()
    if saved:
        screen.print(_table(columns, saved))
    _say(f"{count(len(saved), *words)} saved." if saved else "Nothing is saved.")
    for problem in problems:
        _say(f"Line {problem.line}: {clip(problem.sentence, 300)}")
    if problems:
        raise typer.Exit(1)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BotError(f"{file} is not written in UTF-8. Save it as “CSV UTF-8”, then try again.") from None
    except OSError as error:
        raise BotError(f"{file} cannot be read: {error.strerror or error}.") from None


def _find_team(session: Session, team: str) -> str:
    known = [row.team_id for row in workspace.list_workspaces(session)]
    if not known:
        raise BotError(NO_WORKSPACE)
    if len(known) > 1 and team not in known:
        raise BotError(SEVERAL_WORKSPACES.format(", ".join(known)))
    if team and team not in known:
        raise BotError(f"There is no workspace {team} here, only {known[0]}.")
    return team or known[0]


def _table(columns: Iterable[str], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(*columns)
    for row in rows[:MOST_ROWS]:
        table.add_row(*(Text(value) for value in row))  # what stands in a list is no markup
    if len(rows) > MOST_ROWS:
        table.add_row(f"… and {len(rows) - MOST_ROWS:,} more")
    return table


def _say(sentence: str) -> None:
    screen.print(sentence, markup=False, highlight=False, soft_wrap=True)
