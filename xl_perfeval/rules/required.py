"""R: is everything there that the form asks for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import (
    CellValue,
    FormTable,
    Indicator,
    Intake,
    Paragraph,
    Place,
    Project,
    Ref,
    Stage,
    Submission,
    WorkItem,
    row_and_column,
)
from xl_perfeval.rules.engine import Problem, Unknown, is_blank, named, project_named, rule
from xl_perfeval.rules.examples import evidence_edition, indicator, indicators, item, project, submission

_PLACEHOLDER = expression(r"[×xX]{2,}|\*{2,}|＊{2,}|_{3,}|＿{2,}|【待补充[^】]*】|20[XxＸ×*]{2}年?")
_SATISFACTION = expression(r"满意[^。；;]{0,12}?[0-9０-９]|[0-9０-９][^。；;]{0,8}满意|问卷|满意度调查")


@rule(
    "R101",
    "required-cell-blank",
    Severity.ERROR,
    basis="表样中带“*”的列",
    passes=[
        lambda: submission(project(items=[item(benefit="群众满意度90%以上", cost=60)])),
        lambda: submission(project(spent=None), stage=Stage.TARGETS),
        lambda: submission(
            project(), project(name=None, kind=None, purpose=None, spent=None, with_sheet=False, items=[])
        ),
        lambda: submission(
            project(items=[item(), item(name=None)]), intake=Intake(merged=(Ref("项目1", "B8:B9"),))
        ),
    ],
    fails=[
        lambda: submission(project(items=[item(benefit=None)])),
        lambda: submission(project(purpose="  ")),
        lambda: submission(unit=None),
        lambda: submission(year=0),
        lambda: replace(submission(), projects=()),
    ],
)
def required_cell_blank(submission: Submission) -> Iterator[Problem]:
    """必填的格没有填。

    带“*”的格是报表必需的内容。一格一条，按行排列；整行没有填的不算。
    """
    unit = submission.unit
    if is_blank(unit.name):
        yield Problem(
            at=unit.at("name"),
            problem="“单位名称”没有填。",
            remedy="请填单位全称，例如“示例区科学技术局”。",
        )
    if not submission.year:
        yield Problem(
            at=submission.at("year"), problem="首页的“年度”没有填。", remedy="请填四位年份，例如“2020”。"
        )
    if not submission.projects:
        yield Problem(
            at=submission.totals.at("name"),
            problem="资金概况里一个项目也没有填。",
            remedy="请一行填一个项目，例如“科普经费”。",
        )
    year_end = submission.stage is not Stage.TARGETS
    funds, matrix = submission.edition.table("funds"), submission.edition.table("matrix")
    merged = submission.intake.merged
    for project in submission.projects:
        if _is_stray(project):
            continue
        blanks = [*_blanks_of_project(project, funds, year_end)]
        for item in project.items:
            blanks += _blanks_of_item(item, matrix, year_end)
        yield from (each for each in blanks if not _is_covered(each.at, merged))


def _blanks_of_project(project: Project, funds: FormTable, year_end: bool) -> Iterator[Problem]:
    for field in funds.fields:
        if not field.required or (field.actual and not year_end):
            continue
        record = project.funding if hasattr(project.funding, field.key) else project
        if record.has(field.key) and is_blank(getattr(record, field.key)):
            yield Problem(
                at=record.at(field.key),
                problem=f"{project_named(project)}的“{field.label}”没有填。",
                remedy=_remedy(field.example),
            )


def _blanks_of_item(item: WorkItem, matrix: FormTable, year_end: bool) -> Iterator[Problem]:
    for field in matrix.fields:
        asked = field.required and (year_end or not field.actual) and item.has(field.key)
        if asked and is_blank(getattr(item, field.key)):
            yield Problem(
                at=item.at(field.key),
                problem=f"{named(item)}的“{field.label}”没有填。",
                remedy=_remedy(field.example),
            )


def _is_stray(project: Project) -> bool:
    """Whether a row of 资金概况 is no project but something left behind: no name and no sheet; C501 speaks."""
    return is_blank(project.name) and project.matrix is None and project.scoring is None


def _is_covered(place: Place, merged: Iterable[Ref]) -> bool:
    """Whether a cell is blank because it was merged into another; F012 speaks there."""
    row, column = row_and_column(place.cell)
    for ref in merged:
        (top, left), (bottom, right) = map(row_and_column, (ref.cell, ref.cell.rpartition(":")[2]))
        if ref.sheet == place.sheet and top <= row <= bottom and left <= column <= right:
            return True
    return False


def _remedy(example: str) -> str:
    return f"请补填，例如“{example}”。" if example else "请补填。"


@rule(
    "R102",
    "project-without-targets",
    Severity.ERROR,
    basis="每个项目都要有绩效目标",
    passes=lambda: submission(project()),
    fails=lambda: submission(project(items=[])),
)
def project_without_targets(project: Project, submission: Submission) -> Iterator[Problem]:
    """项目没有填任何绩效目标。

    资金概况里的每个项目都要有目标：矩阵里至少一项，或自评表里至少一个指标。
    """
    sheet = project.matrix or project.scoring
    if project.items or project.indicators or sheet is None:
        return
    if any(sheet.sheet in gone for gone in submission.intake.missing):
        return
    yield Problem(
        at=project.on_sheet(sheet, "first"),
        problem=f"{project_named(project)}还没有填绩效目标。",
        remedy="请在这张表里一行写一件事，写清做多少、做到什么标准。",
    )


@rule(
    "R103",
    "indicator-partly-filled",
    Severity.WARNING,
    basis="项目支出绩效自评表各列必录",
    passes=lambda: submission(project(indicators=indicators()), edition="ministry-2020"),
    fails=lambda: submission(
        project(indicators=[indicator(weight=None), *indicators()[1:]]), edition="ministry-2020"
    ),
)
def indicator_partly_filled(indicator: Indicator, submission: Submission) -> Iterator[Problem]:
    """指标行没有填全。

    一个指标要有名称、符号、指标值和分值。以“其中”开头的行不用填分值；定性指标不用填指标值和单位。
    """
    table = submission.edition.table("scoring")
    part = str(indicator.level3 or "").startswith("其中")
    qualitative = indicator.sign == "定性"
    for field in table.fields:
        if not field.required or field.actual or (part and field.key == "weight"):
            continue
        if (qualitative and field.key == "target") or not indicator.has(field.key):
            continue
        if is_blank(getattr(indicator, field.key)):
            yield Problem(
                at=indicator.at(field.key),
                problem=f"{named(indicator)}的“{field.label}”没有填。",
                remedy=_remedy(field.example),
            )


@rule(
    "R104",
    "no-actual",
    Severity.ERROR,
    basis="年度自评要写实际完成情况",
    after_year=True,
    passes=[
        lambda: submission(project()),
        lambda: submission(project(items=[item(actual=None)]), stage=Stage.MONITORING),
    ],
    fails=[
        lambda: submission(project(items=[item(actual=None)])),
        lambda: submission(
            project(indicators=[indicator(actual=None), *indicators()[1:]]), edition="ministry-2020"
        ),
    ],
)
def no_actual(project: Project, submission: Submission) -> Iterator[Problem]:
    """没有填实际完成情况。

    年度自评要对照目标写完成了多少。矩阵每张表一条，列出还差的行；自评表每个指标一条。不影响起草报告，报送前要补齐。
    """
    if submission.stage is not Stage.YEAR_END:
        return
    waiting = [item for item in project.items if is_blank(item.actual)]
    if waiting:
        numbers = "、".join(str(item.number) for item in waiting)
        yield Problem(
            at=waiting[0].at("actual"),
            problem=f"{project_named(project)}还有{len(waiting)}项没有填实际完成情况：第{numbers}项。",
            remedy="请对照目标写做成了多少，例如“举办培训4场，培训520人”。",
            related=tuple(item.at("actual") for item in waiting[1:]),
        )
    for indicator in project.indicators:
        if is_blank(indicator.actual):
            yield Problem(
                at=indicator.at("actual"),
                problem=f"{named(indicator)}没有填实际完成值。",
                remedy=_actual_remedy(indicator),
            )


def _actual_remedy(indicator: Indicator) -> str:
    if "满意" in str(indicator.level3 or ""):
        return "请填调查结果并注明样本，例如“92%（收回问卷120份）”；未开展调查的，请在偏差原因中说明。"
    if indicator.sign == "定性":
        return "请填“达成”“部分达成”或“未达成”。"
    return "请填数字，例如“95”。"


@rule(
    "R105",
    "placeholder-left",
    Severity.ERROR,
    basis="报送材料不得留有待填内容",
    hides=["T201", "A306"],
    passes=lambda: submission(texts={"results": "全年举办活动5次。"}),
    fails=[
        lambda: submission(texts={"results": "全年举办活动XX次。"}),
        lambda: submission(texts={"problems": "结余15万元。【待补充：结余原因及改进措施】"}),
        lambda: submission(project(items=[item(quantity="培训≥**人次")])),
    ],
)
def placeholder_left(submission: Submission) -> Iterator[Problem]:
    """还留着没有替换的占位符。

    “XX”“**”“____”“20XX年”和“【待补充：…】”都是提醒填写的记号，报送前要换成实际内容。从指标库带出的指标名称里的记号只作核对提示。
    """
    for project in submission.projects:
        for key in ("name", "purpose", "note"):
            if project.has(key) or key == "note":
                yield from _placeholder(getattr(project, key), project, key)
        for item in project.items:
            for field in submission.edition.table("matrix").fields:
                yield from _placeholder(getattr(item, field.key, None), item, field.key)
        for indicator in project.indicators:
            for key in ("target", "actual", "reason"):
                yield from _placeholder(getattr(indicator, key), indicator, key)
        library = [one for one in project.indicators if _PLACEHOLDER.search(str(one.level3 or ""))]
        if library:
            yield Problem(
                at=library[0].at("level3"),
                value=library[0].level3,
                severity=Severity.WARNING,
                problem=f"三级指标“{library[0].level3}”里有没替换的记号，共{len(library)}处。",
                remedy="请把记号换成实际内容，或从名称里删去。",
            )
    for paragraph in submission.paragraphs:
        yield from _placeholder(paragraph.text, paragraph, "text")


def _placeholder(
    value: CellValue, record: Project | WorkItem | Indicator | Paragraph, key: str
) -> Iterator[Problem]:
    found = _PLACEHOLDER.search(value) if isinstance(value, str) else None
    if found:
        place = (
            record.on_sheet(record.matrix, key)
            if isinstance(record, Project) and key == "note" and record.matrix
            else record.at(key)
        )
        yield Problem(
            at=place,
            value=value,
            problem=f"这里还留着“{found.group()}”没有换成实际内容。",
            remedy="请填上实际内容；没有的，请写“无”或删去。",
        )


@rule(
    "R106",
    "level1-group-missing",
    Severity.ERROR,
    basis="财预〔2020〕10号附件1：产出、效益、满意度指标",
    passes=lambda: submission(project(indicators=indicators()), edition="ministry-2020"),
    fails=[
        lambda: submission(project(indicators=indicators()[1:]), edition="ministry-2020"),
        lambda: submission(project(indicators=indicators()[:2]), edition="ministry-2020"),
    ],
)
def level1_group_missing(project: Project, submission: Submission) -> Iterator[Problem]:
    """缺少一类一级指标。

    自评表要有产出指标和效益指标；满意度指标确实不适用的可以没有，请在情况说明里写明。
    """
    if not project.indicators or project.scoring is None:
        return
    present = {
        str(indicator.level1).strip() for indicator in project.indicators if not is_blank(indicator.level1)
    }
    for group in submission.edition.groups:
        if group.name not in present and (group.required or group.expected):
            yield Problem(
                at=project.indicators[0].at("level1"),
                expected=group.name,
                severity=Severity.ERROR if group.required else Severity.WARNING,
                problem=f"{project_named(project)}的自评表没有“{group.name}”。",
                remedy=f"请至少补一个{group.second[0]}。"
                if group.required
                else "请补一个；确不适用的，请在情况说明里写明。",
            )


@rule(
    "R107",
    "section-blank",
    Severity.WARNING,
    basis="报告提纲（六个部分；评分的表样七个）",
    after_year=True,
    passes=lambda: submission(texts={"suggestions": "无"}),
    fails=lambda: submission(texts={"problems": None}),
)
def section_blank(submission: Submission) -> Iterator[Problem]:
    """报告有一部分没有文字。

    提纲里的部分都要有内容；确实没有的写“无”。
    """
    narrative = submission.narrative
    if narrative is None or not submission.projects or submission.stage is not Stage.YEAR_END:
        return
    written = {paragraph.section for paragraph in submission.paragraphs if not is_blank(paragraph.text)}
    for heading in submission.edition.outline:
        if heading.required and heading.id not in written:
            yield Problem(
                at=submission.beside(narrative, "next", heading.id, heading.short),
                problem=f"报告文字里没有“{heading.heading}”。",
                remedy="请写一段；没有内容的写“无”。",
            )


@rule(
    "R108",
    "no-responsible-section",
    Severity.WARNING,
    basis="表样印有“牵头科室”",
    passes=[
        lambda: submission(project(section="创新发展科")),
        lambda: submission(project(), project(name=None, section=None, with_sheet=False, items=[])),
    ],
    fails=lambda: submission(project(section=None)),
)
def no_responsible_section(project: Project) -> Iterator[Problem]:
    """没有写牵头科室。"""
    if project.has("section") and is_blank(project.section) and not _is_stray(project):
        yield Problem(
            at=project.at("section"),
            problem=f"{project_named(project)}没有写牵头科室。",
            remedy="请填负责这个项目的科室，例如“产业发展科”。",
        )


@rule(
    "R109",
    "no-satisfaction",
    Severity.WARNING,
    basis="财预〔2020〕10号：服务对象满意度",
    after_year=True,
    passes=[
        lambda: submission(project(items=[item(actual="培训3场，学员满意度92%")])),
        lambda: submission(project(items=[item(benefit="提升科学素质", actual="收回问卷120份")])),
    ],
    fails=lambda: submission(
        project(items=[item(benefit="提升科学素质", actual="培训3场")]),
        texts={"results": "全年举办培训3场。"},
    ),
)
def no_satisfaction(submission: Submission) -> Iterator[Problem]:
    """全部材料里没有满意度的数字或调查情况。

    表头是“社会效益及满意度”，至少要有一处写明满意度和调查样本。
    """
    cells = [
        value
        for project in submission.projects
        for record in (*project.items, *project.indicators)
        for value in (
            (record.benefit, record.quality, record.actual)
            if isinstance(record, WorkItem)
            else (f"{record.level3}{record.target or ''}{record.actual or ''}",)
        )
    ]
    cells += [paragraph.text for paragraph in submission.paragraphs]
    if any(isinstance(value, str) and _SATISFACTION.search(value) for value in cells):
        return
    first = next(
        (item for project in submission.projects for item in project.items if not is_blank(item.benefit)),
        None,
    )
    if first is None or submission.stage is not Stage.YEAR_END:
        raise Unknown
    yield Problem(
        at=first.at("benefit"),
        problem="全部材料里没有满意度的数字，也没有调查情况。",
        remedy="请填调查结果并注明样本，例如“92%（收回问卷120份）”；未开展调查的，请在偏差原因中说明。",
    )


@rule(
    "R110",
    "no-evidence",
    Severity.NOTICE,
    basis="评价意见：每个指标要有可取得的佐证",
    after_year=True,
    passes=[
        lambda: submission(
            project(indicators=[indicator(evidence="签到表、通知")]), edition=evidence_edition()
        ),
        lambda: submission(project(indicators=[indicator()]), edition="ministry-2020"),
    ],
    fails=lambda: submission(project(indicators=[indicator()]), edition=evidence_edition()),
)
def no_evidence(indicator: Indicator) -> Iterator[Problem]:
    """指标没有写佐证材料。

    只在印有“佐证材料”一列的表样里检查，例如签到表、验收单、支付凭证、问卷。
    """
    if indicator.has("evidence") and not is_blank(indicator.actual) and is_blank(indicator.evidence):
        yield Problem(
            at=indicator.at("evidence"),
            problem=f"{named(indicator)}没有写佐证材料。",
            remedy="请写能拿得出的材料，例如“签到表、验收单”。",
        )


@rule(
    "R111",
    "no-signature",
    Severity.WARNING,
    basis="表样印有填报人和报告日期",
    sending=True,
    passes=lambda: submission(),
    fails=[lambda: submission(report_date=None), lambda: submission(prepared_by=None)],
)
def no_signature(submission: Submission) -> Iterator[Problem]:
    """报送前没有填报告日期或填报人。"""
    if submission.report_date is None:
        yield Problem(
            at=submission.at("report_date"),
            problem="首页没有填报告日期。",
            remedy="请填落款用的日期，例如“2021-03-08”。",
        )
    if is_blank(submission.prepared_by):
        yield Problem(
            at=submission.at("prepared_by"), problem="首页没有填填报人。", remedy="请填填报人或填报科室。"
        )
