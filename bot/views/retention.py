"""Retention on the screen: what the admins read when words were deleted because they had become too old."""

from collections.abc import Mapping
from typing import Any

from bot.domain.retention import told_words
from bot.views import kit

KEPT = "Ratings, votes and counts are kept. What stands in Slack's own messages is ruled by Slack's retention."
WIPED = "The space that they took in the database was overwritten."
NOT_WIPED = "The space that they took in the database is overwritten on the night to Monday."


def report(counts: Mapping[str, int], *, is_wiped: bool) -> dict[str, Any]:
    """The admins' message: how much was deleted of what, and what was kept."""
    lines = "\n".join(f"• {told}" for told in told_words(counts))
    head = "Words that had become too old were deleted last night:"
    blocks = [kit.section(f"{head}\n{lines}"), kit.context(f"{WIPED if is_wiped else NOT_WIPED} {KEPT}")]
    blocks.append(kit.context("How long words are kept: `/groundswell settings`."))
    return {"text": head, "blocks": blocks}
