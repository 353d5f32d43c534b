"""Answers to check-ins: kept as feedback or as needs, edited, taken back, listed and counted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, and_, col, func, or_, select

from bot.domain.check_in import Asked
from bot.domain.check_in_answer import Given, RoundResult
from bot.domain.feedback import FeedbackFields
from bot.domain.safety import screen
from storage import ask, feedback
from storage.check_in import CheckInAnswer, CheckInRound
from storage.feedback import Feedback
from storage.people import Person


def record_answers(
    session: Session,
    found: CheckInRound,
    *,
    user_id: str,
    region: str,
    texts: Mapping[int, str],
    now: datetime,
    reply_hours: int,
) -> None:
    """Keep what somebody answers to the questions of a round; a question without a text is taken back if it had one.

    All of it passes the safety screen as one: "the pump stopped" and "he was hurt" may answer two questions.
    """
    questions, known = Asked.from_json(found.questions).questions, _rows(session, found, user_id)
    together = screen("\n".join(text for text in texts.values() if text)).labels
    for number, question in enumerate(questions):
        row, text = known.get(number), texts.get(number, "")
        if not text:
            if row is not None:
                _withdraw(session, row, now=now)
            continue
        if row is None:
            row = CheckInAnswer(
                team_id=found.team_id, round_id=found.id or 0, user_id=user_id, question=number, answered_at=now
            )
        elif _is_withdrawn(session, row):
            row.answered_at = now
        row.is_need, row.withdrawn_at = question.is_need, None
        held_for = ",".join(screen(text).labels or together) or None
        if question.is_need:
            row.text, row.held_for = text, held_for
        else:
            said = _feedback(session, row)
            said = _keep(session, said, row, region, text, now, reply_hours)
            said.held_for, row.feedback_id = held_for, said.id
            session.add(said)
        session.add(row)
    session.flush()


def record_taken_back(session: Session, found: CheckInRound, *, user_id: str, now: datetime) -> None:
    """Take back everything that somebody said in a round."""
    for row in _rows(session, found, user_id).values():
        _withdraw(session, row, now=now)
    session.flush()


def list_own(session: Session, found: CheckInRound, *, user_id: str) -> list[Given]:
    """What somebody said in a round, in the order of its questions; withdrawn and held answers too."""
    query = _given(found).where(CheckInAnswer.user_id == user_id).order_by(col(CheckInAnswer.question))
    return [_read(found, *row) for row in session.exec(query)]


def list_given(session: Session, found: CheckInRound, *, by_name: bool, offset: int, limit: int) -> list[Given]:
    """A page of the answers that may be shown, by question; late ones last.

    Without names the longest come first: the order in which they came would tell who wrote.
    """
    order = [col(Person.name)] if by_name else [func.length(_text()).desc(), _text()]
    query = _shown(_given(found)).order_by(
        col(CheckInAnswer.answered_at) >= found.closes_at, col(CheckInAnswer.question), *order, col(CheckInAnswer.id)
    )
    return [_read(found, *row) for row in session.exec(query.offset(offset).limit(limit))]


def count_given(session: Session, found: CheckInRound) -> int:
    """How many answers `list_given` has in all."""
    return int(session.exec(_shown(_joined(select(func.count()).select_from(CheckInAnswer), found))).one())


def read_round(session: Session, found: CheckInRound) -> RoundResult:
    """What a round has come to: how many people answered before the close, and what became of the others."""
    is_late, is_held = col(CheckInAnswer.answered_at) >= found.closes_at, _held_for().is_not(None)
    in_time = func.count(func.distinct(case((~is_late, col(CheckInAnswer.user_id)))))
    held, late = func.count(case((is_held, 1))), func.count(case((and_(is_late, ~is_held), 1)))
    query = select(in_time, held, late).select_from(CheckInAnswer)
    told = session.exec(_joined(query, found).where(_withdrawn_at().is_(None))).one()
    asks = ask.count_states(session, team_id=found.team_id, kind="check_in", subject_id=found.id or 0)
    return RoundResult(
        round_id=found.id or 0,
        asked=Asked.from_json(found.questions),
        day=found.local_date,
        answered=int(told[0]),
        held=int(told[1]),
        late=int(told[2]),
        asks=asks,
    )


def find_questions(session: Session, *, team_id: str, feedback_ids: list[int]) -> dict[int, tuple[str, int]]:
    """The question that each of these pieces of feedback answers, and its round's id; by feedback id."""
    query = (
        select(CheckInAnswer, CheckInRound)
        .join(CheckInRound, and_(col(CheckInRound.id) == CheckInAnswer.round_id, CheckInRound.team_id == team_id))
        .where(CheckInAnswer.team_id == team_id, col(CheckInAnswer.feedback_id).in_(feedback_ids))
    )
    found: dict[int, tuple[str, int]] = {}
    for answer, of in session.exec(query):
        questions = Asked.from_json(of.questions).questions
        if answer.feedback_id is not None and answer.question < len(questions):
            found[answer.feedback_id] = questions[answer.question].text, of.id or 0
    return found


