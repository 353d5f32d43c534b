"""One of everything that belongs to somebody, four times over, for tests of who may see and change it."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain.asset import AssetFields
from bot.domain.audience import Audience
from bot.domain.check_in import Asked, Cadence, CheckInFields, Question
from bot.domain.feedback import FeedbackFields
from bot.domain.feedback_told import Quoted
from bot.domain.pulse import PulseFields, PulseQuestion
from bot.domain.pulse_answer import PulseAnswer
from bot.domain.pulse_series import SeriesFields
from bot.domain.summary import Point, Summary
from bot.domain.thread import TAKEN_BACK, Said
from storage import (
    asset,
    ballot_box,
    check_in,
    check_in_answer,
    feedback,
    feedback_draft,
    filed_away,
    pulse_ballot,
    pulse_series,
    thread,
    thread_capture,
)
from storage import pulse as pulses
from storage.ask import Ask
from storage.db import Database

COPIES = 4  # a pulse each that is planned, open, closed, open and anonymous
Ids = dict[str, list[int]]


def plant(db: Database, *, team_id: str, owner_id: str, mark: str, secret: str, now: datetime) -> Ids:
    """Plant four copies of all that somebody may own; gives the rows' ids.

    `secret` stands in every text that is theirs alone, `mark` in those that whoever keeps the same may see.
    """
    ids: Ids = defaultdict(list)
    for number in range(COPIES):
        with db.begin() as session:
            who: dict[str, Any] = {"team_id": team_id, "user_id": owner_id}
            version_id = _asset(session, team_id, owner_id, number, mark, now)
            ids["version"].append(version_id)
            _feedback(session, ids, who, version_id, number, secret, now)
            _check_in(session, ids, who, number, mark, secret, now)
            _filed_away(session, ids, who, version_id, secret, now)
            _pulse(db, session, ids, who, number, secret, now)
            _thread(session, ids, who, number, secret, now)
    return ids


def _asset(session: Session, team_id: str, owner_id: str, number: int, mark: str, now: datetime) -> int:
    fields = AssetFields(
        reference=f"{team_id}-{owner_id}-{number}", version="v1", title=f"Deck {number} of {mark}", kind="deck",
        link="https://assets.example/deck", owner_id=owner_id, released_on=now.date() - timedelta(days=3),
        expires_on=now.date() + timedelta(days=20),
    )  # fmt: skip
    return asset.add_version(session, team_id=team_id, fields=fields, now=now, by=owner_id).id or 0


def _feedback(
    session: Session, ids: Ids, who: dict[str, Any], version_id: int, number: int, mark: str, now: datetime
) -> None:
    fields = FeedbackFields(asset_version_id=version_id, rating=2, said=f"{mark} said", missing=f"{mark} missing")
    place = Quoted(f"{mark} quoted", who["user_id"], "C0OPEN", f"1700000{number}00.000100")
    row = feedback.add_feedback(
        session, **who, region="DACH", source="shortcut", fields=fields, now=now, reply_hours=48, quoted=place
    )
    if number == 1:
        feedback.record_withdrawal(session, row, now=now)
    ids["feedback"].append(row.id or 0)
    ids["draft"].append(feedback_draft.add_draft(session, **who, fields=fields, now=now).id or 0)


def _check_in(
    session: Session, ids: Ids, who: dict[str, Any], number: int, mark: str, secret: str, now: datetime
) -> None:
    team_id, owner_id = who["team_id"], who["user_id"]
    questions = (Question(f"{mark} asks", is_need=True),)
    fields = CheckInFields(f"{mark} check-in", Audience(), questions, Cadence("1", 1), now.date())
    row = check_in.add_check_in(session, team_id=team_id, owner_id=owner_id, fields=fields, now=now)
    named_for = owner_id if number == 3 else ""
    asked = Asked(f"{mark} check-in", questions, owner_id, owner_id, named_for=named_for, group="reps", size=9)
    until = now + timedelta(days=5)
    found = check_in.add_round(session, row, day=now.date(), asked=asked, now=now, closes_at=until)
    check_in_answer.record_answers(
        session, found, user_id=owner_id, region="DACH", texts={0: f"{secret} needs"}, now=now, reply_hours=48
    )
    if number > 1:
        check_in.record_closed(session, found, at=now)
    ids["check_in"].append(row.id or 0)
    ids["round"].append(found.id or 0)
    ids["ask"].append(_ask(session, who, "check_in", found.id or 0, mark, now))


def _filed_away(session: Session, ids: Ids, who: dict[str, Any], version_id: int, mark: str, now: datetime) -> None:
    until = now + timedelta(days=5)
    check = filed_away.FiledAwayCheck(
        team_id=who["team_id"], asset_version_id=version_id, number=1, audience=Audience().to_json(), state="asking",
        due_at=now, closes_at=until, intended=9, wanted=9, created_at=now,
    )  # fmt: skip
    session.add(check)
    session.flush()
    ask_id = _ask(session, who, "filed_away", check.id or 0, mark, now)
    fields = FeedbackFields(asset_version_id=version_id, use="opened_only", said=f"{mark} why")
    row = feedback.add_feedback(
        session, **who, region="DACH", source="check_in", fields=fields, now=now, reply_hours=48
    )
    filed_away.record_answer(session, check, ask_id=ask_id, feedback=row, use="opened_only", now=now)
    ids["filed_away_ask"].append(ask_id)


def _ask(session: Session, who: dict[str, Any], kind: str, subject_id: int, mark: str, now: datetime) -> int:
    row = Ask(
        **who, kind=kind, subject_id=subject_id, stop_key=f"{kind}:{subject_id}", why=f"{mark} why", state="asked",
        due_at=now, closes_at=now + timedelta(days=5), next_at=None, asked_at=now, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def _pulse(
    db: Database, session: Session, ids: Ids, who: dict[str, Any], number: int, mark: str, now: datetime
) -> None:
    team_id, owner_id = who["team_id"], who["user_id"]
    fields = PulseFields(
        questions=(PulseQuestion(f"{mark} wonders?", "single", (f"{mark} yes", "no")),), audience=Audience(role=""),
        channel_id="", privacy="anonymous" if number == 3 else "named", closes_at=now + timedelta(days=2),
        reminders=False, shares_results=False,
    )  # fmt: skip
    row = pulses.add_pulse(session, team_id=team_id, asker_id=owner_id, fields=fields, now=now)
    ids["pulse"].append(row.id or 0)
    series = SeriesFields(fields, Cadence("1", 1), timedelta(days=1))
    kept = pulse_series.add_series(session, row, fields=series, starts_on=now.date(), now=now)
    ids["series"].append(kept.id or 0)
    if number == 0:
        return
    if number == 3:
        ballot_box.open_box(db, session, team_id=team_id, pulse_id=row.id or 0)
    pulses.record_opened(session, row, invited={owner_id: "DACH"}, now=now)
    if number < 3:
        answers = (PulseAnswer(0, (0,)),)
        pulse_ballot.replace_ballot(session, row, user_id=owner_id, answers=answers, now=now)
    if number == 2:
        pulses.record_closed(session, row, result=pulse_ballot.read_pulse(session, row), now=now)


def _thread(session: Session, ids: Ids, who: dict[str, Any], number: int, mark: str, now: datetime) -> None:
    team_id, owner_id = who["team_id"], who["user_id"]
    ts = f"1700000{number}00.000200"
    row = thread.add_thread(session, team_id=team_id, channel_id="C0SHUT", root_ts=ts, now=now)
    thread.record_captured(session, row, channel_name=f"{mark} channel", is_private=True, now=now)
    row.author_id, row.link = owner_id, "https://slack.example/archives/C0SHUT"
    thread_capture.send_thread(session, team_id=team_id, place=("C0SHUT", ts), user_id=owner_id, way="button", now=now)
    thread.record_read(session, row, [Said(ts, owner_id, f"{mark} wrote this")], now=now)
    point = Point(f"{mark} point", (ts,), f"{mark} wrote this", owner_id)
    thread.record_summary(session, row, summary=Summary((point,), messages=1), version=row.version)
    if number == 2:
        thread.record_end(session, row, state=TAKEN_BACK, now=now, by=owner_id)
    ids["thread"].append(row.id or 0)
