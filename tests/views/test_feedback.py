"""Feedback on the screen: the worst data against Slack's limits, and nothing that somebody else's words can do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.asset import Card
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Told
from bot.views import feedback, feedback_form, feedback_mine, feedback_owner, feedback_receipt
from bot.views.feedback_mine import MinePage
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FORM = "https://quality.meridian.example/report"
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]
CARD = Card(
    version_id=12, asset_id=3, reference="MLR-2026-0001", version="v2", title=(EVIL * 10)[:200], kind="deck",
    link="https://assets.meridian.example/deck", owner_id="U9", owner_name="Theo " + EVIL * 4, audience="surgeon",
    product_line="Corvane", funnel_stage="intent", review_days=21, released_at=NOW, expires_on=None, retired_at=None,
    superseded_by=None, aliases=(), last_used_at=None,
)  # fmt: skip
OLD = replace(CARD, version_id=11, version="v1", superseded_by="v2")
WORST = Told(
    feedback_id=10**12,
    card=CARD,
    fields=FeedbackFields(
        asset_version_id=12, situation="post_sale", use="not_for_my_accounts", rating=1, outcome="hurt", said=LONG,
        missing=LONG, wants_reply=True,
    ),
    user_id="U1",
    name=EVIL * 4,
    region=EVIL * 4,
    at=NOW,
    quoted=LONG,
    quoted_by=EVIL * 4,
    owner_id="U9",
    owner_name=EVIL * 4,
    reply_due_at=NOW + timedelta(hours=48),
)  # fmt: skip
ANSWERED = replace(WORST, replied_at=NOW, reply=LONG)
HELD = replace(WORST, is_held=True, fields=replace(WORST.fields, said="SECRET", missing="SECRET"), quoted="SECRET")
TEN = [replace(ANSWERED, feedback_id=10**12 + number) for number in range(10)]
MESSAGES = {
    "receipt": feedback_receipt.receipt(WORST, FORM, note="v2 is current.", old=OLD),
    "receipt after a button": feedback_receipt.receipt(ANSWERED, FORM, again=True),
    "receipt of held words": feedback_receipt.receipt(HELD, FORM),
    "receipt without a form": feedback_receipt.receipt(HELD, ""),
    "receipt about nothing": feedback_receipt.receipt(replace(WORST, card=None, owner_id=""), FORM),
    "taken back": feedback_receipt.taken_back(WORST),
    "which asset": feedback_receipt.which_asset(LONG, [CARD] * 100, 10**12, FORM, is_ambiguous=True),
    "unknown asset": feedback_receipt.which_asset(LONG, [], 10**12, FORM, is_ambiguous=False),
    "not yet": feedback_receipt.not_yet(LONG[:200], LONG, 10**12, FORM),
    "old button": feedback_receipt.old_button(OLD, CARD, TODAY, used=True),
    "old button without a use": feedback_receipt.old_button(OLD, CARD, TODAY, used=False),
    "old button without a current one": feedback_receipt.old_button(OLD, None, TODAY, used=True),
    "mine": feedback_mine.mine_message(MinePage(TEN, 10_000, 5, "Asia/Kolkata"), "*Taken back.* " * 50),
    "mine, answered": feedback_mine.mine_message(MinePage(TEN, 10, 0, "UTC")),
    "mine, held": feedback_mine.mine_message(MinePage([HELD], 1, 0, "UTC")),
    "mine, nothing": feedback_mine.mine_message(MinePage([], 0, 0, "UTC"), "Taken back."),
    "owner": feedback_owner.owner_message(WORST, "UTC"),
    "owner, answered": feedback_owner.owner_message(ANSWERED, "UTC"),
    "owner, held": feedback_owner.owner_message(HELD, "UTC"),
    "owner, taken back": feedback_owner.owner_message(replace(WORST, is_withdrawn=True), "UTC"),
    "reply": feedback_owner.reply_message(ANSWERED, LONG),
}  # fmt: skip
VIEWS = {
    "form": feedback_form.feedback_modal(FeedbackFields(asset_version_id=None), None),
    "form, full": feedback_form.feedback_modal(WORST.fields, CARD, quoted=LONG, quoted_by=EVIL * 4, is_edit=True),
    "form, too much": feedback_form.feedback_modal(replace(WORST.fields, said="ä" * 100_000), CARD),
    "could not use": feedback_form.could_not_use_modal(CARD),
    "reply": feedback_form.reply_modal(WORST),
    "held": feedback_form.held_modal(FORM),
    "opened by the owner": feedback_owner.opened_modal(ANSWERED, "UTC", is_owner=True),
    "opened by another": feedback_owner.opened_modal(ANSWERED, "UTC", is_owner=False),
    "reply sent": feedback_owner.reply_sent(WORST),
    "reply held": feedback_owner.reply_held(""),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], message["blocks"], []) == []
    for text in [message["text"], *mrkdwn(message["blocks"])]:
        assert "<!channel>" not in text
        assert "<@" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    assert check_view(VIEWS[name]) == []
    for text in mrkdwn(VIEWS[name]["blocks"]):
        assert "<!channel>" not in text
        assert "<@" not in text


@pytest.mark.parametrize("name", [name for name in MESSAGES if "held" in name])
def test_held_words_are_in_no_message(name: str) -> None:
    assert "SECRET" not in str(MESSAGES[name])


def test_the_hold_says_where_to_report() -> None:
    assert f"<{FORM}|the official form>" in str(MESSAGES["receipt of held words"])
    assert "Feedback is not a report" in str(MESSAGES["receipt without a form"])
    assert "your company's official form" in str(MESSAGES["receipt without a form"])


def test_only_the_owner_sees_who_said_it() -> None:
    told = replace(ANSWERED, name="Dre Hollowell", region="US-East", quoted_by="Anna Muster")
    owner = str(feedback_owner.opened_modal(told, "UTC", is_owner=True))
    other = str(feedback_owner.opened_modal(told, "UTC", is_owner=False))
    for name in ("Dre Hollowell", "US-East", "Anna Muster", feedback.REPLY):
        assert name in owner
        assert name not in other


def test_the_receipt_says_who_will_see_it() -> None:
    told = replace(WORST, owner_name="Theo Marchbanke")
    assert "Theo Marchbanke, who owns it, sees your name." in feedback_receipt.who_sees(told)
    assert "Theo Marchbanke has been asked to reply." in feedback_receipt.who_sees(told)
    assert "You own this asset" in feedback_receipt.who_sees(replace(told, owner_id="U1"))
    assert "Nobody sees your name" in feedback_receipt.who_sees(replace(told, owner_id=""))


def test_the_buttons_of_an_asset_carry_its_version() -> None:
    buttons = feedback.asset_buttons(12)
    assert [(one["text"]["text"], one["value"]) for one in buttons] == [
        ("I used it", "12"), ("Give feedback", "12"), ("Couldn't use it", "12"),
    ]  # fmt: skip
