"""Backup, restore and export: what is kept, put back and taken out, beside the running app."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.text import cell, count
from bot.errors import BotError
from bot.settings import read_settings
from storage import audit, workspace
from storage import export as tables
from storage.backup import in_words, make_backup
from storage.copying import Told, unfinished
from storage.db import Database
from storage.opening import open_to_read
from storage.restore import restore as put_back

screen = Console()
SHEETS = (
    "people", "assets", "feedback", "replies", "pulses", "pulse_results", "check_in_answers", "filed_away_checks",
    "threads", "roles", "settings",
)  # fmt: skip


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as backup.db.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write everything into one file, while the app runs."""
    db = open_to_read(read_settings().database_url, older=True)
    try:
        with _progress("Copying") as told:
            made = make_backup(db, file, told=told, force=force)
    finally:
        db.close()
    rows, size = count(made.rows, "row", "rows"), made.size / 1e6
    _say(f"{made.file} holds {rows} of {made.tables} tables, {size:,.1f} MB, and has been checked.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is in the database now.")] = False,
) -> None:
    """Put a backup in the place of the database, while the app is stopped."""
    with _progress("Putting back") as told:
        done = put_back(read_settings().database_url, file, now=datetime.now(UTC), told=told, sure=yes)
    _say(f"{count(done.rows, 'row is', 'rows are')} back.")
    if done.kept:
        _say(f"What was there before is kept in {done.kept}.")
    if done.erased:
        again = count(done.erased, "person who had been erased was", "people who had been erased were")
        _say(f"{again} erased from it again.")
    if done.doubtful:
        waited = count(done.doubtful, "message", "messages")
        _say(f"{waited} waited to be sent. The app looks for each in Slack and sends it only if it is not there.")
    if done.left:
        _say(f"{count(done.left, 'message is', 'messages are')} too old to be sent now; the doctor counts them.")


def export(
    folder: Annotated[Path, typer.Argument(help="Where the CSV files go; made if it is missing.", show_default=False)],
) -> None:
    """Write all that may be taken out as CSV files, while the app runs."""
    db = open_to_read(read_settings().database_url)
    try:
        with db.snapshot() as session, in_words(folder):
            teams = [row.team_id for row in workspace.list_workspaces(session)]
            places = {team: folder / team if len(teams) > 1 else folder for team in teams}
            for place in places.values():
                _refuse_overwriting(place)
            for team_id, place in places.items():
                place.mkdir(parents=True, exist_ok=True)
                written = [
                    f"{count(_write(sheet, place), 'row', 'rows')} of {sheet.name}"
                    for sheet in tables.list_sheets(session, team_id=team_id)
                ]
                held, withdrawn = tables.count_left_out(session, team_id=team_id)
                _say(f"{place} holds {', '.join(written[:-1])} and {written[-1]}.")
                if held:
                    _say(f"{count(held, 'text is', 'texts are')} held back for compliance and left out.")
                if withdrawn:
                    _say(f"{count(withdrawn, 'piece', 'pieces')} of withdrawn feedback left out.")
            if not teams:
                _say("There is nothing to export yet.")
        for team_id in teams:
            _put_on_record(db, team_id)
    finally:
        db.close()


def _put_on_record(db: Database, team_id: str) -> None:
    now, deed, subject = datetime.now(UTC), "data.exported", "everything as csv, on the command line"
    try:
        with db.begin() as session:
            audit.record(session, team_id=team_id, by="", deed=deed, subject=subject, now=now)
    except SQLAlchemyError:  # whoever may not write into the database can read it all the same
        _say("The audit trail could not be written, so it does not know of this export.")


def _refuse_overwriting(folder: Path) -> None:
    if folder.is_file():
        raise BotError(f"{folder} is a file. Name a folder.")
    there = [name for name in SHEETS if (folder / f"{name}.csv").exists()]
    if there:
        raise BotError(f"{folder / there[0]}.csv is there already, and nothing is written over. Name another folder.")


def _write(sheet: tables.Sheet, folder: Path) -> int:
    """Write one table; spreadsheets take no cell of it for a formula, and read its letters right (hence the mark)."""
    file, number = folder / f"{sheet.name}.csv", 0
    with unfinished(file) as part:
        with part.open("w", encoding="utf-8-sig", newline="") as written:
            writer = csv.writer(written)
            writer.writerow(sheet.heads)
            for number, row in enumerate(sheet.rows, start=1):  # noqa: B007
                writer.writerow([cell(value) for value in row])
        part.rename(file)
    return number


def _say(sentence: str) -> None:
    screen.print(sentence, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _progress(what: str) -> Iterator[Told]:
    """A bar for a person at a terminal; nothing in a file or a log."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
