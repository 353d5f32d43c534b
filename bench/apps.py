"""The two apps that are compared: Groundswell with the sample company, and a Bolt app that does nothing."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

TEAM, BOT, TOKEN = "TMERIDIAN", "UBOT", "xoxb-bench"
REP = "UE50DGOK6"
COMPANY = Path(__file__).parent.parent / "sandbox" / "company"

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _who(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token=TOKEN, bot_user_id=BOT, bot_id="B1")


def empty_bolt(*, process_before_response: bool) -> App:
    """A Bolt app whose listeners only acknowledge."""
    app = App(
        authorize=_who,
        signing_secret="bench",
        process_before_response=process_before_response,
        request_verification_enabled=False,
    )

    def only_ack(ack: Ack) -> None:
        ack()

    app.command("/asset-feedback")(only_ack)
    app.action("feedback.used")(only_ack)
    app.event("reaction_added")(only_ack)
    return app


def groundswell_bolt(file: Path) -> tuple[App, int]:
    """Groundswell's Bolt app on a new SQLite file with the sample company; and the id of an asset version in it."""
    from bot.app import build_app
    from bot.clock import SystemClock
    from bot.company import load_company
    from bot.settings import read_settings
    from storage.asset import list_cards
    from storage.db import Database
    from storage.schema import migrate

    settings = read_settings(env_file=None, slack_bot_token=TOKEN, database_url=f"sqlite:///{file}")
    db = Database(settings.database_url)
    migrate(db)
    clock = SystemClock()
    with db.begin() as session:
        load_company(session, folder=COMPANY, team_id=TEAM, now=clock.now())
    with db.read() as session:
        cards = list_cards(session, team_id=TEAM)
    current = next(card for card in cards if card.reference == "MLR-2026-0118" and card.version == "v3")
    app = build_app(settings, db, clock)
    app._identity = {"team_id": TEAM, "team": "Meridian Medical", "user_id": BOT, "bot_id": "B1"}
    return app.bolt, current.version_id


def wsgi() -> WSGI:
    """The app that BENCH_APP names, for gunicorn: `empty`, or a file for Groundswell's database."""
    name = os.environ["BENCH_APP"]
    app = empty_bolt(process_before_response=True) if name == "empty" else groundswell_bolt(Path(name))[0]
    handler: WSGI = SlackRequestHandler(app)
    return handler
