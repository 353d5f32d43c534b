"""The expiry ladder on the screen: the owner's message with the evidence of use, what became of it, and the renewal."""

from datetime import date
from typing import Any

from bot.domain.asset import RETIRED, SUPERSEDED, Card, state_on
from bot.domain.asset_expiry import Evidence, speaks_for
from bot.domain.filed_away import CheckFinding
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.asset import SHOW
from bot.views.asset_card import asset_name, no_longer, retire_button, show_button
from bot.views.filed_away_owner import result_line

RENEW = "expiry.renew"  # the button (value: version:last day) and the form
REVISE = "expiry.revise"  # value: version

FEWEST = 5  # people who used it before it is told how many they are and where
WHY = "I ask 90, 60 and 30 days before the last day of an asset that you own, and on that day itself."


def ladder_message(
    card: Card, evidence: Evidence, today: date, *, draft: Card | None = None, check: CheckFinding | None = None
) -> dict[str, Any]:
    """What the owner reads: when it expires, what the field made of it, and what can be done.

    `draft` is the next version, where there is one, and `check` what its latest filed-away check has found.
    """
    head = expiry_sentence(card, today)
    blocks = [kit.section(f"📅 {head}"), kit.section(_evidence(card, evidence, check))]
    if draft is not None:
        told = (
            f"{inert(clip(draft.version, 40))} is in the library as a draft. Once it is out, it takes this one's place."
        )
        blocks.append(kit.section(told))
    blocks.append({"type": "actions", "block_id": f"expiry:{card.version_id}", "elements": _buttons(card, draft)})
    blocks.append(kit.context(WHY))
    return {"text": head, "blocks": blocks}


def settled_message(card: Card, last_day: date, today: date, *, current: Card | None) -> dict[str, Any] | None:
    """What such a message says once the question is answered; None as long as it is open.

    `last_day` is the one that the message was about, `current` the version that took its place, if one did.
    """
    told = what_is_true(card, last_day, today, current=current)
    if not told:
        return None
    shown = current if current is not None and state_on(card, today) == SUPERSEDED else card
    show = kit.button("Show", SHOW, str(card.version_id)) if shown is card else show_button(shown)
    return {"text": told, "blocks": [kit.section(f"✅ {told}"), {"type": "actions", "elements": [show]}]}


def what_is_true(card: Card, last_day: date | None, today: date, *, current: Card | None) -> str:
    """What has become of a version since its owner was asked about `last_day`, as mrkdwn; "" if nothing has."""
    if state_on(card, today) in (RETIRED, SUPERSEDED):
        return no_longer(card, current, today)
    if card.expires_on == last_day:
        return ""
    if card.expires_on is None:
        return f"{asset_name(card)} has no last day any more."
    if last_day is None or card.expires_on > last_day:
        return f"{asset_name(card)} has been renewed: it may be used until {kit.day(card.expires_on)}."
    return f"The last day of {asset_name(card)} is {kit.day(card.expires_on)} now."


def expiry_sentence(card: Card, today: date) -> str:
    """When a version expires, or that it has, as mrkdwn."""
    if card.expires_on is None:
        return f"{asset_name(card)} has no last day."
    left, day = (card.expires_on - today).days, kit.day(card.expires_on)
    if left < 0:
        return f"{asset_name(card)} expired on {day}. Nobody is offered it any more, and nothing has taken its place."
    if left == 0:
        return f"{asset_name(card)} expires today: nobody is offered it after tonight."
    when = "tomorrow" if left == 1 else f"in {left:,} days"
    return f"{asset_name(card)} expires {when}, on {day}."


def evidence_line(evidence: Evidence) -> str:
    """The same evidence in one line, for a list, as mrkdwn."""
    parts = [_uses(evidence), *_worth(evidence)]
    return " · ".join(filter(None, parts))


def renew_modal(
    card: Card, evidence: Evidence, today: date, *, chosen: date | None = None, notice: str = ""
) -> dict[str, Any]:
    """The form with the new last day; `notice` (mrkdwn) says what somebody else has changed in the meantime."""
    picker: dict[str, Any] = {"type": "datepicker", "action_id": "day"}
    picker |= {"initial_date": chosen.isoformat()} if chosen else {}
    field = {
        "type": "input",
        "block_id": "expires_on",
        "label": kit.plain("The new last day"),
        "hint": kit.plain("The last day on which it may be used, as your review has approved it.", 2000),
        "element": picker,
    }
    view = {
        "type": "modal",
        "callback_id": RENEW,
        "title": kit.plain("Renew an asset", kit.TITLE),
        "submit": kit.plain("Renew", kit.TITLE),
        "close": kit.plain("Cancel", kit.TITLE),
        "blocks": [
            *([kit.section(notice)] if notice else []),
            kit.section(expiry_sentence(card, today)),
            field,
            kit.context(f"In 13 weeks: {evidence_line(evidence)}"),
        ],
    }
    last_day = card.expires_on.isoformat() if card.expires_on else ""
    return kit.with_memo(view, version_id=card.version_id, last_day=last_day)


