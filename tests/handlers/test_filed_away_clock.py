"""The filed-away check by the clock, on both engines: days, draws, jumps, closes, late answers, owners who are gone."""

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.access import EVERYBODY, NOT_FOUND, Actor
from bot.domain.asset import AssetFields
from bot.domain.audience import Audience
from bot.domain.feedback import FeedbackFields
from bot.domain.filed_away import LATEST, OPEN_FOR
from bot.errors import BotError
from bot.intake import Act
from bot.jobs import Task
from bot.reader import Refused
from bot.settings import read_settings
from bot.views import filed_away as views
from handlers import asset_release, filed_away, filed_away_answer, filed_away_audience
from storage import ask_stop, asset, feedback, filed_away_plan, filed_away_result, jobs, people
from storage import filed_away as store
from storage.ask import Ask
from storage.asset import AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from storage.filed_away import FiledAwayCheck
from storage.outbox import Outbox
from storage.people import Person

TEAM, OWNER = "T1", "UOWNER"
RELEASED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday, in everybody's working hours
DAY_14, WEEK_6 = RELEASED + timedelta(days=14), RELEASED + timedelta(days=42)
USED, UNKNOWN = "used_with_customer", "did_not_know"
WEEK = timedelta(days=7)


class Channels:
    """Who is in which channel, in place of the reader's calls over the network; nobody is away."""

    def __init__(self) -> None:
        self.of: dict[str, frozenset[str]] = {}

    def members(self, channel_ids: tuple[str, ...]) -> frozenset[str] | None:
        if "CREFUSED" in channel_ids:
            raise Refused("conversations.members", "missing_scope")
        known = [self.of.get(one) for one in channel_ids]
        return None if None in known else frozenset[str]().union(*(one for one in known if one))

    def call(self, method: str, **_arguments: Any) -> Any:
        raise Refused(method, "missing_scope")

    def pages(self, method: str, of: str, **_arguments: Any) -> Any:
        raise Refused(method, "missing_scope")


