"""My feedback and the owner's reply, through the front door: who hears what, and what happens when it is taken back."""

from bot.access import NOT_FOUND
from tests.slack import Message, Person, Slack

REP, OTHER_REP, OWNER, MARKETER = "Dre Hollowell", "Tess Amundarain", "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
INJURY = "the patient was injured by the cage and had to be operated on again"


def complain(slack: Slack, words: str = "nobody understands the pelican slide") -> tuple[Person, Person, Message]:
    dre, ines = slack.person(REP), slack.person(OWNER)
    dre.command(f"/asset-feedback corvane deck 2 {words}")
    return dre, ines, ines.reads("was not happy with", "app")


def mine(person: Person) -> Message:
    person.command("/asset-feedback mine")
    return person.finds(lambda message: message.is_ephemeral and "feedback" in message.text, "their feedback")


# the list


def test_nothing_yet_is_said_with_a_way_to_begin(slack: Slack) -> None:
    dre = slack.person(REP)
    shown = mine(dre)
    assert "You have given no feedback yet." in shown.text
    dre.click("Give feedback", shown)
    assert "How good was it?" in dre.modal


def test_the_list_has_pages_and_each_piece_can_be_taken_back(slack: Slack) -> None:
    dre = slack.person(REP)
    for number in range(1, 13):
        dre.command(f"/asset-feedback corvane deck 4 lattice remark {number:02}")
    shown = mine(dre)
    assert "1 to 10 of 12 pieces" in shown.text
    assert "lattice remark 12" in shown.text
    assert "lattice remark 02" not in shown.text
    dre.click("Older", shown)
    shown = dre.reads("11 to 12 of 12 pieces")
    dre.click("Withdraw", shown)
    shown = dre.reads("Taken back.")
    assert "11 to 11 of 11 pieces" in shown.text
    dre.click("Newer", shown)
    assert "1 to 10 of 11 pieces" in dre.reads("1 to 10 of").text


def test_the_list_is_ones_own(slack: Slack) -> None:
    complain(slack)
    assert "You have given no feedback yet." in mine(slack.person(OTHER_REP)).text


# the owner


def test_a_low_rating_reaches_the_owner_and_the_reply_reaches_the_rep(slack: Slack) -> None:
    dre, ines, asked = complain(slack)
    assert "Dre Hollowell (US-East)" in asked.text
    assert "nobody understands the pelican slide" in asked.text
    assert "First reply due" in asked.text
    assert "has been asked to reply by" in mine(dre).text
    ines.click("Reply", asked)
    assert "nobody understands the pelican slide" in ines.modal
    assert ines.submit(reply="A simpler slide comes on Friday.") == {}
    assert "on its way to Dre Hollowell" in ines.modal
    answer = dre.reads("Ines Carvalho-Wick answered what you said", "app")
    assert "A simpler slide comes on Friday." in answer.text
    assert "nobody understands the pelican slide" in answer.text
    assert "You answered" in ines.reads("A simpler slide comes on Friday.", "app").text
    assert "Ines Carvalho-Wick answered" in mine(dre).text
    for name in (OTHER_REP, MARKETER):
        slack.person(name).sees_nothing_of("the pelican slide")


def test_please_reply_reaches_the_owner_too(slack: Slack) -> None:
    dre = slack.person(REP)
    dre.command("/asset-feedback")
    asset = dre.pick("asset.find", "corvane deck")
    assert dre.submit(asset=asset, rating="5", said="Is there a German one?", wants_reply=["wants_reply"]) == {}
    assert "Is there a German one?" in slack.person(OWNER).reads("would like a reply", "app").text
    assert "Ines Carvalho-Wick has been asked to reply." in dre.reads("Thank you", "app").text


def test_an_empty_reply_is_not_sent(slack: Slack) -> None:
    _, ines, asked = complain(slack)
    ines.click("Reply", asked)
    assert "Please write a few words." in ines.submit(reply="\x07")["reply"]


def test_a_reply_that_is_held_is_not_delivered(slack: Slack) -> None:
    dre, ines, asked = complain(slack)
    ines.click("Reply", asked)
    assert ines.submit(reply=f"Yes, {INJURY}") == {}
    assert "I have not sent your reply." in ines.modal
    dre.sees_nothing_of(INJURY)
    assert "has been asked to reply by" in mine(dre).text


def test_what_was_taken_back_disappears_from_the_owners_message(slack: Slack) -> None:
    dre, ines, asked = complain(slack)
    dre.click("Undo")
    ines.reads("was taken back", "app")
    ines.sees_nothing_of("nobody understands the pelican slide")
    slack.settle()
    assert [message.ts for message in ines.messages("app") if "Corvane" in message.text] == [asked.ts]
    dre.click("Record it again")
    ines.reads("nobody understands the pelican slide", "app")


def test_an_edit_reaches_the_owners_message(slack: Slack) -> None:
    dre, ines, _ = complain(slack)
    dre.click("Edit")
    assert dre.submit(said="the pelican slide needs a legend") == {}
    ines.reads("the pelican slide needs a legend", "app")
    ines.sees_nothing_of("nobody understands the pelican slide")


def test_an_edit_into_held_words_empties_the_owners_message(slack: Slack) -> None:
    dre, ines, _ = complain(slack)
    dre.click("Edit")
    assert dre.submit(said=INJURY) == {}
    assert "Feedback is not a report." in dre.modal
    ines.reads("on hold", "app")
    ines.sees_nothing_of("nobody understands the pelican slide")
    ines.sees_nothing_of(INJURY)


def test_a_reply_to_what_was_taken_back_in_the_meantime_is_not_sent(slack: Slack) -> None:
    dre, ines, asked = complain(slack)
    ines.click("Reply", asked)
    dre.click("Undo")
    assert NOT_FOUND in str(ines.submit(reply="Too late"))
    dre.sees_nothing_of("Too late")


def test_praise_disturbs_nobody(slack: Slack) -> None:
    slack.person(REP).command("/asset-feedback corvane deck 5 wonderful lattice")
    slack.person(OWNER).sees_nothing_of("wonderful lattice")
