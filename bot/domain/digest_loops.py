"""Loops that were closed, and whether they hit: a new version held against the one that it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from bot.domain.digest_numbers import Subject, Tally
from bot.domain.digest_period import Period

FEWEST_RATINGS = 3  # of each version, before anything is said of their difference
CLEAR_GAP = 1.0  # points between the two means
LEAST_VARIANCE = 0.25  # of ratings: three times the same one is no certainty
VERDICTS = ("hit", "worse", "early", "same")


@dataclass(frozen=True)
class NewVersion:
    """A version that was released lately, the one that it replaced, and what became of it: one of `VERDICTS`.

    `old_tally` has the ratings from before it was replaced: who rates an old sheet low may do so because it is old.
    "early" says that one of the two has too few ratings, "same" that no difference is clear yet.
    """

    subject: Subject
    tally: Tally
    old: Subject
    old_tally: Tally
    verdict: str


def find_new_versions(subjects: dict[int, Subject], shown: dict[int, Tally], period: Period) -> list[NewVersion]:
    """The versions of the time looked back on that have been rated, with what they replaced, the clearest first.

    `shown` are the tallies that may be spoken of.
    """
    start, found = period.looked_back().start, []
    for key, tally in shown.items():
        subject = subjects.get(key)
        if subject is None or subject.released_at is None or not start <= subject.released_at < period.end:
            continue
        old, old_tally = subjects.get(subject.replaces), _timely(shown.get(subject.replaces))
        if old is not None and old_tally is not None and tally.ratings and old_tally.ratings:
            found.append(NewVersion(subject, tally, old, old_tally, _verdict(tally, old_tally)))
    order = VERDICTS.index
    return sorted(found, key=lambda one: (order(one.verdict), -one.tally.ratings, one.subject.version_id))


def _timely(old: Tally | None) -> Tally | None:
    return old and replace(
        old,
        ratings=old.ratings - old.late_ratings,
        rating_sum=old.rating_sum - old.late_rating_sum,
        rating_squares=old.rating_squares - old.late_rating_squares,
    )


def _verdict(new: Tally, old: Tally) -> str:
    """Whether the means of two versions differ by a point, and by more than twice the standard error of the difference
    (Welch: sqrt(s1²/n1 + s2²/n2))."""
    if min(new.ratings, old.ratings) < FEWEST_RATINGS or new.mean is None or old.mean is None:
        return "early"
    gap = new.mean - old.mean
    if abs(gap) < CLEAR_GAP or abs(gap) <= 2 * sqrt(_variance(new) / new.ratings + _variance(old) / old.ratings):
        return "same"
    return "hit" if gap > 0 else "worse"


def _variance(one: Tally) -> float:
    spread = (one.rating_squares - one.rating_sum**2 / one.ratings) / max(1, one.ratings - 1)
    return max(LEAST_VARIANCE, spread)
