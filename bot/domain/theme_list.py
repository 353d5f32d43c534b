"""The themes that marketing knows, read from theme_list.toml or from a file of one's own (THEMES_FILE)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.domain.pulse_theme import Theme
from bot.domain.text import clean, clip

MOST = 60  # themes
LARGEST = 200_000  # bytes of a file
NAME, LINE = 40, 120  # characters
FIELDS = ("line", "words", "names", "praise")
_RUN = re.compile(r"\w+")
_APOSTROPHE = re.compile("[’‘`´]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3000-\u9fff]")


@dataclass(frozen=True)
class Described:
    """A theme: `line` is what people read, `words` what they might write.

    `names` are words and phrases that name it, with commas between them, in small letters and a few languages; one with
    a star stands for all that begin so. A theme of `praise` is no objection, and so in no digest.
    """

    name: str
    line: str
    words: str
    names: str
    praise: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the words that name it in a text in small letters."""
        names = self.list_names()
        parts = {name: re.escape(name.rstrip("*")) + (r"[\w-]*" if name.endswith("*") else "") for name in names}
        whole = "|".join(part for name, part in parts.items() if not _UNSPACED.match(name))
        # Where words are not parted by spaces, a name stands within others.
        bare = [part for name, part in parts.items() if _UNSPACED.match(name)]
        spaced = [rf"(?<!\w)(?:{whole})(?!\w)"] if whole else []
        return re.compile("|".join([*spaced, *bare]) or r"(?!)")

    def list_names(self) -> list[str]:
        """The names, each with its star if it has one."""
        return [name for one in self.names.split(",") if (name := " ".join(one.split())).strip("*")]


def read_themes(text: str) -> tuple[Described, ...]:
    """The themes that a file describes.

    Raises:
        ValueError: it describes none, with a sentence that says why.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"It is not written in TOML: {clip(str(error), 120)}.") from None
    if not told:
        raise ValueError("There is no theme in it.")
    if len(told) > MOST:
        raise ValueError(f"There are {len(told)} themes in it; {MOST} are the most.")
    return tuple(_read(name, fields) for name, fields in told.items())


class Names:
    """The names of all themes, to be looked for in many texts: the words they begin with spare most searches."""

    def __init__(self, described: Sequence[Described]) -> None:
        """`described` are the themes; what is found is told by their places."""
        self._described = described
        self._words, self._begins, self._bare = dict[str, set[int]](), dict[str, set[int]](), list[tuple[str, int]]()
        self._seen: dict[str, frozenset[int]] = {}
        for number, one in enumerate(described):
            for name in one.list_names():
                runs = _RUN.findall(name)
                if not runs or _UNSPACED.match(name):
                    self._bare.append((name.rstrip("*"), number))
                else:
                    kind = self._begins if name.endswith("*") and len(runs) == 1 else self._words
                    kind.setdefault(runs[0], set()).add(number)

    def find(self, text: str) -> dict[int, int]:
        """The themes that a text names, each with how many different names of it stand in the text."""
        folded = _APOSTROPHE.sub("'", " ".join(text.casefold().split()))
        likely = {number for part, number in self._bare if part in folded}
        for word in set(_RUN.findall(folded)):
            likely |= self._begun_by(word)
        found = {number: len(set(self._described[number].pattern.findall(folded))) for number in sorted(likely)}
        return {number: hits for number, hits in found.items() if hits}

    def _begun_by(self, word: str) -> frozenset[int]:
        """The themes of which a name may begin with a word."""
        if word not in self._seen:
            begins = [self._begins.get(word[:length], ()) for length in range(1, len(word) + 1)]
            self._seen[word] = frozenset(self._words.get(word, ())).union(*begins)
        return self._seen[word]


def find_named(texts: Sequence[str], described: Sequence[Described]) -> list[Theme]:
    """The themes that the texts name, each text in as many as it names."""
    names, places = Names(described), list[list[int]]([] for _ in described)
    for place, text in enumerate(texts):
        for number in names.find(text):
            places[number].append(place)
    pairs = zip(described, places, strict=True)
    return [Theme(one.name, one.line, tuple(found)) for one, found in pairs if found]


def load_themes(file: str) -> tuple[Described, ...]:
    """The themes of a file, of the one that comes with Groundswell if `file` is empty.

    Raises:
        ValueError: it cannot be read, with a sentence that says why.
    """
    path = Path(file) if file else Path(__file__).with_suffix(".toml")
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("It is too large for a list of themes.")
        return read_themes(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("It is not written in UTF-8.") from None
    except OSError as error:
        raise ValueError(f"{error.strerror or type(error).__name__}.") from None


def _read(name: str, fields: Any) -> Described:
    shown = clip(clean(name), NAME)
    if not isinstance(fields, dict):
        raise ValueError(f"“{shown}” stands above the first theme; a theme begins with its name in brackets.")
    if not clean(name) or len(clean(name)) > NAME:
        raise ValueError(f"“{shown}” is no name for a theme: it has 1 to {NAME} characters.")
    if unknown := [one for one in fields if one not in FIELDS]:
        raise ValueError(f"“{shown}” has “{clip(clean(unknown[0]), NAME)}”; a theme has {', '.join(FIELDS)}.")
    line, words, names = (_text(shown, one, fields.get(one, "")) for one in FIELDS[:3])
    if not isinstance(praise := fields.get("praise", False), bool):
        raise ValueError(f"“{shown}”: praise is true or false, without quotes.")
    if not line or len(line) > LINE:
        raise ValueError(f"“{shown}” needs a line of 1 to {LINE} characters.")
    if not words and not names:
        raise ValueError(f"“{shown}” needs words or names to be known by.")
    return Described(clean(name), line, words or line, names.casefold(), praise)


def _text(name: str, field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"“{name}”: {field} must be a text in quotes.")
    return " ".join(clean(value).split())


DESCRIBED = load_themes("")
