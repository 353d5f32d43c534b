"""The App Home, through the front door: opened, drawn by role, drawn again when something changed."""

from datetime import UTC, datetime

import pytest

from bot.views.home import ONLY_READS
from storage import home as store
from storage.db import Database
from storage.feedback import Feedback
from storage.workspace import list_workspaces
from tests.slack import Person, Slack, wait_until

ADMIN, MARKETER, REP = "Sam Etxeverrieta", "Priya Rangaraj-Cole", "Dre Hollowell"


def home_of(slack: Slack, name: str) -> Person:
    person = slack.person(name)
    person.opens_home()
    wait_until(lambda: person.home != "", f"{name} sees the Home")
    return person


def test_a_rep_sees_their_own_and_where_the_app_listens(slack: Slack) -> None:
    home = home_of(slack, REP).home
    assert "Hello Dre, what was it worth?" in home
    assert "Give feedback" in home
    assert "Open the library" in home
    assert "Your feedback" in home
    assert ONLY_READS in home
    assert "Set-up" not in home
    assert "next digest" not in home


def test_a_marketer_sees_when_the_next_digest_comes(slack: Slack) -> None:
    assert "Your next digest" in home_of(slack, MARKETER).home


def test_an_admin_sees_what_is_still_to_set_up(slack: Slack) -> None:
    sam = home_of(slack, ADMIN)
    assert "9 people get the weekly digest" in sam.home
    assert "led to your official form" in sam.home
    sam.click_home("Set roles")
    assert "60 people, page 1 of 6" in sam.modal


def test_a_new_role_shows_on_a_home_that_was_opened(slack: Slack) -> None:
    dre = home_of(slack, REP)
    sam = slack.person(ADMIN)
    sam.command("/groundswell people hollowell")
    sam.click("Edit")
    sam.submit(roles=["marketer"])
    slack.settle()
    assert "Your next digest" in dre.home


@pytest.mark.parametrize(("held_for", "shown"), [(None, True), ("complaint", False)])
def test_new_feedback_shows_on_a_home_that_was_opened(
    slack: Slack, company_url: str, held_for: str | None, shown: bool
) -> None:
    dre = home_of(slack, REP)
    assert "the lattice sold it" not in dre.home
    db = Database(company_url)
    with db.begin() as session:
        team_id = list_workspaces(session)[0].team_id
        row = Feedback(
            team_id=team_id, user_id=dre.id, source="form", rating=4, said="the <!channel> lattice sold it",
            held_for=held_for, created_at=datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
        )  # fmt: skip
        session.add(row)
        store.refresh_home(session, team_id=team_id, user_id=dre.id, real_now=datetime.now(UTC))
    db.close()
    slack.settle()
    assert ("lattice sold it" in dre.home) is shown
    assert ("On hold" in dre.home) is not shown
    assert "<!channel>" not in dre.home
