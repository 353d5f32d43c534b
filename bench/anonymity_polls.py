"""Anonymous polls as the app holds them: opened, answered through its own handlers, closed by its clock, and told."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, select

from bench.anonymity_traces import MARK, TEAM, Poll, Traces, in_order
from bot.access import Actor
from bot.domain.audience import Audience
from bot.domain.pulse import FEW, FEW_TEXTS, PulseFields, PulseQuestion, questions_mark
from bot.domain.pulse_answer import PulseAnswer, answers_to_json
from bot.domain.pulse_numbers import PulseResult
from bot.errors import BotError
from bot.intake import Act
from bot.jobs import Task
from bot.settings import read_settings
from bot.views.pulse_result_pages import PAGE_SIZE, pages_modal
from handlers import pulse_answer, pulse_close, pulse_result
from storage import ballot_box, people, pulse
from storage.inbox import Inbox
from storage.jobs import Job
from storage.outbox import Outbox

ASKER = "UASKER"
CHOICES = ("Yes", "No", "Not seen")
QUESTIONS = (PulseQuestion("Usable?", "single", CHOICES), PulseQuestion("What is missing?", "text"))
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CLOSES = NOW + timedelta(days=1)


class Polls:
    """The app's own way with the polls of one database."""

    def __init__(self, traces: Traces) -> None:
        """People who ask and are asked are put in once."""
        self._db = traces.db
        self._settings = read_settings(env_file=None, slack_bot_token="xoxb-bench", slack_app_token="xapp-bench")
        with self._db.begin() as session:
            people.record_person(session, team_id=TEAM, user_id=ASKER, now=NOW, name="Asker")
            people.record_roles(session, team_id=TEAM, user_id=ASKER, roles=frozenset({"executive"}))

    def begin(self, voters: Sequence[str], *, silent: int) -> int:
        """Open a pulse to the voters and as many who will say nothing; gives its id."""
        fields = PulseFields(QUESTIONS, Audience(), "", "anonymous", CLOSES, False, True)
        invited = {f"{user_id}": "DACH" for user_id in [*voters, *(f"USILENT{n}" for n in range(silent))]}
        with self._db.begin() as session:
            row = pulse.add_pulse(session, team_id=TEAM, asker_id=ASKER, fields=fields, now=NOW)
            ballot_box.open_box(self._db, session, team_id=TEAM, pulse_id=row.id or 0)
            pulse.record_opened(session, row, invited=invited, now=NOW)
            return row.id or 0

    def cast(self, pulse_id: int, voter: str, choice: int, words: str) -> bool:
        """Put a ballot into the box, as is done with what stood in the form; False if it was not taken."""
        content = answers_to_json([PulseAnswer(0, (choice,)), PulseAnswer(1, text=words)])
        told = ballot_box.cast(self._db, team_id=TEAM, pulse_id=pulse_id, user_id=voter, content=content)
        return told == "cast"

    def send_form(self, pulse_id: int, voter: str, choice: int, words: str) -> bool:
        """Send the form in, as the door does; False if it was not taken."""
        memo = {"pulse_id": pulse_id, "questions": questions_mark(QUESTIONS)}
        values = {"answer0": {"a": {"selected_option": {"value": str(choice)}}}, "answer1": {"a": {"value": words}}}
        view = {"private_metadata": json.dumps(memo), "state": {"values": values}}
        actor = Actor(TEAM, voter, voter, frozenset({"rep"}), "sales", "DACH", "UTC")
        act = Act(actor, NOW, self._settings, {"view": view})
        try:
            with self._db.read() as session:
                answer = pulse_answer.cast_answers(session, act)
            assert answer.afterwards is not None
            answer.afterwards(self._db)
        except BotError:
            return False
        return True

    def close(self, pulse_id: int) -> None:
        """Let the clock close it, and the job tell what came of it."""
        pulse_close.run_due(self._db, TEAM, CLOSES, self._settings)
        no_slack: Any = None
        task = Task(TEAM, {"pulse_id": pulse_id}, CLOSES, self._settings, self._db, no_slack, no_slack)
        pulse_result.tell_results(task)

    def released(self, poll: Poll) -> dict[str, list[bytes]]:
        """The marks in every order in which whoever asked, and those who were asked, may see them."""
        with self._db.read() as session:
            result = self._result(session, poll)
            told = [row.payload for row in session.exec(select(Outbox).order_by(Outbox.id))]  # type: ignore[arg-type]
            row = pulse.get_pulse(session, team_id=TEAM, pulse_id=poll.pulse_id)
            assert row is not None
            report = pulse_result.report_of(session, row, result)
        texts = len(result.questions[1].said)
        pages = "".join(str(pages_modal(report, page)) for page in range(-(-texts // PAGE_SIZE)))
        return {
            "result": in_order(result.to_json().encode(), poll.marks)[0],
            "pages of answers": in_order(pages.encode(), poll.marks)[0],
            "messages": in_order("".join(told).encode(), poll.marks)[0],
        }

    def faults(self, poll: Poll) -> list[str]:
        """What was released and must not be, or is lost."""
        with self._db.read() as session:
            result = self._result(session, poll)
            noted = [
                name
                for name, rows in (("inbox", select(Inbox.answer)), ("job", select(Job.payload)))
                if any(MARK.search(str(one).encode()) for one in session.exec(rows))
            ]
        found, number = [f"a ballot in the {name}" for name in noted], len(poll.voters)
        choice, words = result.questions
        if result.turnout or choice.groups or words.groups or result.ballots:
            found.append("a group or a name")
        if (result.answered, choice.whole is None) != (number if number >= FEW else None, number < FEW):
            found.append("a cell under the threshold")
        if len(words.said) != (number if number >= FEW_TEXTS else 0):
            found.append("texts of too few, or lost ones")
        return found

    def _result(self, session: Session, poll: Poll) -> PulseResult:
        row = pulse.get_pulse(session, team_id=TEAM, pulse_id=poll.pulse_id)
        assert row is not None
        return cast(PulseResult, pulse.result_of(row))
