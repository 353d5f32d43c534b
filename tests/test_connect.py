"""Meeting Slack at the start: passing trouble is waited out, a wrong token is said in one line."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.socket_mode.builtin.connection import Connection

from bot.app import Groundswell, build_app
from bot.clock import RemoteClock
from bot.errors import SettingsError
from bot.settings import read_settings
from sandbox.server import SandboxServer
from storage.db import Database
from tests.slack import Slack, wait_until

HOUSE = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    server = SandboxServer(company=HOUSE / "sandbox" / "company", manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slack(server: SandboxServer) -> Iterator[Slack]:
    screen = Slack(server.url)
    screen.post("reset")
    screen.post("limits", scale=0)
    yield screen
    screen.close()


def app_of(url: str, database_url: str, app_token: str = "xapp-sandbox") -> Groundswell:
    settings = read_settings(
        env_file=None,
        slack_bot_token="xoxb-sandbox",
        slack_app_token=app_token,
        slack_api_url=f"{url}/api/",
        clock_url=f"{url}/_sandbox/clock",
        database_url=database_url,
        tick_seconds=60,
    )
    return build_app(settings, Database(database_url), RemoteClock(settings.clock_url))


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("kind", ["error_before", "reset_after"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_passing_trouble_at_the_start_is_waited_out(slack: Slack, database_url: str, method: str, kind: str) -> None:
    slack.post("faults", rules=[{"method": method, "kind": kind, "count": 1}])
    app = app_of(slack.url, database_url)
    app.start()
    assert connections(slack) == 2
    app.stop()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("goodbye", "failures"), [(False, 0), (False, 2), (True, 0)])
def test_connections_that_end_are_opened_anew_at_once(
    slack: Slack, database_url: str, goodbye: bool, failures: int
) -> None:
    app = app_of(slack.url, database_url)
    app.start()
    slack.post("faults", rules=[{"method": "apps.connections.open", "kind": "error_before", "count": failures}])
    slack.post("cut", goodbye=goodbye)
    wait_until(lambda: opened(slack) == 4 and connections(slack) == 2, "both are back", patience=5)
    app.stop()
    assert connections(slack) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_connection_that_is_closed_at_the_moment_when_it_would_be_read_ends(
    slack: Slack, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(slack.url, database_url)
    is_active, looked = Connection.is_active, threading.Event()

    def is_active_until_a_moment_ago(connection: Connection) -> bool:
        active = is_active(connection)
        client = getattr(connection.on_message_listener, "__self__")  # noqa: B009
        if active and threading.current_thread() is client.current_session_runner.thread:
            looked.set()
            wait_until(lambda: not is_active(connection), "it is closed")
        return active

    monkeypatch.setattr(Connection, "is_active", is_active_until_a_moment_ago)
    app.start()
    assert looked.wait(5)
    stopping = threading.Thread(target=app.stop, daemon=True)
    stopping.start()
    stopping.join(timeout=10)
    assert not stopping.is_alive()


def opened(slack: Slack) -> int:
    return sum(entry["what"] == "open" for entry in slack.get("log", kind="socket")["entries"])


def connections(slack: Slack) -> int:
    anybody = slack.get("people")["people"][0]["id"]
    return int(slack.get("see", user=anybody)["app"]["connected"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_app_token_that_slack_does_not_take_is_one_line(slack: Slack, database_url: str) -> None:
    app = app_of(slack.url, database_url, app_token="xapp-another")
    with pytest.raises(SettingsError) as caught:
        app.start()
    assert caught.value.lines == ["SLACK_APP_TOKEN: Slack says invalid_auth"]
    app.stop()
