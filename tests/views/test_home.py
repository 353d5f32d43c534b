"""The App Home, with the worst data, against Slack's limits."""

from datetime import UTC, datetime

from bot.domain.pulse import PRIVACY
from bot.domain.pulse_finding import OwnPulse, PulseWaiting
from bot.views import home
from sandbox.blocks import check_view

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
LONG = "Ω<!channel>&*" * 250


def test_the_fullest_home_keeps_to_the_limits() -> None:
    page = home.HomePage(
        name=LONG,
        tz="America/Argentina/Buenos_Aires",
        feedback=[home.FeedbackLine(LONG, LONG, "On hold", NOW)] * 5,
        channels=[LONG[:80]] * 500,
        digest=[],
        waiting=[PulseWaiting(2**31 - 1, LONG, LONG, privacy, NOW, is_sure=False) for privacy in PRIVACY] * 9,
        pulses=[OwnPulse(2**31 - 1, LONG, NOW), OwnPulse(2**31 - 1, LONG, None)] * 9,
        set_up=home.set_up_steps(marketers=0, admins=1, assets=0, channels=0, official_form_url=""),
    )
    view = home.home_view(page)
    assert check_view(view) == []
    assert "<!channel>" not in str([block for block in view["blocks"] if block["type"] != "header"])


def test_an_empty_home_greets_and_offers_what_there_is_to_do() -> None:
    view = home.home_view(home.HomePage(name="", tz="UTC"))
    assert check_view(view) == []
    assert "Hello, what was it worth?" in str(view)
    assert "Where I listen" not in str(view)
    assert "Set-up" not in str(view)
    assert "next digest" not in str(view)


def test_the_home_says_what_is_read_in_channels() -> None:
    view = home.home_view(home.HomePage(name="Dre Hollowell", tz="UTC", channels=["spine-content"]))
    assert "Hello Dre" in str(view)
    assert f"#spine-content\\n{home.ONLY_READS}" in str(view)


def test_private_channels_are_counted_and_not_named() -> None:
    page = home.HomePage(name="Dre", tz="UTC", channels=["general"], private_channels=2)
    assert "#general and 2 private channels\\n" in str(home.home_view(page))
    alone = home.HomePage(name="Dre", tz="UTC", channels=[], private_channels=1)
    assert "1 private channel\\n" in str(home.home_view(alone))


def test_a_marketer_is_greeted_as_one() -> None:
    view = str(home.home_view(home.HomePage(name="Ines", tz="UTC", is_marketer=True)))
    assert "Hello Ines, here is what the field says" in view
    assert "Your first words" not in view


def test_the_checklist_says_what_is_missing() -> None:
    missing = home.set_up_steps(marketers=0, admins=1, assets=0, channels=None, official_form_url="")
    assert [step.is_done for step in missing] == [False] * 4
    assert "Nobody gets the digest yet" in missing[1].told
    done = home.set_up_steps(marketers=9, admins=2, assets=30, channels=1, official_form_url="https://x.example")
    assert all(step.is_done for step in done)
    assert done[-1].told == "I listen in 1 channel"


def test_pulses_wait_with_their_button_and_an_anonymous_one_says_that_nobody_can_tell() -> None:
    waiting = [
        PulseWaiting(n, "Gudrun", "Usable?", privacy, NOW, privacy != "anonymous") for n, privacy in enumerate(PRIVACY)
    ]
    view = str(home.home_view(home.HomePage(name="Dre", tz="UTC", waiting=waiting)))
    assert view.count("'Answer'") == 3
    assert view.count("if you have answered already, you are done") == 1
    assert "Your pulses" not in view


def test_whoever_may_ask_sees_their_pulses() -> None:
    own = [OwnPulse(1, "Usable?", NOW), OwnPulse(2, "Ready?", None)]
    view = str(home.home_view(home.HomePage(name="Dre", tz="UTC", pulses=own)))
    assert "Usable?\\nOpen until <!date^" in view
    assert "Ready?\\nClosed. Nobody has heard yet what was done with it." in view
    assert view.count("'Say what was done'") == 1
    assert "None is open" in str(home.home_view(home.HomePage(name="Dre", tz="UTC", pulses=[])))
