"""Giving feedback: by command, by form, with the buttons of an asset, and by sending a message to marketing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.asset import Card, state_on
from bot.domain.asset_reading import Reading, find_old_version, read_asset
from bot.domain.feedback import LONGEST, FeedbackFields, check_feedback_fields, check_quoting_fields, read_remark
from bot.domain.feedback_told import Quoted, Told
from bot.domain.text import clean, inert
from bot.domain.thread import may_have_thread
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import feedback as views
from bot.views import feedback_form, feedback_mine, feedback_owner, feedback_receipt, kit
from bot.views.asset_card import no_longer
from bot.views.thread import WHOLE_THREAD
from storage import asset, asset_expiry, feedback_draft, feedback_told, outbox, thread_capture
from storage import feedback as store

NAME_LONGEST = 400  # characters in which the asset's name is looked for
DRAFT_GONE = "Those words have been recorded already, or they are more than a week old. Please type them once more."
NOTHING = FeedbackFields(asset_version_id=None)


def give_feedback(session: Session, act: Act) -> Answer:
    """`/asset-feedback` alone opens the form, `mine` lists the own, and anything else is recorded at once."""
    if not (text := clean(act.text)):
        return Answer(modal=feedback_form.feedback_modal(NOTHING, None))
    if text.lower() in ("mine", "my feedback"):
        return _list_mine(session, act)
    if text.lower() == "help":
        return Answer(text=feedback_receipt.HELP)
    cards = _released(asset.list_names(session, team_id=act.team_id), act)
    cut = len(text) if len(text) <= NAME_LONGEST else (text.rfind(" ", 0, NAME_LONGEST) + 1 or NAME_LONGEST)
    reading = read_asset(text[:cut].strip(), cards)
    if reading.card is None:  # what is offered instead is in the order of its last use
        reading = read_asset(text[:cut].strip(), _released(asset.list_cards(session, team_id=act.team_id), act))
    more = text[cut - 1 :] if text[cut - 1 : cut].isspace() else text[cut:]
    rest = reading.rest + (more if cut < len(text) else "")
    if reading.card is None:
        return _ask_which(session, act, reading, text, rest)
    old = find_old_version(text[:cut], reading, cards)
    return _record_words(session, act, reading.card, rest, note=inert(reading.note), old=old)


def choose_asset(session: Session, act: Act) -> Answer:
    """Record the kept words for the asset that was chosen."""
    draft_id, _, version_id = str(act.value or "").partition(":")
    (draft, fields, _), card = _draft(session, act, draft_id), _card(session, act, version_id)
    feedback_draft.forget_draft(session, draft)
    return replace(_record_words(session, act, card, fields.said), replace=_is_private(act))


def open_draft(session: Session, act: Act) -> Answer:
    """Open the form with the kept words in it."""
    draft, fields, quoted = _draft(session, act, str(act.row_id))
    card = asset.get_card(session, team_id=act.team_id, version_id=fields.asset_version_id or 0)
    current, note = _truth(session, act, card)
    view = feedback_form.feedback_modal(fields, card, quoted=quoted.text if quoted else "", note=note, current=current)
    return Answer(modal=kit.with_memo(view, draft_id=draft.id))


def open_form(session: Session, act: Act) -> Answer:
    """Open the form, for the asset whose button was pressed or for none yet."""
    card = _card(session, act, str(act.row_id)) if act.row_id else None
    old = _old(session, act, card) if card else None
    return old or Answer(modal=feedback_form.feedback_modal(NOTHING, card))


def open_could_not_use(session: Session, act: Act) -> Answer:
    """Open the short form that asks why not."""
    card = _card(session, act, str(act.row_id))
    return _old(session, act, card) or Answer(modal=feedback_form.could_not_use_modal(card))


def record_use(session: Session, act: Act) -> Answer:
    """Record that the asset was used with a customer: one press, one row; a second press shows the first receipt."""
    card = _card(session, act, str(act.row_id))
    return _old(session, act, card, used=True) or _use(session, act, card)


def record_old_use(session: Session, act: Act) -> Answer:
    """Record that it was the superseded version that was used."""
    return replace(_use(session, act, _card(session, act, str(act.row_id))), replace=_is_private(act))


def send_form(session: Session, act: Act) -> Answer | None:
    """Record what the form says; the receipt comes as a direct message."""
    draft_id, by = row_number(act.memo.get("draft_id")), act.actor.user_id
    draft = feedback_draft.get_draft(session, team_id=act.team_id, user_id=by, draft_id=draft_id)
    quoted = feedback_draft.read_draft(draft)[1] if draft else None
    version_id = row_number(chosen := str(act.form.get("asset") or "")) or None
    fields = feedback_form.fields_in(act.form, version_id)
    whole = quoted if act.form.get(WHOLE_THREAD) else None
    wrong = check_feedback_fields(fields)
    if quoted:
        offers = may_have_thread(quoted.channel_id)
        wrong = check_quoting_fields(fields, offers_thread=offers, sends_thread=whole is not None)
    if version_id is not None and _find_card(session, act, chosen) is None:
        wrong["asset"] = "I can't find that asset. Please choose it once more."
    if wrong:
        raise FormErrors(wrong)
    if draft:
        feedback_draft.forget_draft(session, draft)
    if whole:
        place = whole.channel_id, whole.message_ts
        thread_capture.send_thread(session, team_id=act.team_id, place=place, user_id=by, way="shortcut", now=act.now)
    if whole and fields == NOTHING:
        return None
    return _send_receipt(session, act, _add(session, act, fields, "shortcut" if quoted else "form", quoted=quoted))


def send_could_not_use(session: Session, act: Act) -> Answer | None:
    """Record why an asset could not be used."""
    card = _card(session, act, str(act.memo.get("version_id") or ""))
    fields = feedback_form.fields_in(act.form, card.version_id)
    wrong = check_feedback_fields(fields)
    if "rating" in wrong:
        wrong = {"use": "One answer is enough: what was in the way, or what was missing."}
    if wrong:
        raise FormErrors(wrong)
    return _send_receipt(session, act, _add(session, act, fields, "button"))


def _list_mine(session: Session, act: Act) -> Answer:
    size = feedback_mine.PAGE_SIZE
    shown = feedback_told.list_mine(session, team_id=act.team_id, user_id=act.actor.user_id, page=0, size=size)
    return Answer(**feedback_mine.mine_message(feedback_mine.MinePage(*shown, act.actor.tz)))


def _ask_which(session: Session, act: Act, reading: Reading, text: str, rest: str) -> Answer:
    draft = _keep(session, act, replace(NOTHING, said=rest if reading.ambiguous and rest else text))
    url, offered = act.settings.official_form_url, [card for card in reading.nearest if _is_current(card, act)]
    return Answer(**feedback_receipt.which_asset(text, offered, draft, url, is_ambiguous=reading.ambiguous))


def _record_words(
    session: Session, act: Act, card: Card, rest: str, *, note: str = "", old: Card | None = None
) -> Answer:
    """Record a rating and words about one asset, or say why not, with the words kept; `note` is mrkdwn."""
    remark = read_remark(rest)
    fields = replace(NOTHING, asset_version_id=card.version_id, said=remark.said, rating=remark.rating, use=remark.use)
    problem = feedback_receipt.too_long(len(remark.said)) if len(remark.said) > LONGEST else remark.problem
    if problem:
        draft, form_url = _keep(session, act, fields), act.settings.official_form_url
        return Answer(**feedback_receipt.not_yet(problem, remark.said, draft, form_url))
    current, note = (card, note) if _is_current(card, act) else _truth(session, act, card)
    if check_feedback_fields(fields):  # the asset alone: the form asks for the rest
        return Answer(modal=feedback_form.feedback_modal(fields, card, note=note, current=current))
    told, url = _add(session, act, fields, "command", card=card), act.settings.official_form_url
    return Answer(**feedback_receipt.receipt(told, url, note=note, old=old, current=current))


def _use(session: Session, act: Act, card: Card) -> Answer:
    place = (act.channel_id, str((act.body.get("container") or {}).get("message_ts") or ""))
    row = store.find_pressed(
        session, team_id=act.team_id, user_id=act.actor.user_id, version_id=card.version_id, place=place
    )
    if row is None:
        fields = replace(NOTHING, asset_version_id=card.version_id, use="used_with_customer")
        told = _add(session, act, fields, "button", place=place, card=card)
    else:
        was_taken_back = row.withdrawn_at is not None
        store.record_withdrawal(session, row, now=None)
        told = _changed(session, act, row) if was_taken_back else feedback_told.get_told(session, row)
    return _private(act, feedback_receipt.receipt(told, act.settings.official_form_url, again=True))


def _old(session: Session, act: Act, card: Card, *, used: bool = False) -> Answer | None:
    """What somebody hears who pressed the button of a version that is no longer to be used; None if it is."""
    if _is_current(card, act):
        return None
    current, used = _truth(session, act, card)[0], used and state_on(card, act.today) == "superseded"
    return _private(act, feedback_receipt.old_button(card, current, act.today, used=used))


def _is_current(card: Card, act: Act) -> bool:
    return state_on(card, act.today) == "current"


def _truth(session: Session, act: Act, card: Card | None) -> tuple[Card | None, str]:
    """The version to use instead, if there is one, and why (mrkdwn); "" if it is the one or there is none."""
    if card is None or _is_current(card, act):
        return card, ""
    current = asset_expiry.find_usable(session, team_id=act.team_id, asset_id=card.asset_id, today=act.today)
    return current, no_longer(card, current, act.today)


def _add(
    session: Session,
    act: Act,
    fields: FeedbackFields,
    source: str,
    *,
    quoted: Quoted | None = None,
    place: tuple[str, str] | None = None,
    card: Card | None = None,
) -> Told:
    row = store.add_feedback(
        session,
        team_id=act.team_id,
        user_id=act.actor.user_id,
        region=act.actor.region,
        source=source,
        fields=fields,
        now=act.now,
        reply_hours=act.settings.first_reply_hours,
        quoted=quoted,
        place=place,
    )
    return _changed(session, act, row, card, is_new=True)


def _changed(session: Session, act: Act, row: store.Feedback, card: Card | None = None, is_new: bool = False) -> Told:
    return feedback_told.record_change(
        session,
        row,
        owner_message=lambda told: feedback_owner.owner_message(told, act.actor.tz),
        now=act.now,
        real_now=datetime.now(UTC),
        card=card,
        name=act.actor.name if row.user_id == act.actor.user_id else "",
        is_new=is_new,
    )


def _send_receipt(session: Session, act: Act, told: Told) -> Answer | None:
    """The receipt of a form is a direct message; that words are on hold is also said at once, in the form's place."""
    current, note = _truth(session, act, told.card)
    outbox.enqueue(
        session,
        team_id=act.team_id,
        key=f"feedback.receipt:{told.feedback_id}:{act.now.isoformat()}",
        target=act.actor.user_id,
        message=feedback_receipt.receipt(told, act.settings.official_form_url, note=note, current=current),
        now=act.now,
    )
    return Answer(view=feedback_form.held_modal(act.settings.official_form_url)) if told.is_held else None


