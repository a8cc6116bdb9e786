"""Worksheet functions: what they give for what a sheet passes, their VBA wrappers, and the formulas that ask them."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import VBAErrorValue

from tests import clean
from tests.office import cached_values, without_cached_values
from tests.test_recalculation import many
from xl_perfeval import actions, forms, functions, quantity, rollup, rules, sample, scoring, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.forms import names
from xl_perfeval.functions import FUNCTIONS, amount, check, grade, rate, read, score, total
from xl_perfeval.model import CellError, Indicator
from xl_perfeval.template import macros, wrappers
from xl_perfeval.template.vba import Kind, Module

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.office import Office
    from xl_perfeval.model import Submission

SCORED = [each for each in forms.editions() if forms.load(each).scoring is not None]
ERROR = "error"
"""In the tables below: the function raises, so that the cell shows an error value."""
BY_NAME = {each.name: each.call for each in FUNCTIONS}


def rows(markdown: str) -> list[list[Any]]:
    """The rows of a Markdown table below its heading. A cell without quotes is a number, or nothing."""
    lines = [line.strip() for line in markdown.strip().splitlines()][2:]
    return [[_cell(cell) for cell in line[1:-1].split("|")] for line in lines]


def _cell(text: str) -> Any:
    text = text.strip()
    if text.startswith("“"):
        return text[1:-1]
    return float(text) if re.fullmatch(r"-?[0-9.]+(e[0-9]+)?", text) else text or None


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives, or that it raised."""
    try:
        return call(*arguments)
    except ValueError:
        return ERROR


