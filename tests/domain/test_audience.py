"""Whom something is for, in words."""

import pytest

from bot.domain.audience import Audience


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (Audience(role=""), "everybody"),
        (Audience(role="rep"), "reps"),
        (Audience(role="compliance"), "people in compliance"),
        (Audience(role="rep", regions=("DACH", "France")), "reps in DACH or France"),
        (Audience(role="a role that nobody has"), "nobody"),  # a form that is being filled in may say anything
    ],
)
def test_who_that_is(audience: Audience, words: str) -> None:
    assert audience.in_words() == words
