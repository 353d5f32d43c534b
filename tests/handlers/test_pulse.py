"""Pulses through the front door, for those who start them: the list, one line, the outcome first, another end."""

from sqlmodel import col, select

from storage.db import Database
from storage.pulse import Pulse
from tests.slack import Message, Person, Slack, wait_until

MANAGER, OTHER_MANAGER, EXECUTIVE = "Gudrun Eslinghofer", "Carla Demski-Rowe", "Leopold Strandgaard"
REP, MARKETER, ADMIN = "Jonas Ketterling", "Ines Carvalho-Wick", "Sam Etxeverrieta"
ASKED = "Is the new price sheet usable?"
LINE = f'/pulse "{ASKED}" Yes | No | Not seen'
DACH = "#sales-dach"
INJURY = "the patient was injured by the cage and had to be operated on again"


def ask_in_line(slack: Slack, privacy: str = "confidential") -> tuple[Person, Message]:
    """A manager asks in one line, in their channel; it is there."""
    person = slack.person(MANAGER)
    assert person.command(LINE, DACH) == ""
    assert person.submit(privacy=privacy) == {}
    asked = person.reads(ASKED, DACH)
    slack.settle()
    return person, asked


def show_list(person: Person) -> str:
    """Open the list anew."""
    if person.modal:
        person.slack.post("close", user=person.id, all=True)
    assert person.command("/pulse", DACH) == ""
    return person.modal


def kept(url: str) -> list[Pulse]:
    """The pulses as the tables have them, oldest first."""
    db = Database(url)
    with db.read() as session:
        rows = list(session.exec(select(Pulse).order_by(col(Pulse.id))))
    db.close()
    return rows


# one line


def test_a_manager_asks_in_one_line_after_one_look(slack: Slack, company_url: str) -> None:
    gudrun = slack.person(MANAGER)
    assert gudrun.command(LINE, DACH) == ""
    assert "At most *7 people* will be asked: everybody in DACH, Sales department, in <#C5DACH7ZB>." in gudrun.modal
    assert "*Confidential:* nobody is shown who answered what" in gudrun.modal
    gudrun.choose("pulse_list.quick_privacy", "named")
    assert "*Named:* whoever asks sees who answered what." in gudrun.modal
    assert gudrun.submit() == {}
    assert "is on its way: I post it in <#C5DACH7ZB>." in gudrun.modal
    asked = slack.person(REP).reads(ASKED, DACH)
    assert asked.buttons == ["Yes", "No", "Not seen"]
    assert "*Named:*" in asked.text
    gudrun.click("Back to the list")
    assert "*Open*, closes" in gudrun.modal
    assert f"*{ASKED}*" in gudrun.modal
    (row,) = kept(company_url)
    assert (row.privacy, row.state, row.asker_id) == ("named", "open", gudrun.id)


WRONG = (
    ("Is it usable? Yes | No", "Put the question into quotation marks"),
    ('"Is it usable?" Yes', "Give people at least 2 answers to choose from"),
    ('"Is it usable?" ' + " | ".join(map(str, range(30))), "That is 30 answers; 10 are the most"),
    ('"Is it usable?" Yes | yes', "Two of the answers are the same."),
    (f'"{"why " * 750}?" Yes | No', "300 fit into a question"),
    ('"Is it usable?" 1 to 7', "There are two scales: 1 to 5 and 0 to 10."),
    (f'"Is it true that {INJURY}?" Yes | No', "I can't ask"),
    ('"🤷" Yes | No', "A question needs words."),
)


def test_wrong_lines_come_back_with_a_sentence_and_what_was_typed(slack: Slack) -> None:
    gudrun = slack.person(MANAGER)
    for typed, sentence in WRONG:
        said = gudrun.command(f"/pulse {typed}", DACH)
        assert sentence in said
        assert typed[:40] in said
        assert gudrun.modal == ""
    assert "You have asked nothing yet." in show_list(gudrun)


