"""A world for `bench.twice`: the app on a database of its own, with Slack left out."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlmodel import SQLModel, select

from bench.apps import BOT, TEAM, TOKEN
from bench.stage import TODAY
from bot.app import build_app
from bot.settings import read_settings
from storage.db import Database
from storage.people import list_people

# What differs from one world to the next without meaning anything: chance and real time.
ANY = {"wire_key", "received_at", "not_before", "leased_until", "answer"}
ANY_OF = {
    "job": {"dedupe_key", "id"},  # some keys hold the real time, and a job that was there takes a number
    "auditentry": {"by_ref", "by_sealed", "about_ref", "details", "hash"},  # names and seals are made by lot
    "audithead": {"hash"},
    "personalkey": {"ref", "key"},
    "denial": {"times"},  # a delivery that was refused left nothing by which its copy is known
}


class StillClock:
    """A clock that both worlds share; it is moved by hand."""

    def __init__(self) -> None:
        self.time = TODAY

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.time

    def watch(self, jumped: Callable[[], None]) -> None:
        """Nobody is told."""

    def close(self) -> None:
        """Nothing to stop."""


class Ears(WebClient):
    """Slack left out: every call is well, and counted; what is shown is told."""

    def __init__(self, learn: Callable[[Any], None]) -> None:
        super().__init__(token=TOKEN)
        self._learn, self.calls = learn, Counter[str]()

    def api_call(self, api_method: str, **given: Any) -> Any:
        """Take a call."""
        self.calls[api_method] += 1
        view = (given.get("json") or given.get("params") or {}).get("view")
        self._learn(json.loads(view) if isinstance(view, str) else view)
        return {"ok": True, "view": {"id": "V1"}}


class Replies:
    """Private replies, kept instead of sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def submit(self, _send: Any, _url: str, answer: Any, *_more: Any) -> None:
        """Keep one."""
        self.texts.append(answer.text)

    def shutdown(self, **_how: Any) -> None:
        """Nothing is under way."""


class World:
    """An app on a database of its own."""

    def __init__(self, url: str, clock: StillClock, learn: Callable[[Any], None] = lambda _shown: None) -> None:
        self.db, self.outcomes, self.ears, self.replies = Database(url), list[str](), Ears(learn), Replies()
        with self.db.read() as session:
            self.admins = [one.user_id for one in list_people(session, team_id=TEAM, role="admin")]
        settings = read_settings(
            env_file=None, slack_bot_token=TOKEN, database_url=url, admin_user_ids=",".join(self.admins)
        )
        self.app = build_app(settings, self.db, clock, lambda _kind, outcome, _seconds: self.outcomes.append(outcome))
        self.app._identity = {"team_id": TEAM, "team": "Meridian Medical", "user_id": BOT, "bot_id": "B1"}
        self.app.door._client = self.ears
        self.app.door._replies = self.replies  # type: ignore[assignment]

    def take(self, payload: dict[str, Any]) -> str:
        """Deliver once; gives what was answered: the status, the body, and the private reply."""
        answer = self.app.bolt.dispatch(BoltRequest(mode="socket_mode", body=json.loads(json.dumps(payload))))
        return f"{answer.status} {answer.body}"

    def rows(self) -> dict[str, Counter[str]]:
        """All rows by table, without what is chance."""
        found: dict[str, Counter[str]] = {}
        with self.db.read() as session:
            for table in SQLModel.metadata.sorted_tables:
                any_of = ANY | ANY_OF.get(table.name, set())
                columns = [column for column in table.columns if column.name not in any_of]
                found[table.name] = Counter(str(tuple(row)) for row in session.connection().execute(select(*columns)))
        return found

    def close(self) -> None:
        """End it."""
        self.app.door.close()
        self.db.close()
