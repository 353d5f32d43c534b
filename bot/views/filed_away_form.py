"""Whom an asset is for: the fields in the release form, the form to change them, and when the checks come."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.domain.asset import Card
from bot.domain.audience import Audience
from bot.domain.filed_away import Plan
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.asset_card import asset_name
from bot.views.filed_away_owner import AUDIENCE

REGIONS, MEMBERS, CHANNELS = "regions", "members", "channels"  # block ids
MOST_REGIONS = 100  # Slack's limit of options
ONLY_MEMBERS = "members"
NO_CHANNEL = "Choose the channels above, or untick this."
NOBODY = "Nobody fits that today. Choose more regions, or none for all reps."
OVER = "Both checks of this asset have begun or are over, so there is nobody left to choose."


def audience_blocks(plan: Plan) -> list[dict[str, Any]]:
    """The fields of the release form that say whom the asset is for; none if no check lies ahead."""
    if not plan.days:
        return []
    option = {"text": kit.plain("Only those who are in the channels above"), "value": ONLY_MEMBERS}
    chosen = {"initial_options": [option]} if plan.audience.channel_ids else {}
    boxes = {"type": "checkboxes", "action_id": "choice", "options": [option]} | chosen
    hint = f"On {_days(plan.days)} I ask some of them, drawn by lot, whether it is used or filed away."
    return [
        *_regions(plan, "Who is it for?", hint),
        {"type": "input", "block_id": MEMBERS, "label": kit.plain("Who of them?"), "element": boxes, "optional": True}
        | ({} if plan.regions else {"hint": kit.plain(hint, 2000)}),
    ]


def audience_modal(card: Card, plan: Plan) -> dict[str, Any]:
    """The form to change who is asked, as long as a check lies ahead."""
    channels: dict[str, Any] = {
        "type": "multi_conversations_select",
        "action_id": "choice",
        "placeholder": kit.plain("All of them", kit.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "max_selected_items": 20,
    }
    if plan.audience.channel_ids:
        channels["initial_conversations"] = list(plan.audience.channel_ids)
    view = {
        "type": "modal",
        "callback_id": AUDIENCE,
        "title": kit.plain("Who is it for?", kit.TITLE),
        "submit": kit.plain("Save", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            kit.section(f"{asset_name(card)}\nOn {_days(plan.days)} I ask some of those it is for, drawn by lot."),
            *_regions(plan, "Reps in these regions", ""),
            {
                "type": "input", "block_id": CHANNELS, "label": kit.plain("Only members of these channels"),
                "element": channels, "optional": True, "hint": kit.plain(_HINT, 2000),
            },
        ],
    }  # fmt: skip
    return kit.with_memo(view, version_id=card.version_id)


def audience_in(form: Mapping[str, Any], known: Iterable[str], channel_ids: Iterable[str]) -> Audience:
    """What a form says of whom an asset is for; a region that nobody is in is passed over."""
    there = set(known)
    chosen = form.get(REGIONS) or []
    regions = tuple(dict.fromkeys(one for one in chosen if one in there))
    return Audience(regions=regions, channel_ids=tuple(dict.fromkeys(channel_ids)))


def plan_line(days: Iterable[date], audience: Audience, people: int | None = None) -> str:
    """When who is asked, as mrkdwn; `people` fit today, None if nobody has looked."""
    who = inert(clip(audience.in_words(), 300))
    today = "" if people is None else f", {count(people, 'person', 'people')} today"
    return (
        f"It is for {who}{today}. On {_days(days)} I ask some of them, drawn by lot, whether it is used or filed away."
    )


def plan_blocks(version_id: int, line: str) -> list[dict[str, Any]]:
    """What is planned (`line` is a `plan_line`), with the way to change it."""
    change = kit.button("Change who is asked", AUDIENCE, str(version_id))
    return [kit.section(line), {"type": "actions", "block_id": f"audience:{version_id}", "elements": [change]}]


def changed_receipt(card: Card, line: str) -> dict[str, Any]:
    """Tells what is planned now; `line` is a `plan_line`."""
    text = f"{asset_name(card)}: that is saved. {line}"
    return {"text": text, "blocks": plan_blocks(card.version_id, text)}


_HINT = "If I am not in a channel, type /invite @Groundswell there first: I only see who is in it."


def _regions(plan: Plan, label: str, hint: str) -> list[dict[str, Any]]:
    if not plan.regions:
        return []
    there = [one for one in plan.audience.regions if one in plan.regions]
    offered = list(dict.fromkeys([*there, *plan.regions]))[:MOST_REGIONS]
    options = [{"text": kit.plain(one), "value": one} for one in offered]
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": "choice",
        "placeholder": kit.plain("All reps everywhere", kit.PLACEHOLDER),
        "options": options,
    }
    if chosen := [one for one in options if one["value"] in there]:
        element["initial_options"] = chosen
    block = {"type": "input", "block_id": REGIONS, "label": kit.plain(label), "element": element}
    return [block | {"optional": True} | ({"hint": kit.plain(hint, 2000)} if hint else {})]


def _days(days: Iterable[date]) -> str:
    return " and ".join(kit.day(one) for one in days)
