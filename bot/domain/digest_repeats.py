"""What repeats: themes of what people say and of what they need, by how many they are, and whether they become more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest_spread import find_shared
from bot.domain.digest_voices import FEW, Heard, Voice, count_people, newest, people_by_region
from bot.domain.pulse_theme import OTHERS, Theme
from bot.domain.theme_list import Described, find_named

NEW = RISING = 3  # people in the period, the fewest that make a theme new or rising
TIMES = 2  # as often as before, in proportion to all that was written
MOSTLY = 0.6  # of those who speak of a theme are in one region,
USUALLY = 0.4  # and fewer of all who speak


@dataclass(frozen=True)
class Repeat:
    """A theme and who wrote of it, in the time looked back on (`people`) and in the period itself (`now`).

    `regions` are those of five people and more, with their number, the most first, and `places` is the number of all.
    `trend` is "new", "rising" or empty; `mostly` names the region of most of them, if it is not everybody's anyway.
    `questions` and `hurt` count texts; `latest` is the newest one.
    """

    name: str
    line: str
    people: int
    now: int
    regions: tuple[tuple[str, int], ...]
    places: int
    trend: str
    mostly: str
    questions: int
    hurt: int
    latest: Voice


@dataclass(frozen=True)
class HeardThemes:
    """The themes of questions and objections, and of what was needed; their places are those of `Heard`'s lists."""

    said: Sequence[Theme] = ()
    needs: Sequence[Theme] = ()


def themes_of(heard: Heard, described: tuple[Described, ...]) -> HeardThemes:
    """The themes that the texts name in so many words: whoever reads a count can look the words up.

    Needs that name none are put together by the words that five people share.
    """
    known = tuple(one for one in described if not one.praise)
    said = find_named([one.words for one in heard.objections], known)
    needs = find_named([one.words for one in heard.needs], known)
    named = {place for theme in needs for place in theme.places}
    left = [one for place, one in enumerate(heard.needs) if place not in named]
    places = {id(one): place for place, one in enumerate(heard.needs)}
    shared = [
        Theme(", ".join(words), "", tuple(places[id(one)] for one in voices))
        for words, voices in find_shared(left, heard.said)
    ]
    return HeardThemes(said, [*needs, *shared])


def find_repeats(
    voices: Sequence[Voice], themes: Sequence[Theme], *, start: datetime, fewest: int = FEW
) -> tuple[list[Repeat], int]:
    """The themes of `voices` that `fewest` people and more wrote of, the broadest first, and how many are hidden.

    The period begins at `start`; what was written earlier is what it is compared with. Breadth is people, then regions.
    A theme whose words nobody repeated in the period is left out.
    """
    found, hidden = list[Repeat](), 0
    for theme in themes:
        told = [voices[place] for place in theme.places if place < len(voices)]
        now = [one for one in told if one.at >= start]
        if theme.name == OTHERS or not now:
            continue
        if count_people(told) < fewest:
            hidden += 1
            continue
        found.append(_repeat(theme, told, now, voices, start))
    return sorted(found, key=lambda one: (-one.people, -one.places, one.name)), hidden


def themes_about(
    voices: Sequence[Voice], themes: Sequence[Theme], *, version_id: int, region: str, fewest: int
) -> tuple[str, ...]:
    """The themes that `fewest` people of a region and more write of when they write about an asset version."""
    people = {
        theme.name: count_people(
            one
            for one in (voices[place] for place in theme.places)
            if one.version_id == version_id and one.region == region
        )
        for theme in themes
    }
    told = [name for name in people if people[name] >= fewest]
    return tuple(sorted(told, key=lambda name: (-people[name], name)))


def _repeat(
    theme: Theme, told: Sequence[Voice], now: Sequence[Voice], voices: Sequence[Voice], start: datetime
) -> Repeat:
    latest, regions = newest(now), people_by_region(told)
    assert latest is not None
    return Repeat(
        name=theme.name,
        line=theme.line,
        people=count_people(told),
        now=count_people(now),
        regions=tuple((region, people) for region, people in regions if people >= FEW),
        places=len(regions),
        trend=_trend(told, now, voices, start),
        mostly=_mostly(told, voices),
        questions=sum(one.is_question for one in told),
        hurt=sum(one.outcome == "hurt" for one in told),
        latest=latest,
    )


def _trend(told: Sequence[Voice], now: Sequence[Voice], voices: Sequence[Voice], start: datetime) -> str:
    """Whether it is new or rises, in proportion to all that was written: a busy week raises no theme."""
    all_now = sum(one.at >= start for one in voices)
    all_before, before = len(voices) - all_now, len(told) - len(now)
    if not all_before:
        return ""
    if not before:
        return "new" if count_people(now) >= NEW else ""
    is_more = len(now) * all_before >= TIMES * before * all_now
    return "rising" if is_more and count_people(now) >= RISING else ""


def _mostly(told: Sequence[Voice], voices: Sequence[Voice]) -> str:
    regions, everybody = people_by_region(told), dict(people_by_region(voices))
    if not regions:
        return ""
    region, people = regions[0]
    is_theirs = people >= FEW and people >= MOSTLY * count_people(told)
    return region if is_theirs and everybody[region] < USUALLY * count_people(voices) else ""
