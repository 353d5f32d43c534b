"""Own groups in the tables, on both engines: who belongs to one, what an admin chose when, and what Slack tells."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.access import Actor
from bot.domain.audience import Audience
from bot.domain.own_group import PEOPLE, PLACE, USER_GROUP, Choice, OwnGroup
from bot.errors import BotError
from storage import audience, audit_reading, erased, erasure, jobs, own_data, people, pulse_audience, user_group
from storage import own_group as store
from storage.audit import AuditEntry
from storage.db import Database
from storage.own_group import OwnGroupChoice, OwnGroupMember

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TEAM, BOSS, ADA, BEN, CAL, GONE, ADMIN = "T1", "UBOSS", "UADA", "UBEN", "UCAL", "UGONE", "UADMIN"
SPINE = "S0SPINE"


@pytest.fixture
def staff(db: Database) -> Database:
    """A manager in DACH with one rep there, two elsewhere, one who has left, and the same in another workspace."""
    with db.begin() as session:
        for team_id in (TEAM, "T2"):
            for user_id, department, region in (
                (BOSS, "sales", "DACH"), (ADA, "sales", "DACH"), (BEN, "sales", "France"), (CAL, "marketing", "DACH"),
                (GONE, "sales", "DACH"), (ADMIN, "other", ""),
            ):  # fmt: skip
                people.record_person(
                    session, team_id=team_id, user_id=user_id, now=NOW, name=f"{user_id} {team_id}",
                    department=department, region=region, is_active=user_id != GONE,
                )  # fmt: skip
            people.record_roles(session, team_id=team_id, user_id=BOSS, roles=frozenset({"manager"}))
            user_group.record_user_groups(session, team_id=team_id, groups={SPINE: "Spine", "S0HIP": "Hip"})
    return db


def choose(db: Database, kind: str, *, by: str = ADMIN, now: datetime = NOW, **more: Any) -> bool:
    with db.begin() as session:
        said = Choice(kind, **more)
        return store.change_own_group(session, said, team_id=TEAM, manager_id=BOSS, now=now, real_now=NOW, by=by)


def choose_spine(db: Database, *members: str) -> None:
    choose(db, USER_GROUP, user_group_id=SPINE)
    tell(db, "Spine", *members)


def tell(db: Database, name: str, *members: str, now: datetime = NOW, is_lost: bool = False) -> bool:
    """What Slack tells of the manager's user group."""
    with db.begin() as session:
        row = store.take_choice(session, team_id=TEAM, choice_id=own_of(session).choice_id)
        assert row
        told = None if is_lost else frozenset(members)
        has_changed = store.record_members(session, row, name=name, members=told, now=now)
        return store.record_looked(session, row, now=now) or has_changed


def own_of(session: Session, team_id: str = TEAM) -> OwnGroup:
    own = store.find_own_group(session, team_id=team_id, manager_id=BOSS)
    assert own
    return own


def members(db: Database, team_id: str = TEAM) -> list[str]:
    """Who is in it by what everything else asks, and that all ways of asking agree."""
    with db.read() as session:
        own = own_of(session, team_id)
        found = audience.list_group(session, team_id=team_id, audience=Audience(role=""), of=own)
        assert store.count_people(session, own) == len(found)
        assert audience.count_group(session, team_id=team_id, audience=Audience(role=""), of=own) == len(found)
        asker = Actor(team_id, BOSS, "", frozenset({"manager"}), "sales", "DACH", "UTC")
        asked = pulse_audience.list_askable(session, team_id=team_id, asker=asker, audience=Audience(role=""))
        assert asked == [one for one in found if one.user_id != BOSS]
    return [one.user_id for one in found]


def test_it_is_the_department_and_region_until_an_admin_says_otherwise(staff: Database) -> None:
    assert members(staff) == [ADA, BOSS]
    choose_spine(staff, BEN, CAL, GONE, "UNOBODY")
    assert members(staff) == [BEN, CAL]  # the manager is not in it; who has left and whom nobody knows counts nowhere
    assert members(staff, "T2") == [ADA, BOSS]
    assert choose(staff, PEOPLE, user_ids=(BOSS, BEN, GONE))
    assert members(staff) == [BEN, BOSS]
    assert choose(staff, PLACE)
    assert members(staff) == [ADA, BOSS]
    with staff.read() as session:
        assert session.exec(select(OwnGroupMember)).all() == []  # what is over names nobody


