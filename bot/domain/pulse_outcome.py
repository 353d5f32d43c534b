"""What was done with a pulse, as whoever asked tells it, and why somebody does not wait for that."""

import regex

from bot.domain.safety import screen

OUTCOME, REASON = 1000, 300  # characters
HELD = (
    "These words may describe a complaint, an injury, a patient or a use outside the approved ones, so I can't post "
    "them. Please word it differently."
)


def check_outcome(text: str) -> str:
    """What is wrong with an outcome that is to be posted, a sentence; empty if it will do."""
    if len(text) > OUTCOME:
        return f"That is {len(text):,} characters; {OUTCOME:,} fit. The short version is read more."
    if not _LETTER.search(text):
        return "Say in a few words what was done. “Nothing, because …” is an answer, too."
    return HELD if screen(text).held else ""


def check_reason(text: str) -> str:
    """What is wrong with the reason for not waiting, a sentence; empty if it will do."""
    if len(text) > REASON:
        return f"That is {len(text):,} characters; {REASON} fit."
    return "" if _LETTER.search(text) else "Say in a few words why it can't wait."


_LETTER = regex.compile(r"[\p{L}\p{N}]")