# --- what they give -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    rows("""
    | typed                 | amount |
    |-----------------------|--------|
    | 12.5                  | 12.5   |
    | -3                    | -3     |
    | “30万元”              | 30     |
    | “22,614.51万元”       | 22614.51 |
    | “28.8萬元”            | 28.8   |
    | “1亿元”               | 10000  |
    | “５６．５”            | 56.5   |
    | “420（列入公共预算）” | 420    |
    | “584000元”            | 58.4   |
    | “三十万元”            | 30     |
    |                       | “”     |
    | “”                    | “”     |
    | “无”                  | “”     |
    | “—”                   | “”     |
    | “5千”                 | error  |
    | “若干”                | error  |
    | “约20万”              | error  |
    | “5月6日”              | error  |
    | “12 34”               | 1234   |
    | “#DIV/0!”             | error  |
    | 1e308                 | error  |
    """),
)
def test_amount(typed: Any, expected: Any) -> None:
    assert outcome(amount, typed) == expected


@pytest.mark.parametrize(
    ("spent", "budget", "expected"),
    rows("""
    | spent      | budget         | rate                 |
    |------------|----------------|----------------------|
    | 58.4       | 60             | 0.9733333333333334   |
    | “58.4万元” | “60（含上年）” | 0.9733333333333334   |
    | 0          | 60             | 0                    |
    | 61         | 60             | 1.0166666666666666   |
    |            | 60             | “”                   |
    | 5          |                | “”                   |
    | 5          | 0              | “”                   |
    | “无”       | 60             | “”                   |
    | “若干”     | 60             | error                |
    | 5          | “#N/A”         | error                |
    """),
)
def test_rate(spent: Any, budget: Any, expected: Any) -> None:
    assert outcome(rate, spent, budget) == expected


@pytest.mark.parametrize(
    ("sign", "target", "actual", "weight", "edition", "expected"),
    rows("""
    | sign   | target | actual | weight | edition         | score |
    |--------|--------|--------|--------|-----------------|-------|
    | “≥”    | “6”    | “4”    | 10     |                 | 6.67  |
    | “≥”    | 6      | 4      | “10”   |                 | 6.67  |
    | “≥”    | “95%”  | “96%”  | 10     |                 | 10    |
    | “≤”    | “10”   | “12”   | 10     |                 | 8     |
    | “≤”    | “10”   | “12”   | 10     | “hubei-20-80”   | 8.33  |
    | “＝”   | “0”    | “1”    | 5      |                 | 0     |
    | “定性” | “6”    | “4”    | 10     |                 | error |
    | “≥”    |        | “4”    | 10     |                 | error |
    | “≥”    | “6”    |        | 10     |                 | error |
    | “≥”    | “6-9”  | “7”    | 10     |                 | error |
    | “至少” | “6”    | “7”    | 10     |                 | error |
    | “≥”    | “6”    | “#N/A” | 10     |                 | error |
    | “≥”    | “6”    | “7”    | “十”   |                 | error |
    | “≥”    | “6”    | “7”    | 10     | “county-matrix” | error |
    | “≥”    | “6”    | “7”    | 10     | “没有这个”      | error |
    """),
)
def test_score(sign: Any, target: Any, actual: Any, weight: Any, edition: Any, expected: Any) -> None:
    assert outcome(score, sign, target, actual, weight, edition) == expected


def test_score_reads_unit_and_group() -> None:
    assert score("≥", "≥6场", "4场", 10, unit="场") == 6.67
    satisfied = ("≥", "90%", "85%", 10, "ministry-2021-cost", "%")
    assert score(*satisfied, "满意度指标\n（10分）") != score(*satisfied)


@pytest.mark.parametrize(
    ("points", "expected"),
    rows("""
    | points   | grade |
    |----------|-------|
    | 100      | “优”  |
    | 90       | “优”  |
    | 89.99    | “良”  |
    | “80”     | “良”  |
    | 60       | “中”  |
    | 0        | “差”  |
    |          | “”    |
    | -1       | error |
    | “良好”   | error |
    | “#REF!”  | error |
    """),
)
def test_grade(points: Any, expected: Any) -> None:
    assert outcome(grade, points) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    rows("""
    | typed          | understood                  |
    |----------------|-----------------------------|
    | “6场以上”      | “≥6场”                      |
    | “≥ │ 95 │ %”   | “≥95%”                      |
    | “30分钟内”     | “≤30分钟”                   |
    | “1-2家”        | “1-2家”                     |
    | “效果明显”     | “效果明显”                  |
    | 5              | “5”                         |
    |                | “”                          |
    | “290%”         | “不确定：“290”可能是“≥90”” |
    | “#VALUE!”      | error                       |
    """),
)
def test_read(typed: Any, expected: Any) -> None:
    assert outcome(read, typed) == expected


HEADINGS = ("name", "cost", "schedule", "quantity", "quality", "benefit", "actual", "spent", "reason")
MATRIX = rows("""
| 项目细化内容 | 成本   | 时效   | 数量               | 质量            | 效益            | 实际                | 支出   | 原因 | 检查                              |
|--------------|--------|--------|--------------------|-----------------|-----------------|---------------------|--------|------|-----------------------------------|
| “培训”       | 20     | “全年” | “举办培训3场以上” | “合格率95%以上” | “满意度90%以上” | “举办培训3场，合格率96%” | 20     |      | “✓”                               |
|              |        |        |                    |                 |                 |                     |        |      | “”                                |
| “培训”       |        | “全年” | “举办培训3场以上” |                 | “满意度90%以上” | “举办培训3场”       | 20     |      | “✗ 缺成本目标、质量目标”          |
| “培训” | | | | | | | | | “✗ 缺成本目标、时效目标等5项” |
| “培训”       | “若干” | “全年” | “举办培训3场以上” | “合格率95%以上” | “满意度90%以上” | “举办培训3场”       | 20     |      | “✗ 成本目标不是金额”              |
| “培训”       | 20     | “全年” | “适量”             | “合格率95%以上” | “满意度90%以上” | “举办培训3场”       | 20     |      | “！数量目标没有数字”              |
| “培训”       | 20     | “全年” | “举办培训3场以上” | “合格率295%”    | “满意度90%以上” | “举办培训3场”       | 20     |      | “！质量目标像是录错”              |
| “资料”       | 20     | “全年” | “编印资料10000份以上” | “准确”       | “满意度90%以上” | “编印资料1000余册”  | 20     |      | “！目标10000份以上，实际1000余册” |
| “资料”       | 20     | “全年” | “编印资料10000份以上” | “准确”       | “满意度90%以上” | “编印资料1000余册”  | 20     | “改为电子版发放” | “✓”                   |
| “培训”       | 20     | “全年” | “举办培训3场以上” | “合格率95%以上” | “满意度90%以上” |                     |        |      | “○ 待填”                          |
| “培训”       | 20     | “全年” | “举办培训3场以上” | “#DIV/0!”       | “满意度90%以上” | “举办培训3场”       | 20     |      | “✗ 质量目标是错误值”              |
| “培训”       | 20     | “全年” | “举办培训3场以上” | “合格率95%以上” | “满意度90%以上” | “预计举办培训3场”   | 20     |      | “！实际写的是预计数”              |
""")


@pytest.mark.parametrize("row", MATRIX, ids=[str(row[-1]) or "blank" for row in MATRIX])
def test_check_of_a_row(row: list[Any]) -> None:
    *cells, expected = row
    assert check([cells]) == expected
    assert check(cells) == expected
    assert check([["7", *cells]]) == expected


def test_check_of_a_matrix_is_one_column() -> None:
    assert check([row[:-1] for row in MATRIX]) == [[row[-1]] for row in MATRIX]
    assert check(tuple((None, *row[:-1]) for row in MATRIX)) == [[row[-1]] for row in MATRIX]


def test_check_asks_for_results_only_at_the_end_of_the_year() -> None:
    waiting = next(row[:-1] for row in MATRIX if row[-1] == "○ 待填")
    missed = next(row[:-1] for row in MATRIX if str(row[-1]).startswith("！目标"))
    assert [check([waiting], stage) for stage in (None, "年度自评", "绩效监控", "目标申报")] == [
        "○ 待填", "○ 待填", "✓", "✓",
    ]  # fmt: skip
    assert check([missed], "目标申报") == "✓"


@pytest.mark.parametrize(
    "arguments",
    [([],), ([["甲", 1]],), ([["甲"] * 11],), ([["甲"] * 9, ["乙"] * 8],), ([["甲"] * 9], "明年"), ({},)],
)
def test_check_refuses_what_is_no_matrix(arguments: tuple[Any, ...]) -> None:
    assert outcome(check, *arguments) == ERROR


@pytest.mark.parametrize("seed", [None, *range(5)])
def test_check_says_what_the_checks_say(seed: int | None) -> None:
    """Rows that `rules` finds fault with, and no others, but for faults that need more than the row."""
    submission = sample.submission() if seed is None else clean.submission(seed, forms.DEFAULT)
    project = submission.projects[0]
    items = [functions._item([getattr(item, key) for key in HEADINGS], item.number) for item in project.items]  # pyright: ignore[reportPrivateUsage]
    alone = replace(submission, projects=(replace(project, items=tuple(items), matrix=None),))
    found = {
        each.row_name for each in rules.check(alone) if each.rule in {*functions._SAID, "R101"} and each.severity != "notice"  # pyright: ignore[reportPrivateUsage]
    }  # fmt: skip
    said = check([[getattr(item, key) for key in HEADINGS] for item in project.items])
    messages = [said] if isinstance(said, str) else [message for (message,) in said]
    faulty = {item.called for item, message in zip(items, messages, strict=True) if message[0] in "✗！"}
    assert faulty == found & {item.called for item in items}


NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6))


@given(st.lists(st.lists(NUMBERS | st.integers(-1000, 1000), min_size=2, max_size=2), min_size=1))
def test_total_of_numbers_is_their_sum(table: list[list[float]]) -> None:
    exact = sum((Decimal(repr(value)) for row in table for value in row), Decimal(0))
    assert total(table) == float(rollup.excel_round(exact, 6))
    assert total(*table) == total(table)


CELLS = (
    st.none() | NUMBERS | st.sampled_from(["20万元", "1亿元", "若干", "", "420（列入公共预算）", " 3 ", "６"])
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1))
def test_total_is_that_of_the_checks(table: list[list[Any]]) -> None:
    cells = [value for row in table for value in row]
    assert total(table) == float(rollup.excel_round(rollup.total(cells), 6))
    assert total(tuple(map(tuple, table))) == total(table)
    assert total(*cells) == total(table)


def test_total_of_ugly_cells() -> None:
    assert total([[1, "若干"], [date(2020, 6, 9), True]], None, Decimal("2.5")) == 3.5
    assert total(0.1, 0.2) == 0.3
    assert total([[None]]) == 0
    for ugly in ((), (["#DIV/0!"],), (-2146826281,), (float("nan"),), (CellError("#REF!"),), ({},)):
        assert outcome(total, *ugly) == ERROR, ugly


@settings(max_examples=300)
@given(
    st.sampled_from(["≥", "＞", "＝", "＜", "≤", "定性", None, "=", ">"]),
    st.sampled_from(["6", 6, "95%", "6-9", None, "0", "-1", "适量", 1e6]),
    st.sampled_from(["4", 7.5, "96%", None, "达成", "0", "-2", 10**7]),
    st.sampled_from([10, "20", None, "十", 0.5]),
    st.sampled_from(SCORED),
)
def test_score_is_that_of_the_core(sign: Any, target: Any, actual: Any, weight: Any, edition: str) -> None:
    row = Indicator(sign=sign, target=target, actual=actual, weight=weight)
    expected = scoring.indicator_score(row, forms.load(edition))
    assert outcome(score, sign, target, actual, weight, edition) == (
        ERROR if expected is None else float(expected)
    )


ANYTHING = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**10), 10**10)
    | st.text(max_size=12)
    | st.datetimes()
    | st.sampled_from(["#N/A", -2146826246, "6场以上", "5千", "无", CellError("#NAME?")])
)


@settings(max_examples=300)
@given(
    st.sampled_from(FUNCTIONS),
    st.lists(ANYTHING | st.lists(st.lists(ANYTHING, max_size=10), max_size=3), min_size=7, max_size=7),
)
def test_a_function_gives_what_a_cell_takes_or_raises_value_error(
    function: functions.WorksheetFunction, passed: list[Any]
) -> None:
    """Whatever is passed; in particular a text is no traceback, and a number is one."""
    result = outcome(function.call, *passed[: len(function.arguments)])
    column = result if isinstance(result, list) else [[result]]
    for (value,) in column:
        assert isinstance(value, str) or (isinstance(value, float) and abs(value) < 1.8e308)
        assert not isinstance(value, str) or "Error" not in value


@given(st.text(max_size=20))
def test_read_and_amount_are_those_of_the_core(text: str) -> None:
    if text not in functions._ERRORS:  # pyright: ignore[reportPrivateUsage]
        reading, money = quantity.target(text), quantity.amount(text)
        assert reading.certain is not read(text).startswith("不确定：")
        if money.amount is not None and money.certain:
            assert amount(text) == float(money.amount)


# --- the table ----------------------------------------------------------------------------------------


def test_the_table_is_complete_and_can_be_explained() -> None:
    assert list(BY_NAME) == [
        "PE_TOTAL", "PE_RATE", "PE_SCORE", "PE_GRADE", "PE_CHECK", "PE_READ", "PE_AMOUNT",
    ]  # fmt: skip
    for each in FUNCTIONS:
        assert each.help.endswith("。")
        assert len(each.help) <= 255, "Excel shows no more"
        parameters = list(inspect.signature(each.call).parameters.values())
        assert len(parameters) == len(each.arguments)
        for argument, parameter in zip(each.arguments, parameters, strict=True):
            assert re.fullmatch("[a-z]+", argument.name)
            assert re.search("[一-龥]", argument.help)
            assert argument.several is (parameter.kind is parameter.VAR_POSITIONAL)
            assert argument.optional is (parameter.default is None)
    assert BY_NAME["PE_GRADE"] is grade
    assert [each.signature() for each in FUNCTIONS][3] == "PE_GRADE(score, [edition])"


def test_importing_the_functions_imports_no_other_package() -> None:
    code = (
        "import sys; before = set(sys.modules); from xl_perfeval import functions;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    listed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(listed.stdout.split())
    assert loaded - set(sys.stdlib_module_names) == {"xl_perfeval"}


# --- the VBA wrappers ---------------------------------------------------------------------------------


SOURCE = wrappers.vba_module()


def test_the_wrappers_are_what_vba_can_read() -> None:
    assert SOURCE.isascii()
    assert SOURCE.startswith(f'Attribute VB_Name = "{wrappers.MODULE}"\n')
    assert re.findall(r"^Function (\w+)\(", SOURCE, re.MULTILINE) == list(BY_NAME)
    assert max(map(len, SOURCE.splitlines())) < 1024, "VBA has no longer lines"
    assert SOURCE.count("Volatile") == 0
    assert SOURCE.count("Err.Description") == 0
    assert SOURCE.count("failed:") == SOURCE.count("On Error GoTo failed") == len(FUNCTIONS)


def test_the_wrappers_that_are_packed_are_those_of_the_table() -> None:
    packed = {module.name: module for module in macros.load().modules}
    assert packed[wrappers.MODULE] == Module(wrappers.MODULE, Kind.STANDARD, SOURCE)
    assert f"xlwings {version('xlwings')}." in SOURCE
    assert f'XLWINGS_VERSION As String = "{version("xlwings")}"' in packed["xlwings"].source
    assert re.search(r"^Function XLPy\(\)", packed["xlwings"].source, re.MULTILINE)


GENERATED = """
import io, sys, types
for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["pythoncom"].CoInitialize = lambda: None
sys.modules["pywintypes"].com_error = type("com_error", (Exception,), {})
sys.modules["win32com.client"].Dispatch = lambda x: x
import xlwings
from xlwings import udfs
xlwings.func, xlwings.arg = udfs.xlfunc, udfs.xlarg
from xl_perfeval import functions, udfs as ours
written = io.StringIO()
udfs.generate_vba_wrapper("xl_perfeval.udfs", ours, written, types.SimpleNamespace(Name="book.xlsm"))
print(written.getvalue())
for each in functions.FUNCTIONS:
    served = getattr(ours, each.name)
    known = served.__xlfunc__
    assert (known["name"], known["volatile"], known["sub"]) == (each.name, False, False)
    assert [(a["vararg"], a["options"]) for a in known["args"]] == [(True, {"err_to_str": True})]
    assert known["ret"]["options"] == {}
