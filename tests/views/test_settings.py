"""Settings, exports, privacy and erasure on the screen: within Slack's limits, and nobody's words become a link."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.workspace_settings import GROUPS, LONGEST, SETTINGS, read_emoji, read_months
from bot.views import erasure, export, kit, privacy, retention, settings
from tests.views.formatted import mrkdwn

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
EVIL = "<!channel> <https://evil.example|x> *bold* " + "x" * 3000


def shown(value: str) -> dict[str, settings.Shown]:
    return {name: settings.Shown(one, value, EVIL, AT) for name, one in SETTINGS.items()}


def screens() -> list[dict[str, Any]]:
    channels = settings.ChannelsShown(tuple(f"{EVIL}{n}" for n in range(100)), 3, AT)
    counts = dict.fromkeys(("feedback", "ask", "votes", "unknown"), 1_234_567)
    page = privacy.PrivacyPage((EVIL,) * 6, counts, None, 1, 120, (EVIL,) * 30)
    found = [
        settings.settings_modal(shown("12"), channels, "UTC", settings.saved_notice(SETTINGS.values())),
        settings.settings_modal(shown(""), None, "UTC"),
        privacy.privacy_modal(page, privacy.ON_ITS_WAY),
        export.export_modal(),
        export.everything_message("csv", AT.date()),
        export.own_message(AT.date()),
        erasure.choose_modal(),
        erasure.confirm_modal(erasure.Planned("U1", EVIL, counts, open_pulses=2)),
        erasure.not_done(EVIL),
        erasure.goodbye_home(),
        retention.report(counts, is_wiped=True),
    ]
    found += [
        settings.settings_form(group, shown("x" * LONGEST), {}, settings.meanwhile_notice(shown("12").values()))
        for group in GROUPS
    ]
    found += [erasure.report(erasure.Done(counts, traces, is_wiped=bool(traces != 2))) for traces in (None, 0, 1, 2)]
    return found


def test_they_fit_and_nothing_is_a_link_or_a_shout() -> None:
    for screen in screens():
        assert len(screen.get("blocks") or []) <= 100
        assert len(screen.get("private_metadata", "")) <= kit.METADATA
        for block in screen.get("blocks") or []:
            assert len(json.dumps(block)) < 30_000
            if block["type"] == "section":
                assert 0 < len(block["text"]["text"]) <= kit.SECTION
    for text in mrkdwn(screens()):
        assert "<!channel>" not in text, text[:80]
        assert "<https://evil" not in text, text[:80]


@pytest.mark.parametrize("typed", ["rocket :+1:", " :rocket:,:+1::skin-tone-3: ", "ROCKET;+1;rocket"])
def test_emoji_are_read_by_their_names(typed: str) -> None:
    assert read_emoji(typed) == ("rocket", "+1")


@pytest.mark.parametrize("typed", ["👍", "<!here>", "a/b", ":rocket:👍"])
def test_what_is_no_name_of_an_emoji(typed: str) -> None:
    with pytest.raises(ValueError, match="by its name"):
        read_emoji(typed)


@pytest.mark.parametrize(("typed", "months"), [("12", 12), ("never", None), (" NEVER ", None), ("120", 120)])
def test_months(typed: str, months: int | None) -> None:
    assert read_months(typed) == months


@pytest.mark.parametrize("typed", ["0", "00", "-1", "1.5", "121", "", "eternity", "९"])
def test_no_months(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Write"):
        read_months(typed)
