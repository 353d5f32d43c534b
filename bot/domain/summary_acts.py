"""A thread cut into the pieces that a summary is chosen from, each with what it does: decide, ask, object, agree ..."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain import summary_cues as cues
from bot.domain.summary import Message, Thread
from bot.domain.summary_words import EMOJI, is_said, numbers, plain_words, sentences, terms

SHORT = 40  # characters under which a sentence is joined to its neighbour in the same message
TINY = 25  # under which one stays with a question before it
LONG = 120  # and what the two may have together
NEAR = 5  # messages after a question in which its answer is looked for


@dataclass(frozen=True, eq=False)
class Piece:
    """One or a few sentences of a message, letter for letter."""

    place: int  # of its message in the thread
    number: int  # of the piece in its message
    message: Message
    text: str
    is_last: bool  # in its message

    @cached_property
    def terms(self) -> frozenset[str]:
        """What it speaks of (`summary_words.terms`)."""
        return frozenset(terms(self.text))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers."""
        return frozenset(numbers(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its terms that are no numbers."""
        return self.terms - self.numbers

    @cached_property
    def shown(self) -> str:
        """The text without marks of format and names of emoji."""
        return plain_words(self.text)

    @cached_property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        text = EMOJI.sub("", self.text).rstrip()
        found = sentences(text) or [text]
        if found[1:] and cues.NOD.fullmatch(found[-1].strip()):
            return False  # "Clear?" after a statement asks only for a nod
        last = found[-1]
        if re.search(r"[?？]\W*$", text) or (
            len(last) < TINY and re.search(r"[?？]\W*$", found[-2] if found[1:] else "")
        ):
            return True
        return bool(cues.QUESTION.match(last)) and not re.search(r"[.!:]\W*$", last)

    def does(self, cue: re.Pattern[str]) -> bool:
        """Whether one of the cue's words stands in it."""
        return bool(cue.search(self.text))


@dataclass(eq=False)
class Reading:
    """A thread as it is read: its pieces, and who answers whom."""

    thread: Thread
    pieces: list[Piece]
    by_place: dict[int, list[Piece]] = field(default_factory=dict)

    def after(self, piece: Piece, most: int = NEAR) -> Iterator[Piece]:
        """The pieces of the messages after this one, so many messages far."""
        for place in range(piece.place + 1, min(piece.place + 1 + most, len(self.thread.messages))):
            yield from self.by_place.get(place, ())

    def before(self, piece: Piece, most: int = NEAR) -> Iterator[Piece]:
        """Those before it, the nearest message first."""
        for place in range(piece.place - 1, max(piece.place - 1 - most, -1), -1):
            yield from reversed(self.by_place.get(place, []))

    def backers(self, piece: Piece) -> list[Piece]:
        """Short messages of others after it that agree.

        They follow it before anybody else states something, or they are near and take up a word of it.
        """
        found, is_open = list[Piece](), True
        for one in self.after(piece):
            if one.message.user_id == piece.message.user_id or one.asks:
                continue
            if agrees(one) and one.number == 0 and (is_open or one.terms & piece.terms):
                found.append(one)
            elif len(one.words) > 2:
                is_open = False
        return found


def read(thread: Thread) -> Reading:
    """Cut a thread's messages into pieces."""
    reading = Reading(thread, [])
    for place, message in enumerate(thread.messages):
        found = _joined(list(_own_sentences(message.text)), message.text)
        for number, text in enumerate(found):
            piece = Piece(place, number, message, text, number == len(found) - 1)
            reading.pieces.append(piece)
            reading.by_place.setdefault(place, []).append(piece)
    return reading


def agrees(piece: Piece) -> bool:
    """Whether somebody says yes, in few words."""
    return piece.does(cues.AGREED) and not piece.asks and not piece.does(cues.PUT_OFF) and len(piece.shown) < 60


def puts_off(piece: Piece) -> bool:
    """Whether it leaves open what was asked, or says that somebody will ask or find out."""
    return piece.does(cues.PUT_OFF) or piece.does(cues.REFERRED)


def settles(question: Piece, reading: Reading) -> Piece | None:
    """The piece that answers a question, if there is one.

    Somebody else's, near by, that asks nothing itself, is no joke and does not put it off. A reply that comes at once
    need not share a word with it.
    """
    put_off = False
    for one in reading.after(question):
        if one.message.user_id == question.message.user_id or one.asks:
            continue
        if puts_off(one):
            put_off = True
            continue
        is_near = one.place - question.place <= 2 and not put_off and not one.does(cues.JOKED)
        shares = len(one.terms & question.terms) >= (2 if put_off else 1)
        if (is_near and one.shown) or shares:
            return one
    return None


def _own_sentences(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if cues.FOR_MACHINES.search(sentence):
            return  # and what follows it in the message belongs to it
        if plain_words(sentence):
            yield sentence


def _joined(found: list[str], text: str) -> list[str]:
    """Short sentences of a text with their neighbours: "No. Not before clearance. Demo v4." is one piece."""
    joined = list[str]()
    for sentence in found:
        last = joined[-1] if joined else ""
        short = last and min(len(plain_words(last)), len(plain_words(sentence))) < SHORT
        asked = last.rstrip().endswith("?") and len(plain_words(sentence)) >= TINY
        asked = asked or (sentence.rstrip().endswith("?") and len(plain_words(last)) >= TINY)
        nods = last and cues.NOD.fullmatch(sentence.strip())
        fits = nods or (short and not asked and len(plain_words(last)) + len(plain_words(sentence)) < LONG)
        if fits and is_said(f"{last} {sentence}", text):
            joined[-1] = f"{last} {sentence}"
        else:
            joined.append(sentence)
    return joined
