"""A cell with its column, and the unit that a number has there."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.model import CellValue
from xl_perfeval.quantity.measure import FigureKind, Measure
from xl_perfeval.quantity.numerals import fold
from xl_perfeval.quantity.units import WAN, unit_at


class Cell(NamedTuple):
    """A text cell with its column.

    `text` as typed and `folded` are the same position by position, but for blanks at the end. `planned` for
    a target, not for an actual result.
    """

    raw: CellValue
    text: str
    folded: str
    name: str
    unit: str
    year: int
    planned: bool


class Size(NamedTuple):
    """Bounds as written, with their unit."""

    low: Decimal
    high: Decimal | None
    unit: str

    def times(self, factor: Decimal, unit: str) -> Size:
        """The same in a unit that is `factor` times smaller."""
        return Size(self.low * factor, None if self.high is None else self.high * factor, unit)


def size_of(cell: Cell, measure: Measure, clause: str) -> Size:
    """The size of a measure; without a unit of its own it has that of its column. `clause`: the words before."""
    size = Size(measure.low, measure.high, measure.unit)
    if measure.bare_wan and cell.unit:
        return _wan_of_column(size, cell, measure)
    if not size.unit:
        size = _in_column(size, cell)
    if (
        clause
        and ("每" in clause or "均" in clause)
        and (size.unit == "万元" or measure.kind is FigureKind.count)
    ):
        return _for_each(size, clause)
    return size


def _wan_of_column(size: Size, cell: Cell, measure: Measure) -> Size:
    """1.2万 in a column of 人次 counts people, not money."""
    column = unit_at(fold(cell.unit).strip(), 0)
    if not column.text or column.text == "元":
        return size
    return size.times(WAN if measure.kind is FigureKind.money else Decimal(1), column.text)


_UNIT_IN_NAME = expression(r"\(([^()]{1,8})\)\s*$")
_COST_COLUMNS = ("cost", "成本目标")


def _in_column(size: Size, cell: Cell) -> Size:
    """A bare number takes the unit of its column, or the one in brackets behind the indicator's name."""
    column = fold(cell.unit).strip() if cell.unit else ""
    if not column and cell.name:
        if cell.name in _COST_COLUMNS:
            return size._replace(unit="万元")
        in_name = _UNIT_IN_NAME.search(fold(cell.name[-12:]))
        if in_name and unit_at(in_name[1], 0).end == len(in_name[1]):
            column = in_name[1]
    if not column:
        return size
    unit = unit_at(column, 0)
    if unit.end != len(column) or not unit.text:
        return size._replace(unit=column)
    factor = unit.factor or Decimal(1)
    return size.times(factor / WAN, "万元") if unit.text == "元" else size.times(factor, unit.text)


_PERIODS = "年月日天季周"
_EACH = expression(
    f"每(平方公里|平方米|立方米|公里|公斤|公顷|[人车场架班]次|[^\\W\\d_])(?:每?([{_PERIODS}])|均)?[^\\W\\d_]{{0,6}}$"
)
_ON_AVERAGE = expression("([人户亩村次生师床班校乡镇县家头只株场期])均[^\\W\\d_]{0,6}$")
_SIGNS = " ≥≤<>="
_OFTEN = expression("每个?(月|季度|周|天|日|半年|学期|学年)")
_EVERY = expression(
    "(?:每(?:个|所(?=学校))?|(?=[人户村生校班]均))(行政村|乡镇|村|人|户|镇|乡|县|学?校|班|期|场|所|家|社区|街道|亩|平?方?公里|站|队|组|生|[百千万]人)"
    f"(?:每?([{_PERIODS}])|均)?[^\\W\\d_]{{0,6}}$"
)


def _for_each(size: Size, clause: str) -> Size:
    """A price or frequency whose 每… stands in front: 每村每年补助4400元 → 4400 元/村·年, 每月2次 → 2 次/月."""
    if size.unit == "万元":
        average = _ON_AVERAGE.search(clause.rstrip())
        if average:
            return size.times(WAN, f"元/{average[1]}")
        each = _EACH.search(clause.rstrip())
        if each is None or each[1] in _PERIODS:
            return size
        return size.times(WAN, f"元/{each[1]}·{each[2]}" if each[2] else f"元/{each[1]}")
    if not size.unit or "/" in size.unit:
        return size
    each = _EVERY.search(clause.rstrip(_SIGNS))
    if each:
        return size._replace(unit=f"{size.unit}/{each[1]}{f'·{each[2]}' if each[2] else ''}")
    often = _OFTEN.search(clause)
    return size._replace(unit=f"{size.unit}/{often[1]}") if often else size


_LIMIT = expression("(?<=[^\\W\\d_])[及或]?(以[上下内])$")


def limit_behind_rare_unit(rest: str) -> tuple[str, str]:
    """What follows a number, without the limit at its end, and that limit: 级以上 → 级, 以上."""
    limit = _LIMIT.search(rest)
    return (rest[: limit.start()], limit[1]) if limit else (rest, "")


_RARE_UNIT = expression(r"[^\W\d_]{1,4}(?:/[^\W\d_]{1,3})?")
_NO_UNIT = expression(
    "完成|达标|合格|实现|达到|通过|优|良|好|未|已|不|少|全部|左右|为|是|的|[一二三四五六七八九十]|[内前上下]$|投诉|事故|伤亡|违[规纪]|差错"
)


def with_rare_unit(size: Size, rest: str, noun: str) -> tuple[Size, str]:
    """A whole cell that is a number and one short word has that word as its unit (6榀); with the noun left."""
    if _RARE_UNIT.fullmatch(rest) and not _NO_UNIT.search(rest):
        return size._replace(unit=rest), ""
    return size, noun
