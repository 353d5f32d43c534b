"""What may be taken out: one workspace's rows, without what is held back or was withdrawn; on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain.audience import Audience
from bot.domain.feedback import FeedbackFields
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer
from storage import export, feedback, people, pulse, pulse_ballot
from storage.asset import Asset, AssetVersion
from storage.db import Database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
INJURY = "the patient was injured by the cage and had to be operated on again"
MINE, OTHERS = "T1", "T2"


def say(db: Database, team_id: str, said: str, *, withdrawn: bool = False) -> None:
    with db.begin() as session:
        version = session.exec(select(AssetVersion).where(AssetVersion.team_id == team_id)).one()
        row = feedback.add_feedback(
            session, team_id=team_id, user_id="U1", region="DACH", source="command", now=NOW, reply_hours=48,
            fields=FeedbackFields(asset_version_id=version.id, said=said, rating=4),
        )  # fmt: skip
        if withdrawn:
            feedback.record_withdrawal(session, row, now=NOW)
        session.add(
            feedback.FeedbackReply(
                team_id=team_id, feedback_id=row.id or 0, user_id="U1", text=f"re {said}", created_at=NOW
            )
        )


@pytest.fixture
def two_teams(db: Database) -> Database:
    for team_id in (MINE, OTHERS):
        with db.begin() as session:
            people.record_person(session, team_id=team_id, user_id="U1", now=NOW, name=f"Ada of {team_id}")
            people.record_roles(session, team_id=team_id, user_id="U1", roles=frozenset({"admin", "marketer"}))
            asset = Asset(team_id=team_id, reference="MLR-1", reference_key="mlr-1", created_at=NOW)
            session.add(asset)
            session.flush()
            session.add(
                AssetVersion(
                    team_id=team_id, asset_id=asset.id or 0, version="v1", number=1, title=f"Deck of {team_id}",
                    kind="deck", owner_id="U1", created_at=NOW, aliases='["deck", "slides"]',
                )
            )  # fmt: skip
        say(db, team_id, f"fine, {team_id}")
        say(db, team_id, INJURY)
        say(db, team_id, "never mind", withdrawn=True)
    return db


def test_one_workspace_without_what_is_held_or_withdrawn(two_teams: Database) -> None:
    with two_teams.snapshot() as session:
        sheets = {one.name: (one.heads, list(one.rows)) for one in export.list_sheets(session, team_id=MINE)}
        assert export.count_left_out(session, team_id=MINE) == (1, 1)
    assert list(sheets)[:6] == ["people", "assets", "feedback", "replies", "pulses", "pulse_results"]
    for heads, rows in sheets.values():
        assert all(len(row) == len(heads) for row in rows)
    assert OTHERS not in str(sheets)
    assert INJURY not in str(sheets["feedback"])
    assert "never mind" not in str(sheets)
    first, second = (dict(zip(sheets["feedback"][0], row, strict=True)) for row in sheets["feedback"][1])
    assert (first["said"], first["reference"], first["name"]) == ("fine, T1", "MLR-1", "Ada of T1")
    assert first["at"] == "2026-11-23 07:00:00"
    assert (second["said"], second["rating"]) == ("held back", 4)
    assert sheets["people"][1][0][3] == "admin;marketer"
    assert sheets["assets"][1][0][-1] == "deck;slides"


def test_pulses_are_taken_out_as_they_were_released_and_without_names(two_teams: Database) -> None:
    question = PulseQuestion("=Usable?", "single", ("Yes", "No"))
    with two_teams.begin() as session:
        for team_id in (MINE, OTHERS):
            for privacy, answering in (("named", 6), ("confidential", 4)):
                fields = PulseFields((question,), Audience(), "", privacy, NOW + timedelta(days=1), False, False)
                row = pulse.add_pulse(session, team_id=team_id, asker_id="U1", fields=fields, now=NOW)
                invited = {f"U{number}": "DACH" for number in range(1, 8)}
                pulse.record_opened(session, row, invited=invited, now=NOW)
                for number in range(1, answering + 1):
                    pulse_ballot.record_ballot(
                        session, team_id=team_id, pulse_id=row.id or 0, user_id=f"U{number}",
                        answers=[PulseAnswer(0, (number % 2,))], now=NOW,
                    )  # fmt: skip
                pulse.record_closed(session, row, result=pulse_ballot.read_pulse(session, row), now=NOW)
    with two_teams.snapshot() as session:
        sheets = {one.name: (one.heads, list(one.rows)) for one in export.list_sheets(session, team_id=MINE)}
    heads, rows = sheets["pulses"]
    named, few = (dict(zip(heads, row, strict=True)) for row in rows)
    assert (named["name"], named["invited"], named["answered"], named["state"]) == ("Ada of T1", 7, 6, "closed")
    assert (few["invited"], few["answered"]) == (7, None)
    heads, rows = sheets["pulse_results"]
    told = [row[1:7] for row in rows if row[0] == named["pulse"] and row[2] == "single"]
    assert told == [
        ("'=Usable?", "single", "everybody", "Yes", "3", "6"),
        ("'=Usable?", "single", "everybody", "No", "3", "6"),
    ]
    assert [row[4] for row in rows if row[0] == few["pulse"]] == ["too few answers to be shown"]
    assert all(len(row) == len(heads) for row in rows)
