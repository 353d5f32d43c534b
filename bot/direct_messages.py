"""The direct message with each person: which channel it is, asked of Slack once."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.pace import Pace
from bot.reader import Reader, Refused, TooFast
from storage import people
from storage.db import Database


class DirectMessages:
    """Turns what a message is sent to (a channel or a person) into a channel."""

    def __init__(self, *, db: Database, reader: Reader, pace: Pace, team_id: str, now: Callable[[], datetime]) -> None:
        """`now` tells the product's time."""
        self._db, self._reader, self._pace, self._team_id, self._now = db, reader, pace, team_id, now

    def find(self, target: str) -> str:
        """The channel to post to; where a direct message cannot be opened now, the person: Slack opens it by itself."""
        try:
            return self.open(target)
        except (Refused, TooFast):
            return target

    def open(self, target: str) -> str:
        """The channel that a message to `target` stands in; for a person their direct message.

        Raises:
            Refused: this workspace does not let it be opened.
            TooFast: it may not be opened now.
        """
        if target[0] not in "UW":
            return target
        with self._db.read() as session:
            person = people.get_person(session, team_id=self._team_id, user_id=target)
        if person is not None and person.dm_channel_id:
            return person.dm_channel_id
        if "conversations.open" in self._pace.paused():
            raise TooFast("conversations.open", 1)
        try:
            return self._reader.open_direct_message(target)
        except TooFast as slow:
            self._pace.pause(slow.method, slow.seconds)
            raise

    def remember(self, session: Session, target: str, channel_id: str) -> None:
        """A message to `target` stands in this channel."""
        if target[0] in "UW" and channel_id[:1] in "DG":
            people.record_person(
                session, team_id=self._team_id, user_id=target, now=self._now(), dm_channel_id=channel_id
            )
