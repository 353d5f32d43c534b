"""People in the tables, on both engines."""

from datetime import UTC, datetime

import pytest

from bot.errors import BotError
from storage import people as store
from storage.db import Database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
LIST = "slack_id,name,role,region\nUADA,Ada Ng,admin,EMEA\nUBEN,Ben Roy,marketer,EMEA\nUCAL,Cal Émile,,APAC\n"


@pytest.fixture
def staff(db: Database) -> Database:
    """Three people, and a namesake of one of them in another workspace."""
    with db.begin() as session:
        store.import_people(session, team_id="T1", text=LIST, now=NOW)
        store.import_people(session, team_id="T2", text="slack_id,name,role\nUXXX,Ada Ng,admin", now=NOW)
    return db


def test_people_are_found_by_name_and_region(staff: Database) -> None:
    with staff.read() as session:
        found = {
            search: [person.user_id for person in store.find_people(session, team_id="T1", search=search)]
            for search in ("", "ada", "EMEA", "émile".capitalize(), "%", "nobody")
        }
        assert store.count_people(session, team_id="T1") == 3
        second = store.find_people(session, team_id="T1", offset=1, limit=1)
    assert found == {
        "": ["UADA", "UBEN", "UCAL"], "ada": ["UADA"], "EMEA": ["UADA", "UBEN"], "Émile": ["UCAL"], "%": [],
        "nobody": [],
    }  # fmt: skip
    assert [person.user_id for person in second] == ["UBEN"]


def test_a_list_by_name_changes_only_what_it_tells(staff: Database) -> None:
    with staff.begin() as session:
        done = store.import_people(session, team_id="T1", text="name,role,tz\nBEN ROY,manager,UTC", now=NOW)
        assert done.saved == ["Ben Roy"]
        change = store.RoleChange("UBEN", "Ben Roy", frozenset({"marketer"}), frozenset({"manager"}))
        assert done.changes == [change]
        ben = store.get_person(session, team_id="T1", user_id="UBEN")
    assert ben
    assert (ben.name, ben.region, ben.tz) == ("Ben Roy", "EMEA", "UTC")


def test_an_unknown_or_double_name_is_a_problem(staff: Database) -> None:
    with staff.begin() as session:
        store.record_person(session, team_id="T1", user_id="UBEN2", now=NOW, name="Ben Roy")
        done = store.import_people(session, team_id="T1", text="name,role\nBen Roy,rep\nZoe,rep\nAda Ng,admin", now=NOW)
    assert [bad.sentence for bad in done.problems] == [
        "2 people are called Ben Roy; say which by slack_id.",
        "I know nobody called Zoe; add their slack_id.",
    ]
    assert done.saved == ["Ada Ng"]


def test_all_or_nothing_keeps_nothing(staff: Database) -> None:
    text = "slack_id,name,role\nUNEW,New One,rep\nUBAD,Bad One,boss"
    with staff.begin() as session:
        done = store.import_people(session, team_id="T1", text=text, now=NOW, all_or_nothing=True)
        assert (done.saved, len(done.problems)) == ([], 1)
        assert store.get_person(session, team_id="T1", user_id="UNEW") is None
        assert store.import_people(session, team_id="T1", text=text, now=NOW).saved == ["New One"]


def test_there_is_always_an_admin(staff: Database) -> None:
    rep, nobody = frozenset({"rep"}), frozenset[str]()
    with staff.begin() as session, pytest.raises(BotError, match="the only admin"):
        store.change_roles(session, team_id="T1", user_id="UADA", roles=rep, admins=nobody, now=NOW, by="")
    with staff.begin() as session:
        done = store.import_people(session, team_id="T1", text="slack_id,role\nUADA,rep\nUBEN,rep", now=NOW)
        assert [(bad.line, bad.sentence) for bad in done.problems] == [(2, store.LAST_ADMIN)]
        assert done.saved == ["Ben Roy"]
        done = store.import_people(session, team_id="T1", text="slack_id,role\nUADA,rep\nUBEN,admin", now=NOW)
        assert done.problems == []
        assert [one.user_id for one in store.list_admins(session, team_id="T1", admins=nobody)] == ["UBEN"]


def test_who_is_admin_by_the_settings_stays_one(staff: Database) -> None:
    named = frozenset({"UADA"})
    with staff.begin() as session:
        change = store.change_roles(
            session, team_id="T1", user_id="UADA", roles=frozenset({"rep"}), admins=named, now=NOW, by=""
        )
        assert change.after == {"rep", "admin"}
        assert [one.user_id for one in store.list_admins(session, team_id="T1", admins=named)] == ["UADA"]
