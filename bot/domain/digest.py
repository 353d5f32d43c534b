"""The digest as it is thought: from counted numbers and candidate quotes to what one marketer reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.digest_findings import Finding, Split, find_all, find_movers, find_splits
from bot.domain.digest_loops import NewVersion, find_new_versions
from bot.domain.digest_numbers import PeriodNumbers, RegionTally, Subject, Tally, Waiting
from bot.domain.digest_period import Period, day_of
from bot.domain.digest_quotes import Candidate, Quote, choose_quotes
from bot.domain.digest_repeats import HeardThemes, Repeat, find_repeats, themes_about
from bot.domain.digest_searches import Search
from bot.domain.digest_spread import AskedAgain, Spread, find_asked_again, find_spreads
from bot.domain.digest_voices import Heard
from bot.domain.filed_away import FILED_AWAY, VERDICTS, CheckFinding
from bot.domain.pulse_finding import PulseFinding
from bot.domain.thread import Told

OWNERS = 2  # people who write of the same before the owner of an asset hears of it as a theme
FEWEST = 5  # people who must have spoken before numbers of other people's assets are shown
NEEDS = 3  # things that need the reader
EXPIRES_SOON = timedelta(days=30)
SPREAD_WEEKS = 2  # at least that are looked at for words that spread: what began last week may go on
MOST_WEEKS = 13


@dataclass(frozen=True)
class Counted:
    """Everything the tables tell about a period, for one reader."""

    subjects: dict[int, Subject]
    tallies: dict[int, Tally]
    regions: list[RegionTally]
    this: PeriodNumbers
    before: PeriodNumbers
    waiting: list[Waiting]
    waiting_total: int
    candidates: list[Candidate]
    checks: list[CheckFinding] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    threads: list[Told] = field(default_factory=list)  # the newest of those that were sent to marketing
    threads_total: int = 0
    pulses: list[PulseFinding] = field(default_factory=list)
    outcomes: list[PulseFinding] = field(default_factory=list)  # of earlier pulses, told in the period
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True)
class Need:
    """One thing that needs the reader: somebody who waits, or an asset of theirs that expires."""

    subject: Subject
    waiting: Waiting | None = None
    tally: Tally | None = None


@dataclass(frozen=True)
class Checked:
    """One asset version and the verdict of its filed-away check."""

    subject: Subject
    check: CheckFinding


@dataclass(frozen=True)
class Again:
    """One asset version of the reader's and what they are asked of it again and again."""

    subject: Subject
    asked: AskedAgain


@dataclass(frozen=True)
class Digest:
    """One reader's digest. `findings` and `splits` are all there are, the most review days first; `own` are the
    reader's assets of which anything was said. `hidden` counts the groups of fewer than five people left out, `read` of
    `total` items were looked at for what repeats, and `dropped` claims of threads were not proven."""

    period: Period
    now: datetime
    this: PeriodNumbers
    before: PeriodNumbers
    needs: list[Need] = field(default_factory=list)
    waiting: list[Need] = field(default_factory=list)
    waiting_total: int = 0
    movers: list[Finding] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    expiring: list[Need] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    threads: list[Told] = field(default_factory=list)
    threads_total: int = 0
    pulses: list[PulseFinding] = field(default_factory=list)
    own: list[Finding] = field(default_factory=list)
    pictured: list[Finding] = field(default_factory=list)  # what can be compared by its use, the most review days first
    spreads: list[Spread] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    wanted: list[Repeat] = field(default_factory=list)
    new_versions: list[NewVersion] = field(default_factory=list)
    outcomes: list[PulseFinding] = field(default_factory=list)
    read: int = 0
    total: int = 0
    dropped: int = 0
    hidden: int = 0

    @property
    def today(self) -> date:
        """The day that it is where the reader is."""
        return day_of(self.now, self.period.tz)


