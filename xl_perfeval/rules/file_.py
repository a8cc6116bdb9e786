"""F: the file and the form itself. What these rules speak of was noticed while reading (`model.Intake`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.findings import Severity
from xl_perfeval.model import (
    CellError,
    CellValue,
    FieldKind,
    Intake,
    OwnSheet,
    Place,
    Project,
    Record,
    Ref,
    Shown,
    Stray,
    Submission,
    without_numbering,
)
from xl_perfeval.rules.engine import Problem, described, is_blank, named, project_named, rule, wan
from xl_perfeval.rules.examples import indicator, item, platform_edition, project, submission
from xl_perfeval.wording import typed

described(
    "F001",
    "cannot-be-read",
    Severity.ERROR,
    basis="只收 .xlsx 和 .xlsm 工作簿",
    text="""文件打不开。

    设了打开密码、旧的 .xls、ODS、损坏或不完整的文件、改了扩展名的网页和文本都读不了；提示里会说明是哪一种、怎么办。
    """,
)
described(
    "F002",
    "not-this-form",
    Severity.ERROR,
    basis="绩效自评工作簿的表样和版本",
    text="""不是绩效自评工作簿，或表样版本不认识。

    请用本程序生成的工作簿填报；由更新版本的程序生成的，请先升级程序。
    """,
)


def _somewhere(sheet: str, cell: str, meaning: str, label: str = "", sheet_id: str = "") -> Place:
    return Place(sheet, cell, label, sheet_id or sheet, meaning, None)


def _whole_file(meaning: str) -> Place:
    return Place("", "", "", "FILE", meaning, None)


@rule(
    "F003",
    "form-part-missing",
    Severity.ERROR,
    basis="表样的工作表和名称要齐全",
    passes=lambda: submission(),
    fails=lambda: submission(intake=Intake(missing=("工作表“报告文字”",))),
)
def form_part_missing(submission: Submission) -> Iterator[Problem]:
    """表样缺少工作表或名称，或名称指向了被删除的格。

    多半是删除了整列或整张表。缺少的部分没有检查，其余照常检查。
    """
    for part in submission.intake.missing:
        yield Problem(
            at=_whole_file(f"missing|{part}"),
            problem=f"表样缺少{part}，这一部分没有检查。",
            remedy="请撤消删除，或从备份、新生成的工作簿里找回这一部分。",
        )


@rule(
    "F004",
    "sheet-copied",
    Severity.ERROR,
    basis="一个项目一张表",
    passes=lambda: submission(),
    fails=lambda: submission(
        intake=Intake(copied=(OwnSheet(sheet="项目1 (2)", project_id="P1", kind="matrix", name="科普经费"),))
    ),
)
def sheet_copied(submission: Submission) -> Iterator[Problem]:
    """项目表是手工复制出来的，两张表算作同一个项目。"""
    for sheet in submission.intake.copied:
        yield Problem(
            at=_somewhere(
                sheet.sheet, "A1", f"copied|{sheet.kind}", sheet_id=f"{sheet.project_id}|{sheet.sheet}"
            ),
            value=sheet.project_id,
            problem=f"工作表“{sheet.sheet}”是复制出来的，和另一张表是同一个项目，没有计入。",
            remedy="请把内容移到原来的表里，再删去这张表。",
        )


@rule(
    "F005",
    "computed-cell-differs",
    Severity.ERROR,
    basis="灰格由程序和公式重新计算，不以存储的结果为准",
    passes=lambda: submission(),
    fails=[
        lambda: submission(intake=Intake(no_results=True)),
        lambda: _showing(Shown("rate", Ref("资金概况", "I6"), "执行率", 0.5)),
        lambda: _showing(Shown("total cost", Ref("项目1", "C12"), "成本目标合计", 58)),
        lambda: replace(
            submission(), shown=(Shown("funds budget", Ref("资金概况", "E8"), "指标总额合计", None),)
        ),
    ],
)
def computed_cell_differs(submission: Submission) -> Iterator[Problem]:
    """自动计算的格显示的不是按填报内容算出的结果。

    公式被改写，或文件由不会计算的程序保存过。
    """
    if submission.intake.no_results:
        yield Problem(
            at=_whole_file("no-results"),
            problem="文件里没有计算结果。",
            remedy="请用 Excel 或 WPS 打开后保存，再校验一次。",
        )
        return
    spreads = bool(submission.intake.errors)  # F010 speaks; sums that read an error value show one, too
    for shown in submission.shown:
        total = rollup.total_of(submission.projects, shown.key.removeprefix("funds "))
        if total and not (spreads and isinstance(shown.value, CellError)):
            yield _computed(shown, total, "FUNDS", None)
    for project in submission.projects:
        for shown in project.shown:
            if spreads and isinstance(shown.value, CellError):
                continue
            expected = _expected(project, shown.key)
            if rollup.differs(shown.value, expected):
                yield _computed(shown, expected, project.id, project.called)


def _showing(shown: Shown) -> Submission:
    clean = submission()
    return replace(clean, projects=(replace(clean.projects[0], shown=(shown,)),))


def _expected(project: Project, key: str) -> Decimal | None:
    """What a computed cell should show, by `Shown.key`."""
    funding = project.funding
    budget, spent = rollup.read(funding.budget), rollup.read(funding.spent)
    if key.startswith("total "):
        total = rollup.total(getattr(item, key.removeprefix("total ")) for item in project.items)
        return rollup.excel_round(total, 6)
    if key == "balance":
        balance = rollup.balance(spent, budget)
        return None if balance is None else rollup.excel_round(balance, 6)
    return (
        {"budget": budget, "spent": spent}[key] if key in {"budget", "spent"} else rollup.rate(spent, budget)
    )


def _computed(shown: Shown, expected: Decimal | None, sheet_id: str, called: str | None) -> Problem:
    as_seen = _shown_as_rate if shown.key in {"rate", "matrix rate"} else _shown
    return Problem(
        at=Place(shown.at.sheet, shown.at.cell, shown.label, sheet_id, shown.key, called),
        value=shown.value,
        expected=expected,
        problem=f"“{shown.label}”显示{as_seen(shown.value)}，按填报内容应为{as_seen(expected)}。",
        remedy="请恢复这一格的公式；公式没有改过的，请用 Excel 或 WPS 打开后保存。",
    )


def _shown_as_rate(value: CellValue | Decimal) -> str:
    """As the percent format of the cell shows it."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return rollup.percent(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    return _shown(value)


