"""The short run of the doubled deliveries, on both engines, and a world in which a second copy counts is found out."""

import random
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench import twice
from bench.apps import TEAM
from bench.kept import Kept
from bench.stage import open_databases
from storage.db import Database

KINDS = {"action", "command", "event", "options", "shortcut", "submission"}


@pytest.mark.parametrize(("engine", "deliveries"), [("sqlite", 200), ("postgresql", 300)])
def test_every_kind_one_to_five_times_has_one_effect_and_one_answer(engine: str, deliveries: int) -> None:
    tally = twice.run(engine, deliveries, Console(file=StringIO()), Kept(None))
    assert tally.wrong == []
    assert sum(tally.deliveries.values()) >= deliveries
    assert set(tally.payloads) == KINDS
    assert min(tally.at_once, tally.effects, tally.outcomes["command again"], tally.outcomes["event again"]) > 2
    assert not [outcome for outcome in tally.outcomes if outcome.endswith("failed")]


def test_a_copy_that_is_taken_as_a_new_one_is_found() -> None:
    """In the world that gets copies the inbox forgets at once."""
    with open_databases("sqlite", TEAM) as databases, databases.new() as once, databases.new() as often:
        db = Database(often)
        with db.begin() as session:
            forget = "CREATE TRIGGER forget AFTER INSERT ON inbox BEGIN DELETE FROM inbox; END"
            session.connection().exec_driver_sql(forget)
        db.close()
        twins = twice.Twins(once, often, random.Random(1))
        wrong = twins.walk(150).wrong
        twins.close()
    assert any(told.startswith("{'saved': ") for told in wrong)
    assert any("rows more in" in told for told in wrong)


def test_a_run_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    """What is kept is not done again, and a line that was cut short is done again."""
    file, console = tmp_path / "kept", Console(file=StringIO())
    whole = twice.run("sqlite", 40, console, Kept(file))
    assert Kept(file).get("sqlite 0 40") == vars(whole)
    assert twice.run("sqlite", 40, console, Kept(file)) == whole
    assert len(file.read_text().splitlines()) == 1
    file.write_text(file.read_text()[:-20])
    assert Kept(file).get("sqlite 0 40") is None
    assert file.read_text() == ""
