"""What may be used for a short time only: trigger ids, response addresses, socket tickets. All on real time."""

import secrets
import time
from dataclasses import dataclass

from sandbox.model import SlackError

RESPONSE_SECONDS = 30 * 60  # Slack: response_url, 30 minutes
RESPONSE_USES = 5  # Slack: response_url, five times
TICKET_SECONDS = 30


@dataclass
class Trigger:
    """What one interaction allows: opening a modal once."""

    user: str
    expires: float
    from_modal: bool
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an answer goes: to this person, in this channel, about this message if there was one."""

    user: str
    channel: str
    ts: str
    thread_ts: str
    expires: float
    uses: int = 0


class Passes:
    """Hands out triggers, response addresses and tickets, and takes them back."""

    def __init__(self, trigger_seconds: float) -> None:
        """`trigger_seconds` is the life of a trigger id; Slack's is 3."""
        self._trigger_seconds = trigger_seconds
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}
        self._tickets: dict[str, float] = {}

    def new_trigger(self, user: str, *, from_modal: bool = False) -> str:
        """A trigger id for one person."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, time.monotonic() + self._trigger_seconds, from_modal)
        return trigger_id

    def take_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger.

        Raises:
            SlackError: it is unknown, used or too old.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if trigger.expires < time.monotonic():
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response(self, user: str, channel: str, *, ts: str = "", thread_ts: str = "") -> str:
        """The last part of a response address."""
        key = secrets.token_hex(16)
        self._responses[key] = ResponseUrl(user, channel, ts, thread_ts, time.monotonic() + RESPONSE_SECONDS)
        return key

    def find_response(self, key: str) -> ResponseUrl:
        """A response address that may still be used; `uses` is for the caller to raise.

        Raises:
            SlackError: it is unknown, too old or was used five times.
        """
        response = self._responses.get(key)
        if response is None or response.expires < time.monotonic():
            raise SlackError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        return response

    def age(self, seconds: float) -> None:
        """Make everything handed out so far older by `seconds` of real time."""
        for trigger in self._triggers.values():
            trigger.expires -= seconds
        for response in self._responses.values():
            response.expires -= seconds

    def new_ticket(self) -> str:
        """A ticket for one socket."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        return ticket

    def take_ticket(self, ticket: str) -> bool:
        """Use a ticket; False if it is unknown, used or too old."""
        return self._tickets.pop(ticket, 0.0) > time.monotonic()
