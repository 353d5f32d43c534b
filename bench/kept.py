"""What a long run has finished, a line for each part in a file, so that it can go on from there."""

import json
from pathlib import Path
from typing import Any


class Kept:
    """The finished parts by their names; without a file nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        """Read what is there; a line that a kill has cut short is a part that was not finished."""
        self._path = path
        self._parts: dict[str, dict[str, Any]] = {}
        text = path.read_text(encoding="utf-8") if path is not None and path.exists() else ""
        for line in text.splitlines(keepends=True):
            if line.endswith("\n"):
                told = json.loads(line)
                self._parts[told["part"]] = told["found"]
        if path is not None and text and not text.endswith("\n"):
            path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")

    def get(self, part: str) -> dict[str, Any] | None:
        """What was found in a part, None if it was not finished."""
        return self._parts.get(part)

    def add(self, part: str, found: object) -> None:
        """A part is finished; `found` is a dataclass or another object with plain attributes."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"part": part, "found": vars(found)}) + "\n")
