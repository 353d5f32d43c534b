"""Searches in the tables: cleaned, screened, of one workspace, of one period, once a person, and forgotten."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot.domain.digest_searches import Missed
from storage.asset_search import (
    KEPT_FOR,
    LONGEST,
    AssetSearch,
    add_search,
    forget_searches,
    has_old_searches,
    list_missed,
)
from storage.db import Database

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEAM = "T1"


def search(
    db: Database, words: str, user_id: str = "U1", *, found: int = 0, team_id: str = TEAM, days: int = 0
) -> bool:
    with db.begin() as session:
        at = NOW - timedelta(days=days)
        return add_search(session, team_id=team_id, user_id=user_id, words=words, found=found, now=at)


def missed(db: Database, days: int = 7) -> list[Missed]:
    with db.read() as session:
        start, end = NOW - timedelta(days=days), NOW + timedelta(seconds=1)
        return list_missed(session, team_id=TEAM, start=start, end=end)


def test_words_are_kept_as_they_are_compared(db: Database) -> None:
    for words in ("  The MRI safety-sheet! ", "mri\u202e safety\x07 sheet", "\U0001f525", "...", "", "Ω" * 500):
        assert search(db, words) is False
    with db.read() as session:
        rows = session.exec(select(AssetSearch.words)).all()
    assert rows[:2] == ["mri safety sheet", "mri safety sheet"]
    assert len(rows) == 3
    assert len(rows[2]) <= LONGEST


def test_what_is_held_is_kept_and_told_to_nobody(db: Database) -> None:
    assert search(db, "the patient was injured by the cage and had to be operated on again") is True
    assert search(db, "mri safety") is False
    assert missed(db) == [Missed("mri safety", "U1")]
    with db.read() as session:
        held = session.exec(select(AssetSearch.held_for)).all()
    assert held[0]
    assert held[1] is None


def test_each_person_once_of_this_workspace_in_this_period_and_only_what_was_not_found(db: Database) -> None:
    search(db, "mri safety")
    search(db, "mri safety", days=1)
    search(db, "MRI safety", "U2", days=2)
    search(db, "cage deck", found=1)
    search(db, "elsewhere", team_id="T2")
    search(db, "long ago", days=8)
    assert missed(db) == [Missed("mri safety", "U1"), Missed("mri safety", "U2")]
    assert len(missed(db, days=9)) == 3


def test_old_searches_are_forgotten_and_no_others(db: Database) -> None:
    search(db, "old", days=KEPT_FOR.days + 1)
    search(db, "new", days=KEPT_FOR.days - 1)
    search(db, "old", team_id="T2", days=KEPT_FOR.days + 1)
    with db.begin() as session:
        assert has_old_searches(session, team_id=TEAM, now=NOW)
        assert forget_searches(session, team_id=TEAM, now=NOW) == 1
        assert not has_old_searches(session, team_id=TEAM, now=NOW)
        assert len(session.exec(select(AssetSearch)).all()) == 2
