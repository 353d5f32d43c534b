"""Pulses in the tables, on both engines: opened, answered, changed, closed once, cancelled, and what came of them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.access import NOT_FOUND
from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_answer import EMPTY, PulseAnswer, answers_to_json
from bot.domain.pulse_numbers import PulseResult
from bot.errors import BotError
from storage import ask, ballot_box, people
from storage import pulse as store
from storage import pulse_ballot as ballots
from storage.db import Database
from storage.pulse import Pulse, PulseBallot
from storage.pulse_outcome import find_unanswered_outcome, record_outcome
from storage.schema import config_for, downgrade, is_current, migrate

TEAM = "T1"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CLOSE = NOW + timedelta(days=2)
ASKED = (
    PulseQuestion("Is it usable?", "single", ("Yes", "No", "Not seen")),
    PulseQuestion("Which did you use?", "multiple", ("Deck", "Sheet", "Video")),
    PulseQuestion("What is missing?", "text"),
)
FIELDS = PulseFields(
    ASKED, Audience("rep", ("DACH",)), "C1", "confidential", CLOSE, reminders=True, shares_results=True
)
INVITED = {f"U{n:02}": "DACH" if n < 6 else "France" for n in range(12)}
YES = (PulseAnswer(0, (0,)), PulseAnswer(1, (0, 2)))
NO = (PulseAnswer(0, (1,)), PulseAnswer(1, (1,)), PulseAnswer(2, (), "The prices"))
INJURY = "The pump stopped and a patient was hurt"


def opened(session: Session, invited: dict[str, str] = INVITED, asker_id: str = "U90", **more: Any) -> Pulse:
    row = store.add_pulse(session, team_id=TEAM, asker_id=asker_id, fields=replace(FIELDS, **more), now=NOW)
    assert store.record_opened(session, row, invited=invited, now=NOW)
    return row


def vote(session: Session, row: Pulse, user_id: str, answers: tuple[PulseAnswer, ...] = YES, **more: Any) -> bool:
    said: dict[str, Any] = {
        "team_id": TEAM,
        "pulse_id": row.id or 0,
        "user_id": user_id,
        "answers": answers,
        "now": NOW,
    }
    return ballots.record_ballot(session, **said | more)


def close(session: Session, row: Pulse, now: datetime = CLOSE) -> bool:
    taken = store.take_pulse(session, team_id=TEAM, pulse_id=row.id or 0)
    assert taken is not None
    return store.record_closed(session, taken, result=ballots.read_pulse(session, taken), now=now)


def closed(session: Session, *people_asked: str, asker_id: str = "U90") -> Pulse:
    row = opened(session, dict.fromkeys(people_asked, "DACH"), asker_id)
    assert close(session, row)
    return row


# opening and changing


def test_a_pulse_is_planned_and_opened_once(db: Database) -> None:
    with db.begin() as session:
        row = store.add_pulse(session, team_id=TEAM, asker_id="U90", fields=FIELDS, now=NOW)
        assert (row.state, row.opened_at, store.count_invited(session, row)) == ("planned", None, 0)
        with pytest.raises(BotError, match=NOT_FOUND):
            vote(session, row, "U01")
        assert store.record_opened(session, row, invited=INVITED, now=NOW)
        assert not store.record_opened(session, row, invited={"U99": ""}, now=CLOSE)
    with db.read() as session:
        found = store.get_pulse(session, team_id=TEAM, pulse_id=row.id or 0)
        assert found is not None
        assert (found.state, found.opened_at, found.closes_at) == ("open", NOW, CLOSE)
        assert store.fields_of(found) == FIELDS
        assert store.list_invited(session, found) == INVITED
        assert store.count_invited(session, found) == 12
        assert store.result_of(found) is None


def test_every_list_is_of_one_workspace(db: Database) -> None:
    with db.begin() as session:
        first, second = opened(session), opened(session, {"U01": ""}, "U91", privacy="anonymous")
        session.add(replace_team(first))
        assert store.list_pulses(session, team_id=TEAM) == [second, first]
        assert store.list_pulses(session, team_id=TEAM, asker_id="U90") == [first]
        assert store.list_pulses(session, team_id=TEAM, states=("closed",)) == []
        assert store.list_asked(session, team_id=TEAM, user_id="U01") == [first, second]
        assert store.list_asked(session, team_id=TEAM, user_id="U02") == [first]
        assert store.list_asked(session, team_id="T2", user_id="U01") == []
        assert store.list_open_anonymous(session, team_id=TEAM) == [second.id]
        assert store.list_open_anonymous(session, team_id="T2") == []
        assert store.list_over(session, team_id=TEAM, now=CLOSE - timedelta(seconds=1)) == []
        assert store.list_over(session, team_id=TEAM, now=CLOSE) == [first, second]
        assert store.get_pulse(session, team_id="T2", pulse_id=first.id or 0) is None
        assert store.take_pulse(session, team_id="T2", pulse_id=first.id or 0) is None
        with pytest.raises(BotError, match=NOT_FOUND):
            vote(session, first, "U01", team_id="T2")


def replace_team(row: Pulse) -> Pulse:
    return Pulse(**row.model_dump() | {"id": None, "team_id": "T2"})


def test_a_pulse_is_edited_until_somebody_answers(db: Database) -> None:
    with db.begin() as session:
        row, later = opened(session), replace(FIELDS, questions=ASKED[:1], closes_at=CLOSE + timedelta(days=1))
        store.record_fields(session, row, fields=later, invited={"U01": "DACH", "U50": "Iberia"}, version=1)
        assert store.fields_of(row) == later
        assert store.list_invited(session, row) == {"U01": "DACH", "U50": "Iberia"}
        with pytest.raises(BotError, match="Somebody else has changed"):
            store.record_fields(session, row, fields=FIELDS, invited=INVITED, version=1)
        with pytest.raises(BotError, match="can't be changed while it is open"):
            store.record_fields(session, row, fields=replace(FIELDS, privacy="anonymous"), invited=INVITED, version=2)
        vote(session, row, "U01", YES[:1])
        with pytest.raises(BotError, match="has answered already"):
            store.record_fields(session, row, fields=FIELDS, invited=INVITED, version=2)
        assert store.fields_of(row) == later
        planned = store.add_pulse(session, team_id=TEAM, asker_id="U90", fields=FIELDS, now=NOW)
        anonymous = replace(FIELDS, privacy="anonymous")
        store.record_fields(session, planned, fields=anonymous, invited=INVITED, version=1)
        assert store.count_invited(session, planned) == 0
        assert store.record_opened(session, planned, invited=INVITED, now=NOW)
        with pytest.raises(BotError, match="can't be changed while it is open"):
            store.record_fields(session, planned, fields=anonymous, invited=INVITED, version=2)


def test_a_close_is_put_off_or_brought_forward(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        store.record_closes_at(session, row, closes_at=CLOSE + timedelta(days=1))
        assert store.list_over(session, team_id=TEAM, now=CLOSE) == []
        assert vote(session, row, "U01", now=CLOSE)
        store.record_closes_at(session, row, closes_at=NOW)
        assert store.list_over(session, team_id=TEAM, now=NOW) == [row]
        assert close(session, row, NOW)
        with pytest.raises(BotError, match="not open any more"):
            store.record_closes_at(session, row, closes_at=CLOSE)
        with pytest.raises(BotError, match="not open any more"):
            store.record_fields(session, row, fields=FIELDS, invited=INVITED, version=row.version)


# answering


def test_an_answer_is_changed_until_the_close_and_counts_once(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        assert vote(session, row, "U01", NO)
        assert ballots.list_own(session, row, user_id="U01") == NO
        assert not vote(session, row, "U01", YES)
        assert ballots.list_own(session, row, user_id="U01") == YES
        assert not vote(session, row, "U01", YES)
        assert vote(session, row, "U02", NO, now=CLOSE - timedelta(microseconds=1))
        assert ballots.count_answered(session, row) == 2
        assert ballots.list_silent(session, row) == [one for one in INVITED if one not in ("U01", "U02")]
        with pytest.raises(BotError, match="has closed"):
            vote(session, row, "U03", now=CLOSE)
        with pytest.raises(BotError, match="has closed"):
            vote(session, row, "U01", NO, now=CLOSE)
        assert ballots.list_own(session, row, user_id="U01") == YES
        assert ballots.count_answered(session, row) == 2


def test_who_cannot_answer_is_told_why_and_nothing_is_kept(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        for user_id, answers, sentence in (
            ("U90", YES, "asks other people"),
            ("", YES, "asks other people"),
            ("U01", (), EMPTY),
            ("U01", YES[:1], "Choose an answer"),
            ("U01", (PulseAnswer(0, (3,)), YES[1]), "none of the answers"),
            ("U01", (*YES, PulseAnswer(2, (), "x" * 3001)), "3,001 characters"),
        ):
            with pytest.raises(BotError, match=sentence):
                vote(session, row, user_id, answers)
        with pytest.raises(BotError, match=NOT_FOUND):
            vote(session, row, "U01", pulse_id=999)
        assert ballots.count_answered(session, row) == 0
        assert store.record_cancelled(session, row, now=NOW)
        with pytest.raises(BotError, match="was cancelled"):
            vote(session, row, "U01")


def test_a_ballot_of_an_anonymous_pulse_never_lies_here(db: Database) -> None:
    with db.begin() as session:
        row = opened(session, privacy="anonymous")
        with pytest.raises(ValueError, match="anonymous"):
            vote(session, row, "U01")
        with pytest.raises(ValueError, match="does not tell"):
            ballots.read_pulse(session, row)
        found = ballots.require_open(session, team_id=TEAM, pulse_id=row.id or 0, user_id="U01", now=NOW)
        assert found == row
        with pytest.raises(BotError, match="has closed"):
            ballots.require_open(session, team_id=TEAM, pulse_id=row.id or 0, user_id="U01", now=CLOSE)
        assert session.exec(select(PulseBallot)).all() == []


def test_the_tables_take_no_ballot_of_somebody_who_is_not_invited_and_none_twice(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        vote(session, row, "U01")
    for user_id in ("U01", "U50"):
        again = PulseBallot(team_id=TEAM, pulse_id=row.id or 0, user_id=user_id, question=0, choice=0, answered_at=NOW)
        with pytest.raises(IntegrityError), db.begin() as session:
            session.add(again)


# at the same moment


def together(works: list[Callable[[], None]]) -> list[BaseException]:
    wrong: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_a_vote_in_the_moment_of_the_close_is_in_the_result_or_refused(db: Database) -> None:
    invited = {f"U{n:02}": "DACH" for n in range(30)}
    with db.begin() as session:
        row = opened(session, invited)
        for user_id in list(invited)[:8]:
            vote(session, row, user_id)
    ended: list[bool] = []

    def cast(user_id: str) -> None:
        with db.begin() as session:
            vote(session, row, user_id)

    def end() -> None:
        with db.begin() as session:
            ended.append(close(session, row, NOW))

    voters = list(invited)[8:]
    works: list[Callable[[], None]] = [lambda one=one: cast(one) for one in voters]  # type: ignore[misc]
    wrong = together([*works[:11], end, end, *works[11:]])
    assert sorted(ended) == [False, True]
    assert {type(error) for error in wrong} <= {BotError}
    with db.read() as session:
        found = store.get_pulse(session, team_id=TEAM, pulse_id=row.id or 0)
        assert found is not None
        result = store.result_of(found)
        assert result is not None
        assert result.answered == ballots.count_answered(session, found) == 30 - len(wrong)


def test_somebody_who_presses_twice_at_once_has_one_ballot(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
    new: list[bool] = []

    def cast(answers: tuple[PulseAnswer, ...]) -> None:
        with db.begin() as session:
            new.append(vote(session, row, "U01", answers))

    assert together([lambda: cast(YES), lambda: cast(NO), lambda: cast(YES), lambda: cast(NO)]) == []
    assert sorted(new) == [False, False, False, True]
    with db.read() as session:
        assert ballots.list_own(session, row, user_id="U01") in (YES, NO)
        assert ballots.count_answered(session, row) == 1


# the close


def test_a_pulse_closes_once_and_its_result_stands(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        for number, user_id in enumerate(list(INVITED)[:11]):
            vote(session, row, user_id, NO if number % 2 else (*YES, PulseAnswer(2, (), f"Words {number}")))
        assert close(session, row)
        before = row.result
        assert not close(session, row, CLOSE + timedelta(days=1))
        assert (row.state, row.ended_at, row.closes_at) == ("closed", CLOSE, CLOSE)
        with pytest.raises(BotError, match="has closed"):
            vote(session, row, "U11")
        session.delete(session.exec(select(PulseBallot)).all()[0])
        assert not store.record_cancelled(session, row, now=CLOSE)
    with db.read() as session:
        found = store.get_pulse(session, team_id=TEAM, pulse_id=row.id or 0)
        assert found is not None
        assert found.result == before
        result = store.result_of(found)
    assert result is not None
    assert (result.invited, result.answered) == (12, 11)
    usable, used, missing = result.questions
    assert usable.whole is not None
    assert used.whole is not None
    assert usable.whole.hits == (6, 5, 0)
    assert used.whole.hits == (6, 5, 6)
    assert [(one.group, one.invited, one.answered) for one in result.turnout] == [("DACH", 6, 6), ("France", 6, 5)]
    assert [(one.group, one.hits) for one in usable.groups] == [("DACH", (3, 3, 0)), ("France", (3, 2, 0))]
    assert len(missing.said) == 11


def test_names_are_told_where_they_were_promised_and_nowhere_else(db: Database) -> None:
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U01", now=NOW, name="Dre")
        people.record_person(session, team_id="T2", user_id="U02", now=NOW, name="Elsewhere")
        named, confidential = opened(session, privacy="named"), opened(session)
        for row in (named, confidential):
            vote(session, row, "U01", NO)
            vote(session, row, "U02", YES)
        told = ballots.read_pulse(session, named, by_name=True)
        assert {one.name: one.answers for one in told.ballots} == {"Dre": NO, "U02": YES}
        assert "Dre" not in ballots.read_pulse(session, named).to_json()
        with pytest.raises(ValueError, match="does not tell"):
            ballots.read_pulse(session, confidential, by_name=True)


def test_what_may_be_a_complaint_is_kept_and_not_told(db: Database) -> None:
    with db.begin() as session:
        row = opened(session, privacy="named")
        vote(session, row, "U01", (*YES, PulseAnswer(2, (), INJURY)))
        vote(session, row, "U02", NO)
        held = {one.text: one.held_for for one in session.exec(select(PulseBallot)).all()}
        assert held == {"": None, INJURY: "complaint,adverse_event", "The prices": None}
        assert ballots.list_own(session, row, user_id="U01")[2].text == INJURY
        told = ballots.read_pulse(session, row, by_name=True)
        assert INJURY not in told.to_json()
        assert [one.text for one in told.questions[2].said] == ["The prices"]


def test_the_contents_of_a_box_are_a_result_without_regions(db: Database) -> None:
    with db.begin() as session:
        row = opened(session, privacy="anonymous")
        contents = [answers_to_json(NO if number % 2 else YES) for number in range(9)]
        result = ballots.read_box(session, row, contents)
        assert (result.invited, result.answered, result.turnout) == (12, 9, ())
        assert result.questions[0].whole is not None
        assert result.questions[0].whole.hits == (5, 4, 0)
        assert result.questions[0].groups == ()
        lost = ballots.read_box(session, row, None)
        assert (lost.invited, lost.answered) == (12, None)
        assert store.record_closed(session, row, result=lost, now=CLOSE)


def test_an_anonymous_pulse_goes_through_its_box(db: Database) -> None:
    with db.begin() as session:
        row = opened(session, privacy="anonymous")
        ballot_box.open_box(db, session, team_id=TEAM, pulse_id=row.id or 0)
    where: dict[str, Any] = {"team_id": TEAM, "pulse_id": row.id or 0}
    for number, user_id in enumerate(list(INVITED)[:7]):
        with db.begin() as session:
            ballots.require_open(session, **where, user_id=user_id, now=NOW)
        content = answers_to_json(NO if number % 2 else (*YES, PulseAnswer(2, (), INJURY)))
        assert ballot_box.cast(db, **where, user_id=user_id, content=content) == "cast"

    def keep(session: Session, contents: list[str] | None) -> None:
        taken = store.take_pulse(session, **where)
        assert taken is not None
        if taken.state == "open":
            store.record_closed(session, taken, result=ballots.read_box(session, taken, contents), now=CLOSE)

    for _ in range(2):  # as if the first close had been cut short
        ballot_box.close_box(db, **where, keep=keep)
    with db.read() as session:
        found = store.get_pulse(session, **where)
        assert found is not None
        result = store.result_of(found)
    assert result is not None
    assert result.answered == 7
    assert result.questions[0].whole is not None
    assert result.questions[0].whole.hits == (4, 3, 0)
    assert INJURY not in str(found.result)


def test_of_a_cancelled_pulse_nothing_is_left_to_read(db: Database) -> None:
    with db.begin() as session:
        row = opened(session)
        vote(session, row, "U01", NO)
        assert store.record_cancelled(session, row, now=NOW)
        assert not store.record_cancelled(session, row, now=CLOSE)
        assert not close(session, row)
        assert (row.state, row.ended_at, store.result_of(row)) == ("cancelled", NOW, None)
        assert session.exec(select(PulseBallot)).all() == []


# act before you ask again


def test_what_came_of_the_last_pulse_is_asked_for_before_the_same_people_are_asked_again(db: Database) -> None:
    def owed(*invited: str, asker_id: str = "U90", team_id: str = TEAM) -> Pulse | None:
        return find_unanswered_outcome(session, team_id=team_id, asker_id=asker_id, invited=invited)

    with db.begin() as session:
        first = closed(session, "U01", "U02", "U03", "U04")
        opened(session, {"U01": "", "U02": ""})
        other = closed(session, "U01", "U02", asker_id="U91")
        assert owed("U01", "U02") == owed("U03", "U04", "U05", "U06") == first
        assert owed("U04", "U05", "U06") is None
        assert owed("U07") is owed() is None
        assert owed("U01", asker_id="U91") == other
        assert owed("U01", team_id="T2") is None
        assert record_outcome(session, first, outcome="The sheet is back on one page.", now=CLOSE)
        assert not record_outcome(session, first, outcome="Something else", now=CLOSE)
        assert (first.outcome, first.outcome_at) == ("The sheet is back on one page.", CLOSE)
        assert owed("U01", "U02") is None
        second = closed(session, "U01", "U02")
        assert owed("U01", "U02") == second
        assert owed("U03", "U04") is None
        cancelled = opened(session, {"U09": ""})
        assert not record_outcome(session, cancelled, outcome="Too early", now=NOW)
        store.record_cancelled(session, cancelled, now=NOW)
        assert owed("U09") is None


def test_whoever_does_not_wait_for_the_outcome_says_why_and_it_stays_on_record(db: Database) -> None:
    with db.begin() as session:
        first = closed(session, "U01")
        more: dict[str, Any] = {"team_id": TEAM, "asker_id": "U90", "fields": FIELDS, "now": NOW}
        row = store.add_pulse(session, **more, overrides=first, override_reason="The trial starts tomorrow")
        assert (row.overrides_id, row.override_reason) == (first.id, "The trial starts tomorrow")
        row = store.add_pulse(session, **more, override_reason="Nothing to override")
        assert (row.overrides_id, row.override_reason) == (None, None)
    with pytest.raises(IntegrityError), db.begin() as session:
        store.add_pulse(session, **more, overrides=first)


# the way down


def test_the_way_down_keeps_all_other_asks_and_the_way_up_takes_those_of_a_pulse(db: Database) -> None:
    with db.begin() as session:
        add_asks(session, "check_in")
        add_asks(session, "pulse")
        opened(session)
    downgrade(db, "0004")
    with db.begin() as session:
        kept = session.connection().execute(text("SELECT kind, user_id FROM ask")).all()
        assert [tuple(one) for one in kept] == [("check_in", "U01")]
        numbers = session.connection().execute(text("SELECT count(*) FROM askmessage")).scalar()
        assert numbers == 1
    with pytest.raises(IntegrityError), db.begin() as session:
        add_asks(session, "pulse")
    migrate(db)
    assert is_current(db)
    with db.engine.connect() as connection:
        command.check(config_for(connection, compare=True))
    with db.begin() as session:
        add_asks(session, "pulse")
    with pytest.raises(IntegrityError), db.begin() as session:
        add_asks(session, "experiment")


def add_asks(session: Session, kind: str) -> None:
    ask.add_asks(
        session, team_id=TEAM, kind=kind, subject_id=1, stop_key=kind, why="Because.", due={"U01": NOW},
        closes_at=CLOSE, now=NOW,
    )  # fmt: skip
    row = ask.find_ask(session, team_id=TEAM, kind=kind, subject_id=1, user_id="U01")
    assert row is not None
    place = int(kind == "pulse")
    message = {"text": "Well?"}
    ask.send_message(session, row, number=0, message=message, week=NOW.date(), place=place, now=NOW)


def test_a_result_comes_back_from_its_row_as_it_was(db: Database) -> None:
    with db.begin() as session:
        row = closed(session, *INVITED)
        assert row.result is not None
        assert PulseResult.from_json(row.result) == store.result_of(row)
