"""The audit trail read again: its entries as they were written, and the proof that nobody has touched it."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from bot.domain.audit import Entry
from storage.audit import ERASED, AuditEntry, AuditHead, by_place, details_place, entry_hash, erased_subject
from storage.personal_key import PersonalKey, find_key, list_keys, unseal

SHOWN = 16  # characters of a hash that somebody notes down: 64 bits
ROWS = 1_000  # in memory at once


@dataclass(frozen=True)
class Proof:
    """What a look at a whole trail found: how long it is, from when to when, and what is wrong, "" if nothing is."""

    entries: int
    first: datetime | None
    last: datetime | None
    fingerprint: str
    wrong: str


@dataclass
class _Walk:
    """How far a look along the trail has come."""

    keys: dict[str, PersonalKey]
    count: int = 0
    seal: str = ""
    first: datetime | None = None
    last: datetime | None = None
    seals: dict[int, str] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)  # by a person's ref, the first entry that has it
    erased: set[str] = field(default_factory=set)


def list_entries(
    session: Session, *, team_id: str, of: str | None = None, offset: int = 0, limit: int = 10
) -> list[Entry]:
    """A page of the trail, the newest first; with `of` only what this person did and what was done about them."""
    query = _of(select(AuditEntry), session, team_id, of).order_by(col(AuditEntry.number).desc())
    keys = list_keys(session, team_id=team_id)
    return [_read(row, keys) for row in session.exec(query.offset(offset).limit(limit))]


def count_entries(session: Session, *, team_id: str, of: str | None = None) -> int:
    """How many entries `list_entries` finds in all."""
    return int(session.exec(_of(select(func.count()).select_from(AuditEntry), session, team_id, of)).one())


def prove(session: Session, *, team_id: str, noted: tuple[int, str] | None = None) -> Proof:
    """Look at every entry of a workspace's trail, in one moment's view of the database.

    `noted` is a number and the beginning of that entry's fingerprint, written down elsewhere at an earlier proof: it
    shows even a trail that was written anew as a whole.
    """
    walk = _Walk(list_keys(session, team_id=team_id))
    query = select(AuditEntry).where(AuditEntry.team_id == team_id).order_by(col(AuditEntry.number))
    with closing(session.exec(query.execution_options(yield_per=ROWS))) as rows:
        wrong = _walk(rows, walk, noted[0] if noted else 0)
    wrong = wrong or _ends_well(session, team_id, walk)
    if not wrong and noted and not (noted[1] and walk.seals.get(noted[0], "").startswith(noted[1])):
        wrong = (
            f"Entry {noted[0]} is not the one that was noted: the trail was written anew, or put back from a backup."
        )
    return Proof(walk.count, walk.first, walk.last, fingerprint(walk.count, walk.seal), wrong)


def fingerprint(count: int, seal: str) -> str:
    """What somebody notes down elsewhere: how many entries there are, and the beginning of the last one's hash."""
    return f"{count}:{seal[:SHOWN]}"


def _walk(rows: Iterable[AuditEntry], walk: _Walk, noted: int) -> str:
    """Go along the trail until something is wrong; gives what."""
    for row in rows:
        if row.number != walk.count + 1:
            return f"Entry {walk.count + 1} is missing."
        if entry_hash(row, walk.seal) != row.hash:
            return f"Entry {row.number} was changed, or does not follow from the one before."
        if wrong := _opens(row, walk.keys):
            return wrong
        walk.count, walk.seal, walk.last = row.number, row.hash, row.at
        walk.first = walk.first or row.at
        if row.number == noted:
            walk.seals[row.number] = row.hash
        for ref in filter(None, (row.by_ref, row.about_ref)):
            walk.named.setdefault(ref, row.number)
        if row.deed == ERASED:
            walk.erased.add(row.subject)
    return ""


def _ends_well(session: Session, team_id: str, walk: _Walk) -> str:
    head = session.get(AuditHead, team_id)
    if head is None:
        return "The mark at the trail's end is missing."
    if head.count > walk.count:
        return f"The end is missing: {head.count} entries were written, and {walk.count} are here."
    if (head.count, head.hash) != (walk.count, walk.seal):
        return "The mark at the trail's end was changed, or there are entries that nobody has counted."
    for ref, number in walk.named.items():
        if ref not in walk.keys and erased_subject(ref) not in walk.erased:
            return f"The key to entry {number} is gone, and no erasure is written down."
    return ""


def _opens(row: AuditEntry, keys: dict[str, PersonalKey]) -> str:
    """What is wrong with the names in an entry: a key must open what it sealed, and be the named person's."""
    try:
        by, _about = _names(row, keys)
        about = json.loads(_about or "{}").get("about", "")
    except ValueError:
        return f"The key to entry {row.number} was changed."
    for ref, name in ((row.by_ref, by), (row.about_ref, about)):
        if ref in keys and keys[ref].user_id != name:
            return f"The key to entry {row.number} was given to somebody else."
    return ""


def _names(row: AuditEntry, keys: dict[str, PersonalKey]) -> tuple[str, str | None]:
    """Who did it and the details (JSON), "" and None where the key is gone.

    Raises:
        ValueError: a key does not open what is sealed.
    """
    by, details = "", row.details if not row.about_ref else None
    if row.by_ref in keys:
        by = unseal(keys[row.by_ref].key, row.by_sealed, place=by_place(row.team_id, row.number))
    if row.about_ref in keys:
        details = unseal(keys[row.about_ref].key, row.details, place=details_place(row.team_id, row.number))
    return by, details


def _read(row: AuditEntry, keys: dict[str, PersonalKey]) -> Entry:
    try:
        by, found = _names(row, keys)
        details: dict[str, Any] = json.loads(found or "{}")
    except ValueError:  # somebody has touched it: the proof says so, and reading goes on
        by, found, details = "", None, {}
    return Entry(
        number=row.number,
        at=row.at,
        deed=row.deed,
        subject=row.subject,
        by=by,
        about=str(details.get("about", "")),
        before=details.get("before") or {},
        after=details.get("after") or {},
        by_is_gone=bool(row.by_ref) and not by,
        about_is_gone=found is None,
    )


def _of(query: Any, session: Session, team_id: str, of: str | None) -> Any:
    query = query.where(AuditEntry.team_id == team_id)
    if of is None:
        return query
    key = find_key(session, team_id=team_id, user_id=of)
    ref = key.ref if key is not None else None  # None is nobody's
    return query.where(or_(AuditEntry.by_ref == ref, AuditEntry.about_ref == ref))
