"""How much each piece of a thread is worth as a decision, a question, an objection, an ask or a key point."""

import math
import re
from collections import Counter
from functools import cached_property

from bot.domain import summary_cues as cues
from bot.domain import summary_replies as replies
from bot.domain.summary_acts import Piece, Reading, agrees, puts_off, settles
from bot.domain.summary_decides import DECIDES, Deciding, Signs
from bot.domain.summary_last_word import outdated, parked, taken_back
from bot.domain.summary_objects import OBJECTS, Objecting
from bot.domain.summary_words import terms

TELLS_MORE = 1.5  # what lacks is an ask, unless it is so much more of a key point
PERHAPS = -1.4  # the weight from which on a piece may be a decision where there are few
CERTAIN = 1.2  # and from which on it settles a question, and is rather told as a decision than as an objection
DISSENT, STRONG = 10.0, 25.0  # points from which on it is told as dissent, and rather so than as a certain decision
Weights = dict[Piece, float]
_PLEASE = re.compile(r"\b(?:please|bitte|svp|por favor|s'il (?:te|vous) pla[iî]t)\b", re.IGNORECASE)
_QUOTE_IN_QUESTION = re.compile(
    r"\b(?:ask(?:s|ed)?|whether|ob|fragt|demande|pregunta|pergunta)\b.*[\"“„«]", re.IGNORECASE
)
_LIST = re.compile(r"\b1[.)]\s.*\b2[.)]\s", re.DOTALL)
_FIGURE = re.compile(r"\d\s?%|[$€£¥]\s?\d|\d\s?(?:k|m|bn|mio|eur|usd|chf|gbp)\b|n\s?=\s?\d", re.IGNORECASE)


