"""Modals and the Home: one trigger, one stack, required inputs, what is kept, and every answer to a submission."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from tests.sandbox.conftest import (
    MARKETER,
    REP,
    Room,
    button,
    modal,
    text_block,
    text_input,
)

Json = dict[str, Any]


@pytest.fixture
def answers() -> list[Json]:
    """What the app answers to submissions, first come first used; with none left it just acknowledges."""
    return []


@pytest.fixture
def told(room: Room, bolt: App, connect: Callable[[], SocketModeHandler], answers: list[Json]) -> list[Json]:
    """What the app was told, with an app that takes everything."""
    heard: list[Json] = []

    @bolt.command("/try")
    def asked(ack: Ack) -> None:
        ack()

    @bolt.view("form")
    def submitted(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack(**answers.pop(0)) if answers else ack()

    @bolt.view_closed("form")
    def closed(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    @bolt.action("go")
    def pressed(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    connect()
    return heard


def open_form(room: Room, view: Json | None = None, user: str = REP) -> Json:
    """Open a modal; gives the view as Slack answers it."""
    answer = room.client.views_open(trigger_id=room.trigger(user), view=view or modal())
    return dict(answer["view"])


def test_a_trigger_works_once_and_for_a_short_time(room: Room, told: list[Json]) -> None:
    trigger = room.trigger()
    assert room.error("views.open", trigger_id=trigger, view=modal()) == "ok"
    assert room.error("views.open", trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    late = room.trigger()
    room.server.sandbox.space.passes.age(3.1)
    assert room.error("views.open", trigger_id=late, view=modal()) == "expired_trigger_id"
    assert room.error("views.open", trigger_id="1.2.abc", view=modal()) == "invalid_trigger_id"
    assert room.error("views.open", view=modal()) == "invalid_arguments"


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(text_input("same"), text_input("same")), "same"),
        (modal(title="x" * 25), "25"),
        (modal(text_input(initial_value="x" * 3001)), "3001"),
        ({**modal(), "private_metadata": "x" * 3001}, "private_metadata"),
        ({**modal(), "callback_id": "x" * 256}, "callback_id"),
        (modal(*[text_block("x", f"b{n}") for n in range(101)]), "100"),
        ({**modal(), "submit": None}, "submit"),
        ({**modal(), "type": "home"}, "modal"),
        ("form", "JSON"),
    ],
)
def test_views_that_slack_refuses(room: Room, told: list[Json], view: Any, words: str) -> None:
    answer = room.api("views.open", trigger_id=room.trigger(), view=view).json()
    assert answer["error"] == "invalid_arguments"
    assert words in str(answer["response_metadata"]["messages"])
    assert room.see()["modal"] is None


def test_initial_values_are_in_the_state_from_the_start(room: Room, told: list[Json]) -> None:
    option = {"text": {"type": "plain_text", "text": "Yes"}, "value": "yes"}
    radio = {"type": "radio_buttons", "action_id": "pick", "options": [option], "initial_option": option}
    view = modal(
        text_input(initial_value="before"),
        {"type": "input", "block_id": "pick", "label": {"type": "plain_text", "text": "Pick"}, "element": radio},
    )
    values = open_form(room, view)["state"]["values"]
    assert values["words"]["typed"] == {"type": "plain_text_input", "value": "before"}
    assert values["pick"]["pick"]["selected_option"]["value"] == "yes"
    room.do("submit", user=REP, values={})
    assert told[-1]["view"]["state"]["values"] == values


def test_required_inputs_are_asked_before_anything_is_sent(room: Room, told: list[Json]) -> None:
    open_form(room, modal(text_input(), {**text_input("more"), "optional": True}))
    refused = room.ask("submit", user=REP, values={"more": "this"})
    assert refused["error"] == "missing_inputs"
    assert refused["errors"] == {"words": "Please complete this required field."}
    assert told == []
    assert room.see()["modal"]["state"]["more"]["typed"]["value"] == "this"
    room.do("submit", user=REP, values={"words": "that"})
    assert told[-1]["view"]["state"]["values"]["more"]["typed"]["value"] == "this"
    assert room.ask("submit", user=REP, values={})["error"] == "no_modal"


def test_there_is_one_stack_of_three_a_person(room: Room, told: list[Json]) -> None:
    first = open_form(room, modal(title="First"))
    assert room.error("views.push", trigger_id=room.trigger(MARKETER), view=modal()) == "not_found"
    second = room.client.views_push(trigger_id=room.trigger(), view=modal(title="Second"))["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    room.client.views_push(trigger_id=room.trigger(), view=modal(title="Third"))
    assert room.error("views.push", trigger_id=room.trigger(), view=modal()) == "push_limit_reached"
    assert room.see()["modal"]["depth"] == 3
    room.do("close", user=REP)
    assert room.see()["modal"]["title"] == "Second"
    open_form(room, modal(title="New"))
    assert (room.see()["modal"]["depth"], room.see()["modal"]["title"]) == (1, "New")
    assert room.see(MARKETER)["modal"] is None


def test_an_update_keeps_what_was_typed_under_the_same_ids(room: Room, told: list[Json]) -> None:
    view = open_form(room, modal(text_input(), text_input("other"), button()))
    room.do("click", user=REP, surface="modal", action_id="go", values={"words": "typed", "other": "gone"})
    assert told[-1]["view"]["state"]["values"]["words"]["typed"]["value"] == "typed"
    new = modal(text_input(initial_value="app's"), text_input("renamed"), title="New")
    updated = room.client.views_update(view_id=view["id"], view=new)["view"]
    assert updated["state"]["values"]["words"]["typed"]["value"] == "typed"
    assert updated["state"]["values"]["renamed"]["typed"]["value"] is None
    assert room.error("views.update", view_id=view["id"], view=new, hash=view["hash"]) == "hash_conflict"
    assert room.error("views.update", view_id=view["id"], view=new, hash=updated["hash"]) == "ok"
    assert room.error("views.update", view_id="V0NOWHERE", view=new) == "not_found"
    assert room.error("views.update", view=new) == "invalid_arguments"


def test_a_view_is_found_by_its_external_id_which_is_there_once(room: Room, told: list[Json]) -> None:
    view = {**modal(), "external_id": "mine"}
    open_form(room, view)
    assert room.error("views.update", external_id="mine", view={**view, "external_id": "mine"}) == "ok"
    answer = room.error("views.open", trigger_id=room.trigger(MARKETER), view=view)
    assert answer == "duplicate_external_id"


def test_every_answer_to_a_submission(room: Room, told: list[Json], answers: list[Json]) -> None:
    open_form(room)
    answers += [
        {"response_action": "errors", "errors": {"words": "Not this."}},
        {"response_action": "push", "view": modal(title="Pushed")},
        {"response_action": "update", "view": modal(title="Updated")},
        {"response_action": "clear"},
    ]
    answer = room.do("submit", user=REP, values={"words": "kept"})
    assert (answer["response_action"], answer["errors"]) == ("errors", {"words": "Not this."})
    seen = room.see()["modal"]
    assert (seen["errors"], seen["state"]["words"]["typed"]["value"]) == ({"words": "Not this."}, "kept")
    room.do("submit", user=REP, values={"words": "x"})
    assert (room.see()["modal"]["title"], room.see()["modal"]["depth"]) == ("Pushed", 2)
    room.do("submit", user=REP, values={"words": "x"})
    assert (room.see()["modal"]["title"], room.see()["modal"]["depth"]) == ("Updated", 2)
    room.do("submit", user=REP, values={"words": "x"})
    assert room.see()["modal"] is None


def test_a_taken_form_shows_the_one_below_again(room: Room, told: list[Json]) -> None:
    open_form(room, modal(title="First"))
    room.client.views_push(trigger_id=room.trigger(), view=modal(title="Second"))
    room.do("submit", user=REP, values={"words": "x"})
    assert room.see()["modal"]["title"] == "First"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "?"}}, "invalid_errors"),
        ({"response_action": "dance"}, "invalid_response_action"),
        ({"response_action": "update", "view": modal(title="x" * 25)}, "invalid_arguments"),
    ],
)
def test_a_bad_answer_is_trouble_for_the_person_and_the_form_stays(
    room: Room, told: list[Json], answers: list[Json], answer: Json, error: str
) -> None:
    open_form(room)
    answers.append(answer)
    problems = room.do("submit", user=REP, values={"words": "kept"})["problems"]
    assert problems[0] == error
    assert room.see()["modal"]["state"]["words"]["typed"]["value"] == "kept"
    assert room.see()["toasts"][-1]["text"] == "We had some trouble connecting. Try again?"


def test_the_app_hears_of_a_closed_form_where_it_asked(room: Room, told: list[Json]) -> None:
    open_form(room)
    room.do("close", user=REP)
    assert told == []
    open_form(room, modal(notify_on_close=True))
    room.do("close", user=REP)
    assert (told[-1]["type"], told[-1]["is_cleared"]) == ("view_closed", False)
    assert room.ask("close", user=REP)["error"] == "no_modal"


def test_closing_can_clear_the_whole_stack(room: Room, told: list[Json]) -> None:
    open_form(room, modal(notify_on_close=True))
    room.client.views_push(trigger_id=room.trigger(), view=modal(clear_on_close=True))
    room.do("close", user=REP)
    assert room.see()["modal"] is None
    assert [one["is_cleared"] for one in told] == [True]


def test_a_form_can_be_gone_when_its_answer_comes(room: Room, told: list[Json]) -> None:
    view = open_form(room)
    room.do("close", user=REP, all=True)
    assert room.error("views.update", view_id=view["id"], view=modal()) == "not_found"


def test_the_home_is_one_a_person_and_its_buttons_work(room: Room, told: list[Json]) -> None:
    home = {"type": "home", "blocks": [text_block("Good morning"), button()]}
    assert room.ask("click", user=REP, surface="home", action_id="go")["error"] == "no_home"
    first = room.client.views_publish(user_id=REP, view=home)["view"]
    room.do("click", user=REP, surface="home", action_id="go")
    assert told[-1]["container"] == {"type": "view", "view_id": first["id"]}
    assert "response_url" not in told[-1]
    again = room.client.views_publish(user_id=REP, view=home, hash=first["hash"])["view"]
    assert again["id"] == first["id"]
    assert room.error("views.publish", user_id=REP, view=home, hash=first["hash"]) == "hash_conflict"
    assert room.see(MARKETER)["home"] is None
    assert room.error("views.publish", user_id="U0NOBODY1", view=home) == "invalid_arguments"
    assert room.error("views.publish", user_id=REP, view=modal()) == "invalid_arguments"


def test_an_input_of_a_form_speaks_at_once_only_where_the_app_asks_for_it(room: Room, told: list[Json]) -> None:
    quiet, loud = text_input("quiet"), {**text_input("loud"), "dispatch_action": True}
    loud["element"] = {**loud["element"], "action_id": "go"}
    open_form(room, modal(quiet, loud))
    assert room.do("click", user=REP, surface="modal", block_id="quiet", action_id="typed", value="a")["ack"] is None
    assert told == []
    room.do("click", user=REP, surface="modal", block_id="loud", action_id="go", value="b")
    assert told[-1]["actions"][0]["value"] == "b"
    assert told[-1]["view"]["state"]["values"]["quiet"]["typed"]["value"] == "a"
