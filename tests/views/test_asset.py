"""Assets on the screen: the worst data against Slack's limits, what others' words cannot do, and who sees what."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.asset import Card
from bot.domain.audience import Audience
from bot.domain.csv_list import BadLine
from bot.domain.feedback import DEFAULT_EMOJI_MAP
from bot.domain.filed_away import Plan
from bot.views import asset, asset_card, asset_form, asset_library, kit
from bot.views.asset_library import PAGE_SIZE, Page
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TZ = "Asia/Kolkata"
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]


def cut(limit: int) -> str:
    return (EVIL * 40)[:limit].strip()


WORST = Card(  # every field as long as a form takes it
    version_id=10**12, asset_id=3, reference=cut(80), version=cut(40), title=cut(200), kind=cut(60),
    link="https://assets.meridian.example/" + "x" * 1960, owner_id="U9", owner_name=EVIL * 4, audience=cut(80),
    product_line=cut(80), funnel_stage=cut(80), review_days=3650, released_at=NOW, expires_on=date(2027, 5, 31),
    retired_at=None, superseded_by=None, aliases=tuple(cut(60) for _ in range(8)), last_used_at=NOW,
)  # fmt: skip
BARE = replace(
    WORST, title="D", kind="", link="", owner_name="", audience="", product_line="", funnel_stage="", review_days=None,
    expires_on=None, aliases=(), version="v1", reference="R",
)  # fmt: skip
DRAFT = replace(WORST, released_at=None)
OLD = replace(WORST, version_id=11, version="v1", superseded_by="v2")
GONE = replace(WORST, expires_on=date(2026, 11, 22))
RETIRED = replace(WORST, retired_at=NOW)
PLAN = Plan(  # a region that was chosen and is no more is among the chosen ones
    days=(date(2026, 12, 7), date(2027, 1, 4)),
    audience=Audience(regions=(cut(60), "Atlantis"), channel_ids=("C1",)),
    regions=(*(f"{number}{cut(56)}" for number in range(150)), cut(60)),
)
PROBLEMS = [BadLine(number, LONG) for number in range(2, 200)]


def card(one: Card, *, is_keeper: bool = True, note: str = "") -> dict[str, Any]:
    return asset_card.card_message(one, TODAY, is_keeper=is_keeper, tz=TZ, note=note)


MESSAGES = {
    "card": card(WORST, note="v2 is current. " * 20),
    "card for a rep": card(WORST, is_keeper=False),
    "card of little": card(BARE),
    "card of a draft": card(DRAFT),
    "card of an old version": card(OLD),
    "card of a retired one": card(RETIRED),
    "nearest": asset_card.nearest_message("Which one?", [WORST] * 100, asset_card.RETIRE),
    "nearest, nothing": asset_card.nearest_message("I know no asset.", []),
    "announcement": asset_card.announcement(WORST, DEFAULT_EMOJI_MAP, LONG),
    "announcement of little": asset_card.announcement(BARE, {}),
    "closed announcement": asset_card.closed_announcement(OLD, WORST, TODAY),
    "closed, nothing new": asset_card.closed_announcement(RETIRED, None, TODAY),
    "retire?": asset_card.retire_question(WORST),
    "added": asset_card.added_receipt(DRAFT, TODAY, tz=TZ),
    "edited": asset_card.added_receipt(WORST, TODAY, tz=TZ, changed=True),
    "released": asset_card.released_receipt(WORST, ["C1"] * 20, ["C2"] * 20, [OLD, OLD]),
    "retired": asset_card.retired_receipt(WORST),
    "not announced": asset_card.not_announced(WORST, "C1", "not_in_channel"),
    "not announced, why ever": asset_card.not_announced(WORST, "C1", "something_new"),
    "list": kit.note(asset_library.list_text([WORST] * 1000, LONG, TODAY, is_keeper=True)),
    "list, nothing": kit.note(asset_library.list_text([], "", TODAY, is_keeper=True)),
    "list, nothing fits": kit.note(asset_library.list_text([], LONG, TODAY, is_keeper=False)),
    "help": kit.note(asset_library.help_text(is_keeper=True, unknown=LONG)),
}  # fmt: skip
VIEWS = {
    "library": asset_library.library_modal(Page([WORST] * PAGE_SIZE, 10_000, 333), [DRAFT] * 99, TODAY, is_keeper=True),
    "library for a rep": asset_library.library_modal(Page([BARE], 1, 0), [], TODAY, is_keeper=False),
    "library, empty": asset_library.library_modal(Page([], 0, 0), [], TODAY, is_keeper=True),
    "add": asset_form.asset_modal("U1"),
    "edit": asset_form.asset_modal("U1", WORST),
    "edit little": asset_form.asset_modal("U1", BARE),
    "import": asset_form.import_modal(),
    "import again": asset_form.import_modal(LONG * 9, "all", asset_form.import_notice(3, PROBLEMS), 7),
    "import done": asset_form.done_modal(asset_form.import_notice(12_345, [])),
    "release": asset_form.release_modal(DRAFT, PLAN),
    "announce": asset_form.release_modal(WORST, Plan()),
    "card": asset_card.card_modal(WORST, TODAY, is_keeper=True, tz=TZ, note="v2 is current. " * 20),
}  # fmt: skip


def buttons(message: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], message.get("blocks") or [], []) == []
    for text in [message["text"], *mrkdwn(message.get("blocks"))]:
        assert "<!channel>" not in text
        assert "<@U12345678>" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    assert check_view(VIEWS[name]) == []
    for text in mrkdwn(VIEWS[name]["blocks"]):
        assert "<!channel>" not in text
        assert "<@U12345678>" not in text


def test_a_hundred_options_are_offered_and_no_more() -> None:
    options = asset.asset_options([WORST] * 250)
    assert len(options) == 100
    for option in options[:1]:
        assert len(option["text"]["text"]) <= 75
        assert len(option["description"]["text"]) <= 75
        assert option["value"] == str(WORST.version_id)
    block = asset.asset_picker(WORST)
    assert check_view(kit.notice_modal("x") | {"submit": kit.plain("Send"), "blocks": [block]}) == []


@pytest.mark.parametrize(
    ("one", "rep", "keeper"),
    [
        (WORST, ["Open", "I used it", "Give feedback", "Couldn't use it"], ["Edit", "Announce", "Retire"]),
        (DRAFT, ["Open"], ["Edit", "Release"]),
        (OLD, [], ["Open", "Edit", "Retire"]),  # nobody is led to what is no longer to be used
        (GONE, [], ["Open", "Edit", "Retire"]),
        (RETIRED, [], ["Open", "Edit", "Put back"]),
    ],
    ids=["current", "draft", "superseded", "expired", "retired"],
)
def test_the_buttons_fit_the_state_and_the_reader(one: Card, rep: list[str], keeper: list[str]) -> None:
    assert buttons(card(one, is_keeper=False)) == rep
    assert buttons(card(one)) == rep + keeper


def test_why_a_version_is_not_the_one_to_use() -> None:
    new = replace(WORST, title="Spine deck", version="v2", owner_name="Theo", superseded_by=None)
    old = replace(new, version_id=1, version="v1", superseded_by="v2")
    assert asset_card.no_longer(new, new, TODAY) == ""
    assert asset_card.no_longer(old, new, TODAY) == "*Spine deck* v1 has been replaced: v2 is current."
    renamed = replace(new, title="Spine story")
    assert asset_card.no_longer(old, renamed, TODAY).endswith("has been replaced: *Spine story* v2 is current.")
    gone = replace(new, expires_on=date(2026, 11, 22))
    assert "expired on 22 Nov 2026, and nothing has taken its place yet. Ask Theo" in asset_card.no_longer(
        gone, None, TODAY
    )
    assert "has been retired" in asset_card.no_longer(replace(new, retired_at=NOW), None, TODAY)


def test_a_closed_announcement_leads_to_the_current_version_only() -> None:
    assert buttons(MESSAGES["closed announcement"])[0].startswith("Show ")
    assert buttons(MESSAGES["closed, nothing new"]) == []


def test_an_announcement_can_be_opened_and_answered() -> None:
    assert buttons(MESSAGES["announcement"]) == ["Open", "I used it", "Give feedback", "Couldn't use it"]
    assert ":+1: helpful" in str(MESSAGES["announcement"])
    assert "To be used until 31 May 2027" in str(MESSAGES["announcement"])


def test_bad_lines_are_named_and_the_rest_counted() -> None:
    told = asset_form.problem_lines(PROBLEMS).split("\n")
    assert told[0].startswith("Line 2: ")
    assert told[-1] == f"… and {len(PROBLEMS) - asset_form.SHOWN_PROBLEMS} more."
    assert asset_form.import_notice(1, []) == "1 asset version is in the library now."
    # the lines that wait below stand elsewhere than in the list that was pasted
    assert "These lines of your list are not" in asset_form.import_notice(1, PROBLEMS)


def test_a_list_says_how_many_there_are() -> None:
    text = asset_library.list_text([BARE] * 100, "deck", TODAY, is_keeper=False)
    assert text.startswith("100 assets fit “deck”:")
    assert "… and 60 more." in text


def test_help_is_for_what_one_may_do() -> None:
    assert "/asset add" not in asset_library.help_text(is_keeper=False)
    assert "/asset add" in asset_library.help_text(is_keeper=True)
    assert asset.kind_name("case-study") == "Case study"
