"""A manager's own group through the front door: chosen in the person's form, followed in Slack, and kept to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.own_group import HOW
from bot.profile import Profile
from storage import people, role, user_group
from storage.db import Database
from storage.own_group import OwnGroupMember
from storage.pulse import Pulse, PulseInvitation
from tests.databases import BOTH_ENGINES
from tests.pulses import start_pulse, team_of
from tests.slack import Person, Slack, wait_until

ADMIN, OTHER_ADMIN = "Sam Etxeverrieta", "Grace Oduya-Finch"
MANAGER, EXECUTIVE, REP = "Gudrun Eslinghofer", "Leopold Strandgaard", "Dre Hollowell"
SPINE = ("Dre", "Kayla", "Tess", "Niamh", "Kenta", "Gudrun")  # of four regions, and the manager
SOME_DAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1).total_seconds()


@pytest.fixture
def db(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def ids(slack: Slack, *names: str) -> list[str]:
    return [slack.person(name).id for name in names]


def user_group_in_slack(slack: Slack, *names: str, name: str = "Spine") -> None:
    slack.post("user_group", user_group="S0SPINE", called=name, members=ids(slack, *names))


def form_of(slack: Slack, name: str = MANAGER, admin: str = ADMIN) -> Person:
    """The form of somebody, as an admin has it."""
    sam = slack.person(admin)
    if sam.modal:
        slack.post("close", user=sam.id, all=True)
    assert sam.command(f"/groundswell people {name}") == ""
    sam.click("Edit")
    slack.settle()  # Slack's user groups are read now
    return sam


def two_admins(slack: Slack, db: Database) -> tuple[Person, Person]:
    """Two admins who have the manager's form open at once."""
    with db.begin() as session:
        grace = slack.person(OTHER_ADMIN).id
        role.record_roles(session, team_id=team_of(slack), user_id=grace, roles=frozenset({"admin"}))
    return form_of(slack), form_of(slack, admin=OTHER_ADMIN)


def choose(slack: Slack, **form: Any) -> Person:
    sam = form_of(slack)
    assert sam.submit(**form) == {}
    slack.settle()
    return sam


def choose_spine(slack: Slack) -> None:
    sam = form_of(slack)
    assert sam.submit(own_group="user_group", user_group=sam.pick("people.user_group", "spine")) == {}
    slack.settle()


def home_of(slack: Slack, name: str, told: str) -> Person:
    person = slack.person(name)

    def sees() -> bool:
        person.opens_home()
        slack.settle()
        return told in person.home

    wait_until(sees, f"{name} sees {told!r}")
    return person


def invited(slack: Slack, db: Database) -> set[str]:
    """The names of those whom the last pulse asks."""
    names = {one["id"]: one["name"] for one in slack.get("people")["people"]}
    with db.read() as session:
        last = session.exec(select(Pulse).order_by(col(Pulse.id).desc())).first()
        assert last
        asked = session.exec(select(PulseInvitation.user_id).where(PulseInvitation.pulse_id == last.id)).all()
    return {names[one].split()[0] for one in asked}


