"""Tables as files: an Excel workbook, or CSV files in one ZIP; no cell of either becomes a formula or a link (R10).

A workbook here is nothing but text and numbers in cells (ECMA-376, inline strings), so that its rows can go straight
into the ZIP that it is: nothing lies in memory twice, and nothing in a temporary folder.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from bot.domain.text import cell, clip
from storage.sheet import Sheet

EVERY = 2_000  # rows between two looks whether to go on
LONGEST_CELL = 32_000  # characters; Excel takes 32,767
LONGEST_TAB = 31  # characters of a tab's name
UTF8_MARK = "\ufeff"  # by which spreadsheets know the letters of a CSV file

GoOn = Callable[[], None]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def as_workbook(sheets: list[Sheet], go_on: GoOn = lambda: None) -> bytes:
    """An XLSX file with a tab for each table; `go_on` is called every now and then, and may raise to stop."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _content_types(len(sheets)))
        packed.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        packed.writestr("xl/workbook.xml", _workbook([sheet.name for sheet in sheets]))
        tabs = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
        packed.writestr("xl/_rels/workbook.xml.rels", _relations([*tabs, ("styles", "styles.xml")]))
        packed.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(sheets, start=1):
            with packed.open(f"xl/worksheets/sheet{number}.xml", "w") as tab:
                for piece in _sheet(sheet, go_on):
                    tab.write(piece.encode())
            go_on()
    return file.getvalue()


def as_zip(sheets: list[Sheet], go_on: GoOn = lambda: None) -> bytes:
    """A ZIP of CSV files, one for each table."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for sheet in sheets:
            with packed.open(f"{sheet.name}.csv", "w") as part, io.TextIOWrapper(part, "utf-8", newline="") as text:
                text.write(UTF8_MARK)
                writer = csv.writer(text)
                writer.writerow(sheet.heads)
                for number, row in enumerate(sheet.rows, start=1):
                    writer.writerow([cell(value) for value in row])
                    if number % EVERY == 0:
                        go_on()
            go_on()
    return file.getvalue()


def _sheet(sheet: Sheet, go_on: GoOn) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    yield '<sheetFormatPr defaultRowHeight="15" defaultColWidth="18"/><sheetData>'
    yield _row(1, sheet.heads, style=' s="1"')
    for number, row in enumerate(sheet.rows, start=2):
        yield _row(number, row)
        if number % EVERY == 0:
            go_on()
    yield "</sheetData></worksheet>"


def _row(number: int, values: Iterable[object], style: str = "") -> str:
    cells = "".join(_cell(f"{_column(place)}{number}", value, style) for place, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def _cell(where: str, value: object, style: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<c r="{where}"{style}><v>{value}</v></c>'
    text = _NOT_XML.sub("", clip(cell(value), LONGEST_CELL))
    if not text:
        return ""
    return f'<c r="{where}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _column(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _content_types(tabs: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, tabs + 1)]
    told = "".join(f'<Override PartName="{name}" ContentType="{_KIND}.{kind}+xml"/>' for name, kind in parts)
    usual = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{usual}{told}</Types>'


def _relations(parts: list[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOC}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _workbook(names: list[str]) -> str:
    tabs = "".join(
        f'<sheet name="{escape(name[:LONGEST_TAB], {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>{tabs}</sheets></workbook>'
