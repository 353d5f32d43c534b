"""A manager's own group in words: their department and region, one of Slack's user groups, or people by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audience import MOST_PEOPLE, Audience
from bot.domain.people import DEPARTMENT_LABELS
from bot.domain.text import count

PLACE, USER_GROUP, PEOPLE = "place", "user_group", "people"
KINDS = (PLACE, USER_GROUP, PEOPLE)
HOW = (
    "an admin can set your department and region with `/groundswell people`, or choose one of Slack's user groups or "
    "people by hand for you there"
)
UNKNOWN = f"I don't know your own group yet: {HOW}."


@dataclass(frozen=True)
class OwnGroup:
    """Whom a manager may ask, and whose numbers they read.

    `department` and `region` are the manager's own; they say who belongs to it where `kind` is "place". Else
    `choice_id` is the row that an admin's choice made, and `name` the user group's. `lost_at` is since when Slack shows
    that user group no more: then the last known people stay. `read_at` is None until Slack has been asked once.
    """

    team_id: str
    manager_id: str
    kind: str = PLACE
    department: str = ""
    region: str = ""
    choice_id: int = 0
    user_group_id: str = ""
    name: str = ""
    read_at: datetime | None = None
    lost_at: datetime | None = None

    @property
    def is_unread(self) -> bool:
        """Whether it is a user group of which nobody knows yet who is in it."""
        return self.kind == USER_GROUP and self.read_at is None

    def in_words(self) -> str:
        """Who they are, plain text, to stand alone: "Sales in DACH", "Spine user group"."""
        if self.kind == USER_GROUP:
            return user_group_words(self.name)
        if self.kind == PEOPLE:
            return "chosen by hand"
        return " in ".join(filter(None, [DEPARTMENT_LABELS.get(self.department, ""), self.region]))


@dataclass(frozen=True)
class LostGroup:
    """A manager (their name) whose user group (`name`) Slack shows no more; how many people are left in it."""

    manager: str
    name: str
    people: int


def user_group_words(name: str) -> str:
    """One of Slack's user groups, plain text."""
    if name.casefold().endswith("user group"):
        return name
    return f"{name} user group" if name else "a user group"


def group_words(audience: Audience, own: OwnGroup | None = None) -> str:
    """Who is asked, plain text; `own` is the own group of the manager who asks, of which they are a part."""
    if own is None:
        return audience.in_words()
    if own.kind == USER_GROUP:
        return audience.in_words(f"the {user_group_words(own.name)}" if own.name else "a user group")
    if own.kind == PEOPLE:
        return audience.in_words("a group chosen by hand")
    label = DEPARTMENT_LABELS.get(own.department, "")
    return f"{audience.in_words(own.region)}, {label} department" if label else audience.in_words(own.region)


@dataclass(frozen=True)
class Choice:
    """A manager's own group as a form says it: the way that was chosen, and what stands in the fields for it."""

    kind: str
    user_group_id: str = ""
    user_ids: tuple[str, ...] = ()

    def in_one_line(self) -> str:
        """All of it, for a form to carry: what it showed when it was opened."""
        return " ".join([self.kind, self.user_group_id, *sorted(self.user_ids)])


def check_choice(said: Choice, kept: Choice, *, offered: Collection[str]) -> dict[str, str]:
    """What is wrong with a choice, a sentence a field.

    `kept` is what stood in the form when it was opened; `offered` are the ids of the user groups that there are.
    """
    if said.kind not in KINDS:
        return {"own_group": "Please choose one of the three."}
    if said.kind != USER_GROUP and said.user_group_id not in ("", kept.user_group_id):
        return {"own_group": "A user group is chosen below. Choose that here, too, or empty the field."}
    if said.kind != PEOPLE and set(said.user_ids) - set(kept.user_ids):
        return {"own_group": "People are chosen below. Choose that here, too, or empty the field."}
    if said.kind == USER_GROUP and not said.user_group_id:
        return {"user_group": "Choose the user group, or another way above."}
    if said.kind == USER_GROUP and said.user_group_id not in (*offered, kept.user_group_id):
        return {"user_group": "Slack shows no such user group any more. Please choose another one."}
    if said.kind == PEOPLE and not said.user_ids:
        return {"people": "Choose at least one person, or another way above."}
    if said.kind == PEOPLE and len(said.user_ids) > MOST_PEOPLE:
        return {"people": f"Choose at most {count(MOST_PEOPLE, 'person', 'people')}. A user group takes more."}
    return {}
