"""The App Home, with the worst data, against Slack's limits: all roles at once, each alone, and the first day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import handlers
from bot.access import ROLES, Actor
from bot.domain.asset import Card
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Told
from bot.domain.filed_away import CheckFinding, Uses
from bot.domain.home import (
    AssetUse,
    Became,
    Duties,
    Ground,
    GroupNumbers,
    Health,
    NextAsk,
    OldUse,
    OpenAsk,
    Owed,
    Owner,
    Use,
    spark,
    week_starts,
)
from bot.domain.own_group import LostGroup
from bot.domain.pulse import PRIVACY
from bot.domain.pulse_finding import OwnPulse, PulseWaiting
from bot.picture import WeeksPicture
from bot.upload import in_words
from bot.views import digest_settings, home, home_admin, home_assets, home_own, kit
from bot.views.ask import Stopped
from bot.views.help import help_text
from bot.views.welcome import welcome_message
from sandbox.blocks import check_message, check_view
from tests.slack import words

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LONG = "Ω<!channel>&*" * 250
LAST_ID = 2**31 - 1
CARD = Card(
    version_id=LAST_ID, asset_id=1, reference=LONG[:80], version=LONG[:40], title=LONG[:200], kind="deck", link="",
    owner_id="U1", owner_name=LONG[:80], audience="", product_line="", funnel_stage="", review_days=3650,
    released_at=NOW, expires_on=TODAY, retired_at=None, superseded_by=None, aliases=(), last_used_at=None,
)  # fmt: skip
TOLD = Told(
    feedback_id=LAST_ID, card=CARD, user_id="U1", name=LONG, region=LONG, at=NOW, quoted=LONG, quoted_by=LONG,
    owner_name=LONG, replied_at=NOW, reply=LONG,
    fields=FeedbackFields(LAST_ID, "demo", "used_with_customer", 5, "helped", LONG, LONG, wants_reply=True),
)  # fmt: skip
USE = Use(said=9000, people=900, uses=800, users=700, helped=600, hurt=500, ratings=9, rating_sum=36, weeks=(1,) * 13)
CHECK = CheckFinding(LAST_ID, 1, "in_use", Uses({"used_with_customer": 9}), NOW)
ASSET = AssetUse(LAST_ID, LONG[:200], LONG[:40], 3650, TODAY + timedelta(days=9), USE, CHECK)
FULL = home.HomePage(
    name=LONG,
    tz="America/Argentina/Buenos_Aires",
    today=TODAY,
    roles=frozenset(ROLES),
    told=[replace(TOLD, feedback_id=LAST_ID - n) for n in range(3)],
    told_total=10_000,
    became=[Became(kind, LONG, LONG, NOW, LONG, LAST_ID) for kind in ("answered", "replaced", "outcome")],
    questions=home_own.Questions(
        asked=3,
        budget=3,
        hours="09:00-17:00",
        quiet_until=NOW + timedelta(days=9),
        open=[OpenAsk(LAST_ID, LONG, NOW, round_id) for round_id in (0, 7, 8)],
        planned=[NextAsk(LONG, NOW)] * 3,
        stops=[Stopped(f"key {n}", LONG) for n in range(9)],
    ),
    waiting=[PulseWaiting(LAST_ID, LONG, LONG, privacy, NOW, is_sure=False) for privacy in PRIVACY] * 9,
    pulses=[OwnPulse(LAST_ID, LONG, NOW, 60, 31), OwnPulse(LAST_ID, LONG, None, 60)] * 9,
    owed=[Owed(LAST_ID, LONG, LONG, LONG, NOW)] * 3,
    owed_total=4000,
    assets=[ASSET] * 8,
    assets_total=300,
    digest=digest_settings.home_blocks(NOW, "UTC", "marketer"),
    group=GroupNumbers(LONG, 60, USE, USE, is_lost=True),
    ground=Ground(
        USE, 2000, 90, 80, 7, {"in_use": 9, "filed_away": 8, "not_enough": 7, "": 6}, {"in_use": 1, "": 2},
        [Owner(LONG, 9, 8)] * 9, [ASSET] * 5, TODAY,
    ),
    duties=Duties([ASSET] * 3, [ASSET] * 3, 40, 50, [OldUse(LONG, LONG, 9, 9), OldUse("few", "v1", 9, 2)] * 9,
                  {"complaint,off_label": 4, "patient_identifier": 2}),
    admin=home_admin.Admin(
        home_admin.set_up_steps(people=0, roles={}, assets=0, announced=0, channels=0, official_form_url=""),
        2000, dict.fromkeys(ROLES, 1000), Health(NOW, 3, 2, 1, 4, LONG, 5), NOW + timedelta(hours=2),
        [LostGroup(LONG, LONG, 9)] * 9,
    ),
    channels=[LONG[:80]] * 500,
    private_channels=3,
)  # fmt: skip


def actor(*roles: str) -> Actor:
    return Actor("T1", "U1", "Ines <!channel>", frozenset(roles), "sales", "DACH", "UTC")


def action_ids(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from action_ids(one)
    elif isinstance(part, dict):
        yield from [part["action_id"]] if "action_id" in part else []
        for value in part.values():
            yield from action_ids(value)


def shown(**given: Any) -> str:
    return words(home.home_view(home.HomePage(name="Dre Hollowell", tz="UTC", today=TODAY, **given)))


def test_the_fullest_home_of_all_roles_keeps_to_the_limits_and_each_of_its_buttons_does_something() -> None:
    view = home.home_view(FULL)
    assert check_view(in_words(view)) == []
    assert len(view["blocks"]) < home.MOST_BLOCKS
    assert "<!channel>" not in str([block for block in view["blocks"] if block["type"] != "header"])
    known = {one.id for one in handlers.LISTENERS if one.kind == "action"}
    assert set(action_ids(view["blocks"])) <= known
    assert words(view).index("for your answer") < words(view).index("Your assets") < words(view).index("Your feedback")


@pytest.mark.parametrize("role", ROLES)
def test_help_and_welcome_of_each_role(role: str) -> None:
    message = welcome_message(actor(role))
    assert check_message(message["text"], message["blocks"], []) == []
    assert "<!channel>" not in str(message)
    known = {one.id for one in handlers.LISTENERS if one.kind == "action"}
    assert set(action_ids(message["blocks"])) <= known
    told = help_text(actor(role), "no such <!channel>")
    assert "<!channel>" not in told
    assert ("/groundswell settings" in told) is (role == "admin")
    assert ("/asset release" in told) is (role == "marketer")
    assert ("/pulse" in told) is (role in ("manager", "executive"))
    assert "/groundswell privacy" in told


def test_an_empty_home_greets_and_says_what_to_do_next() -> None:
    told = words(home.home_view(home.HomePage(name="", tz="UTC", today=TODAY)))
    assert "Hello, what was it worth?" in told
    assert home_own.FIRST_WORDS in told
    for other in (
        "Where I listen",
        "Set-up",
        "next digest",
        "Your pulses",
        "Your assets",
        "What the ground sees",
        "Expire",
    ):
        assert other not in told
    first_day = replace(
        FULL, told=(), told_total=0, became=(), waiting=(), pulses=[], owed=(), owed_total=0, assets=[], assets_total=0,
        group=GroupNumbers("Sales DACH", 9, Use(), Use()), ground=Ground(Use(), 9, 0, 0, 0, {}, {}),
        duties=Duties([], [], 0, 0), channels=[], private_channels=0, questions=home_own.Questions(budget=3),
    )  # fmt: skip
    view = home.home_view(first_day)
    assert check_view(view) == []
    told = words(view)
    for next_step in (
        "`/asset add` adds one", "Ask your people something", "A question helps", "Announcements with buttons start it",
        "Marketing fills the library", "Nothing has expired", "None that anybody told of",
        "Invite me where people talk",
    ):  # fmt: skip
        assert next_step in told, next_step


def test_what_is_read_in_channels_is_said_and_private_ones_are_counted() -> None:
    assert f"#general\n{home.ONLY_READS}" in shown(channels=["general"])
    assert "#general and 2 private channels\n" in shown(channels=["general"], private_channels=2)
    assert "\n1 private channel\n" in shown(channels=[], private_channels=1)


def test_the_first_role_greets_and_a_marketer_comes_before_an_admin() -> None:
    assert "Hello Dre, here is what the field says" in shown(roles=frozenset({"admin", "marketer"}))
    assert "Hello Dre, here is how Groundswell is doing" in shown(roles=frozenset({"admin"}))
    assert "Hello Dre, how is your team doing?" in shown(roles=frozenset({"manager"}))


def test_the_checklist_ticks_itself_and_goes_away_when_all_is_done() -> None:
    done = home_admin.set_up_steps(
        people=60, roles={"admin": 2, "marketer": 9}, assets=30, announced=2, channels=1, official_form_url="https://x"
    )
    assert all(step.is_done for step in done)
    missing = home_admin.set_up_steps(people=1, roles={}, assets=0, announced=0, channels=None, official_form_url="")
    assert [step.is_done for step in missing] == [False] * 6
    admin = home_admin.Admin(done, 60, {"marketer": 9}, Health(NOW), NOW)
    told = shown(admin=admin, roles=frozenset({"admin"}))
    assert "Set-up" not in told
    assert "60 people: Marketer 9" in told
    assert "🟢 The clock ticks" in told
    told = shown(admin=replace(admin, steps=missing, health=Health(None, uncertain=2)), roles=frozenset({"admin"}))
    assert "*Set-up*, 0 of 6 done\n⬜ Bring your people in" in told
    assert "🔴 The clock has never ticked" in told
    assert "of 2 nobody knows whether they arrived" in told
    stands = Health(NOW - timedelta(minutes=61), model="a-model", left_out=1)
    told = shown(admin=replace(admin, health=stands), roles=frozenset({"admin"}))
    assert "🔴 The clock has stood still for 61 minutes" in told
    assert "a-model was left out 1 time this week" in told


def test_pulses_wait_with_their_button_and_an_anonymous_one_says_that_nobody_can_tell() -> None:
    waiting = [PulseWaiting(n, "Gudrun", "Usable?", one, NOW, one != "anonymous") for n, one in enumerate(PRIVACY)]
    told = shown(waiting=waiting)
    assert told.count("\nAnswer") == 3
    assert told.count("if you have answered already, you are done") == 1


def test_own_pulses_tell_of_their_response_only_what_may_be_told() -> None:
    own = [
        OwnPulse(1, "Usable?", NOW, 40, 10), OwnPulse(2, "Ready?", NOW, 40), OwnPulse(3, "Known?", None, 40, 30),
        OwnPulse(4, "Safe?", None, 40),
    ]  # fmt: skip
    told = shown(pulses=own)
    assert "10 of 40 people answered (25 %)" in told
    assert "40 people asked; how many have answered is told at its close" in told
    assert "30 of 40 people answered (75 %)" in told
    assert "Too few answered for anything to be shown" in told
    assert told.count("Say what was done") == 2


def test_what_came_of_words_stands_with_a_way_to_say_more() -> None:
    became = [
        Became("answered", "Spine Deck", "Page 7 has it.", NOW, "Ines"),
        Became("replaced", "Spine Deck", "v3", NOW, version_id=9),
        Became("outcome", "Usable?", "We dropped the sheet.", NOW, "Gudrun"),
    ]
    told = shown(became=became)
    assert "💬 Ines answered what you said about *Spine Deck*, 23 Nov 2026:\n> Page 7 has it." in told
    assert "🆕 *Spine Deck*: v3 is out since 23 Nov 2026, after you spoke. Does it hit?" in told
    assert "📣 Gudrun asked “Usable?”, and this was done (23 Nov 2026):\n> We dropped the sheet." in told


def test_small_groups_are_hidden_from_whoever_sees_no_names() -> None:
    few = Use(said=9, people=4, uses=3)
    for group in (GroupNumbers("Sales", 9, few, USE), GroupNumbers("Sales", 4, USE, USE)):
        assert "fewer than 5" in shown(group=group).lower()
        assert "9,000" not in shown(group=group)
    assert "I am just reading" in shown(group=GroupNumbers("Spine", 0, USE, USE, is_unread=True))
    assert "I don't know your own group yet" in shown(group=GroupNumbers("", 0, few, few))
    told = shown(group=GroupNumbers("Sales", 9, USE, few))
    assert "900 of them gave 9,000 pieces of feedback in four weeks: " in told
    ground = Ground(few, 60, 0, 0, 0, {"": 9}, {"": 1}, top=[replace(ASSET, title="Deck", use=few)])
    told = shown(ground=ground)
    assert "Fewer than 5 people have spoken yet" in told
    assert "fewer than 5 people have spoken of it" in told
    assert "3 uses" not in told
    assert "customers by week" not in str(home.home_view(home.HomePage(name="", tz="UTC", today=TODAY, ground=ground)))
    told = shown(duties=Duties([], [], 0, 0, [OldUse("Deck", "v1", 9, 4), OldUse("Sheet", "v2", 30, 12)]))
    assert "*Sheet* v2: 30 uses by 12 people\n• 1 version by fewer than 5 people each" in told
    assert "Deck" not in told


def test_an_asset_says_its_use_by_week_its_verdict_and_its_last_day() -> None:
    one = AssetUse(1, "Deck", "v2", 34, TODAY + timedelta(days=31), replace(USE, weeks=(0, 1, 7)), CHECK)
    told = shown(assets=[one], assets_total=1)
    assert f"*Deck* v2\n{spark((0, 1, 7))}  800 uses by 700 people" in told
    checked = "🟢 in use, 9 of 9 used it, likely 70 to 100 %"
    assert f"34 review days · {checked} · 📅 expires on 24 Dec 2026, in 31 days" in told
    few = replace(one, check=replace(CHECK, uses=Uses({"used_with_customer": 4})))
    assert "🟢 in use, 4 of 4" in shown(assets=[few], assets_total=1)
    assert "4 of 4" not in shown(ground=Ground(USE, 2000, 0, 0, 0, {}, {"in_use": 1}, top=[few]))
    assert home_assets.last_day(TODAY, TODAY) == "📅 expires today"
    assert home_assets.last_day(TODAY - timedelta(days=1), TODAY) == "⛔ expired on 22 Nov 2026"
    assert home_assets.last_day(TODAY + timedelta(days=91), TODAY) == ""


def test_an_executive_sees_use_by_week_of_the_weeks_that_are_over() -> None:
    ground = Ground(replace(USE, weeks=(3, 0, 9, 1)), 2000, 0, 0, 0, {"": 9}, {"": 1}, first_week=date(2026, 11, 2))
    page = home.HomePage(name="", tz="UTC", today=TODAY, ground=ground)
    assert [block for block in home.home_view(page)["blocks"] if block["type"] == "image"] == [
        kit.picture(
            WeeksPicture("Uses with customers by week", (3, 0, 9), "week of 2 Nov", "week of 16 Nov"),
            for_many=True,
        )
    ]
    for weeks in ((0, 0, 9, 1), (9,)):
        few = replace(page, ground=replace(ground, use=replace(USE, weeks=weeks)))
        assert "image" not in {block["type"] for block in home.home_view(few)["blocks"]}


def test_columns_stand_for_numbers() -> None:
    assert spark(()) == spark((0, 0)) == ""
    assert spark((0, 1, 8)) == "▁▂█"
    assert spark((5, 5)) == "██"


def test_weeks_end_with_the_readers_day() -> None:
    starts = week_starts(datetime(2026, 11, 23, 23, tzinfo=UTC), "Asia/Tokyo", 2)
    assert [one.isoformat() for one in starts] == [
        "2026-11-11T00:00:00+09:00", "2026-11-18T00:00:00+09:00", "2026-11-25T00:00:00+09:00",
    ]  # fmt: skip
    starts = week_starts(datetime(2026, 11, 22, 23, tzinfo=UTC), "Asia/Tokyo", 1, on_mondays=True)
    assert [one.date().isoformat() for one in starts] == ["2026-11-23", "2026-11-30"]
    starts = week_starts(datetime(2026, 11, 22, 23, tzinfo=UTC), "UTC", 1, on_mondays=True)
    assert [one.date().isoformat() for one in starts] == ["2026-11-16", "2026-11-23"]
