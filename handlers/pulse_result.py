"""Results of pulses: told to the asker once, shared if that was promised, read page by page, and taken out as CSV."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import Session

from bot import asking
from bot.access import NOT_FOUND, Actor, may
from bot.domain.pulse import takes_one_tap
from bot.domain.pulse_csv import csv_names, csv_rows
from bot.domain.pulse_numbers import PulseResult
from bot.domain.pulse_theme import Theme, themes_from_json, themes_to_json, told_themes
from bot.domain.theme_list import Described
from bot.errors import BotError
from bot.intake import Act, Answer, Listener, row_number
from bot.jobs import Task
from bot.themes import find_themes, themes_in
from bot.views import pulse_result as views
from bot.views.pulse_result import PulseReport
from bot.views.pulse_result_pages import pages_modal
from storage import jobs, outbox, people, pulse_ballot, pulse_told
from storage import pulse as store
from storage.pulse import Pulse
from storage.pulse_jobs import RESULTS

KIND = "pulse"
CSV = "pulse.csv"  # the job
UTF8_MARK = "\ufeff"  # by which Excel knows the letters
ON_ITS_WAY = "The CSV is on its way, into the thread of the results."

Themes = dict[int, list[Theme]]


def tell_results(task: Task) -> None:
    """Tell the asker what came of a closed pulse, and those who were promised it; safe to be done twice."""
    with task.db.read() as session:
        row = store.get_pulse(session, team_id=task.team_id, pulse_id=task.payload["pulse_id"])
        if row is None or row.state != "closed":
            return
        seen, shared = _seen_by_asker(session, row), _seen_by_others(session, row)
    # Outside of the transaction: the first theme of a process takes a second.
    described = themes_in(task.settings.themes_file)
    themes = _find_themes(seen, described)
    with task.db.begin() as session:
        row = store.take_pulse(session, team_id=task.team_id, pulse_id=row.id or 0)
        if row is None:
            return
        row.themes = themes_to_json(themes)
        session.add(row)
        _tell_asker(session, task, row, seen)
        asker = people.find_name(session, team_id=row.team_id, user_id=row.asker_id)
    if row.shares_results:
        themes = themes if shared == seen else _find_themes(shared, described)
        message = views.shared_message(PulseReport(row.id or 0, row.privacy, shared, asker=asker, themes=themes))
        pulse_told.tell_asked(task.db, row, key=f"pulse.shared:{row.id}", message=message, now=task.now)


def read_answers(session: Session, act: Act) -> Answer:
    """Show a page of what was written or, in a named pulse, of who said what: to whoever asked, and to nobody else."""
    pulse_id, _, page = str(act.value or "").partition(":")
    row = _own_closed(session, act, row_number(pulse_id))
    modal = pages_modal(report_of(session, row, _seen_by_asker(session, row)), row_number(page))
    return Answer(modal=modal) if act.action.get("action_id") == views.READ else Answer(view=modal)


def ask_for_csv(session: Session, act: Act) -> Answer:
    """Have the CSV made: a large one takes a while. Twice within a minute is one wish."""
    row = _own_closed(session, act, act.row_id)
    key, payload = f"{CSV}:{row.id}:{act.now:%Y-%m-%dT%H:%M}", {"pulse_id": row.id}
    jobs.add_job(session, team_id=row.team_id, kind=CSV, key=key, payload=payload | {"key": key}, now=datetime.now(UTC))
    return Answer(text=ON_ITS_WAY)


def send_csv(task: Task) -> None:
    """Send the asker the numbers as a CSV file and, of a named pulse, another one with who said what."""
    with task.db.read() as session:
        row = store.get_pulse(session, team_id=task.team_id, pulse_id=task.payload["pulse_id"])
        if row is None or row.state != "closed" or _asker(session, task, row) is None:
            return
        result = _seen_by_asker(session, row)
        results = outbox.find_message(session, team_id=row.team_id, key=_key(row))
    question = result.questions[0].question.text
    with task.db.begin() as session:
        for title, rows in (("Numbers", csv_rows(result)), ("Who said what", csv_names(result))):
            if rows:
                slug = title.lower().replace(" ", "-")
                outbox.enqueue(
                    session,
                    team_id=row.team_id,
                    key=f"{task.payload['key']}:{slug}",
                    target=row.asker_id,
                    message=views.file_message(question, f"pulse-{row.id}-{slug}.csv", title, _as_csv(rows)),
                    now=task.now,
                    after_id=results.id if results and results.state == "sent" else None,
                )


def _tell_asker(session: Session, task: Task, row: Pulse, seen: PulseResult) -> None:
    """Send the asker their message, unless they are gone or may not ask any more."""
    if _asker(session, task, row) is not None:
        message = views.results_message(report_of(session, row, seen, task.settings.ask_budget))
        outbox.enqueue(session, team_id=row.team_id, key=_key(row), target=row.asker_id, message=message, now=task.now)


def _asker(session: Session, task: Task, row: Pulse) -> Actor | None:
    """Whoever asked, if they are there and may still ask."""
    person = people.get_person(session, team_id=row.team_id, user_id=row.asker_id)
    admins, default_tz = task.settings.admin_user_ids, task.settings.default_tz
    actor = people.find_actor(session, team_id=row.team_id, user_id=row.asker_id, admins=admins, default_tz=default_tz)
    return actor if person is not None and person.is_active and may(actor, "start_pulses") else None


def report_of(session: Session, row: Pulse, seen: PulseResult, budget: int = 0) -> PulseReport:
    """What whoever asked is shown of a closed pulse."""
    pulse_id = row.id or 0
    return PulseReport(
        pulse_id=pulse_id,
        privacy=row.privacy,
        result=seen,
        themes=themes_from_json(row.themes),
        asks=None if row.channel_id else asking.count_asks(session, row.team_id, KIND, pulse_id),
        budget=budget,
        held=pulse_ballot.count_held(session, row) if row.privacy == "named" else None,
        can_tell=row.outcome is None,
    )


def _own_closed(session: Session, act: Act, pulse_id: int) -> Pulse:
    """A closed pulse of the actor's own.

    Raises:
        BotError: there is none.
    """
    row = store.get_pulse(session, team_id=act.team_id, pulse_id=pulse_id)
    if row is None or row.asker_id != act.actor.user_id or row.state != "closed":
        raise BotError(NOT_FOUND)
    return row


def _seen_by_asker(session: Session, row: Pulse) -> PulseResult:
    """What whoever asked may see: as it was kept at the close, and with names if everybody was told so before."""
    if row.privacy == "named":
        return pulse_ballot.read_pulse(session, row, by_name=True)
    result = store.result_of(row)
    assert result is not None  # a closed one has its result
    return result


def _seen_by_others(session: Session, row: Pulse) -> PulseResult:
    """What those who were asked may see: no names. Counts that everybody saw while it was open stay as they were."""
    result = store.result_of(row)
    assert result is not None
    if row.privacy != "named":
        return result
    result = replace(result, ballots=())
    if takes_one_tap([one.question for one in result.questions]):
        full = pulse_ballot.read_pulse(session, row, by_name=True)
        (found,), (counted,) = result.questions, full.questions
        result = replace(result, answered=full.answered, questions=(replace(found, whole=counted.whole),))
    return result


def _find_themes(result: PulseResult, described: tuple[Described, ...]) -> Themes:
    return {
        number: told_themes(find_themes([one.text for one in found.said], described), len(found.said))
        for number, found in enumerate(result.questions)
        if found.said
    }


def _as_csv(rows: list[tuple[str, ...]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return UTF8_MARK + file.getvalue()


def _key(row: Pulse) -> str:
    return f"pulse.results:{row.id}"


LISTENERS: tuple[Listener, ...] = (
    Listener("action", views.READ, read_answers, may="start_pulses", reads=True),
    Listener("action", views.READ_BEFORE, read_answers, may="start_pulses", reads=True),
    Listener("action", views.READ_ON, read_answers, may="start_pulses", reads=True),
    Listener("action", views.CSV, ask_for_csv, may="start_pulses"),
)
JOBS: dict[str, Callable[[Task], None]] = {RESULTS: tell_results, CSV: send_csv}
