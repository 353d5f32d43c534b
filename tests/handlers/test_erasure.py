"""A person's own data, exports of everything, and erasure, through the front door."""

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sqlalchemy import select
from sqlmodel import col

from bot.access import NOT_FOUND
from bot.views import export as export_views
from handlers.erasure import ask_to_run
from storage import audit_reading, erasure, outbox, people, people_sync, thread
from storage.db import Database
from storage.feedback import Feedback
from storage.thread import CapturedThread
from tests.pulses import USABLE, start_pulse, team_of
from tests.slack import Message, Person, Slack

ADMIN, REP, OTHER, EXECUTIVE = "Sam Etxeverrieta", "Dre Hollowell", "Kayla Brandvold", "Desmond Fairlowe"
SAID = "they asked for the canary figures of 2025"
TAB = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def file_in(slack: Slack, person: Person, name: str) -> tuple[Message, bytes]:
    """The newest message in which the app sent somebody a file, and the file."""
    message = person.finds(
        lambda one: any(name in file["name"] for file in one.raw.get("files") or []), f"a file {name}", "app"
    )
    answer = slack._http.get(message.raw["files"][0]["url"])
    assert answer.status_code == 200
    return message, answer.content


def tabs_in(data: bytes) -> dict[str, list[list[str]]]:
    """The tabs of a workbook with their rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [
            one.get("name", "") for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{TAB}sheet")
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert not list(sheet.iter(f"{TAB}f")), "a formula"
            found[name] = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{TAB}row")]
        return found


def make_admin(slack: Slack, name: str) -> None:
    sam = slack.person(ADMIN)
    assert sam.command(f"/groundswell people {name}") == ""
    sam.click("Edit")
    assert sam.submit(roles=["admin", "executive"]) == {}


def test_own_data_and_everything(slack: Slack, company_url: str) -> None:
    dre, sam, kayla = slack.person(REP), slack.person(ADMIN), slack.person(OTHER)
    dre.command(f"/asset-feedback spine deck 2 {SAID}")
    kayla.command("/asset-feedback spine deck 4 =SUM(A1)")
    assert dre.command("/groundswell privacy") == ""
    assert "• 1 piece of feedback" in dre.modal
    assert "Words of feedback and check-ins: 36 months" in dre.modal
    assert "Ask an admin: Sam Etxeverrieta." in dre.modal
    dre.click("Send me my data")
    dre.click("Send me my data")
    assert "Your data is on its way" in dre.modal
    _, data = file_in(slack, dre, "my-groundswell")
    mine = tabs_in(data)
    assert SAID in str(mine["your_feedback"])
    assert "Dre Hollowell" in str(mine["you"])
    assert "SUM" not in str(mine)
    slack.settle()
    assert len([one for one in dre.messages("app") if one.raw.get("files")]) == 1, "twice in a minute is one wish"

    # A rep who tries to take everything, also with a form that somebody else was shown.
    refused = dre.command("/groundswell export")
    assert refused.startswith("An export of everything is for admins")
    assert "/groundswell privacy" in refused
    assert sam.command("/groundswell export") == ""
    assert "names" in sam.modal
    assert sam.submit(kind="xlsx") == {}
    _, data = file_in(slack, sam, ".xlsx")
    book = tabs_in(data)
    assert SAID in str(book["feedback"])
    assert "'=SUM(A1)" in str(book["feedback"])
    assert len(book["people"]) == 61
    sam.command("/groundswell export")
    assert sam.submit(kind="csv") == {}
    _, data = file_in(slack, sam, ".zip")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("feedback.csv").decode("utf-8-sig"))))
    assert [row["said"] for row in rows] == [SAID, "'=SUM(A1)"]

    # Whoever is no admin any more when the file goes out does not get it, nor with a form that is still open.
    make_admin(slack, EXECUTIVE)
    desmond = slack.person(EXECUTIVE)
    desmond.command("/groundswell export")
    sam.command("/groundswell people desmond")
    sam.click("Edit")
    assert sam.submit(roles=["executive"]) == {}
    assert desmond.submit(kind="xlsx") == {"kind": NOT_FOUND}
    db = Database(company_url)
    with db.begin() as session:  # as if it had waited since they were one
        message = export_views.everything_message("csv", date(2026, 11, 23))
        given: dict[str, Any] = {
            "team_id": team_of(slack),
            "target": desmond.id,
            "message": message,
            "now": outbox.AT_ONCE,
        }
        outbox.enqueue(session, key="late", **given)
    slack.jump(by_seconds=1)
    slack.settle()
    assert not any(one.raw.get("files") for one in desmond.messages("app"))
    with db.read() as session:
        late = outbox.find_message(session, team_id=team_of(slack), key="late")
        assert late is not None
        assert (late.state, late.reason) == ("failed", NOT_FOUND)
        trail = audit_reading.list_entries(session, team_id=team_of(slack), limit=50)
        assert len([one for one in trail if one.deed == "data.exported"]) == 2
    db.close()


def test_erasing_somebody(slack: Slack, company_url: str, tmp_path: Path) -> None:
    dre, sam, kayla = slack.person(REP), slack.person(ADMIN), slack.person(OTHER)
    dre.command(f"/asset-feedback spine deck 2 {SAID}")
    assert dre.command("/groundswell erase").startswith("Only an admin can change that.")
    db = Database(company_url)
    (general,) = (one["id"] for one in sam.sees_all()["conversations"] if one["name"] == "general")
    pulse_id = start_pulse(slack, db, USABLE, asker=EXECUTIVE, channel=general, privacy="confidential")
    asked = dre.reads("Is the new price sheet usable?", "#general")
    dre.click("Yes", on=asked)
    kayla.click("No", on=asked)

    said = dre.says("The canary deck is what the surgeons of my region ask for.")
    kayla.says(f"Send it to marketing, <@{dre.id}>, then.", thread_ts=said.ts)
    kayla.react(said, "memo")
    kayla.reads("marketing", "app")
    slack.settle()

    assert sam.command("/groundswell erase") == ""
    assert "Copy it from the person's profile" in sam.submit(member_id="Dre")["member_id"]
    assert sam.submit(member_id="U0NOBODY1")["member_id"] == "I have stored nothing about that person."
    assert "only admin" in sam.submit(person=sam.id)["person"]
    assert sam.submit(person=dre.id) == {}
    assert "Dre Hollowell" in sam.modal
    assert "• 1 vote in a named or confidential pulse" in sam.modal
    assert "• 1 message in a captured thread" in sam.modal
    assert "erase" in sam.submit(word="yes")["word"]
    assert sam.submit(word="Erase") == {}
    report = sam.reads("The erasure that you asked for is done.", "app")
    assert "1 piece of feedback" in report.text
    assert "read byte by byte: id, name and words stand nowhere in it" in report.text
    assert "Dre" not in report.text
    slack.settle()
    for suffix in ("", "-wal"):
        data = Path((db.engine.url.database or "") + suffix).read_bytes()
        for trace in (SAID, "Dre Hollowell", dre.id, "canary deck"):
            assert trace.encode() not in data, trace
    assert dre.home.startswith("Everything that Groundswell had stored about you was deleted.")
    with db.read() as session:
        assert audit_reading.prove(session, team_id=team_of(slack)).wrong == ""
        assert erasure.list_open(session, team_id=team_of(slack)) == []

    # What goes on around them brings nobody back: an emoji, a look at the Home, a sync, a thread that is read again.
    dre.react(asked, "+1")
    dre.opens_home()
    with db.begin() as session:
        people_sync.ask_at_once(session, team_id=team_of(slack), real_now=outbox.AT_ONCE)
        (thread_id,) = session.execute(select(col(CapturedThread.id))).scalars()
        row = thread.get_thread(session, team_id=team_of(slack), thread_id=thread_id or 0)
        assert row is not None
        assert [one.user_id for one in thread.list_messages(session, row)] == [kayla.id]
        thread.ask_to_read(session, row, real_now=outbox.AT_ONCE)
    slack.jump(by_seconds=1)
    slack.settle()
    with db.read() as session:
        assert people.get_person(session, team_id=team_of(slack), user_id=dre.id) is None
        (left,) = thread.list_messages(session, row)
        assert (left.user_id, left.text) == (kayla.id, "Send it to marketing, @somebody, then.")
    sam.command("/groundswell people hollow")
    assert "Nobody fits" in sam.modal
    # Who uses it again begins anew.
    dre.command("/asset-feedback spine deck 5")
    dre.command("/groundswell privacy")
    assert "1 piece of feedback" in dre.modal

    # An asker with an open pulse, who is an admin too: another one is there.
    make_admin(slack, EXECUTIVE)
    desmond = slack.person(EXECUTIVE)
    assert sam.command("/groundswell erase") == ""
    assert sam.submit(person=desmond.id) == {}
    assert "1 pulse of theirs is open" in sam.modal
    assert sam.submit(word="erase") == {}
    kayla.finds(lambda one: one.ts == asked.ts and "cancelled" in one.text, "that the pulse is cancelled")
    slack.settle()
    _take_the_last_admin(slack, db, sam, pulse_id)
    db.close()


def _take_the_last_admin(slack: Slack, db: Database, sam: Person, pulse_id: int) -> None:
    """Two forms are open, and by the time the second one is sent nobody else would be an admin."""
    assert pulse_id
    assert sam.command("/groundswell erase") == ""
    assert "only admin" in sam.submit(person=sam.id)["person"]
    with db.begin() as session:  # as if both had been asked for in one moment
        row = erasure.add_erasure(
            session, team_id=team_of(slack), user_id=sam.id, by=sam.id, now=outbox.AT_ONCE
        )  # fmt: skip
        ask_to_run(session, team_of(slack), row.id or 0)
    slack.jump(by_seconds=1)
    told = sam.reads("was not done, and nothing was deleted", "app")
    assert "only admin" in told.text


def test_words_that_are_too_old(slack: Slack, company_url: str) -> None:
    dre, sam = slack.person(REP), slack.person(ADMIN)
    dre.command(f"/asset-feedback spine deck 2 {SAID}")
    dre.command("/asset-feedback spine deck 4 newer words")
    slack.settle()
    db = Database(company_url)
    with db.begin() as session:
        row = session.execute(select(Feedback).where(col(Feedback.said) == SAID)).scalars().one()
        row.created_at = row.created_at - timedelta(days=366 * 2)
    sam.command("/groundswell settings")
    sam.click("Change keeping")
    assert sam.submit(keep_feedback_months="24") == {}
    slack.jump(by_seconds=24 * 3600)
    told = sam.reads("Words that had become too old were deleted last night:", "app")
    assert "• 1 piece of feedback" in told.text
    assert "was overwritten" in told.text
    slack.settle()
    slack.jump(by_seconds=3600)
    slack.settle()
    assert len([one for one in sam.messages("app") if "too old" in one.text]) == 1
    dre.command("/asset-feedback mine")
    mine = dre.finds(lambda one: "newer words" in one.text and "2 of 5" in one.text, "both pieces of feedback")
    assert SAID not in mine.text
    with db.read() as session:
        proof = audit_reading.prove(session, team_id=team_of(slack))
        entries = audit_reading.list_entries(session, team_id=team_of(slack), limit=20)
    assert proof.wrong == ""
    assert any(one.deed == "retention.done" for one in entries)
    db.close()