class Field:
    """A company with an owner and its reps, one asset, and the clock."""

    def __init__(self, db: Database, reps: int = 24) -> None:
        self.db, self.now, self.channels = db, RELEASED, Channels()
        self.settings = read_settings(None)
        self.reps = [f"U{number:05}" for number in range(reps)]
        with db.begin() as session:
            session.add(self.person(OWNER, "Ines"))
            session.add_all([self.person(user_id, f"Rep {user_id}", "DACH") for user_id in self.reps])
            session.flush()
            people.record_roles(session, team_id=TEAM, user_id=OWNER, roles=frozenset({"marketer"}))
        self.version_id = self.add_version("v1")

    @staticmethod
    def person(user_id: str, name: str, region: str = "") -> Person:
        return Person(team_id=TEAM, user_id=user_id, name=name, region=region, tz="UTC", created_at=RELEASED)

    def add_version(self, version: str, released_on: date | None = None) -> int:
        fields = AssetFields(
            reference="MLR-1", version=version, title="Corvane deck", kind="deck", link="https://assets.example/deck",
            owner_id=OWNER, review_days=62, released_on=released_on,
        )  # fmt: skip
        with self.db.begin() as session:
            return asset.add_version(session, team_id=TEAM, fields=fields, now=self.now, by=OWNER).id or 0

    def version(self, session: Session, version_id: int = 0) -> AssetVersion:
        row = asset.get_version(session, team_id=TEAM, version_id=version_id or self.version_id)
        assert row is not None
        return row

    def release(self, audience: Audience | None = None, version_id: int = 0) -> None:
        with self.db.begin() as session:
            row = self.version(session, version_id)
            asset.record_released(session, row, now=self.now)
            filed_away_plan.plan_checks(session, row, default_tz="UTC", now=self.now, audience=audience)

    def retire(self, *, back: bool = False) -> None:
        with self.db.begin() as session:
            asset.record_retired(session, self.version(session), now=None if back else self.now)

    def tick(self) -> None:
        """What the clock asks for and the jobs that follow, until nothing is left."""
        filed_away.run_due(self.db, TEAM, self.now, self.settings)
        while self.work():
            filed_away.run_due(self.db, TEAM, self.now, self.settings)

    def work(self) -> bool:
        with self.db.begin() as session:
            job = jobs.claim_job(session, team_id=TEAM, now=datetime.now(UTC))
        if job is None:
            return False
        if job.kind in filed_away.JOBS:
            task = Task(
                team_id=TEAM, payload=json.loads(job.payload), now=self.now, settings=self.settings, db=self.db,
                reader=self.channels, publish_home=lambda _user_id, _view: None,  # type: ignore[arg-type]
            )  # fmt: skip
            filed_away.JOBS[job.kind](task)
        with self.db.begin() as session:
            jobs.record_job(session, job, state="done", now=datetime.now(UTC))
        return True

    def at(self, moment: datetime) -> None:
        """Jump there and look."""
        self.now = moment
        self.tick()

    def act(self, user_id: str, action_id: str, ask_id: int) -> Act:
        actor = Actor(TEAM, user_id, "", EVERYBODY, "sales", "DACH", "UTC")
        action = {"action_id": action_id, "value": str(ask_id), "type": "button"}
        return Act(actor=actor, now=self.now, settings=self.settings, body={"actions": [action]})

    def form(self, *regions: str) -> Act:
        """The release form, or the one that changes who is asked, sent in with these regions."""
        chosen = {"type": "multi_static_select", "selected_options": [{"value": one} for one in regions]}
        values = {"regions": {"choice": chosen}}
        view = {"private_metadata": json.dumps({"version_id": self.version_id}), "state": {"values": values}}
        return replace(self.act(OWNER, "", 0), body={"view": view})

    def answer(self, use: str, *user_ids: str, check: int = 1, ask_id: int = 0) -> None:
        """Tap one of the five answers, each of these people."""
        for user_id in user_ids:
            known = ask_id or self.asked(check)[user_id].id or 0
            with self.db.begin() as session:
                filed_away_answer.answer_check(session, self.act(user_id, views.ANSWERS[use], known))

    def asked(self, check: int = 1, state: str = "") -> dict[str, Ask]:
        """The asks of a check by person, all or those in one state."""
        with self.db.read() as session:
            rows = session.exec(select(Ask).where(Ask.subject_id == self.check(check).id)).all()
        return {row.user_id: row for row in rows if state in ("", row.state)}

    def check(self, number: int = 1) -> FiledAwayCheck:
        return self.checks()[number]

    def checks(self, version_id: int = 0) -> dict[int, FiledAwayCheck]:
        with self.db.read() as session:
            rows = store.list_checks(session, team_id=TEAM, version_id=version_id or self.version_id)
        return {row.number: row for row in rows}

    def states(self, version_id: int = 0) -> list[tuple[str, str | None]]:
        return [(row.state, row.reason) for row in self.checks(version_id).values()]

    def told(self, user_id: str = OWNER) -> list[str]:
        """What somebody was told, as JSON, oldest first."""
        with self.db.read() as session:
            query = select(Outbox).where(Outbox.team_id == TEAM, Outbox.target == user_id).order_by(col(Outbox.id))
            return [json.dumps(json.loads(row.payload), ensure_ascii=False) for row in session.exec(query)]

    def feedback(self) -> list[Feedback]:
        with self.db.read() as session:
            return list(session.exec(select(Feedback).order_by(col(Feedback.id))))


@pytest.fixture
def field(db: Database) -> Field:
    return Field(db)


# planning


@pytest.mark.parametrize(
    ("days", "planned"), [(0, [14, 42]), (3, [14, 42]), (14, [42]), (20, [42]), (42, []), (90, [])]
)
def test_of_a_release_in_the_past_only_what_lies_ahead_is_planned(field: Field, days: int, planned: list[int]) -> None:
    released_on = (RELEASED - timedelta(days=days)).date()
    version_id = field.add_version("v2", released_on)
    with field.db.begin() as session:
        filed_away_plan.plan_checks(session, field.version(session, version_id), default_tz="UTC", now=field.now)
    due = [row.due_at for row in field.checks(version_id).values()]
    assert [(one.date() - released_on).days for one in due] == planned
    assert all(one.hour == 9 and one > field.now for one in due)


