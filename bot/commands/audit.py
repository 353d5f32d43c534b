"""The audit trail on the command line: proved whole, and shown, beside the running app."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from bot.commands.bring import SEVERAL_WORKSPACES
from bot.domain.audit import SOMEBODY, THE_APP, change_words, deed_words
from bot.domain.text import clip, count
from bot.errors import BotError
from bot.settings import read_settings
from storage import audit_reading as store
from storage import people, workspace
from storage.opening import open_to_read

commands = typer.Typer(no_args_is_help=True, help="Prove that nobody has touched the audit trail, or show it.")
Team = Annotated[str, typer.Option(help="The workspace's id, where there are several.")]
NOT_NOTED = "Write --noted as it was printed, such as 120:0f3a9c51e2b47d68."


@commands.command()
def verify(
    noted: Annotated[str, typer.Option(help="A fingerprint that an earlier proof printed, kept elsewhere.")] = "",
    team: Team = "",
) -> None:
    """Look at every entry: none changed, missing, added, moved or cut off. Exit code 1 if one is."""
    with _reading() as session:
        teams = _choose(session, team, several=not noted)
        proofs = {
            one.name or one.team_id: store.prove(session, team_id=one.team_id, noted=_read(noted)) for one in teams
        }
    table = Table("Workspace", "Entries", "From", "To", "")
    for name, proof in proofs.items():
        days = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "" for at in (proof.first, proof.last))
        table.add_row(Text(name), f"{proof.entries:,}", *days, "touched" if proof.wrong else "whole")
    Console().print(table)
    for name, proof in proofs.items():
        _say(f"{name}: {proof.wrong or f'the fingerprint is {proof.fingerprint}'}")
    if any(proof.wrong for proof in proofs.values()):
        raise typer.Exit(1)
    _say("Nobody has touched the trail. Keep the fingerprint elsewhere: --noted shows even one that is written anew.")


@commands.command()
def show(
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many entries, the newest ones.")] = 30,
    person: Annotated[str, typer.Option(help="Only what this person did or what was done about them.")] = "",
    team: Team = "",
) -> None:
    """Show the newest entries, the last one at the bottom; times in UTC."""
    with _reading() as session:
        (found,) = _choose(session, team, several=False)
        team_id = found.team_id
        of = _find_person(session, team_id, person) if person else None
        entries = store.list_entries(session, team_id=team_id, of=of, limit=last)
        total = store.count_entries(session, team_id=team_id, of=of)
        ids = {user_id for one in entries for user_id in (one.by, one.about) if user_id}
        names = {one.user_id: one.name for one in people.find_by_ids(session, team_id=team_id, user_ids=ids)}
    table = Table("No.", "When", "Who", "What", "On", "Change")
    for one in reversed(entries):
        who = names.get(one.by) or one.by or (SOMEBODY if one.by_is_gone else THE_APP)
        whom = names.get(one.about) or one.about or one.subject or (SOMEBODY if one.about_is_gone else "")
        cells = (who, deed_words(one.deed), whom, change_words(one.before, one.after))
        table.add_row(str(one.number), f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M}", *(Text(cell) for cell in cells))
    Console().print(table)
    _say(f"{count(len(entries), 'entry', 'entries')} of {total:,}.")


@contextmanager
def _reading() -> Iterator[Session]:
    db = open_to_read(read_settings().database_url)
    try:
        with db.snapshot() as session:
            yield session
    finally:
        db.close()


def _choose(session: Session, team: str, *, several: bool) -> list[workspace.Workspace]:
    """The workspaces that are meant.

    Raises:
        BotError: there is none, or one of several must be named.
    """
    known = workspace.list_workspaces(session)
    chosen = [one for one in known if not team or one.team_id == team]
    if not chosen:
        raise BotError(f"There is no workspace {team} here." if known else "Groundswell has not met its workspace yet.")
    if len(chosen) > 1 and not several:
        raise BotError(SEVERAL_WORKSPACES.format(", ".join(one.team_id for one in known)))
    return chosen


def _read(noted: str) -> tuple[int, str] | None:
    number, _, seal = noted.partition(":")
    if not noted:
        return None
    if not (number.isascii() and number.isdecimal() and 8 <= len(seal) <= 64 and seal.isalnum()):
        raise BotError(NOT_NOTED)
    return int(number), seal


def _find_person(session: Session, team_id: str, name: str) -> str:
    named = people.find_by_name(session, team_id=team_id, name=name)
    if len(named) == 1:
        return named[0].user_id
    shown = clip(name, 80)
    raise BotError(f"{len(named)} people are called {shown}." if named else f"I know nobody called {shown}.")


def _say(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)
