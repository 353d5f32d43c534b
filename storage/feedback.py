"""Feedback: what people said about assets, and the owners' replies."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam, insert, or_, text
from sqlmodel import Field, Session, SQLModel, col, func, select

from bot.domain.feedback import FeedbackFields, first_reply_due, needs_first_reply
from bot.domain.feedback_told import Quoted
from storage.db import insert_row, run_statement
from storage.people import Person

DIGEST_COLUMNS = (
    "withdrawn_at", "asset_version_id", "user_id", "region", "use", "reaction", "outcome", "rating", "held_for",
    "reply_due_at", "replied_at",
)  # fmt: skip
PERSON_COLUMNS = ("withdrawn_at", "asset_version_id", "held_for", "replied_at")
PRESSED = text("message_ts IS NOT NULL")
SOURCES = ("command", "form", "button", "shortcut", "reaction", "check_in")


class Feedback(SQLModel, table=True):
    """One thing that one person said about one asset version (or, before anybody knew which, about none).

    `situation`, `use`, `outcome` and `reaction` hold the words of `bot.domain.feedback`. `said` is what the customer
    said (or the remark), `missing` what was missing. `region` is the person's when they said it. `held_for` names,
    comma-separated, why the safety screen kept the texts back; held texts are in no message and no digest. `quoted_*`
    is the message that was sent to marketing; `quoted_link` its address where everybody may open it, "" where not,
    None until somebody has looked. `reply_due_at` runs until `replied_at`. Withdrawn rows count nowhere.
    """

    __table_args__ = (
        UniqueConstraint("reaction_id", "asset_version_id"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="feedback_rating"),
        CheckConstraint(f"source IN {SOURCES!r}", name="feedback_source"),
        # The digest counts from this index alone and never reads the texts, whatever the history has grown to.
        Index("feedback_digest", "team_id", "created_at", *DIGEST_COLUMNS),
        # The App Home counts one person's words from this index alone, also the ten thousandth.
        Index("feedback_by_person", "team_id", "user_id", "created_at", *PERSON_COLUMNS),
        # A press is looked for by the message that it was on; most words were said on none.
        Index("feedback_by_press", "team_id", "user_id", "message_ts", sqlite_where=PRESSED, postgresql_where=PRESSED),
        Index("feedback_by_reaction", "team_id", "reaction_id"),
        Index("feedback_by_asset", "team_id", "asset_version_id", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    user_id: str
    asset_version_id: int | None = Field(default=None, foreign_key="assetversion.id")
    source: str
    region: str = ""
    situation: str | None = None
    use: str | None = None
    rating: int | None = None
    outcome: str | None = None
    reaction: str | None = None
    reaction_id: int | None = Field(default=None, foreign_key="reaction.id")
    said: str = ""
    missing: str = ""
    wants_reply: bool = False
    held_for: str | None = None
    quoted_text: str = ""
    quoted_user_id: str | None = None
    quoted_link: str | None = None
    channel_id: str | None = None
    message_ts: str | None = None
    created_at: datetime
    edited_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reply_due_at: datetime | None = None
    replied_at: datetime | None = None


class FeedbackReply(SQLModel, table=True):
    """What the asset's owner answered to a piece of feedback."""

    __table_args__ = (
        Index("feedback_reply_by_time", "team_id", "created_at"),
        Index("feedback_reply_by_feedback", "team_id", "feedback_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    feedback_id: int = Field(foreign_key="feedback.id")
    user_id: str
    text: str
    held_for: str | None = None
    created_at: datetime


def add_feedback(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    region: str,
    source: str,
    fields: FeedbackFields,
    now: datetime,
    reply_hours: int,
    quoted: Quoted | None = None,
    place: tuple[str, str] | None = None,
) -> Feedback:
    """Keep what somebody said; its texts pass the safety screen here, so that none can go past it.

    `reply_hours` is the time that the asset's owner has for a first reply. `place` is the channel and the message in
    which a button was pressed.
    """
    said: dict[str, Any] = {}
    if quoted is not None:
        said = {"quoted_text": quoted.text, "quoted_user_id": quoted.user_id or None}
        place = (quoted.channel_id, quoted.message_ts)
    if place is not None:
        said |= {"channel_id": place[0] or None, "message_ts": place[1] or None}
    said |= _columns(fields, quoted.text if quoted else None)
    if needs_first_reply(fields):
        said["reply_due_at"] = first_reply_due(now, reply_hours)
    row = Feedback(team_id=team_id, user_id=user_id, region=region, source=source, created_at=now, **said)
    insert_row(session, _ADDED, row)
    return row


_ADDED = insert(Feedback).returning(col(Feedback.id))


def record_edit(session: Session, row: Feedback, *, fields: FeedbackFields, now: datetime, reply_hours: int) -> None:
    """Put other answers in the place of the first ones; they are screened anew."""
    row.edited_at = now
    for name, value in _columns(fields, row.quoted_text).items():
        setattr(row, name, value)
    if not needs_first_reply(fields):
        row.reply_due_at = row.reply_due_at if row.replied_at else None
    elif row.reply_due_at is None:
        row.reply_due_at = first_reply_due(now, reply_hours)
    session.add(row)
    session.flush()


def record_withdrawal(session: Session, row: Feedback, *, now: datetime | None) -> None:
    """Take it back, or (`now` is None) let it count again."""
    row.withdrawn_at = now
    session.add(row)
    session.flush()


def record_version(session: Session, row: Feedback, *, version_id: int, now: datetime) -> None:
    """It was about another version of the asset."""
    row.asset_version_id, row.edited_at = version_id, now
    session.add(row)
    session.flush()


def get_feedback(session: Session, *, team_id: str, feedback_id: int) -> Feedback | None:
    """One piece of feedback of this workspace, withdrawn or not, or None."""
    query = select(Feedback).where(Feedback.team_id == team_id, Feedback.id == feedback_id)
    return session.exec(query).first()


def find_pressed(
    session: Session, *, team_id: str, user_id: str, version_id: int, place: tuple[str, str]
) -> Feedback | None:
    """What a person said with a button of this message about this version, withdrawn or not.

    It locks the person's row: of two presses at the same moment the second one waits and finds the first. On SQLite a
    transaction that writes is alone anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        same = select(Person.user_id).where(Person.team_id == team_id, Person.user_id == user_id)
        session.exec(same.with_for_update()).first()
    where = {"team": team_id, "user": user_id, "version": version_id, "channel": place[0], "ts": place[1]}
    found = run_statement(session, _PRESSED, **where).scalar()
    return session.get(Feedback, found) if found else None


_PRESSED = select(Feedback.id).where(
    Feedback.team_id == bindparam("team"),
    Feedback.user_id == bindparam("user"),
    Feedback.asset_version_id == bindparam("version"),
    Feedback.source == "button",
    Feedback.use == "used_with_customer",
    Feedback.channel_id == bindparam("channel"),
    Feedback.message_ts == bindparam("ts"),
)


def list_mine(
    session: Session, *, team_id: str, user_id: str, offset: int, limit: int, search: str = ""
) -> list[Feedback]:
    """What a person said and did not take back, newest first; with `search` what holds it or is about such an asset."""
    query = _mine(select(Feedback), team_id, user_id, search)
    query = query.order_by(col(Feedback.created_at).desc(), col(Feedback.id).desc())
    return list(session.exec(query.offset(offset).limit(limit)))


def count_mine(session: Session, *, team_id: str, user_id: str, search: str = "") -> int:
    """How much `list_mine` lists in all."""
    return int(session.exec(_mine(select(func.count()).select_from(Feedback), team_id, user_id, search)).one())


def count_feedback(session: Session, *, team_id: str, user_id: str | None = None, version_id: int | None = None) -> int:
    """How much was said and not taken back: in all, by one person, about one asset version."""
    query = select(func.count()).where(Feedback.team_id == team_id, col(Feedback.withdrawn_at).is_(None))
    if user_id is not None:
        query = query.where(Feedback.user_id == user_id)
    if version_id is not None:
        query = query.where(Feedback.asset_version_id == version_id)
    return session.exec(query).one()


def _mine(query: Any, team_id: str, user_id: str, search: str) -> Any:
    query = query.where(Feedback.team_id == team_id, Feedback.user_id == user_id, col(Feedback.withdrawn_at).is_(None))
    if not search:
        return query
    from storage.asset import AssetVersion  # which knows of feedback itself

    about = select(AssetVersion.id).where(AssetVersion.team_id == team_id)
    about = about.where(col(AssetVersion.title).icontains(search, autoescape=True))
    texts = (Feedback.said, Feedback.missing, Feedback.quoted_text)
    holds = [col(text).icontains(search, autoescape=True) for text in texts]
    return query.where(or_(col(Feedback.asset_version_id).in_(about), *holds))


def record_reaction_feedback(
    session: Session,
    *,
    team_id: str,
    reaction_id: int,
    user_id: str,
    region: str,
    version_id: int,
    meaning: str,
    place: tuple[str, str],
    is_present: bool,
    now: datetime,
) -> Feedback | None:
    """One row for what a reaction says about an asset version, there or withdrawn as the reaction is."""
    query = select(Feedback).where(
        Feedback.team_id == team_id, Feedback.reaction_id == reaction_id, Feedback.asset_version_id == version_id
    )
    row = session.exec(query).first()
    if row is None and not is_present:
        return None
    if row is None:
        row = Feedback(team_id=team_id, user_id=user_id, region=region, source="reaction", created_at=now)
        row.asset_version_id, row.reaction_id, row.reaction = version_id, reaction_id, meaning
        row.use = {"used": "used_with_customer", "could_not_find": "could_not_find"}.get(meaning)
        row.channel_id, row.message_ts = place
    if is_present != (row.withdrawn_at is None):
        row.withdrawn_at = None if is_present else now
    session.add(row)
    session.flush()
    return row


def list_reaction_versions(session: Session, *, team_id: str, reaction_id: int) -> list[int]:
    """The asset versions about which a reaction has said something, withdrawn or not."""
    query = select(Feedback.asset_version_id).where(Feedback.team_id == team_id, Feedback.reaction_id == reaction_id)
    return [version_id for version_id in session.exec(query) if version_id is not None]


def add_reply(session: Session, row: Feedback, *, user_id: str, text: str, now: datetime) -> FeedbackReply:
    """Keep the owner's answer. One that the safety screen holds is not delivered, so the clock runs on."""
    from bot.domain.safety import screen

    screening = screen(text)
    reply = FeedbackReply(team_id=row.team_id, feedback_id=row.id or 0, user_id=user_id, text=text, created_at=now)
    if screening.held:
        reply.held_for = ",".join(screening.labels)
    else:
        row.replied_at = row.replied_at or now
        session.add(row)
    session.add(reply)
    session.flush()
    return reply


def list_replies(session: Session, *, team_id: str, feedback_ids: list[int]) -> dict[int, FeedbackReply]:
    """The newest delivered reply to each of these pieces of feedback, by feedback id."""
    query = (
        select(FeedbackReply)
        .where(FeedbackReply.team_id == team_id, col(FeedbackReply.feedback_id).in_(feedback_ids))
        .where(col(FeedbackReply.held_for).is_(None))
        .order_by(col(FeedbackReply.id))
    )
    return {reply.feedback_id: reply for reply in session.exec(query)}


def _columns(fields: FeedbackFields, quoted_text: str | None) -> dict[str, Any]:
    # One screen for all of it: "the pump stopped" and "he was hurt" may stand in two fields.
    from bot.domain.safety import screen

    screening = screen("\n".join(filter(None, (fields.said, fields.missing, quoted_text))))
    return vars(fields) | {"held_for": ",".join(screening.labels) if screening.held else None}
