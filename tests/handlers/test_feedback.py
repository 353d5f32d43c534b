"""Giving feedback, through the front door: by command, form, button and shortcut, and all that may be typed wrong."""

import pytest
from sqlmodel import select

from bot.access import NOT_FOUND
from storage.asset import AssetVersion
from storage.db import Database
from storage.feedback import Feedback
from tests.slack import Message, Person, Slack, wait_until

REP, OTHER_REP, OWNER, MARKETER = "Dre Hollowell", "Tess Amundarain", "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
DECK = "Corvane Surgeon Deck"
INJURY = "the patient was injured by the cage and had to be operated on again"
KEPT = "Nothing is recorded yet, and your words are kept."


def mine(person: Person) -> str:
    return person.command("/asset-feedback mine")


def last_private(person: Person, text: str) -> Message:
    return person.finds(lambda message: message.is_ephemeral and text in message.text, f"in private: {text}")


# one line is enough


def test_one_line_is_recorded_at_once_and_says_who_will_see_it(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback corvane deck 4 surgeons loved the data table")
    assert "Thank you, that is recorded." in said
    assert DECK in said
    assert "v3" in said
    assert "4 of 5" in said
    assert "surgeons loved the data table" in said
    assert "Ines Carvalho-Wick, who owns it, sees your name." in said
    listed = mine(dre)
    assert "surgeons loved the data table" in listed
    assert "Counted" in listed
    slack.person(OTHER_REP).sees_nothing_of("data table")
    slack.person(OWNER).sees_nothing_of("data table")


def test_undo_takes_it_back_and_can_be_undone(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck 4 surgeons loved the data table")
    dre.click("Undo")
    last_private(dre, "Taken back.")
    assert "You have given no feedback yet." in mine(dre)
    dre.click("Record it again")
    last_private(dre, "Thank you, that is recorded.")
    assert "surgeons loved the data table" in mine(dre)


def test_edit_opens_the_form_filled_in(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck 4 surgeons loved the data table")
    dre.click("Edit")
    assert dre.fields["rating"] == "4"
    assert dre.fields["said"] == "surgeons loved the data table"
    assert dre.submit(rating="5", said="surgeons loved slide 7") == {}
    dre.reads("surgeons loved slide 7", "app")
    listed = mine(dre)
    assert "5 of 5" in listed
    assert "data table" not in listed


@pytest.mark.parametrize("words", ["0", "6 great", "4.5 nice", "five"])
def test_an_impossible_rating_is_refused_and_the_words_are_kept(slack: Slack, words: str) -> None:
    dre = slack.person(REP)
    said = dre.command(f"/asset-feedback corvane deck {words}")
    assert "Ratings are whole numbers from 1 to 5" in said
    assert KEPT in said
    assert "You have given no feedback yet." in mine(dre)
    dre.click("Open the form")
    assert dre.submit(rating="4") == {}
    dre.reads("Thank you, that is recorded.", "app")
    assert "4 of 5" in mine(dre)


def test_an_unknown_asset_offers_the_nearest(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback corvain surgon dek loved the lattice")
    assert "I know no asset called" in said
    assert KEPT in said
    dre.click("This one")
    last_private(dre, "Thank you, that is recorded.")
    assert "loved the lattice" in mine(dre)


def test_the_words_for_an_unknown_asset_can_go_into_the_form(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback zzzzqqqq")
    assert "I know no asset called “zzzzqqqq”" in said
    dre.click("Choose one")
    assert dre.fields["said"] == "zzzzqqqq"
    assert dre.submit(asset=dre.pick("asset.find", "corvane deck")) == {}
    dre.reads("Thank you, that is recorded.", "app")


def test_a_choice_made_twice_is_recorded_once(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvain surgon dek loved the lattice")
    asked = last_private(dre, "Did you mean")
    dre.click("This one", asked)
    last_private(dre, "Thank you, that is recorded.")
    assert mine(dre).count("loved the lattice") == 1


def test_an_old_version_is_recorded_for_the_current_one_and_can_be_moved(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command("/asset-feedback price sheet v1 2 customer had the new one")
    assert "v2 is current" in said
    dre.click("I used v1")
    last_private(dre, "v1")
    listed = mine(dre)
    assert "Halden List Price Sheet" in listed
    assert "v1" in listed
    assert "v2" not in listed


def test_the_asset_alone_opens_the_form_with_it(slack: Slack) -> None:
    dre = slack.person(REP)
    assert dre.command("/asset-feedback corvane deck") == ""
    assert dre.fields["asset"]
    assert dre.submit(use="could_not_find") == {}
    dre.reads("Could not find it", "app")


@pytest.mark.parametrize("length", [3_100, 100_000])
def test_too_many_words_are_kept_and_the_limit_is_told(slack: Slack, length: int) -> None:
    dre = slack.person(REP)
    said = dre.command(f"/asset-feedback corvane deck 4 {'ä' * length}")
    assert f"That is {length:,} characters, and 3,000 fit" in said
    assert KEPT in said
    dre.click("Open the form")
    assert dre.fields["rating"] == "4"
    assert len(dre.fields["said"]) == 3_000
    assert dre.submit(said="In short: good") == {}
    dre.reads("In short: good", "app")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("🔥🔥", "🔥🔥"),
        ("الجراحون أحبوا الجدول", "الجراحون أحبوا الجدول"),
        ("loved\x00\x07 it", "loved it"),
        ("<!channel> tell <@U12345678> & <https://x.example|all>", "tell @U12345678 &amp; all"),
    ],
)
def test_whatever_is_typed_is_a_remark(slack: Slack, typed: str, kept: str) -> None:
    dre = slack.person(REP)
    said = dre.command(f"/asset-feedback corvane deck 4 {typed}")
    assert "Thank you, that is recorded." in said
    assert kept in said
    assert "<!channel>" not in said
    assert "<@U" not in said


def test_the_help_says_how(slack: Slack) -> None:
    assert "/asset-feedback mine" in slack.person(REP).command("/asset-feedback help")


# held words


@pytest.mark.parametrize("typed", [f"{INJURY}", f"corvane deck 9 {INJURY}"])
def test_words_that_would_be_held_are_answered_with_the_form_even_before_they_are_recorded(
    slack: Slack, typed: str
) -> None:
    said = slack.person(REP).command(f"/asset-feedback {typed}")
    assert "Feedback is not a report." in said
    assert "https://quality.meridian.example/report" in said
    assert INJURY not in said


def test_held_words_are_told_at_once_and_shown_to_nobody(slack: Slack) -> None:
    dre = slack.person(REP)
    said = dre.command(f"/asset-feedback corvane deck 1 {INJURY}")
    assert "Feedback is not a report." in said
    assert "https://quality.meridian.example/report" in said
    assert INJURY not in said
    told = slack.person(OWNER).reads("was not happy with", "app")
    assert "on hold" in told.text
    for name in (REP, OWNER, MARKETER):
        slack.person(name).sees_nothing_of(INJURY)
    assert "On hold" in mine(dre)


def test_held_words_of_a_form_are_told_in_its_place(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback")
    assert dre.submit(asset=dre.pick("asset.find", "corvane deck"), said=INJURY) == {}
    assert "Feedback is not a report." in dre.modal
    assert INJURY not in dre.reads("Feedback is not a report.", "app").text


# the form


def test_the_form_asks_for_the_asset_and_one_answer(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback")
    asset = dre.pick("asset.find", "corvane deck")
    assert "One answer is enough" in dre.submit(asset=asset)["rating"]
    assert dre.submit(asset=asset, situation="demo", use="used_with_customer", rating="5", outcome="helped") == {}
    receipt = dre.reads("Thank you, that is recorded.", "app")
    for fact in ("Demo", "Used it with a customer", "5 of 5", "It helped"):
        assert fact in receipt.text
    dre.click("Undo", receipt)
    dre.reads("Taken back.", "app")
    assert "You have given no feedback yet." in mine(dre)


def test_the_shortcut_opens_the_empty_form(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.shortcut("feedback.give")
    assert "How good was it?" in dre.modal


def test_a_message_is_sent_to_marketing_with_its_asset(slack: Slack) -> None:
    tess, dre = slack.person(OTHER_REP), slack.person(REP)
    link = "https://assets.meridian.example/corvane-surgeon-deck/v3"
    written = tess.says(f"Customers keep asking for page 4 of {link}")
    dre.shortcut("feedback.send_to_marketing", written)
    assert "Customers keep asking for page 4" in dre.modal
    assert "Tess Amundarain wrote" in dre.modal
    assert dre.fields["asset"]
    assert dre.submit() == {}
    receipt = dre.reads("Thank you, that is recorded.", "app")
    assert "Customers keep asking for page 4" in receipt.text
    assert DECK in receipt.text


def test_a_quoted_message_is_screened_too(slack: Slack) -> None:
    tess, dre = slack.person(OTHER_REP), slack.person(REP)
    written = tess.says(f"Bad day: {INJURY}")
    dre.shortcut("feedback.send_to_marketing", written)
    assert dre.submit(asset=dre.pick("asset.find", "corvane deck"), rating="1") == {}
    assert "Feedback is not a report." in dre.modal
    assert INJURY not in dre.reads("Feedback is not a report.", "app").text
    assert INJURY not in slack.person(OWNER).reads("was not happy with", "app").text


# the buttons of an asset


def show(person: Person, words: str = "corvane deck") -> Message:
    assert DECK in person.command(f"/asset show {words}")
    return last_private(person, DECK)


def test_i_used_it_is_recorded_once_however_often_it_is_pressed(slack: Slack) -> None:
    dre = slack.person(REP)
    card = show(dre)
    dre.click("I used it", card)
    dre.click("I used it", card)
    receipt = last_private(dre, "Thank you, that is recorded.")
    assert "Used it with a customer" in receipt.text
    assert "of 1 piece" in mine(dre)
    dre.click("Add more", receipt)
    assert dre.fields["use"] == "used_with_customer"
    assert dre.submit(said="He kept the print-out") == {}
    dre.reads("He kept the print-out", "app")
    assert "of 1 piece" in mine(dre)


def test_give_feedback_opens_the_form_with_the_asset(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.click("Give feedback", show(dre))
    assert dre.fields["asset"]
    assert dre.submit(rating="3") == {}
    assert DECK in dre.reads("Thank you, that is recorded.", "app").text


def test_could_not_use_it_asks_why(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.click("Couldn't use it", show(dre))
    assert "One answer is enough" in dre.submit()["use"]
    assert dre.submit(use="did_not_know", missing="A link in the CRM") == {}
    receipt = dre.reads("Did not know it", "app")
    assert "A link in the CRM" in receipt.text


def supersede(company_url: str) -> None:
    """The deck has a version v4 from now on, and v3 is to be used no more."""
    db = Database(company_url)
    with db.begin() as session:
        old = session.exec(select(AssetVersion).where(AssetVersion.title == DECK, AssetVersion.version == "v3")).one()
        new = old.model_dump(exclude={"id"}) | {"version": "v4", "number": old.number + 1}
        old.superseded_at = new["released_at"]
        session.add(old)
        session.add(AssetVersion(**new))
    db.close()


def test_the_button_of_a_replaced_version_says_what_is_current(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    card = show(dre)
    supersede(company_url)
    for label in ("Give feedback", "Couldn't use it"):
        dre.click(label, card)
        told = last_private(dre, "has been replaced: v4 is current. Nothing was recorded.")
    dre.click("I used it", told)
    assert "v4" in last_private(dre, "Thank you, that is recorded.").text


def test_a_use_of_a_replaced_version_is_asked_about(slack: Slack, company_url: str) -> None:
    dre = slack.person(REP)
    card = show(dre)
    supersede(company_url)
    dre.click("I used it", card)
    dre.click("I used v3", last_private(dre, "Which one did you use?"))
    assert "v3" in last_private(dre, "Thank you, that is recorded.").text
    assert "of 1 piece" in mine(dre)


def test_the_button_of_a_retired_asset_records_nothing(slack: Slack) -> None:
    dre, ines = slack.person(REP), slack.person(OWNER)
    card = show(dre)
    ines.command("/asset retire corvane deck")
    ines.click("Retire it")
    ines.reads("is retired.")
    for label in ("I used it", "Give feedback", "Couldn't use it"):
        dre.click(label, card)
    assert "Nothing was recorded." in last_private(dre, "has been retired").text
    assert "You have given no feedback yet." in mine(dre)


def test_somebody_elses_feedback_cannot_be_touched(slack: Slack, company_url: str) -> None:
    dre, tess = slack.person(REP), slack.person(OTHER_REP)
    tess.command("/asset-feedback corvane deck 4 fine")
    dre.command("/asset-feedback corvane deck 4 fine")
    db = Database(company_url)
    with db.begin() as session:  # the receipt that Dre sees now names what is Tess's
        row = session.exec(select(Feedback).where(Feedback.user_id == dre.id)).one()
        row.user_id = tess.id
        session.add(row)
    db.close()
    for label in ("Undo", "Edit"):
        dre.click(label)
        last_private(dre, NOT_FOUND)
    assert "of 2 pieces" in mine(tess)


def test_a_draft_is_forgotten_after_a_week(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback corvane deck 6 great")
    slack.jump(by_seconds=8 * 24 * 3600)
    asked = last_private(dre, KEPT)

    def is_gone() -> bool:
        if dre.modal:  # it opened with the draft still there
            slack.post("close", user=dre.id)
        dre.click("Open the form", asked)
        return dre.modal == ""

    wait_until(is_gone, "the draft is gone")
    last_private(dre, "more than a week old")
