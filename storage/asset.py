"""Assets and their versions, and where they were announced."""

import json
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam, inspect, null, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, and_, col, select

from bot.domain.asset import AssetFields, Card, is_earlier
from bot.domain.text import clip
from bot.errors import BotError
from storage import feedback
from storage.db import run_statement
from storage.people import Person

NOT_SHOWN = ("team_id", "number", "created_at", "created_by")  # on a card


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
        Index("asset_version_by_asset", "team_id", "asset_id", "number"),
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
    """A release told in a channel, by whom and with which words of theirs; the message itself is the outbox row."""

    __table_args__ = (UniqueConstraint("asset_version_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: str
    asset_version_id: int = Field(foreign_key="assetversion.id")
    channel_id: str
    outbox_id: int = Field(foreign_key="outbox.id")
    note: str = ""
    created_at: datetime
    created_by: str = ""


def list_cards(session: Session, *, team_id: str) -> list[Card]:
    """Every version of every asset, by reference and version, the latest last."""
    return _cards(_read_rows(session, team_id, of="used"))


def list_names(session: Session, *, team_id: str) -> tuple[Card, ...]:
    """The cards of `list_cards`, but for when they were last used: enough to tell which asset a sentence names.

    While no row of theirs changes they are the very cards of the last time, so what was prepared from them still holds.
    """
    rows = _read_rows(session, team_id, of="all")
    known_rows, cards = _remembered.get(team_id, ([], ()))
    if rows != known_rows:
        cards = tuple(_cards(rows))
        _remembered[team_id] = rows, cards
    return cards


def get_card(session: Session, *, team_id: str, version_id: int) -> Card | None:
    """One version, whatever became of it, or None."""
    cards = _cards(_read_rows(session, team_id, of="version", known=version_id))
    return next((card for card in cards if card.version_id == version_id), None)


def list_versions(session: Session, *, team_id: str, asset_id: int) -> list[Card]:
    """The versions of one asset, the latest last."""
    return _cards(_read_rows(session, team_id, of="asset", known=asset_id))


def find_current_card(session: Session, *, team_id: str, asset_id: int) -> Card | None:
    """The version that is out: the latest one released, unless it was retired. It may have expired: ask its state."""
    cards = [
        card
        for card in list_versions(session, team_id=team_id, asset_id=asset_id)
        if card.released_at and not card.superseded_by
    ]
    return next((card for card in reversed(cards) if card.retired_at is None), None)


def get_version(session: Session, *, team_id: str, version_id: int) -> AssetVersion | None:
    """The row of one version of this workspace, or None."""
    query = select(AssetVersion).where(AssetVersion.team_id == team_id, AssetVersion.id == version_id)
    return session.exec(query).first()


def add_version(session: Session, *, team_id: str, fields: AssetFields, now: datetime, by: str) -> AssetVersion:
    """Add an asset, or the next version of a known one; it is a draft unless the fields say when it was released.

    Raises:
        BotError: this version is there already.
    """
    key = reference_key(fields.reference)
    asset = session.exec(select(Asset).where(Asset.team_id == team_id, Asset.reference_key == key)).first()
    if asset is None:
        asset = Asset(team_id=team_id, reference=fields.reference, reference_key=key, created_at=now)
        session.add(asset)
        session.flush()
    row = AssetVersion(
        team_id=team_id, asset_id=asset.id or 0, version="", number=0, title="", kind="", owner_id="",
        created_at=now, created_by=by,
    )  # fmt: skip
    record_fields(session, row, fields=fields, now=now)
    return row


def record_fields(session: Session, row: AssetVersion, *, fields: AssetFields, now: datetime) -> None:
    """Put the fields into a version; the reference stays what it is.

    Raises:
        BotError: another version of the asset has this name.
    """
    others = [other for other in _list_versions(session, row.team_id, row.asset_id) if other is not row]
    for other in others:
        if other.version.casefold() == fields.version.casefold():
            there = f"{clip(other.version, 40)} of {clip(fields.reference, 80)}"
            raise BotError(f"{there} is in the library already. Is this the next version?", field="version")
    for name in ("version", "title", "kind", "link", "owner_id", "audience", "product_line", "funnel_stage"):
        setattr(row, name, getattr(fields, name))
    row.review_days, row.expires_on = fields.review_days, fields.expires_on
    row.aliases = json.dumps(list(fields.aliases), ensure_ascii=False)
    if fields.released_on is None or row.released_at is None or row.released_at.date() != fields.released_on:
        row.released_at = _noon(fields.released_on, now) if fields.released_on else None
    session.add(row)
    session.flush()
    _settle_versions(session, row.team_id, row.asset_id)


def record_released(session: Session, row: AssetVersion, *, now: datetime) -> None:
    """The version is out from now on, and the ones before it are not; one that is out already stays as it is."""
    row.released_at, row.retired_at = row.released_at or now, None
    session.add(row)
    session.flush()
    _settle_versions(session, row.team_id, row.asset_id)


def record_retired(session: Session, row: AssetVersion, *, now: datetime | None) -> None:
    """The version is taken out of use, or (`now` is None) put back."""
    row.retired_at = now
    session.add(row)
    session.flush()


def reference_key(reference: str) -> str:
    """A reference as it is compared: without case and spaces."""
    return "".join(reference.casefold().split())


def _list_versions(session: Session, team_id: str, asset_id: int) -> list[AssetVersion]:
    query = select(AssetVersion).where(AssetVersion.team_id == team_id, AssetVersion.asset_id == asset_id)
    return list(session.exec(query.order_by(col(AssetVersion.number), col(AssetVersion.id))))


def _settle_versions(session: Session, team_id: str, asset_id: int) -> None:
    """Number the versions in their order, and mark those that a later one has superseded."""
    rows: list[AssetVersion] = []
    for row in sorted(_list_versions(session, team_id, asset_id), key=lambda row: row.id or 0):
        place = next((n for n, other in enumerate(rows) if is_earlier(row.version, other.version)), len(rows))
        rows.insert(place, row)
    released = None
    for number, row in reversed(list(enumerate(rows, start=1))):
        row.number, row.superseded_at = number, released if row.released_at else None
        released = row.released_at or released
        session.add(row)
    session.flush()


def _noon(day: date, now: datetime) -> datetime:
    # At noon in UTC it is the same day nearly everywhere; what came out today came out by now.
    return min(datetime.combine(day, time(12), UTC), now)


# By workspace, the rows that were read last, and what was made of them: no writer has to remember to change a stamp.
_remembered: dict[str, tuple[list[Any], tuple[Card, ...]]] = {}


def _read_rows(session: Session, team_id: str, *, of: str, known: int = 0) -> list[Any]:
    """What cards are made of: of the asset `known`, of the asset of the version `known`, or of all.

    With "used" also when each was last used, which the search and the library rank by.
    """
    return list(run_statement(session, _cards_query(of), team=team_id, known=known))


def _cards(rows: list[Any]) -> list[Card]:
    latest = {row.asset_id: row.version for row in rows if row.released_at is not None}
    return [_card(row, latest.get(row.asset_id)) for row in rows]


@cache
def _cards_query(of: str) -> Any:
    """The query for cards, put together once: it is asked at every command.

    Columns and no rows of the model, which would cost four times as much.
    """
    team: Any = bindparam("team")
    known: Any = bindparam("known")
    same_person = and_(col(Person.team_id) == AssetVersion.team_id, col(Person.user_id) == AssetVersion.owner_id)
    last_use = _last_use() if of == "used" else null()
    query = (
        select_columns(
            *(column for column in inspect(AssetVersion).local_table.columns if column.name not in NOT_SHOWN),
            col(Asset.reference),
            col(Person.name).label("owner_name"),
            last_use.label("last_used_at"),
        )
        .join(Asset, col(Asset.id) == AssetVersion.asset_id)
        .join(Person, same_person, isouter=True)
        .where(col(AssetVersion.team_id) == team)
        .order_by(col(Asset.reference_key), col(AssetVersion.number), col(AssetVersion.id))
    )
    if of == "asset":
        return query.where(col(AssetVersion.asset_id) == known)
    if of == "version":
        its = aliased(AssetVersion)
        its_asset = select_columns(col(its.asset_id)).where(col(its.team_id) == team, col(its.id) == known)
        return query.where(col(AssetVersion.asset_id) == its_asset.scalar_subquery())
    return query


def _last_use() -> Any:
    """When a version was last used, found by walking back from its newest feedback: the history may be long."""
    said = feedback.Feedback
    return (
        select(said.created_at)
        .where(said.team_id == AssetVersion.team_id, said.asset_version_id == AssetVersion.id)
        .where(col(said.withdrawn_at).is_(None))
        .where(or_(col(said.use) == "used_with_customer", col(said.reaction) == "used"))
        .order_by(col(said.created_at).desc())
        .limit(1)
        .correlate(AssetVersion)
        .scalar_subquery()
    )


def _card(row: Any, latest: str | None) -> Card:
    return Card(
        version_id=row.id or 0,
        asset_id=row.asset_id,
        reference=row.reference,
        version=row.version,
        title=row.title,
        kind=row.kind,
        link=row.link,
        owner_id=row.owner_id,
        owner_name=row.owner_name or "",
        audience=row.audience,
        product_line=row.product_line,
        funnel_stage=row.funnel_stage,
        review_days=row.review_days,
        released_at=row.released_at,
        expires_on=row.expires_on,
        retired_at=row.retired_at,
        superseded_by=latest if row.superseded_at is not None else None,
        aliases=tuple(json.loads(row.aliases)),
        last_used_at=row.last_used_at,
    )
