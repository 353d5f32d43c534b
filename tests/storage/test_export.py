"""What may be taken out: one workspace's rows, without what is held back or was withdrawn; on both engines."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.domain.feedback import FeedbackFields
from storage import export, feedback, people
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
    assert list(sheets) == ["people", "assets", "feedback", "replies"]
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
