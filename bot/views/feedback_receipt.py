"""What people hear about feedback: the writer's receipt, and what is said when it could not be recorded yet."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.domain.asset import Card
from bot.domain.feedback import LONGEST, OUTCOMES, REACTION_MEANINGS, SITUATIONS, USES
from bot.domain.feedback_told import Told
from bot.domain.safety import screen
from bot.domain.text import clip, inert, quote
from bot.views import kit
from bot.views.asset_card import asset_name, no_longer, show_button
from bot.views.feedback import (
    ANSWER,
    CHOOSE,
    EDIT,
    MOVE,
    OPEN_DRAFT,
    RESTORE,
    SEND_THREAD,
    UNDO,
    USED,
    USED_OLD,
    asset_buttons,
)

NOTHING_RECORDED = "Nothing is recorded yet, and your words are kept."

HELP = (
    "*Say what an asset was worth*\n"
    "• `/asset-feedback` opens a short form.\n"
    "• `/asset-feedback spine deck 4 surgeons loved it` records at once: the asset, a rating from 1 to 5, your words. "
    "The rating or the words may be left out.\n"
    "• `/asset-feedback mine` shows what you said and what became of it, to edit or take back."
)


def hold_sentence(form_url: str, *, is_recorded: bool = True) -> str:
    """What the writer of held words hears, as mrkdwn (P13); `form_url` is the company's own form."""
    where = f"report it here: <{form_url}|the official form>" if form_url else "use your company's official form"
    kept = (
        "so I have put them on hold: they are in no digest and no message."
        if is_recorded
        else "so whatever becomes of them here, they will be in no digest and no message."
    )
    return (
        f"Thanks. Your words may describe a complaint, an injury, a patient or a use outside the approved ones, {kept} "
        f"*Feedback is not a report.* If something happened, please {where}."
    )


def facts(told: Told) -> str:
    """The answers that were chosen, in one line of mrkdwn."""
    fields = told.fields
    chosen = [
        f"{fields.rating} of 5" if fields.rating else "",
        USES.get(fields.use or "", ""),
        SITUATIONS.get(fields.situation or "", ""),
        OUTCOMES.get(fields.outcome or "", ""),
        "" if fields.use else REACTION_MEANINGS.get(told.reaction or "", "").capitalize(),
        "A reply, please" if fields.wants_reply else "",
    ]
    return " · ".join(filter(None, chosen))


def words(told: Told, limit: int) -> list[str]:
    """What was written, each text as a mrkdwn quotation of at most `limit` characters; held words are not shown."""
    if told.is_held:
        return ["_The words are on hold and shown to nobody._"]
    parts = [quote(told.fields.said, limit)] if told.fields.said else []
    if told.fields.missing:
        parts.append(f"What was missing:\n{quote(told.fields.missing, limit)}")
    if told.quoted:
        by = f"{inert(clip(told.quoted_by, 80))} wrote" if told.quoted_by else "The message"
        parts.append(f"{by}:\n{quote(told.quoted, limit)}")
    return parts


def said_blocks(told: Told, *, limit: int) -> list[dict[str, Any]]:
    """About what, the answers, the words; `limit` is the characters of each text."""
    about = asset_name(told.card) if told.card else "_About no asset in particular_"
    if told.asked:
        about = f"You were asked: {inert(clip(told.asked, 300))}"
    blocks = [kit.section("\n".join(filter(None, [about, facts(told)])))]
    # Each text in a section of its own: three long ones are more than a section takes.
    return blocks + [kit.section(part) for part in words(told, limit)]


def who_sees(told: Told) -> str:
    """Who will see it, in the words of the table "who may do what", as mrkdwn."""
    if told.asked:
        return "Who sees it was said with the question; nobody else does."
    others = "Other marketers may read your words without it, and see numbers only where five or more have spoken."
    if told.owner_id == "":
        return "Nobody sees your name. Marketers may read your words, and see numbers where five or more have spoken."
    if told.owner_id == told.user_id:
        return "You own this asset. " + others.replace("without it", "without your name")
    owner = inert(clip(told.owner_name, 80)) or "The owner"
    asked = f" {owner} has been asked to reply." if told.status == "waiting" else ""
    return f"{owner}, who owns it, sees your name. {others}{asked}"


def receipt(
    told: Told,
    form_url: str,
    *,
    note: str = "",
    old: Card | None = None,
    again: bool = False,
    current: Card | None = None,
) -> dict[str, Any]:
    """What was understood and stored, and who will see it, with the ways back.

    `note` (mrkdwn) stands first: another version is the one to use, `current` if there is one. `old` is a superseded
    version that may be the one really used; `again` invites to say more, after a button.
    """
    head = hold_sentence(form_url) if told.is_held else "Thank you, that is recorded."
    value = str(told.feedback_id)
    buttons = [edit_button(told, "Add more" if again else "Edit")]
    if old is not None:
        buttons.append(kit.button(f"I used {clip(old.version, 40)}", MOVE, f"{value}:{old.version_id}"))
    buttons.append(kit.button("Undo", UNDO, value))
    if told.quoted and not told.is_held:
        buttons.append(kit.button("Send the whole thread", SEND_THREAD, value))
    if note and current is not None:
        buttons.append(show_button(current))
    shown = said_blocks(told, limit=700)
    return {
        "text": clip("\n".join(filter(None, [note, head, _about(told)])), kit.SECTION),
        "blocks": [
            kit.section("\n".join(filter(None, [note, head]))),
            *(shown[:1] if told.is_held else shown),
            {"type": "actions", "block_id": f"feedback:{value}", "elements": buttons},
            *([] if told.is_held else [kit.context(who_sees(told))]),
        ],
    }


