"""Assets: their state, what may stand in their fields, how they are found, and how a sentence names one."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asset import AssetFields, Card, check_asset_fields, state_on
from bot.domain.asset_import import read_assets_csv
from bot.domain.asset_reading import read_asset
from bot.domain.asset_search import find_assets
from bot.domain.link import comparable, find_linked

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SAMPLE = Path(__file__).parent.parent.parent / "sandbox" / "company" / "assets.csv"
GOOD = AssetFields("MLR-1", "v1", "Spine Deck", "deck", "https://a.example/1", "U1")


def company() -> list[Card]:
    """The sample company's cards, as the tables would give them."""
    reading = read_assets_csv(SAMPLE.read_text(encoding="utf-8"), TODAY, "U1")
    assert reading.problems == []
    latest = {line.fields.reference: line.fields.version for line in reading.assets}
    ids = {reference: number for number, reference in enumerate(latest, start=1)}
    return [
        Card(
            version_id=number, asset_id=ids[one.reference], reference=one.reference, version=one.version,
            title=one.title, kind=one.kind, link=one.link, owner_id=line.owner, owner_name="", audience=one.audience,
            product_line=one.product_line, funnel_stage=one.funnel_stage, review_days=one.review_days,
            released_at=datetime.combine(one.released_on or TODAY, datetime.min.time(), UTC),
            expires_on=one.expires_on, retired_at=None,
            superseded_by=latest[one.reference] if latest[one.reference] != one.version else None,
            aliases=one.aliases, last_used_at=None,
        )
        for number, line in enumerate(reading.assets, start=1)
        for one in [line.fields]
    ]  # fmt: skip


CARDS = company()
CURRENT = [card for card in CARDS if state_on(card, TODAY) == "current"]
DECK = next(card for card in CARDS if card.title == "Corvane Surgeon Deck" and card.version == "v3")
OSSEO = "Osseointegration and Subsidence: a Review of Porous Titanium Interbodies"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "current"),
        ({"released_at": None}, "draft"),
        ({"superseded_by": "v4"}, "superseded"),
        ({"expires_on": TODAY}, "current"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expired"),
        ({"expires_on": TODAY - timedelta(days=1), "superseded_by": "v4"}, "superseded"),
        ({"retired_at": NOW, "superseded_by": "v4"}, "retired"),
    ],
)
def test_a_version_has_one_state_a_day(change: dict[str, object], state: str) -> None:
    assert state_on(replace(replace(DECK, expires_on=None), **change), TODAY) == state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"reference": ""}, "reference", "Which document number"),
        ({"version": " "}, "version", "Which version"),
        ({"title": ""}, "title", "What is it called"),
        ({"title": "Ä" * 201}, "title", "That is 201 characters; 200 fit"),
        ({"kind": ""}, "kind", "What is it"),
        ({"link": ""}, "link", "Where do reps open it"),
        ({"link": "javascript:alert(1)"}, "link", "begins with https://"),
        ({"link": "https://"}, "link", "begins with https://"),
        ({"link": "https://a.example/a b"}, "link", "begins with https://"),
        ({"link": "https://a.example|evil>"}, "link", "begins with https://"),
        ({"link": "https://[::1"}, "link", "begins with https://"),
        ({"owner_id": ""}, "owner_id", "Who answers the field"),
        ({"review_days": -1}, "review_days", "from 0 to 3,650"),
        ({"review_days": 4000}, "review_days", "from 0 to 3,650"),
        ({"aliases": ("x" * 300, "y" * 300)}, "aliases", "602 characters; 500 fit"),
        ({"expires_on": date(2026, 11, 22)}, "expires_on", "That day is over"),
        ({"released_on": TODAY, "expires_on": date(2026, 11, 22)}, "expires_on", "before it is released"),
        ({"released_on": date(2026, 11, 24)}, "released_on", "has not come yet"),
    ],
)
def test_a_wrong_field_is_named_in_a_sentence(change: dict[str, object], field: str, sentence: str) -> None:
    wrong = check_asset_fields(replace(GOOD, **change), TODAY)  # type: ignore[arg-type]
    assert list(wrong) == [field]
    assert sentence in wrong[field]


