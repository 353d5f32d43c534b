"""The expiry ladder through the front door: asked once, in working hours, with evidence; renew, revise, retire."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.access import NOT_FOUND
from bot.company import load_company
from bot.domain.asset_expiry import NOBODY, OVERTAKEN, SET_LATER, TOO_LATE
from bot.domain.feedback import FeedbackFields
from bot.settings import Settings, read_settings
from handlers.asset_expiry import run_due
from storage import asset, asset_expiry, feedback, people, workspace
from storage.asset import AssetVersion
from storage.db import Database
from storage.outbox import Outbox
from storage.slots import Slot
from tests.slack import Message, Person, Slack, wait_until

REP, MARKETER, OWNER, ADMIN = "Dre Hollowell", "Priya Rangaraj-Cole", "Radomir Pellsky", "Sam Etxeverrieta"
USERS = ("Dre Hollowell", "Kayla Brandvold", "Tess Amundarain", "Jonas Ketterling", "Camille Verdoncq")
ADS, WARD = "Corvane Autumn Congress Ad Set", "Aquivo Quiet Ward Ad Set"  # until 31 December, and until 31 October
FIRST = "2026-11-23T16:31:00Z"  # Monday, a minute after Radomir's day has begun in Los Angeles
TEAM, START = "T1", datetime(2026, 11, 23, 7, tzinfo=UTC)
REFERENCE = "MLR-2026-0214"
NEXT = {
    "reference": REFERENCE, "version": "v2", "title": ADS, "kind": "ad", "link": "https://assets.meridian.example/ads/v2",
}  # fmt: skip


@pytest.fixture
def company(newcomers: Path) -> Path:
    """With assets that have expired, or soon will."""
    return newcomers


def asked(person: Person, title: str = ADS) -> list[Message]:
    """The ladder's messages about an asset in a person's direct messages."""
    person.slack.settle()
    return [message for message in person.messages("app") if title in message.text and "What the field" in message.text]


def private(person: Person, text: str) -> Message:
    return person.finds(lambda message: message.is_ephemeral and text in message.text, f"in private: {text}")


def becomes(person: Person, message: Message, text: str, channel: str = "app") -> Message:
    """The same message, once it says something else."""
    return person.finds(lambda m: m.ts == message.ts and text in m.text, f"the message saying {text!r}", channel)


def release(person: Person, words: str) -> None:
    person.command(f"/asset release {words}")
    assert person.submit(channels=["C3LNCH8Q5"]) == {}


def set_in_the_tables(company_url: str, title: str, **values: object) -> str:
    """Change the newest version behind the app's back, so that its messages stay as they are; gives the workspace."""
    db = Database(company_url)
    with db.begin() as session:
        query = select(AssetVersion).where(AssetVersion.title == title, AssetVersion.team_id != "T0OTHER")
        row = session.exec(query.order_by(col(AssetVersion.number).desc())).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        team_id = row.team_id
    db.close()
    return team_id


def use_it(company_url: str, person: Person, region: str) -> None:
    """Somebody used the ads with a customer, and they helped."""
    db = Database(company_url)
    with db.begin() as session:
        row = session.exec(select(AssetVersion).where(AssetVersion.title == ADS)).one()
        fields = FeedbackFields(asset_version_id=row.id, use="used_with_customer", outcome="helped", rating=5)
        known = {"team_id": row.team_id, "user_id": person.id, "region": region, "source": "form", "reply_hours": 48}
        feedback.add_feedback(session, fields=fields, now=START + timedelta(days=1), **known)  # type: ignore[arg-type]
    db.close()


# the ladder


