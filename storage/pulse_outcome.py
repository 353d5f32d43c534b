"""Outcomes of pulses: what followed from the last one is told before the same people are asked again (P5)."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from storage.pulse import Pulse, list_invited, list_pulses
from storage.turns import take_turn

SAME_PEOPLE = 0.5  # of those who are to be asked: from there on they are the people of an earlier pulse


def record_outcome(session: Session, row: Pulse, *, outcome: str, now: datetime) -> bool:
    """Keep what followed from a closed pulse; False if that has been told already, or it is not closed."""
    if row.state != "closed" or row.outcome is not None:
        return False
    row.outcome, row.outcome_at = outcome, now
    session.add(row)
    session.flush()
    return True


def find_unanswered_outcome(session: Session, *, team_id: str, asker_id: str, invited: Collection[str]) -> Pulse | None:
    """The asker's last closed pulse to the same people if they have not heard yet what came of it; None otherwise.

    The same people are half of those who are to be asked now, or more.
    """
    take_turn(session, team_id=team_id, of=f"pulses of {asker_id}")  # two new ones in one moment
    wanted = set(invited)
    for row in list_pulses(session, team_id=team_id, asker_id=asker_id, states=("closed",)):
        asked = len(wanted & set(list_invited(session, row)))
        if wanted and asked >= SAME_PEOPLE * len(wanted):
            return row if row.outcome is None else None
    return None
