"""The welcome: what Groundswell is to this person, in one short message with the first thing to do."""

from typing import Any

from bot.access import Actor, may
from bot.domain.text import clip, inert
from bot.views import kit, people
from bot.views.asset import LIBRARY
from bot.views.feedback import GIVE

FIELD = (
    "I carry what the field sees at customers to marketing, and back what became of it. Ten seconds are enough: "
    "`/asset-feedback spine deck 4 surgeons loved it`, or 👍 👎 ✅ under an announcement."
)
BY_ROLE = {
    "admin": (
        "You are an admin. Three things make it run: bring your people in with `Set roles`, make somebody a marketer, "
        "and `/invite @Groundswell` to the channels where assets are talked about. My Home tab ticks off what is done."
    ),
    "marketer": (
        "You are a marketer. `/asset add` or `/asset import` fills the library, `/asset release` tells the field, and "
        "on Monday at 09:00 your time I bring you what the field made of it."
    ),
    "manager": "You are a manager. `/pulse` asks your own people something now, and tells them safely what came of it.",
    "executive": "You are an executive. My Home tab shows what the ground sees; `/pulse` asks anybody.",
    "compliance": "You are in compliance. My Home tab shows what has expired, is still used, or is on hold.",
}
MANNERS = (
    "I read nothing in channels but reactions on messages about assets, and threads that somebody sends to marketing. "
    "I ask you little, in your working hours. `/groundswell` says what else you can do, `/groundswell privacy` what is "
    "stored about you."
)


def welcome_message(actor: Actor) -> dict[str, Any]:
    """The welcome of one person, by their roles."""
    first_name = inert(clip(actor.name, 80).split(" ")[0]) if actor.name else ""
    hello = f"👋 Hello{' ' + first_name if first_name else ''}, I'm Groundswell."
    lines = [told for role, told in BY_ROLE.items() if role in actor.roles]
    buttons = [kit.button("Set roles", people.OPEN, style="primary")] if may(actor, "set_people") else []
    first = {} if buttons else {"style": "primary"}
    buttons += [kit.button("Give feedback", GIVE, **first), kit.button("Open the library", LIBRARY)]
    blocks = [
        kit.section(f"{hello} {FIELD}"),
        *([kit.section("\n".join(lines))] if lines else []),
        {"type": "actions", "block_id": "welcome", "elements": buttons},
        kit.context(MANNERS),
    ]
    return {"text": f"{hello} {FIELD}", "blocks": blocks}
