"""Recurring check-ins through the front door: started, previewed, asked in one's own morning, answered, summed up."""

from tests.slack import Message, Person, Slack

REP, OTHER_REP, GERMAN = "Dre Hollowell", "Kayla Brandvold", "Jonas Ketterling"
MARKETER, OTHER_MARKETER = "Ines Carvalho-Wick", "Priya Rangaraj-Cole"
QUESTION = "What did you need that you did not have?"
INJURY = "the patient was injured by the cage and had to be operated on again"


def start_suggestion(slack: Slack, number: int = 0) -> Person:
    """A marketer starts one of the two suggestions, as it is."""
    ines = slack.person(MARKETER)
    assert ines.command("/check-in") == ""
    ines.click("Start this")
    assert ines.submit() == {}
    return ines


def ask_on_tuesday(slack: Slack, name: str = REP) -> Message:
    """Tuesday 24 November, 09:00 where the person is."""
    person = slack.person(name)
    slack.jump(local="tue 09:00", person=person)
    return person.reads(QUESTION, "app")


def ask_everywhere(slack: Slack, *names: str, words: str = QUESTION) -> None:
    """Tuesday 24 November, 09:00, where one person after the other is."""
    for name in names or ("Wiremu", "Kenji", "Jonas", "Dre", "Tess"):
        person = slack.person(name)
        slack.jump(local="tue 09:00", person=person)
        person.reads(words, "app")
        slack.settle()


def test_a_suggestion_is_started_asked_answered_edited_taken_back_and_summed_up(slack: Slack) -> None:
    ines, dre = start_suggestion(slack), slack.person(REP)
    assert "38 people fit now, next round on Tuesday 24 November. It is started." in ines.modal
    assert "Next round: Tuesday 24 November" in ines.modal
    go_to(slack, "23 23:30", "24 02:00")  # morning in Auckland, in Tokyo
    asked = ask_on_tuesday(slack)
    assert "Ines Carvalho-Wick asks" in asked.text
    assert "Ines Carvalho-Wick and marketing read your answer without your name. Open until Monday 30" in asked.text
    assert asked.buttons == ["Answer", "Not now", "Stop these", "Why did I get this?"]
    dre.click("Answer", asked)
    assert QUESTION in dre.modal
    assert "An answer here is kept as a need." in dre.modal
    assert dre.submit(answer0="A one-pager on *subsidence* <!channel>") == {}
    receipt = dre.reads("Thank you, that is recorded.", "app")
    assert receipt.ts == asked.ts
    assert "kept as a need" in receipt.text
    assert receipt.buttons == ["Edit", "Take back"]
    dre.click("Edit", receipt)
    assert dre.fields["answer0"] == "A one-pager on *subsidence* <!channel>"
    assert dre.submit(answer0="A one-pager on subsidence") == {}
    dre.reads("A one-pager on subsidence", "app")
    dre.click("Take back")
    back = dre.reads("Taken back.", "app")
    dre.click("Answer again", back)
    assert dre.submit(answer0="The subsidence paper as one page") == {}
    dre.reads("The subsidence paper as one page", "app")
    go_to(slack, "24 18:00")
    slack.jump(to="2026-12-01T10:00:00Z")
    told = ines.reads("the round of Tuesday 24 November is over", "app")
    assert "1 of 38 people answered.\nRead the answers" in told.text
    assert "Next round: Tuesday 8 December" in told.text
    ines.click("Read the answers", told)
    assert "The subsidence paper as one page" in ines.modal
    assert "Dre" not in ines.modal
    slack.jump(by_seconds=3600)
    slack.settle()
    assert len([one for one in ines.messages("app") if "is over" in one.text]) == 1