assert ours.PE_TOTAL([[1.0, "2万元"]], 3.0) == 6.0
assert ours.PE_GRADE(91.0, None) == "优"
"""


def test_xlwings_serves_the_functions_and_would_call_them_alike() -> None:
    """What xlwings' own generator writes, with Windows stubbed, calls the same functions of the same module."""
    written = subprocess.run([sys.executable, "-c", GENERATED], check=True, capture_output=True, text=True)
    pattern = r'(\w+) = XLPy\.CallUDF\("([\w.]+)", "(\w+)", .*, ThisWorkbook, Application\.Caller\)'
    theirs, ours = (sorted(re.findall(pattern, text)) for text in (written.stdout, SOURCE))
    assert theirs == ours
    assert len(ours) == len(FUNCTIONS)


SERVED = """Attribute VB_Name = "xlwings"
Function XLPy()
    Set XLPy = New Served
End Function
"""
CLASS = """VERSION 1.0 CLASS
BEGIN
  MultiUse = -1
END
Attribute VB_Name = "Served"
Function CallUDF(python, name, arguments, book, caller)
    If IsError(arguments(0)) Then Err.Raise 5
    If name = "PE_TOTAL" Then
        CallUDF = UBound(arguments) + 1
    Else
        CallUDF = python & " " & name & " " & UBound(arguments) & " " & IsMissing(arguments(UBound(arguments)))
    End If
End Function
"""


