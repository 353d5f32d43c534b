"""Files that are made of the database's rows in the moment in which they are sent, for whoever may have them then."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.access import require
from bot.workbook import as_workbook, as_zip
from storage import export, own_data, people
from storage.db import Database
from storage.outbox import Outbox

EVERYTHING, OWN = "everything", "own"
CAPABILITY = {EVERYTHING: "export_all", OWN: "export_own"}
FORMATS = {"xlsx": as_workbook, "csv": as_zip}


def bytes_of(
    db: Database, row: Outbox, file: Mapping[str, Any], *, admins: frozenset[str], go_on: Callable[[], None]
) -> bytes:
    """The bytes of a message's file. What is made of the database's rows is made now, and stands nowhere before.

    `made_of` says what (`everything`, or what is stored about whoever gets it, `own`) and as which kind of FORMATS.
    `go_on` is called every now and then, and may raise to stop.

    Raises:
        BotError: whoever gets it may not have it (any more).
    """
    if "content" in file:
        return str(file["content"]).encode()
    what, kind = file["made_of"]["what"], file["made_of"]["kind"]
    with db.snapshot() as session:
        actor = people.find_actor(
            session, team_id=row.team_id, user_id=row.target, admins=admins, default_tz="UTC"
        )  # fmt: skip
        require(actor, CAPABILITY[what])
        if what == EVERYTHING:
            sheets = export.list_sheets(session, team_id=row.team_id)
        else:
            sheets = own_data.list_own_sheets(session, team_id=row.team_id, user_id=row.target)
        return FORMATS[kind](sheets, go_on)
