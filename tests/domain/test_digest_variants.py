"""What executives, managers and reps read: who owes answers, review days at stake, numbers of five people and more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.digest import Checked, Counted, Digest
from bot.domain.digest_company import Answers, Stake, build_company, find_owing
from bot.domain.digest_findings import Finding
from bot.domain.digest_numbers import PeriodNumbers, Subject, Tally
from bot.domain.digest_period import week_before
from bot.domain.digest_rep import find_hits, find_worked
from bot.domain.digest_team import TeamCounted, build_team
from bot.domain.filed_away import CheckFinding, Uses

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = week_before(date(2026, 11, 23), "UTC")


def subject(version_id: int, **more: object) -> Subject:
    owner = f"U{version_id // 10}"
    known = Subject(
        version_id, f"Deck {version_id}", "v1", owner_id=owner, owner_name=f"Name of {owner}", review_days=10
    )
    return replace(known, released_at=NOW - timedelta(days=90), **more)  # type: ignore[arg-type]


SUBJECTS = {number: subject(number) for number in (10, 11, 20, 30, 40)}


def test_who_answers_clearly_less_than_the_others_is_named_with_what_they_owe() -> None:
    answers = [Answers(10, 12, 0, 3), Answers(11, 12, 0, 7), Answers(20, 60, 20, 4), Answers(30, 60, 20, 0)]
    (found,) = find_owing(answers, SUBJECTS)
    assert (found.name, found.assets, found.said, found.answered, found.owed) == ("Name of U1", 2, 24, 0, 10)
    assert (found.others_said, found.others_answered) == (120, 40)


def test_few_pieces_an_equal_share_or_nobody_else_name_nobody() -> None:
    assert find_owing([Answers(10, 9, 0, 9), Answers(20, 60, 20, 0)], SUBJECTS) == []  # too few to say
    assert find_owing([Answers(10, 24, 6, 9), Answers(20, 60, 20, 0)], SUBJECTS) == []  # within chance
    assert find_owing([Answers(10, 24, 0, 9)], SUBJECTS) == []  # nobody to hold it against
    assert find_owing([Answers(10, 24, 0, 9), Answers(20, 24, 0, 9)], SUBJECTS) == []
    orphan = {**SUBJECTS, 10: replace(SUBJECTS[10], owner_id="")}
    assert find_owing([Answers(10, 24, 0, 9), Answers(20, 60, 20, 0)], orphan) == []
    assert find_owing([Answers(99, 24, 0, 9), Answers(20, 60, 20, 0)], SUBJECTS) == []


def test_review_days_stand_under_the_first_thing_that_is_said_of_an_asset() -> None:
    subjects = SUBJECTS | {50: subject(50, ended_at=NOW), 60: subject(60, expires_on=date(2026, 11, 1))}
    digest = Digest(
        period=WEEK,
        now=NOW,
        this=PeriodNumbers(),
        before=PeriodNumbers(),
        findings=[Finding("worked", SUBJECTS[10], Tally(10)), Finding("outdated", SUBJECTS[10], Tally(10))],
        checked=[Checked(SUBJECTS[20], CheckFinding(20, 1, "filed_away", Uses(), NOW))],
    )
    counted = Counted(subjects, {}, [], PeriodNumbers(), PeriodNumbers(), [], 0, [])
    company = build_company(digest, counted, [Answers(10, 5, 1, 2), Answers(99, 5, 0, 5)])
    assert company.stakes == [Stake("worked", 1, 10), Stake("unused", 1, 10), Stake("unclear", 3, 30)]
    assert company.owed == 2


def test_a_manager_sees_five_people_and_more() -> None:
    few, enough = PeriodNumbers(said=9, people=4), PeriodNumbers(said=9, people=5)
    tallies = {10: Tally(10, said=9, people=5), 11: Tally(11, said=9, people=4), 99: Tally(99, said=9, people=9)}
    counted = TeamCounted(7, SUBJECTS, tallies, this=few, before=enough, quarter=enough)
    team = build_team(counted, group="Sales in DACH", period=WEEK, now=NOW)
    assert (team.this, team.before, team.quarter) == (None, enough, enough)
    assert [one.subject.version_id for one in team.assets] == [10]
    assert team.hidden == 1
    assert team.has_news
    assert not build_team(replace(counted, this=PeriodNumbers()), group="", period=WEEK, now=NOW).has_news
    assert not build_team(replace(counted, quarter=few), group="", period=WEEK, now=NOW).has_news


def test_what_works_for_colleagues_works_for_five_and_is_still_to_be_used() -> None:
    good: dict[str, Any] = {"people": 9, "users": 9, "uses": 9, "helped": 8}
    tallies = {
        10: Tally(10, **good), 11: Tally(11, **(good | {"people": 4})),
        20: Tally(20, **(good | {"users": 12, "uses": 12})), 30: Tally(30, **(good | {"hurt": 8})),
        99: Tally(99, **good),
    }  # fmt: skip
    found = find_worked(SUBJECTS, tallies, date(2026, 11, 23))
    assert [one.subject.version_id for one in found] == [20, 10]
    ended = {**SUBJECTS, 20: subject(20, ended_at=NOW), 10: subject(10, expires_on=date(2026, 11, 22))}
    assert find_worked(ended, tallies, date(2026, 11, 23)) == []


def test_colleagues_hear_of_a_new_version_that_five_like_better() -> None:
    subjects = {10: subject(10), 11: replace(subject(11), replaces=10, released_at=NOW - timedelta(days=20))}
    old = Tally(10, people=5, ratings=5, rating_sum=10, rating_squares=20)
    new = Tally(11, people=5, ratings=5, rating_sum=24, rating_squares=116)
    (hit,) = find_hits(subjects, {10: old, 11: new}, WEEK)
    assert (hit.subject.version_id, hit.verdict) == (11, "hit")
    assert find_hits(subjects, {10: old, 11: replace(new, people=4)}, WEEK) == []
    worse = {10: replace(new, version_id=10), 11: replace(old, version_id=11)}
    assert find_hits(subjects, worse, WEEK) == []  # what is liked less is told to marketing
