"""What stands in a digest's thread, or behind its button: everything that did not fit on the screen."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.domain.digest import Digest
from bot.domain.digest_repeats import Repeat
from bot.domain.text import clip, count
from bot.views import digest_heard as heard
from bot.views import kit
from bot.views.digest import CHECKED, FOUND, PULSES, SHOWN, waiting_block
from bot.views.digest_endings import EXPIRING, LOOPS
from bot.views.digest_lines import (
    HEADS,
    checked_line,
    expiring_line,
    finding_line,
    named,
    outcome_line,
    pulse_line,
    region_name,
    search_line,
    version_line,
)

ROOM = 2900  # characters of lines in one section
MOST_SECTIONS = 6  # of one heading
WAITING, MORE = 10, 3


def details_message(digest: Digest) -> dict[str, Any]:
    """The reply in the digest's thread."""
    return {"text": "The details of your digest", "blocks": _blocks(digest)}


def details_modal(digest: Digest) -> dict[str, Any]:
    """The same, in a window."""
    blocks = _blocks(digest) or [kit.section("There is no more than you saw.")]
    return kit.notice_modal("", "Details") | {"blocks": blocks}


def _blocks(digest: Digest) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    own = [f"• {finding_line(one)}" for one in digest.own]
    blocks += _listed("*Your assets, in 13 weeks*" if own else "", own)
    if digest.waiting:
        blocks.append(kit.section("*Also waiting for your answer*"))
        blocks += [waiting_block(need, digest) for need in digest.waiting[:WAITING]]
        named_here = min(WAITING, len(digest.waiting)) + sum(need.waiting is not None for need in digest.needs)
        if digest.waiting_total > named_here:
            left = digest.waiting_total - named_here
            blocks.append(kit.context(f"…and {count(left, 'more person', 'more people')}."))
    for kind, head in HEADS.items():
        rest = [one for one in digest.findings if one.kind == kind][FOUND:]
        blocks += _listed(f"{head}, the rest", [f"• {finding_line(one)}" for one in rest])
    searches = [f"• {search_line(one, digest.today)}" for one in digest.searches[FOUND:]]
    blocks += _listed("*Also looked for, and not found*", searches)
    checked = [f"• {checked_line(one.subject, one.check)}" for one in digest.checked[CHECKED:]]
    blocks += _listed("*More that was asked of the field*", checked)
    blocks += _listed("*More pulses that closed*", [f"• {pulse_line(one)}" for one in digest.pulses[PULSES:]])
    splits = [
        f"• {named(one.subject)}: {region_name(one.high.region)} {one.high.mean:.1f} ({one.high.ratings:,}), "
        f"{region_name(one.low.region)} {one.low.mean:.1f} ({one.low.ratings:,})"
        for one in digest.splits[SHOWN:]
    ]
    blocks += _listed("*More disagreement between regions*", splits)
    blocks += _listed("*More that they need*", _repeats(digest.wanted[heard.WANTED :]))
    blocks += [heard.spread_block(one, digest) for one in digest.spreads[heard.SPREADS :][:MORE]]
    blocks += [heard.again_block(one) for one in digest.again[heard.AGAIN :][:MORE]]
    blocks += _listed("*More questions and objections*", _repeats(digest.repeats[heard.REPEATS :]))
    blocks += _listed("*More of what was done*", [f"• {outcome_line(one)}" for one in digest.outcomes[LOOPS:]])
    versions = [one for place, one in enumerate(digest.new_versions) if place >= LOOPS or one.verdict != "hit"]
    blocks += _listed("*New versions and the ones before*", [f"• {version_line(one)}" for one in versions])
    expiring = [f"• {expiring_line(one.subject, one.tally, digest.today)}" for one in digest.expiring[EXPIRING:]]
    blocks += _listed("*Also expiring*", expiring)
    return blocks[: kit.MESSAGE_BLOCKS]


def _repeats(found: Sequence[Repeat]) -> list[str]:
    return [f"• {heard.repeat_line(one, with_line=True)}" for one in found]


def _listed(head: str, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Lines under a heading, in as many sections as they need; what is more than six sections is counted."""
    lines = [clip(line, ROOM) for line in lines]
    if not lines:
        return []
    sections, left = [head], len(lines)
    for line in lines:
        if len(sections[-1]) + len(line) + 1 <= ROOM:
            sections[-1] += f"\n{line}"
        elif len(sections) < MOST_SECTIONS:
            sections.append(line)
        else:
            return [*map(kit.section, sections), kit.context(f"…and {left} more")]
        left -= 1
    return [kit.section(text) for text in sections]
