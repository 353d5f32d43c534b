"""An audience: whom something is meant for, by role, region, channel, user group and name."""

import json
from dataclasses import asdict, dataclass

from bot.domain.people import ROLE_LABELS
from bot.domain.text import count

MOST_REGIONS, MOST_CHANNELS, MOST_USER_GROUPS, MOST_PEOPLE = 20, 10, 10, 100  # that one audience may name


@dataclass(frozen=True)
class Audience:
    """Everybody who fits all that is said here; what is empty is not asked for.

    `role` is one of `bot.access.ROLES` or empty, `regions` any of which will do, `user_ids` people of whom it may be
    any. `channel_ids` and `user_group_ids` are channels and Slack's user groups: a person is a member of at least one
    channel and of at least one group, where some are named.
    """

    role: str = "rep"
    regions: tuple[str, ...] = ()
    channel_ids: tuple[str, ...] = ()
    user_group_ids: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()

    @property
    def is_for_slack(self) -> bool:
        """Whether only Slack knows who belongs to it."""
        return bool(self.channel_ids or self.user_group_ids)

    def to_json(self) -> str:
        """As a row keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Audience":
        """Back from a row."""
        told = json.loads(kept)
        lists = ("regions", "channel_ids", "user_group_ids", "user_ids")
        return cls(told["role"], *(tuple(told.get(name) or ()) for name in lists))

    def fits(self, *, roles: frozenset[str], region: str, user_id: str, members: frozenset[str]) -> bool:
        """Whether a person belongs to it; `members` are those who are in its channels and user groups."""
        if self.role and self.role not in roles:
            return False
        if self.regions and region not in self.regions:
            return False
        if self.user_ids and user_id not in self.user_ids:
            return False
        return not self.is_for_slack or user_id in members

    def in_words(self, within: str = "") -> str:
        """Who that is, plain text: "reps in DACH or France who are in the chosen channels".

        `within` is what stands there instead of the regions.
        """
        known = {"": "everybody", "compliance": "people in compliance"}
        known |= {role: f"{label.lower()}s" for role, label in ROLE_LABELS.items() if role not in known}
        who = known.get(self.role, "nobody")  # a form that is being filled in may say anything
        named = tuple(filter(None, self.regions))
        where = f" in {within or _or(named)}" if within or named else " without a region" if self.regions else ""
        inside = []
        if self.channel_ids:
            inside.append("the chosen channel" if len(self.channel_ids) == 1 else "the chosen channels")
        if self.user_group_ids:
            inside.append("the chosen user group" if len(self.user_group_ids) == 1 else "the chosen user groups")
        chosen = f" of {count(len(self.user_ids), 'chosen person', 'chosen people')}" if self.user_ids else ""
        return who + where + chosen + (f" who are in {' and in '.join(inside)}" if inside else "")


def check_audience(audience: Audience) -> dict[str, str]:
    """What is wrong with an audience as a form has it, a sentence a field; empty if it can be kept."""
    wrong: dict[str, str] = {}
    if audience.role and audience.role not in ROLE_LABELS:
        wrong["role"] = "Please choose one of the roles."
    if len(audience.regions) > MOST_REGIONS:
        wrong["regions"] = f"Choose at most {count(MOST_REGIONS, 'region', 'regions')}, or none for all of them."
    if len(audience.channel_ids) > MOST_CHANNELS:
        wrong["channels"] = f"Choose at most {count(MOST_CHANNELS, 'channel', 'channels')}."
    if len(audience.user_group_ids) > MOST_USER_GROUPS:
        wrong["user_groups"] = f"Choose at most {count(MOST_USER_GROUPS, 'user group', 'user groups')}."
    if len(audience.user_ids) > MOST_PEOPLE:
        wrong["people"] = f"Choose at most {count(MOST_PEOPLE, 'person', 'people')}. A channel or a role takes more."
    return wrong


def _or(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