@BOTH_ENGINES
def test_a_user_group_is_chosen_asked_and_followed(slack: Slack, db: Database) -> None:
    user_group_in_slack(slack, *SPINE)
    with db.begin() as session:  # one of them has never been heard of
        session.delete(people.get_person(session, team_id=team_of(slack), user_id=slack.person("Kenta").id))
    sam, gudrun = form_of(slack), slack.person(MANAGER)
    assert sam.fields["own_group"] == "place"
    assert "Now: Sales in DACH, 8 people." in sam.modal
    assert sam.type_ahead("people.user_group", "SPI") == ["Spine"]
    assert "All reps" in sam.type_ahead("people.user_group", "")
    assert sam.submit(own_group="user_group") == {"user_group": "Choose the user group, or another way above."}
    found = sam.pick("people.user_group", "spine")
    assert "A user group is chosen below." in sam.submit(own_group="place", user_group=found)["own_group"]
    assert "People are chosen below." in sam.submit(own_group="user_group", people=[gudrun.id])["own_group"]
    assert sam.submit(own_group="user_group", user_group=found, people=[]) == {}
    assert "Saved. Their own group: Spine user group." in sam.modal
    slack.settle()
    assert "Now: Spine user group, 6 people." in form_of(slack).modal
    home_of(slack, MANAGER, "*Your group*: Spine user group, 6 people")
    gudrun.command("/pulse", "app")
    gudrun.click("New pulse")
    assert "Of your own group: everybody in the Spine user group." in gudrun.modal
    form = {"question0": "Is it usable?", "options0": "Yes\nNo", "closes_on": "2026-11-25"}
    assert gudrun.submit(**form, privacy="named") == {}
    slack.settle()
    assert invited(slack, db) == {"Dre", "Kayla", "Tess", "Niamh", "Kenta"}
    assert "Spine user group, 5 people besides you" in gudrun.command("/digest last week").replace("\n", " ")

    # whoever joins or leaves it in Slack is followed, and so is its name
    user_group_in_slack(slack, "Dre", "Jonas", "Ines", name="Spine team")
    slack.jump(by_seconds=HOUR)
    home_of(slack, MANAGER, "*Your group*: Spine team user group, 3 people")
    assert "fewer than 5" in gudrun.home
    start_pulse(slack, db, asker=MANAGER, role="")
    assert invited(slack, db) == {"Dre", "Jonas", "Ines"}

    # whoever reads the trail sees who chose what
    sam.command("/groundswell audit")
    assert "Sam Etxeverrieta* changed the own group of" not in sam.modal  # it is Sam who reads
    assert "*You* changed the own group of Gudrun Eslinghofer." in sam.modal
    assert "own group: Sales in DACH → Spine user group" in sam.modal
    gudrun.command("/groundswell audit")
    assert "*Sam Etxeverrieta* changed your own group." in gudrun.modal


def test_one_that_slack_shows_no_more_keeps_its_people_and_the_admin_hears(slack: Slack, db: Database) -> None:
    user_group_in_slack(slack, *SPINE)
    choose_spine(slack)
    slack.post("user_group", user_group="S0SPINE", end=True)
    slack.jump(by_seconds=HOUR)
    told = "🟡 Slack no longer shows me the Spine user group, Gudrun Eslinghofer's own group: the 6 people I knew last"
    home_of(slack, ADMIN, told)
    gudrun = home_of(slack, MANAGER, "*Your group*: Spine user group, 6 people")
    assert "Slack no longer shows me this user group" in gudrun.home
    start_pulse(slack, db, asker=MANAGER)
    assert invited(slack, db) == {"Dre", "Kayla", "Tess", "Niamh", "Kenta"}
    sam = form_of(slack)
    assert "The people I knew last stay." in sam.modal
    assert sam.type_ahead("people.user_group", "spine") == []
    assert sam.submit(region="DACH") == {}  # what is kept may stay
    assert "Their own group" not in sam.modal
    user_group_in_slack(slack, "Dre")  # it is there again
    slack.jump(by_seconds=HOUR)
    home_of(slack, MANAGER, "*Your group*: Spine user group, 1 person")
    sam.opens_home()
    wait_until(lambda: "no longer shows" not in sam.home, "all is well again")


def test_a_slack_that_lets_nobody_read_user_groups_keeps_them_too(slack: Slack, db: Database) -> None:
    user_group_in_slack(slack, *SPINE)
    choose_spine(slack)
    slack.post("faults", rules=[{"method": "usergroups.users.list", "kind": "unknown_method"}])
    slack.jump(by_seconds=HOUR)
    home_of(slack, ADMIN, "Slack no longer shows me the Spine user group")
    assert len(members(slack, db)) == 6


def members(slack: Slack, db: Database) -> list[str]:
    with db.read() as session:
        return list(session.exec(select(OwnGroupMember.user_id).where(OwnGroupMember.team_id == team_of(slack))))


