"""Another company's folder: what is needed, what may be missing, and bad files by name and line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import load_company
from sandbox.company_channels import CompanyError
from sandbox.manifest import ManifestError, load_manifest
from sandbox.server import SandboxServer
from tests.sandbox.conftest import COMPANY, MANIFEST

Json = dict[str, Any]
PEOPLE = """slack_id,name,department,role,region,tz
U0ANNA,Anna Żółć,sales,rep,North,Europe/Warsaw
U0BERT,Bert,marketing,marketer,South,Asia/Tokyo
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The smallest company."""
    home = tmp_path / "tiny_company"
    home.mkdir()
    (home / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return home


def tell(folder: Path, **about: Any) -> None:
    """Write company.json."""
    (folder / "company.json").write_text(json.dumps(about), encoding="utf-8")


def thread(folder: Path, **told: Any) -> None:
    """Write a thread."""
    (folder / "threads").mkdir(exist_ok=True)
    (folder / "threads" / "one.json").write_text(json.dumps(told), encoding="utf-8")


def test_people_are_enough(folder: Path) -> None:
    company = load_company(folder)
    assert (company.team_name, company.team_id) == ("Tiny Company", "T0COMPANY1")
    assert [(one.name, one.title, one.email) for one in company.people] == [
        ("Anna Żółć", "Sales representative, North", "anna.zoc@company.example"),
        ("Bert", "Marketing, South", "bert@company.example"),
    ]
    assert [(one.name, one.member_ids) for one in company.channels] == [("general", ("U0ANNA", "U0BERT"))]
    assert abs((company.start - datetime.now(UTC)).total_seconds()) < 60


def test_what_company_json_says(folder: Path) -> None:
    tell(
        folder,
        team_id="T0TINY",
        name="Tiny & Sons",
        domain="tiny",
        today="2026-11-23T07:00:00Z",
        channels=[
            {"name": "north", "members": ["North"], "topic": "Up here"},
            {"name": "board", "members": ["U0BERT"], "private": True, "app_is_member": False},
        ],
        messages=[{"channel": "north", "user": "U0ANNA", "at": "2026-11-20T09:30:00Z", "text": "Cold"}],
    )
    company = load_company(folder)
    assert company.start == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert [(one.name, one.member_ids, one.private) for one in company.channels] == [
        ("general", ("U0ANNA", "U0BERT"), False),
        ("north", ("U0ANNA",), False),
        ("board", ("U0BERT",), True),
    ]
    assert [one.text for one in company.messages] == ["Cold"]


def test_the_workspace_is_as_the_company_says(folder: Path, tmp_path: Path) -> None:
    tell(
        folder,
        today="2026-11-23T07:00:00Z",
        channels=[
            {"name": "board", "members": ["U0BERT"], "private": True},
            {"name": "quiet", "app_is_member": False},
        ],
    )
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(json.dumps(MANIFEST))
    space = SandboxServer(folder, manifest, port=0)
    try:
        kinds = {
            one.name: (one.kind, len(one.members)) for one in space.sandbox.space.conversations.values() if one.name
        }
    finally:
        space.stop()
    assert kinds == {"general": ("channel", 3), "board": ("private", 2), "quiet": ("channel", 2)}


def test_threads_make_their_channels(folder: Path) -> None:
    messages = [
        {"ts": "1794907861.000137", "user": "U0ANNA", "text": "root"},
        {"ts": "1794907862.000137", "user": "U0BERT", "text": "reply", "thread_ts": "1794907861.000137"},
    ]
    thread(folder, channel={"id": "C0SPINE", "name": "spine"}, messages=messages)
    company = load_company(folder)
    spine = next(one for one in company.channels if one.name == "spine")
    assert (spine.id, spine.member_ids) == ("C0SPINE", ("U0ANNA", "U0BERT"))
    assert [one.thread_ts for one in company.messages] == ["", "1794907861.000137"]
    assert company.start.timestamp() > 1794907862 or company.start >= datetime.now(UTC).replace(year=2020)


def test_the_sample_company_is_fine() -> None:
    company = load_company(COMPANY)
    assert (company.team_name, len(company.people)) == ("Meridian Medical", 60)
    assert [one.name for one in company.channels if one.private] == ["marketing-leads"]
    assert [one.name for one in company.channels if not one.app_is_member] == ["random"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the column slack_id is missing"),
        ("slack_id,name,department,role,region\n", "line 1: the column tz is missing"),
        (PEOPLE.splitlines()[0], "names nobody"),
        (PEOPLE.replace("U0BERT", "U0ANNA"), "line 3: U0ANNA is there twice"),
        (PEOPLE.replace("U0BERT", "bert"), "line 3: “bert” is not a Slack user id"),
        (PEOPLE.replace(",Bert,", ", ,"), "line 3: the name is missing"),
        (PEOPLE.replace("Asia/Tokyo", "Mars/Base"), "line 3: “Mars/Base” is not a time zone"),
    ],
)
def test_bad_people_are_named_by_line(folder: Path, text: str, words: str) -> None:
    (folder / "people.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CompanyError, match=words) as refused:
        load_company(folder)
    assert str(folder / "people.csv") in str(refused.value)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"today": "tomorrow"}, "“tomorrow” is not a moment"),
        ({"today": "2026-11-23"}, "not a moment with its zone"),
        ({"today": 7}, "today is missing or not a text"),
        ({"channels": "all"}, "channels must be a list"),
        ({"channels": [{"name": "Big Room"}]}, "channel 1: “Big Room” is not a channel name"),
        ({"channels": [{"name": "a"}, {"name": "a", "id": "C0OTHER"}]}, "two channels are called a"),
        ({"channels": [{"name": "a"}, {"name": "a"}]}, "is there twice"),
        ({"channels": [{"name": "a", "id": "X1"}]}, "“X1” is not a channel id"),
        ({"channels": [{"name": "a", "members": ["nobody"]}]}, "nobody is in “nobody”"),
        ({"channels": [{"name": "a", "private": "yes"}]}, "private is true or false"),
        ({"messages": [{"channel": "general"}]}, "message 1: needs channel, user, at and text"),
        (
            {"messages": [{"channel": "nowhere", "user": "U0ANNA", "at": "2026-11-20T09:30:00Z", "text": "x"}]},
            "there is no channel nowhere",
        ),
        (
            {"messages": [{"channel": "general", "user": "U0NOBODY", "at": "2026-11-20T09:30:00Z", "text": "x"}]},
            "U0NOBODY is not in people.csv",
        ),
        (
            {
                "today": "2026-11-20T09:00:00Z",
                "messages": [{"channel": "general", "user": "U0ANNA", "at": "2026-11-20T09:30:00Z", "text": "x"}],
            },
            "but there is a message of",
        ),
    ],
)
def test_a_bad_company_json_is_named(folder: Path, about: Json, words: str) -> None:
    tell(folder, **about)
    with pytest.raises(CompanyError, match=words):
        load_company(folder)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "must have a channel"),
        ({"channel": {"id": "C0SPINE"}, "messages": []}, "the channel's name is missing"),
        (
            {"channel": {"id": "C0SPINE", "name": "spine"}, "messages": [{"ts": "1"}]},
            "message 1: needs ts, user and text",
        ),
        (
            {"channel": {"id": "C0SPINE", "name": "spine"}, "messages": [{"ts": "1", "user": "U0ANNA", "text": "x"}]},
            "“1” is not a Slack timestamp",
        ),
    ],
)
def test_a_bad_thread_is_named(folder: Path, told: Json, words: str) -> None:
    thread(folder, **told)
    with pytest.raises(CompanyError, match=words) as refused:
        load_company(folder)
    assert "one.json" in str(refused.value)


def test_files_that_are_not_there_or_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="There is no folder"):
        load_company(tmp_path / "nowhere")
    (folder / "company.json").write_text("{", encoding="utf-8")
    with pytest.raises(CompanyError, match=r"company\.json, line 1: not valid JSON"):
        load_company(folder)
    (folder / "people.csv").write_bytes(b"\xff\xfe")
    (folder / "company.json").unlink()
    with pytest.raises(CompanyError, match="cannot be read as UTF-8"):
        load_company(folder)
    (folder / "people.csv").unlink()
    with pytest.raises(CompanyError, match=r"people\.csv is missing"):
        load_company(folder)


# the manifest


def changed(**parts: Any) -> Json:
    """The tests' manifest with other parts."""
    return {**MANIFEST, **parts}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([], "must have display_information"),
        (changed(display_information={}), "The app has no name"),
        (changed(features={"slash_commands": [{"command": "try"}]}), "starts with /"),
        (changed(features={"shortcuts": [{"type": "local"}]}), "global or message"),
        (changed(oauth_config={"scopes": {"bot": ["chat:write"]}}), "need the scope commands"),
        (
            changed(settings={"event_subscriptions": {"bot_events": ["message.groups"]}}),
            "needs the scope groups:history",
        ),
        (changed(settings="on"), "settings must have names and values"),
    ],
)
def test_a_manifest_that_slack_would_refuse(tmp_path: Path, told: Any, words: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(told))
    with pytest.raises(ManifestError, match=words):
        load_manifest(path)


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        load_manifest(tmp_path / "nothing.yaml")
    (tmp_path / "bad.yaml").write_text("a: [")
    with pytest.raises(ManifestError, match="not valid YAML"):
        load_manifest(tmp_path / "bad.yaml")


def test_the_apps_own_manifest_is_fine() -> None:
    manifest = load_manifest(Path(__file__).parents[2] / "manifest.yaml")
    assert manifest.app_name == "Groundswell"
    assert manifest.interactivity