def test_an_audience_lies_within_it_whatever_the_form_claims(staff: Database) -> None:
    choose_spine(staff, BEN, CAL)
    within = [
        (
            Audience(role="", regions=("DACH",)),
            [BEN, CAL],
        ),  # of a check-in that was kept before: no manager chooses any
        (Audience(role="", user_ids=(ADA, BEN)), [BEN]),
        (Audience(role="manager"), []),
    ]
    with staff.read() as session:
        for asked, expected in within:
            found = audience.list_group(session, team_id=TEAM, audience=asked, of=own_of(session))
            assert [one.user_id for one in found] == expected
        inside = audience.list_group(
            session, team_id=TEAM, audience=Audience(role=""), of=own_of(session), members=frozenset({CAL, ADA})
        )
        assert [one.user_id for one in inside] == [CAL]


def test_without_a_region_nobody_knows_it_unless_it_is_chosen(staff: Database) -> None:
    with staff.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=BOSS, now=NOW, region="")
        asker = Actor(TEAM, BOSS, "", frozenset({"manager"}), "sales", "", "UTC")
        assert store.find_own_group(session, team_id=TEAM, manager_id=BOSS) is None
        assert store.find_own_group(session, team_id=TEAM, manager_id="UNOBODY") is None
        with pytest.raises(BotError, match=r"set your department and region .*, or choose one of Slack's user groups"):
            pulse_audience.list_askable(session, team_id=TEAM, asker=asker, audience=Audience(role=""))
    choose(staff, PEOPLE, user_ids=(ADA,))
    assert members(staff) == [ADA]


