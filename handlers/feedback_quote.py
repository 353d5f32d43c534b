"""`Send to marketing`: the feedback form with somebody's message quoted in it, and its whole thread if wanted."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.domain.asset import CURRENT, Card, state_on
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import QUOTED_LONGEST, Quoted
from bot.domain.link import find_linked
from bot.domain.text import clean, clip, links_in, plain
from bot.domain.thread import may_have_thread
from bot.intake import Act, Answer, Listener
from bot.jobs import Task
from bot.settings import Settings
from bot.views import feedback as views
from bot.views import feedback_form, kit
from bot.views.asset_card import no_longer
from storage import asset, asset_expiry, people
from storage import feedback_draft as store
from storage.db import Database

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)")


def send_to_marketing(session: Session, act: Act) -> Answer:
    """Open the form with the message quoted, about the asset that it links to if there is one.

    The quotation waits as a draft until the form is sent in, at most a week.
    """
    text = str(act.message.get("text") or "")
    author_id = str(act.message.get("user") or "")
    quoted = Quoted(
        text=clip(clean(plain(text, _names(session, act, text))), QUOTED_LONGEST),
        user_id=author_id,
        channel_id=act.channel_id,
        message_ts=str(act.message.get("ts") or ""),
    )
    card, old = _linked_asset(session, act, text)
    note = no_longer(old, card, act.today) if old else ""
    fields = FeedbackFields(asset_version_id=card.version_id if card else None)
    draft = store.add_draft(
        session,
        team_id=act.team_id,
        user_id=act.actor.user_id,
        fields=fields,
        now=act.now,
        quoted=quoted,
        source="shortcut",
    )
    author = people.get_person(session, team_id=act.team_id, user_id=author_id) if author_id else None
    by = author.name if author else ""
    view = feedback_form.feedback_modal(
        fields, card, quoted=quoted.text, quoted_by=by, note=note, current=card,
        offers_thread=may_have_thread(act.channel_id),
    )  # fmt: skip
    return Answer(modal=kit.with_memo(view, draft_id=draft.id))


def run_due(db: Database, team_id: str, now: datetime, _settings: Settings) -> int:
    """Delete what was typed or quoted more than a week ago and never recorded; gives its number."""
    with db.begin() as session:
        return store.forget_drafts(session, team_id=team_id, now=now)


def _names(session: Session, act: Act, text: str) -> dict[str, str]:
    """The names of those whom the message mentions."""
    mentioned = [people.get_person(session, team_id=act.team_id, user_id=one) for one in set(_MENTION.findall(text))]
    return {person.user_id: person.name for person in mentioned if person and person.name}


def _linked_asset(session: Session, act: Act, text: str) -> tuple[Card | None, Card | None]:
    """The asset that is to be used of those to which the message links: of an old version's link the current one.

    With it the version that was linked, where it is no longer to be used: the first such one where none is.
    """
    links = [*links_in(text), *_addresses(act.message.get("blocks") or [])]
    cards = asset.list_names(session, team_id=act.team_id) if links else ()
    linked = find_linked(links, cards)
    for card in linked:
        current = asset_expiry.find_usable(session, team_id=act.team_id, asset_id=card.asset_id, today=act.today)
        if current is not None:
            return current, None if state_on(card, act.today) == CURRENT else card
    return None, next(iter(linked), None)


def _addresses(part: Any) -> Iterator[str]:
    """The addresses behind links and buttons, anywhere in blocks."""
    if isinstance(part, list):
        for one in part:
            yield from _addresses(one)
    elif isinstance(part, dict):
        if isinstance(part.get("url"), str):
            yield part["url"]
        for value in part.values():
            if isinstance(value, list | dict):
                yield from _addresses(value)


LISTENERS: tuple[Listener, ...] = (
    Listener("shortcut", views.SEND_TO_MARKETING, send_to_marketing, may="give_feedback"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