def _shown(value: CellValue | Decimal) -> str:
    if is_blank(value if not isinstance(value, Decimal) else 0):
        return "空白"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return quantity.plain(
            rollup.excel_round(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), 6)
        )
    return f"“{_short(str(value))}”"


@rule(
    "F006",
    "foreign-parts",
    Severity.WARNING,
    basis="报送文件不应带其他宏、外部链接和嵌入对象",
    passes=lambda: submission(),
    fails=lambda: submission(intake=Intake(foreign=("外部链接",))),
)
def foreign_parts(submission: Submission) -> Iterator[Problem]:
    """文件里有不属于本表的宏、外部链接或嵌入对象。"""
    for part in submission.intake.foreign:
        yield Problem(
            at=_whole_file(f"foreign|{part}"),
            problem=f"文件里有不属于本表的{part}，对方打开时可能报警。",
            remedy="请核对来源；不需要的请删去。",
        )


@rule(
    "F007",
    "text-for-amount",
    Severity.ERROR,
    basis="金额列只填数字，单位万元",
    passes=[lambda: submission(project(budget=60)), lambda: submission(project(spent=None))],
    fails=[
        lambda: submission(project(budget="420（列入公共预算）", spent=405, items=[item(cost=420)])),
        lambda: submission(project(budget="约六十", spent=60)),
        lambda: submission(project(items=[item(cost="60万元")])),
        lambda: submission(project(items=[item(cost=60), item(cost="若干")])),
    ],
)
def text_for_amount(submission: Submission) -> Iterator[Problem]:
    """金额格里写了文字。

    能认出数字的照样计入合计；认不出的不计入。资金概况里带说明的金额要把说明移到备注。同一列里只是多写了单位的，只提示一条。
    """
    funds = [(project.funding, project_named(project)) for project in submission.projects]
    yield from _amount_column(submission, "funds", funds, strict=True)
    for project in submission.projects:
        yield from _amount_column(
            submission, "matrix", [(item, named(item)) for item in project.items], strict=False
        )


def _amount_column(
    submission: Submission, table: str, rows: Sequence[tuple[Record, str]], *, strict: bool
) -> Iterator[Problem]:
    for field in submission.edition.table(table).fields:
        if field.kind is not FieldKind.AMOUNT:
            continue
        with_unit: list[tuple[Record, str, str, Decimal]] = []
        for record, name in rows:
            value = getattr(record, field.key)
            if not isinstance(value, str) or is_blank(value):
                continue
            read = quantity.amount(value)
            if not read.summable or read.amount is None:
                yield _unread(record, field.key, name, value, read)
            elif strict and read.note:
                yield _with_remark(record, field.key, name, value, read.amount, read.note)
            else:
                with_unit.append((record, name, value, read.amount))
        if with_unit:
            yield _with_unit(with_unit, field.key)


