"""Recurring pulses through the front door: sent on their days, skipped without an outcome, edited and stopped."""

from datetime import date

from sqlmodel import col, select

from bot.domain.pulse_series import LATER_ONE, NO_ASKER, NO_OUTCOME, TOO_LATE
from storage import people
from storage.db import Database
from storage.slots import Slot
from tests.slack import Person, Slack, wait_until

MANAGER, REP, DACH = "Gudrun Eslinghofer", "Jonas Ketterling", "#sales-dach"
ASKED = "How was your week?"


def start(slack: Slack, repeats: str = "1") -> Person:
    """A pulse that goes out now, on Monday at eight in Berlin, and every week from now on."""
    gudrun = slack.person(MANAGER)
    gudrun.command("/pulse", DACH)
    gudrun.click("New pulse")
    gudrun.choose("pulse_form.kind", "scale_5")
    form = {"question0": ASKED, "privacy": "named", "closes_on": "2026-11-25", "repeats": repeats}
    assert gudrun.submit(**form) == {}
    return gudrun


def slots(url: str) -> list[tuple[date, str, str | None]]:
    """What became of each day."""
    db = Database(url)
    with db.read() as session:
        query = select(Slot).where(Slot.schedule == "pulse").order_by(col(Slot.local_date))
        found = [(one.local_date, one.state, one.reason) for one in session.exec(query)]
    db.close()
    return found


def test_the_next_one_goes_out_on_its_day_once_the_outcome_is_told(slack: Slack, company_url: str) -> None:
    gudrun, jonas = start(slack), slack.person(REP)
    assert "It goes out again every week on Monday at 08:00; before each I ask you what was done" in gudrun.modal
    jonas.reads(ASKED, DACH)
    gudrun.click("Back to the list")
    assert "*Recurring*, every week on Monday at 08:00, next" in gudrun.modal
    assert "30 Nov 2026, 08:00" in gudrun.modal
    slack.jump(to="2026-11-25T12:00:00Z")
    jonas.reads("This pulse has closed.", DACH)
    slack.jump(to="2026-11-30T07:30:00Z")
    told = gudrun.reads("did not go out this time: nobody has said what was done with the one before.", "app")
    assert told.buttons == ["Say what was done"]
    assert slots(company_url) == [(date(2026, 11, 30), "skipped", NO_OUTCOME)]
    gudrun.click("Say what was done", told)
    assert gudrun.submit(outcome="We meet later on Mondays.") == {}
    jonas.finds(lambda one: any("We meet later" in reply.text for reply in one.replies), "what was done", DACH)
    slack.jump(to="2026-12-07T07:30:00Z")
    wait_until(lambda: len([one for one in jonas.messages(DACH) if ASKED in one.text]) == 2, "the next one is there")
    slack.jump(by_seconds=600)
    slack.settle()
    assert slots(company_url)[1:] == [(date(2026, 12, 7), "done", None)]
    assert len([one for one in jonas.messages(DACH) if ASKED in one.text]) == 2


def test_another_pulse_to_the_same_people_is_waited_for_as_well(slack: Slack, company_url: str) -> None:
    gudrun = start(slack)
    slack.post("close", user=gudrun.id, all=True)
    slack.person(REP).reads(ASKED, DACH)
    slack.jump(to="2026-11-25T12:00:00Z")
    slack.person(REP).reads("This pulse has closed.", DACH)
    slack.settle()
    gudrun.command('/pulse "And this?" Yes | No', DACH)
    gudrun.submit(privacy="named")
    assert gudrun.submit(outcome="We meet later on Mondays.") == {}  # of the first; the second has none
    slack.person(REP).reads("And this?", DACH)
    slack.settle()
    slack.jump(to="2026-11-30T07:30:00Z")
    gudrun.reads("did not go out this time: nobody has said what was done with the one before.", "app")
    assert slots(company_url) == [(date(2026, 11, 30), "skipped", NO_OUTCOME)]


def test_after_a_standstill_the_newest_alone_is_looked_at_and_late_is_late(slack: Slack, company_url: str) -> None:
    gudrun = start(slack)
    slack.person(REP).reads(ASKED, DACH)
    slack.jump(to="2026-12-17T12:00:00Z")
    gudrun.reads("did not go out this time: it would have gone out more than a day late. The next one", "app")
    slack.settle()
    days = [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)]
    assert slots(company_url) == list(zip(days, ["skipped"] * 3, [LATER_ONE, LATER_ONE, TOO_LATE], strict=True))


def test_it_is_edited_for_the_next_one_and_stopped(slack: Slack, company_url: str) -> None:
    gudrun = start(slack)
    slack.person(REP).reads(ASKED, DACH)
    gudrun.click("Back to the list")
    gudrun.slack.post("click", user=gudrun.id, surface="modal", action_id="pulse_list.edit_series", value="1")
    assert "What you change holds from the next one on" in gudrun.modal
    assert gudrun.fields["closes_on"] == "2026-12-02"
    assert "due before this one closes" in gudrun.submit(closes_on="2026-12-08")["closes_on"]
    assert (
        "less than 15 minutes after it goes out"
        in gudrun.submit(closes_on="2026-11-30", closes_at="08:10")["closes_on"]
    )
    assert (
        gudrun.submit(closes_on="2026-12-01", closes_at="09:00", question0="How was your fortnight?", repeats="2") == {}
    )
    gudrun.click("Back to the list")
    assert "every 2 weeks on Monday at 08:00" in gudrun.modal
    assert "How was your fortnight?" in gudrun.modal
    gudrun.click("Stop")
    assert "*How was your fortnight?* is stopped: no further one goes out." in gudrun.modal
    slack.jump(to="2026-12-07T12:00:00Z")
    slack.settle()
    assert slots(company_url) == []


def test_whoever_is_no_manager_any_more_asks_nothing(slack: Slack, company_url: str) -> None:
    gudrun = start(slack)
    slack.person(REP).reads(ASKED, DACH)
    db = Database(company_url)
    with db.begin() as session:
        people.record_roles(session, team_id="T0MERIDIAN", user_id=gudrun.id, roles=frozenset({"marketer"}))
    db.close()
    slack.jump(to="2026-11-30T08:00:00Z")
    wait_until(lambda: slots(company_url) == [(date(2026, 11, 30), "skipped", NO_ASKER)], "it is skipped")


def test_the_next_must_not_be_due_before_one_closes(slack: Slack) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command("/pulse", DACH)
    gudrun.click("New pulse")
    gudrun.choose("pulse_form.kind", "scale_5")
    form = {"question0": ASKED, "repeats": "1", "closes_on": "2026-12-01"}
    assert "due before this one closes" in gudrun.submit(**form)["closes_on"]
    assert gudrun.submit(repeats="month") == {}
    assert "on the first Monday of every month at 08:00" in gudrun.modal
