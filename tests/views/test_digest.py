"""The digest on the screen: the worst data against Slack's limits, nothing that words can do, and what is left out."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.digest import Digest, Need
from bot.domain.digest_findings import KINDS, Finding, Split
from bot.domain.digest_numbers import PeriodNumbers, RegionTally, Subject, Tally, Waiting
from bot.domain.digest_period import week_before
from bot.domain.digest_quotes import Quote
from bot.views.digest import digest_message, has_details
from bot.views.digest_details import details_message, details_modal
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = week_before(date(2026, 11, 23), "UTC")
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]
SUBJECT = Subject(
    10**12, EVIL * 10, EVIL[:40], owner_id="UME", owner_name=EVIL, review_days=3650, released_at=NOW,
    expires_on=date(2026, 12, 1), ended_at=NOW, successor=EVIL[:40],
)  # fmt: skip
NUMBER_FIELDS = [field.name for field in fields(Tally) if field.name not in ("version_id", "weeks")]
MANY: dict[str, Any] = dict.fromkeys(NUMBER_FIELDS, 10**6)
TALLY = Tally(10**12, weeks=(10**5,) * 6, **MANY)
REGION = RegionTally(10**12, EVIL * 4, 10**5, 10**6, 10**6, 10**6, 10**6, 10**6)
WAITING = Need(SUBJECT, waiting=Waiting(10**12, 10**12, EVIL * 4, EVIL * 4, LONG, NOW - timedelta(days=99), NOW))
QUOTE = Quote(10**12, SUBJECT, LONG, "", 1, EVIL * 4, EVIL * 4, 4.6)
NUMBERS = PeriodNumbers(*([10**7] * 10))
WORST = Digest(
    period=WEEK,
    now=NOW,
    this=NUMBERS,
    before=replace(NUMBERS, said=10**6, asked=10**6),
    needs=[WAITING, WAITING, Need(SUBJECT, tally=TALLY)],
    waiting=[WAITING] * 20,
    waiting_total=10**6,
    movers=[Finding("rising", SUBJECT, TALLY), Finding("falling", SUBJECT, TALLY)] * 20,
    findings=[Finding(kind, SUBJECT, TALLY) for kind in KINDS for _ in range(200)],
    splits=[Split(SUBJECT, TALLY, REGION, REGION)] * 50,
    quotes=[QUOTE, replace(QUOTE, link="https://meridian.slack.com/archives/C1/p1?a=1&b=2", subject=None)] * 2,
    expiring=[SUBJECT] * 200,
    own=[Finding("own", SUBJECT, TALLY)] * 300,
    hidden=10**6,
)
NOTHING = Digest(period=WEEK, now=NOW, this=PeriodNumbers(), before=PeriodNumbers())
MESSAGES = {
    "worst": digest_message(WORST, with_button=False),
    "worst with a button": digest_message(WORST, with_button=True),
    "nothing": digest_message(NOTHING, with_button=True),
    "a quiet week": digest_message(replace(NOTHING, before=NUMBERS), with_button=False),
    "details": details_message(WORST),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_it_keeps_to_the_limits_and_obeys_nobody(name: str) -> None:
    message = MESSAGES[name]
    assert check_message(message["text"], message["blocks"], []) == []
    for text in [message["text"], *mrkdwn(message["blocks"])]:
        assert "<!channel>" not in text
        assert "<@" not in text
        assert "\u202e" not in text


def test_the_details_fit_into_a_window() -> None:
    assert check_view(details_modal(WORST)) == []
    assert check_view(details_modal(NOTHING)) == []


def test_the_parts_stand_in_their_order() -> None:
    text = "\n".join(mrkdwn(MESSAGES["worst"]["blocks"]))
    order = [
        "What needs you", "Against the week before", "Worked", "In the drawer", "Could not be found", "Outdated",
        "Nobody speaks", "Two regions disagree", "In their words", "Loops closed", "Expiring", "counted",
    ]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_empty_parts_are_left_out() -> None:
    message = MESSAGES["nothing"]
    text = "\n".join(mrkdwn(message["blocks"]))
    for part in ("What needs you", "Worked", "In their words", "Loops closed", "Expiring", "Details"):
        assert part not in text
    assert "A quiet week" in text
    assert not has_details(NOTHING)
    assert len(message["blocks"]) == 3


def test_a_link_takes_the_place_of_the_button() -> None:
    linked, plain = (
        digest_message(replace(NOTHING, this=NUMBERS, quotes=[one]), with_button=False)
        for one in (WORST.quotes[1], WORST.quotes[0])
    )
    assert "<https://meridian.slack.com/archives/C1/p1?a=1&amp;b=2|the message>" in str(linked)
    assert "'Open'" not in str(linked)
    assert "'Open'" in str(plain)


def test_the_coverage_is_said_in_full() -> None:
    digest = replace(NOTHING, this=PeriodNumbers(said=142, people=40, held=1), hidden=2)
    assert (
        "142 of 142 pieces of feedback counted · 2 groups of fewer than 5 people hidden · the words of 1 held"
        in str(digest_message(digest, with_button=False))
    )
