"""A pulse as those who are asked see it: the question with its buttons, the privacy in plain words, the close."""

from typing import Any

from bot.domain.pulse import PulseFields, in_steps, privacy_words, questions_mark, shows_live, takes_one_tap
from bot.domain.pulse_post import PulsePost
from bot.domain.text import clip, count, inert
from bot.views import kit
from bot.views.pulse_list import AGAIN

ANSWER = "pulse.answer"  # opens the form (value: pulse), and the form itself
CAST_FORM = "pulse.cast_form"  # the same of an anonymous pulse: what is done there is written down nowhere
MOST_CHOICES = 11  # 0 to 10
CHOOSE = tuple(f"pulse.choose_{choice}" for choice in range(MOST_CHOICES))  # one tap (value: pulse:questions_mark)
CAST = tuple(f"pulse.cast_{choice}" for choice in range(MOST_CHOICES))  # the same into the ballot box
PREVIEW = "pulse.preview"  # with a number behind it: the buttons of a preview, which do nothing

SHOWN_NAME = 80
LOST = "The server stopped unexpectedly or went back to a backup, and the answers in the box were lost."


def asked_message(
    fields: PulseFields,
    *,
    pulse_id: int | None,
    asker: str,
    tz: str,
    answered: int | None = None,
    invited: int | None = None,
    note: str = "",
) -> dict[str, Any]:
    """The message that asks, as text and blocks; without `pulse_id` its preview, in which the buttons do nothing.

    `asker` is the name of whoever asks, plain text; `tz` is for clients that show no dates. `answered` of `invited` is
    how many have answered so far, told in steps of five unless the pulse is named; without `answered` it says how many
    are asked. `note` (mrkdwn) stands last.
    """
    head = f"*{asker_name(asker)}* asks"
    questions = [inert(one.text) for one in fields.questions]
    blocks = [kit.section(f"{head}\n*{questions[0]}*" if len(questions) == 1 else head)] if questions else []
    if len(questions) > 1:
        blocks += [kit.section(f"{number}. *{text}*") for number, text in enumerate(questions, 1)]
    blocks += [kit.context(privacy_line(fields.privacy)), _buttons(fields, pulse_id)]
    if small := _small_print(fields, tz, answered, invited):
        blocks.append(kit.context(small))
    if note:
        blocks.append(kit.context(note))
    return {"text": clip(f"{asker_name(asker)} asks: {' '.join(questions)}", kit.SECTION), "blocks": blocks}


def posted_message(post: PulsePost, *, note: str = "") -> dict[str, Any]:
    """The message in a channel as the pulse is now: with counts where they may be shown, or that it has ended."""
    if post.state in ("closed", "cancelled"):
        return ended_message(post.fields, asker=post.asker, note=ended_note(post))
    return asked_message(
        post.fields,
        pulse_id=post.pulse_id,
        asker=post.asker,
        tz=post.tz,
        answered=post.answered,
        invited=post.invited,
        note=note or counts_line(post),
    )


def direct_message(post: PulsePost, *, reminds: bool = False, note: str = "") -> dict[str, Any]:
    """The message that asks one person, or reminds them; `note` (mrkdwn) says what they have answered."""
    message = asked_message(
        post.fields, pulse_id=post.pulse_id, asker=post.asker, tz=post.tz, invited=post.invited, note=note
    )
    head = [kit.context("Still open, if you have a minute:")] if reminds else []
    return message | {"blocks": [*head, *message["blocks"]]}


def why(post: PulsePost) -> str:
    """Why a person was asked and who sees the answer, as mrkdwn."""
    who = inert(clip(post.fields.audience.in_words(), 300))
    where = " It was asked in a channel, and this is its one reminder." if post.fields.channel_id else ""
    return (
        f"{asker_name(post.asker)} asks this in a pulse. It goes to {who}, and you are one of them.{where} "
        f"{privacy_line(post.fields.privacy)}"
    )


def not_opened_message(fields: PulseFields, sentence: str, *, pulse_id: int) -> dict[str, Any]:
    """Tells the asker that a pulse was not asked, and why; `sentence` is plain text."""
    return _with_again(f"{_title(fields)} was not asked. {inert(sentence)}", "Choose again", pulse_id)


def lost_message(fields: PulseFields, *, pulse_id: int) -> dict[str, Any]:
    """Tells the asker that the ballots of an anonymous pulse are gone."""
    text = (
        f"{_title(fields)} has ended without a result. {LOST} They are kept where nothing remembers who gave which, "
        "not even a backup, and that has this price. I have told those who were asked; please ask once more."
    )
    return _with_again(text, "Ask again", pulse_id)


def _with_again(text: str, label: str, pulse_id: int) -> dict[str, Any]:
    """A message to the asker with the button that opens the form with the same questions."""
    message = kit.note(text)
    row = {"type": "actions", "elements": [kit.button(label, AGAIN, str(pulse_id))]}
    return message | {"blocks": [*message["blocks"], row]}