def test_a_draft_plans_nothing_and_a_release_twice_plans_once(field: Field) -> None:
    with field.db.begin() as session:
        plan = filed_away_plan.plan_checks(session, field.version(session), default_tz="UTC", now=field.now)
    assert field.checks() == {}
    assert not plan.is_planned
    assert plan.days == (date(2026, 12, 7), date(2027, 1, 4))
    field.release()
    field.release()
    assert field.states() == [("planned", None), ("planned", None)]


def test_another_day_of_release_moves_what_is_planned_and_another_audience_is_asked(field: Field) -> None:
    field.release()
    field.channels.of["C1"] = frozenset(field.reps[:3])
    with field.db.begin() as session:
        row = field.version(session)
        row.released_at = RELEASED - timedelta(days=2)
        session.add(row)
        filed_away_plan.plan_checks(
            session, row, default_tz="UTC", now=field.now, audience=Audience(channel_ids=("C1",))
        )
    field.at(DAY_14 - timedelta(days=2))
    assert sorted(field.asked()) == field.reps[:3]


def test_an_audience_of_nobody_is_refused_in_the_form(field: Field) -> None:
    with field.db.begin() as session:
        session.add(field.person("UBOSS", "Gudrun", "North"))  # the only one there, and no rep
        session.flush()
        people.record_roles(session, team_id=TEAM, user_id="UBOSS", roles=frozenset({"manager"}))
    for send in (asset_release.release_asset, filed_away_audience.save_audience):
        with pytest.raises(BotError, match="Nobody fits that today") as refused, field.db.begin() as session:
            send(session, field.form("North"))
        assert refused.value.field == "regions"
        field.release()
    with field.db.begin() as session, pytest.raises(BotError, match=NOT_FOUND):
        filed_away_audience.open_audience_form(session, field.act(OWNER, "", 10**6))
    field.now = WEEK_6 + timedelta(days=1)
    field.tick()
    with field.db.begin() as session, pytest.raises(BotError, match="Both checks of this asset have begun"):
        filed_away_audience.open_audience_form(session, field.act(OWNER, "", field.version_id))


def test_where_no_rep_is_known_yet_an_asset_is_released_all_the_same(db: Database) -> None:
    field = Field(db, reps=0)
    with db.begin() as session:
        asset_release.release_asset(session, field.form())
    assert "It is for reps, 0 people today." in field.told()[0]
    with db.begin() as session:
        session.add(field.person("U1", "Dre"))  # met in the meantime
    field.at(DAY_14)
    assert "Quick one about" in field.told("U1")[0]


# whom it asks


def test_a_group_of_nobody_is_told_once_and_nobody_is_asked(field: Field) -> None:
    field.release(Audience(regions=("Atlantis",)))
    field.at(DAY_14)
    field.at(DAY_14 + timedelta(hours=1))
    assert field.states() == [("closed", "nobody"), ("planned", None)]
    (message,) = field.told()
    assert "It is for reps in Atlantis, and nobody fits that, so I ask nobody." in message
    assert "Change who is asked" in message


@pytest.mark.parametrize("channel", ["CEMPTY", "CUNSEEN", "CREFUSED"])
def test_of_a_channel_that_cannot_be_seen_nobody_is_asked(field: Field, channel: str) -> None:
    field.channels.of["CEMPTY"] = frozenset({OWNER})
    field.release(Audience(channel_ids=(channel,)))
    field.at(DAY_14)
    assert field.asked() == {}
    assert "`/invite @Groundswell` there helps" in field.told()[-1]


