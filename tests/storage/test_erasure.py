"""Erasure in the tables, on both engines: nothing of a person is left, in rows, files, backups or exports."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, event, select, text
from sqlmodel import Session, col

from bot.domain.asset import AssetFields
from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, Question
from bot.domain.erasure import appears_in, told_counts
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Quoted
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer
from bot.domain.summary import Point, Summary
from bot.domain.thread import CAPTURED, read_said
from storage import (
    announcement,
    asset,
    asset_search,
    audit,
    audit_reading,
    check_in,
    check_in_answer,
    denial,
    erased,
    erasure,
    export,
    feedback,
    feedback_draft,
    inbox,
    jobs,
    outbox,
    own_data,
    people,
    pulse,
    pulse_ballot,
    reaction,
    slots,
    thread,
    thread_capture,
    thread_told,
    wiping,
    workspace,
    workspace_settings,
)
from storage.ask import Ask
from storage.backup import make_backup
from storage.copying import count_rows
from storage.db import Database
from storage.restore import restore
from storage.schema import all_tables, migrate

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TEAM, GONE, OTHER, BOSS = "T1", "U0CANARY", "U2", "UBOSS"
NAME = "Canary Finchley-Ødegård"
WORD = "canarywords"  # in everything that the person writes


def plant(session: Session) -> None:
    """Somebody who has used everything there is, among others who stay."""
    workspace.record_workspace(session, team_id=TEAM, name="Meridian", bot_user_id="U0", now=NOW)
    for user_id, name, role in (
        (GONE, NAME, "manager"),
        (OTHER, "Ada Lovelace", "marketer"),
        (BOSS, "Sam Boss", "admin"),
    ):
        people.record_person(
            session, team_id=TEAM, user_id=user_id, now=NOW, name=name, region="DACH", dm_channel_id=f"D{user_id}"
        )
        people.record_roles(session, team_id=TEAM, user_id=user_id, roles=frozenset({role}), now=NOW, by=GONE)
    for reference, owner_id in (("MLR-2", GONE), ("MLR-1", OTHER)):
        fields = AssetFields(
            reference=reference, version="v1", title="Deck", kind="deck", link="", owner_id=owner_id,
            product_line="Spine", released_on=NOW.date(), aliases=(),
        )  # fmt: skip
        version = asset.add_version(session, team_id=TEAM, fields=fields, now=NOW, by=GONE)
    announcement.add_announcement(
        session, team_id=TEAM, version_id=version.id or 0, channel_id="C1", message={"text": "released"},
        note="released", by=GONE, now=NOW,
    )  # fmt: skip
    _plant_feedback(session, version.id or 0)
    _plant_rounds(session)
    _plant_pulses(session)
    _plant_thread(session)
    _plant_traffic(session)
    audit.record(session, team_id=TEAM, by=GONE, deed="asset.released", subject="asset 1", now=NOW)
    audit.record(session, team_id=TEAM, by=BOSS, deed="role.given", about=GONE, after={"name": NAME}, now=NOW)


def _plant_feedback(session: Session, version_id: int) -> None:
    said = FeedbackFields(asset_version_id=version_id, rating=2, said=f"{WORD} said", missing=f"{WORD} missing")
    same: dict[str, Any] = {"team_id": TEAM, "region": "DACH", "now": NOW, "reply_hours": 48}
    row = feedback.add_feedback(session, user_id=GONE, source="form", fields=said, **same)
    feedback.add_reply(session, row, user_id=OTHER, text=f"about your {WORD}", now=NOW)
    others = FeedbackFields(asset_version_id=version_id, rating=4, said=f"as {NAME} said")
    quoted = Quoted(text=f"{WORD} quoted", user_id=GONE, channel_id="C1", message_ts="1.1")
    theirs = feedback.add_feedback(session, user_id=OTHER, source="form", fields=others, quoted=quoted, **same)
    feedback.add_reply(session, theirs, user_id=GONE, text=f"{WORD} reply", now=NOW)
    owner = {"text": f"{NAME} said {WORD} said", "blocks": []}
    key = f"feedback.owner:{row.id}:{OTHER}"
    outbox.enqueue(session, team_id=TEAM, key=key, target=OTHER, message=owner, now=NOW).state = "sent"
    found = reaction.record_reaction(
        session,
        team_id=TEAM,
        channel_id="C1",
        message_ts="1.2",
        user_id=GONE,
        emoji="+1",
        event_ts="1.3",
        is_present=True,
        now=NOW,
    )
    feedback.record_reaction_feedback(
        session, team_id=TEAM, reaction_id=found.id or 0, user_id=GONE, region="DACH", version_id=version_id,
        meaning="helpful", place=("C1", "1.2"), is_present=True, now=NOW,
    )  # fmt: skip
    feedback_draft.add_draft(session, team_id=TEAM, user_id=GONE, fields=said, now=NOW)
    asset_search.add_search(session, team_id=TEAM, user_id=GONE, words=f"{WORD} search", found=0, now=NOW)


def _plant_rounds(session: Session) -> None:
    questions = (Question("What was missing?", is_need=True), Question("What helped?"))
    fields = CheckInFields("Tenders", Audience(user_ids=(GONE, OTHER)), questions, Cadence("1", 1), NOW.date())
    row = check_in.add_check_in(session, team_id=TEAM, owner_id=GONE, fields=fields, now=NOW)
    asked = Asked("Tenders", questions, GONE, NAME, group="reps", size=2)
    closes = NOW + timedelta(days=7)
    found = check_in.add_round(session, row, day=date(2026, 11, 23), asked=asked, now=NOW, closes_at=closes)
    for user_id in (GONE, OTHER):
        word = WORD if user_id == GONE else "other"
        check_in_answer.record_answers(
            session, found, user_id=user_id, region="DACH", texts={0: f"{word} need", 1: f"{word} helped"}, now=NOW,
            reply_hours=48,
        )  # fmt: skip
    ask = Ask(
        team_id=TEAM, user_id=GONE, kind="check_in", subject_id=found.id or 0, stop_key="x", why=f"why {NAME}",
        due_at=NOW, closes_at=NOW, next_at=None, created_at=NOW,
    )  # fmt: skip
    session.add(ask)


def _plant_pulses(session: Session) -> None:
    questions = (PulseQuestion("Usable?", "single", ("Yes", "No")), PulseQuestion("Why?", "text", ()))
    invited = {GONE: "DACH", OTHER: "DACH"} | {f"U{number}": "DACH" for number in range(3, 14)}
    for privacy, asker, ends in (
        ("named", OTHER, True), ("confidential", OTHER, True), ("confidential", OTHER, False),
        ("anonymous", OTHER, False), ("named", GONE, False),
    ):  # fmt: skip
        fields = PulseFields(questions, Audience(), "", privacy, NOW + timedelta(days=1), False, False)
        row = pulse.add_pulse(session, team_id=TEAM, asker_id=asker, fields=fields, now=NOW)
        pulse.record_opened(session, row, invited=invited, now=NOW)
        for user_id in invited if privacy != "anonymous" else ():
            word = WORD if user_id == GONE else "other"
            answers = [PulseAnswer(0, (1,)), PulseAnswer(1, (), f"{word} vote {user_id[-2:]}")]
            pulse_ballot.record_ballot(
                session, team_id=TEAM, pulse_id=row.id or 0, user_id=user_id, answers=answers, now=NOW
            )  # fmt: skip
        if ends:
            result = pulse_ballot.read_pulse(session, row, by_name=privacy == "named")
            pulse.record_closed(session, row, result=result, now=NOW)


def _plant_thread(session: Session) -> None:
    row = thread.add_thread(session, team_id=TEAM, channel_id="C1", root_ts="5.1", now=NOW)
    thread.record_captured(session, row, channel_name="field", is_private=False, now=NOW)
    said = [
        read_said("5.1", GONE, f"{WORD} root", files=0, name=""),
        read_said("5.2", OTHER, f"I think {NAME} is right", files=0, name=""),
        read_said("5.3", OTHER, "Nobody knows", files=0, name=""),
    ]
    thread.record_read(session, row, said, now=NOW)
    row.author_id = GONE
    points = (Point(f"{WORD} root", ("5.1",)), Point(f"{NAME} is right", ("5.2",)), Point("Nobody knows", ("5.3",)))
    thread.record_summary(session, row, summary=Summary(key_points=points), version=row.version)
    for user_id in (GONE, OTHER):
        thread_capture.record_capture(
            session, team_id=TEAM, place=("C1", "5.1"), user_id=user_id, way="button", event_ts="", is_present=True,
            now=NOW,
        )  # fmt: skip
    for capture in session.execute(select(thread_capture.Capture)).scalars():
        capture.thread_id, capture.author_id = row.id, GONE
    sent = outbox.enqueue(session, team_id=TEAM, key=f"thread:{GONE}", target=GONE, message={"text": WORD}, now=NOW)
    session.add(
        thread_told.ThreadPost(
            team_id=TEAM, thread_id=row.id or 0, round=1, kind="person", user_id=GONE, outbox_id=sent.id or 0
        )
    )
    alone = thread.add_thread(session, team_id=TEAM, channel_id="C1", root_ts="6.1", now=NOW)
    thread.record_captured(session, alone, channel_name="field", is_private=False, now=NOW)
    thread.record_read(session, alone, [read_said("6.1", OTHER, "sent by one", files=0, name="")], now=NOW)
    thread_capture.record_capture(
        session, team_id=TEAM, place=("C1", "6.1"), user_id=GONE, way="button", event_ts="", is_present=True, now=NOW
    )  # fmt: skip
    for capture in session.execute(
        select(thread_capture.Capture).where(col(thread_capture.Capture.message_ts) == "6.1")
    ).scalars():
        capture.thread_id = alone.id


def _plant_traffic(session: Session) -> None:
    inbox.add_delivery(session, team_id=TEAM, key=f"action:{GONE}:1", answer='{"text": "hello"}', now=NOW)
    inbox.add_delivery(session, team_id=TEAM, key="form:nonce", answer=f'{{"text": "{WORD}"}}', now=NOW)
    jobs.add_job(session, team_id=TEAM, kind="people.read", key=f"people.read:{GONE}", payload={"u": GONE}, now=NOW)
    slot = slots.add_slot(session, team_id=TEAM, schedule="digest", subject=GONE, local_date=NOW.date(), due_at=NOW)
    slots.record_done(session, slot, now=NOW)
    to_them = outbox.enqueue(session, team_id=TEAM, key=f"a:{GONE}", target=GONE, message={"text": WORD}, now=NOW)
    outbox.enqueue(
        session, team_id=TEAM, key="b", target=GONE, message={"text": WORD}, now=NOW, after_id=to_them.id
    )  # fmt: skip
    sent = outbox.enqueue(session, team_id=TEAM, key="c", target=OTHER, message={"text": f"> {WORD} said"}, now=NOW)
    sent.state = "sent"
    outbox.enqueue(
        session, team_id=TEAM, key="d", target=OTHER, message={"text": f"• *&quot;{WORD} said&quot;*"}, now=NOW
    )
    outbox.enqueue(session, team_id=TEAM, key="e", target=OTHER, message={"text": "nothing of it"}, now=NOW)
    workspace_settings.record_setting(session, team_id=TEAM, name="ask_budget", value="4", by=GONE, now=NOW)
    session.add(denial.Denial(team_id=TEAM, day=NOW.date(), user_id=GONE, wanted="command /x", last_at=NOW))


def erase(db: Database, user_id: str = GONE) -> erasure.Erased:
    with db.read() as session:
        mentions = erasure.list_mentions(session, team_id=TEAM, user_id=user_id)
    with db.begin() as session:
        return erasure.erase_person(
            session, team_id=TEAM, user_id=user_id, by=BOSS, now=NOW, mentions=mentions,
            owner_message=lambda told: {"text": f"taken back: {told.is_withdrawn} {told.name}"},
        )  # fmt: skip


def texts_of(session: Session) -> Iterator[str]:
    """Everything that stands in any column of any table."""
    for table in all_tables().sorted_tables:
        for row in session.execute(select(table)).mappings():
            yield f"{table.name}: {dict(row)}"


def traces_in(session: Session) -> list[str]:
    return [told for told in texts_of(session) if GONE in told or WORD in told or "Canary" in told]


@pytest.fixture
def planted(db: Database) -> Database:
    with db.begin() as session:
        plant(session)
    return db


def test_nothing_of_a_person_is_left(planted: Database, tmp_path: Path) -> None:
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    make_backup(planted, before, told=lambda _done, _total: None)
    with planted.read() as session:
        assert len(traces_in(session)) > 40
        counts = own_data.count_own(session, team_id=TEAM, user_id=GONE)
        sheets = {one.name: list(one.rows) for one in own_data.list_own_sheets(session, team_id=TEAM, user_id=GONE)}
    assert counts["feedback"] == 3  # one by a check-in and one by a reaction
    assert counts["votes"] == 4
    assert f"{WORD} said" in str(sheets["your_feedback"])
    for name in ("pulseballot", "checkinanswer", "threadmessage", "draft", "assetsearch", "capture", "ask"):
        assert sheets[own_data.TITLES[name]], name
    assert f"{WORD} vote RY" in str(sheets["your_votes"])

    done = erase(planted)
    assert done.gone["feedback"] == 3
    assert done.gone["words in results"] == 3  # of a confidential pulse; in a named one the words and the ballot
    assert done.gone["pulses stopped"] == 1
    assert "3 pieces of feedback" in told_counts(done.gone)
    wiping.wipe_database(planted)
    with planted.read() as session:
        assert traces_in(session) == []
        assert not any(GONE in str(list(one.rows)) for one in export.list_sheets(session, team_id=TEAM))
        assert audit_reading.prove(session, team_id=TEAM).wrong == ""
        assert erased.list_erased(session, team_id=TEAM, user_ids=[GONE, OTHER]) == {GONE}
        _what_stays(session)
    if planted.is_sqlite:
        assert wiping.find_in_files(planted, [*done.names, *done.texts, WORD]) == 0
    else:
        assert files_of(planted, WORD) == []
    make_backup(planted, after, told=lambda _done, _total: None)
    assert WORD.encode() in before.read_bytes()
    assert WORD.encode() not in after.read_bytes()

    # An older backup that is put back is erased again, and the erasure is not forgotten.
    restored = restore(str(planted.url), before, now=NOW, told=lambda _done, _total: None, sure=True)
    assert restored.erased == 1
    with planted.read() as session:
        assert traces_in(session) == []
        assert erased.list_erased(session, team_id=TEAM, user_ids=[GONE]) == {GONE}
        assert audit_reading.prove(session, team_id=TEAM).wrong == ""
    if planted.is_sqlite:
        assert wiping.find_in_files(planted, [*done.names, *done.texts, WORD]) == 0


def _what_stays(session: Session) -> None:
    """Other people's rows, numbers that were told, and no more votes than people."""
    said = session.execute(select(col(feedback.Feedback.said)).where(col(feedback.Feedback.user_id) == OTHER)).scalars()
    assert "as somebody said" in set(said)
    rows = {row.id: row for row in session.execute(select(pulse.Pulse)).scalars()}
    named, confidential, still_open, anonymous, own = (rows[key] for key in sorted(rows))
    result = pulse.result_of(named)
    assert result is not None
    assert (result.answered, len(result.ballots)) == (13, 12)
    told = pulse.result_of(confidential)
    assert told is not None
    assert len(told.questions[1].said) == 12
    assert (still_open.state, pulse.count_invited(session, still_open)) == ("open", 12)
    assert (anonymous.state, pulse.count_invited(session, anonymous)) == ("open", 13)
    assert (own.state, own.asker_id) == ("cancelled", "")
    kept, let_go = session.execute(select(thread.CapturedThread).order_by(col(thread.CapturedThread.id))).scalars()
    assert (kept.state, let_go.state) == (CAPTURED, "released")
    assert kept.summary is not None
    assert [one.text for one in Summary.from_json(kept.summary).key_points] == ["somebody is right", "Nobody knows"]
    payloads = {row.dedupe_key: (row.state, row.payload) for row in session.execute(select(outbox.Outbox)).scalars()}
    assert payloads["d"] == ("failed", "{}")
    assert payloads["e"][0] == "pending"
    assert any("taken back: True " in payload for _, payload in payloads.values())
    assert session.execute(select(inbox.Inbox)).scalars().one().answer is None


