"""Check-ins in the tables: groups, edits, rounds and answers, on both engines; and who was not asked gets nothing."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlmodel import Session, col, select, update

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, Question
from bot.domain.check_in_days import closes_at
from bot.errors import BotError
from bot.intake import Act
from bot.jobs import Task
from bot.reader import Reader
from bot.settings import read_settings
from handlers import check_in_answer as answering
from handlers import check_in_round as rounds
from storage import audience as audiences
from storage import check_in as store
from storage import check_in_answer as answers
from storage import feedback, people
from storage.ask import Ask
from storage.db import Database
from storage.feedback import Feedback
from storage.own_group import find_own_group
from storage.slots import Slot

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY, TEAM = date(2026, 11, 24), "T1"
QUESTIONS = (Question("What was missing?", is_need=True), Question("What helped?"))
FIELDS = CheckInFields("Tenders", Audience(), QUESTIONS, Cadence("1", 1), DAY)
SETTINGS = read_settings(env_file=None)


def add_people(session: Session) -> None:
    rows = [
        ("U1", "Ines", "marketing", "Iberia", {"marketer"}), ("U2", "Dre", "sales", "US-East", set()),
        ("U3", "Kayla", "sales", "US-East", {"rep"}), ("U4", "Jonas", "sales", "DACH", {"rep", "manager"}),
        ("U5", "Anke", "sales", "DACH", set()), ("U6", "Simone", "marketing", "DACH", {"manager"}),
        ("U7", "Gone", "sales", "DACH", set()),
    ]  # fmt: skip
    for user_id, name, department, region, roles in rows:
        people.record_person(
            session, team_id=TEAM, user_id=user_id, now=NOW, name=name, department=department, region=region,
            is_active=name != "Gone",
        )  # fmt: skip
        people.record_roles(session, team_id=TEAM, user_id=user_id, roles=frozenset(roles))
    people.record_person(session, team_id="T2", user_id="U2", now=NOW, name="Elsewhere", region="DACH")


def add_round(session: Session, **more: Any) -> store.CheckInRound:
    row = store.add_check_in(session, team_id=TEAM, owner_id="U1", fields=FIELDS, now=NOW)
    asked = Asked("Tenders", QUESTIONS, "U1", "Ines", group="reps", size=3, **more)
    return store.add_round(session, row, day=DAY, asked=asked, now=NOW, closes_at=closes_at(DAY))


def say(session: Session, found: store.CheckInRound, user_id: str, *texts: str, now: datetime = NOW) -> None:
    answers.record_answers(
        session, found, user_id=user_id, region="DACH", texts=dict(enumerate(texts)), now=now, reply_hours=48
    )


def told(session: Session, found: store.CheckInRound) -> tuple[int, int, int]:
    came = answers.read_round(session, found)
    return came.answered, came.held, came.late


def words(session: Session, found: store.CheckInRound, *, by_name: bool = False) -> list[str]:
    given = answers.list_given(session, found, by_name=by_name, offset=0, limit=100)
    assert answers.count_given(session, found) == len(given)
    return [one.text for one in given]


# groups


@pytest.mark.parametrize(
    ("audience", "of", "expected"),
    [
        (Audience(), None, ["U5", "U2", "U4", "U3"]),
        (Audience(""), None, ["U5", "U2", "U1", "U4", "U3", "U6"]),
        (Audience("manager"), None, ["U4", "U6"]),
        (Audience("executive"), None, []),
        (Audience("", ("DACH", "Iberia")), None, ["U5", "U1", "U4", "U6"]),
        (Audience("", ("DACH",)), "U4", ["U5", "U4"]),
        (Audience("", ("DACH",)), "U6", ["U6"]),
        (Audience("", ("Mars",)), None, []),
    ],
)
def test_a_group_is_who_an_audience_fits(db: Database, audience: Audience, of: str | None, expected: list[str]) -> None:
    with db.begin() as session:
        add_people(session)
        own = find_own_group(session, team_id=TEAM, manager_id=of) if of else None
        found = audiences.list_group(session, team_id=TEAM, audience=audience, of=own)
        assert [one.user_id for one in found] == expected
        assert audiences.count_group(session, team_id=TEAM, audience=audience, of=own) == len(expected)
        inside = audiences.list_group(session, team_id=TEAM, audience=audience, of=own, members=frozenset({"U2", "U9"}))
        assert [one.user_id for one in inside] == [one for one in expected if one == "U2"]
        roles = people.list_all_roles(session, team_id=TEAM)
        fits = [
            one.user_id
            for one in people.list_people(session, team_id=TEAM)
            if audience.fits(
                roles=roles.get(one.user_id, frozenset({"rep"})), region=one.region, user_id=one.user_id,
                members=frozenset(),
            )
        ]  # fmt: skip
        assert of is not None or fits == expected


def test_the_regions_are_those_of_people_who_are_there(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        assert audiences.list_regions(session, team_id=TEAM) == ["DACH", "Iberia", "US-East"]


def test_an_owner_who_left_or_lost_the_role_keeps_nothing(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        row = store.add_check_in(session, team_id=TEAM, owner_id="U1", fields=FIELDS, now=NOW)
        find = {"admins": frozenset[str](), "default_tz": "UTC"}
        owner = store.find_owner(session, row, **find)  # type: ignore[arg-type]
        assert owner is not None
        assert owner.name == "Ines"
        people.record_roles(session, team_id=TEAM, user_id="U1", roles=frozenset({"rep"}))
        assert store.find_owner(session, row, **find) is None  # type: ignore[arg-type]
        row.owner_id = "U7"
        people.record_roles(session, team_id=TEAM, user_id="U7", roles=frozenset({"marketer"}))
        assert store.find_owner(session, row, **find) is None  # type: ignore[arg-type]


def test_a_group_of_5000_is_planned_fast_and_once(db: Database) -> None:
    with db.begin() as session:
        zones = ("Europe/Berlin", "", "Asia/Tokyo", "America/Los_Angeles")
        session.add_all(
            people.Person(team_id=TEAM, user_id=f"U{n:05}", name=f"Rep {n}", tz=zones[n % 4], created_at=NOW)
            for n in range(5000)
        )
    with db.read() as session:
        group = audiences.list_group(session, team_id=TEAM, audience=Audience(), of=None)
    took = []
    for expected in (5000, 0):
        with db.begin() as session:
            began = time.perf_counter()
            new = asking.plan_asks(
                session, team_id=TEAM, kind="check_in", subject_id=1, stop_key="check_in:1", why="Because.",
                people=group, due_at=lambda _one: NOW, closes_at=closes_at(DAY), now=NOW,
            )  # fmt: skip
            took.append(time.perf_counter() - began)
        assert new == expected
    assert took[0] < 10, "a plan of 5,000 holds the database for less than a moment, even on a busy machine"


def test_a_plan_that_was_interrupted_goes_on_where_it_ended(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        session.add_all(
            people.Person(team_id=TEAM, user_id=f"U{n:05}", name=f"Rep {n}", created_at=NOW)
            for n in range(rounds.AT_ONCE)
        )
        row = store.add_check_in(session, team_id=TEAM, owner_id="U1", fields=FIELDS, now=NOW)
    task = Task(
        team_id=TEAM, payload={"check_in_id": row.id, "day": DAY.isoformat()}, now=NOW, settings=SETTINGS, db=db,
        reader=Reader(WebClient(base_url="http://127.0.0.1:9/")), publish_home=lambda _user, _view: None,
    )  # fmt: skip
    rounds.open_round(task)
    planned = asks_planned(db)
    assert len(planned) == rounds.AT_ONCE + 4
    with db.begin() as session:  # as if it had been killed after the first part
        for ask in session.exec(select(Ask).where(col(Ask.user_id).in_(planned[rounds.AT_ONCE :]))).all():
            session.delete(ask)
        session.exec(update(Slot).values(state="due"))
    rounds.open_round(task)
    assert asks_planned(db) == planned
    rounds.open_round(task)
    with db.read() as session:
        assert [slot.state for slot in session.exec(select(Slot)).all()] == ["done"]
        assert len(session.exec(select(store.CheckInRound)).all()) == 1


def asks_planned(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.exec(select(Ask.user_id).order_by(col(Ask.user_id))))


# edits


def test_of_two_edits_the_second_is_told(db: Database) -> None:
    with db.begin() as session:
        row = store.add_check_in(session, team_id=TEAM, owner_id="U1", fields=FIELDS, now=NOW)
        store.record_fields(session, row, fields=FIELDS, version=1, owner_id="U1")
        with pytest.raises(BotError, match="Somebody else has changed"):
            store.record_fields(session, row, fields=FIELDS, version=1, owner_id="U1")
        assert row.version == 2
        store.record_stopped(session, row, now=NOW)
        with pytest.raises(BotError, match="Somebody else has changed"):
            store.record_fields(session, row, fields=FIELDS, version=2, owner_id="U1")


def test_what_is_empty_is_not_kept_and_what_is_stopped_starts_later(db: Database) -> None:
    with db.begin() as session:
        fields = CheckInFields("A", Audience(), (Question(""), QUESTIONS[0]), Cadence(), DAY)
        row = store.add_check_in(session, team_id=TEAM, owner_id="U1", fields=fields, now=NOW)
        assert store.fields_of(row).questions == (QUESTIONS[0],)
        store.record_stopped(session, row, now=NOW)
        assert store.list_check_ins(session, team_id=TEAM, is_running=True) == []
        store.record_stopped(session, row, now=None, starts_on=DAY + timedelta(days=1))
        assert store.list_check_ins(session, team_id=TEAM, is_running=True) == [row]
        assert row.starts_on == DAY + timedelta(days=1)


def test_a_round_is_over_at_its_close_or_when_its_check_in_is_stopped(db: Database) -> None:
    with db.begin() as session:
        found = add_round(session)
        before, after = found.closes_at - timedelta(seconds=1), found.closes_at
        assert store.list_over(session, team_id=TEAM, now=before) == []
        assert store.list_over(session, team_id=TEAM, now=after) == [found]
        assert store.list_over(session, team_id="T2", now=after) == []
        row = store.get_check_in(session, team_id=TEAM, check_in_id=found.check_in_id)
        assert row is not None
        store.record_stopped(session, row, now=before)
        assert store.list_over(session, team_id=TEAM, now=before) == [found]
        store.record_closed(session, found, at=before)
        assert store.list_untold(session, team_id=TEAM) == [found]
        store.record_told(session, found, now=after)
        assert store.list_untold(session, team_id=TEAM) == []
        assert store.list_rounds(session, team_id=TEAM, check_in_id=row.id or 0) == [found]


# answers


def test_an_answer_is_a_need_or_feedback_and_is_changed_and_taken_back(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        found = add_round(session)
        say(session, found, "U2", "A price sheet", "The table")
        assert told(session, found) == (1, 0, 0)
        assert words(session, found) == ["A price sheet", "The table"]
        row = session.exec(select(Feedback)).one()
        assert (row.source, row.said, row.asset_version_id, row.region) == ("check_in", "The table", None, "DACH")
        assert answers.find_questions(session, team_id=TEAM, feedback_ids=[row.id or 0]) == {
            row.id: ("What helped?", found.id)
        }
        assert answers.find_questions(session, team_id="T2", feedback_ids=[row.id or 0]) == {}
        say(session, found, "U2", "", "The table of costs")
        assert words(session, found) == ["The table of costs"]
        assert row.edited_at == NOW
        feedback.record_withdrawal(session, row, now=NOW)
        assert told(session, found) == (0, 0, 0)
        assert words(session, found) == []
        say(session, found, "U2", "A price sheet", "The table of costs")
        assert words(session, found) == ["A price sheet", "The table of costs"]
        answers.record_taken_back(session, found, user_id="U2", now=NOW)
        assert words(session, found) == []
        assert [one.is_withdrawn for one in answers.list_own(session, found, user_id="U2")] == [True, True]
        assert answers.list_own(session, found, user_id="U3") == []


def test_late_answers_are_kept_and_do_not_count(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        found = add_round(session)
        say(session, found, "U2", "In time")
        say(session, found, "U3", "Late, and longer than the other", now=found.closes_at)
        assert told(session, found) == (1, 0, 1)
        assert words(session, found) == ["In time", "Late, and longer than the other"]


def test_without_names_the_longest_come_first_and_with_names_they_go_by_name(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        found = add_round(session)
        for user_id, text in (("U3", "short"), ("U2", "a good bit longer"), ("U5", "in between")):
            say(session, found, user_id, text)
        assert words(session, found) == ["a good bit longer", "in between", "short"]
        assert words(session, found, by_name=True) == ["in between", "a good bit longer", "short"]


def test_what_may_be_a_complaint_is_held_also_when_it_stands_in_two_answers(db: Database) -> None:
    with db.begin() as session:
        add_people(session)
        found = add_round(session)
        say(session, found, "U2", "the pump stopped and a patient was hurt", "The table")
        assert told(session, found) == (1, 2, 0)
        assert words(session, found) == []
        say(session, found, "U2", "a shorter deck", "The table")
        assert told(session, found) == (1, 0, 0)
        assert words(session, found) == ["a shorter deck", "The table"]


# ids from a client are claims


def act(user_id: str, value: str, roles: frozenset[str], session: Session, **body: Any) -> Act:
    actor = people.find_actor(session, team_id=TEAM, user_id=user_id, admins=frozenset(), default_tz="UTC")
    assert actor.roles == roles
    return Act(actor, NOW + timedelta(days=9), SETTINGS, {"actions": [{"value": value, "action_id": "x"}]} | body)


@pytest.mark.parametrize("named_for", ["", "U4"])
def test_who_was_not_asked_answers_nothing_and_who_may_not_reads_nothing(db: Database, named_for: str) -> None:
    rep, marketer, manager = frozenset({"rep"}), frozenset({"marketer"}), frozenset({"manager"})
    with db.begin() as session:
        add_people(session)
        found = add_round(session, named_for=named_for)
        store.record_closed(session, found, at=NOW)
        say(session, found, "U2", "The table")
        for value in (str(found.id), "0", "x", "999", "-1", ""):
            for do in (answering.open_answer_form, answering.take_back_answer):
                with pytest.raises(BotError, match=NOT_FOUND):
                    do(session, act("U2", value, rep, session))
        form = {"view": {"private_metadata": f'{{"round_id": {found.id}}}', "state": {"values": {}}}}
        with pytest.raises(BotError, match=NOT_FOUND):
            answering.give_answer(session, act("U2", "", rep, session, **form))
        people.record_roles(session, team_id=TEAM, user_id="U4", roles=manager)
        may_read = {"U4": manager} if named_for else {"U1": marketer}
        for user_id, roles in {"U1": marketer, "U4": manager, "U6": manager}.items():
            asked = act(user_id, f"{found.id}:0", roles, session)
            if user_id in may_read:
                assert ("Dre" in str(answering.read_answers(session, asked).view)) == bool(named_for)
            else:
                with pytest.raises(BotError, match=NOT_FOUND):
                    answering.read_answers(session, asked)
        people.record_roles(session, team_id=TEAM, user_id="U4", roles=marketer)
        if named_for:  # was a manager when it was promised, and is none any more
            with pytest.raises(BotError, match=NOT_FOUND):
                answering.read_answers(session, act("U4", f"{found.id}:0", marketer, session))
