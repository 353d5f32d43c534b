"""The summary of a captured thread: one screen, each claim with links to what it rests on, and the details under it."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.summary import EXTRACTIVE, Point
from bot.domain.text import clip, count, inert, quote
from bot.domain.thread import Told
from bot.views import kit

# What stands on the screen: heading, and how many claims at most; the details have the rest.
HEADS = {
    "key_points": ("*In short*", 8),
    "decisions": ("✅ *Decided*", 6),
    "open_questions": ("❓ *Still open*", 4),
    "dissent": ("↔️ *Against the grain*", 1),
    "asks": ("🙋 *Asked of marketing*", 4),
}
CLAIM = 260  # characters of a claim on the screen
SOURCES = 3  # messages that a claim names
QUOTED = 280  # characters of a message in the details
DETAILED = 40  # claims; Slack takes 50 blocks


def sections(told: Told, *, links: bool = True) -> list[str]:
    """The parts of the summary as mrkdwn, empty ones left out; with `links` each claim leads to its messages."""
    shown = []
    for name, points in _parts(told):
        head, most = HEADS[name]
        lines = [f"• {_claim(point)}{_sources(told, point, links=links)}" for point in points[:most]]
        more = len(points) - most
        lines += [f"_and {more} more in the details_"] if more > 0 else []
        shown += _packed([head, *lines])
    return shown


def coverage(told: Told) -> str:
    """How much of the thread was read, and how the summary was made, in one line."""
    summary = told.summary
    if summary is None:
        return ""
    total = told.messages + told.unread
    read = f"{summary.messages:,} of {count(total, 'message', 'messages')} read"
    parts = [
        read,
        f"{told.held} on hold" if told.held else "",
        f"{told.left_out} left out by who wrote {'it' if told.left_out == 1 else 'them'}" if told.left_out else "",
        f"{count(summary.dropped, 'claim', 'claims')} dropped: not proven" if summary.dropped else "",
        "the thread's own sentences, no language model"
        if summary.made_by == EXTRACTIVE
        else f"by the model {inert(clip(summary.made_by, 60))}, each claim checked",
        "" if told.is_current else "the thread has changed, a new summary is on its way",
    ]
    return " · ".join(filter(None, parts))


def thread_line(told: Told) -> str:
    """A captured thread in one line of a digest: where it stands, and its decision or what else it comes to."""
    place = f"#{inert(clip(told.channel, 80))}" if told.channel else "A private channel"
    address = told.link if told.channel else ""
    summary = told.summary
    first = next(iter((*summary.decisions, *summary.key_points, *summary.asks) if summary else ()), None)
    said = f": {inert(clip(' '.join(first.text.split()), 140))}" if first else ""
    return f"{f'<{address}|{place}>' if address else place}{said}"


def details_message(told: Told) -> dict[str, Any]:
    """Each claim with the words that it rests on; stands in the thread of the message to marketing."""
    if told.summary is None:
        return kit.note("Nothing of this thread is here any more.")
    head = "*What each claim rests on*"
    return {"text": head, "blocks": [kit.section(head), *_details(told)]}


def summary_modal(told: Told) -> dict[str, Any]:
    """The summary with its details, for whoever asks to read it."""
    place = f"#{inert(clip(told.channel, 80))}" if told.channel else "A private channel"
    head = f"*{place}*, {kit.day(told.began_at)}"
    shown = [kit.section(text) for text in sections(told, links=bool(told.channel))]
    blocks = [kit.section(head), *shown, kit.context(coverage(told)), {"type": "divider"}, *_details(told)]
    return {"type": "modal", "title": kit.plain("The thread", kit.TITLE), "close": kit.plain("Close", kit.TITLE),
            "blocks": blocks[:90]}  # fmt: skip


def thread_message(told: Told) -> dict[str, Any]:
    """The summary as it stands in the thread itself, for those who are in it."""
    head = "📝 *This thread in short*, as marketing reads it"
    shown = [kit.section(text) for text in sections(told)] or [kit.section("_Nothing in it can be told yet._")]
    return {"text": head, "blocks": [kit.section(head), *shown, kit.context(coverage(told))]}


def _packed(lines: Sequence[str]) -> list[str]:
    """The lines in as few sections as they fit in: none is cut, or a link could be cut in two."""
    packed = list[str]()
    for line in lines:
        joined = f"{packed[-1]}\n{line}" if packed else line
        if packed and len(joined) <= kit.SECTION:
            packed[-1] = joined
        else:
            packed.append(line)
    return packed


def _parts(told: Told) -> Iterator[tuple[str, Sequence[Point]]]:
    summary = told.summary
    if summary is None:
        return
    dissent = (summary.dissent,) if summary.dissent else ()
    every = {
        "key_points": summary.key_points,
        "decisions": summary.decisions,
        "open_questions": summary.open_questions,
        "dissent": dissent,
        "asks": summary.asks,
    }
    yield from ((name, points) for name, points in every.items() if points)


def _claim(point: Point) -> str:
    said = inert(clip(point.text, CLAIM))
    if point.quote and point.quote.strip() not in point.text:
        said += f" “{inert(clip(point.quote, CLAIM))}”"
    return said


def _sources(told: Told, point: Point, *, links: bool) -> str:
    """Who said what a claim rests on, each name a link to the message where everybody may open it."""
    shown, times = [], dict[str, int]()
    for ts in point.ts[:SOURCES]:
        name = _called(told, ts)
        times[name] = times.get(name, 0) + 1
        label = name + (f" {times[name]}" if times[name] > 1 else "")
        address = told.link_of(ts) if links else ""
        shown.append(f"<{address}|{label}>" if address else label)
    more = len(point.ts) - SOURCES
    return f" ({', '.join(shown)}{f' and {more} more' if more > 0 else ''})" if shown else ""


def _called(told: Told, ts: str) -> str:
    """Who wrote a message, by their first name if nobody else here has it, ready to stand in a link."""
    name = told.names.get(ts) or "a message"
    first = name.split(" ")[0]
    alike = {other for other in told.names.values() if other.split(" ")[0] == first}
    return inert(clip(first if len(alike) == 1 and len(first) > 1 else name, 40)).replace("|", "/")


def _details(told: Told) -> list[dict[str, Any]]:
    blocks = list[dict[str, Any]]()
    for name, points in _parts(told):
        for point in points:
            lines = [f"{HEADS[name][0]}: {_claim(point)}"]
            for ts in point.ts[:SOURCES]:
                by = inert(clip(told.names.get(ts) or "A message", 40)).replace("|", "/")
                address = told.link_of(ts) if told.channel else ""
                lines.append(f"{f'<{address}|{by}>' if address else by}:\n{quote(told.texts.get(ts, ''), QUOTED)}")
            blocks += [kit.section(text) for text in _packed(lines)]
    left = len(blocks) - DETAILED
    return [*blocks[:DETAILED], *([kit.context(f"and {left} more")] if left > 0 else [])]
