"""Whether an ask goes out, waits or is let go: case by case, and for any standing at any moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ask import REASONS, AskCount, Decision, Standing, decide, next_look
from bot.domain.away import away_until, dnd_until
from bot.domain.working_time import WorkingHours, WorkingTime

BERLIN = WorkingTime.of("09:00-17:00", "Europe/Berlin", "UTC")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Berlin
NEXT_MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)  # 09:00 in Berlin
CLOSES = MONDAY + timedelta(days=10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEND = Decision("send")


def standing(**known: Any) -> Standing:
    return replace(Standing(number=0, closes_at=CLOSES, working=BERLIN), **known)


@pytest.mark.parametrize(
    ("known", "now", "decision"),
    [
        ({}, MONDAY, SEND),
        ({"number": 2}, MONDAY, SEND),
        ({"number": 3}, MONDAY, Decision("wait", CLOSES)),
        # working hours
        ({}, MONDAY - 2 * HOUR, Decision("wait", MONDAY - HOUR, "off_hours")),
        ({}, MONDAY + 7 * HOUR, Decision("wait", MONDAY - HOUR + DAY, "off_hours")),
        ({"number": 1}, MONDAY + 5 * DAY, Decision("wait", NEXT_MONDAY, "off_hours")),
        # the week's asks are spent; tomorrow morning would not help
        ({"asked": 2}, MONDAY, SEND),
        ({"asked": 3}, MONDAY, Decision("wait", NEXT_MONDAY, "over_budget")),
        ({"asked": 4}, MONDAY, Decision("wait", NEXT_MONDAY, "over_budget")),
        ({"asked": 1, "budget": 1}, MONDAY, Decision("wait", NEXT_MONDAY, "over_budget")),
        ({"asked": 3}, MONDAY + 12 * HOUR, Decision("wait", NEXT_MONDAY, "over_budget")),
        # away: until they are back and at work
        ({"away_until": MONDAY}, MONDAY, SEND),
        ({"away_until": MONDAY + HOUR}, MONDAY, Decision("wait", MONDAY + HOUR, "away")),
        ({"away_until": MONDAY + 5 * DAY}, MONDAY, Decision("wait", NEXT_MONDAY, "away")),
        ({"away_until": MONDAY + 9 * DAY, "asked": 3}, MONDAY, Decision("wait", MONDAY + 9 * DAY, "away")),
        ({"away_until": MONDAY + HOUR, "asked": 3}, MONDAY, Decision("wait", NEXT_MONDAY, "over_budget")),
        # it is certain that it cannot go out any more
        ({"away_until": CLOSES}, MONDAY, Decision("refuse", reason="away")),
        ({"away_until": CLOSES, "number": 1}, MONDAY, Decision("wait", CLOSES, "away")),
        ({"asked": 3, "closes_at": NEXT_MONDAY}, MONDAY, Decision("refuse", reason="over_budget")),
        ({"closes_at": MONDAY + 12 * HOUR}, MONDAY + 8 * HOUR, Decision("refuse", reason="off_hours")),
        # too late
        ({}, CLOSES, Decision("refuse", reason="too_late")),
        ({"held_by": "away"}, CLOSES + 14 * DAY, Decision("refuse", reason="away")),
        ({"number": 1}, CLOSES, Decision("close")),
        ({"number": 3}, CLOSES, Decision("close")),
        ({"is_active": False}, CLOSES, Decision("refuse", reason="too_late")),
        # gone or stopped: a question is let go, one that was asked is not brought up again
        ({"is_active": False}, MONDAY, Decision("refuse", reason="gone")),
        ({"is_active": False, "number": 1}, MONDAY, Decision("wait", CLOSES, "gone")),
        ({"is_stopped": True}, MONDAY, Decision("refuse", reason="stopped")),
        ({"is_stopped": True, "number": 1}, MONDAY, Decision("wait", CLOSES, "stopped")),
        ({"is_stopped": True, "is_active": False}, MONDAY, Decision("refuse", reason="gone")),
    ],
)
def test_what_is_decided(known: dict[str, Any], now: datetime, decision: Decision) -> None:
    assert decide(standing(**known), now) == decision


@pytest.mark.parametrize(
    ("number", "sent", "closes", "looked"),
    [
        (0, MONDAY, CLOSES, MONDAY + 2 * DAY),
        (1, MONDAY + 2 * DAY, CLOSES, MONDAY + 4 * DAY),
        (2, MONDAY + 4 * DAY, CLOSES, CLOSES),  # there is no third reminder
        (1, MONDAY + 3 * DAY, CLOSES, MONDAY + 7 * DAY),  # Thursday: Monday
        (0, MONDAY, MONDAY + DAY, MONDAY + DAY),
    ],
)
def test_reminders_come_two_working_days_after(number: int, sent: datetime, closes: datetime, looked: datetime) -> None:
    assert next_look(number, sent, closes, BERLIN) == looked


zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Africa/Cairo"])
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda told: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=told))
standings = st.builds(
    Standing,
    number=st.integers(0, 3),
    closes_at=moments,
    working=st.builds(
        lambda start, length, tz: WorkingTime(WorkingHours(start * 15, (start + length) * 15), ZoneInfo(tz)),
        st.integers(0, 95), st.integers(1, 95), zones,
    ),
    is_active=st.booleans(),
    is_stopped=st.booleans(),
    away_until=st.none() | moments,
    asked=st.integers(0, 5),
    budget=st.integers(1, 5),
    held_by=st.none() | st.sampled_from(REASONS),
)  # fmt: skip


@given(standings, moments)
def test_nobody_is_asked_against_the_manners(one: Standing, now: datetime) -> None:
    decision = decide(one, now)
    may = (
        one.is_active
        and not one.is_stopped
        and one.working.is_on(now)
        and one.asked < one.budget
        and not (one.away_until and one.away_until > now)
        and one.number <= 2
        and now < one.closes_at
    )
    assert (decision.action == "send") is bool(may)


@given(standings, moments)
def test_an_ask_always_comes_to_an_end(one: Standing, now: datetime) -> None:
    decision = decide(one, now)
    if decision.action == "wait":
        assert decision.at is not None
        assert now < decision.at <= one.closes_at
        assert decision.at == one.closes_at or one.working.is_on(decision.at)
    elif decision.action == "refuse":
        assert one.number == 0
        assert decision.reason in REASONS
    else:
        assert decision.at is None
    assert decide(one, one.closes_at).action == ("refuse" if one.number == 0 else "close")


def test_the_sender_hears_how_many_were_not_asked_and_why() -> None:
    told = AskCount(asked=4, answered=18, closed=2, refused={"away": 1, "over_budget": 2})
    assert replace(told, refused={"away": 2}).in_words(3) == "24 people were asked, 2 were away"
    assert told.in_words(3) == "24 people were asked, 3 were not: 2 had 3 questions that week already, 1 was away"
    assert (told.reached, told.not_asked) == (24, 3)
    assert AskCount(answered=1, planned=5).in_words(3) == "1 person was asked, 5 will be"
    everything = AskCount(refused=dict.fromkeys(REASONS, 1)).in_words(1)
    assert everything.startswith("0 people were asked, 7 were not: 1 had 1 question that week already, 1 was away")
    assert len(everything.split(", ")) == 8


@pytest.mark.parametrize(
    ("profile", "until"),
    [
        ({}, None),
        ({"status_emoji": "", "status_text": ""}, None),
        ({"status_emoji": ":palm_tree:", "status_expiration": 0}, MONDAY + DAY),
        ({"status_emoji": ":palm_tree:", "status_expiration": int((MONDAY + 3 * DAY).timestamp())}, MONDAY + 3 * DAY),
        ({"status_emoji": ":palm_tree:", "status_expiration": int((MONDAY - DAY).timestamp())}, None),
        ({"status_emoji": ":face_with_thermometer:", "status_text": "Out sick"}, MONDAY + DAY),
        ({"status_emoji": ":speech_balloon:", "status_text": "On vacation until 4 May"}, MONDAY + DAY),
        ({"status_emoji": ":rocket:", "status_text": "OOO"}, MONDAY + DAY),
        ({"status_emoji": "", "status_text": "Im Urlaub"}, MONDAY + DAY),
        ({"status_emoji": ":house_with_garden:", "status_text": "Working remotely"}, None),
        ({"status_emoji": ":spiral_calendar_pad:", "status_text": "In a meeting"}, None),
        ({"status_emoji": ":bus:", "status_text": "Commuting"}, None),
        ({"status_text": "Back from vacation!"}, None),
        ({"status_text": "Castaway fan, silly"}, None),
        ({"status_emoji": ":palm_tree:", "status_expiration": "soon"}, MONDAY + DAY),
        ({"status_emoji": None, "status_text": None, "status_expiration": None}, None),
    ],
)
def test_who_is_away_by_their_status(profile: dict[str, Any], until: datetime | None) -> None:
    assert away_until(profile, MONDAY) == until


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ({}, None),
        ({"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}, None),
        (
            {"dnd_enabled": True, "next_dnd_start_ts": seconds(MONDAY), "next_dnd_end_ts": seconds(MONDAY + HOUR)},
            MONDAY + HOUR,
        ),
        ({"dnd_enabled": True, "next_dnd_start_ts": seconds(MONDAY - HOUR), "next_dnd_end_ts": seconds(MONDAY)}, None),
        (
            {
                "dnd_enabled": True,
                "next_dnd_start_ts": seconds(MONDAY + HOUR),
                "next_dnd_end_ts": seconds(MONDAY + DAY),
            },
            None,
        ),
        ({"dnd_enabled": True, "next_dnd_start_ts": None, "next_dnd_end_ts": "x"}, None),
    ],
)
def test_who_does_not_want_to_be_disturbed(told: dict[str, Any], until: datetime | None) -> None:
    assert dnd_until(told, MONDAY) == until
