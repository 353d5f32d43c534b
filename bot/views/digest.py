"""The digest on one screen: what needs you, what changed, which assets, in whose words, and what was counted."""

from typing import Any

from bot.domain.digest import Digest, Need
from bot.domain.digest_findings import Split
from bot.domain.digest_period import LOOK_BACK, Period
from bot.domain.digest_quotes import Quote
from bot.domain.filed_away import FILED_AWAY
from bot.domain.text import clip, count, escape, inert, quote
from bot.picture import BarRow, BarsPicture
from bot.views import asset_expiry, digest_endings, digest_heard, feedback, kit
from bot.views.digest_lines import (
    HEADS,
    checked_line,
    evidence,
    finding_line,
    mover_line,
    named,
    pulse_line,
    region_name,
    search_line,
)

COMMAND = "/digest"
MORE = "digest.more"  # value: first day, first day after, and what it is about: "2026-11-16:2026-11-23:asset 12"
SETTINGS = "digest.settings"

FOUND = 1  # assets of each kind; the others are in the details
SHOWN = 2
WORDS = 280  # characters of a quote
WAITED = 110  # characters of what somebody who waits said
CHECKED = 3
PULSES = 2
SELDOM = 0.25  # of the feedback on somebody's assets has an answer
PICTURED, FEWEST_PICTURED = 6, 3  # assets
TITLE = 40  # characters of an asset's name in the picture


def digest_message(digest: Digest, *, with_button: bool, about: str = "", here: bool = False) -> dict[str, Any]:
    """The digest; details stand in its thread, behind a button that carries `about`, or (`here`) just below it."""
    title = _title(digest)
    blocks = [
        {"type": "header", "text": kit.plain(title, kit.HEADER)},
        *_needs(digest),
        kit.section(changed(digest)),
        *finding_blocks(digest),
        *[kit.section(split_line(one)) for one in digest.splits[:SHOWN]],
        *digest_heard.wanted_blocks(digest),
        *digest_heard.heard_blocks(digest),
        *_quotes(digest),
        *pulse_blocks(digest),
        *ending_blocks(digest),
    ]
    blocks.append(buttons(digest.period, with_details=with_button and has_details(digest), about=about))
    blocks.append(kit.context(coverage(digest, with_button=with_button or here)))
    return {"text": clip(f"{title}: {count(digest.this.said, 'piece', 'pieces')} of feedback", 300), "blocks": blocks}


def buttons(period: Period, *, with_details: bool, about: str = "") -> dict[str, Any]:
    """The buttons under a digest, whoever reads it."""
    more = [kit.button("Details", MORE, f"{period.first}:{period.until}:{about}")] if with_details else []
    return {"type": "actions", "block_id": "more", "elements": [*more, kit.button("Digest settings", SETTINGS)]}


def has_details(digest: Digest) -> bool:
    """Whether there is more than one screen shows."""
    more = [found for kind in HEADS for found in [one for one in digest.findings if one.kind == kind][FOUND:]]
    return bool(
        more
        or digest.checked[CHECKED:]
        or digest.pulses[PULSES:]
        or digest.own
        or digest.waiting
        or digest.splits[SHOWN:]
        or digest.searches[FOUND:]
        or digest_heard.has_more(digest)
        or digest_endings.has_more(digest)
    )


def _title(digest: Digest) -> str:
    name, days = digest.period.name, digest.period.words
    return f"{name}: {days}" if name else f"What the field said, {days}"


def _needs(digest: Digest) -> list[dict[str, Any]]:
    if not digest.needs:
        return []
    blocks = [kit.section("*What needs you*")]
    for need in digest.needs:
        blocks.append(waiting_block(need, digest) if need.waiting else _expiring_block(need, digest))
    more = digest.waiting_total - sum(need.waiting is not None for need in digest.needs)
    told = [f"{count(more, 'more person waits', 'more people wait')} for an answer from you."] if more > 0 else []
    said, replied = (sum(getattr(one.tally, name) for one in digest.own) for name in ("said", "replied"))
    if digest.waiting_total and replied < SELDOM * said:
        answered = "none has" if not replied else f"{replied:,} {'has' if replied == 1 else 'have'}"
        pieces = count(said, "piece", "pieces")
        told.append(f"Of {pieces} of feedback on your assets in {_span(digest)} {answered} an answer.")
    return [*blocks, kit.context(" ".join(told))] if told else blocks