def test_a_line_that_was_looked_at_and_left_waits_in_the_list(slack: Slack) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command("/pulse “How ready are you for Graz?” 1 to 5", DACH)
    assert "*Not sent yet*" in show_list(gudrun)
    gudrun.click("Send")
    assert "is on its way" in gudrun.modal
    assert slack.person(REP).reads("How ready are you for Graz?", DACH).buttons == ["1", "2", "3", "4", "5"]
    show_list(gudrun)
    gudrun.command(LINE, DACH)
    show_list(gudrun)
    slack.post("close", user=gudrun.id, all=True)
    gudrun.command(LINE, DACH)  # typed once more, it is the same one
    assert show_list(gudrun).count(f"*{ASKED}*") == 1
    gudrun.click("Discard")
    assert f"*{ASKED}* is discarded." in gudrun.modal
    assert "*Cancelled*" in gudrun.modal


def test_what_was_left_too_long_says_so_and_is_edited(slack: Slack) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command(LINE, DACH)
    slack.jump(by_seconds=2 * 86400)
    show_list(gudrun)
    gudrun.click("Send")
    assert "is not sent: That moment is over. Choose a later one. Press `Edit` to change it." in gudrun.modal
    gudrun.click("Edit")
    assert gudrun.fields["question0"] == ASKED
    assert gudrun.submit(closes_on="2026-11-27") == {}
    assert "is on its way" in gudrun.modal
    slack.person(REP).reads(ASKED, DACH)


def test_a_line_with_a_channel_in_which_too_few_may_be_asked_says_so(slack: Slack, company_url: str) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command(LINE, "#sales-marketing")
    assert gudrun.submit(privacy="anonymous") == {"privacy": "That asks 7 people; anonymous takes 8 or more, or it "
        "would tell who said what."}  # fmt: skip
    assert gudrun.submit(privacy="confidential") == {}
    gudrun.reads(ASKED, "#sales-marketing")
    slack.settle()
    assert kept(company_url)[0].state == "open"


# who may


def test_who_may_start_none_hears_what_a_pulse_is(slack: Slack) -> None:
    for name in (REP, MARKETER, ADMIN):
        person = slack.person(name)
        assert "Pulses are started by managers, to their own team, and" in person.command(LINE, "#general")
        assert person.modal == ""
    slack.person("Nuria").sees_nothing_of(ASKED)


def test_an_executive_asks_everybody_and_nobody_sees_the_list_of_another(slack: Slack) -> None:
    leopold = slack.person(EXECUTIVE)
    leopold.command(LINE, "#general")
    assert "At most *59 people* will be asked: everybody, in <#C7GEN4RA1>." in leopold.modal
    assert leopold.submit() == {}
    slack.person(REP).reads(ASKED, "#general")
    assert ASKED not in show_list(slack.person(MANAGER))
    assert "/pulse" in leopold.command("/pulse help")


# while it is open


def test_it_is_closed_now_and_only_once(slack: Slack, company_url: str) -> None:
    gudrun, _ = ask_in_line(slack)
    show_list(gudrun)
    stale = gudrun.sees_all()["modal"]
    gudrun.click("Close now")
    assert f"*{ASKED}* is closed. I send you the results in a moment." in gudrun.modal
    slack.settle()
    wait_until(lambda: kept(company_url)[0].state == "closed", "it is closed")
    assert slack.person(REP).reads("This pulse has closed.", DACH).buttons == []
    assert stale is not None
    show_list(gudrun)
    assert "Close now" not in gudrun.modal
    assert "*Closed*" in gudrun.modal


def test_what_is_over_gets_no_other_end(slack: Slack, company_url: str) -> None:
    gudrun, _ = ask_in_line(slack)
    show_list(gudrun)
    gudrun.click("Another end")
    slack.jump(by_seconds=2 * 86400)
    wrong = gudrun.submit(closes_on="2026-11-30", closes_at="17:00")
    assert "This pulse is not open any more" in wrong["closes_on"]
    wait_until(lambda: kept(company_url)[0].state == "closed", "it is closed")


