"""A person's own part of the Home: what became of what they said, their newest words, and what asks them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.feedback_told import Told
from bot.domain.home import Became, NextAsk, OpenAsk
from bot.domain.text import clip, count, inert, quote
from bot.views import kit, quiet
from bot.views.ask import RESUME, SNOOZE, Stopped
from bot.views.feedback import ANSWER, GIVE, MINE
from bot.views.feedback_mine import piece_blocks

PRIVACY = "privacy.open"
SHOWN = 3  # pieces of feedback, and things that came of them
SHOWN_STOPS = 3
ABOUT = 120
FIRST_WORDS = (
    "Nothing yet. Used something with a customer this week? Say in ten seconds what it was worth, or put 👍, 👎 or ✅ "
    "under its announcement. What becomes of it will stand here."
)


@dataclass(frozen=True)
class Questions:
    """What asks a person: how often this week of how often at most, when they work, and what they want to be spared.

    `hours` are the working hours in words; `quiet_until` is until when they want to be asked nothing.
    """

    asked: int = 0
    budget: int = 0
    hours: str = ""
    quiet_until: datetime | None = None
    open: Sequence[OpenAsk] = ()
    planned: Sequence[NextAsk] = ()
    stops: Sequence[Stopped] = field(default_factory=list)


def became_blocks(became: Sequence[Became], tz: str) -> list[dict[str, Any]]:
    """What came of what the person said; nothing where nothing has yet."""
    if not became:
        return []
    return [{"type": "divider"}, kit.section("*What became of what you said*"), *[_became(one, tz) for one in became]]


def feedback_blocks(told: Sequence[Told], total: int, tz: str) -> list[dict[str, Any]]:
    """The newest pieces with their buttons, and the way to all of them."""
    if not told:
        return [{"type": "divider"}, kit.section("*Your feedback*"), kit.context(FIRST_WORDS)]
    more = {"accessory": kit.button("See all, search", MINE)} if total else {}
    blocks = [{"type": "divider"}, kit.section(f"*Your feedback*, {count(total, 'piece', 'pieces')}", **more)]
    return blocks + [block for one in told[:SHOWN] for block in piece_blocks(one, tz, repeats_reply=False)]


def question_blocks(questions: Questions, tz: str) -> list[dict[str, Any]]:
    """What asks the person, what will, when it may, and the ways to have less of it."""
    asked = f"Asked this week: {questions.asked} of {max(questions.asked, questions.budget)}."
    told = f"*Questions to you*\n{asked} Only in your working hours: {inert(questions.hours)}, Monday to Friday."
    blocks: list[dict[str, Any]] = [{"type": "divider"}, kit.section(told)]
    blocks += [_open(one, tz) for one in questions.open]
    if questions.planned:
        planned = "; ".join(_planned(one, tz) for one in questions.planned)
        blocks.append(kit.context(f"Planned for you: {planned}."))
    buttons = [kit.button("Change my hours", quiet.HOURS)]
    if questions.quiet_until is None:
        buttons.append(kit.button("Ask me nothing this week", quiet.WEEK))
    else:
        until = kit.when(questions.quiet_until, tz, "{date_long}")
        back = kit.button("I'm back", quiet.BACK)
        blocks.append(kit.section(f"🔕 You asked for quiet: no question comes before {until}.", accessory=back))
    buttons.append(kit.button("What is stored about me", PRIVACY))
    blocks.append({"type": "actions", "block_id": "quiet", "elements": buttons})
    for stop in list(questions.stops)[:SHOWN_STOPS]:
        again = kit.button("Ask me again", RESUME, stop.key)
        label = inert(clip(stop.label, 200))
        blocks.append(kit.section(f"You asked me not to ask about {label}.", accessory=again))
    if len(questions.stops) > SHOWN_STOPS:
        left = len(questions.stops) - SHOWN_STOPS
        blocks.append(kit.context(f"And {left} more, which will stand here when these are gone."))
    return blocks


def _became(one: Became, tz: str) -> dict[str, Any]:
    about, by, day = inert(clip(one.about, ABOUT)), inert(clip(one.by, 80)), kit.day(one.at, tz)
    if one.kind == "replaced":
        told = f"🆕 *{about}*: {inert(clip(one.words, 40))} is out since {day}, after you spoke. Does it hit?"
        return kit.section(told, accessory=kit.button("Say so", GIVE, str(one.version_id)))
    if one.kind == "outcome":
        return kit.section(
            f"📣 {by or 'A colleague'} asked “{about}”, and this was done ({day}):\n{quote(one.words, 300)}"
        )
    what = f"what you said about *{about}*" if about else "what you said"
    return kit.section(f"💬 {by or 'The owner'} answered {what}, {day}:\n{quote(one.words, 300)}")


def _open(one: OpenAsk, tz: str) -> dict[str, Any]:
    told = f"❔ I asked you about {inert(clip(one.label, ABOUT))}, until {kit.when(one.closes_at, tz)}."
    if one.round_id:
        return kit.section(told, accessory=kit.button("Answer", ANSWER, str(one.round_id)))
    told += " Answer it in my messages."
    return (
        kit.section(told, accessory=kit.button("Not now", SNOOZE, str(one.ask_id)))
        if one.can_wait
        else kit.section(told)
    )


def _planned(one: NextAsk, tz: str) -> str:
    return f"{inert(clip(one.label, ABOUT))} (from {kit.when(one.at, tz, '{date_short_pretty}')} on)"
