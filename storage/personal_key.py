"""A key for each person who stands in the audit trail: while it is there the trail can say who, and no longer (R14)."""

import base64
import secrets
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32  # AES-256
NONCE_BYTES = 12  # what GCM is made for (NIST SP 800-38D, 5.2.1.1)


class PersonalKey(SQLModel, table=True):
    """One person's key, hexadecimal, and what the trail calls them, which says nothing without this row."""

    __table_args__ = (UniqueConstraint("team_id", "ref"),)

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    ref: str
    key: str
    created_at: datetime


def find_key(session: Session, *, team_id: str, user_id: str) -> PersonalKey | None:
    """The person's key, or None if the trail has never named them, or may not any more."""
    return session.get(PersonalKey, (team_id, user_id))


def require_key(session: Session, *, team_id: str, user_id: str, now: datetime) -> PersonalKey:
    """The person's key, made now if there is none. Whoever asks has the turn of the workspace's trail."""
    row = find_key(session, team_id=team_id, user_id=user_id)
    if row is None:
        ref, key = secrets.token_hex(8), secrets.token_hex(KEY_BYTES)
        row = PersonalKey(team_id=team_id, user_id=user_id, ref=ref, key=key, created_at=now)
        session.add(row)
        session.flush()
    return row


def list_keys(session: Session, *, team_id: str) -> dict[str, PersonalKey]:
    """The keys of a workspace, by the name that the trail uses."""
    return {row.ref: row for row in session.exec(select(PersonalKey).where(PersonalKey.team_id == team_id))}


def destroy_key(session: Session, *, team_id: str, user_id: str) -> str:
    """Take a person's key away for good; gives what the trail goes on calling them, "" if it never named them."""
    row = find_key(session, team_id=team_id, user_id=user_id)
    if row is None:
        return ""
    ref = row.ref
    session.expunge(row)
    session.exec(delete(PersonalKey).where(col(PersonalKey.team_id) == team_id, col(PersonalKey.user_id) == user_id))
    return ref


def seal(key: str, text: str, *, place: str) -> str:
    """The text under a key; it can be opened at its `place` only, so that no sealed text can stand in for another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, text.encode(), place.encode())).decode()


def unseal(key: str, sealed: str, *, place: str) -> str:
    """The text again.

    Raises:
        ValueError: it was sealed under another key or for another place, or was changed since.
    """
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag:
        raise ValueError("sealed otherwise") from None


@lru_cache(maxsize=1)
def _cipher(key: str) -> "AESGCM":
    # Imported with the first text: a start does without it. One key is kept, since most texts come in a row.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(bytes.fromhex(key))
