"""Results of pulses on the screen: the worst data against Slack's limits, words that can do nothing, the numbers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.ask import AskCount
from bot.domain.pulse import PulseQuestion
from bot.domain.pulse_answer import PulseAnswer
from bot.domain.pulse_numbers import Ballot, PulseResult, QuestionResult, Said, Tally, Turnout
from bot.domain.pulse_theme import Theme
from bot.picture import from_json
from bot.views import pulse_outcome as outcome_views
from bot.views.pulse_result import (
    PulseReport,
    answered_line,
    choose_quotes,
    file_message,
    finding_line,
    results_message,
    shared_message,
)
from bot.views.pulse_result_pages import pages_modal
from sandbox.blocks import check_message, check_view
from tests.views.formatted import mrkdwn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVIL = "<!channel> <@U12345678> & *bold* `x` \u202e👩‍👩‍👧 "
LONG = (EVIL * 150)[:3000]
CHOICE = PulseQuestion((EVIL * 20)[:300], "multiple", tuple(f"{n}{EVIL}"[:75] for n in range(10)))
SCALE = PulseQuestion((EVIL * 20)[:300], "scale_10")
TEXT = PulseQuestion((EVIL * 20)[:300], "text")
GROUPS = tuple(Turnout(f"{n}{EVIL * 4}", 10**6, 10**6) for n in range(40))


def tallied(question: PulseQuestion) -> QuestionResult:
    hits = tuple(range(10**5, 10**5 + len(question.labels)))
    groups = tuple(Tally(one.group, one.invited, one.answered, hits) for one in GROUPS)
    return QuestionResult(question, Tally("", 2 * 10**7, 10**7, hits), groups)


WRITTEN = QuestionResult(TEXT, Tally("", 2 * 10**7, 40), said=tuple(Said(LONG, EVIL * 20) for _ in range(40)))
ANSWERS = (PulseAnswer(0, (0, 1, 2)), PulseAnswer(1, (10,)), PulseAnswer(2, text=LONG))
WORST = PulseReport(
    pulse_id=2**31 - 1,
    privacy="named",
    result=PulseResult(
        invited=2 * 10**7,
        answered=10**7,
        turnout=GROUPS,
        hidden=10**6,
        questions=(tallied(CHOICE), tallied(SCALE), WRITTEN, *(tallied(CHOICE) for _ in range(7))),
        ballots=tuple(Ballot(ANSWERS, EVIL * 20, EVIL * 20) for _ in range(45)),
    ),
    asker=EVIL * 20,
    themes={2: [Theme(EVIL * 10, EVIL * 10, tuple(range(n, n + 5))) for n in range(35)]},
    asks=AskCount(planned=3, asked=4, answered=5, refused={"budget": 3, "away": 1}),
    budget=3,
    held=10**6,
)
UNNAMED = replace(WORST, privacy="anonymous", held=None, result=replace(WORST.result, ballots=()))
FEW = PulseReport(1, "confidential", PulseResult(7, None, (), 1, (QuestionResult(CHOICE), QuestionResult(TEXT))))
MESSAGES: dict[str, dict[str, Any]] = {
    "worst": results_message(WORST),
    "without names": results_message(UNNAMED),
    "too few": results_message(FEW),
    "shared": shared_message(WORST),
    "shared, too few": shared_message(FEW),
    "outcome": outcome_views.outcome_message(EVIL * 20, CHOICE.text, (EVIL * 99)[:1000]),
}
VIEWS: dict[str, dict[str, Any]] = {
    "names": pages_modal(WORST, 0),
    "names, the last page": pages_modal(WORST, 10**6),
    "words": pages_modal(UNNAMED, 1),
    "nothing": pages_modal(FEW, 3),
    "outcome": outcome_views.outcome_modal(CHOICE.text, NOW, "UTC", pulse_id=2**31 - 1, place="there"),
    "told": outcome_views.told_modal((EVIL * 99)[:1000], NOW, "UTC"),
}


def harmless(texts: list[str]) -> None:
    for text in texts:
        assert "<!channel>" not in text
        assert "<@" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_keep_to_the_limits_and_obey_nobody(name: str) -> None:
    message = MESSAGES[name]
    for block in message["blocks"]:
        if block["type"] == "image":  # as the sender puts it
            from_json(block.pop("picture"))
            assert block.pop("for_many", False) is name.startswith("shared")
            block["slack_file"] = {"id": "F12345678"}
    assert check_message(message["text"], message["blocks"], []) == []
    harmless([message["text"], *mrkdwn(message["blocks"])])


@pytest.mark.parametrize("name", VIEWS)
def test_views_keep_to_the_limits_and_obey_nobody(name: str) -> None:
    assert check_view(VIEWS[name]) == []
    harmless(mrkdwn(VIEWS[name]["blocks"]))


def test_a_file_has_words_for_a_slack_that_takes_none() -> None:
    message = file_message(CHOICE.text, "x.csv", "Numbers", "a,b")
    for said in (message, message["words"]):
        assert check_message(said["text"], said["blocks"], []) == []
        harmless(mrkdwn(said["blocks"]))


def test_shared_results_have_no_names_quotes_or_buttons() -> None:
    told = str(shared_message(replace(WORST, asker="Gudrun", themes={2: [Theme("Price", "x", (0, 1, 2, 3, 4))]})))
    assert "Most spoken of: Price." in told
    assert "\n> " not in "\n".join(mrkdwn(shared_message(WORST)["blocks"]))
    assert "button" not in told
    assert "kept back" not in told


YES_NO = PulseQuestion("Usable?", "single", ("Yes", "No"))


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally("", 43, 30, (21, 9)), "*Yes*: 21 of 30 = 70 % of voters; 48 to 80 % of the team."),
        (Tally("", 10, 10, (5, 5)), "*Yes*: 5 of 10 = 50 % of the team. As often: No."),
        (Tally("", 10, 10, (0, 0)), "Nobody chose anything."),
        (Tally("", 10, 0, (0, 0)), "Nobody answered."),
        (None, "Fewer than 5 answered, so nothing is shown."),
    ],
)
def test_a_choice_is_told_in_one_line(tally: Tally | None, words: str) -> None:
    assert finding_line(QuestionResult(YES_NO, tally)) == words


def test_a_mean_says_what_silence_could_change_and_is_rounded_outwards() -> None:
    stars = PulseQuestion("Useful?", "scale_5")
    found = QuestionResult(stars, Tally("", 9, 6, (0, 0, 1, 2, 3)))
    assert finding_line(found) == (
        "Mean *4.3* on 1 to 5, of 6 answers; 3.2 to 4.6 for the team, whatever the silent think."
    )


def test_how_many_answered() -> None:
    result = PulseResult(43, 30, (), 0, ())
    assert answered_line(result) == "30 of 43 people answered (70 %)."
    assert answered_line(replace(result, answered=0)) == "0 of 43 people answered (0 %)."
    assert answered_line(replace(result, invited=1, answered=None)) == (
        "Fewer than 5 people answered, so nothing can be shown."
    )


def test_quotes_are_of_different_themes_and_easy_to_read() -> None:
    said = [
        Said("x" * 400),
        Said("a price that is too high for a clinic"),
        Said("the price again, too high"),
        Said("no"),
    ]
    said += [Said("it comes late, every week"), Said("it comes late, every week")]
    themes = [Theme("Price", "", (0, 1, 2)), Theme("Deliveries", "", (4, 5)), Theme("Something else", "", (3,))]
    assert [one.text for one in choose_quotes(said, themes)] == [said[1].text, said[4].text, said[2].text]
    assert [one.text for one in choose_quotes(said, [])] == [said[1].text, said[2].text, said[4].text]
    assert choose_quotes([], []) == []


def test_all_of_an_answer_of_many_people_is_on_some_page() -> None:
    texts = [f"word{n}" for n in range(23)]
    found = QuestionResult(TEXT, Tally("", 40, 23), said=tuple(Said(text) for text in texts))
    report = replace(UNNAMED, themes={}, result=replace(UNNAMED.result, questions=(found,)))
    pages = "".join(str(pages_modal(report, n)) for n in range(3))
    assert all(f"> {text}'" in pages for text in texts)
    assert "Page 3 of 3." in pages
