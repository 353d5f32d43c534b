"""Ballots of named and confidential pulses: cast, changed until the close, counted, and read for the result (P5)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as sql
from sqlmodel import Session, SQLModel, col, delete, func, insert, select

from bot.access import NOT_FOUND
from bot.domain.pulse import questions_from_json
from bot.domain.pulse_answer import PulseAnswer, answers_from_json, check_answers, screened
from bot.domain.pulse_numbers import Ballot, PulseResult, Turnout
from bot.domain.pulse_result import read_result
from bot.errors import BotError
from storage.db import run_statement
from storage.people import Person
from storage.pulse import Pulse, PulseBallot, PulseInvitation, count_invited, list_invited
from storage.turns import take_turn

NOT_INVITED = "This pulse asks other people, so your answer can't be counted. Whoever asks chose who is invited."
CLOSED = "This pulse has closed, so your answer was not counted any more."
CANCELLED = "This pulse was cancelled, so nothing is counted."


def require_open(
    session: Session, *, team_id: str, pulse_id: int, user_id: str, now: datetime, holds: bool = True
) -> Pulse:
    """The pulse, for somebody who may answer it now; until this transaction ends nobody can close it.

    Many may be in here at once, so that votes do not wait for each other. From `closes_at` on nothing is taken, also
    where the close has not been done yet. Without `holds` it is only looked at, and may be closed meanwhile.

    Raises:
        BotError: there is none, it has ended, or it does not ask this person.
    """
    row = session.exec(_HELD if holds else _SEEN, params={"team": team_id, "pulse": pulse_id}).first()
    if row is None or row.state == "planned":
        raise BotError(NOT_FOUND)
    if row.state == "cancelled":
        raise BotError(CANCELLED)
    if not is_invited(session, row, user_id=user_id):
        raise BotError(NOT_INVITED)
    if row.state == "closed" or now >= row.closes_at:
        raise BotError(CLOSED)
    return row


def is_invited(session: Session, row: Pulse, *, user_id: str) -> bool:
    """Whether a pulse asks this person."""
    return run_statement(session, _INVITED, team=row.team_id, pulse=row.id, user=user_id).first() is not None


def record_ballot(
    session: Session, *, team_id: str, pulse_id: int, user_id: str, answers: Sequence[PulseAnswer], now: datetime
) -> bool:
    """Keep what somebody answers, in the place of what they answered before; False if they had.

    Raises:
        BotError: as `require_open`, or an answer cannot be kept (its `field` is "answer0" and so on).
        ValueError: the pulse is anonymous; its ballots have a box of their own.
    """
    row = require_open(session, team_id=team_id, pulse_id=pulse_id, user_id=user_id, now=now)
    for field, sentence in check_answers(questions_from_json(row.questions), answers).items():
        raise BotError(sentence, field=field)
    return replace_ballot(session, row, user_id=user_id, answers=answers, now=now)


def replace_ballot(
    session: Session, row: Pulse, *, user_id: str, answers: Sequence[PulseAnswer], now: datetime
) -> bool:
    """The same with a row of `require_open` and answers that were checked.

    Raises:
        ValueError: the pulse is anonymous.
    """
    if row.privacy == "anonymous":
        raise ValueError("ballots of an anonymous pulse are not kept here")
    take_turn(session, team_id=row.team_id, of=f"ballot {row.id} {user_id}")
    before = run_statement(session, _FORGET, team=row.team_id, pulse=row.id, user=user_id).rowcount
    same = {"team_id": row.team_id, "pulse_id": row.id, "user_id": user_id, "answered_at": now}
    rows = []
    for one in screened(answers):
        said = {"question": one.question, "text": one.text, "held_for": one.held_for or None}
        rows += [same | said | {"choice": choice} for choice in one.choices or (0,)]
    session.connection().execute(_KEEP, rows)
    return not before


def list_own(session: Session, row: Pulse, *, user_id: str) -> tuple[PulseAnswer, ...]:
    """What somebody has answered, in the order of the questions; held words too, which they wrote themselves."""
    theirs = (col(PulseBallot.pulse_id) == row.id, col(PulseBallot.user_id) == user_id)
    query = sql(*_COLUMNS).where(col(PulseBallot.team_id) == row.team_id, *theirs)
    return _answers(tuple(one) for one in session.execute(query.order_by(*_ORDER)))


def count_answered(session: Session, row: Pulse) -> int:
    """How many people have answered; unless the pulse is named, `bot.domain.pulse.in_steps` before anybody sees it."""
    query = select(func.count(func.distinct(col(PulseBallot.user_id)))).where(PulseBallot.team_id == row.team_id)
    return int(session.exec(query.where(PulseBallot.pulse_id == row.id)).one())


def count_held(session: Session, row: Pulse) -> int:
    """How many people's words are on hold; only for the asker of a named pulse."""
    query = select(func.count(func.distinct(col(PulseBallot.user_id)))).where(PulseBallot.team_id == row.team_id)
    return int(session.exec(query.where(PulseBallot.pulse_id == row.id, col(PulseBallot.held_for).is_not(None))).one())


