"""Feedback in the tables: given, edited, taken back, answered, and who hears of it; on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Quoted, Told
from storage import feedback as store
from storage import feedback_draft, feedback_told, people
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.outbox import Outbox

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TEAM, REP, OWNER = "T1", "U1", "U9"
NOTHING = FeedbackFields(asset_version_id=None)
INJURY = "A patient was injured when the pump stopped and had to be operated on again."


def add_version(session: Session, owner_id: str = OWNER, version: str = "v1") -> int:
    for user_id, name in ((REP, "Dre"), (OWNER, "Theo")):
        people.record_person(session, team_id=TEAM, user_id=user_id, now=NOW, name=name)
    people.record_roles(session, team_id=TEAM, user_id=OWNER, roles=frozenset({"marketer"}))
    asset = session.exec(select(Asset)).first() or Asset(
        team_id=TEAM, reference="MKT-1", reference_key="mkt-1", created_at=NOW
    )
    session.add(asset)
    session.flush()
    row = AssetVersion(
        team_id=TEAM, asset_id=asset.id or 0, version=version, number=int(version[1:]), title="Spine deck",
        kind="deck", owner_id=owner_id, released_at=NOW, created_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def give(session: Session, user_id: str = REP, *, now: datetime = NOW, **answers: Any) -> store.Feedback:
    fields = replace(NOTHING, **answers)
    return store.add_feedback(
        session, team_id=TEAM, user_id=user_id, region="US-East", source="form", fields=fields, now=now, reply_hours=48
    )


def message(told: Told) -> dict[str, Any]:
    words = "taken back" if told.is_withdrawn else "on hold" if told.is_held else told.fields.said
    return {"text": f"{told.name}: {words} {told.reply}".strip()}


def change(session: Session, row: store.Feedback, now: datetime = NOW) -> Told:
    return feedback_told.record_change(session, row, owner_message=message, now=now, real_now=NOW)


def outbox(session: Session) -> list[tuple[str, str, bool]]:
    rows = session.exec(select(Outbox).order_by(col(Outbox.id)))
    return [(row.method, row.payload, row.after_id is not None) for row in rows]


def test_what_was_said_is_kept_and_listed_newest_first(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        for day in range(12):
            at = NOW - timedelta(days=day)
            give(session, now=at, asset_version_id=version_id, rating=4, said=f"day {day}")
        give(session, "U2", asset_version_id=version_id, rating=1)
    with db.read() as session:
        page, total, number = feedback_told.list_mine(session, team_id=TEAM, user_id=REP, page=0, size=10)
        last, _, at_most = feedback_told.list_mine(session, team_id=TEAM, user_id=REP, page=99, size=10)
        assert store.count_feedback(session, team_id=TEAM, version_id=version_id) == 13
        assert store.count_feedback(session, team_id="T2") == 0
    assert (total, number, at_most) == (12, 0, 1)
    assert [told.fields.said for told in page] == [f"day {day}" for day in range(10)]
    assert [told.fields.said for told in last] == ["day 10", "day 11"]
    assert page[0].card
    assert page[0].card.title == "Spine deck"
    assert (page[0].name, page[0].owner_id, page[0].status) == ("Dre", OWNER, "counted")


def test_every_text_is_screened(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        assert give(session, asset_version_id=version_id, said="Lovely").held_for is None
        assert give(session, asset_version_id=version_id, said=INJURY).held_for
        assert give(session, asset_version_id=version_id, missing=INJURY).held_for
        quoted = Quoted(text=INJURY, user_id="U3", channel_id="C1", message_ts="1.2")
        fields = replace(NOTHING, asset_version_id=version_id, rating=3)
        row = store.add_feedback(
            session, team_id=TEAM, user_id=REP, region="", source="shortcut", fields=fields, now=NOW, reply_hours=48,
            quoted=quoted,
        )  # fmt: skip
        assert row.held_for
        assert (row.channel_id, row.message_ts) == ("C1", "1.2")


def test_an_edit_is_screened_again_and_moves_the_clock(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        row = give(session, asset_version_id=version_id, rating=4)
        seen = [(row.held_for, row.reply_due_at)]
        for hours, rating, said in ((1, 1, INJURY), (2, 1, "Dull"), (3, 4, "Fine")):
            fields = replace(NOTHING, asset_version_id=version_id, rating=rating, said=said)
            store.record_edit(session, row, fields=fields, now=NOW + timedelta(hours=hours), reply_hours=48)
            seen.append((row.held_for, row.reply_due_at))
    due = NOW + timedelta(hours=49)
    assert [bool(held) for held, _ in seen] == [False, True, False, False]
    assert [at for _, at in seen] == [None, due, due, None]


def test_the_owner_hears_once_and_then_sees_every_change(db: Database) -> None:
    with db.begin() as session:
        row = give(session, asset_version_id=add_version(session), rating=1, said="Useless slide")
        assert change(session, row).status == "waiting"
        store.record_withdrawal(session, row, now=NOW)
        change(session, row, NOW + timedelta(minutes=1))
        store.record_withdrawal(session, row, now=None)
        change(session, row, NOW + timedelta(minutes=2))
        said = outbox(session)
    assert [(method, after) for method, _, after in said] == [
        ("chat.postMessage", False), ("chat.update", True), ("chat.update", True),
    ]  # fmt: skip
    assert "Useless slide" in said[0][1]
    assert "Useless slide" not in said[1][1]
    assert "taken back" in said[1][1]
    assert "Useless slide" in said[2][1]


def test_nobody_is_told_of_praise_or_of_their_own_words(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        change(session, give(session, asset_version_id=version_id, rating=5))
        assert change(session, give(session, OWNER, asset_version_id=version_id, rating=1)).status == "counted"
        assert outbox(session) == []


def test_held_words_still_reach_the_owner_as_a_question_without_them(db: Database) -> None:
    with db.begin() as session:
        told = change(session, give(session, asset_version_id=add_version(session), rating=1, said=INJURY))
        said = outbox(session)
    assert told.status == "held"
    assert len(said) == 1
    assert "on hold" in said[0][1]
    assert "injured" not in said[0][1]


def test_an_owner_who_left_is_followed_by_the_current_versions_owner(db: Database) -> None:
    with db.begin() as session:
        old = add_version(session, owner_id="U7")
        people.record_person(session, team_id=TEAM, user_id="U7", now=NOW, name="Gone", is_active=False)
        people.record_roles(session, team_id=TEAM, user_id="U7", roles=frozenset({"marketer"}))
        assert feedback_told.find_owner(session, team_id=TEAM, version_id=old) == ""
        add_version(session, version="v2")
        assert feedback_told.find_owner(session, team_id=TEAM, version_id=old) == OWNER
        people.record_person(session, team_id=TEAM, user_id="U7", now=NOW, is_active=True)
        assert feedback_told.find_owner(session, team_id=TEAM, version_id=old) == "U7"
        people.record_roles(session, team_id=TEAM, user_id="U7", roles=frozenset({"rep"}))
        assert feedback_told.find_owner(session, team_id=TEAM, version_id=old) == OWNER
        assert feedback_told.find_owner(session, team_id="T2", version_id=old) == ""


def test_a_reply_stops_the_clock_and_a_held_one_does_not(db: Database) -> None:
    with db.begin() as session:
        row = give(session, asset_version_id=add_version(session), wants_reply=True, said="Is there a German one?")
        held = store.add_reply(session, row, user_id=OWNER, text=INJURY, now=NOW)
        assert held.held_for
        assert row.replied_at is None
        assert change(session, row).reply == ""
        store.add_reply(session, row, user_id=OWNER, text="Next week.", now=NOW + timedelta(hours=1))
        store.add_reply(session, row, user_id=OWNER, text="It is out.", now=NOW + timedelta(hours=9))
        told = change(session, row)
    assert row.replied_at == NOW + timedelta(hours=1)
    assert (told.status, told.reply) == ("answered", "It is out.")


def test_a_press_is_found_again_by_person_version_and_message(db: Database) -> None:
    with db.begin() as session:
        version_id = add_version(session)
        fields = replace(NOTHING, asset_version_id=version_id, use="used_with_customer")
        row = store.add_feedback(
            session, team_id=TEAM, user_id=REP, region="", source="button", fields=fields, now=NOW, reply_hours=48,
            place=("C1", "1.2"),
        )  # fmt: skip

        def find(user_id: str = REP, version: int = version_id, ts: str = "1.2", team: str = TEAM) -> Any:
            return store.find_pressed(session, team_id=team, user_id=user_id, version_id=version, place=("C1", ts))

        assert find() is row
        assert [find(user_id="U2"), find(version=0), find(ts="1.3"), find(team="T2")] == [None] * 4


def test_a_draft_keeps_all_of_it_for_its_writer_for_a_week(db: Database) -> None:
    long = "ä" * 100_000
    quoted = Quoted(text="hm", user_id="U3", channel_id="C1", message_ts="1.2")
    with db.begin() as session:
        row = feedback_draft.add_draft(
            session, team_id=TEAM, user_id=REP, fields=replace(NOTHING, said=long), now=NOW, quoted=quoted
        )
    with db.begin() as session:
        draft_id = row.id or 0
        kept = feedback_draft.get_draft(session, team_id=TEAM, user_id=REP, draft_id=draft_id)
        assert kept
        assert feedback_draft.read_draft(kept) == (replace(NOTHING, said=long), quoted, "form")
        assert feedback_draft.get_draft(session, team_id=TEAM, user_id="U2", draft_id=draft_id) is None
        assert feedback_draft.get_draft(session, team_id="T2", user_id=REP, draft_id=draft_id) is None
        assert feedback_draft.forget_drafts(session, team_id=TEAM, now=NOW + timedelta(days=6)) == 0
        assert feedback_draft.forget_drafts(session, team_id="T2", now=NOW + timedelta(days=8)) == 0
        assert feedback_draft.forget_drafts(session, team_id=TEAM, now=NOW + timedelta(days=8)) == 1


def test_no_rating_outside_one_to_five_gets_in(db: Database) -> None:
    with pytest.raises(IntegrityError), db.begin() as session:
        give(session, asset_version_id=add_version(session), rating=6)


def test_another_workspace_finds_nothing(db: Database) -> None:
    with db.begin() as session:
        row = give(session, asset_version_id=add_version(session), rating=2)
        assert store.get_feedback(session, team_id=TEAM, feedback_id=row.id or 0) is row
        assert store.get_feedback(session, team_id="T2", feedback_id=row.id or 0) is None


def test_a_press_is_looked_for_by_its_message(migrated_file: Path) -> None:
    """By the asset's index it took longer with every press of anybody, by the person's with each of theirs."""
    db = Database(f"sqlite:///{migrated_file}")
    asked = str(store._PRESSED.compile(dialect=db.engine.dialect))
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("1",) * asked.count("?")).all()
    db.close()
    assert "feedback_by_press" in str(plan)
