"""Fields of a submission for which its edition has no cell: named, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xl_perfeval.model import CellValue, Edition, Goal, Project, Submission

_FUNDS = {
    "kind": "项目类型", "purpose": "资金用途", "section": "牵头科室", "budget": "指标总额", "budget_local": "指标总额其中：区级",
    "spent": "支出总额", "spent_local": "支出总额其中：区级", "reason": "未支出原因",
}  # fmt: skip
_MATRIX = {
    "cost": "成本目标", "schedule": "时效目标", "quantity": "数量目标", "quality": "质量目标", "benefit": "社会效益及满意度",
    "actual": "实际完成情况", "spent": "实际支出", "reason": "偏差原因及改进措施",
}  # fmt: skip
_SCORING = {
    "sign": "符号", "target": "指标值", "unit": "单位", "actual": "实际完成值", "method": "评价方式", "weight": "分值",
    "score": "得分", "reason": "偏差原因", "description": "完成情况说明", "evidence": "佐证材料",
}  # fmt: skip


_EXECUTION = {
    "weight": "预算执行率得分", "rate": "预算执行率得分", "score": "预算执行率得分", "reason": "预算执行率的原因",
}  # fmt: skip


def warnings(submission: Submission) -> list[str]:
    """One Chinese sentence for each kind of content that was not written, per project."""
    edition = submission.edition
    found = [
        f"{edition.id} 没有“{label}”的单元格，“{project.called or project.id}”的这一项没有写入。"
        for project in submission.projects
        for label in dict.fromkeys(_of_project(project, edition))
    ]
    if _filled(submission.totals.initial_budget):
        found.append(f"{edition.id} 没有“年初预算数”的合计单元格，合计的这一项没有写入。")
    return found


def _of_project(project: Project, edition: Edition) -> Iterator[str]:
    funds = _keys(edition, "funds")
    for key, label in _FUNDS.items():
        value: CellValue = getattr(project if key in {"kind", "purpose", "section"} else project.funding, key)
        if key not in funds and _filled(value):
            yield label
    yield from _rows(project.items, edition, "matrix", "项目细化内容", _MATRIX)
    if not edition.has("matrix") and _filled(project.note):
        yield "项目备注"
    yield from _rows(project.indicators, edition, "scoring", "评分指标", _SCORING)
    yield from _of_frame(project, edition)
    if not edition.has("scoring"):
        yield from _of_scoring_form(project)


def _rows(
    rows: Iterable[object], edition: Edition, table: str, whole: str, labels: dict[str, str]
) -> Iterator[str]:
    rows = list(rows)
    if rows and not edition.has(table):
        yield whole
        return
    keys = _keys(edition, table)
    for key, label in labels.items():
        if key not in keys and any(_filled(getattr(row, key)) for row in rows):
            yield label


def _of_scoring_form(project: Project) -> Iterator[str]:
    """What only the scoring form has cells for."""
    if project.funding.sources:
        yield "资金来源"
    if project.goal != Goal():
        yield "年度总体目标"


def _of_frame(project: Project, edition: Edition) -> Iterator[str]:
    """What an edition's fund rows, total and texts have no cell for."""
    amounts = (project.funding.initial_budget, *(each.initial_budget for each in project.funding.sources))
    if any(map(_filled, amounts)) and not _prints(edition, "initial_budget"):
        yield "年初预算数"
    execution = project.execution
    for key, label in _EXECUTION.items():
        if _filled(getattr(execution, key)) and not _prints(edition, key):
            yield label
    if edition.scoring is None and _filled(project.total_score):
        yield "总分"
    if edition.scoring is None and _filled(project.grade):
        yield "自评等级"
    texts = {each.key for each in edition.frame.texts} if edition.frame else set[str]()
    for statement in project.statements:
        if statement.key not in texts:
            yield "自评表的文字说明"


def _prints(edition: Edition, key: str) -> bool:
    return edition.frame is not None and edition.frame.prints(key)


def _keys(edition: Edition, table: str) -> set[str]:
    return {field.key for field in edition.table(table).fields} if edition.has(table) else set()


def _filled(value: CellValue) -> bool:
    return value is not None and value != ""
