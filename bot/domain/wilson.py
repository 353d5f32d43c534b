"""Wilson's interval: what a share among a few answers says about all, and how many answers a wanted interval needs."""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist


@dataclass(frozen=True)
class Interval:
    """A share from 0 to 1: `point` among those who answered, and between `low` and `high` among all."""

    low: float
    point: float
    high: float


def wilson(hits: int, of: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval, two-sided, for `hits` of `of` answers; of no answers it is everything.

        centre = (p + z²/2n) / (1 + z²/n),  half-width = z / (1 + z²/n) · sqrt(p(1 - p)/n + z²/4n²)

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212. L. D. Brown, T. T. Cai and A. DasGupta, "Interval estimation
    for a binomial proportion", Statistical Science 16 (2001), 101-133, recommend it for few answers, where the
    textbook interval p ± z·sqrt(p(1 - p)/n) has no width at 0 of n.

    Raises:
        ValueError: there are more hits than answers, or fewer than none; a confidence is not between 0 and 1.
    """
    if not 0 <= hits <= of:
        raise ValueError("hits are a number from 0 to all answers")
    z = _z(confidence)
    if not of:
        return Interval(0.0, 0.0, 1.0)
    share, z2 = hits / of, z * z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    # At 0 and at all of n a bound is exactly there; floating point would leave it a hair away.
    return Interval(
        low=0.0 if hits == 0 else max(0.0, centre - half),
        point=share,
        high=1.0 if hits == of else min(1.0, centre + half),
    )


def answers_needed(half_width: float, *, population: int, confidence: float = 0.95) -> int:
    """How many answers make an interval at most about `half_width` wide on each side, whatever the share; never more
    than `population`.

        n0 = z² · 0.25 / half-width²,  n = n0 / (1 + (n0 - 1)/N)

    Source: W. G. Cochran, "Sampling Techniques", 3rd edition (1977), sections 4.4 and 4.5: the share that needs most
    answers is one half, and a finite population N needs fewer.

    Raises:
        ValueError: the width or the confidence is not between 0 and 1, or the population is negative.
    """
    if not 0 < half_width < 1 or population < 0:
        raise ValueError("a half-width is between 0 and 1, a population not negative")
    if not population:
        return 0
    first = _z(confidence) ** 2 * 0.25 / half_width**2
    return min(population, ceil(first / (1 + (first - 1) / population)))


def fewest_to_exclude(share: float, *, confidence: float = 0.95) -> int:
    """How many answers it takes, none of them a hit, until the interval lies under `share`.

    From Wilson's upper bound at 0 of n, z²/(n + z²).

    Raises:
        ValueError: the share or the confidence is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError("a share is between 0 and 1 here")
    z2 = _z(confidence) ** 2
    least = z2 * (1 - share) / share
    return int(least) + 1


def _z(confidence: float) -> float:
    """So many standard deviations lie on each side of the middle; NormalDist raises for what is no confidence."""
    if not 0 < confidence < 1:
        raise ValueError("a confidence is between 0 and 1")
    return NormalDist().inv_cdf(0.5 + confidence / 2)
