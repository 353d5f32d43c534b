"""Announcements: which release was told in which channel, what became of the message, and what it says now."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage import asset_expiry, jobs, outbox
from storage.asset import Announcement, AssetVersion
from storage.outbox import Outbox

REFRESH = "asset.refresh"  # the job that brings announcements up to date
REFUSED = "asset.refused:"  # with the id of the refused message: the key of the one that tells of it


def list_announcements(session: Session, *, team_id: str, version_id: int) -> list[tuple[Announcement, Outbox]]:
    """The announcements of a version, each with its message, in the order in which they were made."""
    query = (
        select(Announcement, Outbox)
        .join(Outbox, col(Outbox.id) == Announcement.outbox_id)
        .where(Announcement.team_id == team_id, Announcement.asset_version_id == version_id)
        .order_by(col(Announcement.id))
    )
    return list(session.exec(query).all())


def list_untold_refusals(session: Session, *, team_id: str) -> list[tuple[Announcement, Outbox]]:
    """The announcements that Slack refused and of which nobody has been told yet, each with its message."""
    told = aliased(Outbox)
    report = select(told.id).where(
        told.team_id == team_id, told.dedupe_key == literal(REFUSED) + cast(col(Outbox.id), String)
    )
    query = (
        select(Announcement, Outbox)
        .join(Outbox, col(Outbox.id) == Announcement.outbox_id)
        .where(Announcement.team_id == team_id, Outbox.state == "failed", ~report.exists())
        .order_by(col(Announcement.id))
    )
    return list(session.exec(query).all())


def list_standing(session: Session, *, team_id: str, since: datetime) -> list[tuple[int, str, str]]:
    """The announcements made since then that stand in a channel: id, channel and ts of the message."""
    query = (
        select(Announcement.id, Outbox.channel_id, Outbox.message_ts)
        .join(Outbox, col(Outbox.id) == Announcement.outbox_id)
        .where(Announcement.team_id == team_id, Announcement.created_at >= since, Outbox.state == "sent")
        .order_by(col(Announcement.id))
    )
    return [(row_id or 0, channel_id or "", ts or "") for row_id, channel_id, ts in session.exec(query)]


def list_announced(session: Session, *, team_id: str, since: datetime) -> list[int]:
    """The ids of the assets that were announced since then."""
    query = select(AssetVersion.asset_id).join(Announcement, col(Announcement.asset_version_id) == AssetVersion.id)
    query = query.where(AssetVersion.team_id == team_id, Announcement.team_id == team_id)
    return sorted(set(session.exec(query.where(Announcement.created_at >= since))))


def record_refusal_told(session: Session, sent: Outbox, *, target: str, message: dict[str, Any], now: datetime) -> None:
    """Tell somebody, once, that Slack refused the message `sent`."""
    key = f"{REFUSED}{sent.id}"
    outbox.enqueue(session, team_id=sent.team_id, key=key, target=target, message=message, now=now)


def add_announcement(
    session: Session,
    *,
    team_id: str,
    version_id: int,
    channel_id: str,
    message: dict[str, Any],
    note: str,
    by: str,
    now: datetime,
) -> bool:
    """Announce a version in a channel once; where Slack refused it before, once more. False if it stands there."""
    known = list_announcements(session, team_id=team_id, version_id=version_id)
    row, before = next(((row, sent) for row, sent in known if row.channel_id == channel_id), (None, None))
    if before is not None and before.state != "failed":
        return False
    sent = outbox.enqueue(
        session,
        team_id=team_id,
        key=f"asset.announce:{version_id}:{channel_id}:{before.id if before else 0}",
        target=channel_id,
        message=message,
        now=now,
        lane="announcement",
    )
    row = row or Announcement(
        team_id=team_id, asset_version_id=version_id, channel_id=channel_id, outbox_id=0, created_at=now
    )
    row.outbox_id, row.note, row.created_by = sent.id or 0, note, by
    session.add(row)
    session.flush()
    return True


def record_announcement_change(
    session: Session, row: Announcement, sent: Outbox, *, message: dict[str, Any], now: datetime
) -> bool:
    """Let the message in the channel say something else from now on; False if that is what it says already."""
    changes = select(Outbox).where(Outbox.team_id == row.team_id, Outbox.after_id == sent.id)
    changes = changes.where(Outbox.method == "chat.update").order_by(col(Outbox.id).desc())
    latest = session.exec(changes).first() or sent
    if sent.state == "failed" or json.loads(latest.payload) == message:
        return False
    outbox.enqueue(
        session,
        team_id=row.team_id,
        key=f"asset.announce.change:{row.id}:{latest.id}",
        target=row.channel_id,
        message=message,
        now=now,
        lane="announcement",
        method="chat.update",
        after_id=sent.id,
    )
    return True


def ask_for_refresh(session: Session, *, team_id: str, asset_id: int, real_now: datetime) -> None:
    """Have the messages about an asset say what is true now: announcements, and those of the expiry ladder.

    `real_now` is real time.
    """
    asset_expiry.ask_for_refresh(session, team_id=team_id, asset_id=asset_id, real_now=real_now)
    of_asset = select(AssetVersion.id).where(AssetVersion.team_id == team_id, AssetVersion.asset_id == asset_id)
    query = select(Announcement.id).where(
        Announcement.team_id == team_id, col(Announcement.asset_version_id).in_(of_asset)
    )
    if session.exec(query).first() is None:
        return
    key = f"{REFRESH}:{asset_id}:{real_now.isoformat()}"
    jobs.add_job(session, team_id=team_id, kind=REFRESH, key=key, payload={"asset_id": asset_id}, now=real_now)
