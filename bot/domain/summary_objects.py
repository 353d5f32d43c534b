"""What makes a message a thread's strongest dissent: the signs that speak for it and against it, and their points."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.domain import summary_cues as cues
from bot.domain import summary_replies as replies
from bot.domain.summary_acts import Piece, Reading
from bot.domain.summary_last_word import says_no

# What each sign counts, in points: a tenth of log odds, that of a thread's messages this is the strongest dissent; a
# regression on 72 threads, held near 0 and rounded (`python -m bench.summary_weights`).
OBJECTS = {
    "objected": 2.2, "averse": 3.5, "frank": 4.8, "gave way": 2.3, "harmed": 6.5, "preferred": 2.6,
    "throws back": 1.0, "tried": 3.9, "utterly": 4.2, "on behalf": 2.2, "foretold": 1.6, "belittled": 3.6,
    "compared": 2.9, "retorted": 2.5, "doubted": 1.6, "says no": 2.8, "i": 4.1, "asks": -2.8, "wanted": -1.6,
    "contrast": -1.4, "leads": -3.0, "decides": -2.6, "opened": -1.9, "objects": 3.9, "objects most": 3.4,
    "objects often": 6.3, "at an end": -4.4, "beside": 2.5, "only piece": -2.3, "long message": 2.0, "answers": -3.0,
    "after who leads": 2.9, "before who leads": 1.6, "answered by who leads": 2.2, "heard": 3.3,
    "doubted after": -2.0, "objected after": -1.2, "named after": 2.5, "taken up": 2.6, "gives way later": 0.9,
    "contrary": 1.4, "decided before": 2.7, "decided after": 2.3, "after a decision": 2.7,
}  # fmt: skip
OPPOSED = ("objected", "averse", "frank", "gave way", "harmed", "preferred")  # the signs of whoever objects ...
ARGUED = (  # ... and of how that is argued; a dissent has one of all these
    "throws back", "tried", "utterly", "on behalf", "foretold", "belittled", "compared", "retorted", "doubted",
)  # fmt: skip
AGAINST = 8  # the decisions that it is held against
NEAR, SOON, LATER = 4, 2, 15  # messages within which it is named, answered, and given up
_I = re.compile(r"\b(?:i|i'll|i'm|i've|i'd|ich|je|j'\w+|moi|yo|eu)\b", re.IGNORECASE)


class Objecting:
    """The signs of a thread's messages; each has the most that one of its pieces has."""

    def __init__(
        self,
        reading: Reading,
        backers: Mapping[Piece, Sequence[Piece]],
        answers: Mapping[Piece, Piece],
        decides: Mapping[Piece, float],
    ) -> None:
        """`decides` are the weights of the pieces as decisions."""
        self._reading, self._answers, self._decides = reading, answers, decides
        self._leads = replies.leads(reading, backers)
        self._decisions = sorted(decides, key=lambda one: -decides[one])[:AGAINST]
        self._decided_by = Counter(one.message.user_id for one in self._decisions)
        self._said = Counter(message.user_id for message in reading.thread.messages)
        names = {one.user_id: one.name.split()[0] for one in reading.thread.messages if len(one.name.strip()) > 2}
        self._names = {who: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for who, name in names.items()}
        self._own = {piece: self._by_words(piece) for piece in reading.pieces}
        self._objects = Counter[str]()
        for piece, signs in self._own.items():
            self._objects[piece.message.user_id] += sum(signs[name] > 0 for name in OPPOSED)
        self._most = max(self._objects.values(), default=0) or 1

    def weights(self, pieces: Iterable[Piece], objects: Mapping[str, float]) -> dict[Piece, float]:
        """How much speaks for each as the strongest dissent: its message, and less for all but its best piece."""
        found, of_it = dict[Piece, float](), dict[int, list[Piece]]()
        for piece in pieces:
            of_it.setdefault(piece.place, []).append(piece)
        for of_message in of_it.values():
            signs = {piece: self.signs(piece) for piece in of_message}
            most = self.of_message(list(signs.values()))
            if not any(most[name] > 0 for name in (*OPPOSED, *ARGUED)):
                continue
            own = {piece: sum(objects[name] * value for name, value in told.items()) for piece, told in signs.items()}
            whole, best = sum(objects[name] * value for name, value in most.items()), max(own.values())
            found |= {piece: whole - best + weight for piece, weight in own.items()}
        return found

    @staticmethod
    def of_message(signs: Sequence[Mapping[str, float]]) -> dict[str, float]:
        """The signs of a message, by those of its pieces."""
        return {name: max(one[name] for one in signs) for name in signs[0]}

    def signs(self, piece: Piece) -> dict[str, float]:
        """What speaks for and against it."""
        told = self._own[piece] | self._by_author(piece) | self._by_answers(piece) | self._by_decisions(piece)
        return {name: float(value) for name, value in told.items()}

    def _by_words(self, piece: Piece) -> dict[str, float]:
        """What its own words do."""

        def times(cue: re.Pattern[str]) -> int:
            return min(2, len(cue.findall(piece.text)))

        return {
            "objected": times(cues.OBJECTED),
            "averse": times(cues.AVERSE),
            "frank": piece.does(cues.FRANK),
            "gave way": piece.does(cues.GAVE_WAY),
            "harmed": times(cues.HARMED),
            "preferred": times(cues.PREFERRED),
            "throws back": replies.throws_back(piece, self._reading),
            "tried": times(cues.TRIED),
            "utterly": times(cues.UTTERLY),
            "on behalf": times(cues.ON_BEHALF),
            "foretold": times(cues.FORETOLD),
            "belittled": times(cues.BELITTLED),
            "compared": times(cues.COMPARED),
            "retorted": piece.does(cues.RETORTED),
            "doubted": times(cues.DOUBTED),
            "says no": says_no(piece.text),
            "i": bool(_I.search(piece.text)),
            "asks": piece.asks,
            "wanted": piece.does(cues.WANTED),
            "contrast": piece.does(cues.CONTRAST),
        }

    def _by_author(self, piece: Piece) -> dict[str, float]:
        """Who says it and where."""
        who, messages = piece.message.user_id, self._reading.thread.messages
        of_it = self._reading.by_place[piece.place]
        beside = sum(self._own[one][name] > 0 for one in of_it if one is not piece for name in OPPOSED)
        return {
            "leads": self._leads.get(who, 0.0),
            "decides": self._decided_by[who] / max(1, len(self._decisions)),
            "opened": who == messages[0].user_id,
            "objects": self._objects[who] / self._most,
            "objects most": self._objects[who] == self._most,
            "objects often": self._objects[who] / self._said[who],
            "at an end": (2 * piece.place / max(1, len(messages) - 1) - 1) ** 2,
            "beside": min(3, beside) / 3,
            "only piece": len(of_it) == 1,
            "long message": min(60, len(piece.message.text.split())) / 60,
        }

    def _by_answers(self, piece: Piece) -> dict[str, float]:
        """What others say before and after it."""
        who = piece.message.user_id
        after = self._others(self._reading.after(piece, NEAR), who)
        before = self._others(self._reading.before(piece, SOON), who)
        soon = [one for one in after if one.place - piece.place <= SOON]
        heard = [one for one in soon if one.number == 0 and one.does(cues.HEARD)]
        further = self._others(self._reading.after(piece, 2 * NEAR), who)
        taken_up = {one.place for one in further if one.words & piece.words}
        name = self._names.get(who)
        own_later = (one for one in self._reading.after(piece, LATER) if one.message.user_id == who)
        return {
            "answers": piece in self._answers,
            "after who leads": self._most_leading(before),
            "before who leads": self._most_leading(soon),
            "answered by who leads": self._most_leading([one for one in soon if one.words & piece.words]),
            "heard": bool(heard),
            "doubted after": any(one.does(cues.DOUBTED) for one in soon),
            "objected after": any(one.does(cues.OBJECTED) or one.does(cues.RETORTED) for one in soon),
            "named after": name is not None and any(name.search(one.text) for one in after),
            "taken up": min(4, len(taken_up)) / 4,
            "gives way later": any(self._own[one]["gave way"] or one.does(cues.AGREED) for one in own_later),
        }

    def _by_decisions(self, piece: Piece) -> dict[str, float]:
        """How it stands to what others decide."""
        who = piece.message.user_id
        of_it = [one for one in self._decisions if one.message.user_id != who and one.words & piece.words]
        before = self._others(self._reading.before(piece, SOON), who)
        return {
            "contrary": min(3, sum(replies.is_contrary(piece, one) for one in self._decisions)) / 3,
            "decided before": any(one.place < piece.place for one in of_it),
            "decided after": any(one.place > piece.place for one in of_it),
            "after a decision": any(self._decides.get(one, -1.0) > 0 for one in before),
        }

    def _most_leading(self, pieces: Iterable[Piece]) -> float:
        return max((self._leads.get(one.message.user_id, 0.0) for one in pieces), default=0.0)

    @staticmethod
    def _others(pieces: Iterable[Piece], who: str) -> list[Piece]:
        return [one for one in pieces if one.message.user_id != who]
