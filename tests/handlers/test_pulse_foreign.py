"""Whatever stands in a button or a form about somebody else's pulse, or about none, it is not theirs to touch (R11)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.access import NOT_FOUND, Actor
from bot.domain.audience import Audience
from bot.domain.check_in import Cadence
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_series import SeriesFields
from bot.errors import BotError
from bot.intake import Act, Listener
from bot.settings import read_settings
from handlers import pulse, pulse_form
from storage import people, pulse_series
from storage import pulse as store
from storage.db import Database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
FIELDS = PulseFields(
    (PulseQuestion("Usable?", "single", ("Yes", "No")),), Audience(""), "", "named", NOW + timedelta(days=1),
    reminders=False, shares_results=False,
)  # fmt: skip
MINE = {"pulse_form.send", "pulse_form.add", "pulse_list.open", "pulse_list.back", "pulse_list.previous",
    "pulse_list.next", "/pulse"}  # fmt: skip
EVERY = [
    one
    for one in (*pulse.LISTENERS, *pulse_form.LISTENERS)
    if one.id not in MINE and not one.id.startswith("pulse_list.new")
]


def plant(db: Database) -> int:
    """Gudrun's pulse and what recurs of it, both with the same id; other managers are there, too."""
    with db.begin() as session:
        for user_id in ("U0GUDRUN", "U0CARLA", "U0REP"):
            known = {"name": user_id, "department": "sales", "region": "DACH"}
            people.record_person(session, team_id="T1", user_id=user_id, now=NOW, **known)
        row = store.add_pulse(session, team_id="T1", asker_id="U0GUDRUN", fields=FIELDS, now=NOW)
        series = SeriesFields(FIELDS, Cadence(), timedelta(days=1))
        kept = pulse_series.add_series(session, row, fields=series, starts_on=NOW.date(), now=NOW)
        assert kept.id == row.id
        return row.id or 0


def act(user_id: str, pulse_id: object, memo: dict[str, Any], team_id: str = "T1") -> Act:
    """Somebody presses or sends something that speaks of a pulse."""
    actor = Actor(team_id, user_id, user_id, frozenset({"manager"}), "sales", "DACH", "Europe/Berlin")
    state: dict[str, Any] = {
        "closes_on": {"x": {"type": "datepicker", "selected_date": "2026-11-25"}},
        "closes_at": {"x": {"type": "timepicker", "selected_time": "09:00"}},
        "question0": {"x": {"type": "plain_text_input", "value": "Mine now?"}},
        "kind0": {"x": {"type": "static_select", "selected_option": {"value": "scale_5"}}},
        "place": {"x": {"type": "radio_buttons", "selected_option": {"value": "direct"}}},
        "privacy": {"x": {"type": "radio_buttons", "selected_option": {"value": "named"}}},
        "outcome": {"x": {"type": "plain_text_input", "value": "Nothing was done"}},
    }
    view = {"type": "modal", "private_metadata": json.dumps(memo), "state": {"values": state}, "blocks": []}
    body = {"actions": [{"type": "button", "value": str(pulse_id)}], "view": view}
    settings = read_settings(env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1")
    return Act(actor=actor, now=NOW, settings=settings, body=body)


def rows(db: Database) -> list[dict[str, Any]]:
    with db.read() as session:
        found = [*store.list_pulses(session, team_id="T1"), *pulse_series.list_series(session, team_id="T1")]
        return [row.model_dump() for row in found]


@pytest.mark.parametrize("listener", EVERY, ids=lambda one: one.id)
def test_nobody_touches_the_pulse_of_another(db: Database, listener: Listener) -> None:
    pulse_id = plant(db)
    before = rows(db)
    claims: list[tuple[str, str, object]] = [
        ("U0CARLA", "T1", pulse_id),
        ("U0GUDRUN", "T2", pulse_id),
        ("U0GUDRUN", "T1", pulse_id + 1),
        ("U0GUDRUN", "T1", "1; DROP TABLE pulse"),
    ]
    for user_id, team_id, claimed in claims:
        for names in (("pulse_id", "last_id"), ("series_id",)):
            memo = dict.fromkeys(names, claimed) | {"version": 1}
            with db.begin() as session, pytest.raises(BotError) as refused:
                listener.do(session, act(user_id, claimed, memo, team_id))
            assert refused.value.sentence == NOT_FOUND
    assert rows(db) == before
