"""What is stored about one person: counted for their eyes, and as tables that they may take with them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlmodel import Session, col

from storage.asset import Asset, AssetVersion
from storage.erasure import NAMING, tables_of_people
from storage.feedback import Feedback, FeedbackReply
from storage.people import Person
from storage.pulse import PulseBallot
from storage.role import list_history
from storage.sheet import Sheet, moment, stream

TECHNICAL = ("askmessage", "denial", "erasure", "role", "person", "feedback")
TITLES = {
    "reaction": "your_reactions", "feedbackreply": "your_replies", "checkinanswer": "your_check_in_answers",
    "filedawayanswer": "your_answers_about_use", "pulseballot": "your_votes",
    "pulseinvitation": "pulses_that_asked_you", "threadmessage": "your_messages_in_threads",
    "capture": "threads_you_sent", "threadsilence": "threads_you_left", "ask": "questions_to_you",
    "owngroupchoice": "your_own_group_as_a_manager", "owngroupmember": "own_groups_you_are_in",
    "askstop": "questions_you_stopped", "assetsearch": "your_searches", "draft": "your_drafts",
}  # fmt: skip
UNTOLD = ("team_id", "user_id", "outbox_id", "wire_key", "dedupe_key")  # columns that say nothing to anybody


def count_own(session: Session, *, team_id: str, user_id: str) -> dict[str, int]:
    """How much is stored, by the kinds of `bot.domain.erasure`; what there is none of is left out."""
    counts: Counter[str] = Counter()
    for name, table in tables_of_people().items():
        if "user_id" in table.c and name not in ("askmessage", "erasure"):
            mine = select(func.count()).select_from(table).where(table.c.team_id == team_id, table.c.user_id == user_id)
            counts["profile" if name == "person" else name] += int(session.execute(mine).scalar_one())
        for column in table.c:
            if column.name in NAMING and name != "erasure":
                named = select(func.count()).select_from(table).where(table.c.team_id == team_id, column == user_id)
                counts["rows that name them"] += int(session.execute(named).scalar_one())
    voted = select(func.count(func.distinct(col(PulseBallot.pulse_id)))).where(
        col(PulseBallot.team_id) == team_id, col(PulseBallot.user_id) == user_id
    )
    counts["votes"], counts["pulseballot"] = int(session.execute(voted).scalar_one()), 0
    return {kind: number for kind, number in counts.items() if number}


def list_own_sheets(session: Session, *, team_id: str, user_id: str) -> list[Sheet]:
    """Everything that is stored about a person, a table a kind; votes of anonymous pulses nobody can find."""
    sheets = [
        Sheet("you", ("what", "value"), _profile(session, team_id, user_id)),
        Sheet("your_roles", ("role", "from", "to"), _roles(session, team_id, user_id)),
        Sheet("your_feedback", _FEEDBACK_HEADS, _feedback(session, team_id, user_id)),
    ]
    for name, table in tables_of_people().items():
        if "user_id" in table.c and name not in TECHNICAL:
            sheets.append(_sheet(session, table, table.c.user_id == user_id, team_id, TITLES.get(name, name)))
        named = [column for column in table.c if column.name in NAMING]
        if named and name not in TECHNICAL:
            for column in named:
                sheets.append(_sheet(session, table, column == user_id, team_id, f"{name}_{column.name}"))
    return sheets


def _profile(session: Session, team_id: str, user_id: str) -> Iterator[tuple[object, ...]]:
    person = session.get(Person, (team_id, user_id))
    yield "Slack member ID", user_id
    for name, value in person.model_dump().items() if person else ():
        if name not in ("team_id", "user_id"):
            yield name, _told(value)


def _roles(session: Session, team_id: str, user_id: str) -> Iterator[tuple[object, ...]]:
    for row in list_history(session, team_id=team_id, user_id=user_id):
        yield row.role, moment(row.held_from), moment(row.held_to)


_FEEDBACK_HEADS = (
    "feedback", "at", "asset", "version", "title", "source", "situation", "use", "rating", "outcome", "reaction",
    "said", "missing", "sent_message", "wants_reply", "held_for", "withdrawn_at", "replied_at", "reply",
)  # fmt: skip


def _feedback(session: Session, team_id: str, user_id: str) -> Iterator[tuple[object, ...]]:
    """All of it, also what is held back from others or was withdrawn; with the newest reply to each."""
    query = (
        select(Feedback, col(Asset.reference), col(AssetVersion.version), col(AssetVersion.title))
        .outerjoin(AssetVersion, col(AssetVersion.id) == Feedback.asset_version_id)
        .outerjoin(Asset, col(Asset.id) == AssetVersion.asset_id)
        .where(col(Feedback.team_id) == team_id, col(Feedback.user_id) == user_id)
        .order_by(col(Feedback.id))
    )
    answered = select(FeedbackReply).join(Feedback, col(Feedback.id) == FeedbackReply.feedback_id)
    answered = answered.where(col(FeedbackReply.team_id) == team_id, col(Feedback.user_id) == user_id)
    shown = answered.where(col(FeedbackReply.held_for).is_(None)).order_by(col(FeedbackReply.id))
    replies = {reply.feedback_id: reply.text for reply in session.execute(shown).scalars()}
    for it, reference, version, title in stream(session, query):
        yield (
            it.id, moment(it.created_at), reference, version, title, it.source, it.situation, it.use, it.rating,
            it.outcome, it.reaction, it.said, it.missing, it.quoted_text, "yes" if it.wants_reply else "", it.held_for,
            moment(it.withdrawn_at), moment(it.replied_at), replies.get(it.id, ""),
        )  # fmt: skip


def _sheet(session: Session, table: Table, mine: Any, team_id: str, name: str) -> Sheet:
    columns = [column for column in table.c if column.name not in UNTOLD]
    query = select(*columns).where(table.c.team_id == team_id, mine).order_by(*table.primary_key.columns)

    def rows() -> Iterator[tuple[object, ...]]:
        for row in session.execute(query.execution_options(yield_per=1_000)):
            yield tuple(_told(value) for value in row)

    return Sheet(name, tuple(column.name for column in columns), rows())


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value
