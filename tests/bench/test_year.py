"""The short run of the years: a few weeks of a small company, and that what is wrong would be found."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bench.year import Found, Years
from bench.year_check import check_years
from bench.year_company import START, Size
from bench.year_people import HOURS, Life
from bot.domain.working_time import WorkingTime
from storage.ask import Ask, AskMessage
from storage.outbox import Outbox
from storage.slots import Slot
from tests.databases import sqlite_database

TINY = Size(days=16, people=20, reps=14, releases=150, groups=1)


@pytest.fixture
def url(tmp_path: Path, migrated_file: Path) -> str:
    return sqlite_database(tmp_path, migrated_file)


def test_nobody_is_asked_against_the_manners_and_what_is_wrong_is_found(url: str) -> None:
    whole = Years(url, TINY, seed=2)
    whole.run(lambda _now: None)

    def wrong() -> list[str]:
        found = Found()
        with whole.db.read() as session:
            check_years(session, whole.company.lives, found, start=START, end=whole.end)
        return found.wrong

    assert wrong() == []
    with whole.db.begin() as session:
        messages = session.exec(select(AskMessage).order_by(col(AskMessage.id))).all()
        asks = session.exec(select(Ask).order_by(col(Ask.id))).all()
        answered = next(ask for ask in asks if ask.answered_at)
        assert len(messages) > 30
        messages[0].sent_at += timedelta(days=5)  # a Saturday
        for place, message in enumerate(messages[1:6], start=100):
            message.place, message.user_id, message.sent_at = place, messages[1].user_id, messages[1].sent_at
        answered.answered_at = START
        asks[-1].state, asks[-1].reason, asks[-1].next_at = "refused", "gone", None
        forgotten = next(ask for ask in asks if ask.state == "asked" and ask.next_at)
        forgotten.next_at = START
        session.delete(session.exec(select(Slot)).first())
        sent = session.exec(select(Outbox).where(Outbox.id == messages[-1].outbox_id)).one()
        sent.target = "U99999"
        for row in (*messages, *asks, sent):
            session.add(row)
    told = "\n".join(wrong())
    for words in (
        "outside working hours", "times in the week of", "was reminded and had answered", "that is not so",
        "is forgotten", "was due and has no slot", "does not go to",
    ):  # fmt: skip
        assert words in told, words
    whole.db.close()


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("tz", ["Europe/Berlin", "Asia/Kathmandu", "Africa/Cairo", "Mars/Olympus"])
def test_the_benchs_own_clock_on_the_wall_agrees_with_the_products(hours: str, tz: str) -> None:
    """Two ways to say when somebody works, each written without the other, hour by hour over a year."""
    life = Life("U1", "rep", tz, hours, "", 0)
    working = WorkingTime.of(hours, tz, "UTC")
    for hour in range(0, 365 * 24, 5):
        moment = START + timedelta(hours=hour)
        assert life.works_at(moment) == working.is_on(moment), moment
