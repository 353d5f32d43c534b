"""Settings that an admin may change in Slack: what each is for, within which bounds, and how it is typed and shown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.domain.feedback import CAPTURE, REACTION_MEANINGS
from bot.domain.people import read_tz, read_working_hours
from bot.domain.text import clean

ASK_BUDGET = (1, 20)  # messages in a week
FIRST_REPLY_HOURS = (1, 24 * 30)
USE_GOAL = (5, 90)  # per cent
MONTHS = (1, 120)
NEVER = "never"
LONGEST, SHORT = 300, 40  # characters of one field; a form carries all of its fields once more
SAME_EMOJI = {"thumbsup": "+1", "thumbsdown": "-1"}  # two names of one picture
EMOJI = "emoji_"  # how the name of a setting begins that says which emoji have a meaning
GROUPS = {
    "asking": "Asking people",
    "feedback": "Feedback and assets",
    "keeping": "How long words are kept",
    "emoji": "Emoji under messages",
}
_EMOJI_NAME = re.compile(r"[a-z0-9_+'-]{1,80}")
_SKIN = "::"  # behind it stands a skin tone
MEANINGS = {**REACTION_MEANINGS, CAPTURE: "send the whole thread to marketing"}


@dataclass(frozen=True)
class Setting:
    """One setting; `name` is that of `bot.settings.Settings`, `unit` stands behind its value.

    `read` makes the value of what was typed, or raises ValueError with a sentence; `show` the other way round, so that
    what is shown can be typed.
    """

    name: str
    group: str
    label: str
    hint: str
    read: Callable[[str], Any]
    show: Callable[[Any], str] = str
    unit: str = ""
    longest: int = SHORT


def _whole(low: int, high: int, what: str, zero: str = "") -> Callable[[str], int]:
    def read(typed: str) -> int:
        digits = typed.strip().removesuffix("%").strip()
        if digits.strip("0") == "" and digits and zero:
            raise ValueError(zero)
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 9 and low <= int(digits) <= high):
            raise ValueError(f"Write a whole number of {what} from {low} to {high}.")
        return int(digits)

    return read


_PERCENT = _whole(*USE_GOAL, "per cent")
_MONTHS = _whole(
    *MONTHS,
    "months",
    zero="0 would delete everything tonight, so it can't be chosen. Write 1 to 120 months, or never.",
)


def read_months(typed: str) -> int | None:
    """How many months words are kept; None for ever.

    Raises:
        ValueError: with a sentence, it is neither a number of months nor "never".
    """
    return None if typed.strip().lower() == NEVER else _MONTHS(typed)


def show_months(value: int | None) -> str:
    """The other way round."""
    return NEVER if value is None else str(value)


def _read_link(typed: str) -> str:
    try:
        parts = urlsplit(typed)
        is_link = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>|]", typed)
    except ValueError:
        is_link = False
    if not is_link:
        raise ValueError("Write the whole web address, such as https://quality.example.com/report.")
    return typed


def read_emoji(typed: str) -> tuple[str, ...]:
    """Names of emoji, separated by spaces or commas, with or without their colons; each once.

    Raises:
        ValueError: with a sentence, one of them is no name of an emoji.
    """
    names = [word.split(_SKIN)[0].strip(":").lower() for word in re.split(r"[\s,;]+", typed) if word.strip(":,; ")]
    for name in names:
        if not _EMOJI_NAME.fullmatch(name):
            raise ValueError("Write each emoji by its name between colons, as Slack shows it: :rocket: :+1:")
    return tuple(dict.fromkeys(names))


def show_emoji(names: tuple[str, ...]) -> str:
    """The other way round."""
    return " ".join(f":{name}:" for name in names)


def _keeping(name: str, label: str, hint: str) -> Setting:
    return Setting(
        name, "keeping", label, f"{hint} 1 to 120 months, or never.", read_months, show_months, unit="months"
    )


_ALL = (
    Setting(
        "ask_budget",
        "asking",
        "Questions a week",
        "How many questions and reminders one person gets in a week, from everybody together. 1 to 20.",
        _whole(*ASK_BUDGET, "questions"),
    ),
    Setting(
        "default_hours",
        "asking",
        "Usual working hours",
        "Nobody is asked anything outside theirs. These are for people who have set none. Like 09:00-17:00.",
        read_working_hours,
    ),
    Setting(
        "default_tz",
        "asking",
        "Usual time zone",
        "For people of whom Slack tells none. Like Europe/Berlin.",
        read_tz,
    ),
    Setting(
        "first_reply_hours",
        "feedback",
        "Hours for a first reply",
        "What an asset's owner has after a low rating or “please reply”. 1 to 720.",
        _whole(*FIRST_REPLY_HOURS, "hours"),
        unit="hours",
    ),
    Setting(
        "use_goal",
        "feedback",
        "Goal for use, in per cent",
        "The share of the reps an asset is for who should use it; under it, it is filed away. 5 to 90.",
        lambda typed: _PERCENT(typed) / 100,
        lambda value: f"{value * 100:.0f}",
        unit="%",
    ),
    Setting(
        "official_form_url",
        "feedback",
        "Official form for complaints",
        "Where complaints and injuries are really reported; shown to whoever writes something that may be one.",
        _read_link,
        longest=LONGEST,
    ),
    _keeping(
        "keep_feedback_months",
        "Words of feedback and check-ins",
        "Later the words are deleted, with replies and quoted messages; ratings and counts stay.",
    ),
    _keeping(
        "keep_thread_months",
        "Threads sent to marketing",
        "Later messages and summary are deleted; that there was a thread stays.",
    ),
    _keeping(
        "keep_pulse_months",
        "Words written in pulses",
        "Counted from the close. Later the words are deleted; the numbers stay.",
    ),
    *(
        Setting(
            f"{EMOJI}{meaning}",
            "emoji",
            f"Emoji for “{label}”",
            "Names as Slack shows them, separated by spaces.",
            read_emoji,
            show_emoji,
            longest=LONGEST,
        )
        for meaning, label in MEANINGS.items()
    ),
)
SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _ALL}


def of_group(group: str) -> tuple[Setting, ...]:
    """The settings of a group, in their order."""
    return tuple(setting for setting in _ALL if setting.group == group)


def read_typed(setting: Setting, typed: str) -> Any:
    """The value of what was typed.

    Raises:
        ValueError: with a sentence, it cannot be taken.
    """
    return setting.read(clean(typed))


def values_in(saved: Mapping[str, str]) -> dict[str, Any]:
    """The values of saved settings by name; what this version does not know or take any more is left out."""
    values = {}
    for name, text in saved.items():
        try:
            if name in SETTINGS:
                values[name] = SETTINGS[name].read(text)
        except ValueError:
            continue
    return values


def emoji_map_with(usual: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """The map of emoji with the saved meanings in the place of the usual ones of the same meaning."""
    chosen = {name.removeprefix(EMOJI): names for name, names in values.items() if name.startswith(EMOJI)}
    kept = {emoji: meaning for emoji, meaning in usual.items() if meaning not in chosen}
    return kept | {emoji: meaning for meaning, names in chosen.items() for emoji in names}


def emoji_of(emoji_map: Mapping[str, str], meaning: str) -> tuple[str, ...]:
    """The emoji that have a meaning."""
    return tuple(emoji for emoji, means in emoji_map.items() if means == meaning)
