"""Feedback with its asset, its writer and its owner; and the message in which the owner hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.domain.asset import Card
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Told
from storage import asset, check_in_answer, digest_words, feedback, home, outbox, people
from storage.feedback import Feedback
from storage.outbox import Outbox


def get_told(session: Session, row: Feedback, *, card: Card | None = None, name: str = "") -> Told:
    """One piece of feedback with everything that the screen may need of it; `card` is its asset and `name` its
    writer's, if that is known.
    """
    replies = feedback.list_replies(session, team_id=row.team_id, feedback_ids=[row.id or 0]) if row.replied_at else {}
    return _with_questions(session, [row], [_told(session, row, replies.get(row.id or 0), card, name)])[0]


def list_told(session: Session, rows: list[Feedback], *, team_id: str) -> list[Told]:
    """The same for several, in their order."""
    replies = feedback.list_replies(session, team_id=team_id, feedback_ids=[row.id or 0 for row in rows])
    return _with_questions(session, rows, [_told(session, row, replies.get(row.id or 0)) for row in rows])


def _with_questions(session: Session, rows: list[Feedback], told: list[Told]) -> list[Told]:
    """The same with the questions of check-ins, where these are answers to them."""
    answers = [row.id or 0 for row in rows if row.source == "check_in"]
    if not answers:
        return told
    asked = check_in_answer.find_questions(session, team_id=rows[0].team_id, feedback_ids=answers)
    nothing = ("", 0)
    found = [asked.get(one.feedback_id, nothing) for one in told]
    return [replace(one, asked=text, asked_in=round_id) for one, (text, round_id) in zip(told, found, strict=True)]


def find_owner(session: Session, *, team_id: str, version_id: int | None) -> str:
    """Who answers for a version and sees the names: its owner or, when they have left, the current version's.

    Empty if there is nobody: an owner who is no marketer (any more) sees no names.
    """
    card = asset.get_card(session, team_id=team_id, version_id=version_id) if version_id else None
    return _owner_of(session, team_id, card)[0] if card else ""


def _owner_of(session: Session, team_id: str, card: Card) -> tuple[str, str]:
    """Who answers for a version, and their name."""
    if people.holds_role(session, team_id=team_id, user_id=card.owner_id, role="marketer"):
        return card.owner_id, card.owner_name
    current = asset.find_current_card(session, team_id=team_id, asset_id=card.asset_id)
    answers = current and people.holds_role(session, team_id=team_id, user_id=current.owner_id, role="marketer")
    return (current.owner_id, current.owner_name) if current and answers else ("", "")


def list_mine(
    session: Session, *, team_id: str, user_id: str, page: int, size: int, search: str = ""
) -> tuple[list[Told], int, int]:
    """One page (from 0) of what a person said and did not take back, newest first; with `search`, of what holds it.

    With it how much there is in all, and which page it is: the last one if there are not so many.
    """
    total = feedback.count_mine(session, team_id=team_id, user_id=user_id, search=search)
    page = max(0, min(page, (total - 1) // size))
    rows = feedback.list_mine(session, team_id=team_id, user_id=user_id, offset=page * size, limit=size, search=search)
    return list_told(session, rows, team_id=team_id), total, page


def record_change(
    session: Session,
    row: Feedback,
    *,
    owner_message: Callable[[Told], dict[str, Any]],
    now: datetime,
    real_now: datetime,
    card: Card | None = None,
    name: str = "",
    is_new: bool = False,
) -> Told:
    """Let everybody who sees this feedback see it as it is now; to be called after each change of it.

    The owner's direct message is posted once and changed from then on. None is posted while no reply is due, nor to
    somebody about their own words. `card` is its asset and `name` its writer's, if that is known; `is_new`: nobody can
    have heard of it yet.
    """
    told = get_told(session, row, card=card, name=name)
    digest_words.ask_for_link(session, row, real_now=real_now)
    home.refresh_home(session, team_id=row.team_id, user_id=row.user_id, real_now=real_now)
    posted = [] if is_new else _list_posted(session, told, row.team_id)
    _tell_owner(session, told, row.team_id, posted, owner_message, now)
    return told


def _list_posted(session: Session, told: Told, team_id: str) -> list[Outbox]:
    owners = {told.owner_id, told.card.owner_id if told.card else ""}
    keys = [f"feedback.owner:{told.feedback_id}:{owner_id}" for owner_id in sorted(owners - {""})]
    query = select(Outbox).where(Outbox.team_id == team_id, col(Outbox.dedupe_key).in_(keys))
    return list(session.exec(query)) if keys else []


def _tell_owner(
    session: Session,
    told: Told,
    team_id: str,
    posted: list[Outbox],
    owner_message: Callable[[Told], dict[str, Any]],
    now: datetime,
) -> None:
    is_due = told.status == "waiting" or (told.is_held and told.reply_due_at and not told.replied_at)
    if not posted and not is_due:
        return
    message = owner_message(told)
    for sent in posted:
        outbox.enqueue(
            session,
            team_id=team_id,
            key=f"{sent.dedupe_key}:{now.isoformat()}",
            target=sent.target,
            message=message,
            now=now,
            method="chat.update",
            after_id=sent.id,
        )
    if is_due:
        is_told = told.owner_id in ("", told.user_id, *(sent.target for sent in posted))
        if not is_told and not told.is_withdrawn:
            key = f"feedback.owner:{told.feedback_id}:{told.owner_id}"
            outbox.enqueue(session, team_id=team_id, key=key, target=told.owner_id, message=message, now=now)


def _told(
    session: Session, row: Feedback, reply: feedback.FeedbackReply | None, card: Card | None = None, name: str = ""
) -> Told:
    if card is None and row.asset_version_id is not None:
        card = asset.get_card(session, team_id=row.team_id, version_id=row.asset_version_id)
    owner_id, owner_name = _owner_of(session, row.team_id, card) if card else ("", "")
    is_held = bool(row.held_for)
    fields = FeedbackFields(
        asset_version_id=row.asset_version_id,
        situation=row.situation,
        use=row.use,
        rating=row.rating,
        outcome=row.outcome,
        said=row.said,
        missing=row.missing,
        wants_reply=row.wants_reply,
    )
    return Told(
        feedback_id=row.id or 0,
        card=card,
        fields=fields,
        user_id=row.user_id,
        name=name or people.find_name(session, team_id=row.team_id, user_id=row.user_id),
        region=row.region,
        at=row.created_at,
        is_held=is_held,
        is_withdrawn=row.withdrawn_at is not None,
        reaction=row.reaction,
        quoted=row.quoted_text,
        quoted_by=people.find_name(session, team_id=row.team_id, user_id=row.quoted_user_id or ""),
        owner_id=owner_id,
        owner_name=owner_name,
        reply_due_at=row.reply_due_at,
        replied_at=row.replied_at,
        reply=reply.text if reply else "",
    )
