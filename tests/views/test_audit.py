"""The audit trail's screen, with the worst data, against Slack's limits."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audit import DEEDS, Entry
from bot.views import audit
from sandbox.blocks import check_view

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LONG = "Ω<!channel>&" * 300


def line(**more: Any) -> Entry:
    told: dict[str, Any] = {
        "number": 7, "at": NOW, "deed": "roles.changed", "subject": "", "by": "U1", "about": "U2", "before": {},
        "after": {},
    }  # fmt: skip
    return Entry(**told | more)


def words(page: audit.AuditPage, **names: str) -> str:
    view = audit.audit_modal(page, names, reader_id="U9", tz="Europe/Berlin")
    assert check_view(view) == []
    return str(view)


@pytest.mark.parametrize(("page", "total", "buttons"), [(0, 0, 0), (0, 11, 1), (1, 11, 1), (1, 100, 2)])
def test_a_page_keeps_to_the_limits_with_the_worst_data(page: int, total: int, buttons: int) -> None:
    worst = line(subject=LONG, before={LONG: LONG, "roles": [LONG] * 9}, after={LONG: LONG})
    shown = words(audit.AuditPage([worst] * min(total, audit.PAGE_SIZE), total, page, True), U1=LONG, U2=LONG)
    assert "<!channel>" not in shown
    assert shown.count("'action_id'") == buttons


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (line(before={"roles": ["rep"]}, after={"roles": ["admin", "rep"]}), "*Ada* changed the roles of Ben."),
        (line(deed="asset.released", subject="asset X v1", about=""), "*Ada* released asset X v1."),
        (line(by="", about="", deed="retention.done"), "*Groundswell* deleted what was too old."),
        (line(by="", about="", subject="person 0f", deed="person.erased"), "*Groundswell* erased person 0f."),
        (line(by="", about="", by_is_gone=True, about_is_gone=True), "*somebody who was erased* changed the roles"),
        (line(by="", about="", about_is_gone=True), "*Groundswell* changed the roles of somebody who was erased."),
        (line(by="U9", about="U9"), "*You* changed your roles."),
        (line(deed="moon.painted_blue", about="", subject="the moon"), "*Ada* moon painted blue the moon."),
    ],
)  # fmt: skip
def test_an_entry_is_a_sentence(entry: Entry, told: str) -> None:
    assert told in words(audit.AuditPage([entry], 1, 0, False), U1="Ada", U2="Ben")


def test_what_changed_is_told_from_what_to_what() -> None:
    entry = line(before={"roles": ["rep"], "region": "DACH"}, after={"roles": [], "region": "", "note": True})
    shown = words(audit.AuditPage([entry], 1, 0, True), U1="Ada", U2="Ben")
    assert "roles: rep → none; region: DACH → nothing; note: yes" in shown


def test_every_deed_that_is_written_down_has_words() -> None:
    house = Path(__file__).parent.parent.parent
    code = "\n".join(
        path.read_text("utf-8") for room in ("storage", "handlers") for path in (house / room).glob("*.py")
    )
    written = set(re.findall(r'deed="([a-z_.]+)"', code))
    written |= {f"asset.{deed}" for deed in re.findall(r'record_deed\(session, row, "([a-z_]+)"', code)}
    assert len(written) > 10
    assert written <= set(DEEDS)
