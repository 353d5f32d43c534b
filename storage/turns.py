"""Turns: what must not be done twice at the same moment is done one after the other, on PostgreSQL as on SQLite."""

from sqlalchemy import func
from sqlmodel import Session, select


def take_turn(session: Session, *, team_id: str, of: str) -> None:
    """Wait until no other transaction of this workspace has the turn `of`; it ends with this transaction.

    Whoever looks and then writes what the look allows (a button pressed twice in one moment, the last administrator)
    must take it before the look. On SQLite a transaction that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = func.hashtextextended(f"{team_id} {of}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