def files_of(db: Database, word: str) -> list[Path]:
    """The files of a PostgreSQL's tables in which a word stands."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
        number = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar()
    return [path for path in (folder / "base" / str(number)).iterdir() if word.encode() in path.read_bytes()]


def test_who_is_met_anew_is_somebody_new(planted: Database, tmp_path: Path) -> None:
    erase(planted)
    later = NOW + timedelta(days=1)
    with planted.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=GONE, now=later, name="Canary again")
        assert erased.list_erased(session, team_id=TEAM, user_ids=[GONE]) == frozenset()
        assert erased.list_to_erase_again(session, team_id=TEAM) == []
    file = tmp_path / "later.db"
    make_backup(planted, file, told=lambda _done, _total: None)
    assert restore(str(planted.url), file, now=later, told=lambda _done, _total: None, sure=True).erased == 0
    with planted.read() as session:
        assert people.find_name(session, team_id=TEAM, user_id=GONE) == "Canary again"


def test_every_column_that_names_a_person_is_known_to_the_erasure() -> None:
    others = {
        "team_id", "user_id", "channel_id", "bot_user_id", "dm_channel_id", "user_group_id", "asset_id", "stop_key",
    }  # fmt: skip
    for table in all_tables().sorted_tables:
        for column in erasure.text_columns(table):
            if column.name.endswith(("_id", "_by", "_to")) and column.name not in others:
                known = column.name in (*erasure.NAMING, "quoted_user_id") or table.name in erasure.UNTOUCHED
                assert known, f"{table.name}.{column.name}: whose is it? see storage/erasure.py"


def test_a_row_of_somebody_in_any_table_goes(tmp_path: Path) -> None:
    """Also in tables that nobody thought of: filled without their rules, on SQLite."""
    db = Database(f"sqlite:///{tmp_path / 'any.db'}")
    migrate(db)
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("PRAGMA ignore_check_constraints=ON")
        for table in erasure.tables_of_people().values():
            if "user_id" in table.c and table.name not in ("pulseballot", "capture", "threadmessage", "threadsilence"):
                _insert(driver, table)
    with db.begin() as session:
        assert len([one for one in texts_of(session) if GONE in one]) > 15
        erasure.erase_person(session, team_id=TEAM, user_id=GONE, by="", now=NOW)
    with db.read() as session:
        assert [one for one in texts_of(session) if GONE in one or WORD in one] == []
        assert sum(count_rows(session.connection()).values()) > 0
    db.close()


def _insert(driver: Any, table: Table) -> None:
    values: dict[str, Any] = {}
    for column in table.c:
        kind = str(column.type).split("(")[0]
        usual: dict[str, Any] = {"INTEGER": 1, "BOOLEAN": 0, "FLOAT": 1.0, "DATE": "2026-11-23"}
        usual |= {"DATETIME": "2026-11-23 07:00:00.000000", "TIMESTAMP": "2026-11-23 07:00:00.000000"}
        values[column.name] = usual.get(kind, WORD)
    values |= {"team_id": TEAM, "user_id": GONE}
    names = ", ".join(f'"{name}"' for name in values)
    driver.execute(
        f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(values))})', tuple(values.values())
    )  # fmt: skip


def test_words_are_known_again_where_they_were_cut_or_quoted() -> None:
    said = ["The surgeons loved it. They want a German one & a price <list>", "ok"]
    assert appears_in(said, {"blocks": [{"text": {"text": "> They want a German one &amp; a pri…"}}]})
    assert appears_in(said, {"text": "x\n> The surgeons\u2060 loved it"})
    assert not appears_in(said, {"text": "The surgeons know it; ok"})


def test_a_file_that_others_read_is_wiped_later(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'read.db'}")
    # Debian's SQLite overwrites what it deletes by itself, others do not.
    event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete=OFF"))
    migrate(db)
    with db.begin() as session:
        for number in range(200):
            people.record_person(session, team_id=TEAM, user_id=f"{GONE}{number}", now=NOW, name=f"{WORD} {number}")
    with db.begin() as session:
        session.execute(people.Person.__table__.delete())  # type: ignore[attr-defined]
    assert wiping.find_in_files(db, [WORD, GONE]) == 2, "deleted, and still there to be read"
    with db.read() as session:
        people.find_name(session, team_id=TEAM, user_id=GONE)
        began = time.monotonic()
        wiper = threading.Thread(target=lambda: wiping.wipe_database(db))
        wiper.start()
        time.sleep(0.3)
        with db.begin() as writes:  # who writes does not wait until everybody has read
            people.record_person(writes, team_id=TEAM, user_id=OTHER, now=NOW, name="Ada")
        assert time.monotonic() - began < 5
    wiper.join(timeout=20)
    assert wiping.find_in_files(db, [WORD, GONE]) == 0
    db.close()
