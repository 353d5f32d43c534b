"""A company from a folder in the tables: all of the sample company, and what is said of a folder that is wrong."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from bot.company import load_company
from bot.errors import SettingsError
from storage.asset import AssetVersion, list_cards
from storage.db import Database
from storage.feedback import Feedback, FeedbackReply
from storage.jobs import Job
from storage.outbox import Outbox
from storage.people import Person, list_people, list_roles

SAMPLE = Path(__file__).parent.parent / "sandbox" / "company"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
TEAM = "T1"
PEOPLE = "slack_id,name,department,role,region,tz\nU0123ABCD,Ada Rep,sales,rep,DACH,Europe/Berlin\n"
LINK = "https://assets.example/1"
ASSETS = f"reference,version,title,kind,url,released_at\nMKT-1,v1,Spine deck,deck,{LINK},2026-08-01\n"
SAID = {
    "id": "f1",
    "at": "2026-09-01T09:00:00Z",
    "person": "U0123ABCD",
    "asset": None,
    "source": "command",
    "rating": 2,
}


@pytest.fixture(scope="module")
def stories() -> dict[str, dict[str, float]]:
    """The numbers that the sample company was written to have."""
    told: dict[str, dict[str, float]] = json.loads(
        (SAMPLE / "stories.md").read_text().split("```json")[1].split("```")[0]
    )
    return told


@pytest.fixture
def sample(db: Database) -> Iterator[Session]:
    """A look at the tables with the sample company in them."""
    with db.begin() as session:
        load_company(session, folder=SAMPLE, team_id=TEAM, now=NOW)
    with db.read() as session:
        yield session


def count(session: Session, table: type[SQLModel], *conditions: object) -> int:
    query = select(func.count()).select_from(table)
    for condition in conditions:
        query = query.where(condition)  # type: ignore[arg-type]
    return session.exec(query).one()


def test_all_of_the_sample_company_is_there_and_nobody_is_written_to(sample: Session) -> None:
    rows = {table: count(sample, table) for table in (Person, AssetVersion, Feedback, FeedbackReply, Outbox, Job)}
    assert rows == {Person: 60, AssetVersion: 41, Feedback: 260, FeedbackReply: 74, Outbox: 0, Job: 0}
    roles = {"rep": 38, "marketer": 9, "manager": 6, "executive": 3, "compliance": 3, "admin": 1}
    assert {role: len(list_people(sample, team_id=TEAM, role=role)) for role in roles} == roles
    sam = list_people(sample, team_id=TEAM, role="admin")[0]
    assert sam.name == "Sam Etxeverrieta"
    assert list_roles(sample, team_id=TEAM, user_id=sam.user_id) == frozenset({"admin"})
    anke = next(one for one in list_people(sample, team_id=TEAM) if one.name == "Anke Brodbeck-Thal")
    assert (anke.department, anke.region, anke.tz) == ("sales", "DACH", "Europe/Berlin")
    assert anke.working_hours == "08:30-17:00"
    assert count(sample, Feedback, col(Feedback.said).startswith("@Owen Castellane the 22%")) == 1
    assert count(sample, Feedback, col(Feedback.said).contains("<@")) == 0


def test_assets_stand_as_the_library_would_have_them(sample: Session) -> None:
    cards = {(card.reference, card.version): card for card in list_cards(sample, team_id=TEAM)}
    assert len({reference for reference, _ in cards}) == 30
    old, new = cards["MLR-2026-0098", "v1"], cards["MLR-2026-0098", "v2"]
    assert (old.superseded_by, new.superseded_by) == ("v2", None)
    assert cards["MLR-2026-0143", "v1"].review_days == 62
    assert "subsidence paper" in cards["MLR-2026-0143", "v1"].aliases
    assert sum(card.expires_on is not None and card.expires_on < NOW.date() for card in cards.values()) == 3
    assert new.last_used_at is not None


def test_the_feedback_tells_the_planted_stories(sample: Session, stories: dict[str, dict[str, float]]) -> None:
    ids = {(card.reference, card.version): card.version_id for card in list_cards(sample, team_id=TEAM)}
    unused, rising = ids["MLR-2026-0143", "v1"], ids["MLR-2026-0207", "v2"]
    deck = ids["MLR-2026-0118", "v3"]
    about = col(Feedback.asset_version_id)
    uses = col(Feedback.use) == "used_with_customer"
    assert count(sample, Feedback, about == unused) == stories["s1"]["rows"]
    assert count(sample, Feedback, about == unused, uses) == stories["s1"]["used_with_customer"]
    assert count(sample, Feedback, about == rising, uses) == stories["s2"]["uses"]
    mean = select(func.avg(Feedback.rating)).where(about == deck, Feedback.region == "DACH")
    assert round(float(sample.exec(mean).one() or 0), 2) == stories["s4"]["dach_mean"]
    assert count(sample, Feedback, about.is_(None)) == 20


def test_texts_are_screened_and_clocks_run_as_if_it_had_been_typed(sample: Session) -> None:
    sources = {source: count(sample, Feedback, col(Feedback.source) == source) for source in ("check_in", "reaction")}
    assert sources == {"check_in": 170, "reaction": 9}
    for row in sample.exec(select(Feedback).where(col(Feedback.rating) <= 2)):
        assert row.reply_due_at == row.created_at + timedelta(hours=48)
    answered = set(sample.exec(select(FeedbackReply.feedback_id).where(col(FeedbackReply.held_for).is_(None))))
    replied = {row.id for row in sample.exec(select(Feedback).where(col(Feedback.replied_at).is_not(None)))}
    assert replied == answered
    assert len(replied) >= 70


def folder(tmp_path: Path, **files: str) -> Path:
    """A company's folder: files by their names, with `_csv` or `_jsonl` for the ending."""
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def load(db: Database, home: Path) -> None:
    with db.begin() as session:
        load_company(session, folder=home, team_id=TEAM, now=NOW)


