"""The digest of a rep: what became of what they said, and what works for their colleagues."""

from typing import Any

from bot.domain.digest_rep import Answered, RepDigest
from bot.domain.text import clip, count, inert, quote
from bot.views import asset, kit
from bot.views import digest as screen
from bot.views.digest_lines import named, version_line

NOTHING = (
    "Nothing has come back to you in this time. `/asset-feedback` tells marketing what an asset was worth; "
    "`/asset-feedback mine` shows what became of it."
)
SHOWN, SHORT = 3, 1  # answers on the screen
WORDS, SAID = 240, 70  # characters of an answer, and of what it answers
NAME = 80


def rep_message(found: RepDigest, *, is_short: bool = False, is_whole: bool = False) -> dict[str, Any]:
    """A rep's digest. It fits on one screen; `is_whole` shows all answers that were read, `is_short` one."""
    title = f"{found.period.name}: {found.period.words}" if found.period.name else f"For you, {found.period.words}"
    shown = SHORT if is_short else len(found.answers) if is_whole else SHOWN
    blocks: list[dict[str, Any]] = [{"type": "header", "text": kit.plain(title, kit.HEADER)}]
    if not found.has_news:
        blocks.append(kit.section(NOTHING))
    if found.answers:
        blocks.append(kit.section(f"💬 *{count(found.answers_total, 'answer', 'answers')} to what you said*"))
        blocks += [kit.section(_answer(one)) for one in found.answers[:shown]]
        if found.answers_total > shown:
            blocks.append(kit.context(f"…and {found.answers_total - shown} more: `/asset-feedback mine`"))
    for one in found.renewed:
        told = f"🆕 *{inert(clip(one.title, NAME))}* {inert(clip(one.version, 40))} is out. You spoke of "
        told += f"{inert(clip(one.spoken_of, 40))}: is this one better?"
        blocks.append(kit.section(told, accessory=kit.button("Show", asset.SHOW, str(one.version_id))))
    for done in found.done[: SHORT if is_short else None]:
        who = inert(clip(done.asker, NAME)) or "a colleague"
        told = f"✅ You were asked by {who}: *{inert(clip(done.question, 120))}*\nWhat was done: "
        blocks.append(kit.section(told + inert(clip(done.outcome, 300))))
    if not is_short:
        blocks += _colleagues(found)
    blocks.append(screen.buttons(found.period, with_details=False))
    blocks.append(kit.context(_coverage(found)))
    return {"text": clip(title, 300), "blocks": blocks[: kit.MESSAGE_BLOCKS]}


def _answer(one: Answered) -> str:
    by = inert(clip(one.by, NAME)) or "Marketing"
    about = f" about *{inert(clip(one.title, NAME))}*" if one.title else ""
    said = f", to your “{inert(clip(' '.join(one.said.split()), SAID))}”" if one.said else ""
    return f"*{by}*{about}{said}\n{quote(' '.join(one.words.split()), WORDS)}"


def _colleagues(found: RepDigest) -> list[dict[str, Any]]:
    worked = found.colleagues.worked
    hits = [kit.section(version_line(one)) for one in found.colleagues.hits]
    if not worked:
        return hits
    blocks = [*hits, kit.section("🟢 *What works for your colleagues, in 13 weeks*")]
    for one in worked:
        uses, helped = count(one.tally.uses, "use", "uses"), count(one.tally.helped, "time", "times")
        told = f"{named(one.subject)}: {uses} by {count(one.tally.users, 'person', 'people')}, helped {helped}"
        show = kit.button("Show", asset.SHOW, str(one.subject.version_id))
        blocks.append(kit.section(told, accessory=show))
    return blocks


def _coverage(found: RepDigest) -> str:
    said = count(found.said, "piece", "pieces")
    all_answers = found.colleagues.replies
    others = f" · {count(all_answers, 'answer', 'answers')} went back to the whole field" if all_answers else ""
    return f"You gave {said} of feedback{others}"
