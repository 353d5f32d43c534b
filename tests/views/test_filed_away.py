"""The filed-away check on the screen: the worst data against Slack's limits, what words cannot do, and what is said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.ask import AskCount
from bot.domain.asset import Card
from bot.domain.audience import Audience
from bot.domain.feedback import USES, FeedbackFields
from bot.domain.feedback_told import Told
from bot.domain.filed_away import CheckFinding, CheckResult, CheckStanding, Plan, RegionUses, Uses, Why
from bot.upload import in_words
from bot.views import ask as ask_views
from bot.views import filed_away, filed_away_form, filed_away_owner
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)
TODAY = NOW.date()
FORM = "https://quality.meridian.example/report"
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]
CARD = Card(
    version_id=10**12, asset_id=3, reference="MLR-2026-0001", version=(EVIL * 3)[:40], title=(EVIL * 10)[:200],
    kind="deck", link="https://assets.meridian.example/deck", owner_id="U9", owner_name="Ines", audience="surgeon",
    product_line="Corvane", funnel_stage="intent", review_days=3650, released_at=NOW, expires_on=None, retired_at=None,
    superseded_by=None, aliases=(), last_used_at=None,
)  # fmt: skip
PLAIN = replace(CARD, title="Corvane deck", version="v3", review_days=62)
TOLD = Told(
    feedback_id=10**12, card=CARD, user_id="U1", name=EVIL * 4, region=EVIL * 4, at=NOW, owner_id="U9",
    owner_name=EVIL * 4,
    fields=FeedbackFields(asset_version_id=10**12, use="could_not_find", said=LONG, missing=LONG),
)  # fmt: skip
SHORT = replace(TOLD, card=PLAIN, owner_name="Ines", fields=replace(TOLD.fields, said="", missing=""))
HELD = replace(TOLD, is_held=True, fields=replace(TOLD.fields, said="SECRET", missing="SECRET"))
WORST = CheckResult(
    number=2, goal=0.2, verdict="filed_away", uses=Uses(dict.fromkeys(USES, 10**6) | {"used_with_customer": 0}),
    intended=10**7, asks=AskCount(1, 2, 3, 4, {"away": 5, "stopped": 6, "over_budget": 7, "gone": 1}),
    regions=tuple(RegionUses((EVIL * 3)[:60], 1, 9) for _ in range(60)),
    whys=tuple(Why(10**12, "did_not_know", LONG, EVIL * 4, EVIL * 4) for _ in range(50)), held=99,
    earlier=Uses({"used_with_customer": 1, "opened_only": 4}), next_on=date(2027, 1, 4), closed_at=NOW,
)  # fmt: skip
NOTHING = CheckResult(number=1, goal=0.2, verdict="not_enough", uses=Uses())
PLAN = Plan(
    days=(date(2026, 12, 7), date(2027, 1, 4)),
    audience=Audience(regions=((EVIL * 3)[:60],), channel_ids=("C3LNCH8Q5",)),
    regions=((EVIL * 3)[:60], *(f"{number} {EVIL}"[:60] for number in range(150))),
)
WHO = Audience(regions=tuple((EVIL * 3)[:60] for _ in range(40)), channel_ids=("C1", "C2")).in_words()


def result(used: int, of: int, **more: Any) -> CheckResult:
    verdict = {(0, 20): "filed_away", (15, 20): "in_use"}.get((used, of), "not_enough")
    told = Uses({"used_with_customer": used, "did_not_know": of - used})
    return CheckResult(number=1, goal=0.2, verdict=verdict, uses=told, **({"intended": 38} | more))


def verdict(of: CheckResult, card: Card = PLAIN, *, is_current: bool = True) -> dict[str, Any]:
    return filed_away_owner.verdict_message(of, card, budget=3, is_current=is_current)


MESSAGES = {
    "question": filed_away.question(10**12, CARD, EVIL * 4, check=1, number=0),
    "first reminder": filed_away.question(10**12, CARD, "", check=2, number=1),
    "last reminder": filed_away.question(10**12, CARD, EVIL * 4, check=2, number=2),
    "question again": filed_away.question_again(10**12, CARD, "not_for_my_accounts"),
    "thanks": filed_away.thanks(10**12, SHORT, form_url=FORM),
    "thanks for words": filed_away.thanks(10**12, TOLD, form_url=FORM, note="v4 is current.", is_late=True),
    "thanks for held words": filed_away.thanks(10**12, HELD, form_url=FORM),
    "closed": filed_away.closed_question(CARD),
    "closed for a newer one": filed_away.closed_question(CARD, note="v4 is current."),
    "verdict": verdict(WORST, CARD),
    "verdict of an old one": verdict(WORST, CARD, is_current=False),
    "verdict of nothing": verdict(NOTHING, CARD),
    "nobody": filed_away_owner.nobody_message(CARD, WHO, has_channels=True, can_change=True),
    "nobody, and no other check": filed_away_owner.nobody_message(CARD, WHO, has_channels=False, can_change=False),
    "changed": filed_away_form.changed_receipt(CARD, filed_away_form.plan_line(PLAN.days, PLAN.audience, 0)),
}
VIEWS = {
    "why": filed_away.why_modal(10**12, TOLD),
    "why, nothing yet": filed_away.why_modal(10**12, SHORT),
    "who is it for": filed_away_form.audience_modal(CARD, PLAN),
    "who is it for, no regions": filed_away_form.audience_modal(CARD, replace(PLAN, regions=(), audience=Audience())),
}


def drawn(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks as Slack gets them: a picture is one of its files."""
    file = {"type": "image", "slack_file": {"id": "F0PICTURE1"}}
    return [file | {"alt_text": one["alt_text"]} if "picture" in one else one for one in message["blocks"]]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], drawn(message), []) == []
    assert check_message(message["text"], in_words(message)["blocks"], []) == []
    for text in [message["text"], *mrkdwn(in_words(message)["blocks"])]:
        assert "<!channel>" not in text
        assert "<@" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    assert check_view(VIEWS[name]) == []
    for text in mrkdwn(VIEWS[name]["blocks"]):
        assert "<!channel>" not in text
        assert "<@" not in text


