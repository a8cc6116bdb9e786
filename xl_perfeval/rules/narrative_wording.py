"""N: is anything in the texts private, empty, too long, or named in two ways?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import CellValue, Edition, Place, Record, Submission
from xl_perfeval.rules.engine import Problem, is_blank, named, project_named, rule
from xl_perfeval.rules.examples import indicator, indicators, item, project, submission
from xl_perfeval.rules.sentences import mention, short

_PRIVATE = (
    (
        "身份证号",
        expression(
            r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
        ),
    ),
    ("手机号", expression(r"(?<![0-9A-Za-z.,，-])1[3-9]\d{9}(?![0-9A-Za-z.]|\s*[万亿千百元个份人次米亩吨])")),
    ("电话号码", expression(r"(?<![0-9])0\d{2,3}[-－—–]\d{7,8}(?!\d)")),
    (
        "银行账号",
        expression(
            r"(?:银行)?(?:账号|帐号|账户|帐户|卡号)(?:为|是|[:： ])*(\d[\d ]{8,24}\d)|(?<![0-9A-Za-z])62\d{14,17}(?!\d)"
        ),
    ),
)
_LONG = expression(r"\d{7}")


@rule(
    "N608",
    "private-numbers",
    Severity.WARNING,
    basis="自评材料要随决算公开",
    passes=[
        lambda: submission(texts={"management": "12345热线办结率98%，支出13379247元。"}),
        lambda: submission(project(items=[item(quality="维护面积13,379,247平方米")])),
        lambda: submission(project(name="51092324T000010263357-2023年信息化建设经费"), year=2023),
    ],
    fails=[
        lambda: submission(texts={"evaluation": "联系人某某，电话13800001234。"}),
        lambda: submission(project(note="经办人身份证430103199001011234")),
        lambda: submission(project(items=[item(actual="培训3场，满意度92%，咨询电话0731-84550000")])),
        lambda: submission(texts={"management": "拨付至账号4301 0001 0400 1234。"}),
    ],
)
def private_numbers(submission: Submission) -> Iterator[Problem]:
    """材料里有电话、身份证号或银行账号。

    自评材料要公开，不应带个人信息。表样要求填写的“项目负责人及电话”不算。
    """
    for place, text in _texts(submission):
        if not _LONG.search(text.replace(" ", "").replace("-", "")):
            continue
        for what, pattern in _PRIVATE:
            found = pattern.search(text)
            if found:
                digits = (found[1] if pattern.groups and found[1] else found.group()).strip()
                yield Problem(
                    at=place,
                    value=what,
                    problem=f"这里有{what}“{digits[:3]}****{digits[-2:]}”，材料公开后会泄露。",
                    remedy="请删去号码，例如只写“经办科室”；确需保留的，公开前请遮盖。",
                )
                break


def _texts(submission: Submission) -> Iterator[tuple[Place, str]]:
    """All cells that hold words, with the paragraphs of the report."""
    for project in submission.projects:
        for key in ("name", "purpose"):
            value = getattr(project, key)
            if isinstance(value, str) and project.has(key):
                yield project.at(key), value
        if isinstance(project.note, str) and project.matrix and project.matrix.has("note"):
            yield replace(project.on_sheet(project.matrix, "note"), label="备注"), project.note
        for record, keys in (
            *((one, ("name", "quantity", "quality", "benefit", "actual", "reason")) for one in project.items),
            *((one, ("level3", "target", "actual", "reason", "description")) for one in project.indicators),
            *((one, ("text",)) for one in project.statements),
            (project.funding, ("reason",)),
        ):
            for key in keys:
                value = getattr(record, key)
                if isinstance(value, str) and record.has(key):
                    yield record.at(key), value
    for paragraph in submission.paragraphs:
        yield paragraph.at("text"), paragraph.text


_GENERAL = expression(
    r"加强|提升|提高|完善|强化|推进|推动|深化|健全|优化|增强|改进|加大|加快|落实|规范|创新|夯实|进一步|努力|继续|切实|不断|积极|认真|扎实"
)
_SPECIFIC = expression(
    r"[0-9０-９《》“”]|[一二三四五六七八九十两]+[项个次场家月]|因|由于|未|没有|不足|缺|滞后|结余|偏|不够|不高|不强|不到位|较慢|较少"
)
_SPLIT = expression(r"[，。；、,;！\n]+")


@rule(
    "N609",
    "only-general-words",
    Severity.WARNING,
    basis="评审意见：目标和措施空泛，没有可检查的内容",
    after_year=True,
    passes=[
        lambda: submission(texts={"results": "科普经费支持举办培训3场，进一步提升了科学素质。"}),
        lambda: submission(texts={"problems": "部分培训安排在年末，时间偏紧。"}),
        lambda: submission(texts={"suggestions": "建议提前下达预算指标，财务科每季度通报支出进度。"}),
        lambda: submission(project(items=[item(benefit="提升全民科学素质，学员满意度90%以上")])),
        lambda: submission(texts={"suggestions": "无"}),
    ],
    fails=[
        lambda: submission(texts={"suggestions": "进一步加强管理，不断提升水平，切实推进工作。"}),
        lambda: submission(texts={"problems": "下年继续努力，改进工作方法，完善各项制度。"}),
    ],
)
def only_general_words(submission: Submission) -> Iterator[Problem]:
    """一章里只有“加强、提升、完善”这类话。

    没有写哪件事、谁来做、做到什么程度。质量目标和效益一列可以是定性的，不检查。
    """
    for section in ("results", "problems", "suggestions"):
        written = [paragraph for paragraph in submission.text_of(section) if not is_blank(paragraph.text)]
        text = "，".join(paragraph.text for paragraph in written)
        clauses = [clause for clause in _SPLIT.split(text) if len(clause.strip()) > 1]
        if not clauses or _SPECIFIC.search(text) or any(mention(one, text) for one in submission.projects):
            continue
        if all(_GENERAL.search(clause) for clause in clauses):
            yield Problem(
                at=written[0].at("text"),
                value=short(text),
                problem=f"这一章只写了“{short(text, 24)}”，没有具体的事。",
                remedy="请写明哪件事、谁来做、何时做到，例如“财务科每季度通报一次支出进度”。",
            )


def _limited(**limits: int) -> Edition:
    return replace(submission(edition="ministry-2020").edition, limits=limits)


@rule(
    "N610",
    "longer-than-allowed",
    Severity.WARNING,
    basis="表样印有字数限制的，以表样为准",
    passes=[
        lambda: submission(project(items=[item(reason="原因" * 200)])),
        lambda: submission(
            project(indicators=[indicator(reason="场地紧张，少办1场"), *indicators()[1:]]),
            edition=_limited(reason=100),
        ),
    ],
    fails=[
        lambda: submission(
            project(indicators=[indicator(reason="场地紧张，" * 30), *indicators()[1:]]),
            edition=_limited(reason=100),
        ),
        lambda: submission(project(reason="尾款待验收后支付，" * 15), edition=_limited(execution_reason=100)),
    ],
)
def longer_than_allowed(submission: Submission) -> Iterator[Problem]:
    """文字超过了表样规定的字数。

    超出的部分导入平台时会被截去。空格和换行不计。
    """
    limits = submission.edition.limits
    if not limits:
        return
    for project in submission.projects:
        for row in project.indicators:
            yield from _too_long(row.reason, limits.get("reason"), row, "reason", named(row))
        for record in (project.funding, project.execution):
            limit = limits.get("execution_reason")
            yield from _too_long(record.reason, limit, record, "reason", project_named(project))
        for text in project.statements:
            yield from _too_long(text.text, limits.get(text.key), text, "text", project_named(project))


def _too_long(
    value: CellValue, limit: int | None, record: Record, key: str, called: str
) -> Iterator[Problem]:
    length = len(re.sub(r"\s", "", value)) if isinstance(value, str) else 0
    if limit and length > limit and record.has(key):
        yield Problem(
            at=record.at(key),
            value=length,
            expected=limit,
            difference=length - limit,
            problem=f"{called}的“{record.label(key)}”写了{length}字，表样限{limit}字，多{length - limit}字。",
            remedy="请压缩，例如只留主要原因和一条措施。",
        )


_BODY = expression(
    r"(?P<about>绩效自评|绩效考核|绩效评价|绩效评估|绩效管理|自评|考核)(?:工作)?(?P<body>领导小组|工作小组|评价小组|工作专班)"
)


@rule(
    "N615",
    "one-body-two-names",
    Severity.NOTICE,
    basis="同一机构全文用同一名称",
    passes=[
        lambda: submission(
            texts={"evaluation": "成立绩效自评工作领导小组。绩效自评领导小组办公室设在财务科。"}
        ),
        lambda: submission(texts={"evaluation": "成立绩效管理工作专班，由绩效自评领导小组领导。"}),
    ],
    fails=lambda: submission(
        texts={"evaluation": "成立绩效自评工作领导小组。绩效考核工作领导小组下设办公室。"}
    ),
)
def one_body_two_names(submission: Submission) -> Iterator[Problem]:
    """同一个领导小组写了两个名称。

    例如前面写“绩效自评工作领导小组”，后面写“绩效考核工作领导小组”。
    """
    first: dict[str, tuple[str, str]] = {}
    for paragraph in submission.paragraphs:
        if "小组" not in paragraph.text and "专班" not in paragraph.text:
            continue
        for found in _BODY.finditer(paragraph.text):
            about, name = first.setdefault(found["body"], (found["about"], found.group()))
            if not (about.endswith(found["about"]) or found["about"].endswith(about)):
                yield Problem(
                    at=paragraph.at("text"),
                    value=found.group(),
                    expected=name,
                    problem=f"前面写“{name}”，这里写“{found.group()}”，可能是同一个机构。",
                    remedy=f"请统一名称，例如都写“{name}”；确是两个机构的，可以保留。",
                )
                return


class _Law(NamedTuple):
    """An article cited with its old number, and from which year on a report should cite the revised law."""

    name: str
    cited: re.Pattern[str]
    revised: str
    year: int


_LAWS = (
    _Law(
        "科学技术普及法",
        expression(
            r"(?:科学技术普及法|科普法)》?(?:（?[^，。；]{0,8}）?)?(?:第四章)?第?二十三条[^。；]{0,30}(?:经费|预算|投入)"
        ),
        "2024年12月25日修订公布",
        2025,
    ),
    _Law(
        "科学技术进步法",
        expression(
            r"(?:科学技术进步法|科技进步法)》?[^，。；]{0,8}第?五十九条[^。；]{0,30}(?:经费|预算|投入)"
        ),
        "2021年12月24日修订，2022年1月1日起施行",
        2022,
    ),
)
"""Old article numbers that were read in reports; what they say stands elsewhere in the revised law."""


@rule(
    "N616",
    "law-cited-in-old-wording",
    Severity.NOTICE,
    basis="引用法律以现行文本为准",
    passes=[
        lambda: submission(texts={"management": "根据《科普法》第二十三条，科普经费列入同级财政预算。"}),
        lambda: submission(texts={"management": "根据《中华人民共和国科技进步法》设立。"}, year=2025),
        lambda: submission(texts={"management": "根据《科普法》第十条开展活动。"}, year=2025),
    ],
    fails=[
        lambda: submission(
            texts={"management": "《科普法》第二十三条要求把科普经费纳入本级财政预算。"}, year=2025
        ),
        lambda: submission(
            texts={"management": "根据《科学技术进步法》第五十九条，逐步提高科学技术经费投入的总体水平。"},
            year=2023,
        ),
    ],
)
def law_in_old_wording(submission: Submission) -> Iterator[Problem]:
    """引用的是法律修订以前的条文号。

    修订后条文号变了，旧的条文号指的已是别的内容。只提示已知的几处；修订以前年度的报告不提示。
    """
    for paragraph in submission.paragraphs:
        if "法" not in paragraph.text:
            continue
        for law in _LAWS:
            found = law.cited.search(paragraph.text) if submission.year >= law.year else None
            if found:
                yield Problem(
                    at=paragraph.at("text"),
                    value=short(found.group(), 24),
                    problem=f"“{short(found.group(), 16)}”是修订前的条文号，《{law.name}》已于{law.revised}。",
                    remedy=f"请核对现行条文，例如只写“根据《{law.name}》有关规定”。",
                )
