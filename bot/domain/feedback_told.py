"""Feedback as it is shown: what was said, about what, by whom, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.asset import Card
from bot.domain.feedback import FeedbackFields

QUOTED_LONGEST = 3000  # characters of a message that are kept with the feedback; the rest stays in Slack
STATUSES = ("held", "waiting", "answered", "counted")


@dataclass(frozen=True)
class Quoted:
    """A message that was sent to marketing: its words as plain text, its author, and where it stands."""

    text: str
    user_id: str
    channel_id: str
    message_ts: str


@dataclass(frozen=True)
class Told:
    """One piece of feedback with all that the screen may need; each view takes what its reader may see.

    `owner_id` is whoever sees the name and may reply, empty if nobody does; `reply` the newest reply that was
    delivered. `is_held` texts are shown to nobody. `asked` is the question that it answers, where a check-in asked one,
    and `asked_in` the id of that round.
    """

    feedback_id: int
    card: Card | None
    fields: FeedbackFields
    user_id: str
    name: str
    region: str
    at: datetime
    is_held: bool = False
    is_withdrawn: bool = False
    reaction: str | None = None
    quoted: str = ""
    quoted_by: str = ""
    owner_id: str = ""
    owner_name: str = ""
    reply_due_at: datetime | None = None
    replied_at: datetime | None = None
    reply: str = ""
    asked: str = ""
    asked_in: int = 0

    @property
    def status(self) -> str:
        """What became of it, one of `STATUSES`."""
        if self.is_held:
            return "held"
        if self.replied_at is not None:
            return "answered"
        is_owed = self.reply_due_at is not None and self.owner_id not in ("", self.user_id)
        return "waiting" if is_owed else "counted"
