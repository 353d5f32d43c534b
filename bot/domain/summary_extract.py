"""A summary without a language model: the thread's own sentences, chosen for what they do, tell and add."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.domain import summary_cues as cues
from bot.domain.summary import Message, Point, Summary, Thread
from bot.domain.summary_acts import Piece, read
from bot.domain.summary_decides import DECIDES, Signs
from bot.domain.summary_objects import OBJECTS
from bot.domain.summary_weight import CERTAIN, DISSENT, PERHAPS, STRONG, Weighing, Weights
from bot.domain.summary_words import is_said
from bot.domain.text import clip

# How alike two of some texts are, by their places: up to 1.
Likeness = Callable[[Sequence[str]], Callable[[int, int], float]]
LINES, WIDTH = 25, 120  # a screen: lines, and the characters in one
LONGEST, DECISION_LONGEST = 230, 300  # characters of a point, and of a decision, which may take several sentences
ASKED, OPEN = 1.0, 1.5  # the least weight of an ask and of an open question
DECISION, JOINED = -0.6, -2.5  # a decision's least weight, if half of the room is full; and beside one in its message
SAME_MESSAGE = 1.0  # what a second decision of the same message lacks
SHORT_DECISION = 10  # words that tell something, under which a decision is told with what it speaks of
SHARE = 0.6  # of the thread's characters, up to which points are told with the sentences beside them
FEW_WORDS, SAME = 4, 0.75  # words under which sharing makes no more alike; likeness from which on two say the same
LONG_THREAD, STRETCH = 30, 6  # messages: from where on a thread is long, and what belongs together in it


@dataclass(frozen=True)
class Room:
    """How many points of each kind a thread of so many messages gets."""

    key_points: int
    decisions: int
    open_questions: int
    asks: int


@dataclass
class Span:
    """Neighbouring pieces of one message that are told as one point, with what they answer and what answers them."""

    pieces: list[Piece]
    weight: float
    before: tuple[str, Message] | None = None  # words that are told before them, and their message
    after: Piece | None = None

    def joined(self, one: Piece) -> list[Piece]:
        """Its pieces with another one of the message; unchanged if pasted words stand between them."""
        pieces = sorted([*self.pieces, one], key=lambda piece: piece.number)
        return pieces if is_said(" ".join(piece.text for piece in pieces), one.message.text) else self.pieces

    @property
    def length(self) -> int:
        """Its characters."""
        return sum(len(one.shown) + 1 for one in self.pieces)


@dataclass
class Chosen:
    """The spans of each part, in the thread's order."""

    key_points: list[Span] = field(default_factory=list)
    decisions: list[Span] = field(default_factory=list)
    open_questions: list[Span] = field(default_factory=list)
    dissent: list[Span] = field(default_factory=list)
    asks: list[Span] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """All of them, those that gain most by their neighbours first."""
        return [*self.decisions, *self.asks, *self.key_points, *self.dissent, *self.open_questions]


def room_for(messages: int) -> Room:
    """A summary is shorter than what it sums up, and never longer than a screen."""
    if messages <= 3:
        return Room(2, 1, 1, 1)
    root = messages**0.5
    return Room(
        key_points=min(8, 1 + round(root)),
        decisions=min(9, 5 + round(root / 2)),
        open_questions=1 if messages <= 12 else 2,
        asks=1 if messages <= 6 else 2 if messages <= 14 else 3,
    )


def extract(thread: Thread, likeness: Likeness, decides: Signs = DECIDES, objects: Signs = OBJECTS) -> Summary:
    """Sum up a thread in its own words; the same thread gives the same summary."""
    weighing = Weighing(read(thread), decides, objects)
    choice, room, chosen = _Choice(weighing, likeness), room_for(len(thread.messages)), Chosen()
    chosen.dissent = choice.take(weighing.objections, 1, least=DISSENT)
    for span in chosen.dissent:  # "February it is, grudgingly" decides and objects
        if weighing.decisions.get(span.pieces[0], -math.inf) >= CERTAIN and span.weight < STRONG:
            choice.give_back(span)
    chosen.decisions = choice.take(weighing.decisions, room.decisions, least=PERHAPS)
    if any(span.pieces[0] in decision.pieces for span in chosen.dissent for decision in chosen.decisions):
        chosen.dissent = choice.take(weighing.objections, 1, least=DISSENT)
    for span in chosen.dissent:
        choice.mark(span.pieces[0])
    chosen.open_questions = choice.take(weighing.questions, room.open_questions, least=OPEN)
    chosen.asks = choice.take(weighing.asks, room.asks, least=ASKED)
    chosen.key_points = choice.take(weighing.key_points, room.key_points, least=0.7)
    made = choice.summary(chosen)
    while lines_of(made) > LINES and (droppable := chosen.key_points + chosen.asks[2:]):
        worst = min(droppable, key=lambda span: span.weight / math.ceil(span.length / WIDTH))
        chosen.key_points = [span for span in chosen.key_points if span is not worst]
        chosen.asks = [span for span in chosen.asks if span is not worst]
        made = choice.summary(chosen)
    while lines_of(made) > LINES and chosen.decisions:
        chosen.decisions.remove(min(chosen.decisions, key=lambda span: span.weight))
        made = choice.summary(chosen)
    return _widened(chosen, choice, made)