def lines(*rows: Mapping[str, object]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def test_people_are_enough(db: Database, tmp_path: Path) -> None:
    load(db, folder(tmp_path, people_csv=PEOPLE))
    with db.read() as session:
        assert [one.name for one in list_people(session, team_id=TEAM)] == ["Ada Rep"]
        assert count(session, Feedback) == 0


def test_an_injury_in_the_past_is_held_too(db: Database, tmp_path: Path) -> None:
    said = SAID | {"text": "the patient was injured when the screw broke"}
    reply = {"id": "r1", "feedback": "f1", "at": "2026-09-02T09:00:00+02:00", "person": "U0123ABCD", "text": "Sorry"}
    load(db, folder(tmp_path, people_csv=PEOPLE, feedback_jsonl=lines(said), replies_jsonl=lines(reply)))
    with db.read() as session:
        row = session.exec(select(Feedback)).one()
    assert row.held_for == "complaint,adverse_event"
    assert row.replied_at == datetime(2026, 9, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "people_csv",
            PEOPLE + "U09ABCDEF,Bo,sales,boss,DACH,Europe/Berlin\n",
            "people.csv, line 3: “boss” is no role",
        ),
        ("people_csv", "name\n\n", "people.csv, line 1: There are columns, and nobody under them."),
        ("assets_csv", ASSETS + f"MKT-2,v1,Deck,deck,{LINK},soon\n", "assets.csv, line 3: "),
        ("feedback_jsonl", lines(SAID) + "\n{oops", "feedback.jsonl, line 2: not valid JSON."),
        ("feedback_jsonl", "[1]", "feedback.jsonl, line 1: must be one object in braces."),
        ("feedback_jsonl", lines(SAID, SAID), "feedback.jsonl, line 2: the id “f1” is there twice."),
        ("feedback_jsonl", lines(SAID | {"at": "yesterday"}), "“yesterday” is not a moment with its zone"),
        ("feedback_jsonl", lines(SAID | {"at": "2026-09-01"}), "“2026-09-01” is not a moment with its zone"),
        ("feedback_jsonl", lines(SAID | {"person": "U9"}), "line 1: “U9” is not in people.csv."),
        ("feedback_jsonl", lines(SAID | {"source": "dream"}), "“dream” is no source"),
        ("feedback_jsonl", lines(SAID | {"rating": 7}), "rating: Ratings go from 1 to 5."),
        ("feedback_jsonl", lines(SAID | {"rating": True}), "rating must be a whole number from 1 to 5"),
        ("feedback_jsonl", lines(SAID | {"use": "eaten"}), "use: Please choose one of the answers."),
        ("feedback_jsonl", lines(SAID | {"text": "a" * 3001}), "text: That is 3,001 characters; 3,000 fit in here."),
        ("feedback_jsonl", lines(SAID | {"text": 5}), "line 1: text is missing or is no text."),
        (
            "feedback_jsonl",
            lines(SAID | {"asset": {"reference": "MKT-1", "version": "v9"}}),
            "there is no asset MKT-1 v9 in assets.csv.",
        ),
        ("feedback_jsonl", lines(SAID | {"asset": "MKT-1"}), "asset must be null or have a reference and a version."),
        ("replies_jsonl", lines({"feedback": "f9"}), "there is no feedback with the id “f9”."),
        ("replies_jsonl", lines({}), "replies.jsonl, line 1: feedback is missing or is no text."),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(
    db: Database, tmp_path: Path, name: str, text: str, said: str
) -> None:
    home = folder(tmp_path, **{"people_csv": PEOPLE, "assets_csv": ASSETS, name: text})
    with pytest.raises(SettingsError) as raised:
        load(db, home)
    assert any(said in line for line in raised.value.lines), raised.value.lines
    with db.read() as session:
        assert count(session, Person) == 0


def test_every_bad_line_has_its_sentence_up_to_twenty(db: Database, tmp_path: Path) -> None:
    home = folder(tmp_path, people_csv=PEOPLE, feedback_jsonl=lines(*({"id": f"f{n}"} for n in range(30))))
    with pytest.raises(SettingsError) as raised:
        load(db, home)
    assert len(raised.value.lines) == 21
    assert raised.value.lines[-1] == "… and 10 more lines like these."


def test_a_folder_or_file_that_is_not_there_is_said(db: Database, tmp_path: Path) -> None:
    for home, said in ((tmp_path / "nowhere", "There is no folder"), (tmp_path, "people.csv is missing.")):
        with pytest.raises(SettingsError, match=said):
            load(db, home)
    (tmp_path / "people.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not written in UTF-8"):
        load(db, tmp_path)


def test_another_workspace_is_not_touched(db: Database, tmp_path: Path) -> None:
    home = folder(tmp_path, people_csv=PEOPLE, assets_csv=ASSETS, feedback_jsonl=lines(SAID))
    with db.begin() as session:
        for team_id in (TEAM, "T2"):
            load_company(session, folder=home, team_id=team_id, now=NOW)
    with db.read() as session:
        for table in (Person, AssetVersion, Feedback):
            assert [count(session, table, col(table.team_id) == team_id) for team_id in (TEAM, "T2")] == [1, 1]
