"""What the digests of managers, executives and reps are counted from, and who wants which when; on both engines."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.access import Actor
from bot.domain.audience import Audience
from bot.domain.digest_company import Answers
from bot.domain.digest_numbers import Scope
from bot.domain.digest_period import week_before
from bot.domain.digest_plan import DigestPlan
from bot.domain.own_group import OwnGroup
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_numbers import Ballot, PulseResult, QuestionResult, Tally
from storage import digest_company, digest_rep, digest_settings, digest_team, people, pulse
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.digest_settings import DigestSetting
from storage.feedback import Feedback, FeedbackReply
from storage.pulse import PulseInvitation

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = week_before(date(2026, 11, 23), "UTC")
IN_WEEK = datetime(2026, 11, 18, 12, tzinfo=UTC)
TEAM = "T1"
MANAGER = Actor(TEAM, "UB", "Boss", frozenset({"manager"}), "sales", "DACH", "UTC")
OWN = OwnGroup(TEAM, "UB", department="sales", region="DACH")


class Company:
    """A small company in the tables: a manager and six reps in DACH, one elsewhere, and two versions of a deck."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.begin() as session:
            for user_id, region in [
                ("UB", "DACH"),
                ("UM", "DACH"),
                *((f"U{n}", "DACH") for n in range(6)),
                ("UX", "ANZ"),
            ]:
                department = "marketing" if user_id == "UM" else "sales"
                people.record_person(
                    session, team_id=TEAM, user_id=user_id, now=NOW, name=f"Name of {user_id}", region=region,
                    department=department,
                )  # fmt: skip
            people.record_roles(session, team_id=TEAM, user_id="UM", roles=frozenset({"marketer"}))
            people.record_roles(session, team_id=TEAM, user_id="UB", roles=frozenset({"manager"}))
        self.old = self.version(1, superseded_at=IN_WEEK)
        self.new = self.version(2, released_at=IN_WEEK)

    def version(self, number: int, **more: Any) -> int:
        with self.db.begin() as session:
            asset = session.get(Asset, 1)
            if asset is None:
                asset = Asset(team_id=TEAM, reference="R1", reference_key="r1", created_at=NOW)
                session.add(asset)
                session.flush()
            row = AssetVersion(
                team_id=TEAM, asset_id=asset.id or 0, version=f"v{number}", number=number, title="Deck", kind="deck",
                owner_id="UM", created_at=NOW, **({"released_at": NOW - timedelta(days=200)} | more),
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id or 0

    def says(self, user_id: str, version_id: int | None = None, at: datetime = IN_WEEK, **more: Any) -> int:
        with self.db.begin() as session:
            known: dict[str, Any] = {"team_id": TEAM, "source": "form", "region": "DACH"} | more
            row = Feedback(user_id=user_id, asset_version_id=version_id or self.old, created_at=at, **known)
            session.add(row)
            session.flush()
            return row.id or 0

    def answers(self, feedback_id: int, text: str, at: datetime = IN_WEEK, **more: Any) -> None:
        with self.db.begin() as session:
            known: dict[str, Any] = {"team_id": TEAM, "user_id": "UM"} | more
            session.add(FeedbackReply(feedback_id=feedback_id, text=text, created_at=at, **known))


@pytest.fixture
def company(db: Database) -> Company:
    return Company(db)


def test_a_managers_people_are_counted_without_the_manager_and_nobody_else(company: Company) -> None:
    for user_id in ("U0", "U1", "U2", "U3", "U4", "UB", "UX", "UM"):
        company.says(user_id, rating=4)
    company.says("U5", withdrawn_at=NOW)
    company.says("U0", at=IN_WEEK - timedelta(days=7))
    with company.db.read() as session:
        counted = digest_team.count_team(session, OWN, manager=MANAGER, period=WEEK)
        about = digest_team.count_team(session, OWN, manager=MANAGER, period=WEEK, version_ids=frozenset({company.new}))
        nowhere = OwnGroup(TEAM, "UB", department="sales", region="")
        nobody = digest_team.count_team(session, nowhere, manager=MANAGER, period=WEEK)
    assert counted.size == 6
    assert (counted.this.said, counted.this.people, counted.before.said, counted.quarter.said) == (5, 5, 1, 6)
    assert counted.tallies[company.old].people == 5
    assert (about.this.said, about.tallies) == (0, {})
    assert (nobody.size, nobody.this.said) == (0, 0)


def test_a_manager_reads_of_their_own_pulses_without_names(company: Company) -> None:
    question = PulseQuestion("Is it usable?", "single", ("Yes", "No"))
    fields = PulseFields((question,), Audience(), "", "named", NOW, reminders=False, shares_results=False)
    counted = QuestionResult(question, Tally("", 6, 5, (3, 2)))
    result = PulseResult(6, 5, (), 0, (counted,), (Ballot((), None, "Name of U0"),))
    with company.db.begin() as session:
        for asker_id, state, ended_at in (
            ("UB", "closed", IN_WEEK), ("UB", "closed", WEEK.start - timedelta(days=1)), ("UB", "open", None),
            ("UM", "closed", IN_WEEK), ("UB", "cancelled", IN_WEEK),
        ):  # fmt: skip
            row = pulse.add_pulse(session, team_id=TEAM, asker_id=asker_id, fields=fields, now=NOW)
            row.state, row.ended_at, row.result = state, ended_at, result.to_json() if ended_at else None
    with company.db.read() as session:
        team = digest_team.count_team(session, OWN, manager=MANAGER, period=WEEK)
        about = digest_team.count_team(session, OWN, manager=MANAGER, period=WEEK, version_ids=frozenset({1}))
    (found,) = team.pulses
    assert (found.result.answered, found.result.ballots) == (5, ())
    assert "Name of U0" not in str(found)
    assert sorted(one.closes_at is None for one in team.own) == [False, True, True]  # one is open, two are unsaid
    assert (about.pulses, about.own) == ([], [])  # a pulse is about no asset


def test_answers_are_counted_by_version_and_owed_past_their_day(company: Company) -> None:
    due: dict[str, Any] = {"reply_due_at": NOW - timedelta(hours=1)}
    company.says("U0", **due)
    company.says("U1", **due, replied_at=NOW)
    company.says("U2", **due, held_for="complaint")
    company.says("U3", reply_due_at=NOW + timedelta(hours=1))
    company.says("U4", company.new, replied_at=NOW)
    company.says("U5", **due, team_id="T2")
    with company.db.read() as session:
        found = digest_company.count_answers(session, team_id=TEAM, period=WEEK, now=NOW)
        only = digest_company.count_answers(
            session, team_id=TEAM, period=WEEK, now=NOW, scope=Scope(frozenset({company.new}))
        )
    assert sorted(found, key=lambda one: one.version_id) == [
        Answers(company.old, 4, 1, 1), Answers(company.new, 1, 1, 0),
    ]  # fmt: skip
    assert only == [Answers(company.new, 1, 1, 0)]


def test_a_rep_hears_of_answers_new_versions_and_outcomes_that_concern_them(company: Company) -> None:
    mine = company.says("U0", at=IN_WEEK - timedelta(days=40), missing="the price")
    company.answers(mine, "we changed it")
    company.answers(company.says("U1", company.new, said="SECRET", held_for="complaint"), "not yours")
    company.answers(mine, "held back", held_for="complaint")
    company.answers(mine, "before", at=WEEK.start - timedelta(seconds=1))
    company.answers(company.says("U2", company.new, withdrawn_at=NOW), "to what was taken back")
    company.answers(mine, "of another workspace", team_id="T2")
    question = PulseQuestion("Is it usable?", "single", ("Yes", "No"))
    fields = PulseFields((question,), Audience(), "", "named", NOW, reminders=False, shares_results=False)
    with company.db.begin() as session:
        row = pulse.add_pulse(session, team_id=TEAM, asker_id="UB", fields=fields, now=NOW)
        row.state, row.outcome, row.outcome_at, row.ended_at = "closed", "We print it again", IN_WEEK, IN_WEEK
        session.add(PulseInvitation(team_id=TEAM, pulse_id=row.id or 0, user_id="U3"))
    with company.db.read() as session:
        concerned = digest_rep.list_concerned(session, team_id=TEAM, period=WEEK)
        colleagues = digest_rep.read_colleagues(session, team_id=TEAM, period=WEEK)
        told = {
            user_id: digest_rep.read_rep(session, team_id=TEAM, user_id=user_id, period=WEEK, now=NOW)
            for user_id in ("U0", "U1", "U2", "U3", "U4")
        }
        about = digest_rep.read_rep(
            session, team_id=TEAM, user_id="U0", period=WEEK, now=NOW, scope=Scope(frozenset({company.new}))
        )
        elsewhere = digest_rep.list_concerned(session, team_id="T3", period=WEEK)
    assert concerned == {"U0", "U1", "U3"}
    assert elsewhere == frozenset()
    assert {user_id for user_id, one in told.items() if one.has_news} == concerned
    assert [(one.title, one.by, one.words, one.said) for one in told["U0"].answers] == [
        ("Deck", "Name of UM", "we changed it", "the price")
    ]
    assert [(one.version, one.spoken_of) for one in told["U0"].renewed] == [("v2", "v1")]
    assert [(one.words, one.said) for one in told["U1"].answers] == [("not yours", "")]  # held words stay held
    assert told["U1"].renewed == []  # they spoke of the new one
    assert [(one.question, one.asker, one.outcome) for one in told["U3"].done] == [
        ("Is it usable?", "Name of UB", "We print it again")
    ]
    assert (about.answers, [one.version for one in about.renewed], about.done) == ([], ["v2"], [])
    assert (colleagues.replies, colleagues.people) == (2, 2)


def test_readers_are_all_who_are_there_with_their_roles_and_what_they_chose(company: Company) -> None:
    plan, other = DigestPlan(4, 15, "short", "every_other_week"), DigestPlan(rhythm="never")
    with company.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U5", now=NOW, is_active=False)
        people.record_roles(session, team_id=TEAM, user_id="UM", roles=frozenset({"marketer", "manager"}))
        digest_settings.record_setting(session, team_id=TEAM, user_id="UM", plan=plan, now=NOW)
        digest_settings.record_setting(session, team_id=TEAM, user_id="UM", plan=plan, now=NOW + timedelta(days=1))
        digest_settings.record_setting(session, team_id="T2", user_id="U0", plan=other, now=NOW)
    with company.db.read() as session:
        found = digest_settings.list_readers(session, team_id=TEAM, admins=frozenset({"U1"}), default_tz="Asia/Tokyo")
        assert digest_settings.find_setting(session, team_id=TEAM, user_id="UM") == plan
        assert digest_settings.find_setting(session, team_id=TEAM, user_id="U0") is None
    readers = {one.actor.user_id: one for one in found}
    assert len(readers) == len(found) == 8
    assert readers["UM"].actor.roles == {"marketer", "manager"}
    assert (readers["UM"].plan, readers["UM"].changed_at) == (plan, NOW)  # the same once more is no change
    assert readers["U1"].actor.roles == {"rep", "admin"}
    assert (readers["U0"].actor.roles, readers["U0"].plan, readers["U0"].actor.tz) == (
        frozenset({"rep"}),
        None,
        "Asia/Tokyo",
    )
    with company.db.begin() as session:
        digest_settings.record_setting(session, team_id=TEAM, user_id="UM", plan=other, now=NOW + timedelta(days=2))
        row = session.get(DigestSetting, (TEAM, "UM"))
        assert row is not None
        assert (row.rhythm, row.changed_at) == ("never", NOW + timedelta(days=2))
    with pytest.raises(IntegrityError), company.db.begin() as session:
        session.add(
            DigestSetting(team_id=TEAM, user_id="U2", weekday=7, hour=9, depth="usual", rhythm="weekly", changed_at=NOW)
        )
