"""The texts that a digest hears, on both engines: this workspace, this quarter, nothing held or taken back."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, Question
from bot.domain.digest_numbers import EVERYTHING, Scope
from bot.domain.digest_voices import Heard
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_numbers import PulseResult
from storage import check_in, digest_voices, people, pulse_finding
from storage import pulse as pulses
from storage.check_in import CheckInAnswer, CheckInRound
from storage.db import Database
from storage.digest_voices import MOST
from storage.feedback import Feedback
from tests.storage.test_digest import IN_WEEK, NOW, TEAM, WEEK, Company

EARLIER = IN_WEEK - timedelta(weeks=5)


@pytest.fixture
def company(db: Database) -> Company:
    return Company(db)


def hears(company: Company, scope: Scope = EVERYTHING, pieces: int = 1) -> Heard:
    with company.db.read() as session:
        return digest_voices.read_heard(session, team_id=TEAM, period=WEEK, pieces=pieces, scope=scope)


def answers(company: Company, *given: dict[str, Any], team_id: str = TEAM) -> None:
    """Answers to the question what people need, in one round of one check-in."""
    question = Question("What did you need?", is_need=True)
    fields = CheckInFields("Needs", Audience(role="rep"), (question,), Cadence(), WEEK.first)
    with company.db.begin() as session:
        row = check_in.add_check_in(session, team_id=team_id, owner_id="UM1", fields=fields, now=EARLIER)
        asked = Asked("Needs", (question,), "UM1", "Name of UM1")
        of = CheckInRound(
            team_id=team_id, check_in_id=row.id or 0, local_date=EARLIER.date(), questions=asked.to_json(),
            opened_at=EARLIER, closes_at=IN_WEEK,
        )  # fmt: skip
        session.add(of)
        session.flush()
        for number, more in enumerate(given):
            known: dict[str, Any] = {
                "user_id": f"U{number}",
                "text": f"need {number}",
                "is_need": True,
                "answered_at": IN_WEEK,
            } | more
            session.add(CheckInAnswer(team_id=team_id, round_id=of.id or 0, question=0, **known))


def test_texts_come_in_their_order_with_who_wrote_them(company: Company) -> None:
    deck = company.version()
    company.says(deck, said="said", missing="a table", rating=2, outcome="hurt", replied_at=NOW)
    company.says(None, "U2", EARLIER, quoted_text="a message", region="North")
    company.says(deck, "U3", said="", missing="")
    for more in ({"held_for": "complaint"}, {"withdrawn_at": NOW}, {"team_id": "T2"}):
        company.says(deck, "U9", said="not to be heard", missing="not to be heard", **more)
    company.says(deck, "U9", WEEK.looked_back().start - timedelta(seconds=1), said="long ago")
    company.says(deck, "U9", WEEK.end, said="later")
    heard = hears(company, pieces=3)
    assert [(one.words, one.user_id, one.region, one.version_id) for one in heard.said] == [
        ("a message", "U2", "North", None), ("said", "U1", "DACH", deck),
    ]  # fmt: skip
    assert [(one.rating, one.outcome, one.is_answered) for one in heard.said][1] == (2, "hurt", True)
    assert [one.words for one in heard.needs] == ["a table"]
    assert (heard.read, heard.total) == (3, 3)


def test_what_check_ins_heard_is_a_need(company: Company) -> None:
    with company.db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U0", now=NOW, region="North")
    late = {"answered_at": WEEK.looked_back().start - timedelta(seconds=1)}
    silent: list[dict[str, Any]] = [
        {"held_for": "complaint"},
        {"withdrawn_at": NOW},
        {"is_need": False},
        {"text": ""},
        late,
    ]
    answers(company, {}, {"answered_at": EARLIER}, *silent)
    answers(company, {"text": "of another workspace"}, team_id="T2")
    heard = hears(company)
    assert [(one.words, one.user_id, one.region, one.feedback_id) for one in heard.needs] == [
        ("need 1", "U1", "", 0), ("need 0", "U0", "North", 0),
    ]  # fmt: skip
    assert (heard.read, heard.total) == (2, 2)  # one piece of feedback and one answer in the week
    assert [one.words for one in hears(company, Scope(user_ids=frozenset({"U1"}))).needs] == ["need 1"]
    assert hears(company, Scope(version_ids=frozenset({1}))).needs == []


def test_of_very_many_every_nth_is_read(company: Company) -> None:
    known = {"team_id": TEAM, "user_id": "U1", "source": "form", "region": "", "quoted_text": "", "wants_reply": False}
    rows = [
        known | {"said": f"text {number}", "missing": "", "created_at": WEEK.start + timedelta(minutes=number)}
        for number in range(3 * MOST)
    ]
    with company.db.begin() as session:
        session.execute(insert(Feedback), rows)
    counted = company.counts()
    assert (counted.this.said, counted.heard.read, counted.heard.total) == (3 * MOST, MOST, 3 * MOST)
    assert len(counted.heard.said) == MOST
    assert {after.at - one.at for one, after in pairwise(counted.heard.said)} == {timedelta(minutes=3)}


def test_a_digest_about_some_assets_or_people_hears_of_these_alone(company: Company) -> None:
    deck, sheet = company.version(), company.version(owner_id="UM2")
    company.says(deck, "U1", said="of the deck")
    company.says(sheet, "U2", said="of the sheet")
    assert [one.words for one in hears(company, Scope(version_ids=frozenset({deck}))).said] == ["of the deck"]
    assert [one.words for one in hears(company, Scope(user_ids=frozenset({"U2"}))).said] == ["of the sheet"]


def test_an_outcome_is_told_when_it_is_told(company: Company) -> None:
    question = PulseQuestion("Usable?", "single", ("Yes", "No"))
    fields = PulseFields((question,), Audience(role="rep"), "", "named", IN_WEEK, reminders=False, shares_results=False)
    with company.db.begin() as session:
        for closed_at, told_at in ((EARLIER, IN_WEEK), (IN_WEEK, IN_WEEK), (EARLIER, EARLIER), (EARLIER, None)):
            row = pulses.add_pulse(session, team_id=TEAM, asker_id="UM1", fields=fields, now=EARLIER)
            row.state, row.ended_at, row.outcome, row.outcome_at = "closed", closed_at, "Done", told_at
            row.result = PulseResult(9, None, (), 0, ()).to_json()
        told = pulse_finding.list_told(session, team_id=TEAM, start=WEEK.start, end=WEEK.end)
    assert [one.outcome for one in told] == ["Done"]
