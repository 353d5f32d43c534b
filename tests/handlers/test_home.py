"""The App Home, through the front door: each role's part, what is done from it, quiet, and the first contact."""

from collections.abc import Iterator

import pytest

from bot.views.home import ONLY_READS
from bot.views.quiet import BACK
from storage import people, role
from storage.db import Database
from storage.people import Person as Row
from storage.workspace import list_workspaces
from tests.slack import Person, Slack, wait_until

ADMIN, MARKETER, REP = "Sam Etxeverrieta", "Priya Rangaraj-Cole", "Dre Hollowell"


@pytest.fixture
def wants_digests() -> bool:
    return True


def home_of(slack: Slack, name: str) -> Person:
    person = slack.person(name)
    person.opens_home()
    wait_until(lambda: person.home != "", f"{name} sees the Home")
    return person


@pytest.fixture
def db(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def test_a_rep_keeps_their_words_and_their_quiet_on_the_home(slack: Slack, db: Database) -> None:
    dre = home_of(slack, REP)
    for told in (
        "Hello Dre, what was it worth?",
        "Your feedback",
        "Nothing yet.",
        ONLY_READS,
        "Only in your working hours: ",
    ):
        assert told in dre.home, told
    for other in ("Set-up", "next digest", "Administration", "Your assets", "What the ground sees", "Your group"):
        assert other not in dre.home, other
    dre.click_home("Open the library")
    assert "30 assets to use" in dre.modal

    # what they say stands there, is edited and taken back from there
    for words in ("corvane surgeon deck 4 the <!channel> lattice sold it", "corvane surgeon deck 2 no prices in it"):
        dre.command(f"/asset-feedback {words}")
    slack.settle()
    assert "*Your feedback*, 2 pieces" in dre.home
    assert "lattice sold it" in dre.home
    assert "<!channel>" not in dre.home
    dre.click_home("See all, search")
    assert dre.submit(search="lattice") == {}
    assert "lattice sold it" in dre.modal
    assert "no prices" not in dre.modal
    dre.click("Edit")
    assert "2" not in dre.fields.get("search", "")
    dre.submit(said="the lattice closed it", rating="5")
    assert "Saved. The receipt is in my messages." in dre.modal
    assert "the lattice closed it" in dre.modal
    assert "no prices" not in dre.modal  # the search holds
    assert dre.submit(search="no such word") == {}
    assert "Nothing of yours holds “no such word”." in dre.modal
    assert dre.submit(search="") == {}
    dre.click("Withdraw")
    assert "Taken back." in dre.modal
    slack.settle()
    assert "*Your feedback*, 1 piece\n" in dre.home
    dre.click_home("Withdraw")
    assert "counts nowhere" in dre.modal
    dre.click("Record it again")
    slack.settle()
    assert "*Your feedback*, 1 piece\n" in dre.home

    # hours and quiet
    dre.click_home("Change my hours")
    assert set(dre.submit(working_hours="nine", until="2026-11-20")) == {"working_hours", "until"}
    assert dre.submit(working_hours="", until="2027-11-20") == {
        "until": "That is more than three months ahead. To end questions for good, press `Stop these` under one."
    }
    assert dre.submit(working_hours="7:30 - 15:30", until="2026-11-30") == {}
    slack.settle()
    assert "07:30-15:30, Monday to Friday" in dre.home
    assert "You asked for quiet: no question comes before" in dre.home
    assert row_of(db, dre).quiet_until is not None
    dre.click_home("I'm back")
    slack.settle()
    assert row_of(db, dre).quiet_until is None
    dre.click_home("Ask me nothing this week")
    assert "no question comes before" in dre.modal
    slack.settle()
    assert BACK in str(dre.sees_all()["home"])


def test_roles_bring_their_parts_and_take_them_away(slack: Slack, db: Database) -> None:
    sam = home_of(slack, ADMIN)

    def sees_a_tick() -> bool:
        sam.opens_home()
        slack.settle()
        return "🟢 The clock ticks" in sam.home

    wait_until(sees_a_tick, "the clock has ticked")
    for told in (
        "Hello Sam, here is how Groundswell is doing", "9 people get the weekly digest", "Nothing is announced yet",
        "60 people: ", "Marketer 9", "🟢 All messages of the last week arrived",
    ):  # fmt: skip
        assert told in sam.home, told
    sam.click_home("Set roles")
    assert "60 people, page 1 of 6" in sam.modal
    priya = home_of(slack, MARKETER)
    for told in ("here is what the field says", "Your next digest", "Your assets"):
        assert told in priya.home, told
    assert "Administration" not in priya.home

    # somebody who holds all roles sees all parts; when they are taken away, the Home forgets them
    dre = home_of(slack, REP)
    parts = ("Your next digest", "Your pulses", "Your group", "What the ground sees", "Words on hold", "Administration")
    sam.command("/groundswell roles hollowell")
    sam.click("Edit")
    sam.submit(roles=["marketer", "manager", "executive", "compliance", "admin"])
    slack.settle()
    for told in (*parts, "Questions to you", "Where I listen"):
        assert told in dre.home, told
    with db.begin() as session:
        role.record_roles(session, team_id=team(db), user_id=dre.id, roles=frozenset({"rep"}))
    dre.opens_home()  # a drawing asks anew who they are
    wait_until(lambda: "Administration" not in dre.home, "the parts are gone")
    assert not [told for told in parts if told in dre.home]


def test_who_waits_is_answered_from_the_home_and_the_rep_sees_what_became_of_it(slack: Slack) -> None:
    ines, dre = slack.person("Ines"), home_of(slack, REP)
    dre.command("/asset-feedback corvane surgeon deck 1 the prices are old")
    slack.settle()
    ines.opens_home()
    wait_until(lambda: "1 piece of feedback waits for your answer" in ines.home, "Ines sees who waits")
    assert "Dre Hollowell on *Corvane" in ines.home
    assert "> the prices are old" in ines.home
    ines.click_home("Reply")
    ines.submit(reply="New prices come on Friday.")
    slack.settle()
    assert "1 piece of feedback waits" not in ines.home
    assert "What became of what you said" in dre.home
    assert "> New prices come on Friday." in dre.home


def test_whoever_comes_first_is_welcomed_once_after_their_answer(slack: Slack, db: Database) -> None:
    with db.begin() as session:
        for name in (REP, MARKETER, ADMIN):
            row = people.get_person(session, team_id=team(db), user_id=slack.person(name).id)
            assert row
            row.met_at = None
            session.add(row)
    dre, priya, sam = (slack.person(name) for name in (REP, MARKETER, ADMIN))
    assert "What you can do here" in dre.command("/groundswell")
    assert "I don't know “nonsense”" in dre.command("/groundswell nonsense")
    priya.opens_home()
    slack.jump(by_seconds=60)  # the clock looks for admins whom nobody has welcomed
    slack.settle()
    assert "You are a" not in dre.reads("I'm Groundswell").text
    assert "You are a marketer." in priya.reads("I'm Groundswell").text
    assert "You are an admin." in sam.reads("I'm Groundswell").text
    for person in (dre, priya, sam):
        person.opens_home()
        person.command("/groundswell")
    slack.jump(by_seconds=60)
    slack.settle()
    for person in (dre, priya, sam):
        assert sum("I'm Groundswell" in message.text for message in person.messages()) == 1
        assert row_of(db, person).met_at is not None
    dre.click("Open the library", on=dre.reads("I'm Groundswell"))
    assert "30 assets to use" in dre.modal


def team(db: Database) -> str:
    with db.read() as session:
        return list_workspaces(session)[0].team_id


def row_of(db: Database, person: Person) -> Row:
    with db.read() as session:
        row = people.get_person(session, team_id=team(db), user_id=person.id)
    assert row
    return row
