"""The people of three years: where and when they work, when they are away or gone, and how they take questions."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TEAM = "TYEARS"
ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "America/Argentina/Buenos_Aires",
    "America/Bogota", "America/Chicago", "America/Denver", "America/Halifax", "America/Havana", "America/Los_Angeles",
    "America/Mexico_City", "America/New_York", "America/Nuuk", "America/Phoenix", "America/Santiago",
    "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Dubai", "Asia/Jerusalem", "Asia/Karachi",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai", "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo",
    "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin", "Europe/Helsinki",
    "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Honolulu",
)  # fmt: skip
# Hours and how usual they are; the clock of this bench ticks every hour, so none is shorter than that.
HOURS = {
    "09:00-17:00": 60, "08:00-16:30": 20, "07:30-18:45": 5, "22:00-06:00": 5, "23:30-07:15": 2, "16:00-00:00": 2,
    "10:00-11:00": 2, "13:15-14:15": 1, "00:00-24:00": 1, "20:00-01:00": 1, "05:00-09:00": 1,
}  # fmt: skip
REGIONS = ("DACH", "Nordics", "US-East", "US-West", "LATAM", "APAC", "MEA", "UK")
OTHERS = ("manager", "executive", "compliance")


@dataclass
class Absence:
    """Away from `start` to `end`; `told` says until when Slack knows of it, None if the status has no end."""

    start: datetime
    end: datetime
    told: datetime | None
    is_quiet: bool = False  # do-not-disturb instead of a status


@dataclass
class Life:
    """One person; `gone` are the spans in which they are not in the company."""

    user_id: str
    role: str
    tz: str
    hours: str
    region: str
    answers: float  # how likely they answer a message
    absences: list[Absence] = field(default_factory=list)
    gone: list[tuple[datetime, datetime]] = field(default_factory=list)
    stops: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._starts: list[datetime] = []

    @property
    def zone(self) -> ZoneInfo:
        """Where they are; whoever is nowhere is in UTC."""
        return ZoneInfo(self.tz) if self.tz in ZONES else ZoneInfo("UTC")

    def absence_at(self, now: datetime) -> Absence | None:
        """What keeps them away at a moment."""
        if len(self._starts) != len(self.absences):
            self.absences.sort(key=lambda one: one.start)
            self._starts = [one.start for one in self.absences]
        place = bisect_right(self._starts, now) - 1
        found = self.absences[place] if place >= 0 else None
        return found if found is not None and now < found.end else None

    def works_at(self, now: datetime) -> bool:
        """Whether the clock on their wall shows a working hour: written here once more, without the product's code."""
        wall = now.astimezone(self.zone).replace(tzinfo=None)
        start, end = (int(text[:2]) * 60 + int(text[3:]) for text in self.hours.split("-"))
        minute, day = wall.hour * 60 + wall.minute, wall.weekday()
        if start < end:
            return day < 5 and start <= minute < end
        return (day < 5 and minute >= start) or (day in (1, 2, 3, 4, 5) and minute < end)


def meet(number: int, reps: int, start: datetime, end: datetime, dice: random.Random) -> list[Life]:
    """So many people, of whom `reps` are reps and a few marketers."""
    lives = []
    for place in range(number):
        role = "rep" if place < reps else "marketer" if place < reps + max(5, number // 40) else dice.choice(OTHERS)
        life = Life(
            user_id=f"U{place:05}",
            role=role,
            tz=ZONES[place % len(ZONES)] if dice.random() > 0.01 else dice.choice(["", "Mars/Olympus"]),
            hours=dice.choices([*HOURS], [*HOURS.values()])[0],
            region=REGIONS[place % len(REGIONS)],
            answers=dice.choice([0.0, 0.15, 0.35, 0.5, 0.8]),
        )
        life.absences += _absences(start, end, dice)
        life.gone += _gone(start, end, dice)
        lives.append(life)
    return lives


def _absences(start: datetime, end: datetime, dice: random.Random) -> Iterator[Absence]:
    """Two holidays a year, a few days in bed without an end to the status, and hours of quiet."""
    at = start + timedelta(days=dice.uniform(0, 60))
    while at < end:
        kind = dice.choices(["holiday", "sick", "quiet"], [2, 3, 3])[0]
        lasts = timedelta(days={"holiday": dice.choice([7, 7, 14, 21]), "sick": dice.choice([1, 2, 5])}.get(kind, 0.15))
        yield Absence(at, at + lasts, None if kind == "sick" else at + lasts, is_quiet=kind == "quiet")
        at += lasts + timedelta(days=dice.uniform(5, 90))


def _gone(start: datetime, end: datetime, dice: random.Random) -> Iterator[tuple[datetime, datetime]]:
    """One in ten leaves, and half of those are back some months later."""
    if dice.random() < 0.1:
        left = start + timedelta(days=dice.uniform(30, (end - start).days))
        yield left, left + timedelta(days=dice.uniform(30, 200)) if dice.random() < 0.5 else end + timedelta(days=1)


class Presence:
    """Slack's side of it, in the place of the app's reader: who has which status, and who is undisturbed."""

    def __init__(self, lives: dict[str, Life]) -> None:
        self._lives, self.now, self.asked = lives, datetime(2026, 1, 1, tzinfo=UTC), 0
        self.refused: dict[str, str] = {}

    def call(self, method: str, **told: str) -> dict[str, object]:
        """`users.info`, `dnd.info` and `dnd.teamInfo`."""
        self.asked += 1
        if method == "users.info":
            return {"user": {"profile": self._profile(told["user"])}}
        if method == "dnd.info":
            return self._quiet(told["user"])
        return {"users": {user_id: self._quiet(user_id) for user_id in told["users"].split(",")}}

    def pages(self, _method: str, _of: str) -> list[dict[str, object]]:
        """`users.list`."""
        self.asked += 1
        return [{"id": user_id, "profile": self._profile(user_id)} for user_id in self._lives]

    def members(self, _channel_ids: object) -> frozenset[str]:
        """`conversations.members`: no audience here is one of channels."""
        return frozenset()

    def _profile(self, user_id: str) -> dict[str, object]:
        absence = self._lives[user_id].absence_at(self.now)
        if absence is None or absence.is_quiet:
            return {}
        until = int(absence.told.timestamp()) if absence.told else 0
        return {"status_emoji": ":palm_tree:", "status_text": "Away", "status_expiration": until}

    def _quiet(self, user_id: str) -> dict[str, object]:
        absence = self._lives[user_id].absence_at(self.now)
        if absence is None or not absence.is_quiet:
            return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
        starts, ends = int(absence.start.timestamp()), int(absence.end.timestamp())
        return {"dnd_enabled": True, "next_dnd_start_ts": starts, "next_dnd_end_ts": ends}
