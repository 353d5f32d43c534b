"""Help: what `/groundswell` says that somebody can do, by their roles, and the doors that stand open to them."""

from bot.access import Actor, may
from bot.domain.text import clean, clip, inert

COMMAND = "/groundswell"

EVERYBODY = (
    "• `/asset-feedback spine deck 4 surgeons loved it` says what an asset was worth; alone it opens a short form.",
    "• `/asset-feedback mine` shows what you said and what became of it.",
    "• `/asset` opens the library: the right, approved version of everything.",
    "• Under an announcement: 👍 helpful, 👎 not helpful, ✅ used with a customer, ❓ could not find, ⌛ outdated.",
    "• 📝 under any message, or `Send to marketing` in its menu, sends its whole thread to marketing.",
    "• `/digest` tells what became of it all, for your role; `/digest settings` says when it comes.",
)


def help_text(actor: Actor, unknown: str = "") -> str:
    """What this person can do here, by their roles, as mrkdwn; `unknown` is what they typed and nobody knows."""
    parts = [
        ("*What you can do here*", EVERYBODY),
        ("*As a marketer*", _for_marketers(actor)),
        ("*For your people*", _for_askers(actor)),
        ("*Administration*", _for_admins(actor)),
        ("*Yours*", _own(actor)),
    ]
    told = "\n".join("\n".join([head, *lines]) for head, lines in parts if lines)
    return f"I don't know “{inert(clip(clean(unknown), 60))}”.\n\n{told}" if unknown else told


def _for_marketers(actor: Actor) -> list[str]:
    if not may(actor, "keep_assets"):
        return []
    return [
        "• `/asset add`, `/asset import`, `/asset release`, `/asset retire` keep the library.",
    ]


def _for_askers(actor: Actor) -> list[str]:
    lines = []
    if may(actor, "keep_check_ins"):
        who = "a group" if actor.roles & {"marketer", "admin"} else "your own group"
        lines.append(f"• `/check-in` asks {who} the same questions again and again, and shows the answers.")
    if may(actor, "start_pulses"):
        whom = "anybody" if "executive" in actor.roles else "your own team"
        lines.append(f'• `/pulse "Is the price sheet usable?" Yes | No` asks {whom} now; alone it opens your pulses.')
    return lines


def _for_admins(actor: Actor) -> list[str]:
    lines = []
    if may(actor, "set_people"):
        lines.append(f"• `{COMMAND} people` sets roles, departments, regions and managers' own groups.")
    if may(actor, "keep_settings"):
        lines.append(
            f"• `{COMMAND} settings`: how often people are asked, the official form, emoji, how long words are kept."
        )
    if may(actor, "export_all"):
        lines.append(f"• `{COMMAND} export` gives you all of it as CSV or XLSX.")
    if may(actor, "erase_people"):
        lines.append(f"• `{COMMAND} erase` deletes everything about a person, with a proof.")
    if may(actor, "read_trail"):
        lines.append(f"• `{COMMAND} audit` shows who changed what, and when.")
    return lines


def _own(actor: Actor) -> list[str]:
    lines = ["• Your Home, behind my name: your feedback, what became of it, what asks you, and when it may."]
    if may(actor, "export_own"):
        lines.append(f"• `{COMMAND} privacy` says what is stored about you, and sends it to you.")
    return lines
