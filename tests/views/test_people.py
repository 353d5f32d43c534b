"""The forms for people, with the worst data, against Slack's limits."""

from datetime import UTC, datetime

import pytest

from bot.access import ROLES, Actor
from bot.domain.csv_list import BadLine
from bot.domain.own_group import OwnGroup
from bot.domain.people import ROLE_LABELS
from bot.views import kit, own_group, people
from bot.views.help import help_text
from sandbox.blocks import check_message, check_view

LONG = "Ω<!channel>&" * 300
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
WORST = people.PersonCard(
    user_id="UE50DGOK6",
    name=LONG,
    roles=frozenset(ROLES),
    department="regulatory",
    region=LONG,
    tz="America/Argentina/ComodRivadavia",
    working_hours="09:00-17:00",
)

GROUPS = (
    own_group.OwnGroupState(
        OwnGroup("T1", "U1", "user_group", name=LONG, user_group_id="S1", lost_at=NOW, read_at=NOW), 9
    ),
    own_group.OwnGroupState(),
    own_group.OwnGroupState(OwnGroup("T1", "U1", "people"), 300, [f"U{number}" for number in range(300)]),
)


def actor(*roles: str) -> Actor:
    return Actor("T1", "U1", "Ada", frozenset(roles), "sales", "", "UTC")


@pytest.mark.parametrize(("page", "total"), [(0, 1), (0, 1000), (50, 1000), (99, 1000)])
def test_a_page_of_people_keeps_to_the_limits(page: int, total: int) -> None:
    view = people.people_modal(people.PeoplePage([WORST] * people.PAGE_SIZE, total, page, LONG[:60]), "Saved. " * 900)
    assert check_view(view) == []
    assert "<!channel>" not in str([block for block in view["blocks"] if block["type"] != "input"])


def test_an_empty_list_says_so() -> None:
    view = people.people_modal(people.PeoplePage([], 0, 0, "Zarathustra"))
    assert check_view(view) == []
    assert "Nobody fits “Zarathustra”." in str(view)


@pytest.mark.parametrize("roles", [frozenset(), frozenset({"rep"}), frozenset(ROLES)])
def test_the_form_for_a_person_keeps_to_the_limits(roles: frozenset[str]) -> None:
    card = people.PersonCard("U1", "", roles, "", "", "", "")
    for one in (card, WORST):
        own = own_group.own_group_blocks(GROUPS[len(roles) % 3])
        view = people.person_modal(one, page=3, search=LONG[:60], always_admin=True, own_group=own)
        assert check_view(view) == []
        assert "<!channel>" not in str([block for block in view["blocks"] if block["type"] == "context"])
        assert kit.memo(view) == {"user_id": one.user_id, "page": 3, "search": LONG[:60]}


def test_a_type_ahead_of_user_groups_keeps_to_the_limits_and_finds_by_a_part() -> None:
    options = own_group.user_group_options({f"S{number}": f"{LONG} {number}" for number in range(300)}, "")
    assert len(options) == 100
    assert all(0 < len(one["text"]["text"]) <= 75 for one in options)
    groups = {"S1": "Spine", "S2": "Hip and Spine", "S3": "Knee"}
    assert [one["value"] for one in own_group.user_group_options(groups, " @spine ")] == ["S1", "S2"]


def test_the_import_form_keeps_to_the_limits() -> None:
    problems = [BadLine(number, LONG[:200]) for number in range(2, 90)]
    view = people.import_modal(LONG, people.ALL_OR_NOTHING, people.import_notice(3, problems))
    assert check_view(view) == []
    assert "<!channel>" not in view["blocks"][0]["text"]["text"]
    assert check_view(people.import_modal()) == []


def test_the_help_depends_on_the_roles() -> None:
    assert "/groundswell people" not in help_text(actor("rep"))
    assert "/digest" in help_text(actor("marketer"))
    assert "/groundswell people" in help_text(actor("rep", "admin"))
    message = kit.note(help_text(actor(*ROLES), LONG))
    assert check_message(message["text"], message["blocks"], []) == []
    assert "<!channel>" not in message["text"]


def test_who_is_asked_instead_is_named() -> None:
    assert people.only_an_admin(["Sam"]) == "Only an admin can change that. Yours is: Sam."
    assert people.only_an_admin(["Sam", "Io"]) == "Only an admin can change that. Yours are: Sam, Io."
    assert "nobody is one yet" in people.only_an_admin([])


def test_every_role_has_a_word() -> None:
    assert tuple(ROLE_LABELS) == ROLES