def _unread(record: Record, key: str, name: str, value: str, read: quantity.Amount) -> Problem:
    meant = "请只填数字，单位万元，例如“60”。"
    if read.amount is not None:
        meant = f"如是{wan(read.amount)}，请只填{quantity.plain(read.amount)}。"
    elif not typed(value):
        meant = "没有金额的，请清空这一格；有的，请只填数字，单位万元。"
    return Problem(
        at=record.at(key),
        value=value,
        expected=read.amount,
        severity=Severity.ERROR,
        problem=f"{name}的“{record.label(key)}”写成了“{_short(value)}”，不能相加，没有计入合计。",
        remedy=meant,
    )


def _with_remark(record: Record, key: str, name: str, value: str, amount: Decimal, note: str) -> Problem:
    return Problem(
        at=record.at(key),
        value=value,
        expected=amount,
        severity=Severity.ERROR,
        problem=f"{name}的“{record.label(key)}”里写了文字“{_short(note)}”，只按{wan(amount)}计入合计。",
        remedy=f"请只填{quantity.plain(amount)}，把文字移到备注。",
    )


def _with_unit(cells: list[tuple[Record, str, str, Decimal]], key: str) -> Problem:
    record, name, value, amount = cells[0]
    count = f"，本列共{len(cells)}格" if len(cells) > 1 else ""
    return Problem(
        at=record.at(key),
        value=value,
        expected=amount,
        severity=Severity.NOTICE,
        problem=f"{name}的“{record.label(key)}”写成了“{_short(value)}”，已按{wan(amount)}计算{count}。",
        remedy=f"可以只填{quantity.plain(amount)}，单位会自动显示；不改也不影响合计。",
        related=tuple(other.at(key) for other, *_ in cells[1:]),
    )


def _short(text: str, limit: int = 24) -> str:
    return text if len(text) <= limit else f"{text[:limit]}……"


@rule(
    "F008",
    "platform-refuses",
    Severity.NOTICE,
    basis="预算管理平台导入规则：指标值和实际完成值不收“* _ -”",
    passes=[
        lambda: submission(project(indicators=[indicator(target="1-2")]), edition="ministry-2020"),
        lambda: submission(project(indicators=[indicator(target="1至2")]), edition=platform_edition()),
    ],
    fails=lambda: submission(project(indicators=[indicator(target="1-2")]), edition=platform_edition()),
)
def platform_refuses(submission: Submission) -> Iterator[Problem]:
    """指标值或实际完成值里有接收平台不收的符号。

    只在要导入预算管理平台的表样里检查。
    """
    if not submission.edition.platform:
        return
    for project in submission.projects:
        for indicator in project.indicators:
            for key in ("target", "actual"):
                value = getattr(indicator, key)
                found = next((sign for sign in "*_-" if isinstance(value, str) and sign in value), None)
                if found:
                    yield Problem(
                        at=indicator.at(key),
                        value=value,
                        severity=Severity.WARNING,
                        problem=f"{named(indicator)}的“{indicator.label(key)}”里有“{found}”，接收平台不收。",
                        remedy="请改写，例如把“1-2”写成“1至2”。",
                    )


@rule(
    "F009",
    "text-cut",
    Severity.ERROR,
    basis="一格最多 32,767 个字符",
    passes=lambda: submission(),
    fails=lambda: submission(
        intake=Intake(
            truncated=(Stray(at=Ref("报告文字", "C5"), value="长", sheet_id="NARRATIVE", label="正文"),)
        )
    ),
)
def text_cut(submission: Submission) -> Iterator[Problem]:
    """文字太长，被截断了。"""
    for cell in submission.intake.truncated:
        yield Problem(
            at=Place(
                cell.at.sheet,
                cell.at.cell,
                cell.label or "",
                cell.sheet_id,
                f"cut|{cell.at.cell}",
                cell.row_name,
            ),
            problem="这一格写满了32,767个字符，后面的内容可能被截断。",
            remedy="请分成几段，写到几行里。",
        )


