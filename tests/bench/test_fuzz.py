"""A short run of the fuzzing bench, on both engines: no exception and no answer of 5xx, whatever comes."""

import json
from pathlib import Path

import pytest

from bench import fuzz
from storage.db import Database


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_nothing_raises_whatever_comes(kind: str, database_url: str) -> None:
    tally = fuzz.run_chunk(kind, 0, 700, database_url)
    assert tally.findings == []
    assert tally.wrong() == 0
    statuses = {key.split()[1] for key in tally.answers}
    assert statuses <= {"200", "400", "401", "404", "405", "411", "413", "415"}
    if kind == "signed":  # it came as far as the tables, through every kind of listener
        reached = {key.split()[0] for key in tally.outcomes}
        assert reached == {"action", "command", "event", "options", "shortcut", "submission"}
        assert tally.outcomes["command saved"] > 10
        assert not [key for key in tally.outcomes if key.endswith("failed")]
    else:
        assert not tally.outcomes


def test_what_breaks_is_found(database_url: str) -> None:
    """Without its tables every save fails, and the bench must say so."""
    db = Database(database_url)
    with db.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE inbox")
    db.close()
    tally = fuzz.run_chunk("signed", 0, 40, database_url)
    assert tally.wrong() > 0
    assert "not saved" in " ".join(tally.findings)


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    file = tmp_path / "fuzz.json"
    done = {"requests": {"unsigned": 50, "signed": 50}, "answers": {"signed 200": 50}, "outcomes": {}, "exceptions": {}}
    file.write_text(json.dumps(done | {"findings": [], "done": ["unsigned 0", "signed 0"]}))
    tally = fuzz.run(50, file)
    assert tally.requests == {"unsigned": 50, "signed": 50}
    assert tally.answers == {"signed 200": 50}
