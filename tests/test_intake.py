"""What comes back from a client is a claim: ids, memos and forms are read so that nothing stumbles over them (R11)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.access import Actor
from bot.errors import BotError
from bot.intake import LONGEST_NONCE, Act, delivery_key, row_number
from bot.settings import read_settings
from bot.views import kit


@pytest.mark.parametrize(
    ("claimed", "number"),
    [
        ("17", 17), (17, 17), ("2147483647", 2**31 - 1), ("2147483648", 0), ("9" * 5000, 0), (10**40, 0), ("-1", 0),
        ("²", 0), ("٣", 0), ("1e3", 0), ("", 0), (None, 0), (["1"], 0), ({"id": 1}, 0), (True, 0), ("17 ", 0),
    ],
)  # fmt: skip
def test_an_id_is_a_row_that_could_be(claimed: object, number: int) -> None:
    assert row_number(claimed) == number


@pytest.mark.parametrize("carried", ["{", "[]", "null", "1", "[" * 2900, '{"a":' * 500, "x" * 3000])
def test_a_memo_that_is_none_is_empty(carried: str) -> None:
    assert kit.memo({"private_metadata": carried}) == {}


def test_a_memo_keeps_texts_and_rows() -> None:
    carried = {
        "page": 2,
        "user_id": "U1\0",
        "huge": 10**40,
        "list": [1],
        "none": None,
        "deep": {"a": 1},
        "half": "\ud800x",
    }
    assert kit.memo({"private_metadata": json.dumps(carried)}) == {"page": 2, "user_id": "U1", "half": "x"}


def test_a_key_stays_short_whatever_nonce_comes_back() -> None:
    for nonce in ("n" * 2900, ["n"], {"n": 1}, 10**40):
        view = {"id": "V1", "private_metadata": json.dumps({"nonce": nonce})}
        assert len(delivery_key("submission", {"view": view})) <= len("form:") + LONGEST_NONCE


def act(**fields: Any) -> Act:
    state = {"values": {name: {name: {"type": "x", **told}} for name, told in fields.items()}}
    actor = Actor("T1", "U1", "Dre", frozenset({"rep"}), "sales", "", "UTC")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Act(actor=actor, now=now, settings=read_settings(env_file=None), body={"view": {"state": state}})


def test_a_form_has_texts_and_lists_where_they_belong() -> None:
    form = act(said={"value": "ok"}, rating={"selected_option": {"value": "4"}}, roles={"selected_options": []}).form
    assert form == {"said": "ok", "rating": "4", "roles": []}
    assert act(said={"value": None}, rating={"selected_option": None}).form == {"said": None, "rating": None}


@pytest.mark.parametrize(
    "fields",
    [
        {"said": {"selected_options": [{"value": "x"}]}},
        {"roles": {"value": "admin"}},
        {"roles": {"selected_options": [{}]}},
        {"channels": {"selected_conversation": "C1"}},
    ],
)
def test_a_form_that_is_not_ours_is_refused_with_a_sentence(fields: dict[str, Any]) -> None:
    with pytest.raises(BotError, match="I can't read that form"):
        _ = act(**fields).form
