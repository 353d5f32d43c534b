"""Who answers whom, and how: refused, turned against, called upon, taken up."""

import re

from bot.domain import summary_cues as cues
from bot.domain.summary_acts import Piece, Reading, agrees
from bot.domain.summary_last_word import says_no


def called_in(reading: Reading) -> set[int]:
    """The messages of those whom somebody asked by name to speak."""
    names = {f"@{one.name}": one.user_id for one in reading.thread.messages if one.name}
    called, found = set[str](), set[int]()
    for place, message in enumerate(reading.thread.messages):
        if message.user_id in called:
            found.add(place)
        if "@" in message.text:
            called |= {who for name, who in names.items() if name in message.text and who != message.user_id}
    return found


def is_refused(piece: Piece, reading: Reading) -> bool:
    """Whether somebody says no to what is asked or put forward in it."""
    forward = piece.asks or piece.does(cues.PROPOSED) or piece.does(cues.WANTED)
    return forward and any(
        one.does(cues.REFUSED) and one.words & piece.words and one.message.user_id != piece.message.user_id
        for one in reading.after(piece)
    )


def opposes(piece: Piece, reading: Reading) -> bool:
    """Whether it turns against what somebody else has just said: "I'm deleting it" - "Don't delete it"."""
    return piece.does(cues.DONT) and any(
        one.message.user_id != piece.message.user_id and one.words & piece.words and not says_no(one.text)
        for one in reading.before(piece, 2)
    )


def throws_back(piece: Piece, reading: Reading) -> bool:
    """Whether it makes another number of somebody else's, right after them: "3 days is 6 quotes"."""
    return any(
        one.message.user_id != piece.message.user_id and one.numbers & piece.numbers and piece.numbers - one.numbers
        and len(piece.words) <= 6 and not one.asks and piece.does(cues.IS)
        for one in reading.before(piece, 2)
    ) and not piece.asks and not agrees(piece)  # fmt: skip


def is_contrary(piece: Piece, decision: Piece) -> bool:
    """Whether somebody else says no to what is decided, or yes to what is denied, in its words."""
    other = piece.message.user_id != decision.message.user_id
    return other and bool(piece.words & decision.words) and says_no(piece.text) != says_no(decision.text)


def names_of(reading: Reading) -> str:
    """Those who speak in the thread, by first and whole names, as alternatives of a regular expression."""
    names = {message.name.strip() for message in reading.thread.messages} - {""}
    parts = {part for name in names for part in (name, name.split()[0]) if len(part) > 2}
    return "|".join(sorted(map(re.escape, parts))) or r"(?!)"
