"""People as Slack describes them."""

import pytest

from bot.profile import profile_of


@pytest.mark.parametrize(
    ("told", "kept"),
    [("Europe/Berlin", "Europe/Berlin"), (None, ""), ("", ""), ("Mars/Olympus", ""), ("../etc/passwd", "")],
)
def test_a_zone_that_this_machine_does_not_know_is_none(told: str | None, kept: str) -> None:
    assert profile_of({"id": "U1", "tz": told}).tz == kept
