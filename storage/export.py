"""What an admin, or whoever runs the server, may take out as tables: people, assets, and what was said of them."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func

from bot.domain.pulse import questions_from_json
from bot.domain.pulse_csv import CSV_HEADS, csv_rows
from storage import export_rounds
from storage.asset import Asset, AssetVersion
from storage.check_in import CheckInAnswer
from storage.feedback import Feedback, FeedbackReply
from storage.people import Person, list_all_roles
from storage.pulse import Pulse, result_of
from storage.sheet import HELD, moment, stream
from storage.sheet import Sheet as Sheet


def list_sheets(session: Session, *, team_id: str) -> list[Sheet]:
    """The tables of a workspace. What somebody withdrew is not in them; texts that are held are left out.

    Of pulses there is what was released at the close, and never who answered what.
    """
    return [
        Sheet(
            "people",
            ("slack_id", "name", "department", "role", "region", "tz", "working_hours"),
            _people(session, team_id),
        ),
        Sheet("assets", _ASSET_HEADS, _assets(session, team_id)),
        Sheet("feedback", _FEEDBACK_HEADS, _feedback(session, team_id)),
        Sheet("replies", _REPLY_HEADS, _replies(session, team_id)),
        Sheet("pulses", _PULSE_HEADS, _pulses(session, team_id)),
        Sheet("pulse_results", ("pulse", *CSV_HEADS), _pulse_results(session, team_id)),
        *export_rounds.list_sheets(session, team_id=team_id),
    ]


def count_rows(session: Session, *, team_id: str) -> int:
    """About how many rows that is: those of the tables that grow."""
    tables: tuple[Any, ...] = (Feedback, Person, AssetVersion, CheckInAnswer)
    counts = [select(func.count()).select_from(one).where(col(one.team_id) == team_id) for one in tables]
    return sum(int(session.execute(query).scalar() or 0) for query in counts)


def count_left_out(session: Session, *, team_id: str) -> tuple[int, int]:
    """How many texts' rows are held back (feedback and replies), and how many pieces of feedback were withdrawn."""
    held = select(func.count()).where(
        col(Feedback.team_id) == team_id, col(Feedback.held_for).is_not(None), col(Feedback.withdrawn_at).is_(None)
    )
    replies = (
        select(func.count())
        .select_from(FeedbackReply)
        .join(Feedback, col(Feedback.id) == FeedbackReply.feedback_id)
        .where(
            col(FeedbackReply.team_id) == team_id,
            col(FeedbackReply.held_for).is_not(None),
            col(Feedback.withdrawn_at).is_(None),
        )
    )
    withdrawn = select(func.count()).where(col(Feedback.team_id) == team_id, col(Feedback.withdrawn_at).is_not(None))
    counts = [int(session.execute(query).scalar() or 0) for query in (held, replies, withdrawn)]
    return counts[0] + counts[1], counts[2]


_PEOPLE_HEADS = ("slack_id", "name", "department", "role", "region", "tz", "working_hours")
_REPLY_HEADS = ("feedback", "at", "slack_id", "name", "text")
_ASSET_HEADS = (
    "reference", "version", "title", "kind", "product_line", "audience", "funnel_stage", "url", "owner", "review_days",
    "released_at", "expires_at", "aliases",
)  # fmt: skip
_PULSE_HEADS = (
    "pulse", "slack_id", "name", "questions", "privacy", "channel", "state", "opened_at", "ended_at", "invited",
    "answered", "outcome", "outcome_at", "not_waited_for", "override_reason",
)  # fmt: skip
_FEEDBACK_HEADS = (
    "feedback", "at", "slack_id", "name", "region", "reference", "version", "title", "source", "situation", "use",
    "rating", "outcome", "reaction", "said", "missing", "sent_message", "wants_reply", "replied_at",
)  # fmt: skip


