"""Status and do-not-disturb: people set them, the app reads them, and they end by themselves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.conftest import MARKETER, REP, Room

FAR = "2099-01-01T00:00:00+00:00"


def profile(room: Room, user: str = REP) -> dict[str, Any]:
    return dict(room.api("users.info", user=user).json()["user"]["profile"])


def after(room: Room, seconds: float) -> str:
    return datetime.fromtimestamp(datetime.fromisoformat(room.see()["now"]).timestamp() + seconds, UTC).isoformat()


def test_a_status_is_in_the_profile_until_it_ends(room: Room) -> None:
    assert profile(room)["status_emoji"] == ""
    until = after(room, 3600)
    room.do("status", user=REP, emoji=":palm_tree:", text="Vacationing", until=until)
    told = profile(room)
    assert (told["status_emoji"], told["status_text"]) == (":palm_tree:", "Vacationing")
    assert told["status_expiration"] == int(datetime.fromisoformat(until).timestamp())
    listed = {one["id"]: one["profile"] for one in room.api("users.list").json()["members"]}
    assert listed[REP]["status_emoji"] == ":palm_tree:"
    assert listed[MARKETER]["status_emoji"] == ""
    assert room.see(REP)["me"]["status"]["text"] == "Vacationing"
    room.do("clock", by_seconds=3601)
    assert profile(room)["status_emoji"] == ""
    assert profile(room)["status_expiration"] == 0


def test_a_status_without_an_end_stays_until_it_is_cleared(room: Room) -> None:
    room.do("status", user=REP, text="Out of office")
    assert profile(room)["status_emoji"] == ":speech_balloon:", "as in Slack, words alone get one"
    assert profile(room)["status_expiration"] == 0
    room.do("status", user=REP)
    assert profile(room)["status_text"] == ""


def test_do_not_disturb_is_told_until_it_ends(room: Room) -> None:
    off = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    both = f"{REP},{MARKETER}"
    assert room.api("dnd.teamInfo", users=both).json()["users"] == {REP: off, MARKETER: off}
    room.do("quiet", user=REP, until=after(room, 3600))
    told = room.api("dnd.teamInfo", users=both).json()["users"]
    assert told[MARKETER] == off
    now = datetime.fromisoformat(room.see()["now"]).timestamp()
    assert told[REP]["dnd_enabled"]
    assert told[REP]["next_dnd_start_ts"] <= now < told[REP]["next_dnd_end_ts"]
    assert room.api("dnd.info", user=REP).json() == {"ok": True, **told[REP]}
    assert room.see(REP)["me"]["quiet_until"] == told[REP]["next_dnd_end_ts"]
    room.do("clock", by_seconds=3601)
    assert room.api("dnd.info", user=REP).json() == {"ok": True, **off}
    room.do("quiet", user=REP, until=after(room, 3600))
    room.do("quiet", user=REP)
    assert room.api("dnd.info", user=REP).json() == {"ok": True, **off}


@pytest.mark.parametrize(
    ("method", "told", "error"),
    [
        ("dnd.info", {"user": "UNOBODY"}, "user_not_found"),
        ("dnd.teamInfo", {}, "no_users_provided"),
        ("dnd.teamInfo", {"users": REP}, "no_users_provided"),
        ("dnd.teamInfo", {"users": f"{REP},{REP}"}, "no_users_provided"),
        ("dnd.teamInfo", {"users": f"{REP},UNOBODY"}, "user_not_visible"),
        ("dnd.teamInfo", {"users": ",".join([REP, MARKETER] * 26)}, "too_many_users"),
    ],
)
def test_what_slack_refuses(room: Room, method: str, told: dict[str, str], error: str) -> None:
    assert room.error(method, **told) == error


def test_the_apps_own_has_a_snooze(room: Room) -> None:
    assert room.api("dnd.info").json()["snooze_enabled"] is False


@pytest.mark.parametrize(
    ("call", "told", "error"),
    [
        ("status", {"user": "UNOBODY", "text": "Away"}, "user_not_found"),
        ("status", {"user": REP, "emoji": "palm tree"}, "invalid_emoji"),
        ("status", {"user": REP, "text": "x" * 101}, "too_long"),
        ("status", {"user": REP, "text": "Away", "until": "tomorrow"}, "invalid"),
        ("status", {"user": REP, "text": "Away", "until": "2020-01-01T00:00:00Z"}, "invalid"),
        ("status", {"user": REP, "text": "Away", "until": "2099-01-01T00:00:00"}, "invalid"),
        ("quiet", {"user": "UNOBODY", "until": FAR}, "user_not_found"),
        ("quiet", {"user": REP, "until": "soon"}, "invalid"),
    ],
)
def test_what_cannot_be_is_a_sentence(room: Room, call: str, told: dict[str, Any], error: str) -> None:
    answer = room.ask(call, **told)
    assert answer["error"] == error
    assert answer["message"]
