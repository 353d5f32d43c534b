"""The admin's part of the Home: what is still to set up, the doors to people and settings, and whether all is well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.home import Health
from bot.domain.own_group import LostGroup, user_group_words
from bot.domain.people import ROLE_LABELS
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views import people as people_views

SETTINGS = "settings.open"
EXPORT = "export.open"
TRAIL = "audit.open"
SHOWN_LOST = 5
FEWEST_PEOPLE = 5  # from so many on there is somebody to ask


@dataclass(frozen=True)
class SetUpStep:
    """One step of setting up: whether it is done, and what it is, as mrkdwn."""

    is_done: bool
    told: str


@dataclass(frozen=True)
class Admin:
    """What an admin sees: the steps, how many people there are and hold which role, and the app's health."""

    steps: Sequence[SetUpStep]
    people: int
    roles: Mapping[str, int]
    health: Health
    real_now: datetime
    lost_groups: Sequence[LostGroup] = ()

    @property
    def is_set_up(self) -> bool:
        """Whether all steps are done."""
        return all(step.is_done for step in self.steps)


def set_up_steps(
    *,
    people: int,
    roles: Mapping[str, int],
    assets: int,
    announced: int,
    channels: int | None,
    official_form_url: str,
) -> list[SetUpStep]:
    """What there is to set up, in the order in which it is best done; `channels` is None where nobody may ask.

    `announced` counts the assets that were announced in a channel.
    """
    admins, marketers = roles.get("admin", 0), roles.get("marketer", 0)
    steps = [
        _step(
            people >= FEWEST_PEOPLE,
            f"{count(people, 'person', 'people')} known, with department and region",
            "Bring your people in: `Set roles`, then `Import CSV`",
        ),
        _step(
            marketers > 0,
            f"{count(marketers, 'person gets', 'people get')} the weekly digest",
            "Nobody gets the digest yet: give somebody the role of marketer",
        ),
        _step(
            assets > 0,
            f"{count(assets, 'asset', 'assets')} in the library",
            "The library is empty: a marketer fills it with `/asset import`",
        ),
    ]
    if channels is not None:
        listens = f"I listen in {count(channels, 'channel', 'channels')}"
        alone = "I am in no channel yet: `/invite @Groundswell` where people talk about assets"
        steps.append(_step(channels > 0, listens, alone))
    return [
        *steps,
        _step(
            announced > 0,
            f"{count(announced, 'asset', 'assets')} announced with buttons",
            "Nothing is announced yet: a marketer does it with `/asset release`, and the field can answer",
        ),
        _step(
            bool(official_form_url),
            "People who write about a complaint or an injury are led to your official form",
            "The link to your official form for complaints is missing: `Settings` takes it",
        ),
        SetUpStep(admins > 1, f"{count(admins, 'admin', 'admins')}; a second one helps when the first is away"),
    ]


def set_up_blocks(admin: Admin) -> list[dict[str, Any]]:
    """The checklist, while something of it is to be done."""
    done = sum(step.is_done for step in admin.steps)
    lines = [f"{'✅' if step.is_done else '⬜'} {step.told}" for step in admin.steps]
    told = f"*Set-up*, {done} of {len(admin.steps)} done\n" + "\n".join(lines)
    return [{"type": "divider"}, kit.section(told)]


def admin_blocks(admin: Admin) -> list[dict[str, Any]]:
    """People and roles, the doors, and the app's health."""
    roles = [f"{label} {admin.roles[role]:,}" for role, label in ROLE_LABELS.items() if admin.roles.get(role)]
    rest = " · ".join(roles) or "everybody is a rep"
    health = health_lines(admin.health, admin.real_now)
    doors = [
        kit.button("Set roles", people_views.OPEN),
        kit.button("Settings", SETTINGS),
        kit.button("Export", EXPORT),
        kit.button("Audit trail", TRAIL),
    ]
    return [
        {"type": "divider"},
        kit.section(f"*Administration*\n{count(admin.people, 'person', 'people')}: {rest}"),
        {"type": "actions", "block_id": "doors", "elements": doors},
        kit.context("\n".join([*map(_lost_line, admin.lost_groups[:SHOWN_LOST]), *health])),
    ]


def _lost_line(one: LostGroup) -> str:
    """A user group that is a manager's own group, and that Slack shows no more."""
    group, manager = inert(clip(user_group_words(one.name), 80)), inert(clip(one.manager, 80))
    stay = f"the {count(one.people, 'person', 'people')} I knew last stay" + ("s" if one.people == 1 else "")
    return f"🟡 Slack no longer shows me the {group}, {manager}'s own group: {stay}. `Set roles` changes it"


def health_lines(health: Health, real_now: datetime) -> list[str]:
    """Whether all is well, a line for each thing that is looked at, as mrkdwn."""
    if health.ticked_at is None:
        clock = "🔴 The clock has never ticked: nothing timed goes out"
    elif health.is_ticking(real_now):
        clock = "🟢 The clock ticks"
    else:
        minutes = int((real_now - health.ticked_at).total_seconds() // 60)
        clock = f"🔴 The clock has stood still for {count(minutes, 'minute', 'minutes')}: nothing timed goes out"
    failed = health.failed + health.uncertain
    if failed:
        parts = [f"{health.failed:,} could not be sent"] if health.failed else []
        parts += [f"of {health.uncertain:,} nobody knows whether they arrived"] if health.uncertain else []
        messages = f"🟡 Messages of the last week: {', '.join(parts)}"
    else:
        messages = "🟢 All messages of the last week arrived"
    messages += f", {health.waiting:,} wait" if health.waiting else ""
    jobs = f"🟡 {count(health.jobs_failed, 'job', 'jobs')} failed lately" if health.jobs_failed else "🟢 No job failed"
    if not health.model:
        model = "⚪ No language model: everything works without one"
    elif health.left_out:
        model = f"🟡 {inert(clip(health.model, 40))} was left out {count(health.left_out, 'time', 'times')} this week"
    else:
        model = f"🟢 {inert(clip(health.model, 40))} answers"
    return [clock, messages, jobs, model, "`python -m bot doctor` looks closer"]


def _step(is_done: bool, done: str, to_do: str) -> SetUpStep:
    return SetUpStep(is_done, done if is_done else to_do)
