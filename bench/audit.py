"""A thousand tamperings with the audit trail, each of which must be found: `python -m bench.audit [--quick]`.

Whoever tampers has the database file and all its rights: the guards are dropped first. Each tampering is made in a
transaction that is taken back, on a trail of a hundred entries with three people, one of them erased.
"""

import argparse
import json
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text
from sqlmodel import Session

FULL, QUICK = 1_000, 66
ENTRIES = 100
TEAM, OTHER = "T1", "T2"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PEOPLE = ("UADA", "UBEN", "UCAL")
COLUMNS = ("at", "deed", "subject", "by_ref", "by_sealed", "about_ref", "details", "hash")
Tamper = Callable[[Connection, random.Random], None]


def build(file: Path) -> Any:
    """A database with the trail of two workspaces; gives it, open."""
    from storage import audit
    from storage.db import Database
    from storage.schema import migrate

    db, dice = Database(f"sqlite:///{file}"), random.Random(3)
    migrate(db)
    for number in range(ENTRIES):
        by, about = dice.choice(PEOPLE), dice.choice(("", *PEOPLE))
        at = START + timedelta(hours=number)
        with db.begin() as session:
            if number == ENTRIES - 20:
                audit.record_erasure(session, team_id=TEAM, user_id=PEOPLE[2], by=PEOPLE[0], now=at)
                continue
            told: dict[str, Any] = {"deed": dice.choice(("asset.released", "roles.changed")), "subject": f"a {number}"}
            told |= {"before": {"x": number}, "after": {"x": number + 1}, "now": at}
            if number > ENTRIES - 20:
                by, about = PEOPLE[0], ""
            audit.record(session, team_id=TEAM, by=by, about=about, **told)
            audit.record(session, team_id=OTHER, by=by, about=about, **told)
    with db.engine.begin() as connection:
        for number in range(3):
            connection.execute(text(f"DROP TRIGGER audit_guard_{number}"))
    return db


def edit(connection: Connection, dice: random.Random) -> None:
    """Another value in one field of one entry."""
    column, number = dice.choice(COLUMNS), dice.randint(1, ENTRIES)
    value = "2026-03-01 00:00:00.000000" if column == "at" else secrets.token_hex(8)
    _run(connection, f"UPDATE auditentry SET {column} = :value WHERE number = :number", value=value, number=number)


def edit_and_seal(connection: Connection, dice: random.Random) -> None:
    """The same, with its hash made to fit; what follows does not, or, of the last one, the end mark."""
    number = dice.randint(1, ENTRIES)
    _run(connection, "UPDATE auditentry SET subject = 'b' WHERE number = :number", number=number)
    _seal(connection, number, number)


def edit_and_seal_all(connection: Connection, dice: random.Random) -> None:
    """The same, with the hashes of all that follow made to fit, but not the end mark."""
    number = dice.randint(1, ENTRIES)
    _run(connection, "UPDATE auditentry SET subject = 'b' WHERE number = :number", number=number)
    _seal(connection, number, ENTRIES)


def write_anew(connection: Connection, dice: random.Random) -> None:
    """The same, and the end mark too: whole in itself, and not what was noted."""
    edit_and_seal_all(connection, dice)
    _mark(connection)


def delete(connection: Connection, dice: random.Random) -> None:
    """One entry gone."""
    _run(connection, "DELETE FROM auditentry WHERE number = :number", number=dice.randint(1, ENTRIES))


def delete_and_close(connection: Connection, dice: random.Random) -> None:
    """One entry gone, the ones behind it numbered anew."""
    number = dice.randint(1, ENTRIES)
    _run(connection, "DELETE FROM auditentry WHERE number = :number", number=number)
    _run(connection, "UPDATE auditentry SET number = number + 5000 WHERE number > :number", number=number)  # no clash
    _run(connection, "UPDATE auditentry SET number = number - 5001 WHERE number > 5000")


def insert(connection: Connection, dice: random.Random) -> None:
    """An entry that never was, well sealed, between two others, the ones behind it numbered anew."""
    number = dice.randint(1, ENTRIES)
    _run(connection, "UPDATE auditentry SET number = number + 1000 WHERE number >= :number", number=number)
    _run(
        connection,
        f"INSERT INTO auditentry (team_id, number, {', '.join(COLUMNS)}) SELECT team_id, :number, {', '.join(COLUMNS)} "
        "FROM auditentry WHERE number > :number ORDER BY number LIMIT 1",
        number=number,
    )
    _run(connection, "UPDATE auditentry SET number = number - 999 WHERE number >= 1000")
    _seal(connection, number, number)


def append(connection: Connection, dice: random.Random) -> None:
    """An entry that never was, well sealed, at the end."""
    number = dice.randint(1, ENTRIES)
    _run(
        connection,
        f"INSERT INTO auditentry (team_id, number, {', '.join(COLUMNS)}) SELECT team_id, {ENTRIES + 1}, "
        f"{', '.join(COLUMNS)} FROM auditentry WHERE number = :number",
        number=number,
    )
    _seal(connection, ENTRIES + 1, ENTRIES + 1)


def swap(connection: Connection, dice: random.Random) -> None:
    """Two entries in each other's place."""
    one, other = dice.sample(range(1, ENTRIES + 1), 2)
    for old, new in ((one, 9_000), (other, one), (9_000, other)):
        _run(connection, "UPDATE auditentry SET number = :new WHERE number = :old", old=old, new=new)


def cut(connection: Connection, dice: random.Random) -> None:
    """The end cut off."""
    _run(connection, "DELETE FROM auditentry WHERE number > :number", number=dice.randint(0, ENTRIES - 1))


def cut_and_mark(connection: Connection, dice: random.Random) -> None:
    """The end cut off, and the end mark moved: whole in itself, and not what was noted."""
    cut(connection, dice)
    _mark(connection)


