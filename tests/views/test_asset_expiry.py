"""The expiry ladder on the screen: the worst data against Slack's limits, and what is said of which evidence."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.asset import Card
from bot.domain.asset_expiry import Evidence
from bot.domain.filed_away import CheckFinding, Uses
from bot.views import asset, asset_form, asset_library, kit
from bot.views import asset_expiry as views
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW, TODAY = datetime(2026, 11, 23, 7, tzinfo=UTC), date(2026, 11, 23)
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]
WORST = Card(
    version_id=10**12, asset_id=3, reference=LONG[:80], version=LONG[:40], title=LONG[:200], kind=LONG[:60],
    link="https://assets.meridian.example/" + "x" * 1960, owner_id="U9", owner_name=EVIL * 4, audience=LONG[:80],
    product_line=LONG[:80], funnel_stage=LONG[:80], review_days=3650, released_at=NOW, expires_on=date(2027, 5, 31),
    retired_at=None, superseded_by=None, aliases=tuple(EVIL.strip() for _ in range(8)), last_used_at=NOW,
)  # fmt: skip
PLAIN = replace(WORST, title="Deck", version="v2", reference="R-1", owner_name="Ines", review_days=20, version_id=7)
DRAFT = replace(WORST, version_id=8, released_at=None)
RETIRED = replace(WORST, retired_at=NOW)
CHECK = CheckFinding(7, 2, "filed_away", Uses({"did_not_know": 20}), NOW)
MOST = Evidence(*([10**6] * 8))
LAST = date(2027, 5, 31)


def settled(card: Card, current: Card | None = None) -> dict[str, Any]:
    message = views.settled_message(card, date(2027, 1, 31), TODAY, current=current)
    assert message is not None
    return message


MESSAGES = {
    "asked": views.ladder_message(WORST, MOST, TODAY, draft=DRAFT, check=CHECK),
    "asked of little": views.ladder_message(replace(WORST, review_days=None), Evidence(), TODAY),
    "expired": views.ladder_message(replace(WORST, expires_on=date(2026, 1, 1)), Evidence(people=1), TODAY),
    "renewed": settled(WORST),
    "superseded": settled(replace(WORST, superseded_by="v3"), WORST),
    "retired": settled(RETIRED),
    "no last day": settled(replace(WORST, expires_on=None)),
    "earlier": settled(replace(WORST, expires_on=date(2026, 12, 24))),
    "nobody": views.nobody_message(WORST, TODAY),
    "search held": kit.note(asset_library.search_held("https://quality.example/report")),
}  # fmt: skip
VIEWS = {
    "renew": views.renew_modal(WORST, MOST, TODAY, chosen=date(2028, 1, 1), notice=views.changed_meanwhile(WORST)),
    "renew little": views.renew_modal(replace(WORST, expires_on=None), Evidence(), TODAY),
    "renewed": views.renewed_modal(WORST),
    "not renewed": views.not_renewed_modal(views.what_is_true(RETIRED, LAST, TODAY, current=None)),
    "next version": asset_form.next_version_modal(WORST, "v3"),
    "next version, no name": asset_form.next_version_modal(WORST, ""),
    "missed": asset_library.missed_modal(LONG),
}  # fmt: skip


def said(message: dict[str, Any]) -> str:
    return "\n".join(mrkdwn(message["blocks"]))


def buttons(message: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], message["blocks"], []) == []
    for text in [message["text"], *mrkdwn(message["blocks"])]:
        for evil in ("<!channel>", "<@U12345678>", "\u202e"):
            assert evil not in text


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    assert check_view(VIEWS[name]) == []
    for text in mrkdwn(VIEWS[name]["blocks"]):
        assert "<!channel>" not in text
        assert "<@U12345678>" not in text


def test_an_option_for_what_was_not_found_carries_its_words() -> None:
    option = asset.missing_option(LONG)
    assert len(option["text"]["text"]) <= 75
    assert len(option["value"]) <= 150
    assert asset.missing_words(asset.missing_option("mri safety")["value"]) == "mri safety"
    assert asset.missing_words("17") is None
    assert asset.missing_words(None) is None
    assert len(asset.missing_words("missing:" + "x" * 5000) or "") == asset.MISSING_LONGEST


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (date(2027, 2, 21), "expires in 90 days, on 21 Feb 2027."),
        (date(2026, 11, 24), "expires tomorrow, on 24 Nov 2026."),
        (TODAY, "expires today: nobody is offered it after tonight."),
        (date(2026, 11, 22), "expired on 22 Nov 2026. Nobody is offered it any more, and nothing has taken its place."),
    ],
)
def test_when_it_expires_is_said_as_people_say_it(last: date, sentence: str) -> None:
    assert views.expiry_sentence(replace(PLAIN, expires_on=last), TODAY) == f"*Deck* v2 {sentence}"


def test_people_and_regions_are_told_from_five_on() -> None:
    few = said(views.ladder_message(PLAIN, Evidence(people=4, uses=9, users=4, regions=3, helped=1), TODAY))
    assert "Used with a customer 9 times\n" in few
    many = said(views.ladder_message(PLAIN, Evidence(people=5, uses=9, users=5, regions=1, hurt=2), TODAY))
    assert "Used with a customer 9 times, by 5 people in 1 region\n" in many
    assert "Hurt twice" in many
    assert "Helped" not in many
    checked = said(views.ladder_message(PLAIN, Evidence(), TODAY, check=CHECK))
    assert "Asked of a sample: 🗄️ filed away, 0 of 20" in checked


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (Evidence(), "A new version may cost about as many again."),
        (Evidence(people=3), "retired, it saves the next one"),
        (Evidence(people=3, uses=3, users=3, helped=3), "Renewed, that work stays in use"),
        (Evidence(people=3, uses=3, users=3, hurt=3), "it keeps its faults"),
    ],
)
def test_review_days_are_what_a_decision_costs_or_saves(evidence: Evidence, told: str) -> None:
    text = said(views.ladder_message(PLAIN, evidence, TODAY))
    assert "Its review took 20 days." in text
    assert told in text
    assert "review" not in said(views.ladder_message(replace(PLAIN, review_days=0), evidence, TODAY)).lower()


def test_a_question_is_open_until_its_version_is_another() -> None:
    assert views.settled_message(PLAIN, LAST, TODAY, current=PLAIN) is None
    assert buttons(views.ladder_message(PLAIN, MOST, TODAY)) == ["Renew", "Revise", "Retire"]
    new = replace(PLAIN, version_id=9, version="v3")
    old = settled(replace(PLAIN, superseded_by="v3"), new)
    assert (old["text"], buttons(old)) == ("*Deck* v2 has been replaced: v3 is current.", ["Show v3"])
    assert buttons(settled(replace(PLAIN, superseded_by="v3"))) == ["Show"]
    assert "has been renewed: it may be used until 31 May 2027" in settled(PLAIN)["text"]
    assert "has no last day any more" in settled(replace(PLAIN, expires_on=None))["text"]
    assert "is 24 Dec 2026 now" in settled(replace(PLAIN, expires_on=date(2026, 12, 24)))["text"]
