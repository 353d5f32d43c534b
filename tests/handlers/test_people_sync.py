"""Who has left, who is back and who has moved: looked up in Slack each night and after an import, page by page."""

import io
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.settings import read_settings
from handlers.people_sync import MOST_BEGINNINGS, run_due
from sandbox.server import SandboxServer
from storage import people, workspace
from storage.db import Database
from storage.jobs import Job
from tests.databases import BOTH_ENGINES
from tests.pulses import team_of
from tests.readers import only_readers
from tests.slack import Person, Slack, wait_until

HOUSE = Path(__file__).parent.parent.parent
ADMIN, REP, OTHER_REP, LAST = "Sam Etxeverrieta", "João Teixosa", "Nuria Castellvell", "Dre Hollowell"
MARKETER, OTHER_MARKETER = "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
NIGHT, NEXT_NIGHT = "2026-11-24T03:00:10Z", "2026-11-25T03:00:10Z"
UNMET = 200  # people whom the app has never met, in Slack's list before those of the sample company
NEWCOMER = "UZZ007"
SECOND_CALL = {"rate": 0.5, "count": 1}  # with the seed below it is the second of two calls that goes wrong
SEED = 16


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox with so many people that Slack's list has two pages; those of the sample company are on the second."""
    company = tmp_path_factory.mktemp("many") / "company"
    shutil.copytree(HOUSE / "sandbox" / "company", company)
    header, *known = (company / "people.csv").read_text(encoding="utf-8").splitlines()
    columns = header.split(",")
    unmet = [
        {"slack_id": f"UZZ{n:03}", "name": f"Unmet {n}", "department": "sales", "role": "rep", "tz": "Asia/Tokyo"}
        for n in range(UNMET)
    ]
    lines = [",".join(one.get(column, "") for column in columns) for one in unmet]
    (company / "people.csv").write_text("\n".join([header, *lines, *known]) + "\n", encoding="utf-8")
    server = SandboxServer(company=company, manifest=HOUSE / "manifest.yaml", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def db(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def night(slack: Slack, db: Database, at: str = NIGHT) -> None:
    """Three at night has come, and the look is over."""
    slack.jump(to=at)
    wait_until(lambda: f"people.sync:{at[:10]}" in looks(db, team_of(slack)), "the look has been asked for")
    slack.settle()


def looks(db: Database, team_id: str = "T1") -> list[str]:
    """The jobs that look, in the order in which they were asked for."""
    query = select(Job.dedupe_key).where(Job.team_id == team_id, Job.kind == "people.sync")
    with db.read() as session:
        return list(session.exec(query.order_by(col(Job.id))))


def known(db: Database, person: Person) -> tuple[str, str, bool]:
    """What the app knows: name, zone, and whether they work here."""
    with db.read() as session:
        row = people.get_person(session, team_id=team_of(person.slack), user_id=person.id)
    assert row
    return row.name, row.tz, row.is_active


def pages(slack: Slack) -> list[str]:
    """Of which pages Slack was asked: "first", or "next" with a cursor."""
    return ["next" if call["args"].get("cursor") else "first" for call in slack.calls("users.list")]


# who has left


@pytest.mark.parametrize("wants_digests", [True])
@BOTH_ENGINES
def test_whoever_has_left_gets_no_digest_and_no_question_until_they_are_back(slack: Slack, db: Database) -> None:
    only_readers(slack, db.url, MARKETER, OTHER_MARKETER)
    ines, priya = slack.person(MARKETER), slack.person(OTHER_MARKETER)
    joao, nuria, question = slack.person(REP), slack.person(OTHER_REP), "What did you need that you did not have?"
    ines.command("/check-in new")
    form = {
        "name": "Tenders",
        "question0": question,
        "role": "rep",
        "days": "1:0",
        "at": "09:00",
        "starts_on": "2026-11-30",
    }
    assert ines.submit(**form, regions=["Iberia"]) == {}
    slack.person(LAST).command("/asset-feedback spine deck 2 too long for a first meeting")
    for one in (joao, priya):
        slack.post("person", user=one.id, deleted=True)
    zone = known(db, joao)[1]
    night(slack, db)
    assert known(db, joao) == (REP, zone, False)  # Slack tells no zone of whoever has left
    assert not known(db, priya)[2]
    slack.jump(to="2026-11-30T16:30:00Z")  # it is past nine and before six wherever they are
    nuria.reads(question, "app")
    ines.reads("Your week", "app")
    joao.sees_nothing_of(question)
    priya.sees_nothing_of("Your week")
    for one in (joao, priya):
        slack.post("person", user=one.id, deleted=False)
    night(slack, db, "2026-12-01T03:00:10Z")
    assert known(db, joao) == (REP, zone, True)
    slack.jump(to="2026-12-07T16:30:00Z")
    priya.reads("Your week", "app")


# who has moved, or is called otherwise


@BOTH_ENGINES
def test_names_and_zones_are_slacks_and_whoever_was_never_met_stays_unmet(slack: Slack, db: Database) -> None:
    sam, dre, nuria = slack.person(ADMIN), slack.person(LAST), slack.person(OTHER_REP)
    bot = sam.sees_all()["app"]["user_id"]
    with db.begin() as session:
        people.record_person(session, team_id=team_of(slack), user_id=bot, now=datetime.now(UTC), name="Groundswell")
    sam.command("/groundswell people Nuria")
    sam.click("Edit")
    assert "each night Slack's own takes its place" in sam.modal
    assert sam.submit(tz="Europe/Berlin", region="Iberia") == {}
    assert known(db, nuria)[1] == "Europe/Berlin"
    slack.post("person", user=dre.id, tz="Asia/Tokyo", called="Dre Hollowell-Sato")
    before = known(db, slack.person(REP))
    night(slack, db)
    assert known(db, dre) == ("Dre Hollowell-Sato", "Asia/Tokyo", True)
    assert known(db, nuria) == (OTHER_REP, "Europe/Madrid", True)
    assert known(db, slack.person(REP)) == before
    assert pages(slack) == ["first", "next"]
    with db.read() as session:
        row = people.get_person(session, team_id=team_of(slack), user_id=bot)
        assert row
        assert not row.is_active
        assert people.count_people(session, team_id=team_of(slack)) == 60
    slack.jump(by_seconds=3600)
    slack.settle()
    assert len(pages(slack)) == 2  # once a night
    night(slack, db, NEXT_NIGHT)
    assert len(pages(slack)) == 4


def test_a_list_brought_in_is_looked_up_at_once(slack: Slack, db: Database) -> None:
    sam, newcomer = slack.person(ADMIN), Person(slack, NEWCOMER, "Unmet 7")
    sam.command("/groundswell people")
    sam.click("Import CSV")
    assert sam.submit(csv=f"slack_id,department,region\n{NEWCOMER},sales,Japan") == {}
    slack.settle()
    assert known(db, newcomer) == ("Unmet 7", "Asia/Tokyo", True)
    slack.post("close", user=sam.id, all=True)
    sam.command("/groundswell people")
    sam.click("Import CSV")
    assert sam.submit(csv="name,tz\nDre Hollowell,Europe/Berlin") == {}
    slack.settle()
    assert known(db, slack.person(LAST))[1] == "America/New_York"  # as Slack has it
    assert pages(slack) == ["first", "next"] * 2


# how Slack's list is read


def test_where_slack_asks_for_patience_what_has_been_read_is_not_read_again(slack: Slack, db: Database) -> None:
    dre = slack.person(LAST)
    slack.post("person", user=dre.id, tz="Asia/Tokyo")
    slack.post("faults", seed=SEED, rules=[{"method": "users.list", "kind": "ratelimited", **SECOND_CALL}])
    night(slack, db)
    assert pages(slack) == ["first", "next", "next"]
    assert known(db, dre)[1] == "Asia/Tokyo"


def test_where_slack_forgets_its_place_the_list_is_begun_anew(slack: Slack, db: Database) -> None:
    dre = slack.person(LAST)
    slack.post("person", user=dre.id, tz="Asia/Tokyo")
    slack.post("faults", seed=SEED, rules=[{"method": "users.list", "kind": "stale_cursor", **SECOND_CALL}])
    night(slack, db)
    assert pages(slack) == ["first", "next"] * 2
    assert known(db, dre)[1] == "Asia/Tokyo"


def test_a_slack_that_forgets_its_place_each_time_is_let_be_until_the_next_night(
    slack: Slack, db: Database, app_log: io.StringIO
) -> None:
    dre = slack.person(LAST)
    slack.post("person", user=dre.id, tz="Asia/Tokyo")
    slack.post("faults", rules=[{"method": "users.list", "kind": "stale_cursor"}])
    night(slack, db)
    assert pages(slack) == ["first", "next"] * MOST_BEGINNINGS
    assert "people not all looked at" in app_log.getvalue()
    slack.post("faults", rules=[])
    night(slack, db, NEXT_NIGHT)
    assert known(db, dre)[1] == "Asia/Tokyo"


def test_a_slack_that_lets_nobody_look_changes_nobody(slack: Slack, db: Database, app_log: io.StringIO) -> None:
    dre = slack.person(LAST)
    slack.post("person", user=dre.id, deleted=True)
    slack.post("faults", rules=[{"method": "users.list", "kind": "unknown_method"}])
    night(slack, db)
    assert pages(slack) == ["first"]
    assert known(db, dre) == (LAST, "America/New_York", True)
    assert "people not looked at" in app_log.getvalue()


# when it is due


@BOTH_ENGINES
def test_it_is_due_once_each_night_at_three_where_the_workspace_is(db: Database) -> None:
    settings = read_settings(None, default_tz="America/New_York")
    assert run_due(db, "T1", datetime(2026, 11, 24, 8, tzinfo=UTC), settings) == 0  # it has met nobody yet
    with db.begin() as session:
        begun = datetime(2026, 11, 23, 9, tzinfo=UTC)  # at four in New York
        workspace.record_workspace(session, team_id="T1", name="Meridian", bot_user_id="UBOT", now=begun)
    assert run_due(db, "T1", datetime(2026, 11, 24, 7, 59, tzinfo=UTC), settings) == 0
    others = [Database(db.url) for _ in range(2)]
    due = (datetime(2026, 11, 24, 8, 0, 1, tzinfo=UTC), settings)
    threads = [threading.Thread(target=run_due, args=(one, "T1", *due)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert looks(db) == ["people.sync:2026-11-24"]
    assert run_due(db, "T1", datetime(2026, 11, 25, 7, 59, tzinfo=UTC), settings) == 0
    assert run_due(db, "T1", datetime(2026, 11, 27, 20, tzinfo=UTC), settings) == 1  # of several nights the last
    assert looks(db) == ["people.sync:2026-11-24", "people.sync:2026-11-27"]