def waiting_block(need: Need, digest: Digest) -> dict[str, Any]:
    """Somebody who waits for the reader's answer, with the button to give it."""
    waiting = need.waiting
    assert waiting is not None
    who = inert(clip(waiting.name, 80)) or "Somebody"
    where = f", {inert(clip(waiting.region, 80))}," if waiting.region else ""
    days = (digest.now - waiting.at).days
    since = f"has waited {count(days, 'day', 'days')} for your answer" if days > 0 else "waits for your answer"
    text = f"💬 *{who}*{where} {since} about {named(need.subject)}"
    if waiting.words:
        text += "\n" + quote(" ".join(waiting.words.split()), WAITED)
    return kit.section(text, accessory=kit.button("Reply", feedback.REPLY, str(waiting.feedback_id)))


def _expiring_block(need: Need, digest: Digest) -> dict[str, Any]:
    subject, tally = need.subject, need.tally
    assert subject.expires_on is not None
    made = f" In 13 weeks: {evidence(tally)}." if tally and tally.said else " Nobody has spoken of it in 13 weeks."
    left = (subject.expires_on - digest.today).days
    if left < 0:
        told = f"expired on {kit.day(subject.expires_on)} and nothing has taken its place. Renew it, or retire it."
    elif left == 0:
        told = "expires today."
    else:
        told = f"expires on {kit.day(subject.expires_on)}, in {count(left, 'day', 'days')}."
    renew = kit.button("Renew", asset_expiry.RENEW, f"{subject.version_id}:{subject.expires_on}")
    return kit.section(f"📅 {named(subject)} {told}{made}", accessory=renew)


def changed(digest: Digest) -> str:
    """What changed against the time before, as mrkdwn."""
    this, before = digest.this, digest.before
    than = "the week before" if digest.period.is_week else "the same time before"
    if not this.said:
        had = f" {than[0].upper()}{than[1:]} it was {count(before.said, 'piece', 'pieces')}." if before.said else ""
        return (
            f"*A quiet {'week' if digest.period.is_week else 'time'}*\nNobody said anything about an asset.{had} "
            "An announcement with its buttons is the quickest way to hear something: `/asset release`."
        )
    numbers = [
        _versus(this.said, before.said, "piece of feedback", "pieces of feedback"),
        _versus(this.people, before.people, "person spoke", "people spoke"),
        _versus(this.uses, before.uses, "use with a customer", "uses with customers"),
    ]
    if this.asked:
        told = f"*{this.answered:,} of {this.asked:,}* low ratings and questions answered{_share_before(digest)}"
        numbers.append(told)
    lines = [f"*Against {than}*", " · ".join(numbers)]
    return "\n".join(lines + [mover_line(one) for one in digest.movers[:SHOWN]])


def _versus(now: int, before: int, one: str, many: str) -> str:
    if now == before:
        return f"{count(now, one, many)}, as many as before"
    return f"*{now:,}* {one if now == 1 else many} ({before:,})"


def _share_before(digest: Digest) -> str:
    before = digest.before
    return f" ({before.answered:,} of {before.asked:,})" if before.asked else ""


def finding_blocks(digest: Digest) -> list[dict[str, Any]]:
    """What is said of assets: of each kind the one with the most review days; the others are in the details."""
    worked = [line for kind in HEADS if kind == "worked" for line in _found(digest, kind)]
    others = [line for kind in HEADS if kind != "worked" for line in _found(digest, kind)]
    checked = _checked(digest)
    if not worked and not others and not checked:
        return []
    parts = [kit.section("\n".join(lines)) if lines else None for lines in (worked, others)]
    head = kit.context(f"Assets, by what was said in {_span(digest)}, the most review days first")
    return [block for block in (head, parts[0], *checked, parts[1]) if block]


def _span(digest: Digest) -> str:
    """What is said of assets rests on a quarter, or on a longer time that was asked for."""
    return "13 weeks" if digest.period.days <= LOOK_BACK.days else "this time"


