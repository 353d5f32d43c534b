"""The form of a pulse through the front door: its questions, whom it asks, what is wrong, and the preview."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from bot.domain.pulse import questions_from_json
from storage import people
from storage.db import Database
from storage.pulse import Pulse, PulseInvitation
from tests.slack import Person, Slack

MANAGER, EXECUTIVE, REP = "Gudrun Eslinghofer", "Leopold Strandgaard", "Jonas Ketterling"
DACH, CHANNEL = "#sales-dach", "C5DACH7ZB"
FORM: dict[str, Any] = {"question0": "Is the price sheet usable?", "options0": "Yes\nNo", "closes_on": "2026-11-25"}
INJURY = "Was the patient injured by the cage and operated on again?"


def open_form(slack: Slack, name: str = MANAGER, channel: str = DACH) -> Person:
    """The empty form."""
    person = slack.person(name)
    assert person.command("/pulse", channel) == ""
    person.click("New pulse")
    return person


def pulses(url: str) -> tuple[list[Pulse], list[str]]:
    """The pulses as the tables have them, and whom the last one asks."""
    db = Database(url)
    with db.read() as session:
        rows = list(session.exec(select(Pulse).order_by(col(Pulse.id))))
        asked = select(PulseInvitation.user_id).where(PulseInvitation.pulse_id == (rows[-1].id if rows else 0))
        invited = list(session.exec(asked))
    db.close()
    return rows, invited


def use(person: Person, action: str, block: str, value: str = "-", **values: Any) -> None:
    """Use what stands in one row of the form; `values` were typed before."""
    where = {"surface": "modal", "action_id": f"pulse_form.{action}", "block_id": block}
    person.slack.post("click", user=person.id, value=value, values=values, **where)


def test_questions_are_added_moved_removed_and_nothing_typed_is_lost(slack: Slack, company_url: str) -> None:
    gudrun = open_form(slack)
    use(gudrun, "add", "more", **FORM)
    assert gudrun.fields["question0"] == "Is the price sheet usable?"
    use(gudrun, "add", "more", question1="Why?", kind1="text")
    assert "options1" not in gudrun.fields
    use(gudrun, "kind", "kind0", "scale_10", question2="How likely do you use it?", options0="Yes\nNo\nNot seen")
    assert "options0" not in gudrun.fields
    use(gudrun, "kind", "kind2", "scale_5", options2="a\nb")
    use(gudrun, "kind", "kind0", "multiple")
    assert gudrun.fields["options0"] == "Yes\nNo\nNot seen"
    use(gudrun, "move", "of2")
    use(gudrun, "remove", "of1")
    assert "question1" not in gudrun.fields
    assert gudrun.submit(channels=[CHANNEL], privacy="named") == {}
    slack.settle()
    (row,), _ = pulses(company_url)
    found = [(one.text, one.kind, one.options) for one in questions_from_json(row.questions)]
    assert found == [
        ("Is the price sheet usable?", "multiple", ("Yes", "No", "Not seen")),
        ("How likely do you use it?", "scale_5", ()),
    ]


def test_no_more_than_ten_questions_fit(slack: Slack) -> None:
    gudrun = open_form(slack)
    for _ in range(9):
        gudrun.click("Add a question")
    assert "Question 10" in gudrun.modal
    assert "Add a question" not in gudrun.modal
    form = {f"question{n}": f"Question {n}?" for n in range(9)} | {f"options{n}": "Yes\nNo" for n in range(10)}
    assert gudrun.submit(**form, question9="question 0?") == {"question9": "That question is there already."}


def test_what_is_wrong_stands_under_its_field_and_what_was_typed_stays(slack: Slack, company_url: str) -> None:
    gudrun = open_form(slack)
    gudrun.click("Add a question")
    wrong = gudrun.submit(question0="🤷", options0="Yes", question1=INJURY, options1="a\nb", closes_on="2026-11-20",
        channels=[])  # fmt: skip
    assert wrong["question0"] == "A question needs words."
    assert "I can't ask" in wrong["question1"]
    assert wrong["closes_on"] == "That moment is over. Choose a later one."
    assert wrong["channels"] == "Choose the one channel in which I post it."
    assert gudrun.fields["question1"] == INJURY
    more = gudrun.submit(question0="Usable?", question1="Why?", options1="Yes\nyes", closes_on="2027-12-28",
        channels=[CHANNEL])  # fmt: skip
    assert more["options0"].startswith("Give people at least 2 answers")
    assert more["options1"] == "Two of the answers are the same."
    assert "more than 90 days ahead" in more["closes_on"]
    many = "\n".join(map(str, range(30)))
    more = gudrun.submit(options0=many, options1="Yes\n" + "N" * 76, closes_on="2026-11-25")
    assert more["options0"].startswith("That is 30 answers")
    assert "75 fit on a button" in more["options1"]
    assert pulses(company_url)[0] == []


def test_too_few_people_are_said_before_it_is_sent(slack: Slack) -> None:
    leopold = open_form(slack, EXECUTIVE, "#general")
    few: list[tuple[dict[str, Any], str, str]] = [
        ({"role": "executive", "regions": ["DACH"]}, "role", "Nobody fits that"),  # the only one there is the asker
        ({"role": "manager", "regions": ["Japan"]}, "role", "Nobody fits that"),
        ({"role": "everybody", "regions": ["France"], "privacy": "anonymous"}, "privacy", "anonymous takes 8 or more"),
        ({"regions": ["Iberia"], "privacy": "confidential"}, "privacy", "That asks 4 people; confidential takes 5"),
    ]
    for form, field, sentence in few:
        assert sentence in leopold.submit(**FORM, place="direct", channels=[], **form)[field]


def test_a_manager_asks_their_own_group_and_no_region(slack: Slack, company_url: str) -> None:
    gudrun = open_form(slack)
    assert "Of your own group: everybody in DACH, Sales department." in gudrun.modal
    assert "regions" not in gudrun.fields
    assert gudrun.submit(**FORM, place="direct", channels=[], privacy="named") == {}
    assert "I ask each person in their working hours" in gudrun.modal
    slack.settle()
    (row,), invited = pulses(company_url)
    people = {one["id"]: one for one in slack.get("people")["people"]}
    assert row.channel_id == ""
    assert len(invited) == 7
    assert {people[one]["role"] for one in invited} == {"rep"}
    slack.person(REP).reads("Is the price sheet usable?", "app")


def test_an_executive_asks_chosen_people_a_role_and_a_user_group(slack: Slack, company_url: str) -> None:
    leopold = open_form(slack, EXECUTIVE, "app")
    assert leopold.fields["place"] == "direct"
    slack.settle()  # Slack's user groups are read now
    slack.post("close", user=leopold.id, all=True)
    open_form(slack, EXECUTIVE, "app")
    assert "Only in these user groups" in leopold.modal
    chosen = [slack.person(name).id for name in (REP, MANAGER, "Carla")]
    assert leopold.submit(**FORM, people=chosen, user_groups=["S0MANAGER"], privacy="named") == {}
    slack.settle()
    _, invited = pulses(company_url)
    assert sorted(invited) == sorted(chosen[1:])


def test_the_preview_shows_it_as_people_will_see_it_and_how_many_are_left_out(slack: Slack) -> None:
    gudrun = open_form(slack)
    gudrun.choose("pulse_form.preview", "-", values={"question0": ""})
    assert "*Not ready yet*\n• A question needs words." in gudrun.modal
    slack.post("close", user=gudrun.id)
    gudrun.choose("pulse_form.preview", "-", values={**FORM, "place": "direct", "channels": []})
    assert "*7 people* will be asked: everybody in DACH, Sales department, by direct message." in gudrun.modal
    assert "*Confidential:* nobody is shown who answered what" in gudrun.modal
    slack.post("close", user=gudrun.id)
    gudrun.choose("pulse_form.preview", "-", values={"closes_on": "2026-11-23", "closes_at": "08:20"})
    assert "2 of them are left out*" in gudrun.modal  # who is not at work before twenty past eight
    slack.post("close", user=gudrun.id)
    assert gudrun.fields["question0"] == FORM["question0"]
    assert gudrun.submit(closes_on="2026-11-25") == {}


def test_a_template_fills_the_form(slack: Slack, company_url: str) -> None:
    gudrun = slack.person(MANAGER)
    gudrun.command("/pulse", DACH)
    gudrun.click("Why do we lose?")
    assert gudrun.fields["question0"] == "What decided the last tender that you lost?"
    assert gudrun.fields["privacy"] == "named"
    assert gudrun.fields["channels"] == [CHANNEL]
    assert gudrun.submit() == {}
    assert slack.person(REP).reads("What decided the last tender", DACH).buttons == ["Answer 2 questions"]
    slack.settle()
    (row,), _ = pulses(company_url)
    assert row.closes_at == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_a_form_sent_twice_is_one_pulse(slack: Slack, company_url: str) -> None:
    gudrun = open_form(slack)
    gudrun.click("Add a question")
    gudrun.click("Remove this question")
    assert gudrun.submit(question1="Usable?", options1="Yes\nNo", closes_on="2026-11-25") == {}
    gudrun.click("Back to the list")
    gudrun.click("New pulse")
    gudrun.click("Add a question")
    use(gudrun, "remove", "of1", "1")
    assert gudrun.submit(question0="A second one?", options0="Yes\nNo", closes_on="2026-11-25") == {}
    slack.settle()
    assert [questions_from_json(row.questions)[0].text for row in pulses(company_url)[0]] == [
        "Usable?",
        "A second one?",
    ]


def test_two_who_edit_at_once_are_told(slack: Slack, company_url: str) -> None:
    gudrun = open_form(slack)
    assert gudrun.submit(**FORM, privacy="named") == {}
    slack.person(REP).reads("Is the price sheet usable?", DACH)
    slack.settle()
    gudrun.click("Back to the list")
    gudrun.click("Edit")
    db = Database(company_url)
    with db.begin() as session:  # the other window
        row = session.exec(select(Pulse)).one()
        row.version += 1
        session.add(row)
    db.close()
    wrong = gudrun.submit(question0="Is it?")
    assert "Somebody else has changed this pulse" in wrong["question0"]
    assert gudrun.fields["question0"] == "Is it?"


def test_those_who_left_and_bots_are_nobody(slack: Slack, company_url: str) -> None:
    leopold = open_form(slack, EXECUTIVE, "app")
    gone = slack.person(REP).id
    db = Database(company_url)
    with db.begin() as session:
        people.record_person(session, team_id="T0MERIDIAN", user_id=gone, now=datetime.now(UTC), is_active=False)
    db.close()
    assert "Nobody fits that" in leopold.submit(**FORM, people=[gone, "USLACKBOT"], privacy="named")["role"]


def test_a_private_channel_is_there_for_its_members_alone(slack: Slack, company_url: str) -> None:
    gudrun, leopold = slack.person(MANAGER), slack.person(EXECUTIVE)
    secret = next(one["id"] for one in leopold.sees_all()["conversations"] if one["name"] == "marketing-leads")
    open_form(slack)
    assert gudrun.submit(**FORM, channels=[secret], privacy="named") == {}  # a client can say anything
    gudrun.reads("I can't see who is in the channel", "app")
    assert pulses(company_url)[0][0].state == "cancelled"
    leopold.sees_nothing_of(FORM["question0"])
    open_form(slack, EXECUTIVE, "#marketing-leads")
    assert leopold.submit(**FORM, privacy="named") == {}
    slack.person("Ines").reads(FORM["question0"], "#marketing-leads")