@rule(
    "F010",
    "error-value",
    Severity.ERROR,
    basis="填报格里不应有错误值",
    hides=["R101", "R104", "F005"],
    passes=lambda: submission(),
    fails=lambda: submission(
        intake=Intake(
            errors=(
                Stray(at=Ref("资金概况", "E6"), value=CellError("#REF!"), sheet_id="FUNDS", label="指标总额"),
            )
        )
    ),
)
def error_value(submission: Submission) -> Iterator[Problem]:
    """填报格里是一个错误值，例如 #DIV/0!。

    多半是粘贴进来的公式找不到原来的数据。
    """
    for cell in submission.intake.errors:
        yield Problem(
            at=Place(
                cell.at.sheet,
                cell.at.cell,
                cell.label or "",
                cell.sheet_id,
                f"error|{cell.row_name}|{cell.label}",
                cell.row_name,
            ),
            value=cell.value,
            problem=f"“{cell.label or cell.at.cell}”显示错误值{cell.value}，读不出内容。",
            remedy="请删去公式，直接填写内容。",
        )


@rule(
    "F011",
    "typed-numbering",
    Severity.NOTICE,
    basis="序号列自动编号",
    passes=lambda: submission(project(items=[item(name="科普培训")])),
    fails=[
        lambda: submission(project(items=[item(name="1.科普培训")])),
        lambda: submission(project(name="2、科普经费")),
    ],
)
def typed_numbering(submission: Submission) -> Iterator[Problem]:
    """名称前面手工写了编号。

    序号会自动编，读取时已去掉；每列只提示一条。
    """
    tables: list[Sequence[Record]] = [
        submission.projects,
        *(project.items for project in submission.projects),
    ]
    for records in tables:
        numbered = [one for one in records if _numbered(getattr(one, "name", None))]
        if numbered:
            first = numbered[0]
            count = f"（本列共{len(numbered)}处）" if len(numbered) > 1 else ""
            name = str(getattr(first, "name", ""))
            yield Problem(
                at=first.at("name"),
                value=name,
                expected=without_numbering(name),
                problem=f"“{_short(name)}”前面带了编号{count}，序号会自动编。",
                remedy="可以删去编号；不删也不影响检查和报告。",
                related=tuple(one.at("name") for one in numbered[1:]),
            )


def _numbered(value: CellValue) -> bool:
    return isinstance(value, str) and without_numbering(value) != value


@rule(
    "F012",
    "outside-the-block",
    Severity.ERROR,
    basis="只有表格以内的行计入",
    passes=lambda: submission(),
    fails=[
        lambda: submission(
            intake=Intake(outside=(Stray(at=Ref("项目1", "B30"), value="科普培训", sheet_id="P1"),))
        ),
        lambda: submission(intake=Intake(merged=(Ref("项目1", "B8:B9"),))),
        lambda: submission(intake=Intake(hidden=(Ref("项目1", "A9"),))),
    ],
)
def outside_the_block(submission: Submission) -> Iterator[Problem]:
    """表格外面有内容，或填报格被合并、隐藏。

    合计行下面、表格右边的内容不会计入合计，也不会进报告。
    """
    for cell in submission.intake.outside:
        yield Problem(
            at=_somewhere(cell.at.sheet, cell.at.cell, f"outside|{cell.at.cell}", sheet_id=cell.sheet_id),
            value=cell.value,
            problem=f"{_shown(cell.value)}写在表格外面，没有计入。",
            remedy="请移到“▲ 在此行以上插入”一行的上面。",
        )
    for ref in submission.intake.merged:
        yield Problem(
            at=_somewhere(ref.sheet, ref.cell.partition(":")[0], f"merged|{ref.cell}"),
            problem=f"填报格{ref.cell}被合并了，只有第一格的内容能读到。",
            remedy="请取消合并，每行各填一格。",
        )
    for ref in submission.intake.hidden:
        yield Problem(
            at=_somewhere(ref.sheet, ref.cell, f"hidden|{ref.cell}"),
            problem="这一行有内容，却被隐藏了；隐藏的行照样计入合计。",
            remedy="请取消隐藏，或清空这一行。",
        )


@rule(
    "F013",
    "stray-cell",
    Severity.NOTICE,
    basis="离表格很远的格不读取",
    passes=lambda: submission(),
    fails=lambda: submission(intake=Intake(far=(Ref("资金概况", "XFD1048576"),))),
)
def stray_cell(submission: Submission) -> Iterator[Problem]:
    """离表格很远的地方有内容。

    多半是误按产生的，会让文件变大变慢；没有读取。
    """
    for ref in submission.intake.far:
        yield Problem(
            at=_somewhere(ref.sheet, ref.cell, f"far|{ref.cell}"),
            problem=f"离表格很远的{ref.cell}有内容，没有读取。",
            remedy="请按 Ctrl+End 找到这一格，删去整行整列。",
        )
