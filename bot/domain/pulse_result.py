"""What a pulse came to, and what of it is kept back so that nobody is found out.

Unless the pulse is named, a number is released only about FEW answers or more (FEW_TEXTS where people write). A group
is shown if it has as many, and if all that are not shown have as many together: whoever subtracts the shown ones from
the whole finds the others only as one (R13). The same groups are shown for every question, as what one question hides
another would give away. Answers in somebody's own words are never told by group.

What is protected is what people answered. No rule about numbers can hide it where all of a group, or of the groups that
are not shown, chose the same, or none of them chose something. And whoever knows how many were invited to a group that
is not shown, and this rule, may narrow down how many of it took part; where all did, exactly.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.pulse import FEW, FEW_TEXTS, PulseQuestion
from bot.domain.pulse_numbers import Ballot, PulseResult, QuestionResult, Said, Tally, Turnout


def read_result(
    questions: Sequence[PulseQuestion],
    *,
    turnout: Sequence[Turnout],
    ballots: Sequence[Ballot],
    by_name: bool = False,
) -> PulseResult:
    """What may be shown of these ballots; with `by_name` everything, for whoever asked in a named pulse and no others.

    The answers are `screened`: words that are held are left out, as if nothing had been written. Where nobody can tell
    any more from which group a ballot is, one turnout without a group says how many were invited.

    Raises:
        ValueError: turnout and ballots contradict each other; then the difference could tell somebody's answer.
    """
    _check(turnout, ballots)
    invited = sum(one.invited for one in turnout)
    if len(ballots) < FEW and not by_name:
        return PulseResult(invited, None, (), len(turnout), tuple(QuestionResult(one) for one in questions))
    ballots = sorted(map(_without_held, ballots), key=lambda one: (one.name, one.group or "", _order(one)))
    if by_name:
        shown = [one for one in turnout if one.group]
    else:
        ballots = [replace(one, name="") for one in ballots]
        shown = shown_groups(turnout, _answered_by_group(questions, ballots))
    shown = sorted(shown, key=lambda one: one.group.casefold())
    found = [_read_question(number, one, ballots, turnout, shown) for number, one in enumerate(questions)]
    return PulseResult(
        invited=invited,
        answered=len(ballots),
        turnout=tuple(shown),
        hidden=len(turnout) - len(shown),
        questions=tuple(one if by_name or _is_enough(one) else QuestionResult(one.question) for one in found),
        ballots=tuple(ballots) if by_name else (),
    )


def shown_groups(turnout: Sequence[Turnout], by_question: Sequence[Mapping[str, int]] = ()) -> list[Turnout]:
    """The groups about which numbers may be shown; `by_question` says how many of each answered, a mapping a question.

    Each has FEW answers or more in every respect, and so have all the others together, if anybody was invited to
    them. Otherwise the smallest of the shown groups goes to the others: by who was invited, which everybody knows,
    because a choice by the answers would tell about them. One group alone says nothing that the whole does not.
    """
    answered = {one.group: one.answered for one in turnout}
    respects = [answered, *by_question]
    fit = [one for one in turnout if one.group and all(of.get(one.group, 0) >= FEW for of in respects)]
    fit.sort(key=lambda one: (-one.invited, one.group))
    others = [one for one in turnout if one not in fit and one.invited]
    while fit and others and any(sum(of.get(one.group, 0) for one in others) < FEW for of in respects):
        others.append(fit.pop())
    return fit if len(fit) > 1 or others else []


def _check(turnout: Sequence[Turnout], ballots: Sequence[Ballot]) -> None:
    answered = {one.group: one.answered for one in turnout}
    if len(answered) < len(turnout):
        raise ValueError("a group has two turnouts")
    if sum(answered.values()) != len(ballots):
        raise ValueError("there are not as many ballots as people who answered")
    known = Counter(one.group for one in ballots if one.group is not None)
    if known and known != Counter(answered):
        raise ValueError("the ballots come from other groups than the turnout")


def _answered_by_group(questions: Sequence[PulseQuestion], ballots: Sequence[Ballot]) -> list[Mapping[str, int]]:
    """A mapping a question that is shown at all; nothing where the ballots do not tell their groups."""
    if any(one.group is None for one in ballots):
        return []
    found: list[Mapping[str, int]] = []
    for number, question in enumerate(questions):
        groups = Counter(one.group or "" for one in ballots if _choices(one, number))
        if question.kind != "text" and groups.total() >= FEW:
            found.append(groups)
    return found


def _read_question(
    number: int,
    question: PulseQuestion,
    ballots: Sequence[Ballot],
    turnout: Sequence[Turnout],
    shown: Sequence[Turnout],
) -> QuestionResult:
    """With all that may be shown about it, if there is enough of it."""
    invited = sum(one.invited for one in turnout)
    if question.kind == "text":
        said = [Said(_text(one, number), one.name) for one in ballots if _text(one, number)]
        said.sort(key=lambda one: (one.name, -len(one.text), one.text))  # never as they came: that would tell who
        return QuestionResult(question, Tally("", invited, len(said)), said=tuple(said))
    whole = _tally(number, question, ballots, group="", invited=invited)
    if any(one.group is None for one in ballots):
        return QuestionResult(question, whole)
    of_group = {group.group: [one for one in ballots if one.group == group.group] for group in shown}
    groups = [_tally(number, question, of_group[one.group], group=one.group, invited=one.invited) for one in shown]
    return QuestionResult(question, whole, tuple(groups))


def _tally(number: int, question: PulseQuestion, ballots: Sequence[Ballot], *, group: str, invited: int) -> Tally:
    chosen = [places for one in ballots if (places := _choices(one, number))]
    counts = Counter(place for places in chosen for place in places)
    return Tally(group, invited, len(chosen), tuple(counts[place] for place in range(len(question.labels))))


def _is_enough(found: QuestionResult) -> bool:
    fewest = FEW_TEXTS if found.question.kind == "text" else FEW
    return found.whole is not None and found.whole.of >= fewest


def _choices(ballot: Ballot, number: int) -> frozenset[int]:
    return frozenset(place for one in ballot.answers if one.question == number for place in one.choices)


def _text(ballot: Ballot, number: int) -> str:
    return next((one.text for one in ballot.answers if one.question == number), "")


def _without_held(ballot: Ballot) -> Ballot:
    return replace(ballot, answers=tuple(one for one in ballot.answers if not one.held_for))


def _order(ballot: Ballot) -> list[tuple[int, tuple[int, ...], str]]:
    return sorted((one.question, one.choices, one.text) for one in ballot.answers)
