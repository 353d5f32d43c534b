"""What the language model has cost: calls and tokens by day, and why it was left out."""

from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from storage.turns import take_turn

KEPT_DAYS = 90


class ModelUse(SQLModel, table=True):
    """One day (UTC) of one model in one workspace; `reason` is one word, and why it was left out last."""

    team_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    model: str = Field(primary_key=True)
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    left_out: int = 0  # summaries that were made without it
    reason: str = ""
    left_out_at: datetime | None = None


def tokens_used(session: Session, *, team_id: str, day: date) -> int:
    """The tokens of a day, of all models, in and out."""
    query = select(ModelUse).where(ModelUse.team_id == team_id, ModelUse.day == day)
    return sum(row.tokens_in + row.tokens_out for row in session.exec(query))


def list_use(session: Session, *, team_id: str, since: date) -> list[ModelUse]:
    """The days from `since` on, the newest first."""
    query = select(ModelUse).where(ModelUse.team_id == team_id, col(ModelUse.day) >= since)
    return list(session.exec(query.order_by(col(ModelUse.day).desc(), col(ModelUse.model))))


def record_calls(
    session: Session, *, team_id: str, model: str, now: datetime, calls: int, tokens_in: int, tokens_out: int
) -> None:
    """Add what was asked and what it cost."""
    row = _row(session, team_id=team_id, model=model, now=now)
    row.calls, row.tokens_in, row.tokens_out = row.calls + calls, row.tokens_in + tokens_in, row.tokens_out + tokens_out
    session.add(row)


def record_left_out(session: Session, *, team_id: str, model: str, now: datetime, reason: str) -> None:
    """A summary was made without the model."""
    row = _row(session, team_id=team_id, model=model, now=now)
    row.left_out, row.reason, row.left_out_at = row.left_out + 1, reason, now
    session.add(row)


def _row(session: Session, *, team_id: str, model: str, now: datetime) -> ModelUse:
    take_turn(session, team_id=team_id, of="model use")  # two summaries may be made at the same moment
    row = session.get(ModelUse, (team_id, now.date(), model), populate_existing=True)
    if row is None:
        old = date.fromordinal(now.date().toordinal() - KEPT_DAYS)
        query = select(ModelUse).where(ModelUse.team_id == team_id, col(ModelUse.day) < old)
        for past in session.exec(query):
            session.delete(past)
    return row or ModelUse(team_id=team_id, day=now.date(), model=model)
