"""Privacy on the screen: what is stored about the reader, who sees it, for how long, and how to get or end it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.erasure import told_counts
from bot.domain.text import clip, inert
from bot.views import kit

COMMAND = "/groundswell privacy"
OPEN = "privacy.open"
SEND = "privacy.send"

ON_ITS_WAY = "Your data is on its way to you, as an Excel workbook in a direct message. Nobody else sees it."
ASKED = "It is on its way: look into your direct messages with me."
WHO_SEES = (
    "*Who sees it*\n"
    "• What you say about an asset: its owner, with your name; others only as numbers or, in the digest, as a quote "
    "without it.\n"
    "• Answers to check-ins and pulses: whom the question itself named before you answered.\n"
    "• A thread that was sent to marketing: marketing, and whoever is in it.\n"
    "• What may be a complaint, an injury or a patient is on hold: nobody but compliance sees more than a number.\n"
    "• Admins can export the feedback with names; each export is written into the audit trail."
)
NOT_STORED = (
    "*What I don't store*\nMessages in channels, but for threads that somebody sends to marketing and messages that "
    "somebody sends in. Your answer in an anonymous pulse is kept without a way back to you: nobody can find it, not "
    "even for you."
)


@dataclass(frozen=True)
class PrivacyPage:
    """What the page tells: who the reader is for the app, how much is stored of what, how long, and who can help."""

    facts: tuple[str, ...]
    counts: Mapping[str, int]
    feedback_months: int | None
    thread_months: int | None
    pulse_months: int | None
    admins: tuple[str, ...]


def privacy_modal(page: PrivacyPage, notice: str = "") -> dict[str, Any]:
    """The page; `notice` says what has just happened."""
    counts = {kind: number for kind, number in page.counts.items() if kind not in ("profile", "role")}
    stored = [f"• {told}" for told in told_counts(counts)] or ["• Nothing yet."]
    who = " · ".join(inert(clip(fact, 100)) for fact in page.facts if fact)
    blocks = [
        *([kit.section(notice)] if notice else []),
        kit.section(f"*What is stored about you*\n{who}\n" + "\n".join(stored)),
        {"type": "actions", "elements": [kit.button("Send me my data", SEND, style="primary")]},
        kit.section(WHO_SEES),
        kit.section(f"*For how long*\n{_how_long(page)}"),
        kit.section(NOT_STORED),
        kit.section(f"*To have it all deleted*\n{_who_erases(page.admins)}"),
    ]
    return kit.notice_modal("", "Privacy") | {"blocks": blocks}


def _how_long(page: PrivacyPage) -> str:
    kinds = (
        ("Words of feedback and check-ins", page.feedback_months),
        ("Threads sent to marketing", page.thread_months),
        ("Words written in pulses", page.pulse_months),
    )
    lines = [f"• {what}: {f'{months} months' if months else 'until somebody deletes them'}" for what, months in kinds]
    lines.append("• What I wrote to anybody: 30 days here; in Slack as long as Slack keeps it.")
    return "\n".join(lines)


def _who_erases(admins: tuple[str, ...]) -> str:
    names = ", ".join(inert(clip(name, 80)) for name in admins[:10])
    asked = f"Ask an admin: {names}." if names else "Ask whoever runs Groundswell in your company."
    return (
        f"{asked} They see what would go, and it is gone within a minute, with a report. "
        "Single pieces you take back yourself: `/asset-feedback mine`."
    )
