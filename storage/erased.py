"""Who was erased, known only by a keyed hash: so that no restored backup, sweep or sync brings anybody back."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from storage.people import Person


class ErasureKey(SQLModel, table=True):
    """The key of a workspace's hashes, hexadecimal: without it nobody can try out who is meant."""

    team_id: str = Field(primary_key=True)
    key: str


class ErasedPerson(SQLModel, table=True):
    """Somebody who was erased: HMAC-SHA-256 of their id under the workspace's key."""

    team_id: str = Field(primary_key=True)
    person_hash: str = Field(primary_key=True)
    erased_at: datetime


def record_erased(session: Session, *, team_id: str, user_id: str, now: datetime) -> str:
    """Remember that somebody was erased; gives the hash by which they are known from now on."""
    row = session.get(ErasureKey, team_id)
    if row is None:
        row = ErasureKey(team_id=team_id, key=secrets.token_hex(32))
        session.add(row)
        session.flush()
    found = _hash(row.key, user_id)
    session.merge(ErasedPerson(team_id=team_id, person_hash=found, erased_at=now))
    session.flush()
    return found


def list_erased(session: Session, *, team_id: str, user_ids: Collection[str]) -> frozenset[str]:
    """Those of these ids whose people were erased and whom the app has not met anew."""
    row = session.get(ErasureKey, team_id) if user_ids else None
    if row is None:
        return frozenset()
    hashes = {_hash(row.key, user_id): user_id for user_id in user_ids}
    query = select(ErasedPerson.person_hash).where(ErasedPerson.team_id == team_id)
    erased = {hashes[found] for found in session.exec(query) if found in hashes}
    if not erased:
        return frozenset()
    met = set(session.exec(select(Person.user_id).where(Person.team_id == team_id)))
    return frozenset(erased - met)


def list_to_erase_again(session: Session, *, team_id: str) -> list[str]:
    """The ids of people who are there though they were erased: out of a backup that is older than the erasure.

    Whoever the app has met since is somebody new.
    """
    row = session.get(ErasureKey, team_id)
    if row is None:
        return []
    query = select(ErasedPerson.person_hash, ErasedPerson.erased_at).where(ErasedPerson.team_id == team_id)
    erased = dict(session.exec(query).all())
    found = []
    for user_id, created_at in session.exec(
        select(Person.user_id, Person.created_at).where(Person.team_id == team_id)
    ).all():
        erased_at = erased.get(_hash(row.key, user_id))
        if erased_at is not None and created_at <= erased_at:
            found.append(user_id)
    return sorted(found)


def take_over(session: Session, keys: Iterable[tuple[str, str]], known: Iterable[tuple[str, str, datetime]]) -> None:
    """Let a database know everybody who is known as erased in another one: workspaces with their keys, and with hashes.

    Where it has another key already it is another installation's, and stays as it is.
    """
    ours = set()
    for team_id, key in keys:
        row = session.get(ErasureKey, team_id)
        if row is None or row.key == key:
            session.merge(ErasureKey(team_id=team_id, key=key))
            ours.add(team_id)
    for team_id, person_hash, erased_at in known:
        if team_id in ours:
            session.merge(ErasedPerson(team_id=team_id, person_hash=person_hash, erased_at=erased_at))
    session.flush()


def _hash(key: str, user_id: str) -> str:
    return hmac.new(bytes.fromhex(key), user_id.encode(), hashlib.sha256).hexdigest()
