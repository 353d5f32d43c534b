"""Lists of assets as CSV: one version a line, read into fields."""

import re
from dataclasses import dataclass, field
from datetime import date

from bot.domain.asset import AssetFields, check_asset_fields
from bot.domain.csv_list import BadLine, CsvList, read_csv_list
from bot.domain.text import clip

COLUMNS = {
    "reference": "reference", "document": "reference", "document_number": "reference", "number": "reference",
    "version": "version", "title": "title", "name": "title", "kind": "kind", "type": "kind",
    "url": "link", "link": "link", "owner": "owner", "owner_id": "owner", "product_line": "product_line",
    "product": "product_line", "audience": "audience", "funnel_stage": "funnel_stage", "stage": "funnel_stage",
    "review_days": "review_days", "released_at": "released_on", "released_on": "released_on", "released": "released_on",
    "expires_at": "expires_on", "expires_on": "expires_on", "expires": "expires_on",
    "aliases": "aliases", "alias": "aliases", "also_known_as": "aliases",
}  # fmt: skip
NEEDED = ("reference", "version", "title", "kind", "link")
NO_HEADER = (
    "The first line must name the columns: reference, version, title, kind, url, and any of owner, product_line, "
    "audience, funnel_stage, review_days, released_at, expires_at, aliases."
)
# What a person calls a field where that is not its name.
_CALLED = {"link": "url", "released_on": "released_at", "expires_on": "expires_at", "owner_id": "owner"}


@dataclass(frozen=True)
class AssetLine:
    """One good line; `owner` is a Slack id, a name, or "" where the line says none."""

    line: int
    owner: str
    fields: AssetFields


@dataclass(frozen=True)
class AssetListReading:
    """A list of assets: the lines that can be taken, and those that cannot."""

    assets: list[AssetLine] = field(default_factory=list)
    problems: list[BadLine] = field(default_factory=list)
    source: CsvList = field(default_factory=CsvList)


def read_assets_csv(text: str, today: date, by: str) -> AssetListReading:
    """Read a list of assets; `by` owns those for which the list names nobody."""
    read = read_csv_list(text, COLUMNS)
    if read.header and not read.columns.issuperset(NEEDED):
        return AssetListReading(problems=[BadLine(read.header_line, NO_HEADER)], source=read)
    reading = AssetListReading(problems=list(read.problems), source=read)
    seen: dict[tuple[str, str], int] = {}
    for number, told in read.rows.items():
        try:
            line = _read_line(number, told, today, by)
            name = ("".join(line.fields.reference.casefold().split()), line.fields.version.casefold())
            if name in seen:
                raise ValueError(f"It has the same reference and version as line {seen[name]}.")
        except ValueError as error:
            reading.problems.append(BadLine(number, str(error)))
        else:
            seen[name] = number
            reading.assets.append(line)
    if not reading.assets and not reading.problems:
        reading.problems.append(BadLine(read.header_line, "There are columns, and no assets under them."))
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


def _read_line(number: int, told: dict[str, str], today: date, by: str) -> AssetLine:
    one_line = {name: " ".join(value.split()) for name, value in told.items()}
    owner = one_line.get("owner", "")
    fields = AssetFields(
        reference=one_line.get("reference", ""),
        version=one_line.get("version", ""),
        title=one_line.get("title", ""),
        kind=one_line.get("kind", ""),
        link=one_line.get("link", ""),
        owner_id=owner or by,
        audience=one_line.get("audience", ""),
        product_line=one_line.get("product_line", ""),
        funnel_stage=one_line.get("funnel_stage", ""),
        review_days=_read_days(one_line.get("review_days", "")),
        released_on=_read_day(one_line.get("released_on", "")),
        expires_on=_read_day(one_line.get("expires_on", "")),
        aliases=_read_aliases(one_line.get("aliases", "")),
    )
    if wrong := check_asset_fields(fields, today):
        name, sentence = next(iter(wrong.items()))
        raise ValueError(f"{_CALLED.get(name, name)}: {sentence}")
    return AssetLine(number, owner, fields)


def _read_days(value: str) -> int | None:
    if value and not re.fullmatch(r"[0-9]{1,6}", value):
        raise ValueError(f"“{clip(value, 40)}” is no number of review days.")
    return int(value) if value else None


def _read_day(value: str) -> date | None:
    if not value:
        return None
    try:
        if german := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", value):
            return date(int(german[3]), int(german[2]), int(german[1]))
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", value):
            return date.fromisoformat(value[:10])
    except ValueError:
        pass
    raise ValueError(f"“{clip(value, 40)}” is no day that I can read; write it like 2026-11-23.")


def _read_aliases(value: str) -> tuple[str, ...]:
    parts = re.split(r"[;|]", value) if re.search(r"[;|]", value) else value.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