def test_held_words_are_in_no_message() -> None:
    message = filed_away.thanks(7, HELD, form_url=FORM)
    assert "SECRET" not in str(message)
    assert f"<{FORM}|the official form>" in message["text"]
    assert "The words of 99 are on hold" in str(MESSAGES["verdict"])


# what the rep reads


def test_the_question_is_short_and_says_who_will_know() -> None:
    message = filed_away.question(7, PLAIN, "Ines Carvalho-Wick", check=1, number=0)
    assert message["text"] == "Quick one about *Corvane deck* v3: two weeks out, did it reach you?"
    assert "Ines Carvalho-Wick, who owns it, sees your answer and name" in str(message["blocks"])
    answers = message["blocks"][1]["elements"]
    assert [one["text"]["text"] for one in answers] == list(USES.values())
    assert {one["value"] for one in answers} == {"7"}
    assert message["blocks"][-1] == ask_views.manners(7, 0)
    assert "Nobody sees your name" in str(filed_away.question(7, PLAIN, "", check=1, number=0))
    assert "six weeks out" in filed_away.question(7, PLAIN, "", check=2, number=0)["text"]
    assert len({filed_away.question(7, PLAIN, "", check=1, number=number)["text"] for number in range(3)}) == 3


def test_whoever_could_not_find_it_gets_it_at_once() -> None:
    labels = [one["text"]["text"] for one in filed_away.thanks(7, SHORT, form_url="")["blocks"][1]["elements"]]
    assert labels == ["Open", "Add why", "Change"]
    replaced = filed_away.thanks(7, SHORT, form_url="", note="It has been replaced: v4 is current.")
    assert [one["text"]["text"] for one in replaced["blocks"][1]["elements"]] == ["Add why", "Change"]
    assert "v4 is current." in replaced["text"]


# what the owner reads


@pytest.mark.parametrize(
    ("used", "of", "head", "range_", "goal"),
    [
        (0, 20, "🗄️ *Filed away*: *Corvane deck* v3", "*0 to 16 %*", "under the goal of 20 %"),
        (2, 10, "⚖️ *Not enough answers yet*: *Corvane deck* v3", "*6 to 51 %*", "the goal of 20 % lies within"),
        (15, 20, "🟢 *In use*: *Corvane deck* v3", "*53 to 89 %*", "over the goal of 20 %"),
    ],
)
def test_the_verdict_says_what_can_be_said(used: int, of: int, head: str, range_: str, goal: str) -> None:
    message = verdict(result(used, of))
    assert message["text"] == head
    told = message["blocks"][0]["text"]["text"]
    assert f"*{used} of {of} used it* with a customer" in told
    assert f"Of all 38 it is for, likely {range_} do" in told
    assert goal in told
    low, high = (int(one) / 100 for one in range_.strip("* %").split(" to "))
    (row,) = next(one["picture"] for one in message["blocks"] if "picture" in one)["rows"]
    assert (round(row["low"], 2), round(row["high"], 2), row["count"]) == (low, high, f"{used} of {of}")


