"""Blocks: what Slack refuses is refused, what it takes is taken, and what a person does is written as Slack does."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.blocks import (
    action_of,
    assign_ids,
    check_message,
    check_view,
    find_element,
    initial_state,
    missing_inputs,
    state_of,
)

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, **more: Any) -> Json:
    return {"text": plain(value.upper()), "value": value, **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("Hello"), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")], **more}


def field(element: Json, block_id: str = "field", **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element, **more}


def typed(kind: str = "plain_text_input", **more: Any) -> Json:
    return {"type": kind, "action_id": "typed", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("A form"), "submit": plain("Save"), "blocks": list(blocks), **more}


def without(thing: Json, name: str) -> Json:
    return {key: value for key, value in thing.items() if key != name}


CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("It goes."), "confirm": plain("Yes"), "deny": plain("No")}
PICTURE = {"type": "image", "image_url": "https://assets.meridian.example/a.png", "alt_text": "A chart"}

GOOD_IN_MESSAGES = [
    section(block_id="b" * 255),
    section(text=mrkdwn("x" * 3000)),
    without(section(fields=[mrkdwn("x" * 2000)] * 10), "text"),
    section(accessory=button(style="danger", value="v" * 2000, confirm=CONFIRM)),
    section(accessory=PICTURE, expand=True),
    section(accessory={"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(5)]}),
    section(accessory={"type": "multi_users_select", "action_id": "who", "max_selected_items": 3}),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [mrkdwn("x"), plain("y"), PICTURE] * 3},
    {"type": "divider"},
    actions(*(button(action_id=f"go-{n}") for n in range(25))),
    actions(button(text=plain("x" * 75), url="https://assets.meridian.example/x")),
    actions(select(initial_option=option("b"), placeholder=plain("x" * 150))),
    actions(select(options=[option(str(n)) for n in range(100)])),
    actions({**without(select(), "options"), "option_groups": [{"label": plain("One"), "options": [option("a")]}]}),
    actions({"type": "radio_buttons", "action_id": "r", "options": [{"text": mrkdwn("*a*"), "value": "a"}]}),
    actions({"type": "external_select", "action_id": "e", "min_query_length": 0}),
    actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"}),
    {**PICTURE, "title": plain("A chart")},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
    {"type": "markdown", "text": "**Hello**"},
    {"type": "file", "external_id": "F1", "source": "remote"},
]


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES, ids=lambda block: block["type"])
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert check_message("Hello", [block], []) == []
    assert check_message("Hello", [], [{"color": "#123456", "blocks": [block]}]) == []


BAD_IN_MESSAGES: list[tuple[Json, str, str]] = [
    (section(text=mrkdwn("x" * 3001)), "must be less than 3001 characters", "/blocks/0/text/text"),
    (section(text=mrkdwn("")), "must be more than 0 characters", "/blocks/0/text/text"),
    (section(text="Hello"), "must provide an object", "/blocks/0/text"),
    (section(text={"type": "html", "text": "x"}), "unsupported type: html", "/blocks/0/text/type"),
    (section(text={**plain("x"), "verbatim": True}), "invalid additional property: verbatim", "/blocks/0/text"),
    ({"type": "section"}, "must define either `text` or `fields`", "/blocks/0"),
    (section(fields=[plain("x")] * 11), "no more than 10 items allowed", "/blocks/0/fields"),
    (section(fields=[]), "no fewer than 1 items allowed", "/blocks/0/fields"),
    (section(fields=[plain("x" * 2001)]), "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    (section(foo=1), "invalid additional property: foo", "/blocks/0"),
    (section(block_id="b" * 256), "must be less than 256 characters", "/blocks/0/block_id"),
    (section(accessory=typed()), "unsupported type: plain_text_input", "/blocks/0/accessory/type"),
    (section(accessory=button(foo=1)), "invalid additional property: foo", "/blocks/0/accessory"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn("x")}, "must be a valid enum value: plain_text", "/blocks/0/text/type"),
    ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed", "/blocks/0/elements"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button", "/blocks/0/elements/0/type"),
    (actions(), "no fewer than 1 items allowed", "/blocks/0/elements"),
    (actions(*[button()] * 26), "no more than 25 items allowed", "/blocks/0/elements"),
    (actions(button(), button()), "action_id already exists: go", "/blocks/0/elements"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    (actions(button(text=mrkdwn("x"))), "must be a valid enum value: plain_text", "/blocks/0/elements/0/text/type"),
    (actions(button(value="v" * 2001)), "must be less than 2001 characters", "/blocks/0/elements/0/value"),
    (actions(button(value=3)), "must provide a string", "/blocks/0/elements/0/value"),
    (actions(button(url="u" * 3001)), "must be less than 3001 characters", "/blocks/0/elements/0/url"),
    (actions(button(url="no address")), "must match the expected format", "/blocks/0/elements/0/url"),
    (actions(button(style="loud")), "must be a valid enum value", "/blocks/0/elements/0/style"),
    (actions(button(action_id="")), "must be more than 0 characters", "/blocks/0/elements/0/action_id"),
    (
        actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
        "must be less than 101 characters",
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})),
        "must be less than 31 characters",
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (
        actions(button(confirm=without(CONFIRM, "deny"))),
        "missing required field: deny",
        "/blocks/0/elements/0/confirm",
    ),
    (actions(select(options=[])), "no fewer than 1 items allowed", "/blocks/0/elements/0/options"),
    (
        actions(select(options=[option(str(n)) for n in range(101)])),
        "no more than 100 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (actions(select(option_groups=[])), "no fewer than 1 items allowed", "/blocks/0/elements/0/option_groups"),
    (
        actions(without(select(), "options")),
        "must define exactly one of `options` or `option_groups`",
        "/blocks/0/elements/0",
    ),
    (
        actions(select(options=[option("a"), option("a", description=plain("again"))])),
        "duplicate option value: a",
        "/blocks/0/elements/0",
    ),
    (
        actions(select(options=[option("x" * 76)])),
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        actions(select(options=[{"text": plain("x"), "value": "x" * 151}])),
        "must be less than 151 characters",
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        actions(select(options=[option("a", description=plain("x" * 76))])),
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/description/text",
    ),
    (
        actions(select(options=[{"text": mrkdwn("x"), "value": "x"}])),
        "must be a valid enum value: plain_text",
        "/blocks/0/elements/0/options/0/text/type",
    ),
    (
        actions(select(initial_option={"text": plain("Other words"), "value": "a"})),
        "must exactly match one of the provided options",
        "/blocks/0/elements/0/initial_option",
    ),
    (
        actions(select(placeholder=plain("x" * 151))),
        "must be less than 151 characters",
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        actions({"type": "checkboxes", "action_id": "c", "options": [option(str(n)) for n in range(11)]}),
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "overflow", "action_id": "c", "options": [option(str(n)) for n in range(6)]}),
        "no more than 5 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "datepicker", "action_id": "d", "initial_date": "23.11.2026"}),
        "must match the expected format",
        "/blocks/0/elements/0/initial_date",
    ),
    (without(PICTURE, "alt_text"), "missing required field: alt_text", "/blocks/0"),
    ({**PICTURE, "alt_text": "x" * 2001}, "must be less than 2001 characters", "/blocks/0/alt_text"),
    (
        without(PICTURE, "image_url"),
        "must define exactly one of `image_url` or `slack_file`",
        "/blocks/0",
    ),
    (field(typed()), "unsupported type: input", "/blocks/0/type"),
    ({"type": "banner"}, "unsupported type: banner", "/blocks/0/type"),
    ({"text": plain("x")}, "missing required field: type", "/blocks/0"),
]


@pytest.mark.parametrize(("block", "words", "at"), BAD_IN_MESSAGES, ids=[words for _, words, _ in BAD_IN_MESSAGES])
def test_what_slack_refuses_is_refused_with_the_reason(block: Json, words: str, at: str) -> None:
    assert check_message("Hello", [block], []) == [f"[ERROR] {words} [json-pointer:{at}]"]
    there = at.replace("/blocks", "/attachments/0/blocks")
    assert check_message("Hello", [], [{"blocks": [block]}]) == [f"[ERROR] {words} [json-pointer:{there}]"]


def test_a_message_has_fifty_blocks_and_a_hundred_attachments() -> None:
    divider: Json = {"type": "divider"}
    assert check_message("", [divider] * 50, []) == []
    assert check_message("", [divider] * 51, []) == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    assert check_message("", [], [{"text": "x"}] * 100) == []
    assert "no more than 100 items allowed" in check_message("", [], [{"text": "x"}] * 101)[0]
    assert "invalid additional property: foo" in check_message("", [], [{"foo": "x"}])[0]
    assert check_message("x" * 100_000, [], []) == []


def test_a_block_id_is_there_once() -> None:
    twice = [section(block_id="one"), section(block_id="one"), section(), section()]
    assert check_message("", twice, []) == ["[ERROR] block_id already exists: one [json-pointer:/blocks]"]
    assert check_view(modal(*twice)) == ["[ERROR] block_id already exists: one [json-pointer:/view/blocks]"]


def test_all_markdown_of_a_message_together_is_limited() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert check_message("", [half, half], []) == []
    assert check_message("", [half, half, {"type": "markdown", "text": "x"}], [])


GOOD_VIEWS = [
    modal(section()),
    without(modal(section()), "submit"),
    modal(field(typed(multiline=True, max_length=3000, min_length=1)), callback_id="c" * 255),
    modal(section(), private_metadata="x" * 3000, notify_on_close=True, clear_on_close=False, external_id="e"),
    modal(section(), title=plain("x" * 24), submit=plain("x" * 24), close=plain("x" * 24)),
    modal(*[{"type": "divider"}] * 100),
    modal(field(typed("number_input", is_decimal_allowed=False, min_value="1", max_value="5"), hint=plain("x" * 2000))),
    modal(field({"type": "external_select", "action_id": "a", "initial_option": option("a")}, dispatch_action=True)),
    modal(field({"type": "checkboxes", "action_id": "c", "options": [option("a")], "initial_options": [option("a")]})),
    {"type": "home", "blocks": []},
    {"type": "home", "blocks": [section(), actions(button())] * 50, "private_metadata": "x", "callback_id": "home"},
]


@pytest.mark.parametrize("view", GOOD_VIEWS)
def test_views_that_slack_takes(view: Json) -> None:
    assert check_view(view) == []


BAD_VIEWS: list[tuple[Any, str, str]] = [
    ("modal", "must provide an object", "/view"),
    ({"type": "dialog", "blocks": []}, "unsupported type: dialog", "/view/type"),
    (without(modal(section()), "title"), "missing required field: title", "/view"),
    (without(modal(section()), "blocks"), "missing required field: blocks", "/view"),
    (modal(), "no fewer than 1 items allowed", "/view/blocks"),
    (modal(*[section()] * 101), "no more than 100 items allowed", "/view/blocks"),
    (modal(section(), title=plain("x" * 25)), "must be less than 25 characters", "/view/title/text"),
    (modal(section(), title=mrkdwn("x")), "must be a valid enum value: plain_text", "/view/title/type"),
    (modal(section(), close=plain("x" * 25)), "must be less than 25 characters", "/view/close/text"),
    (modal(section(), private_metadata="x" * 3001), "must be less than 3001 characters", "/view/private_metadata"),
    (modal(section(), private_metadata={}), "must provide a string", "/view/private_metadata"),
    (modal(section(), callback_id="x" * 256), "must be less than 256 characters", "/view/callback_id"),
    (modal(section(), submit_disabled=True), "invalid additional property: submit_disabled", "/view"),
    (modal(section(), id="V1"), "invalid additional property: id", "/view"),
    (
        without(modal(field(typed())), "submit"),
        "missing required field: submit, for there are input blocks",
        "/view",
    ),
    (modal(field(typed(), label=plain("x" * 2001))), "must be less than 2001 characters", "/view/blocks/0/label/text"),
    (modal(field(button())), "unsupported type: button", "/view/blocks/0/element/type"),
    (modal(field(typed(max_length=3001))), "must be between 1 and 3000", "/view/blocks/0/element/max_length"),
    (
        modal(field(typed(min_length=9, max_length=5))),
        "min_length must not be higher than max_length",
        "/view/blocks/0/element",
    ),
    (
        modal(field(typed(initial_value="x" * 3001))),
        "must be less than 3001 characters",
        "/view/blocks/0/element/initial_value",
    ),
    (
        modal(field(typed("number_input"))),
        "missing required field: is_decimal_allowed",
        "/view/blocks/0/element",
    ),
    (
        modal(field(typed("number_input", is_decimal_allowed=True, min_value="5", max_value="1"))),
        "min_value, initial_value and max_value must be in order",
        "/view/blocks/0/element",
    ),
    (
        modal(field(typed(focus_on_load=True)), field(typed(focus_on_load=True), "other")),
        "only one element may have focus_on_load",
        "/view/blocks/1/element",
    ),
    (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown", "/view/blocks/0/type"),
    ({"type": "home", "blocks": [], "title": plain("x")}, "invalid additional property: title", "/view"),
    ({"type": "home", "blocks": [section()] * 101}, "no more than 100 items allowed", "/view/blocks"),
]


@pytest.mark.parametrize(("view", "words", "at"), BAD_VIEWS, ids=[words for _, words, _ in BAD_VIEWS])
def test_views_that_slack_refuses(view: Any, words: str, at: str) -> None:
    assert check_view(view) == [f"[ERROR] {words} [json-pointer:{at}]"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "options", "accessory", "value", "blocks", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
KINDS = st.sampled_from(["section", "actions", "input", "context", "rich_text", "modal", "static_select", "plain_text"])


@given(JSON, KINDS)
def test_no_json_breaks_the_checking(value: Any, kind: str) -> None:
    told = {**value, "type": kind} if isinstance(value, dict) else value
    for reasons in (check_view(told), check_message("", [told], []), check_message("", [], [told])):
        assert all(one.startswith("[ERROR] ") for one in reasons)
    if not isinstance(told, list):
        broken: Any = told
        assert check_message("", broken, [])


def test_ids_are_filled_in_and_given_ones_stay() -> None:
    given_blocks = [
        section(accessory=without(button(), "action_id")),
        actions(button(), block_id="mine"),
        field(typed()),
    ]
    before = copy.deepcopy(given_blocks)
    made = assign_ids(given_blocks)
    assert given_blocks == before
    assert made[0]["block_id"]
    assert made[0]["accessory"]["action_id"]
    assert made[1] == given_blocks[1]
    assert made[2] == given_blocks[2]
    assert assign_ids(made) == made


def test_an_element_is_found_by_its_ids() -> None:
    blocks = assign_ids(
        [section(), actions(button(value="1"), block_id="one"), actions(button(value="2"), block_id="two")]
    )
    found = find_element(blocks, "go", "two")
    assert found
    assert (found.block_id, found.element["value"]) == ("two", "2")
    first = find_element(blocks, "go")
    assert first
    assert first.block_id == "one"
    assert find_element(blocks, "stop") is None
    assert find_element(blocks, "go", "three") is None


def test_the_state_starts_with_the_initial_values() -> None:
    blocks = assign_ids(
        [
            field(typed(initial_value="x"), "a"),
            field(typed(), "b"),
            field(select(initial_option=option("b")), "c"),
            field({"type": "multi_users_select", "action_id": "who"}, "d"),
            actions(button(), {"type": "datepicker", "action_id": "day"}, block_id="e"),
            section(accessory=button()),
        ]
    )
    assert initial_state(blocks) == {
        "a": {"typed": {"type": "plain_text_input", "value": "x"}},
        "b": {"typed": {"type": "plain_text_input", "value": None}},
        "c": {"pick": {"type": "static_select", "selected_option": option("b")}},
        "d": {"who": {"type": "multi_users_select", "selected_users": []}},
        "e": {"day": {"type": "datepicker", "selected_date": None}},
    }


@pytest.mark.parametrize(
    ("element", "value", "held"),
    [
        (typed(), "hello", {"value": "hello"}),
        (typed(), "", {"value": None}),
        (typed("number_input", is_decimal_allowed=False), 4, {"value": "4"}),
        (typed("email_text_input"), "a@b.example", {"value": "a@b.example"}),
        (select(), "b", {"selected_option": option("b")}),
        (select(), None, {"selected_option": None}),
        ({**select(), "type": "radio_buttons"}, "a", {"selected_option": option("a")}),
        ({**select(), "type": "checkboxes"}, ["b", "a"], {"selected_options": [option("b"), option("a")]}),
        ({**select(), "type": "multi_static_select"}, ["a", "a"], {"selected_options": [option("a")]}),
        ({"type": "users_select", "action_id": "u"}, "U1", {"selected_user": "U1"}),
        ({"type": "multi_users_select", "action_id": "u"}, ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
        ({"type": "channels_select", "action_id": "u"}, "C1", {"selected_channel": "C1"}),
        ({"type": "conversations_select", "action_id": "u"}, "C1", {"selected_conversation": "C1"}),
        ({"type": "multi_conversations_select", "action_id": "u"}, ["C1"], {"selected_conversations": ["C1"]}),
        ({"type": "multi_channels_select", "action_id": "u"}, [], {"selected_channels": []}),
        ({"type": "datepicker", "action_id": "d"}, "2026-11-23", {"selected_date": "2026-11-23"}),
        ({"type": "timepicker", "action_id": "d"}, "09:30", {"selected_time": "09:30"}),
        ({"type": "datetimepicker", "action_id": "d"}, 1795417200, {"selected_date_time": 1795417200}),
    ],
)
def test_what_was_chosen_as_slack_writes_it(element: Json, value: Any, held: Json) -> None:
    assert state_of(element, value) == {"type": element["type"], **held}


def test_an_external_select_takes_what_was_loaded() -> None:
    element = {"type": "external_select", "action_id": "asset", "initial_option": option("old")}
    assert state_of(element, "new", [option("new")])["selected_option"] == option("new")
    assert state_of(element, "new", [{"label": plain("Group"), "options": [option("new")]}])["selected_option"]
    assert state_of(element, "old", [option("new")])["selected_option"] == option("old")
    with pytest.raises(ValueError, match="not among the options"):
        state_of(element, "other", [option("new")])


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (select(), "c"),
        (select(), "A"),
        ({**select(), "type": "checkboxes"}, ["a", "c"]),
        ({**select(), "type": "multi_static_select", "max_selected_items": 1}, ["a", "b"]),
        ({"type": "datepicker", "action_id": "d"}, "2026-02-30"),
        ({"type": "timepicker", "action_id": "d"}, "25:00"),
        ({"type": "datetimepicker", "action_id": "d"}, "tomorrow"),
        (button(), "x"),
    ],
)
def test_what_is_not_offered_cannot_be_chosen(element: Json, value: Any) -> None:
    with pytest.raises(ValueError, match=r"[.]$"):
        state_of(element, value)


def test_actions_as_slack_writes_them() -> None:
    pressed = button(value="42", style="primary")
    told = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "42", "style": "primary"}
    assert action_of(pressed, None) == told
    assert action_of(select(), "b") == {"type": "static_select", "action_id": "pick", "selected_option": option("b")}
    overflow = {"type": "overflow", "action_id": "more", "options": [option("x")]}
    assert action_of(overflow, "x") == {"type": "overflow", "action_id": "more", "selected_option": option("x")}
    with pytest.raises(ValueError, match="not among the options"):
        action_of(overflow, "y")


@pytest.mark.parametrize(
    ("element", "value", "sentence"),
    [
        (typed(), "", "Please complete this required field."),
        (typed(), "  \n", "Please complete this required field."),
        (typed(), "x", None),
        (typed(min_length=3), "ab", "Please enter at least 3 characters."),
        (typed(max_length=3), "abcd", "Please enter at most 3 characters."),
        (typed(), "x" * 3001, "Please enter at most 3000 characters."),
        (select(), None, "Please complete this required field."),
        ({**select(), "type": "checkboxes"}, [], "Please complete this required field."),
        (typed("number_input", is_decimal_allowed=False), "five", "Please enter a number."),
        (typed("number_input", is_decimal_allowed=False), "4.5", "Please enter a whole number."),
        (typed("number_input", is_decimal_allowed=True), "4.5", None),
        (typed("number_input", is_decimal_allowed=False, min_value="1"), "0", "Please enter a number of 1 or more."),
        (typed("number_input", is_decimal_allowed=False, max_value="5"), "6", "Please enter a number of 5 or less."),
        (typed("email_text_input"), "nobody", "Please enter a valid email address."),
        (typed("url_text_input"), "meridian", "Please enter a valid URL."),
        (typed("url_text_input"), "https://assets.meridian.example/x", None),
    ],
)
def test_what_the_client_does_not_send(element: Json, value: Any, sentence: str | None) -> None:
    blocks = assign_ids([field(element)])
    state = {"field": {element["action_id"]: state_of(element, value)}}
    assert missing_inputs(blocks, state) == ({"field": sentence} if sentence else {})
    if value in (None, "", []):
        assert missing_inputs(assign_ids([field(element, optional=True)]), state) == {}


@given(st.text(max_size=50), st.integers(0, 20), st.integers(1, 40))
def test_what_the_client_sends_is_inside_the_bounds(words: str, least: int, most: int) -> None:
    element = typed(min_length=least, max_length=most)
    state = {"field": {"typed": state_of(element, words)}}
    if not missing_inputs([field(element)], state):
        assert words.strip()
        assert least <= len(words) <= most
