"""Results of pulses through the front door: told once, shared without names, read, taken out, and what was done."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.domain.pulse import PulseQuestion
from bot.domain.pulse_answer import PulseAnswer, answers_to_json
from bot.errors import BotError
from bot.intake import Act, FormErrors
from bot.settings import read_settings
from bot.views.pulse_result import READ
from handlers.pulse_outcome import open_form, say_outcome
from handlers.pulse_result import ask_for_csv, read_answers
from storage import people
from storage.ballot_box import cast
from storage.db import Database
from storage.pulse import list_invited
from storage.pulse_ballot import record_ballot
from tests.databases import BOTH_ENGINES
from tests.pulses import SCORE, TOOLS, USABLE, WORDS, read_row, start_pulse, team_of
from tests.slack import Message, Slack, wait_until

MANAGER, EXECUTIVE = "Gudrun Eslinghofer", "Desmond Fairlowe"
MARKETER = "Priya Rangaraj-Cole"
REP, OTHER_REP = "Jonas Ketterling", "Anke Brodbeck-Thal"
DACH, DACH_ID, GENERAL_ID = "#sales-dach", "C5DACH7ZB", "C7GEN4RA1"
INJURY = "the patient was injured by the cage and had to be operated on again"
SAID = (
    "our discount is not enough for the tender", "the price list is too expensive for small hospitals",
    "no discount for a second system in the contract", "prices in the tender are too high",
    "price of the service contract", "loan sets arrive late every week", "samples are missing for the demo",
    "instruments and loan sets come late", "stock is missing and backorders are long", "late delivery of instruments",
    "Nothing", "<!channel> *hello* <@U1>",
)  # fmt: skip
RESULTS = "The results of your pulse are in."

Given = Callable[[int], Sequence[PulseAnswer]]


@pytest.fixture
def waits() -> dict[str, float]:
    return {"pulse_refresh_seconds": 0}


@pytest.fixture
def looks(company_url: str) -> Iterator[Database]:
    db = Database(company_url)
    yield db
    db.close()


def choose(number: int) -> list[PulseAnswer]:
    """Two of three say yes."""
    return [PulseAnswer(0, (0 if number % 3 else 1,))]


def answer(slack: Slack, db: Database, pulse_id: int, people: int, given: Given = choose) -> list[str]:
    """So many of the invited answer; gives their ids."""
    row = read_row(slack, db, pulse_id)
    with db.read() as session:
        answering = list(list_invited(session, row))[:people]
    assert len(answering) == people
    for number, user_id in enumerate(answering):
        said = given(number)
        if row.privacy == "anonymous":
            content = answers_to_json(said)
            assert cast(db, team_id=team_of(slack), pulse_id=pulse_id, user_id=user_id, content=content) == "cast"
            continue
        with db.begin() as session:
            record_ballot(
                session, team_id=team_of(slack), pulse_id=pulse_id, user_id=user_id, answers=said, now=row.created_at
            )
    return answering


def close(slack: Slack, asker: str, hours: float = 25) -> Message:
    """The clock jumps over the end; gives the asker's message."""
    slack.jump(by_seconds=hours * 3600)
    told = slack.person(asker).reads(RESULTS, "app")
    slack.settle()
    return told


def everything(number: int) -> list[PulseAnswer]:
    """One answer to each of the four questions."""
    return [
        PulseAnswer(0, (number % 3,)),
        PulseAnswer(1, (number % 11,)),
        PulseAnswer(2, (0, 1) if number % 2 else (2,)),
        PulseAnswer(3, text=SAID[number % len(SAID)]),
    ]


def file_of(message: Message) -> list[list[str]]:
    (file,) = message.raw["files"]
    return list(csv.reader(io.StringIO(httpx.get(file["url"]).text.lstrip("\ufeff"))))


