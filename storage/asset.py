"""Assets and their versions, and where they were announced."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, or_
from sqlmodel import Field, Session, SQLModel, and_, col, func, select

from storage import feedback
from storage.people import Person

if TYPE_CHECKING:
    from bot.domain.asset import Card


class Asset(SQLModel, table=True):
    """A piece of marketing, known by the review system's document number; `reference_key` is it without case."""

    __table_args__ = (UniqueConstraint("team_id", "reference_key"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    reference: str
    reference_key: str
    created_at: datetime


class AssetVersion(SQLModel, table=True):
    """One reviewed and released text of an asset. `expires_on` is the last day it may be used; `aliases` is JSON.

    `number` orders the versions of an asset; `superseded_at` is when a higher one was released.
    """

    __table_args__ = (
        UniqueConstraint("asset_id", "version"),
        CheckConstraint("review_days IS NULL OR review_days >= 0", name="asset_version_review_days"),
        Index("asset_version_owner", "team_id", "owner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_id: int = Field(foreign_key="asset.id")
    version: str
    number: int
    title: str
    kind: str
    link: str = ""
    owner_id: str
    audience: str = ""
    product_line: str = ""
    funnel_stage: str = ""
    review_days: int | None = None
    released_at: datetime | None = None
    expires_on: date | None = None
    superseded_at: datetime | None = None
    retired_at: datetime | None = None
    aliases: str = "[]"
    created_at: datetime
    created_by: str = ""


class Announcement(SQLModel, table=True):
    """A release told in a channel; the message itself is the outbox row."""

    __table_args__ = (UniqueConstraint("asset_version_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_version_id: int = Field(foreign_key="assetversion.id")
    channel_id: str
    outbox_id: int = Field(foreign_key="outbox.id")
    created_at: datetime


def list_cards(session: Session, *, team_id: str) -> list[Card]:
    """Every version of every asset, by reference and version, the latest last."""
    return _list_cards(session, team_id)


def get_card(session: Session, *, team_id: str, version_id: int) -> Card | None:
    """One version, whatever became of it, or None."""
    row = get_version(session, team_id=team_id, version_id=version_id)
    cards = _list_cards(session, team_id, row.asset_id) if row else []
    return next((card for card in cards if card.version_id == version_id), None)


def find_current_card(session: Session, *, team_id: str, asset_id: int) -> Card | None:
    """The version that is out: the latest one released, unless it was retired. It may have expired: ask its state."""
    cards = [card for card in _list_cards(session, team_id, asset_id) if card.released_at and not card.superseded_by]
    return next((card for card in reversed(cards) if card.retired_at is None), None)


def get_version(session: Session, *, team_id: str, version_id: int) -> AssetVersion | None:
    """The row of one version of this workspace, or None."""
    query = select(AssetVersion).where(AssetVersion.team_id == team_id, AssetVersion.id == version_id)
    return session.exec(query).first()


def _list_cards(session: Session, team_id: str, asset_id: int | None = None) -> list[Card]:
    same_person = and_(col(Person.team_id) == AssetVersion.team_id, col(Person.user_id) == AssetVersion.owner_id)
    query = (
        select(AssetVersion, Asset.reference, Person.name)
        .join(Asset, col(Asset.id) == AssetVersion.asset_id)
        .join(Person, same_person, isouter=True)
        .where(AssetVersion.team_id == team_id)
        .order_by(col(Asset.reference_key), col(AssetVersion.number), col(AssetVersion.id))
    )
    if asset_id is not None:
        query = query.where(AssetVersion.asset_id == asset_id)
    rows = session.exec(query).all()
    latest = {row.asset_id: row.version for row, _, _ in rows if row.released_at is not None}
    used = _find_last_uses(session, team_id, [row.id or 0 for row, _, _ in rows] if asset_id is not None else None)
    return [_card(row, reference, owner, latest.get(row.asset_id), used) for row, reference, owner in rows]


def _find_last_uses(session: Session, team_id: str, version_ids: list[int] | None) -> dict[int | None, datetime]:
    said = feedback.Feedback
    query = (
        select(said.asset_version_id, func.max(said.created_at))
        .where(said.team_id == team_id, col(said.withdrawn_at).is_(None))
        .where(or_(said.use == "used_with_customer", said.reaction == "used"))
        .group_by(col(said.asset_version_id))
    )
    if version_ids is not None:
        query = query.where(col(said.asset_version_id).in_(version_ids))
    return dict(session.exec(query).all())


def _card(
    row: AssetVersion, reference: str, owner_name: str | None, latest: str | None, used: dict[int | None, datetime]
) -> Card:
    from bot.domain.asset import Card

    return Card(
        version_id=row.id or 0,
        asset_id=row.asset_id,
        reference=reference,
        version=row.version,
        title=row.title,
        kind=row.kind,
        link=row.link,
        owner_id=row.owner_id,
        owner_name=owner_name or "",
        audience=row.audience,
        product_line=row.product_line,
        funnel_stage=row.funnel_stage,
        review_days=row.review_days,
        released_at=row.released_at,
        expires_on=row.expires_on,
        retired_at=row.retired_at,
        superseded_by=latest if row.superseded_at is not None else None,
        aliases=tuple(json.loads(row.aliases)),
        last_used_at=used.get(row.id),
    )
