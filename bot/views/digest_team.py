"""The digest of a manager: what their own people said, in numbers of five and more, and what became of it."""

from typing import Any

from bot.domain.digest_findings import Finding
from bot.domain.digest_numbers import PeriodNumbers
from bot.domain.digest_team import FEWEST, TeamDigest
from bot.domain.own_group import UNKNOWN
from bot.domain.text import clip, count, inert
from bot.views import digest as screen
from bot.views import kit, pulse_outcome
from bot.views.digest_lines import finding_line, pulse_line, version_line

NO_GROUP = f"{UNKNOWN} Then your digest tells what they said."
ASSETS, SHORT_ASSETS = 4, 1  # on the screen
PULSES = 2


def team_message(found: TeamDigest, *, details: str, about: str = "", is_short: bool = False) -> dict[str, Any]:
    """The digest; `details` says where they are: "button", "thread" or "here"."""
    name = found.period.name
    title = f"Your team's {name.removeprefix('Your ')}" if name.startswith("Your ") else f"Your team, {name or 'in'}"
    title, shown = f"{title}: {found.period.words}", SHORT_ASSETS if is_short else ASSETS
    who = f"{found.group[:1].upper()}{found.group[1:]}, {count(found.size, 'person', 'people')} besides you"
    blocks = [
        {"type": "header", "text": kit.plain(title, kit.HEADER)},
        kit.context(f"{inert(who)} · numbers of {FEWEST} people and more, never names"),
        kit.section(_team_said(found)),
        *_team_assets(found.assets[:shown], len(found.assets) - shown),
        *_team_pulses(found),
        *([] if is_short else _team_loops(found)),
    ]
    more, blocks = bool(team_details(found, is_short=is_short)), blocks[: kit.MESSAGE_BLOCKS - 2]
    blocks.append(screen.buttons(found.period, with_details=more and details == "button", about=about))
    place = "details in the thread" if more and details == "thread" else ""
    blocks.append(kit.context(" · ".join(filter(None, [_team_coverage(found), place]))))
    return {"text": clip(title, 300), "blocks": blocks}


def team_details(found: TeamDigest, *, is_short: bool = False) -> list[dict[str, Any]]:
    """What does not fit on a manager's screen; empty if all does."""
    rest = _asset_lines(found.assets[SHORT_ASSETS if is_short else ASSETS :])
    return [
        *_listed("*More of what your people spoke of, in 13 weeks*", rest),
        *_listed("*More of your pulses*", [f"• {pulse_line(one)}" for one in found.pulses[PULSES:]]),
    ]


def _listed(head: str, lines: list[str]) -> list[dict[str, Any]]:
    """Lines under a heading, in as many sections as they need."""
    if not lines:
        return []
    sections = [head]
    for line in lines:
        if len(sections[-1]) + len(line) < kit.SECTION - 1:
            sections[-1] += f"\n{line}"
        else:
            sections.append(clip(line, kit.SECTION))
    return [kit.section(text) for text in sections[:10]]


def _team_said(found: TeamDigest) -> str:
    when = "this week" if found.period.is_week else "in this time"
    if found.size < FEWEST:
        return (
            f"*What your people said*\nYour group has fewer than {FEWEST} people besides you. What so few say is told "
            "in no numbers, so that nobody can be recognised."
        )
    lines = ["*What your people said*"]
    if found.this:
        lines += _numbers(found.this, found.before)
    else:
        lines.append(f"Fewer than {FEWEST} of them spoke {when}, so its numbers are kept back.")
    if found.quarter and not (found.this and found.period.days >= 91):
        lines.append(f"In 13 weeks: {_in_short(found.quarter)}.")
    return "\n".join(lines)


def _numbers(this: PeriodNumbers, before: PeriodNumbers | None) -> list[str]:
    told = [
        (this.said, before.said if before else None, "piece of feedback", "pieces of feedback"),
        (this.people, before.people if before else None, "person spoke", "people spoke"),
        (this.uses, before.uses if before else None, "use with a customer", "uses with customers"),
    ]
    return [
        f"• *{now:,}* {one if now == 1 else many}{f' ({was:,} before)' if was is not None else ''}"
        for now, was, one, many in told
    ]


def _in_short(one: PeriodNumbers) -> str:
    mean = f", rated {one.rating_sum / one.ratings:.1f} ({one.ratings:,})" if one.ratings else ""
    return (
        f"{count(one.said, 'piece', 'pieces')} of feedback from {count(one.people, 'person', 'people')}, "
        f"{count(one.uses, 'use', 'uses')} with customers{mean}"
    )


def _team_assets(shown: list[Finding], more: int) -> list[dict[str, Any]]:
    if not shown:
        return []
    lines = ["📦 *What they spoke of, in 13 weeks*", *_asset_lines(shown)]
    return [kit.section("\n".join([*lines, *([f"…and {more} more"] if more > 0 else [])]))]


def _asset_lines(assets: list[Finding]) -> list[str]:
    return [f"• {finding_line(one)}" for one in assets]


def _team_pulses(found: TeamDigest) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    lines = [f"• {pulse_line(one)}" for one in found.pulses[:PULSES]]
    lines += [
        f"• *{inert(clip(one.question, 120))}* is open until {kit.when(one.closes_at, found.period.tz)}"
        for one in found.open[:PULSES]
        if one.closes_at is not None
    ]
    if lines:
        blocks.append(kit.section("\n".join(["📊 *Your pulses*", *lines])))
    for one in found.unsaid[:PULSES]:
        told = f"📣 Nobody has heard yet what was done with *{inert(clip(one.question, 120))}*"
        blocks.append(kit.section(told, accessory=pulse_outcome.say_button(one.pulse_id)))
    return blocks


def _team_loops(found: TeamDigest) -> list[dict[str, Any]]:
    lines = []
    if found.this and found.this.replies:
        lines.append(f"• {count(found.this.replies, 'answer', 'answers')} went back to your people")
    if found.quarter and found.quarter.asked:
        one = found.quarter
        lines.append(
            f"• *{one.answered:,} of {one.asked:,}* of their low ratings and questions of 13 weeks are answered"
        )
    lines += [f"• {version_line(one)}" for one in found.new_versions[:PULSES]]
    return [kit.section("\n".join(["✅ *What became of it*", *lines]))] if lines else []


def _team_coverage(found: TeamDigest) -> str:
    parts = []
    if found.quarter:
        said = found.quarter.said
        parts.append(f"{said:,} of {count(said, 'piece', 'pieces')} of feedback counted")
    if found.hidden:
        hidden = count(found.hidden, "asset", "assets")
        parts.append(f"{hidden} of which fewer than {FEWEST} of them spoke hidden")
    return " · ".join(parts) or "Nothing was counted"
