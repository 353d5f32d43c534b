"""The bench of the App Home: each role's is drawn with rows of its own."""

import json

import pytest

from bench import home


def test_each_home_is_drawn_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    home.main(["--quick"])
    table, told = capsys.readouterr().out.strip().rsplit("\n", 1)
    assert "1,000 own rows" in table
    found = json.loads(told)
    assert set(found["median_ms"]) == {*home.READERS, home.ALL, home.SEARCH}
    assert all(0 < median < 1000 for median in found["median_ms"].values())