def test_up_the_ladder_as_its_owner(slack: Slack, company_url: str) -> None:
    radomir = slack.person(OWNER)
    dre, priya = slack.person(REP), slack.person(MARKETER)
    dre.command("/asset-feedback congress ads 4 the lattice catches the eye")
    release(priya, "congress ads")
    announced = dre.reads(ADS, "#launches")
    slack.jump(to="2026-11-23T16:29:00Z")
    assert asked(radomir) == []
    slack.jump(to=FIRST)
    first = radomir.reads(ADS, "app")
    for told in (
        "expires in 38 days, on 31 Dec 2026.", "Nobody has said that they used it", "1 person has spoken of it",
        "Rated 4.0 of 5 (1 rating)", "Its review took 9 days. Nobody seems to miss it", "90, 60 and 30 days before",
    ):  # fmt: skip
        assert told in first.text
    assert first.buttons == ["Renew", "Revise", "Retire"]
    for number, name in enumerate(USERS):
        use_it(company_url, slack.person(name), region=("West", "DACH", "France")[number % 3])
    slack.jump(to="2026-12-01T16:31:00Z")
    second = radomir.reads("expires in 30 days", "app")
    assert "Used with a customer 5 times, by 5 people in 3 regions" in second.text
    assert "Helped 5 times" in second.text
    assert "Renewed, that work stays in use" in second.text
    slack.jump(to="2026-12-31T16:31:00Z")
    last = radomir.reads("expires today", "app")
    assert "I used it" in dre.reads(ADS, "#launches").buttons
    slack.jump(to="2027-01-04T20:00:00Z")
    # Its last day is over: what was said of it says so. Its owner can still decide, nobody else is offered it.
    assert becomes(dre, announced, "expired on 31 Dec 2026", "#launches").buttons == []
    assert becomes(radomir, last, "expired on 31 Dec 2026").buttons == ["Renew", "Revise", "Retire"]
    assert len(asked(radomir)) == 3
    assert all(asked(slack.person(name)) == [] for name in (*USERS, MARKETER, ADMIN))
    assert "expired on 31 Dec 2026" in dre.command("/asset show congress ads")


def test_renew_gives_it_a_new_last_day_and_the_message_says_so(slack: Slack, company_url: str) -> None:
    radomir, dre = slack.person(OWNER), slack.person(REP)
    slack.jump(to=FIRST)
    message = radomir.reads(ADS, "app")
    radomir.click("Renew", message)
    for chosen, sentence in {
        "2026-11-23": "still to come",
        "2026-12-31": "It may be used until 31 Dec 2026 as it is",
        "2031-11-24": "more than 5 years ahead",
    }.items():
        assert sentence in radomir.submit(expires_on=chosen)["expires_on"]
    assert radomir.submit(expires_on="2027-01-20") == {}  # 58 days ahead: two rungs have gone by
    assert "may be used until 20 Jan 2027" in radomir.modal
    assert becomes(radomir, message, "has been renewed: it may be used until 20 Jan 2027").buttons == ["Show"]
    assert "20 Jan 2027" in dre.command("/asset show congress ads")
    slack.jump(to="2026-12-18T20:00:00Z")
    assert asked(radomir) == []
    slack.jump(to="2026-12-21T16:31:00Z")
    again = radomir.reads("expires in 30 days, on 20 Jan 2027", "app")
    set_in_the_tables(company_url, ADS, expires_on=date(2027, 6, 30))
    radomir.click("Renew", again)
    assert "it may be used until 30 Jun 2027" in private(radomir, "has been renewed").text
    assert radomir.sees_all()["modal"] is None or "The new last day" not in radomir.modal


def test_two_renew_at_once_and_nothing_is_lost(slack: Slack) -> None:
    radomir, priya = slack.person(OWNER), slack.person(MARKETER)
    slack.jump(to=FIRST)
    radomir.click("Renew", radomir.reads(ADS, "app"))
    priya.command("/asset edit congress ads")
    assert priya.submit(expires_on="2027-02-28") == {}
    assert radomir.submit(expires_on="2027-03-31") == {}
    assert "its last day is 28 Feb 2027 now" in radomir.modal
    assert radomir.fields["expires_on"] == "2027-03-31"
    assert radomir.submit(expires_on="2027-03-31") == {}
    assert "may be used until 31 Mar 2027" in radomir.modal