def _rows(session: Session, found: CheckInRound, user_id: str) -> dict[int, CheckInAnswer]:
    query = select(CheckInAnswer).where(
        CheckInAnswer.team_id == found.team_id, CheckInAnswer.round_id == found.id, CheckInAnswer.user_id == user_id
    )
    return {row.question: row for row in session.exec(query)}


def _feedback(session: Session, row: CheckInAnswer) -> Feedback | None:
    if row.feedback_id is None:
        return None
    return feedback.get_feedback(session, team_id=row.team_id, feedback_id=row.feedback_id)


def _keep(
    session: Session,
    said: Feedback | None,
    row: CheckInAnswer,
    region: str,
    text: str,
    now: datetime,
    reply_hours: int,
) -> Feedback:
    fields = FeedbackFields(asset_version_id=None, said=text)
    if said is None:
        return feedback.add_feedback(
            session, team_id=row.team_id, user_id=row.user_id, region=region, source="check_in", fields=fields,
            now=now, reply_hours=reply_hours,
        )  # fmt: skip
    if said.said != text:
        feedback.record_edit(session, said, fields=fields, now=now, reply_hours=reply_hours)
    if said.withdrawn_at is not None:
        feedback.record_withdrawal(session, said, now=None)
    return said


def _withdraw(session: Session, row: CheckInAnswer, *, now: datetime) -> None:
    said = _feedback(session, row)
    if said is not None and said.withdrawn_at is None:
        feedback.record_withdrawal(session, said, now=now)
    row.withdrawn_at = row.withdrawn_at or now
    session.add(row)


def _is_withdrawn(session: Session, row: CheckInAnswer) -> bool:
    said = _feedback(session, row)
    return (said.withdrawn_at if said else row.withdrawn_at) is not None


def _text() -> Any:
    return func.coalesce(col(Feedback.said), col(CheckInAnswer.text))


def _held_for() -> Any:
    return case((col(CheckInAnswer.feedback_id).is_(None), col(CheckInAnswer.held_for)), else_=col(Feedback.held_for))


def _withdrawn_at() -> Any:
    """Where an answer is feedback, that row alone decides: it can be taken back in the list of one's feedback, too."""
    own, said = col(CheckInAnswer.withdrawn_at), col(Feedback.withdrawn_at)
    return case((col(CheckInAnswer.feedback_id).is_(None), own), else_=said)


def _joined(query: Any, found: CheckInRound) -> Any:
    of_feedback = and_(col(Feedback.id) == col(CheckInAnswer.feedback_id), col(Feedback.team_id) == found.team_id)
    return query.outerjoin(Feedback, of_feedback).where(
        CheckInAnswer.team_id == found.team_id, CheckInAnswer.round_id == found.id
    )


def _given(found: CheckInRound) -> Any:
    columns: Any = (CheckInAnswer, _text(), _held_for(), _withdrawn_at(), Person.name, Person.region)
    query = select(*columns)
    writer = and_(col(Person.user_id) == col(CheckInAnswer.user_id), col(Person.team_id) == found.team_id)
    return _joined(query.select_from(CheckInAnswer).outerjoin(Person, writer), found)


def _shown(query: Any) -> Any:
    return query.where(_withdrawn_at().is_(None), or_(_held_for().is_(None), _held_for() == ""))


def _read(
    found: CheckInRound,
    row: CheckInAnswer,
    text: str,
    held_for: str | None,
    withdrawn_at: datetime | None,
    name: str | None,
    region: str | None,
) -> Given:
    return Given(
        question=row.question,
        user_id=row.user_id,
        text=text,
        is_need=row.is_need,
        is_held=bool(held_for),
        is_withdrawn=withdrawn_at is not None,
        is_late=row.answered_at >= found.closes_at,
        name=name or "",
        region=region or "",
    )
