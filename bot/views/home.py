"""The App Home: what needs you, what became of what you said, and what your roles need to know, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.domain.feedback_told import Told
from bot.domain.home import AssetUse, Became, Duties, Ground, GroupNumbers, Owed
from bot.domain.pulse_finding import OwnPulse, PulseWaiting
from bot.domain.text import clip, count, inert
from bot.views import home_admin, home_assets, home_duties, home_own, kit, pulse_home
from bot.views.asset import LIBRARY
from bot.views.feedback import GIVE

OPENED = "app_home_opened"

MOST_BLOCKS = 100  # of a Home; Slack's limit
SHOWN_CHANNELS = 30
# By role: what the reader is greeted with, and what is for them to do. The first of their roles decides.
GREETINGS = {
    "marketer": (
        "here is what the field says",
        "`/digest` shows what people said about your assets, and who waits for your answer. The library is where you "
        "add, release and retire.",
    ),
    "executive": (
        "here is what the ground sees",
        "Use, review days and open loops, counted from what the field says. `/pulse` asks anybody now.",
    ),
    "compliance": (
        "here is what is out of date",
        "What has expired, what is still used though it is replaced, and how many words are on hold.",
    ),
    "manager": (
        "how is your team doing?",
        "`/pulse` asks your people now, `/check-in` again and again, in their hours.",
    ),
    "admin": (
        "here is how Groundswell is doing",
        "People, roles and settings are in your hands; nothing needs babysitting.",
    ),
    "rep": (
        "what was it worth?",
        "Tell marketing in ten seconds what an asset did for you, or find the right, approved one.",
    ),
}
ONLY_READS = (
    "I only read reactions on messages about assets here, and a thread that somebody sends to marketing with :memo:; "
    "nothing else."
)


@dataclass(frozen=True)
class HomePage:
    """What one person's Home shows. What is None is for other roles; of private channels only their number is told.

    `told` are the newest of the person's `told_total` pieces of feedback.
    """

    name: str
    tz: str
    today: date
    roles: frozenset[str] = frozenset({"rep"})
    told: Sequence[Told] = ()
    told_total: int = 0
    became: Sequence[Became] = ()
    questions: home_own.Questions = field(default_factory=home_own.Questions)
    waiting: Sequence[PulseWaiting] = ()  # open pulses that ask the person
    pulses: Sequence[OwnPulse] | None = None  # the person's own
    owed: Sequence[Owed] = ()
    owed_total: int = 0
    assets: Sequence[AssetUse] | None = None  # the person's own, those shown
    assets_total: int = 0
    digest: Sequence[dict[str, Any]] = ()  # blocks: when the next one comes
    group: GroupNumbers | None = None
    ground: Ground | None = None
    duties: Duties | None = None
    admin: home_admin.Admin | None = None
    channels: Sequence[str] | None = None
    private_channels: int = 0


def home_view(page: HomePage) -> dict[str, Any]:
    """The Home of one person: what waits for them first, then their roles' parts, their own, and the app's own."""
    blocks = [
        *_head(page),
        *(home_admin.set_up_blocks(page.admin) if page.admin and not page.admin.is_set_up else []),
        *pulse_home.home_blocks(page.waiting, None, page.tz),
        *home_assets.owed_blocks(page.owed, page.owed_total, page.tz),
        *home_own.became_blocks(page.became, page.tz),
        *(home_assets.own_blocks(page.assets, page.assets_total, page.today) if page.assets is not None else []),
        *([{"type": "divider"}, *page.digest] if page.digest else []),
        *(home_duties.group_blocks(page.group) if page.group else []),
        *(home_assets.ground_blocks(page.ground, page.today) if page.ground else []),
        *pulse_home.home_blocks((), page.pulses, page.tz),
        *(home_duties.duty_blocks(page.duties, page.today) if page.duties else []),
        *(
            []
            if page.assets is not None and not page.told
            else home_own.feedback_blocks(page.told, page.told_total, page.tz)
        ),
        *home_own.question_blocks(page.questions, page.tz),
        *(home_admin.admin_blocks(page.admin) if page.admin else []),
        *_channels(page),
    ]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def _head(page: HomePage) -> list[dict[str, Any]]:
    first_name = clip(page.name, 80).split(" ")[0]
    hello = f"Hello {first_name}" if first_name else "Hello"
    role = next((one for one in GREETINGS if one in page.roles), "rep")
    ask, for_them = GREETINGS[role]
    buttons = [kit.button("Give feedback", GIVE, style="primary"), kit.button("Open the library", LIBRARY)]
    return [
        {"type": "header", "text": kit.plain(f"{hello}, {ask}", kit.HEADER)},
        kit.section(for_them),
        {"type": "actions", "block_id": "first", "elements": buttons},
    ]


def _channels(page: HomePage) -> list[dict[str, Any]]:
    if page.channels is None:
        return []
    names = ", ".join(f"#{inert(clip(name, 80))}" for name in page.channels[:SHOWN_CHANNELS])
    if len(page.channels) > SHOWN_CHANNELS:
        names += f" and {len(page.channels) - SHOWN_CHANNELS} more"
    if page.private_channels:
        private = count(page.private_channels, "private channel", "private channels")
        names = f"{names} and {private}" if names else private
    where = f"{names}\n{ONLY_READS}" if names else "In no channel yet. Invite me where people talk about assets."
    return [{"type": "divider"}, kit.section(f"*Where I listen*\n{where}")]
