"""What came of filed-away checks, put together from the answers, the asks and the people."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.domain.filed_away import KIND, CheckFinding, CheckResult, CheckStanding, Uses, Why, shown_regions
from storage import ask, people
from storage import filed_away as store
from storage.asset import AssetVersion
from storage.filed_away import FiledAwayCheck


def read_result(session: Session, check: FiledAwayCheck, *, goal: float, tz: str) -> CheckResult:
    """Everything about a closed check; days are those of the owner's zone `tz`."""
    team_id, check_id = check.team_id, check.id or 0
    others = {one.number: one for one in store.list_checks(session, team_id=team_id, version_id=check.asset_version_id)}
    before = others.get(check.number - 1)
    after = others.get(check.number + 1)
    uses = store.count_uses(session, team_id=team_id, check_ids=[check_id, *([before.id or 0] if before else [])])
    words = store.list_whys(session, check)
    names = {one.user_id: one.name for one in people.list_people(session, team_id=team_id)} if words else {}
    whys = tuple(
        Why(row.id or 0, row.use or "", row.said or row.missing, names.get(row.user_id, ""), row.region)
        for row in words
        if not row.held_for
    )
    is_next = after is not None and after.state == "planned"
    return CheckResult(
        number=check.number,
        goal=goal,
        verdict=check.verdict or "",
        uses=uses[check_id],
        intended=check.intended,
        asks=ask.count_states(session, team_id=team_id, kind=KIND, subject_id=check_id),
        regions=tuple(shown_regions(store.count_regions(session, check))),
        whys=whys,
        held=len(words) - len(whys),
        earlier=uses[before.id or 0] if before and before.verdict else None,
        next_on=after.due_at.astimezone(ZoneInfo(tz)).date() if after is not None and is_next else None,
        closed_at=check.closes_at,
    )


def list_short(session: Session, checks: Sequence[FiledAwayCheck]) -> list[CheckFinding]:
    """The verdicts of closed checks and the answers that they rest on."""
    if not checks:
        return []
    uses = store.count_uses(session, team_id=checks[0].team_id, check_ids=[one.id or 0 for one in checks])
    return [
        CheckFinding(one.asset_version_id, one.number, one.verdict or "", uses.get(one.id or 0, Uses()), one.closes_at)
        for one in checks
    ]


def list_closed(session: Session, *, team_id: str, start: datetime, end: datetime) -> list[CheckFinding]:
    """The verdicts that came between two moments."""
    return list_short(session, store.list_closed(session, team_id=team_id, start=start, end=end))


def list_latest(session: Session, *, team_id: str, version_ids: Sequence[int] | None = None) -> list[CheckFinding]:
    """The latest verdict of each version, the newest first."""
    return list_short(session, store.list_latest(session, team_id=team_id, version_ids=version_ids))


def read_standing(session: Session, *, team_id: str, version_id: int) -> CheckStanding:
    """Where the checks of one version stand."""
    checks = store.list_checks(session, team_id=team_id, version_id=version_id)
    found = list_latest(session, team_id=team_id, version_ids=[version_id]) if checks else []
    return CheckStanding(
        found=found[0] if found else None,
        asking_until=next((one.closes_at for one in checks if one.state == "asking"), None),
        next_at=next((one.due_at for one in checks if one.state == "planned"), None),
    )


def list_own(session: Session, *, team_id: str, owner_id: str, limit: int) -> list[tuple[str, str, CheckFinding]]:
    """The latest verdicts about somebody's assets that are in use, the newest first: title, version, verdict."""
    query = select(AssetVersion).where(AssetVersion.team_id == team_id, AssetVersion.owner_id == owner_id)
    query = query.where(col(AssetVersion.retired_at).is_(None), col(AssetVersion.superseded_at).is_(None))
    own = {row.id or 0: row for row in session.exec(query)}
    found = list_latest(session, team_id=team_id, version_ids=list(own))[:limit] if own else []
    return [(own[one.version_id].title, own[one.version_id].version, one) for one in found]
