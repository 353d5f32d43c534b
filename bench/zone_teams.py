"""Workspaces with a marketer in each of some time zones, and what must become of each of their Mondays."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import Session, select

from storage import people, workspace
from storage.outbox import Outbox
from storage.slots import Slot

TEAM_SIZE = 16  # zones of one workspace: each has a clock of its own, which stops at the due moments of these only
LATEST, FIRST_HOUR, LAST_HOUR = timedelta(days=2), 9, 18  # what the product promises: written here once more


@dataclass
class Found:
    """What came of the slots of one engine; `wrong` has a sentence for each that is not as it must be."""

    zones: int = 0
    ticks: int = 0
    slots: int = 0
    sent: int = 0
    late: int = 0
    skipped: int = 0
    events: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Found") -> None:
        """Count another one in."""
        for name in ("zones", "ticks", "slots", "sent", "late", "skipped"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.events.update(other.events)
        self.wrong += other.wrong


def nine_o_clock(day: date, zone: ZoneInfo) -> datetime:
    """09:00 of a local day, in UTC, found by trying every offset that the zone has about then.

    Twice there (the end of summer time) it is the first; not there at all, the moment just after the gap.
    """
    naive = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
    about = [naive.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-36, 37)]
    offsets = {moment.astimezone(zone).utcoffset() or timedelta(0) for moment in about}
    found = [moment for offset in offsets if _local(moment := (naive - offset).replace(tzinfo=UTC), zone) == naive]
    if found:
        return min(found)
    quarters = (about[0] + timedelta(minutes=15 * n) for n in range(72 * 4))
    return next(moment for moment in quarters if _local(moment, zone) > naive)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


class Team:
    """A workspace with one marketer in each of some zones, and what must become of each of their Mondays."""

    def __init__(self, name: str, zones: list[str], start: datetime, weeks: int) -> None:
        self.team_id, self._start = name, start
        self.zones = {f"U{number}": ZoneInfo(zone) for number, zone in enumerate(zones)}
        first = start.date() - timedelta(days=start.weekday())
        mondays = [first + timedelta(weeks=week) for week in range(weeks + 1)]
        self.end = start + timedelta(weeks=weeks)
        dues = {(user, monday): nine_o_clock(monday, zone) for user, zone in self.zones.items() for monday in mondays}
        self.open = {key: due for key, due in dues.items() if start <= due <= self.end}
        self.moments = sorted({*self.open.values()})
        self.settled: dict[tuple[str, date], tuple[datetime, str, datetime]] = {}  # due, state, when

    def join(self, session: Session) -> None:
        """Put it into the tables."""
        workspace.record_workspace(session, team_id=self.team_id, name=self.team_id, bot_user_id="", now=self._start)
        for user_id, zone in self.zones.items():
            people.record_person(
                session, team_id=self.team_id, user_id=user_id, now=self._start, name=zone.key, tz=zone.key
            )
            people.record_roles(session, team_id=self.team_id, user_id=user_id, roles=frozenset({"marketer"}))

    def expect(self, now: datetime) -> None:
        """The clock has ticked: what must be settled by that tick. Who had none yet gets the newest only."""
        newest = {user_id: monday for (user_id, monday), due in sorted(self.open.items()) if due <= now}
        begun = {user_id for user_id, _ in self.settled}
        self.open = {
            key: due for key, due in self.open.items() if key[0] in begun or key[1] >= newest.get(key[0], key[1])
        }
        for (user_id, monday), due in sorted(self.open.items(), key=lambda item: item[0][1]):
            local = now.astimezone(self.zones[user_id])
            if due > now:
                continue
            if now - due > LATEST:
                self.settled[user_id, monday] = (due, "skipped", now)
            elif local.weekday() < 5 and FIRST_HOUR <= local.hour < LAST_HOUR:
                self.settled[user_id, monday] = (due, "done", now)
        for key in self.settled:
            self.open.pop(key, None)

    def check(self, session: Session, found: Found) -> None:
        """Hold the tables against what must be in them."""
        slots = session.exec(select(Slot).where(Slot.team_id == self.team_id)).all()
        rows = {(slot.subject, slot.local_date): slot for slot in slots}
        sent = Counter(session.exec(select(Outbox.target).where(Outbox.team_id == self.team_id)).all())
        found.zones, found.slots = found.zones + len(self.zones), found.slots + len(slots)
        if len(rows) != len(slots):
            found.wrong.append(f"{len(slots) - len(rows)} slots stand there twice")
        for key in rows.keys() ^ self.settled.keys():
            found.wrong.append(f"{self._name(key)} was {'not due' if key in rows else 'due and has no slot'}")
        for key in rows.keys() & self.settled.keys():
            self._check_slot(key, rows[key], found)
        for user_id, zone in self.zones.items():
            done = sum(state == "done" for (user, _), (_, state, _) in self.settled.items() if user == user_id)
            if sent[user_id] != done:
                found.wrong.append(f"{zone.key}: {sent[user_id]} messages for {done} digests")

    def _check_slot(self, key: tuple[str, date], slot: Slot, found: Found) -> None:
        due, state, at = self.settled[key]
        found.sent += slot.state == "done"
        found.late += slot.state == "done" and at > due
        found.skipped += slot.state == "skipped"
        if slot.due_at != due:
            found.wrong.append(f"{self._name(key)} was due at {slot.due_at:%a %H:%M} UTC instead of {due:%a %H:%M}")
        if (slot.state, slot.done_at) != (state, at):
            found.wrong.append(f"{self._name(key)} was {slot.state} at {slot.done_at} instead of {state} at {at}")
        if (slot.state == "skipped") != bool(slot.reason):
            found.wrong.append(f"{self._name(key)} is {slot.state} and its reason is {slot.reason!r}")

    def _name(self, key: tuple[str, date]) -> str:
        return f"{self.zones[key[0]].key}, {key[1]}:"


def different_zones(start: datetime, weeks: int) -> list[str]:
    """Of all zones of the IANA's those that differ: names that show the same time all along are one zone here."""
    moments = [start + timedelta(hours=12 * half) for half in range(-14, weeks * 14 + 14)]
    found: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        zone = ZoneInfo(name)
        found.setdefault(tuple(moment.astimezone(zone).utcoffset() for moment in moments), name)
    return list(found.values())


def teams_of(zones: list[str], start: datetime, weeks: int, size: int = TEAM_SIZE) -> list[Team]:
    """The zones in workspaces; those whose clocks show much the same are together, so that each has few due moments."""
    zones = sorted(zones, key=lambda zone: (start.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0), zone))
    groups = [zones[first : first + size] for first in range(0, len(zones), size)]
    return [Team(f"T{start:%y%m%d}N{number}", group, start, weeks) for number, group in enumerate(groups)]