def _found(digest: Digest, kind: str) -> list[str]:
    found = [one for one in digest.findings if one.kind == kind]
    searches = digest.searches if kind == "not_found" else []
    lines = [finding_line(one) for one in found[:FOUND]] + [search_line(one, digest.today) for one in searches[:FOUND]]
    if not lines:
        return []
    more = len(found[FOUND:]) + len(searches[FOUND:])
    lines[-1] += f" _…and {more} more_" if more else ""
    return [f"{HEADS[kind]}: {lines[0]}", *(f"• {line}" for line in lines[1:])]


def used_picture(digest: Digest) -> list[dict[str, Any]]:
    """How many of those who spoke of an asset used it with a customer; nothing where there is little to compare."""
    rows = tuple(
        BarRow(clip(f"{one.subject.title} {one.subject.version}", TITLE), one.tally.users, one.tally.people)
        for one in digest.pictured[:PICTURED]
    )
    title = "Used with a customer, of those who spoke of it"
    return [kit.picture(BarsPicture(title, rows))] if len(rows) >= FEWEST_PICTURED else []


def _checked(digest: Digest) -> list[dict[str, Any]]:
    if not digest.checked:
        return []
    lines = ["🗂️ *Asked of the field: in use, or filed away?*"]
    lines += [f"• {checked_line(one.subject, one.check)}" for one in digest.checked[:CHECKED]]
    if len(digest.checked) > CHECKED:
        lines.append(f"…and {len(digest.checked) - CHECKED} more")
    filed = [one.subject.review_days or 0 for one in digest.checked if one.check.verdict == FILED_AWAY]
    if sum(filed):
        assets, days = count(len(filed), "asset", "assets"), count(sum(filed), "review day", "review days")
        lines.append(f"*{days}* lie in {assets} filed away.")
    return [kit.section("\n".join(lines))]


def pulse_blocks(digest: Digest) -> list[dict[str, Any]]:
    """The pulses that closed, with what was done."""
    if not digest.pulses:
        return []
    lines = ["📊 *Pulses that closed*", *(f"• {pulse_line(one)}" for one in digest.pulses[:PULSES])]
    if len(digest.pulses) > PULSES:
        lines.append(f"…and {len(digest.pulses) - PULSES} more")
    return [kit.section("\n".join(lines))]


def split_line(one: Split) -> str:
    """Two regions that disagree, as mrkdwn."""
    high, low = one.high, one.low
    mean = one.tally.mean or 0
    names = " and ".join(f"_{inert(name)}_" for name in one.why[:SHOWN])
    why = f" {region_name(low.region)} writes of {names}." if names else ""
    return (
        f"↔️ *Two regions disagree*\n{named(one.subject)}: {region_name(high.region)} rates it {high.mean:.1f} "
        f"({high.ratings:,} ratings, helped {high.helped:,}, hurt {high.hurt:,}), {region_name(low.region)} "
        f"{low.mean:.1f} ({low.ratings:,} ratings, helped {low.helped:,}, hurt {low.hurt:,}). "
        f"The mean of {mean:.1f} hides both.{why}"
    )


def _quotes(digest: Digest) -> list[dict[str, Any]]:
    if not digest.quotes:
        return []
    return [kit.section("*In their words*"), *[_quote(one) for one in digest.quotes]]


def _quote(one: Quote) -> dict[str, Any]:
    about = f"About {named(one.subject)}" if one.subject else "About no asset in particular"
    by = f"{inert(clip(one.name, 80))}{', ' + inert(clip(one.region, 80)) if one.region else ''}" if one.name else ""
    rating = f"{one.rating} of 5" if one.rating else ""
    grain = f"_Against the grain: the mean is {one.grain:.1f}_" if one.grain is not None else ""
    link = f"<{escape(one.link)}|the message>" if one.link else ""
    told = " · ".join(filter(None, [about, by, rating, grain, link]))
    text = f"{quote(one.words, WORDS)}\n{told}"
    if one.link:
        return kit.section(text)
    return kit.section(text, accessory=kit.button("Open", feedback.OPEN, str(one.feedback_id)))


ending_blocks = digest_endings.ending_blocks


def coverage(digest: Digest, *, with_button: bool) -> str:
    """What was read, hidden, dropped and held back."""
    return digest_endings.coverage_line(digest, with_button=with_button, has_details=has_details(digest))