@BOTH_ENGINES
def test_the_asker_gets_numbers_and_a_picture_and_what_silence_could_change(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential")
    answer(slack, looks, pulse_id, 30)
    told = close(slack, EXECUTIVE)
    assert "30 of 38 people answered (79 %)." in told.text
    assert "*Yes*: 20 of 30 = 67 % of voters; 52 to 74 % of the team." in told.text
    (picture,) = [block for block in told.raw["blocks"] if block["type"] == "image"]
    assert picture["alt_text"].startswith("Is the new price sheet usable? Yes: 20 of 30, likely 53 to 74 %.")
    assert told.buttons == ["Say what was done", "Get the CSV"]
    assert "8 people said nothing" in told.text
    slack.jump(by_seconds=3600)
    slack.settle()
    assert len([one for one in slack.person(EXECUTIVE).messages() if RESULTS in one.text]) == 1


def test_an_anonymous_pulse_of_all_kinds_tells_themes_and_quotes_but_no_groups(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(
        slack, looks, USABLE, SCORE, TOOLS, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous",
        shares_results=True,
    )  # fmt: skip
    answer(slack, looks, pulse_id, 24, everything)
    told = close(slack, EXECUTIVE)
    assert len([block for block in told.raw["blocks"] if block["type"] == "image"]) == 3
    assert "Mean *4.6* on 0 to 10, of 24 answers; 2.9 to 6.7 for the team" in told.text
    assert "• *Price* (10): Prices, discounts and contracts" in told.text
    assert "> the price list is too expensive for small hospitals" in told.text
    assert "By region" not in told.text
    shared = slack.person(REP).reads("What came of the pulse from Desmond Fairlowe")
    assert "24 people wrote something.\nMost spoken of: Deliveries, Price." in shared.text
    assert "Mean *4.6*" in shared.text
    assert "small hospitals" not in shared.text
    assert shared.buttons == []
    desmond = slack.person(EXECUTIVE)
    desmond.click("Read the answers", told)
    assert "Nobody sees who wrote." in desmond.modal
    assert "Page 1 of 3." in desmond.modal
    desmond.click("Next")
    desmond.click("Next")
    assert "Page 3 of 3." in desmond.modal
    assert "<!channel>" not in desmond.modal


def test_four_answers_are_too_few_and_nine_texts_too(slack: Slack, looks: Database) -> None:
    few = start_pulse(slack, looks, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential", hours=1)
    answer(slack, looks, few, 4)
    told = close(slack, EXECUTIVE, hours=2)
    assert "Fewer than 5 of 38 people answered, so nothing can be shown." in told.text
    assert "Yes" not in told.text
    assert not [block for block in told.raw["blocks"] if block["type"] == "image"]
    words = start_pulse(slack, looks, WORDS, asker=EXECUTIVE, channel=GENERAL_ID, privacy="anonymous", hours=1)
    answer(slack, looks, words, 9, lambda number: [PulseAnswer(0, text=SAID[number])])
    slack.jump(by_seconds=2 * 3600)
    told = slack.person(EXECUTIVE).reads("Fewer than 10 wrote something", "app")
    assert "discount" not in told.text
    assert told.buttons == ["Say what was done", "Get the CSV"]


@BOTH_ENGINES
def test_a_named_pulse_tells_names_to_the_asker_alone(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(
        slack, looks, USABLE, WORDS, asker=MANAGER, channel=DACH_ID, privacy="named", shares_results=True
    )
    texts = ("the deck is too long", INJURY, "prices")
    answered = answer(slack, looks, pulse_id, 3, lambda n: [PulseAnswer(0, (n,)), PulseAnswer(1, text=texts[n])])
    told = close(slack, MANAGER)
    assert "3 of 7 people answered" in told.text
    assert "The words of 1 person are kept back" in told.text
    assert INJURY not in told.text
    gudrun = slack.person(MANAGER)
    gudrun.click("Who said what", told)
    names = {one["id"]: one["name"] for one in slack.get("people")["people"]}
    assert all(names[user_id] in gudrun.modal for user_id in answered)
    assert "the deck is too long" in gudrun.modal
    assert INJURY not in gudrun.modal
    shared = slack.person(REP).reads("What came of the pulse from Gudrun")
    assert "Fewer than 5 of 7 people answered" in shared.text
    assert "deck" not in shared.text
    assert not any(names[user_id] in shared.text for user_id in answered)


def test_the_results_come_by_direct_message_where_it_was_asked_by_one(slack: Slack, looks: Database) -> None:
    slack.jump(local="tue 10:00", person=slack.person(REP))
    pulse_id = start_pulse(slack, looks, asker=MANAGER, privacy="confidential", shares_results=True, hours=48)
    answer(slack, looks, pulse_id, 6)
    told = close(slack, MANAGER, hours=49)
    assert "6 of 7 people answered" in told.text
    for name in (REP, OTHER_REP):
        shared = slack.person(name).reads("What came of the pulse from Gudrun", "app")
        assert "*Yes*: 4 of 6" in shared.text


@BOTH_ENGINES
def test_the_csv_comes_as_a_file_and_only_to_the_asker(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="named")
    answer(slack, looks, pulse_id, 6)
    told = close(slack, MANAGER)
    gudrun = slack.person(MANAGER)
    gudrun.click("Get the CSV", told)
    gudrun.reads("The CSV is on its way")
    gudrun.finds(lambda one: one.ts == told.ts and len(one.replies) == 2, "two files in the thread")
    slack.settle()
    (told,) = [one for one in gudrun.messages() if one.ts == told.ts]
    numbers, names = (file_of(one) for one in told.replies)
    assert numbers[0][:4] == ["question", "kind", "group", "answer"]
    assert next(row[3:6] for row in numbers if row[2] == "everybody" and row[1] == "single") == ["Yes", "4", "6"]
    assert [len(names), names[0][:2]] == [7, ["name", "group"]]


def test_a_workspace_that_takes_no_files_says_so(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="confidential")
    answer(slack, looks, pulse_id, 5)
    slack.post("faults", rules=[{"method": "files.getUploadURLExternal", "kind": "unknown_method"}])
    told = close(slack, MANAGER)
    assert "likely" in told.text  # the picture's words
    slack.person(MANAGER).click("Get the CSV", told)
    slack.person(MANAGER).reads("this workspace takes none from me")


def act_of(slack: Slack, looks: Database, name: str, value: str, form: dict[str, Any] | None = None) -> Act:
    """What somebody's client sends, whatever their screen shows."""
    person, settings = (
        slack.person(name),
        read_settings(env_file=None, slack_bot_token="xoxb-x", slack_app_token="xapp-x"),
    )
    with looks.read() as session:
        actor = people.find_actor(
            session, team_id=team_of(slack), user_id=person.id, admins=frozenset(), default_tz="UTC"
        )
    body: dict[str, Any] = {"actions": [{"action_id": READ, "value": value}]}
    if form is not None:
        texts = {name: {"text": {"value": text}} for name, text in form.items()}
        body["view"] = {"private_metadata": json.dumps({"pulse_id": int(value)}), "state": {"values": texts}}
    return Act(actor, datetime.now(UTC), settings, body)


@pytest.mark.parametrize("name", [REP, EXECUTIVE])
def test_nobody_but_whoever_asked_reads_it_or_says_what_was_done(slack: Slack, looks: Database, name: str) -> None:
    pulse_id = str(start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="named"))
    answer(slack, looks, int(pulse_id), 5)
    close(slack, MANAGER)
    for do, act in (
        (read_answers, act_of(slack, looks, name, f"{pulse_id}:0")),
        (ask_for_csv, act_of(slack, looks, name, pulse_id)),
        (open_form, act_of(slack, looks, name, pulse_id)),
        (say_outcome, act_of(slack, looks, name, pulse_id, {"outcome": "Mine now"})),
    ):
        with looks.begin() as session, pytest.raises(BotError, match="isn't yours to open"):
            do(session, act)


@pytest.mark.parametrize("value", ["", "x", "999999", "99999999999999999999", "-1:0", "1:999999999", "1:x"])
def test_an_id_that_is_none_opens_nothing_and_what_is_open_is_not_read(
    slack: Slack, looks: Database, value: str
) -> None:
    """The pulse with the id 1 is there, and still open."""
    assert start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID) == 1
    with looks.begin() as session, pytest.raises(BotError, match="isn't yours to open"):
        read_answers(session, act_of(slack, looks, MANAGER, value))


def test_what_was_done_is_posted_under_the_pulse_once(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="confidential")
    answer(slack, looks, pulse_id, 5)
    told = close(slack, MANAGER)
    gudrun = slack.person(MANAGER)
    gudrun.click("Say what was done", told)
    assert "under the pulse in its channel, with your name" in gudrun.modal
    assert gudrun.submit(outcome=" … ") == {
        "outcome": "Say in a few words what was done. “Nothing, because …” is an answer, too."
    }
    assert "I can't post them" in gudrun.submit(outcome=INJURY)["outcome"]
    assert gudrun.submit(outcome="The price sheet has *one* page now. <!channel>") == {}
    assert "on its way to those who were asked" in gudrun.modal
    heard = slack.person(REP).reads("says what was done with the answers")
    assert "Gudrun Eslinghofer" in heard.text
    assert "<!channel>" not in heard.text
    with looks.begin() as session, pytest.raises(FormErrors, match="What you typed is still here"):
        say_outcome(session, act_of(slack, looks, MANAGER, str(pulse_id), {"outcome": "From a second window"}))
    slack.post("close", user=gudrun.id, all=True)
    gudrun.click("Say what was done", told)
    assert "You told them on" in gudrun.modal
    slack.settle()
    found = [one for one in slack.person(REP).all_messages() if "says what was done" in one.text]
    assert len(found) == 1


def test_what_was_done_goes_to_each_who_was_asked_directly_and_costs_no_ask(slack: Slack, looks: Database) -> None:
    slack.jump(local="tue 10:00", person=slack.person(REP))
    pulse_id = start_pulse(slack, looks, asker=MANAGER, privacy="confidential", hours=48)
    answer(slack, looks, pulse_id, 5)
    told = close(slack, MANAGER, hours=49)
    gudrun = slack.person(MANAGER)
    gudrun.click("Say what was done", told)
    assert "to the 7 people who were asked" in gudrun.modal
    assert gudrun.submit(outcome="We print it on one page.") == {}
    slack.settle()
    for name in (REP, OTHER_REP):
        slack.person(name).reads("We print it on one page.", "app")


def test_the_home_shows_what_waits_and_what_is_to_be_said(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="confidential")
    first = answer(slack, looks, pulse_id, 1)
    names = {one["id"]: one["name"] for one in slack.get("people")["people"]}
    gudrun, done = slack.person(MANAGER), slack.person(names[first[0]])
    silent = next(slack.person(name) for name in (REP, OTHER_REP) if name != done.name)
    for person in (gudrun, done, silent):
        person.opens_home()
        wait_until(lambda: person.home != "", "the Home")  # noqa: B023
    assert "Waiting for your answer\nIs the new price sheet usable?" in silent.home.replace("*", "")
    assert "Waiting for your answer" not in done.home
    assert "Your pulses" in gudrun.home
    assert "Open until" in gudrun.home
    assert "Your pulses" not in silent.home
    silent.click_home("Answer")
    assert silent.submit(answer0="0") == {}
    slack.settle()
    assert "Waiting for your answer" not in silent.home
    close(slack, MANAGER)
    gudrun.opens_home()
    slack.settle()
    assert "Nobody has heard yet what was done with it." in gudrun.home
    gudrun.click_home("Say what was done")
    assert gudrun.submit(outcome="One page now.") == {}
    slack.settle()
    assert "Nobody has heard yet" not in gudrun.home


def test_marketing_reads_in_the_digest_what_a_pulse_came_to(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="named")
    answered = answer(slack, looks, pulse_id, 6)
    close(slack, MANAGER)
    priya = slack.person(MARKETER)
    told = priya.command("/digest") or priya.reads("Pulses that closed").text
    assert "(asked by Gudrun Eslinghofer): 6 of 7 people answered (86 %). *Yes*: 4 of 6 = 67 % of voters" in told
    names = {one["id"]: one["name"] for one in slack.get("people")["people"]}
    assert not any(names[user_id] in told for user_id in answered)


def test_whoever_may_not_ask_any_more_gets_no_results(slack: Slack, looks: Database) -> None:
    pulse_id = start_pulse(slack, looks, asker=MANAGER, channel=DACH_ID, privacy="named")
    answer(slack, looks, pulse_id, 5)
    with looks.begin() as session:
        gudrun = slack.person(MANAGER)
        people.record_roles(session, team_id=team_of(slack), user_id=gudrun.id, roles=frozenset({"marketer"}))
    slack.jump(by_seconds=25 * 3600)
    slack.person(REP).reads("This pulse has closed", DACH)
    gudrun.sees_nothing_of(RESULTS)


def test_the_words_of_every_kind_of_question_are_there(slack: Slack, looks: Database) -> None:
    useful = PulseQuestion("How useful was it?", "scale_5")
    pulse_id = start_pulse(slack, looks, useful, asker=EXECUTIVE, channel=GENERAL_ID, privacy="confidential")
    answer(slack, looks, pulse_id, 38, lambda number: [PulseAnswer(0, (number % 5,))])
    told = close(slack, EXECUTIVE)
    assert "Mean *2.9* on 1 to 5, of 38 answers: the whole team." in told.text
    assert "Mean by region: " in told.text
    assert "By region: " in told.text
    assert "regions are not shown" in told.text or "region is not shown" in told.text
