"""The workspace's row and the heartbeat, when several processes write them for the first time at one moment."""

import threading
from datetime import UTC, datetime, timedelta

from storage import workspace
from storage.db import Database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def at_once(url: str, write: str) -> list[Exception]:
    """Let eight processes' databases write the same row at one moment; gives what went wrong."""
    wrong: list[Exception] = []
    gate = threading.Barrier(8)

    def begin(number: int) -> None:
        db = Database(url)
        try:
            later = NOW + timedelta(seconds=number)
            with db.read() as session:
                session.connection()  # connecting takes longer than what is tried
            gate.wait()
            with db.begin() as session:
                if write == "workspace":
                    workspace.record_workspace(session, team_id="T1", name="Meridian", bot_user_id="U0", now=later)
                else:
                    workspace.record_heartbeat(session, team_id="T1", ticked_at=later, now=later)
        except Exception as error:
            wrong.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_processes_that_start_at_once_meet_in_one_row(database_url: str) -> None:
    assert at_once(database_url, "workspace") == []
    db = Database(database_url)
    with db.read() as session:
        (row,) = workspace.list_workspaces(session)
    assert (row.name, row.bot_user_id) == ("Meridian", "U0")
    db.close()


def test_processes_that_tick_at_once_meet_in_one_heartbeat(database_url: str) -> None:
    assert at_once(database_url, "heartbeat") == []
    db = Database(database_url)
    later = NOW + timedelta(hours=1)
    with db.begin() as session:
        assert workspace.get_heartbeat(session, team_id="T1")
        workspace.record_heartbeat(session, team_id="T1", ticked_at=later, now=later)
    with db.read() as session:
        beat = workspace.get_heartbeat(session, team_id="T1")
    assert beat
    assert beat.ticked_at == later
    db.close()


def test_a_workspace_keeps_its_first_day(db: Database) -> None:
    for days, name in ((0, "Meridian"), (9, "Meridian Medical"), (10, "")):
        with db.begin() as session:
            now = NOW + timedelta(days=days)
            workspace.record_workspace(session, team_id="T1", name=name, bot_user_id="U0", now=now)
    with db.read() as session:
        row = workspace.get_workspace(session, team_id="T1")
    assert row
    assert (row.installed_at, row.name) == (NOW, "Meridian Medical")
