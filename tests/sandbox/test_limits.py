"""Rate limits: 429 with Retry-After, per method, per channel and for the whole workspace."""

import math
import time

import pytest

from sandbox.limits import POST_BURST, TIERS, WORKSPACE_BURST, Limits
from tests.sandbox.conftest import REP, Room


def test_one_call_too_many_is_429_and_not_done(room: Room, channel: str) -> None:
    for n in range(POST_BURST):
        assert room.api("chat.postMessage", channel=channel, text=f"number {n}").status_code == 200
    refused = room.api("chat.postMessage", channel=channel, text="one too many")
    assert (refused.status_code, refused.json()) == (429, {"ok": False, "error": "ratelimited"})
    assert refused.headers["Retry-After"] == "1"
    assert room.messages(REP, channel)[-1]["text"] == f"number {POST_BURST - 1}"
    assert room.api("chat.postMessage", channel=REP, text="elsewhere").status_code == 200


def test_after_the_wait_it_goes_on(room: Room, channel: str) -> None:
    room.do("limits", scale=0.1)  # ten times as fast as Slack
    while room.api("chat.postMessage", channel=channel, text="x").status_code == 200:
        pass
    time.sleep(0.15)
    assert room.api("chat.postMessage", channel=channel, text="again").status_code == 200


@pytest.mark.parametrize(
    ("method", "tier"), [("users.list", 2), ("chat.update", 3), ("users.info", 4), ("views.publish", 4)]
)
def test_every_method_has_its_tier(method: str, tier: int) -> None:
    limits = Limits()
    assert [limits.take(method) for _ in range(TIERS[tier])] == [0] * TIERS[tier]
    assert limits.take(method) == math.ceil(60 / TIERS[tier])
    assert limits.take("auth.test") == 0


def test_posting_has_a_limit_for_the_whole_workspace() -> None:
    limits = Limits()
    taken = [limits.take("chat.postMessage", f"C{n}") for n in range(WORKSPACE_BURST + 1)]
    assert (set(taken[:-1]), taken[-1]) == ({0}, 1)


def test_other_reading_is_not_held_up(room: Room) -> None:
    room.do("limits", scale=10)  # ten times as strict
    answers = [room.api("users.list").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert room.api("users.info", user=REP).status_code == 200


def test_limits_can_be_switched_off(room: Room, channel: str) -> None:
    room.do("limits", scale=0)
    for _ in range(POST_BURST * 3):
        assert room.api("chat.postMessage", channel=channel, text="x").status_code == 200
    assert room.ask("limits", scale=-1)["error"] == "invalid"
    assert room.ask("limits", scale="fast")["error"] == "invalid"


def test_an_unknown_method_and_a_bad_token_cost_nothing(room: Room) -> None:
    room.do("limits", scale=20)
    for _ in range(5):
        assert room.api("users.list", token="xoxb-other").json()["error"] == "invalid_auth"
    assert room.api("users.list").status_code == 200
