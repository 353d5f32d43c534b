"""A summary without a language model: the thread's own sentences, chosen for what they do, tell and add."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain import summary_cues as cues
from bot.domain.summary import Point, Summary, Thread
from bot.domain.summary_acts import Piece, read
from bot.domain.text import clip
from bot.domain.summary_weight import Weighing, Weights

# How alike two of some texts are, by their places: up to 1.
Likeness = Callable[[Sequence[str]], Callable[[int, int], float]]
LINES, WIDTH = 25, 120  # a screen: lines, and the characters in one
LONGEST = 230  # characters of a point
LONG_THREAD, STRETCH = 30, 6  # messages: from where on a thread is long, and what belongs together in it
SAME = 0.75  # likeness from which on two pieces say the same


@dataclass(frozen=True)
class Room:
    """How many points of each kind a thread of so many messages gets."""

    key_points: int
    decisions: int
    open_questions: int
    asks: int


def room_for(messages: int) -> Room:
    """A summary is much shorter than what it sums up, and never longer than a screen."""
    if messages <= 3:
        return Room(2, 1, 1, 1)
    return Room(
        min(8, 1 + round(messages**0.5)),
        min(6, 1 + round(messages**0.5 / 2)),
        1 if messages <= 12 else 2,
        1 if messages <= 6 else 2 if messages <= 14 else 3,
    )


def extract(thread: Thread, likeness: Likeness) -> Summary:
    """Sum up a thread in its own words; the same thread gives the same summary."""
    weighing = Weighing(read(thread))
    choice, room = _Choice(weighing, likeness), room_for(len(thread.messages))
    dissent = choice.take(weighing.objections, 1, least=1.0)
    choice.give_back(one for one in dissent if weighing.decisions.get(one, 0) >= 2)
    decisions = choice.take(weighing.decisions, room.decisions, least=1.5, joining=True)
    questions = choice.take(weighing.questions, room.open_questions, least=1.5)
    asks = choice.take(weighing.asks, room.asks, least=1.0)
    key_points = choice.take(weighing.key_points, room.key_points, least=0.7)
    made = Summary(
        key_points=tuple(choice.point(one) for one in key_points),
        decisions=tuple(choice.point(one, weighing.decisions) for one in decisions),
        open_questions=tuple(choice.point(one) for one in questions),
        dissent=choice.point(dissent[0]) if dissent else None,
        asks=tuple(choice.point(one) for one in asks),
        messages=len(thread.messages),
    )
    by_weight = sorted(key_points, key=lambda one: weighing.key_points[one])
    for worst in by_weight:
        if lines_of(made) <= LINES:
            break
        made = replace(made, key_points=tuple(one for one in made.key_points if one != choice.point(worst)))
    return made


def lines_of(summary: Summary) -> int:
    """How many lines of WIDTH characters a summary takes on the screen, with a heading for each part and who said it."""
    parts = (summary.key_points, summary.decisions, summary.open_questions, summary.dissent, summary.asks)
    words = sum(math.ceil((len(one.text) + len(one.by) + 4) / WIDTH) for one in summary.points)
    return words + sum(bool(part) for part in parts)


class _Choice:
    """Pieces taken one after another, the weightiest first, and none that says again what one of them says."""

    def __init__(self, weighing: Weighing, likeness: Likeness) -> None:
        self._weighing = weighing
        self._places = {piece: place for place, piece in enumerate(weighing.reading.pieces)}
        self._likeness = likeness([piece.shown for piece in weighing.reading.pieces])
        self._taken = set[Piece]()
        self._closest = dict.fromkeys(weighing.reading.pieces, 0.0)

    def take(self, weights: Weights, most: int, *, least: float, joining: bool = False) -> list[Piece]:
        """The best of them, in the thread's order."""
        found = list[Piece]()
        while len(found) < most:
            left = {
                piece: value
                for piece, weight in weights.items()
                if piece not in self._taken and self._closest[piece] < SAME
                and (value := weight - 1.2 * self._closest[piece] - self._crowded(piece)) >= least
            }  # fmt: skip
            if not left:
                break
            best = max(left, key=lambda one: (left[one], -one.place, -one.number))
            found.append(best)
            self._taken.add(best)
            if joining:
                self._with_neighbours(best, weights)
            for piece in self._closest:
                self._closest[piece] = max(self._closest[piece], self._shared(piece, best))
        return sorted(found, key=lambda one: (one.place, one.number))

    def _crowded(self, piece: Piece) -> float:
        """In a long thread: how much has been taken from the same stretch of it."""
        if len(self._weighing.reading.thread.messages) <= LONG_THREAD:
            return 0.0
        near = sum(max(0.0, 1 - abs(one.place - piece.place) / STRETCH) for one in self._taken)
        return min(1.2, 0.5 * near)

    def give_back(self, pieces: Iterable[Piece]) -> None:
        """Let pieces be taken once more: "February it is, grudgingly" decides and objects."""
        for piece in pieces:
            self._taken.discard(piece)
            self._closest[piece] = 0.0

    def _shared(self, one: Piece, other: Piece) -> float:
        both = len(one.terms | other.terms)
        words = len(one.terms & other.terms) / both if both else 0.0
        return max(words, self._likeness(self._places[one], self._places[other]))

    def point(self, piece: Piece, weights: Weights | None = None) -> Point:
        """A piece as a claim; with the question that it answers where it says little without."""
        question, backers = self._weighing.question_before(piece), self._weighing.backers(piece)
        said, ts = self._with_neighbours(piece, weights or {}), [piece.message.ts]
        text = said
        if question and (len(piece.words) < 5 or cues.LEANING.match(piece.text)):
            text, ts = f"{clip(question.shown, LONGEST // 2)} → {said}", [question.message.ts, *ts]
        if any(piece.does(cue) for cue in (cues.PROPOSED, cues.OFFERED, cues.PROMISED)):
            ts += [one.message.ts for one in backers[:2]]
        return Point(clip(text, LONGEST), tuple(dict.fromkeys(ts)), clip(said, LONGEST, ""), piece.message.name)

    def _with_neighbours(self, piece: Piece, weights: Weights) -> str:
        """A decision goes on in the next sentence of its message: they are one point as long as it is not too long."""
        of_it = self._weighing.reading.by_place[piece.place]
        first = last = piece.number
        while first > 0 and of_it[first - 1] in weights and _length(of_it[first - 1 : last + 1]) <= LONGEST:
            first -= 1
        while last + 1 < len(of_it) and of_it[last + 1] in weights and _length(of_it[first : last + 2]) <= LONGEST:
            last += 1
        self._taken.update(of_it[first : last + 1])
        return " ".join(one.shown for one in of_it[first : last + 1])


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(one.shown) + 1 for one in pieces)
