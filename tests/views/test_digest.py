"""The digest on the screen: the worst data against Slack's limits, nothing that words can do, and what is left out."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.asset import Card
from bot.domain.digest import Again, Checked, Digest, Need
from bot.domain.digest_findings import KINDS, Finding, Split
from bot.domain.digest_loops import VERDICTS as OUTCOMES
from bot.domain.digest_loops import NewVersion
from bot.domain.digest_numbers import PeriodNumbers, RegionTally, Subject, Tally, Waiting
from bot.domain.digest_period import week_before
from bot.domain.digest_quotes import Quote
from bot.domain.digest_repeats import Repeat
from bot.domain.digest_searches import Search
from bot.domain.digest_spread import AskedAgain, Spread
from bot.domain.digest_voices import Voice
from bot.domain.feedback import USES
from bot.domain.filed_away import VERDICTS, CheckFinding, Uses
from bot.domain.pulse import PulseQuestion
from bot.domain.pulse_finding import PulseFinding
from bot.domain.pulse_numbers import PulseResult, QuestionResult
from bot.domain.pulse_numbers import Tally as PulseTally
from bot.upload import in_words
from bot.views.digest import digest_message, has_details, used_picture
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
CARD = Card(
    version_id=10**12, asset_id=1, reference=EVIL[:40], version=EVIL[:40], title=EVIL * 4, kind="deck", link="",
    owner_id="UME", owner_name=EVIL * 4, audience="", product_line="", funnel_stage="", review_days=3650,
    released_at=NOW, expires_on=date(2027, 12, 1), retired_at=None, superseded_by=None, aliases=(), last_used_at=None,
)  # fmt: skip
OLD = replace(CARD, expires_on=date(2026, 10, 31))
ASKED = PulseQuestion((EVIL * 9)[:300], "multiple", tuple(f"{n}{EVIL}"[:75] for n in range(10)))
COUNTED = QuestionResult(ASKED, PulseTally("", 10**7, 10**6, (10**5,) * 10))
VOICES = tuple(Voice(10**12, 10**12, f"U{n}", f"{EVIL}{n % 9}", LONG, NOW, "hurt") for n in range(99))
REPEAT = Repeat(
    EVIL * 9, EVIL * 9, 10**6, 10**6, ((EVIL * 9, 10**6),) * 9, 10**6, "rising", EVIL * 9, 10**6, 10**6, VOICES[0]
)
SPREAD = Spread((EVIL * 9, LONG, "x", "y"), WEEK.start, VOICES, 10**6, 10**6)
PULSE = PulseResult(10**7, 10**6, (), 0, (COUNTED,) * 10)
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
    expiring=[Need(SUBJECT, tally=TALLY)] * 200,
    searches=[Search(EVIL * 2, 10**6, near=CARD), Search(EVIL, 1, ended=OLD), Search("x" * 80, 2)] * 100,
    checked=[Checked(SUBJECT, CheckFinding(10**12, 2, one, Uses(dict.fromkeys(USES, 10**6)), NOW)) for one in VERDICTS]
    * 100,
    own=[Finding("own", SUBJECT, TALLY)] * 300,
    pulses=[PulseFinding(10**6, EVIL * 4, PULSE, LONG)] * 100,
    spreads=[replace(SPREAD, start=WEEK.start - timedelta(weeks=n)) for n in range(9)],
    again=[Again(SUBJECT, AskedAgain(10**12, (LONG, EVIL), VOICES))] * 9,
    repeats=[REPEAT] * 40,
    wanted=[REPEAT] * 40,
    new_versions=[NewVersion(SUBJECT, TALLY, SUBJECT, TALLY, one) for one in OUTCOMES] * 20,
    outcomes=[PulseFinding(10**6, EVIL * 4, PULSE, LONG)] * 9,
    pictured=[Finding("own", SUBJECT, replace(TALLY, users=3, people=10**6))] * 9,
    read=10**6,
    total=10**7,
    dropped=10**6,
    hidden=10**6,
)
NOTHING = Digest(period=WEEK, now=NOW, this=PeriodNumbers(), before=PeriodNumbers())
MESSAGES = {
    "worst": digest_message(WORST, with_button=False),
    "worst with a button": digest_message(WORST, with_button=True),
    "worst picture": in_words({"text": "A picture", "blocks": used_picture(WORST)}),
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
        "What needs you", "Against the week before", "Worked", "Asked of the field", "In the drawer",
        "Could not be found", "Outdated", "Nobody speaks", "Two regions disagree", "What they need", "Spreading",
        "Asked again", "Questions and objections", "In their words", "Pulses that closed", "Loops closed", "Expiring",
        "counted",
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
    assert len(message["blocks"]) == 4


def test_a_link_takes_the_place_of_the_button() -> None:
    linked, plain = (
        digest_message(replace(NOTHING, this=NUMBERS, quotes=[one]), with_button=False)
        for one in (WORST.quotes[1], WORST.quotes[0])
    )
    assert "<https://meridian.slack.com/archives/C1/p1?a=1&amp;b=2|the message>" in str(linked)
    assert "'Open'" not in str(linked)
    assert "'Open'" in str(plain)


def test_what_was_looked_for_says_what_may_be_done() -> None:
    ads, ward = replace(CARD, title="Ad set", version="v1"), replace(OLD, title="Ward ads", version="v2", owner_name="")
    digest = replace(
        NOTHING, searches=[Search("lattice ads", 3, near=ads), Search("owl", 1, ended=ward), Search("mri", 2)]
    )
    text = "\n".join(mrkdwn(digest_message(digest, with_button=False)["blocks"]))
    assert "3 people looked for “lattice ads”. Did they mean *Ad set*?" in text
    assert "_…and 2 more_" in text
    details = str(details_message(digest))
    told = "1 person looked for “owl”. *Ward ads* v2 expired on 31 Oct 2026, and nothing has taken its place."
    assert told in details
    assert "2 people looked for “mri”, and nothing comes near." in details


def test_what_expires_has_its_evidence() -> None:
    subject = Subject(1, "Deck", "v1", review_days=12, expires_on=date(2026, 12, 1))
    used = Tally(1, said=9, people=7, uses=6, users=5, helped=4, hurt=1, ratings=2, rating_sum=9)
    digest = replace(NOTHING, expiring=[Need(subject, tally=used), Need(subject), Need(subject, tally=Tally(1))])
    text = "\n".join(mrkdwn(digest_message(digest, with_button=False)["blocks"]))
    assert "6 uses by 5 people, helped 4 times, hurt 1 time, rated 4.5" in text
    assert "nobody has spoken of it in 13 weeks" in text
    needs = replace(NOTHING, needs=[Need(subject, tally=used)])
    assert "Renew" in str(digest_message(needs, with_button=False))


def test_the_coverage_is_said_in_full() -> None:
    digest = replace(NOTHING, this=PeriodNumbers(said=142, people=40, held=1), read=142, total=142, hidden=2, dropped=1)
    told = "142 of 142 items read · 2 groups of fewer than 5 people hidden · 1 claim dropped · the words of 1 held back"
    assert told in str(digest_message(digest, with_button=False))
    busy = replace(digest, this=PeriodNumbers(said=50_000), read=1_000, total=50_000)
    told = "all 50,000 items counted, 1,000 of them read for what repeats"
    assert told in str(digest_message(busy, with_button=False))


def test_a_check_is_told_with_its_reasons_and_the_review_days_at_stake() -> None:
    deck = Subject(7, "Corvane deck", "v3", owner_id="UME", review_days=62)
    brief = Subject(8, "Tumble brief", "v1", owner_id="UME", review_days=21)
    filed = CheckFinding(7, 1, "filed_away", Uses({"did_not_know": 14, "opened_only": 6}), NOW)
    told = [Checked(deck, filed), Checked(brief, replace(filed, version_id=8))]
    text = str(digest_message(replace(NOTHING, checked=told), with_button=False))
    line = "*Corvane deck* v3 (62 review days): 🗄️ filed away, 0 of 20 used it, likely 0 to 16 %."
    assert f"{line} 14 did not know it, 6 opened it only." in text
    assert "*83 review days* lie in 2 assets filed away." in text
    used = CheckFinding(7, 1, "in_use", Uses({"used_with_customer": 15, "opened_only": 5}), NOW)
    assert "lie in" not in str(digest_message(replace(NOTHING, checked=[Checked(deck, used)]), with_button=False))


def test_a_pulse_is_told_with_its_numbers_and_what_was_done() -> None:
    usable = PulseQuestion("Usable?", "single", ("Yes", "No"))
    result = PulseResult(43, 30, (), 0, (QuestionResult(usable, PulseTally("", 43, 30, (21, 9))),) * 2)
    pulses = [PulseFinding(1, "Gudrun", result), PulseFinding(2, "", result, "One page now")]
    text = "\n".join(mrkdwn(digest_message(replace(NOTHING, pulses=pulses), with_button=False)["blocks"]))
    told = "30 of 43 people answered (70 %). *Yes*: 21 of 30 = 70 % of voters; 48 to 80 % of the team."
    assert (
        f"• *Usable?* and 1 more question (asked by Gudrun): {told} Nobody has said yet what was done with it." in text
    )
    assert f"• *Usable?* and 1 more question: {told} What was done: One page now" in text
    assert not has_details(replace(NOTHING, pulses=pulses))
    assert has_details(replace(NOTHING, pulses=pulses * 2))
    few = PulseFinding(1, "Gudrun", PulseResult(7, None, (), 1, (QuestionResult(usable),)))
    text = "\n".join(mrkdwn(digest_message(replace(NOTHING, pulses=[few]), with_button=False)["blocks"]))
    assert "Fewer than 5 of 7 people answered, so nothing can be shown. Nobody has said" in text


def test_what_is_heard_says_who_and_how_many() -> None:
    texts = ("Is the bed really free?", "no-cost beds from Brandel at two of my sites", "beds again")
    said = [Voice(n, 1, f"U{n % 7}", "North" if n < 9 else "South", texts[n % 3], NOW, "hurt") for n in range(1, 12)]
    spread = Spread(("no-cost", "Brandel"), WEEK.start, tuple(said), 2, 0)
    earlier = replace(spread, start=WEEK.start - timedelta(weeks=1), before=0, since=4)
    needs = Repeat("Language", "It is not in it", 13, 3, (("DACH", 8),), 3, "rising", "DACH", 2, 1, said[0])
    digest = replace(NOTHING, spreads=[spread, earlier], wanted=[needs], repeats=[replace(needs, trend="", mostly="")])
    shown, details = str(digest_message(digest, with_button=False)), str(details_message(digest))
    assert (
        "📣 *Spreading*: “no-cost”, “Brandel”\\n*7 people* from 2 regions (North 7) wrote of it in the last week; in"
        in shown
    )
    assert "in the weeks before 2. It *hurt 11 times*.\\n> no-cost beds from Brandel at two of my sites" in shown
    assert "in the week of 9 November; in the weeks before nobody, since then 4." in details
    line = "• *Language*: 3 people now, 13 in 13 weeks, 3 regions (DACH 8)"
    assert f"🧭 *What they need and do not have*\\n{line}, mostly DACH, hurt 1 time · 📈 rising" in shown
    assert f"🔁 *Questions and objections that repeat*\\n{line}, hurt 1 time'" in shown
    assert has_details(digest)
    of_a_year = replace(NOTHING, repeats=[replace(needs, now=13)])
    assert "• *Language*: 13 people, 3 regions" in str(digest_message(of_a_year, with_button=False))


def test_what_is_asked_again_can_be_answered_at_once() -> None:
    asked = tuple(Voice(n, 1, f"U{n % 2}", "", f"where is the 37% from, {n}?", NOW) for n in range(1, 5))
    again = Again(Subject(1, "Deck", "v2"), AskedAgain(1, ("37%",), asked))
    message = str(digest_message(replace(NOTHING, again=[again]), with_button=False))
    assert "“37%”\\n*Deck* v2: 4 times by 2 people since 23 Nov 2026, and nobody has answered." in message
    assert "'action_id': 'feedback.reply', 'value': '4'" in message


def test_loops_say_whether_they_hit() -> None:
    old, new = (Tally(n, ratings=4, rating_sum=sum_) for n, sum_ in ((1, 10), (2, 18)))
    hit = NewVersion(Subject(2, "Deck", "v2"), new, Subject(1, "Deck", "v1"), old, "hit")
    usable = PulseQuestion("Usable?", "single", ("Yes", "No"))
    result = PulseResult(43, 30, (), 0, (QuestionResult(usable, PulseTally("", 43, 30, (21, 9))),))
    told = PulseFinding(1, "Gudrun", result, "One page now")
    digest = replace(
        NOTHING, this=PeriodNumbers(replies=3, own_replies=1), outcomes=[told],
        new_versions=[hit, replace(hit, verdict="early")],
    )  # fmt: skip
    text = str(digest_message(digest, with_button=False))
    assert "✅ *Loops closed*\\n• 3 answers went back to the field, 1 of them yours\\n• *Usable?*: those who" in text
    assert "heard what was done: One page now\\n• 🎯 *Deck* v2 hits: rated 4.5 (4 ratings), v1 had 2.5 (4)" in text
    assert "too few to be sure" not in text
    assert "⏳ *Deck* v2: rated 4.5 (4 ratings), v1 had 2.5 (4); too few to be sure" in str(details_message(digest))


def test_whoever_answers_seldom_hears_it() -> None:
    own = [Finding("own", SUBJECT, Tally(1, said=20, replied=0)), Finding("own", SUBJECT, Tally(2, said=4, replied=1))]
    digest = replace(NOTHING, needs=[WAITING], waiting_total=9, own=own)
    told = str(digest_message(digest, with_button=False))
    assert "8 more people wait for an answer from you. Of 24 pieces of feedback on your assets in 13 weeks 1 " in told
    seldom = replace(digest, own=[Finding("own", SUBJECT, Tally(1, said=4, replied=1))])
    assert "on your assets" not in str(digest_message(seldom, with_button=False))


def test_use_that_does_not_please_is_no_success() -> None:
    tally = Tally(1, people=9, ratings=9, rating_sum=20, weeks=(0, 1, 0, 1, 0, 9))
    digest = replace(NOTHING, this=NUMBERS, movers=[Finding("rising", Subject(1, "Card", "v2"), tally)])
    text = str(digest_message(digest, with_button=False))
    assert "🚩 *Card* v2 is used more and more, and does not please: 9 uses in the last week" in text
    assert "catching on" not in text


def test_the_picture_compares_what_can_be_compared() -> None:
    shown = [Finding("own", Subject(n, f"Deck {n}", "v1"), Tally(n, people=9, users=n)) for n in range(1, 9)]
    told = str(used_picture(replace(NOTHING, pictured=shown)))
    assert "Deck 1 v1: 1 of 9" in told
    assert "Deck 7" not in told
    assert used_picture(replace(NOTHING, pictured=shown[:2])) == []