def test_what_is_pressed_in_an_old_list_says_how_it_is(slack: Slack, company_url: str) -> None:
    gudrun, _ = ask_in_line(slack)
    show_list(gudrun)
    slack.jump(by_seconds=2 * 86400)
    wait_until(lambda: kept(company_url)[0].state == "closed", "it is closed")
    for label, sentence in (
        ("Close now", "This pulse is not open any more"),
        ("Another end", "This pulse is not open any more"),
        ("Cancel it", "This pulse has ended already"),
    ):
        gudrun.click(label)
        assert sentence in gudrun.modal
        slack.post("close", user=gudrun.id)
    assert [row.state for row in kept(company_url)] == ["closed"]


def test_a_form_left_open_over_the_close_changes_nothing_and_keeps_what_was_typed(slack: Slack) -> None:
    gudrun, asked = ask_in_line(slack)
    show_list(gudrun)
    gudrun.click("Edit")
    slack.jump(by_seconds=2 * 86400)
    wrong = gudrun.submit(question0="Is the new price list usable?", closes_on="2026-11-30")
    assert wrong == {"question0": "This pulse is not open any more, so nothing was changed."}
    assert gudrun.fields["question0"] == "Is the new price list usable?"
    gudrun.finds(lambda one: one.ts == asked.ts and "has closed" in one.text, "it is closed", DACH)
    slack.settle()
    assert gudrun.submit(question0="Is it?") == wrong


def test_too_few_in_the_channel_is_told_and_can_be_chosen_again(slack: Slack, company_url: str) -> None:
    leopold = slack.person(EXECUTIVE)
    leopold.command(LINE, "#launches")
    leopold.click("Edit in the form")
    assert leopold.submit(channels=["C5IBE6RJD"], privacy="anonymous") == {}
    assert "is on its way" in leopold.modal
    slack.post("close", user=leopold.id, all=True)
    told = leopold.reads("anonymous takes 8 or more", "app")
    assert kept(company_url)[0].state == "cancelled"
    leopold.click(told.buttons[0], told)
    assert leopold.fields["question0"] == ASKED
    assert leopold.fields["channels"] == ["C5IBE6RJD"]
    assert leopold.submit(privacy="named") == {}
    slack.person(MARKETER).reads(ASKED, "#sales-iberia")


def test_two_windows_end_it_once(slack: Slack, company_url: str) -> None:
    gudrun, _ = ask_in_line(slack)
    show_list(gudrun)
    gudrun.click("Another end")
    db = Database(company_url)
    with db.begin() as session:
        row = session.exec(select(Pulse)).one()
        row.version += 1
        session.add(row)
    db.close()
    assert "Somebody else has changed this pulse" in gudrun.submit(closes_on="2026-11-27")["closes_on"]


def test_another_end_is_checked_and_told(slack: Slack) -> None:
    gudrun, asked = ask_in_line(slack)
    show_list(gudrun)
    gudrun.click("Another end")
    assert "That moment is over" in gudrun.submit(closes_on="2026-11-20")["closes_on"]
    assert "more than 90 days ahead" in gudrun.submit(closes_on="2027-12-28")["closes_on"]
    assert gudrun.submit(closes_on="2026-11-27", closes_at="16:30") == {}
    assert "27 Nov 2026, 16:30" in gudrun.modal
    gudrun.finds(lambda one: one.ts == asked.ts and "27 Nov 2026, 16:30" in one.text, "the message says so", DACH)


def test_cancelled_it_has_no_results_and_its_message_says_so(slack: Slack, company_url: str) -> None:
    gudrun, _ = ask_in_line(slack)
    slack.person(REP).click("Yes")
    slack.settle()
    show_list(gudrun)
    gudrun.click("Cancel it")
    assert "is cancelled: the answers are deleted" in gudrun.modal
    slack.settle()
    message = gudrun.reads(ASKED, DACH)
    assert message.buttons == []
    assert kept(company_url)[0].state == "cancelled"
    gudrun.click("Ask again")
    assert gudrun.fields["question0"] == ASKED


