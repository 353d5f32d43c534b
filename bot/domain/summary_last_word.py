"""The last word counts: which pieces of a thread were reversed, moved, put right or withdrawn later in it."""

import re

from bot.domain import summary_cues as cues
from bot.domain.summary_acts import Piece, Reading
from bot.domain.summary_words import dates, numbers, plain_words, terms

LONG_TALK = 25  # words from which on a piece speaks of more than one option
BACK = 12  # messages back in which somebody's own withdrawn words are looked for
# "from A to B", "B instead of A", "not A but B": what stands in `gone` is no longer so.
_GONE = re.compile(
    r"\b(?:from|von|vom|de|du|desde|do|da|dal|van)\s+(?:the |den |dem |el |le |il )?"
    r"(?P<moved>[^.,;!?]{0,12}\d(?:[^.,;!?]|(?<=\d)\.){0,24}?)(?=\s+(?:to|auf|zum|nach|à|au|a|al|para|naar)\b)"
    r"|\b(?:instead of|rather than|statt|anstatt|au lieu d[eu]|en vez del?|em vez d[eo]|en lugar de|invece di|"
    r"in plaats van)\s+(?P<replaced>[^.,;!?]{1,30})"
    r"|\b(?:not|nicht|pas|no|não|non|niet)\s+(?P<denied>(?:the |den |dem |le |el |o )?\d[^.,;!?]{0,24}?)"
    r"(?=,?\s+(?:but|sondern|mais|sino|mas|ma|maar)\b|[.,;!?)]|$)",
    re.IGNORECASE,
)
DROPPED = re.compile(
    r"\b([A-F]) (?:is|ist|est|está) (?:now |jetzt )?"
    r"(?:off|out|dead|gone|dropped|not possible|raus|weg|vom tisch|gestrichen|"
    r"écartée?|exclue?|fuera|descartad[oa]|fora)\b"
)
_WORDS_DROPPED = re.compile(
    r"[\"“„«]([^\"”“»]{3,60})[\"”“»] (?:is|ist|est|está|can't|cannot) (?:now )?"
    r"(?:gone|out|off|dropped|go|be used|weg|raus|gestrichen|supprimée?|fuera)\b"
)
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{3,})[\"”“»]")
OPTION = re.compile(r"(?<![\w('’])([A-F])(?![\w)'’])")
_CLAUSE = re.compile(r"[,;:!?()–]\s*|\.\s+|\s-\s")
# What is dated in words of time alone has no subject.
_TIMES = frozenset(
    terms(
        "week weeks day days month months year years today tomorrow yesterday monday tuesday wednesday thursday "
        "friday saturday sunday date dates deadline morning end start woche tag tage monat jahr heute morgen "
        "gestern montag dienstag mittwoch donnerstag freitag ende semaine jour jours mois année demain hier lundi "
        "mardi mercredi jeudi vendredi fin semana día mes año mañana lunes martes miércoles jueves viernes dia "
        "mês ano amanhã segunda terça quarta quinta sexta fim agreed noted update planned plan works "
    )
)


def says_no(text: str) -> bool:
    """Whether a text denies, stops or refuses something."""
    return bool(cues.NO.search(plain_words(text)))