def test_a_group_of_one_is_asked_and_concludes_nothing(db: Database) -> None:
    field = Field(db, reps=1)
    field.release()
    field.at(DAY_14)
    assert "Quick one about *Corvane deck* v1" in field.told(field.reps[0])[0]
    field.answer(UNKNOWN, *field.reps)
    field.tick()
    assert field.check().verdict == "not_enough"
    assert "From fewer than 5 answers I draw no conclusion." in field.told()[-1]


def test_of_five_thousand_a_sample_is_asked_and_whoever_cannot_be_is_replaced(db: Database) -> None:
    field = Field(db, reps=5_000)
    with db.begin() as session:
        for user_id in field.reps[::5]:  # a fifth wants no such questions
            ask_stop.record_stop(session, team_id=TEAM, user_id=user_id, stop_key="filed_away", label="", now=RELEASED)
    field.release()
    field.at(DAY_14)
    field.at(DAY_14 + timedelta(minutes=1))
    states = Counter(one.state for one in field.asked().values())
    assert (field.check().intended, field.check().wanted) == (5_000, 43)
    assert states["asked"] == 86
    assert 5 < states["refused"] < 50
    refused = [one.user_id for one in field.asked(state="refused").values()]
    assert all(user_id in field.reps[::5] for user_id in refused)
    field.at(DAY_14 + OPEN_FOR)
    words = field.told()[-1]
    assert f"It is for 5,000 people: 86 people were asked, {len(refused)} asked not to be" in words
    assert "nobody has answered" in words


def test_week_six_asks_others_first(db: Database) -> None:
    field = Field(db, reps=100)
    field.release()
    field.at(DAY_14)
    first = set(field.asked())
    assert len(first) == 62
    field.at(DAY_14 + OPEN_FOR)
    field.at(WEEK_6)
    assert set(field.reps) - first < set(field.asked(2))


def test_those_who_have_left_are_waited_for_by_nobody(db: Database) -> None:
    field = Field(db, reps=6)
    field.release()
    field.at(DAY_14 - timedelta(days=1))
    field.now = DAY_14
    filed_away.run_due(db, TEAM, field.now, field.settings)
    assert field.work()  # drawn, and not asked yet
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=field.reps[0], now=RELEASED, is_active=False)
    field.tick()
    assert field.asked()[field.reps[0]].reason == "gone"
    field.answer(UNKNOWN, *field.reps[1:])
    field.tick()
    assert field.check().verdict == "not_enough"  # closed: the five who are left have answered
    assert "5 people were asked, 1 has left" in field.told()[-1]


def test_when_nobody_is_left_to_draw_it_waits_for_nobody(db: Database) -> None:
    field = Field(db, reps=50)  # of whom 48 are asked
    field.release()
    field.now = DAY_14
    filed_away.run_due(db, TEAM, field.now, field.settings)
    assert field.work()  # drawn, and not asked yet
    drawn = sorted(field.asked())
    with db.begin() as session:
        for user_id in (*(set(field.reps) - set(drawn)), drawn[0]):
            people.record_person(session, team_id=TEAM, user_id=user_id, now=RELEASED, is_active=False)
    field.tick()
    assert field.check().intended == 48
    field.answer(UNKNOWN, *drawn[1:4])
    field.answer("opened_only", *drawn[4:])
    field.tick()
    assert field.check().verdict == "filed_away"
    assert "Of all 48 it is for" in field.told()[-1]


# the verdict


@pytest.mark.parametrize(("used", "of", "verdict"), [(0, 20, "filed_away"), (2, 10, "not_enough"), (15, 20, "in_use")])
def test_the_three_cases(field: Field, used: int, of: int, verdict: str) -> None:
    field.release()
    field.at(DAY_14)
    field.answer(USED, *field.reps[:used])
    field.answer(UNKNOWN, *field.reps[used:of])
    field.at(DAY_14 + OPEN_FOR)
    field.at(DAY_14 + OPEN_FOR + timedelta(hours=1))
    assert field.check().verdict == verdict
    (message,) = field.told()
    assert f"*{used} of {of} used it* with a customer" in message
    with field.db.read() as session:
        (found,) = filed_away_result.list_latest(session, team_id=TEAM)
        (own,) = filed_away_result.list_own(session, team_id=TEAM, owner_id=OWNER, limit=5)
        assert filed_away_result.list_latest(session, team_id="T2") == []
    assert (found.verdict, found.uses.used, found.uses.answers) == (verdict, used, of)
    assert own == ("Corvane deck", "v1", found)


