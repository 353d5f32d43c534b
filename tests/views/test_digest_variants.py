"""The digests of executives, managers and reps on the screen, and the form of settings, against the worst data."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.digest_company import CompanyDigest, Owing, Stake, without_words
from bot.domain.digest_depth import shortened
from bot.domain.digest_findings import Finding
from bot.domain.digest_loops import NewVersion
from bot.domain.digest_plan import DEPTHS, RHYTHMS, USUAL_PLANS, DigestPlan
from bot.domain.digest_rep import Answered, Colleagues, Done, Renewed, RepDigest
from bot.domain.digest_team import TeamDigest
from bot.domain.pulse_finding import OwnPulse, PulseFinding
from bot.upload import in_words
from bot.views.digest_company import STAKES
from bot.views.digest_settings import home_blocks, plan_in, saved_modal, settings_modal
from bot.views.digest_shown import Found, details_modal, show
from sandbox.blocks import check_message, check_view
from tests.slack import words
from tests.views.formatted import mrkdwn
from tests.views.test_digest import EVIL, LONG, NOTHING, NOW, NUMBERS, PULSE, SUBJECT, TALLY, WEEK, WORST

COMPANY = CompanyDigest(
    digest=without_words(WORST),
    stakes=[Stake(kind, 10**6, 10**7) for kind in STAKES],
    owing=[Owing(EVIL * 9, 10**6, 10**7, 10**6, 10**6, 10**8, 10**7)] * 40,
    owed=10**6,
)
OWN = [OwnPulse(10**6, LONG, NOW), OwnPulse(10**6, LONG, None)] * 40
TEAM = TeamDigest(
    period=WEEK,
    now=NOW,
    group=EVIL * 9,
    size=10**6,
    spoke=True,
    this=NUMBERS,
    before=NUMBERS,
    quarter=NUMBERS,
    assets=[Finding("own", SUBJECT, TALLY)] * 200,
    new_versions=[NewVersion(SUBJECT, TALLY, SUBJECT, TALLY, "hit")] * 20,
    pulses=[PulseFinding(10**6, "", PULSE, LONG)] * 40,
    unsaid=OWN[1::2],
    open=OWN[::2],
    hidden=10**6,
)
REP = RepDigest(
    period=WEEK,
    now=NOW,
    said=10**6,
    answers=[Answered(10**12, LONG, EVIL * 9, LONG, LONG)] * 5,
    answers_total=10**6,
    renewed=[Renewed(10**12, LONG, EVIL * 9, EVIL * 9)] * 5,
    done=[Done(LONG, EVIL * 9, LONG)] * 5,
    colleagues=Colleagues(
        10**6,
        10**6,
        [Finding("worked", SUBJECT, TALLY)] * 3,
        [NewVersion(SUBJECT, TALLY, SUBJECT, TALLY, "hit")],
    ),
)
QUIET: dict[str, Found] = {
    "company": CompanyDigest(NOTHING),
    "team": TeamDigest(WEEK, NOW, "Sales in DACH", 7, spoke=False, this=None, before=None, quarter=None),
    "rep": RepDigest(WEEK, NOW),
}
FULL: dict[str, Found] = {"marketing": WORST, "company": COMPANY, "team": TEAM, "rep": REP}


def told(found: Found, depth: str = "usual", **more: Any) -> str:
    """What a person reads, without what makes it harmless."""
    return words(in_words(show(found, depth, **more).message)).replace("\u2060", "")


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("depth", DEPTHS)
def test_every_variant_and_depth_keeps_to_the_limits_and_obeys_nobody(name: str, depth: str) -> None:
    for found in (FULL[name], QUIET.get(name, NOTHING)):
        for is_sent in (True, False):
            shown = show(found, depth, about="line x", is_sent=is_sent)
            for message in filter(None, (shown.message, shown.details)):
                message = in_words(message)
                assert check_message(message["text"], message["blocks"], []) == []
                for text in [message["text"], *mrkdwn(message["blocks"])]:
                    assert "<!channel>" not in text
                    assert "<@" not in text
                    assert "\u202e" not in text
            assert is_sent or shown.details is None
            assert "digest.settings" in str(shown.message)
        assert check_view(details_modal(found)) == []


@pytest.mark.parametrize("name", ["company", "team"])
def test_depth_is_how_much_of_it_comes_and_where(name: str) -> None:
    found = FULL[name]
    short, usual, whole = (show(found, depth, is_sent=True) for depth in ("short", "usual", "everything"))
    assert short.details is None
    assert usual.details is not None
    assert "digest.more" in str(short.message)
    assert "digest.more" not in str(usual.message)
    assert "digest.more" not in str(whole.message)
    sizes = [len(str(one.message)) for one in (short, usual, whole)]
    assert sizes == sorted(sizes)
    assert "details in the thread" in told(found, is_sent=True)
    assert "details in the thread" not in told(found, "everything", is_sent=True)


def test_a_short_one_still_has_what_needs_the_reader() -> None:
    short = shortened(WORST)
    assert short.needs == WORST.needs
    assert not short.quotes
    assert {one.kind for one in short.findings} == {one.kind for one in WORST.findings}
    assert len(short.findings) == len({one.kind for one in short.findings})


def test_an_executive_reads_no_words_of_people_and_opens_nobodys() -> None:
    voices = {voice.words for spread in WORST.spreads for voice in spread.voices}
    for depth in DEPTHS:
        shown = show(COMPANY, depth, is_sent=True)
        for message in filter(None, (shown.message, shown.details)):
            assert "feedback.open" not in str(message)
            assert "Your assets" not in words(message)
            assert "feedback.reply" not in str(message)
            assert not [text for text in voices if text[:40] in words(message)]


def test_a_team_of_few_is_told_in_no_numbers() -> None:
    few = TeamDigest(WEEK, NOW, "Sales in France", 4, spoke=True, this=None, before=None, quarter=None, hidden=15)
    assert "fewer than 5 people besides you" in told(few)
    assert not few.has_news
    some = replace(few, size=7, quarter=NUMBERS)
    assert some.has_news
    assert "Fewer than 5 of them spoke this week" in told(some)
    assert not replace(some, spoke=False).has_news
    assert replace(few, unsaid=OWN[1:2]).has_news


def test_a_rep_hears_only_if_there_is_something_for_them() -> None:
    assert not RepDigest(WEEK, NOW, colleagues=REP.colleagues, said=3).has_news
    for news in ({"answers_total": 1}, {"renewed": REP.renewed}, {"done": REP.done}):
        assert RepDigest(WEEK, NOW, **news).has_news
    assert "Nothing has come back to you" in told(QUIET["rep"])


def test_the_form_says_what_holds_and_takes_nothing_else() -> None:
    for variant, plan in USUAL_PLANS.items():
        assert check_view(settings_modal(plan, variant)) == []
        assert check_message("x", home_blocks(NOW, "UTC", variant), []) == []
    form = {"weekday": "6", "hour": "23", "depth": "short", "rhythm": "never"}
    assert plan_in(form) == DigestPlan(6, 23, "short", "never")
    for name, wrong in (
        ("weekday", "7"),
        ("hour", "24"),
        ("hour", "²"),
        ("depth", "deep"),
        ("rhythm", ""),
        ("hour", ""),
    ):
        with pytest.raises(ValueError, match="a plan has"):
            plan_in(form | {name: wrong})
    with pytest.raises(ValueError, match="a plan has"):
        plan_in({})
    assert check_view(saved_modal(DigestPlan(), datetime(2026, 11, 30, 9, tzinfo=UTC), "UTC")) == []
    assert "It never comes by itself." in str(saved_modal(DigestPlan(rhythm="never"), None, "UTC"))
    assert len(RHYTHMS) == 3
    assert date(2026, 11, 23).weekday() == DigestPlan().weekday
