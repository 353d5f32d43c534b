"""Lists of assets taken into the tables: the good lines, or none where one is bad, as chosen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.asset_import import COLUMNS, AssetLine, read_assets_csv
from bot.domain.csv_list import BadLine, read_csv_list
from bot.domain.text import clip
from storage import asset as store
from storage import asset_trail, people

_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True)
class AssetImport:
    """What became of a list: the versions that were saved, and the bad lines."""

    saved: list[store.AssetVersion]
    problems: list[BadLine]


def import_assets(
    session: Session, *, team_id: str, text: str, now: datetime, by: str, all_or_nothing: bool = False
) -> AssetImport:
    """Save a list of asset versions in CSV; with `all_or_nothing` a single bad line keeps all the others out.

    `by` owns what the list gives no owner.
    """
    reading = read_assets_csv(text, _today(session, team_id, by, now), by)
    problems, good = list(reading.problems), []
    known = {
        (store.reference_key(card.reference), card.version.casefold())
        for card in store.list_cards(session, team_id=team_id)
    }
    for line in reading.assets:
        try:
            if (store.reference_key(line.fields.reference), line.fields.version.casefold()) in known:
                name = f"{clip(line.fields.version, 40)} of {clip(line.fields.reference, 80)}"
                raise ValueError(f"{name} is in the library already.")
            good.append(replace(line.fields, owner_id=_find_owner(session, team_id, line) or by))
        except ValueError as error:
            problems.append(BadLine(line.line, str(error)))
    problems.sort(key=lambda problem: problem.line)
    if all_or_nothing and problems:
        return AssetImport([], problems)
    saved = [store.add_version(session, team_id=team_id, fields=fields, now=now, by=by) for fields in good]
    for row in saved:
        asset_trail.record_deed(session, row, "added", by=by, now=now)
    return AssetImport(saved, problems)


def bad_lines(text: str, problems: Iterable[BadLine]) -> str:
    """The first line of a list and its bad lines as they were pasted, for another try."""
    return read_csv_list(text, COLUMNS).again(problems)


def _find_owner(session: Session, team_id: str, line: AssetLine) -> str:
    """The owner's Slack id, "" where the line names nobody.

    Raises:
        ValueError: with a sentence, the name is nobody's or several people's.
    """
    user_id = line.owner.strip("<@>").split("|")[0]
    if not user_id or _MEMBER_ID.fullmatch(user_id):
        return user_id
    named = people.find_by_name(session, team_id=team_id, name=line.owner)
    if len(named) == 1:
        return named[0].user_id
    shown = clip(line.owner, 80)
    many = f"{len(named)} people are called {shown}; say which by their Slack id."
    raise ValueError(many if named else f"I know nobody called {shown}; write the owner's Slack id.")


def _today(session: Session, team_id: str, by: str, now: datetime) -> date:
    """The day it is for whoever brings the list: what came out this morning in Sydney is not in the future."""
    person = people.get_person(session, team_id=team_id, user_id=by)
    return now.astimezone(ZoneInfo(person.tz) if person and person.tz else UTC).date()
