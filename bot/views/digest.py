"""The digest on one screen: what needs you, what changed, which assets, in whose words, and what was counted."""

from typing import Any

from bot.domain.digest import Digest, Need
from bot.domain.digest_findings import Split
from bot.domain.digest_period import Period
from bot.domain.digest_quotes import Quote
from bot.domain.filed_away import FILED_AWAY
from bot.domain.text import clip, count, escape, inert, quote
from bot.views import asset_expiry, feedback, kit
from bot.views.digest_lines import (
    HEADS,
    checked_line,
    evidence,
    expiring_line,
    finding_line,
    mover_line,
    named,
    pulse_line,
    region_name,
    search_line,
)
from bot.views.thread_summary import thread_line

COMMAND = "/digest"
MORE = "digest.more"  # value: first day, first day after, and what it is about: "2026-11-16:2026-11-23:asset 12"
SETTINGS = "digest.settings"
ONLY_MARKETING = (
    "The digest is for marketing. What you say is read there: `/asset-feedback mine` shows what became of it."
)

SHOWN = 2  # assets of each kind; the others are in the details
WORDS = 280  # characters of a quote
WAITED = 110  # characters of what somebody who waits said
EXPIRING = 3
CHECKED = 3
PULSES = 2


def digest_message(digest: Digest, *, with_button: bool, about: str = "", here: bool = False) -> dict[str, Any]:
    """The digest; details stand in its thread, behind a button that carries `about`, or (`here`) just below it."""
    title = _title(digest)
    blocks = [
        {"type": "header", "text": kit.plain(title, kit.HEADER)},
        *_needs(digest),
        kit.section(changed(digest)),
        *finding_blocks(digest),
        *[kit.section(split_line(one)) for one in digest.splits[:SHOWN]],
        *_pulses(digest),
        *_quotes(digest),
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
    more = [found for kind in HEADS for found in [one for one in digest.findings if one.kind == kind][SHOWN:]]
    return bool(
        more
        or digest.checked[CHECKED:]
        or digest.pulses[PULSES:]
        or digest.own
        or digest.waiting
        or digest.splits[SHOWN:]
        or digest.searches[SHOWN:]
        or digest.expiring[EXPIRING:]
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
    if more > 0:
        blocks.append(kit.context(f"{count(more, 'more person waits', 'more people wait')} for an answer from you."))
    return blocks


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
    lines = [
        f"*Against {than}*",
        f"• {_versus(this.said, before.said, 'piece of feedback', 'pieces of feedback')}",
        f"• {_versus(this.people, before.people, 'person spoke', 'people spoke')}",
        f"• {_versus(this.uses, before.uses, 'use with a customer', 'uses with customers')}",
    ]
    if this.asked:
        lines.append(
            f"• *{this.answered:,} of {this.asked:,}* low ratings and questions answered{_share_before(digest)}"
        )
    return "\n".join(lines + [mover_line(one) for one in digest.movers[:SHOWN]])


def _versus(now: int, before: int, one: str, many: str) -> str:
    if now == before:
        return f"{count(now, one, many)}, as many as before"
    return f"*{now:,}* {one if now == 1 else many} ({before:,})"


def _share_before(digest: Digest) -> str:
    before = digest.before
    return f" ({before.answered:,} of {before.asked:,})" if before.asked else ""


def finding_blocks(digest: Digest) -> list[dict[str, Any]]:
    """What is said of assets, the most review days first."""
    blocks = []
    for kind, head in HEADS.items():
        blocks += _checked(digest) if kind == "unused" else []
        found = [one for one in digest.findings if one.kind == kind]
        searches = digest.searches if kind == "not_found" else []
        if not found and not searches:
            continue
        lines = [head, *(f"• {finding_line(one)}" for one in found[:SHOWN])]
        lines += [f"• {search_line(one, digest.today)}" for one in searches[:SHOWN]]
        if more := len(found[SHOWN:]) + len(searches[SHOWN:]):
            lines.append(f"…and {more} more")
        blocks.append(kit.section("\n".join(lines)))
    if blocks:
        quarter = "13 weeks" if digest.period.days <= 91 else "this time"
        blocks.insert(0, kit.context(f"Assets, by what was said in {quarter}, the most review days first"))
    return blocks


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


def _pulses(digest: Digest) -> list[dict[str, Any]]:
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
    return (
        f"↔️ *Two regions disagree*\n{named(one.subject)}: {region_name(high.region)} rates it {high.mean:.1f} "
        f"({high.ratings:,} ratings, helped {high.helped:,}, hurt {high.hurt:,}), {region_name(low.region)} "
        f"{low.mean:.1f} ({low.ratings:,} ratings, helped {low.helped:,}, hurt {low.hurt:,}). "
        f"The mean of {mean:.1f} hides both."
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


def ending_blocks(digest: Digest) -> list[dict[str, Any]]:
    """Loops that were closed, threads that were sent, and what expires."""
    lines, this = [], digest.this
    if this.replies:
        own = {0: "", this.replies: ", all from you"}.get(this.own_replies, f", {this.own_replies:,} of them yours")
        lines.append(f"✅ *Loops closed*: {count(this.replies, 'answer', 'answers')} went back to the field{own}.")
    if digest.threads:
        lines.append(f"📝 *{count(digest.threads_total, 'thread', 'threads')} sent to marketing*")
        lines += [f"• {thread_line(one)}" for one in digest.threads]
        if digest.threads_total > len(digest.threads):
            lines.append(f"…and {digest.threads_total - len(digest.threads)} more")
    if digest.expiring:
        lines.append("📅 *Expiring*")
        lines += [f"• {expiring_line(one.subject, one.tally, digest.today)}" for one in digest.expiring[:EXPIRING]]
        if len(digest.expiring) > EXPIRING:
            lines.append(f"…and {len(digest.expiring) - EXPIRING} more")
    return [kit.section("\n".join(lines))] if lines else []


def coverage(digest: Digest, *, with_button: bool) -> str:
    """What was counted and what is not shown, as mrkdwn."""
    said = digest.this.said
    parts = [f"{said:,} of {count(said, 'piece', 'pieces')} of feedback counted"] if said else []
    if digest.hidden:
        parts.append(f"{count(digest.hidden, 'group', 'groups')} of fewer than 5 people hidden")
    if digest.this.held:
        parts.append(f"the words of {digest.this.held:,} held back for compliance")
    if not with_button and has_details(digest):
        parts.append("details in the thread")
    return " · ".join(parts) or "Nothing was held back or hidden"
