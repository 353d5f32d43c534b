"""The main flows of the product, each as a person goes through it, and how to see whether it has happened once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from bench import pulse_steps, steps
from bench.stage import Stage
from bench.steps import MARKETER, OTHER_REP, OWNER, REP, REPLY, WORDS
from handlers.reaction import SWEEP
from storage.ask import Ask
from storage.asset import Announcement, AssetVersion
from storage.check_in import CheckInAnswer, CheckInRound
from storage.feedback import Feedback, FeedbackReply
from storage.filed_away import FiledAwayAnswer, FiledAwayCheck
from storage.jobs import Job
from storage.people import Person, Role
from storage.pulse import Pulse, PulseBallot
from storage.pulse_jobs import OPEN
from storage.reaction import Reaction
from storage.slots import Slot

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Flow:
    """`act` goes through it once and gives the sentence if the person was told that it did not work, else "".

    `saved` tells whether its state is in the tables, `seen` counts what can be seen of it; `done` is what it must count
    at the end. A flow whose effect comes `later` (a job, a tick) is not known to have failed by the person.
    """

    name: str
    act: Callable[[Stage], str]
    saved: Callable[[Session], bool]
    seen: Callable[[Stage], Counts]
    done: Counts
    prepare: Callable[[Stage], None] = lambda _stage: None
    later: bool = False


def _rows(stage: Stage, query: Any) -> int:
    with stage.looks.read() as session:
        return len(session.exec(query).all())


def _messages(stage: Stage, name: str, words: str, channel: str = "app") -> int:
    return sum(words in message.text for message in stage.slack.person(name).messages(channel))


def _replies(stage: Stage, name: str, words: str) -> int:
    """The messages in threads of the channel that everybody is in."""
    messages = stage.slack.person(name).messages(steps.CHANNEL)
    return sum(words in reply.text for message in messages for reply in message.replies)


def _any(query: Any) -> Callable[[Session], bool]:
    return lambda session: session.exec(select(func.count()).select_from(query.subquery())).one() > 0


_SAID = select(Feedback).where(Feedback.said == WORDS)
_LIKED = select(Feedback).where(col(Feedback.reaction_id).is_not(None), col(Feedback.withdrawn_at).is_(None))
_REPLIES = select(FeedbackReply).where(FeedbackReply.text == REPLY)
_RELEASED = select(AssetVersion).where(
    AssetVersion.title == "Kestrel Pocket Card", col(AssetVersion.released_at).is_not(None)
)
_VERDICTS = select(FiledAwayCheck).where(col(FiledAwayCheck.verdict).is_not(None))
_PLANNED = select(Ask).where(Ask.kind == "check_in")
_TOLD_ROUNDS = select(CheckInRound).where(col(CheckInRound.told_at).is_not(None))
_CLOSED_PULSES = select(Pulse).where(col(Pulse.result).is_not(None))
_TOLD_PULSES = select(Pulse).where(col(Pulse.outcome).is_not(None))
_SENT_PULSES = select(Slot).where(Slot.schedule == "pulse", Slot.state == "done")
_SENT_DIGESTS = select(Slot).where(Slot.schedule == "digest", Slot.state == "done")


def _is_marketer(session: Session) -> bool:
    """Whether one of the two is; they must both be or neither."""
    query = select(Role).join(Person, col(Person.user_id) == Role.user_id)
    found = session.exec(query.where(Role.role == "marketer", col(Person.name).in_((REP, OTHER_REP)))).all()
    assert len(found) in (0, 2), "half a list was saved"
    return bool(found)


def _imported(stage: Stage) -> Counts:
    names = (REP, OTHER_REP)
    ids = [stage.slack.person(name).id for name in names]
    roles = _rows(stage, select(Role).where(Role.role == "marketer", col(Role.user_id).in_(ids)))
    return (roles, *(_messages(stage, name, "You are now a marketer") for name in names))


def _released(stage: Stage) -> Counts:
    return (
        _rows(stage, _RELEASED),
        _rows(stage, select(Announcement)),
        _messages(stage, REP, "Kestrel Pocket Card", "#launches"),
        _messages(stage, OWNER, "Kestrel Pocket Card"),
    )


FLOWS = (
    Flow("command", steps.say_by_command, _any(_SAID), lambda stage: (_rows(stage, _SAID),), (1,)),
    Flow(
        "form",
        steps.say_by_form,
        _any(_SAID),
        lambda stage: (_rows(stage, _SAID), _messages(stage, REP, "Thank you, that is recorded.")),
        (1, 1),
    ),
    Flow(
        "button",
        steps.press_used,
        _any(select(Feedback).where(Feedback.source == "button")),
        lambda stage: (_rows(stage, select(Feedback).where(Feedback.source == "button")),),
        (1,),
        prepare=steps.show_card,
    ),
    Flow(
        "reaction",
        steps.react,
        _any(select(Reaction)),
        lambda stage: (_rows(stage, select(Reaction)), _rows(stage, _LIKED)),
        (1, 1),
        prepare=steps.post_link,
        later=True,
    ),
    Flow(
        "reply",
        steps.reply,
        _any(_REPLIES),
        lambda stage: (_rows(stage, _REPLIES), _messages(stage, REP, "answered what you said")),
        (1, 1),
        prepare=steps.ask_owner,
    ),
    Flow("release", steps.release, _any(_RELEASED), _released, (1, 1, 1, 1), prepare=steps.import_asset),
    Flow("import", steps.import_people, _is_marketer, _imported, (2, 1, 1)),
    Flow(
        "digest",
        steps.tick,
        _any(_SENT_DIGESTS),
        lambda stage: (_rows(stage, _SENT_DIGESTS), _messages(stage, MARKETER, "Your week")),
        (1, 1),
        prepare=steps.leave_one_marketer,
        later=True,
    ),
    Flow(
        "filed-away answer",
        steps.tap_answer,
        _any(select(FiledAwayAnswer)),
        lambda stage: (
            _rows(stage, select(FiledAwayAnswer)),
            _rows(stage, select(Feedback).join(FiledAwayAnswer)),
            _messages(stage, REP, "Thank you. You did not know *Kestrel Pocket Card* v1."),
        ),
        (1, 1, 1),
        prepare=steps.ask_whether_it_reached_you,
    ),
    Flow(
        "filed-away verdict",
        steps.tick,
        _any(_VERDICTS),
        lambda stage: (_rows(stage, _VERDICTS), _messages(stage, OWNER, "Two weeks after the release")),
        (1, 1),
        prepare=steps.answer_all,
        later=True,
    ),
    Flow(
        "check-in round",
        steps.tick,
        _any(select(CheckInRound)),
        lambda stage: (
            _rows(stage, select(CheckInRound)),
            _rows(stage, _PLANNED),
            _messages(stage, REP, "Ines Carvalho-Wick asks"),
        ),
        (1, 1, 1),
        prepare=steps.wait_for_a_round,
        later=True,
    ),
    Flow(
        "check-in answer",
        steps.answer_a_round,
        _any(select(CheckInAnswer)),
        lambda stage: (
            _rows(stage, select(CheckInAnswer).where(CheckInAnswer.text == WORDS)),
            _messages(stage, REP, "Thank you, that is recorded."),
        ),
        (1, 1),
        prepare=steps.ask_in_a_round,
    ),
    Flow(
        "check-in summary",
        steps.tick,
        _any(_TOLD_ROUNDS),
        lambda stage: (_rows(stage, _TOLD_ROUNDS), _messages(stage, OWNER, "1 of 1 person answered.")),
        (1, 1),
        prepare=steps.end_a_round,
        later=True,
    ),
    Flow(
        "pulse",
        pulse_steps.send,
        _any(select(Job).where(Job.kind == OPEN)),
        lambda stage: (
            _rows(stage, select(Pulse).where(Pulse.state == "open")),
            _messages(stage, REP, pulse_steps.QUESTION, steps.CHANNEL),
        ),
        (1, 1),
    ),
    Flow(
        "pulse vote",
        pulse_steps.vote,
        _any(select(PulseBallot)),
        lambda stage: (_rows(stage, select(PulseBallot)), _messages(stage, REP, "Yes *1*", steps.CHANNEL)),
        (1, 1),
        prepare=pulse_steps.have_one,
    ),
    Flow(
        "anonymous ballot",
        pulse_steps.vote,
        lambda _session: False,
        lambda stage: (pulse_steps.count_ballots(stage),),
        (1,),
        prepare=pulse_steps.have_an_anonymous_one,
        later=True,  # nothing of it is in the tables
    ),
    Flow(
        "pulse close",
        steps.tick,
        _any(_CLOSED_PULSES),
        lambda stage: (
            _rows(stage, _CLOSED_PULSES),
            _messages(stage, REP, "This pulse has closed.", steps.CHANNEL),
            _messages(stage, pulse_steps.ASKER, pulse_steps.QUESTION),
        ),
        (1, 1, 1),
        prepare=pulse_steps.end,
        later=True,
    ),
    Flow(
        "pulse outcome",
        pulse_steps.say_what_was_done,
        _any(_TOLD_PULSES),
        lambda stage: (_rows(stage, _TOLD_PULSES), _replies(stage, REP, pulse_steps.OUTCOME)),
        (1, 1),
        prepare=pulse_steps.have_results,
    ),
    Flow(
        "recurring pulse",
        steps.tick,
        _any(_SENT_PULSES),
        lambda stage: (
            _rows(stage, _SENT_PULSES),
            _rows(stage, select(Pulse).where(Pulse.state == "open")),
            _messages(stage, REP, pulse_steps.QUESTION, steps.CHANNEL),
        ),
        (1, 1, 2),
        prepare=pulse_steps.let_it_recur,
        later=True,
    ),
    Flow(
        "sweep",
        steps.tick,
        _any(select(Job).where(Job.kind == SWEEP)),
        lambda stage: (_rows(stage, _LIKED),),
        (1,),
        prepare=steps.announce_and_miss,
        later=True,
    ),
)