def test_people_are_chosen_by_hand_within_bounds(slack: Slack, db: Database) -> None:
    bot = slack.person(ADMIN).sees_all()["app"]["user_id"]
    sam = form_of(slack)
    assert sam.submit(own_group="people") == {"people": "Choose at least one person, or another way above."}
    with db.begin() as session:  # one of them was in the company
        row = people.get_person(session, team_id=team_of(slack), user_id=slack.person("Kayla").id)
        assert row
        row.is_active = False
    chosen = ids(slack, "Dre", "Kayla", "Tess", "Gudrun", "Ines")
    assert sam.submit(own_group="people", people=[*chosen, bot]) == {}
    assert "Saved. Their own group: chosen by hand." in sam.modal
    wait_until(lambda: sorted(members(slack, db)) == sorted(chosen), "the app itself is no colleague")
    gudrun = home_of(slack, MANAGER, "*Your group*: chosen by hand, 5 people")  # Slack says that Kayla is there
    gudrun.command("/check-in new")
    assert "Of your own group: everybody in a group chosen by hand." in gudrun.modal
    assert sorted(form_of(slack).fields["people"]) == sorted(chosen)
    start_pulse(slack, db, asker=MANAGER, role="")
    assert invited(slack, db) == {"Dre", "Kayla", "Tess", "Ines"}
    assert slack.person(MANAGER).command("/digest last week").count("Chosen by hand, 4 people besides you") == 1


def test_it_is_asked_of_managers_alone_and_a_role_taken_away_while_the_form_is_open(slack: Slack, db: Database) -> None:
    assert "own_group" not in form_of(slack, REP).fields
    sam = form_of(slack, REP)
    assert sam.submit(roles=["rep", "manager"]) == {}
    assert "Their own group: Sales in US-East." in sam.modal
    sam = form_of(slack, REP)
    assert sam.fields["own_group"] == "place"
    assert sam.submit(roles=["rep"], own_group="people", people=ids(slack, "Tess")) == {}
    assert members(slack, db) == []  # no manager any more
    sam = form_of(slack)
    with db.begin() as session:
        role.record_roles(session, team_id=team_of(slack), user_id=sam.id, roles=frozenset({"rep"}))
        row = slack.person(OTHER_ADMIN).id
        role.record_roles(session, team_id=team_of(slack), user_id=row, roles=frozenset({"admin"}))
    assert set(sam.submit(own_group="people", people=ids(slack, "Tess"))) == {"roles"}
    assert members(slack, db) == []


def test_of_two_admins_at_once_the_last_one_wins(slack: Slack, db: Database) -> None:
    first, second = two_admins(slack, db)
    assert first.submit(own_group="people", people=ids(slack, "Tess")) == {}
    assert second.submit(own_group="people", people=ids(slack, "Dre", "Ines")) == {}
    slack.settle()
    assert sorted(members(slack, db)) == sorted(ids(slack, "Dre", "Ines"))
    first.command("/groundswell audit")
    assert first.modal.count("changed the own group of Gudrun Eslinghofer.") == 2
    assert "own group: 1 person by hand → 2 people by hand; added: 2; taken out: 1" in first.modal


def test_whoever_saves_something_else_undoes_no_other_admins_choice(slack: Slack, db: Database) -> None:
    first, second = two_admins(slack, db)
    assert first.submit(own_group="people", people=ids(slack, "Tess")) == {}
    assert second.submit(region="Alps") == {}
    slack.settle()
    assert members(slack, db) == ids(slack, "Tess")


@BOTH_ENGINES
def test_a_slack_that_asks_for_patience_while_people_are_met_is_asked_again(slack: Slack, db: Database) -> None:
    user_group_in_slack(slack, *SPINE)
    with db.begin() as session:
        for name in SPINE[:5]:
            session.delete(people.get_person(session, team_id=team_of(slack), user_id=slack.person(name).id))
    sam = form_of(slack)
    found = sam.pick("people.user_group", "spine")
    slack.post("faults", rules=[{"method": "users.info", "kind": "ratelimited", "count": 2}])
    assert sam.submit(own_group="user_group", user_group=found) == {}
    slack.settle()
    assert "Now: Spine user group, 6 people." in form_of(slack).modal