def test_when_it_is_clear_it_is_told_and_nobody_is_asked_any_more(field: Field) -> None:
    with field.db.begin() as session:  # who is not at work yet
        people.record_person(session, team_id=TEAM, user_id="U00023", now=RELEASED, tz="America/Los_Angeles")
    field.release()
    field.at(DAY_14)
    field.answer(USED, *field.reps[:4])
    field.tick()
    assert field.check().state == "asking"  # fewer than five say nothing
    field.answer(USED, field.reps[4])
    field.tick()
    assert field.check().verdict == "in_use"
    assert field.check().closes_at == field.now
    assert field.asked()["U00023"].reason == "not_needed"
    assert "is closed. If there is something to say" in field.told(field.reps[9])[-1]
    assert "Thank you. You used" in field.told(field.reps[0])[-1]
    assert len(field.told()) == 1


def test_what_came_late_or_was_taken_back_is_not_counted(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    field.answer(UNKNOWN, *field.reps[:20])
    with field.db.begin() as session:
        for row in session.exec(select(Feedback).where(Feedback.user_id == field.reps[0])):
            feedback.record_withdrawal(session, row, now=field.now)
    field.at(DAY_14 + OPEN_FOR)
    field.answer(USED, *field.reps[20:])
    field.answer(USED, field.reps[1])  # changed after the close: the feedback changes, the count does not
    assert "The count is closed already" in field.told(field.reps[21])[-1]
    with field.db.read() as session:
        (found,) = filed_away_result.list_latest(session, team_id=TEAM)
    assert (found.verdict, found.uses.used, found.uses.answers) == ("filed_away", 0, 19)
    uses = Counter(row.use for row in field.feedback() if row.withdrawn_at is None)
    assert uses == {UNKNOWN: 18, USED: 5}
    assert {row.source for row in field.feedback()} == {"check_in"}


def test_twice_and_changed_it_is_one_answer(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    for use in (UNKNOWN, UNKNOWN, "opened_only"):
        field.answer(use, field.reps[0])
    (row,) = field.feedback()
    assert row.use == "opened_only"
    with field.db.begin() as session:
        feedback.record_withdrawal(session, session.merge(row), now=field.now)
    field.answer(USED, field.reps[0])  # answering anew brings it back
    (row,) = field.feedback()
    assert (row.use, row.withdrawn_at) == (USED, None)
    assert field.asked()[field.reps[0]].state == "answered"


def test_what_was_edited_among_the_own_feedback_counts_as_it_is_now(field: Field) -> None:
    field.release()
    other = field.add_version("v0", RELEASED.date() - timedelta(days=99))
    field.at(DAY_14)
    field.answer(UNKNOWN, *field.reps[:7])
    changes = [
        FeedbackFields(asset_version_id=field.version_id, use=USED),
        FeedbackFields(asset_version_id=field.version_id, rating=3),
        FeedbackFields(asset_version_id=other, use=USED),
    ]
    with field.db.begin() as session:
        rows = session.exec(select(Feedback).order_by(col(Feedback.id))).all()
        for row, fields in zip(rows, changes, strict=False):
            feedback.record_edit(session, row, fields=fields, now=field.now, reply_hours=48)
    field.at(DAY_14 + OPEN_FOR)
    with field.db.read() as session:
        (found,) = filed_away_result.list_latest(session, team_id=TEAM)
    assert found.uses.by_use == {USED: 1, UNKNOWN: 4}


def test_answering_anew_is_about_the_version_that_was_asked_about(field: Field) -> None:
    field.release()
    other = field.add_version("v0", RELEASED.date() - timedelta(days=99))
    field.at(DAY_14)
    field.answer(UNKNOWN, field.reps[0])
    with field.db.begin() as session:
        (row,) = session.exec(select(Feedback))
        feedback.record_version(session, row, version_id=other, now=field.now)
    field.answer(USED, field.reps[0])
    assert [(row.asset_version_id, row.use) for row in field.feedback()] == [(field.version_id, USED)]


def test_somebody_elses_question_and_one_never_asked_are_not_found(field: Field) -> None:
    with field.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U00023", now=RELEASED, tz="America/Los_Angeles")
    field.release()
    field.at(DAY_14)
    mine, never = field.asked()[field.reps[0]].id or 0, field.asked()["U00023"].id or 0
    for user_id, ask_id in ((field.reps[1], mine), (field.reps[0], 10**6), ("U00023", never)):
        with pytest.raises(BotError, match=NOT_FOUND):
            field.answer(USED, user_id, ask_id=ask_id)
    for action_id, do in ((views.WHY, filed_away_answer.open_why), (views.CHANGE, filed_away_answer.change_answer)):
        for user_id in (field.reps[1], field.reps[0]):  # not theirs, and not answered yet
            with pytest.raises(BotError, match=NOT_FOUND), field.db.begin() as session:
                do(session, field.act(user_id, action_id, mine))
    assert field.feedback() == []


# versions


def test_retired_it_asks_nobody_and_put_back_it_goes_on_with_what_lies_ahead(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    field.answer(UNKNOWN, field.reps[0])
    field.retire()
    field.answer(UNKNOWN, field.reps[1])  # pressed before anybody has looked: it is feedback all the same
    assert "has been retired" in field.told(field.reps[1])[-1]
    field.tick()
    assert field.states() == [("cancelled", "retired"), ("cancelled", "retired")]
    assert "No need to answer any more. *Corvane deck* v1 has been retired" in field.told(field.reps[2])[-1]
    field.answer(USED, field.reps[2])
    assert len(field.feedback()) == 3
    field.retire(back=True)
    field.at(DAY_14 + WEEK)
    assert field.states() == [("cancelled", "retired"), ("planned", None)]
    field.at(WEEK_6)
    assert field.states()[1] == ("asking", None)
    assert field.told() == []


def test_a_new_version_has_checks_of_its_own(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    second = field.add_version("v2")
    field.release(version_id=second)
    field.tick()
    assert field.states() == [("cancelled", "superseded"), ("cancelled", "superseded")]
    assert field.states(second) == [("planned", None), ("planned", None)]
    assert "v2 is current." in field.told(field.reps[0])[-1]
    field.answer(USED, field.reps[0])
    assert "v2 is current." in field.told(field.reps[0])[-1]
    assert field.feedback()[0].asset_version_id == field.version_id


def test_what_expires_meanwhile_is_not_asked_about(field: Field) -> None:
    field.release()
    with field.db.begin() as session:
        row = field.version(session)
        row.expires_on = DAY_14.date()
        session.add(row)
    field.at(DAY_14)
    assert field.states()[0] == ("asking", None)
    field.at(DAY_14 + timedelta(days=1))
    assert field.states() == [("cancelled", "expired"), ("cancelled", "expired")]


# jumps


@pytest.mark.parametrize(
    ("to", "states"),
    [
        (DAY_14 + timedelta(days=1), [("asking", None), ("planned", None)]),
        (DAY_14 + LATEST + timedelta(days=1), [("cancelled", "too_late"), ("planned", None)]),
        (WEEK_6, [("cancelled", "overtaken"), ("asking", None)]),
        (WEEK_6 + LATEST + timedelta(days=1), [("cancelled", "overtaken"), ("cancelled", "too_late")]),
        (WEEK_6 + timedelta(days=800), [("cancelled", "overtaken"), ("cancelled", "too_late")]),
    ],
)
def test_a_jump_asks_once_or_says_why_not(field: Field, to: datetime, states: list[tuple[str, str | None]]) -> None:
    field.release()
    field.at(to)
    assert field.states() == states
    assert len(field.told(field.reps[0])) == ("asking" in dict(states))
    assert field.told() == []


def test_a_check_that_opens_late_is_open_for_a_week_all_the_same(field: Field) -> None:
    field.release()
    field.at(DAY_14 + timedelta(days=10))
    field.at(DAY_14 + timedelta(days=16))
    assert field.check().state == "asking"
    field.at(DAY_14 + timedelta(days=17))
    assert field.check().verdict == "not_enough"


# the owner


def test_the_owner_hears_it_at_work_and_not_at_night(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    with field.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=OWNER, now=RELEASED, tz="Asia/Tokyo")
    field.answer(USED, *field.reps[:5])
    field.at(DAY_14 + timedelta(hours=1))  # half past seven in the evening in Tokyo
    assert field.check().verdict == "in_use"
    assert field.told() == []
    field.at(datetime(2026, 12, 8, 0, 5, tzinfo=UTC))
    assert len(field.told()) == 1


def test_when_the_owner_is_gone_it_waits_for_another_one(field: Field) -> None:
    field.release()
    with field.db.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id=OWNER, roles=frozenset({"manager"}))
    field.at(DAY_14)
    assert "Nobody sees your name" in field.told(field.reps[0])[0]
    field.answer(UNKNOWN, *field.reps[:20])
    field.at(DAY_14 + OPEN_FOR)
    assert field.check().verdict == "filed_away"
    assert field.told() == []
    with field.db.begin() as session:
        row = field.version(session)
        row.owner_id = "UNEXT"
        session.add_all([row, field.person("UNEXT", "Theo")])
        session.flush()
        people.record_roles(session, team_id=TEAM, user_id="UNEXT", roles=frozenset({"marketer"}))
    field.at(DAY_14 + OPEN_FOR + timedelta(days=1))
    assert len(field.told("UNEXT")) == 1
    assert field.told() == []


@pytest.mark.parametrize(("days", "reason", "told"), [(11, None, 1), (15, "no owner", 0)])
def test_with_no_owner_for_two_weeks_the_row_says_that_nobody_was_told(
    field: Field, days: int, reason: str | None, told: int
) -> None:
    field.release()
    with field.db.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id=OWNER, roles=frozenset({"manager"}))
    field.at(DAY_14)
    field.answer(UNKNOWN, *field.reps[:20])
    field.at(DAY_14 + OPEN_FOR)
    field.at(DAY_14 + OPEN_FOR + timedelta(days=days))
    assert (field.check().verdict, field.check().reason, field.told()) == ("filed_away", reason, [])
    with field.db.begin() as session:
        people.record_roles(session, team_id=TEAM, user_id=OWNER, roles=frozenset({"marketer"}))
    field.at(DAY_14 + OPEN_FOR + timedelta(days=days, hours=1))
    assert len(field.told()) == told


def test_an_owner_hears_it_after_a_month_in_which_nothing_ran(field: Field) -> None:
    field.release()
    field.at(DAY_14)
    field.answer(UNKNOWN, *field.reps[:20])
    with field.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=OWNER, now=RELEASED, tz="Asia/Tokyo")
    field.at(DAY_14 + OPEN_FOR)
    assert field.told() == []
    field.at(datetime(2027, 2, 1, 1, tzinfo=UTC))  # a Monday morning in Tokyo
    assert len(field.told()) == 1


# several processes


def test_two_processes_open_ask_and_tell_once(field: Field) -> None:
    field.release()

    def both() -> None:
        def run() -> None:
            db = Database(field.db.url)
            filed_away.run_due(db, TEAM, field.now, field.settings)
            db.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    field.now = DAY_14
    both()
    field.tick()
    assert all(len(field.told(user_id)) == 1 for user_id in field.reps)
    field.answer(USED, *field.reps[:5])
    both()
    both()
    assert field.check().verdict == "in_use"
    assert len(field.told()) == 1