def lines_of(summary: Summary) -> int:
    """How many lines of WIDTH characters a summary takes, with a heading for each part and the names."""
    parts = (summary.key_points, summary.decisions, summary.open_questions, summary.dissent, summary.asks)
    words = sum(math.ceil((len(one.text) + len(one.by) + 4) / WIDTH) for one in summary.points)
    return words + sum(bool(part) for part in parts)


def _widened(chosen: Chosen, choice: "_Choice", made: Summary) -> Summary:
    """Tell points with the sentence before or after, as far as the screen and SHARE allow."""
    whole = sum(len(one.text) for one in choice.thread.messages)
    for span in chosen.spans:
        for beside in choice.beside(span):
            kept, span.pieces = span.pieces, span.joined(beside)
            if span.pieces is kept:
                continue
            wider = choice.summary(chosen)
            told = sum(len(one.text) for one in wider.points)
            longest = DECISION_LONGEST if span in chosen.decisions else LONGEST
            if span.length > longest or lines_of(wider) > LINES or told > SHARE * whole:
                span.pieces = kept
                continue
            made = wider
            choice.mark(beside)
            if span not in chosen.decisions:
                break
    return made


class _Choice:
    """Pieces taken one after another, the weightiest first, and none that says again what one of them says."""

    def __init__(self, weighing: Weighing, likeness: Likeness) -> None:
        self._weighing, self.thread = weighing, weighing.reading.thread
        self._pieces = weighing.reading.pieces
        self._places = {piece: place for place, piece in enumerate(self._pieces)}
        self._likeness = likeness([piece.shown for piece in self._pieces])
        self._taken, self._given_back, self._options = set[Piece](), set[Piece](), set[str]()
        self._closest = dict.fromkeys(self._pieces, 0.0)

    def take(self, weights: Weights, most: int, *, least: float) -> list[Span]:
        """The best of them, in the thread's order; key points differ from all that is told, others from their like."""
        found = list[Span]()
        closest = self._closest if weights is self._weighing.key_points else dict.fromkeys(self._pieces, 0.0)
        while len(found) < most and (best := self._best(weights, closest, least)):
            span = self._joined(best) if weights is self._weighing.decisions else Span([best], weights[best])
            if weights is self._weighing.decisions and span.weight < DECISION and len(found) >= most // 2:
                break
            self._in_context(span, weights)
            found.append(span)
            for piece in span.pieces:
                self.mark(piece)
                if closest is not self._closest:
                    closest = {one: max(near, self._shared(one, piece)) for one, near in closest.items()}
        return sorted(found, key=lambda span: (span.pieces[0].place, span.pieces[0].number))

    def _best(self, weights: Weights, closest: dict[Piece, float], least: float) -> Piece | None:
        spread = weights is self._weighing.key_points
        told = {one.place for one in self._taken} if weights is self._weighing.decisions else set()
        worth = {
            piece: value
            for piece, weight in weights.items()
            if piece not in self._taken and closest[piece] < SAME
            and (value := weight - 1.2 * closest[piece] - spread * self._crowded(piece)
                      - SAME_MESSAGE * (piece.place in told)) >= least
        }  # fmt: skip
        return max(worth, key=lambda one: (worth[one], -one.place, -one.number), default=None)

    def mark(self, piece: Piece) -> None:
        """It is told; what says the same is worth less."""
        self._taken.add(piece)
        for one in self._closest:
            self._closest[one] = max(self._closest[one], self._shared(one, piece))

    def give_back(self, span: Span) -> None:
        """It may be told once more, by itself."""
        self._taken.difference_update(span.pieces)
        self._given_back.update(span.pieces)

    def beside(self, span: Span) -> list[Piece]:
        """The pieces beside a span in its message that may be told with it; the one that it leans on first."""
        of_it = self._weighing.reading.by_place[span.pieces[0].place]
        first, last = span.pieces[0].number, span.pieces[-1].number
        before, after = ([one for one in of_it if one.number == number] for number in (first - 1, last + 1))
        found = before + after if cues.LEANING.match(span.pieces[0].text) else after + before
        return [one for one in found if one not in self._taken and one not in self._weighing.outdated]

    def summary(self, chosen: Chosen) -> Summary:
        """What is chosen, as a summary."""
        return Summary(
            key_points=self._points(chosen.key_points),
            decisions=self._points(chosen.decisions),
            open_questions=self._points(chosen.open_questions),
            dissent=next(iter(self._points(chosen.dissent)), None),
            asks=self._points(chosen.asks),
            messages=len(self.thread.messages),
        )

    def _points(self, spans: Sequence[Span]) -> tuple[Point, ...]:
        return tuple(self._point(span) for span in spans)

    def _in_context(self, span: Span, weights: Weights) -> None:
        """Find what it answers, where it says little without, and what answers it; each is told once."""
        first, last = span.pieces[0], span.pieces[-1]
        question = self._weighing.question_before(first)
        decides = weights is self._weighing.decisions
        option = self._weighing.deciding.option_of(first) if decides else None
        if option and option[0] not in self._options:
            span.before = option
            self._options.add(option[0])
        elif question and question not in self._taken and (len(first.words) < 5 or cues.LEANING.match(first.text)):
            span.before = question.shown, question.message
            self._taken.add(question)
        elif decides and not last.asks and (said := self._spoken_of_before(span)):
            span.before = said.shown, said.message
            self._taken.add(said)
        if weights is self._weighing.questions:
            span.after = self._weighing.put_off_by(last)
        elif decides and last.asks:
            span.after = self._weighing.deciding.answer_of(last)
        if span.after and (span.before or span.after in self._taken or span.length + len(span.after.shown) > LONGEST):
            span.after = None
        elif span.after:
            self._taken.add(span.after)

    def _spoken_of_before(self, span: Span) -> Piece | None:
        """What a short decision speaks of: "Taking it." after "What about the corner plot?"."""
        first = span.pieces[0]
        if sum(len(one.words) for one in span.pieces) >= SHORT_DECISION or first.number:
            return None
        forward = (cues.PROPOSED, cues.OFFERED, cues.WANTED, cues.PROMISED, cues.DELIBERATED, cues.OBJECTED)
        leans = len(first.words) < FEW_WORDS or bool(cues.LEANING.match(first.text))
        before = [
            one for one in self._weighing.reading.before(first, 3)
            if one.message.user_id != first.message.user_id and one not in self._taken and len(one.words) > 2
            and one not in self._weighing.outdated | self._given_back and not one.does(cues.JOKED)
            and not self._weighing.deciding.offers(one)
            and self._weighing.asks.get(one, 0.0) < ASKED and self._weighing.questions.get(one, 0.0) < OPEN
            and (leans or one.words & first.words or one.asks or any(one.does(cue) for cue in forward))
        ]  # fmt: skip
        return max(before, key=lambda one: (len(one.words & first.words), one.place, one.number), default=None)

    def _point(self, span: Span) -> Point:
        """A span as a claim, in its context."""
        first, ts = span.pieces[0], [span.pieces[0].message.ts]
        text = said = " ".join(one.shown for one in span.pieces)
        if span.before:
            text, ts = f"{clip(span.before[0], LONGEST // 2)} → {said}", [span.before[1].ts, *ts]
        text = clip(text, DECISION_LONGEST)
        if span.after:
            text, ts = f"{text} → {span.after.shown}", [*ts, span.after.message.ts]
        for piece in span.pieces:
            if any(piece.does(cue) for cue in (cues.PROPOSED, cues.OFFERED, cues.PROMISED, cues.ORDERED)):
                ts += [one.message.ts for one in self._weighing.backers(piece)[:2]]
        return Point(text, tuple(dict.fromkeys(ts)), clip(said, DECISION_LONGEST, ""), first.message.name)

    def _joined(self, piece: Piece) -> Span:
        """With what lays down beside it in its message, as long as the whole is not too long."""
        of_it, weights = self._weighing.reading.by_place[piece.place], self._weighing.decision_weights
        span = Span([piece], weights[piece])
        while True:
            first, last = span.pieces[0].number, span.pieces[-1].number
            near = [of_it[number] for number in (first - 1, last + 1) if 0 <= number < len(of_it)]
            fit = [
                one for one in near
                if one not in self._taken and weights.get(one, -math.inf) >= JOINED
                and span.length + len(one.shown) < DECISION_LONGEST
            ]  # fmt: skip
            if not fit:
                return span
            best = max(fit, key=lambda one: weights[one])
            if (joined := span.joined(best)) is span.pieces:
                return span
            span.pieces = joined

    def _crowded(self, piece: Piece) -> float:
        """In a long thread: how much has been taken from the same stretch of it."""
        if len(self.thread.messages) <= LONG_THREAD:
            return 0.0
        near = sum(max(0.0, 1 - abs(one.place - piece.place) / STRETCH) for one in self._taken)
        return min(1.2, 0.5 * near)

    def _shared(self, one: Piece, other: Piece) -> float:
        fewer = max(FEW_WORDS, min(len(one.words), len(other.words)))
        words = len(one.words & other.words) / fewer
        return max(0.8 * words, self._likeness(self._places[one], self._places[other]))
