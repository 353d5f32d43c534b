"""Whom somebody may ask in a pulse, as things are now: a manager their own group, an executive everybody."""

from sqlmodel import Session

from bot.access import Actor
from bot.domain.audience import Audience
from bot.domain.own_group import UNKNOWN, OwnGroup
from bot.domain.pulse import asks_own_group
from bot.errors import BotError
from storage.audience import list_group
from storage.own_group import find_own_group
from storage.people import Person


def own_group_of(session: Session, asker: Actor) -> OwnGroup | None:
    """The own group of a manager, who asks nobody else; None for whoever may ask everybody.

    Raises:
        BotError: nobody has said yet which group that is.
    """
    if not asks_own_group(asker.roles):
        return None
    own = find_own_group(session, team_id=asker.team_id, manager_id=asker.user_id)
    if own is None:
        raise BotError(UNKNOWN)
    return own


def list_askable(
    session: Session, *, team_id: str, asker: Actor, audience: Audience, members: frozenset[str] | None = None
) -> list[Person]:
    """The active people to whom a pulse of this asker goes, by name; whoever asks is not among them.

    `members` are those who are in the audience's channels and user groups; without it these are passed over.

    Raises:
        BotError: as `own_group_of`.
    """
    found = list_group(session, team_id=team_id, audience=audience, of=own_group_of(session, asker), members=members)
    return [one for one in found if one.user_id != asker.user_id]
