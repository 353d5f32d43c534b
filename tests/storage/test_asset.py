"""Assets in the tables, on both engines: versions and their order, releases, announcements, and lists brought in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.domain.asset import AssetFields, state_on
from bot.domain.csv_list import BadLine
from bot.domain.feedback import FeedbackFields
from bot.errors import BotError
from storage import announcement as announcements
from storage import asset as store
from storage import asset_import, feedback, people
from storage.db import Database
from storage.jobs import Job, claim_job
from storage.outbox import Outbox

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = NOW.date()
TEAM, OWNER = "T1", "U9OWNER"
FIELDS = AssetFields(
    reference="MLR-1", version="v1", title="Spine deck", kind="deck", link="https://a.example/1", owner_id=OWNER,
    product_line="Halden", review_days=14, expires_on=date(2027, 5, 31), aliases=("the big deck", "Größe"),
)  # fmt: skip
HEADER = "reference,version,title,kind,url,owner"


def add(session: Session, team_id: str = TEAM, now: datetime = NOW, **change: Any) -> store.AssetVersion:
    return store.add_version(session, team_id=team_id, fields=replace(FIELDS, **change), now=now, by=OWNER)


def states(session: Session, team_id: str = TEAM) -> dict[str, str]:
    return {card.version: state_on(card, TODAY) for card in store.list_cards(session, team_id=team_id)}


def take_in(session: Session, text: str, **how: Any) -> asset_import.AssetImport:
    return asset_import.import_assets(session, team_id=TEAM, text=text, now=NOW, by=OWNER, **how)


def released(session: Session, row: store.AssetVersion, channel_id: str = "C1", words: str = "out") -> bool:
    return announcements.add_announcement(
        session, team_id=TEAM, version_id=row.id or 0, channel_id=channel_id, message={"text": words}, note="",
        by=OWNER, now=NOW,
    )  # fmt: skip


# versions


def test_remembered_cards_are_never_old_ones(db: Database) -> None:
    """What another connection changed is there, the owner's name too; what was rolled back is not."""
    with db.begin() as session:
        row = add(session, released_on=date(2026, 10, 1))
        add(session, team_id="T2", title="Another company's")
    with db.read() as session:
        first = store.list_names(session, team_id=TEAM)
        assert list(first) == store.list_cards(session, team_id=TEAM)
        assert store.list_names(session, team_id=TEAM) is first  # nothing changed: the very same
        assert [card.title for card in store.list_names(session, team_id="T2")] == ["Another company's"]
    other = Database(db.url)
    with other.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=OWNER, now=NOW, name="Theo")
        version = store.get_version(session, team_id=TEAM, version_id=row.id or 0)
        assert version is not None
        store.record_fields(session, version, fields=replace(FIELDS, title="Hip deck"), now=NOW)
    other.close()
    with db.read() as session:
        second = store.list_names(session, team_id=TEAM)
    assert [(card.title, card.owner_name) for card in second] == [("Hip deck", "Theo")]
    with db.begin() as session:
        add(session, reference="MLR-2")
        assert len(store.list_names(session, team_id=TEAM)) == 2
        session.rollback()
    with db.read() as session:
        assert store.list_names(session, team_id=TEAM) == second


def test_what_was_typed_comes_back(db: Database) -> None:
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=OWNER, now=NOW, name="Theo")
        row = add(session, released_on=date(2026, 10, 1))
    with db.read() as session:
        card = store.get_card(session, team_id=TEAM, version_id=row.id or 0)
        assert [card] == store.list_cards(session, team_id=TEAM)
    assert card
    for name in ("reference", "version", "title", "kind", "link", "owner_id", "product_line", "review_days", "aliases"):
        assert getattr(card, name) == getattr(FIELDS, name)
    assert (card.owner_name, card.expires_on) == ("Theo", FIELDS.expires_on)
    assert card.released_at == datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_what_is_out_since_today_is_out_now(db: Database) -> None:
    with db.begin() as session:
        assert add(session, released_on=TODAY).released_at == NOW


