"""The way of a command, a click and a form over Socket Mode, with the real slack_bolt."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.conftest import REP, Room, button, modal, text_block, text_input, wait_for

Connect = Callable[[], SocketModeHandler]


def test_a_command_is_answered_with_a_message_that_only_the_asker_sees(room: Room, bolt: App, connect: Connect) -> None:
    seen: list[dict[str, Any]] = []

    @bolt.command("/try")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        seen.append(body)
        ack("Hello there")

    connect()
    answer = room.do("command", user=REP, channel="app", text="/try one two ")
    assert answer["ack"]["status"] == "ok"
    assert seen[0]["text"] == "one two"
    assert seen[0]["channel_name"] == "directmessage"
    last = room.messages()[-1]
    assert (last["text"], last["ephemeral"]) == ("Hello there", True)
    assert room.client.conversations_history(channel=seen[0]["channel_id"])["messages"] == []


def test_a_command_that_the_manifest_does_not_have_is_refused(room: Room) -> None:
    answer = room.ask("command", user=REP, channel="app", text="/nothing")
    assert answer["error"] == "invalid_command"
    assert room.see()["toasts"][-1]["text"] == "/nothing is not a valid command."


def test_without_a_connection_the_person_is_told(room: Room) -> None:
    answer = room.do("command", user=REP, channel="app", text="/try")
    assert answer["ack"]["status"] == "not_connected"
    assert "dispatch_failed" in room.see()["toasts"][-1]["text"]


def test_an_app_that_is_silent_is_a_timeout(room: Room, bolt: App, connect: Connect) -> None:
    bolt.command("/try")(lambda body: None)
    connect()
    answer = room.do("command", user=REP, channel="app", text="/try")
    assert answer["ack"]["status"] == "timeout"
    assert "operation_timeout" in room.see()["toasts"][-1]["text"]


def test_form_from_button_to_submission(room: Room, bolt: App, connect: Connect) -> None:
    sent: list[dict[str, Any]] = []

    @bolt.action("go")
    def pressed(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        sent.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(initial_value="as before")))

    @bolt.view("form")
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        sent.append(body)
        value = view["state"]["values"]["words"]["typed"]["value"]
        if value == "bad":
            ack(response_action="errors", errors={"words": "Not this."})
        else:
            ack()

    connect()
    posted = room.client.chat_postMessage(channel=REP, text="Press", blocks=[text_block("Press"), button(value="7")])
    room.do("click", user=REP, channel="app", ts=posted["ts"], action_id="go")
    press = sent[0]
    assert press["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": posted["channel"],
        "is_ephemeral": False,
    }
    assert press["actions"][0]["value"] == "7"
    assert press["actions"][0]["block_id"] == "buttons"
    assert press["message"]["text"] == "Press"
    assert wait_for(lambda: room.see()["modal"])["state"]["words"]["typed"]["value"] == "as before"
    answer = room.do("submit", user=REP, values={"words": "bad"})
    assert answer["response_action"] == "errors"
    assert answer["errors"] == {"words": "Not this."}
    assert room.see()["modal"]["errors"] == {"words": "Not this."}
    assert room.ask("submit", user=REP, values={"words": ""})["errors"]
    assert room.do("submit", user=REP, values={"words": "good"})["response_action"] is None
    assert room.see()["modal"] is None
    assert sent[-1]["view"]["state"]["values"]["words"]["typed"]["value"] == "good"
    assert sent[-1]["response_urls"] == []


def test_a_trigger_works_once_and_not_for_long(room: Room, bolt: App, connect: Connect) -> None:
    triggers: list[str] = []

    @bolt.command("/try")
    def asked(ack: Ack, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        ack()

    connect()
    room.do("command", user=REP, channel="app", text="/try")
    room.do("command", user=REP, channel="app", text="/try")
    room.client.views_open(trigger_id=triggers[0], view=modal())
    assert room.error("views.open", trigger_id=triggers[0], view=modal()) == "exchanged_trigger_id"
    room.server.sandbox.space.passes.age(4)
    assert room.error("views.open", trigger_id=triggers[1], view=modal()) == "expired_trigger_id"
    assert room.error("views.open", trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


def test_events_are_told_once_when_acknowledged(room: Room, bolt: App, connect: Connect, channel: str) -> None:
    heard: list[dict[str, Any]] = []
    bolt.event("message")(lambda body: heard.append(body))
    connect()
    ts = room.do("message", user=REP, channel=channel, text="Good morning")["ts"]
    body = wait_for(lambda: heard)[0]
    assert body["event"]["ts"] == ts
    assert body["event"]["channel_type"] == "channel"
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["is_bot"] is True
    time.sleep(0.3)
    assert len(heard) == 1


def test_events_without_acknowledgement_come_again_with_a_reason(
    room: Room, bolt: App, connect: Connect, channel: str
) -> None:
    connect()  # nobody listens: Bolt answers 404, and that is silence in Socket Mode
    room.do("message", user=REP, channel=channel, text="Anybody?")
    entries = wait_for(lambda: [one for one in room.log("deliver") if one["attempt"] == 3], 5)
    assert entries[0]["ack"] == "timeout"
    assert [one["attempt"] for one in room.log("deliver")] == [0, 1, 2, 3]
    assert len({one["envelope"]["event_id"] for one in room.log("deliver")}) == 1


def test_payloads_go_to_the_connections_in_turn(room: Room, bolt: App, connect: Connect) -> None:
    bolt.command("/try")(lambda ack: ack())
    connect()
    connect()
    assert room.see()["app"]["connected"] == 2
    for _ in range(4):
        assert room.do("command", user=REP, channel="app", text="/try")["ack"]["status"] == "ok"


def test_sockets_that_are_cut_come_back(room: Room, bolt: App, connect: Connect) -> None:
    bolt.command("/try")(lambda ack: ack())
    connect()
    assert room.do("cut")["cut"] == 1
    wait_for(lambda: room.see()["app"]["connected"] == 1)
    room.do("cut", goodbye=True)
    wait_for(lambda: len([one for one in room.log("socket") if one["what"] == "open"]) == 3)
    wait_for(lambda: room.see()["app"]["connected"] == 1)  # the old one is closed after the new one is there
    assert room.do("command", user=REP, channel="app", text="/try")["ack"]["status"] == "ok"


def test_a_ticket_opens_one_socket_and_needs_the_app_token(room: Room) -> None:
    assert room.error("apps.connections.open") == "not_allowed_token_type"
    with pytest.raises(SlackApiError) as refused:
        room.client.apps_connections_open(app_token="xapp-other")
    assert refused.value.response["error"] == "invalid_auth"
