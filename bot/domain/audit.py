"""The audit trail in plain words: what a deed is called, and what a change says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.text import clip

DEEDS = {
    "roles.changed": "changed the roles of",
    "person.changed": "changed what is known of",
    "own_group.changed": "changed the own group of",
    "people.imported": "brought in a list of people",
    "person.erased": "erased",
    "asset.added": "added",
    "asset.edited": "edited",
    "asset.released": "released",
    "asset.retired": "retired",
    "asset.put_back": "put back",
    "asset.renewed": "renewed",
    "pulse.open": "started",
    "pulse.closed": "closed",
    "pulse.cancelled": "cancelled",
    "thread.captured": "sent to marketing",
    "thread.taken_back": "took back",
    "thread.released": "took back",
    "thread.deleted": "found deleted",
    "setting.changed": "changed",
    "data.exported": "exported",
    "own_data.sent": "was sent what is stored about",
    "retention.done": "deleted what was too old",
    "backup.restored": "put a backup back",
    "access.denied": "counted the refusals of",
}
THE_APP = "Groundswell"  # or a command on its machine
SOMEBODY = "somebody who was erased"
LONGEST_VALUE = 80  # characters


@dataclass(frozen=True)
class Entry:
    """One entry as somebody may read it; `by` and `about` are user ids, gone where their key is, and with it who."""

    number: int
    at: datetime
    deed: str
    subject: str
    by: str
    about: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    by_is_gone: bool = False
    about_is_gone: bool = False


def deed_words(deed: str) -> str:
    """What a deed is called; one that has no words of its own is its own name."""
    return DEEDS.get(deed, deed.replace(".", " ").replace("_", " "))


def change_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What was changed, "roles: rep → marketer"; of what is new only what it is now; "" where nothing is told."""
    told = []
    for name in dict.fromkeys((*before, *after)):
        old, new = (_value(side[name]) if name in side else None for side in (before, after))
        label = name.replace("_", " ")
        told.append(f"{label}: {new}" if old is None else f"{label}: {old} → {new if new is not None else 'nothing'}")
    return "; ".join(told)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return clip(", ".join(str(one) for one in value) or "none", LONGEST_VALUE)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clip(str(value), LONGEST_VALUE) if value not in (None, "") else "nothing"
