"""A pulse's result as CSV: the numbers for whoever asked, and in a named pulse who answered what."""

from bot.domain.pulse_answer import in_words
from bot.domain.pulse_numbers import PulseResult, Share
from bot.domain.text import cell

EVERYBODY = "everybody"  # in the column of the group
CSV_HEADS = (
    "question", "kind", "group", "answer", "count", "answers", "invited", "share", "likely_low", "likely_high",
    "team_low", "team_high",
)  # fmt: skip


def csv_rows(result: PulseResult) -> list[tuple[str, ...]]:
    """The result as rows for a CSV file, heads first; no cell becomes a formula. Shares are in per cent."""
    rows: list[tuple[object, ...]] = []
    if result.answered is not None:
        rows.append(("", "turnout", EVERYBODY, "answered", result.answered, "", result.invited))
        rows += [("", "turnout", one.group, "answered", one.answered, "", one.invited) for one in result.turnout]
    for found in result.questions:
        asked = found.question.text, found.question.kind
        if found.whole is None:
            rows.append((*asked, EVERYBODY, "too few answers to be shown", "", "", result.invited))
            continue
        for tally in (found.whole, *found.groups):
            rows += [(*asked, tally.group or EVERYBODY, *_figures(share)) for share in found.shares(tally)]
        rows += [(*asked, EVERYBODY, one.text, "", found.whole.of, result.invited) for one in found.said]
    wide = [(*row, *[""] * (len(CSV_HEADS) - len(row))) for row in rows]
    return [CSV_HEADS, *(tuple(cell(value) for value in row) for row in wide)]


def csv_names(result: PulseResult) -> list[tuple[str, ...]]:
    """Who answered what in a named pulse, a row a person, heads first; empty for any other."""
    if not result.ballots:
        return []
    asked = [found.question for found in result.questions]
    rows = [tuple(cell(value) for value in ("name", "group", *(one.text for one in asked)))]
    for ballot in result.ballots:
        given = {one.question: one for one in ballot.answers}
        said = [in_words(question, given[n]) if n in given else "" for n, question in enumerate(asked)]
        rows.append(tuple(cell(value) for value in (ballot.name, ballot.group or "", *said)))
    return rows


def _figures(share: Share) -> tuple[object, ...]:
    interval = share.interval
    shares = (interval.point, interval.low, interval.high, float(share.team_low), float(share.team_high))
    return share.label, share.hits, share.of, share.invited, *(f"{100 * one:.1f}" for one in shares)
