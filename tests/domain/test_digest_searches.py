"""What was searched for and not found: near-equal words are one, what is found by now is none, and what was meant."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.asset import Card
from bot.domain.digest_searches import Missed, group_searches

NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
DECK = Card(
    version_id=1, asset_id=1, reference="MLR-1", version="v1", title="Corvane Surgeon Deck", kind="deck", link="",
    owner_id="U1", owner_name="Ines", audience="", product_line="", funnel_stage="", review_days=9, released_at=NOW,
    expires_on=None, retired_at=None, superseded_by=None, aliases=("cage deck",), last_used_at=None,
)  # fmt: skip
WARD = replace(DECK, version_id=2, asset_id=2, reference="MLR-2", title="Quiet Ward Ads", aliases=())
WARD = replace(WARD, expires_on=date(2026, 10, 31))


def missed(*searches: str) -> list[Missed]:
    """One person for each; "a: words" says who."""
    pairs = [search.split(": ") for search in searches]
    return [Missed(words, user_id) for user_id, words in pairs]


def test_near_equal_words_are_one_and_people_are_counted_once() -> None:
    found = group_searches(
        missed("a: mri safety sheet", "a: mri safety sheets", "b: safety sheet mri", "c: mri safety", "d: tender pack"),
        [DECK],
        TODAY,
    )
    assert [(one.words, one.people) for one in found] == [("mri safety", 3), ("tender pack", 1)]


def test_one_word_alone_takes_no_others_in() -> None:
    found = group_searches(missed("a: safety", "b: mri safety", "c: pump safety"), [DECK], TODAY)
    assert sorted((one.words, one.people) for one in found) == [("mri safety", 1), ("pump safety", 1), ("safety", 1)]


def test_what_is_found_by_now_is_left_out() -> None:
    assert group_searches(missed("a: cage deck", "b: corvain dek"), [DECK], TODAY) == []
    assert [one.words for one in group_searches(missed("a: cage deck"), [replace(DECK, aliases=())], TODAY)] == [
        "cage deck"
    ]


def test_what_was_meant_is_offered_only_if_it_may_be_used() -> None:
    near = group_searches(missed("a: surgeon animation"), [DECK, WARD], TODAY)[0]
    assert (near.near, near.ended) == (DECK, None)
    of_line = replace(DECK, product_line="Corvane Interbody")
    assert group_searches(missed("a: corvane animation"), [of_line], TODAY)[0].near is None
    retired = group_searches(missed("a: surgeon animation"), [replace(DECK, retired_at=NOW)], TODAY)[0]
    assert (retired.near, retired.ended) == (None, None)
    ended = group_searches(missed("a: quiet ward ads"), [DECK, WARD], TODAY)[0]
    assert (ended.near, ended.ended) == (None, WARD)
    draft = group_searches(missed("a: quiet ward ads"), [DECK, replace(WARD, released_at=None)], TODAY)[0]
    assert (draft.near, draft.ended) == (None, None)


def test_thousands_of_wordings_are_grouped_in_no_time() -> None:
    many = [Missed(f"{chr(97 + n % 26)}{n * 7919 % 10007} sheet", f"U{n}") for n in range(2000)]
    assert len(group_searches(many, [DECK], TODAY)) <= 400
