"""Backup while others write, and the way back: on both engines, from each to each, all of it or nothing."""

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.domain.feedback import FeedbackFields
from bot.errors import BotError, SettingsError
from storage import feedback, inbox, jobs, outbox, people, reaction, slots, workspace
from storage.asset import Asset, AssetVersion
from storage.backup import Backup, make_backup
from storage.copying import tables
from storage.db import Database
from storage.opening import open_to_read, open_to_serve
from storage.restore import Restored, restore
from storage.schema import all_tables, downgrade, head_version, is_current, migrate
from tests.databases import postgresql_database, sqlite_database

HOUSE = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
SAID = "Die Chirurgin fand’s gut 👍🏽 – „sehr“; =1+1"
TEAM = "T1"


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def backup(db: Database, file: Path, **more: Any) -> Backup:
    return make_backup(db, file, told=quiet, **more)


def put_back(url: str, file: Path, *, now: datetime = NOW, sure: bool = False) -> Restored:
    return restore(url, file, now=now, told=quiet, sure=sure)


def fill(db: Database) -> None:
    """A row or more of everything."""
    with db.begin() as session:
        workspace.record_workspace(session, team_id=TEAM, name="Meridian", bot_user_id="U0", now=NOW)
        workspace.record_heartbeat(session, team_id=TEAM, ticked_at=NOW, now=NOW)
        session.add_all(  # more than one part
            [people.Person(team_id=TEAM, user_id=f"U{n}", name=f"Zoë {n}", created_at=NOW) for n in range(1500)]
        )
        session.flush()
        people.record_roles(session, team_id=TEAM, user_id="U1", roles=frozenset({"marketer", "admin"}))
        asset = Asset(team_id=TEAM, reference="MLR-1", reference_key="mlr-1", created_at=NOW)
        session.add(asset)
        session.flush()
        version = AssetVersion(
            team_id=TEAM, asset_id=asset.id or 0, version="v1", number=1, title="Deck", kind="deck", owner_id="U1",
            created_at=NOW, released_at=NOW, expires_on=date(2027, 1, 31), aliases='["deck"]', review_days=12,
        )  # fmt: skip
        session.add(version)
        session.flush()
        said = feedback.add_feedback(
            session, team_id=TEAM, user_id="U2", region="DACH", source="command", now=NOW, reply_hours=48,
            fields=FeedbackFields(asset_version_id=version.id, said=SAID, rating=2),
        )  # fmt: skip
        session.add(
            feedback.FeedbackReply(
                team_id=TEAM, feedback_id=said.id or 0, user_id="U1", text="Danke, Zoë!", created_at=NOW
            )
        )
        session.add(
            reaction.Reaction(
                team_id=TEAM, channel_id="C1", message_ts="1.1", user_id="U2", emoji="thumbsup", event_ts="1.2",
                is_present=True, changed_at=NOW,
            )
        )  # fmt: skip
        slots.add_slot(
            session, team_id=TEAM, schedule="digest", subject="U1", local_date=date(2026, 11, 23), due_at=NOW
        )
        inbox.add_delivery(session, team_id=TEAM, key="Ev1", answer='{"text": "ok"}', now=NOW)
        jobs.add_job(session, team_id=TEAM, kind="people.read", key="k", payload={"user_id": "U2"}, now=NOW)
        first = outbox.enqueue(session, team_id=TEAM, key="a", target="C1", message={"text": SAID}, now=NOW)
        outbox.enqueue(session, team_id=TEAM, key="b", target="C1", message={"text": "x"}, now=NOW, after_id=first.id)


def rows_of(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything, as the models read it."""
    with db.snapshot() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns)).all()
            ]
            for table in tables()
        }


@pytest.fixture
def full(db: Database) -> Database:
    fill(db)
    return db


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a second database, with all tables and no rows."""
    if request.param == "sqlite":
        (tmp_path / "second").mkdir()
        yield sqlite_database(tmp_path / "second", request.getfixturevalue("migrated_file"))
    else:
        with postgresql_database(request.getfixturevalue("postgres")) as url:
            yield url


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if ".part" in path.name or "-journal" in path.name)


