"""What makes a piece of a thread a decision: the signs that speak for it and against it, and what each counts."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.domain import summary_cues as cues
from bot.domain import summary_replies as replies
from bot.domain.summary import Message
from bot.domain.summary_acts import Piece, Reading, agrees
from bot.domain.summary_last_word import DROPPED, OPTION, gone_from, says_no
from bot.domain.summary_words import plain_words, terms

Signs = Mapping[str, float]  # what is counted, by the names of signs
ALWAYS = "always"  # the sign that every piece has
# What each sign counts, as log odds: a logistic regression on the decisions of 73 threads, held near what was reckoned
# by hand and rounded (`python -m bench.summary_weights`, which tells, too, what it finds in threads left out of it).
DECIDES = {
    ALWAYS: -3.4,
    # its words
    "decided": 1.9, "ruled": 0.9, "forbidden": 0.6, "promised": 1.0, "ordered": 0.8, "then": 1.1, "moved": 1.6,
    "allowed": 0.2, "done": 0.4, "doing": 0.9, "everybody": 0.3, "nothing of it": 0.9, "headed": 0.9, "picks": 0.5,
    "now": 0.9, "by": 0.7, "when": 0.4, "contrast": 0.4, "done by": 0.5, "called on": 1.1, "names": 0.6,
    "proposed": 1.1, "wanted": -0.4, "objected": -1.2, "hedged": -1.3, "joked": -1.3, "put off": -0.8,
    "referred": -0.3, "wondered": -1.4, "asked": -1.6, "listed": -1.5, "news": -0.5, "describes": -0.7, "my": -0.5,
    "i": -0.3, "agrees": 0.2, "short": -1.2, "long": 1.4,
    # where it stands
    "late": 2.2, "first": -2.0, "goes on": 1.6, "beside": 0.7, "long message": 0.5, "last piece": -0.3,
    "only piece": 0.2, "spoken of": 1.3, "taken up": -0.6, "said again": -0.6,
    # who says it, and what others answer
    "leads": 0.4, "backed": 0.6, "proposed and backed": 1.0, "granted": 0.4, "granted by who leads": 0.5,
    "reply is short": 0.3, "answers what to do": 1.5,
}  # fmt: skip
LAYING_DOWN = (
    cues.RULED, cues.FORBIDDEN, cues.ORDERED, cues.ALLOWED, cues.DECIDED, cues.PROMISED, cues.THEN, cues.EVERYBODY,
    cues.NOTHING_OF_IT,
)  # fmt: skip
FAR = 15  # messages before and after, in which the same is looked for
_LISTED = re.compile(r"\b1[.)]\s.*\b2[.)]\s", re.DOTALL)
_LETTER = re.compile(r"(?:^|(?<=[\s(:]))([A-Fa-f])\)")
_PICKED = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|right|good|fine|well|gut|bon|bien|vale|so|then|dann|alors|entonces)[,.]? )?"
    r"((?:\S+ ){0,2}[^\s.,!:]+)"
    r"(?: then| it is| it stays| also| dann| donc| pues)?(?:[.!,]|$| \()",
    re.IGNORECASE,
)
_HEADED = re.compile(r"^\W*(?:[\w'’-]+ ){0,3}[\w'’-]+: \w")
_I = re.compile(r"\b(?:i|i'll|i'm|i've|i'd|ich|je|j'\w+|yo|eu)\b", re.IGNORECASE)


class Deciding:
    """The signs of a thread's pieces."""

    def __init__(
        self, reading: Reading, backers: Mapping[Piece, Sequence[Piece]], answers: Mapping[Piece, Piece]
    ) -> None:
        self._reading, self._backers, self._answers = reading, backers, answers
        names = replies.names_of(reading)
        self._done_by, self._called_on = cues.done_by(names), cues.called_on(names)
        self._leads = replies.leads(reading, backers)
        self._offered = _offered(reading)
        messages = reading.thread.messages
        self._names = {one.name.split()[0]: one.user_id for one in messages if len(one.name.strip()) > 2}

    def weight(self, piece: Piece, decides: Mapping[str, float]) -> float:
        """How much speaks for a decision: from 0 on rather more than against it."""
        return sum(decides[name] * value for name, value in self.signs(piece).items())

    def signs(self, piece: Piece) -> dict[str, float]:
        """What speaks for and against it."""
        return {name: float(value) for name, value in (self._by_words(piece) | self._by_place(piece)).items()}

    def _by_words(self, piece: Piece) -> dict[str, float]:
        """What its own words do."""
        return {
            ALWAYS: 1.0,
            "decided": piece.does(cues.DECIDED),
            "ruled": min(2, len(cues.RULED.findall(piece.text))),
            "forbidden": piece.does(cues.FORBIDDEN),
            "promised": piece.does(cues.PROMISED),
            "ordered": piece.does(cues.ORDERED),
            "then": piece.does(cues.THEN),
            "moved": bool(gone_from(piece.text)[0]),
            "proposed": piece.does(cues.PROPOSED),
            "done by": bool(self._done_by.search(piece.text)),
            "called on": bool(self._called_on.search(piece.text)),
            "objected": piece.does(cues.OBJECTED),
            "hedged": piece.does(cues.HEDGED),
            "joked": piece.does(cues.JOKED),
            "put off": piece.does(cues.PUT_OFF),
            "referred": piece.does(cues.REFERRED),
            "wondered": piece.does(cues.WONDERED) or piece.does(cues.UNDECIDED),
            "short": len(piece.words) < 3,
            "long": min(12, len(piece.words)) / 12,
            "listed": bool(_LISTED.search(piece.text)),
            "agrees": agrees(piece),
            "news": piece.does(cues.NEWS),
            "allowed": piece.does(cues.ALLOWED),
            "done": piece.does(cues.DONE),
            "doing": piece.does(cues.DOING),
            "now": piece.does(cues.NOW),
            "my": piece.does(cues.MY),
            "describes": piece.does(cues.DESCRIBES),
            "by": piece.does(cues.BY),
            "when": piece.does(cues.WHEN),
            "contrast": piece.does(cues.CONTRAST),
            "everybody": piece.does(cues.EVERYBODY),
            "nothing of it": piece.does(cues.NOTHING_OF_IT) and len(piece.words) > 0,
            "headed": bool(_HEADED.search(piece.text)),
            "i": bool(_I.search(piece.text)),
        }

    def _by_place(self, piece: Piece) -> dict[str, float]:
        """What was said before and after it, and by whom."""
        question, backers = self._answers.get(piece), self._backers[piece]
        of_it = self._reading.by_place[piece.place]
        before = [one for one in of_it if one.number == piece.number - 1]
        what_to_do = question is not None and (question.does(cues.PERMISSION) or question.does(cues.DELIBERATED))
        granting = replies.granted_by(piece, self._reading)
        leads = self._leads.get(piece.message.user_id, 0.0)
        reply = next((one for one in self._reading.after(piece, 1)), None)
        other = reply is not None and reply.message.user_id != piece.message.user_id
        answer, named = self.answer_of(piece), self._named(piece)
        earlier = self._of_the_same(self._reading.before(piece, FAR), piece)
        later = self._of_the_same(self._reading.after(piece, FAR), piece)
        return {
            "goes on": bool(before) and before[0].does(cues.DECIDED),
            "proposed and backed": (piece.does(cues.PROPOSED) or piece.does(cues.OFFERED)) and bool(backers),
            "backed": min(2, len(backers)),
            "answers what to do": what_to_do
            and (piece.does(cues.YES) or piece.does(cues.REFUSED) or says_no(piece.text)),
            "late": self._late(piece) ** 2,
            "wanted": piece.does(cues.WANTED) and not backers,
            "first": piece.place == 0,
            "leads": leads,
            "granted": bool(granting),
            "granted by who leads": max((self._leads.get(one.message.user_id, 0.0) for one in granting), default=0.0),
            "reply is short": other and reply is not None and len(reply.message.text.split()) <= 4,
            "asked": piece.asks and answer is None,
            "spoken of": min(4, earlier) / 4,
            "taken up": min(4, later) / 4,
            "said again": self._is_said_again(piece),
            "last piece": piece.is_last,
            "only piece": len(of_it) == 1,
            "picks": self._picks(piece),
            "beside": self._beside(piece),
            "names": bool(named),
            "long message": min(60, len(piece.message.text.split())) / 60,
        }

    def _of_the_same(self, pieces: Iterable[Piece], piece: Piece) -> int:
        """How many messages of others among the pieces share words with it."""
        return len({
            one.place for one in pieces
            if one.message.user_id != piece.message.user_id and len(one.words & piece.words) >= 2
        })  # fmt: skip

    def _is_said_again(self, piece: Piece) -> bool:
        """Whether most of its words are said once more."""
        most = max(2, round(0.6 * len(piece.words)))
        return any(len(one.words & piece.words) >= most and not one.asks for one in self._reading.after(piece, FAR))

    def _lays_down(self, piece: Piece) -> int:
        """How many ways of laying down are in it."""
        return sum(piece.does(cue) for cue in LAYING_DOWN) if not piece.asks else 0

    def _picks(self, piece: Piece) -> bool:
        """Whether it begins with one to three words that were spoken of before: "Antwerp then.", "The 19th it is."."""
        found = _PICKED.match(piece.shown)
        if not found or piece.number or piece.asks or agrees(piece):
            return False
        told = set(terms(found[1])) | set(OPTION.findall(found[1]))
        before = {term for one in self._reading.before(piece, FAR) for term in (*one.terms, *OPTION.findall(one.text))}
        return bool(told) and told <= before

    def _beside(self, piece: Piece) -> float:
        """From 0 to 1: how much the other sentences of its message lay down."""
        others = (one for one in self._reading.by_place[piece.place] if one is not piece)
        return min(4, sum(self._lays_down(one) for one in others)) / 4

    def _named(self, piece: Piece) -> set[str]:
        """Those who speak in the thread, and are named in it."""
        words = set(re.findall(r"[^\W\d_]+", piece.text))
        return {who for name, who in self._names.items() if name in words and who != piece.message.user_id}

    def option_of(self, piece: Piece) -> tuple[str, Message] | None:
        """The words of the option that it names by its letter ("C then"), and the message that offers it."""
        letters = [letter for letter, place in self._offered.items() if place < piece.place]
        named = set(letters) & set(OPTION.findall(piece.text)) - set(DROPPED.findall(piece.text))
        if len(named) != 1 or piece.asks:
            return None
        letter = named.pop()
        message, end = (
            self._reading.thread.messages[self._offered[letter]],
            r"[;,.:]?\s*(?:or |oder |ou |o )?\(?[A-F]\)|$",
        )
        told = re.search(rf"\(?{letter}\).*?(?={end})", plain_words(message.text), re.IGNORECASE)
        return (told[0], message) if told else None

    def offers(self, piece: Piece) -> bool:
        """Whether it is an option of a list: "B) we wait"."""
        return piece.place in self._offered.values() and bool(_LETTER.search(piece.text))

    def answer_of(self, piece: Piece) -> Piece | None:
        """The short yes or no of somebody else to what it asks."""
        forward = any(piece.does(cue) for cue in (cues.PERMISSION, cues.DELIBERATED, cues.PROPOSED, cues.OFFERED))
        answers = (*replies.granted_by(piece, self._reading), *replies.refused_by(piece, self._reading))
        return min(answers, key=lambda one: one.place, default=None) if forward and piece.asks else None

    def _late(self, piece: Piece) -> float:
        return piece.place / max(1, len(self._reading.thread.messages) - 1)


def _offered(reading: Reading) -> dict[str, int]:
    """The letters of options, and the message that offers each."""
    found = dict[str, int]()
    for place, message in enumerate(reading.thread.messages):
        letters = {letter.upper() for letter in _LETTER.findall(message.text)}
        if len(letters) > 1 or (letters and found):
            for letter in letters:
                found.setdefault(letter, place)
    return found
