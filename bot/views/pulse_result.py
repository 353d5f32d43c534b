"""What a pulse came to: the asker's message, the same for those who were asked, and the CSV files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

from bot.domain.ask import AskCount
from bot.domain.pulse import FEW, FEW_TEXTS, SCALES
from bot.domain.pulse_numbers import Mean, PulseResult, QuestionResult, Said, Share, Tally
from bot.domain.pulse_theme import Theme, shared_themes
from bot.domain.text import clip, count, inert, quote
from bot.picture import BarRow, BarsPicture, ScalePicture
from bot.views import kit
from bot.views.pulse_outcome import say_button

READ = "pulse_result.read"  # opens what was written, or who said what (value: pulse:page)
READ_BEFORE, READ_ON = "pulse_result.read_before", "pulse_result.read_on"
CSV = "pulse_result.csv"  # value: pulse

TITLE = 150  # characters of a question in its picture
LABEL = 60
QUOTE = 240
SHOWN_THEMES, SHOWN_QUOTES, SHOWN_GROUPS = 6, 3, 12
SHORTEST, EASY, LONGEST = 15, 90, 240  # characters of an answer that says something and fits without a cut


@dataclass(frozen=True)
class PulseReport:
    """A closed pulse on its way to people.

    `result` is what whoever reads it may see: with names only for the asker of a named one. `themes` are by question.
    `asks` are those of a pulse by direct message. `held` counts the people whose words are on hold; None where even
    their number would tell too much. `can_tell` says that nobody has heard yet what was done.
    """

    pulse_id: int
    privacy: str
    result: PulseResult
    asker: str = ""
    themes: Mapping[int, Sequence[Theme]] = field(default_factory=dict)
    asks: AskCount | None = None
    budget: int = 0
    held: int | None = None
    can_tell: bool = True


def results_message(report: PulseReport) -> dict[str, Any]:
    """The one message that the asker gets: each question with its picture and numbers, and what was left out."""
    head = f"📊 *The results of your pulse are in.* {_answered(report.result)}"
    blocks = [kit.section(head), *_questions(report, is_asker=True)]
    blocks.append({"type": "actions", "block_id": f"pulse:{report.pulse_id}", "elements": _buttons(report)})
    return {"text": _in_short(head, report.result), "blocks": [*blocks, kit.context(_small_print(report))]}


def shared_message(report: PulseReport) -> dict[str, Any]:
    """The same for those who were asked: without names, quotes and buttons."""
    who = inert(clip(report.asker, 80)) or "a colleague"
    head = f"📊 *What came of the pulse from {who}.* {_answered(report.result)}"
    blocks = [kit.section(head), *_questions(report, is_asker=False)]
    return {"text": _in_short(head, report.result), "blocks": [*blocks, kit.context(_left_out(report.result))]}


def file_message(question: str, name: str, title: str, content: str) -> dict[str, Any]:
    """A CSV file with its words; where Slack takes no files from the app, a sentence says so."""
    told = f"*{title}*: {inert(clip(question, 200))}"
    words = (
        f"{told}\nI can't put a file here: this workspace takes none from me. Whoever runs Groundswell can allow it "
        "(`files:write`); until then the numbers stand in the message above."
    )
    return {
        "text": told,
        "blocks": [kit.section(told)],
        "file": {"name": name, "title": title, "content": content},
        "words": kit.note(words),
    }


def answered_line(result: PulseResult) -> str:
    """How many answered, as mrkdwn: "30 of 43 people answered (70 %).", or that it were too few."""
    if result.answered is None:
        of = f"of {result.invited:,} " if result.invited >= FEW else ""
        return f"Fewer than {FEW} {of}people answered, so nothing can be shown."
    share = f" ({100 * result.answered / result.invited:.0f} %)" if result.invited else ""
    return f"{result.answered:,} of {count(result.invited, 'person', 'people')} answered{share}."


def finding_line(found: QuestionResult) -> str:
    """What a question came to in one line of mrkdwn: what most chose, the mean, or how many wrote."""
    if found.whole is None:
        fewest = FEW_TEXTS if found.question.kind == "text" else FEW
        return f"Fewer than {fewest} {'wrote something' if fewest == FEW_TEXTS else 'answered'}, so nothing is shown."
    if found.question.kind == "text":
        return f"{count(found.whole.of, 'person', 'people')} wrote something."
    if not found.whole.of:
        return "Nobody answered."
    if mean := found.mean(found.whole):
        return _mean_words(found, found.whole, mean)
    shares = found.shares(found.whole)
    most = max(shares, key=lambda one: one.hits)
    if not most.hits:
        return "Nobody chose anything."
    equal = [one for one in shares if one.hits == most.hits]
    others = f" As often: {', '.join(_label(one) for one in equal[1:])}." if equal[1:] else ""
    return f"*{_label(most)}*: {most.said}.{others}"


def _questions(report: PulseReport, *, is_asker: bool) -> Iterator[dict[str, Any]]:
    questions = report.result.questions
    for number, found in enumerate(questions):
        place = f"{number + 1}. " if len(questions) > 1 else ""
        lines = [f"*{place}{inert(found.question.text)}*"]
        if report.result.answered is not None:
            lines.append(finding_line(found))
        themes = report.themes.get(number, ())
        if is_asker:
            lines += [_theme_line(one) for one in themes[:SHOWN_THEMES]]
            lines += [f"\n{_quote(one)}" for one in choose_quotes(found.said, themes)]
        elif spoken := shared_themes(themes)[:SHOWN_THEMES]:
            lines.append(f"Most spoken of: {', '.join(inert(one.name) for one in spoken)}.")
        yield kit.section("\n".join(lines))
        if found.whole is not None and found.whole.of and found.question.kind != "text":
            yield kit.picture(_picture(found, found.whole), for_many=not is_asker)
            if len(found.groups) > 1 or (found.groups and report.result.hidden):
                yield kit.context(_by_group(found))


def choose_quotes(said: Sequence[Said], themes: Sequence[Theme]) -> list[Said]:
    """A few of the answers, one of each theme, such as can be read at a glance; the others are behind a button."""
    groups = [[said[place] for place in one.places if place < len(said)] for one in themes] or [list(said)]
    fitting = [
        sorted(
            (one for one in group if SHORTEST <= len(one.text) <= LONGEST), key=lambda one: abs(len(one.text) - EASY)
        )
        for group in groups
    ]
    in_turn = [group[turn] for turn in range(2 * SHOWN_QUOTES) for group in fitting if turn < len(group)]
    return list({one.text: one for one in in_turn}.values())[:SHOWN_QUOTES]


def _picture(found: QuestionResult, whole: Tally) -> BarsPicture | ScalePicture:
    title = clip(found.question.text, TITLE)
    mean = found.mean(whole)
    if mean is not None:
        return ScalePicture(title, SCALES[found.question.kind][0], whole.hits, float(mean.point))
    is_sample = whole.of < whole.invited
    rows = tuple(BarRow(one.label, one.hits, one.of, one.likely if is_sample else None) for one in found.shares(whole))
    return BarsPicture(title, rows)


def _mean_words(found: QuestionResult, whole: Tally, mean: Mean) -> str:
    steps = SCALES[found.question.kind]
    told = f"Mean *{float(mean.point):.1f}* on {steps[0]} to {steps[-1]}, of {count(whole.of, 'answer', 'answers')}"
    if whole.of == whole.invited:
        return f"{told}: the whole team."
    low, high = floor(10 * mean.team_low) / 10, ceil(10 * mean.team_high) / 10  # outwards, so that it is true
    return f"{told}; {low:.1f} to {high:.1f} for the team, whatever the silent think."


def _by_group(found: QuestionResult) -> str:
    """The groups that may be shown: the share of what most chose of all, or the mean."""
    told = list[str]()
    assert found.whole is not None
    shares = found.shares(found.whole)
    most = max(range(len(shares)), key=lambda place: shares[place].hits)
    for tally in found.groups[:SHOWN_GROUPS]:
        mean = found.mean(tally)
        one = f"{float(mean.point):.1f} ({tally.of:,})" if mean else f"{tally.hits[most]:,} of {tally.of:,}"
        told.append(f"{inert(clip(tally.group, LABEL))} {one}")
    what = "Mean" if found.question.kind in SCALES else _label(shares[most])
    return f"{what} by region: {' · '.join(told)}"


def _answered(result: PulseResult) -> str:
    told = answered_line(result)
    if len(result.turnout) > 1 or (result.turnout and result.hidden):
        groups = [
            f"{inert(clip(one.group, LABEL))} {one.answered:,} of {one.invited:,}"
            for one in result.turnout[:SHOWN_GROUPS]
        ]
        told += f"\nBy region: {' · '.join(groups)}"
    return told


def _small_print(report: PulseReport) -> str:
    """What was left out, and what the numbers do not say."""
    parts = [_left_out(report.result)]
    if any(found.question.kind == "text" for found in report.result.questions):
        parts.append(_held_words(report.held))
    if report.themes:
        parts.append("Themes are put together by likeness of words, which errs.")
    if report.asks is not None and (report.asks.not_asked or report.asks.planned):
        parts.append(f"{report.asks.in_words(report.budget)}.")
    return " ".join(filter(None, parts))


def _left_out(result: PulseResult) -> str:
    parts = []
    if result.answered is not None and result.answered < result.invited:
        silent = result.invited - result.answered
        parts.append(
            f"{count(silent, 'person', 'people')} said nothing; what they could change stands behind each result."
        )
    if result.answered is not None and result.hidden and result.turnout:
        groups = count(result.hidden, "region is", "regions are")
        parts.append(f"{groups} not shown: fewer than {FEW} answers there, or in what would remain.")
    return " ".join(parts) or "Nothing was left out."


def _held_words(held: int | None) -> str:
    why = "may describe a complaint, an injury, a patient or a use outside the approved ones"
    if held is None:
        return f"Words that {why} are kept back."
    return f"The words of {count(held, 'person', 'people')} are kept back: they {why}." if held else ""


def _buttons(report: PulseReport) -> list[dict[str, Any]]:
    value, buttons = str(report.pulse_id), []
    if report.can_tell:
        buttons.append(say_button(report.pulse_id, style="primary"))
    if report.result.ballots:
        buttons.append(kit.button("Who said what", READ, f"{value}:0"))
    elif any(found.said for found in report.result.questions):
        buttons.append(kit.button("Read the answers", READ, f"{value}:0"))
    return [*buttons, kit.button("Get the CSV", CSV, value)]


def _theme_line(one: Theme) -> str:
    about = f": {inert(one.line)}" if one.line else ""
    return f"• *{inert(clip(one.name, LABEL))}* ({len(one.places):,}){about}"


def _quote(one: Said) -> str:
    by = f"\n— {inert(clip(one.name, 80))}" if one.name else ""
    return quote(" ".join(one.text.split()), QUOTE) + by


def _label(one: Share) -> str:
    return inert(clip(one.label, LABEL))


def _in_short(head: str, result: PulseResult) -> str:
    """For the notification."""
    first = inert(clip(result.questions[0].question.text, 120)) if result.questions else ""
    return clip(f"{head.partition(chr(10))[0]} {first}", 300)