def test_revise_opens_the_next_version_filled_in_and_a_draft_is_known(slack: Slack, company_url: str) -> None:
    radomir, dre = slack.person(OWNER), slack.person(REP)
    slack.jump(to=FIRST)
    message = radomir.reads(ADS, "app")
    radomir.click("Revise", message)
    fields = radomir.fields
    assert (fields["reference"], fields["version"], fields["title"]) == (REFERENCE, "v2", ADS)
    assert (fields["owner_id"], fields["expires_on"], fields["released_on"]) == (radomir.id, None, None)
    assert fields["aliases"] == "congress ads, lattice ad, booth banner"
    assert radomir.submit(link=NEXT["link"], expires_on="2027-12-31") == {}
    drafted = becomes(radomir, message, "v2 is in the library as a draft")
    assert drafted.buttons == ["Renew", "Open v2", "Retire"]
    radomir.click("Open v2", drafted)
    assert radomir.fields["link"] == NEXT["link"]
    assert radomir.submit(title=ADS) == {}
    release(radomir, "congress ads")
    told = becomes(radomir, message, "has been replaced: v2 is current")
    assert told.buttons == ["Show v2"]
    assert "v2" in dre.command("/asset show congress ads")
    slack.jump(to="2026-12-31T20:00:00Z")
    assert asked(radomir) == []


def test_superseded_while_the_form_is_open_or_the_button_is_on_the_screen(slack: Slack, company_url: str) -> None:
    radomir, priya = slack.person(OWNER), slack.person(MARKETER)
    slack.jump(to=FIRST)
    message = radomir.reads(ADS, "app")
    radomir.click("Renew", message)
    priya.command("/asset add")
    assert priya.submit(**NEXT) == {}
    release(priya, "congress ads")
    assert radomir.submit(expires_on="2027-03-31") == {}
    assert "has been replaced: v2 is current. Nothing was changed." in radomir.modal
    slack.settle()
    slack.jump(to="2026-11-24T17:00:00Z")
    ward = asked(radomir, WARD)[0]
    set_in_the_tables(company_url, WARD, retired_at=START)
    for label in ("Renew", "Revise"):
        radomir.click(label, ward)
        private(radomir, "has been retired")
    radomir.click("Retire", ward)
    private(radomir, "is retired already.")


def test_retire_and_put_back_renew_what_has_expired_and_neither_as_a_rep(slack: Slack, company_url: str) -> None:
    radomir, dre = slack.person(OWNER), slack.person(REP)
    slack.jump(to=FIRST)
    message, expired = radomir.reads(ADS, "app"), radomir.reads(WARD, "app")
    radomir.click("Retire", message)
    assert becomes(radomir, message, "has been retired").buttons == ["Show"]
    radomir.click("Undo", radomir.reads("is retired. Nobody is offered it", "app"))
    message = becomes(radomir, message, "expires in 38 days")
    assert message.buttons == ["Renew", "Revise", "Retire"]
    assert "expired on 31 Oct 2026" in expired.text
    assert WARD not in dre.command("/asset list ward")
    radomir.click("Renew", expired)
    assert radomir.submit(expires_on="2027-10-31") == {}
    assert WARD in dre.command("/asset list ward")
    said = radomir.modal
    team_id = set_in_the_tables(company_url, ADS)
    db = Database(company_url)
    with db.begin() as session:
        people.record_roles(session, team_id=team_id, user_id=radomir.id, roles=frozenset({"rep"}))
    db.close()
    for label in ("Renew", "Revise", "Retire"):
        radomir.click(label, message)
        private(radomir, NOT_FOUND)
        assert radomir.modal == said


