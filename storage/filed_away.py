"""Filed-away checks: whether a released asset version is used, asked of a random sample of those it is for (P4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, and_, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from bot.domain.filed_away import ENDED, KIND, VERDICTS, RegionUses, Uses
from storage.ask import Ask
from storage.asset import AssetVersion
from storage.feedback import Feedback

STATES = ("planned", "asking", "closed", "cancelled")
NO_OWNER = "no owner"  # why nobody was told of a check that is closed


class FiledAwayCheck(SQLModel, table=True):
    """One check of one asset version: `number` 1 is on day 14, 2 in week 6.

    `audience` is whom the version is for (`bot.domain.audience`, JSON). `intended` counts them and `wanted` is how many
    answers the interval needs, both from when it was opened. `closes_at` is when it closed, once it has. `reason` says
    why it was cancelled, or closed and told to nobody. `told_at` is when the owner heard the verdict.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "asset_version_id", "number"),
        CheckConstraint(f"state IN {STATES!r}", name="filed_away_check_state"),
        CheckConstraint(f"verdict IS NULL OR verdict IN {VERDICTS!r}", name="filed_away_check_verdict"),
        Index("filed_away_check_due", "team_id", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_version_id: int = Field(foreign_key="assetversion.id")
    number: int
    audience: str
    state: str = "planned"
    reason: str | None = None
    due_at: datetime
    closes_at: datetime
    intended: int = 0
    wanted: int = 0
    verdict: str | None = None
    told_at: datetime | None = None
    created_at: datetime


class FiledAwayAnswer(SQLModel, table=True):
    """One person's answer to a check: the feedback row that holds it, and whether it came before the close.

    `use` is the answer as it counts: a change after the close changes the feedback and not this.
    """

    __table_args__ = (UniqueConstraint("ask_id"), Index("filed_away_answer_by_check", "team_id", "check_id"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    check_id: int = Field(foreign_key="filedawaycheck.id")
    ask_id: int = Field(foreign_key="ask.id")
    user_id: str
    use: str
    feedback_id: int = Field(foreign_key="feedback.id")
    is_late: bool = False
    answered_at: datetime


@dataclass(frozen=True)
class Standing:
    """A check, and why its version is no longer the one to use (one of `ENDED`, or empty)."""

    check: FiledAwayCheck
    ended: str


def get_check(
    session: Session, *, team_id: str, check_id: int, lock: Literal["", "change", "count"] = ""
) -> FiledAwayCheck | None:
    """One check of this workspace, or None.

    With the lock "change" nobody else changes it, or counts on it, until this transaction ends; with "count" nobody
    changes it: an answer given at the moment of the close is in time, or late, and nothing between.
    """
    query = select(FiledAwayCheck).where(FiledAwayCheck.team_id == team_id, FiledAwayCheck.id == check_id)
    if lock:
        query = query.with_for_update(read=lock == "count").execution_options(populate_existing=True)
    return session.exec(query).first()


def list_checks(session: Session, *, team_id: str, version_id: int) -> list[FiledAwayCheck]:
    """Both checks of a version, or those of them that were planned."""
    query = select(FiledAwayCheck).where(
        FiledAwayCheck.team_id == team_id, FiledAwayCheck.asset_version_id == version_id
    )
    return list(session.exec(query.order_by(col(FiledAwayCheck.number))))


def list_standing(session: Session, *, team_id: str, now: datetime) -> list[Standing]:
    """The checks with which something may have to be done: all that are not over, in the order in which they are due.

    Those that were cancelled and still lie ahead are among them: what ended their version may have been undone.
    """
    check = FiledAwayCheck
    is_open = or_(
        col(check.state).in_(("planned", "asking")),
        and_(col(check.state) == "cancelled", col(check.due_at) > now, col(check.reason).in_(ENDED)),
    )
    query = (
        select(check, AssetVersion)
        .join(AssetVersion, col(AssetVersion.id) == col(check.asset_version_id))
        .where(check.team_id == team_id, is_open)
        .order_by(col(check.due_at), col(check.id))
    )
    return [Standing(row, _ended(version, now.date())) for row, version in session.exec(query)]


def find_standing(session: Session, *, team_id: str, check_id: int, now: datetime) -> Standing | None:
    """One check, locked, with what is true of its version now; None if there is no such check."""
    row = get_check(session, team_id=team_id, check_id=check_id, lock="change")
    query = select(AssetVersion).where(AssetVersion.team_id == team_id)
    version = session.exec(query.where(AssetVersion.id == row.asset_version_id)).first() if row else None
    return Standing(row, _ended(version, now.date())) if row and version else None


def list_untold(session: Session, *, team_id: str) -> list[FiledAwayCheck]:
    """The checks that have closed and of which somebody is still to hear."""
    query = select(FiledAwayCheck).where(FiledAwayCheck.team_id == team_id, FiledAwayCheck.state == "closed")
    query = query.where(col(FiledAwayCheck.told_at).is_(None)).order_by(col(FiledAwayCheck.id))
    return [row for row in session.exec(query) if is_untold(row)]


def is_untold(check: FiledAwayCheck) -> bool:
    """Whether somebody is still to hear what came of a closed check."""
    return check.told_at is None and check.reason != NO_OWNER


def list_asked(session: Session, *, team_id: str, check_id: int) -> frozenset[str]:
    """Everybody who was drawn for a check, whatever became of it."""
    query = select(Ask.user_id).where(Ask.team_id == team_id, Ask.kind == KIND, Ask.subject_id == check_id)
    return frozenset(session.exec(query))


def list_latest(session: Session, *, team_id: str, version_ids: Sequence[int] | None = None) -> list[FiledAwayCheck]:
    """The latest verdict of each version that has one (of those `version_ids`, or of all), the newest first."""
    query = select(FiledAwayCheck).where(FiledAwayCheck.team_id == team_id, col(FiledAwayCheck.verdict).is_not(None))
    if version_ids is not None:
        query = query.where(col(FiledAwayCheck.asset_version_id).in_(version_ids))
    found: dict[int, FiledAwayCheck] = {}
    for row in session.exec(query.order_by(col(FiledAwayCheck.closes_at).desc(), col(FiledAwayCheck.number).desc())):
        found.setdefault(row.asset_version_id, row)
    return list(found.values())


def list_closed(session: Session, *, team_id: str, start: datetime, end: datetime) -> list[FiledAwayCheck]:
    """The checks whose verdict came between two moments, of each version the later one."""
    query = select(FiledAwayCheck).where(
        FiledAwayCheck.team_id == team_id, col(FiledAwayCheck.verdict).is_not(None),
        FiledAwayCheck.closes_at >= start, FiledAwayCheck.closes_at < end,
    )  # fmt: skip
    rows = session.exec(query.order_by(col(FiledAwayCheck.number)))
    return list({row.asset_version_id: row for row in rows}.values())


def find_answer(session: Session, *, team_id: str, ask_id: int) -> FiledAwayAnswer | None:
    """What the person of this ask has answered, or None."""
    query = select(FiledAwayAnswer).where(FiledAwayAnswer.team_id == team_id, FiledAwayAnswer.ask_id == ask_id)
    return session.exec(query).first()


def record_answer(
    session: Session, check: FiledAwayCheck, *, ask_id: int, feedback: Feedback, use: str, now: datetime
) -> FiledAwayAnswer:
    """Keep an answer, or another one in its place; after the close what counts stays as it was."""
    row = find_answer(session, team_id=check.team_id, ask_id=ask_id)
    if row is None:
        row = FiledAwayAnswer(
            team_id=check.team_id, check_id=check.id or 0, ask_id=ask_id, user_id=feedback.user_id, use=use,
            feedback_id=feedback.id or 0, is_late=check.state != "asking", answered_at=now,
        )  # fmt: skip
    elif check.state == "asking" or row.is_late:
        row.use = use
    session.add(row)
    session.flush()
    return row


def list_whys(session: Session, check: FiledAwayCheck) -> list[Feedback]:
    """The feedback of the answers to which somebody added words, held or not; taken back is left out."""
    query = _counted(select(Feedback).select_from(FiledAwayAnswer), check.team_id)
    query = query.where(
        col(FiledAwayAnswer.check_id) == check.id, or_(col(Feedback.said) != "", col(Feedback.missing) != "")
    )
    return list(session.exec(query.order_by(col(Feedback.id))))


def count_uses(session: Session, *, team_id: str, check_ids: Sequence[int]) -> dict[int, Uses]:
    """How many gave which answer, by check: neither what came late nor what was taken back."""
    query = _counted(
        select(FiledAwayAnswer.check_id, FiledAwayAnswer.use, func.count()).select_from(FiledAwayAnswer), team_id
    )
    query = query.where(col(FiledAwayAnswer.check_id).in_(check_ids))
    found: dict[int, dict[str, int]] = {check_id: {} for check_id in check_ids}
    for check_id, use, number in session.exec(query.group_by(FiledAwayAnswer.check_id, FiledAwayAnswer.use)):
        found[check_id][use] = number
    return {check_id: Uses(by_use) for check_id, by_use in found.items()}


def count_regions(session: Session, check: FiledAwayCheck) -> list[RegionUses]:
    """The answers of a check by the region of who gave them."""
    said = col(Feedback.region)
    is_use = FiledAwayAnswer.use == "used_with_customer"
    query = _counted(select(said, is_use, func.count()).select_from(FiledAwayAnswer), check.team_id)
    query = query.where(FiledAwayAnswer.check_id == check.id).group_by(said, is_use)
    found: dict[str, list[int]] = {}
    for region, used, number in session.exec(query):
        both = found.setdefault(region, [0, 0])
        both[0] += number if used else 0
        both[1] += number
    return [RegionUses(region, used, answers) for region, (used, answers) in sorted(found.items())]


def settle_answers(session: Session, check: FiledAwayCheck) -> None:
    """While a check runs, an answer that was edited among the person's own feedback counts as it is now.

    One that says nothing of use any more, or was moved to another version, is none.
    """
    query = select(FiledAwayAnswer, Feedback).join(Feedback, col(Feedback.id) == col(FiledAwayAnswer.feedback_id))
    query = query.where(FiledAwayAnswer.team_id == check.team_id, FiledAwayAnswer.check_id == check.id)
    for row, said in session.exec(query.where(col(FiledAwayAnswer.is_late).is_(False))).all():
        if said.use is None or said.asset_version_id != check.asset_version_id:
            session.delete(row)
        elif said.use != row.use:
            row.use = said.use
            session.add(row)
    session.flush()


def _counted(query: Any, team_id: str) -> Any:
    """Only of answers that count: given in time, and not taken back."""
    query = query.join(Feedback, col(Feedback.id) == col(FiledAwayAnswer.feedback_id))
    return query.where(
        FiledAwayAnswer.team_id == team_id,
        col(FiledAwayAnswer.is_late).is_(False),
        col(Feedback.withdrawn_at).is_(None),
    )


def _ended(version: AssetVersion, today: date) -> str:
    """Why a version is not the one to use (one of `ENDED`), or an empty string."""
    if version.retired_at is not None:
        return "retired"
    if version.superseded_at is not None:
        return "superseded"
    return "expired" if version.expires_on is not None and version.expires_on < today else ""