def refused_sentence(reason: str) -> str:
    """Why Slack did not let the app post in a channel, by Slack's word for it; plain text."""
    return {
        "not_in_channel": "I am not in that channel. Invite me with /invite @Groundswell.",
        "channel_not_found": "I can't see that channel. Invite me with /invite @Groundswell.",
        "is_archived": "That channel is archived.",
    }.get(reason, f"Slack did not take the message ({reason}).")


def _title(fields: PulseFields) -> str:
    """The first question, short, for messages about a pulse."""
    return f"“{inert(clip(fields.questions[0].text, 100))}”"


def answer_button(pulse_id: int, privacy: str, label: str = "Answer") -> dict[str, Any]:
    """The button that opens the form, for any pulse and from anywhere."""
    action_id = CAST_FORM if privacy == "anonymous" else ANSWER
    return kit.button(label, action_id, str(pulse_id), style="primary")


def asker_name(asker: str) -> str:
    """Whoever asks, as mrkdwn."""
    return inert(clip(asker, SHOWN_NAME)) or "A colleague"


def privacy_line(privacy: str) -> str:
    """What everybody reads before they answer, as mrkdwn: its name stands out."""
    name, _, rest = privacy_words(privacy).partition(":")
    return f"*{name}:*{rest}"


def progress(privacy: str, answered: int, invited: int | None) -> str:
    """How many have answered so far, as it may be told: exactly in a named pulse, else in steps of five."""
    told = answered if shows_live(privacy) else in_steps(answered)
    if not told:
        return ""
    more = "" if shows_live(privacy) else "+"
    of = f" of {invited}" if invited else ""
    has = "has" if told == 1 and not of and not more else "have"
    return f"{told}{more}{of} {has} answered."


def counts_line(post: PulsePost) -> str:
    """The counts so far, as mrkdwn, where they may be shown: "Yes *12* · No *3*"."""
    if not any(post.counts):
        return ""
    counted = zip(post.fields.questions[0].labels, post.counts, strict=True)
    return " · ".join(f"{inert(clip(label, 40))} *{number}*" for label, number in counted)


def ended_message(fields: PulseFields, *, asker: str, note: str) -> dict[str, Any]:
    """What the message says when nobody can answer any more: the question stays, the buttons go."""
    head = f"*{asker_name(asker)}* asked"
    questions = [f"*{inert(one.text)}*" for one in fields.questions]
    text = f"{asker_name(asker)} asked: {' '.join(inert(one.text) for one in fields.questions)}"
    blocks = [kit.section(f"{head}\n{questions[0]}" if len(questions) == 1 else head)]
    blocks += [kit.section(f"{number}. {words}") for number, words in enumerate(questions, 1)] if questions[1:] else []
    return {"text": clip(text, kit.SECTION), "blocks": [*blocks, kit.context(note)]}


def ended_note(post: PulsePost) -> str:
    """Says that a pulse is over, as mrkdwn; how many answered is told as it was told before."""
    if post.state == "cancelled":
        return f"This pulse was cancelled, so nothing is counted. {inert(post.reason)}".strip()
    privacy, more = post.fields.privacy, "" if shows_live(post.fields.privacy) else "+"
    told = post.answered if shows_live(privacy) else in_steps(post.answered)
    said = f" {told}{more} of {count(post.invited, 'person', 'people')} answered." if told else ""
    follows = " The results follow." if post.fields.shares_results else ""
    counts = f" {counts_line(post)}." if any(post.counts) else ""
    return f"This pulse has closed.{said}{counts}{follows} Thank you."


def _buttons(fields: PulseFields, pulse_id: int | None) -> dict[str, Any]:
    if takes_one_tap(fields.questions):
        ids = CAST if fields.privacy == "anonymous" else CHOOSE
        value = f"{pulse_id}:{questions_mark(fields.questions)}"
        shown = [kit.button(label, ids[choice], value) for choice, label in enumerate(fields.questions[0].labels)]
    else:
        label = "Answer" if len(fields.questions) == 1 else f"Answer {len(fields.questions)} questions"
        shown = [answer_button(pulse_id or 0, fields.privacy, label)]
    if pulse_id is None:
        shown = [one | {"action_id": f"{PREVIEW}_{number}", "value": "-"} for number, one in enumerate(shown)]
    # An id of its own: a press on a message that is being changed finds its block.
    return {"type": "actions", "block_id": f"pulse:{pulse_id or 'preview'}", "elements": shown}


def _small_print(fields: PulseFields, tz: str, answered: int | None, invited: int | None) -> str:
    parts = [f"Closes {kit.when(fields.closes_at, tz)}."] if fields.closes_at else []
    if answered is not None:
        parts.append(progress(fields.privacy, answered, invited))
    elif invited is not None:
        parts.append(f"{count(invited, 'person is', 'people are')} asked.")
    if fields.shares_results:
        parts.append("Whoever is asked gets the results, too.")
    return " ".join(filter(None, parts))