def test_a_wrapper_hands_on_and_turns_failure_into_an_error_value(tmp_path: Path) -> None:
    """In pyOpenVBA's model of Excel, which does not know who calls, with a stand-in for what xlwings serves."""
    path = tmp_path / "book.xlsm"
    shipped = macros.load()
    modules = (
        Module(wrappers.MODULE, Kind.STANDARD, SOURCE.replace("Application.Caller", "Nothing")),
        Module("xlwings", Kind.STANDARD, SERVED),
        Module("Served", Kind.CLASS, CLASS),
    )
    template.build(sample.submission(), path, macros=replace(shipped, modules=modules))
    excel = ExcelApplication.open(path)
    run = excel.interpreter.run
    assert run("PE_READ", ["6场"]) == "xl_perfeval.udfs PE_READ 0 False"
    assert run("PE_GRADE", [90]) == "xl_perfeval.udfs PE_GRADE 1 True"
    assert run("PE_GRADE", [90, "sichuan"]) == "xl_perfeval.udfs PE_GRADE 1 False"
    assert run("PE_TOTAL", [1, 2, 3]) == 3
    failed = run("PE_AMOUNT", [VBAErrorValue(2007)])
    assert isinstance(failed, VBAErrorValue)
    assert failed == VBAErrorValue(2042)