def test_whether_somebody_has_answered_a_confidential_one_is_not_told_by_the_list(slack: Slack) -> None:
    gudrun, _ = ask_in_line(slack)
    before = show_list(gudrun)
    slack.person(REP).click("Yes")
    slack.settle()
    assert show_list(gudrun) == before


def test_it_is_edited_before_the_first_answer_and_not_after_it(slack: Slack) -> None:
    gudrun, asked = ask_in_line(slack, "named")
    show_list(gudrun)
    gudrun.click("Edit")
    assert "It is open, so who is asked, where, and who sees the answers stay" in gudrun.modal
    assert "privacy" not in gudrun.fields
    assert gudrun.submit(question0="Is the 2027 price sheet usable?") == {}
    slack.settle()
    gudrun.finds(lambda one: one.ts == asked.ts and "2027 price sheet" in one.text, "the new question", DACH)
    show_list(gudrun)
    gudrun.click("Edit")
    slack.person(REP).click("Yes", slack.person(REP).reads("2027 price sheet", DACH))
    slack.settle()
    assert "Somebody has answered already" in str(gudrun.submit(question0="Is it?"))
    assert gudrun.fields["question0"] == "Is it?"
    assert "Edit" not in show_list(gudrun).split("*Open*")[1]


# the outcome first


def ask_again(slack: Slack) -> Person:
    """One is over, and the same people are to be asked again."""
    gudrun, _ = ask_in_line(slack)
    slack.jump(by_seconds=25 * 3600)
    gudrun.reads("This pulse has closed.", DACH)
    slack.settle()
    slack.post("close", user=gudrun.id, all=True)
    gudrun.command('/pulse "And the new deck?" Yes | No', DACH)
    assert gudrun.submit() == {}
    assert f"You asked the same people *{ASKED}*" in gudrun.modal
    return gudrun


def test_the_outcome_is_asked_for_before_the_same_people_are_asked_again(slack: Slack, company_url: str) -> None:
    gudrun = ask_again(slack)
    assert "One of the two is enough" in gudrun.submit()["outcome"]
    assert "I can't post" in gudrun.submit(outcome=INJURY)["outcome"]
    assert "Say in a few words" in gudrun.submit(outcome="🧡")["outcome"]
    slack.person(REP).sees_nothing_of("And the new deck?")
    assert gudrun.submit(outcome="We put the list prices on one page.") == {}
    assert "is on its way" in gudrun.modal
    slack.person(REP).reads("And the new deck?", DACH)
    slack.settle()
    first, second = kept(company_url)
    assert first.outcome == "We put the list prices on one page."
    assert second.override_reason is None


def test_not_to_wait_for_it_needs_a_reason_and_is_on_record(slack: Slack, company_url: str) -> None:
    gudrun = ask_again(slack)
    assert gudrun.submit(reason="🧡") == {"reason": "Say in a few words why it can't wait."}
    assert gudrun.submit(reason="The congress opens tomorrow") == {}
    slack.person(REP).reads("And the new deck?", DACH)
    first, second = kept(company_url)
    assert first.outcome is None
    assert (second.overrides_id, second.override_reason) == (first.id, "The congress opens tomorrow")


def test_the_same_people_by_direct_message_are_the_same_people(slack: Slack, company_url: str) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command('/pulse "By direct message?" Yes | No', "app")
    assert gudrun.submit() == {}
    slack.settle()
    slack.jump(by_seconds=25 * 3600)
    wait_until(lambda: kept(company_url)[0].state == "closed", "it is closed")
    slack.post("close", user=gudrun.id, all=True)
    gudrun.command(LINE, DACH)
    assert gudrun.submit() == {}
    assert "You asked the same people *By direct message?*" in gudrun.modal


def test_later_the_new_one_is_kept_and_asks_once_more(slack: Slack) -> None:
    gudrun = ask_again(slack)
    assert "*Not sent yet*" in show_list(gudrun)
    gudrun.click("Send")
    assert "What was done?" in gudrun.modal
