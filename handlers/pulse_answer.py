"""Answers to pulses: in one tap or in the form, changed until the close, or once and for all into the ballot box."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND
from bot.domain.pulse import PulseFields, questions_mark
from bot.domain.pulse_answer import PulseAnswer, answers_to_json, check_answers, screened
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import pulse as posts
from bot.views import pulse_answer as views
from storage import ask as asks
from storage import ballot_box, home, people, pulse_post
from storage import pulse_ballot as store
from storage.ask import Ask
from storage.db import Database
from storage.pulse import Pulse, fields_of
from storage.pulse_jobs import ask_to_refresh

KIND = "pulse"
CHANGED = "The questions have been changed since. Please answer them as they stand now."
ONCE = "You have answered already. An anonymous answer can't be changed, as nobody can tell which one is yours."
CAST_BEFORE = f"{ONCE} What you have just sent was not counted."


def choose(session: Session, act: Act) -> Answer | None:
    """Keep the answer of one tap, the first one or another in its place."""
    row = _open(session, act, _pulse_id(act))
    text = _keep(session, act, row, *_tapped(act, row, posts.CHOOSE))
    is_shown = act.channel_id.startswith("D")  # the message itself says so there
    return None if is_shown else Answer(text=text)


def open_form(session: Session, act: Act) -> Answer:
    """Open the form, with what the person has said already."""
    row = _open(session, act, act.row_id)
    given = store.list_own(session, row, user_id=act.actor.user_id)
    return Answer(modal=_form(session, act, row, given))


def give_answers(session: Session, act: Act) -> Answer:
    """Keep what stands in the form."""
    row = _open(session, act, row_number(act.memo.get("pulse_id")))
    fields, answers = _filled_in(act, row)
    text = _keep(session, act, row, fields, answers)
    return Answer(view=views.thanks_modal(text, is_held=_is_held(answers)))


def cast_tap(session: Session, act: Act) -> Answer:
    """Put the answer of one tap into the box of an anonymous pulse."""
    row = _open_box(session, act, _pulse_id(act))
    _, answers = _tapped(act, row, posts.CAST)
    text = views.cast_text(answers, form_url=act.settings.official_form_url)
    done = Answer(text=text)
    if act.channel_id.startswith("D"):  # there the question is theirs alone, and gives way to the thanks
        ended = posts.ended_message(fields_of(row), asker=_asker(session, row), note=text)
        done = Answer(text=text, blocks=ended["blocks"], replace=True)
    return Answer(afterwards=partial(_cast, act=act, row=row, answers=answers, done=done))


def open_cast_form(session: Session, act: Act) -> Answer:
    """Open the form of an anonymous pulse, unless its box has this person's ballot."""
    row = _open_box(session, act, act.row_id)
    return Answer(afterwards=partial(_open_unless_cast, act=act, row=row, done=Answer(modal=_form(session, act, row))))


def cast_answers(session: Session, act: Act) -> Answer:
    """Put what stands in the form into the box."""
    row = _open_box(session, act, row_number(act.memo.get("pulse_id")))
    _, answers = _filled_in(act, row)
    text = views.cast_text(answers, form_url=act.settings.official_form_url)
    done = Answer(view=views.thanks_modal(text, is_held=_is_held(answers)))
    return Answer(afterwards=partial(_cast, act=act, row=row, answers=answers, done=done))


def _cast(db: Database, *, act: Act, row: Pulse, answers: Sequence[PulseAnswer], done: Answer) -> Answer:
    """Nothing of this is written down anywhere else: no inbox, no ask, no job, no log (R13)."""
    press = _presses.note(act.body)
    outcome = ballot_box.cast(
        db, team_id=row.team_id, pulse_id=row.id or 0, user_id=act.actor.user_id, content=answers_to_json(answers)
    )
    if outcome != "cast" and not (outcome == "answered_before" and _presses.has_copies(press)):
        raise BotError(CAST_BEFORE if outcome == "answered_before" else store.CLOSED)
    return done


class _Presses:
    """The latest presses, in memory alone: some Slacks send one payload through every connection, and no copy of it
    may be told that its ballot was not counted. Nowhere else may stand who has pressed (R13).
    """

    KEPT = 1000

    def __init__(self) -> None:
        self._guard, self._times = threading.Lock(), OrderedDict[str, int]()

    def note(self, body: dict[str, Any]) -> str:
        """A press has come, perhaps not for the first time; gives what it is known by."""
        user, action = (body.get("user") or {}).get("id"), (body.get("actions") or [{}])[0]
        place = (body.get("view") or {}).get("id") or (body.get("container") or {}).get("message_ts")
        key = f"{user}:{place}:{action.get('action_ts')}"  # and nothing of what was chosen
        with self._guard:
            self._times[key] = self._times.get(key, 0) + 1
            while len(self._times) > self.KEPT:
                self._times.popitem(last=False)
        return key

    def has_copies(self, key: str) -> bool:
        """Whether this very press has come more than once; whichever of the copies was quicker counts for all."""
        with self._guard:
            return self._times.get(key, 0) > 1


_presses = _Presses()


