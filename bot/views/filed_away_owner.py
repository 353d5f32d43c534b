"""The filed-away check as marketing sees it: the verdict with its picture, what would help, and a line of it."""

from typing import Any

from bot.domain.asset import Card
from bot.domain.feedback import USES
from bot.domain.filed_away import FEWEST, CheckFinding, CheckResult, CheckStanding, RegionUses, Uses, Why
from bot.domain.text import clip, count, inert, quote
from bot.domain.wilson import Interval, fewest_to_exclude
from bot.picture import Goal, IntervalPicture, IntervalRow
from bot.views import feedback, kit
from bot.views.asset_card import EDIT, RELEASE, asset_name

AUDIENCE = "filed_away.audience"  # the button (value: version) and its form

WEEKS = {1: "Two weeks", 2: "Six weeks"}
HEADS = {"filed_away": "🗄️ *Filed away*", "in_use": "🟢 *In use*", "not_enough": "⚖️ *Not enough answers yet*"}
SHORT = {"filed_away": "🗄️ filed away", "in_use": "🟢 in use", "not_enough": "⚖️ not enough answers yet"}
STAKES = {"filed_away": "in the drawer so far", "in_use": "at work", "not_enough": "at stake"}
REASONS = {
    "could_not_find": ("could not find it", "Search", "Give it the names people use, and pin it where they look."),
    "did_not_know": ("did not know it", "Launch", "Announce it once more, with a word on when to use it."),
    "not_for_my_accounts": ("not for their accounts", "Targeting", "Say whom it is for, and announce it there."),
    "opened_only": ("opened it only", "Content", "Ask them what kept them from using it; then change that."),
}
SHOWN_WHYS = 3
SHOWN_REGIONS = 12


def verdict_message(result: CheckResult, card: Card, *, budget: int, is_current: bool) -> dict[str, Any]:
    """The owner's message: what can be said and what cannot, why, what would help, and how many were asked."""
    head = f"{HEADS[result.verdict]}: {asset_name(card)}"
    blocks = [kit.section(f"{head}\n{_found(result)}"), *_picture(result, card)]
    if result.uses.reasons:
        blocks.append(kit.section("\n".join(["*Why not, and what would help*", *_advice(result.uses)])))
    if is_current and (buttons := _buttons(result, card)):
        blocks.append({"type": "actions", "block_id": f"advice:{card.version_id}", "elements": buttons})
    if result.regions:
        told = " · ".join(_region(one) for one in result.regions[:SHOWN_REGIONS])
        blocks.append(kit.section(f"*Used it, by region* (from {FEWEST} answers on)\n{told}"))
    if result.whys:
        blocks.append(kit.section("*In their words*"))
        blocks += [_why(one) for one in result.whys[:SHOWN_WHYS]]
    return {"text": head, "blocks": [*blocks, kit.context(*_small_print(result, card, budget))]}


def nobody_message(card: Card, audience: str, *, has_channels: bool, can_change: bool) -> dict[str, Any]:
    """Tells the owner that nobody fits; `audience` is whom the version is for, in words."""
    text = (
        f"I wanted to ask whether {asset_name(card)} is used. It is for {inert(clip(audience, 300))}, and nobody fits "
        "that, so I ask nobody."
    )
    if has_channels:
        text += " If I am not in the channel, I may not see who is: `/invite @Groundswell` there helps."
    button = kit.button("Change who is asked", AUDIENCE, str(card.version_id))
    more = [{"type": "actions", "elements": [button]}] if can_change else []
    return {"text": text, "blocks": [kit.section(text), *more]}


def card_line(standing: CheckStanding, tz: str, *, is_owner: bool) -> str:
    """What the checks of one version found and when the next one comes, as mrkdwn; "" if there is none.

    Fewer than five answers are told to the owner alone.
    """
    parts, found = [], standing.found
    if found is not None:
        told = result_line(found) if is_owner or found.uses.answers >= FEWEST else SHORT[found.verdict]
        parts.append(f"Filed-away check of {kit.day(found.at, tz)}: {told}.")
    if standing.asking_until is not None:
        parts.append(f"Some of those it is for are being asked until {kit.day(standing.asking_until, tz)}.")
    elif standing.next_at is not None:
        parts.append(f"The {'next' if found else 'first'} check is on {kit.day(standing.next_at, tz)}.")
    return " ".join(parts)


def own_line(title: str, version: str, found: CheckFinding) -> str:
    """One asset of the reader's own and its verdict, as mrkdwn."""
    return f"*{inert(clip(title, 80))}* {inert(clip(version, 40))}: {result_line(found)}"


