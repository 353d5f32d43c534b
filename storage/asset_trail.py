"""What is written into the audit trail of assets: added, edited, released, retired, put back, renewed."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from storage import audit
from storage.asset import Asset, AssetVersion

# What an edit changes and the trail tells; the owner is a person, and the title and the aliases are long.
TOLD = ("version", "kind", "audience", "product_line", "funnel_stage", "review_days", "released_at", "expires_on")


def read_facts(row: AssetVersion) -> dict[str, Any]:
    """What the trail tells of a version, to be held against what it is after a change."""
    return {name: _plain(getattr(row, name)) for name in TOLD}


def record_deed(
    session: Session,
    row: AssetVersion,
    deed: str,
    *,
    by: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what was done to a version; of what stood there `before`, what is the same now is left out."""
    if before is not None:
        facts = read_facts(row)
        after = {name: facts[name] for name, value in before.items() if facts[name] != value}
        before = {name: before[name] for name in after}
    reference = session.exec(
        select(Asset.reference).where(Asset.team_id == row.team_id, Asset.id == row.asset_id)
    ).first()
    subject = f"asset {reference} {row.version}"
    audit.record(
        session, team_id=row.team_id, by=by, deed=f"asset.{deed}", subject=subject, before=before, after=after, now=now
    )  # fmt: skip


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date, too
