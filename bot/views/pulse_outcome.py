"""What was done with a pulse: the form that asks whoever asked, and the message to those who answered (P5)."""

from datetime import datetime
from typing import Any

from bot.domain.pulse_outcome import OUTCOME
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.pulse_list import SAY_OUTCOME

FORM = "pulse_outcome.form"
QUESTION = 200
SAID = "It is on its way to those who were asked, with your name. They will answer the next one more gladly."

TOLD_ALREADY = "They have been told already, so this was not posted. What you typed is still here."


def say_button(pulse_id: int, **more: Any) -> dict[str, Any]:
    """Opens the form, from anywhere."""
    return kit.button("Say what was done", SAY_OUTCOME, str(pulse_id), **more)


def outcome_modal(question: str, ended_at: datetime | None, tz: str, *, pulse_id: int, place: str) -> dict[str, Any]:
    """Asks what was done; `place` says in words where it will be posted."""
    ended = f", closed {kit.when(ended_at, tz, '{date_short_pretty}')}" if ended_at else ""
    told = (
        f"*{inert(clip(question, QUESTION))}*{ended}\nWhat you write is posted {place}, with your name. “Nothing, "
        "because …” is an answer, too: people forgive a no sooner than silence."
    )
    field = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": OUTCOME}
    view = {
        "type": "modal",
        "callback_id": FORM,
        "title": kit.plain("What was done", kit.TITLE),
        "submit": kit.plain("Post it", kit.TITLE),
        "close": kit.plain("Later", kit.TITLE),
        "blocks": [
            kit.section(told),
            {
                "type": "input",
                "block_id": "outcome",
                "label": kit.plain("What was done with the answers?", 2000),
                "element": field | {"focus_on_load": True},
            },
        ],
    }
    return kit.with_memo(view, pulse_id=pulse_id)


def told_modal(outcome: str, outcome_at: datetime | None, tz: str) -> dict[str, Any]:
    """Says that it has been told already."""
    when = f" on {kit.day(outcome_at, tz)}" if outcome_at else ""
    return kit.notice_modal(f"You told them{when}:\n{quote(outcome, OUTCOME)}", "What was done")


def outcome_message(asker: str, question: str, outcome: str) -> dict[str, Any]:
    """Tells those who were asked."""
    who = inert(clip(asker, 80)) or "A colleague"
    head = f"✅ *You were asked:* {inert(clip(question, QUESTION))}\n*{who}* says what was done with the answers:"
    return {
        "text": clip(f"What was done with a pulse from {who}: {inert(clip(outcome, 200))}", 400),
        "blocks": [kit.section(f"{head}\n{quote(outcome, OUTCOME)}")],
    }
