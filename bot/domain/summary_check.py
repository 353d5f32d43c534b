"""What a language model claims of a thread is verified against its messages, or dropped and counted."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.summary import Point, Summary, Thread
from bot.domain.summary_acts import Piece, Reading, read
from bot.domain.summary_extract import LINES, lines_of, room_for
from bot.domain.summary_last_word import outdated, says_no
from bot.domain.summary_words import numbers, plain_words, terms
from bot.domain.text import clean

MOST_SOURCES = 6  # messages of one claim: with many of them any words would be found
LONGEST = 300  # characters of one claim
SUPPORT = 0.6  # the share of the words of a claim, and of each of its sentences, that must stand in its messages
CLAUSE = 1 / 3  # and of each of its clauses of two words and more
NEAR = 1 / 3  # the share from which on a sentence is one of those that a claim is made of
_UNSAFE = re.compile(
    r"https?:|www\.|<[@!#]|@(?:here|channel|everyone)\b|(?:^|\s)/[a-z][a-z-]+|\]\(|```|\b[a-z0-9-]+\.(?:com|org|net|io|example|dev|co)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)*")
_END = re.compile(r"(?<=[.!?;])\s+")
_LABEL = re.compile(r"^\W*[^\W\d_]+:\s")
_CLAUSE = re.compile(r"[,;:.!?()–]\s*")


@dataclass
class Checked:
    """The claims that are proven, and how many were dropped for which reason."""

    summary: Summary
    dropped: Counter[str] = field(default_factory=Counter)


class Checking:
    """One thread, against which claims are held."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._reading: Reading = read(thread)
        self._gone = outdated(self._reading)
        names = {part for message in thread.messages for part in re.findall(r"[^\W\d_]{3,}", message.name)}
        self._called = {term for part in names for term in terms(part)}
        self._people = {part.casefold() for part in names}

    def summary(self, claimed: Summary) -> Checked:
        """What is left of a summary; its parts keep their order and get as many points as an extractive one's."""
        found = Checked(Summary())
        room = room_for(len(self._thread.messages))
        dissent = self._kept([claimed.dissent] if claimed.dissent else [], found, "dissent")
        found.summary = Summary(
            key_points=self._kept(claimed.key_points, found, "key_points")[: room.key_points],
            decisions=self._kept(claimed.decisions, found, "decisions")[: room.decisions],
            open_questions=self._kept(claimed.open_questions, found, "open_questions")[: room.open_questions],
            dissent=dissent[0] if dissent else None,
            asks=self._kept(claimed.asks, found, "asks")[: room.asks],
            dropped=found.dropped.total(),
            made_by=claimed.made_by,
            messages=len(self._thread.messages),
        )
        found.summary = _on_a_screen(found.summary)
        return found

    def _kept(self, points: Iterable[Point], found: Checked, part: str) -> tuple[Point, ...]:
        kept = list[Point]()
        for point in points:
            reason = self.reason_against(point, part)
            if reason:
                found.dropped[reason] += 1
            elif point.text not in [one.text for one in kept]:
                kept.append(point)
        return tuple(kept)

    def reason_against(self, point: Point, part: str) -> str | None:
        """Why a claim is dropped, in one word; None if it is proven.

        In this order: it must be plain words of at most LONGEST characters without links, mentions and commands; its
        one to MOST_SOURCES messages must exist; its quote must stand in one of them letter for letter (compared as
        NFKC, without marks of format and emoji names); its numbers, months and names must occur in them, and SUPPORT of
        the words of each of its sentences (stems, without common words and names); and the sentences that one of its is
        made of must not all be questions, be outdated by a later message or say the opposite (one denies and the other
        does not). What somebody pasted, and what follows words for a machine, is no source.
        """
        if not point.text.strip() or len(point.text) > LONGEST or clean(point.text) != point.text:
            return "shape"
        if _UNSAFE.search(point.text) or (_UNSAFE.search(point.quote) and not self._is_quoted(point)):
            return "link"
        if not 1 <= len(point.ts) <= MOST_SOURCES or any(ts not in self._thread.by_ts for ts in point.ts):
            return "source"
        pieces = [piece for piece in self._reading.pieces if piece.message.ts in point.ts]
        if not self._is_quoted(point):
            return "quote"
        said = {term for piece in pieces for term in terms(f"{piece.message.name} {piece.text}")}
        if set(numbers(point.text)) - said or {one for one in terms(point.text) if one.startswith("month")} - said:
            return "number"
        if self._unknown_names(point, pieces):
            return "name"
        if not self._is_supported(point.text, said):
            return "unsupported"
        against = (self._against_its_sentences(sentence, pieces, part) for sentence in _END.split(point.text))
        return next((reason for reason in against if reason), None)

    def _words(self, text: str) -> set[str]:
        """What it tells, without numbers, names of people and a label ("Decision: ...") before it."""
        told = {term for term in terms(_LABEL.sub("", text)) if not term.startswith("#")}
        return told - self._called

    def _is_supported(self, claim: str, said: set[str]) -> bool:
        """Whether its words stand in its messages, and no sentence or clause hides behind the others."""
        if not self._words(claim):
            return False
        for least, parts in ((SUPPORT, [claim, *_END.split(claim)]), (CLAUSE, _CLAUSE.split(claim))):
            for part in parts:
                words = self._words(part)
                if len(words) > (least == CLAUSE) and len(words & said) / len(words) < least:
                    return False
        return True

    def _against_its_sentences(self, claim: str, pieces: list[Piece], part: str) -> str | None:
        """The same for one sentence of a claim and the sentences that it is made of."""
        words = self._words(claim)
        best = max((len(piece.words & words) for piece in pieces), default=0)
        near = [piece for piece in pieces if best and len(piece.words & words) >= NEAR * best]
        if not near:
            return None  # it has no words of its own, or those of a name
        if part in ("key_points", "decisions"):
            near = [piece for piece in near if not piece.asks]
            if not near:
                return "asked"
            closest = max(len(piece.words & words) for piece in near)
            if says_no(claim) not in {says_no(piece.text) for piece in near if len(piece.words & words) == closest}:
                return "opposite"
        return "outdated" if all(piece in self._gone for piece in near) else None

    def _is_quoted(self, point: Point) -> bool:
        quote = plain_words(point.quote)
        own = (" ".join(piece.shown for piece in self._reading.pieces if piece.message.ts == ts) for ts in point.ts)
        return not quote or any(quote in text for text in own)

    def _unknown_names(self, point: Point, pieces: list[Piece]) -> bool:
        """Whether it names somebody or something that its messages do not name."""
        told = " ".join(f"{piece.message.name} {piece.text}" for piece in pieces).casefold()
        named = {name.casefold() for sentence in _END.split(point.text) for name in _NAME.findall(sentence)}
        named |= {word for word in re.findall(r"[^\W\d_]{3,}", point.text.casefold()) if word in self._people}
        return any(name not in told for name in named)


def _on_a_screen(summary: Summary) -> Summary:
    while lines_of(summary) > LINES and summary.key_points:
        summary = Summary(**{**vars(summary), "key_points": summary.key_points[:-1]})
    return summary
