"""What is heard again and again, as a digest shows it: needs, words that spread, questions and objections."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.domain.digest import Again, Digest
from bot.domain.digest_period import day_of
from bot.domain.digest_repeats import Repeat
from bot.domain.digest_spread import Spread
from bot.domain.digest_voices import FEW, Voice, count_people, people_by_region
from bot.domain.text import clip, count, inert, quote
from bot.views import feedback, kit
from bot.views.digest_lines import named, region_name

REPEATS, WANTED, SPREADS, AGAIN = 2, 3, 1, 1  # on the screen; the others are in the details
WORDS = 140  # characters of a text that stands for others
NAME, REGIONS = 60, 3
SHORTEST = 25  # characters of words that say something
TRENDS = {"new": " · 🆕 new", "rising": " · 📈 rising", "": ""}


def wanted_blocks(digest: Digest) -> list[dict[str, Any]]:
    """What people need and do not have, the broadest need first."""
    return _listed("🧭 *What they need and do not have*", digest.wanted, WANTED)


def heard_blocks(digest: Digest) -> list[dict[str, Any]]:
    """Words that spread, what the reader is asked again and again, and the questions and objections that repeat."""
    return [
        *[spread_block(one, digest) for one in digest.spreads[:SPREADS]],
        *[again_block(one) for one in digest.again[:AGAIN]],
        *_listed("🔁 *Questions and objections that repeat*", digest.repeats, REPEATS),
    ]


def has_more(digest: Digest) -> bool:
    """Whether there is more than the screen shows."""
    shown = ((digest.wanted, WANTED), (digest.repeats, REPEATS), (digest.spreads, SPREADS), (digest.again, AGAIN))
    return any(len(found) > most for found, most in shown)


def spread_block(one: Spread, digest: Digest) -> dict[str, Any]:
    """Words that many people suddenly wrote in one week, with one of their texts."""
    best = _best(one)
    text = f"{spread_line(one, digest)}\n{quote(' '.join(best.words.split()), WORDS)}"
    return kit.section(text, accessory=kit.button("Open", feedback.OPEN, str(best.feedback_id)))


def spread_line(one: Spread, digest: Digest) -> str:
    """The same without anybody's text, as mrkdwn."""
    began = day_of(one.start, digest.period.tz)
    is_last = one.start + timedelta(weeks=1) >= digest.period.end
    when = "in the last week" if is_last else f"in the week of {began.day} {began:%B}"
    regions = people_by_region(one.voices)
    hurt = sum(voice.outcome == "hurt" for voice in one.voices)
    lines = [
        f"📣 *Spreading*: {_quoted(one.words)}",
        f"*{count_people(one.voices):,} people* from {count(len(regions), 'region', 'regions')}{_most(regions)} wrote "
        f"of it {when}; in the weeks before {'nobody' if not one.before else f'{one.before:,}'}"
        f"{'' if is_last else f', since then {one.since:,}'}."
        + (f" It *hurt {count(hurt, 'time', 'times')}*." if hurt else ""),
    ]
    return "\n".join(lines)


def again_block(one: Again) -> dict[str, Any]:
    """What the owner of an asset is asked again and again without an answer, with the button to give one."""
    asked, latest = one.asked, one.asked.latest
    first = kit.day(asked.voices[0].at)
    text = (
        f"❓ *Asked again and again*: {_quoted(asked.words)}\n{named(one.subject)}: {len(asked.voices):,} times by "
        f"{count(count_people(asked.voices), 'person', 'people')} since {first}, and nobody has answered.\n"
        f"{quote(' '.join(latest.words.split()), WORDS)}"
    )
    return kit.section(text, accessory=kit.button("Reply", feedback.REPLY, str(latest.feedback_id)))


def repeat_line(one: Repeat, *, with_line: bool = False) -> str:
    """A theme, as mrkdwn: how many people, where, and whether it becomes more; `with_line`, also what it is about."""
    line = f" _{inert(one.line)}_" if with_line and one.line else ""
    told = [
        f"{count(one.now, 'person', 'people')} now, {one.people:,} in 13 weeks"
        if one.now < one.people
        else count(one.people, "person", "people"),
        f"{count(one.places, 'region', 'regions')}{_most(one.regions)}",
        f"mostly {region_name(one.mostly)}" if one.mostly else "",
        f"hurt {count(one.hurt, 'time', 'times')}" if one.hurt else "",
    ]
    return f"*{inert(clip(one.name, NAME))}*:{line} {', '.join(filter(None, told))}{TRENDS[one.trend]}"


def _listed(head: str, found: Sequence[Repeat], most: int) -> list[dict[str, Any]]:
    if not found:
        return []
    lines = [head, *(f"• {repeat_line(one)}" for one in found[:most])]
    return [kit.section("\n".join([*lines, *([f"…and {len(found) - most} more"] if len(found) > most else [])]))]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{inert(clip(word, NAME))}”" for word in words)


def _most(regions: Sequence[tuple[str, int]]) -> str:
    """The regions of five people and more, with their numbers, in brackets."""
    told = [f"{region_name(region)} {people:,}" for region, people in regions[:REGIONS] if people >= FEW]
    return f" ({', '.join(told)})" if told else ""


def _best(one: Spread) -> Voice:
    """The text that stands for the others: one that is read at a glance and has most of the words, the first one."""
    words = [word.casefold() for word in one.words]

    def telling(voice: Voice) -> tuple[bool, int]:
        return SHORTEST <= len(voice.words) <= WORDS, sum(word in voice.words.casefold() for word in words)

    return max(one.voices, key=telling)
