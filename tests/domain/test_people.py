"""Lists of people: what is read, what is refused and with which sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.csv_list import BadLine
from bot.domain.people import read_people_csv, read_tz, read_working_hours, role_change

LIST = """\ufeffslack_id,name,department,role,region,tz,working_hours,start_date
UE50DGOK6,Dre Hollowell,sales,rep,US-East,America/New_York,08:00-17:00,2021-03-15
<@U2WDT2KKF>,"Brandvold, Kayla",Marketing,marketer/manager,,Europe/Berlin,8:30 – 17:30,

"""


def test_a_list_is_read() -> None:
    reading = read_people_csv(LIST)
    assert reading.problems == []
    dre, kayla = reading.people
    assert (dre.line, dre.user_id, dre.roles) == (2, "UE50DGOK6", frozenset({"rep"}))
    assert kayla.facts == {
        "name": "Brandvold, Kayla",
        "department": "marketing",
        "tz": "Europe/Berlin",
        "working_hours": "08:30-17:30",
    }
    assert kayla.roles == frozenset({"marketer", "manager"})
    assert kayla.region is None


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_a_spreadsheet_copies_is_read(separator: str) -> None:
    reading = read_people_csv(f"Name{separator}Role\r\nDre Hollowell{separator}rep, manager\r\n")
    assert reading.people[0].roles == frozenset({"rep", "manager"})
    assert reading.people[0].facts == {}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("U1A2B3,Ada,sales,boss,UTC,09:00-17:00", "“boss” is no role; the roles are rep, marketer"),
        ("U1A2B3,Ada,cooking,rep,UTC,09:00-17:00", "“cooking” is no department"),
        ("U1A2B3,Ada,sales,rep,Berlin,09:00-17:00", "“Berlin” is no time zone that I know"),
        ("U1A2B3,Ada,sales,rep,UTC,17:00-09:00", "the start before the end"),
        ("ada@example.com,Ada,sales,rep,UTC,09:00-17:00", "“ada@example.com” is no Slack member id"),
        (",,sales,rep,UTC,09:00-17:00", "neither who (slack_id) nor a name"),
        ("U1A2B3,Ada,sales,rep,UTC,09:00-17:00,more", "7 values, and there are 6 columns"),
        ('U1A2B3,"Ada,sales,rep,UTC,09:00-17:00', "quotation mark"),
        (f"U1A2B3,{'A' * 81},sales,rep,UTC,09:00-17:00", "too long: 81 characters, 80 is the most"),
        ("UGOOD1,Io,sales,rep,UTC,09:00-17:00", "the same person as in line 2"),
    ],
)
def test_a_bad_line_is_named_and_the_good_one_kept(line: str, sentence: str) -> None:
    header = "slack_id,name,department,role,tz,working_hours"
    reading = read_people_csv(f"{header}\nUGOOD1,Io,,,,\n{line}\n")
    assert [person.user_id for person in reading.people] == ["UGOOD1"]
    assert [bad.line for bad in reading.problems] == [3]
    assert sentence in reading.problems[0].sentence
    assert reading.again(reading.problems) == f"{header}\n{line}"


@pytest.mark.parametrize("text", ["", "\n \n", "Dre Hollowell, sales", "name,role", "\0", "slack_id\x1f;\n"])
def test_what_is_no_list_is_a_sentence(text: str) -> None:
    reading = read_people_csv(text)
    assert reading.people == []
    assert len(reading.problems) == 1


@given(st.text(max_size=300))
def test_nothing_breaks_the_reading(text: str) -> None:
    reading = read_people_csv(text)
    assert reading.people or reading.problems
    for number in range(3):
        assert isinstance(read_people_csv(f"name,role,tz,working_hours\n{text}"[number:]).problems, list)


@pytest.mark.parametrize("value", ["", "../../etc/passwd", "/etc/passwd", "Mars/Olympus", "🙂", "a" * 500, "\0"])
def test_a_wrong_zone_is_a_sentence(value: str) -> None:
    with pytest.raises(ValueError, match="no time zone that I know"):
        read_tz(value)


@pytest.mark.parametrize("value", ["", "9", "09:00", "09:00-25:00", "09:70-10:00", "09:00-09:00", "٩:٠٠-x"])
def test_wrong_hours_are_a_sentence(value: str) -> None:
    with pytest.raises(ValueError, match="look like 09:00-17:00"):
        read_working_hours(value)


def test_a_person_is_told_what_changed() -> None:
    rep, marketer = frozenset({"rep"}), frozenset({"marketer"})
    assert role_change(rep, rep) == ""
    assert role_change(rep, marketer).startswith(
        "You are now a marketer. The weekly digest comes to you on Mondays at 09:00"
    )
    assert role_change(marketer, rep) == (
        "You are now a rep. You are no longer a marketer. The weekly digest no longer comes to you."
    )
    assert "a manager and an admin" in role_change(rep, rep | {"admin", "manager"})


def test_a_bad_line_keeps_its_number() -> None:
    assert read_people_csv("name\n\n\n🙂" + "x" * 90).problems == [
        BadLine(4, "The name is too long: 91 characters, 80 is the most.")
    ]
