"""The sample company brought into a database, and who and what of it takes part."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from bench.crash.process import COMPANY
from bot.company import load_company
from bot.domain.asset import Card, state_on
from storage import asset, people
from storage.db import Database

MOVING = 6  # people whose roles and regions change
ROLES = ("rep", "marketer", "admin")
COMING_AND_GOING = 2  # assets that are retired and put back


@dataclass
class Staff:
    """Who acts, and with which assets. `coming_and_going` are version ids with their references."""

    reps: list[str]
    marketers: list[str]
    admins: list[str]
    moving: list[str]
    east: str
    west: str
    references: list[str]
    coming_and_going: dict[int, str]
    cards: list[Card]
    _places: set[tuple[int, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def places_used(self) -> int:
        """How many announcements were begun."""
        return len(self._places)

    def next_place(self, channel_ids: list[str]) -> tuple[int, str, str] | None:
        """An asset version (id and reference) and a channel where it was not announced yet; None if there is none."""
        with self._lock:
            # The first announcements are of different assets: cards before channels.
            for channel_id, card in product(channel_ids, self.cards):
                if (card.version_id, channel_id) not in self._places:
                    self._places.add((card.version_id, channel_id))
                    return card.version_id, card.reference, channel_id
        return None


def bring_in(db: Database, team_id: str, now: datetime) -> Staff:
    """Load the sample company; gives who takes part."""
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=team_id, now=now)
    with db.read() as session:
        cards = [one for one in asset.list_cards(session, team_id=team_id) if state_on(one, now.date()) == "current"]
        of = {role: _with_role(people.list_people(session, team_id=team_id, role=role)) for role in ROLES}
    reps = of["rep"]
    return Staff(
        reps=reps[:-MOVING],
        marketers=of["marketer"],
        admins=of["admin"],
        moving=reps[-MOVING:],
        east=next(iter(_in_zone(db, team_id, "Asia/Tokyo"))),
        west=next(iter(_in_zone(db, team_id, "America/Los_Angeles"))),
        references=[card.reference for card in cards[COMING_AND_GOING:]],
        coming_and_going={card.version_id: card.reference for card in cards[:COMING_AND_GOING]},
        cards=cards,
    )


def _with_role(found: list[people.Person]) -> list[str]:
    return sorted(person.user_id for person in found)


def _in_zone(db: Database, team_id: str, tz: str) -> Iterator[str]:
    with db.read() as session:
        return iter([one.user_id for one in people.list_people(session, team_id=team_id) if one.tz == tz])
