"""Themes of many texts: what belongs together, what is told of it, and what the import leaves alone."""

import json
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.domain.pulse_theme import (
    OTHERS,
    Theme,
    shared_themes,
    themes_from_json,
    themes_to_json,
    told_themes,
    words_in,
    words_of,
)
from bot.domain.theme_list import DESCRIBED, find_named, load_themes, read_themes
from bot.themes import find_themes, themes_in

RIGHT = {
    "our discount is not enough for the tender": "Price",
    "The competitor shows a better offer": "Competitors",
    "loan sets arrive late every week": "Deliveries",
    "too long, nobody reads 40 slides": "Length",
    "no Portuguese translation again": "Language",
    "surgeons asked for the randomized trial": "Evidence",
    "the link is broken and the file does not open": "Access",
}


def test_texts_find_the_theme_that_describes_them() -> None:
    texts = list(RIGHT)
    found = {texts[place]: one.name for one in find_themes(texts) for place in one.places}
    assert found == RIGHT


def test_texts_name_themes_in_so_many_words_and_languages() -> None:
    texts = {
        "Viel zu lang, und nur auf Englisch": {"Length", "Language"},
        "l’appel d’offres demande la version FR": {"Tenders", "Language"},
        "日本語版はありますか": {"Language"},
        "No PACS interface, and a GDPR question": {"Data protection and systems"},
        "their list  prices are lower": {"Price"},
        "The longest of days, in Priceville": set(),  # neither "long" nor "price" is meant
        "": set(),
    }
    found = find_named(list(texts), DESCRIBED)
    assert [{one.name for one in found if place in one.places} for place in range(len(texts))] == list(texts.values())


def test_a_star_stands_for_all_words_that_begin_so() -> None:
    (theme,) = read_themes('[Rivals]\nline = "Rivals"\nnames = "Brandel, no-cost bed*, c++, 競合"')
    assert (theme.words, theme.praise) == ("Rivals", False)
    texts = ["BRANDEL again", "brandels", "no-cost beds", "no-cost  BED", "in c++", "c+", "新しい競合品"]
    assert [one.places for one in find_named(texts, (theme,))] == [(0, 2, 3, 4, 6)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no theme in it."),
        ("[Price\n", "It is not written in TOML"),
        ("line = 'x'", "“line” stands above the first theme"),
        ("[Price]\nline = 'x'", "“Price” needs words or names"),
        ("[Price]\nnames = 'x'", "“Price” needs a line"),
        ("[Price]\nline = 'x'\nnames = ['a']", "“Price”: names must be a text in quotes."),
        ("[Price]\nline = 'x'\nnames = 'a'\nnmes = 'b'", "“Price” has “nmes”; a theme has line, words, names, praise."),
        ("[Price]\nline = 'x'\nnames = 'a'\npraise = 'no'", "“Price”: praise is true or false, without quotes."),
        (f"['{'x' * 41}']\nline = 'x'\nnames = 'a'", "is no name for a theme"),
        (
            "".join(f"[T{n}]\nline = 'x'\nnames = 'a'\n" for n in range(61)),
            "There are 61 themes in it; 60 are the most.",
        ),
    ],
)
def test_a_file_of_themes_that_is_wrong_says_how(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_themes(text)


def test_a_file_of_ones_own_counts_as_soon_as_it_is_changed_and_stands_back_while_it_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "themes.toml"
    assert themes_in("") == themes_in(str(file)) == DESCRIBED
    file.write_text('[Rivals]\nline = "Rivals"\nnames = "brandel"', encoding="utf-8")
    assert [one.name for one in themes_in(str(file))] == ["Rivals"]
    assert [one.name for one in find_themes(["Brandel"], themes_in(str(file)))] == ["Rivals"]
    for number, wrong in enumerate((b"[", b"\xff", b"x" * 200_001)):
        file.write_bytes(wrong)
        os.utime(file, (number + 1, number + 1))
        assert themes_in(str(file)) == DESCRIBED
        with pytest.raises(ValueError, match=r"^It is "):
            load_themes(str(file))
    with pytest.raises(ValueError, match="No such file"):
        load_themes(str(tmp_path / "nowhere.toml"))


def test_what_no_description_fits_is_put_with_its_like_and_named_by_its_words() -> None:
    meetings = [f"fewer internal meetings on {day}" for day in ("Monday", "Friday", "Tuesday", "Thursday", "Wednesday")]
    found = find_themes([*meetings, "loan sets arrive late every week"])
    (own,) = [one for one in found if one.name not in {one.name for one in DESCRIBED}]
    assert own.places == (0, 1, 2, 3, 4)
    assert "meetings" in own.name.casefold()


@pytest.mark.parametrize("texts", [[], ["x"], ["👍", "", "脊椎", "\u0000", "a" * 3000]])
def test_no_text_is_too_strange(texts: list[str]) -> None:
    places = [place for one in find_themes(texts) for place in one.places]
    assert len(places) == len(set(places))


def theme(name: str, *places: int) -> Theme:
    return Theme(name, f"About {name}", places)


def test_single_texts_are_no_theme_and_those_who_read_none_hear_of_large_themes_alone() -> None:
    found = [theme("a", 0, 1), theme("b", *range(2, 8)), theme("c", 8)]
    told = told_themes(found, 10)
    assert [(one.name, one.places) for one in told] == [("b", (2, 3, 4, 5, 6, 7)), ("a", (0, 1)), (OTHERS, (8, 9))]
    assert [one.name for one in shared_themes(told)] == ["b"]
    assert [one.name for one in told_themes(found[:2], 8)] == ["b", "a"]
    assert told_themes(found[2:], 10) == []
    assert shared_themes([Theme(OTHERS, "", tuple(range(9)))]) == []


def test_a_row_keeps_them() -> None:
    themes = {1: [theme("ä", 0, 3)], 4: []}
    assert themes_from_json(themes_to_json(themes)) == themes
    assert json.loads(themes_to_json(themes))["1"][0]["name"] == "ä"
    assert themes_from_json(None) == {}


def test_a_theme_is_named_by_words_that_are_rare_elsewhere() -> None:
    group = [
        words_in(text) for text in ("the sheet lacks prices", "prices on the sheet", "sheet without prices please")
    ]
    everywhere = {"sheet": 5, "prices": 3, "lacks": 1}
    assert words_of(group, everywhere, 5) == ["prices"]
    assert words_of([words_in("x y")], {}, 1) == []


def test_two_thousand_texts_take_no_time() -> None:
    """It is done while people wait for nothing, but not beside them for long."""
    texts = [
        f"{word} {number} meetings about {word}" for number in range(500) for word in ("red", "blue", "green", "tea")
    ]
    find_themes(texts[:1])
    began = time.process_time()
    assert find_themes(texts)
    assert time.process_time() - began < 5


def test_the_log_stays_as_it_was_and_a_start_pays_nothing() -> None:
    code = (
        "import logging, sys, bot.app, bot.serve; print('wordllama' in sys.modules, 'numpy' in sys.modules)\n"
        "from bot.themes import find_themes; find_themes(['x'])\n"
        "print(len(logging.getLogger().handlers), logging.getLogger().level)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "0", str(logging.WARNING)]
    assert done.stderr == ""
