"""The audit trail: who did what to what, when, from what to what; each entry seals the one before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, bindparam, event, func, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select, update

from storage import personal_key
from storage.db import run_statement
from storage.turns import take_turn

ERASED = "person.erased"
_WAITING = "audit entries"  # where a session keeps what its commit writes


class AuditEntry(SQLModel, table=True):
    """One entry; `number` counts a workspace's from 1 on.

    `by_ref` and `about_ref` are who did it and whom it is about, by names that only `PersonalKey` can resolve; "" is
    nobody. `by_sealed` and, where it is about somebody, `details` are sealed under that person's key. `details` is
    JSON: what stood there before and what stands there after. `hash` is SHA-256 over all this and the `hash` before.
    """

    __table_args__ = (
        CheckConstraint("number > 0", name="audit_entry_number"),
        Index("audit_entry_by", "team_id", "by_ref"),
        Index("audit_entry_about", "team_id", "about_ref"),
    )

    team_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    deed: str
    subject: str
    by_ref: str
    by_sealed: str
    about_ref: str
    details: str
    hash: str


class AuditHead(SQLModel, table=True):
    """How many entries a workspace's trail has and the last one's hash: what is cut off at the end is missed here."""

    team_id: str = Field(primary_key=True)
    count: int = 0
    hash: str = ""


@dataclass(frozen=True)
class _Deed:
    """What a transaction has done, until its commit writes it down."""

    team_id: str
    by: str
    deed: str
    subject: str
    about: str
    details: dict[str, Any]
    at: datetime


def record(
    session: Session,
    *,
    team_id: str,
    by: str,
    deed: str,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    about: str = "",
    now: datetime,
) -> None:
    """Write into the trail what this transaction changes; the entry is made by its commit, or not at all.

    `by` is who did it, "" for the app itself or a command on its machine. `deed` is a word for it (`asset.released`),
    `subject` what it was done to, without anybody's name or words (`asset 12`, `setting ask_budget`). `about` is the
    person it concerns: then what stood there before and after is sealed under their key, and else it is readable for
    ever. Neither may hold a feedback's or a ballot's words.

    Raises:
        RuntimeError: inside a savepoint, which might be taken back while the entry stayed.
    """
    if session.in_nested_transaction():
        raise RuntimeError("an audit entry belongs to a whole transaction")
    given = {"before": before, "after": after}
    details = {name: value for name, value in given.items() if value is not None}
    session.info.setdefault(_WAITING, []).append(_Deed(team_id, by, deed, subject, about, details, now))


def record_erasure(
    session: Session, *, team_id: str, user_id: str, by: str, now: datetime, after: Mapping[str, Any] | None = None
) -> str:
    """Destroy a person's key and write down that it was done: what the trail says of them is unreadable from now on.

    Gives the name that the trail goes on using, "" if it never named them. `after` tells what was deleted, in numbers.
    Nothing may be recorded `about` them afterwards; whoever erases themselves is `by` nobody.
    """
    ref = personal_key.destroy_key(session, team_id=team_id, user_id=user_id)
    subject = erased_subject(ref)
    record(session, team_id=team_id, by="" if by == user_id else by, deed=ERASED, subject=subject, after=after, now=now)
    return ref


def erased_subject(ref: str) -> str:
    """What the entry of an erasure names, which no key can resolve any more."""
    return f"person {ref}".strip()


def begin_trail(session: Session, *, team_id: str) -> None:
    """Let a workspace have a trail, so that one which is gone is missed."""
    run_statement(session, _BEGIN[session.get_bind().dialect.name], team=team_id)


def entry_hash(row: Any, previous: str) -> str:
    """The SHA-256 of an entry that follows an entry with the hash `previous`, hexadecimal."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (
        previous, row.team_id, row.number, at, row.deed, row.subject, row.by_ref, row.by_sealed, row.about_ref,
        row.details,
    )  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def by_place(team_id: str, number: int) -> str:
    """Where a sealed name stands, and nowhere else."""
    return f"{team_id} {number} by"


def details_place(team_id: str, number: int) -> str:
    """Where sealed details stand, and nowhere else."""
    return f"{team_id} {number} details"


_BEGIN = {
    engine.name: insert(AuditHead).values(team_id=bindparam("team"), count=0, hash="").on_conflict_do_nothing()
    for engine, insert in ((sqlite.dialect, sqlite.insert), (postgresql.dialect, postgresql.insert))
}
_TEAM: Any = bindparam("team")
_HEAD = select(AuditHead.count, AuditHead.hash).where(AuditHead.team_id == _TEAM)
_LAST: Any = select(func.max(AuditEntry.number)).where(AuditEntry.team_id == _TEAM)
_ADD = insert(AuditEntry)
_MOVE = update(AuditHead).where(col(AuditHead.team_id) == _TEAM).values(count=bindparam("now"), hash=bindparam("seal"))


@event.listens_for(Session, "before_commit")
def _write_entries(session: Any) -> None:
    """Write what the transaction has done. Last of all, so that nobody who has the trail's turn waits for another."""
    if session.in_nested_transaction():
        return
    deeds: list[_Deed] = session.info.pop(_WAITING, [])
    for team_id in sorted({deed.team_id for deed in deeds}):
        take_turn(session, team_id=team_id, of="audit")
        number, seal = _find_head(session, team_id)
        for deed in deeds:
            if deed.team_id == team_id:
                number += 1
                row = _entry(session, deed, number)
                seal = row.hash = entry_hash(row, seal)
                run_statement(session, _ADD, **row.model_dump())
        run_statement(session, _MOVE, team=team_id, now=number, seal=seal)


def _find_head(session: Session, team_id: str) -> tuple[int, str]:
    """The last number and hash. Where somebody has touched the end mark no entry follows from the one before."""
    last = int(run_statement(session, _LAST, team=team_id).scalar() or 0)
    head = run_statement(session, _HEAD, team=team_id).first()
    if head is None:
        begin_trail(session, team_id=team_id)
        return last, ""
    return (int(head.count), str(head.hash)) if head.count >= last else (last, "")


def _entry(session: Session, deed: _Deed, number: int) -> AuditEntry:
    team_id, details = deed.team_id, json.dumps(deed.details, ensure_ascii=True, sort_keys=True)
    by_ref = by_sealed = about_ref = ""
    if deed.by:
        key = personal_key.require_key(session, team_id=team_id, user_id=deed.by, now=deed.at)
        by_ref, by_sealed = key.ref, personal_key.seal(key.key, deed.by, place=by_place(team_id, number))
    if deed.about:
        key = personal_key.require_key(session, team_id=team_id, user_id=deed.about, now=deed.at)
        details = json.dumps(deed.details | {"about": deed.about}, ensure_ascii=True, sort_keys=True)
        about_ref, details = key.ref, personal_key.seal(key.key, details, place=details_place(team_id, number))
    return AuditEntry(
        team_id=team_id, number=number, at=deed.at, deed=deed.deed, subject=deed.subject, by_ref=by_ref,
        by_sealed=by_sealed, about_ref=about_ref, details=details, hash="",
    )  # fmt: skip
