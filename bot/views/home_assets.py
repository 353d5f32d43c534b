"""Assets on the Home: who waits for the marketer's answer, their assets, and an executive's look at all of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.domain.home import EXPIRES_SOON, FEWEST, WEEKS, AssetUse, Ground, Owed, Owner, Use, spark
from bot.domain.text import clip, count, inert
from bot.picture import WeeksPicture
from bot.views import kit
from bot.views.asset import SHOW
from bot.views.feedback import REPLY
from bot.views.filed_away_owner import SHORT, result_line

SHOWN = 8  # assets
SHOWN_OWED = 3
SHOWN_OWNERS = 5
FEWEST_WEEKS = 2  # with uses: one column is no curve
WORDS = 150  # characters of what somebody who waits said
NAME = 60


def owed_blocks(owed: Sequence[Owed], total: int, tz: str) -> list[dict[str, Any]]:
    """Who waits for the reader's answer, each with the button to give it."""
    if not total:
        return []
    head = f"*{count(total, 'piece of feedback waits', 'pieces of feedback wait')} for your answer*"
    blocks = [{"type": "divider"}, kit.section(head), *[_owed(one, tz) for one in owed[:SHOWN_OWED]]]
    if total > SHOWN_OWED:
        blocks.append(kit.context(f"…and {total - SHOWN_OWED:,} more. `/digest 13 weeks` lists them."))
    return blocks


def own_blocks(assets: Sequence[AssetUse], total: int, today: date) -> list[dict[str, Any]]:
    """The reader's own assets: use by week, what the field says, the check's verdict, and the last day."""
    if not total:
        told = "*Your assets*\nYou own none yet. `/asset add` adds one, `/asset import` a whole list."
        return [{"type": "divider"}, kit.section(told)]
    blocks = [{"type": "divider"}, kit.section(f"*Your assets*, {WEEKS} weeks of use with customers")]
    blocks += [_asset(one, today, is_own=True) for one in assets[:SHOWN]]
    if total > SHOWN:
        blocks.append(kit.context(f"…and {total - SHOWN:,} more in the library: what expires first stands here first."))
    return blocks


def ground_blocks(ground: Ground, today: date) -> list[dict[str, Any]]:
    """An executive's look at the quarter: the field's voice, assets, review days, who owes what, what was counted."""
    blocks = [{"type": "divider"}, kit.section(f"*What the ground sees*, {WEEKS} weeks\n{_voice(ground)}")]
    blocks += _picture(ground)
    if not ground.assets:
        return [*blocks, kit.section("*Assets*\nNone is out yet. Marketing fills the library with `/asset import`.")]
    blocks.append(kit.section(_states(ground)))
    blocks += [_asset(one, today, is_own=False) for one in ground.top]
    if ground.asked:
        blocks.append(kit.section(_loops(ground)))
    return [*blocks, kit.context(_coverage(ground))]


def evidence(use: Use) -> str:
    """What the field made of it in a few words, with its columns by week, as mrkdwn."""
    if not use.said:
        return f"nobody has spoken of it in {WEEKS} weeks"
    used = f"{count(use.uses, 'use', 'uses')} by {count(use.users, 'person', 'people')}" if use.uses else "no use"
    outcomes = {"helped": use.helped, "hurt": use.hurt}
    parts = [used, *(f"{name} {count(times, 'time', 'times')}" for name, times in outcomes.items() if times)]
    parts += [f"rated {use.mean:.1f}"] if use.mean is not None else []
    columns = spark(use.weeks) if len(use.weeks) > 1 and max(use.weeks) > 1 else ""  # single uses make no curve
    return f"{columns}  {', '.join(parts)}" if columns else ", ".join(parts)


def last_day(expires_on: date | None, today: date) -> str:
    """When it expires, where that is soon or over, as mrkdwn; "" else."""
    if expires_on is None or expires_on > today + EXPIRES_SOON:
        return ""
    if expires_on < today:
        return f"⛔ expired on {kit.day(expires_on)}"
    left = (expires_on - today).days
    return f"📅 expires {'today' if not left else f'on {kit.day(expires_on)}, in ' + count(left, 'day', 'days')}"


def named(one: AssetUse) -> str:
    """Title and version as mrkdwn."""
    return f"*{inert(clip(one.title, NAME))}* {inert(clip(one.version, 40))}"


def review_words(days: int | None) -> str:
    """ "34 review days", "" if nobody said."""
    return count(days, "review day", "review days") if days else ""


