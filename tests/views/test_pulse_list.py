"""The list of pulses on the screen, with the worst data, against Slack's limits; and what is said of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_list import PAGE_SIZE, LastPulse, ListPage, PulseCard, SeriesCard
from bot.domain.pulse_outcome import check_outcome, check_reason
from bot.domain.pulse_series import MOST, NO_OUTCOME, TOO_LATE
from bot.domain.pulse_template import TEMPLATES
from bot.views import kit, pulse_list
from bot.views.pulse import asked_message
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

LONG = "Ω<!channel>&*\u202e" * 400
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
FIELDS = PulseFields(
    (PulseQuestion(LONG[:300], "single", tuple(f"{n}{LONG}"[:75] for n in range(10))),) * 3, Audience("rep"),
    "C7GEN4RA1", "confidential", NOW + timedelta(days=1), reminders=True, shares_results=True,
)  # fmt: skip
PLAIN = replace(FIELDS, questions=(PulseQuestion("Is it usable?", "scale_5"),))


def check(view: dict[str, Any]) -> str:
    """The texts that Slack formats; nothing of ours is in them, and no limit is passed."""
    if view.get("type") == "modal":
        assert check_view(view) == []
    else:
        assert check_message(view["text"], view["blocks"], []) == []
    formatted = "\n".join(mrkdwn(view["blocks"]))
    assert "<!channel>" not in formatted
    assert "\u202e" not in formatted
    return formatted


def card(state: str, number: int = 1, **more: Any) -> PulseCard:
    told: dict[str, Any] = {"ended_at": NOW, "group": "reps in DACH", "fields": PLAIN} | more
    return PulseCard(pulse_id=number, state=state, **told)


def labels(view: dict[str, Any], block_id: str) -> list[str]:
    row = next(one for one in view["blocks"] if one.get("block_id") == block_id)
    return [one["text"]["text"] for one in row["elements"]]


@pytest.mark.parametrize(("number", "total"), [(0, 0), (0, 6), (0, 900), (50, 900), (149, 900)])
def test_the_list_keeps_to_the_limits(number: int, total: int) -> None:
    cards = [card("closed", place, group=LONG, fields=FIELDS, reason=LONG, outcome=LONG) for place in range(PAGE_SIZE)]
    series = [SeriesCard(2**31 - 1 - place, FIELDS, LONG, LONG[:100].replace("<", ""), NOW) for place in range(MOST)]
    page = ListPage(cards[: min(total, PAGE_SIZE)], total, number, series, TEMPLATES, "UTC", "C7GEN4RA1")
    view = pulse_list.list_modal(page, "Sent. " * 900)
    assert check_view(view) == []
    assert kit.memo(view) == {"page": number, "channel": "C7GEN4RA1"}


@pytest.mark.parametrize(
    ("shown", "buttons"),
    [
        (card("planned"), ["Send", "Edit", "Discard"]),
        (card("open"), ["Edit", "Another end", "Close now", "Cancel it"]),
        (card("open", can_edit=False), ["Another end", "Close now", "Cancel it"]),
        (card("closed"), ["Say what was done", "Ask again"]),
        (card("closed", outcome="One page."), ["Ask again"]),
        (card("cancelled"), ["Ask again"]),
    ],
)
def test_each_state_has_its_buttons(shown: PulseCard, buttons: list[str]) -> None:
    view = pulse_list.list_modal(ListPage([shown], 1, 0))
    assert labels(view, "pulse:1") == buttons
    told = check(view)
    assert pulse_list.STATES[shown.state] in told
    assert "confidential · reps in DACH, in <#C7GEN4RA1>" in told


def test_what_recurs_says_when() -> None:
    series = SeriesCard(7, replace(PLAIN, channel_id=""), "everybody", "every week on Monday at 08:00", NOW)
    told = check(pulse_list.list_modal(ListPage([], 0, 0, [series])))
    assert "*Recurring*, every week on Monday at 08:00, next <!date^" in told
    assert "everybody, by direct message" in told


def test_the_look_the_outcome_and_what_is_sent_keep_to_the_limits() -> None:
    shown = asked_message(replace(FIELDS, questions=FIELDS.questions[:1]), pulse_id=None, asker=LONG, tz="UTC")
    for privacy in ("named", "confidential", "anonymous"):
        view = pulse_list.quick_modal(shown["blocks"], whom="x" * 3000, privacy=privacy, pulse_id=2**31 - 1)
        assert "Send this pulse?" in view["title"]["text"]
        check(view)
    check(pulse_list.outcome_modal(LastPulse(1, LONG, NOW), "UTC", pulse_id=2))
    check(pulse_list.outcome_modal(LastPulse(1, "", None), "UTC", pulse_id=2))
    check(pulse_list.sent_modal(pulse_list.on_its_way(FIELDS, "every week")))
    assert "I ask each person" in pulse_list.on_its_way(replace(FIELDS, channel_id=""))


def test_whoever_is_left_out_is_told_why() -> None:
    told = check(pulse_list.skipped_message(FIELDS, NO_OUTCOME, 7))
    assert "did not go out this time: nobody has said what was done with the one before." in told
    assert "The next one follows on its day." in check(pulse_list.skipped_message(FIELDS, TOO_LATE, None))


@pytest.mark.parametrize(
    ("audience", "channel", "group", "reached", "words"),
    [
        (Audience(), "", 0, 0, "*Nobody* fits"),
        (Audience(), "", 1, 1, "*1 person* will be asked: reps, by direct message."),
        (Audience(), "", 5000, 4000, "*1,000 of them are left out*: 3 questions a week are the most"),
        (Audience(user_group_ids=("S1",)), "", 9, 9, "At most *9 people* will be asked"),
        (Audience(channel_ids=("C1",)), "C1", 9, 9, "costs nobody one of their weekly questions"),
    ],
)
def test_how_many_will_be_asked_is_said(audience: Audience, channel: str, group: int, reached: int, words: str) -> None:
    fields = replace(PLAIN, audience=audience, channel_id=channel)
    where = pulse_list.where_words(fields, "reps")
    assert words in pulse_list.whom_line(fields, where, group=group, reached=reached, budget=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Say in a few words"), ("🧡", "Say in a few words"), ("x" * 1001, "1,000 fit"), ("Done", "")],
)
def test_an_outcome_needs_words(text: str, words: str) -> None:
    assert words in check_outcome(text)
    assert bool(check_outcome(text)) == bool(words)


def test_a_reason_needs_words() -> None:
    assert check_reason("The congress opens") == ""
    assert check_reason("…")
    assert "300 fit" in check_reason("x" * 301)
