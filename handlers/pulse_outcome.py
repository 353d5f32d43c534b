"""What was done with a pulse: said by whoever asked, once, and told to those who were asked."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from bot.access import NOT_FOUND
from bot.domain.pulse import questions_from_json
from bot.domain.pulse_outcome import check_outcome
from bot.domain.text import clean, count
from bot.errors import BotError
from bot.intake import Act, Answer, FormErrors, Listener, row_number
from bot.jobs import Task
from bot.views import kit
from bot.views import pulse_outcome as views
from bot.views.pulse_list import SAY_OUTCOME
from storage import home, people, pulse_told
from storage import pulse as store
from storage import pulse_outcome as outcomes
from storage.pulse import Pulse
from storage.pulse_jobs import OUTCOME, ask_to_tell


def open_form(session: Session, act: Act) -> Answer:
    """Ask what was done, or say what has been told."""
    row = _own_closed(session, act, act.row_id)
    if row.outcome is not None:
        return Answer(modal=views.told_modal(row.outcome, row.outcome_at, act.actor.tz))
    return Answer(
        modal=views.outcome_modal(
            _question(row), row.ended_at, act.actor.tz, pulse_id=row.id or 0, place=_place(session, row)
        )
    )


def say_outcome(session: Session, act: Act) -> Answer:
    """Keep what was done, and have it told."""
    _own_closed(session, act, row_number(act.memo.get("pulse_id")))
    outcome = clean(act.form.get("outcome") or "")
    if sentence := check_outcome(outcome):
        raise FormErrors({"outcome": sentence})
    row = store.take_pulse(session, team_id=act.team_id, pulse_id=row_number(act.memo.get("pulse_id")))
    assert row is not None  # it is never deleted
    if not outcomes.record_outcome(session, row, outcome=outcome, now=act.now):
        raise FormErrors({"outcome": views.TOLD_ALREADY})
    real_now = datetime.now(UTC)
    ask_to_tell(session, row, real_now)
    home.refresh_home(session, team_id=act.team_id, user_id=act.actor.user_id, real_now=real_now)
    return Answer(view=kit.notice_modal(views.SAID, "Thank you"))


def tell_outcome(task: Task) -> None:
    """Tell those who were asked; safe to be done twice."""
    with task.db.read() as session:
        row = store.get_pulse(session, team_id=task.team_id, pulse_id=task.payload["pulse_id"])
        if row is None or row.outcome is None:
            return
        asker = people.find_name(session, team_id=row.team_id, user_id=row.asker_id)
    message = views.outcome_message(asker, _question(row), row.outcome)
    pulse_told.tell_asked(task.db, row, key=f"{OUTCOME}:{row.id}", message=message, now=task.now)


def _own_closed(session: Session, act: Act, pulse_id: int) -> Pulse:
    """A closed pulse of the actor's own.

    Raises:
        BotError: there is none.
    """
    row = store.get_pulse(session, team_id=act.team_id, pulse_id=pulse_id)
    if row is None or row.asker_id != act.actor.user_id or row.state != "closed":
        raise BotError(NOT_FOUND)
    return row


def _question(row: Pulse) -> str:
    return questions_from_json(row.questions)[0].text


def _place(session: Session, row: Pulse) -> str:
    if row.channel_id:
        return "under the pulse in its channel"
    return f"to the {count(store.count_invited(session, row), 'person', 'people')} who were asked"


LISTENERS: tuple[Listener, ...] = (
    Listener("action", SAY_OUTCOME, open_form, may="start_pulses", reads=True),
    Listener("submission", views.FORM, say_outcome, may="start_pulses"),
)
JOBS: dict[str, Callable[[Task], None]] = {OUTCOME: tell_outcome}