def _open_unless_cast(db: Database, *, act: Act, row: Pulse, done: Answer) -> Answer:
    one = [act.actor.user_id]
    if not ballot_box.list_silent(db, team_id=row.team_id, pulse_id=row.id or 0, user_ids=one):
        raise BotError(ONCE)
    return done


def _open(session: Session, act: Act, pulse_id: int) -> Pulse:
    """A pulse that this person may answer now, under their name.

    Raises:
        BotError: it does not ask them, has ended, or is anonymous.
    """
    user_id = act.actor.user_id
    row = store.require_open(session, team_id=act.team_id, pulse_id=pulse_id, user_id=user_id, now=act.now)
    if row.privacy == "anonymous":
        raise BotError(NOT_FOUND)
    return row


def _open_box(session: Session, act: Act, pulse_id: int) -> Pulse:
    """The same of an anonymous one, looked at only: the box itself knows whether it still takes ballots."""
    user_id = act.actor.user_id
    row = store.require_open(session, team_id=act.team_id, pulse_id=pulse_id, user_id=user_id, now=act.now, holds=False)
    if row.privacy != "anonymous":
        raise BotError(NOT_FOUND)
    return row


def _pulse_id(act: Act) -> int:
    return row_number(str(act.value or "").partition(":")[0])


def _tapped(act: Act, row: Pulse, ids: Sequence[str]) -> tuple[PulseFields, tuple[PulseAnswer, ...]]:
    """The answer whose button was pressed.

    Raises:
        BotError: it belongs to other questions.
    """
    fields = fields_of(row)
    answers = (PulseAnswer(0, (ids.index(str(act.action.get("action_id"))),)),)
    is_old = str(act.value or "").partition(":")[2] != questions_mark(fields.questions)
    if is_old or check_answers(fields.questions, answers):
        raise BotError(CHANGED)
    return fields, answers


def _filled_in(act: Act, row: Pulse) -> tuple[PulseFields, tuple[PulseAnswer, ...]]:
    """What stands in the form, screened.

    Raises:
        BotError: it asks other questions by now.
        FormErrors: something is missing or too long.
    """
    fields = fields_of(row)
    if act.memo.get("questions") != questions_mark(fields.questions):
        raise BotError(CHANGED)
    answers = views.answers_in(act.form, fields.questions)
    if wrong := check_answers(fields.questions, answers):
        places = {f"answer{number}": views.field_of(number, one) for number, one in enumerate(fields.questions)}
        raise FormErrors({places[field]: sentence for field, sentence in wrong.items()})
    return fields, screened(answers)


def _keep(session: Session, act: Act, row: Pulse, fields: PulseFields, answers: Sequence[PulseAnswer]) -> str:
    """Keep the answers, have the messages brought up to date, and give the words of thanks."""
    is_first = store.replace_ballot(session, row, user_id=act.actor.user_id, answers=answers, now=act.now)
    is_asked = not row.channel_id or row.reminders  # by direct message
    ask = _ask_of(session, act, row) if is_asked else None
    if ask is not None and ask.state != "refused":
        asking.record_answered(session, ask, act.now)
        shown = pulse_post.read_post(session, row, default_tz=act.settings.default_tz)
        message = posts.direct_message(shown, note=views.said_line(fields, answers))
        asking.replace_messages(session, ask, message, act.now)
    if row.channel_id:
        wait = timedelta(seconds=act.settings.pulse_refresh_seconds)
        ask_to_refresh(session, row, datetime.now(UTC), wait=wait)
    if not row.channel_id or act.view:  # the Home is drawn anew when it is opened; a rush of votes asks for none
        home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=datetime.now(UTC))
    form_url = act.settings.official_form_url
    return views.thanks_text(fields, answers, tz=act.actor.tz, is_first=is_first, form_url=form_url)


def _ask_of(session: Session, act: Act, row: Pulse) -> Ask | None:
    """The ask by direct message to this person, if there was one."""
    who = {"team_id": act.team_id, "user_id": act.actor.user_id}
    return asks.find_ask(session, **who, kind=KIND, subject_id=row.id or 0)


def _form(session: Session, act: Act, row: Pulse, given: Sequence[PulseAnswer] = ()) -> dict[str, Any]:
    asker = _asker(session, row)
    return views.answer_modal(fields_of(row), given, pulse_id=row.id or 0, asker=asker, tz=act.actor.tz)


def _asker(session: Session, row: Pulse) -> str:
    return people.find_name(session, team_id=row.team_id, user_id=row.asker_id)


def _is_held(answers: Sequence[PulseAnswer]) -> bool:
    return any(one.held_for for one in answers)


LISTENERS: tuple[Listener, ...] = (
    *(Listener("action", action_id, choose, may="be_asked") for action_id in posts.CHOOSE),
    Listener("action", posts.ANSWER, open_form, may="be_asked"),
    Listener("submission", posts.ANSWER, give_answers, may="be_asked"),
    # `reads`: past the inbox
    *(Listener("action", action_id, cast_tap, may="be_asked", reads=True) for action_id in posts.CAST),
    Listener("action", posts.CAST_FORM, open_cast_form, may="be_asked", reads=True),
    Listener("submission", posts.CAST_FORM, cast_answers, may="be_asked", reads=True),
)
JOBS: dict[str, Callable[[Task], None]] = {}