def result_line(found: CheckFinding) -> str:
    """The verdict and its numbers in one line of mrkdwn: "🗄️ filed away, 0 of 20 used it, likely 0 to 16 %"."""
    return f"{SHORT[found.verdict]}, {_used_of(found.uses)}{_likely(found.uses)}"


def reasons_line(uses: Uses) -> str:
    """Why it was not used, the most frequent reason first: "6 did not know it, 5 opened it only"."""
    return ", ".join(f"{number:,} {REASONS[reason][0]}" for reason, number in uses.reasons)


def _found(result: CheckResult) -> str:
    uses, goal, weeks = result.uses, _percent(result.goal), WEEKS[result.number]
    if not uses.answers:
        return f"{weeks} after the release nobody has answered, so nothing can be said."
    told = f"{weeks} after the release *{_used_of(uses)}* with a customer."
    range_, is_sample = f"likely *{_range(uses.interval)}*", result.intended > uses.answers
    among = f"Of all {result.intended:,} it is for, {range_} do" if is_sample else f"In the weeks to come {range_} will"
    if result.verdict in ("filed_away", "in_use"):
        side = "under" if result.verdict == "filed_away" else "over"
        return f"{told} {among}: {side} the goal of {goal}."
    if uses.answers < FEWEST:
        return f"{told} From fewer than {FEWEST} answers I draw no conclusion."
    small, needed = result.intended, fewest_to_exclude(result.goal)
    more = f" It takes {needed} answers to find anything filed away, and it is for {small:,}." if small < needed else ""
    return f"{told} {among}, and the goal of {goal} lies within: it may be either.{more}"


def _picture(result: CheckResult, card: Card) -> list[dict[str, Any]]:
    told = [(1, result.earlier)] if result.earlier and result.earlier.answers else []
    told += [(result.number, result.uses)] if result.uses.answers else []
    rows = tuple(
        IntervalRow(WEEKS[number], one.interval.low, one.interval.point, one.interval.high, _of(one))
        for number, one in told
    )
    if not rows:
        return []
    title = f"{clip(card.title, 80)} {clip(card.version, 40)}: used with a customer"
    goal = Goal(result.goal, f"Goal {_percent(result.goal)}")
    return [kit.picture(IntervalPicture(title, rows, goal))]


def _advice(uses: Uses) -> list[str]:
    return [
        f"• {number:,} {REASONS[reason][0]}. *{REASONS[reason][1]}*: {REASONS[reason][2]}"
        for reason, number in uses.reasons
    ]


def _buttons(result: CheckResult, card: Card) -> list[dict[str, Any]]:
    value, reasons = str(card.version_id), dict(result.uses.reasons)
    buttons = []
    if "did_not_know" in reasons or "not_for_my_accounts" in reasons:
        buttons.append(kit.button("Announce it again", RELEASE, value))
    if "could_not_find" in reasons:
        buttons.append(kit.button("Add names for it", EDIT, value))
    return buttons


def _why(one: Why) -> dict[str, Any]:
    by = inert(clip(", ".join(filter(None, [one.name, one.region])), 150)) or "Somebody"
    words = " ".join(one.words.split())
    text = f"{quote(words, 280)}\n{by} · {USES.get(one.use, '')}"
    return kit.section(text, accessory=kit.button("Open", feedback.OPEN, str(one.feedback_id)))


def _region(one: RegionUses) -> str:
    return f"{inert(clip(one.region, 80))} {one.used:,} of {one.answers:,}"


def _small_print(result: CheckResult, card: Card, budget: int) -> list[str]:
    lines = [f"It is for {count(result.intended, 'person', 'people')}: {result.asks.in_words(budget)}."]
    if card.review_days:
        days = count(card.review_days, "review day", "review days")
        lines.append(f"{days} {STAKES[result.verdict]}.")
    if result.held:
        lines.append(f"The words of {result.held:,} are on hold for compliance.")
    if result.next_on:
        lines.append(f"I ask once more on {kit.day(result.next_on)}, others first.")
    return [" ".join(lines)]


def _used_of(uses: Uses) -> str:
    return f"{_of(uses)} used it" if uses.answers else "nobody has answered"


def _of(uses: Uses) -> str:
    return f"{uses.used:,} of {uses.answers:,}"


def _likely(uses: Uses) -> str:
    return f", likely {_range(uses.interval)}" if uses.answers else ""


def _range(interval: Interval) -> str:
    return f"{interval.low * 100:.0f} to {interval.high * 100:.0f} %"


def _percent(share: float) -> str:
    return f"{share * 100:g} %"