def test_good_fields_are_taken() -> None:
    assert check_asset_fields(GOOD, TODAY) == {}
    expired = replace(GOOD, released_on=date(2026, 1, 1), expires_on=date(2026, 6, 30), review_days=0)
    assert check_asset_fields(expired, TODAY) == {}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("corvane deck", "Corvane Surgeon Deck"),
        ("CORVANE", "Corvane Cost-per-Case Calculator"),
        ("corvain surgon dek", "Corvane Surgeon Deck"),
        ("osteointegration", OSSEO),
        ("osseo", OSSEO),
        ("0143", OSSEO),
        ("MLR-2026-0118", "Corvane Surgeon Deck"),
        ("spine deck", "Spine Portfolio Overview"),
        ("halden prise", "Halden List Price Sheet"),
        ("pump calcualtor", "Aquivo Savings Calculator"),
        ("fiché", "Tessaro Fiche Produit (FR)"),
        ("the big deck", "Spine Portfolio Overview"),
    ],
)
def test_the_asset_meant_comes_first(typed: str, first: str) -> None:
    assert find_assets(typed, CURRENT, 5)[0].card.title == first


@pytest.mark.parametrize("typed", ["xyzzy", "corvane xyzzy", "🔥", "日本語"])
def test_every_typed_word_counts(typed: str) -> None:
    assert find_assets(typed, CURRENT, 5) == [] or typed == "🔥"


def test_without_words_the_latest_used_come_first() -> None:
    used = replace(DECK, last_used_at=NOW)
    cards = [used if card is DECK else card for card in CURRENT]
    found = [match.card for match in find_assets("  ", cards, 100)]
    assert len(found) == len(CURRENT)
    assert found[0] is used
    released = [card.released_at for card in found[1:]]
    assert released == sorted(released, key=str, reverse=True)
    assert len(find_assets("", cards, 7)) == 7


def test_names_count_more_than_the_kind() -> None:
    titles = [match.card.title for match in find_assets("whitepaper", CURRENT, 10)]
    assert set(titles[:2]) == {OSSEO, "Automatic Vertebra Segmentation: Methods and Reader Agreement"}
    assert len(titles) == 4


@pytest.mark.parametrize(
    ("text", "title", "version", "rest", "note"),
    [
        ("spine deck 4 surgeons loved it", "Spine Portfolio Overview", "v3", "4 surgeons loved it", ""),
        ("corvane deck 4 surgeons loved the data", DECK.title, "v3", "4 surgeons loved the data", ""),
        ("corvane deck", DECK.title, "v3", "", ""),
        ("Corvane Surgeon Deck: too long", DECK.title, "v3", "too long", ""),
        ("corvane deck v1 too long", DECK.title, "v3", "too long", "v3 is current."),
        ("corvane deck (v2): 3", DECK.title, "v3", "3", "v3 is current."),
        ("corvane deck version 1 3", DECK.title, "v3", "3", "v3 is current."),
        ("corvane deck v3 3", DECK.title, "v3", "3", ""),
        ("corvane deck v9 3", DECK.title, "v3", "v9 3", ""),
        ("corvane deck v1.5 3", DECK.title, "v3", "v1.5 3", ""),
        ("corvane deck -1", DECK.title, "v3", "-1", ""),
        ("corvane deck 🔥🔥", DECK.title, "v3", "🔥🔥", ""),
        ("corvane deck :star::star:", DECK.title, "v3", ":star::star:", ""),
        ("corvane dek 4", DECK.title, "v3", "4", ""),
        ("corvane deck surgeon loved it", DECK.title, "v3", "surgeon loved it", ""),
        ("the new cage deck is 🔥", DECK.title, "v3", "is 🔥", ""),
        ("MLR-2026-0143 5 great", OSSEO, "v1", "5 great", ""),
        ("mlr 2026 0143: good", OSSEO, "v1", "good", ""),
        ("mlr20260143 5", OSSEO, "v1", "5", ""),
        ("osseo paper 2", OSSEO, "v1", "2", ""),
        ("osteointegration paper 4 nice", OSSEO, "v1", "4 nice", ""),
        ("price sheet v1 2 they had the new", "Halden List Price Sheet", "v2", "2 they had the new", "v2 is current."),
        ("aquivo 3 procurement deck 5 ok", "Aquivo 3 Procurement Deck", "v2", "5 ok", ""),
        ("4-touch was nice", "Lumenary After-Demo Email Sequence", "v2", "was nice", ""),
        ("explainer video 4 nice", "Lumenary 90-Second Explainer", "v2", "4 nice", ""),
        ("explainer video is great", "Lumenary 90-Second Explainer", "v2", "video is great", ""),
        ("corvane technique video full of jargon", "Corvane Technique Video (full length)", "v1", "full of jargon", ""),
        ("halden white paper 3", None, "", "", ""),
    ],
)
def test_a_sentence_names_its_asset(text: str, title: str | None, version: str, rest: str, note: str) -> None:
    reading = read_asset(text, CARDS)
    if title is None:
        assert reading.card is None
        return
    assert reading.card
    assert (reading.card.title, reading.card.version, reading.rest, reading.note) == (title, version, rest, note)


