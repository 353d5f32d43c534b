"""What people do not want to be asked any more, each with the words in which their Home tells them so."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.ask import Ask
from storage.check_in import CheckIn, CheckInRound
from storage.people import Person
from storage.pulse import Pulse


class AskStop(SQLModel, table=True):
    """A person wants no more asks with this key; the row is deleted when they want them again."""

    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    stop_key: str = Field(primary_key=True)
    label: str
    stopped_at: datetime


def is_stopped(session: Session, *, team_id: str, user_id: str, stop_key: str) -> bool:
    """Whether a person wants no more asks with this key."""
    return session.get(AskStop, (team_id, user_id, stop_key)) is not None


def list_stopped(session: Session, *, team_id: str, stop_key: str) -> frozenset[str]:
    """Who wants no more asks with this key, by user id."""
    query = select(AskStop.user_id).where(AskStop.team_id == team_id, AskStop.stop_key == stop_key)
    return frozenset(session.exec(query))


def record_stop(session: Session, *, team_id: str, user_id: str, stop_key: str, label: str, now: datetime) -> None:
    """A person wants no more asks with this key."""
    if not is_stopped(session, team_id=team_id, user_id=user_id, stop_key=stop_key):
        row = AskStop(team_id=team_id, user_id=user_id, stop_key=stop_key, label=label, stopped_at=now)
        session.add(row)
        session.flush()


def forget_stop(session: Session, *, team_id: str, user_id: str, stop_key: str) -> bool:
    """A person wants them again; False if they had not stopped them."""
    mine = (col(AskStop.team_id) == team_id, col(AskStop.user_id) == user_id, col(AskStop.stop_key) == stop_key)
    return bool(session.exec(delete(AskStop).where(*mine)).rowcount)


def list_stops(session: Session, *, team_id: str, user_id: str) -> list[AskStop]:
    """What a person does not want to be asked, the oldest first."""
    query = select(AskStop).where(AskStop.team_id == team_id, AskStop.user_id == user_id)
    return list(session.exec(query.order_by(col(AskStop.stopped_at), col(AskStop.stop_key))))


def stop_label(session: Session, ask: Ask) -> str:
    """What asks like this one are about, in words behind "You asked me not to ask about"; plain text."""
    if ask.kind == "filed_away":
        return "whether new assets are used"
    if ask.kind == "pulse":
        asker = select(Person.name).join(Pulse, col(Pulse.asker_id) == col(Person.user_id))
        asker = asker.where(Person.team_id == ask.team_id, Pulse.team_id == ask.team_id, Pulse.id == ask.subject_id)
        return f"what {session.exec(asker).first() or 'a colleague'} wants to know"
    query = select(CheckIn.name).join(CheckInRound, col(CheckInRound.check_in_id) == col(CheckIn.id))
    query = query.where(CheckInRound.team_id == ask.team_id, CheckInRound.id == ask.subject_id)
    return f"“{session.exec(query).first() or 'a check-in'}”"
