"""The rep's digest: what became of what they said, and what their colleagues use with success."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.digest_findings import Finding, verdict
from bot.domain.digest_loops import NewVersion, find_new_versions
from bot.domain.digest_numbers import Subject, Tally
from bot.domain.digest_period import Period, day_of

FEWEST = 5  # colleagues who must have spoken of an asset
WORKED, HITS = 3, 1  # assets that are told as working for colleagues, and new versions as liked better


@dataclass(frozen=True)
class Answered:
    """An answer to something that the rep `said` (empty while that is held): about what, by whom, in which words."""

    feedback_id: int
    title: str
    by: str
    words: str
    said: str


@dataclass(frozen=True)
class Renewed:
    """A new version of an asset of which the rep had spoken."""

    version_id: int
    title: str
    version: str
    spoken_of: str


@dataclass(frozen=True)
class Done:
    """What was done with a pulse to which the rep was invited."""

    question: str
    asker: str
    outcome: str


@dataclass(frozen=True)
class Colleagues:
    """What is the same for all reps: answers that went back to the whole field and to how many people, what works for
    colleagues, and new versions that answered what was said."""

    replies: int = 0
    people: int = 0
    worked: list[Finding] = field(default_factory=list)
    hits: list[NewVersion] = field(default_factory=list)


@dataclass(frozen=True)
class RepDigest:
    """What one rep reads; `answers` are the newest, `answers_total` how many there are, `said` how much they said."""

    period: Period
    now: datetime
    said: int = 0
    answers: list[Answered] = field(default_factory=list)
    answers_total: int = 0
    renewed: list[Renewed] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    colleagues: Colleagues = Colleagues()

    @property
    def today(self) -> date:
        """The day that it is where the reader is."""
        return day_of(self.now, self.period.tz)

    @property
    def has_news(self) -> bool:
        """Whether there is anything that concerns this rep: only then it comes by itself."""
        return bool(self.answers_total or self.renewed or self.done)


def find_worked(subjects: dict[int, Subject], tallies: dict[int, Tally], today: date) -> list[Finding]:
    """The assets in use that helped colleagues, the most people first: the good news is published, verdicts are not."""
    found = []
    for key, tally in tallies.items():
        subject = subjects.get(key)
        if subject is None or subject.ended_at or (subject.expires_on and subject.expires_on < today):
            continue
        if verdict(tally, fewest=FEWEST) == "worked":
            found.append(Finding("worked", subject, tally))
    return sorted(found, key=lambda one: (-one.tally.users, -one.tally.uses, one.subject.version_id))


def find_hits(subjects: dict[int, Subject], tallies: dict[int, Tally], period: Period) -> list[NewVersion]:
    """The new versions that five people and more like clearly better than the one before."""
    shown = {key: one for key, one in tallies.items() if one.people >= FEWEST}
    return [one for one in find_new_versions(subjects, shown, period) if one.verdict == "hit"]
