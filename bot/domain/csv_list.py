"""Lists that people paste or send as a file: CSV read line by line, so that a bad line never stops the good ones."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.text import clean

_LONGEST_LINE = 100_000  # characters; the csv module gives up a little later


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be taken, and why, in a sentence for whoever wrote it."""

    line: int
    sentence: str


@dataclass(frozen=True)
class CsvList:
    """A pasted list: its rows by line number, what each tells by column, and every line's text to show it again."""

    columns: frozenset[str] = frozenset()
    rows: dict[int, dict[str, str]] = field(default_factory=dict)
    problems: list[BadLine] = field(default_factory=list)
    header: str = ""
    header_line: int = 1
    lines: dict[int, str] = field(default_factory=dict)

    def again(self, problems: Iterable[BadLine]) -> str:
        """The header and the bad lines as they were pasted, for another try."""
        return "\n".join([self.header, *(self.lines[bad.line] for bad in problems if bad.line in self.lines)])


def read_csv_list(text: str, columns: Mapping[str, str]) -> CsvList:
    """Read a list separated by commas, semicolons or tabs, its first line naming the columns.

    `columns` says what is meant by a column's name, in small letters and with _ for blanks; other columns are passed
    over, and empty cells are not told.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header = next((number for number, line in enumerate(lines) if line.strip()), None)
    if header is None:
        return CsvList(problems=[BadLine(1, "There is nothing in it yet.")])
    separator = max(",;\t", key=lines[header].count)
    named = next(csv.reader([lines[header][:_LONGEST_LINE]], delimiter=separator))
    known = [columns.get(clean(cell).lower().replace(" ", "_")) for cell in named]
    read = CsvList(columns=frozenset(filter(None, known)), header=lines[header], header_line=header + 1)
    for number, line in enumerate(lines[header + 1 :], start=header + 2):
        if not line.strip():
            continue
        read.lines[number] = line
        try:
            read.rows[number] = _read_line(line, separator, known)
        except csv.Error:
            read.problems.append(BadLine(number, "A quotation mark in it is not closed."))
        except ValueError as error:
            read.problems.append(BadLine(number, str(error)))
    return read


def _read_line(line: str, separator: str, columns: list[str | None]) -> dict[str, str]:
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"It is too long: {len(line):,} characters, {_LONGEST_LINE:,} is the most.")
    cells = next(csv.reader([line], delimiter=separator, strict=True))
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise ValueError(f"It has {len(cells)} values, and there are {len(columns)} columns.")
    return {name: clean(cell) for name, cell in zip(columns, cells, strict=False) if name and clean(cell)}
