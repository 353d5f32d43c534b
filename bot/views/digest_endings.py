"""The end of a digest: loops that were closed and whether they hit, threads, what expires, and what was read."""

from typing import Any

from bot.domain.digest import Digest
from bot.domain.text import count
from bot.views import kit
from bot.views.digest_lines import expiring_line, outcome_line, version_line
from bot.views.thread_summary import thread_line

EXPIRING, LOOPS = 3, 2


def ending_blocks(digest: Digest) -> list[dict[str, Any]]:
    """What stands last before the coverage; nothing where there is nothing."""
    lines = _loops(digest)
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


def has_more(digest: Digest) -> bool:
    """Whether there is more than the screen shows."""
    hits = [one for one in digest.new_versions if one.verdict != "hit"]
    return bool(digest.expiring[EXPIRING:] or digest.outcomes[LOOPS:] or hits or digest.new_versions[LOOPS:])


def coverage_line(digest: Digest, *, with_button: bool, has_details: bool) -> str:
    """What was read, hidden, dropped and held back."""
    read, total, held = digest.read, digest.total, digest.this.held
    parts = [
        f"{read:,} of {count(total, 'item', 'items')} read" if total and read == total else "",
        f"all {total:,} items counted, {read:,} of them read for what repeats" if read < total else "",
        f"{count(digest.hidden, 'group', 'groups')} of fewer than 5 people hidden" if digest.hidden else "",
        f"{count(digest.dropped, 'claim', 'claims')} dropped" if digest.dropped else "",
        f"the words of {held:,} held back for compliance" if held else "",
        "details in the thread" if not with_button and has_details else "",
    ]
    return " · ".join(filter(None, parts)) or "Nothing was held back or hidden"


def _loops(digest: Digest) -> list[str]:
    lines, this = [], digest.this
    if this.replies:
        own = {0: "", this.replies: ", all from you"}.get(this.own_replies, f", {this.own_replies:,} of them yours")
        lines.append(f"• {count(this.replies, 'answer', 'answers')} went back to the field{own}")
    lines += [f"• {outcome_line(one)}" for one in digest.outcomes[:LOOPS]]
    lines += [f"• {version_line(one)}" for one in digest.new_versions[:LOOPS] if one.verdict == "hit"]
    return ["✅ *Loops closed*", *lines] if lines else []
