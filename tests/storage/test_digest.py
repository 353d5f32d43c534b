"""What a digest counts, on both engines: this workspace, this period, nothing taken back; and where quotes stand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.domain.digest import Counted
from bot.domain.digest_period import Period, week_before
from storage import digest_words, people
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.digest import count_digest, list_subjects
from storage.feedback import Feedback, FeedbackReply
from storage.jobs import Job

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = week_before(date(2026, 11, 23), "Europe/Berlin")
IN_WEEK = datetime(2026, 11, 18, 12, tzinfo=UTC)
TEAM = "T1"


class Company:
    """A small company in the tables."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.begin() as session:
            for user_id, role in (("UM1", "marketer"), ("UM2", "marketer"), ("U1", "rep")):
                people.record_person(session, team_id=TEAM, user_id=user_id, now=NOW, name=f"Name of {user_id}")
                people.record_roles(session, team_id=TEAM, user_id=user_id, roles=frozenset({role}))

    def version(self, number: int = 1, asset_id: int | None = None, team_id: str = TEAM, **more: Any) -> int:
        with self.db.begin() as session:
            if asset_id is None:
                key = f"r{number}-{more.get('owner_id')}-{team_id}"
                asset = Asset(team_id=team_id, reference=key, reference_key=key, created_at=NOW)
                session.add(asset)
                session.flush()
                asset_id = asset.id
            known: dict[str, Any] = {
                "owner_id": "UM1",
                "released_at": NOW - timedelta(days=200),
                "review_days": 9,
            } | more
            row = AssetVersion(
                team_id=team_id, asset_id=asset_id or 0, version=f"v{number}", number=number, title="Deck", kind="deck",
                created_at=NOW, **known,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id or 0

    def says(self, version_id: int | None, user_id: str = "U1", at: datetime = IN_WEEK, **more: Any) -> int:
        with self.db.begin() as session:
            known: dict[str, Any] = {"team_id": TEAM, "source": "form", "region": "DACH"} | more
            row = Feedback(user_id=user_id, asset_version_id=version_id, created_at=at, **known)
            session.add(row)
            session.flush()
            return row.id or 0

    def counts(self, reader_id: str = "UM1", period: Period = WEEK) -> Counted:
        with self.db.read() as session:
            return count_digest(session, team_id=TEAM, reader_id=reader_id, period=period)


@pytest.fixture
def company(db: Database) -> Company:
    return Company(db)


def test_a_tally_counts_answers_and_each_person_once(company: Company) -> None:
    deck = company.version()
    for user_id, use, outcome, rating, area in (
        ("U1", "used_with_customer", "helped", 5, "DACH"), ("U1", "used_with_customer", "hurt", 2, "DACH"),
        ("U2", "opened_only", None, 1, "France"), ("U3", "could_not_find", None, None, "France"),
        ("U3", "did_not_know", None, None, ""), ("U4", "not_for_my_accounts", None, None, ""),
    ):  # fmt: skip
        company.says(deck, user_id, use=use, outcome=outcome, rating=rating, region=area)
    company.says(deck, "U5", reaction="outdated")
    tally = company.counts().tallies[deck]
    assert (tally.said, tally.people, tally.regions, tally.uses, tally.users) == (7, 5, 2, 2, 1)
    assert (tally.opened_only, tally.could_not_find, tally.did_not_know, tally.not_for_my_accounts) == (1, 1, 1, 1)
    assert (tally.missed, tally.outdated, tally.helped, tally.no_effect, tally.hurt) == (1, 1, 1, 0, 1)
    assert (tally.ratings, tally.rating_sum) == (3, 8)
    assert tally.weeks == (0, 0, 0, 0, 0, 2)


def test_only_this_workspace_this_quarter_and_what_stands(company: Company) -> None:
    deck = company.version()
    first = WEEK.looked_back().start
    company.says(deck, "U1", at=first, rating=4)
    company.says(deck, "U2", at=WEEK.end - timedelta(microseconds=1), rating=4)
    company.says(deck, "U3", at=first - timedelta(microseconds=1), rating=4)
    company.says(deck, "U4", at=WEEK.end, rating=4)
    company.says(deck, "U5", withdrawn_at=NOW, rating=4, said="taken back", reply_due_at=NOW)
    company.says(deck, "U6", team_id="T2", rating=4, said="of another workspace", reply_due_at=NOW)
    counted = company.counts()
    assert (counted.tallies[deck].said, counted.tallies[deck].people) == (2, 2)
    assert (counted.this.said, counted.before.said) == (1, 0)
    assert counted.candidates == []
    assert counted.waiting == []


def test_the_week_is_the_readers_own(company: Company) -> None:
    company.says(None, at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))  # Monday in Berlin, Sunday in Lisbon
    assert company.counts(period=week_before(date(2026, 11, 23), "Europe/Berlin")).this.said == 0
    assert company.counts(period=week_before(date(2026, 11, 23), "Europe/Lisbon")).this.said == 1


