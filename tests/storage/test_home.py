"""What the App Home reads, and when it is drawn again; on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from bot.domain.ask import AWAY
from bot.domain.audience import Audience
from bot.domain.home import Owner, week_starts
from bot.domain.own_group import OwnGroup
from bot.domain.pulse import PulseQuestion, questions_to_json
from bot.settings import read_settings
from handlers import welcome as first_contact
from storage import erased, home_assets, home_duties, home_own, people, pulse_finding, quiet, role, welcome
from storage import home as store
from storage.ask import Ask
from storage.asset import Asset, AssetVersion
from storage.db import Database
from storage.feedback import Feedback, FeedbackReply, count_mine, list_mine
from storage.filed_away import FiledAwayCheck
from storage.jobs import Job, claim_job, record_job
from storage.people import Person
from storage.pulse import Pulse, PulseInvitation

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = NOW.date()
STARTS = week_starts(NOW, "UTC")


def days(number: float) -> datetime:
    return NOW - timedelta(days=number)


def add_person(session: Session, user_id: str, team_id: str = "T1", **more: Any) -> Person:
    more = {"name": f"Name of {user_id}", "department": "sales", "region": "DACH"} | more
    person = Person(team_id=team_id, user_id=user_id, created_at=NOW, **more)
    session.add(person)
    session.flush()
    return person


def add_version(session: Session, title: str, *, team_id: str = "T1", of: int = 0, **more: Any) -> AssetVersion:
    """A version that is out since long; of the asset `of`, or of a new one."""
    if not of:
        asset = Asset(team_id=team_id, reference=title, reference_key=title, created_at=NOW)
        session.add(asset)
        session.flush()
        of = asset.id or 0
    told: dict[str, Any] = {"owner_id": "M1", "review_days": 10, "released_at": days(300), "number": 1, "version": "v1"}
    row = AssetVersion(team_id=team_id, asset_id=of, title=title, kind="deck", created_at=NOW, **(told | more))
    session.add(row)
    session.flush()
    return row


def say(session: Session, user_id: str, version: AssetVersion | None, *, ago: float = 1, **more: Any) -> Feedback:
    team_id = version.team_id if version else "T1"
    row = Feedback(
        team_id=team_id, user_id=user_id, source="form", asset_version_id=version.id if version else None,
        created_at=days(ago), **more,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_a_marketers_assets_with_use_by_week_and_who_waits(db: Database) -> None:
    with db.begin() as session:
        for user_id in ("M1", "M2", "R1", "R2"):
            add_person(session, user_id)
        for user_id in ("M1", "M2"):
            role.record_roles(session, team_id="T1", user_id=user_id, roles=frozenset({"marketer"}))
        small = add_version(session, "Small", review_days=1)
        big = add_version(session, "Big", review_days=90)
        old = add_version(session, "Left over", owner_id="GONE", superseded_at=days(50))
        now = add_version(session, "Left over", of=old.asset_id, number=2, version="v2", review_days=None)
        ended = add_version(session, "Retired", retired_at=days(1))
        theirs = add_version(session, "Theirs", owner_id="M2")
        foreign = add_version(session, "Foreign", team_id="T2")
        say(session, "R1", big, use="used_with_customer", outcome="helped", rating=4)
        say(session, "R1", big, ago=8, use="used_with_customer", outcome="hurt")
        say(session, "R2", big, ago=90, use="opened_only", rating=2)
        say(session, "R2", big, ago=92, use="used_with_customer")  # before the first week
        say(session, "R2", big, withdrawn_at=NOW, rating=1)
        waits: dict[str, Any] = {"rating": 1, "said": "No.", "reply_due_at": days(0)}
        first = say(session, "R1", old, **waits | {"reply_due_at": days(3)})
        second = say(session, "R2", ended, **waits)
        say(session, "R2", small, **waits, replied_at=NOW)
        say(session, "R2", small, **waits, held_for="complaint")
        say(session, "M1", small, **waits)  # her own words
        say(session, "R2", theirs, **waits)
        say(session, "R2", foreign, **waits)
        check = FiledAwayCheck(
            team_id="T1", asset_version_id=big.id or 0, number=1, audience="{}", state="closed", due_at=NOW,
            closes_at=NOW, verdict="in_use", created_at=NOW,
        )  # fmt: skip
        session.add(check)
    with db.read() as session:
        own, answers_for = home_assets.list_own(session, team_id="T1", owner_id="M1")
        owed, total = home_assets.list_owed(
            session, team_id="T1", reader_id="M1", version_ids=answers_for, since=STARTS[0], limit=1
        )
        told = home_assets.with_uses(session, own, team_id="T1", starts=STARTS)
        none = home_assets.list_own(session, team_id="T1", owner_id="R1")
    assert [one.title for one in own] == ["Big", "Small", "Left over"]
    assert set(answers_for) == {small.id, big.id, old.id, now.id, ended.id}
    assert total == 2
    assert [(one.feedback_id, one.name, one.words) for one in owed] == [(first.id, "Name of R1", "No.")]
    assert second.id != first.id
    use = told[0].use
    assert (use.said, use.people, use.uses, use.users, use.helped, use.hurt, use.mean) == (3, 2, 2, 1, 1, 1, 3.0)
    assert (len(use.weeks), use.weeks[-2:]) == (13, (1, 1))
    assert [one.check.verdict if one.check else "" for one in told] == ["in_use", "", ""]
    assert told[2].use.said == 0
    assert none == ([], [])


def test_a_managers_group_and_an_executives_ground(db: Database) -> None:
    with db.begin() as session:
        for user_id in ("R1", "R2"):
            add_person(session, user_id)
        add_person(session, "R3", region="Iberia")
        add_person(session, "R4", department="marketing")
        add_person(session, "R5", is_active=False)
        add_person(session, "M1", department="marketing", name="Ines")
        add_person(session, "R1", team_id="T2")
        out, silent = add_version(session, "Out", review_days=40), add_version(session, "Silent", review_days=None)
        add_version(session, "Draft", released_at=None)
        foreign = add_version(session, "Foreign", team_id="T2")
        say(session, "R1", out, use="used_with_customer", rating=2, reply_due_at=days(2))
        say(session, "R2", None, ago=9, rating=4, reply_due_at=days(-2), replied_at=NOW)
        say(session, "R3", out, ago=40, reply_due_at=days(-1), rating=1)
        say(session, "R2", out, ago=30, held_for="complaint", rating=1, reply_due_at=days(9))
        say(session, "R1", foreign, rating=1, reply_due_at=days(9))
    with db.read() as session:
        month = week_starts(NOW, "UTC", 8)[::4]
        own = OwnGroup("T1", "M1", department="sales", region="DACH")
        group = home_duties.count_group(session, own, starts=month)
        nowhere = home_duties.count_group(session, replace(own, region=""), starts=month)
        ground = home_duties.count_ground(session, team_id="T1", starts=STARTS, now=NOW)
    assert (group.size, group.this.said, group.this.people, group.before.said) == (2, 2, 2, 1)
    assert (group.name, nowhere.size, nowhere.before.said) == ("Sales in DACH", 0, 0)
    assert (ground.use.said, ground.use.people, ground.people) == (4, 3, 5)
    assert (ground.asked, ground.answered, ground.held) == (4, 1, 1)
    assert ground.owners == [Owner("Ines", 2, 1)]
    assert (ground.assets, ground.days) == ({"": 2}, {"": 40})
    assert [one.title for one in ground.top] == ["Out", "Silent"]
    assert silent.id


def test_compliance_sees_what_ends_and_old_versions_in_use(db: Database) -> None:
    with db.begin() as session:
        for number, day in enumerate((-40, -2, 0, 90, 91)):
            add_version(session, f"Ends {number}", expires_on=TODAY + timedelta(days=day))
        add_version(session, "Retired", expires_on=TODAY, retired_at=NOW)
        old = add_version(session, "Old", superseded_at=days(20))
        gone = add_version(session, "Gone", expires_on=date(2026, 11, 1))
        for version in (old, gone):
            for ago in (1, 25, 50):
                say(session, "R1", version, ago=ago, use="used_with_customer")
        say(session, "R2", old, use="used_with_customer", withdrawn_at=NOW)
        say(session, "R2", old, use="opened_only", held_for="complaint")
        say(session, "R2", None, ago=31, held_for="complaint")
    with db.read() as session:
        duties = home_duties.count_duties(session, team_id="T1", now=NOW, today=TODAY)
        elsewhere = home_duties.count_duties(session, team_id="T2", now=NOW, today=TODAY)
    assert [one.title for one in duties.expired] == ["Ends 0", "Gone", "Ends 1"]
    assert [one.title for one in duties.expiring] == ["Ends 2", "Ends 3"]
    assert (duties.expired_total, duties.expiring_total) == (3, 2)
    assert sorted((one.title, one.uses, one.people) for one in duties.old) == [("Gone", 1, 1), ("Old", 1, 1)]
    assert duties.held == {"complaint": 1}
    assert (elsewhere.expired, elsewhere.old, elsewhere.held) == ([], [], {})


def test_what_came_of_words_the_newest_first(db: Database) -> None:
    with db.begin() as session:
        add_person(session, "M1", name="Ines")
        old = add_version(session, "Deck", superseded_at=days(3))
        new = add_version(session, "Deck", of=old.asset_id, number=2, version="v2", released_at=days(3))
        said = say(session, "R1", old, ago=9, replied_at=days(2))
        say(session, "R3", old, ago=1)  # of the old one, when the new one was out already
        other = say(session, "R2", old, ago=9, replied_at=days(1))
        for row, text, held in ((said, "Page 7.", None), (said, "Held.", "complaint"), (other, "Theirs.", None)):
            reply = FeedbackReply(
                team_id="T1", feedback_id=row.id or 0, user_id="M1", text=text, held_for=held, created_at=days(2)
            )
            session.add(reply)
        questions = questions_to_json((PulseQuestion("Usable?", "single", ("Yes", "No")),))
        for privacy, state, outcome in (
            ("named", "closed", "Dropped it."), ("named", "closed", None), ("named", "open", None),
            ("confidential", "open", None),
        ):  # fmt: skip
            pulse = Pulse(
                team_id="T1", asker_id="M1", questions=questions, audience=Audience().to_json(), privacy=privacy,
                state=state, closes_at=days(4), created_at=days(9), outcome=outcome,
                outcome_at=days(1) if outcome else None,
            )  # fmt: skip
            session.add(pulse)
            session.flush()
            session.add(PulseInvitation(team_id="T1", pulse_id=pulse.id or 0, user_id="R1"))
    with db.read() as session:
        who: dict[str, Any] = {"team_id": "T1", "since": days(180)}
        became = home_own.list_became(session, **who, user_id="R1", limit=5)
        others = home_own.list_became(session, **who, user_id="R2", limit=5)
        assert home_own.list_became(session, **who, user_id="R3", limit=5) == []
        pulses = pulse_finding.list_own(session, team_id="T1", user_id="M1")
    assert [(one.kind, one.about, one.words, one.by) for one in became] == [
        ("outcome", "Usable?", "Dropped it.", "Ines"), ("answered", "Deck", "Page 7.", "Ines"),
        ("replaced", "Deck", "v2", ""),
    ]  # fmt: skip
    assert became[2].version_id == new.id
    assert [one.kind for one in others] == ["answered", "replaced"]
    assert [(one.closes_at, one.invited, one.answered) for one in pulses] == [
        (days(4), 1, None), (days(4), 1, 0), (None, 0, None)
    ]  # fmt: skip


def test_asks_that_wait_those_that_come_and_quiet(db: Database) -> None:
    def ask(subject: int, state: str, **more: Any) -> Ask:
        usual: dict[str, Any] = {"closes_at": days(-9), "next_at": days(-2), "kind": "filed_away", "user_id": "R1"}
        row = Ask(
            team_id="T1",
            subject_id=subject,
            stop_key="s",
            why="",
            state=state,
            due_at=NOW,
            created_at=NOW,
            **(usual | more),
        )
        session.add(row)
        session.flush()
        return row

    with db.begin() as session:
        person = add_person(session, "R1")
        asked = ask(1, "asked")
        ask(2, "asked", closes_at=days(1))
        ask(3, "asked", user_id="R2")
        ask(4, "asked", kind="pulse")
        held = ask(5, "planned", reason=AWAY, next_at=days(-5))
        ask(6, "planned")
        ask(7, "refused", next_at=None)
    with db.begin() as session:
        who: dict[str, Any] = {"team_id": "T1", "user_id": "R1", "now": NOW, "limit": 5}
        assert [one.ask_id for one in home_own.list_open_asks(session, **who)] == [asked.id]
        planned = home_own.list_next_asks(session, **who)
        assert [(one.label, one.at) for one in planned] == [
            ("whether new assets are used", days(-2)), ("whether new assets are used", days(-5))
        ]  # fmt: skip
        person = session.merge(person)
        quiet.record_quiet(session, person, until=days(-4), now=NOW)
        assert session.get_one(Ask, held.id).next_at == NOW


def test_health_counts_what_did_not_arrive_and_the_checklist_what_was_announced(db: Database) -> None:
    with db.begin() as session:
        add_version(session, "One")
        add_version(session, "Foreign", team_id="T2")
        session.add(Job(team_id="T1", dedupe_key="a", kind="x", payload="{}", state="failed", not_before=NOW))
    with db.read() as session:
        health = store.read_health(session, team_id="T1", now=NOW, model="")
        assert store.count_assets(session, team_id="T1") == 1
        assert store.count_announced(session, team_id="T1") == 0
    assert (health.ticked_at, health.failed, health.uncertain, health.waiting, health.jobs_failed) == (None, 0, 0, 0, 1)


def test_own_words_are_found_by_a_word_or_by_an_assets_title(db: Database) -> None:
    with db.begin() as session:
        deck = add_version(session, "Spine Deck")
        say(session, "R1", deck, ago=3, rating=4)
        say(session, "R1", None, ago=2, said="The LATTICE is 100 % clear")
        say(session, "R1", None, ago=1, missing="a lattice picture")
        say(session, "R1", None, said="lattice", withdrawn_at=NOW)
        say(session, "R2", deck, said="lattice")
    with db.read() as session:
        who = {"team_id": "T1", "user_id": "R1"}
        for search, number in (("", 3), ("lattice", 2), ("spine", 1), ("100 %", 1), ("_", 0), ("nothing", 0)):
            assert count_mine(session, **who, search=search) == number, search
            assert len(list_mine(session, **who, offset=0, limit=9, search=search)) == number, search


def waiting(db: Database) -> list[str]:
    with db.read() as session:
        return sorted(session.exec(select(Job.dedupe_key).where(Job.state == "pending")))


def test_somebody_is_met_once(db: Database) -> None:
    with db.begin() as session:
        add_person(session, "R1")
        for _ in range(2):
            welcome.ask_for_welcome(session, team_id="T1", user_id="R1", real_now=NOW)
        who: dict[str, Any] = {"team_id": "T1", "user_id": "R1", "admins": frozenset[str](), "default_tz": "UTC"}
        assert people.find_actor(session, **who).is_new
        assert welcome.record_met(session, team_id="T1", user_id="R1", now=NOW)
        assert welcome.record_met(session, team_id="T1", user_id="R1", now=NOW) is None
        assert welcome.record_met(session, team_id="T1", user_id="R2", now=NOW) is None
        assert not people.find_actor(session, **who).is_new
    assert waiting(db) == ["welcome:R1"]


def test_admins_are_welcomed_at_the_installation_but_none_who_was_erased_or_has_left(db: Database) -> None:
    settings = read_settings(None, admin_user_ids="UNEW,UMET,UERASED,ULEFT")
    with db.begin() as session:
        add_person(session, "UMET", met_at=NOW)
        add_person(session, "ULEFT", is_active=False)
        add_person(session, "UROLE")
        role.record_roles(session, team_id="T1", user_id="UROLE", roles=frozenset({"admin"}))
        erased.record_erased(session, team_id="T1", user_id="UERASED", now=NOW)
    for _ in range(2):
        assert first_contact.run_due(db, "T1", NOW, settings) == 2
    assert waiting(db) == ["welcome:UNEW", "welcome:UROLE"]


def test_a_home_never_opened_is_not_drawn(db: Database) -> None:
    with db.begin() as session:
        store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == []


def test_a_change_during_the_drawing_draws_once_more(db: Database) -> None:
    with db.begin() as session:
        for _ in range(3):
            store.ask_for_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1"]
    with db.begin() as session:
        job = claim_job(session, team_id="T1", now=NOW)
        assert job
        for _ in range(3):
            store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1:after"]
    with db.begin() as session:
        record_job(session, job, state="done", now=NOW)
        store.refresh_home(session, team_id="T1", user_id="U1", real_now=NOW)
    assert waiting(db) == ["home:U1", "home:U1:after"]
