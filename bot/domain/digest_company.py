"""The executive's digest: what the ground sees, what it is worth in review days, and who owes the field an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.domain.digest import Counted, Digest
from bot.domain.digest_findings import KINDS
from bot.domain.digest_numbers import Subject
from bot.domain.filed_away import FILED_AWAY
from bot.domain.wilson import wilson

FEWEST_SAID = 10  # pieces of feedback on somebody's assets, before their share of answers is spoken of
UNCLEAR = "unclear"  # nothing clear can be said of an asset yet


@dataclass(frozen=True)
class Answers:
    """How much was said of one asset version, how much of it was answered, and how many answers are `owed`: asked for
    by a low rating or a question, and past their day."""

    version_id: int
    said: int
    answered: int
    owed: int


@dataclass(frozen=True)
class Owing:
    """Somebody who answers the field clearly less often than all other owners together."""

    name: str
    assets: int
    said: int
    answered: int
    owed: int
    others_said: int
    others_answered: int


@dataclass(frozen=True)
class Stake:
    """So many assets in use, of which the same can be said (`kind`), and the review days that they took."""

    kind: str
    assets: int
    days: int


@dataclass(frozen=True)
class CompanyDigest:
    """What an executive reads: the digest of somebody who owns no asset; `owed` counts all answers past their day."""

    digest: Digest
    stakes: list[Stake] = field(default_factory=list)
    owing: list[Owing] = field(default_factory=list)
    owed: int = 0

    @property
    def has_news(self) -> bool:
        """Whether there is anything to tell without being asked."""
        one = self.digest
        return bool(one.this.said or one.this.replies or one.pulses or one.checked or one.outcomes or self.owed)


def build_company(digest: Digest, counted: Counted, answers: Iterable[Answers]) -> CompanyDigest:
    """Decide what an executive reads; `digest` is the one of nobody, made of what was `counted`."""
    answers = list(answers)
    return CompanyDigest(
        digest=without_words(digest),
        stakes=_stakes(digest, counted.subjects.values()),
        owing=find_owing(answers, counted.subjects),
        owed=sum(one.owed for one in answers if one.version_id in counted.subjects),
    )


def without_words(digest: Digest) -> Digest:
    """The digest without what is somebody's to do, and without people's words: quotes, threads, and who waits."""
    return replace(digest, needs=[], waiting=[], again=[], own=[], quotes=[], expiring=[], threads=[], threads_total=0)


def find_owing(answers: Iterable[Answers], subjects: dict[int, Subject]) -> list[Owing]:
    """The owners who answer less often than all the others together, beyond chance; who owes most stands first.

    Beyond chance: the upper bound of Wilson's 95 % interval of their share is under the others' share.
    """
    by_owner: dict[str, list[Answers]] = {}
    for one in answers:
        owner_id = subjects[one.version_id].owner_id if one.version_id in subjects else ""
        if owner_id:
            by_owner.setdefault(owner_id, []).append(one)
    all_said = sum(one.said for told in by_owner.values() for one in told)
    all_answered = sum(one.answered for told in by_owner.values() for one in told)
    found = []
    for told in by_owner.values():
        said, answered = sum(one.said for one in told), sum(one.answered for one in told)
        others = all_said - said
        if said < FEWEST_SAID or not others or wilson(answered, said).high >= (all_answered - answered) / others:
            continue
        named = [subjects[one.version_id] for one in told]
        found.append(
            Owing(
                name=named[0].owner_name,
                assets=len({one.title for one in named}),
                said=said,
                answered=answered,
                owed=sum(one.owed for one in told),
                others_said=others,
                others_answered=all_answered - answered,
            )
        )
    return sorted(found, key=lambda one: (-one.owed, -one.said, one.name))


def _stakes(digest: Digest, subjects: Iterable[Subject]) -> list[Stake]:
    """The review days of all assets in use, each under the first thing that is said of it."""
    kinds = {one.subject.version_id: "unused" for one in digest.checked if one.check.verdict == FILED_AWAY}
    for one in digest.findings:
        kinds.setdefault(one.subject.version_id, one.kind)
    in_use = [one for one in subjects if one.released_at and not one.ended_at]
    in_use = [one for one in in_use if one.expires_on is None or one.expires_on >= digest.today]
    found = []
    for kind in (*KINDS, UNCLEAR):
        told = [one for one in in_use if kinds.get(one.version_id, UNCLEAR) == kind]
        if told:
            found.append(Stake(kind, len(told), sum(one.review_days or 0 for one in told)))
    return found