def test_held_words_are_counted_and_never_quoted(company: Company) -> None:
    deck = company.version()
    company.says(deck, said="SECRET", held_for="complaint", rating=1, reply_due_at=NOW)
    company.says(deck, "U2", said="open words", rating=1, reply_due_at=NOW, replied_at=NOW)
    counted = company.counts()
    assert (counted.this.said, counted.this.held, counted.this.asked, counted.this.answered) == (2, 1, 2, 1)
    assert [one.words for one in counted.candidates] == ["open words"]
    assert counted.waiting == []


@pytest.mark.parametrize(
    "end", [{"superseded_at": IN_WEEK}, {"retired_at": IN_WEEK}, {"expires_on": date(2026, 11, 17)}]
)
def test_uses_after_the_end_are_late(company: Company, end: dict[str, Any]) -> None:
    deck = company.version(**end)
    company.says(deck, "U1", at=IN_WEEK - timedelta(days=2), use="used_with_customer", outcome="hurt", rating=5)
    company.says(deck, "U1", at=IN_WEEK, use="used_with_customer", outcome="hurt", rating=2)
    company.says(deck, "U2", at=IN_WEEK + timedelta(hours=1), use="used_with_customer")
    company.says(deck, "U3", at=IN_WEEK + timedelta(hours=1), use="opened_only", rating=3)
    tally = company.counts().tallies[deck]
    assert (tally.uses, tally.late_uses, tally.late_people, tally.late_hurt) == (3, 2, 2, 1)
    assert (tally.ratings, tally.rating_sum, tally.rating_squares) == (3, 10, 38)
    assert (tally.late_ratings, tally.late_rating_sum, tally.late_rating_squares) == (2, 5, 13)


def test_regions_are_counted_where_there_are_two_sides(company: Company) -> None:
    deck, other = company.version(), company.version(2)
    for number in range(5):
        company.says(deck, f"U{number}", rating=5, outcome="helped", region="West")
        company.says(deck, f"U{number % 3}", rating=1, outcome="hurt", region="DACH")
        company.says(other, f"U{number}", rating=5, region="West")
    found = {one.region: one for one in company.counts().regions}
    assert set(found) == {"West", "DACH"}
    assert (found["West"].people, found["West"].ratings, found["West"].rating_sum, found["West"].squares) == (
        5,
        5,
        25,
        125,
    )
    assert (found["DACH"].people, found["DACH"].mean, found["DACH"].hurt) == (3, 1.0, 5)


