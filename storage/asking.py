"""All that the decision about one ask rests on, in one look at the tables."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from storage.ask import Ask, AskMessage
from storage.ask_stop import AskStop
from storage.away import Away
from storage.people import Person


@dataclass(frozen=True)
class AskStanding:
    """An ask with its person; `number` is that of its next message, `away_until` None for whoever is there."""

    ask: Ask
    person: Person | None
    is_stopped: bool
    away_until: datetime | None
    number: int


def find_standing(session: Session, *, team_id: str, ask_id: int, user_id: str, since: datetime) -> AskStanding | None:
    """How it stands with an ask to this person, None if there is none; what Slack told before `since` is too old."""
    sent = select(func.count()).select_from(AskMessage).where(AskMessage.ask_id == Ask.id).scalar_subquery()
    is_theirs = (col(Person.team_id) == Ask.team_id, col(Person.user_id) == Ask.user_id)
    is_stop = (
        col(AskStop.team_id) == Ask.team_id,
        col(AskStop.user_id) == Ask.user_id,
        col(AskStop.stop_key) == Ask.stop_key,
    )
    is_known = (col(Away.team_id) == Ask.team_id, col(Away.user_id) == Ask.user_id, col(Away.read_at) >= since)
    query = (
        select(Ask, Person, AskStop.stop_key, Away.until)
        .add_columns(sent)
        .join(Person, and_(*is_theirs), isouter=True)
        .join(AskStop, and_(*is_stop), isouter=True)
        .join(Away, and_(*is_known), isouter=True)
        .where(col(Ask.team_id) == team_id, col(Ask.id) == ask_id, col(Ask.user_id) == user_id)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    ask, person, stop_key, until, number = row
    return AskStanding(ask, person, stop_key is not None, until, int(number))