def test_a_check_in_asks_the_group_of_its_own_day(slack: Slack, db: Database) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command("/check-in new")
    form = {"name": "My team", "question0": "What did you need?", "role": "rep", "days": "1:1", "at": "09:00"}
    assert gudrun.submit(**form) == {}
    assert "reps in DACH, Sales department" in gudrun.modal
    user_group_in_slack(slack, "Niamh", "Imran", "Gudrun")
    choose_spine(slack)
    slack.post("close", user=gudrun.id, all=True)
    gudrun.command("/check-in")
    assert "reps in the Spine user group" in gudrun.modal
    slack.post("close", user=gudrun.id, all=True)
    niamh = slack.person("Niamh")
    slack.jump(local="tue 09:00", person=niamh)
    niamh.reads("What did you need?", "app")
    slack.settle()
    for name in ("Jonas", "Dre", "Gudrun"):
        slack.person(name).sees_nothing_of("What did you need?")


def test_somebody_whose_own_group_nobody_knows_hears_of_all_three_ways(slack: Slack, db: Database) -> None:
    with db.begin() as session:
        people.record_person(session, team_id=team_of(slack), user_id=slack.person(MANAGER).id, now=SOME_DAY, region="")
    gudrun = home_of(slack, MANAGER, HOW)
    for command in ('/pulse "Usable?" Yes | No', "/check-in new", "/digest"):
        assert HOW in gudrun.command(command), command
    assert "Now: nobody." in form_of(slack).modal
    assert start_pulse(slack, db, asker=MANAGER)
    gudrun.reads("or choose one of Slack's user groups or people by hand for you there", "app")
    choose(slack, own_group="people", people=ids(slack, "Dre"))
    start_pulse(slack, db, asker=MANAGER)
    assert invited(slack, db) == {"Dre"}


def test_a_check_in_of_a_manager_without_a_region_does_not_go_to_everybody_one_day(slack: Slack, db: Database) -> None:
    gudrun, team_id = slack.person(MANAGER), team_of(slack)
    with db.begin() as session:
        people.record_person(session, team_id=team_id, user_id=gudrun.id, now=SOME_DAY, region="")
    choose(slack, own_group="people", people=ids(slack, "Dre"))
    gudrun.command("/check-in new")
    form = {"name": "My team", "question0": "What did you need?", "role": "rep", "days": "1:1", "at": "09:00"}
    assert gudrun.submit(**form) == {}
    slack.post("close", user=gudrun.id, all=True)
    with db.begin() as session:
        role.record_roles(session, team_id=team_id, user_id=gudrun.id, roles=frozenset({"manager", "marketer"}))
    slack.jump(local="tue 09:00", person=slack.person("Jonas"))
    told = gudrun.reads("My team", "app")
    assert "nobody fits any more (reps without a region)" in told.text
    slack.person("Jonas").sees_nothing_of("What did you need?")
    gudrun.command("/check-in")
    gudrun.click("Edit")
    assert gudrun.fields["regions"] == []


def test_user_groups_of_another_workspace_are_not_there(slack: Slack, db: Database) -> None:
    with db.begin() as session:
        user_group.record_user_groups(session, team_id="T0OTHER", groups={"S0AWAY": "Away"})
    sam = form_of(slack)
    assert sam.type_ahead("people.user_group", "away") == []


def test_bots_and_people_of_other_companies_are_no_colleagues() -> None:
    ada = Profile("U1", "Ada", "UTC", is_active=True, is_bot=False, team_id="T1")
    assert ada.works_here("T1")
    assert not replace(ada, team_id="T2").works_here("T1")
    assert not replace(ada, is_stranger=True).works_here("T1")
    assert not replace(ada, is_bot=True).works_here("T1")
