"""Settings, through the front door: shown, changed within bounds, by two at once, and in force everywhere at once."""

from sqlmodel import select

from bot.access import NOT_FOUND
from storage import audit
from storage.db import Database
from tests.slack import Person, Slack

ADMIN, REP, OTHER = "Sam Etxeverrieta", "Dre Hollowell", "Grace Oduya-Finch"


def open_form(person: Person, group: str) -> None:
    assert person.command("/groundswell settings") == ""
    person.click(f"Change {group}")


def test_an_admin_changes_what_holds_for_everybody(slack: Slack, company_url: str) -> None:
    dre, sam = slack.person(REP), slack.person(ADMIN)
    assert dre.command("/groundswell settings").startswith("Only an admin can change that. Yours is: Sam")
    assert sam.command("/groundswell SETTINGS ") == ""
    assert "Questions a week: *3*" in sam.modal
    assert "Words of feedback and check-ins: *36 months*" in sam.modal
    assert "/invite @Groundswell" in sam.modal

    assert "I am looking where I am." in sam.modal
    slack.settle()
    assert sam.command("/groundswell settings") == ""
    assert "#sales-dach" in sam.modal

    sam.click("Change feedback")
    wrong = sam.submit(first_reply_hours="0", use_goal="twenty", official_form_url="quality form")
    assert "from 1 to 720" in wrong["first_reply_hours"]
    assert "from 5 to 90" in wrong["use_goal"]
    assert "https://" in wrong["official_form_url"]
    assert sam.fields["use_goal"] == "twenty"
    form = "https://quality.meridian.example/report/complaints"
    assert sam.submit(first_reply_hours="24", use_goal="30 %", official_form_url=form) == {}
    assert "Hours for a first reply: *24 hours* (Sam Etxeverrieta, " in sam.modal
    assert "Goal for use, in per cent: *30 %*" in sam.modal
    assert form in dre.command("/asset-feedback spine deck the patient was injured by the implant and died")

    # How long words are kept: 0 would delete everything.
    open_form(sam, "keeping")
    wrong = sam.submit(keep_feedback_months="0", keep_thread_months="121", keep_pulse_months="never")
    assert "0 would delete everything tonight" in wrong["keep_feedback_months"]
    assert "from 1 to 120" in wrong["keep_thread_months"]
    assert sam.submit(keep_feedback_months="12", keep_thread_months="24", keep_pulse_months="Never") == {}
    assert "Words of feedback and check-ins: *12 months*" in sam.modal
    assert "Words written in pulses: *never*" in sam.modal

    # An emoji has one meaning, and a new one counts at once.
    sam.click("Change emoji")
    wrong = sam.submit(emoji_helpful=":rocket: :-1:")
    assert "two meanings" in wrong["emoji_helpful"]
    assert sam.submit(emoji_helpful="rocket, :+1::skin-tone-3:") == {}
    sam.click("Change emoji")
    assert sam.fields["emoji_helpful"] == ":rocket: :+1:"
    assert sam.submit(emoji_helpful="") == {}
    sam.click("Change emoji")
    assert ":thumbsup:" in sam.fields["emoji_helpful"]

    db = Database(company_url)
    with db.read() as session:
        told = [(one.deed, one.subject) for one in session.exec(select(audit.AuditEntry)) if "setting" in one.deed]
    db.close()
    assert ("setting.changed", "setting keep_feedback_months") in told
    assert len(told) == 7


def test_two_who_edit_one_setting(slack: Slack) -> None:
    sam, grace = slack.person(ADMIN), slack.person(OTHER)
    assert sam.command("/groundswell people grace") == ""
    sam.click("Edit")
    assert sam.submit(roles=["admin"]) == {}
    open_form(sam, "asking")
    open_form(grace, "asking")
    assert sam.submit(ask_budget="5") == {}
    assert grace.submit(ask_budget="7", default_tz="Europe/Berlin") == {}
    assert "Sam Etxeverrieta set *Questions a week* to *5* meanwhile" in grace.modal
    assert grace.fields == grace.fields | {
        "ask_budget": "7",
        "default_tz": "Europe/Berlin",
        "default_hours": "09:00-17:00",
    }
    assert grace.submit() == {}
    assert "Questions a week: *7* (Grace" in grace.modal
    # What each has changed by itself stands side by side: only what is touched is saved.
    open_form(sam, "asking")
    open_form(grace, "asking")
    assert sam.submit(ask_budget="4") == {}
    assert grace.submit(default_hours="8:00-16:00") == {}
    assert "Usual working hours: *08:00-16:00*" in grace.modal
    assert "Questions a week: *4*" in grace.modal
    # A role that is gone while the form is open.
    open_form(grace, "asking")
    sam.command("/groundswell people grace")
    sam.click("Edit")
    assert sam.submit(roles=["executive"]) == {}
    assert grace.submit(ask_budget="20") == {"ask_budget": NOT_FOUND}
    open_form(sam, "asking")
    assert sam.fields["ask_budget"] == "4"