def renewed_modal(card: Card) -> dict[str, Any]:
    """Says that it is renewed."""
    day = kit.day(card.expires_on) if card.expires_on else "whenever you like"
    told = f"{asset_name(card)} may be used until {day}. Its announcements say so, and it is in the library."
    return kit.notice_modal(told, "Renewed")


def not_renewed_modal(told: str) -> dict[str, Any]:
    """Says why it was not; `told` is mrkdwn."""
    return kit.notice_modal(f"{told} Nothing was changed.", "Renew an asset")


def changed_meanwhile(card: Card) -> str:
    """Tells whoever renews that somebody else was quicker, as mrkdwn."""
    now = f"its last day is {kit.day(card.expires_on)} now" if card.expires_on else "it has no last day any more"
    return f"Somebody has changed that in the meantime: {now}. Your day is kept below; renew once more to set it."


def nobody_message(card: Card, today: date) -> dict[str, Any]:
    """Tells the admins that nobody can be asked about a version that expires."""
    name = inert(clip(card.owner_name, 80)) or "its owner"
    told = (
        f"📅 {expiry_sentence(card, today)} I could ask nobody what should become of it: {name} has left, or is no "
        "marketer any more. A marketer can give it a new owner, who will then be asked: "
        f"`/asset edit {_typed(card.reference)}`"
    )
    return kit.note(told)


def _buttons(card: Card, draft: Card | None) -> list[dict[str, Any]]:
    value = str(card.version_id)
    revise = f"Open {clip(draft.version, 40)}" if draft else "Revise"
    return [
        kit.button("Renew", RENEW, f"{value}:{card.expires_on}", style="primary"),
        kit.button(revise, REVISE, value),
        retire_button(card),
    ]


def _evidence(card: Card, evidence: Evidence, check: CheckFinding | None) -> str:
    lines = ["*What the field made of it, in 13 weeks*", f"• {_uses(evidence)}"]
    lines += [f"• {part}" for part in _worth(evidence)]
    if check is not None:
        lines.append(f"• Asked of a sample: {result_line(check)}")
    if card.review_days:
        lines.append(f"• {_at_stake(card.review_days, speaks_for(evidence))}")
    return "\n".join(lines)


def _uses(evidence: Evidence) -> str:
    if not evidence.uses:
        spoke = f"; {count(evidence.people, 'person has', 'people have')} spoken of it" if evidence.people else ""
        return f"Nobody has said that they used it with a customer{spoke}"
    where = f" in {count(evidence.regions, 'region', 'regions')}" if evidence.regions else ""
    who = f", by {evidence.users:,} people{where}" if evidence.users >= FEWEST else ""
    return f"Used with a customer {_times(evidence.uses)}{who}"


def _worth(evidence: Evidence) -> list[str]:
    parts = []
    outcomes = {"helped": evidence.helped, "hurt": evidence.hurt}
    if told := ", ".join(f"{outcome} {_times(times)}" for outcome, times in outcomes.items() if times):
        parts.append(told.capitalize())
    if evidence.mean is not None:
        parts.append(f"Rated {evidence.mean:.1f} of 5 ({count(evidence.ratings, 'rating', 'ratings')})")
    return parts


def _at_stake(days: int, speaks: str) -> str:
    """What its review cost, and what a decision would cost or save."""
    spent = f"Its review took {count(days, 'day', 'days')}"
    return {
        "renew": f"{spent}. Renewed, that work stays in use; a new version would have to go through it again.",
        "revise": f"{spent}. Renewed as it is, it keeps its faults; a new version may cost about as many again.",
        "retire": f"{spent}. Nobody seems to miss it: retired, it saves the next one.",
    }.get(speaks, f"{spent}. A new version may cost about as many again.")


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _typed(reference: str) -> str:
    """A reference inside a code span."""
    return inert(clip(reference, 80)).replace("`", "")
