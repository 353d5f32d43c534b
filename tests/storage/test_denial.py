"""Refusals on both engines: counted, and never more rows than a person can read."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from storage import audit_reading, denial
from storage.db import Database

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def refuse(db: Database, wanted: str, *, user_id: str = "U1", team_id: str = "T1", times: int = 1) -> int:
    """What the door does, so many times; gives how often it was worth a row."""
    noted = 0
    for _ in range(times):
        who = {"team_id": team_id, "user_id": user_id, "wanted": wanted, "now": NOW}
        with db.begin() as session:
            if denial.is_worth_noting(session, **who):  # type: ignore[arg-type]
                denial.record_denial(session, **who)  # type: ignore[arg-type]
                noted += 1
    return noted


def rows(session: Session) -> list[tuple[str, str, int]]:
    found = session.exec(select(denial.Denial).order_by(denial.Denial.user_id, denial.Denial.wanted))
    return [(one.user_id, one.wanted, one.times) for one in found]


def test_what_is_refused_is_counted_by_person_day_and_thing(db: Database) -> None:
    refuse(db, "action people.open", times=3)
    refuse(db, "command /pulse")
    refuse(db, "command /pulse", user_id="U2")
    refuse(db, "command /pulse", team_id="T2")
    with db.begin() as session:
        assert rows(session)[:2] == [("U1", "action people.open", 3), ("U1", "command /pulse", 1)]
        assert denial.find_open_day(session, team_id="T1", now=NOW) is None
        tomorrow = NOW + timedelta(days=1)
        day = denial.find_open_day(session, team_id="T1", now=tomorrow)
        assert day == NOW.date()
        assert denial.close_day(session, team_id="T1", day=day, now=tomorrow) == denial.DeniedDay(day, 2, 5)
        assert denial.close_day(session, team_id="T1", day=day, now=tomorrow) is None
        assert denial.find_open_day(session, team_id="T1", now=tomorrow) is None
    with db.read() as session:
        (entry,) = audit_reading.list_entries(session, team_id="T1")
    assert (entry.subject, entry.after) == ("day 2026-11-24", {"people": 2, "times": 5})


def test_whoever_tries_for_long_fills_nothing(db: Database) -> None:
    assert refuse(db, "action people.open", times=denial.MOST_A_ROW + 3) == denial.MOST_A_ROW
    noted = [refuse(db, f"action thing.{number}") for number in range(denial.MOST_A_PERSON + 5)]
    assert sum(noted) == denial.MOST_A_PERSON - 1
    assert refuse(db, "action thing.0", user_id="U2") == 1  # somebody else is still written down


def test_what_is_too_old_is_forgotten_and_a_person_too(db: Database) -> None:
    refuse(db, "action people.open")
    refuse(db, "action people.open", user_id="U2")
    with db.begin() as session:
        assert denial.forget_person(session, team_id="T1", user_id="U2") == 1
        late = NOW + denial.KEPT_FOR + timedelta(days=2)
        denial.close_day(session, team_id="T1", day=NOW.date(), now=late)
        assert rows(session) == []
