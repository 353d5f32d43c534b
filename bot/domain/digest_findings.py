"""What a digest says of assets: worked, used by nobody, not found, outdated, unspoken of; on the move; disagreed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from math import sqrt

from bot.domain.digest_numbers import RegionTally, Subject, Tally
from bot.domain.digest_period import Period

KINDS = ("worked", "unused", "not_found", "outdated", "silent")
SILENT_AFTER = timedelta(days=14)  # since release
UNUSED_SHARE = 0.2  # P4's goal: an asset that fewer use is left in the drawer
FEWEST_HELPED = 3
GOOD_MEAN = 3.5
MISSED = OUTDATED = 2  # people
SPLIT_RATINGS = 5  # on each side
SPLIT_GAP = 1.5  # points between two regions' means
LEAST_VARIANCE = 0.25  # of ratings: five times the same one is no certainty
MOVED = 6  # uses in three weeks
WEEKS = 6  # that a movement is read from


@dataclass(frozen=True)
class Finding:
    """One thing that the numbers say about an asset version. `kind` is one of `KINDS`, "own", "rising" or "falling"."""

    kind: str
    subject: Subject
    tally: Tally


@dataclass(frozen=True)
class Split:
    """Two regions that do not agree about an asset version, the one that rates it higher first.

    `why` names the themes of what the other one writes about it.
    """

    subject: Subject
    tally: Tally
    high: RegionTally
    low: RegionTally
    why: tuple[str, ...] = ()


def find_all(
    subjects: dict[int, Subject], every: dict[int, Tally], shown: dict[int, Tally], period: Period, *, fewest: int
) -> list[Finding]:
    """What is worth saying of each asset version, the most review days at stake first; `shown` may be spoken of."""
    found = []
    for key, tally in shown.items():
        kind = verdict(tally, fewest=fewest) if key in subjects else ""
        if kind == "worked" or (kind and _is_in_use(subjects[key], period)):  # who should find what has ended?
            found.append(Finding(kind, subjects[key], tally))
        if key in subjects and is_outdated(tally):
            found.append(Finding("outdated", subjects[key], tally))
    for key, subject in subjects.items():
        if key not in every and is_silent(subject, period):
            found.append(Finding("silent", subject, Tally(key)))
    return sorted(found, key=_stake)


def verdict(tally: Tally, *, fewest: int) -> str:
    """What became of an asset: "worked", "unused", "not_found", or "" where nothing clear can be said.

    `fewest` people must have spoken. Unused: under a fifth of them used it with a customer. Not found: a fifth of them,
    and two at least, could not find it or did not know it. Worked: it helped three times and in half of all outcomes,
    three times as often as it hurt, and is not rated under 3.5.
    """
    outcomes = tally.helped + tally.no_effect + tally.hurt
    if tally.people < fewest:
        return ""
    answered = tally.uses + tally.opened_only + tally.could_not_find + tally.did_not_know + tally.not_for_my_accounts
    if answered >= fewest and tally.users < UNUSED_SHARE * tally.people:
        return "unused"
    if tally.missed >= max(MISSED, UNUSED_SHARE * tally.people):
        return "not_found"
    is_liked = tally.mean is None or tally.mean >= GOOD_MEAN
    is_helping = tally.helped >= FEWEST_HELPED and 2 * tally.helped >= outcomes and tally.helped >= 3 * tally.hurt
    return "worked" if is_helping and is_liked else ""


def is_outdated(tally: Tally) -> bool:
    """Whether two and more people still use it though it is no longer to be used, or call it outdated."""
    return tally.late_people >= OUTDATED or tally.outdated >= OUTDATED


def is_silent(subject: Subject, period: Period) -> bool:
    """Whether it is in use and has been out for a fortnight (that nobody spoke of it is for the caller to know)."""
    if subject.released_at is None or not _is_in_use(subject, period):
        return False
    return subject.released_at <= period.end - SILENT_AFTER


def find_movers(subjects: dict[int, Subject], shown: dict[int, Tally], *, fewest: int) -> list[Finding]:
    """Assets that are used at least twice as often in the last three weeks as in the three before, or half as often.

    Six uses in the busier three weeks are the least, and the last week must not turn back.
    """
    found = []
    for key, tally in shown.items():
        if key not in subjects or tally.people < fewest or len(tally.weeks) < WEEKS:
            continue
        earlier, recent = sum(tally.weeks[-6:-3]), sum(tally.weeks[-3:])
        last, previous = tally.weeks[-1], tally.weeks[-2]
        if recent >= MOVED and recent >= 2 * earlier and last >= previous:
            found.append(Finding("rising", subjects[key], tally))
        elif earlier >= MOVED and earlier >= 2 * recent and last <= previous and not subjects[key].ended_at:
            found.append(Finding("falling", subjects[key], tally))
    return sorted(found, key=lambda one: (one.kind != "rising", -sum(one.tally.weeks[-3:]), one.subject.version_id))


def find_splits(
    regions: list[RegionTally],
    subjects: dict[int, Subject],
    shown: dict[int, Tally],
    mine: set[int],
    *,
    fewest: int,
) -> tuple[list[Split], int]:
    """Assets about which two regions disagree, and how many disagreements are hidden for want of people.

    The means of two regions with five ratings each differ by 1.5 points and by more than twice the standard error of
    the difference (Welch: sqrt(s1²/n1 + s2²/n2)). For other people's assets each region needs `fewest` people.
    """
    by_asset: dict[int, list[RegionTally]] = {}
    for one in regions:
        if one.version_id in shown and one.version_id in subjects and one.region and one.ratings >= SPLIT_RATINGS:
            by_asset.setdefault(one.version_id, []).append(one)
    found, hidden = [], 0
    for key, told in by_asset.items():
        pairs = [sorted(pair, key=lambda one: -one.mean) for pair in combinations(told, 2)]
        pairs = [pair for pair in pairs if _disagree(*pair)]
        open_pairs = [pair for pair in pairs if key in mine or min(one.people for one in pair) >= fewest]
        hidden += bool(pairs) and not open_pairs
        if open_pairs:
            high, low = max(open_pairs, key=lambda pair: pair[0].mean - pair[1].mean)
            found.append(Split(subjects[key], shown[key], high, low))
    return sorted(found, key=lambda one: (-(one.subject.review_days or 0), one.subject.version_id)), hidden


def _disagree(high: RegionTally, low: RegionTally) -> bool:
    gap = high.mean - low.mean
    return gap >= SPLIT_GAP and gap > 2 * sqrt(_variance(high) / high.ratings + _variance(low) / low.ratings)


def _variance(one: RegionTally) -> float:
    spread = (one.squares - one.rating_sum**2 / one.ratings) / max(1, one.ratings - 1)
    return max(LEAST_VARIANCE, spread)


def _is_in_use(subject: Subject, period: Period) -> bool:
    """Whether it was still to be used at the end of a period."""
    is_expired = subject.expires_on is not None and subject.expires_on < period.last
    return not is_expired and (subject.ended_at is None or subject.ended_at > period.end)


def _stake(found: Finding) -> tuple[int, int, int, int]:
    days = found.subject.review_days or 0
    return KINDS.index(found.kind), -days, -found.tally.people, found.subject.version_id
