"""Opening one piece of feedback as marketing does from the digest: who sees the name, and what is not there at all."""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from bot.access import NOT_FOUND
from bot.errors import BotError
from bot.intake import Act, Answer
from bot.settings import read_settings
from handlers.feedback_reply import open_feedback, open_reply
from storage import people
from storage.db import Database
from storage.feedback import Feedback
from tests.slack import Slack

REP, OWNER, MARKETER = "Dre Hollowell", "Ines Carvalho-Wick", "Priya Rangaraj-Cole"


@dataclass(frozen=True)
class Opened:
    """What somebody sees who presses `Open` or `Reply` on a piece of feedback."""

    slack: Slack
    company_url: str

    def by(self, name: str, do: Any = open_feedback, feedback_id: int | None = None) -> str:
        with closing(Database(self.company_url)) as db, db.begin() as session:
            row = session.exec(select(Feedback).where(Feedback.source == "command")).one()
            actor = people.find_actor(
                session,
                team_id=row.team_id,
                user_id=self.slack.person(name).id,
                admins=frozenset(),
                default_tz="UTC",
            )
            body = {"actions": [{"value": str(row.id if feedback_id is None else feedback_id)}]}
            act = Act(actor=actor, now=row.created_at, settings=read_settings(None), body=body)
            answer: Answer = do(session, act)
        return str(answer.modal)


@pytest.fixture
def opened(slack: Slack, company_url: str) -> Opened:
    """One piece of feedback of Dre about a deck of Ines."""
    slack.person(REP).command("/asset-feedback corvane deck 3 the pelican slide is too busy")
    slack.settle()
    return Opened(slack, company_url)


def test_the_owner_sees_the_name_and_may_reply(opened: Opened) -> None:
    seen = opened.by(OWNER)
    assert "the pelican slide is too busy" in seen
    assert "Dre Hollowell · US-East" in seen
    assert "'Reply'" in seen
    assert "the pelican slide is too busy" in opened.by(OWNER, open_reply)


def test_another_marketer_sees_the_words_alone_and_may_not_reply(opened: Opened) -> None:
    seen = opened.by(MARKETER)
    assert "the pelican slide is too busy" in seen
    assert "Dre" not in seen
    assert "US-East" not in seen
    assert "Reply" not in seen
    with pytest.raises(BotError, match=NOT_FOUND):
        opened.by(MARKETER, open_reply)


def test_a_rep_may_not_reply_even_to_themselves(opened: Opened) -> None:
    with pytest.raises(BotError, match=NOT_FOUND):
        opened.by(REP, open_reply)


def test_what_was_taken_back_is_not_there(opened: Opened) -> None:
    opened.slack.person(REP).click("Undo")
    for name in (OWNER, MARKETER):
        for do in (open_feedback, open_reply):
            with pytest.raises(BotError, match=NOT_FOUND):
                opened.by(name, do)


def test_what_is_on_hold_or_never_was_is_not_there(opened: Opened) -> None:
    dre = opened.slack.person(REP)
    dre.click("Edit")
    assert dre.submit(said="the patient was injured by the cage and had to be operated on again") == {}
    for name in (OWNER, MARKETER):
        with pytest.raises(BotError, match=NOT_FOUND):
            opened.by(name)
        with pytest.raises(BotError, match=NOT_FOUND):
            opened.by(name, feedback_id=0)
