"""What a pulse thinks: what is wrong with a form, the one-line form, answers, and what people are promised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audience import Audience
from bot.domain.pulse import (
    PRIVACY,
    QUESTION_KINDS,
    OneLine,
    PulseFields,
    PulseQuestion,
    check_pulse_fields,
    in_steps,
    may_change,
    privacy_words,
    questions_from_json,
    questions_to_json,
    read_one_line,
    shows_live,
    wrong_close,
)
from bot.domain.pulse_answer import PulseAnswer, answers_from_json, answers_to_json, check_answer, check_answers

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
USABLE = PulseQuestion("Is the new price sheet usable?", "single", ("Yes", "No", "Not seen"))
WHY = PulseQuestion("Why?", "text")
RIGHT = PulseFields((USABLE, WHY), Audience(), "C1", "anonymous", NOW + timedelta(days=3), True, True)
INJURY = "Was the patient injured when the pump stopped?"


def wrong(invited: int = 20, **more: object) -> dict[str, str]:
    return check_pulse_fields(replace(RIGHT, **more), NOW, invited)  # type: ignore[arg-type]


def choice(*options: str) -> tuple[PulseQuestion, ...]:
    return (PulseQuestion("Which?", "single", options),)


# forms


def test_what_is_right_has_nothing_wrong() -> None:
    assert wrong() == {}
    assert wrong(questions=tuple(PulseQuestion(f"Q{n}?", QUESTION_KINDS[2 + n % 3]) for n in range(10))) == {}
    assert wrong(questions=choice(*(f"{n}" * 75 for n in range(10)))) == {}
    assert wrong(questions=(PulseQuestion("Was fehlt?", "scale_5", ("left over", "left over")),)) == {}


@pytest.mark.parametrize(
    ("field", "more", "sentence"),
    [
        ("question0", {"questions": ()}, "at least one"),
        ("question0", {"questions": (replace(WHY, text=""),)}, "needs words"),
        ("question0", {"questions": (replace(WHY, text="🤷🏽‍♀️?!"),)}, "needs words"),
        ("question0", {"questions": (replace(WHY, text="x" * 3001),)}, "3,001 characters; 300 fit"),
        ("question0", {"questions": (replace(WHY, text=INJURY),)}, "I can't ask"),
        ("question1", {"questions": (WHY, replace(WHY, text=" why? "))}, "there already"),
        ("question10", {"questions": tuple(replace(WHY, text=f"Q{n}?") for n in range(11))}, "10 questions"),
        ("kind0", {"questions": (replace(WHY, kind="ranking"),)}, "how people answer"),
        ("options0", {"questions": choice()}, "at least 2"),
        ("options0", {"questions": choice("Yes")}, "at least 2"),
        ("options0", {"questions": choice(*map(str, range(30)))}, "30 answers; 10"),
        ("options0", {"questions": choice("Yes", " ")}, "empty"),
        ("options0", {"questions": choice("Yes", "No", "yes")}, "the same"),
        ("options0", {"questions": choice("Not  seen", "Not seen")}, "the same"),
        ("options0", {"questions": choice("Yes", "x" * 76)}, "76 characters; 75 fit"),
        ("options0", {"questions": choice("Yes", INJURY)}, "I can't ask"),
        ("closes_at", {"closes_at": None}, "always has an end"),
        ("closes_at", {"closes_at": NOW}, "is over"),
        ("closes_at", {"closes_at": NOW - timedelta(days=1)}, "is over"),
        ("closes_at", {"closes_at": NOW + timedelta(minutes=14)}, "15 minutes"),
        ("closes_at", {"closes_at": NOW + timedelta(days=400)}, "90 days"),
        ("audience", {"invited": 0}, "Nobody fits"),
        ("privacy", {"privacy": "secret"}, "who will see"),
        ("privacy", {"invited": 7}, "asks 7 people; anonymous takes 8"),
        ("privacy", {"invited": 4, "privacy": "confidential"}, "asks 4 people; confidential takes 5"),
        ("privacy", {"invited": 1, "privacy": "confidential"}, "asks 1 person;"),
        ("role", {"audience": Audience("boss")}, "one of the roles"),
        ("regions", {"audience": Audience(regions=tuple(map(str, range(21))))}, "at most 20"),
        ("channels", {"audience": Audience(channel_ids=tuple(map(str, range(11))))}, "at most 10"),
    ],
)
def test_each_mistake_has_its_sentence(field: str, more: dict[str, object], sentence: str) -> None:
    found = wrong(**more)  # type: ignore[arg-type]
    assert list(found) == [field]
    assert sentence in found[field]


def test_as_few_as_are_allowed() -> None:
    assert wrong(8) == wrong(5, privacy="confidential") == wrong(1, privacy="named") == {}
    assert wrong_close(NOW + timedelta(minutes=15), NOW) == wrong_close(NOW + timedelta(days=90), NOW) == ""


def test_rows_keep_what_was_asked() -> None:
    questions = (USABLE, WHY, PulseQuestion("Wie “gut” <!here>?", "scale_10"))
    assert questions_from_json(questions_to_json(questions)) == questions
    left_over = PulseQuestion("Sure?", "scale_5", ("Yes", "No"))
    assert questions_from_json(questions_to_json([left_over])) == (PulseQuestion("Sure?", "scale_5"),)


# the one-line form


@pytest.mark.parametrize(
    ("line", "question", "options"),
    [
        ('"Is the new price sheet usable?" Yes | No | Not seen', USABLE.text, USABLE.options),
        ("“Is  the new price\nsheet usable?”Yes|No|  Not   seen ", USABLE.text, USABLE.options),
        ("„Nutzbar?“ Ja | Nein", "Nutzbar?", ("Ja", "Nein")),
        ("«Utile ?» Oui | Non", "Utile ?", ("Oui", "Non")),
        ('”Mixed?" Yes | No', "Mixed?", ("Yes", "No")),
        ('"Isn\'t it?" "Yes" | “No”', "Isn't it?", ("Yes", "No")),
        ('"使えますか？" はい | いいえ', "使えますか？", ("はい", "いいえ")),
        ('"Which <!channel>?" <@U1> | *B*', "Which <!channel>?", ("<@U1>", "*B*")),
    ],
)
def test_one_line_is_read(line: str, question: str, options: tuple[str, ...]) -> None:
    assert read_one_line(line) == OneLine(PulseQuestion(question, "single", options))


@pytest.mark.parametrize(("scale", "kind"), [("1 to 5", "scale_5"), ("1-5", "scale_5"), ("0 – 10", "scale_10")])
def test_one_line_takes_a_scale(scale: str, kind: str) -> None:
    assert read_one_line(f'"How sure are you?" {scale}') == OneLine(PulseQuestion("How sure are you?", kind))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "quotation marks"),
        ("Is it usable? Yes | No", "quotation marks"),
        ('"Is it usable? Yes | No', "quotation marks"),
        ('"Is it usable?"', "at least 2"),
        ('"Is it usable?" Yes', "at least 2"),
        ('"Is it usable?" Yes |', "is empty"),
        ('"Is it usable?" Yes | yes', "the same"),
        ('"Is it usable?" ' + " | ".join(map(str, range(30))), "30 answers"),
        (f'"{"x" * 3001}" Yes | No', "3,001 characters"),
        ('"" Yes | No', "needs words"),
        ('"Is the "new" sheet usable?" Yes | No', "where the question ends"),
        ('"How sure?" 1 to 7', "two scales"),
        (f'"{INJURY}" Yes | No', "I can't ask"),
    ],
)
def test_a_line_that_cannot_be_read_gets_a_sentence(line: str, sentence: str) -> None:
    found = read_one_line(line)
    assert isinstance(found, str)
    assert sentence in found


@given(st.text(max_size=300))
def test_any_line_is_a_pulse_that_may_start_or_a_sentence(line: str) -> None:
    for typed in (line, f'"{line}', f'"{line}" {line} | {line}', f'"Q?" {line} | No'):
        found = read_one_line(typed)
        if isinstance(found, OneLine):
            assert wrong(questions=(found.question,)) == {}
        else:
            assert found.endswith((".", "?", "Not seen"))


# answers


@pytest.mark.parametrize(
    ("question", "given", "sentence"),
    [
        (USABLE, PulseAnswer(0, (0,)), ""),
        (USABLE, PulseAnswer(0, (2,)), ""),
        (USABLE, PulseAnswer(0, (3,)), "none of the answers"),
        (USABLE, PulseAnswer(0, (-1,)), "none of the answers"),
        (USABLE, PulseAnswer(0, (0, 1)), "one answer only"),
        (USABLE, PulseAnswer(0), "Choose an answer"),
        (USABLE, PulseAnswer(0, (0,), "and more"), "none of the answers"),
        (replace(USABLE, kind="multiple"), PulseAnswer(0, (2, 0)), ""),
        (replace(USABLE, kind="multiple"), PulseAnswer(0, (0, 0)), "none of the answers"),
        (PulseQuestion("?", "scale_5"), PulseAnswer(0, (4,)), ""),
        (PulseQuestion("?", "scale_5"), PulseAnswer(0, (5,)), "none of the answers"),
        (PulseQuestion("?", "scale_10"), PulseAnswer(0, (10,)), ""),
        (PulseQuestion("?", "scale_10"), PulseAnswer(0, (11,)), "none of the answers"),
        (WHY, PulseAnswer(0, (), "Too long"), ""),
        (WHY, PulseAnswer(0, (), "x" * 3001), "3,001 characters"),
        (WHY, PulseAnswer(0, (), ""), "a few words"),
        (WHY, PulseAnswer(0, (0,), "Too long"), "a few words"),
    ],
)
def test_an_answer_is_one_of_those_that_are_asked_for(
    question: PulseQuestion, given: PulseAnswer, sentence: str
) -> None:
    found = check_answer(question, given)
    assert (found is None) == (sentence == "")
    assert sentence in (found or "")


def test_whatever_can_be_chosen_must_be_and_words_may_be_left_out() -> None:
    asked = (USABLE, WHY, PulseQuestion("How sure?", "scale_5"))
    one, words, sure = PulseAnswer(0, (1,)), PulseAnswer(1, (), "Late"), PulseAnswer(2, (0,))
    assert check_answers(asked, (one, words, sure)) == check_answers(asked, (one, sure)) == {}
    assert set(check_answers(asked, (one, words))) == {"answer2"}
    assert set(check_answers(asked, (one, PulseAnswer(1, (), ""), sure))) == {"answer1"}
    assert set(check_answers((WHY,), ())) == set(check_answers(asked, ())) == {"answer0"}
    assert "none of the questions" in check_answers(asked, (one, sure, PulseAnswer(3, (0,))))["answer0"]
    assert "none of the questions" in check_answers(asked, (one, one, sure))["answer0"]


def test_a_ballot_box_keeps_the_answers_and_not_the_order_in_which_they_were_given() -> None:
    answers = (PulseAnswer(0, (0, 2)), PulseAnswer(1, (), "Zu “spät” \U0001f937"))
    assert answers_from_json(answers_to_json(answers)) == answers
    assert answers_to_json((answers[1], PulseAnswer(0, (2, 0)))) == answers_to_json(answers)


def test_words_that_may_be_a_complaint_are_held_also_when_they_stand_in_two_answers() -> None:
    apart = (PulseAnswer(2, (), "and a patient was hurt"), PulseAnswer(0, (1,)), PulseAnswer(1, (), "The pump stopped"))
    kept = answers_from_json(answers_to_json(apart))
    assert [(one.question, bool(one.held_for)) for one in kept] == [(0, False), (1, True), (2, True)]


# what people are promised


def test_everybody_reads_what_the_privacy_means() -> None:
    said = {privacy: privacy_words(privacy) for privacy in PRIVACY}
    assert all(words.startswith(privacy.capitalize()) for privacy, words in said.items())
    assert "confidential while open, unlinkable after close" in said["anonymous"]
    assert all("Whoever runs the server" in said[one] or "whoever runs the server" in said[one] for one in PRIVACY[1:])
    assert [shows_live(one) for one in PRIVACY] == [True, False, False]
    assert [may_change(one) for one in PRIVACY] == [True, True, False]


@given(st.integers(0, 10_000))
def test_how_many_have_answered_is_told_in_steps_of_five(answered: int) -> None:
    assert in_steps(answered) % 5 == 0
    assert 0 <= answered - in_steps(answered) < 5