# --- the formulas of the workbook -----------------------------------------------------------------------


def live(path: Path) -> dict[str, list[str]]:
    """Formulas of a workbook that call a worksheet function, by function."""
    book = FileBook.open(path)
    found: dict[str, list[str]] = {}
    for sheet in book.sheets():
        for formula in book.formulas(sheet).values():
            for name in dict.fromkeys(re.findall(r"PE_[A-Z]+(?=\()", formula)):
                found.setdefault(name, []).append(formula)
    return found


@pytest.mark.parametrize("edition", forms.editions())
def test_the_formulas_ask_python_in_three_places(tmp_path: Path, edition: str) -> None:
    path = tmp_path / "book.xlsx"
    template.build(replace(clean.submission(3, edition), edition=forms.load(edition)), path)
    found = live(path)
    scored = forms.load(edition).scoring is not None
    assert set(found) == {"PE_TOTAL", "PE_CHECK", *(["PE_SCORE"] if scored else [])}
    assert len(found["PE_TOTAL"]) == 4
    for name, formulas in found.items():
        for formula in formulas:
            assert formula.count(f"{name}(") == 1, "one call, for each takes milliseconds"
            guard = f"IF(PE_LIVE,IFERROR({'' if name == 'PE_CHECK' else '1*'}{name}("
            assert guard in formula
            assert len(formula) < 4096, "Excel allows 8192"
            assert depth(formula) < 32, "Excel allows 64"
    assert not FileBook.open(path).read(FileBook.open(path).names()[names.LIVE])[0][0]


