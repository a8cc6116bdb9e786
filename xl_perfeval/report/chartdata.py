"""The small workbook behind a chart, which “编辑数据” in Word opens: one sheet, names and figures.

Written as text: five parts cost nothing, while the program that builds whole workbooks takes longer to load than the
report to write.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xl_perfeval.model import column_letters
from xl_perfeval.report.layout import undated
from xl_perfeval.report.markup import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

SHEET = "数据"


def workbook(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal | None]]], number: str
) -> bytes:
    """Names in the first column, a column per series with its name on top; `number` is the format of figures."""
    heads = [_text("", 1, 1), *(_text(name, 1, place) for place, (name, _) in enumerate(series, start=2))]
    rows = [heads]
    for place, name in enumerate(names):
        figures = [
            _figure(values[place], place + 2, column) for column, (_, values) in enumerate(series, start=2)
        ]
        rows.append([_text(name, place + 2, 1), *figures])
    data = "".join(f'<row r="{place}">{"".join(cells)}</row>' for place, cells in enumerate(rows, start=1))
    sheet = f'<cols><col min="1" max="1" width="32" customWidth="1"/></cols><sheetData>{data}</sheetData>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{RELATIONS}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links("worksheet", "worksheets/sheet1.xml", "styles", "styles.xml"),
        "xl/worksheets/sheet1.xml": f"<worksheet {_MAIN}>{sheet}</worksheet>",
        "xl/styles.xml": _STYLES.replace("NUMBER", escape(number)),
    }
    return undated({name: (_DECLARATION + content).encode() for name, content in parts.items()})


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETS}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETS}.styles+xml"/></Types>'
)
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="NUMBER"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _links(*kinds_and_targets: str) -> str:
    pairs = zip(kinds_and_targets[::2], kinds_and_targets[1::2], strict=True)
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(pairs, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _text(text: str, row: int, column: int) -> str:
    if not text:
        return ""
    at = f"{column_letters(column)}{row}"
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'


def _figure(value: Decimal | None, row: int, column: int) -> str:
    return "" if value is None else f'<c r="{column_letters(column)}{row}" s="1"><v>{float(value)!r}</v></c>'