def build_digest(
    counted: Counted, *, reader_id: str, period: Period, now: datetime, themes: HeardThemes | None = None
) -> Digest:
    """Decide what one marketer reads about a period. Numbers of other people's assets need five people (`FEWEST`).

    `themes` are those of what was heard; finding them takes a while, so whoever calls does it outside a transaction.
    """
    mine = {key for key, subject in counted.subjects.items() if subject.owner_id == reader_id}
    shown = {key: one for key, one in counted.tallies.items() if key in mine or one.people >= FEWEST}
    splits, hidden_regions = find_splits(counted.regions, counted.subjects, shown, mine, fewest=FEWEST)
    expiring = [
        Need(one, tally=shown.get(one.version_id, Tally(one.version_id) if one.version_id in mine else None))
        for one in _expiring(counted.subjects, day_of(now, period.tz))
    ]
    own_expiring = [need for need in expiring if need.subject.version_id in mine]
    waiting = [Need(counted.subjects[one.version_id], waiting=one) for one in counted.waiting]
    needs = _needs(waiting, own_expiring, now)
    again = [Again(counted.subjects[one.version_id], one) for one in find_asked_again(counted.heard.said, mine)]
    # What somebody who waits has said stands beside the button already, and is not quoted once more.
    repeated = {need.waiting.feedback_id for need in needs if need.waiting}
    repeated |= {one.asked.latest.feedback_id for one in again}
    candidates = [one for one in counted.candidates if one.feedback_id not in repeated]
    checked = _checked(counted, mine)
    in_needs = {need.subject.version_id for need in needs if need.waiting is None}
    said, wanted, hidden_themes = _repeats(counted.heard, themes or HeardThemes(), period)
    return Digest(
        period=period,
        now=now,
        this=counted.this,
        before=counted.before,
        needs=needs,
        waiting=[need for need in waiting if need not in needs],
        waiting_total=counted.waiting_total,
        movers=find_movers(counted.subjects, shown, fewest=FEWEST),
        findings=_findings(counted, shown, period, checked),
        splits=[
            _explained(one, counted.heard, themes or HeardThemes(), one.subject.version_id in mine) for one in splits
        ],
        quotes=choose_quotes(candidates, counted.subjects, shown, counted.this, reader_id=reader_id),
        expiring=[need for need in expiring if need.subject.version_id not in in_needs],
        searches=counted.searches,
        checked=checked,
        threads=counted.threads,
        threads_total=counted.threads_total,
        pulses=counted.pulses,
        own=[Finding("own", counted.subjects[key], shown[key]) for key in sorted(mine & set(shown))],
        pictured=_pictured(counted.subjects, shown),
        spreads=find_spreads(counted.heard.said, end=period.end, weeks=_weeks(period)),
        again=again,
        repeats=said,
        wanted=wanted,
        new_versions=find_new_versions(counted.subjects, shown, period),
        outcomes=counted.outcomes,
        read=counted.heard.read,
        total=counted.heard.total,
        dropped=sum(one.summary.dropped for one in counted.threads if one.summary),
        hidden=len(counted.tallies) - len(shown) + hidden_regions + hidden_themes + len(counted.checks) - len(checked),
    )


def _findings(counted: Counted, shown: dict[int, Tally], period: Period, checked: list[Checked]) -> list[Finding]:
    """What is worth saying; what a check has found rests on the same answers, and is not said twice."""
    found = find_all(counted.subjects, counted.tallies, shown, period, fewest=FEWEST)
    filed_away = {one.subject.version_id for one in checked if one.check.verdict == FILED_AWAY}
    return [one for one in found if one.kind != "unused" or one.subject.version_id not in filed_away]


def _explained(split: Split, heard: Heard, themes: HeardThemes, is_mine: bool) -> Split:
    """With what the region that likes it less writes of; others than the owner hear that of five people only."""
    why = themes_about(
        heard.objections,
        themes.said,
        version_id=split.subject.version_id,
        region=split.low.region,
        fewest=OWNERS if is_mine else FEWEST,
    )
    return replace(split, why=why)


def _pictured(subjects: dict[int, Subject], shown: dict[int, Tally]) -> list[Finding]:
    found = [
        Finding("own", subjects[key], tally)
        for key, tally in shown.items()
        if key in subjects and not subjects[key].ended_at and tally.people >= FEWEST
    ]
    return sorted(found, key=lambda one: (-(one.subject.review_days or 0), one.subject.version_id))


def _repeats(heard: Heard, themes: HeardThemes, period: Period) -> tuple[list[Repeat], list[Repeat], int]:
    """What is said and what is needed again and again, and how many such themes are hidden."""
    said, hidden = find_repeats(heard.objections, themes.said, start=period.start)
    wanted, more = find_repeats(heard.needs, themes.needs, start=period.start)
    return said, wanted, hidden + more


def _weeks(period: Period) -> int:
    return min(MOST_WEEKS, max(SPREAD_WEEKS, period.days // 7))


def _checked(counted: Counted, mine: set[int]) -> list[Checked]:
    """The verdicts that may be shown, what is filed away first and then by review days."""
    found = [
        Checked(counted.subjects[one.version_id], one)
        for one in counted.checks
        if one.version_id in counted.subjects and (one.version_id in mine or one.uses.answers >= FEWEST)
    ]
    order = VERDICTS.index
    return sorted(
        found, key=lambda one: (order(one.check.verdict), -(one.subject.review_days or 0), one.subject.version_id)
    )


def _needs(waiting: list[Need], expiring: list[Need], now: datetime) -> list[Need]:
    """At most `NEEDS`: who waits longest past the day it was due, then what expires, then who waits still in time.

    One place is kept for an asset that expires: who is owed many replies must hear of it too.
    """
    overdue = [need for need in waiting if need.waiting and need.waiting.due_at <= now]
    rest = [need for need in waiting if need not in overdue]
    kept = NEEDS - min(1, len(expiring))
    first = overdue[:kept]
    return [*first, *expiring[: NEEDS - len(first)], *rest][:NEEDS]


def _expiring(subjects: dict[int, Subject], today: date) -> list[Subject]:
    """What is in use and expires soon, or has expired lately with nothing in its place; the next to expire first."""
    found = [
        one
        for one in subjects.values()
        if one.released_at and one.ended_at is None and one.expires_on is not None
        if today - EXPIRES_SOON <= one.expires_on <= today + EXPIRES_SOON
    ]
    return sorted(found, key=lambda one: (one.expires_on, one.version_id))
