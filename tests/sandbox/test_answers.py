"""What an app says through a command's acknowledgement and through a response_url."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from tests.sandbox.conftest import MARKETER, REP, Room, button, text_block

Json = dict[str, Any]
Connect = Callable[[], SocketModeHandler]


@pytest.fixture
def bodies(bolt: App, connect: Connect) -> list[Json]:
    """The commands and clicks that the app heard."""
    heard: list[Json] = []

    @bolt.command("/try")
    def asked(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    @bolt.action("go")
    def pressed(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    connect()
    return heard


def address(room: Room, bodies: list[Json], channel: str) -> str:
    """A response_url from a command in this channel."""
    room.do("command", user=REP, channel=channel, text="/try")
    return str(bodies[-1]["response_url"])


def pressed_on(room: Room, bodies: list[Json], channel: str, *, ephemeral: bool) -> str:
    """A response_url from a press on a message of the app."""
    told: Json = {"channel": channel, "text": "Press", "blocks": [text_block("Press"), button()]}
    if ephemeral:
        ts = room.client.chat_postEphemeral(user=REP, **told)["message_ts"]
    else:
        ts = room.client.chat_postMessage(**told)["ts"]
    room.do("click", user=REP, channel=channel, ts=ts, action_id="go")
    return str(bodies[-1]["response_url"])


def test_an_address_works_five_times(room: Room, bodies: list[Json], channel: str) -> None:
    url = address(room, bodies, channel)
    for n in range(5):
        assert room.http.post(url, json={"text": f"answer {n}"}).text == "ok"
    refused = room.http.post(url, json={"text": "one more"})
    assert (refused.status_code, refused.json()["error"]) == (404, "used_url")
    seen = room.messages(REP, channel)
    assert [one["text"] for one in seen if one["ephemeral"]] == [f"answer {n}" for n in range(5)]
    assert "answer" not in str(room.messages(MARKETER, channel))


def test_an_address_works_for_half_an_hour(room: Room, bodies: list[Json], channel: str) -> None:
    url = address(room, bodies, channel)
    room.server.sandbox.space.passes.age(29 * 60)
    assert room.http.post(url, json={"text": "in time"}).status_code == 200
    room.server.sandbox.space.passes.age(61)
    assert room.http.post(url, json={"text": "late"}).json()["error"] == "expired_url"
    assert room.http.post(f"{room.server.url}/_response/unknown", json={"text": "x"}).status_code == 404


def test_an_answer_can_be_for_the_whole_channel(room: Room, bodies: list[Json], channel: str) -> None:
    room.http.post(address(room, bodies, channel), json={"text": "For all", "response_type": "in_channel"})
    assert room.messages(MARKETER, channel)[-1]["text"] == "For all"


@pytest.mark.parametrize("ephemeral", [True, False])
def test_the_message_it_came_from_can_be_replaced_and_deleted(
    room: Room, bodies: list[Json], channel: str, ephemeral: bool
) -> None:
    before = len(room.messages(REP, channel))
    url = pressed_on(room, bodies, channel, ephemeral=ephemeral)
    room.http.post(url, json={"text": "Replaced", "replace_original": True})
    last = room.messages(REP, channel)[-1]
    assert (last["text"], last["blocks"], last["ephemeral"]) == ("Replaced", [], ephemeral)
    room.http.post(url, json={"delete_original": True})
    assert len(room.messages(REP, channel)) == before


def test_the_text_of_an_ephemeral_is_not_in_the_press(room: Room, bodies: list[Json], channel: str) -> None:
    pressed_on(room, bodies, channel, ephemeral=True)
    assert bodies[-1]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[-1]


def test_without_replace_original_there_is_a_new_message(room: Room, bodies: list[Json], channel: str) -> None:
    url = pressed_on(room, bodies, channel, ephemeral=False)
    room.http.post(url, json={"text": "Thank you", "replace_original": False})
    first, second = room.messages(REP, channel)[-2:]
    assert (first["text"], second["text"], second["ephemeral"]) == ("Press", "Thank you", True)


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"{", "invalid_payload"), (b"[]", "invalid_payload"), (b"{}", "no_text")],
)
def test_bad_answers_are_refused_and_cost_nothing(
    room: Room, bodies: list[Json], channel: str, body: bytes, words: str
) -> None:
    url = address(room, bodies, channel)
    for _ in range(6):
        refused = room.http.post(url, content=body)
        assert (refused.status_code, words in refused.text) == (400, True)
    assert room.http.post(url, json={"text": "good"}).status_code == 200


def test_invalid_blocks_in_an_acknowledgement_are_a_failed_command(room: Room, bolt: App, connect: Connect) -> None:
    bolt.command("/try")(lambda ack: ack(text="x", blocks=[button(), button()]))
    connect()
    answer = room.do("command", user=REP, channel="app", text="/try")
    assert answer["problems"][0] == "invalid_blocks"
    assert room.messages() == []
    assert room.see()["toasts"][-1]["text"] == '/try failed with the error "invalid_blocks"'


def test_an_acknowledgement_can_be_for_the_whole_channel(room: Room, bolt: App, connect: Connect, channel: str) -> None:
    bolt.command("/try")(lambda ack: ack(text="Everybody", response_type="in_channel"))
    connect()
    room.do("command", user=REP, channel=channel, text="/try")
    assert room.messages(MARKETER, channel)[-1]["text"] == "Everybody"