def _released(cards: Iterable[Card], act: Act) -> list[Card]:
    return [card for card in cards if state_on(card, act.today) != "draft"]


def _keep(session: Session, act: Act, fields: FeedbackFields) -> int:
    row = feedback_draft.add_draft(
        session, team_id=act.team_id, user_id=act.actor.user_id, fields=fields, now=act.now, source="command"
    )
    return row.id or 0


def _draft(session: Session, act: Act, draft_id: str) -> tuple[feedback_draft.Draft, FeedbackFields, Quoted | None]:
    known = row_number(draft_id)
    row = feedback_draft.get_draft(session, team_id=act.team_id, user_id=act.actor.user_id, draft_id=known)
    if row is None:
        raise BotError(DRAFT_GONE)
    return row, *feedback_draft.read_draft(row)[:2]


def _find_card(session: Session, act: Act, version_id: str) -> Card | None:
    card = asset.get_card(session, team_id=act.team_id, version_id=row_number(version_id))
    return None if card is None or state_on(card, act.today) == "draft" else card


def _card(session: Session, act: Act, version_id: str) -> Card:
    if (card := _find_card(session, act, version_id)) is None:
        raise BotError(NOT_FOUND)
    return card


def _is_private(act: Act) -> bool:
    return bool((act.body.get("container") or {}).get("is_ephemeral"))


def _private(act: Act, message: dict[str, Any]) -> Answer:
    """What somebody hears who pressed a button: a private reply, or on a modal another one over it."""
    if act.view.get("type") == "modal":
        return Answer(modal=kit.notice_modal("", "Feedback") | {"blocks": message["blocks"]})
    return Answer(**message)


LISTENERS: tuple[Listener, ...] = (
    Listener("command", views.COMMAND, give_feedback, may="give_feedback"),
    Listener("shortcut", views.GIVE, open_form, may="give_feedback"),
    Listener("action", views.GIVE, open_form, may="give_feedback"),
    Listener("action", views.USED, record_use, may="give_feedback"),
    Listener("action", views.USED_OLD, record_old_use, may="give_feedback"),
    Listener("action", views.COULD_NOT_USE, open_could_not_use, may="give_feedback"),
    Listener("action", views.CHOOSE, choose_asset, may="give_feedback"),
    Listener("action", views.OPEN_DRAFT, open_draft, may="give_feedback"),
    Listener("submission", views.GIVE, send_form, may="give_feedback"),
    Listener("submission", views.COULD_NOT_USE, send_could_not_use, may="give_feedback"),
)
JOBS: dict[str, Callable[[Task], None]] = {}