def test_nobody_answers_and_the_admins_hear_it_once(slack: Slack, company_url: str) -> None:
    radomir, sam, priya = slack.person(OWNER), slack.person(ADMIN), slack.person(MARKETER)
    team_id = set_in_the_tables(company_url, ADS)
    slack.post("person", user=radomir.id, deleted=True)
    db = Database(company_url)
    with db.begin() as session:
        people.record_person(session, team_id=team_id, user_id=radomir.id, now=START, is_active=False)
    db.close()
    slack.jump(to="2026-11-24T05:00:00Z")  # a night in New York
    slack.settle()
    assert all(ADS not in message.text for message in sam.messages("app"))
    slack.jump(to="2026-11-24T14:01:00Z")
    told = sam.reads(ADS, "app")
    assert "Radomir Pellsky has left, or is no marketer any more" in told.text
    assert f"/asset edit {REFERENCE}" in told.text
    slack.jump(to="2026-11-25T16:00:00Z")
    slack.settle()
    assert sum(ADS in message.text for message in sam.messages("app")) == 1
    assert asked(radomir) == []
    # Somebody answers for it now: they are asked, though the rung was let pass.
    priya.command("/asset edit congress ads")
    assert priya.submit(owner_id=priya.id) == {}
    slack.jump(to="2026-11-26T11:00:00Z")
    wait_until(lambda: len(asked(priya)) == 1, "the new owner is asked")


# the clock alone


@pytest.fixture
def meridian(db: Database, newcomers: Path) -> Database:
    """The sample company in the tables, met by the app on Monday 07:00 in UTC."""
    with db.begin() as session:
        load_company(session, folder=newcomers, team_id=TEAM, now=START)
        workspace.record_workspace(session, team_id=TEAM, name="Meridian", bot_user_id="UBOT", now=START)
    return db


@pytest.fixture
def settings() -> Settings:
    return read_settings(None)


def newest(db: Database, title: str = ADS) -> int:
    with db.read() as session:
        query = select(AssetVersion.id).where(AssetVersion.title == title, AssetVersion.team_id == TEAM)
        return session.exec(query.order_by(col(AssetVersion.number).desc())).first() or 0


def change(db: Database, title: str, **values: object) -> int:
    version_id = newest(db, title)
    with db.begin() as session:
        row = asset.get_version(session, team_id=TEAM, version_id=version_id)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
    return version_id


def rungs(db: Database, version_id: int) -> list[tuple[int, str, str | None]]:
    with db.read() as session:
        query = select(Slot).where(Slot.team_id == TEAM, Slot.schedule == "expiry", Slot.subject == str(version_id))
        rows = session.exec(query.order_by(col(Slot.local_date))).all()
        return [(row.number, row.state, row.reason) for row in rows]


def keys(db: Database, version_id: int) -> list[str]:
    with db.read() as session:
        rows = session.exec(select(Outbox).where(Outbox.team_id == TEAM).order_by(col(Outbox.id)))
        return [row.dedupe_key for row in rows if row.dedupe_key.startswith(f"expiry:{version_id}:")]


def test_a_clock_that_jumps_over_rungs_sends_the_latest_and_notes_the_others(
    meridian: Database, settings: Settings
) -> None:
    version_id = change(meridian, ADS, expires_on=date(2027, 6, 15))
    run_due(meridian, TEAM, START, settings)
    assert rungs(meridian, version_id) == []
    run_due(meridian, TEAM, datetime(2027, 5, 20, 18, tzinfo=UTC), settings)  # past three of them
    assert rungs(meridian, version_id) == [(90, "skipped", OVERTAKEN), (60, "skipped", OVERTAKEN), (30, "done", None)]
    run_due(meridian, TEAM, datetime(2027, 5, 10, 18, tzinfo=UTC), settings)  # the clock is put back
    assert len(keys(meridian, version_id)) == 1
    run_due(meridian, TEAM, datetime(2027, 9, 1, 18, tzinfo=UTC), settings)  # 78 days after its last day
    assert rungs(meridian, version_id)[-1] == (0, "skipped", TOO_LATE)
    assert len(keys(meridian, version_id)) == 1