def depth(formula: str) -> int:
    """How deep calls are nested."""
    deepest = now = 0
    for character in re.sub('"[^"]*"', "", formula):
        now += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, now)
    return deepest


def built(
    folder: Path, submission: Submission, modules: Sequence[Module] = (), *, marked: bool = False
) -> Path:
    """A workbook, as .xlsm when there are VBA modules, with or without the marks of a check."""
    path = folder / ("book.xlsm" if modules else "book.xlsx")
    carried = replace(macros.load(), modules=tuple(modules)) if modules else None
    found = []
    if marked:
        template.build(submission, path)
        found = actions.validate_file(path).findings
    template.build(submission, path, findings=found, macros=carried)
    return path


def broken() -> Module:
    """xlwings' own module, which does not compile in LibreOffice."""
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.origin is not None
    return Module("xlwings", Kind.STANDARD, (Path(spec.origin).parent / "xlwings.bas").read_text())


OURS = Module(wrappers.MODULE, Kind.STANDARD, SOURCE)
WITHOUT_PYTHON = {
    "no functions": ((), False),
    "macros blocked": ((OURS,), False),
    "macros allowed": ((OURS,), True),
    "a module that does not compile": ((OURS, broken()), True),
    "the workbook as it ships": (macros.load().modules, True),
}
WORKBOOKS = {
    "sample": lambda: sample.submission(),
    "40 projects": lambda: many(forms.DEFAULT, 40),
    "scored": lambda: many("ministry-2020", 8),
    "satisfaction by interval": lambda: many("ministry-2021-cost", 2),
}
CASES = [
    *((each, "no functions") for each in WORKBOOKS),
    *(("sample", each) for each in WITHOUT_PYTHON if each != "no functions"),
    *(("scored", each) for each in WITHOUT_PYTHON if each != "no functions"),
]


@pytest.mark.parametrize(("submission", "program"), CASES)
def test_every_cell_is_right_without_python(
    office: Office, tmp_path: Path, submission: str, program: str
) -> None:
    """With PE_LIVE as shipped, and with PE_LIVE left on by somebody who had Python."""
    modules, allowed = WITHOUT_PYTHON[program]
    path = built(tmp_path, WORKBOOKS[submission](), modules, marked=not modules)
    stored, switch = cached_values(path), FileBook.open(path).names()[names.LIVE]
    bare = tmp_path / f"bare{path.suffix}"
    without_cached_values(path, bare)
    with office.open(bare, macros=allowed) as book:
        for on in (0, 1):
            book.set(switch.sheet, switch.cell, on)
            book.calculate()
            shown = book.formula_values()
            wrong = {
                cell: (value, shown.get(cell))
                for cell, value in stored.items()
                if shown.get(cell) != pytest.approx(value) and not (on and "加载项" in str(shown.get(cell)))
            }
            assert wrong == {}
    assert len(stored) > 900


def test_a_function_by_itself_is_an_error_value_in_libreoffice(office: Office, tmp_path: Path) -> None:
    """Not the text that CVErr becomes there."""
    path = built(tmp_path, sample.submission(), (OURS,))
    with office.open(path, macros=True) as book:
        sheet = book.sheets()[0]
        for formula in (
            "PE_TOTAL(1,2)",
            "PE_GRADE(91)",
            'PE_READ("6场")',
            "PE_CHECK(A1:I2)",
            'PE_SCORE("≥",6,4,10)',
        ):
            book.set_formula(sheet, "Z90", f"={formula}")
            assert book.value(sheet, "Z90") == CellError("#VALUE!"), formula


def test_no_formula_has_a_prefix_of_future_functions(tmp_path: Path) -> None:
    path = built(tmp_path, many("ministry-2020", 1))
    texts = [formula for formulas in live(path).values() for formula in formulas]
    assert texts
    assert not any("_xlfn" in text or "_xlws" in text for text in texts)