def _people(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    roles = list_all_roles(session, team_id=team_id)
    query = select(Person).where(col(Person.team_id) == team_id).order_by(col(Person.user_id))
    for (person,) in stream(session, query):
        held = ";".join(sorted(roles.get(person.user_id, {"rep"})))
        yield (
            person.user_id, person.name, person.department, held, person.region, person.tz, person.working_hours,
        )  # fmt: skip


def _assets(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = (
        select(col(Asset.reference), AssetVersion)
        .join(AssetVersion, col(AssetVersion.asset_id) == Asset.id)
        .where(col(Asset.team_id) == team_id, col(AssetVersion.team_id) == team_id)
        .order_by(col(Asset.reference), col(AssetVersion.number))
    )
    for reference, it in stream(session, query):
        released = it.released_at.date().isoformat() if it.released_at else ""
        expires = it.expires_on.isoformat() if it.expires_on else ""
        aliases = ";".join(json.loads(it.aliases))
        yield (
            reference, it.version, it.title, it.kind, it.product_line, it.audience, it.funnel_stage, it.link,
            it.owner_id, it.review_days, released, expires, aliases,
        )  # fmt: skip


def _feedback(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = (
        select(Feedback, col(Person.name), col(Asset.reference), col(AssetVersion.version), col(AssetVersion.title))
        .outerjoin(Person, (col(Person.team_id) == Feedback.team_id) & (col(Person.user_id) == Feedback.user_id))
        .outerjoin(AssetVersion, col(AssetVersion.id) == Feedback.asset_version_id)
        .outerjoin(Asset, col(Asset.id) == AssetVersion.asset_id)
        .where(col(Feedback.team_id) == team_id, col(Feedback.withdrawn_at).is_(None))
        .order_by(col(Feedback.id))
    )
    for it, name, reference, version, title in stream(session, query):
        texts = [HELD if it.held_for and text else text for text in (it.said, it.missing, it.quoted_text)]
        yield (
            it.id, moment(it.created_at), it.user_id, name, it.region, reference, version, title, it.source,
            it.situation, it.use, it.rating, it.outcome, it.reaction, *texts, "yes" if it.wants_reply else "",
            moment(it.replied_at),
        )  # fmt: skip


def _replies(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    who = aliased(Person)
    query = (
        select(FeedbackReply, col(who.name))
        .join(Feedback, col(Feedback.id) == FeedbackReply.feedback_id)
        .outerjoin(who, (col(who.team_id) == FeedbackReply.team_id) & (col(who.user_id) == FeedbackReply.user_id))
        .where(col(FeedbackReply.team_id) == team_id, col(Feedback.withdrawn_at).is_(None))
        .order_by(col(FeedbackReply.id))
    )
    for it, name in stream(session, query):
        text = HELD if it.held_for else it.text
        yield it.feedback_id, moment(it.created_at), it.user_id, name, text


def _pulses(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = (
        select(Pulse, col(Person.name))
        .outerjoin(Person, (col(Person.team_id) == Pulse.team_id) & (col(Person.user_id) == Pulse.asker_id))
        .where(col(Pulse.team_id) == team_id)
        .order_by(col(Pulse.id))
    )
    for it, name in stream(session, query):
        asked, result = " | ".join(one.text for one in questions_from_json(it.questions)), result_of(it)
        answered = (result.invited, result.answered) if result else ("", "")
        yield (
            it.id, it.asker_id, name, asked, it.privacy, it.channel_id, it.state, moment(it.opened_at),
            moment(it.ended_at), *answered, it.outcome, moment(it.outcome_at), it.overrides_id, it.override_reason,
        )  # fmt: skip


def _pulse_results(session: Session, team_id: str) -> Iterator[tuple[object, ...]]:
    query = select(Pulse).where(col(Pulse.team_id) == team_id, col(Pulse.state) == "closed").order_by(col(Pulse.id))
    for (it,) in stream(session, query):
        result = result_of(it)
        for row in csv_rows(result)[1:] if result else ():
            yield (it.id, *row)