def gone_from(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The dates and the numbers that a text says are no longer so."""
    parts = [part for one in _GONE.finditer(plain_words(text)) for part in one.groupdict().values() if part]
    kept = numbers(_GONE.sub(" ", plain_words(text)))
    return (
        frozenset(date for part in parts for date in dates(part)),
        frozenset(number for part in parts for number in numbers(part)) - set(kept),
    )


def outdated(reading: Reading) -> set[Piece]:
    """The pieces that no longer hold at the end of the thread."""
    gone = taken_back(reading)
    for piece in reading.pieces:
        if piece.asks:
            continue
        gone |= _options_dropped(piece, reading)
        reverses = piece.does(cues.REVERSED)
        if not (reverses or dates(piece.text)):
            continue
        earlier = [one for one in reading.pieces if one.place < piece.place]
        if reverses:
            gone |= _reversed_by(piece, earlier)
        if dates(piece.text):
            gone |= _dated_anew(piece, earlier)
            if reverses:
                gone |= _dated_elsewhere(piece, earlier)
    return gone


def taken_back(reading: Reading) -> set[Piece]:
    """The pieces that somebody withdrew, and the numbers that were put right: not even objections any more."""
    gone = set[Piece]()
    for piece in reading.pieces:
        withdraws = len(piece.shown) < 80 and piece.does(cues.WITHDRAWN)
        corrects = bool(piece.numbers) and piece.does(cues.CORRECTED)
        if piece.asks or not (withdraws or corrects):
            continue
        earlier = [one for one in reading.pieces if one.place < piece.place]
        if corrects:
            gone |= _corrected_by(piece, earlier)
        if withdraws:
            gone |= _withdrawn_by(piece, earlier)
    return gone


def parked(reading: Reading) -> dict[Piece, Piece]:
    """What was put forward and then put aside, each with the piece that does so: it is open, and not decided."""
    found = dict[Piece, Piece]()
    for piece in reading.pieces:
        if not piece.does(cues.PARKED) or piece.asks:
            continue
        for one in reversed([one for one in reading.pieces if one.place < piece.place]):
            forward = one.asks or one.does(cues.PROPOSED) or one.does(cues.DELIBERATED) or one.does(_AND_A)
            if forward and one.words & piece.words - _TIMES and not one.does(cues.PARKED):
                found.setdefault(one, piece)
                break
    return found


_AND_A = re.compile(
    r"\b(?:and|plus|und|et|y|e) (?:an? |the |eine? |une? |una? |um |uma )?"
    r"(?:rule|idea|proposal|regel|idee|règle|idée|regla|regra|ideia)\b",
    re.IGNORECASE,
)


def _reversed_by(piece: Piece, earlier: list[Piece]) -> set[Piece]:
    """What it moves ("from 19 January"), and the decision that it takes back."""
    old_dates, old_numbers = gone_from(piece.text)
    gone = {
        one for one in earlier if dates(one.text) & old_dates or (one.words & piece.words and one.numbers & old_numbers)
    }
    if says_no(piece.text):
        decisions = [one for one in earlier if one.does(cues.DECIDED) and not says_no(one.text)]
        whole = frozenset(word for one in (piece,) for word in one.words)
        gone |= {one for one in decisions if len(one.words & whole) >= 1}
    return gone


def _corrected_by(piece: Piece, earlier: list[Piece]) -> set[Piece]:
    """Numbers of the same thing, other than those that are right now."""
    like = [
        one
        for one in earlier
        if one.numbers and not one.numbers & piece.numbers and len(one.words & piece.words) >= min(2, len(piece.words))
    ]
    named = [one for one in earlier if one.numbers & gone_from(piece.text)[1] and one.words & piece.words]
    own = [one for one in earlier if one.numbers and one.message.user_id == piece.message.user_id]
    return {*like, *named} or set(own[-1:])


def _withdrawn_by(piece: Piece, earlier: list[Piece]) -> set[Piece]:
    """Somebody's own last words that object or claim."""
    own = [one for one in earlier if one.message.user_id == piece.message.user_id and piece.place - one.place <= BACK]
    objections = [one for one in own if one.does(cues.OBJECTED)]
    return set((objections or own)[-1:])


def _dated_anew(piece: Piece, earlier: list[Piece]) -> set[Piece]:
    """The same thing with another date, said before."""
    settles = any(piece.does(cue) for cue in (cues.REVERSED, cues.RULED, cues.DECIDED, cues.PROMISED))
    mine = dated(piece.text) if settles else {}
    return {
        one
        for one in earlier
        if mine and any(subject in mine and not at & mine[subject] for subject, at in dated(one.text).items())
    }


def _dated_elsewhere(piece: Piece, earlier: list[Piece]) -> set[Piece]:
    """Another date of what is due; and somebody's own last date, which they move without a word of what it was for."""
    other = [one for one in earlier if dates(one.text) and not dates(one.text) & dates(piece.text) and not one.asks]
    if piece.does(cues.DUE):
        due = _TIMES | frozenset(term for text in cues.DUE.findall(piece.text) for term in terms(text))
        return {one for one in other if one.does(cues.DUE) and (one.words & piece.words) - due}
    own = [one for one in other if one.message.user_id == piece.message.user_id and piece.place - one.place <= BACK]
    return set(own[-1:])


def _options_dropped(piece: Piece, reading: Reading) -> set[Piece]:
    """What was said for an option, or for quoted words, that are off now: "C then" before "So option C is off"."""
    letters, words = set(DROPPED.findall(piece.text)), frozenset(terms(" ".join(_WORDS_DROPPED.findall(piece.text))))
    if words:
        quoting = (one for one in reading.pieces if one.place < piece.place and words <= one.words)
        return {one for one in quoting if words <= set(terms(" ".join(_QUOTED.findall(one.text))))}
    if not letters:
        return set()
    return {
        one
        for one in reading.pieces
        if one.place < piece.place and letters & set(OPTION.findall(one.text)) and len(one.words) < LONG_TALK
    }


def dated(text: str) -> dict[str, frozenset[str]]:
    """What has which dates: of each clause with a date its first word that tells something."""
    found = dict[str, frozenset[str]]()
    for clause in _CLAUSE.split(plain_words(text)):
        if at := dates(clause):
            subjects = [
                term for term in terms(clause) if term[0] != "#" and not term.startswith("month") and term not in _TIMES
            ]
            if subjects:
                found[subjects[0]] = found.get(subjects[0], frozenset()) | at
    return found
