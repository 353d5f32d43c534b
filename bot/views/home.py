"""The App Home: what you said and what became of it, where the app listens, and what your role needs to know."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.pulse_finding import OwnPulse, PulseWaiting
from bot.domain.text import clip, count, inert
from bot.views import ask as ask_views
from bot.views import kit, pulse_home
from bot.views import people as people_views

OPENED = "app_home_opened"
GIVE_FEEDBACK = "feedback.give"
OPEN_LIBRARY = "asset.library"

SHOWN_CHANNELS = 30
FOR_REPS = "Tell marketing in ten seconds what an asset did for you, or find the right, approved one."
FOR_MARKETERS = (
    "`/digest` shows what people said about your assets, and who waits for your answer. The library is where you add, "
    "release and retire."
)
ONLY_READS = (
    "I only read reactions on messages about assets here, and a thread that somebody sends to marketing with :memo:; "
    "nothing else."
)


@dataclass(frozen=True)
class FeedbackLine:
    """One thing that the person said: about which asset, in short what, when, and what became of it."""

    title: str
    told: str
    status: str
    at: datetime


@dataclass(frozen=True)
class SetUpStep:
    """One step of setting up: whether it is done, and what it is, as mrkdwn."""

    is_done: bool
    told: str


@dataclass(frozen=True)
class HomePage:
    """What one person's Home shows. What is None is left out; of private channels only their number is told."""

    name: str
    tz: str
    is_marketer: bool = False
    feedback: list[FeedbackLine] = field(default_factory=list)
    channels: list[str] | None = None
    private_channels: int = 0
    asked: int = 0  # this week, by everybody together
    ask_budget: int = 0
    stops: list[ask_views.Stopped] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)  # the latest verdicts about the person's own assets, mrkdwn
    waiting: list[PulseWaiting] = field(default_factory=list)  # open pulses that ask the person
    pulses: list[OwnPulse] | None = None  # the person's own
    digest: list[dict[str, Any]] = field(default_factory=list)  # blocks: when the next one comes
    set_up: list[SetUpStep] | None = None


def home_view(page: HomePage) -> dict[str, Any]:
    """The Home of one person."""
    first_name = clip(page.name, 80).split(" ")[0]
    hello = f"Hello {first_name}" if first_name else "Hello"
    ask = "here is what the field says" if page.is_marketer else "what was it worth?"
    blocks = [
        {"type": "header", "text": kit.plain(f"{hello}, {ask}", kit.HEADER)},
        kit.section(FOR_MARKETERS if page.is_marketer else FOR_REPS),
        {
            "type": "actions",
            "elements": [
                kit.button("Give feedback", GIVE_FEEDBACK, style="primary"),
                kit.button("Open the library", OPEN_LIBRARY),
            ],
        },
        *_set_up(page),
        *pulse_home.home_blocks(page.waiting, page.pulses, page.tz),
        *_digest(page),
        *_checks(page),
        *([] if page.is_marketer and not page.feedback else _feedback(page)),
        *ask_views.home_blocks(asked=page.asked, budget=page.ask_budget, stops=page.stops),
        *_channels(page),
    ]
    return {"type": "home", "blocks": blocks}


def set_up_steps(
    *, marketers: int, admins: int, assets: int, channels: int | None, official_form_url: str
) -> list[SetUpStep]:
    """What there is to set up, in the order in which it is best done; `channels` is None where nobody may ask."""
    steps = [
        SetUpStep(admins > 1, f"{count(admins, 'admin', 'admins')}; a second one helps when the first is away"),
        SetUpStep(
            marketers > 0,
            f"{count(marketers, 'person gets', 'people get')} the weekly digest"
            if marketers
            else "Nobody gets the digest yet: nobody has the role of marketer",
        ),
        SetUpStep(
            assets > 0,
            f"{count(assets, 'asset', 'assets')} in the library"
            if assets
            else "The library is empty: a marketer fills it with `/asset import`",
        ),
        SetUpStep(
            bool(official_form_url),
            "People who write about a complaint or an injury are led to your official form"
            if official_form_url
            else "The link to your official form for complaints is missing (OFFICIAL_FORM_URL)",
        ),
    ]
    if channels is not None:
        listens = f"I listen in {count(channels, 'channel', 'channels')}"
        alone = "I am in no channel yet: invite me where people talk about assets"
        steps.append(SetUpStep(channels > 0, listens if channels else alone))
    return steps


def _set_up(page: HomePage) -> list[dict[str, Any]]:
    if page.set_up is None:
        return []
    lines = [f"{'✅' if step.is_done else '⬜'} {step.told}" for step in page.set_up]
    button = kit.button("Set roles", people_views.OPEN)
    return [{"type": "divider"}, kit.section("*Set-up*\n" + "\n".join(lines), accessory=button)]


def _digest(page: HomePage) -> list[dict[str, Any]]:
    return [{"type": "divider"}, *page.digest] if page.digest else []


def _checks(page: HomePage) -> list[dict[str, Any]]:
    if not page.checks:
        return []
    return [{"type": "divider"}, kit.section("\n".join(["*Your assets: in use, or filed away?*", *page.checks]))]


def _feedback(page: HomePage) -> list[dict[str, Any]]:
    title: list[dict[str, Any]] = [{"type": "divider"}, kit.section("*Your feedback*")]
    if not page.feedback:
        return [*title, kit.context("Nothing yet. Your first words about an asset will stand here.")]
    blocks = title
    for line in page.feedback:
        what = f"*{inert(clip(line.title or 'No asset in particular', 200))}*"
        told = f"\n{inert(clip(line.told, 300))}" if line.told else ""
        blocks += [kit.section(what + told), kit.context(f"{line.status} · {kit.day(line.at, page.tz)}")]
    return [*blocks, kit.context("`/asset-feedback mine` shows all of it, to edit or take back.")]


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