def _asset(one: AssetUse, today: date, *, is_own: bool) -> dict[str, Any]:
    hidden = not is_own and 0 < one.use.people < FEWEST
    facts = filter(None, [review_words(one.review_days), _checked(one, is_own), last_day(one.expires_on, today)])
    told = f"fewer than {FEWEST} people have spoken of it" if hidden else evidence(one.use)
    return kit.section("\n".join(filter(None, [named(one), told, " · ".join(facts)])), accessory=_show(one))


def _checked(one: AssetUse, is_own: bool) -> str:
    """The verdict of the last check; fewer than five answers are told to the owner alone."""
    if one.check is None:
        return ""
    return result_line(one.check) if is_own or one.check.uses.answers >= FEWEST else SHORT[one.check.verdict]


def _show(one: AssetUse) -> dict[str, Any]:
    return kit.button("Show", SHOW, str(one.version_id))


def _owed(one: Owed, tz: str) -> dict[str, Any]:
    name = inert(clip(one.name, 80)) or "Somebody"
    words = f":\n> {inert(clip(' '.join(one.words.split()), WORDS))}" if one.words else "."
    told = f"{name} on *{inert(clip(one.title, NAME))}*, due {kit.when(one.due_at, tz)}{words}"
    return kit.section(told, accessory=kit.button("Reply", REPLY, str(one.feedback_id)))


def _voice(ground: Ground) -> str:
    use = ground.use
    if use.people < FEWEST:
        return (
            f"Fewer than {FEWEST} people have spoken yet, so there are no numbers. Announcements with buttons start it."
        )
    share = (
        f"{use.people:,} of {count(ground.people, 'person', 'people')}"
        if ground.people >= use.people
        else count(use.people, "person", "people")
    )
    rated = f", rated {use.mean:.1f} on average" if use.mean is not None else ""
    said = f"{count(use.said, 'piece', 'pieces')} of feedback by {share}{rated}"
    return f"*{use.uses:,}* uses with customers · {said}"


def _picture(ground: Ground) -> list[dict[str, Any]]:
    """Use by week, of the weeks that are over; all executives of a zone see the same one."""
    weeks, first = ground.use.weeks[:-1], ground.first_week
    if ground.use.people < FEWEST or first is None or len([one for one in weeks if one]) < FEWEST_WEEKS:
        return []
    last = first + timedelta(weeks=len(weeks) - 1)
    title = "Uses with customers by week"
    return [kit.picture(WeeksPicture(title, weeks, _week_of(first), _week_of(last)), for_many=True)]


def _week_of(monday: date) -> str:
    return f"week of {monday.day} {monday:%b}"


def _states(ground: Ground) -> str:
    total, days = sum(ground.assets.values()), sum(ground.days.values())
    lines = [f"*Assets*: {total:,} out, {count(days, 'review day', 'review days')} went into them"]
    for verdict, label in (*SHORT.items(), ("", "🗓️ not asked about yet")):
        if number := ground.assets.get(verdict, 0):
            lines.append(f"• {label}: {number:,} ({count(ground.days.get(verdict, 0), 'review day', 'review days')})")
    return "\n".join([*lines, "The most review days first:"])


def _loops(ground: Ground) -> str:
    lines = [f"*Loops*: {ground.answered:,} of {ground.asked:,} low ratings and questions have been answered."]
    lines += [f"• {_owner(one)}" for one in ground.owners[:SHOWN_OWNERS]]
    if len(ground.owners) > SHOWN_OWNERS:
        lines.append(f"…and {len(ground.owners) - SHOWN_OWNERS} more owe some.")
    return "\n".join(lines)


def _owner(one: Owner) -> str:
    late = f", *{one.overdue:,}* over their time" if one.overdue else ""
    return f"{inert(clip(one.name, 80)) or 'Somebody'} owes {count(one.owed, 'answer', 'answers')}{late}"


def _coverage(ground: Ground) -> str:
    said = ground.use.said
    parts = [f"{said:,} of {count(said, 'piece', 'pieces')} of feedback counted"] if said >= FEWEST else []
    hidden = sum(0 < one.use.people < FEWEST for one in ground.top)
    parts += [f"{count(hidden, 'asset', 'assets')} with fewer than {FEWEST} people hidden"] if hidden else []
    parts += [f"the words of {ground.held:,} held back for compliance"] if ground.held else []
    return " · ".join(parts) or "Nothing was held back or hidden"
