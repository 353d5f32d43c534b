"""A pulse as those who are asked see it, with the worst data, against Slack's limits; and what may be told when."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.audience import Audience
from bot.domain.pulse import PRIVACY, PulseFields, PulseQuestion
from bot.domain.pulse_answer import LONGEST, PulseAnswer
from bot.domain.pulse_post import PulsePost
from bot.views import ask, pulse, pulse_answer
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

LONG = "Ω<!channel>&*\u202e" * 400
CLOSES = datetime(2026, 11, 24, 17, tzinfo=UTC)
OPTIONS = tuple(f"{LONG[:72]}{number}" for number in range(10))
ALL_KINDS = tuple(
    PulseQuestion(f"{LONG[:297]}{number}", kind, OPTIONS if kind in ("single", "multiple") else ())
    for number, kind in enumerate(("single", "multiple", "scale_5", "scale_10", "text") * 2)
)
USABLE = PulseQuestion("Is the sheet usable?", "single", ("Yes", "No", "Not seen"))
TZ = "Europe/Berlin"


def fields(*questions: PulseQuestion, privacy: str = "named", **more: Any) -> PulseFields:
    told: dict[str, Any] = {"channel_id": "C1", "closes_at": CLOSES, "reminders": True, "shares_results": True} | more
    return PulseFields(questions=questions or (USABLE,), audience=Audience(), privacy=privacy, **told)


def post(of: PulseFields, **more: Any) -> PulsePost:
    told: dict[str, Any] = {"state": "open", "asker": LONG, "tz": TZ, "invited": 5000, "answered": 4999} | more
    return PulsePost(2**31 - 1, of, **told)


def check(view: dict[str, Any]) -> str:
    """The texts that Slack formats; nothing of ours is in them, and no limit is passed."""
    if view.get("type") == "modal":
        assert check_view(view) == []
    else:
        assert check_message(view["text"], view["blocks"], []) == []
    formatted = "\n".join([*mrkdwn(view["blocks"]), view.get("text") or ""])
    assert "<!channel>" not in formatted
    assert "\u202e" not in formatted
    return formatted


@pytest.mark.parametrize("privacy", PRIVACY)
@pytest.mark.parametrize("questions", [(one,) for one in ALL_KINDS[:5]] + [ALL_KINDS], ids=lambda one: one[0].kind)
def test_every_message_fits_and_says_its_privacy_before_its_buttons(
    privacy: str, questions: tuple[PulseQuestion, ...]
) -> None:
    of = fields(*questions, privacy=privacy)
    shown = post(of, counts=(500,) * len(of.questions[0].labels) if privacy == "named" else ())
    message = pulse.posted_message(shown)
    assert f"*{privacy.capitalize()}:*" in check(message)
    kinds = [block["type"] for block in message["blocks"]]
    places = [n for n, one in enumerate(message["blocks"]) if f"*{privacy.capitalize()}:*" in str(one)]
    assert places[0] < kinds.index("actions")
    direct = pulse.direct_message(shown, reminds=True, note="You answered.")
    check(direct | {"blocks": [*direct["blocks"], ask.manners(2**31 - 1, 0)]})
    check(pulse.asked_message(of, pulse_id=None, asker=LONG, tz=TZ))
    for state in ("closed", "cancelled"):
        ended = pulse.posted_message(post(of, state=state, reason=LONG[:300]))
        check(ended)
        assert "actions" not in [block["type"] for block in ended["blocks"]]


@pytest.mark.parametrize("privacy", PRIVACY)
def test_the_form_fits_empty_and_full_and_reads_back_what_it_shows(privacy: str) -> None:
    of = fields(*ALL_KINDS, privacy=privacy)
    given = tuple(
        PulseAnswer(number, () if one.kind == "text" else (0, 9)[: 2 if one.kind == "multiple" else 1], "")
        if one.kind != "text"
        else PulseAnswer(number, text=LONG[:LONGEST])
        for number, one in enumerate(ALL_KINDS)
    )
    for said in ((), given):
        check(pulse_answer.answer_modal(of, said, pulse_id=2**31 - 1, asker=LONG, tz=TZ))
    form = {"answer0": "0", "choices1": ["0", "9"], "answer4": "A table", "answer3": "10", "answer2": None}
    read = pulse_answer.answers_in(form, ALL_KINDS[:5])
    assert read == (
        PulseAnswer(0, (0,)), PulseAnswer(1, (0, 9)), PulseAnswer(3, (10,)), PulseAnswer(4, text="A table"),
    )  # fmt: skip


def test_a_choice_that_is_no_number_is_none_of_the_answers() -> None:
    read = pulse_answer.answers_in({"answer0": "²", "choices1": ["9999999999", "x"]}, ALL_KINDS[:2])
    assert read == (PulseAnswer(0, (-1,)), PulseAnswer(1, (-1, -1)))


def test_so_far_is_told_exactly_where_it_is_named_and_else_in_steps() -> None:
    assert pulse.progress("named", 1, None) == "1 has answered."
    assert pulse.progress("named", 13, 40) == "13 of 40 have answered."
    assert pulse.progress("confidential", 13, 40) == "10+ of 40 have answered."
    assert pulse.progress("anonymous", 4, 40) == ""


def test_the_preview_looks_the_same_and_its_buttons_do_nothing() -> None:
    real = pulse.asked_message(fields(), pulse_id=7, asker="Ines", tz=TZ)
    shown = pulse.asked_message(fields(), pulse_id=None, asker="Ines", tz=TZ)
    assert mrkdwn(shown) == mrkdwn(real)
    rows = [block["elements"] for block in shown["blocks"] if block["type"] == "actions"]
    ids = [one["action_id"] for row in rows for one in row]
    assert all(one.startswith(f"{pulse.PREVIEW}_") for one in ids)


def test_thanks_say_what_was_answered_and_how_to_change_it_but_nothing_of_a_secret_ballot() -> None:
    yes = (PulseAnswer(0, (0,)),)
    told = pulse_answer.thanks_text(fields(), yes, tz=TZ, is_first=True, form_url="")
    assert told.startswith("Thank you. You answered *Yes*. You can change it until <!date^")
    assert "Yes" not in pulse_answer.cast_text(yes, form_url="")
    held = (PulseAnswer(0, text="…", held_for="injury"),)
    assert "not a report" in pulse_answer.cast_text(held, form_url="https://quality.example/report")


def test_the_asker_hears_why_something_could_not_be_asked() -> None:
    for reason in (LONG[:300], pulse.refused_sentence("is_archived"), pulse.refused_sentence("<!channel>")):
        check(pulse.not_opened_message(fields(ALL_KINDS[0]), reason, pulse_id=2**31 - 1))
    check(pulse.lost_message(fields(ALL_KINDS[0]), pulse_id=2**31 - 1))
    assert "<!channel>" not in pulse.why(post(fields(), asker=LONG))
