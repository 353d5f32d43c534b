"""Captured threads: the ids of what people press, what each person is told of one, and why one could not be sent."""

from typing import Any

from bot.domain.text import clip, inert
from bot.domain.thread import CAPTURED, DELETED, TAKEN_BACK, Standing, Told
from bot.views import kit
from bot.views.feedback_receipt import hold_sentence
from bot.views.thread_summary import coverage, sections

SEND_AGAIN = "thread.send_again"  # these and the following: value: thread
READ = "thread.read"
POST = "thread.post"
TAKE_BACK = "thread.take_back"
LEAVE_OUT = "thread.leave_out"
PUT_BACK = "thread.put_back"

WHOLE_THREAD = "whole_thread"  # the field in the form of `Send to marketing`, and its one choice

REFUSED = {
    "not_member": "I am not in that channel, so I can't read the thread. Invite me there with `/invite @Groundswell`, "
    "then send it once more.",
    "direct": "What people write in direct messages stays there: I can't send it to marketing.",
    "shared": "That channel is shared with another company, so I keep none of its messages.",
    "taken_back": "Somebody whose words are in that thread has taken it back, so it stays out. They can send it "
    "themselves.",
    "gone": "That message is gone, so there is nothing to send.",
    "no_reading": "I am not allowed to read threads in this workspace, so I can't send it.",
}
READING = "I am reading that thread. You will hear from me in a direct message in a moment."
NOT_YET = "I am still reading that thread. Try once more in a moment."
NO_LONGER = "That thread is no longer with marketing."
POSTED = "The summary stands in the thread already."


def person_message(told: Told, standing: Standing, form_url: str) -> dict[str, Any]:
    """What one person sees of a captured thread: marketing the summary, everybody else that it was sent, and by whom.

    `form_url` is the company's own form for complaints and injuries.
    """
    if told.state != CAPTURED:
        return _ended(told, standing)
    head = _head(told, standing)
    blocks = [kit.section(head)]
    if standing.is_marketer:
        blocks += _summed(told, links=bool(told.channel) or standing.is_in_it)
    if standing.is_held and not standing.is_out:
        blocks.append(kit.section(hold_sentence(form_url)))
    if standing.is_out:
        blocks.append(kit.section("Your own words are left out: they are counted, and neither kept nor read."))
    if standing.is_in_it:
        if not standing.is_marketer:
            told_why = (
                "Marketing reads a summary of it, in which each claim leads to its message. While the thread goes on, "
                "I keep up with it. Nobody posts the summary unless one of you asks for it."
            )
            blocks.append(kit.context(told_why))
        blocks.append({"type": "actions", "block_id": f"thread:{told.thread_id}", "elements": _buttons(told, standing)})
    return {"text": clip(head, kit.SECTION), "blocks": blocks}


def refusal(why: str) -> dict[str, Any]:
    """What somebody hears whose capture could not be done."""
    return kit.note(REFUSED[why])


def sent_anew() -> dict[str, Any]:
    """What a message says about a thread that was taken back and is sent again: a new one tells of it."""
    return kit.note("That thread was taken back, and has been sent to marketing again since.")


def whole_thread_box() -> dict[str, Any]:
    """The choice of the form that sends a message's whole thread along."""
    option = {
        "text": kit.plain("Send the whole thread"),
        "description": kit.plain("Summed up for marketing; who wrote in it is told", kit.OPTION),
        "value": WHOLE_THREAD,
    }
    element = {"type": "checkboxes", "action_id": "thread.form_whole", "options": [option]}
    label = kit.plain("Only this message?")
    return {"type": "input", "block_id": WHOLE_THREAD, "label": label, "element": element, "optional": True}


def _head(told: Told, standing: Standing) -> str:
    place = _place(told)
    address = told.link if told.channel or standing.is_in_it else ""
    senders = _joined([one for one in told.senders if one]) or "a colleague"
    if standing.is_marketer:
        sent = "you" if standing.sent and len(told.senders) == 1 else senders
        began = f"Begun by {_began(told, standing)} on {kit.day(told.began_at, standing.tz)}"
        mine = " · your words are in it" if standing.wrote and told.author_id != standing.user_id else ""
        return (
            f"📝 *A thread from {place}*\n{began} · sent by {sent}{mine}{f' · <{address}|open it>' if address else ''}"
        )
    thread = f"{f'<{address}|the thread>' if address else 'the thread'} {_which(told, standing)} in {place}"
    if standing.sent:
        return f"📝 Thank you: {thread} is with marketing."
    in_it = "" if told.author_id == standing.user_id else ", and you wrote in it"
    return f"📝 {senders[:1].upper()}{senders[1:]} sent {thread} to marketing{in_it}."


def _which(told: Told, standing: Standing) -> str:
    return f"that {_began(told, standing)} began"


def _began(told: Told, standing: Standing) -> str:
    if told.author_id and told.author_id == standing.user_id:
        return "you"
    return inert(clip(told.author, 80)) or ("somebody" if told.author_id else "an app")


def _place(told: Told) -> str:
    return f"#{inert(clip(told.channel, 80))}" if told.channel else "a private channel"


def _joined(names: list[str]) -> str:
    shown = [inert(clip(name, 80)) for name in names[:3]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1] if shown else ""]))


def _summed(told: Told, *, links: bool) -> list[dict[str, Any]]:
    if told.summary is None:
        return [kit.section("_I am summing it up._")]
    shown = [kit.section(text) for text in sections(told, links=links)]
    return [*(shown or [kit.section("_Nothing in it can be told yet._")]), kit.context(coverage(told))]


def _buttons(told: Told, standing: Standing) -> list[dict[str, Any]]:
    value, buttons = str(told.thread_id), []
    if not standing.is_marketer:
        buttons.append(kit.button("Read the summary", READ, value))
    if not told.is_posted:
        buttons.append(kit.button("Post it in the thread", POST, value))
    if standing.may_take_back:
        buttons.append(kit.button("Take it back", TAKE_BACK, value, confirm=_confirm(standing)))
    if standing.is_out:
        buttons.append(kit.button("Put my words back", PUT_BACK, value))
    elif standing.wrote and not standing.is_author:
        buttons.append(kit.button("Leave my words out", LEAVE_OUT, value))
    return buttons


def _confirm(standing: Standing) -> dict[str, Any]:
    all_of_it = "I delete its messages and its summary, and nobody else can send it."
    own = "Unless somebody else has sent it too, I delete its messages and its summary."
    return {
        "title": kit.plain("Take it back?", 100),
        "text": kit.plain(all_of_it if standing.is_author else own, 300),
        "confirm": kit.plain("Take it back", 30),
        "deny": kit.plain("Leave it", 30),
    }


def _ended(told: Told, standing: Standing) -> dict[str, Any]:
    thread = f"the thread {_which(told, standing)} in {_place(told)}"
    if told.state == DELETED:
        what = f"T{thread[1:]} was deleted in Slack."
    elif told.ended_by == standing.user_id:
        what = f"You have taken back {thread}."
    else:
        who = "Somebody whose words are in it" if told.state == TAKEN_BACK else "Whoever sent it"
        what = f"{who} has taken back {thread}."
    text = f"{what} Marketing can't read it any more, and I have deleted what I had of it."
    blocks = [kit.section(text)]
    if told.state != DELETED and told.ended_by == standing.user_id:
        again = kit.button("Send it after all", SEND_AGAIN, str(told.thread_id))
        blocks.append({"type": "actions", "elements": [again]})
    return {"text": clip(text, kit.SECTION), "blocks": blocks}
