"""Check-ins on the screen, with the worst data, against Slack's limits; and who is told what."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.ask import REASONS, AskCount
from bot.domain.audience import MOST_CHANNELS, MOST_REGIONS, Audience
from bot.domain.check_in import SUGGESTIONS, Asked, Cadence, CheckInFields, Question
from bot.domain.check_in_answer import Given, RoundResult
from bot.views import check_in, check_in_ask, check_in_form, check_in_round, kit
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

LONG = "Ω<!channel>&*\u202e" * 400
DAY, FORM_URL = date(2026, 11, 24), "https://quality.example/report"
QUESTIONS = tuple(Question(LONG[:300], is_need=bool(number)) for number in range(3))
REGIONS = tuple(f"{LONG[:50]}{number:03}" for number in range(150))
FIELDS = CheckInFields(
    LONG[:60], Audience("compliance", REGIONS[:MOST_REGIONS], tuple(f"C{n}" for n in range(MOST_CHANNELS))), QUESTIONS,
    Cadence("month", 4, "23:59"), DAY,
)  # fmt: skip
WORST = Asked(LONG, QUESTIONS, "U1", LONG, named_for="U1", group=LONG, size=5000)
PLAIN = Asked("Tenders", (Question("What was missing?"),), "U1", "Ines", group="reps", size=38)
ASKS = AskCount(planned=3, asked=4000, answered=900, closed=50, refused=dict.fromkeys(REASONS, 1000))


def given(question: int = 0, text: str = "The table", **more: Any) -> Given:
    told = {"is_need": False, "is_held": False, "is_withdrawn": False, "is_late": False} | more
    return Given(question, "U2", text, **told)


def result(asked: Asked = PLAIN, **more: Any) -> RoundResult:
    told: dict[str, Any] = {"answered": 12, "held": 0, "late": 0, "asks": AskCount(answered=12, closed=26)} | more
    return RoundResult(7, asked, DAY, **told)


def check(view: dict[str, Any]) -> str:
    """The texts that Slack formats; nothing of ours is in them, and no limit is passed."""
    if view.get("type") in ("modal", "home"):
        assert check_view(view) == []
    else:
        assert check_message(view["text"], view["blocks"], []) == []
    formatted = "\n".join([*mrkdwn(view["blocks"]), view.get("text") or ""])
    assert "<!channel>" not in formatted
    assert "\u202e" not in formatted
    return formatted


# keeping


def card(number: int = 0, **more: Any) -> check_in.CheckInCard:
    told: dict[str, Any] = {"next_on": DAY, "open_until": DAY, "closed_round_id": 2**31 - 1} | more
    told.setdefault("is_running", True)
    return check_in.CheckInCard(2**31 - 1 - number, FIELDS, LONG, LONG, **told)


@pytest.mark.parametrize(("number", "total"), [(0, 0), (0, 8), (0, 900), (50, 900), (112, 900)])
def test_the_library_keeps_to_the_limits(number: int, total: int) -> None:
    cards = [card(place, is_running=bool(place % 2)) for place in range(min(total, check_in.PAGE_SIZE))]
    page = check_in.LibraryPage(cards, total, number, list(SUGGESTIONS))
    check(check_in.library_modal(page, "Saved. " * 900))
    check(check_in.library_modal(replace(page, suggestions=[])))


def test_the_library_says_how_each_check_in_stands() -> None:
    cards = [card(open_until=None), card(1, is_running=False), card(2, is_orphan=True), card(3)]
    told = check(check_in.library_modal(check_in.LibraryPage(cards, 4, 0, [])))
    assert "Next round: Tuesday 24 November" in told
    assert "Stopped · kept by" in told
    assert "its owner may keep no check-ins any more" in told
    assert "A round is open until Tuesday 24 November" in told


@pytest.mark.parametrize("own_group", ["", LONG])
def test_the_form_keeps_to_the_limits_and_its_memo(own_group: str) -> None:
    view = check_in_form.form_modal(
        FIELDS, REGIONS, check_in_id=5, version=9, own_group=own_group, notices=[check_in_form.OPEN_ROUND]
    )
    check(view)
    assert kit.memo(view) == {"check_in_id": 5, "version": 9}
    check(check_in_form.form_modal(CheckInFields("", Audience(), (), Cadence(), None), []))


def test_what_a_form_says_is_read_back() -> None:
    form = {
        "name": " Tenders\u202e ", "question0": "Why?", "question1": None, "question2": "How\n?", "needs": ["2"],
        "role": "everybody", "regions": ["DACH"], "channels": ["C1"], "days": "2:3", "at": "09:30",
        "starts_on": "2026-11-24",
    }  # fmt: skip
    fields = check_in_form.fields_in(form)
    assert fields.name == "Tenders"
    assert fields.questions == (Question("Why?"), Question(""), Question("How ?", is_need=True))
    assert fields.audience == Audience("", ("DACH",), ("C1",))
    assert fields.cadence == Cadence("2", 3, "09:30")
    assert fields.starts_on == DAY
    assert check_in_form.fields_in(form, regions=("France",)).audience == Audience("", ("France",))


@pytest.mark.parametrize("form", [{}, {"days": "x", "at": None, "starts_on": "never", "role": None, "needs": None}])
def test_nonsense_in_a_form_is_left_for_the_check(form: dict[str, Any]) -> None:
    fields = check_in_form.fields_in(form)
    assert fields.audience.role == "nobody"
    assert fields.cadence.weekday == -1
    assert fields.starts_on is None


@pytest.mark.parametrize(
    ("fits", "words"),
    [(0, "*Nobody* fits"), (1, "With a group of one everybody will know who answered"), (4, "you can guess who wrote"),
     (5000, "*5,000 people fit* now")],
)  # fmt: skip
def test_the_preview_says_how_many_that_is(fits: int, words: str) -> None:
    at = datetime(2026, 11, 24, 14, tzinfo=UTC)
    shown = check_in.Preview(WORST, fits, True, LONG if fits else None, "America/New_York", at, DAY, [LONG] * 9)
    assert words in check(check_in.preview_modal(shown))


# answering


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("asked", [WORST, replace(WORST, named_for="", size=1), PLAIN])
def test_the_question_keeps_to_the_limits_and_ends_with_the_manners(asked: Asked, number: int) -> None:
    message = check_in_ask.question_message(asked, DAY, round_id=2**31 - 1, ask_id=2**31 - 1, number=number)
    check(message)
    labels = [element["text"]["text"] for element in message["blocks"][-1]["elements"]]
    assert labels == ["Not now", "Stop these", "Why did I get this?"][number == 2 :]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (PLAIN, "Ines and marketing read your answer without your name."),
        (replace(PLAIN, size=4), "Only 4 people are asked, so they may guess who wrote."),
        (replace(PLAIN, size=1), "You are the only one who is asked, so they will know that it is yours."),
        (replace(PLAIN, named_for="U1"), "Ines sees your name with your answer; marketing may read it without"),
        (replace(PLAIN, owner_name=""), "A colleague and marketing"),
    ],
)
def test_who_sees_the_answer_is_said_everywhere(asked: Asked, words: str) -> None:
    question = check_in_ask.question_message(asked, DAY, round_id=1, ask_id=1, number=0)
    form = check_in_ask.answer_modal(asked, DAY, [], round_id=1, is_closed=False)
    receipt = check_in_ask.receipt(asked, DAY, [given()], FORM_URL, round_id=1, is_closed=False)
    for told in (check(question), check(form), check(receipt), check_in_ask.why(asked, "every week")):
        assert words in told


@pytest.mark.parametrize("is_closed", [False, True])
def test_the_form_and_the_receipt_keep_to_the_limits(is_closed: bool) -> None:
    said = [given(number, LONG[:3000], is_need=True) for number in range(3)]
    view = check_in_ask.answer_modal(WORST, DAY, said, round_id=9, is_closed=is_closed)
    check(view)
    assert kit.memo(view) == {"round_id": 9}
    for shown in (said, [replace(one, is_late=True) for one in said], []):
        check(check_in_ask.receipt(WORST, DAY, shown, FORM_URL, round_id=9, is_closed=is_closed))
    check(check_in_ask.taken_back(WORST, round_id=9))


def test_held_words_stand_in_no_receipt() -> None:
    message = check_in_ask.receipt(
        PLAIN, DAY, [given(text="the pump stopped", is_held=True)], FORM_URL, round_id=1, is_closed=False
    )
    told = check(message)
    assert "Feedback is not a report." in told
    assert FORM_URL in told
    assert "pump" not in told


# what came of it


def test_the_summary_keeps_to_the_limits() -> None:
    worst = result(WORST, held=5000, late=5000, asks=ASKS, next_on=DAY)
    assert "5,000 answers are on hold" in check(check_in_round.summary_message(worst, 3))
    told = check(check_in_round.summary_message(result(is_stopped=True, held=1, late=1), 3))
    assert "12 of 38 people answered." in told
    assert "1 answer is on hold: it may describe" in told
    assert "The check-in is stopped." in told
    assert "is open until Tuesday 24 November" in check(check_in_round.summary_message(result(open_until=DAY), 3))
    nobody = check(check_in_round.summary_message(result(answered=0, asks=AskCount(refused={"away": 2})), 3))
    assert "Nobody was asked." in nobody
    assert "2 were away" in nobody
    for message in (
        check_in_round.nobody_message(LONG, LONG, is_stopped=True),
        check_in_round.unseen_channel_message(LONG),
        check_in_round.found_message(LONG, 1),
    ):
        check(message)


@pytest.mark.parametrize("text", ["<&>*`@here" * 300, "&" * 3000, "&\n" * 1500, "😀&" * 1000])
@pytest.mark.parametrize("named_for", ["", "U1"])
def test_the_answers_keep_to_the_limits_and_show_names_only_where_that_was_said(named_for: str, text: str) -> None:
    said = [given(number % 3, text, name="Dre Hollowell", is_late=number > 5) for number in range(10)]
    page = check_in_round.AnswersPage(result(replace(WORST, named_for=named_for)), said, 1000, 50)
    assert ("Dre Hollowell" in check(check_in_round.answers_modal(page, 3))) == bool(named_for)


def test_a_long_answer_is_read_to_its_end_and_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(400))[:3000].rsplit(" ", 1)[0]
    view = check_in_round.answers_modal(check_in_round.AnswersPage(result(), [given(text=text)], 1, 0), 3)
    parts = [one[2:] for one in mrkdwn(view["blocks"]) if one.startswith("> ")]
    assert len(parts) == 3
    assert " ".join(parts) == text


def test_an_empty_list_of_answers_says_so() -> None:
    assert "nothing to read" in check(check_in_round.answers_modal(check_in_round.AnswersPage(result(), [], 0, 0), 3))