def move_mark(connection: Connection, dice: random.Random) -> None:
    """The end mark itself: gone, at another number, or with another hash."""
    change = dice.choice(
        ("DELETE FROM audithead", "UPDATE audithead SET count = count - 1", "UPDATE audithead SET hash = 'x'")
    )
    _run(connection, change)


def borrow(connection: Connection, dice: random.Random) -> None:
    """An entry of another workspace in the place of one."""
    number = dice.randint(1, ENTRIES - 30)
    _run(connection, "DELETE FROM auditentry WHERE number = :number", number=number)
    connection.execute(
        text(f"UPDATE auditentry SET team_id = '{TEAM}' WHERE team_id = '{OTHER}' AND number = :number"),
        {"number": number},
    )


def change_key(connection: Connection, dice: random.Random) -> None:
    """A person's key: gone without an erasure, another one, or said to be somebody else's."""
    who = dice.choice(PEOPLE[:2])
    change = dice.choice(
        (
            "DELETE FROM personalkey",
            f"UPDATE personalkey SET key = '{'0' * 64}'",
            "UPDATE personalkey SET user_id = 'UZED'",
        )
    )
    connection.execute(text(f"{change} WHERE team_id = '{TEAM}' AND user_id = :who"), {"who": who})


TAMPERINGS: dict[str, Tamper] = {
    "a field edited": edit,
    "… and sealed anew": edit_and_seal,
    "… and all behind it, too": edit_and_seal_all,
    "… and the end mark *": write_anew,
    "an entry deleted": delete,
    "… and the gap closed": delete_and_close,
    "an entry put in": insert,
    "an entry put at the end": append,
    "two entries swapped": swap,
    "the end cut off": cut,
    "… and the end mark moved *": cut_and_mark,
    "the end mark changed": move_mark,
    "another workspace's entry": borrow,
    "a person's key changed": change_key,
}


@dataclass(frozen=True)
class Found:
    """How many tamperings of each kind were made and found, and the seconds that one proof takes."""

    made: Counter[str]
    found: Counter[str]
    seconds: float


def run(total: int, seed: int = 7) -> Found:
    """Tamper so many times, each kind equally often."""
    from storage.audit_reading import prove

    dice, made, found, seconds = random.Random(seed), Counter[str](), Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        db = build(Path(folder) / "audit.db")
        with db.read() as session:
            first = prove(session, team_id=TEAM)
        assert (first.wrong, first.entries) == ("", ENTRIES)
        number, _, seal = first.fingerprint.partition(":")
        for turn in range(total):
            kind = list(TAMPERINGS)[turn % len(TAMPERINGS)]
            with db.engine.connect() as connection, connection.begin() as transaction:
                TAMPERINGS[kind](connection, dice)
                with Session(connection, join_transaction_mode="rollback_only") as session:
                    began = time.perf_counter()
                    proof = prove(session, team_id=TEAM, noted=(int(number), seal))
                    seconds += time.perf_counter() - began
                transaction.rollback()
            made[kind] += 1
            found[kind] += bool(proof.wrong)
        with db.read() as session:
            assert prove(session, team_id=TEAM, noted=(int(number), seal)).wrong == ""  # and only those
        db.close()
    return Found(made, found, seconds / total)


def _run(connection: Connection, change: str, **given: object) -> None:
    """A change of this workspace's trail alone."""
    if "INSERT" in change:
        change = change.replace("FROM auditentry WHERE", f"FROM auditentry WHERE team_id = '{TEAM}' AND")
    elif "WHERE" in change:
        change += f" AND team_id = '{TEAM}'"
    else:
        change += f" WHERE team_id = '{TEAM}'"
    connection.execute(text(change), given)


def _seal(connection: Connection, first: int, last: int) -> None:
    """Give these entries the hashes that fit, as whoever knows how it is done would."""
    from storage.audit import AuditEntry, entry_hash

    rows = connection.execute(
        text(f"SELECT * FROM auditentry WHERE team_id = '{TEAM}' AND number BETWEEN :first AND :last ORDER BY number"),
        {"first": first - 1, "last": last},
    ).mappings()
    previous = ""
    for row in list(rows):
        entry = AuditEntry.model_validate({**row, "at": datetime.fromisoformat(str(row["at"])).replace(tzinfo=UTC)})
        if entry.number < first:
            previous = entry.hash
            continue
        previous = entry_hash(entry, previous)
        _run(
            connection, "UPDATE auditentry SET hash = :seal WHERE number = :number", seal=previous, number=entry.number
        )


def _mark(connection: Connection) -> None:
    """Let the end mark say what the entries say."""
    last = f"FROM auditentry WHERE team_id = '{TEAM}' ORDER BY number DESC LIMIT 1"
    number, seal = f"coalesce((SELECT number {last}), 0)", f"coalesce((SELECT hash {last}), '')"
    connection.execute(text(f"UPDATE audithead SET count = {number}, hash = {seal} WHERE team_id = '{TEAM}'"))


def main() -> int:
    """Tamper, and show what was found; exit code 1 if something was not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a small run")
    done = run(QUICK if arguments.parse_args().quick else FULL)
    table = Table("Tampering", "Made", "Found", caption="* found by the fingerprint that was noted before")
    for kind, made in done.made.items():
        table.add_row(kind, str(made), str(done.found[kind]))
    total, found = done.made.total(), done.found.total()
    table.add_row("all", str(total), str(found))
    Console().print(table)
    told = {"made": total, "found": found, "milliseconds_for_a_proof": round(1000 * done.seconds, 1)}
    print(json.dumps(told))
    return int(found != total)


if __name__ == "__main__":
    sys.exit(main())