def list_silent(session: Session, row: Pulse) -> list[str]:
    """Those who are invited and have not answered, for reminders."""
    theirs = (PulseBallot.team_id == row.team_id, PulseBallot.pulse_id == row.id)
    answered = select(PulseBallot.user_id).where(*theirs)
    query = select(PulseInvitation.user_id).where(PulseInvitation.team_id == row.team_id)
    query = query.where(PulseInvitation.pulse_id == row.id, col(PulseInvitation.user_id).not_in(answered))
    return list(session.exec(query.order_by(PulseInvitation.user_id)))


def read_pulse(session: Session, row: Pulse, *, by_name: bool = False) -> PulseResult:
    """What a named or confidential pulse came to; with `by_name` as only whoever asked in a named one may see it.

    Raises:
        ValueError: names are asked for and the pulse promised that there are none; or it is anonymous.
    """
    if row.privacy == "anonymous" or (by_name and row.privacy != "named"):
        raise ValueError("this pulse does not tell that")
    regions = list_invited(session, row)
    ballots = _list_ballots(session, row, regions)
    answered = Counter(one.group or "" for one in ballots)
    turnout = [Turnout(group, invited, answered[group]) for group, invited in sorted(Counter(regions.values()).items())]
    return read_result(questions_from_json(row.questions), turnout=turnout, ballots=ballots, by_name=by_name)


def read_box(session: Session, row: Pulse, contents: Sequence[str] | None) -> PulseResult:
    """What an anonymous pulse came to by the contents of its box; None where the box was lost, and with it all answers.

    Nobody knows any more from which region a ballot is, nor does the result tell of regions.
    """
    ballots = [Ballot(answers_from_json(one)) for one in contents or ()]
    turnout = [Turnout("", count_invited(session, row), len(ballots))]
    return read_result(questions_from_json(row.questions), turnout=turnout, ballots=ballots)


def _list_ballots(session: Session, row: Pulse, regions: Mapping[str, str]) -> list[Ballot]:
    """Those of a pulse that closes: columns alone, and without joins, as everybody waits for it."""
    names = dict.fromkeys(regions, "")
    if row.privacy == "named":
        known = sql(col(Person.user_id), col(Person.name)).where(col(Person.team_id) == row.team_id)
        names = {user_id: user_id for user_id in regions} | {one[0]: one[1] for one in session.execute(known) if one[1]}
    query = sql(col(PulseBallot.user_id), *_COLUMNS).where(col(PulseBallot.team_id) == row.team_id)
    found = session.execute(query.where(col(PulseBallot.pulse_id) == row.id)).all()
    ballots = []
    for user_id, given in groupby(sorted(found, key=lambda one: tuple(one[:3])), key=lambda one: one[0]):
        ballots.append(Ballot(_answers(one[1:] for one in given), regions[user_id], names[user_id]))
    return ballots


def _answers(given: Iterable[Sequence[Any]]) -> tuple[PulseAnswer, ...]:
    """From `_COLUMNS` in `_ORDER`."""
    found = []
    for question, these in groupby(given, key=lambda one: one[0]):
        choices, texts, held = zip(*(one[1:] for one in these), strict=True)
        text = texts[0]
        found.append(PulseAnswer(question, () if text else choices, text, held[0] or ""))
    return tuple(found)


_COLUMNS: Any = (col(PulseBallot.question), col(PulseBallot.choice), col(PulseBallot.text), col(PulseBallot.held_for))
_ORDER = (col(PulseBallot.question), col(PulseBallot.choice))

# Put together once: two thousand people may vote within a few seconds.
_WHICH: Any = {"team": bindparam("team"), "pulse": bindparam("pulse"), "user": bindparam("user")}
_SEEN = select(Pulse).where(Pulse.team_id == _WHICH["team"], Pulse.id == _WHICH["pulse"])
_SEEN = _SEEN.execution_options(populate_existing=True)
_HELD = _SEEN.with_for_update(read=True)
_INVITED = sql(col(PulseInvitation.region)).where(
    col(PulseInvitation.team_id) == _WHICH["team"],
    col(PulseInvitation.pulse_id) == _WHICH["pulse"],
    col(PulseInvitation.user_id) == _WHICH["user"],
)
_BALLOTS: Any = SQLModel.metadata.tables["pulseballot"]
_FORGET = delete(_BALLOTS).where(
    _BALLOTS.c.team_id == _WHICH["team"],
    _BALLOTS.c.pulse_id == _WHICH["pulse"],
    _BALLOTS.c.user_id == _WHICH["user"],
)
_KEEP = insert(_BALLOTS)
