"""The few quotes of a digest: verbatim, from different people and assets, one of them against the grain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest_numbers import PeriodNumbers, Subject, Tally

MOST = 3  # one of them against the grain
SHORTEST, LONGEST = 25, 240  # characters of a quote that says something and fits without a cut
GRAIN = 1.5  # points between a rating and what most say
RATED = 5  # ratings that make a grain


@dataclass(frozen=True)
class Candidate:
    """Words that may be quoted: not held, not taken back. `link` leads to their message if everybody may open it."""

    feedback_id: int
    version_id: int | None
    user_id: str
    name: str
    region: str
    rating: int | None
    words: str
    link: str
    at: datetime


@dataclass(frozen=True)
class Quote:
    """One quote. `name` and `region` are empty for everybody but the asset's owner. `grain` is the mean rating that it
    goes against, None if it does not."""

    feedback_id: int
    subject: Subject | None
    words: str
    link: str
    rating: int | None
    name: str = ""
    region: str = ""
    grain: float | None = None


def choose_quotes(
    candidates: list[Candidate],
    subjects: dict[int, Subject],
    shown: dict[int, Tally],
    numbers: PeriodNumbers,
    *,
    reader_id: str,
) -> list[Quote]:
    """Up to three quotes: the reader's own assets first, readable ones before very short and very long ones, each of
    another person and asset; the last one is the one that contradicts most what most say, if one does."""
    open_to = [one for one in candidates if one.user_id != reader_id and one.words.strip()]

    def is_mine(one: Candidate) -> bool:
        return _owner(one, subjects) == reader_id

    against = [(gap, one) for one in open_to if (gap := _against(one, shown, numbers)) is not None]
    contrary = max(against, key=lambda pair: (_fits(pair[1]), is_mine(pair[1]), pair[0][0], pair[1].at), default=None)
    ranked = sorted(open_to, key=lambda one: (not _fits(one), -one.at.timestamp(), one.feedback_id))
    if contrary is not None:
        ranked = [one for one in ranked if one.user_id != contrary[1].user_id]
    readable, room = [one for one in ranked if _fits(one)], MOST - (contrary is not None)
    # Half of the places are for the reader's own assets, the others for what moves the rest of the house.
    picked = _add([], [one for one in readable if is_mine(one)], MOST // 2)
    picked = _add(picked, [one for one in readable if not is_mine(one)], room)
    picked = _add(picked, ranked, room)
    quotes = [_quote(one, subjects, reader_id) for one in picked]
    if contrary is not None:
        quotes.append(_quote(contrary[1], subjects, reader_id, grain=contrary[0][1]))
    return quotes


def _add(picked: list[Candidate], more: list[Candidate], places: int) -> list[Candidate]:
    """Those picked and, up to so many, those of `more` by another person about another asset."""
    picked = list(picked)
    for one in more:
        is_new = all(one.user_id != other.user_id and one.version_id != other.version_id for other in picked)
        if len(picked) < places and is_new:
            picked.append(one)
    return picked


def _fits(one: Candidate) -> bool:
    return SHORTEST <= len(one.words) <= LONGEST


def _owner(one: Candidate, subjects: dict[int, Subject]) -> str:
    subject = subjects.get(one.version_id or 0)
    return subject.owner_id if subject else ""


def _against(one: Candidate, shown: dict[int, Tally], numbers: PeriodNumbers) -> tuple[float, float] | None:
    """How far a rating is from what most say, and what that is; None if it is not far, or there is no grain.

    What most say is the mean of the asset; of an asset that few have rated, the mean of the period.
    """
    tally = shown.get(one.version_id or 0)
    ratings, total = (tally.ratings, tally.rating_sum) if tally else (0, 0)
    if ratings < RATED:
        ratings, total = numbers.ratings, numbers.rating_sum
    if one.rating is None or ratings < RATED:
        return None
    gap = abs(one.rating - total / ratings)
    return (gap, total / ratings) if gap >= GRAIN else None


def _quote(one: Candidate, subjects: dict[int, Subject], reader_id: str, grain: float | None = None) -> Quote:
    is_owner = bool(reader_id) and _owner(one, subjects) == reader_id
    return Quote(
        feedback_id=one.feedback_id,
        subject=subjects.get(one.version_id or 0),
        words=one.words,
        link=one.link,
        rating=one.rating,
        name=one.name if is_owner else "",
        region=one.region if is_owner else "",
        grain=grain,
    )
