"""Saved settings over the environment's, one workspace apart from another, on both engines; and what cannot be read."""

from datetime import UTC, datetime

from bot.domain.workspace_settings import SETTINGS
from bot.settings import read_settings
from storage import workspace_settings as store
from storage.db import LEFT_WORK, Database

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
GIVEN = read_settings(env_file=None, ask_budget=5, reactions="rocket=helpful")


def save(db: Database, team_id: str, **values: str | None) -> None:
    with db.begin() as session:
        for name, value in values.items():
            store.record_setting(session, team_id=team_id, name=name, value=value, by="U1", now=NOW)
        assert store.WORK in session.info[LEFT_WORK], "whoever remembers settings is woken"


def test_what_is_saved_wins_until_it_is_taken_back(db: Database) -> None:
    save(db, "T1", ask_budget="7", keep_thread_months="never", emoji_helpful=":tada: :+1:", use_goal="25")
    save(db, "T2", ask_budget="1", default_hours="22:00-06:00")
    save(db, "T1", official_form_url="nonsense", unheard_of="1", first_reply_hours="0")  # of another version
    with db.read() as session:
        one, two = (store.in_force(session, GIVEN, team_id=team) for team in ("T1", "T2"))
        assert (one.ask_budget, one.keep_thread_months, one.use_goal) == (7, None, 0.25)
        assert (one.official_form_url, one.first_reply_hours) == (GIVEN.official_form_url, 48)
        assert {emoji for emoji, means in one.emoji_map.items() if means == "helpful"} == {"tada", "+1"}
        assert one.emoji_map["-1"] == "not_helpful"
        assert (two.ask_budget, two.default_hours) == (1, "22:00-06:00")
        assert two.emoji_map == GIVEN.emoji_map
        assert store.in_force(session, GIVEN, team_id="T3").model_dump() == GIVEN.model_dump()
        # What was in force before is no environment: a workspace's own settings do not stick.
        assert store.in_force(session, one, team_id="T2").model_dump() == two.model_dump()
    save(db, "T1", ask_budget=None, emoji_helpful=None)
    with db.read() as session:
        again = store.in_force(session, one, team_id="T1")
        assert (again.ask_budget, again.emoji_map) == (5, GIVEN.emoji_map)
        assert set(store.list_saved(session, team_id="T1")) == {
            "keep_thread_months", "use_goal", "official_form_url", "unheard_of", "first_reply_hours",
        }  # fmt: skip


def test_channels_are_remembered_as_they_were_read(db: Database) -> None:
    with db.begin() as session:
        assert store.get_channels(session, team_id="T1") is None
        store.record_channels(session, team_id="T1", names=["b", "a"], private=2, now=NOW)
        store.record_channels(session, team_id="T1", names=["c", "a"], private=0, now=NOW)
        found = store.get_channels(session, team_id="T1")
        assert found == store.Channels(("a", "c"), 0, NOW)
        assert store.get_channels(session, team_id="T2") is None


def test_what_is_shown_can_be_typed() -> None:
    for setting in SETTINGS.values():
        if setting.group != "emoji":
            shown = setting.show(getattr(GIVEN, setting.name))
            assert not shown or setting.show(setting.read(shown)) == shown, setting.name