class Weighing:
    """The weights of a thread's pieces, each kind in a table; a piece that is not in it is not considered."""

    def __init__(self, reading: Reading, decides: Signs = DECIDES, objects: Signs = OBJECTS) -> None:
        """Read who said what before and after; `decides` and `objects` are what the signs of either count."""
        self._decides, self._objects = decides, objects
        self.reading = reading
        self.outdated = outdated(reading)
        self._parked = parked(reading)
        self._called = {term for message in reading.thread.messages for term in terms(message.name)}
        self._spoken_of = Counter(
            word for pieces in reading.by_place.values() for word in {w for p in pieces for w in p.words}
        )
        self._backers = {piece: reading.backers(piece) for piece in reading.pieces}
        self._answered = {piece: settles(piece, reading) for piece in reading.pieces if piece.asks}
        self._answers = {answer: question for question, answer in self._answered.items() if answer}
        self.deciding = Deciding(reading, self._backers, self._answers)

    @cached_property
    def objecting(self) -> Objecting:
        """The signs of the strongest dissent."""
        return Objecting(self.reading, self._backers, self._answers, self.decision_weights)

    @cached_property
    def _followed(self) -> dict[Piece, int]:
        """How many of the next messages, by others, take up a word of it."""
        return {
            piece: len({
                one.place for one in self.reading.after(piece, 8)
                if one.message.user_id != piece.message.user_id and one.words & piece.words
            })
            for piece in self.reading.pieces
        }  # fmt: skip

    def backers(self, piece: Piece) -> list[Piece]:
        """Who said yes to it."""
        return self._backers[piece]

    def put_off_by(self, piece: Piece) -> Piece | None:
        """The reply that leaves a question open: "Good question, I'll ask Malik"."""
        replies = (one for one in self.reading.after(piece, 2) if one.message.user_id != piece.message.user_id)
        return next((one for one in replies if puts_off(one) and not one.asks), None) if piece.asks else None

    @cached_property
    def _putting_off(self) -> set[Piece]:
        """The replies that leave questions open."""
        return {reply for piece in self.reading.pieces if (reply := self.put_off_by(piece))}

    def question_before(self, piece: Piece) -> Piece | None:
        """The question that it answers."""
        return self._answers.get(piece)

    @cached_property
    def decisions(self) -> Weights:
        """What is done from now on, by whose words it is so."""
        return {piece: weight for piece, weight in self.decision_weights.items() if weight >= PERHAPS}

    @cached_property
    def decision_weights(self) -> Weights:
        """The same, with what is told at most beside such a piece."""
        weights: Weights = {}
        for piece in self.reading.pieces:
            is_open = piece in self._parked or piece in self._putting_off or self.deciding.offers(piece)
            if piece in self.outdated or is_open or not piece.terms:
                continue
            if piece.asks and not piece.does(cues.DECIDED) and not self.deciding.answer_of(piece):
                continue
            weights[piece] = self.deciding.weight(piece, self._decides)
        return weights

    @cached_property
    def questions(self) -> Weights:
        """What nobody has answered."""
        weights: Weights = {}
        for piece in self.reading.pieces:
            if piece in self.outdated or not piece.words - self._called:
                continue
            put_aside = piece in self._parked
            if piece.asks or put_aside:
                if not put_aside and self._is_settled(piece):
                    continue
                off = any(
                    puts_off(one) and one.message.user_id != piece.message.user_id
                    for one in self.reading.after(piece, 2)
                )
                weight = 2.0 + 0.8 * off + 0.6 * put_aside
            elif piece.does(cues.WONDERED) or piece.does(cues.UNDECIDED):
                weight = 1.2 + 0.8 * (piece.does(cues.PUT_OFF) or piece.does(cues.UNDECIDED))
            elif piece.does(cues.REFERRED):
                weight = 1.3
            else:
                continue
            weight += 0.15 * min(6, len(piece.words)) + 0.6 * self._late(piece)
            weight -= 1.0 * piece.does(cues.JOKED) + 1.2 * (len(piece.words) < 2) + 0.5 * piece.does(cues.DECIDED)
            weights[piece] = weight
        return weights

    @cached_property
    def objections(self) -> Weights:
        """What speaks against what is put forward or decided, and was not withdrawn."""
        return self.objecting.weights(self.speaking, self._objects)

    @property
    def speaking(self) -> list[Piece]:
        """The pieces that say something, not just yes, and were not taken back; what was overruled may object still."""
        gone = taken_back(self.reading)
        return [
            one for one in self.reading.pieces
            if one not in gone and one.words and not (agrees(one) and len(one.words) < 3)
        ]  # fmt: skip

    @cached_property
    def asks(self) -> Weights:
        """What somebody would like to have."""
        weights: Weights = {}
        for piece in self.reading.pieces:
            listed, wanted = bool(_LIST.search(piece.text)), len(cues.WANTED.findall(piece.text))
            lacking, made = piece.does(cues.LACKING), piece.does(cues.MADE_BY_MARKETING)
            if (
                piece in self.outdated
                or not piece.words
                or not (wanted or listed or (lacking and made and piece not in self._answers))
            ):
                continue
            weight = 1.0 * min(2, wanted) + 1.8 * listed + 0.3 * lacking + 0.7 * made
            weight += 0.1 * min(8, len(piece.words)) + 0.3 * self._central(piece)
            weight += 0.3 * min(2, len(self._backers[piece])) + 0.4 * (piece.asks and made)
            weight -= 1.5 * piece.does(cues.DECIDED) + 0.8 * piece.does(cues.FORBIDDEN) + 0.5 * piece.does(cues.JOKED)
            weight -= 0.7 * piece.does(cues.PROMISED) + 0.8 * (len(piece.words) < 2) + 1.0 * piece.does(cues.REVERSED)
            weight -= 1.2 * piece.does(cues.HOW_MANY)
            weight -= (
                1.0 * piece.does(cues.PARKED)
                + 0.8 * (piece in self._parked)
                + 1.0 * replies.is_refused(piece, self.reading)
            )
            if not wanted and not listed and self.key_points.get(piece, 0.0) - weight > TELLS_MORE:
                continue
            weights[piece] = weight
        return weights

    @cached_property
    def key_points(self) -> Weights:
        """What tells most: figures, causes, troubles, what many speak of and agree to."""
        weights: Weights = {}
        for piece in self.reading.pieces:
            question = self._answers.get(piece)
            if piece in self.outdated or piece.asks or not piece.terms or (agrees(piece) and not piece.numbers):
                continue
            if self.deciding.offers(piece) or _QUOTE_IN_QUESTION.search(piece.text):
                continue  # an option that may not be taken, and a claim that somebody asks about, are no facts
            size = len(piece.words)
            weight = 0.4 * min(2, len(piece.numbers)) + 0.5 * bool(_FIGURE.search(piece.text)) + 0.5 * math.log1p(size)
            weight += 0.6 * self._central(piece) + 0.5 * piece.does(cues.CAUSE) + 0.35 * piece.does(cues.TROUBLE)
            weight += (piece.place == 0) * (1.0 if piece.number == 0 else 0.5) + 0.45 * piece.does(cues.NEWS)
            weight += 0.15 * min(5, self._followed[piece])
            weight += 0.25 * min(3, len(self._backers[piece])) + 0.4 * piece.does(cues.REVERSED)
            weight += 0.3 * bool(question) - 0.5 * piece.does(cues.HEDGED) - 0.9 * piece.does(cues.JOKED)
            weight -= 0.5 * bool(cues.LEANING.match(piece.text)) * (not question) + 1.0 * piece.does(cues.PUT_OFF)
            weight -= 1.2 * (size < 3) + 0.8 * piece.text.rstrip().endswith(":")
            weight -= (
                0.5 * piece.does(cues.OBJECTED)
                + 0.6 * piece.does(_PLEASE)
                + 0.5 * (piece.does(cues.WANTED))
                + 0.5 * bool(_LIST.search(piece.text))
            )
            weights[piece] = weight
        return weights

    def _is_settled(self, question: Piece) -> bool:
        """Whether it is answered; what to do is settled by a decision alone, and a refusal is one."""
        answer = self._answered.get(question)
        if not answer or not question.does(cues.DELIBERATED):
            return bool(answer)
        return any(
            self.decisions.get(one, -math.inf) >= CERTAIN
            or one.does(cues.REFUSED)
            or (one.words & question.words and agrees(one))
            for one in self.reading.after(question, len(self.reading.thread.messages))
            if one.message.user_id != question.message.user_id
            and (one.place - question.place <= 3 or one.words & question.words)
        )

    def _central(self, piece: Piece) -> float:
        """From 0 to about 2: how much of it others speak of, too."""
        if not piece.words:
            return 0.0
        return sum(math.log(self._spoken_of[word]) for word in piece.words) / math.sqrt(len(piece.words)) / 1.5

    def _late(self, piece: Piece) -> float:
        return piece.place / max(1, len(self.reading.thread.messages) - 1)
