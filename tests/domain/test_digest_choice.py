"""What people type behind `/digest`: a period, a product line or an asset, in any order, or a clear sentence."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asset import Card
from bot.domain.digest_choice import EVERYTHING, find_about, read_choice

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def card(version_id: int, title: str, line: str, reference: str, **more: object) -> Card:
    known: dict[str, object] = {
        "version_id": version_id, "asset_id": version_id // 10, "reference": reference,
        "version": f"v{version_id % 10}", "title": title, "kind": "deck", "link": "", "owner_id": "UM",
        "owner_name": "Mo", "audience": "", "product_line": line, "funnel_stage": "", "review_days": 3,
        "released_at": NOW, "expires_on": None, "retired_at": None, "superseded_by": None, "aliases": (),
        "last_used_at": None,
    }  # fmt: skip
    return Card(**(known | more))  # type: ignore[arg-type]


CARDS = (
    card(11, "Surgeon Deck", "Corvane Interbody", "MLR-2026-0118", superseded_by="v2"),
    card(12, "Surgeon Deck", "Corvane Interbody", "MLR-2026-0118"),
    card(21, "List Price Sheet", "Halden Spine Fixation", "MLR-2026-0098", aliases=("price list",)),
    card(31, "Spine Portfolio Overview", "Halden Spine Fixation", "MLR-2026-0152"),
    card(41, "First 200 Cases: a Story of May", "Tessaro Hip", "MLR-2026-0129"),
    card(51, "Infusion Deck", "Aquivo Infusion", "MLR-2026-0155"),
    card(61, "Infusion Video", "Aquivo Imaging", "MLR-2026-0156"),
)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
QUARTER = (date(2026, 8, 25), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("typed", "key", "days", "name"),
    [
        ("", "", (date(2026, 11, 17), date(2026, 11, 23)), "The last 7 days"),
        ("last month", "", OCTOBER, "Last month"),
        ("for last month", "", OCTOBER, "Last month"),
        ("spine", "line Halden Spine Fixation", QUARTER, "Halden Spine Fixation, the last 13 weeks"),
        ("spine last month", "line Halden Spine Fixation", OCTOBER, "Halden Spine Fixation, last month"),
        ("LAST month, about Spine", "line Halden Spine Fixation", OCTOBER, "Halden Spine Fixation, last month"),
        ("corvane from 1 October to 31 October", "line Corvane Interbody", OCTOBER, "Corvane Interbody"),
        ("infusion", "line Aquivo Infusion", QUARTER, "Aquivo Infusion"),
        ("aquivo infusion october", "line Aquivo Infusion", OCTOBER, "Aquivo Infusion"),
        ("surgeon deck october", "asset 1", OCTOBER, "Surgeon Deck"),
        ("MLR-2026-0118", "asset 1", QUARTER, "Surgeon Deck, the last 13 weeks"),
        ("october mlr-2026-0098", "asset 2", OCTOBER, "List Price Sheet"),
        ("price list 2026-10", "asset 2", OCTOBER, "List Price Sheet"),
        ("since 1 november portfolio overview", "asset 3", (date(2026, 11, 1), date(2026, 11, 23)), "Spine Portfolio"),
        ("first 200 cases", "asset 4", QUARTER, "First 200 Cases"),
    ],
)
def test_a_period_a_line_and_an_asset_stand_in_any_order(
    typed: str, key: str, days: tuple[date, date], name: str
) -> None:
    choice = read_choice(typed, CARDS, NOW, "UTC")
    assert choice.about.key == key
    assert (choice.period.first, choice.period.last) == days
    assert choice.period.name.startswith(name)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("soon", "I can't read “soon” as a period, a product line or an asset."),
        ("spine soon", "I can't read “spine soon”"),
        ("last month soon", "I can't read “soon”"),
        ("suregon dcek", "Did you mean *Surgeon Deck*?"),
        ("aquivo", "“aquivo” may be *Aquivo Imaging* or *Aquivo Infusion*. Which one?"),
        ("spine 2024-01-01 to 2026-10-31", "That is more than a year"),
        ("december 2026", "is still ahead of us"),
        ("corvane december 2026", "is still ahead of us"),
        ("<!channel> last week", "as a period"),
        ("word " * 300, "as a period"),
    ],
)
def test_what_is_not_understood_is_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as raised:
        read_choice(typed, CARDS, NOW, "UTC")
    told = str(raised.value)
    assert "<!" not in told
    assert len(told) < 600


WORDS = (
    "spine",
    "last",
    "month",
    "4",
    "weeks",
    "deck",
    "october",
    "2026",
    "for",
    "MLR-2026-0118",
    "to",
    "q3",
    "-",
    "x",
)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)))
def test_anything_typed_is_a_choice_or_a_sentence(typed: str) -> None:
    try:
        choice = read_choice(typed, CARDS, NOW, "Asia/Tokyo")
    except ValueError as error:
        sentence, choice = str(error), read_choice("", CARDS, NOW, "Asia/Tokyo")
    else:
        sentence = "."
    assert sentence.endswith((".", "?", "`"))
    assert "<!" not in sentence
    assert 1 <= choice.period.days <= 366
    assert find_about(choice.about.key, CARDS) == choice.about


def test_a_button_claims_only_what_there_is() -> None:
    assert find_about("", CARDS) == EVERYTHING
    assert EVERYTHING.versions(CARDS) is None
    deck = find_about("asset 1", CARDS)
    assert deck is not None
    assert deck.versions(CARDS) == frozenset({11, 12})
    line = find_about("line Halden Spine Fixation", CARDS)
    assert line is not None
    assert line.versions(CARDS) == frozenset({21, 31})
    for claimed in ("asset 99", "asset x", "asset ", "line ", "line Nothing", "x", "asset 1 or 1"):
        assert find_about(claimed, CARDS) is None