def edit_button(told: Told, label: str) -> dict[str, Any]:
    """The way to the form in which it was given: an answer to a check-in has one of its own."""
    if told.asked:
        return kit.button(label, ANSWER, str(told.asked_in))
    return kit.button(label, EDIT, str(told.feedback_id))


def taken_back(told: Told) -> dict[str, Any]:
    """Says that it counts nowhere any more, with the way back."""
    about = f" about {asset_name(told.card)}" if told.card else ""
    text = f"Taken back. What you said{about} counts nowhere and is shown to nobody."
    again = kit.button("Record it again", RESTORE, str(told.feedback_id))
    return {"text": text, "blocks": [kit.section(text), {"type": "actions", "elements": [again]}]}


def which_asset(
    typed: str, nearest: Iterable[Card], draft_id: int, form_url: str, *, is_ambiguous: bool
) -> dict[str, Any]:
    """Asks which asset was meant; each choice records the kept words. Words that would be held are not repeated."""
    cards, named = list(nearest)[:5], inert(clip(typed, 60))
    if screen(typed).held:
        ask = f"{hold_sentence(form_url, is_recorded=False)}\n\nWhich asset is it about?"
    elif is_ambiguous:
        ask = f"More than one asset fits “{named}”. Which one do you mean?"
    elif cards:
        ask = f"I know no asset called “{named}”. Did you mean one of these?"
    else:
        ask = f"I know no asset called “{named}”."
    text = f"{ask} {NOTHING_RECORDED}"
    choices = [
        kit.section(asset_name(card), accessory=kit.button("This one", CHOOSE, f"{draft_id}:{card.version_id}"))
        for card in cards
    ]
    other = kit.button("Choose another" if cards else "Choose one", OPEN_DRAFT, str(draft_id))
    return {"text": text, "blocks": [kit.section(text), *choices, {"type": "actions", "elements": [other]}]}


def not_yet(sentence: str, typed: str, draft_id: int, form_url: str) -> dict[str, Any]:
    """Why nothing was recorded (a plain sentence), with what was typed and the way to put it right.

    Words that would be held are not repeated.
    """
    text = f"{inert(sentence)} {NOTHING_RECORDED}"
    if screen(typed).held:
        text, typed = f"{hold_sentence(form_url, is_recorded=False)}\n\n{text}", ""
    form = kit.button("Open the form", OPEN_DRAFT, str(draft_id), style="primary")
    blocks = [kit.section(text)] + ([kit.section(quote(typed, 1000))] if typed else [])
    return {"text": text, "blocks": [*blocks, {"type": "actions", "elements": [form]}]}


def too_long(length: int) -> str:
    """What somebody hears whose words do not fit."""
    return f"That is {length:,} characters, and {LONGEST:,} fit in one piece of feedback."


def old_button(card: Card, current: Card | None, today: date, *, used: bool) -> dict[str, Any]:
    """Somebody pressed the button of a version that is no longer to be used: which is, and its buttons.

    `used`: they say they used it; then a superseded one can be named as what was really used.
    """
    text = no_longer(card, current, today)
    has_next = current is not None and current.version_id != card.version_id
    buttons = asset_buttons(current.version_id) if current is not None and has_next else []
    if used and current is not None and has_next:
        buttons = [
            kit.button(f"I used {clip(current.version, 40)}", USED, str(current.version_id)),
            kit.button(f"I used {clip(card.version, 40)}", USED_OLD, str(card.version_id)),
        ]
        text += " Which one did you use?"
    text += "" if used and has_next else " Nothing was recorded."
    if has_next and current is not None:
        buttons.append(show_button(current))
    actions = [{"type": "actions", "elements": buttons}] if buttons else []
    return {"text": text, "blocks": [kit.section(text), *actions]}


def used_old(card: Card, current: Card | None, today: date) -> dict[str, Any]:
    """Tells whoever put an emoji under a version that is no longer to be used what to use instead."""
    text = f"Thank you for your emoji. {no_longer(card, current, today)}"
    actions = [{"type": "actions", "elements": [show_button(current)]}] if current is not None else []
    return {"text": text, "blocks": [kit.section(text), *actions]}


def _about(told: Told) -> str:
    about = asset_name(told.card) if told.card else ""
    return ": ".join(filter(None, [about, facts(told)]))
