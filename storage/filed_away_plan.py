"""Planning the filed-away checks of a released version: on which days, and whom they ask."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.audience import Audience
from bot.domain.filed_away import DAYS, OPEN_FOR, Plan, due_at
from storage import people
from storage.asset import AssetVersion
from storage.audience import list_regions
from storage.filed_away import FiledAwayCheck, list_checks


def plan_checks(
    session: Session, version: AssetVersion, *, default_tz: str, now: datetime, audience: Audience | None = None
) -> Plan:
    """Plan what still lies ahead of both checks of a released version; gives what is planned now.

    Called again it moves what is planned already, and with `audience` it is asked of others. A check that has begun
    stays as it is.
    """
    tz = _zone(session, version, default_tz)
    known = {one.number: one for one in list_checks(session, team_id=version.team_id, version_id=version.id or 0)}
    kept = _audience(known)
    for number in DAYS:
        row = known.get(number)
        if version.released_at is None or (row is not None and row.state != "planned"):
            continue
        due = due_at(version.released_at, number, tz)
        if row is None and due <= now:
            continue
        row = row or FiledAwayCheck(
            team_id=version.team_id, asset_version_id=version.id or 0, number=number, audience=kept.to_json(),
            due_at=due, closes_at=due, created_at=now,
        )  # fmt: skip
        row.due_at, row.closes_at = due, due + OPEN_FOR
        row.audience = audience.to_json() if audience else row.audience
        session.add(row)
    session.flush()
    return read_plan(session, version, default_tz=default_tz, now=now)


def read_plan(session: Session, version: AssetVersion, *, default_tz: str, now: datetime) -> Plan:
    """What lies ahead of the checks of a version, or would if it were released now."""
    tz = _zone(session, version, default_tz)
    known = {one.number: one for one in list_checks(session, team_id=version.team_id, version_id=version.id or 0)}
    ahead = [one.due_at for one in known.values() if one.state == "planned"]
    others = [number for number in DAYS if number not in known]
    ahead += [due for number in others if (due := due_at(version.released_at or now, number, tz)) > now]
    return Plan(
        days=tuple(due.astimezone(ZoneInfo(tz)).date() for due in sorted(ahead)),
        audience=_audience(known),
        regions=tuple(list_regions(session, team_id=version.team_id)),
        is_planned=any(one.state == "planned" for one in known.values()),
    )


def _audience(known: dict[int, FiledAwayCheck]) -> Audience:
    """Whom the version is for, as the last of its checks says."""
    return Audience.from_json(known[max(known)].audience) if known else Audience()


def _zone(session: Session, version: AssetVersion, default_tz: str) -> str:
    owner = people.get_person(session, team_id=version.team_id, user_id=version.owner_id)
    return (owner.tz if owner else "") or default_tz
