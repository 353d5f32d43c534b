"""Pulses for tests: started from the rows, as whoever fills in the form would have them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.audience import Audience
from bot.domain.pulse import PulseFields, PulseQuestion
from storage.db import Database
from storage.pulse import Pulse, add_pulse, get_pulse
from storage.pulse_jobs import ask_to_open
from tests.slack import Slack

USABLE = PulseQuestion("Is the new price sheet usable?", "single", ("Yes", "No", "Not seen"))
SCORE = PulseQuestion("How good is it?", "scale_10")
TOOLS = PulseQuestion("What do you use?", "multiple", ("Deck", "Price sheet", "Video"))
WORDS = PulseQuestion("What is missing?", "text")


def start_pulse(
    slack: Slack,
    db: Database,
    *questions: PulseQuestion,
    asker: str,
    channel: str = "",
    privacy: str = "named",
    role: str = "rep",
    regions: tuple[str, ...] = (),
    hours: float = 24,
    **more: Any,
) -> int:
    """Somebody starts a pulse, in a channel or by direct message; gives its id."""
    now = datetime.fromisoformat(slack.get("clock")["now"])
    inside = more.get("audience_channels", (channel,) if channel else ())  # whom it asks, besides where it is posted
    audience = Audience(role=role, regions=regions, channel_ids=inside)
    fields = PulseFields(
        questions=questions or (USABLE,),
        audience=audience,
        channel_id=channel,
        privacy=privacy,
        closes_at=now + timedelta(hours=hours),
        reminders=bool(more.get("reminders")),
        shares_results=bool(more.get("shares_results")),
    )
    person = slack.person(asker)
    with db.begin() as session:
        row = add_pulse(session, team_id=team_of(slack), asker_id=person.id, fields=fields, now=now)
        ask_to_open(session, row, datetime.now(UTC))
        pulse_id = row.id or 0
    slack.jump(by_seconds=1)  # wakes the jobs
    slack.settle()
    return pulse_id


def team_of(slack: Slack) -> str:
    """The workspace."""
    return str(slack.get("people")["team"]["id"])


def read_row(slack: Slack, db: Database, pulse_id: int) -> Pulse:
    """The pulse as it is now."""
    with db.read() as session:
        row = get_pulse(session, team_id=team_of(slack), pulse_id=pulse_id)
    assert row is not None
    return row
