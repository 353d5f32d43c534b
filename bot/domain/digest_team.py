"""The manager's digest: what their own people said, in numbers of five and more, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.digest_findings import Finding
from bot.domain.digest_loops import NewVersion, find_new_versions
from bot.domain.digest_numbers import PeriodNumbers, Subject, Tally
from bot.domain.digest_period import Period
from bot.domain.pulse_finding import OwnPulse, PulseFinding

FEWEST = 5  # people who must have spoken before their numbers are shown


@dataclass(frozen=True)
class TeamCounted:
    """Everything the tables tell of one manager's people, the manager left out.

    `before` is the time just before the period, `quarter` the time looked back on; `pulses` closed in the period and
    are the manager's own, as are those that are `open` or whose outcome nobody has heard.
    """

    size: int
    subjects: dict[int, Subject]
    tallies: dict[int, Tally]
    this: PeriodNumbers
    before: PeriodNumbers
    quarter: PeriodNumbers
    pulses: list[PulseFinding] = field(default_factory=list)
    own: list[OwnPulse] = field(default_factory=list)


@dataclass(frozen=True)
class TeamDigest:
    """What one manager reads. Numbers are None where fewer than five of their people spoke, `hidden` counts the assets
    of which that is so; `spoke` says whether anybody did."""

    period: Period
    now: datetime
    group: str
    size: int
    spoke: bool
    this: PeriodNumbers | None
    before: PeriodNumbers | None
    quarter: PeriodNumbers | None
    assets: list[Finding] = field(default_factory=list)
    new_versions: list[NewVersion] = field(default_factory=list)
    pulses: list[PulseFinding] = field(default_factory=list)
    unsaid: list[OwnPulse] = field(default_factory=list)
    open: list[OwnPulse] = field(default_factory=list)
    hidden: int = 0

    @property
    def has_news(self) -> bool:
        """Whether there is anything to tell without being asked: something new, or something that the manager owes."""
        return bool((self.spoke and self.quarter) or self.pulses or self.unsaid)


def build_team(counted: TeamCounted, *, group: str, period: Period, now: datetime) -> TeamDigest:
    """Decide what one manager reads about a period. A manager may know their people by name, but feedback promises the
    writer that names go to the asset's owner alone: so five people it is, as for everybody else."""
    shown = {key: one for key, one in counted.tallies.items() if one.people >= FEWEST and key in counted.subjects}
    assets = [Finding("own", counted.subjects[key], one) for key, one in shown.items()]
    return TeamDigest(
        period=period,
        now=now,
        group=group,
        size=counted.size,
        spoke=counted.this.said > 0,
        this=_shown(counted.this),
        before=_shown(counted.before),
        quarter=_shown(counted.quarter),
        assets=sorted(assets, key=lambda one: (-one.tally.people, -one.tally.said, one.subject.version_id)),
        new_versions=find_new_versions(counted.subjects, shown, period),
        pulses=counted.pulses,
        unsaid=[one for one in counted.own if one.closes_at is None],
        open=[one for one in counted.own if one.closes_at is not None],
        hidden=sum(key in counted.subjects for key in counted.tallies) - len(shown),
    )


def _shown(numbers: PeriodNumbers) -> PeriodNumbers | None:
    return numbers if numbers.people >= FEWEST else None
