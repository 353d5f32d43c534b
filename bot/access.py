"""Who may do what: the table of capabilities, and the one question `require`."""

from dataclasses import dataclass

from bot.errors import BotError

ROLES = ("rep", "marketer", "manager", "executive", "compliance", "admin")
EVERYBODY = frozenset(ROLES)

CAPABILITIES: dict[str, frozenset[str]] = {
    "give_feedback": EVERYBODY,
    "see_assets": EVERYBODY,
    "capture_threads": EVERYBODY,  # that they can see; what they may do with one depends on what they are to it
    "keep_assets": frozenset({"marketer"}),  # add, import, release, retire
    "reply_to_feedback": frozenset({"marketer"}),  # and only on their own assets
    "read_own_digest": EVERYBODY,  # each in the variant of their role
    "read_digest": frozenset({"marketer"}),  # marketing's, and the feedback that it quotes
    "read_company_digest": frozenset({"executive"}),
    "look_at_company_digest": frozenset({"compliance", "admin"}),  # the same, when they ask for it
    "read_group_digest": frozenset({"manager"}),
    "keep_check_ins": frozenset({"marketer", "manager", "admin"}),  # a manager only for their own group
    "start_pulses": frozenset({"manager", "executive"}),  # a manager only to their own group
    "set_people": frozenset({"admin"}),
    "keep_settings": frozenset({"admin"}),
    "export_all": frozenset({"admin"}),
    "erase_people": frozenset({"admin"}),
    "export_own": EVERYBODY,  # and see what is stored about oneself
    "read_own_trail": EVERYBODY,
    "read_trail": frozenset({"compliance", "admin"}),  # the whole of it
    "be_asked": EVERYBODY,  # put off, stop and question what the app asks
    "see_home": EVERYBODY,
    "see_own_group": frozenset({"manager"}),  # its counts on the Home
    "see_ground": frozenset({"executive"}),  # use, review days and open loops of the whole company
    "see_duties": frozenset({"compliance"}),  # what has expired, old versions in use, how many words are on hold
    "see_health": frozenset({"admin"}),
    "be_counted": EVERYBODY,  # events that tell the app about the workspace itself
}

NOT_FOUND = "I can't find that, or it isn't yours to open."


class Denied(BotError):
    """Somebody wants what none of their roles may, or what is somebody else's: it is put on record."""


@dataclass(frozen=True)
class Actor:
    """Whoever acts: their roles, where they are, and their time zone (an IANA name)."""

    team_id: str
    user_id: str
    name: str
    roles: frozenset[str]
    department: str
    region: str
    tz: str
    is_new: bool = False  # the app has not welcomed them yet


def may(actor: Actor, capability: str) -> bool:
    """Whether one of the actor's roles has the capability."""
    return bool(actor.roles & CAPABILITIES[capability])


def require(actor: Actor, capability: str, *, owner_id: str | None = None) -> None:
    """Let the actor pass or raise.

    With `owner_id` the thing must be the actor's own. "Not allowed" and "not found" read alike (R11).

    Raises:
        Denied: the actor may not.
    """
    if not may(actor, capability) or (owner_id is not None and owner_id != actor.user_id):
        raise Denied(NOT_FOUND)
