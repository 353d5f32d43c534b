"""Only those of whom a test speaks want a digest by itself: everybody else's would only take time."""

from datetime import UTC, datetime

from bot.domain.digest_plan import NEVER, DigestPlan
from storage import digest_settings, people
from storage.db import Database
from tests.slack import Slack

TEAM, LONG_AGO = "T0MERIDIAN", datetime(2026, 1, 1, tzinfo=UTC)


def only_readers(slack: Slack, company_url: str, *names: str) -> None:
    """Let everybody but these people of the sample company choose that none comes."""
    known, db = {slack.person(name).id for name in names}, Database(company_url)
    with db.begin() as session:
        for one in people.list_people(session, team_id=TEAM):
            if one.user_id not in known:
                plan = DigestPlan(rhythm=NEVER)
                digest_settings.record_setting(session, team_id=TEAM, user_id=one.user_id, plan=plan, now=LONG_AGO)
    db.close()