@pytest.mark.parametrize("text", ["whitepaper", "whitepaper was too long", "corvane 4", "tessaro hip 3 meh", "lumi"])
def test_what_fits_several_alike_is_asked(text: str) -> None:
    reading = read_asset(text, CARDS)
    assert reading.card is None
    assert reading.ambiguous
    assert 2 <= len(reading.nearest) <= 5
    assert all(card.superseded_by is None for card in reading.nearest)
    assert len({card.asset_id for card in reading.nearest}) == len(reading.nearest)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("corvain surgon dek loved the lattice", [DECK.title]),
        ("surgen dek loved it", [DECK.title]),
        ("theatre nurses loved it", ["Tessaro Theatre Time Calculator"]),
        ("xyzzy", []),
        ("4 surgeons loved it", []),
        ("2026 was a good year", []),
        ("", []),
        ("🔥🔥", []),
    ],
)
def test_a_guess_is_offered_and_never_taken(text: str, nearest: list[str]) -> None:
    reading = read_asset(text, CARDS)
    assert reading.card is None
    assert not reading.ambiguous
    assert reading.rest == text
    assert [card.title for card in reading.nearest] == nearest


def test_a_title_of_an_older_version_leads_to_the_current_one() -> None:
    old = replace(DECK, version_id=901, version="v2", title="Cage Story", aliases=(), superseded_by="v3")
    reading = read_asset("cage story 2 meh", [old, DECK])
    assert reading.card is DECK
    assert reading.note == "Corvane Surgeon Deck v3 is current."
    assert reading.rest == "2 meh"


def test_a_draft_is_meant_only_where_nothing_else_is_out() -> None:
    draft = replace(DECK, version_id=902, version="v4", released_at=None)
    assert read_asset("corvane deck 4", [DECK, draft]).card is DECK
    assert read_asset("corvane deck v4", [DECK, draft]).card is draft
    assert read_asset("corvane deck 4", [draft]).card is draft


def test_two_assets_of_one_name_are_asked() -> None:
    other = replace(DECK, version_id=903, asset_id=903, reference="MLR-9")
    reading = read_asset("corvane deck 4 loved it", [DECK, other])
    assert reading.ambiguous
    assert reading.rest == "4 loved it"
    assert {card.version_id for card in reading.nearest} == {DECK.version_id, 903}


def test_all_assets_are_searched_while_somebody_types() -> None:
    began = time.perf_counter()
    for number in range(20):
        find_assets(f"corvain dek {number}", CURRENT, 100)
        read_asset(f"corvain surgon dek {number} loved the lattice", CARDS)
    assert (time.perf_counter() - began) / 20 < 0.1  # a few milliseconds each; the rest is a busy machine


WORDS = st.lists(
    st.sampled_from(
        ["corvane", "deck", "v1", "4", "osseo", "MLR-2026-0143", "🔥", "(", ":", "the", "x\u0301", "日本", "\n"]
    ),
    max_size=12,
).map(" ".join)


@given(st.one_of(st.text(max_size=200), WORDS))
def test_any_text_can_be_read_and_searched(text: str) -> None:
    reading = read_asset(text, CARDS)
    assert text.endswith(reading.rest)
    assert len(reading.nearest) <= 5
    assert reading.card is None or not (reading.nearest or reading.ambiguous)
    assert len(find_assets(text, CARDS, 5)) <= 5


@given(st.sampled_from(CARDS), st.sampled_from(["4 fine", "too long", "🔥", ": 2"]))
def test_every_title_and_reference_names_its_asset(card: Card, said: str) -> None:
    for name in (card.title, card.reference, card.title.upper()):
        reading = read_asset(f"{name} {said}", CARDS)
        assert reading.card
        assert reading.card.asset_id == card.asset_id
        assert reading.rest == said.lstrip(": ")


def test_addresses_of_one_place_are_one() -> None:
    link = "https://assets.meridian.example/corvane-surgeon-deck/v3"
    assert comparable(link) == comparable("http://WWW.assets.meridian.example/corvane-surgeon-deck/v3/?utm_source=x#p4")
    assert find_linked([link, link + "?page=4", "https://[", "nonsense"], CARDS) == [DECK]


def test_a_link_that_versions_share_means_the_last_of_them() -> None:
    old = replace(DECK, version_id=90, version="v2", superseded_by="v3")
    other = replace(DECK, version_id=91, asset_id=90)
    assert find_linked([DECK.link], [old, DECK, other]) == [DECK, other]
    assert find_linked([DECK.link], [DECK, replace(DECK, version_id=92, released_at=None)]) == [DECK]
