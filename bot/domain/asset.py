"""Assets: what is known of a version, in which state it is, and what may stand in its fields."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

DRAFT, CURRENT, SUPERSEDED, EXPIRED, RETIRED = STATES = ("draft", "current", "superseded", "expired", "retired")
LONGEST = {
    "reference": 80, "version": 40, "title": 200, "kind": 60, "link": 2000, "audience": 80, "product_line": 80,
    "funnel_stage": 80,
}  # fmt: skip
ALIASES_LONGEST = 500  # characters of all aliases, with ", " between them
MOST_REVIEW_DAYS = 3650
REQUIRED = {
    "reference": "Which document number does it have in the review system?",
    "version": "Which version is it? The first is v1.",
    "title": "What is it called?",
    "kind": "What is it: a deck, a one-pager, a whitepaper?",
    "link": "Where do reps open it?",
    "owner_id": "Who answers the field?",
}


@dataclass(frozen=True)
class AssetFields:
    """What is typed of one version. `review_days` are days in legal and regulatory review, None if nobody said.

    `released_on` is None for a draft; `expires_on` is the last day on which it may be used.
    """

    reference: str
    version: str
    title: str
    kind: str
    link: str
    owner_id: str
    audience: str = ""
    product_line: str = ""
    funnel_stage: str = ""
    review_days: int | None = None
    released_on: date | None = None
    expires_on: date | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """One version as it is shown and found.

    `superseded_by` is the version that is out instead; `last_used_at` when somebody last used this one with a customer.
    """

    version_id: int
    asset_id: int
    reference: str
    version: str
    title: str
    kind: str
    link: str
    owner_id: str
    owner_name: str
    audience: str
    product_line: str
    funnel_stage: str
    review_days: int | None
    released_at: datetime | None
    expires_on: date | None
    retired_at: datetime | None
    superseded_by: str | None
    aliases: tuple[str, ...]
    last_used_at: datetime | None

    def __hash__(self) -> int:
        """A cheap one: what was prepared from a card for reading is looked up with it at every command."""
        return self.version_id


def state_on(card: Card, today: date) -> str:
    """The version's state on a day, one of `STATES`; on its last day it is still current."""
    if card.retired_at is not None:
        return RETIRED
    if card.released_at is None:
        return DRAFT
    if card.superseded_by is not None:
        return SUPERSEDED
    if card.expires_on is not None and card.expires_on < today:
        return EXPIRED
    return CURRENT


def is_earlier(version: str, other: str) -> bool:
    """Whether two names count ("v2", "v10") and this one is the smaller; names of different kinds do not count."""
    counts = [re.split(r"(\d+)", name.casefold()) for name in (version, other)]
    if counts[0][::2] != counts[1][::2]:
        return False
    return [int(part) for part in counts[0][1::2]] < [int(part) for part in counts[1][1::2]]


def check_asset_fields(fields: AssetFields, today: date) -> dict[str, str]:
    """What is wrong with the fields, a sentence a field; empty if they can be kept.

    What was released may have expired since; a draft may not.
    """
    wrong = {name: ask for name, ask in REQUIRED.items() if not getattr(fields, name).strip()}
    for name, limit in LONGEST.items():
        if (length := len(getattr(fields, name))) > limit:
            wrong[name] = f"That is {length:,} characters; {limit:,} fit in here."
    if "link" not in wrong and not _is_web_address(fields.link):
        wrong["link"] = "A link begins with https:// and names a site, such as https://assets.example.com/deck."
    if (length := len(", ".join(fields.aliases))) > ALIASES_LONGEST:
        wrong["aliases"] = f"That is {length:,} characters; {ALIASES_LONGEST:,} fit in here."
    if fields.review_days is not None and not 0 <= fields.review_days <= MOST_REVIEW_DAYS:
        wrong["review_days"] = f"Days in review are a number from 0 to {MOST_REVIEW_DAYS:,}."
    released, expires = fields.released_on, fields.expires_on
    if released is not None and released > today:
        wrong["released_on"] = "That day has not come yet. Leave it empty, and release it when it goes out."
    if expires is not None and released is not None and expires < released:
        wrong["expires_on"] = "It would expire before it is released."
    elif expires is not None and released is None and expires < today:
        wrong["expires_on"] = "That day is over, so nobody could use it."
    return wrong


def _is_web_address(link: str) -> bool:
    if any(c.isspace() or c in "<>|" for c in link):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
