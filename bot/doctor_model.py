"""The doctor's look at the language model: whether there is one, whether it answers, and what it has cost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.domain.text import clip, count
from bot.finding import Finding
from bot.model import OPENAI, REASONS, look
from bot.settings import Settings
from storage import model_use

TOPIC = "Language model"
SECONDS = 5.0  # for the one question to its server
DAYS = 30
ADVICE = {
    "key": "Copy OPENAI_API_KEY anew.",
    "model": "Is OPENAI_MODEL written as its server writes it?",
    "unreachable": "Is OPENAI_BASE_URL right, with /v1 at its end?",
    "late": "Is OPENAI_BASE_URL right, with /v1 at its end?",
    "broken": "Is OPENAI_BASE_URL right, with /v1 at its end?",
}


def look_at_model(settings: Settings) -> Finding:
    """Whether a model is configured and its server answers; it is asked for nothing that costs."""
    if not settings.has_model:
        if settings.openai_model or settings.openai_api_key or settings.openai_base_url:
            missing = "OPENAI_API_KEY or OPENAI_BASE_URL" if settings.openai_model else "OPENAI_MODEL"
            told = f"The language model is not used: {missing} is missing."
            return Finding(TOPIC, "warn", told, ".env.example says what there is.")
        return Finding(TOPIC, "ok", "There is none: threads are summed up in their own words.")
    name = clip(settings.openai_model, 60)
    reason = look(settings, SECONDS)
    if reason is None:
        host = urlsplit(settings.openai_base_url or OPENAI).hostname
        return Finding(TOPIC, "ok", f"{name} at {host} answers; every claim of its summaries is checked.")
    told = f"{name} cannot be used: {REASONS[reason]}. Until then threads are summed up in their own words."
    return Finding(TOPIC, "warn", told, ADVICE.get(reason, "The log says why."))


def look_at_cost(session: Session, settings: Settings, teams: list[str]) -> Iterator[Finding]:
    """What it has cost lately, and why it was left out last."""
    if not settings.has_model:
        return
    today = datetime.now(UTC).date()
    rows = [
        row
        for team in teams
        for row in model_use.list_use(session, team_id=team, since=today - timedelta(days=DAYS - 1))
    ]
    spent = sum(row.tokens_in + row.tokens_out for row in rows)
    of_today = sum(row.tokens_in + row.tokens_out for row in rows if row.day == today)
    calls = count(sum(row.calls for row in rows), "call", "calls")
    told = [f"In {DAYS} days {calls} and {spent:,} tokens; today {of_today:,} of {settings.openai_daily_tokens:,}."]
    left_out = [row for row in rows if row.left_out]
    if left_out:
        last = max(left_out, key=lambda row: row.day)
        number = count(sum(row.left_out for row in left_out), "summary was", "summaries were")
        told.append(f"{number} made without it, the last one because {REASONS.get(last.reason, 'it failed')}.")
    yield Finding("Model's cost", "warn" if left_out else "ok", " ".join(told))