def test_versions_stand_in_their_order_however_they_come(db: Database) -> None:
    with db.begin() as session:
        for version in ("v2", "v10", "v1", "v9"):
            asset_id = add(session, version=version, released_on=date(2026, 6, 1)).asset_id
        assert [card.version for card in store.list_versions(session, team_id=TEAM, asset_id=asset_id)] == [
            "v1", "v2", "v9", "v10",
        ]  # fmt: skip
        assert states(session) == {"v1": "superseded", "v2": "superseded", "v9": "superseded", "v10": "current"}
        current = store.find_current_card(session, team_id=TEAM, asset_id=asset_id)
    assert current
    assert current.version == "v10"


def test_a_release_supersedes_and_a_draft_does_not(db: Database) -> None:
    with db.begin() as session:
        add(session, released_on=date(2026, 6, 1))
        draft = add(session, version="v2")
        assert states(session) == {"v1": "current", "v2": "draft"}
        store.record_released(session, draft, now=NOW)
        assert states(session) == {"v1": "superseded", "v2": "current"}
        store.record_released(session, draft, now=NOW + timedelta(days=9))
        assert draft.released_at == NOW


def test_a_retired_version_comes_back(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=date(2026, 6, 1))
        store.record_retired(session, row, now=NOW)
        assert states(session) == {"v1": "retired"}
        assert store.find_current_card(session, team_id=TEAM, asset_id=row.asset_id) is None
        store.record_retired(session, row, now=None)
        assert states(session) == {"v1": "current"}


@pytest.mark.parametrize(("reference", "version"), [("MLR-1", "v1"), ("mlr - 1", "V1")])
def test_the_same_version_is_refused_and_nothing_changes(db: Database, reference: str, version: str) -> None:
    with db.begin() as session:
        add(session)
        with pytest.raises(BotError, match="in the library already") as refused:
            add(session, reference=reference, version=version, title="Another")
        assert refused.value.field == "version"
    with db.read() as session:
        assert [card.title for card in store.list_cards(session, team_id=TEAM)] == ["Spine deck"]


def test_an_edit_keeps_the_moment_of_release_and_refuses_a_taken_name(db: Database) -> None:
    with db.begin() as session:
        add(session)
        row = add(session, version="v2")
        store.record_released(session, row, now=NOW)
        same_day = replace(FIELDS, version="v2", title="Spine story", released_on=TODAY)
        store.record_fields(session, row, fields=same_day, now=NOW + timedelta(hours=3))
        assert (row.title, row.released_at) == ("Spine story", NOW)
        with pytest.raises(BotError, match="v1 of MLR-1 is in the library already"):
            store.record_fields(session, row, fields=FIELDS, now=NOW)


def test_the_last_use_with_a_customer_is_known(db: Database) -> None:
    with db.begin() as session:
        version_id = add(session, released_on=date(2026, 6, 1)).id
        for days, use in ((9, "used_with_customer"), (5, "used_with_customer"), (1, "opened_only")):
            fields = FeedbackFields(asset_version_id=version_id, use=use)
            at = NOW - timedelta(days=days)
            row = feedback.add_feedback(
                session, team_id=TEAM, user_id="U1", region="", source="form", fields=fields, now=at, reply_hours=48
            )
            if days == 5:
                feedback.record_withdrawal(session, row, now=NOW)
    with db.read() as session:
        assert store.list_cards(session, team_id=TEAM)[0].last_used_at == NOW - timedelta(days=9)


def test_another_workspace_sees_nothing(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=date(2026, 6, 1))
        add(session, "T2", title="Theirs")
    with db.read() as session:
        assert [card.title for card in store.list_cards(session, team_id="T2")] == ["Theirs"]
        assert store.get_card(session, team_id="T2", version_id=row.id or 0) is None
        assert store.get_version(session, team_id="T2", version_id=row.id or 0) is None
        assert store.list_versions(session, team_id="T2", asset_id=row.asset_id) == []
        assert store.find_current_card(session, team_id="T2", asset_id=row.asset_id) is None
        assert announcements.list_announcements(session, team_id="T2", version_id=row.id or 0) == []


# announcements


def test_a_channel_hears_of_a_release_once(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=TODAY)
        assert [released(session, row), released(session, row), released(session, row, "C2")] == [True, False, True]
        told = announcements.list_announcements(session, team_id=TEAM, version_id=row.id or 0)
    assert [(one.channel_id, sent.target) for one, sent in told] == [("C1", "C1"), ("C2", "C2")]


