"""A manager's group and compliance's duties on the Home."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain.home import FEWEST, LATE, AssetUse, Duties, GroupNumbers, OldUse
from bot.domain.own_group import UNKNOWN
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.asset import SHOW
from bot.views.home_assets import NAME, evidence, last_day, named, review_words

SHOWN_OLD = 5
LOST = "Slack no longer shows me this user group, so these are the people I knew last. An admin can choose another one."
UNREAD = "I am just reading who is in it."
HELD = {
    "complaint": "complaint",
    "adverse_event": "injury or adverse event",
    "patient_identifier": "patient, named or nearly",
    "off_label": "off-label use",
}


def group_blocks(group: GroupNumbers) -> list[dict[str, Any]]:
    """What the manager's people said in four weeks, in counts."""
    if not group.name:
        return [{"type": "divider"}, kit.section(f"*Your group*\n{UNKNOWN}")]
    who = f"{inert(clip(group.name, 150))}, {count(group.size, 'person', 'people')}"
    head = f"*Your group*: {who}"
    if group.is_unread:
        told = UNREAD
    elif group.size < FEWEST:
        told = f"A group of fewer than {FEWEST} is shown in no counts, so that nobody can be guessed."
    elif group.this.people < FEWEST:
        told = (
            f"Fewer than {FEWEST} of them have said something in four weeks, so no counts are shown. A question helps: "
            "`/check-in` or `/pulse`."
        )
    else:
        has_before = group.before.people >= FEWEST
        was = f" ({group.before.said:,} in the four weeks before)" if has_before else ""
        said = f"{count(group.this.said, 'piece', 'pieces')} of feedback in four weeks{was}"
        told = f"{group.this.people:,} of them gave {said}: {evidence(group.this)}."
    lost = [kit.context(f"⚠️ {LOST}")] if group.is_lost else []
    return [{"type": "divider"}, kit.section(f"{head}\n{told}"), *lost]


def duty_blocks(duties: Duties, today: date) -> list[dict[str, Any]]:
    """What has expired, what will, old versions that are still used, and how many words are on hold."""
    return [
        {"type": "divider"},
        *_ending("⛔ *Expired, and nothing has taken its place*", duties.expired, duties.expired_total, today),
        *_ending("📅 *Expires within 90 days*", duties.expiring, duties.expiring_total, today),
        *_nothing_ends(duties),
        kit.section(_old(duties.old)),
        kit.section(_held(duties.held)),
    ]


def _ending(head: str, shown: Sequence[AssetUse], total: int, today: date) -> list[dict[str, Any]]:
    if not total:
        return []
    blocks = [kit.section(f"{head}: {total:,}")]
    for one in shown:
        facts = " · ".join(filter(None, [last_day(one.expires_on, today), review_words(one.review_days)]))
        button = kit.button("Show", SHOW, str(one.version_id))
        blocks.append(kit.section(f"{named(one)}\n{facts}", accessory=button))
    return blocks + ([kit.context(f"…and {total - len(shown):,} more")] if total > len(shown) else [])


def _nothing_ends(duties: Duties) -> list[dict[str, Any]]:
    if duties.expired_total or duties.expiring_total:
        return []
    told = "✅ Nothing has expired, and nothing will within 90 days. Assets without a last day are not watched."
    return [kit.section(told)]


def _old(old: Sequence[OldUse]) -> str:
    head = f"*Old versions in use*, {LATE.days} days\n"
    if not old:
        return f"{head}None that anybody told of."
    told = [one for one in old if one.people >= FEWEST]
    lines = [f"• {_old_line(one)}" for one in told[:SHOWN_OLD]]
    if more := len(told) - len(lines):
        lines.append(f"…and {more:,} more")
    if few := len(old) - len(told):
        lines.append(f"• {count(few, 'version', 'versions')} by fewer than {FEWEST} people each")
    return head + "\n".join(lines)


def _old_line(one: OldUse) -> str:
    name = f"*{inert(clip(one.title, NAME))}* {inert(clip(one.version, 40))}"
    return f"{name}: {count(one.uses, 'use', 'uses')} by {one.people:,} people"


def _held(held: dict[str, int]) -> str:
    head = f"*Words on hold*, {LATE.days} days\n"
    if not held:
        return f"{head}None. What may be a complaint, an injury, a patient or an off-label use is held back by itself."
    whys: Counter[str] = Counter()
    for reasons, number in held.items():
        for why in reasons.split(","):
            whys[why] += number
    told = ", ".join(f"{number:,} {HELD.get(why, why.replace('_', ' '))}" for why, number in whys.most_common())
    texts = count(sum(held.values()), "text", "texts")
    return f"{head}{texts}: {told}. They are in no digest and no message; feedback is not a report."
