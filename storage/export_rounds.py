"""More that may be taken out: check-ins, filed-away checks, captured threads, roles with their past, and settings."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col, func

from bot.domain.summary import SECTIONS, Point, Summary
from bot.domain.thread import CAPTURED
from storage.asset import Asset, AssetVersion
from storage.check_in import CheckIn, CheckInAnswer, CheckInRound
from storage.feedback import Feedback
from storage.filed_away import FiledAwayAnswer, FiledAwayCheck
from storage.role import Role
from storage.sheet import HELD, Sheet, moment, stream
from storage.thread import CapturedThread
from storage.workspace_settings import WorkspaceSetting


def list_sheets(session: Session, *, team_id: str) -> list[Sheet]:
    """The tables. Answers to check-ins stand without names, longest first, as the people who gave them were told."""
    return [
        Sheet("check_in_answers", ("check_in", "round", "question", "answer"), _answers(session, team_id)),
        Sheet("filed_away_checks", _CHECK_HEADS, _checks(session, team_id)),
        Sheet("threads", ("thread", "captured_at", "channel", "link", "part", "text"), _threads(session, team_id)),
        Sheet("roles", ("slack_id", "role", "from", "to", "given_by", "ended_by"), _roles(session, team_id)),
        Sheet("settings", ("setting", "value", "changed_by", "changed_at"), _settings(session, team_id)),
    ]


_CHECK_HEADS = ("reference", "version", "check", "state", "due_at", "closes_at", "intended", "answers", "verdict")


def _answers(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    text = func.coalesce(col(Feedback.said), col(CheckInAnswer.text))
    query = (
        select(col(CheckIn.name), col(CheckInRound.local_date), CheckInAnswer, Feedback)
        .join(CheckInRound, col(CheckInRound.id) == CheckInAnswer.round_id)
        .join(CheckIn, col(CheckIn.id) == CheckInRound.check_in_id)
        .outerjoin(Feedback, col(Feedback.id) == CheckInAnswer.feedback_id)
        .where(col(CheckInAnswer.team_id) == team_id, col(CheckInAnswer.withdrawn_at).is_(None))
        .order_by(col(CheckInRound.id), col(CheckInAnswer.question), func.length(text).desc(), text)
    )
    for name, day, answer, feedback in stream(session, query):
        if feedback is None or feedback.withdrawn_at is None:
            held = answer.held_for or (feedback.held_for if feedback else None)
            said = (feedback.said or feedback.missing) if feedback else answer.text
            yield name, day.isoformat(), answer.question + 1, HELD if held else said


def _checks(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    answers = select(func.count()).where(
        col(FiledAwayAnswer.team_id) == team_id, col(FiledAwayAnswer.check_id) == FiledAwayCheck.id
    )
    query = (
        select(col(Asset.reference), col(AssetVersion.version), FiledAwayCheck, answers.scalar_subquery())
        .join(AssetVersion, col(AssetVersion.id) == FiledAwayCheck.asset_version_id)
        .join(Asset, col(Asset.id) == AssetVersion.asset_id)
        .where(col(FiledAwayCheck.team_id) == team_id)
        .order_by(col(FiledAwayCheck.id))
    )
    for reference, version, it, answered in stream(session, query):
        yield (
            reference, version, it.number, it.state, moment(it.due_at), moment(it.closes_at), it.intended, answered,
            it.verdict,
        )  # fmt: skip


def _threads(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    """The summaries, as marketing reads them: of a private channel without its name and link."""
    query = select(CapturedThread).where(col(CapturedThread.team_id) == team_id, col(CapturedThread.state) == CAPTURED)
    for (it,) in stream(session, query.order_by(col(CapturedThread.id))):
        where = ("", "") if it.is_private else (it.channel_name, it.link)
        summary = Summary.from_json(it.summary) if it.summary else Summary()
        for part in (*SECTIONS, "dissent"):
            points = getattr(summary, part)
            for point in (points,) if isinstance(points, Point) else points or ():
                yield it.id, moment(it.captured_at), *where, part.replace("_", " "), point.text


def _roles(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = select(Role).where(col(Role.team_id) == team_id).order_by(col(Role.id))
    for (it,) in stream(session, query):
        yield it.user_id, it.role, moment(it.held_from), moment(it.held_to), it.given_by, it.ended_by


def _settings(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = select(WorkspaceSetting).where(col(WorkspaceSetting.team_id) == team_id)
    for (it,) in stream(session, query.order_by(col(WorkspaceSetting.name))):
        yield it.name, it.value, it.changed_by, moment(it.changed_at)