def test_a_choice_has_from_and_to_and_stands_in_the_trail_without_names(staff: Database) -> None:
    with staff.begin() as session:  # of two admins at once the last one wins
        user_group.record_user_groups(session, team_id=TEAM, groups={SPINE: "Spine", "S0HIP": "Hip"})
    choose(staff, USER_GROUP, user_group_id=SPINE)
    assert not choose(staff, USER_GROUP, user_group_id=SPINE, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    choose(staff, PEOPLE, user_ids=(ADA, BEN), now=later, by=BOSS)
    assert not choose(staff, PEOPLE, user_ids=(BEN, ADA, BEN))
    choose(staff, PEOPLE, user_ids=(ADA, CAL), now=later)
    choose(staff, PLACE, now=NOW)  # by a clock that is behind
    assert not choose(staff, PLACE)
    with staff.read() as session:
        rows = session.exec(select(OwnGroupChoice).order_by(col(OwnGroupChoice.id))).all()
        entries = audit_reading.list_entries(session, team_id=TEAM, limit=9)[::-1]
        sealed = json.dumps([one.details for one in session.exec(select(AuditEntry)).all()])
        wakes = jobs.find_state(session, team_id=TEAM, key=user_group.READ)
    assert [(one.kind, one.held_from, one.held_to, one.given_by, one.ended_by) for one in rows] == [
        (USER_GROUP, NOW, later, ADMIN, BOSS),
        (PEOPLE, later, later, BOSS, ADMIN),
        (PEOPLE, later, later, ADMIN, ADMIN),
    ]
    assert wakes == "pending"
    assert [(one.deed, one.by, one.about) for one in entries] == [
        ("own_group.changed", by, BOSS) for by in (ADMIN, BOSS, ADMIN, ADMIN)
    ]
    assert [(one.before["own group"], one.after["own group"]) for one in entries] == [
        ("Sales in DACH", "Spine user group"),
        ("Spine user group", "2 people by hand"),
        ("2 people by hand", "2 people by hand"),
        ("2 people by hand", "Sales in DACH"),
    ]
    assert (entries[2].after["added"], entries[2].after["taken out"]) == (1, 1)
    assert not any(name in str(one) for name in (ADA, BEN, CAL) for one in entries)
    assert "Spine" not in sealed


def test_only_one_holds_at_a_time(staff: Database) -> None:
    threads = [
        threading.Thread(target=choose, args=(staff, PEOPLE), kwargs={"user_ids": (one,), "by": one})
        for one in (ADA, BEN, CAL)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with staff.read() as session:
        held = session.exec(select(OwnGroupChoice).where(col(OwnGroupChoice.held_to).is_(None))).all()
        assert len(session.exec(select(OwnGroupChoice)).all()) == 3
        assert len(audit_reading.list_entries(session, team_id=TEAM, limit=9)) == 3
    assert len(held) == 1
    assert members(staff) == [held[0].given_by]
    with pytest.raises(IntegrityError), staff.begin() as session:
        session.add(OwnGroupChoice(team_id=TEAM, user_id=BOSS, kind=PEOPLE, held_from=NOW))


def test_a_user_group_that_slack_shows_no_more_keeps_its_last_people(staff: Database) -> None:
    choose(staff, USER_GROUP, user_group_id=SPINE)
    with staff.read() as session:
        assert own_of(session).is_unread
    assert members(staff) == []
    assert tell(staff, "Spine", BEN, CAL)
    assert not tell(staff, "Spine", BEN, CAL)
    assert tell(staff, "Backbone", CAL, ADA)
    assert members(staff) == [ADA, CAL]
    with staff.read() as session:
        assert own_of(session).in_words() == "Backbone user group"
        assert store.list_lost(session, team_id=TEAM) == []
    assert tell(staff, "", is_lost=True)
    assert not tell(staff, "", is_lost=True, now=NOW + timedelta(days=1))
    assert members(staff) == [ADA, CAL]
    with staff.begin() as session:
        assert own_of(session).lost_at == NOW
        (lost,) = store.list_lost(session, team_id=TEAM)
        assert (lost.manager, lost.name, lost.people) == ("UBOSS T1", "Backbone", 2)
        assert store.list_lost(session, team_id="T2") == []
        people.record_roles(session, team_id=TEAM, user_id=BOSS, roles=frozenset({"rep"}))
        assert store.list_lost(session, team_id=TEAM) == []
    assert tell(staff, "Backbone", ADA)
    with staff.read() as session:
        assert own_of(session).lost_at is None


def test_slack_is_asked_hourly_of_user_groups_and_daily_of_people_by_hand(staff: Database) -> None:
    def due(now: datetime) -> list[str]:
        with staff.read() as session:
            assert store.list_due(session, team_id="T2", now=now) == []
            return [one.kind for one in store.list_due(session, team_id=TEAM, now=now)]

    assert due(NOW) == []
    choose(staff, USER_GROUP, user_group_id=SPINE)
    assert due(NOW) == [USER_GROUP]
    tell(staff, "Spine", ADA)
    assert due(NOW + timedelta(minutes=59)) == []
    assert due(NOW + timedelta(hours=1)) == [USER_GROUP]
    choose(staff, PEOPLE, user_ids=(ADA,))
    assert due(NOW) == [PEOPLE]
    with staff.begin() as session:
        row = store.take_choice(session, team_id=TEAM, choice_id=own_of(session).choice_id)
        assert row
        assert store.take_choice(session, team_id="T2", choice_id=row.id or 0) is None
        store.record_looked(session, row, now=NOW)
    assert due(NOW + timedelta(hours=23)) == []
    assert due(NOW + timedelta(days=1)) == [PEOPLE]
    choose(staff, PLACE)
    assert due(NOW + timedelta(days=9)) == []
    with staff.begin() as session:
        assert store.take_choice(session, team_id=TEAM, choice_id=row.id or 0) is None  # it holds no more


def test_whoever_is_erased_is_in_no_own_group_and_a_manager_takes_theirs_along(staff: Database) -> None:
    choose_spine(staff, ADA, BEN, CAL)
    with staff.begin() as session:
        counts = own_data.count_own(session, team_id=TEAM, user_id=ADA)
        sheets = {one.name: list(one.rows) for one in own_data.list_own_sheets(session, team_id=TEAM, user_id=BOSS)}
        assert counts["owngroupmember"] == 1
        assert "Spine" in str(sheets["your_own_group_as_a_manager"])
        erasure.erase_person(session, team_id=TEAM, user_id=ADA, by=ADMIN, now=NOW)
        assert erased.list_erased(session, team_id=TEAM, user_ids=(ADA,)) == {ADA}
    tell(staff, "Spine", ADA, BEN)  # Slack still has them in it
    with staff.read() as session:
        assert session.exec(select(OwnGroupMember.user_id)).all() == [BEN]
    with staff.begin() as session:
        erasure.erase_person(session, team_id=TEAM, user_id=ADMIN, by=BOSS, now=NOW)
        assert session.exec(select(OwnGroupChoice.given_by)).all() == [""]
        erasure.erase_person(session, team_id=TEAM, user_id=BOSS, by="", now=NOW)
        assert session.exec(select(OwnGroupChoice)).all() == []
        assert session.exec(select(OwnGroupMember)).all() == []