def test_what_cannot_be_said_is_said_too() -> None:
    assert "nobody has answered" in str(verdict(NOTHING))
    assert not any("picture" in one for one in verdict(NOTHING)["blocks"])
    assert "From fewer than 5 answers I draw no conclusion." in str(verdict(result(1, 3)))
    small = str(verdict(result(0, 12, intended=12)))
    assert "It takes 16 answers to find anything filed away, and it is for 12." in small
    assert "In the weeks to come likely *0 to 24 %* will" in small  # all it is for have answered
    assert "It takes" not in str(verdict(result(2, 10)))


def test_each_reason_has_its_own_advice_and_what_helps_is_a_press_away() -> None:
    told = Uses({"did_not_know": 6, "opened_only": 5, "not_for_my_accounts": 2, "could_not_find": 1})
    message = verdict(replace(result(0, 20), uses=told))
    lines = message["blocks"][2]["text"]["text"].split("\n")[1:]
    assert [line.split(":")[0] for line in lines] == [
        "• 6 did not know it. *Launch*", "• 5 opened it only. *Content*", "• 2 not for their accounts. *Targeting*",
        "• 1 could not find it. *Search*",
    ]  # fmt: skip
    labels = [one["text"]["text"] for one in message["blocks"][3]["elements"]]
    assert labels == ["Announce it again", "Add names for it"]
    assert "Announce it again" not in str(verdict(result(0, 20), is_current=False))


def test_the_small_print_counts_who_was_asked_and_what_is_at_stake() -> None:
    asks = AskCount(answered=20, closed=4, refused={"over_budget": 2, "away": 1})
    small = verdict(result(0, 20, asks=asks, next_on=date(2027, 1, 4)))["blocks"][-1]["elements"][0]["text"]
    assert small == (
        "It is for 38 people: 24 people were asked, 3 were not: 2 had 3 questions that week already, 1 was away. "
        "62 review days in the drawer so far. I ask once more on 4 Jan 2027, others first."
    )


def test_both_checks_stand_in_one_picture() -> None:
    earlier = Uses({"used_with_customer": 2, "did_not_know": 8})
    message = verdict(replace(result(15, 20), number=2, earlier=earlier))
    rows = next(one["picture"] for one in message["blocks"] if "picture" in one)["rows"]
    assert [(row["label"], row["count"]) for row in rows] == [("Two weeks", "2 of 10"), ("Six weeks", "15 of 20")]


def test_few_answers_are_told_to_the_owner_alone() -> None:
    found = CheckFinding(1, 1, "not_enough", Uses({"used_with_customer": 1, "did_not_know": 2}), NOW)
    standing = CheckStanding(found=found, next_at=datetime(2027, 1, 4, 9, tzinfo=UTC))
    line = filed_away_owner.card_line(standing, "UTC", is_owner=True)
    assert line == (
        "Filed-away check of 14 Dec 2026: ⚖️ not enough answers yet, 1 of 3 used it, likely 6 to 79 %. "
        "The next check is on 4 Jan 2027."
    )
    assert "1 of 3" not in filed_away_owner.card_line(standing, "UTC", is_owner=False)
    assert filed_away_owner.card_line(CheckStanding(), "UTC", is_owner=True) == ""
    asking = CheckStanding(asking_until=NOW)
    assert "are being asked until 14 Dec 2026" in filed_away_owner.card_line(asking, "UTC", is_owner=False)


def test_a_form_gives_only_regions_that_there_are() -> None:
    form = {"regions": ["DACH", "Atlantis", "DACH"]}
    assert filed_away_form.audience_in(form, ["DACH", "France"], ["C1", "C1"]) == Audience("rep", ("DACH",), ("C1",))
    assert filed_away_form.audience_in({}, ["DACH"], []) == Audience()
