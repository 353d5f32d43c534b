"""The short run of the zones: the weeks in which summer time begins and ends, on both engines."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bench import zones
from bench.zone_teams import Found, nine_o_clock, teams_of
from storage.db import Database
from storage.slots import Slot

MONDAY = date(2027, 3, 29)


def test_every_monday_once_at_nine_or_later_in_working_hours_or_skipped_with_a_reason(database_url: str) -> None:
    found = zones.quick(database_url, Console(file=StringIO()))
    assert found.wrong == []
    assert found.slots == found.sent + found.skipped
    assert min(found.slots, found.late, found.skipped) > 0
    assert set(found.events) == set(zones.EVENTS)


def test_what_is_wrong_is_found(database_url: str) -> None:
    """A slot that was due at another hour, and one that is missing."""
    (team,) = teams_of(["Europe/Berlin", "Asia/Tokyo"], datetime(2027, 3, 8, tzinfo=UTC), 2)
    db, now, found = Database(database_url), team.moments[0], Found()
    with db.begin() as session:
        team.join(session)
    processes = zones.Processes(database_url, found)
    processes.tick(team.team_id, now, at_once=False)
    team.expect(now)
    team.expect(team.moments[1])  # of which the product was not told
    with db.begin() as session:
        slot = session.get(Slot, 1)
        assert slot is not None
        slot.due_at += timedelta(hours=1)
        session.add(slot)
    with db.read() as session:
        team.check(session, found)
    processes.close()
    db.close()
    assert sorted(told.split(": ")[1].split(" at ")[0] for told in found.wrong) == [
        "0 messages for 1 digests",
        "was due",
        "was due and has no slot",
    ]


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 9), ("Europe/Berlin", 7), ("Asia/Kathmandu", 3), ("America/Los_Angeles", 16)]
)
def test_nine_o_clock_is_found_without_the_product(zone: str, hour: int) -> None:
    at = nine_o_clock(MONDAY, ZoneInfo(zone))
    assert at.hour == hour
    assert at.astimezone(ZoneInfo(zone)).hour == 9
