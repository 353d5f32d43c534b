"""Who answers whom, and how: refused, turned against, called upon, taken up."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.domain import summary_cues as cues
from bot.domain.summary_acts import Piece, Reading, agrees
from bot.domain.summary_last_word import says_no

BRIEF = 60  # characters of a message under which it only lets somebody go ahead, or does not


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


def leads(reading: Reading, backers: Mapping[Piece, Sequence[Piece]]) -> dict[str, float]:
    """How much each of those who speak has a say, from 0 to 1: who gives orders and is asked, and hears yes."""
    names = {message.user_id: message.name.split()[0] for message in reading.thread.messages if message.name.strip()}
    asked = {who: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for who, name in names.items() if len(name) > 2}
    found = Counter[str]()
    for piece in reading.pieces:
        found[piece.message.user_id] += piece.does(cues.ORDERED) + piece.does(cues.FORBIDDEN) + bool(backers[piece])
        if piece.asks:
            found.update(who for who, name in asked.items() if who != piece.message.user_id and name.search(piece.text))
    most = max(3, *found.values(), 0)
    return {who: count / most for who, count in found.items()}


def granted_by(piece: Piece, reading: Reading) -> list[Piece]:
    """Short messages of others, right after it, that let it be done."""
    return [one for one in _replies_to(piece, reading) if one.does(cues.GRANTED) and not one.does(cues.REFUSED)]


def refused_by(piece: Piece, reading: Reading) -> list[Piece]:
    """Those that do not."""
    return [one for one in _replies_to(piece, reading) if one.does(cues.REFUSED)]


def _replies_to(piece: Piece, reading: Reading) -> Iterator[Piece]:
    for one in reading.after(piece, 2):
        is_short = one.number == 0 and len(one.message.text) < BRIEF and not one.asks
        if is_short and one.message.user_id != piece.message.user_id and not one.does(cues.PUT_OFF):
            yield one