def test_a_refusal_is_told_once_and_the_channel_can_be_tried_again(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=TODAY)
        released(session, row)
        sent = session.exec(select(Outbox)).one()
        sent.state, sent.reason = "failed", "not_in_channel"
        session.add(sent)
    with db.begin() as session:
        untold = announcements.list_untold_refusals(session, team_id=TEAM)
        assert [(one.channel_id, failed.reason) for one, failed in untold] == [("C1", "not_in_channel")]
        assert announcements.list_untold_refusals(session, team_id="T2") == []
        announcements.record_refusal_told(session, untold[0][1], target=OWNER, message={"text": "no"}, now=NOW)
        assert announcements.list_untold_refusals(session, team_id=TEAM) == []
        assert released(session, row, words="again") is True
        ((_, again),) = announcements.list_announcements(session, team_id=TEAM, version_id=row.id or 0)
    assert json.loads(again.payload) == {"text": "again"}


def test_an_announcement_changes_only_if_it_says_something_else(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=TODAY)
        released(session, row)
        ((told, sent),) = announcements.list_announcements(session, team_id=TEAM, version_id=row.id or 0)
        changed = [
            announcements.record_announcement_change(session, told, sent, message={"text": words}, now=NOW)
            for words in ("out", "replaced", "replaced", "out", "replaced")
        ]
        updates = session.exec(select(Outbox).where(Outbox.method == "chat.update")).all()
    assert changed == [False, True, False, True, True]
    assert [json.loads(one.payload)["text"] for one in updates] == ["replaced", "out", "replaced"]
    assert {one.after_id for one in updates} == {sent.id}


def test_a_look_at_announcements_is_asked_for_only_where_there_are_any(db: Database) -> None:
    with db.begin() as session:
        row = add(session, released_on=TODAY)
        announcements.ask_for_refresh(session, team_id=TEAM, asset_id=row.asset_id, real_now=NOW)
        assert session.exec(select(Job)).all() == []
        released(session, row)
        announcements.ask_for_refresh(session, team_id=TEAM, asset_id=row.asset_id, real_now=NOW)
    with db.begin() as session:
        job = claim_job(session, team_id=TEAM, now=NOW)
        assert job
        assert (job.kind, json.loads(job.payload)) == (announcements.REFRESH, {"asset_id": row.asset_id})


# lists


def test_a_list_comes_in_with_its_owners(db: Database) -> None:
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id="U5PRIYA", now=NOW, name="Priya Rangaraj-Cole")
        lines = "\ufeffReference;Version;Title;Kind;Link;Owner;Review days;Released;Expires on;Aliases;Colour\r\n"
        lines += 'A-1;v1;"Fewer; better alarms";whitepaper;https://a.example/1;priya rangaraj-cole;34;'
        lines += '2026-06-08;2027-06-07;"alarm paper;fewer better";red\r\n'
        lines += "A-2;v1;Ward video;video;https://a.example/2;<@U123ABC>;;08.06.2026;;ward video, ten days;\r\n\r\n"
        lines += "A-3;v1;Draft;deck;https://a.example/3;;;;;;\r\n"
        done = take_in(session, lines)
        cards = store.list_cards(session, team_id=TEAM)
    assert done.problems == []
    assert [row.title for row in done.saved] == ["Fewer; better alarms", "Ward video", "Draft"]
    assert [card.owner_id for card in cards] == ["U5PRIYA", "U123ABC", OWNER]
    assert [card.aliases for card in cards] == [("alarm paper", "fewer better"), ("ward video", "ten days"), ()]
    assert [card.review_days for card in cards] == [34, None, None]
    assert [state_on(card, TODAY) for card in cards] == ["current", "current", "draft"]
    assert cards[0].expires_on == date(2027, 6, 7)
    assert cards[1].released_at == datetime(2026, 6, 8, 12, tzinfo=UTC)


BAD = [
    ("A-2,v1,,deck,https://a.example/2,", "title: What is it called?"),
    ("A-2,v1,Two,deck,ftp://a.example/2,", "url: A link begins with https://"),
    ("A-2,v1,Two,deck,https://a.example/2,Nobody Known", "I know nobody called Nobody Known"),
    ("A-2,v1,Two,deck,https://a.example/2,Ada Ng", "2 people are called Ada Ng"),
    ("a - 1,V1,Two,deck,https://a.example/2,", "It has the same reference and version as line 2."),
    ("MLR-1,v1,Two,deck,https://a.example/2,", "v1 of MLR-1 is in the library already."),
    ('A-2,v1,"Two,deck,https://a.example/2,', "A quotation mark in it is not closed."),
    ("A-2,v1,Two,deck,https://a.example/2,,more", "It has 7 values, and there are 6 columns."),
    (f"A-2,v1,{'x' * 201},deck,https://a.example/2,", "title: That is 201 characters; 200 fit in here."),
]