def test_from_each_engine_to_each(full: Database, target_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    made = backup(full, file)
    before = rows_of(full)
    assert made.rows == sum(map(len, before.values())) > 1500
    assert (made.tables, made.size) == (len(before), file.stat().st_size)
    assert file.stat().st_mode & 0o077 == 0, "what people wrote is for the owner of the file only"

    done = put_back(target_url, file)
    assert (done.rows, done.doubtful, done.left, done.kept) == (made.rows, 2, 0, None)
    target = Database(target_url)
    after = rows_of(target)
    waited, left = before.pop("outbox"), after.pop("outbox")
    assert before.pop("auditentry") + before.pop("audithead") == [(TEAM, 0, "")]
    assert [(row[1], row[3]) for row in after.pop("auditentry")] == [(1, "backup.restored")]
    assert after.pop("audithead")[0][1] == 1
    assert after == before
    assert [row[:8] for row in left] == [row[:8] for row in waited]
    with target.begin() as session:  # the next row has a number of its own
        asset = Asset(team_id=TEAM, reference="MLR-2", reference_key="mlr-2", created_at=NOW)
        session.add(asset)
        session.flush()
        assert asset.id == before["asset"][-1][0] + 1
    target.close()
    assert leftovers(tmp_path) == []


def test_a_backup_is_one_file_that_can_be_read_anywhere(full: Database, tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    file = tmp_path / "alone" / "kept.db"
    backup(full, file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head_version(),)
        assert connection.execute("SELECT said FROM feedback").fetchone() == (SAID,)
    connection.close()
    assert [path.name for path in file.parent.iterdir()] == ["kept.db"]


def test_a_file_that_is_there_is_left_alone(full: Database, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    file.write_text("my shopping list")
    with pytest.raises(BotError, match=r"is there already.*--force"):
        backup(full, file)
    assert file.read_text() == "my shopping list"
    backup(full, file, force=True)
    assert file.read_bytes()[:6] == b"SQLite"


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", ".serving"])
def test_the_database_is_never_its_own_backup(migrated_file: Path, tmp_path: Path, suffix: str) -> None:
    db = open_to_serve(sqlite_database(tmp_path, migrated_file))
    try:
        fill(db)
        with pytest.raises(BotError, match="is the database itself"):
            backup(db, tmp_path / f"groundswell.db{suffix}", force=True)
        assert len(rows_of(db)["person"]) == 1500
    finally:
        db.close()


def test_places_that_cannot_be_written(full: Database, tmp_path: Path) -> None:
    with pytest.raises(BotError, match="is not there"):
        backup(full, tmp_path / "missing" / "kept.db")
    with pytest.raises(BotError, match="is a folder"):
        backup(full, tmp_path, force=True)


WRITER = """
import pathlib, sys, time
from datetime import UTC, datetime
from storage import people
from storage.opening import open_to_serve
db = open_to_serve(sys.argv[1])
worst, number = 0.0, 0
print("serving", flush=True)
while not pathlib.Path(sys.argv[2]).exists():
    begun = time.monotonic()
    with db.begin() as session:
        people.record_person(session, team_id="T2", user_id=f"U{number}", now=datetime.now(UTC), name="x" * 200)
        people.record_person(session, team_id="T3", user_id=f"U{number}", now=datetime.now(UTC), name="x" * 200)
    worst, number = max(worst, time.monotonic() - begun), number + 1
print(number, worst)
db.close()
"""


def test_a_running_app_is_not_disturbed(full: Database, tmp_path: Path) -> None:
    """Another process writes as fast as it can, and two backups are made meanwhile, each of one single moment."""
    with full.begin() as session:
        session.add_all(
            [inbox.Inbox(team_id=TEAM, key=f"E-{n}", received_at=NOW, answer="x" * 1500) for n in range(6000)]
        )
    program = [sys.executable, "-c", WRITER, full.url, str(tmp_path / "stop")]
    writer = subprocess.Popen(program, cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    wal = 0
    try:
        assert writer.stdout.readline() == "serving\n"
        for number in range(2):
            looking = open_to_read(full.url)
            backup(looking, tmp_path / f"{number}.db")
            looking.close()
            if full.is_sqlite:
                wal = max(wal, Path(f"{full.engine.url.database}-wal").stat().st_size)
        (tmp_path / "stop").touch()
        told, _ = writer.communicate(timeout=30)
    finally:
        writer.kill()
        writer.wait()
    writes, worst = told.split()
    assert writer.returncode == 0
    assert int(writes) > 10
    assert float(worst) < 2.5  # what Slack's three seconds leave; without a load it is some 20 ms
    assert wal < 72_000_000
    for number in range(2):
        connection = sqlite3.connect(tmp_path / f"{number}.db")
        query = "SELECT count(*) FROM person WHERE team_id = ?"
        two, three = (connection.execute(query, [team]).fetchone() for team in ("T2", "T3"))
        connection.close()
        assert two == three, "half a transaction"


def test_what_waited_is_looked_for_before_it_is_sent(full: Database, target_url: str, tmp_path: Path) -> None:
    real = datetime.now(UTC)
    with full.begin() as session:
        claim = outbox.claim_next(session, team_id=TEAM, real_now=real, now=NOW, lease=timedelta(minutes=1))
        assert claim
        outbox.record_sent(session, claim.row, channel_id="C1", message_ts="5.5")
        outbox.enqueue(session, team_id=TEAM, key="old", target="C1", message={}, now=NOW - timedelta(days=3))
    backup(full, tmp_path / "kept.db")
    done = put_back(target_url, tmp_path / "kept.db", now=NOW + timedelta(hours=1))
    assert (done.doubtful, done.left) == (1, 1)
    target = Database(target_url)
    with target.begin() as session:
        assert outbox.count_states(session, team_id=TEAM) == {"sent": 1, "sending": 1, "uncertain": 1}
        claim = outbox.claim_next(session, team_id=TEAM, real_now=real, now=NOW, lease=timedelta(minutes=1))
        assert claim
        assert claim.row.dedupe_key == "b"
        assert claim.is_doubtful
        assert claim.row.first_tried_at == NOW  # Slack's history is read from when it was first said
        assert outbox.claim_next(session, team_id=TEAM, real_now=real, now=NOW, lease=timedelta(minutes=1)) is None
    target.close()


def test_rows_are_replaced_only_by_who_is_sure(full: Database, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    backup(full, file)
    with full.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U9999", now=NOW, name="Later")
    now = rows_of(full)
    with pytest.raises(BotError, match=r"The database has 1,5\d\d rows. .*--yes; nothing was changed"):
        put_back(full.url, file)
    assert rows_of(full) == now
    done = put_back(full.url, file, sure=True)
    assert len(rows_of(full)["person"]) == 1500
    if full.is_sqlite:
        assert done.kept == tmp_path / "groundswell.before-restore-20261123-070000.db"
        kept = Database(f"sqlite:///{done.kept}")
        assert rows_of(kept) == now
        kept.close()
    else:
        assert done.kept is None
    assert leftovers(tmp_path) == []


def test_nothing_is_put_back_while_somebody_serves(full: Database, tmp_path: Path) -> None:
    backup(full, tmp_path / "kept.db")
    serving = open_to_serve(full.url)
    try:
        before = rows_of(full)
        with pytest.raises(SettingsError, match="Stop it first; nothing was changed"):
            put_back(full.url, tmp_path / "kept.db", sure=True)
        assert rows_of(full) == before
    finally:
        serving.close()
    put_back(full.url, tmp_path / "kept.db", sure=True)


def test_a_restore_that_fails_changes_nothing(full: Database, tmp_path: Path) -> None:
    """The last table of the backup holds a row that the database refuses: every other table is as it was."""
    file = tmp_path / "kept.db"
    backup(full, file)
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM person WHERE user_id <> 'U1'")
        if full.is_sqlite:
            connection.execute("UPDATE feedbackreply SET feedback_id = 4711")
        else:
            connection.execute("UPDATE feedbackreply SET text = 'a' || char(0)")  # SQLite keeps it, PostgreSQL does not
    connection.close()
    names = [table.name for table in tables()]
    assert names.index("feedbackreply") > len(names) // 2  # most of the others are restored before it
    before = rows_of(full)
    with pytest.raises(BotError, match="is damaged" if full.is_sqlite else "A row of .* does not fit"):
        put_back(full.url, file, sure=True)
    assert rows_of(full) == before
    assert leftovers(tmp_path) == []


def older(file: Path, _tmp: Path) -> None:
    db = Database(f"sqlite:///{file}")
    downgrade(db, "0001")
    db.close()


def newer(file: Path, _tmp: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def truncated(file: Path, _tmp: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scratched(file: Path, _tmp: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:40960] = b"\xff" * 32768
    file.write_bytes(content)


def foreign(file: Path, _tmp: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()


def no_database(file: Path, _tmp: Path) -> None:
    file.write_text("this is a shopping list " * 100)


def missing(file: Path, _tmp: Path) -> None:
    file.unlink()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (newer, "was made by a newer Groundswell"),
        (truncated, "is damaged, or no backup at all"),
        (scratched, "is damaged, or no backup at all"),
        (foreign, "is no backup of Groundswell"),
        (no_database, "is damaged, or no backup at all"),
        (missing, "There is no file"),
    ],
)
def test_what_is_no_good_backup_is_refused(
    migrated_file: Path, tmp_path: Path, spoil: Callable[[Path, Path], None], says: str
) -> None:
    full = Database(sqlite_database(tmp_path, migrated_file))
    fill(full)
    file = tmp_path / "kept.db"
    backup(full, file)
    spoil(file, tmp_path)
    before = rows_of(full)
    with pytest.raises(BotError, match=says):
        put_back(full.url, file, sure=True)
    assert rows_of(full) == before
    assert leftovers(tmp_path) == []
    full.close()


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    target_url: str, migrated_file: Path, tmp_path: Path
) -> None:
    source = Database(sqlite_database(tmp_path, migrated_file))
    with source.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U1", now=NOW, name="Ada")
    downgrade(source, "0001")
    file = tmp_path / "old.db"
    looking = open_to_read(source.url, older=True)
    backup(looking, file)
    looking.close()
    source.close()
    untouched = file.read_bytes()
    put_back(target_url, file)
    assert file.read_bytes() == untouched
    target = Database(target_url)
    assert is_current(target)
    assert [row[2] for row in rows_of(target)["person"]] == ["Ada"]
    target.close()


def test_a_new_place_gets_the_tables_too(migrated_file: Path, empty_db: Database, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    full = Database(sqlite_database(tmp_path / "first", migrated_file))
    fill(full)
    backup(full, tmp_path / "kept.db")
    full.close()
    put_back(empty_db.url, tmp_path / "kept.db")
    assert is_current(empty_db)
    assert len(rows_of(empty_db)["person"]) == 1500


@pytest.mark.parametrize("spoil", [truncated, no_database])
def test_a_damaged_database_is_set_aside(
    migrated_file: Path, tmp_path: Path, spoil: Callable[[Path, Path], None]
) -> None:
    url = sqlite_database(tmp_path, migrated_file)
    db = Database(url)
    fill(db)
    backup(db, tmp_path / "kept.db")
    db.close()
    spoil(tmp_path / "groundswell.db", tmp_path)
    damaged = (tmp_path / "groundswell.db").read_bytes()
    with pytest.raises(BotError, match=r"The database is damaged. .*--yes"):
        put_back(url, tmp_path / "kept.db")
    done = put_back(url, tmp_path / "kept.db", sure=True)
    assert done.kept
    assert done.kept.read_bytes() == damaged
    db = open_to_serve(url)
    assert len(rows_of(db)["person"]) == 1500
    db.close()


def test_a_database_of_another_program_is_never_replaced(full: Database, tmp_path: Path) -> None:
    backup(full, tmp_path / "kept.db")
    other = tmp_path / "recipes.db"
    other.touch()
    foreign(other, tmp_path)
    before = other.read_bytes()
    with pytest.raises(BotError, match="belongs to another program"):
        put_back(f"sqlite:///{other}", tmp_path / "kept.db", sure=True)
    assert other.read_bytes() == before


def test_looking_goes_on_while_a_backup_is_put_back(migrated_file: Path, tmp_path: Path) -> None:
    """Whoever reads a SQLite file meanwhile sees the old rows or the new ones, and no error."""
    url = sqlite_database(tmp_path, migrated_file)
    db = Database(url)
    fill(db)
    backup(db, tmp_path / "kept.db")
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U9999", now=NOW, name="Later")
    seen: set[int] = set()
    stop = threading.Event()
    wrong: list[Exception] = []

    def look() -> None:
        while not stop.is_set():
            try:
                with db.read() as session:
                    seen.add(int(session.connection().execute(text("SELECT count(*) FROM person")).scalar() or 0))
            except Exception as error:
                wrong.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    put_back(url, tmp_path / "kept.db", sure=True)
    time.sleep(0.05)
    stop.set()
    thread.join()
    db.close()
    assert wrong == []
    assert seen == {1500, 1501}


def test_every_table_is_carried(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copyfile(migrated_file, tmp_path / "model.db")
    db = Database(f"sqlite:///{tmp_path / 'model.db'}")
    migrate(db)
    backup(db, tmp_path / "kept.db")
    db.close()
    with sqlite3.connect(tmp_path / "kept.db") as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert names == {*all_tables().tables, "alembic_version"}