def test_who_waits_is_for_the_owner_the_longest_first(company: Company) -> None:
    mine, other = company.version(), company.version(2, owner_id="UM2")
    late = company.says(mine, said="late", rating=1, reply_due_at=NOW - timedelta(days=1))
    later = company.says(mine, "U9", missing="later", rating=1, reply_due_at=NOW + timedelta(days=1))
    company.says(mine, said="answered", rating=1, reply_due_at=NOW, replied_at=NOW)
    company.says(mine, "UM1", said="my own", rating=1, reply_due_at=NOW)
    company.says(other, said="of another", rating=1, reply_due_at=NOW)
    counted = company.counts()
    assert [(one.feedback_id, one.name, one.words) for one in counted.waiting] == [
        (late, "Name of U1", "late"), (later, "", "later"),
    ]  # fmt: skip
    assert counted.waiting_total == 2
    assert company.counts("UM2").waiting_total == 1


def test_replies_are_counted_by_who_gave_them(company: Company) -> None:
    row = company.says(company.version())
    with company.db.begin() as session:
        for user_id, at, held, team_id in (
            ("UM1", IN_WEEK, None, TEAM), ("UM2", IN_WEEK, None, TEAM), ("UM1", IN_WEEK, "complaint", TEAM),
            ("UM1", WEEK.end, None, TEAM), ("UM1", IN_WEEK, None, "T2"),
        ):  # fmt: skip
            session.add(
                FeedbackReply(
                    team_id=team_id, feedback_id=row, user_id=user_id, text="yes", held_for=held, created_at=at
                )
            )
    assert (company.counts().this.replies, company.counts().this.own_replies) == (2, 1)


def test_who_has_left_answers_no_more_and_the_next_owner_does(company: Company) -> None:
    old = company.version(owner_id="UGONE", superseded_at=NOW)
    with company.db.read() as session:
        asset_id = session.exec(select(AssetVersion.asset_id).where(AssetVersion.id == old)).one()
    new = company.version(2, asset_id=asset_id, owner_id="UM2")
    with company.db.read() as session:
        subjects = list_subjects(session, team_id=TEAM)
    assert (subjects[old].owner_id, subjects[old].owner_name, subjects[old].successor) == ("UM2", "Name of UM2", "v2")
    assert subjects[new].successor == ""


def test_a_link_leads_only_to_the_words_that_are_the_messages(company: Company) -> None:
    deck = company.version()
    link = "https://meridian.slack.com/archives/C1/p1"
    company.says(deck, quoted_text="their words", quoted_link=link, at=IN_WEEK)
    company.says(deck, "U2", said="my words", quoted_text="x", quoted_link=link, at=IN_WEEK - timedelta(hours=1))
    assert [(one.words, one.link) for one in company.counts().candidates] == [("their words", link), ("my words", "")]


def test_where_a_quoted_message_stands_is_asked_once(company: Company) -> None:
    row_id = company.says(company.version(), quoted_text="words", channel_id="C1", message_ts="1.2")
    plain_id = company.says(None, said="words", channel_id="C1", message_ts="1.2")
    with company.db.begin() as session:
        for _ in range(2):
            for one in (row_id, plain_id):
                row = session.exec(select(Feedback).where(Feedback.team_id == TEAM, Feedback.id == one)).one()
                digest_words.ask_for_link(session, row, real_now=NOW)
    with company.db.read() as session:
        assert session.exec(select(Job.dedupe_key)).all() == [f"digest.link:{row_id}"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_numbers_are_read_from_the_index_alone(company: Company) -> None:
    """No text is read for a number, and nothing of the time before the quarter."""
    deck, asked = company.version(), []
    for number in range(5):
        company.says(deck, f"U{number}", rating=5, region="West")
        company.says(deck, f"U{number}", rating=1, region="DACH")

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "feedback.created_at" in statement and "count(" in statement and "JOIN" not in statement:
            asked.append((statement, parameters))

    event.listen(company.db.engine, "before_cursor_execute", keep)
    company.counts(reader_id="UM2")
    event.remove(company.db.engine, "before_cursor_execute", keep)
    assert len(asked) == 5  # of the assets, of the regions, of the period, of the one before and of all before
    with company.db.read() as session:
        for statement, parameters in asked:
            plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            assert "COVERING INDEX feedback_digest (team_id=? AND created_at>? AND created_at<?)" in plan