@pytest.mark.parametrize(("line", "sentence"), BAD, ids=[sentence[:30] for _, sentence in BAD])
def test_a_bad_line_is_named_and_the_good_ones_kept_or_none(db: Database, line: str, sentence: str) -> None:
    text = f"{HEADER}\nA-1,v1,One,deck,https://a.example/1,\n{line}\nA-3,v1,Three,deck,https://a.example/3,\n"
    with db.begin() as session:
        add(session)
        for user_id in ("U1ADA", "U2ADA"):
            people.record_person(session, team_id=TEAM, user_id=user_id, now=NOW, name="Ada Ng")
        done = take_in(session, text, all_or_nothing=True)
        assert (done.saved, [bad.line for bad in done.problems]) == ([], [3])
        assert len(store.list_cards(session, team_id=TEAM)) == 1
        done = take_in(session, text)
        assert [row.title for row in done.saved] == ["One", "Three"]
        assert [bad.line for bad in done.problems] == [3]
        assert done.problems[0].sentence.startswith(sentence)
        assert asset_import.bad_lines(text, done.problems) == f"{HEADER}\n{line}"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("soon,,", "“soon” is no number of review days."),
        ("-3,,", "“-3” is no number of review days."),
        ("99999,,", "review_days: Days in review are a number from 0 to 3,650."),
        (",08/06/26,", "“08/06/26” is no day that I can read; write it like 2026-11-23."),
        (",2026-02-30,", "“2026-02-30” is no day that I can read"),
        (",2026-11-24,", "released_at: That day has not come yet."),
        (",2026-06-08,2026-06-07", "expires_at: It would expire before it is released."),
        (",,2026-11-22", "expires_at: That day is over"),
    ],
)
def test_wrong_numbers_and_days_are_sentences(db: Database, cells: str, sentence: str) -> None:
    text = f"{HEADER},review_days,released_at,expires_at\nA-1,v1,One,deck,https://a.example/1,,{cells}"
    with db.begin() as session:
        done = take_in(session, text)
    assert done.saved == []
    assert [bad.line for bad in done.problems] == [2]
    assert done.problems[0].sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", BadLine(1, "There is nothing in it yet.")),
        ("\n \n", BadLine(1, "There is nothing in it yet.")),
        (HEADER, BadLine(1, "There are columns, and no assets under them.")),
    ],
)
def test_an_empty_list_is_a_sentence(db: Database, text: str, problem: BadLine) -> None:
    with db.begin() as session:
        assert take_in(session, text) == asset_import.AssetImport([], [problem])


def test_a_list_without_its_columns_says_which(db: Database) -> None:
    with db.begin() as session:
        (problem,) = take_in(session, "\nreference,version,title\nA-1,v1,One\n").problems
    assert problem.line == 2
    assert "reference, version, title, kind, url" in problem.sentence


def test_what_came_out_this_morning_in_sydney_is_no_future(db: Database) -> None:
    evening = datetime(2026, 11, 22, 22, tzinfo=UTC)  # Monday 09:00 in Sydney
    text = f"{HEADER},released_at\nA-1,v1,One,deck,https://a.example/1,,2026-11-23"
    with db.begin() as session:
        people.record_person(session, team_id=TEAM, user_id=OWNER, now=NOW, tz="Australia/Sydney")
        done = asset_import.import_assets(session, team_id=TEAM, text=text, now=evening, by=OWNER)
        assert [row.released_at for row in done.saved] == [evening]


def test_a_newer_version_in_a_list_supersedes(db: Database) -> None:
    with db.begin() as session:
        add(session, released_on=date(2026, 6, 1))
        take_in(session, f"{HEADER},released_at\nMLR-1,v2,Spine deck,deck,https://a.example/2,,2026-10-01")
        assert states(session) == {"v1": "superseded", "v2": "current"}
