"""An audience: whom something is meant for, by role, region and channel."""

import json
from dataclasses import asdict, dataclass

from bot.domain.people import ROLE_LABELS
from bot.domain.text import count

MOST_REGIONS, MOST_CHANNELS = 20, 10  # that one audience may name


@dataclass(frozen=True)
class Audience:
    """Everybody who fits all that is said here; what is empty is not asked for.

    `role` is one of `bot.access.ROLES` or empty, `regions` any of which will do, `channel_ids` channels of which a
    person is a member of at least one.
    """

    role: str = "rep"
    regions: tuple[str, ...] = ()
    channel_ids: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As a row keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Audience":
        """Back from a row."""
        told = json.loads(kept)
        return cls(told["role"], tuple(told["regions"]), tuple(told["channel_ids"]))

    def fits(self, *, roles: frozenset[str], region: str, user_id: str, members: frozenset[str]) -> bool:
        """Whether a person belongs to it; `members` are all members of `channel_ids`."""
        if self.role and self.role not in roles:
            return False
        if self.regions and region not in self.regions:
            return False
        return not self.channel_ids or user_id in members

    def in_words(self) -> str:
        """Who that is, plain text: "reps in DACH or France who are in the chosen channels"."""
        who = f"{ROLE_LABELS[self.role].lower()}s" if self.role not in ("", "compliance") else "everybody"
        who = "people in compliance" if self.role == "compliance" else who
        where = f" in {_or(self.regions)}" if self.regions else ""
        channels = "the chosen channel" if len(self.channel_ids) == 1 else "the chosen channels"
        return who + where + (f" who are in {channels}" if self.channel_ids else "")


def check_audience(audience: Audience) -> dict[str, str]:
    """What is wrong with an audience as a form has it, a sentence a field; empty if it can be kept."""
    wrong: dict[str, str] = {}
    if audience.role and audience.role not in ROLE_LABELS:
        wrong["role"] = "Please choose one of the roles."
    if len(audience.regions) > MOST_REGIONS:
        wrong["regions"] = f"Choose at most {count(MOST_REGIONS, 'region', 'regions')}, or none for all of them."
    if len(audience.channel_ids) > MOST_CHANNELS:
        wrong["channels"] = f"Choose at most {count(MOST_CHANNELS, 'channel', 'channels')}."
    return wrong


def _or(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
