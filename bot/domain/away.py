"""Away: what Slack tells of a person (status, do-not-disturb), read as until when they are not to be asked."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

# Slack's own suggestions for who is not at work, and what people write themselves. "In a meeting", "Commuting" and
# "Working remotely" are no absences.
EMOJI = frozenset({"palm_tree", "face_with_thermometer", "desert_island", "beach_with_umbrella", "airplane_departure"})
WORDS = re.compile(
    r"\b(vacation\w*|holidays?|annual leave|on leave|parental leave|maternity|paternity|sabbatical|sick|ill|"
    r"out of (the )?office|ooo|pto|away|off today|day off|urlaub|krank|vacances|congés?|vacaciones|ferie)\b",
    re.IGNORECASE,
)
NOT_ANY_MORE = re.compile(r"^\s*(back|just back|returned)\b.*\bfrom\b", re.IGNORECASE)
LOOK_AGAIN = timedelta(days=1)  # at whoever is away and does not say until when


def away_until(profile: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when somebody is away by the status in their profile (`users.info`), None if they are not.

    Who does not say until when is looked at again a day later.
    """
    emoji, text = str(profile.get("status_emoji") or "").strip(":"), str(profile.get("status_text") or "")
    is_away = emoji in EMOJI or WORDS.search(text) is not None
    if not is_away or NOT_ANY_MORE.search(text):
        return None
    ends = _moment(profile.get("status_expiration"))
    if ends is None:
        return now + LOOK_AGAIN
    return ends if ends > now else None


def dnd_until(told: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when somebody does not want to be disturbed (one person of `dnd.teamInfo`), None if they may be."""
    starts, ends = _moment(told.get("next_dnd_start_ts")), _moment(told.get("next_dnd_end_ts"))
    if not told.get("dnd_enabled") or starts is None or ends is None:
        return None
    return ends if starts <= now < ends else None


def _moment(seconds: Any) -> datetime | None:
    """Slack's seconds since 1970 in UTC; None for 0, for what Slack uses as "never", and for nonsense."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds and int(seconds) > 1 else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
