"""The control API: every call of docs/sandbox.md, and a sentence for every wrong body."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from sandbox.control import Control
from tests.sandbox.conftest import LEAD, MARKETER, REP, Room, button, modal, text_block, text_input, wait_for

Json = dict[str, Any]
Connect = Callable[[], SocketModeHandler]
DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"
NOWHERE = "1764000000.000001"


@pytest.fixture
def heard(bolt: App, connect: Connect) -> list[Json]:
    """All events, shortcuts and presses that the app heard."""
    bodies: list[Json] = []

    def keep(body: Json) -> None:
        bodies.append(body)

    def keep_and_ack(ack: Ack, body: Json) -> None:
        bodies.append(body)
        ack()

    for event in (
        "message",
        "reaction_added",
        "reaction_removed",
        "link_shared",
        "app_home_opened",
        "member_joined_channel",
    ):
        bolt.event(event)(keep)
    for name in ("begin", "quote"):
        bolt.shortcut(name)(keep_and_ack)
    bolt.action("go")(keep_and_ack)
    bolt.command("/try")(keep_and_ack)
    connect()
    return bodies


def event(heard: list[Json], kind: str) -> Json:
    """The newest event of a kind, once it has come."""
    found = wait_for(lambda: [one["event"] for one in heard if one.get("event", {}).get("type") == kind])
    return dict(found[-1])


def test_the_docs_list_every_call(room: Room) -> None:
    listed = set(re.findall(r"`(?:POST|GET) /_sandbox/(\w+)", DOCS.read_text())) | {"delete"}
    control = Control(room.server.sandbox)
    assert set(control._posts) | set(control._simple) <= listed
    routes = {"clock", "see", "log", "people", "changes", "files"}
    assert listed <= set(control._posts) | set(control._simple) | routes


def test_a_message_is_written_edited_and_deleted(room: Room, heard: list[Json], channel: str) -> None:
    said = room.do("message", user=REP, channel="#general", text="Hello")
    where = {"user": REP, "channel": said["channel"], "ts": said["ts"]}
    room.do("edit", **where, text="Hello all")
    last = room.messages(MARKETER, "#general")[-1]
    assert (last["text"], last["edited"], last["user"]) == ("Hello all", True, REP)
    reply = room.do("message", user=MARKETER, channel="#general", text="Hi", thread_ts=said["ts"])
    assert room.messages(REP, "#general")[-1]["replies"][0]["ts"] == reply["ts"]
    assert room.ask("edit", **{**where, "user": MARKETER}, text="mine")["error"] == "not_yours"
    assert room.ask("delete", **{**where, "user": MARKETER})["error"] == "not_yours"
    room.do("delete", **where)
    assert room.messages(REP, "#general")[-1]["deleted"] is True
    subtypes = {"message_changed", "message_deleted"}
    wait_for(lambda: subtypes <= {one["event"].get("subtype") for one in heard if one.get("type") == "event_callback"})


def test_an_ephemeral_is_put_away_by_deleting_it(room: Room, channel: str) -> None:
    ts = room.client.chat_postEphemeral(channel=channel, user=REP, text="between us")["message_ts"]
    before = len(room.messages(REP, channel))
    room.do("delete", user=REP, channel=channel, ts=ts)
    assert len(room.messages(REP, channel)) == before - 1


def test_reacting_and_taking_it_back(room: Room, heard: list[Json], channel: str) -> None:
    ts = room.client.chat_postMessage(channel=channel, text="New")["ts"]
    told = {"user": REP, "channel": channel, "ts": ts, "reaction": "+1"}
    room.do("react", **told)
    assert event(heard, "reaction_added")["item"] == {"type": "message", "channel": channel, "ts": ts}
    assert room.ask("react", **told)["error"] == "already_reacted"
    room.do("react", **told, remove=True)
    assert event(heard, "reaction_removed")["item_user"] == room.see()["app"]["user_id"]
    assert room.ask("react", **told, remove=True)["error"] == "no_reaction"


def test_reactions_where_the_app_is_not_are_not_told(room: Room, heard: list[Json], channel: str) -> None:
    for where in (room.apart, channel):
        ts = room.do("message", user=REP, channel=where, text="x")["ts"]
        room.do("react", user=REP, channel=where, ts=ts, reaction="eyes")
    event(heard, "reaction_added")
    assert [one["event"]["item"]["channel"] for one in heard if one["event"]["type"] == "reaction_added"] == [channel]


def test_links_of_the_apps_domains_are_told(room: Room, heard: list[Json], channel: str) -> None:
    said = room.do(
        "message", user=REP, channel=channel, text="See https://assets.meridian.example/a and https://x.example"
    )
    assert event(heard, "link_shared")["links"] == [
        {"url": "https://assets.meridian.example/a", "domain": "assets.meridian.example"}
    ]
    heard.clear()
    room.do("unfurl", user=REP, channel=channel, ts=said["ts"])
    assert event(heard, "link_shared")["message_ts"] == said["ts"]


def test_shortcuts_from_the_menu_and_on_a_message(room: Room, heard: list[Json], channel: str) -> None:
    room.do("shortcut", user=REP, callback_id="begin")
    assert (heard[-1]["type"], heard[-1]["callback_id"]) == ("shortcut", "begin")
    ts = room.do("message", user=MARKETER, channel=channel, text="Quote me")["ts"]
    room.do("shortcut", user=REP, callback_id="quote", channel=channel, ts=ts)
    found = next(one for one in heard if one["type"] == "message_action")
    assert (found["message"]["text"], found["user"]["id"]) == ("Quote me", REP)
    assert room.ask("shortcut", user=REP, callback_id="quote")["error"] == "invalid_shortcut"
    assert room.ask("shortcut", user=REP, callback_id="none", channel=channel, ts=ts)["error"] == "invalid_shortcut"


def test_opening_the_home(room: Room, heard: list[Json]) -> None:
    room.do("open_home", user=REP)
    assert event(heard, "app_home_opened")["tab"] == "home"
    assert "view" not in event(heard, "app_home_opened")
    room.client.views_publish(user_id=REP, view={"type": "home", "blocks": [text_block("Hi")]})
    heard.clear()
    room.do("open_home", user=REP)
    assert event(heard, "app_home_opened")["view"]["type"] == "home"
    assert room.see()["home"]["blocks"][0]["text"]["text"] == "Hi"
    assert room.ask("open_home", user=REP, tab="attic")["error"] == "invalid_tab"


def test_joining_and_inviting(room: Room, heard: list[Json]) -> None:
    room.do("invite", channel=room.apart)
    assert event(heard, "member_joined_channel")["user"] == room.see()["app"]["user_id"]
    heard.clear()
    room.do("join", user=LEAD, channel="#sales-us-east")
    assert event(heard, "member_joined_channel")["user"] == LEAD
    assert "sales-us-east" in [one["name"] for one in room.see(LEAD)["conversations"]]
    room.do("join", user=LEAD, channel="#sales-us-east", leave=True)
    assert "sales-us-east" not in [one["name"] for one in room.see(LEAD)["conversations"]]
    room.do("invite", channel=room.apart, leave=True)
    assert room.error("chat.postMessage", channel=room.apart, text="x") == "not_in_channel"


def test_a_press_on_a_message_keeps_what_was_chosen_before(room: Room, heard: list[Json]) -> None:
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "one"}
    select = {"type": "static_select", "action_id": "pick", "options": [option]}
    blocks = [{"type": "actions", "block_id": "choice", "elements": [select]}, button()]
    ts = room.client.chat_postMessage(channel=REP, text="Choose", blocks=blocks)["ts"]
    where = {"user": REP, "channel": "app", "ts": ts}
    assert room.ask("click", **where, action_id="pick", value="two")["error"] == "bad_value"
    room.do("click", **where, action_id="go", values={"pick": "one"})
    state = heard[-1]["state"]["values"]["choice"]["pick"]
    assert state["selected_option"]["value"] == "one"
    assert room.ask("click", **where, action_id="stop")["error"] == "action_not_found"


def test_options_are_asked_from_the_app(room: Room, bolt: App, connect: Connect) -> None:
    asked: list[Json] = []

    @bolt.options("find")
    def offer(ack: Ack, body: Json) -> None:
        asked.append(body)
        ack(options=[{"text": {"type": "plain_text", "text": body["value"].title()}, "value": body["value"]}])

    bolt.view("form")(lambda ack: ack())
    bolt.command("/try")(lambda ack: ack())
    connect()
    element = {"type": "external_select", "action_id": "find", "min_query_length": 2}
    block = {"type": "input", "block_id": "asset", "label": {"type": "plain_text", "text": "Asset"}, "element": element}
    room.client.views_open(trigger_id=room.trigger(), view=modal(block, text_input()))
    where = {"user": REP, "surface": "modal", "action_id": "find"}
    assert room.do("options", **where, query="s")["options"] == []
    assert asked == []
    found = room.do("options", **where, query="spine", values={"words": "typed so far"})["options"]
    assert found[0]["text"]["text"] == "Spine"
    assert (asked[0]["type"], asked[0]["view"]["state"]["values"]["words"]["typed"]["value"]) == (
        "block_suggestion",
        "typed so far",
    )
    assert room.ask("submit", user=REP, values={"asset": "hip"})["error"] == "bad_value"
    room.do("submit", user=REP, values={"asset": "spine"})
    assert room.see()["modal"] is None


def test_a_person_leaves_moves_and_comes_back(room: Room) -> None:
    def user() -> Json:
        return dict(room.api("users.info", user=REP).json()["user"])

    before = user()
    assert (before["deleted"], before["tz"]) == (False, "America/New_York")
    assert room.do("person", user=REP, deleted=True)["deleted"] is True
    left = user()
    assert left["deleted"] is True
    assert "tz" not in left
    assert left in room.api("users.list").json()["members"]
    assert room.see()["me"]["name"] == "Dre Hollowell"
    assert room.do("person", user=REP, tz="Asia/Tokyo", called="Dre Sato")["deleted"] is True
    room.do("person", user=REP, deleted=False)
    back = user()
    assert (back["deleted"], back["tz"], back["tz_offset"]) == (False, "Asia/Tokyo", 32400)
    assert back["real_name"] == "Dre Sato"
    room.do("person", user=REP, deleted=True)
    room.do("reset")
    assert user() == before


def test_reset_puts_everything_back_and_keeps_the_sockets(room: Room, heard: list[Json]) -> None:
    before = room.see()
    room.do("message", user=REP, channel="#general", text="to be forgotten")
    room.do("clock", by_seconds=86_400)
    room.do("faults", rules=[{"method": "*", "kind": "error_before"}])
    room.do("reset")
    after = room.see()
    assert after["conversations"] == before["conversations"]
    assert after["now"][:16] == before["now"][:16]
    assert after["app"]["connected"] == 1
    assert room.error("auth.test") == "ok"


def test_what_can_be_looked_at(room: Room) -> None:
    seen = room.see()
    assert seen["me"]["name"] == "Dre Hollowell"
    assert [one["command"] for one in seen["commands"]] == ["/try"]
    assert {one["type"] for one in seen["shortcuts"]} == {"global", "message"}
    people = room.http.get("/_sandbox/people").json()
    assert REP in [one["id"] for one in people["people"]]
    assert people["app"]["name"] == "Tryout"
    room.api("auth.test")
    entries = room.log("api")
    after = room.http.get("/_sandbox/log", params={"after": entries[-1]["n"]}).json()["entries"]
    assert (entries[-1]["method"], after) == ("auth.test", [])


def test_a_stream_says_when_something_has_changed(room: Room) -> None:
    with room.http.stream("GET", "/_sandbox/changes") as stream:
        lines = (line for line in stream.iter_lines() if line)
        first = json.loads(next(lines).removeprefix("data: "))["n"]
        httpx.post(f"{room.server.url}/_sandbox/message", json={"user": REP, "channel": "#general", "text": "x"})
        assert json.loads(next(lines).removeprefix("data: "))["n"] > first


@pytest.mark.parametrize(
    ("call", "told", "error"),
    [
        ("nothing", {}, "unknown_call"),
        ("message", {"user": "U0NOBODY1", "channel": "app", "text": "x"}, "user_not_found"),
        ("message", {"user": REP, "channel": "#nowhere", "text": "x"}, "channel_not_found"),
        ("message", {"user": REP, "channel": "#marketing-leads", "text": "x"}, "channel_not_found"),
        ("message", {"user": REP, "channel": "app", "text": " "}, "no_text"),
        ("message", {"user": REP, "channel": "app", "text": 7}, "no_text"),
        ("message", {"user": REP, "channel": "app", "text": "x" * 40_001}, "msg_too_long"),
        ("message", {"user": REP, "channel": "app", "text": "x", "thread_ts": NOWHERE}, "message_not_found"),
        ("edit", {"user": REP, "channel": "app", "ts": NOWHERE, "text": "x"}, "message_not_found"),
        ("react", {"user": REP, "channel": "app", "ts": NOWHERE, "reaction": "+1"}, "message_not_found"),
        ("unfurl", {"user": REP, "channel": "app", "ts": NOWHERE}, "message_not_found"),
        ("command", {"user": REP, "channel": "app", "text": "/nothing"}, "invalid_command"),
        ("command", {"channel": "app", "text": "/try"}, "user_not_found"),
        ("click", {"user": REP, "surface": "modal", "action_id": "go"}, "no_modal"),
        ("click", {"user": REP, "channel": "app", "ts": NOWHERE, "action_id": "go"}, "message_not_found"),
        ("options", {"user": REP, "surface": "modal", "action_id": "go", "query": ""}, "no_modal"),
        ("submit", {"user": REP, "values": {}}, "no_modal"),
        ("submit", {"user": "U0NOBODY1"}, "user_not_found"),
        ("close", {"user": REP}, "no_modal"),
        ("open_home", {}, "user_not_found"),
        ("join", {"user": REP, "channel": "#nowhere"}, "channel_not_found"),
        ("join", {"user": REP, "channel": f"D{REP[1:]}"}, "not_a_channel"),
        ("invite", {}, "channel_not_found"),
        ("user_group", {"user_group": "spine"}, "invalid"),
        ("user_group", {"user_group": "S0SPINE", "members": ["U0NOBODY1"]}, "user_not_found"),
        ("person", {"user": "U0NOBODY1", "deleted": True}, "user_not_found"),
        ("person", {"user": REP, "tz": "Mars/Olympus"}, "invalid"),
        ("clock", {}, "invalid"),
        ("clock", {"by_seconds": "soon"}, "invalid"),
        ("faults", {}, "invalid"),
        ("limits", {}, "invalid"),
        ("http", {"request_url": "nonsense"}, "challenge_failed"),
    ],
)
def test_what_cannot_be_done_gets_a_word_and_a_sentence(room: Room, call: str, told: Json, error: str) -> None:
    answer = room.ask(call, **told)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert answer["message"][0].isupper() or answer["message"][0] in '/#"'
    assert answer["message"].endswith((".", "?"))


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(room: Room, body: bytes) -> None:
    answer = room.http.post("/_sandbox/message", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/_sandbox/see", "user_not_found"),
        ("/_sandbox/see?user=U0NOBODY1", "user_not_found"),
        ("/_sandbox/clock?after=now", "invalid"),
        ("/_sandbox/files/F0NOTHING", "file_not_found"),
    ],
)
def test_looks_that_find_nothing(room: Room, path: str, error: str) -> None:
    assert room.http.get(path).json()["error"] == error


def test_the_page_and_nothing_else_of_the_disk(room: Room) -> None:
    assert "<!doctype html>" in room.http.get("/").text
    assert room.http.get("/page/app.js").status_code == 200
    for name in ("..%2Fserver.py", "nothing.js", "%2E%2E%2Fcompany.py"):
        assert room.http.get(f"/page/{name}").status_code == 404


def test_a_press_needs_a_message_of_the_app(room: Room, channel: str) -> None:
    ts = room.do("message", user=REP, channel=channel, text="mine")["ts"]
    answer = room.ask("click", user=REP, channel=channel, ts=ts, action_id="go")
    assert answer["error"] == "not_by_app"
