"""The prompts for the language model, a Markdown file each, with its version in its first line."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FIRST_LINE = re.compile(r"<!-- version (\d+) -->\n")


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is sent; its version changes with its words."""

    name: str
    version: int
    text: str


@cache
def load(name: str) -> Prompt:
    """The prompt of that name.

    Raises:
        OSError: there is no such file.
        ValueError: its first line tells no version.
    """
    told = (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8")
    first = _FIRST_LINE.match(told)
    if not first:
        raise ValueError(f"prompts/{name}.md must begin with <!-- version N -->")
    return Prompt(name, int(first[1]), told[first.end() :].strip())
