"""The digest of an executive: what the ground sees, the review days at stake, and who owes the field an answer."""

from dataclasses import replace
from typing import Any

from bot.domain.digest import Digest
from bot.domain.digest_company import CompanyDigest, Owing, Stake
from bot.domain.text import clip, count, inert
from bot.picture import BarRow, BarsPicture
from bot.views import digest as screen
from bot.views import digest_details, digest_heard, kit

OWING = 2
SPLITS, SPREADS = 2, 2
STAKES = {
    "worked": "Worked",
    "unused": "Hardly used",
    "not_found": "Could not be found",
    "outdated": "Outdated, still used",
    "silent": "Nobody speaks of it",
    "unclear": "Not clear yet",
}


def company_message(
    found: CompanyDigest, *, details: str, about: str = "", is_short: bool = False, with_picture: bool = False
) -> dict[str, Any]:
    """The digest; `details` says where they are: "button", "thread" or "here"; only what is sent can have a picture."""
    digest = found.digest
    title = f"What the ground sees: {digest.period.words}"
    if digest.period.name not in ("", "Your week"):
        title = f"{digest.period.name}: {digest.period.words}"
    blocks = [
        {"type": "header", "text": kit.plain(title, kit.HEADER)},
        kit.section(screen.changed(digest)),
        *stake_blocks(found.stakes, with_picture=with_picture),
        *screen.finding_blocks(digest),
        *[kit.section(screen.split_line(one)) for one in digest.splits[:SPLITS]],
        *[kit.section(digest_heard.spread_line(one, digest)) for one in digest.spreads[:SPREADS]],
        *([] if is_short else _heard(digest)),
        *owing_blocks(found),
        *([] if is_short else [*screen.pulse_blocks(digest), *screen.ending_blocks(digest)]),
    ]
    more = bool(company_details(found))
    blocks = blocks[: kit.MESSAGE_BLOCKS - 2]
    blocks.append(screen.buttons(digest.period, with_details=more and details == "button", about=about))
    blocks.append(kit.context(screen.coverage(digest, with_button=details != "thread")))
    return {"text": clip(title, 300), "blocks": blocks}


def _heard(digest: Digest) -> list[dict[str, Any]]:
    """What people need and what they say again and again, in numbers alone."""
    return digest_heard.wanted_blocks(digest) + digest_heard.heard_blocks(replace(digest, spreads=[], again=[]))


def company_details(found: CompanyDigest) -> list[dict[str, Any]]:
    """What does not fit on the screen; empty if all does."""
    digest = replace(found.digest, spreads=[])
    blocks = list(digest_details.details_message(digest)["blocks"]) if screen.has_details(digest) else []
    if found.owing[OWING:]:
        lines = [f"• {owing_line(one)}" for one in found.owing[OWING:]]
        blocks.insert(0, kit.section("\n".join(["*More who answer less than the others*", *lines])))
    return blocks


def stake_blocks(stakes: list[Stake], *, with_picture: bool) -> list[dict[str, Any]]:
    """What became of the review days, as bars or in words; nothing where no review days are known."""
    days = sum(one.days for one in stakes)
    if not days:
        return []
    if not with_picture:
        return [kit.section(_stake_line(stakes, days))]
    rows = tuple(BarRow(f"{STAKES[one.kind]} ({one.assets:,})", one.days, days) for one in stakes if one.days)
    return [kit.picture(BarsPicture("Review days in assets in use, and what came of them", rows))]


def _stake_line(stakes: list[Stake], days: int) -> str:
    told = [f"{STAKES[one.kind].lower()} {one.days:,} ({count(one.assets, 'asset', 'assets')})" for one in stakes]
    return f"*{count(days, 'review day', 'review days')}* lie in the assets in use: {', '.join(told)}."


def owing_blocks(found: CompanyDigest) -> list[dict[str, Any]]:
    """Answers that are owed to the field, and the owners who answer clearly less than the others."""
    if not found.owed and not found.owing:
        return []
    lines = ["⏰ *Answers owed to the field*"]
    if found.owed:
        waits = count(found.owed, "low rating or question waits", "low ratings and questions wait")
        lines.append(f"• {waits} longer than was promised")
    lines += [f"• {owing_line(one)}" for one in found.owing[:OWING]]
    if len(found.owing) > OWING:
        lines.append(f"…and {len(found.owing) - OWING} more")
    return [kit.section("\n".join(lines))]


def owing_line(one: Owing) -> str:
    """One owner and how they answer, held against all the others, as mrkdwn."""
    name = inert(clip(one.name, 80)) or "Somebody"
    owed = f", {one.owed:,} past their day" if one.owed else ""
    share = round(100 * one.others_answered / one.others_said)
    return (
        f"*{name}*: {one.answered:,} of {count(one.said, 'piece', 'pieces')} of feedback on "
        f"{count(one.assets, 'asset', 'assets')} answered in 13 weeks{owed}. "
        f"All other owners: {one.others_answered:,} of {one.others_said:,} ({share} %)."
    )
