"""The numbers that a digest is made of: counted by the database, for one reader and one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Scope:
    """What a digest is about: everything, or some asset versions, or what some people said; None leaves nothing out."""

    version_ids: frozenset[int] | None = None
    user_ids: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self.version_ids is None and self.user_ids is None


EVERYTHING = Scope()


@dataclass(frozen=True)
class Subject:
    """One asset version as the digest needs it.

    `owner_id` is who answers for it and sees the names, empty if nobody does. `expires_on` is its last day.
    `ended_at` is when it was replaced or retired; `successor` names the version that took its place, `replaces` is the
    id of the one before it, 0 if it is the first.
    """

    version_id: int
    title: str
    version: str
    owner_id: str = ""
    owner_name: str = ""
    review_days: int | None = None
    released_at: datetime | None = None
    expires_on: date | None = None
    ended_at: datetime | None = None
    is_retired: bool = False
    successor: str = ""
    replaces: int = 0


@dataclass(frozen=True)
class Tally:
    """What was said of one asset version in the time looked back on; people are counted once.

    `missed` are people who could not find it or did not know it. `late_*` are uses and ratings after it was replaced,
    retired or expired. `weeks` are its uses in each of the last weeks, the newest last; `rating_squares` is the sum of
    the squares of the ratings, `replied` counts what has an answer.
    """

    version_id: int
    said: int = 0
    people: int = 0
    regions: int = 0
    uses: int = 0
    users: int = 0
    opened_only: int = 0
    could_not_find: int = 0
    did_not_know: int = 0
    not_for_my_accounts: int = 0
    missed: int = 0
    outdated: int = 0
    helped: int = 0
    no_effect: int = 0
    hurt: int = 0
    ratings: int = 0
    rating_sum: int = 0
    rating_squares: int = 0
    replied: int = 0
    late_uses: int = 0
    late_people: int = 0
    late_hurt: int = 0
    late_ratings: int = 0
    late_rating_sum: int = 0
    late_rating_squares: int = 0
    weeks: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        """The mean rating, None if nobody rated it."""
        return self.rating_sum / self.ratings if self.ratings else None


@dataclass(frozen=True)
class RegionTally:
    """The ratings of one asset version in one region; `squares` is the sum of their squares."""

    version_id: int
    region: str
    people: int
    ratings: int
    rating_sum: int
    squares: int
    helped: int = 0
    hurt: int = 0

    @property
    def mean(self) -> float:
        """The mean rating."""
        return self.rating_sum / self.ratings


@dataclass(frozen=True)
class PeriodNumbers:
    """What happened in a period: pieces of feedback, people, uses; how many await an answer by right (`asked`) and how
    many of those have one; answers that were given (`replies`), those by the reader (`own_replies`); texts on hold."""

    said: int = 0
    people: int = 0
    uses: int = 0
    asked: int = 0
    answered: int = 0
    held: int = 0
    replies: int = 0
    own_replies: int = 0
    ratings: int = 0
    rating_sum: int = 0


@dataclass(frozen=True)
class Waiting:
    """Somebody who has waited for the reader's first reply since `at`; it is due at `due_at`."""

    feedback_id: int
    version_id: int
    name: str
    region: str
    words: str
    at: datetime
    due_at: datetime