def test_four_rungs_each_once_in_working_hours_whatever_the_clocks_do(meridian: Database, settings: Settings) -> None:
    version_id = change(meridian, ADS, expires_on=date(2027, 5, 8))  # a Saturday; clocks are turned on 14 March
    for day in (date(2027, 2, 7), date(2027, 3, 9), date(2027, 4, 8), date(2027, 5, 8)):
        now = datetime.combine(day, time(0), UTC) - timedelta(days=2)
        for half_hours in range(4 * 48):
            at = now + timedelta(minutes=30 * half_hours)
            if 14 <= at.hour <= 18 or at.hour == 3:
                run_due(meridian, TEAM, at, settings)
    with meridian.read() as session:
        query = select(Slot.due_at, Slot.done_at).where(Slot.schedule == "expiry", Slot.subject == str(version_id))
        found = session.exec(query.order_by(col(Slot.due_at))).all()
    half_past_eight = [
        datetime(2027, 2, 5, 16, 30, tzinfo=UTC),  # Sunday's on Friday, in winter
        datetime(2027, 3, 9, 16, 30, tzinfo=UTC),
        datetime(2027, 4, 8, 15, 30, tzinfo=UTC),  # in summer
        datetime(2027, 5, 7, 15, 30, tzinfo=UTC),  # Saturday's on Friday
    ]
    assert [tuple(one) for one in found] == [(at, at) for at in half_past_eight]
    assert len(keys(meridian, version_id)) == 4


def test_restarts_and_several_processes_send_one_message(meridian: Database, settings: Settings) -> None:
    now, version_id = datetime(2026, 11, 23, 18, tzinfo=UTC), newest(meridian)
    others = [Database(meridian.url) for _ in range(3)]
    threads = [threading.Thread(target=run_due, args=(db, TEAM, now, settings)) for db in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in others:
        db.close()
    assert rungs(meridian, version_id) == [(90, "skipped", OVERTAKEN), (60, "done", None)]
    assert len(keys(meridian, version_id)) == 1
    assert run_due(meridian, TEAM, now + timedelta(minutes=1), settings) == 0


def test_who_sets_the_last_day_is_not_told_at_once_of_what_they_know(meridian: Database, settings: Settings) -> None:
    with meridian.begin() as session:
        row = asset.get_version(session, team_id=TEAM, version_id=newest(meridian))
        assert row is not None
        day = date(2027, 1, 10)  # 48 days ahead
        asset_expiry.record_last_day(session, row, expires_on=day, now=START, today=START.date())
        version_id = row.id or 0
    assert rungs(meridian, version_id) == [(90, "skipped", SET_LATER), (60, "skipped", SET_LATER)]
    run_due(meridian, TEAM, datetime(2026, 11, 23, 18, tzinfo=UTC), settings)
    assert keys(meridian, version_id) == []


def test_nobody_to_ask_is_a_reason_and_is_mended_by_an_owner(meridian: Database, settings: Settings) -> None:
    version_id = change(meridian, ADS, owner_id="UGONE")
    for hours in (18, 19, 26, 40, 43):
        run_due(meridian, TEAM, datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hours), settings)
    assert rungs(meridian, version_id)[-1] == (60, "skipped", NOBODY)
    with meridian.read() as session:
        told = session.exec(select(Outbox).where(col(Outbox.dedupe_key).startswith("expiry.nobody:"))).all()
    assert [row.target for row in told] == ["U2RSUTD5A"]
    change(meridian, ADS, owner_id="UI9AI3W9W")
    run_due(meridian, TEAM, datetime(2026, 11, 25, 18, tzinfo=UTC), settings)
    assert rungs(meridian, version_id)[-1] == (60, "done", None)


def test_what_is_a_draft_superseded_retired_or_without_a_last_day_is_asked_of_nobody(
    meridian: Database, settings: Settings
) -> None:
    known = {"released_at": START, "superseded_at": None, "retired_at": None, "expires_on": date(2026, 12, 31)}
    for values in ({"released_at": None}, {"superseded_at": START}, {"retired_at": START}, {"expires_on": None}):
        version_id = change(meridian, ADS, **(known | values))
        run_due(meridian, TEAM, datetime(2026, 12, 1, 18, tzinfo=UTC), settings)
        assert keys(meridian, version_id) == []
    change(meridian, ADS, **known)
    run_due(meridian, TEAM, datetime(2026, 12, 1, 18, tzinfo=UTC), settings)
    assert len(keys(meridian, version_id)) == 1
