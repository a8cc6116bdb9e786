"""How the report looks: page, styles, fonts and page numbers of GB/T 9704-2012《党政机关公文格式》.

`package()` is a Word document that carries all of it. Everything else names styles only, so that another
document with the same styles, a template that staff have edited, can take its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xl_perfeval.report.markup import NAMESPACES, RELATIONS, run, w

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Style ids. Built-in names are stored in English; Word and WPS show them in Chinese (正文缩进, 标题 1).
BODY = "NormalIndent"
TITLE = "Title"
HEADINGS = ("Heading1", "Heading2", "Heading3", "Heading4")
TABLE = "PETable"
TABLE_HEAD, TABLE_HEAD_NOTE = "PETableHead", "PETableHeadNote"
TABLE_TEXT, TABLE_CENTRED, TABLE_AMOUNT = "PETableText", "PETableCentred", "PETableAmount"
TABLE_TITLE, TABLE_UNIT = "PETableTitle", "PETableUnit"
CHART, CAPTION = "PEChart", "PECaption"
ATTACHMENTS, SIGNATURE, DATE = "PEAttachments", "PESignature", "PEDate"
ANNEX_MARK, ANNEX_TITLE = "PEAnnexMark", "PEAnnexTitle"
BREAK = "PEBreak"
_FOOTER, _FOOTER_EVEN = "Footer", "PEFooterEven"

# Lengths are twentieths of a point; a millimetre is 56.69 of them. Numbers in brackets: the standard's.
_PAPER = (11906, 16838)  # A4 (5.1)
_TOP, _RIGHT, _BOTTOM, _LEFT = 2098, 1474, 1984, 1587  # 37, 26, 35, 28 mm (5.2.1)
EM = 320
"""16 pt, 三号 (5.2.2)."""
CHARACTER = 315
"""A quarter of a point tighter, which makes 28 characters a line (5.2.3)."""
LINE = 560
"""28 pt, which makes 22 lines a page (5.2.3)."""
_GAP = 70  # what programs leave between Chinese and digits, a fifth to a quarter of a character
_TABLE_EM, _TABLE_LINE, _CELL_MARGIN = 210, 300, 68

_LATIN = "Times New Roman"
_SONG, _FANG, _HEI, _KAI, _TITLE = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
_FALLBACKS = {  # fonts are not shipped: what to take on machines without the font
    _TITLE: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,小标宋体,华文中宋,STZhongsong,宋体,SimSun",
    _FANG: "仿宋,FangSong,方正仿宋_GBK,华文仿宋,STFangsong",
    _KAI: "楷体,KaiTi,方正楷体_GBK,华文楷体,STKaiti",
    _HEI: "SimHei,方正黑体_GBK,华文黑体,STHeiti",
    _SONG: "SimSun,新宋体,NSimSun,华文宋体,STSong",
}

BELOW_TABLE = 160
"""Room above a paragraph that follows a table, unless it has its own."""
NEW_PAGE = w("pageBreakBefore")
"""Properties of a heading that begins a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """The room that margins leave on the pages of a section, and how large the text of tables is."""

    width: int = _PAPER[0] - _LEFT - _RIGHT
    height: int = _PAPER[1] - _TOP - _BOTTOM
    em: int = _TABLE_EM
    line: int = _TABLE_LINE

    def turned(self) -> Page:
        """The same page turned sideways."""
        return Page(self.height, self.width, self.em, self.line)

    def columns(self, wanted: Sequence[tuple[float, float]]) -> list[int]:
        """Widths that fill the page exactly, from each table column's least characters and share of the rest."""
        least = [self._column(characters) for characters, _ in wanted]
        rest, shares = self.width - sum(least), sum(share for _, share in wanted)
        if rest < 0:  # narrower than readable, but never wider than the page
            widths = [width * self.width // sum(least) for width in least]
        else:
            widths = [
                width + int(rest * share / (shares or 1))
                for width, (_, share) in zip(least, wanted, strict=True)
            ]
        widths[max(range(len(wanted)), key=lambda column: wanted[column][1])] += self.width - sum(widths)
        return widths

    def holds(self, least: Sequence[float]) -> bool:
        """Whether columns of so many characters each stand side by side."""
        return sum(map(self._column, least)) <= self.width

    def fits(self, text: str, column: int) -> bool:
        """Whether a heading fits a line of a column of this width."""
        return self._column(len(text)) <= column

    def is_lower_than(self, lines: Sequence[str], column: int) -> bool:
        """Whether a cell of this width needs more lines than the page has below the header rows."""
        characters = max(1, (column - 2 * _CELL_MARGIN) // self.em)
        return sum(1 + len(line) // characters for line in lines) > self.height // self.line - 4

    def _column(self, characters: float) -> int:
        return round(characters * self.em) + 2 * _CELL_MARGIN


def width(text: str) -> int:
    """Width of a line of body text: Latin letters and digits are half as wide as Chinese characters."""
    latin = [ord(character) < 0x250 for character in text]
    gaps = sum(one != other for one, other in pairwise(latin))
    return len(text) * CHARACTER - sum(latin) * (EM // 2) + gaps * _GAP


def indented(*, left: int = 0, right: int = 0) -> str:
    """Paragraph properties with these indents."""
    return w("ind", left=left, right=right)


def package(body: str) -> bytes:
    """A Word document with this text that carries page, styles, fonts and page numbers; always the same bytes."""
    parts = {
        "styles": styles(),
        "settings": _settings(),
        "fontTable": _font_table(),
        "footer1": _page_number(_FOOTER),
        "footer2": _page_number(_FOOTER_EVEN),
    }
    kinds = {name: name.rstrip("12") for name in parts}
    members = {
        "[Content_Types].xml": _content_types(kinds),
        "_rels/.rels": _relations({"word/document": "officeDocument"}),
        "word/_rels/document.xml.rels": _relations(kinds),
        "word/document.xml": _part("document", w("body", body, _section())),
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    return undated({name: content.encode() for name, content in members.items()})


def undated(members: Mapping[str, bytes]) -> bytes:
    """A zip of these members that knows no time."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name, content in members.items():
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 0
            file.writestr(member, content)
    return packed.getvalue()


# --- styles -----------------------------------------------------------------------------------------------


def styles() -> str:
    """The part that holds the styles, with the fonts and sizes that they start from."""
    run_defaults = w("rPr", _fonts(_FANG), _size(16), w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    defaults = w("docDefaults", w("rPrDefault", run_defaults), w("pPrDefault"))
    return _part("styles", defaults, *_text_styles(), *_table_text_styles(), *_other_styles())


def _text_styles() -> tuple[str, ...]:
    title = _fonts(_TITLE) + w("spacing", val=0) + _size(22)  # 小标宋 二号 (7.3.1)
    return (
        _style("Normal", "Normal", _NORMAL, w("spacing", val=CHARACTER - EM), based=""),
        _style(BODY, "Normal Indent", _INDENT),
        _style(TITLE, "Title", _title_lines(below=LINE), title, then=BODY),
        # 一、黑体 （一）楷体 1. 仿宋 （1）仿宋 (7.3.3)
        _style("Heading1", "heading 1", _heading(1), _fonts(_HEI), then=BODY),
        _style("Heading2", "heading 2", _heading(2), _fonts(_KAI), then=BODY),
        _style("Heading3", "heading 3", _heading(3), w("b") + w("bCs"), then=BODY),
        _style("Heading4", "heading 4", _heading(4), then=BODY),
        _style(ATTACHMENTS, "附件说明", w("keepNext") + w("spacing", before=LINE) + _INDENT),
        # Three lines of room for the seal, whose upper edge lies within a line of the text (7.3.5.1).
        _style(
            SIGNATURE,
            "发文机关署名",
            w("keepNext") + w("spacing", before=3 * LINE) + _aligned("center"),
            then=DATE,
        ),
        _style(DATE, "成文日期", _aligned("right")),
        _style(ANNEX_MARK, "附件标识", w("keepNext") + w("pageBreakBefore") + _aligned("left"), _fonts(_HEI)),
        _style(ANNEX_TITLE, "附件标题", _title_lines(below=LINE // 2), title, then=BODY),
    )


def _table_text_styles() -> tuple[str, ...]:
    text = w("spacing", val=0) + _size(10.5)
    note = w("spacing", val=0) + _size(9)
    # Off the grid, or Word stretches the lines of cells to those of the page.
    line = w("snapToGrid", val=0) + w("spacing", line=_TABLE_LINE, lineRule="exact")
    unit = w("snapToGrid", val=0) + w("spacing", before=100, after=40, line=_TABLE_LINE, lineRule="exact")
    return (
        _style(TABLE_HEAD, "表头", w("keepNext") + line + _aligned("center"), _fonts(_HEI) + text),
        _style(TABLE_HEAD_NOTE, "表头小字", w("keepNext") + line + _aligned("center"), note),
        _style(TABLE_TEXT, "表格文字", line + _aligned("left"), text),
        _style(TABLE_CENTRED, "表格居中", line + _aligned("center"), text),
        _style(TABLE_AMOUNT, "表格金额", line + _aligned("right"), text),
        _style(TABLE_TITLE, "表题", w("keepNext") + _TITLE_LINE + _aligned("center"), _fonts(_HEI) + text),
        _style(TABLE_UNIT, "金额单位", w("keepNext") + unit + _aligned("right"), text),
        # A picture needs lines as high as itself; its caption stands below.
        _style(CHART, "图", w("keepNext") + _CHART_LINE + _aligned("center"), then=CAPTION),
        _style(CAPTION, "图题", _CAPTION_LINE + _aligned("center"), _fonts(_HEI) + text, then=BODY),
    )


def _other_styles() -> tuple[str, ...]:
    number = _fonts(_SONG, _SONG) + w("spacing", val=0) + _size(14)  # 四号半角宋体 (7.5)
    line = w("snapToGrid", val=0) + w("spacing", line=320, lineRule="exact")
    borders = (w(edge, val="single", sz=4, space=0, color="auto") for edge in _EDGES)
    margins = w("tblCellMar", *(w(edge, w=size, type="dxa") for edge, size in _CELL_MARGINS.items()))
    return (
        _style(_FOOTER, "footer", line + w("ind", rightChars=100, right=280) + _aligned("right"), number),
        _style(
            _FOOTER_EVEN, "页脚（双页）", line + w("ind", leftChars=100, left=280) + _aligned("left"), number
        ),
        _style(BREAK, "分节", w("spacing", line=20, lineRule="exact"), _size(1)),
        _style("DefaultParagraphFont", "Default Paragraph Font", kind="character", based=""),
        _style("TableNormal", "Normal Table", kind="table", based=""),
        _style(
            TABLE,
            "绩效表格",
            w("tblPr", w("tblBorders", *borders), margins),
            kind="table",
            based="TableNormal",
        ),
    )


def _style(
    style: str,
    name: str,
    properties: str = "",
    look: str = "",
    *,
    kind: str = "paragraph",
    based: str = "Normal",
    then: str = "",
) -> str:
    """A style. `then` is the style of the next paragraph on pressing Enter."""
    if kind == "paragraph":
        properties = w("pPr", properties) + w("rPr", look)
    return w(
        "style",
        w("name", val=name),
        w("basedOn", val=based) if based else "",
        w("next", val=then) if then else "",
        w("qFormat") if kind == "paragraph" else "",
        properties,
        type=kind,
        default=None if based else 1,
        customStyle=None if name.isascii() else 1,
        styleId=style,
    )


_INDENT = w("ind", firstLineChars=200, firstLine=2 * CHARACTER)
_CHART_LINE = w("snapToGrid", val=0) + w("spacing", before=120, line=240, lineRule="auto")
_TITLE_LINE = w("snapToGrid", val=0) + w("spacing", before=100, line=400, lineRule="exact")
_CAPTION_LINE = w("snapToGrid", val=0) + w("spacing", after=160, line=400, lineRule="exact")
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")
_CELL_MARGINS = {"top": 40, "left": _CELL_MARGIN, "bottom": 40, "right": _CELL_MARGIN}
# Said although it is the default: LibreOffice 7.4 takes it for its opposite, and without it loses a full stop that
# hangs over the end of a paragraph.
_NORMAL = (
    w("widowControl") + w("overflowPunct") + w("spacing", line=LINE, lineRule="exact") + w("jc", val="both")
)


def _heading(level: int) -> str:
    return w("keepNext") + _INDENT + _aligned("left") + w("outlineLvl", val=level - 1)


def _title_lines(*, below: int) -> str:
    spacing = w("spacing", after=below, line=720, lineRule="exact")
    return w("keepNext") + spacing + _aligned("center")


def _aligned(side: str) -> str:
    return w("jc", val=side)


def _fonts(chinese: str, latin: str = _LATIN) -> str:
    return w("rFonts", ascii=latin, eastAsia=chinese, hAnsi=latin, cs=_LATIN)


def _size(points: float) -> str:
    return w("sz", val=round(points * 2)) + w("szCs", val=round(points * 2))


# --- page, page numbers, settings, package ----------------------------------------------------------------


def _section() -> str:
    margins = {"top": _TOP, "right": _RIGHT, "bottom": _BOTTOM, "left": _LEFT}
    return w(
        "sectPr",
        w("footerReference", type="default", r_id="rId4"),
        w("footerReference", type="even", r_id="rId5"),
        w("pgSz", w=_PAPER[0], h=_PAPER[1]),
        # The dashes of the page number lie 7 mm below the text (7.5).
        w("pgMar", **margins, header=851, footer=_BOTTOM - 564, gutter=0),
    )


def _page_number(style: str) -> str:
    """“— 1 —”, on odd pages at the right, on even pages at the left, one character from the edge (7.5)."""
    field = "".join((
        w("r", w("fldChar", fldCharType="begin")),
        w("r", '<w:instrText xml:space="preserve"> PAGE </w:instrText>'),
        w("r", w("fldChar", fldCharType="separate")),
        run("1"),
        w("r", w("fldChar", fldCharType="end")),
    ))  # fmt: skip
    return _part("ftr", w("p", w("pPr", w("pStyle", val=style)), run("— "), field, run(" —")))


def _settings() -> str:
    uri = "http://schemas.microsoft.com/office/word"
    options = {
        "compatibilityMode": 15,
        "overrideTableStyleFontSizeAndJustification": 1,
        "enableOpenTypeFeatures": 1,
        "doNotFlipMirrorIndents": 1,
    }
    return _part(
        "settings",
        w("zoom", percent=100),
        w("defaultTabStop", val=420),
        w("evenAndOddHeaders"),
        w("characterSpacingControl", val="compressPunctuation"),
        w("compat", *(w("compatSetting", name=name, uri=uri, val=value) for name, value in options.items())),
        w("themeFontLang", val="zh-CN", eastAsia="zh-CN"),
    )


def _font_table() -> str:
    chinese = (
        w("font", w("altName", val=others), w("charset", val="86"), name=name)
        for name, others in _FALLBACKS.items()
    )
    return _part("fonts", *chinese, w("font", w("charset", val="00"), name=_LATIN))


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _part(root: str, *content: str) -> str:
    return f"{_DECLARATION}<w:{root} {NAMESPACES}>{''.join(content)}</w:{root}>"


def _relations(kinds: Mapping[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{name}.xml"/>'
        for number, (name, kind) in enumerate(kinds.items(), start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _content_types(kinds: Mapping[str, str]) -> str:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{word}.{kind}+xml"/>'
        for name, kind in {"document": "document.main", **kinds}.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
