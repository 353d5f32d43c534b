"""What is done about pulses after the answer: the jobs' names, and how each is asked for in the change it follows."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, select

from storage import jobs
from storage.db import run_statement
from storage.jobs import Job
from storage.pulse import Pulse

OPEN = "pulse.open"  # find out who is invited, open it and ask them
CLOSE = "pulse.close"  # close now what is over
SHOW = "pulse.show"  # let what stands in Slack say what the row says: after an edit, another end, a cancellation
REFRESH = "pulse.refresh"  # let the message in the channel tell how many have answered by now
RESULTS = "pulse.results"  # tell what a closed pulse came to
OUTCOME = "pulse.outcome"  # tell those who were asked what was done


def ask_to_open(session: Session, row: Pulse, real_now: datetime) -> None:
    """Have a planned pulse opened soon, with the people who are there then."""
    _ask(session, OPEN, row, real_now)


def ask_to_close(session: Session, row: Pulse, real_now: datetime) -> None:
    """Have what is over closed soon, without waiting for the clock."""
    _ask(session, CLOSE, row, real_now)


def ask_to_show(session: Session, row: Pulse, real_now: datetime) -> None:
    """Have the messages, the asks and the box of a pulse brought in line with its row."""
    _ask(session, SHOW, row, real_now)


def ask_to_refresh(session: Session, row: Pulse, real_now: datetime, *, wait: timedelta) -> None:
    """Have the message in the channel tell how many have answered, after a wait in which others may answer, too.

    A refresh that is under way may have counted already; then another one follows it.
    """
    first = run_statement(session, _STATE, team=row.team_id, key=f"{REFRESH}:{row.id}:first").scalar()
    if first == "pending":
        return  # most votes of a rush
    for turn in ("first", "next"):
        key, payload, due = f"{REFRESH}:{row.id}:{turn}", {"pulse_id": row.id}, real_now + wait
        if jobs.add_job(session, team_id=row.team_id, kind=REFRESH, key=key, payload=payload, now=due, again=True):
            return


def ask_for_results(session: Session, row: Pulse, real_now: datetime) -> None:
    """Have the asker told what a closed pulse came to, and whoever else was promised it."""
    _ask(session, RESULTS, row, real_now)


def ask_to_tell(session: Session, row: Pulse, real_now: datetime) -> None:
    """Have those who were asked told what was done with their answers."""
    _ask(session, OUTCOME, row, real_now)


def _ask(session: Session, kind: str, row: Pulse, real_now: datetime) -> None:
    """A job that is under way may have looked already; then another one follows it."""
    for key in (f"{kind}:{row.id}", f"{kind}:{row.id}:next"):
        payload = {"pulse_id": row.id}
        if jobs.add_job(session, team_id=row.team_id, kind=kind, key=key, payload=payload, now=real_now, again=True):
            return


_STATE = select(Job.state).where(Job.team_id == bindparam("team"), Job.dedupe_key == bindparam("key"))
