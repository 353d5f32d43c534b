"""The form of a pulse, with the worst data, against Slack's limits; and what is read back from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.audience import MOST_CHANNELS, MOST_PEOPLE, MOST_REGIONS, MOST_USER_GROUPS, Audience
from bot.domain.pulse import KIND_LABELS, PulseFields, PulseQuestion, check_pulse_fields
from bot.domain.pulse_template import TEMPLATES, find_template
from bot.views import kit, pulse_form
from bot.views import pulse_form_reading as reading
from bot.views.pulse import asked_message
from sandbox.blocks import check_view
from tests.views.formatted import mrkdwn

LONG = "Ω<!channel>&*\u202e" * 400
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
REGIONS = tuple(f"{LONG[:50]}{number:03}" for number in range(150))
GROUPS = {f"S{number:03}": LONG for number in range(150)}
WORST = PulseFields(
    questions=tuple(
        PulseQuestion(f"{n}{LONG}"[:300], kind, tuple(f"{place}{LONG}"[:75] for place in range(10)))
        for n, kind in enumerate([*KIND_LABELS, *KIND_LABELS])
    ),
    audience=Audience(
        "compliance", REGIONS[:MOST_REGIONS], tuple(f"C00{n}" for n in range(MOST_CHANNELS)),
        tuple(GROUPS)[:MOST_USER_GROUPS], tuple(f"U00{n}" for n in range(MOST_PEOPLE)),
    ),
    channel_id="C000", privacy="anonymous", closes_at=NOW + timedelta(days=1), reminders=True, shares_results=True,
)  # fmt: skip
STATE = pulse_form.FormState(
    order=tuple(range(90, 100)), repeats="month", regions=REGIONS, user_groups=GROUPS, tz="Asia/Tokyo"
)
FORM: dict[str, Any] = {
    "question3": " Why\u202e\nnot? ", "kind3": "text", "question1": "Which?", "kind1": "multiple",
    "options1": " Yes \n\n No\u200e", "place": "channel", "channels": ["C00A"], "role": "rep", "regions": ["DACH"],
    "user_groups": ["S1"], "people": ["U1"], "privacy": "named", "closes_on": "2026-11-24", "closes_at": "09:30",
    "also": ["reminders"],
}  # fmt: skip


def check(view: dict[str, Any]) -> str:
    """The texts that Slack formats; nothing of ours is in them, and no limit is passed."""
    assert check_view(view) == []
    formatted = "\n".join(mrkdwn(view["blocks"]))
    assert "<!channel>" not in formatted
    assert "\u202e" not in formatted
    return formatted


@pytest.mark.parametrize("own_group", ["", LONG])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("memo", [{}, {"pulse_id": 5, "version": 9}, {"series_id": 2**31 - 1, "version": 2**31 - 1}])
def test_the_form_keeps_to_the_limits_and_its_memo(own_group: str, is_open: bool, memo: dict[str, int]) -> None:
    state = pulse_form.FormState(**STATE.__dict__ | {"own_group": own_group, "is_open": is_open})
    view = pulse_form.form_modal(WORST, state, memo=memo, notices=["Something"])
    check(view)
    carried = kit.memo(view)
    assert memo.items() <= carried.items()
    assert reading.order_in(carried) == STATE.order
    assert len(view["private_metadata"]) <= 3000


def test_the_preview_and_the_end_keep_to_the_limits() -> None:
    shown = asked_message(WORST, pulse_id=None, asker=LONG, tz="UTC")["blocks"]
    check(pulse_form.preview_modal(shown, whom="Nobody. " * 900, wrong=[LONG, "Close it later."] * 20))
    check(pulse_form.end_modal(NOW, "UTC", pulse_id=2**31 - 1, version=2**31 - 1))


def test_what_a_form_says_is_read_back() -> None:
    fields = reading.fields_in(FORM, {"order": "3,1"}, tz="Europe/Berlin")
    assert fields.questions == (PulseQuestion("Why not?", "text"), PulseQuestion("Which?", "multiple", ("Yes", "No")))
    assert fields.audience == Audience("rep", ("DACH",), ("C00A",), ("S1",), ("U1",))
    assert (fields.channel_id, fields.privacy, fields.reminders, fields.shares_results) == (
        "C00A",
        "named",
        True,
        False,
    )
    assert fields.closes_at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert reading.wrong_place(FORM) == {}


@pytest.mark.parametrize(
    "form",
    [{}, {"closes_on": "0001-01-01", "closes_at": "00:00"}, {"closes_on": "9999-12-31", "closes_at": "23:59"},
     {"closes_on": "x", "closes_at": None, "privacy": None, "role": "king", "channels": None, "place": "moon"}],
)  # fmt: skip
def test_nonsense_in_a_form_is_left_for_the_check(form: dict[str, Any]) -> None:
    fields = reading.fields_in(form, {"order": "0"}, tz="Pacific/Kiritimati")
    wrong = check_pulse_fields(fields, NOW, 0)
    assert {"question0", "closes_at", "privacy"} <= wrong.keys()
    assert reading.wrong_place(form) == {"place": reading.OTHER_PLACE}


@pytest.mark.parametrize(
    ("told", "order"),
    [("", (0,)), ("x,-1,²", (0,)), ("3,3,1", (3, 1)), ("5," * 900, (5,)), ("7" * 400, (0,)),
     (",".join(map(str, range(50))), tuple(range(10)))],
)  # fmt: skip
def test_what_a_client_makes_of_the_order_is_put_right(told: str, order: tuple[int, ...]) -> None:
    assert reading.order_in({"order": told}) == order


def test_questions_keep_their_number_when_they_are_moved() -> None:
    assert reading.with_another((0, 4)) == (0, 4, 5)
    assert reading.with_another((0, 99)) == (0, 99, 1)
    assert reading.with_another(tuple(range(10))) == tuple(range(10))
    assert reading.without((3, 1), 3) == (1,)
    assert reading.without((3,), 3) == (3,)
    assert reading.moved_up((3, 1, 2), 2) == (3, 2, 1)
    assert reading.moved_up((3, 1), 3) == (3, 1)
    assert reading.moved_up((3, 1), 9) == (3, 1)


def test_a_sentence_stands_at_the_field_that_is_shown() -> None:
    wrong = {"question1": "a", "options0": "b", "closes_at": "c", "audience": "d", "options1": "e", "kind1": "f"}
    shown = ["question3", "kind3", "question1", "kind1", "channels", "closes_on"]
    assert reading.at_fields(wrong, {"order": "3,1"}, shown) == {
        "question1": "a", "question3": "b", "closes_on": "c", "channels": "d", "kind1": "f",
    }  # fmt: skip
    assert reading.at_fields({"question0": "a"}, {}, []) == {"question0": "a"}


@pytest.mark.parametrize("claimed", ["D0123", "", None, "C<!channel>", "c0123", "U0123"])
def test_only_a_channel_is_a_channel(claimed: object) -> None:
    assert not reading.is_channel(claimed)
    assert reading.wrong_place({"place": "direct", "channels": [claimed]}) == {"channels": reading.NO_CHANNEL}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_a_template_can_be_sent_as_it_is(template: Any) -> None:
    fields = PulseFields(template.questions, Audience(""), "", template.privacy, NOW + timedelta(days=template.days),
        reminders=False, shares_results=True)  # fmt: skip
    assert check_pulse_fields(fields, NOW, 8) == {}
    assert find_template(template.key) is template
    assert find_template("-") is None


def test_the_end_that_is_proposed_is_a_full_hour_on_a_working_day() -> None:
    friday = datetime(2026, 11, 27, 22, 40, tzinfo=UTC)
    assert reading.default_close(friday, "UTC") == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert reading.default_close(NOW, "Asia/Kolkata") == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
