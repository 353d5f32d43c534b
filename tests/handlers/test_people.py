"""People, through the front door: help, the list, one person, a pasted list, and who may."""

import pytest

from bot.access import NOT_FOUND
from tests.slack import Person, Slack

ADMIN, MARKETER, REP = "Sam Etxeverrieta", "Priya Rangaraj-Cole", "Dre Hollowell"


@pytest.fixture
def wants_digests() -> bool:
    return True


def open_list(slack: Slack, search: str = "") -> Person:
    sam = slack.person(ADMIN)
    assert sam.command(f"/groundswell people {search}".strip()) == ""
    return sam


def edit(slack: Slack, name: str) -> Person:
    sam = open_list(slack, name)
    sam.click("Edit")
    return sam


def test_the_help_fits_the_role(slack: Slack) -> None:
    said = slack.person(REP).command("/groundswell")
    assert "/asset-feedback" in said
    assert "/digest" in said
    assert "/pulse" not in said
    assert "/groundswell people" not in said
    assert "/digest" in slack.person(MARKETER).command("/groundswell help")
    assert "/groundswell people" in slack.person(ADMIN).command("/groundswell HELP")


def test_an_unknown_word_is_answered_with_the_help(slack: Slack) -> None:
    said = slack.person(REP).command("/groundswell frobnicate <!channel>")
    assert "I don't know “frobnicate" in said
    assert "<!channel>" not in said
    assert "What you can do here" in said


def test_only_an_admin_changes_people(slack: Slack) -> None:
    for name in (REP, MARKETER):
        said = slack.person(name).command("/groundswell people")
        assert said.startswith("Only an admin can change that. Yours is: Sam Etxeverrieta.")
        assert slack.person(name).modal == ""


def test_the_list_has_pages_and_a_search(slack: Slack) -> None:
    sam = open_list(slack)
    assert "60 people, page 1 of 6." in sam.modal
    assert "Carla Demski-Rowe" in sam.modal
    sam.click("Next")
    assert "page 2 of 6" in sam.modal
    sam.click("Previous")
    assert "page 1 of 6" in sam.modal
    assert sam.submit(search="hollow") == {}
    assert "1 person fit “hollow”" in sam.modal
    assert REP in sam.modal
    sam.submit(search="<!channel> nobody")
    assert "Nobody fits" in sam.modal


def test_a_new_marketer_is_told_once(slack: Slack) -> None:
    sam = edit(slack, REP)
    assert sam.fields["roles"] == ["rep"]
    assert sam.fields["region"] == "US-East"
    sam.submit(roles=["rep", "marketer"], department="marketing", region="US-West")
    assert "Saved. Dre Hollowell has been told." in sam.modal
    assert "Rep, Marketer · Marketing · US-West" in sam.modal
    dre = slack.person(REP)
    dre.reads("You are now a marketer. The weekly digest comes to you on Mondays at 09:00", "app")
    slack.settle()
    assert len(dre.messages("app")) == 1
    assert "/digest" in dre.command("/groundswell")


def test_what_is_wrong_stands_under_its_field_and_nothing_is_saved(slack: Slack) -> None:
    sam = edit(slack, REP)
    wrong = sam.submit(roles=["marketer"], tz="Mars/Olympus", working_hours="late")
    assert "“Mars/Olympus” is no time zone that I know" in wrong["tz"]
    assert "09:00-17:00" in wrong["working_hours"]
    assert sam.fields["tz"] == "Mars/Olympus"
    slack.person(REP).sees_nothing_of("You are now")


def test_the_only_admin_stays_one(slack: Slack) -> None:
    sam = edit(slack, ADMIN)
    assert "only admin" in sam.submit(roles=["rep"])["roles"]
    assert sam.submit(roles=["rep", "admin"]) == {}
    assert "/groundswell people" in sam.command("/groundswell")


def test_anybody_of_the_workspace_can_be_chosen(slack: Slack) -> None:
    sam = open_list(slack)
    sam.choose("people.pick", slack.person(MARKETER).id)
    assert MARKETER in sam.modal
    assert sam.fields["roles"] == ["marketer"]
    sam.click("Back to the list")
    assert "page 1 of 6" in sam.modal


def test_a_pasted_list_names_each_bad_line_and_keeps_the_good_ones(slack: Slack) -> None:
    sam = open_list(slack)
    sam.click("Import CSV")
    sam.submit(csv="name,role\nDre Hollowell,marketer\nNobody Known,rep\nKayla Brandvold,boss")
    assert "1 person is saved." in sam.modal
    assert "Line 3: I know nobody called Nobody Known" in sam.modal
    assert "Line 4: “boss” is no role" in sam.modal
    assert sam.fields["csv"] == "name,role\nNobody Known,rep\nKayla Brandvold,boss"
    slack.person(REP).reads("You are now a marketer", "app")
    sam.submit(csv="name;role\nKayla Brandvold;manager")
    assert "1 person is saved." in sam.modal
    assert "60 people" in sam.modal


def test_all_lines_or_none(slack: Slack) -> None:
    sam = open_list(slack)
    sam.click("Import CSV")
    pasted = "name,role\nDre Hollowell,marketer\nKayla Brandvold,boss"
    assert "Line 3: “boss”" in sam.submit(csv=pasted, keep="all")["csv"]
    assert sam.fields["csv"] == pasted
    slack.person(REP).sees_nothing_of("You are now")


def test_a_form_that_was_opened_before_the_role_was_lost_saves_nothing(slack: Slack) -> None:
    sam = open_list(slack)
    sam.click("Import CSV")
    sam.submit(csv="name,role\nGrace Oduya-Finch,admin\nSam Etxeverrieta,marketer")
    assert sam.submit(search="dre") == {"search": NOT_FOUND}
    assert REP not in sam.modal
    assert sam.command("/groundswell people").startswith("Only an admin can change that. Yours is: Grace Oduya-Finch.")
